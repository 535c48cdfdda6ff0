"""What happens when a card is scanned: a session begins, ends, or is refused."""

from __future__ import annotations

from dataclasses import replace

from kiosk.desk.crates import end_crate
from kiosk.desk.items import current_view
from kiosk.desk.listing import todo
from kiosk.desk.steps import Steps
from kiosk.desk.visits import note_visit
from kiosk.domain import (
    Block,
    BlockCode,
    Card,
    Lane,
    LaneUse,
    Mode,
    Note,
    OutcomeKind,
    TodoKind,
    Value,
)
from kiosk.domain.facts import Kept, ReaderFacts
from kiosk.ledger import facts, holds, people
from kiosk.rules.greeting import READER_CODES, why_not_now
from kiosk.rules.standing import has_expired
from kiosk.session.advance import Cause, EndSession, OpenFor, RefuseCard, on_card
from kiosk.session.lane import CHANGED_READER, LaneState, OpenSession, opened, other_card


def scan_card(steps: Steps, lane: Lane, card: Card) -> None:
    """Find the card's reader and open, end or refuse."""
    reader = facts.reader_of_card(steps.db, card)
    match on_card(steps.lanes[lane], reader):
        case EndSession(cause):
            end_and_tell(steps, lane, cause)
        case RefuseCard(BlockCode.CARD_UNKNOWN):
            _refuse_unknown(steps, lane, card)
        case RefuseCard(code):
            refuse_card(steps, lane, Block(code), reader)
        case OpenFor(found) if steps.lanes[lane].use is LaneUse.VISIT:
            note_visit(steps, lane, found)
        case OpenFor(found):
            open_for(steps, lane, found)


def serve_without_card(
    steps: Steps, lane: Lane, reader: ReaderFacts, note: Note, **opened_by: bool
) -> None:
    """Open a session for a reader whose card is not here; the same label again ends it."""
    if steps.lanes[lane].use is LaneUse.VISIT:
        note_visit(steps, lane, reader)
    elif steps.lanes[lane].reader_id == reader.id:
        end_and_tell(steps, lane, "card")
    else:
        open_for(steps, lane, reader, note=note, **opened_by)


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


def _refuse_unknown(steps: Steps, lane: Lane, card: Card) -> None:
    """Refuse a card that is nobody's: it may have been somebody's before it was replaced."""
    owner = people.reader_of_old_card(steps.db, card)
    if owner is None:
        refuse_card(steps, lane, Block(BlockCode.CARD_UNKNOWN, {"label": card}), None)
    else:
        refuse_card(steps, lane, Block(BlockCode.CARD_LOST, {"replaced": True}), owner)


def give_way(steps: Steps, lane: Lane) -> None:
    """End what the lane was doing: whoever scans next is not the reader it served."""
    if steps.lanes[lane].session is not None:
        end_and_tell(steps, lane, "other_card", displaced=True)
    end_crate(steps, lane)
    steps.lanes[lane] = other_card(steps.lanes[lane])


def refuse_card(steps: Steps, lane: Lane, block: Block, reader: ReaderFacts | None = None) -> None:
    """Refuse what should have opened a session; it ends the lane's all the same."""
    give_way(steps, lane)
    told = {"code": block.code, **block.values}
    listed: dict[str, str] = {}
    if block.code is BlockCode.CARD_UNKNOWN:
        listed = todo(steps, TodoKind.UNKNOWN_CARD, label=str(block.values["label"]))
    seq = steps.record(
        OutcomeKind.REFUSED,
        lane,
        {"blocks": [told], "asked": "session", **block.values, **listed},
        reader=None if reader is None else reader.id,
    )
    steps.tell(
        OutcomeKind.REFUSED,
        lane,
        card=None if reader is None else reader.card,
        blocks=(block,),
        seq=seq,
    )


def open_for(
    steps: Steps,
    lane: Lane,
    reader: ReaderFacts,
    *,
    note: Note | None = None,
    **opened_by: bool,
) -> None:
    """Open a session for a reader; the lane's own and the reader's elsewhere are over.

    `opened_by` says what it was if no card did, `binder=True` or `day_card=True`.
    """
    before = steps.lanes[lane].session
    if before is not None:
        end_and_tell(steps, lane, "other_card", displaced=True)
    end_crate(steps, lane)
    for other, state in list(steps.lanes.items()):
        if state.session is not None and state.session.reader_id == reader.id:
            end_and_tell(steps, other, "elsewhere", note=Note.ELSEWHERE)
    kept = _kept_window(steps, reader)
    window = kept.window if kept is not None else None
    seq = steps.open_session(lane, reader.id, window, **opened_by)
    state = other_card(steps.lanes[lane])
    session = replace(
        _session(steps, state, seq, reader, kept),
        has_pin=not opened_by and _may_become_staff(steps, reader),
        without_card=bool(opened_by),
    )
    # Staff are called to a reader who was refused; anybody else's card puts that behind.
    refused = state.refused if session.has_pin else None
    steps.lanes[lane] = opened(replace(state, refused=refused), session)
    if before is not None and steps.at - before.opened_at <= CHANGED_READER:
        note = note or Note.CHANGED_READER
    ready = holds.title_ready_for(steps.db, reader.id)
    closed = None if ready is not None else _closed_to(steps, state, reader, kept)
    steps.tell(
        OutcomeKind.SESSION_OPENED,
        lane,
        card=reader.card,
        session=seq,
        seq=seq,
        view=current_view(steps, lane),
        note=note,
        values=closed or ({} if ready is None else {"hold_title": ready}),
    )


def _closed_to(
    steps: Steps, state: LaneState, reader: ReaderFacts, kept: Kept | None
) -> dict[str, Value] | None:
    """Give the reason why the reader cannot borrow now, so that nobody fetches a book in vain."""
    if state.is_return_lane or steps.clock == "doubted":
        return None
    policy = steps.desktop.policy
    block = why_not_now(reader, policy, steps.at)
    if block is None or (kept is not None and block.code not in READER_CODES):
        return None
    return {"closed": block.code, **block.values}


def _session(
    steps: Steps, state: LaneState, session: int, reader: ReaderFacts, kept: Kept | None
) -> OpenSession:
    mode = Mode.RETURN if state.is_return_lane else Mode.LEND
    return OpenSession(session, reader.id, reader.card, steps.at, steps.at, mode, kept)


def _may_become_staff(steps: Steps, reader: ReaderFacts) -> bool:
    if reader.kind != "teacher" or reader.status != "active":
        return False
    policy = steps.desktop.policy
    today = steps.at.astimezone(policy.timetable.zone).date()
    if steps.clock != "doubted" and has_expired(reader, policy.grades, today):
        return False
    return people.has_pin(steps.db, reader.id)


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
