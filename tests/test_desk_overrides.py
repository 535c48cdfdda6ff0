"""Rules set aside with a reason: by whom, for whom, which ones, and what is kept of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, MONITOR, REFERENCE, TEACHER, ZHE, Rig, codes, open_rig, told

from kiosk.cli import main
from kiosk.domain import BlockCode, Note, Outcome
from kiosk.domain import OutcomeKind as Kind

TEACHERS_WORD, TURN_MISSED = "KC-REASON-1", "KC-REASON-2"
BOOK, SECOND, THIRD = BOOKS[0], BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the turn of 三(2)班; 李小红 of 三(1)班 is not served."""
    return open_rig(tmp_path)


def note(outcomes: list[Outcome]) -> tuple[Kind, Note | None]:
    """Say what the last outcome was, and its note."""
    return outcomes[-1].kind, outcomes[-1].note


def last_row(rig: Rig, kind: str) -> tuple[str | None, dict[str, object]]:
    """Read the operator's card and the data of the newest event of a kind."""
    card, data = rig.rows(
        "SELECT card, data FROM journal LEFT JOIN reader ON reader.id = operator"
        " WHERE journal.kind = ? ORDER BY seq DESC",
        kind,
    )[0]
    return card, json.loads(data)


def test_a_monitor_lends_against_the_turn_and_the_journal_says_why(rig: Rig) -> None:
    rig.be_on_duty()
    refused = rig.scans(HONG, BOOK)

    lent = rig.scan(TURN_MISSED)

    assert codes(refused) == ["not_your_turn"]
    assert told(lent) == [("checked_out", TURN_MISSED)]
    assert lent[-1].note is Note.OVERRIDDEN
    assert (lent[-1].barcode, lent[-1].card) == (BOOK, HONG)
    assert lent[-1].values == {"reason": "2"}
    assert rig.open_loans() == {BOOK: HONG}
    operator, data = last_row(rig, "checked_out")
    assert operator == MONITOR
    assert data["override"] == {"reason": "2", "codes": ["not_your_turn"]}
    assert rig.differences() == []


def test_without_a_monitor_on_duty_a_reason_changes_nothing(rig: Rig) -> None:
    rig.scans(HONG, BOOK)

    assert note(rig.scan(TURN_MISSED)) == (Kind.ATTENTION, Note.NEEDS_MONITOR)
    assert rig.open_loans() == {}


def test_a_monitor_does_not_set_a_limit_aside_and_is_told_who_may(rig: Rig) -> None:
    rig.be_on_duty()
    refused = rig.scans(MING, BOOK, SECOND, THIRD)

    asked = rig.scan(TURN_MISSED)

    assert codes(refused) == ["limit_reached"]
    assert note(asked) == (Kind.ATTENTION, Note.NEEDS_STAFF)
    assert asked[-1].values == {"code": BlockCode.LIMIT_REACHED}
    assert THIRD not in rig.open_loans()


def test_a_monitor_sets_nothing_aside_for_the_own_card(rig: Rig) -> None:
    rig.be_on_duty("R100012")
    refused = rig.scans("R100012", BOOK)

    asked = rig.scan(TURN_MISSED)

    assert codes(refused) == ["not_your_turn"]
    assert note(asked) == (Kind.ATTENTION, Note.NOT_FOR_YOURSELF)
    assert rig.open_loans() == {}


def test_a_reason_without_a_refusal_just_before_it_overrides_nothing(rig: Rig) -> None:
    rig.be_on_duty()
    nothing_yet = rig.scan(TURN_MISSED)
    rig.scans(MING, BOOK)
    after_a_loan = rig.scan(TURN_MISSED)

    assert note(nothing_yet) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)
    assert note(after_a_loan) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)


def test_the_refusal_of_one_reader_is_never_overridden_for_the_next(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK)
    rig.scan(ZHE)

    assert note(rig.scan(TURN_MISSED)) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)
    rig.scan(HONG)
    assert note(rig.scan(TURN_MISSED)) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)


def test_a_refusal_is_overridden_once_and_only_while_it_was_the_last_book(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK, TURN_MISSED)

    twice = rig.scan(TURN_MISSED)
    another_since = rig.scans(SECOND, BOOK, TURN_MISSED)

    assert note(twice) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)
    assert note(another_since) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)
    assert rig.open_loans() == {BOOK: HONG}


def test_a_refusal_may_be_overridden_for_two_minutes(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK)
    for _ in range(6):
        rig.scan("KC-HELP", after=19)
    too_late = rig.scan(TURN_MISSED, after=7)

    assert note(too_late) == (Kind.ATTENTION, Note.NOTHING_TO_OVERRIDE)


def test_what_nobody_may_set_aside_stays_and_is_named(rig: Rig) -> None:
    rig.scans(ZHE, BOOK, "KC-DONE")
    rig.scans(MING, BOOK)
    rig.be_staff()

    asked = rig.scan(TEACHERS_WORD)

    assert note(asked) == (Kind.ATTENTION, Note.NOT_NOW)
    assert asked[-1].values == {"code": BlockCode.ON_LOAN_TO_OTHER}
    assert rig.open_loans() == {BOOK: ZHE}


def test_staff_lend_over_the_limit_to_the_pupil_whose_session_their_card_ended(rig: Rig) -> None:
    rig.scans(MING, BOOK, SECOND, THIRD)
    rig.be_staff()

    lent = rig.scan(TEACHERS_WORD)
    ended = rig.scan("KC-DONE")

    assert told(lent) == [
        ("session_closed", None),
        ("session_opened", None),
        ("checked_out", TEACHERS_WORD),
    ]
    assert [one.card for one in lent] == [TEACHER, MING, MING]
    assert lent[-1].note is Note.OVERRIDDEN
    assert rig.open_loans()[THIRD] == MING
    operator, data = last_row(rig, "checked_out")
    assert operator == TEACHER
    assert data["override"] == {"reason": "1", "codes": ["limit_reached"]}
    assert last_row(rig, "session_opened")[0] == TEACHER
    assert ended[-1].card == MING
    assert rig.differences() == []


def test_staff_lend_a_reference_book_with_a_day_it_comes_back(rig: Rig) -> None:
    refused = rig.scans(MING, REFERENCE)
    rig.be_staff()

    lent = rig.scan("KC-REASON-3")

    assert codes(refused) == ["reference_only"]
    assert lent[-1].kind is Kind.CHECKED_OUT
    assert lent[-1].due_on is not None


def test_staff_renew_once_more_than_the_rule_says(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-RENEW", BOOK)
    refused = rig.scan(BOOK)
    rig.be_staff()

    renewed = rig.scan(TEACHERS_WORD)

    assert codes(refused) == ["renewals_exhausted"]
    assert (renewed[-1].kind, renewed[-1].note) == (Kind.RENEWED, Note.OVERRIDDEN)
    assert last_row(rig, "renewed")[1]["override"] == {
        "reason": "1",
        "codes": ["renewals_exhausted"],
    }
    assert rig.differences() == []


def report(rig: Rig, first: str, last: str) -> int:
    """Run the command that lists the overrides of some days."""
    words = ["report", "overrides", "--from", first, "--until", last]
    return main(["--config", str(rig.settings.file), *words])


def test_the_report_lists_who_set_which_rule_aside_for_whom_and_why(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK, TURN_MISSED)
    rig.scans(SECOND, TURN_MISSED, "KC-UNDO", "KC-DONE")
    rig.ledger.close()

    done = report(rig, "2026-09-07", "2026-09-10")

    lines = capsys.readouterr().out.splitlines()
    assert done == 0
    assert lines[0].split(" | ") == [
        "09-10 16:34",
        f"{MONITOR} 张㛃",
        f"{HONG} 三(1)班 李小红",
        f"{BOOK} 《夏洛的网》",
        "没轮到",
        "上次没轮到",
    ]
    assert [line.split(" | ")[6:] for line in lines] == [[], ["撤销了"]]


def test_the_report_of_overrides_is_by_days(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK, TURN_MISSED)
    rig.ledger.close()

    report(rig, "2026-09-11", "2026-09-12")

    assert capsys.readouterr().out == ""


def test_a_loan_against_a_rule_is_undone_as_any_other(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK, TURN_MISSED)

    undone = rig.scan("KC-UNDO")

    assert undone[-1].kind is Kind.UNDONE
    assert rig.open_loans() == {}
    assert rig.differences() == []


def test_a_lane_that_only_takes_back_lends_for_no_reason(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(HONG, BOOK)
    rig.scan("KC-LANE")

    asked = rig.scan(TURN_MISSED)

    assert note(asked) == (Kind.ATTENTION, Note.RETURN_ONLY)
    assert rig.open_loans() == {}
