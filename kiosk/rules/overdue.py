"""What is late through the reader's own doing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from kiosk.domain import Block, BlockCode
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.rotation.due import is_overdue
from kiosk.rules.asked import Blocks, Policy, Request


def overdue_loans(
    loans: Sequence[OpenLoan], reader: ReaderFacts, policy: Policy, at: datetime
) -> Iterator[OpenLoan]:
    """Yield the reader's loans that are late through the reader's own doing."""
    today = policy.today(at)
    for loan in loans:
        if today <= loan.due_on:
            continue
        rule = policy.rule_on(reader.member, loan.collection, today)
        anytime = rule is not None and rule.anytime
        if is_overdue(loan.due_on, policy.timetable, reader.member, at, anytime=anytime):
            yield loan


def overdue_blocks(request: Request, policy: Policy, at: datetime) -> Blocks:
    """Yield what the reader's late loans have against a new one."""
    if not policy.overdue_blocks:
        return
    if request.late is None:
        late = list(overdue_loans(request.loans, request.reader, policy, at))
    else:
        late = [loan for loan in request.loans if loan.id in request.late]
    if late:
        oldest = min(late, key=lambda loan: loan.due_on)
        yield Block(
            BlockCode.OVERDUE_ITEMS,
            {"title": oldest.title, "due_on": oldest.due_on.isoformat(), "count": len(late)},
        )
