"""The whole screen from a scene: idle or serving, with the demo's panel where there is room."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.screens.canvas import Box, Canvas, Line
from kiosk.screens.idle import paint_idle
from kiosk.screens.lanes import cells
from kiosk.screens.serving import paint_serving
from kiosk.screens.showing import Scene
from kiosk.screens.side import paint_side, paint_slip, slip_columns

_DESK_COLUMNS: Final = 80
_SIDE_COLUMNS: Final = 38
_SIDE_MOST: Final = 42


def paint(scene: Scene, columns: int, rows: int, at: float) -> tuple[Line, ...]:
    """Paint a scene on `columns` by `rows` cells; `at` is the monotonic instant."""
    canvas = Canvas(columns, rows)
    beside = columns - _DESK_COLUMNS
    has_side = scene.side is not None and beside >= _SIDE_COLUMNS
    side = min(beside, _SIDE_MOST) if has_side else 0
    desk = Box(0, 0, columns - side, rows)
    if has_side:
        scene = replace(scene, hint="")
    serving = any(not lane.is_quiet for lane in scene.lanes)
    if serving:
        paint_serving(canvas, scene, desk)
    else:
        paint_idle(canvas, scene, desk)
    if has_side:
        paint_side(canvas, scene, Box(desk.right, 0, side, rows))
    elif scene.slip and at < scene.slip_until:
        _lay_slip(canvas, scene, desk, serving=serving)
    return canvas.lines()


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
