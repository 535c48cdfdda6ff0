"""A grid of terminal cells to paint on: text is cut by cell width and never wraps by itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rich.cells import get_character_cell_size

Line = tuple[tuple[str, str], ...]
"""One row: runs of (text, style), the style as Rich writes it (`bold #ffd23f`)."""

_SENTENCE: Final = re.compile(r"[^。!?]+[。!?]*|[。!?]+")
_TOKEN: Final = re.compile(r"[《(【「]*(?:\w?\(\d+\)班?|[!-~]+|.)[,。、!?:;)》】」]*\s*")
_SELECTORS: Final = range(0xFE00, 0xFE10)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of the canvas: its first column and row, its width and height."""

    x: int
    y: int
    columns: int
    rows: int

    @property
    def right(self) -> int:
        """The first column after the box."""
        return self.x + self.columns

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.rows


class Canvas:
    """Cells to paint on; whatever lies outside is left out."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self._cells = [[(" ", "")] * columns for _ in range(rows)]

    def put(self, x: int, y: int, text: str, style: str = "", *, columns: int = 10_000) -> int:
        """Write `text` from `x`, cut with … after `columns`; return the column after it."""
        if not 0 <= y < self.rows:
            return x
        for character in cut(text, min(columns, self.columns - x)):
            width = get_character_cell_size(character)
            if width == 0 or x < 0:
                continue
            self._cells[y][x] = (character, style)
            if width == 2:
                self._cells[y][x + 1] = ("", style)
            x += width
        return x

    def put_right(self, end: int, y: int, text: str, style: str = "") -> int:
        """Write `text` so that it ends before the column `end`; return where it begins."""
        start = end - width_of(text)
        self.put(start, y, text, style)
        return start

    def art(self, x: int, y: int, rows: Iterable[str], style: str) -> None:
        """Write rows below each other, for large words."""
        for offset, row in enumerate(rows):
            self.put(x, y + offset, row, style)

    def fill(self, box: Box, style: str) -> None:
        """Blank a box in a style."""
        for y in range(box.y, box.bottom):
            self.put(box.x, y, " " * box.columns, style)

    def lines(self) -> tuple[Line, ...]:
        """The rows as runs of one style."""
        return tuple(_runs(row) for row in self._cells)


def clean(text: str) -> str:
    """Leave out what has no place on a screen: control and direction marks, selectors.

    >>> clean("a\\x1b[2Jb\\nc")
    'a[2Jb c'
    """
    spaced = text.replace("\n", " ").replace("\t", " ")
    return "".join(
        character
        for character in spaced
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and ord(character) not in _SELECTORS
    )


def width_of(text: str) -> int:
    """Count the cells a cleaned text takes: two for a Chinese character.

    >>> width_of("三(1)班")
    7
    """
    return sum(map(get_character_cell_size, clean(text)))


def cut(text: str, columns: int) -> str:
    """Clean a text and shorten it to `columns` cells, with … where something was left out.

    >>> cut("夏洛的网", 6)
    '夏洛…'
    """
    whole = clean(text)
    if width_of(whole) <= columns:
        return whole
    kept, room = [], columns - 1
    for character in whole:
        room -= get_character_cell_size(character)
        if room < 0:
            break
        kept.append(character)
    return "".join(kept) + "…" if columns > 0 else ""


def wrap(text: str, columns: int, rows: int) -> list[str]:
    """Break a text into at most `rows` lines, between sentences where that fits.

    A line begins with no closing mark, and what is too long for the last line is cut with ….

    >>> wrap("今天轮到三(1)班。你们班:星期四16:30", 24, 2)
    ['今天轮到三(1)班。', '你们班:星期四16:30']
    """
    lines = [""]
    for sentence in _SENTENCE.findall(clean(text)):
        whole = width_of(sentence.rstrip()) <= columns
        for token in [sentence] if whole else _TOKEN.findall(sentence):
            if lines[-1] and width_of((lines[-1] + token).rstrip()) > columns:
                lines.append("")
            lines[-1] += token
    if len(lines) > rows:
        lines[rows - 1 :] = ["".join(lines[rows - 1 :])]
    return [cut(line.rstrip(), columns) for line in lines if line.strip()]


def share(texts: Iterable[str], columns: int, rows: int) -> list[str]:
    """Break texts into at most two lines each and `rows` in all.

    Where they do not fit, the first ones are cut to one line: the last says what to do.

    >>> share(["今天轮到三(1)班、三(2)班。", "你们班:星期四16:30"], 20, 2)
    ['今天轮到三(1)班、三…', '你们班:星期四16:30']
    """
    texts = list(texts)
    broken = [wrap(text, columns, 2) for text in texts]
    for place, text in enumerate(texts):
        if sum(map(len, broken)) > rows:
            broken[place] = wrap(text, columns, 1)
    return [line for lines in broken for line in lines][:rows]


def _runs(row: list[tuple[str, str]]) -> Line:
    runs: list[tuple[str, str]] = []
    for character, style in row:
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + character, style)
        else:
            runs.append((character, style))
    return tuple(runs)
