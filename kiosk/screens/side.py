"""The demo's side panel: what to type, and the last slip as it came from the printer."""

from __future__ import annotations

from kiosk.screens.canvas import Box, Canvas, width_of, wrap
from kiosk.screens.frame import upright
from kiosk.screens.palette import ATTENTION, DIM, PAPER, TEXT
from kiosk.screens.showing import Scene


def paint_side(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Paint the panel: the caller's lines on top, the slip's paper below."""
    upright(canvas, box.x, box.y, box.bottom)
    x, y = box.x + 2, box.y
    for line in (scene.side or "").splitlines():
        for part in wrap(line, box.columns - 3, 3) or [""]:
            canvas.put(x, y, part, ATTENTION if y == box.y else TEXT)
            y += 1
    y += 1
    if not scene.slip:
        canvas.put(x, y, scene.words.tr("The slip comes out here"), DIM)
        return
    paint_slip(canvas, scene.slip, Box(x, y, box.columns - 2, box.bottom - y))


def paint_slip(canvas: Canvas, slip: str, box: Box) -> None:
    """Paint a slip as paper, from the top of the box; what is too long is torn off at the end."""
    lines = slip.rstrip("\n").splitlines()[: box.rows]
    columns = min(box.columns, max(map(width_of, lines), default=0) + 2)
    canvas.fill(Box(box.x, box.y, columns, len(lines)), PAPER)
    for place, line in enumerate(lines):
        canvas.put(box.x + 1, box.y + place, line, PAPER, columns=columns - 1)


def slip_columns(slip: str) -> int:
    """How wide the paper of a slip is on the screen."""
    return max(map(width_of, slip.splitlines()), default=0) + 2
