"""A decision made again from the facts that its row of the journal kept: see `trace`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from kiosk.domain import Barcode, BlockCode, Card, ClassCode
from kiosk.domain.facts import ItemFacts, Kept, OpenLoan, ReaderFacts
from kiosk.rotation.live import Live, OpenedNow, TurnKey
from kiosk.rules.asked import Decision, Moment, Policy, Request
from kiosk.rules.decision import decide_check_out, decide_renewal

_OWN: Final = 1
_ANOTHER: Final = 2


def replayed(facts: Mapping[str, Any], policy: Policy, moment: Moment) -> Decision:
    """Decide once more, under this policy: what is late is what was late then.

    Windows that staff had opened, and turns cancelled on the day, are as they were.
    """
    live = _live(facts, policy.today(moment.at), moment.at)
    policy = replace(policy, timetable=policy.timetable.with_live(live))
    loans, late, renewing = _loans(facts, moment.at)
    request = Request(
        _reader(facts["reader"]),
        _item(facts["item"]),
        loans,
        _kept(facts.get("kept")),
        facts["item"].get("lent_to_other", False),
        facts["item"].get("wanted", False),
        frozenset(BlockCode(code) for code in facts.get("waived", ())),
        late,
    )
    if renewing is None:
        return decide_check_out(request, policy, moment)
    return decide_renewal(request, renewing, policy, moment)


def _live(facts: Mapping[str, Any], today: date, at: datetime) -> Live:
    opened = tuple(
        OpenedNow(_OWN, at, datetime.fromisoformat(one["until"]), _codes(one))
        for one in facts.get("opened", ())
    )
    cancelled = frozenset(
        TurnKey(ClassCode(code), window, today) for code, window in facts.get("cancelled", ())
    )
    return Live(opened, cancelled)


def _codes(opening: Mapping[str, Any]) -> tuple[ClassCode, ...]:
    return tuple(ClassCode(code) for code in opening.get("classes", ()))


def _reader(kept: Mapping[str, Any]) -> ReaderFacts:
    code = kept.get("class")
    return ReaderFacts(
        _OWN,
        Card(""),
        "",
        kept["kind"],
        None,
        None if code is None else ClassCode(code),
        "",
        kept.get("status", "active"),
        _day(kept.get("expires_on")),
        suspended_until=_day(kept.get("suspended_until")),
        unpaid_fen=kept.get("unpaid_fen", 0),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _item(kept: Mapping[str, Any]) -> ItemFacts:
    status = kept.get("status", "active")
    held_for = _ANOTHER if kept.get("held_for_other") else None
    return ItemFacts(_OWN, Barcode(""), _OWN, "", kept["collection"], status, held_for=held_for)


def _kept(kept: Mapping[str, Any] | None) -> Kept | None:
    if kept is None:
        return None
    until = datetime.fromisoformat(kept["until"])
    return Kept(kept["window"], until, kept.get("in_room_only", False))


def _loans(
    facts: Mapping[str, Any], at: datetime
) -> tuple[tuple[OpenLoan, ...], frozenset[int], OpenLoan | None]:
    """Rebuild the loans in hand, which of them were late, and the one to be renewed."""
    loans: list[OpenLoan] = []
    late: set[int] = set()
    renewing: OpenLoan | None = None
    for kept in facts.get("loans", ()):
        for _ in range(kept.get("n", 1)):
            number = len(loans) + 1
            loan = OpenLoan(
                number,
                number,
                Barcode(""),
                _OWN if kept.get("same_title") else _ANOTHER,
                "",
                kept["collection"],
                _OWN,
                at,
                _day(kept.get("due_on")) or at.date(),
                kept.get("renewals", 0),
                False,
            )
            loans.append(loan)
            if kept.get("late"):
                late.add(number)
            if kept.get("this"):
                renewing = loan
    return tuple(loans), frozenset(late), renewing
