"""A clock that nobody has synchronised, and who may say that it is right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, IN_TURN, MING, HandClock, Rig, codes, open_rig

from kiosk.desk.clock import ClockWatch
from kiosk.domain import Note, Outcome
from kiosk.domain import OutcomeKind as Kind
from kiosk.ledger import journal

BOOK = BOOKS[0]


def doubting_rig(folder: Path, *, ahead: timedelta = timedelta(minutes=2)) -> Rig:
    """A desk that lent at IN_TURN, and starts again with a clock it cannot believe."""
    before = open_rig(folder)
    before.scans(MING, "KC-DONE")
    before.ledger.close()
    clock = HandClock(IN_TURN + ahead)
    return open_rig(folder, at=clock, is_synchronised=lambda: False)


def note(outcomes: list[Outcome]) -> tuple[Kind, Note | None]:
    """Say what the last outcome was, and its note."""
    return outcomes[-1].kind, outcomes[-1].note


def test_a_monitor_on_duty_confirms_a_clock_and_lending_goes_on(tmp_path: Path) -> None:
    rig = doubting_rig(tmp_path)
    refused = rig.scans(MING, BOOK)
    rig.scan("KC-DONE")

    duty = rig.be_on_duty()
    confirmed = rig.scan("KC-CLOCK")
    lent = rig.scans(MING, BOOK)

    assert "clock_doubted" in codes(refused)
    assert note(duty) == (Kind.MODE_CHANGED, Note.DUTY_BEGAN)
    assert note(confirmed) == (Kind.MODE_CHANGED, Note.CLOCK_CONFIRMED)
    assert confirmed[-1].values == {"day": "2026-09-10", "until": "16:36"}
    assert lent[-1].kind is Kind.CHECKED_OUT
    assert rig.desk.clock_state() == "confirmed"
    assert rig.rows(
        "SELECT kind, clock FROM journal WHERE kind IN ('clock_confirmed', 'checked_out')"
    ) == [("clock_confirmed", "confirmed"), ("checked_out", "confirmed")]


def test_duty_begun_under_a_doubted_clock_lasts_until_after_the_window_once_it_is_confirmed(
    tmp_path: Path,
) -> None:
    rig = doubting_rig(tmp_path)
    rig.be_on_duty()
    duty = rig.desk.room.duty
    assert duty is not None
    assert duty.until == duty.since + timedelta(minutes=15)

    rig.scan("KC-CLOCK")

    duty = rig.desk.room.duty
    assert duty is not None
    assert duty.until == IN_TURN.replace(hour=17, minute=20)


def test_without_a_monitor_nobody_confirms_a_clock(tmp_path: Path) -> None:
    rig = doubting_rig(tmp_path)

    assert note(rig.scan("KC-CLOCK")) == (Kind.ATTENTION, Note.NEEDS_MONITOR)
    assert rig.desk.clock_state() == "doubted"


def test_a_clock_behind_the_journal_is_not_confirmed(tmp_path: Path) -> None:
    rig = doubting_rig(tmp_path, ahead=timedelta(hours=-1))
    rig.be_on_duty()

    assert note(rig.scan("KC-CLOCK")) == (Kind.ATTENTION, Note.CLOCK_NOT_CONFIRMED)
    assert rig.desk.clock_state() == "doubted"


def test_a_clock_more_than_thirty_days_ahead_is_not_confirmed(tmp_path: Path) -> None:
    far = doubting_rig(tmp_path, ahead=timedelta(days=30, minutes=1))
    far.be_on_duty()

    assert note(far.scan("KC-CLOCK")) == (Kind.ATTENTION, Note.CLOCK_NOT_CONFIRMED)


def test_a_clock_less_than_thirty_days_ahead_is_confirmed(tmp_path: Path) -> None:
    near = doubting_rig(tmp_path, ahead=timedelta(days=29))
    near.be_on_duty()

    assert note(near.scan("KC-CLOCK")) == (Kind.MODE_CHANGED, Note.CLOCK_CONFIRMED)


def test_a_new_box_is_confirmed_within_a_term_only(tmp_path: Path) -> None:
    (tmp_path / "now").mkdir()
    (tmp_path / "then").mkdir()
    now = open_rig(tmp_path / "now", is_synchronised=lambda: False)
    then = open_rig(
        tmp_path / "then",
        at=HandClock(datetime(1970, 1, 1, 8, tzinfo=UTC)),
        is_synchronised=lambda: False,
    )
    now.be_on_duty()
    then.be_on_duty()

    assert note(now.scan("KC-CLOCK")) == (Kind.MODE_CHANGED, Note.CLOCK_CONFIRMED)
    assert note(then.scan("KC-CLOCK")) == (Kind.ATTENTION, Note.CLOCK_NOT_CONFIRMED)


def test_a_clock_nobody_doubts_needs_no_word(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_on_duty()

    assert note(rig.scan("KC-CLOCK")) == (Kind.ATTENTION, Note.NOT_NOW)


def test_a_confirmed_clock_is_doubted_again_behind_the_journal_and_ok_once_synchronised() -> None:
    clock, synchronised = HandClock(IN_TURN), False
    watch = ClockWatch(clock, IN_TURN - timedelta(days=1), lambda: synchronised)
    watch.confirm()
    confirmed = watch.state()
    clock.at -= timedelta(days=2)
    behind = watch.state()
    clock.at += timedelta(days=2)
    synchronised = True

    assert (confirmed, behind, watch.state()) == ("confirmed", "doubted", "ok")


def test_staff_confirm_a_clock_as_well(tmp_path: Path) -> None:
    rig = doubting_rig(tmp_path)
    rig.be_staff()

    assert note(rig.scan("KC-CLOCK")) == (Kind.MODE_CHANGED, Note.CLOCK_CONFIRMED)


@pytest.mark.parametrize("ahead", [timedelta(days=-400), timedelta(days=31)])
def test_staff_answer_for_any_time_and_it_holds_after_a_restart(
    tmp_path: Path, ahead: timedelta
) -> None:
    rig = doubting_rig(tmp_path, ahead=ahead)
    rig.be_staff()

    confirmed = rig.scan("KC-CLOCK")
    held = rig.desk.clock_state()
    rig.scan("KC-DONE")
    rig.ledger.close()
    synchronised = open_rig(tmp_path, at=rig.clock)

    local = (IN_TURN + ahead).date().isoformat()
    assert note(confirmed) == (Kind.MODE_CHANGED, Note.CLOCK_CONFIRMED)
    assert confirmed[-1].values["day"] == local
    assert held == "confirmed"
    assert synchronised.desk.clock_state() == "ok"
    assert synchronised.differences() == []


def test_a_row_from_the_far_future_is_set_aside_by_staff_and_lending_goes_on(
    tmp_path: Path,
) -> None:
    wrong = open_rig(tmp_path, at=IN_TURN + timedelta(days=3650))
    wrong.scans(MING, "KC-DONE")
    wrong.ledger.close()
    rig = open_rig(tmp_path)
    refused = codes(rig.scans(MING, BOOK))
    rig.be_staff()

    rig.scans("KC-CLOCK", "KC-DONE")
    lent = rig.scans(MING, BOOK)

    assert "clock_doubted" in refused
    assert lent[-1].kind is Kind.CHECKED_OUT
    assert journal.latest_trusted_at(rig.ledger.db) == rig.clock.at


def test_a_clock_that_staff_confirmed_is_doubted_behind_that_time() -> None:
    clock = HandClock(IN_TURN)
    watch = ClockWatch(clock, IN_TURN + timedelta(days=3650), lambda: False)
    watch.confirm(IN_TURN)
    confirmed = watch.state()
    watch.wrote(IN_TURN + timedelta(hours=1), "confirmed")

    assert (confirmed, watch.state()) == ("confirmed", "doubted")
