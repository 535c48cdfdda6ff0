"""A desk over the small school of the tests: a real database, a clock moved by hand, real scans."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.cli.open import desktop_from, lived
from kiosk.cli.records import make_database
from kiosk.desk.clock import ClockWatch
from kiosk.desk.desk import Desk
from kiosk.domain import Lane, LaneUse, Outcome, Scan
from kiosk.imports.items import plan_items
from kiosk.imports.plan import Context, apply
from kiosk.imports.readers import plan_readers
from kiosk.ledger import journal, people, pins
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.verify import Difference, verify
from kiosk.settings import Settings, load

SCHOOL = Path(__file__).parent / "school"
ZONE = ZoneInfo("Asia/Shanghai")
IN_TURN = datetime(2026, 9, 10, 16, 34, tzinfo=ZONE)
"""Thursday, in the turn of 三(2)班."""

MING, ZHE, MONITOR = "R100001", "R100002", "R100003"  # 三(2)班: may borrow in IN_TURN
HONG = "R100011"  # 三(1)班: may not
TEACHER = "R900001"
PIN = "2468"
BOOKS = [f"300000{number:02}" for number in range(1, 26)]
REFERENCE = "30000022"
TWO_LANES = {"left": LaneUse.ANY, "right": LaneUse.ANY}


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = IN_TURN) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Tell the time."""
        return self.at


def no_progress(_done: int, _total: int) -> None:
    """Watch nothing."""


def school_in(folder: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Lay the school out in a folder, its readers and items on record; returns the settings' path.

    `changes` replaces texts in the settings.
    """
    text = (SCHOOL / "kiosk.toml").read_text(encoding="utf-8")
    for old, new in (changes or {}).items():
        assert old in text, f"the school's settings have {old!r}"
        text = text.replace(old, new)
    config = folder / "kiosk.toml"
    config.write_text(text, encoding="utf-8")
    (folder / "kiosk.db").write_bytes(_filled_database())
    return config


def config_with(folder: Path, printer: str) -> Path:
    """Lay the school out with another printer, the lines of its table; returns the settings."""
    text = (SCHOOL / "kiosk.toml").read_text(encoding="utf-8")
    start = text.index("[printer]")
    end = text.index("\n[", start)
    return school_in(folder, {text[start:end]: f"[printer]\n{printer}"})


@cache
def _locked(pin: str) -> str:
    return pins.locked(pin)


@cache
def _filled_database() -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copyfile(SCHOOL / "kiosk.toml", folder / "kiosk.toml")
        settings = load(folder / "kiosk.toml")
        make_database(settings.database_path, rehearsal=True)
        ledger = open_ledger(settings.database_path)
        context = Context(settings.class_names(), settings.patterns(), date(2026, 9, 1))
        for plan_file, file in ((plan_readers, "readers.csv"), (plan_items, "items.csv")):
            plan = plan_file(SCHOOL / file, ledger, context)
            apply(plan, ledger, desk="desk-1", at=datetime.now(UTC), progress=no_progress)
        ledger.close()
        return settings.database_path.read_bytes()


@dataclass
class Rig:
    """A desk whose scans come 3 s after each other unless a test says otherwise."""

    settings: Settings
    ledger: Ledger
    desk: Desk
    clock: HandClock

    def scan(self, text: str, *, lane: Lane = "left", after: float = 3) -> list[Outcome]:
        """Scan one label some seconds after what happened last."""
        self.clock.at += timedelta(seconds=after)
        return self.desk.handle(Scan(text, lane, self.clock.at))

    def scans(self, *labels: str, lane: Lane = "left") -> list[Outcome]:
        """Scan labels one after the other; returns what became of the last."""
        outcomes: list[Outcome] = []
        for label in labels:
            outcomes = self.scan(label, lane=lane)
        return outcomes

    def tick(self, after: float) -> list[Outcome]:
        """Let time pass."""
        self.clock.at += timedelta(seconds=after)
        return self.desk.tick(self.clock.at)

    def give_pin(self, card: str = TEACHER, pin: str = PIN) -> None:
        """Let a teacher become staff."""
        reader = self.rows("SELECT id FROM reader WHERE card = ?", card)[0][0]
        with self.ledger.transaction():
            people.keep_pin(self.ledger.db, reader, _locked(pin), self.clock.at)

    def be_staff(self, *, lane: Lane = "left") -> list[Outcome]:
        """Scan the teacher's card and key in the PIN."""
        if not self.rows("SELECT 1 FROM staff"):
            self.give_pin()
        self.scan(TEACHER, lane=lane)
        return self.scan(PIN, lane=lane)

    def be_on_duty(self, card: str = MONITOR, *, lane: Lane = "left") -> list[Outcome]:
        """Scan the duty label and a monitor's card."""
        return self.scans("KC-DUTY", card, lane=lane)

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Ask the database."""
        return self.ledger.db.execute(sql, values).fetchall()

    def open_loans(self) -> dict[str, str]:
        """Tell who has what: card by bar code."""
        return dict(
            self.rows(
                "SELECT barcode, card FROM loan JOIN item ON item.id = item_id"
                " JOIN reader ON reader.id = reader_id WHERE checked_in_at IS NULL"
            )
        )

    def slips(self) -> list[tuple[int, str, str]]:
        """List session, state and body of all slips."""
        return self.rows("SELECT session, state, body FROM slip ORDER BY id")

    def differences(self) -> list[Difference]:
        """Replay the journal and compare."""
        return verify(self.ledger, no_progress)


def open_rig(
    folder: Path,
    changes: Mapping[str, str] | None = None,
    *,
    at: datetime | HandClock = IN_TURN,
    lanes: Mapping[Lane, LaneUse] | None = None,
    make_ledger: Callable[[Path], Ledger] = open_ledger,
    is_synchronised: Callable[[], bool | None] = lambda: True,
) -> Rig:
    """Open a desk over the school's database in a folder, laid out first if it is not there.

    `at` is its clock, or where its own clock stands.
    """
    config = folder / "kiosk.toml"
    if not config.exists():
        school_in(folder, changes)
    settings = load(config)
    ledger = make_ledger(settings.database_path)
    # Nothing here cuts the power, so nothing has to wait for the disk.
    ledger.db.execute("PRAGMA synchronous = OFF")
    clock = at if isinstance(at, HandClock) else HandClock(at)
    watch = ClockWatch(clock, journal.latest_trusted_at(ledger.db), is_synchronised)
    desktop = desktop_from(settings, settings.words())
    today = clock.now().astimezone(settings.zone).date()
    desktop = desktop.with_live(lived(ledger, desktop.policy.timetable.calendar, today))
    return Rig(settings, ledger, Desk(desktop, ledger, watch, lanes or TWO_LANES), clock)


def told(outcomes: list[Outcome]) -> list[tuple[str, str | None]]:
    """Say what each outcome was and which scan it answers."""
    return [(one.kind.value, one.scan) for one in outcomes]


def codes(outcomes: list[Outcome]) -> list[str]:
    """List the codes of the last outcome's blocks."""
    return [block.code.value for block in outcomes[-1].blocks]
