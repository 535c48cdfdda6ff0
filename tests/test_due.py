"""The day a loan comes back, and when it is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from builders import (
    AUTUMN,
    CLASS_WINDOW,
    EVERY_DAY,
    FREE_WINDOW,
    ONE_TURN,
    SPRING,
    TODAY,
    local,
    make_member,
    make_timetable,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.calendar import EarlyRecall, Holiday, Term
from kiosk.domain import ClassCode
from kiosk.rotation.due import (
    InDays,
    InTurns,
    LoanTerms,
    NextTerm,
    Period,
    SameDay,
    TermEnd,
    due_on,
    is_overdue,
)
from kiosk.rotation.exceptions import Exceptions, Replacement
from kiosk.rotation.live import Live, TurnKey
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import ClassOfGrade, CycleDay, Turns, Window


def due(
    terms: LoanTerms,
    today: date,
    school_class: str | None = "2024-2",
    timetable: Timetable | None = None,
) -> date | None:
    """Ask for the due date in the school of the tests."""
    return due_on(terms, timetable or make_timetable(), make_member(school_class), today)


@pytest.mark.parametrize(
    ("school_class", "day"),
    [
        ("2024-1", date(2026, 9, 21)),  # 09-14 is only 4 days away
        ("2023-2", date(2026, 9, 15)),
        ("2021-2", date(2026, 9, 16)),
        ("2022-1", date(2026, 9, 16)),
        ("2024-2", date(2026, 9, 17)),
        ("2025-1", date(2026, 9, 18)),  # 09-11 is only 1 day away
        ("2026-1", date(2026, 9, 18)),
        ("2021-1", date(2026, 9, 24)),  # no turn: 14 days
        (None, date(2026, 9, 24)),  # no class
    ],
)
def test_a_loan_of_one_turn_is_due_at_the_classs_next_turn_far_enough_away(
    school_class: str | None, day: date
) -> None:
    assert due(ONE_TURN, TODAY, school_class) == day


@pytest.mark.parametrize(
    ("terms", "today", "school_class", "day"),
    [
        (ONE_TURN, date(2026, 9, 24), "2024-2", date(2026, 10, 8)),  # over the holiday
        (ONE_TURN, date(2026, 9, 28), "2024-1", date(2026, 10, 12)),
        (LoanTerms(InTurns(1)), TODAY, "2025-1", date(2026, 9, 11)),  # no min_days: tomorrow
        (LoanTerms(InTurns(1), min_days=7), TODAY, "2024-2", date(2026, 9, 17)),  # 7 are enough
        (LoanTerms(InTurns(1), min_days=8), TODAY, "2024-2", date(2026, 9, 24)),
        (LoanTerms(InTurns(2)), TODAY, "2024-2", date(2026, 9, 24)),
        (LoanTerms(InTurns(2), min_days=5), TODAY, "2024-1", date(2026, 9, 28)),
        (ONE_TURN, date(2027, 1, 8), "2024-2", date(2027, 1, 14)),  # the last turn in time
        (ONE_TURN, date(2027, 1, 7), "2024-1", date(2027, 1, 15)),  # 01-11 is too near
        (LoanTerms(InTurns(9)), date(2026, 12, 10), "2024-2", date(2027, 1, 15)),
        (LoanTerms(InDays(14)), TODAY, "2024-2", date(2026, 9, 24)),
        (LoanTerms(InDays(1)), TODAY, "2024-2", date(2026, 9, 11)),
        (LoanTerms(InDays(2)), TODAY, "2024-2", date(2026, 9, 14)),  # from Saturday to Monday
        (LoanTerms(InDays(21)), TODAY, "2024-2", date(2026, 10, 8)),  # from the holiday on
        (LoanTerms(InDays(400)), TODAY, "2024-2", date(2027, 1, 15)),  # never past the recall
        (LoanTerms(InDays(60)), date(2026, 12, 1), None, date(2027, 1, 15)),
        (LoanTerms(TermEnd()), TODAY, "2024-2", date(2027, 1, 15)),
        (LoanTerms(SameDay()), TODAY, "2024-2", TODAY),
        (LoanTerms(SameDay()), date(2027, 1, 20), "2024-2", date(2027, 1, 20)),
    ],
)
def test_due_dates_of_the_school(
    terms: LoanTerms, today: date, school_class: str | None, day: date
) -> None:
    assert due(terms, today, school_class) == day


def test_a_recall_on_a_day_without_school_means_the_school_day_before_it() -> None:
    term = replace(AUTUMN, recall_on=date(2027, 1, 17))  # a Sunday

    assert due(LoanTerms(TermEnd()), TODAY, timetable=make_timetable(terms=(term,))) == date(
        2027, 1, 15
    )


def test_with_no_day_left_before_the_recall_there_is_no_due_date() -> None:
    assert due(ONE_TURN, date(2027, 1, 15)) is None
    assert due(LoanTerms(TermEnd()), date(2027, 1, 18)) is None
    assert due(LoanTerms(InDays(1)), date(2027, 3, 1)) is None  # no term to come
    assert due(LoanTerms(InDays(1)), date(2027, 1, 14)) == date(2027, 1, 15)


def test_a_loan_between_terms_is_due_in_the_term_that_comes() -> None:
    both = make_timetable(terms=(AUTUMN, SPRING))

    assert due(LoanTerms(InDays(14)), date(2027, 2, 1), timetable=both) == date(2027, 2, 22)
    assert due(ONE_TURN, date(2027, 2, 1), timetable=both) == date(2027, 2, 25)
    assert due(LoanTerms(TermEnd()), date(2027, 2, 1), timetable=both) == date(2027, 6, 25)


def test_a_loan_at_the_end_of_term_is_not_due_in_the_next_one() -> None:
    both = make_timetable(terms=(AUTUMN, SPRING))

    assert due(LoanTerms(InDays(60)), date(2027, 1, 8), timetable=both) == date(2027, 1, 15)


def test_with_a_and_b_weeks_a_turn_is_two_weeks_away() -> None:
    turns: Turns = {"班级轮借": {CycleDay(3, 1): [ClassOfGrade(3, 2)]}}
    timetable = make_timetable(turns=turns, weeks=2)

    assert due(ONE_TURN, TODAY, timetable=timetable) == date(2026, 9, 24)


def test_two_windows_of_one_day_are_one_turn_to_bring_books_back_at() -> None:
    noon = Window("午间轮借", "class", EVERY_DAY, time(12, 40), time(13, 10))
    classes = {CycleDay(3): [ClassOfGrade(3, 2)]}
    timetable = make_timetable(
        windows=(noon, CLASS_WINDOW), turns={"午间轮借": classes, "班级轮借": classes}
    )

    assert due(LoanTerms(InTurns(2)), TODAY, timetable=timetable) == date(2026, 9, 24)


def test_what_stands_in_for_turns_may_be_the_end_of_term() -> None:
    terms = LoanTerms(InTurns(1), without_turns=TermEnd())

    assert due(terms, TODAY, "2021-1") == date(2027, 1, 15)
    assert due(terms, TODAY, "2024-2") == date(2026, 9, 17)


HOLIDAYS = st.lists(
    st.tuples(st.dates(date(2026, 9, 1), date(2027, 1, 20)), st.integers(0, 20)), max_size=4
).map(lambda drawn: tuple(Holiday("", one, one + timedelta(days=more)) for one, more in drawn))
PERIODS: st.SearchStrategy[Period] = st.one_of(
    st.builds(InTurns, st.integers(1, 6)),
    st.builds(InDays, st.integers(1, 120)),
    st.just(TermEnd()),
)
TERMS = st.builds(
    LoanTerms,
    PERIODS,
    min_days=st.integers(0, 14),
    without_turns=st.builds(InDays, st.integers(1, 60)),
)
CLASSES = st.sampled_from(["2024-1", "2024-2", "2023-2", "2025-1", "2021-1", None])


@settings(max_examples=150)
@given(HOLIDAYS, TERMS, CLASSES, st.dates(date(2026, 8, 1), date(2027, 1, 31)))
def test_a_due_date_is_a_school_day_not_before_tomorrow_and_not_after_the_recall(
    holidays: tuple[Holiday, ...], terms: LoanTerms, school_class: str | None, today: date
) -> None:
    timetable = make_timetable(holidays=holidays)

    day = due(terms, today, school_class, timetable)

    if day is None:
        last = timetable.calendar.last_school_day(AUTUMN.recall_on)
        assert last is None or today >= last
    else:
        assert timetable.calendar.is_school_day(day)
        assert today < day <= AUTUMN.recall_on


@settings(max_examples=100)
@given(HOLIDAYS, st.integers(1, 4), st.integers(0, 14), CLASSES, st.dates(AUTUMN.starts_on, TODAY))
def test_a_loan_of_n_turns_is_due_on_the_nth_of_the_turns_that_count(
    holidays: tuple[Holiday, ...], count: int, min_days: int, school_class: str | None, today: date
) -> None:
    timetable = make_timetable(holidays=holidays)
    if school_class in (None, "2021-1"):
        return
    weekday = {"2024-1": 0, "2023-2": 1, "2024-2": 3, "2025-1": 4}[str(school_class)]
    counting = [
        day
        for day in (today + timedelta(days=step) for step in range(max(1, min_days), 200))
        if day.weekday() == weekday
        and timetable.calendar.is_school_day(day)
        and day <= AUTUMN.recall_on
    ]

    day = due(LoanTerms(InTurns(count), min_days), today, school_class, timetable)

    last = timetable.calendar.last_school_day(AUTUMN.recall_on)
    expected = counting[count - 1] if len(counting) >= count else last
    assert day == expected or (day is None and (last is None or last <= today))


@settings(max_examples=100)
@given(HOLIDAYS, st.dates(AUTUMN.starts_on, date(2027, 1, 10)), st.integers(1, 90))
def test_a_loan_of_days_is_due_on_the_first_school_day_from_then(
    holidays: tuple[Holiday, ...], today: date, count: int
) -> None:
    timetable = make_timetable(holidays=holidays)

    day = due(LoanTerms(InDays(count)), today, timetable=timetable)

    if day is not None and day >= today + timedelta(days=count):
        between = (day - today).days - count
        earlier = [today + timedelta(days=count + step) for step in range(between)]
        assert not any(map(timetable.calendar.is_school_day, earlier))


FREE_ONLY = make_timetable(windows=(FREE_WINDOW,))
HELD = (date(2026, 9, 17), date(2026, 9, 24), date(2026, 10, 8))
TURNS_ONLY = make_timetable(windows=(CLASS_WINDOW,)).with_live(
    Live(held=frozenset(TurnKey(ClassCode("2024-2"), "班级轮借", on) for on in HELD))
)


@pytest.mark.parametrize(
    ("timetable", "school_class", "day", "at", "late"),
    [
        # Due on Thursday 09-17, the class's turn and a day with a free window.
        (make_timetable(), "2024-2", date(2026, 9, 17), "2026-09-17 23:59", False),
        (make_timetable(), "2024-2", date(2026, 9, 17), "2026-09-18 00:00", True),
        # Without free windows the turn on the due date is the chance.
        (TURNS_ONLY, "2024-2", date(2026, 9, 17), "2026-09-18 08:00", True),
        # Due on a Friday, the turn is the Thursday after: late when that turn is over.
        (TURNS_ONLY, "2024-2", date(2026, 9, 18), "2026-09-24 16:30", False),
        (TURNS_ONLY, "2024-2", date(2026, 9, 18), "2026-09-24 16:59", False),
        (TURNS_ONLY, "2024-2", date(2026, 9, 18), "2026-09-24 17:00", True),
        # A turn before the due date is no chance after it.
        (TURNS_ONLY, "2024-2", date(2026, 9, 25), "2026-09-28 12:00", False),
        # The turn of 10-01 falls into the holiday: the next is 10-08.
        (TURNS_ONLY, "2024-2", date(2026, 9, 30), "2026-10-08 16:00", False),
        (TURNS_ONLY, "2024-2", date(2026, 9, 30), "2026-10-08 17:00", True),
        # A free window counts for the grades it is open to.
        (FREE_ONLY, "2024-2", date(2026, 9, 17), "2026-09-18 08:00", True),
        (FREE_ONLY, "2025-1", date(2026, 9, 17), "2026-09-30 17:00", False),
        (FREE_ONLY, "2021-1", date(2026, 9, 12), "2026-09-14 10:19", False),
        (FREE_ONLY, "2021-1", date(2026, 9, 12), "2026-09-14 10:20", True),
        # A class without a turn and without a free window is never late.
        (TURNS_ONLY, "2021-1", date(2026, 9, 17), "2027-01-20 12:00", False),
    ],
)
def test_a_loan_is_late_once_its_reader_has_had_a_chance_to_bring_it_back(
    timetable: Timetable, school_class: str, day: date, at: str, late: bool
) -> None:
    assert is_overdue(day, timetable, make_member(school_class), local(at)) is late


def test_a_reader_who_may_come_at_any_time_is_late_the_day_after() -> None:
    due_day, nothing_opens = date(2026, 9, 17), make_timetable(windows=())
    teacher = make_member(None, "teacher")

    on_the_day = is_overdue(
        due_day, nothing_opens, teacher, local("2026-09-17 23:59"), anytime=True
    )
    day_after = is_overdue(due_day, nothing_opens, teacher, local("2026-09-18 00:01"), anytime=True)

    assert not on_the_day
    assert day_after


def test_a_reading_window_is_no_chance_to_be_late_by() -> None:
    reading = Window("午间阅览", "reading", EVERY_DAY, time(12), time(13))
    timetable = make_timetable(windows=(reading,))

    assert not is_overdue(date(2026, 9, 11), timetable, make_member(), local("2026-09-30 12:00"))


@settings(max_examples=80)
@given(
    HOLIDAYS,
    CLASSES,
    st.dates(AUTUMN.starts_on, AUTUMN.ends_on),
    st.integers(0, 150 * 24),
    st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_a_loan_that_is_late_stays_late(
    holidays: tuple[Holiday, ...],
    school_class: str | None,
    due_day: date,
    hours: int,
    wait: timedelta,
) -> None:
    timetable, member = make_timetable(holidays=holidays), make_member(school_class)
    now = local("2026-09-01 00:00") + timedelta(hours=hours)

    if is_overdue(due_day, timetable, member, now):
        assert now.date() > due_day
        assert is_overdue(due_day, timetable, member, now + wait)


def test_a_reader_without_a_turn_may_have_to_bring_it_back_the_same_day() -> None:
    terms = replace(ONE_TURN, without_turns=SameDay())

    assert due(terms, TODAY, school_class=None) == TODAY


# Without recall, and over the holidays.

BOTH = make_timetable(terms=(AUTUMN, SPRING))


@pytest.mark.parametrize(
    ("period", "today", "timetable", "day"),
    [
        (InTurns(1), date(2027, 1, 15), BOTH, date(2027, 1, 21)),  # a turn after the recall
        (InTurns(2), date(2027, 1, 15), BOTH, date(2027, 2, 25)),
        (InDays(14), date(2027, 1, 15), BOTH, date(2027, 2, 22)),
        (InDays(60), date(2026, 12, 1), make_timetable(), date(2027, 1, 22)),  # no day is known
        (InDays(200), date(2027, 1, 18), BOTH, date(2027, 7, 2)),  # the last that is known
        (TermEnd(), date(2026, 9, 10), BOTH, date(2027, 1, 22)),
        (TermEnd(), date(2027, 1, 22), BOTH, date(2027, 2, 22)),
        (TermEnd(), date(2027, 2, 1), BOTH, date(2027, 7, 2)),
        (TermEnd(), date(2027, 1, 22), make_timetable(), None),  # its last school day
        (TermEnd(), date(2027, 3, 1), make_timetable(), None),  # no term to come
        (InDays(1), date(2027, 1, 22), make_timetable(), None),
        (SameDay(), date(2027, 3, 1), make_timetable(), None),
        (InDays(14), TODAY, make_timetable(terms=()), None),
        (NextTerm(), date(2027, 1, 18), BOTH, date(2027, 2, 25)),
        (NextTerm(), date(2027, 2, 1), BOTH, date(2027, 2, 25)),
        (NextTerm(), date(2027, 3, 1), BOTH, None),
    ],
)
def test_due_dates_that_the_recall_does_not_bind(
    period: Period, today: date, timetable: Timetable, day: date | None
) -> None:
    assert due(LoanTerms(period, recall=False), today, timetable=timetable) == day


def test_a_class_whose_turn_falls_into_a_holiday_all_next_term_has_its_first_school_day() -> None:
    away = Holiday("", date(2027, 2, 22), date(2027, 2, 23))
    short = replace(SPRING, ends_on=date(2027, 2, 24))
    timetable = make_timetable(terms=(AUTUMN, short), holidays=(away,))

    assert due(LoanTerms(NextTerm()), date(2027, 1, 18), timetable=timetable) == date(2027, 2, 24)


@settings(max_examples=100)
@given(
    HOLIDAYS,
    PERIODS,
    CLASSES,
    st.dates(date(2026, 8, 1), date(2027, 8, 1)),
    st.sampled_from([(AUTUMN,), (AUTUMN, SPRING)]),
)
def test_without_recall_a_loan_is_due_on_a_school_day_as_long_as_one_is_to_come(
    holidays: tuple[Holiday, ...],
    period: Period,
    school_class: str | None,
    today: date,
    terms: tuple[Term, ...],
) -> None:
    timetable = make_timetable(terms=terms, holidays=holidays)

    day = due(LoanTerms(period, recall=False), today, school_class, timetable)

    if day is None:
        assert timetable.calendar.next_school_day(today + timedelta(days=1)) is None
    else:
        assert day > today
        assert timetable.calendar.is_school_day(day)


@settings(max_examples=100)
@given(
    PERIODS,
    st.sampled_from(["2021-2", "2024-2", "2021-1", "2023-2"]),
    st.dates(date(2026, 9, 1), date(2027, 1, 20)),
    st.dates(date(2026, 12, 1), date(2027, 1, 15)),
)
def test_no_grade_has_a_due_date_after_its_own_recall(
    period: Period, school_class: str, today: date, recall_on: date
) -> None:
    early = EarlyRecall(frozenset({6}), recall_on, recall_on)
    timetable = make_timetable(terms=(replace(AUTUMN, early=(early,)),))

    day = due(LoanTerms(period), today, school_class, timetable)

    own = recall_on if school_class.startswith("2021") else AUTUMN.recall_on
    assert day is None or today < day <= own


# Classes without a turn in the term, and classes that leave in it.

FIRST_WEEKS = replace(CLASS_WINDOW, name="开学轮借", to_week=4)
FIVE_DAYS_ELSE = LoanTerms(InTurns(1), without_turns=InDays(5))


def test_a_class_whose_window_is_over_for_the_term_has_what_stands_in_for_turns() -> None:
    timetable = make_timetable(
        windows=(FIRST_WEEKS,), turns={"开学轮借": {CycleDay(3): [ClassOfGrade(6, 1)]}}
    )

    assert due(FIVE_DAYS_ELSE, TODAY, "2021-1", timetable) == date(2026, 9, 17)
    assert due(FIVE_DAYS_ELSE, date(2026, 10, 12), "2021-1", timetable) == date(2026, 10, 19)


def test_a_class_whose_first_turn_is_after_the_recall_has_what_stands_in_for_turns() -> None:
    late = Replacement(
        "考试后",
        date(2027, 1, 18),
        date(2027, 1, 22),
        (CLASS_WINDOW,),
        {CLASS_WINDOW.name: {CycleDay(0): [ClassOfGrade(6, 1)]}},
    )
    timetable = make_timetable(exceptions=Exceptions(replacements=(late,)))

    assert due(ONE_TURN, TODAY, "2021-1", timetable) == date(2026, 9, 24)
    assert due(ONE_TURN, date(2027, 1, 14), "2024-2", timetable) == date(2027, 1, 15)


def test_a_class_that_a_replacement_leaves_without_turns_has_what_stands_in_for_them() -> None:
    works = Replacement("校园改造", TODAY, AUTUMN.ends_on, (FREE_WINDOW,), {})
    timetable = make_timetable(exceptions=Exceptions(replacements=(works,)))

    assert due(FIVE_DAYS_ELSE, TODAY, "2024-2", timetable) == date(2026, 9, 15)


def test_a_class_of_the_rotation_with_no_turn_left_has_the_last_school_day_before_the_recall() -> (
    None
):
    assert due(FIVE_DAYS_ELSE, date(2027, 1, 7), "2024-1") == date(2027, 1, 11)
    assert due(FIVE_DAYS_ELSE, date(2027, 1, 8), "2023-2") == date(2027, 1, 12)
    assert due(FIVE_DAYS_ELSE, date(2027, 1, 14), "2024-2") == date(2027, 1, 15)
    one_day_else = replace(FIVE_DAYS_ELSE, without_turns=InDays(1))
    assert due(one_day_else, date(2027, 1, 12), "2023-2") == date(2027, 1, 15)


LONG = Term("", date(2027, 6, 1), date(2027, 9, 30), date(2027, 9, 10), date(2027, 9, 20))


@pytest.mark.parametrize("recall", [True, False])
def test_a_class_that_leaves_in_the_term_brings_back_by_its_last_school_day(recall: bool) -> None:
    timetable = make_timetable(terms=(LONG,))
    terms = LoanTerms(TermEnd(), recall=recall)

    assert due(terms, date(2027, 6, 10), "2021-2", timetable) == date(2027, 7, 30)
    assert due(terms, date(2027, 7, 30), "2021-2", timetable) is None
    last = LONG.recall_on if recall else LONG.ends_on
    assert due(terms, date(2027, 6, 10), "2022-2", timetable) == last


def test_no_due_date_of_a_class_is_after_it_has_left() -> None:
    timetable = make_timetable(terms=(LONG,))

    assert due(LoanTerms(InDays(14)), date(2027, 7, 28), "2021-2", timetable) == date(2027, 7, 30)
    assert due(ONE_TURN, date(2027, 7, 28), "2021-2", timetable) == date(2027, 7, 30)
    five_years = make_timetable(terms=(LONG,), grades=5)
    assert due(LoanTerms(TermEnd()), date(2027, 6, 10), "2022-1", five_years) == date(2027, 7, 30)
