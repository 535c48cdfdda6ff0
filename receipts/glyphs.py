"""What the font of a Chinese receipt printer can show, and how wide it is there.

Such a font has the ASCII characters, one column each, and the characters with a two-byte GB18030
code, two columns each. So the width of a text in columns is the length of its bytes. A terminal's
idea of width does not help: it counts one column for `“ — … ·` and 2,500 others that print as two.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

Characters = Literal["gb2312", "gbk"]
"""The glyphs of a font: those of GB 2312, or of all two-byte codes of GB18030."""

DOTS_PER_COLUMN = 12
"""Of font A; a Chinese character is 24 dots wide."""

MISSING = "〓"
"""Stands on paper for one character that the font lacks."""

# Characters without a two-byte code that have a twin with one: the look-alikes of the arrows and
# the tick, and what catalogue records bring along.
_TWINS = {
    **dict.fromkeys("✓✔☑✅", "√"),
    **dict.fromkeys("✗✘✕✖", "×"),
    **dict.fromkeys("◀◄⬅⇐⟵", "←"),
    **dict.fromkeys("▶►➡⇒⟶➔➜", "→"),
    **dict.fromkeys("⬆⇑", "↑"),
    **dict.fromkeys("⬇⇓", "↓"),
    **dict.fromkeys("•‧∙⋅・･", "·"),
    **dict.fromkeys("‑−⁃", "-"),
    **dict.fromkeys("„‟", "“"),
    **dict.fromkeys("‚‛", "‘"),
    "¥": "￥",
    "〜": "～",
    "⁄": "/",
    "«": "《",
    "»": "》",
    "‹": "〈",
    "›": "〉",
    "©": "(C)",
    "®": "(R)",
}
_IDEOGRAPHIC_SPACE = "\u3000"


def clean(text: str) -> str:
    """Make a text safe to print: no control or invisible characters, look-alikes replaced.

    Control characters and line breaks become a space, runs of spaces one space. Direction marks,
    zero-width characters and loose accents go. A character that has a twin in the font becomes it;
    one that has none stays as it is, so that a screen can show it, and `encode` prints `〓` for it.

    >>> clean("红楼\\x1b@梦 ✓ ¥12 Señor")
    '红楼 @梦 √ ￥12 Senor'
    """
    if text.isascii() and text.isprintable():
        plain = text
    else:
        plain = "".join(map(_cleaned, unicodedata.normalize("NFC", text)))
    return " ".join(part for part in plain.split(" ") if part)


def encode(text: str, characters: Characters = "gbk") -> bytes:
    """Give the bytes that print the text in Chinese mode: one a column, never a control byte.

    >>> encode("A书㛃").hex(" ")
    '41 ca e9 a1 fe'
    """
    return b"".join(
        _code(char) if characters == "gbk" or has_glyph(char, characters) else _MISSING_CODE
        for char in text
    )


def has_glyph(char: str, characters: Characters = "gbk") -> bool:
    """Tell whether a font shows a character; without one it prints as `〓`.

    >>> [has_glyph(char) for char in "书镕㛃"], has_glyph("镕", "gb2312")
    ([True, True, False], False)
    """
    if " " <= char <= "~":
        return True
    if not _has_code(char):
        return False
    return characters == "gbk" or _is_gb2312(_gb18030(char))


def width(text: str) -> int:
    """Count the columns a text takes on paper.

    >>> width("“红楼”·1")
    11
    """
    return len(encode(text))


def _cleaned(char: str) -> str:
    if " " <= char <= "~" or char == _IDEOGRAPHIC_SPACE:
        return char
    if char in _TWINS:
        return _TWINS[char]
    match unicodedata.category(char):
        case "Cc" | "Zs" | "Zl" | "Zp":
            return " "
        case "Cf" | "Mn" | "Me":
            return ""
        case "Cs":
            return MISSING
    return char if _has_code(char) else _composed_of(char)


def _composed_of(char: str) -> str:
    """Take a character apart (`ñ`, `½`, `ﬁ`) when all its parts but the accents can be printed."""
    parts = [_TWINS.get(part, part) for part in unicodedata.normalize("NFKD", char)]
    kept = [part for part in parts if unicodedata.category(part[0]) != "Mn"]
    return "".join(kept) if kept and all(map(_can_print, kept)) else char


def _can_print(text: str) -> bool:
    return all(" " <= char <= "~" or _has_code(char) for char in text)


def _has_code(char: str) -> bool:
    # GB18030 has two-byte codes for 2,068 private-use characters; no font shows anything there.
    return len(_gb18030(char)) == 2 and unicodedata.category(char) not in {"Co", "Cn"}


def _is_gb2312(code: bytes) -> bool:
    # By the code, not by the character: Python's two tables disagree about "·" and "—".
    try:
        code.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def _code(char: str) -> bytes:
    if " " <= char <= "~":
        return char.encode("ascii")
    return _gb18030(char) if _has_code(char) else _MISSING_CODE


def _gb18030(char: str) -> bytes:
    try:
        return char.encode("gb18030")
    except UnicodeEncodeError:  # half of a surrogate pair
        return b""


_MISSING_CODE = MISSING.encode("gb18030")
