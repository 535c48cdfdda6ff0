"""The school's timetable: which windows open on a day, for whom, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Final

from kiosk.calendar import SchoolCalendar, days_from, school_year
from kiosk.domain import ClassCode
from kiosk.domain.facts import Member
from kiosk.rotation.windows import ClassRef, CycleDay, Opening, Turn, Window

Turns = Mapping[str, Mapping[CycleDay, Sequence[ClassRef]]]
"""By window name, by day of the cycle: the classes whose turn it is."""

_LOOK_AHEAD_DAYS: Final = 200
_CACHED_DAYS: Final = 500


class Timetable:
    """Windows and turns over a school calendar, with a cycle of `weeks` weeks."""

    def __init__(
        self,
        calendar: SchoolCalendar,
        windows: Sequence[Window],
        turns: Turns,
        *,
        zone: tzinfo,
        weeks: int = 1,
    ) -> None:
        self.calendar = calendar
        self.windows = tuple(windows)
        self.turns = turns
        self.zone = zone
        self.weeks = weeks
        # Every scan asks for the same few days; a term of them stays far below a megabyte.
        self._openings: dict[date, tuple[Opening, ...]] = {}
        self._named: dict[int, frozenset[ClassCode]] = {}
        self._days_of_turns: dict[tuple[ClassCode, int, date], date | None] = {}

    def openings_on(self, on: date) -> tuple[Opening, ...]:
        """List the day's openings, earliest first; none on a day without school."""
        known = self._openings.get(on)
        if known is None:
            if len(self._openings) > _CACHED_DAYS:
                self._openings.clear()
            known = self._openings[on] = tuple(
                sorted(self._find_openings(on), key=lambda opening: opening.opens_at)
            )
        return known

    def cycle_week(self, on: date) -> int:
        """Tell the week of the cycle, 0 for A; weeks count from the term's first."""
        term = self.calendar.term_of(on)
        return 0 if term is None else (term.week(on) - 1) % self.weeks

    def open_at(self, at: datetime) -> tuple[Opening, ...]:
        """List the openings that are open at an instant, grace included."""
        local = at.astimezone(self.zone)
        return tuple(one for one in self.openings_on(local.date()) if one.is_open(local))

    def openings_after(self, at: datetime) -> Iterator[Opening]:
        """Yield the openings that begin after `at`, in order of time."""
        local = at.astimezone(self.zone)
        for day in self._days_ahead(local.date()):
            yield from (one for one in self.openings_on(day) if one.opens_at > local)

    def next_opening(
        self, member: Member, after: datetime, *, in_room: bool = False
    ) -> Opening | None:
        """Find the next opening after an instant in which the reader may borrow, if any."""
        return next(
            (
                one
                for one in self.openings_after(after)
                if one.is_for(member, in_room=in_room)
                and self.lends_on(member, one.opens_at.date())
            ),
            None,
        )

    def lends_on(self, member: Member, on: date) -> bool:
        """Tell whether the term of `on` still lends then: to pupils only until its last day."""
        term = self.calendar.term_begun(on)
        return member.kind != "student" or term is None or on <= term.lending_ends_on

    def turns_after(self, school_class: ClassCode, on: date) -> Iterator[Turn]:
        """Yield the class's turns on the days after `on`, in order of time."""
        for day in self._days_ahead(on + timedelta(days=1)):
            for opening in self.openings_on(day):
                if school_class in opening.classes:
                    yield Turn(
                        school_class, opening.window.name, opening.opens_at, opening.closes_at
                    )

    def day_of_turn(self, school_class: ClassCode, count: int, earliest: date) -> date | None:
        """Find the day of the class's n-th turn from `earliest` on; two on one day are one."""
        # A class asks this for every book of its turn, and weeks of openings answer it.
        key = (school_class, count, earliest)
        if key not in self._days_of_turns:
            if len(self._days_of_turns) > _CACHED_DAYS:
                self._days_of_turns.clear()
            turns = self.turns_after(school_class, earliest - timedelta(days=1))
            days = dict.fromkeys(turn.opens_at.date() for turn in turns)
            self._days_of_turns[key] = next(islice(days, count - 1, None), None)
        return self._days_of_turns[key]

    def has_turns(self, school_class: ClassCode, on: date) -> bool:
        """Tell whether the rotation names the class at all, in the school year of `on`."""
        year = school_year(on)
        named = self._named.get(year)
        if named is None:
            named = self._named[year] = frozenset(
                ref.code(on)
                for days in self.turns.values()
                for refs in days.values()
                for ref in refs
            )
        return school_class in named

    def _days_ahead(self, on: date) -> Iterator[date]:
        last = max((term.ends_on for term in self.calendar.terms), default=on)
        end = min(last, on + timedelta(days=_LOOK_AHEAD_DAYS))
        return (day for day in days_from(on) if day <= end)

    def _find_openings(self, on: date) -> Iterator[Opening]:
        if not self.calendar.is_school_day(on):
            return
        week, weekday = self.cycle_week(on), on.weekday()
        for window in self.windows:
            if any(day.falls_on(weekday, week) for day in window.days):
                closes_at = datetime.combine(on, window.closes, self.zone)
                yield Opening(
                    window,
                    datetime.combine(on, window.opens, self.zone),
                    closes_at,
                    closes_at + window.grace,
                    self._classes(window, on, week),
                )

    def _classes(self, window: Window, on: date, week: int) -> tuple[ClassCode, ...]:
        if window.kind != "class":
            return ()
        return tuple(
            dict.fromkeys(
                ref.code(on)
                for day, refs in self.turns.get(window.name, {}).items()
                if day.falls_on(on.weekday(), week)
                for ref in refs
            )
        )
