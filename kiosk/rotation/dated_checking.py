"""Finds dated entries of the settings that come to nothing: no school, window or turn that day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Final

from kiosk.calendar import days_before, days_from
from kiosk.domain import ClassCode
from kiosk.rotation.exceptions import Change, Exceptions, Swap
from kiosk.rotation.findings import (
    Entry,
    Finding,
    IdleSwap,
    NoSchool,
    NoTurnThatDay,
    NoWindowThatDay,
)
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening

_NEAR_DAYS: Final = 60  # a turn in every eighth week is among them


def check_dates(timetable: Timetable) -> list[Finding]:
    """List what is odd about swaps, extra turns and changes, each kind in its order."""
    return [*_swaps(timetable), *_extra_turns(timetable), *_changes(timetable)]


def _swaps(timetable: Timetable) -> Iterator[Finding]:
    exceptions = replace(timetable.exceptions, changes=())
    for number, swap in enumerate(exceptions.swaps, 1):
        # A swap may build on those before it; cancelled windows do not concern it.
        before = _under(timetable, replace(exceptions, swaps=exceptions.swaps[: number - 1]))
        sides = list(_sides(before, swap, number))
        yield from sides
        after = _under(timetable, replace(exceptions, swaps=exceptions.swaps[:number]))
        if not sides and len(after.idle_swaps) > len(before.idle_swaps):
            yield IdleSwap(Entry("swap", number, "with"))


def _sides(before: Timetable, swap: Swap, number: int) -> Iterator[Finding]:
    for key, on, ref in (
        ("on", swap.on, swap.school_class),
        ("with_on", swap.with_on, swap.with_class),
    ):
        entry, code = Entry("swap", number, key), ref.code(on)
        no_school = _no_school(before, entry, on)

        def is_turn(one: Opening, code: ClassCode = code) -> bool:
            return code in one.classes and swap.window in (None, one.window.name)

        if no_school is not None:
            yield no_school
        elif not any(map(is_turn, before.planned_on(on))):
            yield NoTurnThatDay(entry, code, on, _near(before, on, is_turn))


def _extra_turns(timetable: Timetable) -> Iterator[Finding]:
    for number, extra in enumerate(timetable.exceptions.extra_turns, 1):
        no_school = _no_school(timetable, Entry("extra_turn", number, "on"), extra.on)
        if no_school is not None:
            yield no_school


def _changes(timetable: Timetable) -> Iterator[Finding]:
    before = _under(timetable, replace(timetable.exceptions, changes=()))
    for number, change in enumerate(timetable.exceptions.changes, 1):
        entry = Entry("change", number, "on")
        no_school = _no_school(before, entry, change.on)
        if no_school is not None:
            yield no_school
        else:
            yield from _change(before, change, entry)


def _change(before: Timetable, change: Change, entry: Entry) -> Iterator[Finding]:
    def is_window(one: Opening) -> bool:
        return one.window.name == change.window

    openings = [one for one in before.planned_on(change.on) if is_window(one)]
    if not openings:
        near = _near(before, change.on, is_window)
        yield NoWindowThatDay(entry, change.window, change.on, near)
        return
    for ref in change.classes or ():
        code = ref.code(change.on)
        if not any(code in one.classes for one in openings):

            def is_turn(one: Opening, code: ClassCode = code) -> bool:
                return is_window(one) and code in one.classes

            near = _near(before, change.on, is_turn)
            yield NoTurnThatDay(Entry("change", entry.number, "classes"), code, change.on, near)


def _no_school(timetable: Timetable, entry: Entry, on: date) -> NoSchool | None:
    """Say that nobody borrows on a day at all: no school, or a pause."""
    if timetable.calendar.is_school_day(on) and timetable.exceptions.pause_on(on) is None:
        return None
    near = _near(timetable, on, lambda one: one.window.kind == "class")
    return NoSchool(entry, on, timetable.explain_day(on), near)


def _near(timetable: Timetable, on: date, fits: Callable[[Opening], bool]) -> tuple[date, ...]:
    """Find the last day before `on` and the first one after it with an opening that fits."""
    found = []
    for days in (days_before(on), days_from(on)):
        next(days)
        near = islice(days, _NEAR_DAYS)
        found.append(next((day for day in near if any(map(fits, timetable.planned_on(day)))), None))
    return tuple(day for day in found if day is not None)


def _under(timetable: Timetable, exceptions: Exceptions) -> Timetable:
    return Timetable(
        timetable.calendar,
        timetable.windows,
        timetable.turns,
        zone=timetable.zone,
        weeks=timetable.weeks,
        exceptions=exceptions,
        grades=timetable.grades,
    )
