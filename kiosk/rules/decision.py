"""The decision: Allowed, or Refused with every reason that applies, most important first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.domain import BLOCK_ORDER, Block, BlockCode, ClockState, Value
from kiosk.domain.facts import ItemFacts, Kept, OpenLoan, ReaderFacts
from kiosk.rotation.due import due_on, is_overdue
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening, grade_on
from kiosk.rules.matrix import LoanRule, rule_for


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the school has decided, ready for the rules."""

    timetable: Timetable
    rules: Sequence[LoanRule]
    grades: int = 6
    overdue_blocks: bool = True
    same_title: str = "allow"


@dataclass(frozen=True, slots=True)
class Moment:
    """When the decision is made, and how far the clock is to be believed."""

    at: datetime
    clock: ClockState = "ok"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The loan may be made or renewed, under this rule, due on this day.

    `window` names the lending window, None for a rule that needs none.
    """

    rule: LoanRule
    due_on: date
    window: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: at least one block, most important first."""

    blocks: tuple[Block, ...]


Decision = Allowed | Refused


@dataclass(frozen=True, slots=True)
class Request:
    """One reader at a desk and one item: all that a decision needs to know.

    `loans` are the reader's open loans; `lent_to_other` says that the item is on another reader's.
    """

    reader: ReaderFacts
    item: ItemFacts
    loans: Sequence[OpenLoan]
    kept: Kept | None = None
    lent_to_other: bool = False


@dataclass(slots=True)
class _Findings:
    """Blocks as they are found; sorted when they are told."""

    blocks: list[Block] = field(default_factory=list)

    def add(self, code: BlockCode, **values: Value) -> None:
        self.blocks.append(Block(code, values))

    def extend(self, blocks: Iterable[Block]) -> None:
        self.blocks.extend(blocks)

    def told(self) -> tuple[Block, ...]:
        return tuple(sorted(self.blocks, key=lambda block: BLOCK_ORDER[block.code]))


def decide_check_out(request: Request, policy: Policy, moment: Moment) -> Decision:
    """Decide whether the reader may take the item now."""
    found = _Findings()
    rule = rule_for(policy.rules, request.reader.kind, request.item.collection)
    due, window = _common(found, request, rule, policy, moment)
    if request.lent_to_other:
        found.add(BlockCode.ON_LOAN_TO_OTHER)
    if moment.clock != "doubted" and policy.overdue_blocks:
        found.extend(_overdue(request, policy, moment.at))
    if rule is not None and rule.lend != "no":
        counted = loans_under(rule, request.loans, request.reader, policy.rules)
        if counted >= rule.limit:
            found.add(BlockCode.LIMIT_REACHED, limit=rule.limit, count=counted)
    if policy.same_title == "refuse" and _has_title(request):
        found.add(BlockCode.SAME_TITLE, title=request.item.title)
    return _decide(found, rule, due, window)


def decide_renewal(request: Request, loan: OpenLoan, policy: Policy, moment: Moment) -> Decision:
    """Decide whether the reader may keep an own loan for another period; limits do not apply.

    The new due date is reckoned as if lent today and never becomes earlier.
    """
    found = _Findings()
    rule = rule_for(policy.rules, request.reader.kind, request.item.collection)
    due, window = _common(found, request, rule, policy, moment)
    if rule is not None and rule.lend != "no" and loan.renewals >= rule.renewals:
        found.add(BlockCode.RENEWALS_EXHAUSTED, renewals=loan.renewals, limit=rule.renewals)
    return _decide(found, rule, None if due is None else max(due, loan.due_on), window)


def _decide(
    found: _Findings, rule: LoanRule | None, due: date | None, window: str | None
) -> Decision:
    if found.blocks or rule is None or due is None:
        return Refused(found.told())
    return Allowed(rule, due, window)


def _common(
    found: _Findings,
    request: Request,
    rule: LoanRule | None,
    policy: Policy,
    moment: Moment,
) -> tuple[date | None, str | None]:
    """Find what stands against lending and renewing alike; returns the due date and the window."""
    reader, today = request.reader, moment.at.astimezone(policy.timetable.zone).date()
    match reader.status:
        case "suspended":
            found.add(BlockCode.READER_SUSPENDED)
        case "lost":
            # Reported while its session was open: the card itself is refused before this.
            found.add(BlockCode.CARD_LOST)
    if rule is None:
        found.add(BlockCode.NO_RULE, collection=request.item.collection, kind=reader.kind)
    elif rule.lend == "no":
        found.add(BlockCode.REFERENCE_ONLY, rule=rule.number, collection=request.item.collection)
    if request.item.status != "active":
        found.add(BlockCode(f"item_{request.item.status}"))
    if moment.clock == "doubted":
        # Which day it is decides everything below; under a doubted clock nobody can know.
        found.add(BlockCode.CLOCK_DOUBTED)
        return None, None
    if has_expired(reader, policy.grades, today):
        expired = reader.expires_on.isoformat() if reader.expires_on else None
        found.add(BlockCode.READER_EXPIRED, expires_on=expired)
    window = _enter_window(found, request, rule, policy, moment.at)
    due: date | None = None
    if rule is not None and rule.terms is not None:
        due = due_on(rule.terms, policy.timetable, reader.school_class, today)
    _check_term(found, reader, policy, today, impossible=_lends(rule) and due is None)
    return due, window


def _lends(rule: LoanRule | None) -> bool:
    return rule is not None and rule.lend != "no"


def has_expired(reader: ReaderFacts, grades: int, today: date) -> bool:
    """Tell whether the card has run out, or its class has left the school."""
    if reader.expires_on is not None and today > reader.expires_on:
        return True
    grade = grade_on(reader.member, today)
    return reader.kind != "teacher" and grade is not None and grade > grades


def _enter_window(
    found: _Findings,
    request: Request,
    rule: LoanRule | None,
    policy: Policy,
    at: datetime,
) -> str | None:
    """Name the window that serves the reader now, or add why none does."""
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
    found.extend([_closed(request.reader, policy.timetable, open_now, at, in_room=in_room)])
    return None


def _closed(
    reader: ReaderFacts,
    timetable: Timetable,
    open_now: Sequence[Opening],
    at: datetime,
    *,
    in_room: bool,
) -> Block:
    """Say whose turn it is if it is another class's, else that it is closed; and what comes next.

    `next_at` is local, to the minute: the own class's next turn while another class has its turn,
    else the next opening for this reader. `now` has the keys of the classes whose turn it is.
    """
    turns = [code for one in open_now if at < one.closes_at for code in one.classes]
    coming = timetable.next_opening(reader.member, at, in_room=in_room)
    if turns and coming is not None:
        own = (
            one
            for one in timetable.openings_after(at)
            if reader.school_class in one.classes
            and timetable.lends_on(reader.member, one.opens_at.date())
        )
        coming = next(own, coming)
    values: dict[str, Value] = {
        "next_at": coming.opens_at.strftime("%Y-%m-%dT%H:%M") if coming else None,
        "next_window": coming.window.name if coming else None,
        "next_kind": coming.window.kind if coming else None,
    }
    if turns:
        return Block(BlockCode.NOT_YOUR_TURN, {"now": " ".join(turns), **values})
    return Block(BlockCode.WINDOW_CLOSED, values)


def _check_term(
    found: _Findings, reader: ReaderFacts, policy: Policy, today: date, *, impossible: bool
) -> None:
    """Add `term_closing` from the last lending day to the next term, or when no day is left.

    `back_by` is left out once it has passed.
    """
    term = policy.timetable.calendar.term_begun(today)
    if term is not None and not policy.timetable.lends_on(reader.member, today):
        values = {"ended_on": term.lending_ends_on.isoformat()}
        if today <= term.recall_on:
            values["back_by"] = term.recall_on.isoformat()
        found.add(BlockCode.TERM_CLOSING, **values)
    elif impossible:
        found.add(BlockCode.TERM_CLOSING)


def loans_under(
    rule: LoanRule, loans: Sequence[OpenLoan], reader: ReaderFacts, rules: Sequence[LoanRule]
) -> int:
    """Count the open loans that this rule would match today."""
    return sum(1 for loan in loans if rule_for(rules, reader.kind, loan.collection) is rule)


def _has_title(request: Request) -> bool:
    return any(loan.title_id == request.item.title_id for loan in request.loans)


def overdue_loans(
    loans: Sequence[OpenLoan], reader: ReaderFacts, policy: Policy, at: datetime
) -> Iterator[OpenLoan]:
    """Yield the reader's loans that are late through the reader's own doing."""
    today = at.astimezone(policy.timetable.zone).date()
    for loan in loans:
        if today <= loan.due_on:
            continue
        rule = rule_for(policy.rules, reader.kind, loan.collection)
        anytime = rule is not None and rule.anytime
        if is_overdue(loan.due_on, policy.timetable, reader.member, at, anytime=anytime):
            yield loan


def _overdue(request: Request, policy: Policy, at: datetime) -> Iterator[Block]:
    late = sorted(
        overdue_loans(request.loans, request.reader, policy, at), key=lambda loan: loan.due_on
    )
    if late:
        yield Block(
            BlockCode.OVERDUE_ITEMS,
            {"title": late[0].title, "due_on": late[0].due_on.isoformat(), "count": len(late)},
        )
