"""Prints the lane's last slip again: for its reader, for a monitor on duty or staff."""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.steps import Steps
from kiosk.desk.undo import MONITOR_WITHIN
from kiosk.desk.verbs import lacks_for, note_only
from kiosk.domain import Command, Lane, Note, OutcomeKind
from kiosk.ledger import facts, slips
from kiosk.ledger.slips import LaneSlip
from receipts.slip import from_json, to_json


def reprint(steps: Steps, lane: Lane) -> None:
    """Queue the slip of the lane's last session within 10 minutes, whoever came since."""
    since = steps.at - MONITOR_WITHIN
    slip = slips.last_of_lane(steps.db, steps.desktop.desk, lane, since)
    missing = Note.NOTHING_TO_PRINT if slip is None else lacks_for(steps, lane, slip.reader_id)
    if slip is None or missing is not None:
        note_only(
            steps,
            lane,
            OutcomeKind.ATTENTION,
            missing or Note.NOTHING_TO_PRINT,
            command=Command.SLIP,
        )
        return
    queue(steps, slip)
    seq = steps.record(
        OutcomeKind.SLIP_QUEUED, lane, {}, session=slip.session, reader=slip.reader_id
    )
    card = facts.reader_of_id(steps.db, slip.reader_id).card
    steps.tell(OutcomeKind.SLIP_QUEUED, lane, card=card, session=slip.session, seq=seq)


def queue(steps: Steps, slip: LaneSlip) -> bool:
    """See that a slip is printed once more from now; True when that is a copy, marked as one."""
    steps.slip_waits = True
    if slip.state in {"queued", "cancelled"}:
        slips.queue_again(steps.db, slip.session)
        return False
    if slip.state != "printing":
        _queue_copy(steps, slip)
    return slip.state != "printing"


def _queue_copy(steps: Steps, slip: LaneSlip) -> None:
    """Queue what may be on paper already once more, marked as a copy."""
    body = from_json(slip.body)
    again = steps.desktop.slip_writer.style.words.tr("Printed again")
    notes = tuple(dict.fromkeys((*body.notes, again)))
    slips.write(
        steps.db,
        session=slip.session,
        at=steps.at,
        state="queued",
        body=to_json(replace(body, notes=notes)),
    )
