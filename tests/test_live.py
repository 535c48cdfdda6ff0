"""What the timetable has lived through is read back as the desk had it when it stopped."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from desk_rig import BOOKS, HONG, MING, TEACHER, ZONE, open_rig

from kiosk.cli.open import desktop_from, lived, open_desk
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import ClassCode, OutcomeKind, Scan
from kiosk.ledger import turns
from kiosk.rotation.live import TurnKey

OF_HONG, OF_MING = "KC-CLASS-2024-1", "KC-CLASS-2024-2"
NOON = datetime(2026, 9, 10, 12, tzinfo=ZONE)


def test_the_timetable_of_a_desk_started_again_is_what_it_was(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=NOON)
    rig.be_staff()
    rig.scans(OF_HONG, "1300", "KC-CANCEL", OF_MING, TEACHER)
    rig.scans(HONG, BOOKS[0], "KC-DONE")
    rig.clock.at = datetime(2026, 9, 10, 17, 10, tzinfo=ZONE)
    rig.tick(1)
    before = rig.desk.timetable.live

    rig.ledger.close()
    again = open_rig(tmp_path, at=rig.clock)

    assert again.desk.timetable.live == before
    assert before.opened[0].closes_at == datetime(2026, 9, 10, 13, tzinfo=ZONE)
    assert before.cancelled == {TurnKey(ClassCode("2024-2"), "班级轮借", date(2026, 9, 10))}
    assert before.held == {TurnKey(ClassCode("2024-1"), "临时开放12:00", date(2026, 9, 10))}


def test_a_window_opened_before_a_crash_is_still_open_after_it(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=NOON)
    rig.be_staff()
    rig.scan(OF_HONG)
    rig.ledger.close()

    at = datetime(2026, 9, 10, 12, 20, tzinfo=ZONE)
    desktop = desktop_from(rig.settings, rig.settings.words())
    ledger, desk = open_desk(rig.settings, desktop, SimulatedClock(at))
    try:
        desk.handle(Scan(HONG, "left", at))
        lent = desk.handle(Scan(BOOKS[0], "left", at))
    finally:
        ledger.close()

    assert lent[-1].kind is OutcomeKind.CHECKED_OUT


def test_turns_of_terms_long_past_are_left_on_disk(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")
    rig.clock.at = datetime(2026, 9, 10, 17, 5, tzinfo=ZONE)
    rig.tick(1)
    calendar = rig.desk.timetable.calendar

    this_term = lived(rig.ledger, calendar, date(2026, 9, 11))
    later = turns.live(rig.ledger.db, date(2027, 2, 22))

    assert len(this_term.held) == 1
    assert later.held == frozenset()


def test_a_window_opened_early_in_the_morning_belongs_to_its_own_day(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 7, 30, tzinfo=ZONE))
    rig.be_staff()
    rig.scan(OF_HONG)

    live = turns.live(rig.ledger.db, date(2026, 9, 10))

    assert len(live.opened) == 1
