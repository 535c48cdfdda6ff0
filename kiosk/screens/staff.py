"""A staff session: its last result, a plain table, and the keys it understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kiosk.screens.canvas import Box, Canvas, width_of
from kiosk.screens.lanes import bar, paint_head
from kiosk.screens.palette import DIM, STRONG, TEXT
from kiosk.screens.results import LOW, paint_lines, paint_said
from kiosk.screens.showing import LaneShown, Scene
from kiosk.screens.staff_keys import key_words

_GAP: Final = 2
_WHOLE: Final = 10
"""Columns up to which a table's column is not cut while a wider one can be."""
_MOST_KEY_ROWS: Final = 8
_KEY_ROWS_OF_TABLE: Final = 5
_LEAST: Final = 4
"""Columns of a table's narrowest column."""


def paint_staff(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    """Paint a staff session into a lane or the whole page; its head is white all over."""
    who = scene.words.tr("STAFF")
    if shown.view is not None:
        who = f"{who}  {shown.view.name}"
    left = shown.seconds_left(scene.now)
    paint_head(canvas, shown, box, who=who, count="" if left is None else bar(left), ground=TEXT)
    inner = Box(box.x + 2, box.y + 1, box.columns - 3, box.rows - 1)
    most = _MOST_KEY_ROWS if shown.page is None else _KEY_ROWS_OF_TABLE
    foot = _paint_keys(canvas, scene, inner, most=most if box.rows >= LOW else 1)
    body = Box(inner.x, inner.y + 1, inner.columns, foot - inner.y - 2)
    if shown.page is None:
        paint_said(canvas, scene, shown, body)
    else:
        y = body.y
        if shown.said is not None:
            y = paint_lines(canvas, shown.said, Box(body.x, y, body.columns, 3)) + 1
        _paint_page(canvas, shown, Box(body.x, y, body.columns, body.bottom - y))


def turned(shown: LaneShown, step: int) -> LaneShown:
    """Turn the staff table on by some lines, or back; never past its first or last line."""
    lines = len(shown.page.lines) if shown.page is not None else 0
    return replace(shown, page_from=max(0, min(shown.page_from + step, lines - 1)))


def _paint_page(canvas: Canvas, shown: LaneShown, box: Box) -> None:
    page = shown.page
    assert page is not None, "asked only with a table"
    taken = 1 + bool(page.heads) + (len(page.hints) + 1 if page.hints else 0)
    room = max(1, box.rows - taken)
    start = min(shown.page_from, max(0, len(page.lines) - 1))
    lines = page.lines[start : start + room]
    place = (
        f"{start + 1}-{start + len(lines)} / {len(page.lines)}" if len(page.lines) > room else ""
    )
    canvas.put(box.x, box.y, page.heading, STRONG, columns=box.columns - width_of(place) - 2)
    canvas.put_right(box.right, box.y, place, DIM)
    rows = [("", page.heads)] if page.heads else []
    rows += [(str(line.number), line.columns) for line in lines]
    widths = _widths([cells for _, cells in rows], box.columns - 4)
    for offset, (number, cells) in enumerate(rows):
        y = box.y + 1 + offset
        canvas.put_right(box.x + 3, y, number, STRONG)
        _paint_cells(canvas, cells, widths, Box(box.x + 4, y, box.columns - 4, 1))
    y = box.y + 2 + len(rows)
    for hint in page.hints:
        if y < box.bottom:
            canvas.put(box.x, y, hint, TEXT, columns=box.columns)
        y += 1


def _paint_cells(canvas: Canvas, cells: Sequence[str], widths: Sequence[int], box: Box) -> None:
    x = box.x
    for text, width in zip(cells, widths, strict=False):
        canvas.put(x, box.y, text, TEXT, columns=min(width, box.right - x))
        x += width + _GAP


def _widths(rows: Sequence[Sequence[str]], columns: int) -> list[int]:
    """Give each column what its widest cell needs, and take from the widest what is too much."""
    count = max(map(len, rows), default=0)
    widths = [
        max((width_of(row[place]) for row in rows if place < len(row)), default=0)
        for place in range(count)
    ]
    over = sum(widths) + _GAP * (count - 1) - columns
    while over > 0 and max(widths) > _LEAST:
        # A time or a number is no use without its end; a title is.
        long = [width for width in widths if width > _WHOLE] or widths
        place = max(place for place, width in enumerate(widths) if width == max(long))
        widths[place] -= 1
        over -= 1
    return widths


def _paint_keys(canvas: Canvas, scene: Scene, box: Box, *, most: int) -> int:
    """Paint the keys at the box's foot in at most so many rows; return their first row."""
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    for key, word in key_words(scene.words):
        width = len(key) + 1 + width_of(word)
        if rows[-1] and used + width > box.columns:
            if len(rows) == most:
                break
            rows.append([])
            used = 0
        rows[-1].append((key, word))
        used += width + _GAP
    top = box.bottom - len(rows)
    for offset, row in enumerate(rows):
        x = box.x
        for key, word in row:
            x = canvas.put(x, top + offset, key, STRONG) + 1
            x = canvas.put(x, top + offset, word, DIM) + _GAP
    return top
