"""One plain cycle of the rotation: every window on every day, as if no day were without school."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.domain import ClassCode
from kiosk.rotation.windows import CycleDay, Turns, Window


@dataclass(frozen=True, slots=True)
class Named:
    """A class as one entry of the turns names it: `mon`, or `A.mon` in one week of the cycle."""

    day: CycleDay
    school_class: ClassCode


@dataclass(frozen=True, slots=True)
class PlainOpening:
    """A window on one day of the cycle (Monday = 0, week A = 0), with the classes it is for.

    `named` keeps a class that stands there twice.
    """

    window: Window
    weekday: int
    week: int
    named: tuple[Named, ...] = ()

    @property
    def classes(self) -> tuple[ClassCode, ...]:
        """The classes whose turn it is, each once."""
        return tuple(dict.fromkeys(one.school_class for one in self.named))

    @property
    def minutes(self) -> int:
        """How long the window is open, its grace not counted."""
        opens, closes = self.span
        return closes - opens

    @property
    def span(self) -> tuple[int, int]:
        """The minutes of the day from which and until which it is open, without its grace."""
        opens, closes = self.window.opens, self.window.closes
        return opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute

    def is_same_time(self, other: PlainOpening) -> bool:
        """Tell whether both are open at one moment of some day."""
        return (
            (self.weekday, self.week) == (other.weekday, other.week)
            and self.window.opens < other.window.closes
            and other.window.opens < self.window.closes
            and self.shares_weeks(other)
        )

    def shares_weeks(self, other: PlainOpening) -> bool:
        """Tell whether both windows are in use in some school week of a term."""
        first = max(self.window.from_week, other.window.from_week)
        ends = [one.window.to_week for one in (self, other) if one.window.to_week is not None]
        return not ends or first <= min(ends)


def plain_cycle(
    windows: Sequence[Window], turns: Turns, weeks: int, *, on: date
) -> tuple[PlainOpening, ...]:
    """List the openings of one cycle in order of time; `on` says which classes its grades are."""
    found = [
        PlainOpening(window, weekday, week, _named(window, turns, weekday, week, on=on))
        for week in range(weeks)
        for weekday in range(7)
        for window in windows
        if any(day.falls_on(weekday, week) for day in window.days)
    ]
    return tuple(sorted(found, key=lambda one: (one.week, one.weekday, one.window.opens)))


def class_openings(
    windows: Sequence[Window], turns: Turns, weeks: int, *, on: date
) -> tuple[PlainOpening, ...]:
    """List the openings of class windows alone, as `plain_cycle` does."""
    cycle = plain_cycle(windows, turns, weeks, on=on)
    return tuple(one for one in cycle if one.window.kind == "class")


def _named(window: Window, turns: Turns, weekday: int, week: int, *, on: date) -> tuple[Named, ...]:
    return tuple(
        Named(day, ref.code(on))
        for day, refs in turns.get(window.name, {}).items()
        if day.falls_on(weekday, week)
        for ref in refs
    )
