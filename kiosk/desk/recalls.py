"""Recall and clearance slips asked for at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.barcodes import ClassLabel, Label
from kiosk.desk.recall_slips import called_in, clearance_slip, recall_slip
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb, note_only, reader_meant, tell_note
from kiosk.domain import Command, Lane, Note, OutcomeKind, Value
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts, owing
from kiosk.rules.recalls import Purpose


def recall(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Queue a slip of the overdue books for a class, or one each for all of them."""
    (label,) = labels
    assert isinstance(label, ClassLabel), "the verb waited for a class"
    local = steps.at.astimezone(steps.desktop.policy.timetable.zone)
    style = steps.desktop.slip_writer.style
    count, told = 0, ""
    for group in owing.classes(steps.db):
        if label.school_class not in (None, group.code):
            continue
        told = group.label
        called = called_in(steps.db, group, Purpose.OVERDUE, steps.desktop.policy, at=steps.at)
        if called:
            count += 1
            slip = recall_slip(group, called, Purpose.OVERDUE, style, local=local)
            steps.print_slip("recall", slip)
    values: dict[str, Value] = {
        "count": count,
        "class_label": told if label.school_class is not None else "",
        "school_class": label.school_class,
    }
    seq = steps.record("recall_queued", lane, values, session=steps.lanes[lane].session_id)
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.RECALL_QUEUED, seq, values=values)


def clear(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Queue the slip of a reader who owes nothing, or say what is still open."""
    reader = reader_meant(steps, lane, labels[0])
    if reader is None:
        return
    values = _still_open(steps, reader)
    if values["count"] or values["fen"]:
        note_only(
            steps,
            lane,
            OutcomeKind.ATTENTION,
            Note.NOT_CLEARED,
            command=Command.CLEAR,
            reader=reader.id,
            values=values,
        )
        return
    local = steps.at.astimezone(steps.desktop.policy.timetable.zone)
    steps.print_slip(
        "clearance", clearance_slip(reader, steps.desktop.slip_writer.style, local=local)
    )
    seq = steps.record("cleared", lane, {}, session=steps.lanes[lane].session_id, reader=reader.id)
    said: dict[str, Value] = {"name": reader.name, "class_label": reader.class_label}
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.CLEARED, seq, values=said)


def _still_open(steps: Steps, reader: ReaderFacts) -> dict[str, Value]:
    return {
        "name": reader.name,
        "count": len(facts.open_loans(steps.db, reader.id)),
        "fen": owing.unpaid_fen(steps.db, reader.id),
    }


VERBS: Final[Mapping[Command, Verb]] = {
    Command.RECALL: Verb("staff", ("class",), recall),
    Command.CLEAR: Verb("staff", ("reader",), clear),
}
