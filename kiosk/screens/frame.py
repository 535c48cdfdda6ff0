"""The rows every page has: the time and the devices on top, a notice, a hint at the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kiosk.screens.canvas import Box, Canvas, cut, width_of
from kiosk.screens.devices import device_runs
from kiosk.screens.notices import notice
from kiosk.screens.palette import ATTENTION, DIM, HURRY, NOTICE, RULE, STRONG, TEXT
from kiosk.screens.showing import Scene

_PIN: Final = re.compile("[0-9]{1,6}")
"""What may be a PIN: it is not shown until its owner is known to be staff."""
_LEAST_STAFFING: Final = 10


def paint_frame(
    canvas: Canvas,
    scene: Scene,
    box: Box,
    *,
    left: str,
    hint: str,
    before: str = "",
    hurry: str = "",
) -> None:
    """Paint the top row, the notice or a rule, the bottom rows.

    `left` stands in the top row's corner, after `before`, which gives way where room is short;
    `hurry` follows in yellow.
    """
    rehearsal = ""
    if scene.hall is not None and scene.hall.rehearsal:
        rehearsal = f" {scene.words.tr('REHEARSAL')} "
    reserved = width_of(rehearsal) + width_of(left) + width_of(hurry) + 6
    end = _right(canvas, scene, box, reserved)
    start = box.x + 1
    if rehearsal:
        start = canvas.put(start, box.y, rehearsal, NOTICE) + 1
    if before:
        room = end - start - width_of(left) - 4
        start = canvas.put(start, box.y, before, TEXT, columns=max(0, room)) + 2
    start = canvas.put(start, box.y, left, STRONG, columns=end - start - 2) + 2
    canvas.put(start, box.y, hurry, HURRY, columns=max(0, end - start - 2))
    said = notice(scene)
    if said:
        canvas.fill(Box(box.x, box.y + 1, box.columns, 1), NOTICE)
        canvas.put(box.x + 1, box.y + 1, f"! {said}", NOTICE, columns=box.columns - 2)
    else:
        rule(canvas, box, box.y + 1)
    rule(canvas, box, box.bottom - 2)
    _hint(canvas, scene, box, hint)


def rule(canvas: Canvas, box: Box, y: int) -> None:
    """Draw a line across the box."""
    canvas.put(box.x, y, "─" * box.columns, RULE)


def upright(canvas: Canvas, x: int, top: int, bottom: int) -> None:
    """Draw a line down from the row `top` to the row before `bottom`."""
    for y in range(top, bottom):
        canvas.put(x, y, "│", RULE)


def _hint(canvas: Canvas, scene: Scene, box: Box, hint: str) -> None:
    y = box.bottom - 1
    typing = next((lane for lane in scene.lanes if lane.typed), None)
    if typing is not None:
        x = canvas.put(box.x + 1, y, f"{typing.style.word} ▸ ", typing.style.colour)
        # The end of what is typed is what the typist looks at.
        typed = (typing.typed if typing.is_staff else _hidden(typing.typed))[
            -(box.columns - x - 4) :
        ]
        canvas.put(x, y, f"{typed}▏", STRONG, columns=box.right - x - 1)
        return
    text, style = (scene.hint, ATTENTION) if scene.hint else (hint, DIM)
    canvas.put(box.x + 1, y, text, style, columns=box.columns - 2)


def _hidden(typed: str) -> str:
    return "•" * len(typed) if _PIN.fullmatch(typed) else typed


def _right(canvas: Canvas, scene: Scene, box: Box, reserved: int) -> int:
    """Paint the right corner: who is on duty, what is to do, the devices; return where it begins.

    Duty and what is to do give way where fewer than `reserved` columns would be left.
    """
    runs = list(device_runs(scene, box.columns))
    start = box.right - 1 - sum(width_of(text) for text, _ in runs)
    for said, style in _staffing(scene):
        room = start - box.x - reserved
        if room < _LEAST_STAFFING:
            break
        runs.insert(0, (cut(said, room - 2) + "  ", style))
        start -= width_of(runs[0][0])
    x = start
    for text, style in runs:
        x = canvas.put(x, box.y, text, style)
    return start


def _staffing(scene: Scene) -> Iterator[tuple[str, str]]:
    """What stands left of the devices, from right to left."""
    hall = scene.hall
    if hall is not None and hall.todos:
        yield scene.words.tr("To do {n}", n=hall.todos), HURRY
    if hall is not None and hall.on_duty:
        yield scene.words.tr("On duty {name}", name=hall.on_duty), DIM
