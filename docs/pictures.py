"""Draws the pictures of the README: the real desk with the sample school, seen at one moment.

Run as `make pictures`. Nothing of it depends on the machine: time is simulated.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from kiosk.app import Clock, KioskApp
from kiosk.cli.demo import fill, sample_school
from kiosk.cli.open import desktop_from, open_desk
from kiosk.desk.clock import SimulatedClock
from kiosk.desk.views import HallPage
from kiosk.domain import DeviceState, Outcome, Scan
from kiosk.screens.palette import lane_styles
from kiosk.settings import Settings
from kiosk.wording.blocks import Voice
from kiosk.wording.outcomes import Said, say

FOLDER: Final = Path(__file__).parent / "img"
SIZE: Final = (80, 24)
SCANS: Final = (
    ("R240101", "left"),
    ("30000001", "left"),
    ("R240201", "right"),
    ("30000013", "right"),
)


async def draw(language: str, suffix: str) -> None:
    """Draw the idle page and the desk serving two readers."""
    with tempfile.TemporaryDirectory() as folder:
        settings, labels = sample_school(Path(folder), language)
        moment = labels["moment"].replace(tzinfo=settings.zone)
        fill(settings, moment)
        clock = SimulatedClock(moment, monotonic=lambda: 0.0)
        ledger, desk = open_desk(settings, desktop_from(settings, settings.words()), clock)
        app = build_app(settings, clock)
        page = HallPage(settings.timetable(), settings.class_names(), settings.words())
        for device, role in (("left", "scanner"), ("right", "scanner"), ("printer", "printer")):
            app.tell_device(DeviceState(device, role, up=True))  # type: ignore[arg-type]
        app.tell_hall(page.write(ledger.db, moment, "ok", ledger_ok=True, rehearsal=False))
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            save(f"idle{suffix}.svg", app)
            for place, (text, lane) in enumerate(SCANS):
                at: datetime = moment + timedelta(seconds=3 * place)
                clock.move_to(at)
                for outcome in desk.handle(Scan(text, lane, at)):
                    app.tell_outcome(outcome)
            await pilot.pause()
            save(f"serving{suffix}.svg", app)
        ledger.close()


def build_app(settings: Settings, clock: SimulatedClock) -> KioskApp:
    """Build the screen as `kiosk run` does, without a keyboard or a bell."""
    words, names = settings.words(), settings.class_names()

    def spoken(outcome: Outcome) -> Said:
        today = clock.now().astimezone(settings.zone).date()
        return say(outcome, Voice(words, names.label, today))

    return KioskApp(
        lane_styles([one.lane for one in settings.scanners], words),
        words,
        school=settings.school.name,
        clock=Clock(clock.now, settings.zone, seconds=lambda: 0.0),
        say=spoken,
        sound=lambda *_: None,
    )


def save(name: str, app: KioskApp) -> None:
    """Write what the screen shows now."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_text(app.picture(), encoding="utf-8")


if __name__ == "__main__":
    logging.disable()
    asyncio.run(draw("zh_CN", ""))
    asyncio.run(draw("en", "-en"))
