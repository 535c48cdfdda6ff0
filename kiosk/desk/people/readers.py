"""Readers' cards: lost, replaced, suspended, forgotten at home."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from kiosk.barcodes import CardLabel, Label
from kiosk.desk.cards import give_way, refuse_card, serve_without_card
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb, lacks, lacks_for, note_only, reader_meant, tell_note
from kiosk.domain import Block, BlockCode, Card, Command, Lane, Note, OutcomeKind, Value
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts, people
from kiosk.wording.names import public_name
from receipts.names import rare_names
from receipts.slip import Slip

_DAY_CODES: Final = 10**8


def scan_binder(steps: Steps, lane: Lane, card: Card) -> None:
    """Serve the pupil of a line in the class binder: the card is at home, or lost."""
    missing = lacks(steps, lane, "monitor")
    if missing is not None:
        note_only(steps, lane, OutcomeKind.ATTENTION, missing)
        return
    reader = facts.reader_of_card(steps.db, card) or people.reader_of_old_card(steps.db, card)
    if reader is None:
        refuse_card(steps, lane, Block(BlockCode.CARD_UNKNOWN, {"label": card}))
        return
    missing = _lacks_for_pupil(steps, lane, reader)
    if missing is not None:
        note_only(steps, lane, OutcomeKind.ATTENTION, missing)
        return
    steps.acting = steps.operator_of(lane)
    serve_without_card(steps, lane, reader, Note.BY_BINDER, binder=True)


def _lacks_for_pupil(steps: Steps, lane: Lane, reader: ReaderFacts) -> Note | None:
    """Say who is missing to serve a reader without the card: a monitor lets in pupils only."""
    missing = lacks_for(steps, lane, reader.id)
    if missing is None and reader.kind != "student" and not steps.is_staff(lane):
        return Note.NEEDS_STAFF
    return missing


def scan_day_card(steps: Steps, lane: Lane, code: str) -> None:
    """Serve the reader of a temporary card on the day it was issued for."""
    found = people.reader_of_day_card(steps.db, code)
    if found is None:
        refuse_card(steps, lane, Block(BlockCode.CARD_UNKNOWN, {"label": code}))
        return
    reader, day = found
    today = steps.at.astimezone(steps.desktop.policy.timetable.zone).date()
    if day != today:
        values: dict[str, Value] = {"day": day.isoformat()}
        give_way(steps, lane)
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW, values=values)
        return
    serve_without_card(steps, lane, reader, Note.BY_DAY_CARD, day_card=True)


def report_lost(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Refuse a reader's card from now on; the reader can still be served from the binder."""
    reader = reader_meant(steps, lane, labels[0])
    if reader is not None:
        _change(steps, lane, reader, "card_reported_lost", "lost")


def suspend(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Lend nothing to a reader until staff lift it."""
    reader = reader_meant(steps, lane, labels[0])
    if reader is None:
        return
    if reader.status == "lost":
        # One status only: the card would work again.
        _refuse(steps, lane, Note.NOT_NOW, Command.SUSPEND, reader, code=BlockCode.CARD_LOST)
        return
    _change(steps, lane, reader, "reader_suspended", "suspended")


def resume(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Lend to a reader again: a suspension is lifted, a lost card has been found."""
    reader = reader_meant(steps, lane, labels[0])
    if reader is not None:
        _change(steps, lane, reader, "reader_resumed", "active")


def _change(steps: Steps, lane: Lane, reader: ReaderFacts, event: str, status: str) -> None:
    seq = steps.record(event, lane, {}, session=steps.lanes[lane].session_id, reader=reader.id)
    values: dict[str, Value] = {"name": _name(steps, reader), "kind": status}
    duty = steps.room.duty
    if duty is not None and duty.reader_id == reader.id and status != "active":
        steps.record("duty_ended", lane, {}, reader=reader.id)
        steps.room = replace(steps.room, duty=None)
    tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.READER_CHANGED,
        seq,
        card=reader.card,
        values=values,
    )


def _name(steps: Steps, reader: ReaderFacts) -> str:
    masks = steps.desktop.slip_writer.style.mask_names
    return public_name(reader.name, reader.kind, masks=masks)


def replace_card(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Give a reader a card that nobody has or had; the old one is refused from now on."""
    whose, new = labels
    assert isinstance(new, CardLabel), "the verb waited for a card"
    reader = reader_meant(steps, lane, whose)
    if reader is None:
        return
    if people.is_card_taken(steps.db, new.card):
        _refuse(steps, lane, Note.CARD_TAKEN, Command.NEWCARD, reader, label=new.card)
        return
    seq = steps.record(
        "card_replaced",
        lane,
        {"old": reader.card, "new": new.card},
        session=steps.lanes[lane].session_id,
        reader=reader.id,
    )
    values: dict[str, Value] = {"name": _name(steps, reader), "label": new.card}
    tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.CARD_REPLACED,
        seq,
        card=new.card,
        values=values,
    )


def _refuse(
    steps: Steps, lane: Lane, note: Note, command: Command, reader: ReaderFacts, **values: Value
) -> None:
    note_only(
        steps,
        lane,
        OutcomeKind.ATTENTION,
        note,
        command=command,
        reader=reader.id,
        values=values,
    )


def issue_day_card(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Print a card that works today only."""
    reader = reader_meant(steps, lane, labels[0])
    if reader is None:
        return
    missing = _lacks_for_pupil(steps, lane, reader)
    if missing is not None:
        _refuse(steps, lane, missing, Command.TEMPCARD, reader)
        return
    if steps.clock == "doubted":
        # Nobody can know which day is today.
        doubted = BlockCode.CLOCK_DOUBTED
        _refuse(steps, lane, Note.NOT_NOW, Command.TEMPCARD, reader, code=doubted)
        return
    code, local = _fresh_code(steps), steps.at.astimezone(steps.desktop.policy.timetable.zone)
    seq = steps.record(
        "day_card_issued",
        lane,
        {"code": code, "day": local.date().isoformat()},
        session=steps.lanes[lane].session_id,
        reader=reader.id,
    )
    steps.print_slip("card", _day_card_slip(steps, reader, code))
    values: dict[str, Value] = {"name": _name(steps, reader)}
    tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.DAY_CARD_QUEUED,
        seq,
        card=reader.card,
        values=values,
    )


def _fresh_code(steps: Steps) -> str:
    while True:
        code = f"{secrets.randbelow(_DAY_CODES):08}"
        if people.reader_of_day_card(steps.db, code) is None:
            return code


def _day_card_slip(steps: Steps, reader: ReaderFacts, code: str) -> Slip:
    style = steps.desktop.slip_writer.style
    words = style.words
    today = steps.at.astimezone(steps.desktop.policy.timetable.zone).date()
    name = _name(steps, reader)
    return Slip(
        arrow=words.tr("Temporary card"),
        who=" ".join(part for part in (reader.class_label, name) if part),
        lines=(words.tr("Only today, {day}.", day=words.due_date(today)),),
        code=f"{steps.desktop.patterns.command}DAY-{code}",
        footer=style.school,
        cards=rare_names([(name, reader.card)]),
    )


VERBS: Final[Mapping[Command, Verb]] = {
    Command.CARDLOST: Verb("staff", ("reader",), report_lost),
    Command.NEWCARD: Verb("staff", ("reader", "card"), replace_card),
    Command.SUSPEND: Verb("staff", ("reader",), suspend),
    Command.RESUME: Verb("staff", ("reader",), resume),
    Command.TEMPCARD: Verb("monitor", ("reader",), issue_day_card),
}
