"""What a lost or damaged book costs its last reader, and how that is settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.barcodes import DigitsLabel, Label
from kiosk.desk import verbs
from kiosk.desk.books import Book, book_meant, name_of, readers_page
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb
from kiosk.domain import Command, Lane, Note, OutcomeKind, Value
from kiosk.ledger import stock
from kiosk.ledger.stock import ChargeKind
from kiosk.rules.charges import charge_fen

_WAYS: Final[Mapping[Command, tuple[str, str]]] = {
    Command.REPLACED: ("replacement", "replaced"),
    Command.PAID: ("payment", "paid"),
    Command.WAIVE: ("waived", "waived"),
}
"""How the record and how the sentence call the way a charge is settled."""


def not_now(steps: Steps, lane: Lane, command: Command, book: Book, *, status: str) -> None:
    """Tell why a label cannot do anything with a book as it stands."""
    state = steps.lanes[lane]
    item = book.item
    seq = steps.record(
        OutcomeKind.ATTENTION,
        lane,
        {"note": Note.NOT_NOW, "command": command, "status": status},
        session=state.session_id,
        item=item.id,
    )
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.ATTENTION,
        Note.NOT_NOW,
        seq,
        barcode=item.barcode,
        title=item.title,
        page=readers_page(steps, lane, item.id, item.title),
        values={"status": status},
    )


def _ask_sum(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Ask for the book, and for the sum where the record has no price."""
    if not labels:
        verbs.ask(steps, lane, Command.CHARGE, "item")
        return
    book = book_meant(steps, lane, labels[0])
    if book is None:
        verbs.forget(steps, lane)
        return
    amount = charge_fen(book.item.price_fen, steps.desktop.policy.charge_factor)
    if amount is not None:
        verbs.forget(steps, lane)
        _charge(steps, lane, book, amount)
        return
    words = steps.desktop.slip_writer.style.words
    hints = (words.tr("No price on record: enter the sum in yuan, then [OK]"),)
    page = readers_page(steps, lane, book.item.id, book.item.title, hints)
    verbs.ask(steps, lane, Command.CHARGE, "number", page=page)


def _charge_sum(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    book = book_meant(steps, lane, labels[0])
    assert isinstance(labels[1], DigitsLabel), "the verb waited for a number"
    if book is not None:
        _charge(steps, lane, book, int(labels[1].digits) * 100)


def _charge(steps: Steps, lane: Lane, book: Book, amount_fen: int) -> None:
    """Charge whoever had the book last: for a loan once for a kind, one open charge at most."""
    item = book.item
    last = next(iter(stock.last_loans(steps.db, item.id, 1)), None)
    if last is None:
        not_now(steps, lane, Command.CHARGE, book, status="never_lent")
        return
    if stock.is_charged(steps.db, last.id):
        not_now(steps, lane, Command.CHARGE, book, status="charged")
        return
    kind: ChargeKind = "lost" if item.status == "lost" else "damaged"
    if stock.is_settled(steps.db, last.id, kind):
        _tell_no_charge(steps, lane, Command.CHARGE, book)
        return
    seq = steps.record(
        "charge_made",
        lane,
        {"loan": last.id, "charge_kind": kind, "amount_fen": amount_fen},
        session=steps.lanes[lane].session_id,
        reader=last.reader_id,
        item=item.id,
    )
    words = steps.desktop.slip_writer.style.words
    hints = (
        words.tr("Best: a new copy, then [Replaced]"),
        words.tr("Or: money, then [Paid]; nothing: [Waive]"),
    )
    _tell(
        steps,
        lane,
        book,
        seq,
        note=Note.CHARGED,
        reader_id=last.reader_id,
        values={"fen": amount_fen},
        hints=hints,
    )


def _settle(command: Command) -> Verb:
    by, kind = _WAYS[command]

    def do(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
        book = book_meant(steps, lane, labels[0])
        if book is None:
            return
        charge = stock.open_charge(steps.db, book.item.id)
        if charge is None:
            _tell_no_charge(steps, lane, command, book)
            return
        seq = steps.record(
            "charge_settled",
            lane,
            {"charge": charge.id, "by": by},
            session=steps.lanes[lane].session_id,
            reader=charge.reader_id,
            item=book.item.id,
        )
        values: dict[str, Value] = {"fen": charge.amount_fen, "kind": kind}
        _tell(steps, lane, book, seq, note=Note.SETTLED, reader_id=charge.reader_id, values=values)

    return Verb("staff", ("item",), do)


def _tell_no_charge(steps: Steps, lane: Lane, command: Command, book: Book) -> None:
    verbs.note_only(
        steps, lane, OutcomeKind.ATTENTION, Note.NO_CHARGE, command=command, item=book.item.id
    )


def _tell(
    steps: Steps,
    lane: Lane,
    book: Book,
    seq: int,
    *,
    note: Note,
    reader_id: int,
    values: Mapping[str, Value],
    hints: tuple[str, ...] = (),
) -> None:
    item = book.item
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        note,
        seq,
        barcode=item.barcode,
        title=item.title,
        page=readers_page(steps, lane, item.id, item.title, hints),
        values={"name": name_of(steps, reader_id), **values},
    )


VERBS: Final[Mapping[Command, Verb]] = {
    Command.CHARGE: Verb("staff", ("item", "number"), _charge_sum, _ask_sum),
    **{command: _settle(command) for command in _WAYS},
}
