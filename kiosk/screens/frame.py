"""The rows every page has: the time and the devices on top, a notice, a hint at the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import ceil
from typing import Final

from kiosk.domain import DeviceState, TurnNow
from kiosk.screens.canvas import Box, Canvas, width_of
from kiosk.screens.palette import ATTENTION, DIM, NO, NOTICE, RULE, STRONG, TEXT
from kiosk.screens.showing import Scene

_NUMBERS: Final = "①②③④"


def paint_frame(
    canvas: Canvas, scene: Scene, box: Box, *, left: str, hint: str, before: str = ""
) -> None:
    """Paint the top row, the notice or a rule, the bottom rows.

    `left` stands in the top row's corner, after `before`, which gives way where room is short.
    """
    end = _devices(canvas, scene, box)
    start = box.x + 1
    if scene.hall is not None and scene.hall.rehearsal:
        start = canvas.put(start, box.y, f" {scene.words.tr('REHEARSAL')} ", NOTICE) + 1
    if before:
        room = end - start - width_of(left) - 4
        start = canvas.put(start, box.y, before, TEXT, columns=max(0, room)) + 2
    canvas.put(start, box.y, left, STRONG, columns=end - start - 2)
    notice = _notice(scene)
    if notice:
        canvas.fill(Box(box.x, box.y + 1, box.columns, 1), NOTICE)
        canvas.put(box.x + 1, box.y + 1, f"! {notice}", NOTICE, columns=box.columns - 2)
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


def minutes_left(scene: Scene, turn: TurnNow) -> int:
    """Count the begun minutes until the window closes."""
    return max(0, ceil((scene.local(turn.closes_at) - scene.local_now).total_seconds() / 60))


def names_of(turn: TurnNow) -> list[str]:
    """Name the classes of a turn one by one."""
    return re.split(r"、|, ", turn.label) if turn.is_class else [turn.label]


def _hint(canvas: Canvas, scene: Scene, box: Box, hint: str) -> None:
    y = box.bottom - 1
    typing = next((lane for lane in scene.lanes if lane.typed), None)
    if typing is not None:
        x = canvas.put(box.x + 1, y, f"{typing.style.word} ▸ ", typing.style.colour)
        # The end of what is typed is what the typist looks at.
        typed = typing.typed[-(box.columns - x - 4) :]
        canvas.put(x, y, f"{typed}▏", STRONG, columns=box.right - x - 1)
        return
    text, style = (scene.hint, ATTENTION) if scene.hint else (hint, DIM)
    canvas.put(box.x + 1, y, text, style, columns=box.columns - 2)


def _notice(scene: Scene) -> str:
    """The one thing a grown-up is needed for, most important first."""
    hall, words = scene.hall, scene.words
    if hall is not None and not hall.ledger_ok:
        said = words.tr("The desk cannot write. Bring books back on paper.")
        return words.tr("{said} Call the teacher {number}", said=said, number=_NUMBERS[0])
    if hall is not None and hall.clock == "doubted":
        said = words.tr("The clock may be wrong. Books come back, none go out.")
        return words.tr("{said} Call the teacher {number}", said=said, number=_NUMBERS[1])
    down = {state.lane for state in scene.devices.values() if not state.up}
    if scene.lanes and all(lane.style.lane in down for lane in scene.lanes):
        said = words.tr("No scanner works.")
        return words.tr("{said} Call the teacher {number}", said=said, number=_NUMBERS[2])
    lanes = [lane.style.word for lane in scene.lanes if lane.style.lane in scene.calls]
    if lanes:
        said = words.tr("A reader needs help: {lanes}.", lanes=words.tr(", ").join(lanes))
        return words.tr("{said} Call the teacher {number}", said=said, number=_NUMBERS[3])
    return ""


def _devices(canvas: Canvas, scene: Scene, box: Box) -> int:
    """Paint the devices' dots in the right corner; return where they begin."""
    runs = list(_device_runs(scene))
    x = start = box.right - 1 - sum(width_of(text) for text, _ in runs)
    for text, style in runs:
        x = canvas.put(x, box.y, text, style)
    return start


def _device_runs(scene: Scene) -> Iterator[tuple[str, str]]:
    places = {lane.style.lane: place for place, lane in enumerate(scene.lanes)}
    words = {lane.style.lane: lane.style.word for lane in scene.lanes}
    scanners = [state for state in scene.devices.values() if state.role == "scanner"]
    scanners.sort(key=lambda state: (places.get(state.lane or "", len(places)), state.device))
    if scanners:
        yield scene.words.tr("Scan") + " ", DIM
    for state in scanners:
        which = words.get(state.lane or "", "") if len(scanners) > 1 else ""
        yield from _dot(scene, state, which)
    printers = [state for state in scene.devices.values() if state.role == "printer"]
    if printers:
        yield ("  " if scanners else "") + scene.words.tr("Print") + " ", DIM
    for state in printers:
        yield from _dot(scene, state, "")


def _dot(scene: Scene, state: DeviceState, which: str) -> Iterator[tuple[str, str]]:
    if state.up:
        yield "●", TEXT
        return
    yield f" ✗{which}", f"bold {NO}"
    yield f" {_cause(scene, state)} ", NO


def _cause(scene: Scene, state: DeviceState) -> str:
    words = scene.words
    match state.cause:
        case "missing":
            return words.tr("not plugged in")
        case "busy":
            return words.tr("in use elsewhere")
        case "denied":
            return words.tr("no permission")
        case "gone":
            return words.tr("came loose")
        case "timeout":
            return words.tr("no answer")
        case _:
            return words.tr("out of order")
