"""Where the lanes' columns are, what heads them, and what to scan on a quiet one."""

from __future__ import annotations

from kiosk.domain import LaneUse
from kiosk.screens.canvas import Box, Canvas
from kiosk.screens.palette import GROUND, HEAD, HURRY, STRONG, TEXT
from kiosk.screens.showing import COUNTDOWN_S, LaneShown, Scene


def cells(box: Box, lanes: int) -> list[Box]:
    """Share a box among lanes: the whole width for one, else two columns and as many rows."""
    if lanes == 1:
        return [box]
    bands = (lanes + 1) // 2
    left, rows = (box.columns - 1) // 2, box.rows // bands
    return [
        Box(
            box.x + (left + 1 if place % 2 else 0),
            box.y + place // 2 * rows,
            box.columns - left - 1 if place % 2 else left,
            rows,
        )
        for place in range(lanes)
    ]


def paint_prompt(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    """Paint a quiet lane: its arrow and what to scan there."""
    paint_head(canvas, shown, box)
    lines = prompts(scene, shown)
    y = box.y + 1 + max(0, box.rows - 1 - len(lines)) // 2
    for place, line in enumerate(lines):
        style = STRONG if place == 0 else TEXT
        canvas.put(box.x + 4, y + place, line, style, columns=box.columns - 5)


def paint_head(
    canvas: Canvas,
    shown: LaneShown,
    box: Box,
    *,
    who: str = "",
    count: str = "",
    colour: str = TEXT,
    ground: str = HEAD,
) -> None:
    """Paint the lane's row: arrow and word at its outer edge, who is served and a count beside.

    `colour` is the count's; another `ground` tells a crate or a staff session from a reader's.
    """
    style = shown.style
    tape = f"bold {GROUND} on {style.colour}"
    ink = STRONG if ground == HEAD else f"bold {GROUND}"
    canvas.fill(Box(box.x, box.y, box.columns, 1), f"{ink} on {ground}")
    if style.side == "left":
        start = canvas.put(box.x, box.y, f" {style.arrow} {style.word} ", tape) + 1
        end = box.right - 1
    else:
        start = box.x + 1
        end = canvas.put_right(box.right, box.y, f" {style.word} {style.arrow} ", tape) - 1
    if count:
        beside = colour if ground == HEAD else ink
        end = canvas.put_right(end, box.y, count, f"{beside} on {ground}") - 1
    canvas.put(start, box.y, who, f"{ink} on {ground}", columns=end - start)


def paint_countdown(canvas: Canvas, scene: Scene, box: Box, left: int) -> None:
    """Paint in the box's last row that the session ends in `left` seconds."""
    start = canvas.put_right(box.right, box.bottom - 1, bar(left), HURRY)
    canvas.put_right(start - 1, box.bottom - 1, scene.words.tr("Closing soon"), TEXT)


def bar(left: int) -> str:
    """Draw the seconds that are left: ▓▓▓▓░ 4."""
    return f"{'▓' * left}{'░' * (COUNTDOWN_S - left)} {left}"


def prompts(scene: Scene, shown: LaneShown) -> list[str]:
    """Say what may be scanned on a quiet lane."""
    words = scene.words
    if _is_dead(scene, shown):
        return [words.tr("This scanner does not work"), words.tr("Please use another one")]
    match LaneUse.RETURN if shown.returns else shown.style.use:
        case LaneUse.RETURN:
            return [words.tr("Returns only"), words.tr("Scan the book")]
        case LaneUse.VISIT:
            return [words.tr("Reading room: scan your card"), words.tr("Once more when you leave")]
        case LaneUse.BORROW if not scene.lends:
            return [words.tr("No borrowing now")]
        case LaneUse.BORROW:
            return [words.tr("Scan your card first"), words.tr("Then scan the books")]
    if scene.lends:
        return [words.tr("Scan your card first"), words.tr("To return: just scan the book")]
    return [words.tr("To return: just scan the book"), words.tr("Your loans: scan your card")]


def _is_dead(scene: Scene, shown: LaneShown) -> bool:
    states = [one.state for one in scene.devices.values() if one.state.role == "scanner"]
    mine = [state.up for state in states if state.lane == shown.style.lane]
    return bool(mine) and not any(mine)
