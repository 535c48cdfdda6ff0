"""A line of text as dots, for characters that the printer's own font lacks.

Pillow draws it, with a font of the school's choice; it is imported when the first such line comes,
which most slips never do: it costs 50 ms and some megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from receipts.glyphs import DOTS_PER_COLUMN, width

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_SIZE: Final = 24
# A Chinese character stands an eighth of its size below the line that letters stand on.
_BASELINE: Final = 21
# No font has anything there, so its picture is that of a missing glyph.
_NOTHING: Final = "\U0010ffff"

# A serial printer obeys these wherever it meets them: status, recovery, pulse.
_REAL_TIME: Final = (0x04, 0x05, 0x14)
_DLE: Final = 0x10
_DLE_WITH_A_DOT_MORE: Final = 0x18


class FontFault(Exception):  # noqa: N818 - what it is for the one who set the path
    """A font cannot be used; whoever prints goes on without it and says so."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Dots in rows of whole bytes, the leftmost dot the highest bit; a dot is a 1."""

    row_bytes: int
    rows: int
    data: bytes


class Painter:
    """Draws lines as wide as the printer's own, each character in the columns it would have.

    Raises: FontFault when the file is no font that can be read.
    """

    def __init__(self, path: str) -> None:
        try:
            from PIL import ImageFont
        except ImportError as exc:
            raise FontFault(f"Cannot draw with the font {path}: Pillow is missing.") from exc
        try:
            self._font: FreeTypeFont = ImageFont.truetype(
                path, _SIZE, layout_engine=ImageFont.Layout.BASIC
            )
        except (OSError, ValueError) as exc:
            raise FontFault(f"Cannot read the font {path}: {exc}.") from exc
        self._nothing = self._dots(_NOTHING)
        self._known: dict[str, bool] = {}

    def draws(self, text: str) -> bool:
        """Tell whether the font has all characters of a text."""
        return all(self._has(char) for char in text if char not in " \u3000")

    def picture(self, text: str, row_bytes: int, rows: int) -> Picture:
        """Draw a line on that many dots; what does not fit is not drawn."""
        from PIL import Image, ImageDraw

        image = Image.new("1", (row_bytes * 8, rows), 0)
        draw = ImageDraw.Draw(image)
        at = 0
        for char in text:
            cell = width(char) * DOTS_PER_COLUMN
            if char not in " \u3000":
                draw.text((at + cell / 2, _BASELINE), char, fill=1, font=self._font, anchor="ms")
            at += cell
        return Picture(row_bytes, rows, harmless(image.tobytes()))

    def _has(self, char: str) -> bool:
        if char not in self._known:
            dots = self._dots(char)
            self._known[char] = any(dots[1]) and dots != self._nothing
        return self._known[char]

    def _dots(self, char: str) -> tuple[tuple[int, int], bytes]:
        mask = self._font.getmask(char, mode="1")
        return mask.size, bytes(mask)


def harmless(data: bytes) -> bytes:
    """Put a dot more wherever dots look like a command that a printer obeys at once.

    >>> harmless(bytes([0, 0x10, 0x04, 0x10])).hex(" ")
    '00 18 04 10'
    """
    if _DLE not in data:
        return data
    safe = bytearray(data)
    for at in range(len(safe) - 1):
        if safe[at] == _DLE and safe[at + 1] in _REAL_TIME:
            safe[at] = _DLE_WITH_A_DOT_MORE
    return bytes(safe)
