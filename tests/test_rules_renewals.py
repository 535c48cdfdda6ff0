"""Which rule applies, what is late, and what a renewal asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    IN_ROOM,
    ONE_TURN,
    STUDENT,
    local,
    make_item,
    make_loan,
    make_policy,
    make_reader,
    make_teacher,
    make_timetable,
)
from hypothesis import given
from hypothesis import strategies as st
from rules_desk import AT_BREAK, CLOSED, IN_TURN, LATE, POLICY, codes, lend, renew

from kiosk.domain import Block, BlockCode
from kiosk.domain.facts import Kept
from kiosk.rotation.due import InDays
from kiosk.rules.decision import (
    Allowed,
    Moment,
    Refused,
    Request,
    decide_renewal,
    overdue_loans,
)
from kiosk.rules.matrix import LoanRule, rule_for

# The matrix.


def test_the_first_rule_that_matches_wins() -> None:
    everyone = LoanRule(1, limit=1, terms=ONE_TURN)

    assert rule_for((everyone, STUDENT), "student", "general") is everyone
    assert rule_for((STUDENT, everyone), "student", "general") is STUDENT
    assert rule_for((STUDENT, everyone), "teacher", "general") is everyone
    assert rule_for((STUDENT,), "teacher", "general") is None


def test_a_key_left_out_of_a_rule_matches_everything() -> None:
    picture_books = LoanRule(1, collections=frozenset({"绘本"}), limit=1, terms=ONE_TURN)

    assert picture_books.matches("student", "绘本")
    assert picture_books.matches("class", "绘本")
    assert not picture_books.matches("student", "general")


def test_a_rule_that_lends_in_the_room_is_due_today_without_a_window() -> None:
    decision = lend(CLOSED, reader=make_teacher(), item=make_item(collection="reference"))

    assert decision == Allowed(IN_ROOM, date(2026, 9, 10), None)


def test_a_reader_without_turns_gets_what_the_rule_has_instead() -> None:
    two_days = replace(ONE_TURN, without_turns=InDays(2))
    policy = make_policy(rules=(replace(STUDENT, terms=two_days),))

    decision = lend(AT_BREAK, reader=make_reader("2021-1"), policy=policy)

    assert isinstance(decision, Allowed)
    assert decision.due_on == date(2026, 9, 14)


# Overdue, as the screen and the slip tell it.


def test_the_loans_told_as_late_are_those_that_block() -> None:
    loans = (LATE, make_loan(2))

    assert list(overdue_loans(loans, make_reader(), POLICY, local(IN_TURN))) == [LATE]


def test_a_teachers_loan_is_late_the_day_after_without_any_window() -> None:
    policy = make_policy(make_timetable(windows=()))
    loan = make_loan(2, due="2026-09-09")

    assert list(overdue_loans((loan,), make_teacher(), policy, local(IN_TURN))) == [loan]


# Renewals.


def test_an_own_loan_is_renewed_as_if_lent_today() -> None:
    loan = make_loan(2, due="2026-09-11")

    assert renew(loan) == Allowed(STUDENT, date(2026, 9, 17), "班级轮借")


def test_a_renewal_never_makes_the_due_date_earlier() -> None:
    loan = make_loan(2, due="2026-09-24")

    assert renew(loan) == Allowed(STUDENT, date(2026, 9, 24), "班级轮借")


def test_a_renewal_is_refused_once_they_are_used_up() -> None:
    assert renew(make_loan(2, renewals=1)) == Refused(
        (Block(BlockCode.RENEWALS_EXHAUSTED, {"renewals": 1, "limit": 1}),)
    )


def test_limits_titles_and_overdue_loans_do_not_stop_a_renewal() -> None:
    policy = make_policy(rules=(replace(STUDENT, limit=1),), same_title="refuse")
    late = replace(LATE, renewals=0)

    assert renew(late, policy=policy) == Allowed(policy.rules[0], date(2026, 9, 17), "班级轮借")


def test_a_book_that_somebody_waits_for_is_not_renewed() -> None:
    assert renew(make_loan(2), wanted=True) == Refused(
        (Block(BlockCode.ON_HOLD_FOR_OTHER, {"wanted": 1}),)
    )


def test_an_unpaid_charge_does_not_stop_a_renewal() -> None:
    owing, policy = make_reader(unpaid_fen=1), make_policy(charge_blocks=True)

    assert isinstance(renew(make_loan(2), reader=owing, policy=policy), Allowed)


@pytest.mark.parametrize(
    ("at", "school_class", "code"),
    [
        (CLOSED, "2024-2", "window_closed"),
        (IN_TURN, "2024-1", "not_your_turn"),
        ("2027-01-11 10:05", "2024-2", "term_closing"),
    ],
)
def test_a_renewal_needs_a_window_and_a_term_like_a_loan(
    at: str, school_class: str, code: str
) -> None:
    assert codes(renew(make_loan(2), at, reader=make_reader(school_class))) == [code]


def test_a_renewal_needs_a_clock_to_go_by() -> None:
    assert codes(renew(make_loan(2), clock="doubted")) == ["clock_doubted"]


def test_a_book_that_became_a_reference_book_is_not_renewed() -> None:
    assert codes(renew(make_loan(2, collection="reference", renewals=1))) == ["reference_only"]


def test_a_session_keeps_its_window_for_a_renewal_too() -> None:
    kept = Kept("班级轮借", local("2026-09-10 17:08"))

    assert isinstance(renew(make_loan(2), "2026-09-10 17:07", kept=kept), Allowed)


@given(st.integers(0, 120), st.integers(0, 120))
def test_whenever_it_is_renewed_the_new_day_is_not_before_the_old(today: int, due_in: int) -> None:
    at = local("2026-09-01 12:00") + timedelta(days=today)
    old = date(2026, 9, 1) + timedelta(days=due_in)
    loan = make_loan(2, due=old.isoformat())
    asked = Request(make_teacher(), make_item(2), (loan,))

    decision = decide_renewal(asked, loan, POLICY, Moment(at))

    if isinstance(decision, Allowed):
        assert decision.due_on >= old
