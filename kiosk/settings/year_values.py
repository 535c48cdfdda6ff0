"""Builds the core's values of the school year from their sections, one function for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from kiosk import calendar
from kiosk.rotation import exceptions, windows
from kiosk.rotation.classes import ClassNames
from kiosk.settings import texts, year


def term(section: year.Term) -> calendar.Term:
    """Build a term; what is left out follows from the dates after it."""
    recall_on = section.recall_on or section.ends_on
    lending_ends_on = section.lending_ends_on or recall_on
    return calendar.Term(
        section.name,
        section.starts_on,
        section.ends_on,
        lending_ends_on=lending_ends_on,
        recall_on=recall_on,
        early=tuple(
            calendar.EarlyRecall(
                frozenset(one.grades),
                one.lending_ends_on or min(lending_ends_on, one.recall_on),
                one.recall_on,
            )
            for one in section.early
        ),
        holiday_loans_from=section.holiday_loans_from,
    )


def holiday(section: year.Holiday) -> calendar.Holiday:
    """Build a holiday, of one day if it has no last one."""
    return calendar.Holiday(section.name, section.first_on, section.last_on or section.first_on)


def make_up_day(section: year.MakeUpDay, weeks: int) -> calendar.MakeUpDay:
    """Build a make-up day in a cycle of `weeks` weeks."""
    follows = texts.cycle_day(section.follows, weeks)
    return calendar.MakeUpDay(section.on, follows.weekday, follows.week, section.name)


def weekdays(sections: Iterable[year.Window], weeks: int) -> frozenset[int]:
    """Collect the weekdays that windows name."""
    return frozenset(texts.cycle_day(day, weeks).weekday for one in sections for day in one.days)


def window(section: year.Window, weeks: int) -> windows.Window:
    """Build a window in a cycle of `weeks` weeks."""
    return windows.Window(
        section.name,
        section.kind,
        frozenset(texts.cycle_day(day, weeks) for day in section.days),
        section.opens,
        section.closes,
        timedelta(minutes=section.grace_min),
        None if section.grades is None else frozenset(section.grades),
        section.from_week or 1,
        section.to_week,
    )


def turns(
    tables: Mapping[str, Mapping[str, Sequence[str]]], names: ClassNames, weeks: int
) -> windows.Turns:
    """Build turns from their tables: by window and day, the classes."""
    return {
        window_name: {
            texts.cycle_day(day, weeks): _refs(classes, names) for day, classes in days.items()
        }
        for window_name, days in tables.items()
    }


def pause(section: year.Pause) -> exceptions.Pause:
    """Build a pause, of one day if it has no last one."""
    return exceptions.Pause(
        section.name,
        section.first_on,
        section.last_on or section.first_on,
        None if section.grades is None else frozenset(section.grades),
    )


def replacement(section: year.Replacement, names: ClassNames, weeks: int) -> exceptions.Replacement:
    """Build a timetable that holds for a while, in the same cycle of weeks."""
    return exceptions.Replacement(
        section.name,
        section.first_on,
        section.last_on,
        tuple(window(one, weeks) for one in section.window),
        turns(section.turns, names, weeks),
    )


def change(section: year.Change, names: ClassNames) -> exceptions.Change:
    """Build a change: moved if it has times, else cancelled."""
    classes = None if section.classes is None else _refs(section.classes, names)
    if section.opens is not None and section.closes is not None:
        return exceptions.Moved(section.on, section.window, section.opens, section.closes, classes)
    return exceptions.Cancelled(section.on, section.window, classes, section.reason)


def swap(section: year.Swap, names: ClassNames) -> exceptions.Swap:
    """Build an exchange of two turns."""
    return exceptions.Swap(
        section.on,
        texts.class_ref(section.school_class, names),
        texts.class_ref(section.with_class, names),
        section.with_on,
        section.window,
    )


def extra_turn(section: year.ExtraTurn, names: ClassNames) -> exceptions.ExtraTurn:
    """Build a turn in addition."""
    return exceptions.ExtraTurn(
        section.on, section.window, texts.class_ref(section.school_class, names)
    )


def _refs(classes: Iterable[str], names: ClassNames) -> tuple[windows.ClassRef, ...]:
    return tuple(texts.class_ref(label, names) for label in classes)
