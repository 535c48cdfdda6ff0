"""A book comes back: its loan ends, and it is said whether it is late, awaited or of elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.desk.setting_aside import keep_for_next
from kiosk.desk.steps import Steps
from kiosk.domain import Card, Deed, Lane, Note, OutcomeKind, Value
from kiosk.domain.facts import ItemFacts, OpenLoan, ReaderFacts
from kiosk.ledger import facts
from kiosk.rules.overdue import overdue_loans
from kiosk.rules.suspension import suspended_until
from kiosk.session.lane import Crate, DoneDeed, took_back


@dataclass(frozen=True, slots=True)
class Returned:
    """A check-in on record: its row, whose card it was on, and what is to be said of it."""

    seq: int
    card: Card
    note: Note | None
    values: Mapping[str, Value]


def take_back(steps: Steps, lane: Lane, item: ItemFacts, loan: OpenLoan) -> Returned:
    """End a loan, whoever had the book; a check-in is never refused."""
    state = steps.lanes[lane]
    reader = facts.reader_of_id(steps.db, loan.reader_id)
    late_days = _late_days(steps, loan, reader)
    suspended = suspended_until(loan, reader, steps.desktop.policy, steps.at) if late_days else None
    # A book that is kept for somebody already was lent against the hold: it stays theirs. One
    # that is to be mended, or was given up, is kept for nobody.
    is_for_next = item.held_for is None and item.status == "active"
    kept = keep_for_next(steps, item, lane) if is_for_next else {}
    seq = steps.record(
        OutcomeKind.CHECKED_IN,
        lane,
        {"loan": loan.id, **kept, **_late(late_days, suspended, reader)},
        session=state.session_id,
        reader=loan.reader_id,
        item=item.id,
    )
    deed = DoneDeed(
        seq,
        Deed.RETURNED,
        loan.id,
        loan.reader_id,
        item.id,
        item.barcode,
        item.title,
        hold=kept.get("hold"),
    )
    crate = state.crate if state.session is None else None
    elsewhere = crate is not None and _is_elsewhere(crate, reader)
    steps.lanes[lane] = took_back(
        state, deed, steps.at, flagged=bool(late_days) or elsewhere, class_id=reader.class_id
    )
    values: dict[str, Value] = {"late_days": late_days} if late_days else {}
    if suspended is not None:
        values["day"] = suspended.isoformat()
    if elsewhere:
        values["class_label"] = reader.class_label
    return Returned(seq, reader.card, _note(item, kept, values), values)


def _late_days(steps: Steps, loan: OpenLoan, reader: ReaderFacts) -> int:
    """Count the days a loan is late through the reader's own doing; 0 in time."""
    policy = steps.desktop.policy
    if steps.clock == "doubted" or not any(overdue_loans((loan,), reader, policy, steps.at)):
        return 0
    return (steps.at.astimezone(policy.timetable.zone).date() - loan.due_on).days


def _late(late_days: int, suspended: date | None, reader: ReaderFacts) -> dict[str, Any]:
    if not late_days:
        return {}
    if suspended is None:
        return {"late_days": late_days}
    before = reader.suspended_until
    return {
        "late_days": late_days,
        "suspended_until": suspended.isoformat(),
        "suspended_before": None if before is None else before.isoformat(),
    }


def _is_elsewhere(crate: Crate, reader: ReaderFacts) -> bool:
    """Tell whether a book belongs to another class than the crate's first."""
    return crate.class_id is not None and reader.class_id not in {None, crate.class_id}


def _note(item: ItemFacts, kept: Mapping[str, object], values: Mapping[str, Value]) -> Note | None:
    """Choose what matters most: where to put the book, then lateness, then whose it was."""
    if kept or item.held_for is not None:
        return Note.SET_ASIDE
    if "late_days" in values:
        return Note.OVERDUE_BACK
    return Note.OTHER_CLASS if "class_label" in values else None
