"""Pictures of screens: what is told to a desk, and the picture that is kept of it.

The pictures are SVG files beside this one; a change is looked at, then accepted with
`KIOSK_ACCEPT_PICTURES=1`. Own comparison because pytest-textual-snapshot needs pytest below 9,
and because a picture here is one file that a browser opens.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from screens_scenes import DEVICES, IN_TURN, SPEECH, FakeClock, Speech, desk, own_words

from kiosk.app import KioskApp
from kiosk.domain import DeviceState, Hall, Outcome, OutcomeKind
from kiosk.wording.outcomes import Said

PICTURES = Path(__file__).parent / "pictures"
SIZES = ((80, 24), (120, 36))


@dataclass(frozen=True)
class Shot:
    """What is told to the screen before its picture is taken.

    With `speaks` the outcomes are said in the desk's own words, else in `speech`.
    """

    name: str
    hall: Hall = IN_TURN
    outcomes: tuple[Outcome, ...] = ()
    devices: tuple[DeviceState, ...] = DEVICES
    lanes: tuple[str, ...] = ("left", "right")
    language: str = "zh_CN"
    passed: float = 0.0
    speech: tuple[tuple[OutcomeKind, Said], ...] = ()
    speaks: bool = False
    slip: str = ""
    side: str | None = None
    typed: str = ""

    def __str__(self) -> str:
        return self.name


def staged(shot: Shot, fake: FakeClock) -> KioskApp:
    """The desk of a shot, told all but the time that passes."""
    app = desk(
        fake,
        lanes=shot.lanes,
        language=shot.language,
        speech=own_words(shot.language, lambda: app.line_columns)
        if shot.speaks
        else Speech({**SPEECH, **dict(shot.speech)}),
        side=shot.side,
        hint="先输入 R000001 回车,再输入 10000001 回车 · Ctrl+Q 退出" if shot.side else "",
    )
    app.tell_hall(shot.hall)
    for state in shot.devices:
        app.tell_device(state)
    for told in shot.outcomes:
        app.tell_outcome(told)
    if shot.typed:
        app.tell_typed("left", shot.typed)
    if shot.slip:
        app.tell_slip(shot.slip)
    return app


async def picture_of(shot: Shot, size: tuple[int, int]) -> str:
    """Draw the screen of a shot."""
    fake = FakeClock()
    app = staged(shot, fake)
    async with app.run_test(size=size) as pilot:
        fake.passed = shot.passed
        app.tick()
        await pilot.pause()
        return app.picture()


def kept_picture(name: str, svg: str, size: tuple[int, int]) -> str:
    """Read the picture kept of a screen; where changes are accepted, `svg` is kept first."""
    kept = PICTURES / f"{name}-{size[0]}x{size[1]}.svg"
    if os.environ.get("KIOSK_ACCEPT_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        kept.write_text(svg, encoding="utf-8")
    assert kept.exists(), f"{kept.name} is not there: accept it with KIOSK_ACCEPT_PICTURES=1"
    return kept.read_text(encoding="utf-8")
