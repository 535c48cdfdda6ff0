"""Labels that say what is to be done, and wait for what it is about: KC-LOST, then a book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from kiosk.barcodes import BinderLabel, CardLabel, ClassLabel, DigitsLabel, ItemLabel, Label
from kiosk.desk.items import current_view, refuse_label
from kiosk.desk.steps import Steps
from kiosk.domain import (
    Block,
    BlockCode,
    Command,
    Lane,
    Note,
    OutcomeKind,
    StaffPage,
    Value,
)
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts, people
from kiosk.session.lane import AWAITS, Awaiting, LaneState

Want = Literal["item", "reader", "class", "card", "own_card", "number"]
"""What comes next: a book, a reader (card or binder line), a class label, a card nobody has, the
card of whoever scans it, or a number from the keypad or the digit card."""

Right = Literal["anyone", "monitor", "staff"]

_ASKS: Final[Mapping[Want, Note]] = {
    "item": Note.SCAN_BOOK,
    "reader": Note.SCAN_READER,
    "class": Note.SCAN_CLASS,
    "card": Note.SCAN_NEW_CARD,
    "own_card": Note.DUTY_CARD,
    "number": Note.ENTER_NUMBER,
}
_FITS: Final[Mapping[Want, tuple[type, ...]]] = {
    "item": (ItemLabel,),
    "reader": (CardLabel, BinderLabel),
    "class": (ClassLabel,),
    "card": (CardLabel,),
    "own_card": (CardLabel,),
    "number": (DigitsLabel,),
}


@dataclass(frozen=True, slots=True)
class Verb:
    """What a label does: who may, what it waits for, and the step once that is there.

    `ask` asks for what comes next in the verb's own way, told what is there so far; it may find
    that nothing more is needed, and `forget` the rest.
    """

    right: Right
    wants: tuple[Want, ...]
    do: Callable[[Steps, Lane, tuple[Label, ...]], None]
    ask: Callable[[Steps, Lane, tuple[Label, ...]], None] | None = None


def begin(steps: Steps, lane: Lane, command: Command, verb: Verb) -> None:
    """Do what a label says, or ask for what it is about."""
    missing = lacks(steps, lane, verb.right)
    if missing is not None:
        note_only(steps, lane, OutcomeKind.ATTENTION, missing, command=command)
    elif verb.wants:
        wait_for(steps, lane, command, verb)
    else:
        verb.do(steps, lane, ())


def is_awaited(state: LaneState, label: Label, verbs: Mapping[Command, Verb], steps: Steps) -> bool:
    """Tell whether the lane waits for just this kind of label."""
    awaiting = state.awaiting
    if awaiting is None or steps.at - awaiting.at > AWAITS or awaiting.command not in verbs:
        return False
    want = verbs[awaiting.command].wants[len(awaiting.got)]
    return isinstance(label, _FITS[want])


def take_object(steps: Steps, lane: Lane, label: Label, verbs: Mapping[Command, Verb]) -> None:
    """Take what the lane's label waits for; once all is there, do it."""
    awaiting = steps.lanes[lane].awaiting
    assert awaiting is not None, f"lane {lane} waits for something"
    verb = verbs[awaiting.command]
    missing = lacks(steps, lane, verb.right)
    got = (*awaiting.got, label)
    if missing is not None:
        forget(steps, lane)
        note_only(steps, lane, OutcomeKind.ATTENTION, missing, command=awaiting.command)
    elif len(got) < len(verb.wants):
        _wait(steps, lane, Awaiting(awaiting.command, steps.at, got), verb)
    else:
        forget(steps, lane)
        verb.do(steps, lane, got)


def await_more(steps: Steps, lane: Lane, awaiting: Awaiting) -> None:
    """Wait for a further object, without a word."""
    steps.lanes[lane] = replace(steps.lanes[lane], awaiting=awaiting)


def forget(steps: Steps, lane: Lane) -> None:
    """Wait for nothing any more."""
    steps.lanes[lane] = replace(steps.lanes[lane], awaiting=None)


def lacks(steps: Steps, lane: Lane, right: Right) -> Note | None:
    """Say who is missing for a right, None when whoever is at the lane has it."""
    match right:
        case "staff" if not steps.is_staff(lane):
            return Note.NEEDS_STAFF
        case "monitor" if not steps.is_staff(lane) and steps.room.duty_at(steps.at) is None:
            return Note.NEEDS_MONITOR
        case _:
            return None


def lacks_for(steps: Steps, lane: Lane, reader_id: int) -> Note | None:
    """Say who is missing for a monitor's right over a reader: never the monitor who is it."""
    duty = steps.room.duty_at(steps.at)
    own = duty is not None and duty.reader_id == reader_id and not steps.is_staff(lane)
    return Note.NOT_FOR_YOURSELF if own else lacks(steps, lane, "monitor")


def wait_for(steps: Steps, lane: Lane, command: Command, verb: Verb) -> None:
    """Ask for the first thing a label is about."""
    _wait(steps, lane, Awaiting(command, steps.at), verb)


def _wait(steps: Steps, lane: Lane, awaiting: Awaiting, verb: Verb) -> None:
    steps.lanes[lane] = replace(steps.lanes[lane], awaiting=awaiting)
    if verb.ask is not None:
        verb.ask(steps, lane, awaiting.got)
    else:
        ask(steps, lane, awaiting.command, verb.wants[len(awaiting.got)])


def ask(
    steps: Steps, lane: Lane, command: Command, want: Want, *, page: StaffPage | None = None
) -> None:
    """Ask for what comes next, in the usual words."""
    values = {"command": command.value}
    note_only(steps, lane, OutcomeKind.MODE_CHANGED, _ASKS[want], page=page, values=values)


def reader_meant(steps: Steps, lane: Lane, label: Label) -> ReaderFacts | None:
    """Find the reader whose card or binder line this is; an unknown one is refused and told."""
    assert isinstance(label, CardLabel | BinderLabel), "the verb waited for a reader"
    reader = facts.reader_of_card(steps.db, label.card)
    if reader is None:
        reader = people.reader_of_old_card(steps.db, label.card)
    if reader is None:
        block = Block(BlockCode.CARD_UNKNOWN, {"label": label.card})
        refuse_label(steps, lane, block, label.card)
    return reader


def note_only(
    steps: Steps,
    lane: Lane,
    kind: OutcomeKind,
    note: Note,
    *,
    command: Command | None = None,
    reader: int | None = None,
    item: int | None = None,
    page: StaffPage | None = None,
    values: Mapping[str, Value] | None = None,
) -> None:
    """Record and tell an outcome that changes nothing on record, with the note that says why."""
    data: dict[str, object] = {"note": note, **(values or {})}
    if command is not None:
        data["command"] = command
    seq = steps.record(
        kind,
        lane,
        data,
        session=steps.lanes[lane].session_id,
        reader=reader or steps.lanes[lane].reader_id,
        item=item,
    )
    tell_note(steps, lane, kind, note, seq, page=page, values=values)


def tell_note(
    steps: Steps,
    lane: Lane,
    kind: OutcomeKind,
    note: Note,
    seq: int,
    *,
    page: StaffPage | None = None,
    values: Mapping[str, Value] | None = None,
    **parts: object,
) -> None:
    """Tell an outcome whose event is on record already."""
    state = steps.lanes[lane]
    steps.tell(
        kind,
        lane,
        **{
            "card": state.card,
            "session": state.session_id,
            "view": current_view(steps, lane),
            **parts,
        },
        seq=seq,
        note=note,
        page=page,
        values=values or {},
    )
