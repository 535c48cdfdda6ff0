"""Windows and turns: who is served when, A and B weeks, grace, holidays, school years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice

import pytest
from builders import (
    AUTUMN,
    CLASS_WINDOW,
    EVERY_DAY,
    FREE_WINDOW,
    NATIONAL_DAY,
    SPRING,
    TODAY,
    TURNS,
    local,
    make_member,
    make_timetable,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.calendar import Holiday, Term
from kiosk.domain import ClassCode
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import ClassOfCohort, ClassOfGrade, CycleDay, Turns, Window

OUR_CLASS = ClassCode("2024-2")
TWO_WEEKS: Turns = {
    "班级轮借": {
        CycleDay(0, 0): [ClassOfGrade(3, 1)],
        CycleDay(0, 1): [ClassOfGrade(3, 2)],
        CycleDay(3): [ClassOfGrade(4, 1)],
    }
}


def turn_days(timetable: Timetable, school_class: str, on: date, count: int) -> list[date]:
    """List the days of a class's next turns."""
    turns = timetable.turns_after(ClassCode(school_class), on)
    return [turn.opens_at.date() for turn in islice(turns, count)]


def open_names(timetable: Timetable, text: str) -> list[str]:
    """Name the windows that are open at a local time."""
    return [one.window.name for one in timetable.open_at(local(text))]


@pytest.mark.parametrize(
    ("at", "names"),
    [
        ("2026-09-10 09:59:59", []),
        ("2026-09-10 10:00", ["大课间"]),
        ("2026-09-10 10:19:59", ["大课间"]),
        ("2026-09-10 10:20", []),
        ("2026-09-10 16:29:59", []),
        ("2026-09-10 16:30", ["班级轮借"]),
        ("2026-09-10 17:00", ["班级轮借"]),  # grace
        ("2026-09-10 17:04:59", ["班级轮借"]),
        ("2026-09-10 17:05", []),
        ("2026-09-12 16:34", []),  # Saturday
        ("2026-10-01 16:34", []),  # holiday
        ("2026-08-31 16:34", []),  # before the term
        ("2027-01-25 16:34", []),  # after it
    ],
)
def test_a_window_is_open_from_its_start_to_the_end_of_its_grace(at: str, names: list[str]) -> None:
    assert open_names(make_timetable(), at) == names


def test_a_class_window_serves_the_class_whose_turn_it_is_and_no_other() -> None:
    (opening,) = make_timetable().open_at(local("2026-09-10 16:34"))

    assert opening.classes == ("2024-2",)
    assert opening.is_for(make_member("2024-2"))
    assert opening.is_for(make_member("2024-2", "class"))
    assert not opening.is_for(make_member("2024-1"))
    assert not opening.is_for(make_member(None, "teacher"))


def test_two_classes_may_share_a_turn() -> None:
    (opening,) = make_timetable().open_at(local("2026-09-09 16:34"))

    assert opening.classes == ("2021-2", "2022-1")


@pytest.mark.parametrize(
    ("school_class", "kind", "served"),
    [
        ("2024-2", "student", True),  # grade 3
        ("2021-1", "student", True),  # grade 6
        ("2025-1", "student", False),  # grade 2
        ("2026-1", "class", False),
        ("2020-1", "student", False),  # has left
        (None, "student", False),
        (None, "teacher", True),  # grades limit pupils only
        ("2025-1", "teacher", True),
    ],
)
def test_a_free_window_may_be_for_some_grades(
    school_class: str | None, kind: str, served: bool
) -> None:
    (opening,) = make_timetable().open_at(local("2026-09-10 10:05"))

    assert opening.is_for(make_member(school_class, kind)) is served


def test_a_free_window_without_grades_is_for_all() -> None:
    timetable = make_timetable(windows=(replace(FREE_WINDOW, grades=None),))
    (opening,) = timetable.open_at(local("2026-09-10 10:05"))

    assert opening.is_for(make_member("2026-1"))
    assert opening.is_for(make_member(None))


def test_a_reading_window_serves_in_the_room_only_and_a_staff_window_teachers_only() -> None:
    reading = Window("午间阅览", "reading", EVERY_DAY, time(12), time(13))
    staff = Window("教师", "staff", EVERY_DAY, time(12), time(13))
    both = make_timetable(windows=(reading, staff)).open_at(local("2026-09-10 12:30"))
    in_reading, in_staff = both

    assert not in_reading.is_for(make_member())
    assert in_reading.is_for(make_member(), in_room=True)
    assert in_staff.is_for(make_member(None, "teacher"))
    assert not in_staff.is_for(make_member(), in_room=True)


@pytest.mark.parametrize(
    ("school_class", "days"),
    [
        ("2024-1", [date(2026, 9, 14), date(2026, 9, 21), date(2026, 9, 28), date(2026, 10, 12)]),
        ("2024-2", [date(2026, 9, 17), date(2026, 9, 24), date(2026, 10, 8)]),
        ("2025-1", [date(2026, 9, 11), date(2026, 9, 18)]),
        ("2021-1", []),
    ],
)
def test_turns_come_weekly_and_pass_over_holidays(school_class: str, days: list[date]) -> None:
    found = turn_days(make_timetable(), school_class, TODAY, max(len(days), 1))

    assert found == days


def test_todays_turn_is_no_later_turn() -> None:
    before, on = date(2026, 9, 9), date(2026, 9, 10)

    assert turn_days(make_timetable(), "2024-2", before, 1) == [on]
    assert turn_days(make_timetable(), "2024-2", on, 1) == [date(2026, 9, 17)]


def test_a_and_b_weeks_count_from_the_terms_first_week() -> None:
    timetable = make_timetable(turns=TWO_WEEKS, weeks=2)

    assert timetable.cycle_week(date(2026, 9, 1)) == 0
    assert timetable.cycle_week(date(2026, 9, 6)) == 0
    assert timetable.cycle_week(date(2026, 9, 7)) == 1
    assert turn_days(timetable, "2024-1", date(2026, 9, 1), 3) == [
        date(2026, 9, 14),
        date(2026, 9, 28),
        date(2026, 10, 12),
    ]
    assert turn_days(timetable, "2024-2", date(2026, 9, 1), 2) == [
        date(2026, 9, 7),
        date(2026, 9, 21),
    ]


def test_a_day_without_a_letter_is_in_every_week_of_the_cycle() -> None:
    timetable = make_timetable(turns=TWO_WEEKS, weeks=2)

    assert turn_days(timetable, "2023-1", date(2026, 9, 1), 3) == [
        date(2026, 9, 3),
        date(2026, 9, 10),
        date(2026, 9, 17),
    ]


def test_a_window_may_itself_be_in_one_week_of_the_cycle() -> None:
    days = frozenset({CycleDay(3, 1)})
    timetable = make_timetable(windows=(replace(FREE_WINDOW, days=days),), weeks=2)

    assert open_names(timetable, "2026-09-03 10:05") == []
    assert open_names(timetable, "2026-09-10 10:05") == ["大课间"]


def test_each_term_begins_its_cycle_anew() -> None:
    timetable = make_timetable(terms=(AUTUMN, SPRING), turns=TWO_WEEKS, weeks=2)

    assert timetable.cycle_week(SPRING.starts_on) == 0
    assert turn_days(timetable, "2024-1", AUTUMN.ends_on, 1) == [date(2027, 2, 22)]


def test_a_label_means_another_class_in_the_next_school_year_and_a_key_the_same() -> None:
    term = Term("", date(2027, 9, 1), date(2028, 1, 20), date(2028, 1, 6), date(2028, 1, 13))
    timetable = make_timetable(terms=(AUTUMN, term))

    assert timetable.openings_on(date(2026, 9, 10))[-1].classes == ("2024-2",)  # Thursday, 三(2)班
    assert timetable.openings_on(date(2027, 9, 9))[-1].classes == ("2025-2",)
    assert timetable.openings_on(date(2026, 9, 8))[-1].classes == ("2023-2",)  # Tuesday, by key
    assert timetable.openings_on(date(2027, 9, 7))[-1].classes == ("2023-2",)
    assert timetable.has_turns(ClassCode("2024-2"), date(2026, 9, 10))
    assert not timetable.has_turns(ClassCode("2024-2"), date(2027, 9, 9))
    assert timetable.has_turns(ClassCode("2023-2"), date(2027, 9, 9))


def test_a_class_named_twice_on_a_day_has_one_place_in_its_window() -> None:
    twice: Turns = {
        "班级轮借": {
            CycleDay(3): [ClassOfGrade(3, 2), ClassOfCohort(OUR_CLASS)],
            CycleDay(3, 0): [ClassOfGrade(3, 2)],
        }
    }

    assert make_timetable(turns=twice).openings_on(TODAY)[-1].classes == ("2024-2",)


def test_a_class_window_nobody_is_planned_for_opens_for_nobody() -> None:
    opening = make_timetable(turns={}).openings_on(TODAY)[-1]

    assert opening.classes == ()
    assert not opening.is_for(make_member())


def test_the_next_opening_is_the_next_that_serves_the_reader() -> None:
    timetable, at = make_timetable(), local("2026-09-10 16:34")

    free = timetable.next_opening(make_member("2024-1"), at)
    turn = timetable.next_opening(make_member("2025-1"), at)

    assert free is not None
    assert (free.window.name, free.opens_at) == ("大课间", local("2026-09-11 10:00"))
    assert turn is not None
    assert (turn.window.name, turn.opens_at) == ("班级轮借", local("2026-09-11 16:30"))


def test_an_opening_that_has_begun_is_not_the_next() -> None:
    at = local("2026-09-11 10:00")
    following = make_timetable().next_opening(make_member("2024-1"), at)

    assert following is not None
    assert following.opens_at == local("2026-09-14 10:00")


def test_the_next_opening_is_found_over_the_holidays_and_in_the_next_term() -> None:
    timetable = make_timetable(terms=(AUTUMN, SPRING))

    after_holiday = timetable.next_opening(make_member(), local("2026-09-30 17:30"))
    next_term = timetable.next_opening(make_member(), local("2027-01-22 17:30"))

    assert after_holiday is not None
    assert after_holiday.opens_at == local("2026-10-08 10:00")
    assert next_term is not None
    assert next_term.opens_at == local("2027-02-22 10:00")


def test_pupils_are_not_sent_to_openings_after_the_last_day_they_borrow() -> None:
    both = make_timetable(terms=(AUTUMN, SPRING))
    last_day = local("2027-01-08 17:30")

    following = both.next_opening(make_member(), last_day)
    teachers = both.next_opening(make_member(None, "teacher"), last_day)

    assert make_timetable().next_opening(make_member(), last_day) is None
    assert following is not None
    assert following.opens_at == local("2027-02-22 10:00")
    assert teachers is not None
    assert teachers.opens_at == local("2027-01-11 10:00")


def test_after_the_last_term_nothing_opens_any_more() -> None:
    assert make_timetable().next_opening(make_member(), local("2027-01-22 17:30")) is None


def test_the_same_instant_in_another_zone_finds_the_same_openings() -> None:
    timetable, at = make_timetable(), local("2026-09-10 16:34")

    assert timetable.open_at(at.astimezone(tz=None)) == timetable.open_at(at)


def test_openings_of_a_day_are_in_order_of_time_whatever_the_settings_order() -> None:
    openings = make_timetable(windows=(CLASS_WINDOW, FREE_WINDOW)).openings_on(TODAY)

    assert [one.opens_at.time() for one in openings] == [time(10), time(16, 30)]


@st.composite
def rotations(draw: st.DrawFn) -> tuple[Timetable, int]:
    """Draw a holiday-free term with a cycle in which every class of grade 3 has one turn."""
    weeks = draw(st.integers(1, 4))
    number = draw(st.integers(1, 12))
    slots = [CycleDay(day, week) for week in range(weeks) for day in range(5)]
    turns: dict[CycleDay, list[ClassOfGrade]] = {}
    for one in range(1, number + 1):
        turns.setdefault(draw(st.sampled_from(slots)), []).append(ClassOfGrade(3, one))
    start = date(2026, 9, 1) + timedelta(days=draw(st.integers(0, 6)))
    term = replace(AUTUMN, starts_on=start)
    return make_timetable(
        terms=(term,), holidays=(), turns={"班级轮借": turns}, weeks=weeks
    ), number


@given(rotations(), st.integers(0, 30))
def test_every_class_has_its_turn_once_in_each_cycle(
    drawn: tuple[Timetable, int], offset: int
) -> None:
    timetable, number = drawn
    first = timetable.calendar.terms[0].starts_on + timedelta(days=offset)
    days = [first + timedelta(days=step) for step in range(7 * timetable.weeks)]

    served = [code for day in days for one in timetable.openings_on(day) for code in one.classes]

    assert sorted(served) == sorted(f"2024-{one}" for one in range(1, number + 1))


HOLIDAYS = st.lists(
    st.tuples(st.dates(date(2026, 9, 1), date(2027, 1, 20)), st.integers(0, 9)), max_size=4
).map(
    lambda drawn: tuple(
        Holiday("", first, first + timedelta(days=length)) for first, length in drawn
    )
)


INSTANTS = st.builds(
    lambda day, minute: local(day.isoformat()) + timedelta(minutes=minute),
    st.dates(date(2026, 8, 20), date(2027, 1, 30)),
    st.integers(0, 1439),
)


@settings(max_examples=60)
@given(HOLIDAYS, INSTANTS)
def test_every_opening_told_is_on_a_school_day_later_and_in_order(
    holidays: tuple[Holiday, ...], at: datetime
) -> None:
    timetable = make_timetable(holidays=holidays)
    openings = list(islice(timetable.openings_after(at), 12))

    starts = [one.opens_at for one in openings]
    assert starts == sorted(starts)
    assert all(start > at for start in starts)
    assert all(timetable.calendar.is_school_day(start.date()) for start in starts)


@settings(max_examples=60)
@given(HOLIDAYS, INSTANTS)
def test_an_opening_is_open_exactly_while_it_is_told_as_open(
    holidays: tuple[Holiday, ...], at: datetime
) -> None:
    timetable = make_timetable(holidays=holidays)

    told = timetable.open_at(at)

    by_hand = [
        one
        for day in (at.date() - timedelta(days=1), at.date(), at.date() + timedelta(days=1))
        for one in timetable.openings_on(day)
        if one.opens_at <= at < one.closes_at + one.window.grace
    ]
    assert list(told) == by_hand


def test_the_timetable_answers_the_same_after_many_days_were_asked_for() -> None:
    timetable = make_timetable(terms=(AUTUMN, SPRING), holidays=(NATIONAL_DAY,), turns=TURNS)
    before = timetable.openings_on(TODAY)

    for step in range(1200):
        timetable.openings_on(date(2026, 1, 1) + timedelta(days=step))

    assert timetable.openings_on(TODAY) == before
