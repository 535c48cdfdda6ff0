"""What holds in every school year: holidays, make-up days, pauses, replacements, cycles, swaps."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

from builders import AUTUMN, CLASS_WINDOW, SPRING, local, make_member, make_timetable
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.calendar import EarlyRecall, Holiday, MakeUpDay, Term, grade_of
from kiosk.domain import ClassCode
from kiosk.rotation.due import InDays, InTurns, LoanTerms, Period, SameDay, TermEnd, due_on
from kiosk.rotation.exceptions import Exceptions, Pause, Replacement, Swap
from kiosk.rotation.live import Live, OpenedNow
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import ClassOfGrade, CycleDay, Turns

LAST = AUTUMN.ends_on
IN_TERM = st.dates(AUTUMN.starts_on, LAST)
CLASSES = tuple(ClassOfGrade(grade, number) for grade in (3, 6) for number in range(1, 5))
CODES = tuple(str(one.code(AUTUMN.starts_on)) for one in CLASSES)
SPANS = st.tuples(IN_TERM, st.integers(0, 9)).map(lambda one: (one[0], one[0] + timedelta(one[1])))
HOLIDAYS = st.lists(SPANS.map(lambda one: Holiday("", *one)), max_size=3).map(tuple)
MAKE_UP_DAYS = st.lists(
    st.builds(MakeUpDay, IN_TERM, st.integers(0, 4)), max_size=4, unique_by=lambda one: one.on
).map(tuple)
PAUSES = st.lists(
    st.builds(
        lambda span, grades: Pause("", *span, grades),
        SPANS,
        st.sampled_from([None, frozenset({6}), frozenset({3, 4})]),
    ),
    max_size=2,
).map(tuple)


@st.composite
def rotations(draw: st.DrawFn) -> tuple[Turns, int]:
    """Draw a cycle of one to three weeks in which every class is listed once."""
    weeks = draw(st.integers(1, 3))
    slots = [CycleDay(day, week) for week in range(weeks) for day in range(5)]
    turns: dict[CycleDay, list[ClassOfGrade]] = {}
    for one in CLASSES:
        turns.setdefault(draw(st.sampled_from(slots)), []).append(one)
    return {CLASS_WINDOW.name: turns}, weeks


@st.composite
def terms(draw: st.DrawFn) -> tuple[Term, ...]:
    """Draw the autumn term, its graduates recalled early or not, with or without the spring one."""
    early = EarlyRecall(
        frozenset({6}), date(2026, 12, 24), draw(st.dates(date(2026, 12, 24), LAST))
    )
    starts_on = AUTUMN.starts_on + timedelta(days=draw(st.integers(0, 6)))
    autumn = replace(AUTUMN, starts_on=starts_on, early=draw(st.sampled_from([(), (early,)])))
    return (autumn, SPRING) if draw(st.booleans()) else (autumn,)


@st.composite
def years(draw: st.DrawFn) -> Timetable:
    """Draw a whole school year with every kind of exception."""
    turns, weeks = draw(rotations())
    first, last = draw(SPANS)
    works = Replacement(
        "",
        first,
        last,
        (replace(CLASS_WINDOW, opens=time(12, 30), closes=time(13)),),
        {CLASS_WINDOW.name: {CycleDay(draw(st.integers(0, 4))): list(CLASSES[:3])}},
    )
    swaps = draw(
        st.lists(
            st.builds(Swap, IN_TERM, st.sampled_from(CLASSES), st.sampled_from(CLASSES), IN_TERM),
            max_size=3,
        )
    )
    return make_timetable(
        terms=draw(terms()),
        holidays=draw(HOLIDAYS),
        turns=turns,
        weeks=weeks,
        make_up_days=draw(MAKE_UP_DAYS),
        exceptions=Exceptions(
            draw(PAUSES), draw(st.sampled_from([(), (works,)])), swaps=tuple(swaps)
        ),
    )


PERIODS: st.SearchStrategy[Period] = st.one_of(
    st.builds(InTurns, st.integers(1, 4)),
    st.builds(InDays, st.integers(1, 90)),
    st.sampled_from([TermEnd(), SameDay()]),
)
READERS = st.sampled_from([*CODES, "2025-1", None])


@settings(max_examples=80, deadline=None)
@given(years(), PERIODS, st.integers(0, 14), READERS, st.dates(date(2026, 8, 20), date(2027, 3, 1)))
def test_a_due_date_is_a_school_day_after_today_and_not_after_the_grades_recall(
    timetable: Timetable, period: Period, min_days: int, school_class: str | None, today: date
) -> None:
    day = due_on(LoanTerms(period, min_days), timetable, make_member(school_class), today)

    term = timetable.calendar.term_for_lending(today)
    if period == SameDay():
        assert day == (None if term is None else today)
    elif day is not None:
        grade = None if school_class is None else grade_of(int(school_class[:4]), today)
        assert timetable.calendar.is_school_day(day)
        assert term is not None
        assert today < day <= term.recall_on_for(grade)


@settings(max_examples=60, deadline=None)
@given(rotations(), st.integers(0, 40))
def test_without_exceptions_every_class_has_its_turn_once_in_each_cycle(
    rotation: tuple[Turns, int], offset: int
) -> None:
    turns, weeks = rotation
    timetable = make_timetable(turns=turns, weeks=weeks, holidays=())
    first = AUTUMN.starts_on + timedelta(days=offset)

    assert turns_between(timetable, first, first + timedelta(days=7 * weeks - 1)) == Counter(CODES)


def turns_between(timetable: Timetable, first: date, last: date) -> Counter[str]:
    """Count each class's turns between two days, both included."""
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return Counter(
        str(code) for day in days for one in timetable.planned_on(day) for code in one.classes
    )


SWAPS = st.lists(
    st.builds(Swap, IN_TERM, st.sampled_from(CLASSES), st.sampled_from(CLASSES), IN_TERM),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(rotations(), HOLIDAYS, MAKE_UP_DAYS, PAUSES, SWAPS)
def test_swaps_keep_each_classs_count_of_turns(
    rotation: tuple[Turns, int],
    holidays: tuple[Holiday, ...],
    make_up_days: tuple[MakeUpDay, ...],
    pauses: tuple[Pause, ...],
    swaps: list[Swap],
) -> None:
    turns, weeks = rotation

    def with_swaps(*given: Swap) -> Timetable:
        return make_timetable(
            turns=turns,
            weeks=weeks,
            holidays=holidays,
            make_up_days=make_up_days,
            exceptions=Exceptions(pauses, swaps=given),
        )

    plain, swapped = with_swaps(), with_swaps(*swaps)

    whole = (AUTUMN.starts_on, AUTUMN.ends_on)
    assert turns_between(swapped, *whole) == turns_between(plain, *whole)


@settings(max_examples=60, deadline=None)
@given(rotations(), st.data())
def test_a_swap_of_two_turns_that_are_there_gives_each_class_the_others(
    rotation: tuple[Turns, int], data: st.DataObject
) -> None:
    turns, weeks = rotation
    plain = make_timetable(turns=turns, weeks=weeks)
    one, other = data.draw(st.permutations(CLASSES))[:2]
    code, other_code = one.code(LAST), other.code(LAST)
    on, with_on = (
        next(plain.turns_after(each, date(2026, 10, 8))).opens_at.date()
        for each in (code, other_code)
    )

    swap = Swap(on, one, other, with_on)
    timetable = make_timetable(turns=turns, weeks=weeks, exceptions=Exceptions(swaps=(swap,)))

    if on == with_on:
        assert timetable.idle_swaps == (swap,)  # they share the window already
    else:
        assert other_code in timetable.planned_on(on)[-1].classes
        assert code in timetable.planned_on(with_on)[-1].classes
        assert code not in timetable.planned_on(on)[-1].classes


@settings(max_examples=60, deadline=None)
@given(rotations(), st.integers(0, 4), st.integers(2, 17))
def test_a_make_up_saturday_has_the_windows_and_turns_of_the_day_it_follows(
    rotation: tuple[Turns, int], weekday: int, week: int
) -> None:
    turns, weeks = rotation
    monday = date(2026, 8, 31) + timedelta(days=7 * (week - 1))
    saturday, followed = monday + timedelta(days=5), monday + timedelta(days=weekday)

    timetable = make_timetable(
        turns=turns, weeks=weeks, holidays=(), make_up_days=(MakeUpDay(saturday, weekday),)
    )

    shift = saturday - followed
    assert timetable.openings_on(saturday) == tuple(
        replace(
            one,
            opens_at=one.opens_at + shift,
            closes_at=one.closes_at + shift,
            grace_until=one.grace_until + shift,
        )
        for one in timetable.openings_on(followed)
    )


@settings(max_examples=60, deadline=None)
@given(years(), IN_TERM, st.integers(8, 20), st.lists(st.sampled_from(CODES), unique=True))
def test_a_window_opened_by_staff_is_added_and_nothing_else_changes(
    timetable: Timetable, on: date, hour: int, codes: list[str]
) -> None:
    opens_at = local(f"{on} {hour:02}:03")
    opened = OpenedNow(9, opens_at, opens_at + timedelta(minutes=25), tuple(map(ClassCode, codes)))

    later = timetable.with_live(Live(opened=(opened,)))

    by_staff = [one for one in later.openings_on(on) if one.opened_seq == 9]
    assert [(one.opens_at, one.closes_at, one.classes) for one in by_staff] == [
        (opened.opens_at, opened.closes_at, opened.classes)
    ]
    others = tuple(one for one in later.openings_on(on) if one.opened_seq is None)
    assert others == timetable.openings_on(on)
    for step in range(-8, 8):
        if step:
            day = on + timedelta(days=step)
            assert later.openings_on(day) == timetable.openings_on(day)


@settings(max_examples=60, deadline=None)
@given(years(), st.dates(date(2026, 8, 20), date(2027, 7, 20)))
def test_a_window_opens_only_on_a_school_day_that_no_pause_closes(
    timetable: Timetable, on: date
) -> None:
    openings = timetable.openings_on(on)
    note = timetable.explain_day(on)

    if openings:
        assert timetable.calendar.is_school_day(on)
        assert note is None or note.kind in ("make_up", "replacement")
        paused = timetable.exceptions.paused_on(on)
        assert not any(paused.has(code, on) for one in openings for code in one.classes)
    elif timetable.exceptions.replacement_on(on) is None:
        assert note is not None
