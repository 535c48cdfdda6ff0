"""Days without borrowing for days late, and what a lost book costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    CLASS_WINDOW,
    FREE_WINDOW,
    STUDENT,
    local,
    make_loan,
    make_policy,
    make_reader,
    make_teacher,
    make_timetable,
)
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import ClassCode
from kiosk.rotation.live import Live, TurnKey
from kiosk.rules.asked import Policy
from kiosk.rules.charges import charge_fen
from kiosk.rules.suspension import suspended_until

DUE = make_loan(2, due="2026-09-10")


def policy(per_day: int = 1, most: int = 30, *, held: tuple[str, ...] = ()) -> Policy:
    """Build a school whose classes have their turns only, held on these days."""
    keys = (TurnKey(ClassCode("2024-2"), "班级轮借", date.fromisoformat(day)) for day in held)
    timetable = make_timetable(windows=(CLASS_WINDOW,)).with_live(Live(held=frozenset(keys)))
    return make_policy(timetable, suspend_days_per_day_late=per_day, suspend_days_most=most)


@pytest.mark.parametrize(
    ("returned", "per_day", "most", "until"),
    [
        ("2026-09-10 17:30", 1, 30, None),  # on its day
        ("2026-09-11 10:05", 1, 30, date(2026, 9, 12)),
        ("2026-09-14 10:05", 1, 30, date(2026, 9, 18)),
        ("2026-09-14 10:05", 3, 30, date(2026, 9, 26)),
        ("2026-09-14 10:05", 3, 5, date(2026, 9, 19)),  # never more than the most
        ("2026-09-14 10:05", 0, 30, None),  # off
    ],
)
def test_a_suspension_is_as_long_as_the_book_was_late(
    returned: str, per_day: int, most: int, until: date | None
) -> None:
    school = policy(per_day, most, held=("2026-09-10",))

    assert suspended_until(DUE, make_reader(), school, local(returned)) == until


@pytest.mark.parametrize(
    ("held", "returned", "until"),
    [
        ((), "2026-09-18 10:05", None),  # no turn was held
        (("2026-09-03",), "2026-09-18 10:05", None),  # nor one since it was due
        (("2026-09-17",), "2026-09-17 16:45", None),  # in the first turn that was
        (("2026-09-17",), "2026-09-18 10:05", date(2026, 9, 19)),
        (("2026-09-10", "2026-09-17"), "2026-09-18 10:05", date(2026, 9, 26)),
    ],
)
def test_days_late_count_from_the_first_chance_to_bring_the_book_back(
    held: tuple[str, ...], returned: str, until: date | None
) -> None:
    assert suspended_until(DUE, make_reader(), policy(held=held), local(returned)) == until


def test_an_open_break_is_a_chance_too() -> None:
    breaks = make_policy(make_timetable(windows=(FREE_WINDOW,)), suspend_days_per_day_late=1)

    assert suspended_until(DUE, make_reader(), breaks, local("2026-09-12 10:05")) == date(
        2026, 9, 14
    )


def test_the_later_of_two_suspensions_counts_and_they_are_not_added_up() -> None:
    school, at = policy(held=("2026-09-10",)), local("2026-09-14 10:05")
    shorter = make_reader(suspended_until=date(2026, 9, 17))
    longer = make_reader(suspended_until=date(2026, 9, 18))

    assert suspended_until(DUE, shorter, school, at) == date(2026, 9, 18)
    assert suspended_until(DUE, longer, school, at) is None


def test_only_pupils_are_suspended() -> None:
    school, at = policy(held=("2026-09-10",)), local("2026-10-10 10:05")

    assert suspended_until(DUE, make_teacher(), school, at) is None
    assert suspended_until(DUE, make_reader(kind="class"), school, at) is None


def test_a_pupil_who_may_come_at_any_time_is_late_from_the_day_after() -> None:
    school = replace(policy(), rules=(replace(STUDENT, anytime=True),))

    assert suspended_until(DUE, make_reader(), school, local("2026-09-13 10:05")) == date(
        2026, 9, 16
    )


@given(st.integers(0, 60), st.integers(1, 9), st.integers(1, 40))
def test_a_suspension_is_never_longer_than_the_most_nor_than_the_days_late(
    late: int, per_day: int, most: int
) -> None:
    returned = local("2026-09-10 18:00") + timedelta(days=late)
    school = policy(per_day, most, held=("2026-09-10",))

    until = suspended_until(DUE, make_reader(), school, returned)

    if late == 0:
        assert until is None
    else:
        assert until is not None
        assert (until - returned.date()).days == min(late * per_day, most)


@pytest.mark.parametrize(
    ("price", "factor", "charge"),
    [
        (2000, 1.0, 2000),
        (1985, 1.5, 2978),  # half a fen is rounded up
        (1010, 1.15, 1162),  # 1161.5, whatever a float makes of it
        (1999, 0.0, 0),
        (None, 2.0, None),
    ],
)
def test_a_charge_is_the_price_times_the_factor_in_whole_fen(
    price: int | None, factor: float, charge: int | None
) -> None:
    assert charge_fen(price, factor) == charge
