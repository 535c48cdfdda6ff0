"""The end of term: last lending days, graduates first, teachers, loans over the holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import (
    AUTUMN,
    IN_ROOM,
    RULES,
    SPRING,
    STUDENT,
    STUDENT_REFERENCE,
    TEACHER,
    make_item,
    make_loan,
    make_policy,
    make_reader,
    make_teacher,
    make_timetable,
)
from rules_desk import codes, lend, refused_blocks

from kiosk.calendar import EarlyRecall, Term
from kiosk.domain import Block, BlockCode, Value
from kiosk.rotation.due import InDays, InTurns, LoanTerms, NextTerm, Period, TermEnd
from kiosk.rules.decision import Allowed, Refused
from kiosk.rules.matrix import LoanRule, When, rule_for


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2027-01-08 10:05", None),  # the last day pupils borrow
        ("2027-01-11 10:05", "term_closing"),
        ("2027-01-22 10:05", "term_closing"),
    ],
)
def test_after_the_last_lending_day_pupils_only_bring_back(at: str, code: str | None) -> None:
    assert codes(lend(at)) == ([code] if code else [])


def test_the_day_to_bring_books_back_by_is_told_until_it_has_passed() -> None:
    before = refused_blocks(lend("2027-01-15 10:05"))
    after = refused_blocks(lend("2027-01-18 10:05"))

    assert before == (
        Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08", "back_by": "2027-01-15"}),
    )
    assert after == (Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08"}),)


def test_nobody_is_told_to_come_to_a_window_that_will_not_lend_any_more() -> None:
    (block,) = refused_blocks(lend("2027-01-08 12:00", reader=make_reader("2026-1")))
    closed, term = refused_blocks(lend("2027-01-11 12:00"))
    not_now, _ = refused_blocks(lend("2027-01-11 16:34"))

    assert block.values["next_at"] == "2027-01-08T16:30"
    assert (closed.code, term.code) == (BlockCode.WINDOW_CLOSED, BlockCode.TERM_CLOSING)
    assert closed.values["next_at"] is None
    assert not_now.code is BlockCode.NOT_YOUR_TURN
    assert not_now.values["next_at"] is None


def test_pupils_borrow_again_when_the_next_term_begins() -> None:
    policy = make_policy(
        make_timetable(terms=(AUTUMN, SPRING)), rules=(replace(STUDENT, anytime=True),)
    )

    assert codes(lend("2027-02-21 12:00", policy=policy)) == ["term_closing"]
    assert isinstance(lend("2027-02-22 12:00", policy=policy), Allowed)


def test_teachers_borrow_after_the_pupils_last_day_while_a_day_is_left_to_bring_back() -> None:
    assert lend("2027-01-14 12:00", reader=make_teacher()) == Allowed(
        TEACHER, date(2027, 1, 15), None
    )
    assert codes(lend("2027-01-15 12:00", reader=make_teacher())) == ["term_closing"]


# Graduates first.

GRADUATES = EarlyRecall(frozenset({6}), date(2026, 12, 31), date(2027, 1, 6))
GRADUATES_FIRST = make_policy(make_timetable(terms=(replace(AUTUMN, early=(GRADUATES,)),)))
SIXTH, THIRD = make_reader("2021-2"), make_reader("2024-2")


def test_graduates_stop_borrowing_before_the_others_and_are_told_their_own_days() -> None:
    monday = "2027-01-04 10:05"

    assert lend(monday, reader=SIXTH, policy=GRADUATES_FIRST) == Refused(
        (Block(BlockCode.TERM_CLOSING, {"ended_on": "2026-12-31", "back_by": "2027-01-06"}),)
    )
    assert isinstance(lend(monday, reader=THIRD, policy=GRADUATES_FIRST), Allowed)


def test_no_due_date_of_a_graduate_is_after_the_graduates_recall() -> None:
    rules = (replace(STUDENT, terms=LoanTerms(InDays(14))),)
    policy = replace(GRADUATES_FIRST, rules=rules)
    monday = "2026-12-28 10:05"

    assert lend(monday, reader=SIXTH, policy=policy) == Allowed(
        rules[0], date(2027, 1, 6), "大课间"
    )
    assert lend(monday, reader=THIRD, policy=policy) == Allowed(
        rules[0], date(2027, 1, 11), "大课间"
    )


def test_the_teacher_of_a_class_that_leaves_is_not_called_back_with_it() -> None:
    teacher = replace(make_teacher(), school_class=SIXTH.school_class)

    assert lend("2026-12-28 12:00", reader=teacher, policy=GRADUATES_FIRST) == Allowed(
        TEACHER, date(2027, 1, 15), None
    )


# Rules that the recall does not bind.

UNBOUND = replace(TEACHER, terms=LoanTerms(TermEnd(), recall=False))


@pytest.mark.parametrize(
    ("day", "terms", "due"),
    [
        ("2026-12-01", (AUTUMN, SPRING), date(2027, 1, 22)),
        ("2027-01-21", (AUTUMN, SPRING), date(2027, 1, 22)),
        ("2027-01-22", (AUTUMN, SPRING), date(2027, 2, 22)),
        ("2027-02-01", (AUTUMN, SPRING), date(2027, 7, 2)),
    ],
)
def test_a_teachers_rule_without_recall_lends_to_the_end_of_term_and_on(
    day: str, terms: tuple[Term, ...], due: date
) -> None:
    policy = make_policy(make_timetable(terms=terms), rules=(UNBOUND,))

    assert lend(f"{day} 12:00", reader=make_teacher(), policy=policy) == Allowed(UNBOUND, due)


@pytest.mark.parametrize("when", ["term", "holiday", "always"])
@pytest.mark.parametrize("period", [InDays(7), InTurns(1), TermEnd(), NextTerm()])
@pytest.mark.parametrize(
    ("day", "terms", "values"),
    [
        ("2026-09-10", (), {"no_next_term": True}),
        ("2027-01-22", "last", {"ended_on": "2027-01-08"}),  # the last school day
        ("2027-01-25", "last", {"ended_on": "2027-01-08", "no_next_term": True}),
    ],
)
def test_no_rule_lends_what_cannot_be_brought_back_on_a_school_day(
    day: str, terms: tuple[Term, ...] | str, values: dict[str, Value], period: Period, when: When
) -> None:
    rule = replace(STUDENT, terms=LoanTerms(period, recall=False), anytime=True, when=when)
    last = replace(AUTUMN, holiday_loans_from=date(2027, 1, 18))
    timetable = make_timetable(terms=(last,) if terms == "last" else ())
    # Outside the holidays a rule for them does not match: then the term's own refuses.
    policy = make_policy(timetable, rules=(rule, replace(STUDENT, anytime=True)))

    decision = lend(f"{day} 12:00", policy=policy)

    assert decision == Refused((Block(BlockCode.TERM_CLOSING, values),))


def test_staff_who_lend_all_the_same_have_a_day_a_week_on() -> None:
    policy = make_policy(make_timetable(terms=()), rules=(UNBOUND,))
    waived = frozenset({BlockCode.TERM_CLOSING})

    decision = lend("2026-09-10 12:00", reader=make_teacher(), policy=policy, waived=waived)

    assert decision == Allowed(
        UNBOUND,
        date(2026, 9, 17),
        None,
        (Block(BlockCode.TERM_CLOSING, {"no_next_term": True}),),
    )


def test_pupils_under_a_rule_without_recall_borrow_after_the_last_lending_day() -> None:
    rule = replace(STUDENT, terms=LoanTerms(InDays(14), recall=False))
    policy = make_policy(make_timetable(terms=(AUTUMN, SPRING)), rules=(rule,))

    assert lend("2027-01-12 10:05", policy=policy) == Allowed(rule, date(2027, 2, 22), "大课间")


# Loans over the holidays.

HOLIDAY = LoanRule(
    1,
    frozenset({"student"}),
    limit=5,
    terms=LoanTerms(NextTerm(), recall=False),
    when="holiday",
)
WITH_HOLIDAY_LOANS = replace(AUTUMN, holiday_loans_from=date(2027, 1, 18))
HOLIDAY_POLICY = make_policy(
    make_timetable(terms=(WITH_HOLIDAY_LOANS, SPRING)), rules=(HOLIDAY, *RULES)
)


@pytest.mark.parametrize(
    ("school_class", "due"),
    [
        ("2024-2", date(2027, 2, 25)),  # its turn is on Thursday
        ("2021-1", date(2027, 2, 22)),  # without a turn: the first school day
    ],
)
def test_a_holiday_loan_is_due_on_the_classs_first_turn_of_the_next_term(
    school_class: str, due: date
) -> None:
    lent = lend("2027-01-18 10:05", reader=make_reader(school_class), policy=HOLIDAY_POLICY)

    assert lent == Allowed(HOLIDAY, due, "大课间")


def test_holiday_loans_begin_on_their_day_and_end_with_the_term() -> None:
    anytime = replace(HOLIDAY, anytime=True)
    policy = replace(HOLIDAY_POLICY, rules=(anytime, *RULES))

    assert codes(lend("2027-01-15 10:05", policy=policy)) == ["term_closing"]
    assert isinstance(lend("2027-01-22 12:00", policy=policy), Allowed)
    assert codes(lend("2027-01-25 12:00", policy=policy)) == ["window_closed", "term_closing"]


def test_before_holiday_loans_begin_their_first_window_is_told() -> None:
    closed, _ = refused_blocks(lend("2027-01-15 17:30", policy=HOLIDAY_POLICY))

    assert closed.values["next_at"] == "2027-01-18T10:00"


def test_holiday_loans_have_a_limit_of_their_own_that_counts_what_is_in_hand() -> None:
    four = tuple(make_loan(number, due="2027-01-25") for number in range(2, 6))
    five = (*four, make_loan(6, due="2027-01-25"))
    at = "2027-01-18 10:05"

    assert isinstance(lend(at, loans=four, policy=HOLIDAY_POLICY), Allowed)
    assert lend(at, loans=five, policy=HOLIDAY_POLICY) == Refused(
        (Block(BlockCode.LIMIT_REACHED, {"limit": 5, "count": 5}),)
    )


def test_reference_books_do_not_go_home_for_the_holidays() -> None:
    last = replace(HOLIDAY_POLICY, rules=(STUDENT_REFERENCE, IN_ROOM, HOLIDAY, STUDENT))

    refused = lend("2027-01-18 10:05", item=make_item(collection="reference"), policy=last)

    assert codes(refused) == ["reference_only"]


def test_readers_without_a_rule_for_the_holidays_keep_the_rule_of_the_term() -> None:
    rules = (replace(HOLIDAY, grades=frozenset({3, 4, 5, 6})), *RULES)

    third = rule_for(rules, "student", "general", grade=3, holiday=True)
    second = rule_for(rules, "student", "general", grade=2, holiday=True)
    teacher = rule_for(rules, "teacher", "general", holiday=True)

    assert (third, second, teacher) == (rules[0], STUDENT, TEACHER)


def test_a_rule_for_always_holds_in_term_and_over_the_holidays() -> None:
    always = replace(TEACHER, when="always")
    rules = (always, replace(TEACHER, when="holiday"))

    for holiday in (False, True):
        assert rule_for(rules, "teacher", "general", holiday=holiday) is always


def test_without_a_next_term_in_the_settings_no_holiday_loan_is_made() -> None:
    timetable = make_timetable(terms=(WITH_HOLIDAY_LOANS,))
    policy = replace(HOLIDAY_POLICY, timetable=timetable)

    assert codes(lend("2027-01-18 10:05", policy=policy)) == ["term_closing"]


def test_nobody_who_leaves_in_summer_borrows_until_autumn() -> None:
    spring = replace(SPRING, holiday_loans_from=date(2027, 6, 28))
    last = date(2028, 1, 14)
    autumn = Term("", date(2027, 9, 1), last, lending_ends_on=last, recall_on=last)
    policy = replace(HOLIDAY_POLICY, timetable=make_timetable(terms=(spring, autumn)))
    at = "2027-06-28 10:05"

    assert codes(lend(at, reader=SIXTH, policy=policy)) == ["term_closing"]
    # In autumn the turn of Wednesday is the fifth grade's: this class's by then.
    assert lend(at, reader=make_reader("2023-1"), policy=policy) == Allowed(
        HOLIDAY, date(2027, 9, 1), "大课间"
    )


# What is told when no day is left.


def test_on_a_last_lending_day_that_is_the_recall_date_the_days_are_told() -> None:
    recall_on = date(2027, 1, 15)
    policy = make_policy(make_timetable(terms=(replace(AUTUMN, lending_ends_on=recall_on),)))

    assert refused_blocks(lend("2027-01-15 10:05", policy=policy)) == (
        Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-15", "back_by": "2027-01-15"}),
    )


def test_a_teacher_after_the_recall_is_told_the_terms_days_not_those_of_a_class() -> None:
    teacher = replace(make_teacher(), school_class=SIXTH.school_class)

    assert refused_blocks(lend("2027-01-15 12:00", reader=teacher, policy=GRADUATES_FIRST)) == (
        Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08", "back_by": "2027-01-15"}),
    )


def test_a_class_that_leaves_in_the_term_is_told_its_own_last_day() -> None:
    long = Term("", date(2027, 6, 1), date(2027, 9, 30), date(2027, 9, 10), date(2027, 9, 20))
    rule = replace(STUDENT, terms=LoanTerms(TermEnd()), anytime=True)
    policy = make_policy(make_timetable(terms=(long,)), rules=(rule,))

    assert lend("2027-06-10 12:00", reader=SIXTH, policy=policy) == Allowed(rule, date(2027, 7, 30))
    assert refused_blocks(lend("2027-07-30 12:00", reader=SIXTH, policy=policy)) == (
        Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-07-31", "back_by": "2027-07-31"}),
    )


def test_after_the_last_term_both_reasons_say_that_no_term_is_to_come() -> None:
    closed, term = refused_blocks(lend("2027-01-25 12:00"))

    assert closed.values == {
        "next_at": None,
        "next_window": None,
        "next_kind": None,
        "no_next_term": True,
    }
    assert term.values == {"ended_on": "2027-01-08", "no_next_term": True}


def test_while_a_term_runs_or_is_to_come_nobody_is_told_that_there_is_none() -> None:
    both = make_policy(make_timetable(terms=(AUTUMN, SPRING)))
    found = [
        block
        for day, policy in (("2027-01-21", make_policy()), ("2027-01-25", both))
        for block in refused_blocks(lend(f"{day} 12:00", policy=policy))
    ]

    assert [block.code.value for block in found] == ["window_closed", "term_closing"] * 2
    assert not any("no_next_term" in block.values for block in found)
