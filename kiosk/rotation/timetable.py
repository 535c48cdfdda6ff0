"""The school's timetable: which windows open on a day, for whom, and what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Final

from kiosk.calendar import SchoolCalendar, days_from
from kiosk.domain import ClassCode
from kiosk.domain.facts import Member
from kiosk.rotation.exceptions import Exceptions, Swap
from kiosk.rotation.live import Live, OpenedNow, TurnKey
from kiosk.rotation.plan import DayNote, Plan
from kiosk.rotation.windows import CycleDay, Opening, Turn, Turns, Window, grade_on, has_left

_LOOK_AHEAD_DAYS: Final = 200
_CACHED_DAYS: Final = 500
_NO_EXCEPTIONS: Final = Exceptions()
_NOTHING_LIVED: Final = Live()


class Timetable:
    """Windows and turns over a school calendar, with a cycle of `weeks` weeks.

    Only classes of the school's `grades` have turns: one that has left, or not come yet, has none.
    `exceptions` are what the settings say of single days, `live` what has happened since: windows
    that staff opened, turns cancelled and turns held.
    """

    def __init__(
        self,
        calendar: SchoolCalendar,
        windows: Sequence[Window],
        turns: Turns,
        *,
        zone: tzinfo,
        weeks: int = 1,
        exceptions: Exceptions = _NO_EXCEPTIONS,
        live: Live = _NOTHING_LIVED,
        grades: int = 6,
    ) -> None:
        self.calendar = calendar
        self.windows = tuple(windows)
        self.turns = turns
        self.zone = zone
        self.weeks = weeks
        self.exceptions = exceptions
        self.grades = grades
        self._plan = Plan(
            calendar, windows, turns, zone=zone, weeks=weeks, exceptions=exceptions, grades=grades
        )
        self._named: dict[date, frozenset[ClassCode]] = {}
        self._days_of_turns: dict[tuple[ClassCode, int, date], date | None] = {}
        self._live_in(live)

    def with_live(self, live: Live) -> Timetable:
        """Give the same timetable after something has happened; what is planned is shared."""
        other = copy(self)
        if (live.opened, live.cancelled) != (self.live.opened, self.live.cancelled):
            other._days_of_turns = {}
        other._live_in(live)
        return other

    def _live_in(self, live: Live) -> None:
        self.live = live
        self._opened: dict[date, list[OpenedNow]] = {}
        for one in live.opened:
            on = one.opens_at.astimezone(self.zone).date()
            self._opened.setdefault(on, []).append(one)
        self._touched = {*self._opened, *(key.on for key in live.cancelled)}
        self._lived: dict[date, tuple[Opening, ...]] = {}
        self._held: dict[ClassCode, tuple[TurnKey, ...]] | None = None

    @property
    def idle_swaps(self) -> tuple[Swap, ...]:
        """The swaps of the settings that change nothing: a class has no turn on its day, say."""
        return self._plan.idle_swaps

    def planned_on(self, on: date) -> tuple[Opening, ...]:
        """List the day's openings as the settings have them, whatever has happened since."""
        return self._plan.day(on).openings

    def called_off_on(self, on: date) -> Mapping[TurnKey, str]:
        """Map the turns that the settings cancel on a day to the reason they give."""
        return self._plan.day(on).called_off

    def explain_day(self, on: date) -> DayNote | None:
        """Say why a day has no school or no lending, or whose timetable it has."""
        return self._plan.explain(on)

    def openings_on(self, on: date) -> tuple[Opening, ...]:
        """List the day's openings, earliest first; none on a day without school."""
        if on not in self._touched:
            return self._plan.day(on).openings
        known = self._lived.get(on)
        if known is None:
            known = self._lived[on] = tuple(self._with_what_happened(on))
        return known

    def cycle_week(self, on: date) -> int:
        """Tell the week of the cycle, 0 for A; weeks count from the term's first."""
        return self._plan.cycle_week(on)

    def followed(self, on: date) -> CycleDay:
        """Say the weekday and the week of the cycle whose timetable holds on a day."""
        return self._plan.followed(on)

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
                and not has_left(member, self.grades, one.opens_at.date())
            ),
            None,
        )

    def lends_on(self, member: Member, on: date) -> bool:
        """Tell whether the term of `on` still lends then: to pupils to their grade's last day."""
        term = self.calendar.term_begun(on)
        if member.kind != "student" or term is None:
            return True
        return on <= term.lending_ends_on_for(grade_on(member, on))

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

    def has_turns(self, school_class: ClassCode, on: date, until: date | None = None) -> bool:
        """Tell whether the class has turns: windows that open around `on` name it, or one comes.

        One that comes counts if it is after `on` and, where `until` is given, not after that.
        """
        if school_class in self._named_around(on):
            return True
        day = self.day_of_turn(school_class, 1, on + timedelta(days=1))
        return day is not None and (until is None or day <= until)

    def _named_around(self, on: date) -> frozenset[ClassCode]:
        """Find the classes named in the windows of this week, or of the coming term's first."""
        if on not in self._named:
            if len(self._named) > _CACHED_DAYS:
                self._named.clear()
            self._named[on] = frozenset(self._names_around(on))
        return self._named[on]

    def _names_around(self, on: date) -> Iterator[ClassCode]:
        term = self.calendar.term_for_lending(on)
        if term is None:
            return
        day = max(on, term.starts_on)
        instead = self.exceptions.replacement_on(day)
        windows, turns = self.windows, self.turns
        if instead is not None:
            windows, turns = instead.windows, instead.turns
        open_now = {one.name for one in windows if one.is_in_week(term.week(day))}
        for name in open_now & turns.keys():
            yield from (ref.code(day) for refs in turns[name].values() for ref in refs)

    def has_held_turn(self, school_class: ClassCode, since: date, at: datetime) -> bool:
        """Tell whether a turn of the class on `since` or later was held and is over by `at`."""
        if self._held is None:
            held: dict[ClassCode, list[TurnKey]] = {}
            for key in self.live.held:
                held.setdefault(key.school_class, []).append(key)
            self._held = {code: tuple(keys) for code, keys in held.items()}
        local = at.astimezone(self.zone)
        today = local.date()
        for key in self._held.get(school_class, ()):
            if since <= key.on < today:
                return True
            if since <= key.on == today and any(
                one.closes_at <= local and school_class in one.classes
                for one in self.openings_on(today)
                if one.window.name == key.window
            ):
                return True
        return False

    def _days_ahead(self, on: date) -> Iterator[date]:
        last = max((term.ends_on for term in self.calendar.terms), default=on)
        end = min(last, on + timedelta(days=_LOOK_AHEAD_DAYS))
        return (day for day in days_from(on) if day <= end)

    def _with_what_happened(self, on: date) -> list[Opening]:
        planned = [self._without_cancelled(one) for one in self._plan.day(on).openings]
        opened = [self._without_cancelled(self._by_staff(one)) for one in self._opened.get(on, ())]
        return sorted([*planned, *opened], key=lambda one: one.opens_at)

    def _without_cancelled(self, opening: Opening) -> Opening:
        cancelled = self.live.cancelled
        left = tuple(code for code in opening.classes if opening.key(code) not in cancelled)
        return opening if left == opening.classes else replace(opening, classes=left)

    def _by_staff(self, opened: OpenedNow) -> Opening:
        opens_at = opened.opens_at.astimezone(self.zone)
        closes_at = opened.closes_at.astimezone(self.zone)
        window = Window(
            opened.name,
            "class" if opened.classes else "free",
            frozenset(),
            opens_at.time(),
            closes_at.time(),
        )
        return Opening(
            window,
            opens_at,
            closes_at,
            closes_at,
            opened.classes,
            source="opened",
            opened_seq=opened.seq,
        )
