"""The board of a class's turn: who has not come, who still has books, who returned and borrowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.domain import Board
from kiosk.screens.canvas import Box, Canvas, cut, width_of
from kiosk.screens.frame import paint_frame
from kiosk.screens.glyphs import largest
from kiosk.screens.idle import idle_hint, paint_prompts
from kiosk.screens.palette import ATTENTION, DIM, HURRY, LENT, RETURNED, STRONG, TEXT
from kiosk.screens.showing import Scene

_LONGEST_NAMES: Final = (16, 12, 8, 6)
"""Columns of a name, the widest that lets everybody be shown; few longer names are cut."""


@dataclass(frozen=True, slots=True)
class _Group:
    symbol: str
    heading: str
    names: tuple[str, ...]
    style: str


def paint_board(canvas: Canvas, scene: Scene, board: Board, box: Box) -> None:
    """Paint the board into the box, with what to scan on each lane below."""
    now, words = scene.local_now, scene.words
    clock = f"{words.short_date(now)} {words.weekday(now)}  {words.clock(now)}"
    paint_frame(canvas, scene, box, before=scene.school, left=clock, hint=idle_hint(scene))
    top = paint_prompts(canvas, scene, box, least=True)
    panel = Box(box.x + 2, box.y + 2, box.columns - 3, top - 1 - box.y - 2)
    groups = _groups(scene, board)
    most = sum(len(group.names) for group in groups)
    y = _paint_heading(canvas, scene, board, panel, most)
    _paint_groups(canvas, scene, groups, Box(panel.x, y, panel.columns, panel.bottom - y))


def _groups(scene: Scene, board: Board) -> list[_Group]:
    words = scene.words
    return [
        _Group("·", words.tr("Not here yet"), board.not_come, "#ffffff"),
        _Group("!", words.tr("Books still out"), board.still_out, ATTENTION),
        _Group("▼", words.tr("Brought back"), board.returned, RETURNED),
        _Group("▲", words.tr("Borrowed"), board.borrowed, LENT),
    ]


def _paint_heading(canvas: Canvas, scene: Scene, board: Board, box: Box, most: int) -> int:
    """Paint the class as large as the names leave room for; return the row after it."""
    drawn = largest(board.label, box.columns - 24, 8 if box.rows > 20 else 6)
    label = drawn or (board.label,)
    canvas.art(box.x, box.y, label, LENT if drawn else f"bold {LENT}")
    x = box.x + max(map(width_of, label)) + 4
    words = scene.words
    left, is_ending = _time_left(scene, board)
    style = HURRY if is_ending else STRONG
    y = box.y + max(0, len(label) // 2 - 1)
    canvas.put(x, y, left, style, columns=box.right - x)
    here = (board.come, board.expected) if board.expected else (most - len(board.not_come), most)
    counted = words.tr("{count} have come", count=f"{here[0]} / {here[1]}")
    canvas.put(x, y + 1, counted, TEXT, columns=box.right - x)
    return box.y + max(len(label), 2) + (1 if box.rows > 20 else 0)


def _time_left(scene: Scene, board: Board) -> tuple[str, bool]:
    """Say when the turn begins or how long it lasts, and whether its last minutes have begun."""
    words = scene.words
    if board.opens_at is not None and scene.minutes_until(board.opens_at):
        return words.tr("begins {time}", time=words.clock(scene.local(board.opens_at))), False
    minutes = scene.minutes_until(board.closes_at)
    if not minutes:
        return words.tr("Time is up"), False
    is_ending = scene.ending_at == scene.local(board.closes_at)
    return words.tr("{minutes} minutes left", minutes=minutes), is_ending


def _paint_groups(canvas: Canvas, scene: Scene, groups: list[_Group], box: Box) -> None:
    side = max(width_of(group.heading) for group in groups) + 7
    column = _column(groups, box.columns - side, box.rows)
    across = max(1, (box.columns - side) // column)
    shares = _shares(groups, across, box.rows)
    gap = 1 if sum(shares) + len(groups) <= box.rows else 0
    y = box.y
    for group, rows in zip(groups, shares, strict=True):
        canvas.put(box.x, y, group.symbol, f"bold {group.style}")
        canvas.put(box.x + 2, y, group.heading, group.style)
        canvas.put_right(box.x + side - 2, y, str(len(group.names)), f"bold {group.style}")
        names = Box(box.x + side, y, box.right - box.x - side, rows)
        _paint_names(canvas, scene, group, names, column)
        y += rows + gap


def _column(groups: list[_Group], columns: int, rows: int) -> int:
    """Choose the width of a column of names, its gap included."""
    widths = sorted(width_of(name) for group in groups for name in group.names) or [0]
    column = widths[-1] + 2
    for most in _LONGEST_NAMES:
        if most < widths[len(widths) // 2]:
            # Cut so short, most names would not be known any more.
            break
        column = min(widths[-1], most) + 2
        across = max(1, columns // column)
        if sum(_rows_of(group, across) for group in groups) <= rows:
            break
    return column


def _rows_of(group: _Group, across: int) -> int:
    return max(1, -(-len(group.names) // across))


def _shares(groups: list[_Group], across: int, rows: int) -> list[int]:
    """Give each group its rows; where they do not all fit, those who are done lose theirs first."""
    shares = [_rows_of(group, across) for group in groups]
    for place in range(len(groups) - 1, -1, -1):
        spare = max(0, sum(shares) - rows)
        shares[place] = max(1, shares[place] - spare)
    return shares


def _paint_names(canvas: Canvas, scene: Scene, group: _Group, box: Box, column: int) -> None:
    across = max(1, box.columns // column)
    room = across * box.rows
    names = [cut(name, column - 2) for name in group.names]
    hidden = 0
    if len(names) > room:
        kept = max(0, room - 2)
        hidden = len(names) - kept
        names = names[:kept]
    for place, name in enumerate(names):
        canvas.put(box.x + place % across * column, box.y + place // across, name, TEXT)
    if hidden:
        place = len(names)
        rest = scene.words.tr("… and {n} more", n=hidden)
        x = box.x + place % across * column
        canvas.put(x, box.y + place // across, rest, DIM, columns=box.right - x)
