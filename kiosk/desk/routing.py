"""Which step a label takes: the one table from what was read to what is done."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from kiosk import barcodes
from kiosk.barcodes import (
    BinderLabel,
    CardLabel,
    ClassLabel,
    CommandLabel,
    DamageLabel,
    DayCardLabel,
    DigitsLabel,
    IsbnLabel,
    ItemLabel,
    Label,
    ReasonLabel,
    Unreadable,
)
from kiosk.desk import (
    crates,
    devices,
    holds,
    overrides,
    people,
    recalls,
    stock,
    todos,
    turns,
    verbs,
)
from kiosk.desk.cards import scan_card
from kiosk.desk.commands import AWAITED, scan_command
from kiosk.desk.items import refuse_label, scan_item
from kiosk.desk.steps import Steps, cut_label
from kiosk.desk.verbs import Verb
from kiosk.domain import Block, BlockCode, Command, Lane, Note, OutcomeKind, Scan
from kiosk.session.lane import Awaiting, LaneState

log = logging.getLogger(__name__)

_MOST_DIGITS: Final = 20

VERBS: Final[Mapping[Command, Verb]] = {
    **people.VERBS,
    **turns.VERBS,
    **stock.VERBS,
    **holds.VERBS,
    **todos.VERBS,
    **recalls.VERBS,
    **crates.VERBS,
    **devices.VERBS,
}
_AWAITED: Final[Mapping[Command, Verb]] = {**VERBS, **AWAITED}


def take(steps: Steps, scan: Scan, label: Label) -> None:
    """Take the step a label asks for.

    The last outcome told is the scan's own; those before it are sessions it ended.
    """
    lane, state = scan.lane, steps.lanes[scan.lane]
    is_whole = not isinstance(label, DigitsLabel) or label.whole
    if is_whole and verbs.is_awaited(state, label, _AWAITED, steps):
        verbs.take_object(steps, lane, label, _AWAITED)
        return
    if isinstance(label, DigitsLabel) or label == CommandLabel(Command.OK):
        _take_digits(steps, scan, label)
        return
    if state.keyed or state.awaiting is not None:
        steps.lanes[lane] = replace(state, keyed="", awaiting=_still_awaited(state, label))
    match label:
        case ItemLabel(barcode):
            scan_item(steps, lane, barcode)
        case CardLabel(card):
            scan_card(steps, lane, card)
        case CommandLabel(command) if command in VERBS:
            verbs.begin(steps, lane, command, VERBS[command])
        case CommandLabel(command):
            scan_command(steps, lane, command)
        case IsbnLabel(isbn):
            values = {"isbn": isbn, "place": steps.desktop.item_place}
            refuse_label(steps, lane, Block(BlockCode.ISBN_NOT_ITEM, values), cut_label(scan))
        case Unreadable(reason):
            log.warning("unreadable label on lane %s: %s", lane, reason)
            block = Block(BlockCode.LABEL_UNREADABLE, {"reason": reason})
            refuse_label(steps, lane, block, cut_label(scan))
        case _:
            _take_desk_label(steps, scan, label)


def _still_awaited(state: LaneState, label: Label) -> Awaiting | None:
    """Keep what the lane waits for: an unread label or a call for help puts no end to it."""
    leaves_it = isinstance(label, Unreadable) or label == CommandLabel(Command.HELP)
    return state.awaiting if leaves_it else None


def _take_digits(steps: Steps, scan: Scan, label: Label) -> None:
    """Put digits of the digit card together until OK; a keypad sends them whole."""
    lane, keyed = scan.lane, steps.lanes[scan.lane].keyed
    match label:
        case DigitsLabel(digits, whole=False) if len(keyed) < _MOST_DIGITS:
            steps.lanes[lane] = replace(steps.lanes[lane], keyed=keyed + digits)
            _tell_part(steps, lane, len(keyed) + 1)
        case DigitsLabel(digits, whole=True):
            people.scan_digits(steps, lane, digits)
        case CommandLabel(Command.OK) if keyed:
            steps.lanes[lane] = replace(steps.lanes[lane], keyed="")
            take(steps, scan, _keyed_label(steps, keyed))
        case _:
            verbs.note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW)


def _keyed_label(steps: Steps, keyed: str) -> Label:
    """Read digits as the label of a lost or unlabelled book, else as a number or a PIN."""
    label = barcodes.read(keyed, steps.desktop.patterns)
    return label if isinstance(label, ItemLabel | CardLabel) else DigitsLabel(keyed, whole=True)


def _tell_part(steps: Steps, lane: Lane, count: int) -> None:
    """Show how many digits there are; the journal has not even that of a PIN."""
    data = {"note": Note.PIN_PART}
    seq = steps.record(OutcomeKind.MODE_CHANGED, lane, data, session=steps.lanes[lane].session_id)
    values = {"count": count}
    verbs.tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.PIN_PART, seq, values=values)


def _take_desk_label(steps: Steps, scan: Scan, label: Label) -> None:
    lane = scan.lane
    match label:
        case ClassLabel(school_class):
            turns.scan_class(steps, lane, school_class)
        case BinderLabel(card):
            people.scan_binder(steps, lane, card)
        case DayCardLabel(code):
            people.scan_day_card(steps, lane, code)
        case ReasonLabel(reason):
            overrides.scan_reason(steps, lane, reason)
        case DamageLabel(damage):
            stock.scan_damage(steps, lane, damage)
        case _:
            verbs.note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW)
