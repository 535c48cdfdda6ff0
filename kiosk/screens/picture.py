"""A picture of what a page shows, as SVG: the same text on every machine and run."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment

from kiosk.screens.palette import GROUND, TEXT

_WIDE: Final = 10
_HIGH: Final = 20
_FONTS: Final = "'Noto Sans Mono CJK SC','Noto Sans Mono','DejaVu Sans Mono',monospace"
_SIGNS: Final = "'DejaVu Sans Mono','Noto Sans Mono',monospace"
"""For ● ▲ ✗: Chinese fonts draw them two cells wide."""
_BLOCKS: Final = {
    "█": (0, 0, _WIDE, _HIGH),
    "▀": (0, 0, _WIDE, _HIGH / 2),
    "▄": (0, _HIGH / 2, _WIDE, _HIGH / 2),
    "▔": (0, 0, _WIDE, 3),
    "─": (0, 9.5, _WIDE, 1),
    "│": (4.5, 0, 1, _HIGH),
    "▓": (0, 4, _WIDE, 12),
    "░": (0, 9, _WIDE, 2),
    "▏": (0, 0, 2, _HIGH),
}
"""Drawn as shapes, not letters: column, row, width and height inside the cell, in pixels."""


def svg(rows: list[list[Segment]], columns: int) -> str:
    """Draw rows of styled text as one SVG image, 10 by 20 pixels a cell."""
    width, height = columns * _WIDE, len(rows) * _HIGH
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 {width + 20} {height + 20}" '
        f'font-family="{_FONTS}" font-size="18" shape-rendering="crispEdges">'
    )
    ground = f'<rect x="-10" y="-10" width="100%" height="100%" rx="6" fill="{GROUND}"/>'
    body = [element for y, row in enumerate(rows) for element in _row(row, y * _HIGH)]
    return "\n".join([head, ground, *body, "</svg>", ""])


def _row(row: list[Segment], y: int) -> Iterator[str]:
    x = 0
    for text, style, _ in row:
        ink, ground, bold = TEXT, GROUND, False
        if style is not None:
            ink, ground = _hex(style.color, TEXT), _hex(style.bgcolor, GROUND)
            ink, ground = (ground, ink) if style.reverse else (ink, ground)
            bold = bool(style.bold)
        width = cell_len(text) * _WIDE
        if ground != GROUND:
            yield f'<rect x="{x}" y="{y}" width="{width}" height="{_HIGH}" fill="{ground}"/>'
        yield from _text(text, x, y, f'fill="{ink}"' + (' font-weight="bold"' if bold else ""))
        x += width


def _text(text: str, x: int, y: int, look: str) -> Iterator[str]:
    for kind, group in groupby(text, key=_kind):
        piece = "".join(group)
        width = cell_len(piece) * _WIDE
        if kind in _BLOCKS:
            across, down, wide, high = _BLOCKS[kind]
            span = width - _WIDE + wide if wide == _WIDE else wide
            fill = look.split(" ", 1)[0]
            at = f'x="{x + across:g}" y="{y + down:g}"'
            yield f'<rect {at} width="{span:g}" height="{high:g}" {fill}/>'
        elif piece.strip():
            stretch = "" if kind == "wide" else ' lengthAdjust="spacingAndGlyphs"'
            font = f' font-family="{_SIGNS}"' if kind.startswith("sign") else ""
            at = f'x="{x}" y="{y + 16}" textLength="{width}"{stretch}{font}'
            yield f'<text {at} xml:space="preserve" {look}>{escape(piece)}</text>'
        x += width


def _kind(character: str) -> str:
    """Sort a character: shapes by themselves, wide characters apart from narrow ones."""
    if character in _BLOCKS:
        return character
    if cell_len(character) == 2:
        return "wide"
    return "letters" if character.isascii() else f"sign {character}"


def _hex(color: Color | None, default: str) -> str:
    return default if color is None else color.get_truecolor().hex
