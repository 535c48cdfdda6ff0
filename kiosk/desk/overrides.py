"""Lends against a rule, by a monitor or staff, with a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from kiosk.desk.cards import open_for
from kiosk.desk.items import Override, lend_anyway
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import lacks, lacks_for, note_only
from kiosk.domain import Lane, Note, OutcomeKind, Reason, Value
from kiosk.ledger import facts
from kiosk.rules.overrides import MONITOR_MAY_WAIVE, STAFF_MAY_WAIVE
from kiosk.session.lane import RefusedLoan

_WITHIN: Final = timedelta(minutes=2)


def scan_reason(steps: Steps, lane: Lane, reason: Reason) -> None:
    """Lend what was refused here just now, for a reason."""
    missing = lacks(steps, lane, "monitor")
    if missing is not None:
        note_only(steps, lane, OutcomeKind.ATTENTION, missing)
        return
    if steps.lanes[lane].is_return_lane:
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.RETURN_ONLY)
        return
    refused = _refused_just_now(steps, lane)
    if refused is None:
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOTHING_TO_OVERRIDE)
        return
    note, values = _forbidden(steps, lane, refused)
    if note is not None:
        note_only(steps, lane, OutcomeKind.ATTENTION, note, values=values)
        return
    is_staff = steps.is_staff(lane)
    steps.lanes[lane] = replace(steps.lanes[lane], refused=None)
    _let_back_in(steps, lane, refused)
    may = STAFF_MAY_WAIVE if is_staff else MONITOR_MAY_WAIVE
    lend_anyway(steps, lane, refused, Override(reason, may))


def _refused_just_now(steps: Steps, lane: Lane) -> RefusedLoan | None:
    """Find the lane's last refusal: of the reader being served, or of whom staff came to help."""
    session, refused = steps.lanes[lane].session, steps.lanes[lane].refused
    if session is None or refused is None or abs(steps.at - refused.at) > _WITHIN:
        return None
    return refused if session.staff or session.reader_id == refused.reader_id else None


def _forbidden(
    steps: Steps, lane: Lane, refused: RefusedLoan
) -> tuple[Note | None, dict[str, Value]]:
    """Say what stands against setting the rules aside: whose card it is, or what nobody may."""
    missing = lacks_for(steps, lane, refused.reader_id)
    if missing is not None:
        return missing, {}
    codes = [block.code for block in refused.blocks]
    for code in codes:
        if code not in STAFF_MAY_WAIVE:
            return Note.NOT_NOW, {"code": code}
    for code in codes:
        if code not in MONITOR_MAY_WAIVE and not steps.is_staff(lane):
            return Note.NEEDS_STAFF, {"code": code}
    return None, {}


def _let_back_in(steps: Steps, lane: Lane, refused: RefusedLoan) -> None:
    """Open a session again for the reader whose own one the staff member's card has ended."""
    session = steps.lanes[lane].session
    if session is not None and session.reader_id != refused.reader_id:
        steps.acting = session.reader_id
        open_for(steps, lane, facts.reader_of_id(steps.db, refused.reader_id), override=True)
