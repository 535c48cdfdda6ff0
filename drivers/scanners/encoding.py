"""Read the bytes of a label as text: UTF-8 and GB18030 told apart."""

from __future__ import annotations

from typing import Literal

Encoding = Literal["auto", "utf-8", "gb18030"]

# Separators that labels carry on purpose (EOT, GS, RS of GS1 and ISO 15434), and what a line of
# text may hold.
_MEANT = b"\x04\x1d\x1e\t\r\n"
_NOISE = frozenset(range(0x20)) - frozenset(_MEANT) | {0x7F}
_BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# The first character that UTF-8 writes with three bytes: no pair of GB18030 looks like those.
_THREE_BYTES = "\u0800"


def text_of(frame: bytes, encoding: Encoding = "auto") -> tuple[str, bool]:
    """Read the text of one label, and tell whether it can be believed.

    It cannot when the bytes are not of the encoding, or hold control characters no label has;
    the text is then what can be shown of it. "auto" tells strict UTF-8 from GB18030. The two-byte
    letters of UTF-8 (é, Я) look like pairs of common Chinese characters and are read as those:
    where labels hold such letters, the encoding must be said.

    >>> text_of("王小明".encode("gb18030")), text_of(bytes.fromhex("C1AACDA8"))
    (('王小明', True), ('联通', True))
    >>> text_of(b"30\\x00012")
    ('30\\x00012', False)
    """
    text = _guessed(frame) if encoding == "auto" else _strictly(frame, encoding)
    if text is None:
        return frame.decode("utf-8", errors="replace"), False
    return text.removeprefix(_BYTE_ORDER_MARK), _NOISE.isdisjoint(frame)


def _guessed(frame: bytes) -> str | None:
    text = _strictly(frame, "utf-8")
    if text is None:
        return _strictly(frame, "gb18030")
    if text.isascii() or any(character >= _THREE_BYTES for character in text):
        return text
    # Every pair of GB2312 whose bytes happen to be two-byte UTF-8 lands here, such as 联通.
    return _strictly(frame, "gb2312") or text


def _strictly(frame: bytes, encoding: str) -> str | None:
    try:
        return frame.decode(encoding)
    except UnicodeDecodeError:
        return None
