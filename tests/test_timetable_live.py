"""What happened beside the plan: windows opened by staff, turns cancelled and held, late loans."""

from __future__ import annotations

from datetime import date

import pytest
from builders import CLASS_WINDOW, FREE_WINDOW, local, make_member, make_timetable

from kiosk.domain import ClassCode
from kiosk.rotation.due import is_overdue
from kiosk.rotation.exceptions import Cancelled, Exceptions, Pause
from kiosk.rotation.live import Live, OpenedNow, TurnKey
from kiosk.rotation.timetable import Timetable

OURS, OTHERS = ClassCode("2024-2"), ClassCode("2024-1")
THURSDAY, NEXT_THURSDAY = date(2026, 9, 17), date(2026, 9, 24)
TURNS_ONLY = make_timetable(windows=(CLASS_WINDOW,))
FREE_ONLY = make_timetable(windows=(FREE_WINDOW,))


def opened(at: str, until: str, *classes: ClassCode, seq: int = 7) -> OpenedNow:
    """Write what staff opened on one day."""
    return OpenedNow(seq, local(at), local(f"{at[:10]} {until}"), classes, "临时开放")


def test_a_window_opened_for_a_class_serves_it_and_no_other_until_the_chosen_time() -> None:
    live = Live(opened=(opened("2026-09-15 12:10", "12:40", OURS),))
    timetable = make_timetable().with_live(live)
    (opening,) = timetable.open_at(local("2026-09-15 12:39"))

    assert (opening.window.name, opening.window.kind) == ("临时开放", "class")
    assert (opening.source, opening.opened_seq) == ("opened", 7)
    assert opening.is_for(make_member("2024-2"))
    assert not opening.is_for(make_member("2024-1"))
    assert opening.key(OURS) == TurnKey(OURS, "临时开放", date(2026, 9, 15))
    assert timetable.open_at(local("2026-09-15 12:40")) == ()


def test_a_window_opened_for_the_whole_school_is_free_to_all() -> None:
    live = Live(opened=(opened("2026-09-15 12:10", "12:40"),))
    (opening,) = make_timetable().with_live(live).open_at(local("2026-09-15 12:10"))

    assert opening.window.kind == "free"
    assert opening.is_for(make_member("2026-1"))
    assert opening.is_for(make_member(None, "teacher"))


def test_staff_may_open_on_a_day_without_school() -> None:
    live = Live(opened=(opened("2026-09-12 10:00", "11:00"),))
    timetable = make_timetable().with_live(live)

    assert len(timetable.openings_on(date(2026, 9, 12))) == 1
    assert len(timetable.open_at(local("2026-09-12 10:30"))) == 1


def test_what_was_opened_is_not_planned_and_the_first_timetable_stays_as_it_was() -> None:
    plain = make_timetable()
    before = plain.openings_on(date(2026, 9, 15))

    later = plain.with_live(Live(opened=(opened("2026-09-15 12:10", "12:40", OURS),)))

    assert later.planned_on(date(2026, 9, 15)) == before
    assert [one.window.name for one in later.openings_on(date(2026, 9, 15))] == [
        "大课间",
        "临时开放",
        "班级轮借",
    ]
    assert plain.openings_on(date(2026, 9, 15)) == before


def test_a_cancelled_turn_is_taken_from_its_class_and_the_window_stays() -> None:
    key = TurnKey(OURS, "班级轮借", THURSDAY)
    timetable = TURNS_ONLY.with_live(Live(cancelled=frozenset({key})))
    (opening,) = timetable.openings_on(THURSDAY)

    assert opening.classes == ()
    assert not opening.is_for(make_member("2024-2"))
    assert timetable.planned_on(THURSDAY)[0].classes == (OURS,)
    assert timetable.day_of_turn(OURS, 1, THURSDAY) == NEXT_THURSDAY


def test_a_turn_cancelled_after_it_was_asked_for_is_not_the_next_any_more() -> None:
    assert TURNS_ONLY.day_of_turn(OURS, 1, THURSDAY) == THURSDAY

    cancelled = frozenset({TurnKey(OURS, "班级轮借", THURSDAY)})
    later = TURNS_ONLY.with_live(Live(cancelled=cancelled))

    assert later.day_of_turn(OURS, 1, THURSDAY) == NEXT_THURSDAY
    assert later.with_live(Live()).day_of_turn(OURS, 1, THURSDAY) == THURSDAY


def late(timetable: Timetable, at: str, school_class: str = "2024-2", due: str = "09-17") -> bool:
    """Tell whether a loan of a pupil is late."""
    due_on = date.fromisoformat(f"2026-{due}")
    return is_overdue(due_on, timetable, make_member(school_class), local(at))


def held(*keys: tuple[ClassCode, str, date]) -> Live:
    """Write which turns were held."""
    return Live(held=frozenset(TurnKey(*key) for key in keys))


@pytest.mark.parametrize(
    ("live", "at", "expected"),
    [
        (Live(), "2026-10-20 12:00", False),  # missed, or not settled: never counts
        (held((OURS, "班级轮借", THURSDAY)), "2026-09-17 17:30", False),  # the due date itself
        (held((OURS, "班级轮借", THURSDAY)), "2026-09-18 08:00", True),
        (held((OURS, "班级轮借", NEXT_THURSDAY)), "2026-09-24 16:59", False),  # not over yet
        (held((OURS, "班级轮借", NEXT_THURSDAY)), "2026-09-24 17:00", True),
        (held((OTHERS, "班级轮借", THURSDAY)), "2026-09-30 12:00", False),  # another class's
        (held((OURS, "班级轮借", date(2026, 9, 10))), "2026-09-30 12:00", False),  # before the due
    ],
)
def test_only_a_turn_that_was_held_makes_a_loan_late(live: Live, at: str, expected: bool) -> None:
    assert late(TURNS_ONLY.with_live(live), at) is expected


def test_a_held_window_that_staff_opened_for_the_class_is_a_chance_once_it_is_over() -> None:
    opening = opened("2026-09-22 12:10", "12:40", OURS)
    turn = TurnKey(OURS, "临时开放", date(2026, 9, 22))
    timetable = TURNS_ONLY.with_live(Live(opened=(opening,), held=frozenset({turn})))
    not_held = TURNS_ONLY.with_live(Live(opened=(opening,)))

    assert not late(timetable, "2026-09-22 12:39")
    assert late(timetable, "2026-09-22 12:40")
    assert not late(not_held, "2026-09-23 12:00")


def test_a_window_opened_for_the_whole_school_is_a_chance_like_a_break() -> None:
    live = Live(opened=(opened("2026-09-22 12:10", "12:40"),))

    assert late(TURNS_ONLY.with_live(live), "2026-09-22 12:40")
    assert not late(TURNS_ONLY.with_live(live), "2026-09-22 12:39")


def test_a_free_window_counts_for_the_grades_it_is_open_to_and_not_in_a_pause() -> None:
    exams = Pause("", date(2026, 9, 17), date(2026, 9, 22))
    grade = Pause("", date(2026, 9, 17), date(2026, 9, 22), frozenset({3}))
    paused = make_timetable(windows=(FREE_WINDOW,), exceptions=Exceptions((exams,)))
    grade_paused = make_timetable(windows=(FREE_WINDOW,), exceptions=Exceptions((grade,)))

    assert late(FREE_ONLY, "2026-09-18 08:00")
    assert not late(FREE_ONLY, "2026-10-20 12:00", "2025-1")  # grade 2
    assert not late(paused, "2026-09-23 10:19")
    assert late(paused, "2026-09-23 10:20")
    assert not late(grade_paused, "2026-09-23 10:19")
    assert late(grade_paused, "2026-09-18 08:00", "2021-1")


def test_a_cancelled_break_is_no_chance() -> None:
    changes = (Cancelled(date(2026, 9, 17), "大课间"), Cancelled(date(2026, 9, 18), "大课间"))
    timetable = make_timetable(windows=(FREE_WINDOW,), exceptions=Exceptions(changes=changes))

    assert not late(timetable, "2026-09-18 17:00")
    assert late(timetable, "2026-09-21 10:20")


def test_who_may_come_at_any_time_needs_neither_a_turn_nor_a_window() -> None:
    member = make_member("2024-2")

    assert is_overdue(THURSDAY, TURNS_ONLY, member, local("2026-09-18 00:01"), anytime=True)


def test_a_class_has_held_a_turn_only_from_the_day_asked_for() -> None:
    timetable = TURNS_ONLY.with_live(held((OURS, "班级轮借", THURSDAY)))
    at = local("2026-09-30 12:00")

    assert timetable.has_held_turn(OURS, THURSDAY, at)
    assert not timetable.has_held_turn(OURS, date(2026, 9, 18), at)
    assert not timetable.has_held_turn(OTHERS, THURSDAY, at)
