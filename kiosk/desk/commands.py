"""What happens when a label of the command card is scanned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from kiosk.barcodes import ItemLabel
from kiosk.desk.cards import end_and_tell
from kiosk.desk.crates import end_crate, open_crate
from kiosk.desk.items import current_view
from kiosk.desk.listing import todo
from kiosk.desk.reprint import queue, reprint
from kiosk.desk.steps import Steps
from kiosk.desk.undo import undo_book, undo_last
from kiosk.desk.verbs import Verb, lacks, wait_for
from kiosk.domain import Command, Lane, Mode, Note, OutcomeKind, TodoKind
from kiosk.ledger import slips
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
from kiosk.session.lane import DoneDeed

AWAITED: Final[Mapping[Command, Verb]] = {Command.UNDO: Verb("monitor", ("item",), undo_book)}
"""Labels that act at once for a pupil, and for a monitor or staff may wait for a book."""


def scan_command(steps: Steps, lane: Lane, command: Command) -> None:
    """Do what the label says, as far as it may be done on this lane now."""
    state = steps.lanes[lane]
    match on_command(state, command, steps.at):
        case Ignore(note):
            _leave(steps, lane, OutcomeKind.IGNORED, note, command)
        case Attend(note):
            _attend(steps, lane, note, command)
        case EndSession("slip"):
            _end_with_slip(steps, lane)
        case EndSession(cause):
            end_and_tell(steps, lane, cause)
        case OpenCrate():
            open_crate(steps, lane)
        case CloseCrate():
            end_crate(steps, lane)
        case SetMode(mode):
            session = state.session and replace(state.session, mode=mode)
            steps.lanes[lane] = replace(state, session=session)
            _change_mode(steps, lane, mode)
        case PrintSlip(session_id):
            _print_later(steps, lane, session_id)
        case Undo(deed) if state.crate is not None and deed in state.crate.deeds:
            _undo_in_crate(steps, lane, deed)
        case Undo(deed):
            undo_last(steps, lane, deed)


def _attend(steps: Steps, lane: Lane, note: Note, command: Command) -> None:
    """Say why nothing is done; a monitor on duty or staff may go further than the lane's reader."""
    has_right = lacks(steps, lane, "monitor") is None
    if command is Command.UNDO and has_right:
        wait_for(steps, lane, Command.UNDO, AWAITED[Command.UNDO])
    elif note is Note.NOTHING_TO_PRINT and has_right:
        reprint(steps, lane)
    else:
        _leave(steps, lane, OutcomeKind.ATTENTION, note, command)


def _undo_in_crate(steps: Steps, lane: Lane, deed: DoneDeed) -> None:
    """Put a crate's last book back on its reader, if that is being served: a monitor's right."""
    if lacks(steps, lane, "monitor") is not None:
        _leave(steps, lane, OutcomeKind.ATTENTION, Note.READER_NOT_HERE, Command.UNDO)
    else:
        undo_book(steps, lane, (ItemLabel(deed.barcode),))


def _leave(steps: Steps, lane: Lane, kind: OutcomeKind, note: Note, command: Command) -> None:
    """Record that nothing was done, and why."""
    state = steps.lanes[lane]
    listed = todo(steps, TodoKind.HELP, lane=lane) if note is Note.HELP_CALLED else {}
    seq = steps.record(
        kind,
        lane,
        {"note": note, "command": command, **listed},
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


def _change_mode(steps: Steps, lane: Lane, mode: Mode) -> None:
    state = steps.lanes[lane]
    seq = steps.record(
        OutcomeKind.MODE_CHANGED,
        lane,
        {"mode": mode},
        session=state.session_id,
        reader=state.reader_id,
    )
    _tell(steps, lane, OutcomeKind.MODE_CHANGED, seq, mode=mode)


def _end_with_slip(steps: Steps, lane: Lane) -> None:
    """End the session and print its slip; with nothing done there is nothing to print."""
    session = steps.lanes[lane].session
    assert session is not None, "the slip label ends a session"
    if session.staff and not session.deeds:
        reprint(steps, lane)
        return
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
    """Print the slip of the session just ended; one that may be on paper once, as a copy."""
    slip = slips.of_session(steps.db, session)
    if slip is None:
        _attend(steps, lane, Note.NOTHING_TO_PRINT, Command.SLIP)
        return
    state = steps.lanes[lane]
    if queue(steps, slip) and state.ended is not None:
        steps.lanes[lane] = replace(state, ended=replace(state.ended, printable=False))
    seq = steps.record(OutcomeKind.SLIP_QUEUED, lane, {}, session=session)
    steps.tell(OutcomeKind.SLIP_QUEUED, lane, session=session, seq=seq)
