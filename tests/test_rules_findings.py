"""Rules that cannot be meant so, and how they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import (
    AUTUMN,
    CLASS_CARD,
    IN_ROOM,
    ONE_TURN,
    RULES,
    SPRING,
    STUDENT,
    STUDENT_REFERENCE,
    TEACHER,
)

from kiosk.calendar import EarlyRecall, Holiday, SchoolCalendar, Term
from kiosk.reports.odd_rules import told
from kiosk.rules.findings import Oddity, OddRule, idle_lending_ends, odd_rules
from kiosk.rules.matrix import CollectionLimit, LoanRule
from kiosk.wording import Words

EVERYBODY = LoanRule(1, limit=1, terms=ONE_TURN)


def test_the_rules_of_the_school_are_not_odd() -> None:
    assert odd_rules(RULES) == []


def test_a_rule_that_earlier_ones_take_every_case_of_is_hidden() -> None:
    rules = (EVERYBODY, replace(STUDENT, number=2))

    assert odd_rules(rules) == [OddRule(Oddity.HIDDEN, 2, (1,))]


def test_a_rule_may_be_hidden_by_several_that_each_take_a_part() -> None:
    parts = (
        replace(STUDENT, number=1),
        replace(TEACHER, number=2),
        replace(CLASS_CARD, number=3),
        replace(EVERYBODY, number=4),
    )

    assert odd_rules(parts) == [OddRule(Oddity.HIDDEN, 4, (1, 2, 3))]


def test_a_rule_is_not_hidden_while_one_collection_or_one_grade_is_left_to_it() -> None:
    comics = replace(STUDENT, number=1, collections=frozenset({"comic"}))
    little = replace(STUDENT, number=2, grades=frozenset({1, 2, 3, 4, 5}))
    rest = replace(STUDENT, number=3)

    assert odd_rules((comics, little, rest, TEACHER, CLASS_CARD)) == []


def test_a_rule_for_holidays_without_a_day_from_which_they_are_made_is_for_nobody() -> None:
    rules = (replace(STUDENT, number=9, when="holiday"), *RULES)

    assert odd_rules(rules) == []
    assert odd_rules(rules, has_holiday_loans=False) == [OddRule(Oddity.NOBODY, 9)]


def test_a_rule_for_a_grade_that_the_school_does_not_have_is_for_nobody() -> None:
    sixth = replace(STUDENT, number=9, grades=frozenset({6}))

    assert odd_rules((sixth, *RULES), grades=5) == [OddRule(Oddity.NOBODY, 9)]


def test_a_rule_that_lends_no_book_is_told() -> None:
    rules = (STUDENT_REFERENCE, IN_ROOM, replace(STUDENT, limit=0), TEACHER, CLASS_CARD)

    assert odd_rules(rules) == [OddRule(Oddity.LENDS_NOTHING, 3)]


def test_who_may_borrow_nothing_is_told_by_kind_or_by_grade() -> None:
    upper = replace(STUDENT, grades=frozenset({3, 4, 5, 6}))

    assert odd_rules((STUDENT_REFERENCE, IN_ROOM, upper, CLASS_CARD)) == [
        OddRule(Oddity.NO_RULE, kind="student", grades=(1, 2)),
        OddRule(Oddity.NO_RULE, kind="teacher"),
    ]


def test_a_collection_limit_behind_another_is_hidden() -> None:
    all_comics = CollectionLimit(1, frozenset({"comic"}), 1)
    pupils = CollectionLimit(2, frozenset({"comic"}), 2, frozenset({"student"}))
    magazines = CollectionLimit(3, frozenset({"comic", "magazine"}), 2)

    assert odd_rules(RULES, (all_comics, pupils, magazines)) == [
        OddRule(Oddity.HIDDEN, 2, (1,), table="collection_limit")
    ]


def test_a_finding_names_the_place_and_what_to_do() -> None:
    words = Words("zh_CN")
    found = [
        OddRule(Oddity.HIDDEN, 4, (1, 2)),
        OddRule(Oddity.NOBODY, 5),
        OddRule(Oddity.LENDS_NOTHING, 3),
        OddRule(Oddity.NO_RULE, kind="teacher"),
        OddRule(Oddity.NO_RULE, kind="student", grades=(1, 2)),
    ]

    assert [told(one, words) for one in found] == [
        "loan_rule[4]:前面的第1、2条已经包括了它,永远轮不到。请移到前面,或删去。",
        "loan_rule[5]:没有人会用到它。请改 readers、grades,或给学期写上 holiday_loans_from。",
        'loan_rule[3]:册数是0。请写册数,或写 lend = "no"。',
        "教师:没有一条规则可以借书给他们。请在 [[loan_rule]] 里加一条。",
        "一、二年级学生:没有一条规则可以借书给他们。请在 [[loan_rule]] 里加一条。",
    ]


# Last lending days on which nothing can be lent.

SATURDAY, FRIDAY = date(2027, 1, 16), date(2027, 1, 15)


@pytest.mark.parametrize(
    ("term", "days"),
    [
        (AUTUMN, []),
        (replace(AUTUMN, lending_ends_on=FRIDAY), [FRIDAY]),  # the recall date
        (replace(AUTUMN, lending_ends_on=FRIDAY, recall_on=SATURDAY), [FRIDAY]),
        (replace(AUTUMN, lending_ends_on=SATURDAY, recall_on=SATURDAY), [FRIDAY]),
        (replace(AUTUMN, lending_ends_on=FRIDAY, recall_on=date(2027, 1, 18)), []),
        (
            replace(
                AUTUMN, early=(EarlyRecall(frozenset({6}), date(2027, 1, 6), date(2027, 1, 6)),)
            ),
            [date(2027, 1, 6)],
        ),
        (
            replace(
                AUTUMN,
                lending_ends_on=FRIDAY,
                early=(EarlyRecall(frozenset({6}), FRIDAY, FRIDAY),),
            ),
            [FRIDAY],
        ),
    ],
)
def test_a_last_lending_day_with_no_school_day_between_it_and_the_recall_is_idle(
    term: Term, days: list[date]
) -> None:
    calendar = SchoolCalendar((term, SPRING))

    assert idle_lending_ends(calendar) == tuple((term, day) for day in days)


def test_a_term_without_a_school_day_before_its_last_lending_day_is_not_told() -> None:
    away = Holiday("", AUTUMN.starts_on, AUTUMN.ends_on)

    assert idle_lending_ends(SchoolCalendar((AUTUMN,), (away,))) == ()
