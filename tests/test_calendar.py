"""School days, weeks of a term, school years and grades."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import AUTUMN, NATIONAL_DAY, SPRING
from hypothesis import given
from hypothesis import strategies as st

from kiosk.calendar import (
    AddedWeekdays,
    EarlyRecall,
    Holiday,
    MakeUpDay,
    SchoolCalendar,
    Term,
    days_before,
    days_from,
    grade_of,
    school_year,
)

YEAR = SchoolCalendar((AUTUMN, SPRING), (NATIONAL_DAY,))
DAYS = st.dates(date(2026, 7, 1), date(2027, 8, 31))


@pytest.mark.parametrize(
    ("on", "is_school_day"),
    [
        (date(2026, 8, 31), False),  # the day before the term
        (date(2026, 9, 1), True),
        (date(2026, 9, 5), False),  # a Saturday
        (date(2026, 9, 6), False),
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),  # a holiday's last day is in it
        (date(2026, 10, 8), True),
        (date(2027, 1, 22), True),  # a term's last day is in it
        (date(2027, 1, 25), False),
        (date(2027, 2, 22), True),
    ],
)
def test_school_days_are_weekdays_of_a_term_without_the_holidays(
    on: date, is_school_day: bool
) -> None:
    assert YEAR.is_school_day(on) is is_school_day


def test_a_saturday_with_a_window_is_a_school_day() -> None:
    saturdays = SchoolCalendar((AUTUMN,), weekdays=frozenset(range(6)))

    assert saturdays.is_school_day(date(2026, 9, 5))
    assert not saturdays.is_school_day(date(2026, 9, 6))


def test_the_next_and_the_last_school_day_include_the_day_itself() -> None:
    assert YEAR.next_school_day(date(2026, 9, 10)) == date(2026, 9, 10)
    assert YEAR.last_school_day(date(2026, 9, 10)) == date(2026, 9, 10)


def test_the_next_school_day_passes_over_weekends_holidays_and_the_gap_between_terms() -> None:
    assert YEAR.next_school_day(date(2026, 9, 12)) == date(2026, 9, 14)
    assert YEAR.next_school_day(date(2026, 10, 1)) == date(2026, 10, 8)
    assert YEAR.next_school_day(date(2027, 1, 23)) == date(2027, 2, 22)
    assert YEAR.next_school_day(date(2027, 7, 3)) is None


def test_the_last_school_day_looks_back_the_same_way() -> None:
    assert YEAR.last_school_day(date(2026, 10, 7)) == date(2026, 9, 30)
    assert YEAR.last_school_day(date(2027, 2, 21)) == date(2027, 1, 22)
    assert YEAR.last_school_day(date(2026, 8, 31)) is None


@given(DAYS)
def test_no_school_day_lies_between_a_day_and_its_next_school_day(on: date) -> None:
    following = YEAR.next_school_day(on)

    for day in days_from(on):
        if following is not None and day >= following:
            assert YEAR.is_school_day(day)
            break
        assert not YEAR.is_school_day(day)


@given(DAYS)
def test_no_school_day_lies_between_a_day_and_its_last_school_day(on: date) -> None:
    before = YEAR.last_school_day(on)

    for day in days_before(on):
        if before is not None and day <= before:
            assert YEAR.is_school_day(day)
            break
        assert not YEAR.is_school_day(day)


def test_a_day_belongs_to_the_term_round_it() -> None:
    assert YEAR.term_of(date(2026, 9, 1)) == AUTUMN
    assert YEAR.term_of(date(2027, 1, 22)) == AUTUMN
    assert YEAR.term_of(date(2027, 2, 1)) is None
    assert YEAR.term_of(date(2027, 2, 22)) == SPRING


def test_a_loan_between_terms_belongs_to_the_term_that_comes() -> None:
    assert YEAR.term_for_lending(date(2026, 8, 1)) == AUTUMN
    assert YEAR.term_for_lending(date(2027, 1, 22)) == AUTUMN
    assert YEAR.term_for_lending(date(2027, 2, 1)) == SPRING
    assert YEAR.term_for_lending(date(2027, 7, 3)) is None


def test_the_term_begun_last_is_known_after_its_end() -> None:
    assert YEAR.term_begun(date(2026, 8, 31)) is None
    assert YEAR.term_begun(date(2026, 9, 1)) == AUTUMN
    assert YEAR.term_begun(date(2027, 2, 1)) == AUTUMN
    assert YEAR.term_begun(date(2027, 2, 22)) == SPRING


def test_the_order_of_the_terms_in_the_settings_does_not_matter() -> None:
    turned = SchoolCalendar((SPRING, AUTUMN), (NATIONAL_DAY,))

    for step in range(400):
        on = date(2026, 8, 1) + timedelta(days=step)
        assert turned.term_of(on) == YEAR.term_of(on)
        assert turned.term_for_lending(on) == YEAR.term_for_lending(on)
        assert turned.term_begun(on) == YEAR.term_begun(on)


def test_weeks_of_a_term_begin_on_mondays_and_the_first_may_be_short() -> None:
    assert AUTUMN.week(date(2026, 9, 1)) == 1  # a Tuesday
    assert AUTUMN.week(date(2026, 9, 6)) == 1
    assert AUTUMN.week(date(2026, 9, 7)) == 2
    assert AUTUMN.week(date(2026, 9, 14)) == 3


def test_a_holiday_of_one_day_is_that_day() -> None:
    calendar = SchoolCalendar((AUTUMN,), (Holiday("运动会", date(2026, 9, 10), date(2026, 9, 10)),))

    assert calendar.is_holiday(date(2026, 9, 10))
    assert not calendar.is_holiday(date(2026, 9, 9))
    assert not calendar.is_holiday(date(2026, 9, 11))


@pytest.mark.parametrize(
    ("cohort", "on", "grade"),
    [
        (2021, date(2026, 9, 10), 6),
        (2021, date(2027, 7, 31), 6),
        (2021, date(2027, 8, 1), 7),
        (2026, date(2026, 9, 1), 1),
        (2027, date(2026, 9, 1), 0),
        (2024, date(2026, 8, 28), 3),  # a term that opens in August has its new grades
    ],
)
def test_grades_are_computed_from_the_entry_year(cohort: int, on: date, grade: int) -> None:
    assert grade_of(cohort, on) == grade


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1990, 2090))
def test_everyone_moves_up_one_grade_a_year(on: date, cohort: int) -> None:
    a_year_on = date(on.year + 1, on.month, min(on.day, 28))

    assert grade_of(cohort, a_year_on) == grade_of(cohort, on) + 1
    assert school_year(a_year_on) == school_year(on) + 1


WORKING_SATURDAY = MakeUpDay(date(2026, 10, 10), weekday=2, name="国庆节调休")


def test_a_make_up_day_is_a_school_day_at_a_weekend_and_in_a_holiday() -> None:
    in_holiday = MakeUpDay(date(2026, 10, 5), weekday=0)
    calendar = SchoolCalendar(
        (AUTUMN,), (NATIONAL_DAY,), make_up_days=(WORKING_SATURDAY, in_holiday)
    )

    assert calendar.is_school_day(date(2026, 10, 10))
    assert calendar.is_school_day(date(2026, 10, 5))
    assert not calendar.is_school_day(date(2026, 10, 6))
    assert not calendar.is_school_day(date(2026, 10, 11))
    assert calendar.next_school_day(date(2026, 10, 1)) == date(2026, 10, 5)
    assert calendar.make_up_day(date(2026, 10, 10)) == WORKING_SATURDAY
    assert calendar.make_up_day(date(2026, 10, 9)) is None


def test_a_make_up_day_outside_every_term_is_no_school_day() -> None:
    calendar = SchoolCalendar((AUTUMN,), make_up_days=(MakeUpDay(date(2027, 2, 20), weekday=4),))

    assert not calendar.is_school_day(date(2027, 2, 20))


def test_weekdays_may_be_added_for_a_while() -> None:
    added = AddedWeekdays(date(2026, 11, 2), date(2026, 11, 28), frozenset({5}))
    calendar = SchoolCalendar((AUTUMN,), added=(added,))

    saturdays = [date(2026, 10, 31), date(2026, 11, 7), date(2026, 11, 28), date(2026, 12, 5)]
    assert [calendar.is_school_day(day) for day in saturdays] == [False, True, True, False]


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (date(2027, 1, 7), None),  # 15 days before the end
        (date(2027, 1, 8), AUTUMN),
        (date(2027, 1, 22), AUTUMN),
        (date(2027, 3, 1), AUTUMN),  # over
    ],
)
def test_the_last_term_is_told_two_weeks_before_its_end_and_after_it(
    on: date, found: Term | None
) -> None:
    assert SchoolCalendar((AUTUMN,)).last_term_ending(on) == found


def test_a_term_with_a_next_one_is_not_the_last_and_without_terms_there_is_none() -> None:
    assert YEAR.last_term_ending(date(2027, 1, 20)) is None
    assert YEAR.last_term_ending(date(2027, 7, 1)) == SPRING
    assert SchoolCalendar(()).last_term_ending(date(2027, 1, 20)) is None


def test_graduates_stop_borrowing_and_bring_back_earlier_than_the_others() -> None:
    early = EarlyRecall(
        frozenset({6}), lending_ends_on=date(2027, 1, 4), recall_on=date(2027, 1, 6)
    )
    term = replace(AUTUMN, early=(early,))

    assert [term.recall_on_for(grade) for grade in (5, 6, None)] == [
        date(2027, 1, 15),
        date(2027, 1, 6),
        date(2027, 1, 15),
    ]
    assert [term.lending_ends_on_for(grade) for grade in (5, 6, None)] == [
        date(2027, 1, 8),
        date(2027, 1, 4),
        date(2027, 1, 8),
    ]
