"""The day a loan comes back, and whether it is late through the reader's fault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.calendar import SchoolCalendar, days_from
from kiosk.domain.facts import Member
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import grade_on, last_day_here


@dataclass(frozen=True, slots=True)
class InTurns:
    """Due on the class's n-th later turn."""

    count: int


@dataclass(frozen=True, slots=True)
class InDays:
    """Due after n calendar days, moved on to a school day."""

    count: int


@dataclass(frozen=True, slots=True)
class SameDay:
    """Due today: read in the room."""


@dataclass(frozen=True, slots=True)
class TermEnd:
    """Due on the last school day that is not after the recall date."""


@dataclass(frozen=True, slots=True)
class NextTerm:
    """Due on the class's first turn of the next term: a loan over the holidays."""


Period = InTurns | InDays | SameDay | TermEnd | NextTerm


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """When a rule's loans come back; a turn sooner than `min_days` does not count.

    `without_turns` stands in for a reader whose class has no turn. With `recall` False the recall
    date does not bind: `TermEnd` is then the last school day of the term.
    """

    period: Period
    min_days: int = 0
    without_turns: Period = InDays(14)
    recall: bool = True


def due_on(terms: LoanTerms, timetable: Timetable, member: Member, today: date) -> date | None:
    """Find the day a loan made today comes back; None when no day is left to bring it back on.

    It is a school day, after today and not after the recall date of the reader's grade, nor when
    the reader's class has left; `SameDay` is today. Without a term now or to come there is none.

    Source: the school's lending rules, "每班每周轮借一次", and its recall date 期末催还.
    """
    calendar = timetable.calendar
    term = calendar.term_for_lending(today)
    if term is None:
        return None
    last_here = last_day_here(member, timetable.grades, today) or date.max
    bound = terms.recall and not isinstance(terms.period, NextTerm)
    recall_on = term.recall_on_for(grade_recalled(member, max(today, term.starts_on)))
    until = min(recall_on, last_here) if bound else last_here
    period = terms.period
    if isinstance(period, InTurns) and not _has_turns(member, timetable, today, until):
        period = terms.without_turns
    if isinstance(period, SameDay):
        return today
    wanted = _wanted(period, terms.min_days, timetable, member, today=today)
    if wanted is not None and wanted <= until:
        return wanted
    if bound or isinstance(period, TermEnd):
        last = _last_day(calendar, min(term.ends_on, until), today)
        if last is not None or bound:
            return last
    if isinstance(period, NextTerm):
        return None
    known = _last_known(calendar, today)
    if isinstance(period, InDays):
        # The day it would be lies after all that the settings know.
        known = (
            _last_day(calendar, min(today + timedelta(days=period.count), until), today) or known
        )
    return known if known is not None and known <= until else None


def latest_day(calendar: SchoolCalendar, today: date) -> date:
    """Find a day for a loan that no rule gives one: a school day after today, else in a week."""
    return _last_known(calendar, today) or today + timedelta(days=7)


def _last_known(calendar: SchoolCalendar, today: date) -> date | None:
    """Find the last school day of the term, else the first of what comes; always after today."""
    term = calendar.term_of(today)
    last = None if term is None else _last_day(calendar, term.ends_on, today)
    return last or calendar.next_school_day(today + timedelta(days=1))


def _last_day(calendar: SchoolCalendar, until: date, today: date) -> date | None:
    """Find the last school day up to `until` that is after today."""
    last = calendar.last_school_day(until)
    return last if last is not None and last > today else None


def _has_turns(member: Member, timetable: Timetable, on: date, until: date) -> bool:
    code = member.school_class
    return code is not None and timetable.has_turns(code, on, until)


def grade_recalled(member: Member, on: date) -> int | None:
    """Find the grade whose recall date counts; a class's teacher does not leave with it."""
    return None if member.kind == "teacher" else grade_on(member, on)


def _first_of_next_term(timetable: Timetable, member: Member, today: date) -> date | None:
    coming = (term for term in timetable.calendar.terms if term.starts_on > today)
    term = min(coming, key=lambda one: one.starts_on, default=None)
    if term is None:
        return None
    day: date | None = None
    if member.school_class is not None:
        day = timetable.day_of_turn(member.school_class, 1, term.starts_on)
    if day is None or day > term.ends_on:
        day = timetable.calendar.next_school_day(term.starts_on)
    return day if day is not None and day <= term.ends_on else None


def _wanted(
    period: Period,
    min_days: int,
    timetable: Timetable,
    member: Member,
    *,
    today: date,
) -> date | None:
    match period:
        case InTurns(count) if member.school_class is not None:
            earliest = max(today + timedelta(days=min_days), today + timedelta(days=1))
            return timetable.day_of_turn(member.school_class, count, earliest)
        case InDays(count):
            return timetable.calendar.next_school_day(today + timedelta(days=count))
        case NextTerm():
            return _first_of_next_term(timetable, member, today)
        case _:
            return None


def is_overdue(
    due: date, timetable: Timetable, member: Member, at: datetime, *, anytime: bool = False
) -> bool:
    """Tell whether a loan is late through the reader's own doing.

    It is after the due date, and since that date the reader's class has had a turn that was held,
    or the reader an open free window, that is over by now. A turn that was cancelled, missed or
    not told to have been held does not count. A reader who may come at any time needs no window.
    """
    local = at.astimezone(timetable.zone)
    if local.date() <= due:
        return False
    if anytime:
        return True
    code = member.school_class
    if code is not None and timetable.has_held_turn(code, due, local):
        return True
    for day in days_from(due):
        if day > local.date():
            return False
        for opening in timetable.openings_on(day):
            if opening.window.kind == "class" and member.kind != "teacher":
                continue
            if opening.closes_at <= local and opening.is_for(member):
                return True
    return False
