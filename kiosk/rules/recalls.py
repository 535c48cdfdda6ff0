"""Which books are called back, for which occasion. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.rotation.timetable import Timetable
from kiosk.rules.asked import Policy
from kiosk.rules.overdue import overdue_loans


class Purpose(StrEnum):
    """Why books are called back."""

    OVERDUE = "overdue"
    TURN = "turn"  # due by the class's next turn
    HOLIDAY = "holiday"  # due before the next holiday is over
    TERM = "term"  # everything, at the end of the term


def to_recall(
    loans: Sequence[OpenLoan],
    reader: ReaderFacts,
    purpose: Purpose,
    policy: Policy,
    *,
    at: datetime,
) -> tuple[OpenLoan, ...]:
    """Choose the reader's loans that are called back, the first due first.

    A rule with `recall = false`, as teachers and class corners have, is never called back at the
    end of the term.
    """
    if purpose is Purpose.OVERDUE:
        chosen = list(overdue_loans(loans, reader, policy, at))
    elif purpose is Purpose.TERM:
        chosen = [loan for loan in loans if _is_recalled(loan, reader, policy, at)]
    else:
        day = _last_day(reader, purpose, policy.timetable, at)
        chosen = [loan for loan in loans if day is not None and loan.due_on <= day]
    return tuple(sorted(chosen, key=lambda loan: (loan.due_on, loan.id)))


def _is_recalled(loan: OpenLoan, reader: ReaderFacts, policy: Policy, at: datetime) -> bool:
    rule = policy.rule_on(reader.member, loan.collection, policy.today(at))
    return rule is None or rule.recall


def _last_day(
    reader: ReaderFacts, purpose: Purpose, timetable: Timetable, at: datetime
) -> date | None:
    """Find the last due date that counts for the occasion, None when there is no occasion."""
    today = at.astimezone(timetable.zone).date()
    if purpose is Purpose.TURN:
        if reader.school_class is None:
            return today
        return timetable.day_of_turn(reader.school_class, 1, today)
    coming = [one for one in timetable.calendar.holidays if one.last_on >= today]
    return min(coming, key=lambda one: one.first_on).last_on if coming else None
