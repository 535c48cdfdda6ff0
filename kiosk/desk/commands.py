"""What happens when a label of the command card is scanned."""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.cards import end_and_tell
from kiosk.desk.items import current_view
from kiosk.desk.steps import Steps
from kiosk.domain import Command, Deed, Lane, Mode, Note, OutcomeKind
from kiosk.ledger import facts, slips
from kiosk.session.advance import (
    Attend,
    CloseCrate,
    EndSession,
    Ignore,
    OpenCrate,
    PrintSlip,
    SetMode,
    Undo,
    on_command,
)
from kiosk.session.lane import DoneDeed, undid


def scan_command(steps: Steps, lane: Lane, command: Command) -> None:
    """Do what the label says, as far as it may be done on this lane now."""
    state = steps.lanes[lane]
    match on_command(state, command, steps.at):
        case Ignore(note):
            _leave(steps, lane, OutcomeKind.IGNORED, note, command)
        case Attend(note):
            _leave(steps, lane, OutcomeKind.ATTENTION, note, command)
        case EndSession("slip"):
            _end_with_slip(steps, lane)
        case EndSession(cause):
            end_and_tell(steps, lane, cause)
        case OpenCrate():
            steps.lanes[lane] = replace(state, crate_at=steps.at)
            _change_mode(steps, lane, Mode.RETURN, Note.CRATE_OPENED)
        case CloseCrate():
            steps.lanes[lane] = replace(state, crate_at=None)
            _change_mode(steps, lane, Mode.LEND, Note.CRATE_CLOSED)
        case SetMode(mode):
            session = state.session and replace(state.session, mode=mode)
            steps.lanes[lane] = replace(state, session=session)
            _change_mode(steps, lane, mode, None)
        case PrintSlip(session_id):
            _print_later(steps, lane, session_id)
        case Undo(deed):
            _undo(steps, lane, deed)


def _leave(steps: Steps, lane: Lane, kind: OutcomeKind, note: Note, command: Command) -> None:
    """Record that nothing was done, and why."""
    state = steps.lanes[lane]
    seq = steps.record(
        kind,
        lane,
        {"note": note, "command": command},
        session=state.session_id,
        reader=state.reader_id,
    )
    _tell(steps, lane, kind, seq, note=note)


def _tell(steps: Steps, lane: Lane, kind: OutcomeKind, seq: int, **parts: object) -> None:
    state = steps.lanes[lane]
    steps.tell(
        kind,
        lane,
        card=state.card,
        session=state.session_id,
        seq=seq,
        view=current_view(steps, lane),
        **parts,
    )


def _change_mode(steps: Steps, lane: Lane, mode: Mode, note: Note | None) -> None:
    state = steps.lanes[lane]
    seq = steps.record(
        OutcomeKind.MODE_CHANGED,
        lane,
        {"mode": mode},
        session=state.session_id,
        reader=state.reader_id,
    )
    _tell(steps, lane, OutcomeKind.MODE_CHANGED, seq, mode=mode, note=note)


def _end_with_slip(steps: Steps, lane: Lane) -> None:
    """End the session and print its slip; with nothing done there is nothing to print."""
    session = steps.lanes[lane].session
    assert session is not None, "the slip label ends a session"
    end_and_tell(steps, lane, "slip")
    if session.deeds:
        seq = steps.record(
            OutcomeKind.SLIP_QUEUED, lane, {}, session=session.id, reader=session.reader_id
        )
        closed = steps.outcomes[-1]
        steps.tell(
            OutcomeKind.SLIP_QUEUED,
            lane,
            card=session.card,
            session=session.id,
            seq=seq,
            view=closed.view,
        )


def _print_later(steps: Steps, lane: Lane, session: int) -> None:
    if not slips.queue_again(steps.db, session):
        _leave(steps, lane, OutcomeKind.ATTENTION, Note.NOTHING_TO_PRINT, Command.SLIP)
        return
    steps.slip_waits = True
    seq = steps.record(OutcomeKind.SLIP_QUEUED, lane, {}, session=session)
    steps.tell(OutcomeKind.SLIP_QUEUED, lane, session=session, seq=seq)


def _undo(steps: Steps, lane: Lane, deed: DoneDeed) -> None:
    """Take a deed back by a further event, if the loan is still as the deed left it."""
    if not facts.can_undo(steps.db, deed):
        _leave(steps, lane, OutcomeKind.ATTENTION, Note.NOTHING_TO_UNDO, Command.UNDO)
        return
    state = steps.lanes[lane]
    ended = state.ended
    went_to_displaced = ended is not None and deed in ended.deeds
    session_id = state.session_id
    if ended is not None and went_to_displaced:
        session_id = ended.session
    data = {"undoes": deed.seq, "deed": deed.deed, "loan": deed.loan}
    if deed.deed is Deed.RENEWED and deed.due_before is not None:
        data["due_before"] = deed.due_before.isoformat()
    seq = steps.record(
        OutcomeKind.UNDONE,
        lane,
        data,
        session=session_id,
        reader=deed.reader_id,
        item=deed.item_id,
    )
    if ended is not None and went_to_displaced:
        steps.correct_slip(lane, ended, deed)
    steps.lanes[lane] = undid(state, deed)
    _tell(
        steps,
        lane,
        OutcomeKind.UNDONE,
        seq,
        barcode=deed.barcode,
        title=deed.title,
        undone=deed.deed,
        due_on=deed.due_before if deed.deed is Deed.RENEWED else None,
    )
