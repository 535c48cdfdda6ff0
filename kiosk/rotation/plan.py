"""What the settings plan for a day: windows and turns, with every exception applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, tzinfo
from functools import cached_property
from typing import Final, Literal, NamedTuple

from kiosk.calendar import SchoolCalendar
from kiosk.domain import ClassCode
from kiosk.rotation.exceptions import Cancelled, Change, Exceptions, ExtraTurn, Moved, Paused, Swap
from kiosk.rotation.live import TurnKey
from kiosk.rotation.windows import CycleDay, Opening, Source, Turns, Window, grade_of_class

_CACHED_DAYS: Final = 500


@dataclass(frozen=True, slots=True)
class DayNote:
    """What is special about a day; `name` is that of the holiday, the pause, the term ...

    `follows` is the weekday (Monday = 0) whose timetable holds on a make-up day, else None.
    """

    kind: Literal[
        "holiday", "pause", "no_term", "weekend", "make_up", "replacement", "after_last_term"
    ]
    name: str = ""
    follows: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day as planned, openings in order of time; `called_off`: cancelled turns and why."""

    openings: tuple[Opening, ...] = ()
    called_off: Mapping[TurnKey, str] = field(default_factory=dict)


class _Place(NamedTuple):
    """Where a class has its turn: the day and the opening's number on it."""

    on: date
    number: int


@dataclass(frozen=True, slots=True)
class _Swapped:
    openings: dict[date, list[Opening]]
    idle: tuple[Swap, ...]


class Plan:
    """The weekly timetable over a school calendar with the exceptions of the settings."""

    def __init__(
        self,
        calendar: SchoolCalendar,
        windows: Sequence[Window],
        turns: Turns,
        *,
        zone: tzinfo,
        weeks: int,
        exceptions: Exceptions,
        grades: int,
    ) -> None:
        self.calendar = calendar
        self.windows = tuple(windows)
        self.turns = turns
        self.zone = zone
        self.weeks = weeks
        self.exceptions = exceptions
        self.grades = grades
        # Every scan asks for the same few days; a term of them stays far below a megabyte.
        self._days: dict[date, PlannedDay] = {}

    def day(self, on: date) -> PlannedDay:
        """Plan one day; nothing opens on a day without school."""
        known = self._days.get(on)
        if known is None:
            if len(self._days) > _CACHED_DAYS:
                self._days.clear()
            known = self._days[on] = self._find(on)
        return known

    @property
    def idle_swaps(self) -> tuple[Swap, ...]:
        """The swaps that change nothing: a class has no turn to give, or none to take."""
        return self._swapped.idle

    def followed(self, on: date) -> CycleDay:
        """Say the weekday and the week of the cycle whose timetable holds on a day."""
        made_up = self.calendar.make_up_day(on)
        if made_up is None:
            return CycleDay(on.weekday(), self.cycle_week(on))
        week = self.cycle_week(on) if made_up.week is None else made_up.week
        return CycleDay(made_up.weekday, week)

    def cycle_week(self, on: date) -> int:
        """Tell the week of the cycle, 0 for A; weeks count from the term's first."""
        term = self.calendar.term_of(on)
        return 0 if term is None else (term.week(on) - 1) % self.weeks

    def explain(self, on: date) -> DayNote | None:
        """Say why a day has no school or no lending, or whose timetable it has; None: an own."""
        calendar = self.calendar
        if calendar.term_of(on) is None:
            ended = calendar.last_term_ending(on, within_days=0)
            over = ended is not None and ended.ends_on < on
            return DayNote("after_last_term", ended.name) if ended and over else DayNote("no_term")
        pause, made_up = self.exceptions.pause_on(on), calendar.make_up_day(on)
        holiday = calendar.holiday_of(on)
        if made_up is None and holiday is not None:
            return DayNote("holiday", holiday.name)
        if made_up is None and not calendar.is_school_weekday(on):
            return DayNote("weekend")
        if pause is not None:
            return DayNote("pause", pause.name)
        if made_up is not None:
            return DayNote("make_up", made_up.name, made_up.weekday)
        instead = self.exceptions.replacement_on(on)
        return None if instead is None else DayNote("replacement", instead.name)

    def _find(self, on: date) -> PlannedDay:
        swapped = self._swapped.openings.get(on)
        openings = self._before_swaps(on) if swapped is None else list(swapped)
        called_off: dict[TurnKey, str] = {}
        for change in self._changes.get(on, ()):
            openings = [
                changed
                for one in openings
                for changed in (
                    _change(one, change, called_off) if one.window.name == change.window else [one]
                )
            ]
        return PlannedDay(tuple(sorted(openings, key=lambda one: one.opens_at)), called_off)

    def _before_swaps(self, on: date) -> list[Opening]:
        paused = self.exceptions.paused_on(on)
        if paused.everybody or not self.calendar.is_school_day(on):
            return []
        openings = [one for each in self._regular(on) if (one := _without(each, paused))]
        for extra in self._extra_turns.get(on, ()):
            code = extra.school_class.code(on)
            if self._is_here(code, on) and not paused.has(code, on):
                self._add(extra, openings)
        return openings

    def _regular(self, on: date) -> list[Opening]:
        instead, term = self.exceptions.replacement_on(on), self.calendar.term_of(on)
        windows = self.windows if instead is None else instead.windows
        turns = self.turns if instead is None else instead.turns
        day, week = self.followed(on), 1 if term is None else term.week(on)
        return [
            self._opening(window, on, self._classes(turns, window, day, on))
            for window in windows
            if window.is_in_week(week)
            and any(one.falls_on(day.weekday, day.week or 0) for one in window.days)
        ]

    def _classes(
        self, turns: Turns, window: Window, day: CycleDay, on: date
    ) -> tuple[ClassCode, ...]:
        if window.kind != "class":
            return ()
        named = dict.fromkeys(
            ref.code(on)
            for planned, refs in turns.get(window.name, {}).items()
            if planned.falls_on(day.weekday, day.week or 0)
            for ref in refs
        )
        return tuple(code for code in named if self._is_here(code, on))

    def _is_here(self, school_class: ClassCode, on: date) -> bool:
        """Tell whether a class has come to the school by a day, and not left it."""
        return 1 <= grade_of_class(school_class, on) <= self.grades

    def _opening(self, window: Window, on: date, classes: tuple[ClassCode, ...]) -> Opening:
        opens_at = datetime.combine(on, window.opens, self.zone)
        closes_at = datetime.combine(on, window.closes, self.zone)
        return Opening(window, opens_at, closes_at, closes_at + window.grace, classes)

    def _add(self, extra: ExtraTurn, openings: list[Opening]) -> None:
        """Put an extra turn into its window, opened for it where it does not open that day."""
        code = extra.school_class.code(extra.on)
        for number, one in enumerate(openings):
            if one.window.name == extra.window:
                if code not in one.classes:
                    openings[number] = _with(one, code, "extra")
                return
        window = self._window(extra.window, extra.on)
        if window is not None:
            openings.append(_with(self._opening(window, extra.on, ()), code, "extra"))

    def _window(self, name: str, on: date) -> Window | None:
        instead = self.exceptions.replacement_on(on)
        windows = (*(instead.windows if instead else ()), *self.windows)
        return next((one for one in windows if one.name == name), None)

    @cached_property
    def _changes(self) -> Mapping[date, Sequence[Change]]:
        found: dict[date, list[Change]] = {}
        for change in self.exceptions.changes:
            found.setdefault(change.on, []).append(change)
        return found

    @cached_property
    def _extra_turns(self) -> Mapping[date, Sequence[ExtraTurn]]:
        found: dict[date, list[ExtraTurn]] = {}
        for extra in self.exceptions.extra_turns:
            found.setdefault(extra.on, []).append(extra)
        return found

    @cached_property
    def _swapped(self) -> _Swapped:
        """The days that swaps touch, after all of them in their order: one may build on another."""
        days: dict[date, list[Opening]] = {}
        idle = []
        for swap in self.exceptions.swaps:
            for on in (swap.on, swap.with_on):
                if on not in days:
                    days[on] = self._before_swaps(on)
            if not self._swap(swap, days):
                idle.append(swap)
        return _Swapped(days, tuple(idle))

    def _swap(self, swap: Swap, days: dict[date, list[Opening]]) -> bool:
        """Exchange two turns, or neither: a class never loses a turn by a swap."""
        one, other = swap.school_class.code(swap.on), swap.with_class.code(swap.with_on)
        here = _place(days, swap.on, one, swap.window)
        there = _place(days, swap.with_on, other, swap.window)
        if here is None or there is None or here == there:
            return False
        if not (self._may_come(other, here, days) and self._may_come(one, there, days)):
            return False
        for place, leaves, comes in ((here, one, other), (there, other, one)):
            openings = days[place.on]
            openings[place.number] = _exchanged(openings[place.number], leaves, comes)
        return True

    def _may_come(
        self, school_class: ClassCode, place: _Place, days: dict[date, list[Opening]]
    ) -> bool:
        paused = self.exceptions.paused_on(place.on)
        is_there = school_class in days[place.on][place.number].classes
        is_here = self._is_here(school_class, place.on)
        return is_here and not is_there and not paused.has(school_class, place.on)


def _place(
    days: dict[date, list[Opening]], on: date, school_class: ClassCode, window: str | None
) -> _Place | None:
    found = [
        (one.opens_at, number)
        for number, one in enumerate(days[on])
        if school_class in one.classes and window in (None, one.window.name)
    ]
    return _Place(on, min(found)[1]) if found else None


def _without(opening: Opening, paused: Paused) -> Opening | None:
    """Take paused grades out of an opening; None when no grade is left that it is for."""
    if not paused.grades:
        return opening
    if opening.window.kind == "class":
        on = opening.opens_at.date()
        left = tuple(code for code in opening.classes if not paused.has(code, on))
        return replace(opening, classes=left)
    if opening.window.grades is not None and opening.window.grades <= paused.grades:
        return None
    return replace(opening, closed_to=paused.grades)


def _with(opening: Opening, school_class: ClassCode, source: Source) -> Opening:
    return replace(
        opening,
        classes=(*opening.classes, school_class),
        source=source,
        sources=(*opening.sources, (school_class, source)),
    )


def _exchanged(opening: Opening, leaves: ClassCode, comes: ClassCode) -> Opening:
    return replace(
        opening,
        classes=tuple(comes if code == leaves else code for code in opening.classes),
        source="swap",
        sources=(*(one for one in opening.sources if one[0] != leaves), (comes, "swap")),
    )


def _change(opening: Opening, change: Change, called_off: dict[TurnKey, str]) -> list[Opening]:
    """Apply a change to an opening of its window: what is left of it, and what has moved."""
    on = change.on
    named = None if change.classes is None else {ref.code(on) for ref in change.classes}
    meant = tuple(code for code in opening.classes if named is None or code in named)
    left = tuple(code for code in opening.classes if code not in meant)
    staying = [] if named is None else [replace(opening, classes=left)]
    match change:
        case Cancelled(reason=reason):
            called_off.update((opening.key(code), reason) for code in meant)
            return staying
        case Moved(opens=opens, closes=closes):
            if named is not None and not meant:
                return [opening]
            moved = _at(replace(opening, classes=meant), on, opens, closes)
            return [*(staying if left else []), moved]


def _at(opening: Opening, on: date, opens: time, closes: time) -> Opening:
    zone = opening.opens_at.tzinfo
    opens_at = datetime.combine(on, opens, zone)
    closes_at = datetime.combine(on, closes, zone)
    return replace(
        opening,
        opens_at=opens_at,
        closes_at=closes_at,
        grace_until=closes_at + opening.window.grace,
        source="moved",
    )
