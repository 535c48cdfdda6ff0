"""Figures as a text table: the first column to the left, the others to the right."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_GAP: Final = "  "


def laid_out(lines: Sequence[Sequence[str]], *, rest: bool = False) -> list[str]:
    """Lay out rows of cells; Chinese characters take two columns each.

    With `rest` the last cell of each row is a remark, which stands behind the figures as it is.

    >>> laid_out([("班级", "学生"), ("三(1)班", "44")])
    ['班级     学生', '三(1)班    44']
    """
    figures = [line[:-1] if rest else line for line in lines]
    widths = [max(map(columns, column)) for column in zip(*figures, strict=True)]
    told = [_row(line, widths) for line in figures]
    if rest:
        told = [(line + _GAP + cells[-1]).rstrip() for line, cells in zip(told, lines, strict=True)]
    return told


def heading(*parts: str) -> str:
    """Join what a table is about: a term's name, the days."""
    return _GAP.join(part for part in parts if part)


def columns(text: str) -> int:
    """Tell how many columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *figures = cells
    parts = [first + " " * (widths[0] - columns(first))]
    parts += [
        " " * (width - columns(cell)) + cell
        for cell, width in zip(figures, widths[1:], strict=True)
    ]
    return _GAP.join(parts)
