"""How long a pupil borrows nothing after bringing a book back late: days instead of fines."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from kiosk.calendar import days_from
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.rotation.due import is_overdue
from kiosk.rules.asked import Policy

_DAY = timedelta(days=1)


def suspended_until(
    loan: OpenLoan, reader: ReaderFacts, policy: Policy, returned_at: datetime
) -> date | None:
    """Find the last day of the suspension that a late book brings; None: it brings none.

    Days late count from the first chance to bring the book back, and only for pupils. A
    suspension that runs already is not added to: the later end counts, and where that is the
    running one this book brings none.

    Source: schools that stop borrowing for as many days as a book was late.
    """
    if policy.suspend_days_per_day_late == 0 or reader.kind != "student":
        return None
    late = _days_late(loan, reader, policy, returned_at)
    days = min(late * policy.suspend_days_per_day_late, policy.suspend_days_most)
    until = policy.today(returned_at) + timedelta(days=days)
    running = reader.suspended_until
    return None if late == 0 or (running is not None and running >= until) else until


def _days_late(loan: OpenLoan, reader: ReaderFacts, policy: Policy, returned_at: datetime) -> int:
    """Count the days since the reader could have brought the book back, from its due date on."""
    today, timetable = policy.today(returned_at), policy.timetable
    if today <= loan.due_on:
        return 0
    rule = policy.rule_on(reader.member, loan.collection, today)
    anytime = rule is not None and rule.anytime
    member = reader.member
    if not is_overdue(loan.due_on, timetable, member, returned_at, anytime=anytime):
        return 0
    for day in days_from(loan.due_on):
        if day >= today:
            break
        night = datetime.combine(day + _DAY, time.min, timetable.zone)
        if is_overdue(loan.due_on, timetable, member, night, anytime=anytime):
            return (today - day).days
    return 0
