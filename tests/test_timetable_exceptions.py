"""What departs from the weekly timetable: make-up days, pauses, replacements, dated changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from builders import (
    AUTUMN,
    CLASS_WINDOW,
    EVERY_DAY,
    FREE_WINDOW,
    SPRING,
    TURNS,
    local,
    make_member,
    make_timetable,
)

from kiosk.calendar import EarlyRecall, MakeUpDay
from kiosk.domain import ClassCode
from kiosk.rotation.exceptions import (
    Cancelled,
    Exceptions,
    ExtraTurn,
    Moved,
    Pause,
    Replacement,
    Swap,
)
from kiosk.rotation.plan import DayNote
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import ClassOfCohort, ClassOfGrade, CycleDay, Opening, Window

MONDAY, TUESDAY, WEDNESDAY = date(2026, 9, 14), date(2026, 9, 15), date(2026, 9, 16)
THURSDAY, FRIDAY, SATURDAY = date(2026, 9, 17), date(2026, 9, 18), date(2026, 9, 19)
TERM_ENDS = date(2027, 1, 22)
G3_1, G3_2, G5_1, G6_2 = (ClassOfGrade(*one) for one in ((3, 1), (3, 2), (5, 1), (6, 2)))


def told(timetable: Timetable, on: date) -> list[str]:
    """Write a day's openings in short: name, times, classes, and where they come from."""
    return [
        " ".join(
            [
                one.window.name,
                f"{one.opens_at:%H:%M}-{one.closes_at:%H:%M}",
                *one.classes,
                *([one.source] if one.source != "plan" else []),
            ]
        )
        for one in timetable.openings_on(on)
    ]


def class_opening(timetable: Timetable, on: date) -> Opening:
    """Give the day's class window."""
    (found,) = (one for one in timetable.openings_on(on) if one.window.kind == "class")
    return found


def days_of(timetable: Timetable, school_class: str, until: date = TERM_ENDS) -> list[date]:
    """List the days of a class's turns in the term."""
    turns = timetable.turns_after(ClassCode(school_class), date(2026, 8, 31))
    return [turn.opens_at.date() for turn in turns if turn.opens_at.date() <= until]


def exceptional(*, turns: object = TURNS, **given: object) -> Timetable:
    """Build the school of the tests with exceptions of some kinds."""
    return make_timetable(exceptions=Exceptions(**given), turns=turns)  # type: ignore[arg-type]


def test_a_make_up_saturday_has_the_windows_and_turns_of_the_day_it_follows() -> None:
    timetable = make_timetable(make_up_days=(MakeUpDay(SATURDAY, weekday=0),))

    assert told(timetable, SATURDAY) == ["大课间 10:00-10:20", "班级轮借 16:30-17:00 2024-1"]
    assert date(2026, 9, 19) in days_of(timetable, "2024-1")


def test_a_make_up_day_in_a_holiday_is_held_and_may_be_a_weekday_that_follows_another() -> None:
    timetable = make_timetable(make_up_days=(MakeUpDay(date(2026, 10, 5), weekday=3),))

    assert told(timetable, date(2026, 10, 5))[1] == "班级轮借 16:30-17:00 2024-2"


def test_in_a_cycle_a_make_up_day_is_in_its_own_week_or_in_the_one_that_is_named() -> None:
    turns = {"班级轮借": {CycleDay(0, 0): [G3_1], CycleDay(0, 1): [G3_2]}}
    own = make_timetable(turns=turns, weeks=2, make_up_days=(MakeUpDay(SATURDAY, 0),))
    named = make_timetable(turns=turns, weeks=2, make_up_days=(MakeUpDay(SATURDAY, 0, week=1),))

    assert own.cycle_week(SATURDAY) == 0
    assert class_opening(own, SATURDAY).classes == ("2024-1",)
    assert class_opening(named, SATURDAY).classes == ("2024-2",)
    assert named.followed(SATURDAY) == CycleDay(0, 1)


def test_a_window_may_open_only_in_some_weeks_of_each_term() -> None:
    some_weeks = replace(CLASS_WINDOW, from_week=3, to_week=4)
    timetable = make_timetable(terms=(AUTUMN, SPRING), windows=(some_weeks,))

    assert days_of(timetable, "2024-2") == [date(2026, 9, 17), date(2026, 9, 24)]
    assert days_of(timetable, "2024-2", date(2027, 7, 2))[2:] == [
        date(2027, 3, 11),
        date(2027, 3, 18),
    ]


def test_in_a_pause_nothing_opens_and_there_is_school() -> None:
    timetable = exceptional(pauses=(Pause("期中考试", WEDNESDAY, THURSDAY),))

    assert [len(timetable.openings_on(day)) for day in (TUESDAY, WEDNESDAY, THURSDAY, FRIDAY)] == [
        2,
        0,
        0,
        2,
    ]
    assert timetable.calendar.is_school_day(WEDNESDAY)


def test_a_pause_of_some_grades_leaves_the_others_their_windows() -> None:
    paused = Pause("毕业考试", WEDNESDAY, WEDNESDAY, frozenset({6}))
    timetable = exceptional(pauses=(paused,))
    free, turn = timetable.openings_on(WEDNESDAY)

    assert turn.classes == ("2022-1",)  # without 六(2)班
    assert not free.is_for(make_member("2021-2"))
    assert free.is_for(make_member("2022-1"))
    assert free.is_for(make_member("2021-2", "teacher"))
    assert timetable.openings_on(THURSDAY)[0].is_for(make_member("2021-2"))


def test_a_free_window_whose_grades_are_all_paused_does_not_open() -> None:
    windows = (replace(FREE_WINDOW, grades=frozenset({5, 6})),)
    paused = Pause("", MONDAY, MONDAY, frozenset({4, 5, 6}))
    timetable = make_timetable(windows=windows, exceptions=Exceptions((paused,)))

    assert timetable.openings_on(MONDAY) == ()


NOON = Window("午间轮借", "class", EVERY_DAY, time(12, 30), time(13))
WORKS = Replacement("校园改造", TUESDAY, WEDNESDAY, (NOON,), {"午间轮借": {CycleDay(2): [G3_2]}})


def test_a_replacement_holds_alone_between_its_two_dates() -> None:
    timetable = exceptional(replacements=(WORKS,))

    assert told(timetable, MONDAY) == ["大课间 10:00-10:20", "班级轮借 16:30-17:00 2024-1"]
    assert told(timetable, TUESDAY) == ["午间轮借 12:30-13:00"]
    assert told(timetable, WEDNESDAY) == ["午间轮借 12:30-13:00 2024-2"]
    assert told(timetable, THURSDAY) == ["大课间 10:00-10:20", "班级轮借 16:30-17:00 2024-2"]


def test_a_class_that_only_a_coming_replacement_names_has_turns() -> None:
    works = replace(WORKS, turns={"午间轮借": {CycleDay(2): [ClassOfGrade(1, 9)]}})
    timetable = exceptional(replacements=(works,))

    assert timetable.has_turns(ClassCode("2026-9"), MONDAY)
    assert not timetable.has_turns(ClassCode("2026-9"), THURSDAY)


def test_a_cancelled_window_does_not_open_and_says_why_its_turns_are_off() -> None:
    timetable = exceptional(changes=(Cancelled(WEDNESDAY, "班级轮借", reason="秋游"),))

    assert told(timetable, WEDNESDAY) == ["大课间 10:00-10:20"]
    assert timetable.called_off_on(WEDNESDAY) == {
        (ClassCode("2021-2"), "班级轮借", WEDNESDAY): "秋游",
        (ClassCode("2022-1"), "班级轮借", WEDNESDAY): "秋游",
    }
    assert timetable.called_off_on(TUESDAY) == {}
    assert len(timetable.openings_on(date(2026, 9, 23))) == 2


def test_a_turn_may_be_cancelled_for_one_of_the_classes() -> None:
    timetable = exceptional(changes=(Cancelled(WEDNESDAY, "班级轮借", (G6_2,)),))

    assert class_opening(timetable, WEDNESDAY).classes == ("2022-1",)
    assert WEDNESDAY not in days_of(timetable, "2021-2")
    assert list(timetable.called_off_on(WEDNESDAY)) == [("2021-2", "班级轮借", WEDNESDAY)]


def test_a_window_moved_is_open_at_its_new_times_only() -> None:
    moved = Moved(THURSDAY, "班级轮借", time(8, 30), time(9))
    timetable = exceptional(changes=(moved,))

    assert told(timetable, THURSDAY) == [
        "班级轮借 08:30-09:00 2024-2 moved",
        "大课间 10:00-10:20",
    ]
    assert [one.window.name for one in timetable.open_at(local("2026-09-17 09:04"))] == ["班级轮借"]
    assert timetable.open_at(local("2026-09-17 16:40")) == ()


def test_one_of_two_classes_may_move_alone() -> None:
    moved = Moved(WEDNESDAY, "班级轮借", time(12, 30), time(13), (G5_1,))
    timetable = exceptional(changes=(moved,))

    assert told(timetable, WEDNESDAY)[1:] == [
        "班级轮借 12:30-13:00 2022-1 moved",
        "班级轮借 16:30-17:00 2021-2",
    ]


def test_a_change_for_a_class_that_has_no_turn_there_changes_nothing() -> None:
    moved = Moved(WEDNESDAY, "班级轮借", time(12, 30), time(13), (G3_1,))

    assert told(exceptional(changes=(moved,)), WEDNESDAY) == told(make_timetable(), WEDNESDAY)


def test_two_classes_swap_one_turn_and_no_other() -> None:
    timetable = exceptional(swaps=(Swap(MONDAY, G3_1, G3_2, THURSDAY),))

    assert told(timetable, MONDAY)[1] == "班级轮借 16:30-17:00 2024-2 swap"
    assert told(timetable, THURSDAY)[1] == "班级轮借 16:30-17:00 2024-1 swap"
    assert told(timetable, date(2026, 9, 21))[1] == "班级轮借 16:30-17:00 2024-1"
    assert timetable.idle_swaps == ()


def test_a_class_that_shares_its_turn_leaves_the_other_class_where_it_was() -> None:
    timetable = exceptional(swaps=(Swap(WEDNESDAY, G6_2, G3_1, MONDAY),))
    opening = class_opening(timetable, WEDNESDAY)

    assert opening.classes == ("2024-1", "2022-1")
    assert [opening.source_of(code) for code in opening.classes] == ["swap", "plan"]


def test_a_swap_may_build_on_the_one_before_it() -> None:
    first = Swap(MONDAY, G3_1, G3_2, THURSDAY)
    second = Swap(THURSDAY, G3_1, ClassOfCohort(ClassCode("2023-2")), TUESDAY)
    timetable = exceptional(swaps=(first, second))

    assert class_opening(timetable, MONDAY).classes == ("2024-2",)
    assert class_opening(timetable, TUESDAY).classes == ("2024-1",)
    assert class_opening(timetable, THURSDAY).classes == ("2023-2",)


@pytest.mark.parametrize(
    "swap",
    [
        Swap(TUESDAY, G3_1, G3_2, THURSDAY),  # 三(1)班 has no turn on Tuesday
        Swap(MONDAY, G3_1, G3_2, SATURDAY),  # no school
        Swap(WEDNESDAY, G6_2, G5_1, WEDNESDAY),  # one opening
        Swap(MONDAY, G3_1, G3_2, THURSDAY, "大课间"),  # not their window
    ],
)
def test_a_swap_that_cannot_be_made_changes_nothing_and_is_told(swap: Swap) -> None:
    timetable, plain = exceptional(swaps=(swap,)), make_timetable()

    assert timetable.idle_swaps == (swap,)
    for on in (MONDAY, TUESDAY, WEDNESDAY, THURSDAY, SATURDAY):
        assert timetable.openings_on(on) == plain.openings_on(on)


def test_a_swap_that_would_give_a_class_two_places_in_one_window_is_not_made() -> None:
    turns = {"班级轮借": {CycleDay(0): [G3_1], CycleDay(2): [G3_1, G3_2]}}
    swap = Swap(MONDAY, G3_1, G3_2, WEDNESDAY)

    assert exceptional(swaps=(swap,), turns=turns).idle_swaps == (swap,)


def test_no_class_is_swapped_into_its_own_pause() -> None:
    timetable = exceptional(
        swaps=(Swap(MONDAY, G3_1, G6_2, WEDNESDAY),),
        pauses=(Pause("毕业考试", MONDAY, MONDAY, frozenset({6})),),
    )

    assert class_opening(timetable, MONDAY).classes == ("2024-1",)
    assert class_opening(timetable, WEDNESDAY).classes == ("2021-2", "2022-1")


def test_a_swap_in_one_of_two_windows_leaves_the_other() -> None:
    noon = {CycleDay(0): [G3_1], CycleDay(3): [G3_2]}
    timetable = make_timetable(
        windows=(NOON, CLASS_WINDOW),
        turns={"午间轮借": noon, "班级轮借": noon},
        exceptions=Exceptions(swaps=(Swap(MONDAY, G3_1, G3_2, THURSDAY, "班级轮借"),)),
    )

    assert told(timetable, MONDAY) == [
        "午间轮借 12:30-13:00 2024-1",
        "班级轮借 16:30-17:00 2024-2 swap",
    ]


def test_an_extra_turn_is_beside_the_class_of_the_day() -> None:
    timetable = exceptional(extra_turns=(ExtraTurn(FRIDAY, "班级轮借", G3_1),))
    opening = class_opening(timetable, FRIDAY)

    assert opening.classes == ("2025-1", "2026-1", "2024-1")
    assert [opening.source_of(code) for code in opening.classes] == ["plan", "plan", "extra"]
    assert opening.source == "extra"
    assert days_of(timetable, "2024-1")[1:4] == [MONDAY, FRIDAY, date(2026, 9, 21)]


def test_an_extra_turn_opens_a_window_on_a_day_that_it_does_not_have() -> None:
    mondays = replace(CLASS_WINDOW, days=frozenset({CycleDay(0)}))
    extra = ExtraTurn(TUESDAY, "班级轮借", G3_2)
    timetable = make_timetable(windows=(mondays,), exceptions=Exceptions(extra_turns=(extra,)))

    assert told(timetable, TUESDAY) == ["班级轮借 16:30-17:00 2024-2 extra"]


def test_an_extra_turn_is_not_held_without_school_nor_in_a_pause() -> None:
    timetable = exceptional(
        extra_turns=(ExtraTurn(SATURDAY, "班级轮借", G3_1), ExtraTurn(FRIDAY, "班级轮借", G3_1)),
        pauses=(Pause("", FRIDAY, FRIDAY),),
    )

    assert timetable.openings_on(SATURDAY) == ()
    assert timetable.openings_on(FRIDAY) == ()


def test_a_class_whose_only_turn_is_an_extra_one_has_turns_until_then() -> None:
    timetable = exceptional(extra_turns=(ExtraTurn(FRIDAY, "班级轮借", ClassOfGrade(6, 1)),))

    assert timetable.has_turns(ClassCode("2021-1"), THURSDAY)
    assert not timetable.has_turns(ClassCode("2021-1"), FRIDAY)


@pytest.mark.parametrize(
    ("on", "note"),
    [
        (date(2026, 8, 31), DayNote("no_term")),
        (MONDAY, None),
        (SATURDAY, DayNote("make_up", "调休", 0)),
        (date(2026, 9, 20), DayNote("weekend")),
        (date(2026, 9, 23), DayNote("pause", "期中考试")),
        (date(2026, 10, 1), DayNote("holiday", "国庆节")),
        (date(2026, 11, 3), DayNote("replacement", "校园改造")),
        (date(2027, 2, 1), DayNote("no_term")),
        (date(2027, 7, 2), None),
        (date(2027, 7, 3), DayNote("after_last_term", SPRING.name)),
    ],
)
def test_a_day_without_school_or_lending_says_why(on: date, note: DayNote | None) -> None:
    timetable = make_timetable(
        terms=(AUTUMN, SPRING),
        make_up_days=(MakeUpDay(SATURDAY, 0, name="调休"),),
        exceptions=Exceptions(
            (Pause("期中考试", date(2026, 9, 23), date(2026, 9, 24)),),
            (replace(WORKS, first_on=date(2026, 11, 2), last_on=date(2026, 11, 6)),),
        ),
    )

    assert timetable.explain_day(on) == note


def test_a_grade_with_an_earlier_end_of_lending_is_sent_to_no_opening_after_it() -> None:
    early = EarlyRecall(frozenset({6}), date(2027, 1, 4), date(2027, 1, 6))
    timetable = make_timetable(terms=(replace(AUTUMN, early=(early,)),))

    assert timetable.lends_on(make_member("2021-2"), date(2027, 1, 4))
    assert not timetable.lends_on(make_member("2021-2"), date(2027, 1, 5))
    assert timetable.lends_on(make_member("2022-1"), date(2027, 1, 5))
    assert timetable.lends_on(make_member(None, "teacher"), date(2027, 1, 20))
    assert timetable.next_opening(make_member("2021-2"), local("2027-01-04 17:30")) is None
