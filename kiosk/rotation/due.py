"""The day a loan comes back, and whether it is late through the reader's fault."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.calendar import Term, days_from
from kiosk.domain import ClassCode
from kiosk.domain.facts import Member
from kiosk.rotation.timetable import Timetable


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


Period = InTurns | InDays | SameDay | TermEnd


@dataclass(frozen=True, slots=True)
class LoanTerms:
    """When a rule's loans come back; a turn sooner than `min_days` does not count.

    `without_turns` stands in for a reader whose class has no turn.
    """

    period: Period
    min_days: int = 0
    without_turns: Period = InDays(14)


def due_on(
    terms: LoanTerms, timetable: Timetable, school_class: ClassCode | None, today: date
) -> date | None:
    """Find the day a loan made today comes back; None when no day is left to bring it back on.

    It is a school day, after today and not after the recall date; `SameDay` is always today.

    Source: the school's lending rules, "每班每周轮借一次", and its recall date 期末催还.
    """
    period = terms.period
    if isinstance(period, SameDay):
        return today
    term = timetable.calendar.term_for_lending(today)
    if term is None:
        return None
    if isinstance(period, InTurns) and not (
        school_class is not None and timetable.has_turns(school_class, today)
    ):
        period = terms.without_turns
        if isinstance(period, SameDay):
            return today
    return _later_day(period, terms.min_days, timetable, school_class, today=today, term=term)


def _later_day(
    period: Period,
    min_days: int,
    timetable: Timetable,
    school_class: ClassCode | None,
    *,
    today: date,
    term: Term,
) -> date | None:
    wanted: date | None = None
    match period:
        case InTurns(count) if school_class is not None:
            earliest = max(today + timedelta(days=min_days), today + timedelta(days=1))
            wanted = timetable.day_of_turn(school_class, count, earliest)
        case InDays(count):
            wanted = timetable.calendar.next_school_day(today + timedelta(days=count))
    if wanted is not None and wanted <= term.recall_on:
        return wanted
    last = timetable.calendar.last_school_day(term.recall_on)
    return last if last is not None and last > today else None


def is_overdue(
    due: date, timetable: Timetable, member: Member, at: datetime, *, anytime: bool = False
) -> bool:
    """Tell whether a loan is late through the reader's own doing.

    It is after the due date, and since that date the reader has had a turn or an open free
    window that is over by now. A reader who may come at any time needs no window.
    """
    local = at.astimezone(timetable.zone)
    if local.date() <= due:
        return False
    if anytime:
        return True
    for day in days_from(due):
        if day > local.date():
            return False
        for opening in timetable.openings_on(day):
            if opening.closes_at <= local and opening.is_for(member):
                return True
    return False
