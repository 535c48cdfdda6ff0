"""Cut a stream of bytes into labels and read their text."""

from __future__ import annotations

import re

Label = tuple[str, str | None]
"""The text of a label and its fault: None, "dropped_events", "too_long" or "noise"."""

MAX_BYTES = 4096
KEPT_CHARACTERS = 200
LINE_ENDS = b"\r\n\t\x03"

# Separators that labels carry on purpose (EOT, GS, RS of GS1 and ISO 15434), and what a line of
# text may hold.
_MEANT = b"\x04\x1d\x1e\t\r\n"
_NOISE = frozenset(range(0x20)) - frozenset(_MEANT) | {0x7F}


def decode_label(frame: bytes) -> Label:
    """Read the text of one label: strict UTF-8, else GB18030.

    The fault is "noise" when the bytes are neither, or hold control characters no label has; the
    text is then what can be shown of it, at most 200 characters.

    >>> decode_label("王小明".encode("gb18030"))
    ('王小明', None)
    >>> decode_label(b"30\\x00012")
    ('30\\x00012', 'noise')
    """
    text = _strict_text(frame)
    if text is None or not _NOISE.isdisjoint(frame):
        return frame.decode("utf-8", errors="replace")[:KEPT_CHARACTERS], "noise"
    return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), None


def _strict_text(frame: bytes) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            return frame.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


class FrameDecoder:
    """Collects bytes in pieces of any size and gives the labels that have ended.

    `ends` are the bytes that end a label, `skip` bytes that belong to none. Empty labels vanish,
    so CR LF ends one label, not two. Up to `stray_bytes` bytes with nothing printable among them
    are no label either, but what a plug makes on its way in; `strays` counts them. A label of
    more than `longest` bytes is too long, and its first `kept` characters are told.
    """

    def __init__(
        self,
        *,
        ends: bytes = LINE_ENDS,
        skip: bytes = b"",
        stray_bytes: int = 0,
        longest: int = MAX_BYTES,
        kept: int = KEPT_CHARACTERS,
    ) -> None:
        self._longest = longest
        self._kept = kept
        self._ends = re.compile(b"[" + re.escape(ends) + b"]")
        self._skip = skip
        self._stray_bytes = stray_bytes
        self._frame = bytearray()
        self._overflowed = False
        self.strays = 0

    @property
    def pending(self) -> bool:
        """Whether a label has begun and not ended."""
        return bool(self._frame) or self._overflowed

    def feed(self, data: bytes) -> list[Label]:
        """Take the next bytes; return the labels they ended, in order."""
        *whole, rest = self._ends.split(data)
        labels: list[Label] = []
        for part in whole:
            labels += self._collect(part)
            labels += self.end()
        labels += self._collect(rest)
        return labels

    def end(self) -> list[Label]:
        """End the label under way, as the line went quiet or was closed."""
        # A CR before the LF that ends a line of text is no part of the label.
        frame = bytes(self._frame).rstrip(b"\r")
        self.reset()
        text, fault = decode_label(frame)
        if not text or self._is_stray(frame, fault):
            return []
        return [(text, fault)]

    def reset(self) -> None:
        """Forget what has not ended, after the device was opened again."""
        self._frame.clear()
        self._overflowed = False

    def _collect(self, part: bytes) -> list[Label]:
        if self._overflowed:
            return []
        self._frame += part.translate(None, self._skip)
        if len(self._frame) <= self._longest:
            return []
        # Said at once and once: a scanner that sends no suffix would never come to an end.
        start = bytes(self._frame[: self._kept * 4]).decode("utf-8", errors="ignore")
        self._frame.clear()
        self._overflowed = True
        return [(start[: self._kept], "too_long")]

    def _is_stray(self, frame: bytes, fault: str | None) -> bool:
        if fault is None or len(frame) > self._stray_bytes:
            return False
        if any(0x20 <= byte < 0x7F for byte in frame):
            return False
        self.strays += 1
        return True
