"""The whole screen from a scene: idle, a board or serving; the demo's panel where it fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.domain import Lane
from kiosk.screens.board import paint_board
from kiosk.screens.canvas import Box, Canvas, Line
from kiosk.screens.devices import is_unsteady
from kiosk.screens.idle import paint_idle
from kiosk.screens.lanes import cells
from kiosk.screens.serving import lane_boxes, paint_serving
from kiosk.screens.showing import LaneShown, Scene
from kiosk.screens.side import paint_side, paint_slip, slip_columns
from kiosk.screens.staff import turned as turn_table
from kiosk.screens.staff import with_more_keys
from kiosk.screens.staff_keys import MORE, TURN_DOWN, sign_of

_DESK_COLUMNS: Final = 80
_SIDE_COLUMNS: Final = 38
_SIDE_MOST: Final = 42
_SYMBOL_COLUMNS: Final = 2


def paint(scene: Scene, columns: int, rows: int, at: float) -> tuple[Line, ...]:
    """Paint a scene on `columns` by `rows` cells; `at` is the monotonic instant."""
    canvas = Canvas(columns, rows)
    side = _side_columns(scene, columns)
    desk = Box(0, 0, columns - side, rows)
    if side:
        scene = replace(scene, hint="")
    serving = any(not lane.is_quiet for lane in scene.lanes)
    board = scene.hall.board if scene.hall is not None else None
    if serving:
        paint_serving(canvas, scene, desk)
    elif board is not None:
        paint_board(canvas, scene, board, desk)
    else:
        paint_idle(canvas, scene, desk)
    if side:
        paint_side(canvas, scene, Box(desk.right, 0, side, rows))
    elif scene.slip and at < scene.slip_until:
        _lay_slip(canvas, scene, desk, serving=serving)
    return canvas.lines()


def reads_as(scene: Scene, at: float) -> object:
    """All that a page without readers is painted from but the seconds; None with readers.

    Two scenes that read alike are painted alike.
    """
    if any(not lane.is_quiet for lane in scene.lanes):
        return None
    hall, now = scene.hall, scene.local_now
    ends = [turn.closes_at for turn in hall.now] if hall is not None else []
    if hall is not None and hall.board is not None:
        ends.append(hall.board.closes_at)
    minutes = tuple(scene.minutes_until(end) for end in ends)
    slip = scene.slip if at < scene.slip_until or scene.side is not None else ""
    moment = (now.replace(second=0, microsecond=0), scene.ending_at, minutes)
    unsteady = tuple(is_unsteady(one, scene.now) for one in scene.devices.values())
    return (moment, hall, scene.lanes, scene.devices, unsteady, tuple(scene.calls), slip)


def turned(scene: Scene, lane: Lane, columns: int, rows: int, key: str) -> Scene:
    """Turn what staff see on a lane of the screen as it is: the table's pages, or the keys."""
    desk = Box(0, 0, columns - _side_columns(scene, columns), rows)
    boxes = {shown.style.lane: box for shown, box in lane_boxes(scene, desk)}

    def turn(shown: LaneShown) -> LaneShown:
        if sign_of(key) == MORE:
            return with_more_keys(scene, shown, boxes[lane])
        return turn_table(scene, shown, boxes[lane], 1 if key in TURN_DOWN else -1)

    lanes = tuple(turn(shown) if shown.style.lane == lane else shown for shown in scene.lanes)
    return replace(scene, lanes=lanes)


def line_columns(scene: Scene, columns: int) -> int:
    """How many columns a sentence's line has in a lane, at least as on a screen of 80."""
    desk = max(columns - _side_columns(scene, columns), _DESK_COLUMNS)
    cell = cells(Box(0, 0, desk, 1), len(scene.lanes))[0]
    return cell.columns - 3 - _SYMBOL_COLUMNS


def _side_columns(scene: Scene, columns: int) -> int:
    beside = columns - _DESK_COLUMNS
    return min(beside, _SIDE_MOST) if scene.side is not None and beside >= _SIDE_COLUMNS else 0


def _lay_slip(canvas: Canvas, scene: Scene, desk: Box, *, serving: bool) -> None:
    """Lay the slip where nobody is served: over the idle page's right, or on a free column."""
    columns = slip_columns(scene.slip)
    inner = Box(desk.x, desk.y + 2, desk.columns, desk.rows - 4)
    if not serving:
        paint_slip(canvas, scene.slip, Box(desk.right - columns - 1, inner.y, columns, inner.rows))
        return
    for lane, cell in zip(scene.lanes, cells(inner, len(scene.lanes)), strict=True):
        if lane.is_quiet:
            paper = Box(cell.x + 2, cell.y + 2, min(columns, cell.columns - 3), cell.rows - 2)
            paint_slip(canvas, scene.slip, paper)
            return
