"""What happens to books besides lending: damage, lost and found, repair, written off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kiosk.barcodes import Label
from kiosk.desk import charges, verbs
from kiosk.desk.books import Book, book_meant, readers_page
from kiosk.desk.listing import close_lines
from kiosk.desk.setting_aside import offer
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb
from kiosk.domain import Command, Damage, Lane, Note, OutcomeKind, TodoKind
from kiosk.ledger import holds, todos

_DAMAGE_WITHIN: Final = timedelta(minutes=2)
"""How long after a check-in a damage label still means that book."""


@dataclass(frozen=True, slots=True)
class _Change:
    """How a label changes a book: from which standings, to which status, by which event.

    `settles` are the things to do that are done by it.
    """

    event: str
    was: frozenset[str]
    becomes: str
    settles: frozenset[TodoKind] = frozenset()


_CHANGES: Final[Mapping[Command, _Change]] = {
    Command.LOST: _Change("item_lost", frozenset({"on_loan", "active", "in_repair"}), "lost"),
    Command.FOUND: _Change(
        "item_found", frozenset({"lost"}), "active", frozenset({TodoKind.LOST_CAME_BACK})
    ),
    Command.REPAIR: _Change(
        "item_sent_to_repair", frozenset({"active"}), "in_repair", frozenset({TodoKind.DAMAGE})
    ),
    Command.REPAIRED: _Change("item_repaired", frozenset({"in_repair"}), "active"),
    Command.WRITEOFF: _Change(
        "item_withdrawn",
        frozenset({"active", "lost", "in_repair"}),
        "withdrawn",
        frozenset({TodoKind.DAMAGE, TodoKind.LOST_CAME_BACK}),
    ),
}


def scan_damage(steps: Steps, lane: Lane, damage: Damage) -> None:
    """Note what is wrong with the book that has just come back here: for staff, never a charge."""
    state = steps.lanes[lane]
    back, back_at = state.came_back, state.came_back_at
    if back is None or back_at is None or not timedelta(0) <= steps.at - back_at <= _DAMAGE_WITHIN:
        verbs.note_only(steps, lane, OutcomeKind.ATTENTION, Note.NO_BOOK_FOR_DAMAGE)
        return
    is_new = not todos.is_listed(steps.db, TodoKind.DAMAGE, label=damage, item=back.item_id)
    data = {"damage": damage, "loan": back.loan, "label": damage}
    seq = steps.record(
        "damage_noted" if is_new else OutcomeKind.IGNORED,
        lane,
        {**data, **({"todo": TodoKind.DAMAGE} if is_new else {"note": Note.DAMAGE_NOTED})},
        session=state.session_id,
        reader=back.reader_id,
        item=back.item_id,
    )
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED if is_new else OutcomeKind.IGNORED,
        Note.DAMAGE_NOTED,
        seq,
        barcode=back.barcode,
        title=back.title,
        page=readers_page(steps, lane, back.item_id, back.title),
        values={"damage": damage},
    )


def _change(command: Command) -> Verb:
    def do(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
        book = book_meant(steps, lane, labels[0])
        if book is None:
            return
        if book.standing in _CHANGES[command].was:
            _make(steps, lane, book, _CHANGES[command])
        else:
            charges.not_now(steps, lane, command, book, status=book.standing)

    return Verb("staff", ("item",), do)


def _make(steps: Steps, lane: Lane, book: Book, change: _Change) -> None:
    item, loan = book.item, book.loan
    data = holds.waits_again(steps.db, item.id)
    if loan is not None:
        data["loan"] = loan.id
    seq = steps.record(
        change.event,
        lane,
        data,
        session=steps.lanes[lane].session_id,
        reader=None if loan is None else loan.reader_id,
        item=item.id,
    )
    for kind in change.settles:
        close_lines(steps, lane, item.id, kind, done=change.becomes)
    if change.becomes == "active":
        offer(steps, item, lane)
    is_kept = change.becomes == "active" and holds.of_item(steps.db, item.id) is not None
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.SET_ASIDE if is_kept else Note.ITEM_CHANGED,
        seq,
        barcode=item.barcode,
        title=item.title,
        page=readers_page(steps, lane, item.id, item.title) if change.becomes == "lost" else None,
        values={"kind": change.becomes},
    )


VERBS: Final[Mapping[Command, Verb]] = {
    **{command: _change(command) for command in _CHANGES},
    **charges.VERBS,
}
