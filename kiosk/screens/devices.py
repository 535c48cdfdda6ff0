"""The devices on the screen: a dot each on top, what to do about them, the staff's table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Final

from kiosk.domain import DeviceState, Note, Outcome, StaffLine, StaffPage
from kiosk.screens.canvas import Box, Canvas, width_of, wrap
from kiosk.screens.device_art import COLUMNS as ART_COLUMNS
from kiosk.screens.device_art import art
from kiosk.screens.palette import ATTENTION, DIM, NO, STRONG, TEXT
from kiosk.screens.showing import DeviceShown, Scene
from kiosk.wording.devices import Trouble, device_name, trouble

UNSTEADY_CHANGES: Final = 8
UNSTEADY_S: Final = 60.0
"""A device that changed so often within this time is said to come and go, not each time anew."""
CARD_ROWS: Final = 5
_WIDE: Final = 100
_ART_GAP: Final = 2
_BESIDE_ART: Final = 25
"""Columns beside a picture in half of a screen of 80."""


def with_device(scene: Scene, state: DeviceState) -> Scene:
    """Take a device's state into the scene, and into the tables of devices that are shown."""
    before = scene.devices.get(state.device)
    is_same = before is not None and before.reads_as(state)
    since = before.since if before is not None and is_same else scene.now
    recent = scene.now - timedelta(seconds=UNSTEADY_S)
    changes = () if before is None else tuple(at for at in before.changes if at > recent)
    if not is_same:
        changes = (*changes, scene.now)[-UNSTEADY_CHANGES:]
    devices = {**scene.devices, state.device: DeviceShown(state, since, changes)}
    scene = replace(scene, devices=devices)
    page = devices_page(scene)
    lanes = tuple(replace(lane, page=page) if lane.lists_devices else lane for lane in scene.lanes)
    return replace(scene, lanes=lanes)


def listing_devices(scene: Scene, outcome: Outcome) -> Outcome:
    """Put the table of devices into the outcome that asks for it: only the screen knows them."""
    asked = outcome.note is Note.DEVICES_SHOWN
    return replace(outcome, page=devices_page(scene)) if asked else outcome


def is_unsteady(shown: DeviceShown, now: datetime) -> bool:
    """Tell whether a device comes and goes."""
    recent = now - timedelta(seconds=UNSTEADY_S)
    return sum(at > recent for at in shown.changes) >= UNSTEADY_CHANGES


def device_runs(scene: Scene, columns: int) -> Iterator[tuple[str, str]]:
    """Write the devices for the top line of a screen of so many columns."""
    scanners, printers = _of(scene, "scanner"), _of(scene, "printer")
    if scanners:
        yield scene.words.tr("Scan") + " ", DIM
    for shown in scanners:
        which = _lane_word(scene, shown) if len(scanners) > 1 else ""
        yield from _dot(scene, shown, which, columns)
    if printers:
        yield ("  " if scanners else "") + scene.words.tr("Print") + " ", DIM
    for shown in printers:
        yield from _dot(scene, shown, "", columns)


def in_trouble(scene: Scene) -> list[tuple[DeviceShown, Trouble]]:
    """Give the scanners and printers that want a grown-up, those that stand still first."""
    found = [
        (shown, said)
        for role in ("scanner", "printer")
        for shown in _of(scene, role)
        if (said := trouble(shown.state, scene.words)) is not None
    ]
    return sorted(found, key=lambda one: one[0].state.up)


def name_of(scene: Scene, shown: DeviceShown) -> str:
    """Name a device as the screen does: 扫描枪 左."""
    return device_name(shown.state, scene.words, _lane_word(scene, shown))


def paint_card(canvas: Canvas, scene: Scene, box: Box) -> Box:
    """Paint at the box's foot what is wrong with the printer and what to do, with a picture.

    Nothing is painted where nothing is wrong, where a picture would not help, or without room.
    Returns the box that is left.
    """
    told = [
        (shown, said)
        for shown, said in in_trouble(scene)
        if art(shown.state) and shown.state.role == "printer"
    ]
    if not told or box.rows < CARD_ROWS:
        return box
    shown, said = told[0]
    style = ATTENTION if shown.state.up else NO
    drawn, y = art(shown.state), box.bottom - CARD_ROWS
    canvas.art(box.x, y, drawn, style)
    x = box.x + ART_COLUMNS + 1
    name = name_of(scene, shown)
    dated = f"{name} {scene.words.tr('since {time}', time=since(scene, shown))}"
    canvas.put(x, y, dated if width_of(dated) <= box.right - x else name, TEXT)
    for place, line in enumerate(wrap(said.what, box.right - x, 2), y + 1):
        canvas.put(x, place, line, f"bold {style}")
    for place, line in enumerate(wrap(said.todo, box.columns, 2), y + len(drawn)):
        canvas.put(box.x, place, line, STRONG)
    return Box(box.x, box.y, box.columns, box.rows - CARD_ROWS)


def devices_page(scene: Scene) -> StaffPage:
    """Write the table of devices: each one's state, since when, and below what to do."""
    words = scene.words
    devices = [*_of(scene, "scanner"), *_of(scene, "printer"), *_of(scene, "sound")]
    lines = tuple(
        StaffLine(number, (name_of(scene, shown), _state(scene, shown), since(scene, shown)))
        for number, shown in enumerate(devices, 1)
    )
    hints: list[str] = []
    for shown in devices:
        said = trouble(shown.state, words)
        # Without a loudspeaker the bell rings: nothing need be done.
        if said is not None and shown.state.role != "sound":
            hints += _advice(scene, shown, said)
    if not hints:
        hints = [words.tr("Nothing need be done.")]
    heads = (words.tr("Device"), words.tr("State"), words.tr("Since"))
    return StaffPage(words.tr("Devices"), heads, lines, tuple(hints))


def since(scene: Scene, shown: DeviceShown) -> str:
    """Say since when a device is as it is: 16:20, or the day if it was not today."""
    at, words = scene.local(shown.since), scene.words
    if at.date() == scene.local_now.date():
        return words.clock(at)
    return f"{words.short_date(at)} {words.clock(at)}"


def _advice(scene: Scene, shown: DeviceShown, said: Trouble) -> list[str]:
    what = scene.words.tr("{device}: {what}", device=name_of(scene, shown), what=said.what)
    drawn = art(shown.state)
    if not drawn:
        return [what, said.todo]
    texts = [what, *wrap(said.todo, _BESIDE_ART, len(drawn) - 1)]
    pairs = zip_longest(drawn, texts, fillvalue="")
    return [f"{row}{' ' * _ART_GAP}{text}".rstrip() for row, text in pairs]


def _state(scene: Scene, shown: DeviceShown) -> str:
    said = trouble(shown.state, scene.words)
    word = scene.words.tr("works") if said is None else said.word
    if is_unsteady(shown, scene.now):
        word = f"{word} · {scene.words.tr('comes and goes')}"
    # The bell that rings instead is no fault.
    symbol = "●" if shown.state.up else "·" if shown.state.role == "sound" else "✗"
    return f"{symbol} {word}"


def _of(scene: Scene, role: str) -> list[DeviceShown]:
    places = {lane.style.lane: place for place, lane in enumerate(scene.lanes)}
    found = [shown for shown in scene.devices.values() if shown.state.role == role]
    return sorted(
        found,
        key=lambda one: (places.get(one.state.lane or "", len(places)), one.state.device),
    )


def _lane_word(scene: Scene, shown: DeviceShown) -> str:
    words: Mapping[str, str] = {lane.style.lane: lane.style.word for lane in scene.lanes}
    return words.get(shown.state.lane or "", "")


def _dot(scene: Scene, shown: DeviceShown, which: str, columns: int) -> Iterator[tuple[str, str]]:
    said = trouble(shown.state, scene.words)
    word = "" if said is None else said.word
    if is_unsteady(shown, scene.now):
        word = scene.words.tr("comes and goes")
    elif said is not None and columns >= _WIDE:
        word = scene.words.tr("{word} since {time}", word=word, time=since(scene, shown))
    if shown.state.up:
        yield "●", TEXT
        if word:
            yield f"{which} {word} ", ATTENTION
        return
    yield f" ✗{which}", f"bold {NO}"
    yield f" {word} ", NO
