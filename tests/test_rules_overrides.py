"""Overrides: what a monitor and staff may set aside, and what a loan is then like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import (
    AUTUMN,
    IN_ROOM,
    SPRING,
    STUDENT,
    STUDENT_REFERENCE,
    make_item,
    make_loan,
    make_policy,
    make_reader,
    make_timetable,
)
from rules_desk import CLOSED, LATE, codes, lend, renew

from kiosk.calendar import Term
from kiosk.domain import Block, BlockCode
from kiosk.rules.decision import Allowed, Decision
from kiosk.rules.matrix import CollectionLimit
from kiosk.rules.overrides import MONITOR_MAY_WAIVE, STAFF_MAY_WAIVE, may_waive

EVERYTHING = frozenset(BlockCode)


def waived(decision: Decision) -> list[str]:
    """List the codes that were overridden."""
    assert isinstance(decision, Allowed)
    return [block.code.value for block in decision.waived]


@pytest.mark.parametrize("code", list(BlockCode))
def test_a_monitor_opens_a_window_and_staff_lift_what_is_not_a_fact(code: BlockCode) -> None:
    monitor = {"window_closed", "not_your_turn"}
    facts = {
        *("clock_doubted", "ledger_unavailable", "label_unreadable", "card_unknown"),
        *("item_unknown", "isbn_not_item", "card_lost", "no_rule", "item_withdrawn"),
        *("item_lost", "item_in_repair", "on_loan_to_other"),
    }

    assert may_waive([Block(code)], staff=False) == (code.value in monitor)
    assert may_waive([Block(code)], staff=True) == (code.value not in facts)


def test_a_refusal_is_overridden_whole_or_not_at_all() -> None:
    closed, lost = Block(BlockCode.WINDOW_CLOSED), Block(BlockCode.ITEM_LOST)

    assert may_waive([closed], staff=False)
    assert not may_waive([closed, lost], staff=True)
    assert not may_waive([], staff=True)


def test_what_is_overridden_is_told_and_the_rest_still_stands() -> None:
    both = (make_loan(2), make_loan(3))

    lent = lend(CLOSED, waived=MONITOR_MAY_WAIVE)
    full = lend(CLOSED, loans=both, waived=MONITOR_MAY_WAIVE)

    assert isinstance(lent, Allowed)
    assert (lent.rule, lent.due_on, lent.window) == (STUDENT, date(2026, 9, 17), None)
    assert waived(lent) == ["window_closed"]
    assert codes(full) == ["limit_reached"]


def test_a_loan_that_nothing_stood_against_has_nothing_overridden() -> None:
    assert waived(lend(waived=STAFF_MAY_WAIVE)) == []


def test_staff_override_all_that_may_be_in_its_order() -> None:
    reader = make_reader(status="suspended", expires_on=date(2026, 9, 9), unpaid_fen=1)
    policy = make_policy(
        same_title="refuse",
        charge_blocks=True,
        collection_limits=(CollectionLimit(1, frozenset({"general"}), 1),),
    )

    lent = lend(
        CLOSED,
        reader=reader,
        item=make_item(held_for=2),
        loans=(LATE, make_loan(2, title_id=101)),
        policy=policy,
        waived=STAFF_MAY_WAIVE,
    )

    assert waived(lent) == [
        "reader_suspended",
        "reader_expired",
        "window_closed",
        "on_hold_for_other",
        "overdue_items",
        "unpaid_charge",
        "limit_reached",
        "collection_limit_reached",
        "same_title",
    ]


def test_nobody_overrides_what_a_book_or_a_card_is() -> None:
    lost = lend(item=make_item(status="lost"), waived=EVERYTHING)
    elsewhere = lend(lent_to_other=True, waived=EVERYTHING)
    reported = lend(reader=make_reader(status="lost"), waived=EVERYTHING)
    without_rule = lend(policy=make_policy(rules=()), waived=EVERYTHING)
    doubted = lend(clock="doubted", waived=EVERYTHING)

    assert [codes(one) for one in (lost, elsewhere, reported, without_rule, doubted)] == [
        ["item_lost"],
        ["on_loan_to_other"],
        ["card_lost"],
        ["no_rule"],
        ["clock_doubted"],
    ]


@pytest.mark.parametrize(
    ("at", "terms", "due"),
    [
        ("2027-01-11 10:05", (AUTUMN, SPRING), date(2027, 1, 15)),  # the recall leaves a day
        ("2027-01-18 10:05", (AUTUMN, SPRING), date(2027, 1, 22)),  # the term's last school day
        ("2027-01-22 10:05", (AUTUMN, SPRING), date(2027, 2, 22)),  # the next term's first
        ("2027-01-22 10:05", (AUTUMN,), date(2027, 1, 29)),  # nothing is known of what comes
    ],
)
def test_a_loan_after_the_last_lending_day_has_a_day_to_come_back_on(
    at: str, terms: tuple[Term, ...], due: date
) -> None:
    policy = make_policy(make_timetable(terms=terms), rules=(replace(STUDENT, anytime=True),))

    lent = lend(at, policy=policy, reader=make_reader("2024-1"), waived=STAFF_MAY_WAIVE)

    assert isinstance(lent, Allowed)
    assert lent.due_on == due
    assert waived(lent) == ["term_closing"]


def test_a_book_that_is_not_lent_goes_by_the_next_rule_that_lends_it() -> None:
    atlas = make_item(collection="reference")

    in_room = lend(item=atlas, waived=STAFF_MAY_WAIVE)
    taken_home = lend(
        item=atlas,
        policy=make_policy(rules=(STUDENT_REFERENCE, STUDENT)),
        waived=STAFF_MAY_WAIVE,
    )
    by_no_rule = lend(
        item=atlas, policy=make_policy(rules=(STUDENT_REFERENCE,)), waived=STAFF_MAY_WAIVE
    )

    for decision, rule, due in (
        (in_room, IN_ROOM, date(2026, 9, 10)),
        (taken_home, STUDENT, date(2026, 9, 17)),
        (by_no_rule, STUDENT_REFERENCE, date(2027, 1, 22)),
    ):
        assert isinstance(decision, Allowed)
        assert (decision.rule, decision.due_on) == (rule, due)
        assert waived(decision) == ["reference_only"]


def test_a_renewal_too_many_is_granted_and_its_day_never_becomes_earlier() -> None:
    loan = make_loan(2, due="2026-09-24", renewals=1)

    granted = renew(loan, wanted=True, waived=STAFF_MAY_WAIVE)

    assert isinstance(granted, Allowed)
    assert granted.due_on == date(2026, 9, 24)
    assert waived(granted) == ["on_hold_for_other", "renewals_exhausted"]
