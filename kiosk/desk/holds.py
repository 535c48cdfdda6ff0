"""Holds placed by staff: set aside when the book comes back, lent to their reader, expired."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from kiosk.barcodes import Label
from kiosk.desk import verbs
from kiosk.desk.books import Book, book_meant, name_of
from kiosk.desk.setting_aside import expire, fetch_by, offer
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb
from kiosk.domain import Command, Lane, Note, OutcomeKind
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts, holds
from kiosk.ledger.holds import Hold
from kiosk.rotation.due import is_overdue
from kiosk.rules.standing import has_expired

_KEEP_UP: Final = timedelta(hours=1)


def keep_up(steps: Steps) -> datetime:
    """Let go of what its reader could have fetched; returns when to look again, at the latest."""
    today = steps.desktop.policy.today(steps.at)
    for hold in holds.ready_before(steps.db, today):
        reader = facts.reader_of_id(steps.db, hold.reader_id)
        if hold.ready_until is None:
            _set_day(steps, hold, reader)
        elif _had_the_chance(steps, hold, reader):
            expire(steps, hold)
    return steps.at + _KEEP_UP


def _set_day(steps: Steps, hold: Hold, reader: ReaderFacts) -> None:
    """Say by when a book is to be fetched that was set aside while nobody knew the day."""
    until = fetch_by(steps, reader)
    data = {"hold": hold.id, "hold_until": None if until is None else until.isoformat()}
    steps.record("hold_ready", None, data, reader=reader.id, item=hold.item_id)


def _had_the_chance(steps: Steps, hold: Hold, reader: ReaderFacts) -> bool:
    """Tell whether the reader has had a held turn or a free window since the day it was due.

    A turn that was cancelled or missed is no fault of the reader's: the book goes on waiting.
    """
    policy, today = steps.desktop.policy, steps.desktop.policy.today(steps.at)
    if has_expired(reader, policy.grades, today):
        return True
    rule = policy.rule_on(reader.member, "general", today)
    anytime = rule is not None and rule.anytime
    return hold.ready_until is not None and is_overdue(
        hold.ready_until, policy.timetable, reader.member, steps.at, anytime=anytime
    )


def _place(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    reader = verbs.reader_meant(steps, lane, labels[0])
    book = None if reader is None else book_meant(steps, lane, labels[1])
    if reader is None or book is None:
        return
    item = book.item
    why = _why_not(steps, reader, book)
    if why is not None:
        verbs.note_only(
            steps,
            lane,
            OutcomeKind.ATTENTION,
            Note.HOLD_REFUSED,
            command=Command.HOLD,
            reader=reader.id,
            item=item.id,
            values={"kind": why},
        )
        return
    seq = steps.record(
        "hold_placed",
        lane,
        {"title_id": item.title_id},
        session=steps.lanes[lane].session_id,
        reader=reader.id,
        item=item.id,
    )
    offer(steps, item, lane)
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.HELD,
        Note.HOLD_PLACED,
        seq,
        barcode=item.barcode,
        title=item.title,
        values={"name": name_of(steps, reader.id)},
    )


def _why_not(steps: Steps, reader: ReaderFacts, book: Book) -> str | None:
    """Say in one word why a reader may not hold a title, None when it may be held."""
    item, policy = book.item, steps.desktop.policy
    if reader.kind == "class":
        return "not_a_pupil"
    if holds.of_reader(steps.db, reader.id):
        return "already"
    if any(loan.title_id == item.title_id for loan in facts.open_loans(steps.db, reader.id)):
        return "own_loan"
    rule = policy.rule_on(reader.member, item.collection, policy.today(steps.at))
    is_lent = rule is not None and rule.lend == "yes" and item.status in {"active", "in_repair"}
    return None if is_lent else "not_lent"


def _cancel(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """End a reader's hold; a book that was set aside goes to the next."""
    reader = verbs.reader_meant(steps, lane, labels[0])
    if reader is None:
        return
    hold = next(iter(holds.of_reader(steps.db, reader.id)), None)
    if hold is None:
        verbs.note_only(
            steps,
            lane,
            OutcomeKind.ATTENTION,
            Note.NOT_NOW,
            command=Command.UNHOLD,
            reader=reader.id,
            values={"status": "no_hold"},
        )
        return
    seq = steps.record(
        "hold_cancelled",
        lane,
        {"hold": hold.id},
        session=steps.lanes[lane].session_id,
        reader=reader.id,
        item=hold.item_id,
    )
    if hold.item_id is not None:
        offer(steps, holds.item_of(steps.db, hold.item_id), lane)
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.HOLD_ENDED,
        seq,
        title=holds.title_of(steps.db, hold.title_id),
        values={"name": name_of(steps, reader.id)},
    )


VERBS: Final[Mapping[Command, Verb]] = {
    Command.HOLD: Verb("staff", ("reader", "item"), _place),
    Command.UNHOLD: Verb("staff", ("reader",), _cancel),
}
