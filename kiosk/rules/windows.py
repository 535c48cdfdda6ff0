"""Whether a lending window serves the reader now, and if not when one will."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from kiosk.domain import Block, BlockCode, Value
from kiosk.rotation.windows import Opening, has_left
from kiosk.rules.asked import Policy, Request
from kiosk.rules.matrix import LoanRule

_MINUTE = "%Y-%m-%dT%H:%M"


def window_for(
    request: Request, rule: LoanRule | None, policy: Policy, at: datetime
) -> str | Block | None:
    """Name the window that serves the reader, or say why none does; None: none is needed.

    A window that staff opened has the name "".
    """
    in_room = rule is not None and rule.lend == "in_room"
    open_now = policy.timetable.open_at(at)
    for opening in open_now:
        if opening.is_for(request.reader.member, in_room=in_room):
            return opening.window.name
    kept = request.kept
    if kept is not None and at < kept.until and (in_room or not kept.in_room_only):
        return kept.window
    if rule is not None and rule.anytime:
        return None
    return _closed(request, policy, open_now, at, in_room=in_room)


def _closed(
    request: Request, policy: Policy, open_now: Sequence[Opening], at: datetime, *, in_room: bool
) -> Block:
    """Say whose turn it is if it is another class's, else that it is closed; and what comes next.

    `next_at` is local, to the minute: the own class's next turn while another class has its turn,
    else the next opening for this reader. `now` has the keys of the classes whose turn it is.
    `sooner_at` and `sooner_window` name a free window that comes before the own class's turn.
    `no_next_term` says that the settings have no term any more.
    """
    turns = [code for one in open_now if at < one.closes_at for code in one.classes]
    first = next(_coming(request, policy, at, in_room=in_room), None)
    if not turns:
        ends: dict[str, Value] = {}
        if first is None and policy.timetable.calendar.term_for_lending(policy.today(at)) is None:
            ends["no_next_term"] = True
        return Block(BlockCode.WINDOW_CLOSED, _named(first) | ends)
    values: dict[str, Value] = {"now": " ".join(turns)}
    own: Opening | None = None
    if first is not None:
        openings = _coming(request, policy, at, in_room=in_room)
        own = next((one for one in openings if request.reader.school_class in one.classes), None)
    values |= _named(own or first)
    if own is not None and first is not None and first.opens_at < own.opens_at:
        values |= {
            "sooner_at": first.opens_at.strftime(_MINUTE),
            "sooner_window": first.window.name,
        }
    return Block(BlockCode.NOT_YOUR_TURN, values)


def _named(opening: Opening | None) -> dict[str, Value]:
    if opening is None:
        return {"next_at": None, "next_window": None, "next_kind": None}
    return {
        "next_at": opening.opens_at.strftime(_MINUTE),
        "next_window": opening.window.name,
        "next_kind": opening.window.kind,
    }


def _coming(request: Request, policy: Policy, at: datetime, *, in_room: bool) -> Iterator[Opening]:
    """Yield the later openings in which the reader may borrow this item."""
    member = request.reader.member
    lends: dict[date, bool] = {}
    for one in policy.timetable.openings_after(at):
        on = one.opens_at.date()
        if on not in lends:
            lends[on] = _lends_on(request, policy, on)
        if lends[on] and one.is_for(member, in_room=in_room):
            yield one


def _lends_on(request: Request, policy: Policy, on: date) -> bool:
    """Tell whether the term lends on a day: always under a rule that the recall does not bind.

    To a class that has left by then it never does.
    """
    member = request.reader.member
    if has_left(member, policy.timetable.grades, on):
        return False
    rule = policy.rule_on(member, request.item.collection, on)
    unbound = rule is not None and rule.lend != "no" and not rule.recall
    return unbound or policy.timetable.lends_on(member, on)
