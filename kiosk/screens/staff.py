"""A staff session: its last result, a plain table, and the keys it understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiosk.domain import StaffPage
from kiosk.screens.canvas import Box, Canvas, share, width_of
from kiosk.screens.lanes import bar, paint_head
from kiosk.screens.palette import DIM, STRONG, TEXT
from kiosk.screens.results import LOW, paint_lines, paint_said
from kiosk.screens.showing import LaneShown, Scene
from kiosk.screens.staff_keys import MORE, key_words

_GAP: Final = 2
_WHOLE: Final = 10
"""Columns up to which a table's column is not cut while a wider one can be."""
_MOST_KEY_ROWS: Final = 8
_LEAST_KEY_ROWS: Final = 3
_LARGE_ROWS: Final = 9
"""Rows of a result with its large word."""
_LEAST: Final = 4
"""Columns of a table's narrowest column."""
_NARROW: Final = 46
"""A table with less room leaves its last columns out, or takes two rows a line."""
_INDENT: Final = 4
_SAID_ROWS: Final = 3


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a table is laid out: so many of its columns, in one row a line or, tall, in two."""

    columns: int
    is_tall: bool = False


def paint_staff(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    """Paint a staff session into a lane or the whole page; its head is white all over."""
    who = scene.words.tr("STAFF")
    if shown.view is not None:
        who = f"{who}  {shown.view.name}"
    left = shown.seconds_left(scene.now)
    paint_head(canvas, shown, box, who=who, count="" if left is None else bar(left), ground=TEXT)
    keys = _keys(scene, shown, box)
    _paint_keys(canvas, keys, _inside(box))
    body = _body(box, keys)
    if shown.page is None:
        paint_said(canvas, scene, shown, body)
        return
    if shown.said is not None:
        paint_lines(canvas, shown.said, Box(body.x, body.y, body.columns, _SAID_ROWS))
    _paint_page(canvas, shown, shown.page, _table(shown, body))


def turned(scene: Scene, shown: LaneShown, box: Box, pages: int) -> LaneShown:
    """Turn the staff table in the box on by a page, or back; never past its first or last."""
    if shown.page is None:
        return shown
    table = _table(shown, _body(box, _keys(scene, shown, box)))
    room = _room(shown.page, _shape(shown.page, table.columns - _INDENT), table)
    start = max(0, shown.page_from + pages * room)
    return shown if start >= len(shown.page.lines) else replace(shown, page_from=start)


def with_more_keys(scene: Scene, shown: LaneShown, box: Box) -> LaneShown:
    """Turn to the keys there was no room for, and after the last ones to the first again."""
    painted, total = sum(map(len, _keys(scene, shown, box))), len(key_words(scene.words))
    # Two of them, the way out and the way on, are always there.
    turned_on = shown.keys_from + max(1, painted - 2)
    is_over = painted == total or turned_on >= total - 1
    return replace(shown, keys_from=0 if is_over else turned_on)


def _inside(box: Box) -> Box:
    return Box(box.x + 2, box.y + 1, box.columns - 3, box.rows - 1)


def _body(box: Box, keys: Sequence[object]) -> Box:
    inner = _inside(box)
    return Box(inner.x, inner.y + 1, inner.columns, inner.rows - len(keys) - 2)


def _table(shown: LaneShown, body: Box) -> Box:
    """The table's box, below what is said."""
    if shown.said is None:
        return body
    said = share(shown.said.lines, body.columns - 2, _SAID_ROWS - 1)
    taken = len(said) + bool(shown.said.subject or (shown.said.symbol and not said)) + 1
    return Box(body.x, body.y + taken, body.columns, body.rows - taken)


def _shape(page: StaffPage, columns: int) -> _Shape:
    """Choose which columns there is room for; those that matter least stand last."""
    rows = _rows(page)
    count = max(map(len, rows), default=0)
    if columns >= _NARROW - _INDENT or count < 2:
        return _Shape(count)
    for kept in range(count, 1, -1):
        if _needed(rows, 0, kept) <= columns:
            return _Shape(kept)
    tall = (kept for kept in range(count, 2, -1) if _needed(rows, 1, kept) <= columns)
    return _Shape(next(tall, 2), is_tall=True)


def _needed(rows: Sequence[Sequence[str]], first: int, last: int) -> int:
    widths = _widest(rows)[first:last]
    return sum(widths) + _GAP * (len(widths) - 1)


def _rows(page: StaffPage) -> list[tuple[str, ...]]:
    heads = [page.heads] if page.heads else []
    return [*heads, *(line.columns for line in page.lines)]


def _room(page: StaffPage, shape: _Shape, box: Box) -> int:
    """How many lines of the table can be shown at once."""
    heads = bool(page.heads) and not shape.is_tall
    rows = box.rows - 1 - heads - (len(page.hints) + 1 if page.hints else 0)
    return max(1, rows // (2 if shape.is_tall else 1))


def _paint_page(canvas: Canvas, shown: LaneShown, page: StaffPage, box: Box) -> None:
    shape = _shape(page, box.columns - _INDENT)
    room = _room(page, shape, box)
    start = min(shown.page_from, max(0, len(page.lines) - 1))
    lines = page.lines[start : start + room]
    place = (
        f"{start + 1}-{start + len(lines)} / {len(page.lines)}" if len(page.lines) > room else ""
    )
    canvas.put(box.x, box.y, page.heading, STRONG, columns=box.columns - width_of(place) - 2)
    canvas.put_right(box.right, box.y, place, DIM)
    rows = [(str(line.number), line.columns) for line in lines]
    if page.heads and not shape.is_tall:
        rows.insert(0, ("", page.heads))
    cells = [columns[: shape.columns] for _, columns in rows]
    widths = _widths(cells, box.columns - _INDENT)
    y = box.y + 1
    for (number, _), columns in zip(rows, cells, strict=True):
        canvas.put_right(box.x + _INDENT - 1, y, number, STRONG)
        row = Box(box.x + _INDENT, y, box.columns - _INDENT, 1)
        if shape.is_tall:
            _paint_tall(canvas, columns, row)
        else:
            _paint_cells(canvas, columns, widths, row)
        y += 2 if shape.is_tall else 1
    for place_of, hint in enumerate(page.hints, y + 1):
        if place_of < box.bottom:
            canvas.put(box.x, place_of, hint, TEXT, columns=box.columns)


def _paint_tall(canvas: Canvas, cells: Sequence[str], box: Box) -> None:
    """Paint a line in two rows: what it is, and below it the rest."""
    first, *rest = cells
    canvas.put(box.x, box.y, first, TEXT, columns=box.columns)
    canvas.put(box.x, box.y + 1, (" " * _GAP).join(rest), STRONG, columns=box.columns)


def _paint_cells(canvas: Canvas, cells: Sequence[str], widths: Sequence[int], box: Box) -> None:
    x = box.x
    for text, width in zip(cells, widths, strict=False):
        canvas.put(x, box.y, text, TEXT, columns=min(width, box.right - x))
        x += width + _GAP


def _widest(rows: Sequence[Sequence[str]]) -> list[int]:
    count = max(map(len, rows), default=0)
    return [
        max((width_of(row[place]) for row in rows if place < len(row)), default=0)
        for place in range(count)
    ]


def _widths(rows: Sequence[Sequence[str]], columns: int) -> list[int]:
    """Give each column what its widest cell needs, and take from the widest what is too much."""
    widths = _widest(rows)
    over = sum(widths) + _GAP * (len(widths) - 1) - columns
    while over > 0 and max(widths) > _LEAST:
        # A time or a number is no use without its end; a title is.
        long = [width for width in widths if width > _WHOLE] or widths
        place = max(place for place, width in enumerate(widths) if width == max(long))
        widths[place] -= 1
        over -= 1
    return widths


def _keys(scene: Scene, shown: LaneShown, box: Box) -> list[list[tuple[str, str]]]:
    """Break the keys into as many rows as there are; what has no room is a key away."""
    columns, most = _inside(box).columns, _most_key_rows(shown, box)
    words = key_words(scene.words)
    rows = _broken(words, columns, most)
    if sum(map(len, rows)) == len(words):
        return rows
    # The way out and the way on are always in sight.
    first, rest = words[0], words[1 + shown.keys_from :]
    return _broken([first, (MORE, scene.words.tr("more")), *rest], columns, most)


def _broken(
    words: Sequence[tuple[str, str]], columns: int, most: int
) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    for key, word in words:
        width = len(key) + 1 + width_of(word)
        if rows[-1] and used + width > columns:
            if len(rows) == most:
                break
            rows.append([])
            used = 0
        rows[-1].append((key, word))
        used += width + _GAP
    return rows


def _most_key_rows(shown: LaneShown, box: Box) -> int:
    """Give the keys the rows that what stands above them leaves free."""
    columns, rows = _inside(box).columns, _inside(box).rows
    if shown.page is None:
        said = _LARGE_ROWS if shown.said is not None and shown.said.keyword else _SAID_ROWS + 2
        return max(_LEAST_KEY_ROWS, rows - 2 - said) if box.rows >= LOW else _LEAST_KEY_ROWS
    if box.rows < LOW:
        return 1
    table, page = _table(shown, _body(box, ())), shown.page
    tall = _shape(page, columns - _INDENT).is_tall
    spare = table.rows - 1 - len(_rows(page)) * (2 if tall else 1) - len(page.hints) - 1
    least = _LEAST_KEY_ROWS + (columns >= _NARROW)
    return max(least, min(spare, _MOST_KEY_ROWS))


def _paint_keys(canvas: Canvas, rows: Sequence[Sequence[tuple[str, str]]], box: Box) -> None:
    """Paint the rows of keys at the box's foot."""
    for y, row in enumerate(rows, box.bottom - len(rows)):
        x = box.x
        for key, word in row:
            x = canvas.put(x, y, key, STRONG) + 1
            x = canvas.put(x, y, word, DIM) + _GAP
