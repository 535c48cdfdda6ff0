"""Takes a deed back by a further event: the last of a session, or later that of one book."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from kiosk.barcodes import ItemLabel, Label
from kiosk.desk.items import current_view, refuse_label
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import lacks_for, note_only
from kiosk.domain import Block, BlockCode, Card, Command, Deed, Lane, Note, OutcomeKind
from kiosk.ledger import facts, slips, undoing
from kiosk.ledger.undoing import PastDeed
from kiosk.session.lane import DoneDeed, Ended, undid

MONITOR_WITHIN: Final = timedelta(minutes=10)
"""How long a monitor on duty may take back what was done, or print its slip again."""


def undo_last(steps: Steps, lane: Lane, deed: DoneDeed) -> None:
    """Take back what the lane's session, or the one just displaced, did last."""
    if not facts.can_undo(steps.db, deed):
        _refuse(steps, lane, Note.NOTHING_TO_UNDO)
        return
    state = steps.lanes[lane]
    ended = state.ended if state.ended is not None and deed in state.ended.deeds else None
    session = state.session_id if ended is None else ended.session
    _undo(steps, lane, deed, session, state.card)
    if ended is not None:
        steps.correct_slip(lane, ended, deed)


def undo_book(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Take back the last check-out or check-in of a book: a monitor's right for 10 minutes.

    A check-in only while its reader is served: no book goes back on somebody who is not there.
    """
    (label,) = labels
    assert isinstance(label, ItemLabel), "the verb waited for a book"
    found = facts.item_of_barcode(steps.db, label.barcode)
    if found is None:
        block = Block(BlockCode.ITEM_UNKNOWN, {"label": label.barcode})
        refuse_label(steps, lane, block, label.barcode)
        return
    item, _ = found
    past = undoing.last_deed(steps.db, item)
    if past is None or not _is_in_time(steps, lane, past):
        _refuse(steps, lane, Note.NOTHING_TO_UNDO, item.id)
        return
    missing = lacks_for(steps, lane, past.deed.reader_id)
    if missing is None and not _is_there(steps, past.deed):
        missing = Note.READER_NOT_HERE
    if missing is not None:
        _refuse(steps, lane, missing, item.id)
        return
    reader = facts.reader_of_id(steps.db, past.deed.reader_id)
    ended = _ended(steps, past)
    _undo(steps, lane, past.deed, past.session, reader.card)
    if ended is not None:
        steps.correct_slip(past.lane, ended, past.deed)


def _is_there(steps: Steps, deed: DoneDeed) -> bool:
    """Tell whether a book may go back to where the deed took it from."""
    served = {state.reader_id for state in steps.lanes.values()}
    return deed.deed is not Deed.RETURNED or deed.reader_id in served


def _is_in_time(steps: Steps, lane: Lane, past: PastDeed) -> bool:
    return steps.is_staff(lane) or abs(steps.at - past.at) <= MONITOR_WITHIN


def _ended(steps: Steps, past: PastDeed) -> Ended | None:
    """Find the session whose slip may still have to be corrected: nobody prints an older one."""
    if past.session is None or abs(steps.at - past.at) > MONITOR_WITHIN:
        return None
    return undoing.ended_session(steps.db, past.session)


def _refuse(steps: Steps, lane: Lane, note: Note, item: int | None = None) -> None:
    # Whoever may undo for others can have the reader scan the card; a pupil sees a monitor.
    hint = {"hint": "card_first"} if note is Note.READER_NOT_HERE else {}
    note_only(
        steps, lane, OutcomeKind.ATTENTION, note, command=Command.UNDO, item=item, values=hint
    )


def _undo(steps: Steps, lane: Lane, deed: DoneDeed, session: int | None, card: Card | None) -> None:
    """Record that a deed is taken back, forget it wherever it is remembered, and tell."""
    seq = steps.record(
        OutcomeKind.UNDONE,
        lane,
        undoing.undone_by(steps.db, deed),
        session=session,
        reader=deed.reader_id,
        item=deed.item_id,
    )
    if deed.deed is Deed.RETURNED:
        slips.withdraw_hold(steps.db, deed.seq)
    for one, state in steps.lanes.items():
        steps.lanes[one] = undid(state, deed)
    steps.tell(
        OutcomeKind.UNDONE,
        lane,
        card=card,
        session=steps.lanes[lane].session_id,
        seq=seq,
        view=current_view(steps, lane),
        barcode=deed.barcode,
        title=deed.title,
        undone=deed.deed,
        due_on=deed.due_before if deed.deed is Deed.RENEWED else None,
    )
