"""Draws the pictures of the README: the real desk with the sample school, seen at one moment.

Run as `make pictures`. Nothing of it depends on the machine: time is simulated.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from kiosk.app import Clock, KioskApp
from kiosk.cli.demo import fill, sample_school
from kiosk.cli.open import desktop_from, open_desk
from kiosk.desk.clock import SimulatedClock
from kiosk.desk.desk import Desk
from kiosk.desk.hall import HallPage
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
"""Two readers at once."""
THEN: Final = (
    ("KC-DONE", "left"),
    ("KC-DONE", "right"),
    ("R240102", "left"),
    ("30000002", "left"),
    ("R240102", "left"),
    ("KC-CLASS-2024-1", "right"),
)
"""The next one of the class in turn, then the class's board."""
CRATE: Final = (
    ("KC-RETURN", "left"),
    ("30000001", "left"),
    ("30099999", "left"),
    ("30000002", "left"),
)
READ_S: Final = 30.0
"""Long enough for what was said last to leave the screen."""


async def draw(language: str, suffix: str) -> None:
    """Draw the idle page, the desk serving two readers, a turn's board, a crate."""
    with tempfile.TemporaryDirectory() as folder:
        settings, labels = sample_school(Path(folder), language)
        moment = labels["moment"].replace(tzinfo=settings.zone)
        fill(settings, moment)
        clock = SimulatedClock(moment, monotonic=lambda: 0.0)
        ledger, desk = open_desk(settings, desktop_from(settings, settings.words()), clock)
        app = build_app(settings, clock)
        for device, role in (("left", "scanner"), ("right", "scanner"), ("printer", "printer")):
            app.tell_device(DeviceState(device, role, up=True))  # type: ignore[arg-type]
        stage = Stage(settings, desk, ledger.db, clock, app)
        async with app.run_test(size=SIZE) as pilot:
            stage.scan(())
            await pilot.pause()
            save(f"idle{suffix}.svg", app)
            stage.scan(SCANS)
            await pilot.pause()
            save(f"serving{suffix}.svg", app)
            stage.scan(THEN)
            await pilot.pause()
            stage.wait(READ_S)
            await pilot.pause()
            save(f"board{suffix}.svg", app)
            stage.scan(CRATE)
            await pilot.pause()
            save(f"crate{suffix}.svg", app)
        ledger.close()


@dataclass(frozen=True)
class Stage:
    """The desk, and the screen that is told what becomes of it."""

    settings: Settings
    desk: Desk
    db: Database
    clock: SimulatedClock
    app: KioskApp

    def scan(self, scans: Sequence[tuple[str, str]]) -> None:
        """Scan labels, three seconds apart."""
        for text, lane in scans:
            at = self.clock.now() + timedelta(seconds=3)
            self.clock.move_to(at)
            for outcome in self.desk.handle(Scan(text, lane, at)):
                self.app.tell_outcome(outcome)
        self._tell_hall()

    def wait(self, seconds: float) -> None:
        """Let time pass for the desk and the screen."""
        at = self.clock.now() + timedelta(seconds=seconds)
        self.clock.move_to(at)
        for outcome in self.desk.tick(at):
            self.app.tell_outcome(outcome)
        self._tell_hall()

    def _tell_hall(self) -> None:
        page = HallPage(self.settings.class_names(), self.settings.words())
        desk, now = self.desk, self.clock.now()
        self.app.tell_hall(page.write(self.db, desk.timetable, now, "ok", room=desk.room))


def build_app(settings: Settings, clock: SimulatedClock) -> KioskApp:
    """Build the screen as `kiosk run` does, without a keyboard or a bell."""
    words, names, start = settings.words(), settings.class_names(), clock.now()

    def seconds() -> float:
        return (clock.now() - start).total_seconds()

    def spoken(outcome: Outcome) -> Said:
        today = clock.now().astimezone(settings.zone).date()
        return say(outcome, Voice(words, names.label, today, app.line_columns))

    app = KioskApp(
        lane_styles([one.lane for one in settings.scanners], words),
        words,
        school=settings.school.name,
        clock=Clock(clock.now, settings.zone, seconds),
        say=spoken,
        sound=lambda *_: None,
    )
    return app


def save(name: str, app: KioskApp) -> None:
    """Write what the screen shows now."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / name).write_text(app.picture(), encoding="utf-8")


if __name__ == "__main__":
    logging.disable()
    asyncio.run(draw("zh_CN", ""))
    asyncio.run(draw("en", "-en"))
