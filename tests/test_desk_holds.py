"""Holds: placed by staff, set aside in order, lent to their reader, or expired."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_rig import BOOKS, HONG, MING, MONITOR, TEACHER, ZHE, ZONE, Rig, codes, open_rig

from kiosk.domain import CrateView, Note, Outcome
from kiosk.domain import OutcomeKind as Kind

SETTLED = 700
COPY, OTHER_COPY = BOOKS[0], BOOKS[1]  # two copies of 夏洛的网
FIRST, SECOND = BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path)
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def place(rig: Rig, card: str, book: str) -> Outcome:
    """Place a hold as staff and leave."""
    rig.be_staff()
    rig.scan("KC-HOLD", after=5)
    told = rig.scans(card, book)[-1]
    rig.scan("KC-DONE", after=5)
    return told


def states(rig: Rig) -> list[tuple[str, str, str | None, str | None]]:
    """List holds: whose, how they stand, which copy, until when."""
    return rig.rows(
        "SELECT card, state, barcode, ready_until FROM hold JOIN reader ON reader.id = reader_id"
        " LEFT JOIN item ON item.id = item_id ORDER BY hold.id"
    )


def hold_slips(rig: Rig) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in rig.rows("SELECT body FROM slip WHERE kind = 'hold'")]


def lent_to(rig: Rig, card: str, book: str) -> None:
    rig.scans(card, book, "KC-DONE")


def test_a_book_that_comes_back_is_set_aside_for_whoever_waits(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    placed = place(rig, ZHE, FIRST)

    back = rig.scan(FIRST, after=SETTLED)[0]

    assert (placed.kind, placed.note) == (Kind.HELD, Note.HOLD_PLACED)
    assert (placed.title, dict(placed.values)) == ("草房子", {"name": "陈喆"})
    assert (back.kind, back.note) == (Kind.CHECKED_IN, Note.SET_ASIDE)
    assert states(rig) == [(ZHE, "ready", FIRST, "2026-09-10")]
    assert hold_slips(rig) == [
        {
            "who": "三(2)班 陈喆",
            "lines": ["预约的书", "留到9月10日(四)"],
            "lent": [{"title": "草房子", "due": FIRST}],
            "footer": "实验小学",
            "cards": [{"name": "陈喆", "card": "R100002"}],
        }
    ]


def test_any_copy_of_the_title_will_do(rig: Rig) -> None:
    lent_to(rig, MING, OTHER_COPY)
    rig.scans(MONITOR, COPY, "KC-DONE")
    place(rig, ZHE, COPY)

    rig.scan(OTHER_COPY, after=SETTLED)

    assert states(rig) == [(ZHE, "ready", OTHER_COPY, "2026-09-10")]


def test_a_crate_counts_what_is_set_aside(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    place(rig, ZHE, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)

    back = rig.scan(FIRST)[0]

    assert (back.note, back.crate) == (Note.SET_ASIDE, CrateView(1, set_aside=1))


def test_holds_are_filled_in_the_order_they_were_placed(rig: Rig) -> None:
    lent_to(rig, MONITOR, FIRST)
    place(rig, ZHE, FIRST)
    place(rig, HONG, FIRST)

    rig.scan(FIRST, after=SETTLED)

    assert [row[:2] for row in states(rig)] == [(ZHE, "ready"), (HONG, "waiting")]


def test_a_book_on_the_shelf_is_set_aside_at_once(rig: Rig) -> None:
    place(rig, ZHE, FIRST)

    assert states(rig) == [(ZHE, "ready", FIRST, "2026-09-10")]


@pytest.mark.parametrize(
    ("at", "until"), [("10:05", "2026-09-10"), ("16:59", "2026-09-10"), ("17:00", "2026-09-17")]
)
def test_a_book_is_kept_for_the_next_turn_that_is_not_over(
    tmp_path: Path, at: str, until: str
) -> None:
    rig = open_rig(tmp_path, at=local(f"2026-09-10 {at}") - timedelta(seconds=17))

    place(rig, ZHE, FIRST)

    assert states(rig) == [(ZHE, "ready", FIRST, until)]


def test_a_class_without_turns_has_two_weeks(rig: Rig) -> None:
    place(rig, "R100051", FIRST)

    assert states(rig) == [("R100051", "ready", FIRST, "2026-09-24")]


def test_a_book_set_aside_is_lent_to_its_reader_and_to_nobody_else(rig: Rig) -> None:
    place(rig, ZHE, FIRST)

    refused = rig.scans(MING, FIRST)
    greeted = rig.scan(ZHE)[-1]
    lent = rig.scan(FIRST, after=5)[0]

    assert codes(refused) == ["on_hold_for_other"]
    assert greeted.values == {"hold_title": "草房子"}
    assert lent.kind is Kind.CHECKED_OUT
    assert [row[:2] for row in states(rig)] == [(ZHE, "filled")]


def test_undoing_the_loan_keeps_the_book_for_its_reader(rig: Rig) -> None:
    place(rig, ZHE, FIRST)
    rig.scans(ZHE, FIRST)

    rig.scan("KC-UNDO")

    assert [row[:3] for row in states(rig)] == [(ZHE, "ready", FIRST)]


def test_undoing_the_check_in_lets_the_reader_wait_again(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    place(rig, ZHE, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()
    rig.scan(MING, lane="right")

    rig.scans(FIRST, "KC-UNDO")

    assert states(rig) == [(ZHE, "waiting", None, None)]
    assert rig.open_loans() == {FIRST: MING}


def test_a_check_in_that_is_undone_takes_its_hold_slip_back(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    lent_to(rig, MONITOR, SECOND)
    place(rig, ZHE, FIRST)
    place(rig, HONG, SECOND)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty("R100012")
    rig.scan(SECOND)
    rig.scan(MING, lane="right")

    rig.scans(FIRST, "KC-UNDO")
    rig.scan(FIRST, after=5)
    rig.scan("KC-UNDO", after=5)
    without = [slip["who"] for slip in hold_slips(rig)]
    rig.scan(FIRST, after=5)

    assert without == ["三(1)班 李小红"]
    assert [slip["who"] for slip in hold_slips(rig)] == ["三(1)班 李小红", "三(2)班 陈喆"]


def test_a_hold_slip_on_paper_stays_on_record_when_its_check_in_is_undone(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    place(rig, ZHE, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()
    rig.scan(FIRST)
    rig.ledger.db.execute("UPDATE slip SET state = 'printed' WHERE kind = 'hold'")

    rig.scan("KC-UNDO")

    assert len(hold_slips(rig)) == 1


def test_another_copy_fills_a_hold_and_sets_the_first_free_for_the_next(rig: Rig) -> None:
    place(rig, ZHE, COPY)
    place(rig, MING, COPY)

    rig.scans(ZHE, OTHER_COPY)

    assert [row[:3] for row in states(rig)] == [(ZHE, "filled", COPY), (MING, "ready", COPY)]


def test_a_renewal_is_refused_while_somebody_waits(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    place(rig, ZHE, FIRST)

    refused = rig.scans(MING, "KC-RENEW", FIRST)

    assert refused[-1].kind is Kind.REFUSED


@pytest.mark.parametrize(
    ("card", "book", "why"),
    [
        (ZHE, SECOND, "already"),
        (MING, FIRST, "own_loan"),
        (HONG, BOOKS[21], "not_lent"),
        ("R950001", SECOND, "not_a_pupil"),
    ],
)
def test_a_hold_that_cannot_be_is_not_placed(rig: Rig, card: str, book: str, why: str) -> None:
    rig.ledger.db.execute(
        "INSERT INTO reader (card, name, kind) VALUES ('R950001', '图书角', 'class')"
    )
    lent_to(rig, MING, FIRST)
    place(rig, ZHE, FIRST)

    told = place(rig, card, book)

    assert (told.kind, told.note) == (Kind.ATTENTION, Note.HOLD_REFUSED)
    assert told.values == {"kind": why}
    assert len(states(rig)) == 1


def test_a_cancelled_hold_hands_the_book_to_the_next(rig: Rig) -> None:
    place(rig, ZHE, FIRST)
    place(rig, MING, FIRST)
    rig.be_staff()
    rig.scan("KC-UNHOLD", after=5)

    ended = rig.scan(ZHE)[-1]

    assert (ended.kind, ended.note) == (Kind.MODE_CHANGED, Note.HOLD_ENDED)
    assert (ended.title, dict(ended.values)) == ("草房子", {"name": "陈喆"})
    assert [row[:3] for row in states(rig)] == [(ZHE, "cancelled", FIRST), (MING, "ready", FIRST)]


def test_a_reader_without_a_hold_has_none_to_cancel(rig: Rig) -> None:
    rig.be_staff()
    rig.scan("KC-UNHOLD")

    told = rig.scan(MING)[-1]

    assert (told.note, dict(told.values)) == (Note.NOT_NOW, {"status": "no_hold"})


def test_a_book_that_gets_lost_lets_its_hold_wait_for_another(rig: Rig) -> None:
    place(rig, ZHE, COPY)
    rig.be_staff()
    rig.scan("KC-LOST", after=5)
    rig.scan(COPY)
    lost = states(rig)

    rig.scans("KC-FOUND")
    found = rig.scan(COPY, after=5)[0]

    assert lost == [(ZHE, "waiting", None, None)]
    assert found.note is Note.SET_ASIDE
    assert [row[:3] for row in states(rig)] == [(ZHE, "ready", COPY)]


def expire_at(rig: Rig, text: str) -> None:
    """Let the desk see to what time has brought."""
    rig.clock.at = local(text)
    rig.tick(1)


def test_a_book_that_was_not_fetched_goes_to_the_next_the_day_after(rig: Rig) -> None:
    place(rig, HONG, FIRST)  # 三(1)班, Monday 09-14; a free window each day
    place(rig, ZHE, FIRST)

    expire_at(rig, "2026-09-14 23:00")
    on_the_day = states(rig)
    expire_at(rig, "2026-09-15 08:00")

    assert [row[:2] for row in on_the_day] == [(HONG, "ready"), (ZHE, "waiting")]
    assert states(rig) == [
        (HONG, "expired", FIRST, "2026-09-14"),
        (ZHE, "ready", FIRST, "2026-09-17"),
    ]
    assert [slip["who"] for slip in hold_slips(rig)] == ["三(1)班 李小红", "三(2)班 陈喆"]


def test_a_book_that_nobody_else_waits_for_is_free_again(rig: Rig) -> None:
    place(rig, HONG, FIRST)

    expire_at(rig, "2026-09-17 16:34")
    lent = rig.scans(MING, FIRST)

    assert lent[-1].kind is Kind.CHECKED_OUT


@pytest.mark.parametrize(("comes", "state"), [(False, "ready"), (True, "expired")])
def test_a_turn_that_was_not_held_costs_nobody_a_hold(
    tmp_path: Path, comes: bool, state: str
) -> None:
    rig = open_rig(tmp_path, {'name = "大课间"\nkind = "free"': 'name = "大课间"\nkind = "staff"'})
    place(rig, ZHE, FIRST)

    rig.clock.at = local("2026-09-17 16:34")
    if comes:  # or nobody of the class: the turn was missed
        rig.scans(MING, SECOND, "KC-DONE")
    expire_at(rig, "2026-09-18 08:00")

    assert [row[:2] for row in states(rig)] == [(ZHE, state)]
    assert rig.differences() == []


def test_whoever_has_left_the_school_is_passed_over(rig: Rig) -> None:
    lent_to(rig, MING, FIRST)
    place(rig, HONG, FIRST)
    place(rig, ZHE, FIRST)
    rig.ledger.db.execute("UPDATE reader SET expires_on = '2026-09-09' WHERE card = ?", (HONG,))

    rig.scan(FIRST, after=SETTLED)

    assert [row[:2] for row in states(rig)] == [(HONG, "expired"), (ZHE, "ready")]


def test_under_a_doubted_clock_a_book_is_set_aside_without_a_day(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    lent_to(rig, MING, FIRST)
    place(rig, ZHE, FIRST)
    rig.clock.at = local("2019-01-01 00:00")

    rig.scan(FIRST)
    doubted = states(rig)
    expire_at(rig, "2026-09-11 08:00")

    assert doubted == [(ZHE, "ready", FIRST, None)]
    assert states(rig) == [(ZHE, "ready", FIRST, "2026-09-17")]
    assert rig.differences() == []


def test_only_staff_place_holds(rig: Rig) -> None:
    rig.be_on_duty()

    assert rig.scan("KC-HOLD")[0].note is Note.NEEDS_STAFF
    assert rig.scan(TEACHER)[-1].kind is Kind.SESSION_OPENED


def test_a_book_lent_against_its_hold_is_set_aside_again_when_it_is_back(rig: Rig) -> None:
    place(rig, ZHE, FIRST)
    rig.scans(MING, FIRST)
    rig.be_staff()

    lent = rig.scan("KC-REASON-1")[-1]
    waiting = states(rig)
    rig.scan("KC-DONE")
    rig.scan(FIRST, after=SETTLED)

    assert (lent.kind, lent.note) == (Kind.CHECKED_OUT, Note.OVERRIDDEN)
    assert waiting == [(ZHE, "waiting", None, None)]
    assert states(rig) == [(ZHE, "ready", FIRST, "2026-09-10")]
