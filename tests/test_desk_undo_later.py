"""What a monitor on duty and staff may put right afterwards: one book's last deed, a slip."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, MONITOR, TEACHER, ZHE, Rig, codes, open_rig, told

from kiosk.domain import Deed, Note, Outcome
from kiosk.domain import OutcomeKind as Kind

BOOK, SECOND = BOOKS[0], BOOKS[2]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the middle of a turn, with two lanes."""
    return open_rig(tmp_path)


def note(outcomes: list[Outcome]) -> tuple[Kind, Note | None]:
    """Say what the last outcome was, and its note."""
    return outcomes[-1].kind, outcomes[-1].note


def slip_titles(rig: Rig) -> list[tuple[str, list[str]]]:
    """List the state and the lent titles of readers' slips."""
    rows = rig.rows("SELECT state, body FROM slip WHERE kind = 'reader' ORDER BY id")
    return [
        (state, [entry["title"] for entry in json.loads(body).get("lent", ())])
        for state, body in rows
    ]


def test_a_monitor_takes_a_loan_back_after_its_session_has_ended(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.be_on_duty()

    asked = rig.scan("KC-UNDO")
    undone = rig.scan(BOOK)

    assert note(asked) == (Kind.MODE_CHANGED, Note.SCAN_BOOK)
    assert told(undone) == [("undone", BOOK)]
    assert (undone[-1].undone, undone[-1].card) == (Deed.LENT, MING)
    assert rig.open_loans() == {}
    assert rig.rows(
        "SELECT card FROM journal JOIN reader ON reader.id = operator WHERE journal.kind = 'undone'"
    ) == [(MONITOR,)]
    assert rig.differences() == []


@pytest.mark.parametrize("who", ["monitor", "staff"])
def test_nobody_puts_a_return_back_on_a_reader_who_is_not_there(rig: Rig, who: str) -> None:
    rig.scans(MING, BOOK, "KC-RETURN", BOOK, "KC-DONE")
    if who == "staff":
        rig.be_staff()
    else:
        rig.be_on_duty()

    refused = rig.scans("KC-UNDO", BOOK)

    assert note(refused) == (Kind.ATTENTION, Note.READER_NOT_HERE)
    assert rig.open_loans() == {}


def test_a_monitor_puts_a_return_back_on_a_reader_who_is_being_served(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-RETURN", BOOK, "KC-DONE")
    rig.be_on_duty()
    rig.scan(MING, lane="right")

    undone = rig.scans("KC-UNDO", BOOK)

    assert (undone[-1].kind, undone[-1].undone) == (Kind.UNDONE, Deed.RETURNED)
    assert rig.open_loans() == {BOOK: MING}
    assert rig.differences() == []


def test_without_duty_there_is_nothing_to_undo_later(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")

    refused = rig.scan("KC-UNDO")

    assert note(refused) == (Kind.ATTENTION, Note.NOTHING_TO_UNDO)
    assert rig.open_loans() == {BOOK: MING}


def test_a_session_undoes_its_own_last_deed_also_while_a_monitor_is_on_duty(rig: Rig) -> None:
    rig.be_on_duty()

    undone = rig.scans(MING, BOOK, "KC-UNDO")

    assert (undone[-1].kind, undone[-1].barcode) == (Kind.UNDONE, BOOK)


@pytest.mark.parametrize(("wait_s", "became"), [(590, Kind.UNDONE), (602, Kind.ATTENTION)])
def test_a_monitor_has_ten_minutes(rig: Rig, wait_s: int, became: Kind) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.tick(wait_s - 15)
    rig.be_on_duty()

    assert rig.scans("KC-UNDO", BOOK)[-1].kind is became


def test_staff_may_undo_as_long_as_the_loan_is_as_it_was(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.clock.at += timedelta(days=3)
    rig.be_staff()

    undone = rig.scans("KC-UNDO", BOOK)

    assert undone[-1].kind is Kind.UNDONE
    assert rig.open_loans() == {}
    assert rig.rows(
        "SELECT card FROM journal JOIN reader ON reader.id = operator WHERE journal.kind = 'undone'"
    ) == [(TEACHER,)]
    assert rig.differences() == []


def test_a_loan_that_was_renewed_since_is_not_undone(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-RENEW", BOOK, "KC-DONE")
    rig.be_staff()

    refused = rig.scans("KC-UNDO", BOOK)

    assert note(refused) == (Kind.ATTENTION, Note.NOTHING_TO_UNDO)
    assert rig.open_loans() == {BOOK: MING}


def test_a_monitor_undoes_nothing_of_the_own_card(rig: Rig) -> None:
    rig.scans(MONITOR, BOOK, "KC-DONE")
    rig.be_on_duty()

    refused = rig.scans("KC-UNDO", BOOK)

    assert note(refused) == (Kind.ATTENTION, Note.NOT_FOR_YOURSELF)
    assert rig.open_loans() == {BOOK: MONITOR}


def test_a_book_that_was_never_lent_and_one_that_is_unknown_are_told(rig: Rig) -> None:
    rig.be_on_duty()

    never = rig.scans("KC-UNDO", SECOND)
    unknown = rig.scans("KC-UNDO", "99999999")

    assert note(never) == (Kind.ATTENTION, Note.NOTHING_TO_UNDO)
    assert codes(unknown) == ["item_unknown"]


def test_what_is_undone_later_is_not_on_a_slip_that_still_waits(rig: Rig) -> None:
    rig.scans(MING, BOOK, SECOND, "KC-DONE")
    rig.be_on_duty()
    before = slip_titles(rig)

    rig.scans("KC-UNDO", BOOK)
    one_left = slip_titles(rig)
    rig.scans("KC-UNDO", SECOND)

    assert [len(titles) for _, titles in before] == [2]
    assert [len(titles) for _, titles in one_left] == [1]
    assert slip_titles(rig) == []


def test_what_is_undone_on_another_lane_is_gone_from_the_open_session(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(MING, BOOK, SECOND, lane="right")
    rig.scans("KC-UNDO", BOOK, lane="left")

    ended = rig.scan("KC-DONE", lane="right")

    assert [len(titles) for _, titles in slip_titles(rig)] == [1]
    assert ended[-1].view is not None
    assert [done.barcode for done in ended[-1].view.done] == [SECOND]
    assert rig.differences() == []


def test_a_monitor_prints_the_lanes_last_slip_again_after_other_cards(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE", ZHE, "KC-DONE")
    rig.be_on_duty()
    rig.tick(120)

    waiting = rig.scan("KC-SLIP")
    rig.ledger.db.execute("UPDATE slip SET state = 'printed'")
    printed = rig.scan("KC-SLIP")

    assert note(waiting) == (Kind.SLIP_QUEUED, None)
    assert printed[-1].card == MING
    rows = rig.rows("SELECT state, body FROM slip ORDER BY id")
    assert [state for state, _ in rows] == ["printed", "queued"]
    assert json.loads(rows[1][1])["notes"] == ["重印"]
    assert "notes" not in json.loads(rows[0][1])


def test_a_slip_is_printed_again_for_ten_minutes_and_only_by_a_monitor(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.tick(60)
    pupil = rig.scan("KC-SLIP")
    rig.be_on_duty()
    rig.tick(600)
    too_late = rig.scan("KC-SLIP")

    assert note(pupil) == (Kind.ATTENTION, Note.NOTHING_TO_PRINT)
    assert note(too_late) == (Kind.ATTENTION, Note.NOTHING_TO_PRINT)


def test_a_monitor_does_not_print_the_own_slip_again(rig: Rig) -> None:
    rig.scans(MONITOR, BOOK, "KC-DONE")
    rig.tick(60)
    rig.be_on_duty()

    assert note(rig.scan("KC-SLIP")) == (Kind.ATTENTION, Note.NOT_FOR_YOURSELF)


def test_staff_print_a_slip_again_without_ending_their_session(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.be_staff()

    queued = rig.scan("KC-SLIP")

    assert told(queued) == [("slip_queued", "KC-SLIP")]
    assert queued[-1].card == MING
    assert rig.desk.lanes["left"].session is not None


def test_undoing_a_late_return_takes_the_suspension_back(tmp_path: Path) -> None:
    days_late = "overdue_blocks = true\nsuspend_days_per_day_late = 2"
    rig = open_rig(tmp_path, {"overdue_blocks = true": days_late})
    rig.scans(MING, BOOK, "KC-DONE")
    rig.clock.at += timedelta(days=9)
    rig.scan(BOOK)
    until = "SELECT suspended_until FROM reader WHERE card = ?"
    suspended = rig.rows(until, MING)
    rig.be_on_duty()
    rig.scan(MING, lane="right")

    undone = rig.scans("KC-UNDO", BOOK)

    assert undone[-1].kind is Kind.UNDONE
    assert suspended == [("2026-09-23",)]
    assert rig.rows(until, MING) == [(None,)]
    assert rig.differences() == []


def test_a_suspension_for_two_late_books_is_not_taken_back_with_one(tmp_path: Path) -> None:
    days_late = "overdue_blocks = true\nsuspend_days_per_day_late = 2"
    rig = open_rig(tmp_path, {"overdue_blocks = true": days_late})
    rig.scans(MING, BOOK, SECOND, "KC-DONE")
    rig.clock.at += timedelta(days=9)
    rig.scans(BOOK, SECOND)
    until = "SELECT suspended_until FROM reader WHERE card = ?"
    suspended = rig.rows(until, MING)
    rig.be_on_duty()
    rig.scan(MING, lane="right")

    undone = rig.scans("KC-UNDO", BOOK)

    assert undone[-1].kind is Kind.UNDONE
    assert suspended == rig.rows(until, MING) == [("2026-09-23",)]
    assert rig.differences() == []


def test_undoing_a_return_lets_the_hold_it_filled_wait_again(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.be_staff()
    rig.scans("KC-HOLD", ZHE, BOOK, "KC-DONE")
    rig.scans("KC-RETURN", BOOK, "KC-DONE")
    state = "SELECT state, item_id IS NOT NULL FROM hold"
    ready = rig.rows(state)
    rig.be_on_duty()
    rig.scan(MING, lane="right")

    rig.scans("KC-UNDO", BOOK)

    assert ready == [("ready", 1)]
    assert rig.rows(state) == [("waiting", 0)]
    assert rig.open_loans() == {BOOK: MING}
    assert rig.differences() == []


def test_undoing_a_loan_that_filled_a_hold_makes_it_ready_again(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.be_staff()
    rig.scans("KC-HOLD", ZHE, BOOK, "KC-DONE")
    rig.scans("KC-RETURN", BOOK, "KC-DONE", ZHE, BOOK, "KC-DONE")
    state = "SELECT state, item_id IS NOT NULL FROM hold"
    filled = rig.rows(state)
    rig.be_on_duty()

    rig.scans("KC-UNDO", BOOK)

    assert filled == [("filled", 1)]
    assert rig.rows(state) == [("ready", 1)]
    assert rig.differences() == []


@pytest.mark.parametrize("became", ["KC-LOST", "KC-REPAIR", "KC-WRITEOFF"])
def test_a_book_given_up_since_it_came_back_goes_back_to_nobody(rig: Rig, became: str) -> None:
    rig.scans(MING, BOOK, "KC-RETURN", BOOK, "KC-DONE")
    rig.be_staff()
    rig.scans(became, BOOK)
    rig.scan(MING, lane="right")

    refused = rig.scans("KC-UNDO", BOOK)

    assert note(refused) == (Kind.ATTENTION, Note.NOTHING_TO_UNDO)
    assert rig.open_loans() == {}
    assert rig.differences() == []


def test_a_hold_that_a_loan_filled_stays_filled_when_its_reader_has_another_by_then(
    rig: Rig,
) -> None:
    rig.be_staff()
    rig.scans("KC-HOLD", MING, BOOK, "KC-DONE", MING, BOOK, "KC-DONE")
    rig.be_staff()
    rig.scans("KC-HOLD", MING, SECOND)

    undone = rig.scans("KC-UNDO", BOOK)

    assert undone[-1].kind is Kind.UNDONE
    assert rig.rows("SELECT state FROM hold ORDER BY id") == [("filled",), ("ready",)]
    assert rig.differences() == []
