"""Large words: characters drawn in half blocks, two dots to a cell, from dot art on file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

Dots = Literal[12, 16]

_HALF: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_SAME: Final = str.maketrans("（）", "()")
_SPACE_COLUMNS: Final = 4


def large(text: str, dots: Dots, columns: int) -> tuple[str, ...] | None:
    """Draw `text` as rows of half blocks, `dots / 2` rows; None when it cannot be drawn.

    It cannot when a character has no glyph or the word is wider than `columns`.

    >>> print("\\n".join(large("一", 12, 12)))
    <BLANKLINE>
    <BLANKLINE>
    ███████████
    <BLANKLINE>
    <BLANKLINE>
    <BLANKLINE>
    """
    glyphs = _glyphs(dots)
    drawn = []
    for character in text.translate(_SAME):
        if character == " ":
            drawn.append((" " * _SPACE_COLUMNS,) * (dots // 2))
        elif character in glyphs:
            drawn.append(glyphs[character])
        else:
            return None
    rows = tuple("".join(cells) for cells in zip(*drawn, strict=True))
    # The gap after the last glyph is no ink, so it may hang over the edge.
    if not rows or len(rows[0]) - 1 > columns:
        return None
    return tuple(row.rstrip() for row in rows)


def largest(text: str, columns: int, rows: int) -> tuple[str, ...] | None:
    """Draw `text` in the biggest dots that fit into the space; None when none does."""
    sizes: tuple[Dots, ...] = (16, 12)
    for dots in sizes:
        if dots // 2 <= rows and (drawn := large(text, dots, columns)):
            return drawn
    return None


@cache
def _glyphs(dots: Dots) -> Mapping[str, tuple[str, ...]]:
    text = (files("kiosk.screens") / f"glyphs{dots}.txt").read_text(encoding="utf-8")
    _, *blocks = text.split("\n: ")
    return {block[0]: _half_blocks(block[1:].split(), dots) for block in blocks}


def _half_blocks(art: list[str], dots: Dots) -> tuple[str, ...]:
    width = max(map(len, art)) + 1
    rows = [row.ljust(width, ".") for row in art] + ["." * width] * (dots - len(art))
    return tuple(
        "".join(_HALF[upper == "#", lower == "#"] for upper, lower in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    )
