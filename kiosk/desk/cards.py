"""What happens when a card is scanned: a session begins, ends, or is refused."""

from __future__ import annotations

from kiosk.desk.items import current_view
from kiosk.desk.steps import Steps
from kiosk.domain import Block, BlockCode, Card, Lane, LaneUse, Mode, Note, OutcomeKind
from kiosk.domain.facts import Kept, ReaderFacts
from kiosk.ledger import facts
from kiosk.session.advance import Cause, EndSession, OpenFor, RefuseCard, on_card
from kiosk.session.lane import CHANGED_READER, LaneState, OpenSession, opened, other_card


def scan_card(steps: Steps, lane: Lane, card: Card) -> None:
    """Find the card's reader and open, end or refuse."""
    reader = facts.reader_of_card(steps.db, card)
    match on_card(steps.lanes[lane], reader):
        case EndSession(cause):
            end_and_tell(steps, lane, cause)
        case RefuseCard(code):
            _refuse(steps, lane, code, card, reader)
        case OpenFor(found):
            _open(steps, lane, found)


def end_and_tell(
    steps: Steps, lane: Lane, cause: Cause, *, displaced: bool = False, note: Note | None = None
) -> None:
    """End the lane's session and say what was done in it."""
    session = steps.lanes[lane].session
    assert session is not None, f"lane {lane} has a session to end"
    view = current_view(steps, lane)
    seq, did_something = steps.end_session(lane, cause, displaced=displaced)
    if note is None and not did_something:
        note = Note.NOTHING_DONE
    steps.tell(
        OutcomeKind.SESSION_CLOSED,
        lane,
        card=session.card,
        session=session.id,
        seq=seq,
        view=view,
        note=note,
    )


def _refuse(
    steps: Steps, lane: Lane, code: BlockCode, card: Card, reader: ReaderFacts | None
) -> None:
    """A card that opens nothing ends the lane's session all the same."""
    if steps.lanes[lane].session is not None:
        end_and_tell(steps, lane, "other_card", displaced=True)
    steps.lanes[lane] = other_card(steps.lanes[lane])
    values = {"label": card} if reader is None else {}
    block = Block(code, values)
    seq = steps.record(
        OutcomeKind.REFUSED,
        lane,
        {"blocks": [{"code": code, **values}], "asked": "session", **values},
        reader=None if reader is None else reader.id,
    )
    steps.tell(
        OutcomeKind.REFUSED,
        lane,
        card=None if reader is None else reader.card,
        blocks=(block,),
        seq=seq,
    )


def _open(steps: Steps, lane: Lane, reader: ReaderFacts) -> None:
    before = steps.lanes[lane].session
    if before is not None:
        end_and_tell(steps, lane, "other_card", displaced=True)
    for other, state in list(steps.lanes.items()):
        if state.session is not None and state.session.reader_id == reader.id:
            end_and_tell(steps, other, "elsewhere", note=Note.ELSEWHERE)
    kept = _kept_window(steps, reader)
    session = steps.open_session(lane, reader.id, kept.window if kept is not None else None)
    state = other_card(steps.lanes[lane])
    steps.lanes[lane] = opened(state, _session(steps, state, session, reader, kept))
    changed = before is not None and steps.at - before.opened_at <= CHANGED_READER
    steps.tell(
        OutcomeKind.SESSION_OPENED,
        lane,
        card=reader.card,
        session=session,
        seq=session,
        view=current_view(steps, lane),
        note=Note.CHANGED_READER if changed else None,
    )


def _session(
    steps: Steps, state: LaneState, session: int, reader: ReaderFacts, kept: Kept | None
) -> OpenSession:
    mode = Mode.RETURN if state.use is LaneUse.RETURN else Mode.LEND
    return OpenSession(session, reader.id, reader.card, steps.at, steps.at, mode, kept)


def _kept_window(steps: Steps, reader: ReaderFacts) -> Kept | None:
    """Find the window open to the reader now that lasts longest: the session keeps it."""
    if steps.clock == "doubted":
        return None
    open_now = [
        one
        for one in steps.desktop.policy.timetable.open_at(steps.at)
        if one.is_for(reader.member, in_room=True)
    ]
    if not open_now:
        return None
    # A window that lends outside the room is worth more than one that is open longer.
    best = max(open_now, key=lambda one: (one.window.kind != "reading", one.grace_until))
    until = best.grace_until + steps.desktop.rules.carry
    return Kept(best.window.name, until, best.window.kind == "reading")
