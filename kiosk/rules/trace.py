"""What the journal keeps of a decision's facts, so that it can be made again: see `replay`.

Plain JSON values without names and titles; days are `YYYY-MM-DD`, instants in ISO form with their
offset. What is left out had its usual value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kiosk.domain.facts import Kept, OpenLoan, ReaderFacts
from kiosk.rotation.due import InDays, InTurns, NextTerm, Period, SameDay, TermEnd
from kiosk.rules.asked import Allowed, Decision, Moment, Policy, Request
from kiosk.rules.matrix import LoanRule
from kiosk.rules.overdue import overdue_loans

Facts = dict[str, Any]


def trace(
    decision: Decision,
    request: Request,
    policy: Policy,
    moment: Moment,
    renewing: OpenLoan | None = None,
) -> Facts:
    """Keep the facts a decision was made of; of a plain check-out only the few that are cheap.

    `renewing` is the loan that was to be renewed.
    """
    if isinstance(decision, Allowed) and not decision.waived and renewing is None:
        return _of_plain_loan(decision, request, policy, moment.at)
    member, today = request.reader.member, policy.today(moment.at)
    rule = policy.rule_on(member, request.item.collection, today)
    return {
        "reader": _reader(request.reader),
        "item": _item(request),
        **_if_any(loans=_loans(request, policy, moment, renewing)),
        **_if_any(rule=None if rule is None else rule_values(rule)),
        **_if_any(open=_open(policy, moment.at)),
        **_if_any(opened=_opened(policy, moment.at), cancelled=_cancelled(policy, today)),
        **_if_any(kept=_kept(request.kept), waived=sorted(request.waived)),
        "policy": policy.fingerprint,
    }


def _of_plain_loan(decision: Allowed, request: Request, policy: Policy, at: datetime) -> Facts:
    """Keep little: a check-out is written while a child waits, some 100,000 times in five years."""
    reader, rule = request.reader, decision.rule
    kept: Facts = {"reader": {"kind": reader.kind}, "item": {"collection": request.item.collection}}
    if reader.school_class:
        kept["reader"]["class"] = reader.school_class
    if request.loans:
        kept["loans"] = _loans_by_collection(request.loans)
    if rule.terms is not None:
        kept["period"] = period_text(rule.terms.period)
    if policy.timetable.live.opened:
        kept |= _if_any(opened=_opened(policy, at))
    if request.kept is not None and not _is_open(request, policy, at, rule):
        kept["kept"] = _kept(request.kept)
    kept["policy"] = policy.fingerprint
    return kept


def _is_open(request: Request, policy: Policy, at: datetime, rule: LoanRule) -> bool:
    member, in_room = request.reader.member, rule.lend == "in_room"
    return any(one.is_for(member, in_room=in_room) for one in policy.timetable.open_at(at))


def rule_values(rule: LoanRule) -> Facts:
    """Write a rule as the settings have it, with what is not left at its default."""
    values = {
        "number": rule.number,
        **_if_any(readers=sorted(rule.readers), grades=sorted(rule.grades)),
        **_if_any(collections=sorted(rule.collections)),
        "lend": rule.lend,
    }
    if rule.lend == "no":
        return values
    values["limit"] = rule.limit
    if rule.terms is not None:
        values["period"] = period_text(rule.terms.period)
        values |= _if_any(min_days=rule.terms.min_days)
        if isinstance(rule.terms.period, InTurns):
            values["without_turns"] = period_text(rule.terms.without_turns)
    values |= _if_any(renewals=rule.renewals, anytime=rule.anytime, same_title=rule.same_title)
    values |= {} if rule.recall else {"recall": False}
    return values | ({} if rule.when == "term" else {"when": rule.when})


def period_text(period: Period) -> str:
    """Write a period as the settings have it.

    >>> period_text(InTurns(1)), period_text(InDays(14)), period_text(NextTerm())
    ('1 turn', '14 days', 'next term')
    """
    match period:
        case InTurns(count):
            return f"{count} turn{'s' * (count != 1)}"
        case InDays(count):
            return f"{count} day{'s' * (count != 1)}"
        case SameDay():
            return "same day"
        case TermEnd():
            return "term end"
        case NextTerm():
            return "next term"


def _if_any(**values: object) -> Facts:
    return {key: value for key, value in values.items() if value}


def _reader(reader: ReaderFacts) -> Facts:
    return {
        "kind": reader.kind,
        **_if_any(
            **{"class": reader.school_class},
            status="" if reader.status == "active" else reader.status,
            expires_on=reader.expires_on and reader.expires_on.isoformat(),
            suspended_until=reader.suspended_until and reader.suspended_until.isoformat(),
            unpaid_fen=reader.unpaid_fen,
        ),
    }


def _item(request: Request) -> Facts:
    item = request.item
    return {
        "collection": item.collection,
        **_if_any(
            status="" if item.status == "active" else item.status,
            held_for_other=item.held_for not in (None, request.reader.id),
            lent_to_other=request.lent_to_other,
            wanted=request.wanted,
        ),
    }


def _loans(
    request: Request, policy: Policy, moment: Moment, renewing: OpenLoan | None
) -> list[Facts]:
    """Keep the loans in hand; alike ones, as a class card has many, are counted."""
    late = request.late
    if late is None and moment.clock != "doubted":
        found = overdue_loans(request.loans, request.reader, policy, moment.at)
        late = frozenset(loan.id for loan in found)
    alike: Counter[tuple[tuple[str, object], ...]] = Counter()
    for loan in request.loans:
        is_this = renewing is not None and loan.id == renewing.id
        kept = {
            "due_on": loan.due_on.isoformat(),
            "collection": loan.collection,
            **_if_any(
                late=loan.id in (late or ()),
                same_title=loan.title_id == request.item.title_id,
                this=is_this,
                renewals=loan.renewals if is_this else 0,
            ),
        }
        alike[tuple(kept.items())] += 1
    return [dict(kept) | ({"n": n} if n > 1 else {}) for kept, n in alike.items()]


def _loans_by_collection(loans: Sequence[OpenLoan]) -> list[Facts]:
    counts = Counter(loan.collection for loan in loans)
    return [{"collection": name} | ({"n": n} if n > 1 else {}) for name, n in counts.items()]


def _open(policy: Policy, at: datetime) -> list[Facts]:
    return [
        {"window": one.window.name, **_if_any(classes=list(one.classes))}
        for one in policy.timetable.open_at(at)
    ]


def _opened(policy: Policy, at: datetime) -> list[Facts]:
    """Keep the windows that staff had opened: no settings tell of them."""
    return [
        {"until": one.closes_at.isoformat(), **_if_any(classes=list(one.classes))}
        for one in policy.timetable.live.opened
        if one.opens_at <= at < one.closes_at
    ]


def _cancelled(policy: Policy, today: date) -> list[list[str]]:
    keys = policy.timetable.live.cancelled
    return sorted([key.school_class, key.window] for key in keys if key.on == today)


def _kept(kept: Kept | None) -> Facts:
    if kept is None:
        return {}
    in_room = _if_any(in_room_only=kept.in_room_only)
    return {"window": kept.window, "until": kept.until.isoformat(), **in_room}
