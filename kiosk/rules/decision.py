"""The decision: Allowed, or Refused with every reason that applies, most important first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.domain import BLOCK_ORDER, Block, BlockCode, Value
from kiosk.domain.facts import Member, OpenLoan
from kiosk.rotation.due import grade_recalled, latest_day
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import last_day_here
from kiosk.rules.asked import Allowed, Blocks, Decision, Moment, Policy, Refused, Request
from kiosk.rules.limits import limit_blocks, title_blocks
from kiosk.rules.matrix import LoanRule
from kiosk.rules.overdue import overdue_blocks, overdue_loans
from kiosk.rules.overrides import STAFF_MAY_WAIVE
from kiosk.rules.standing import charge_blocks, has_expired, item_blocks, reader_blocks
from kiosk.rules.windows import window_for

__all__ = [
    "Allowed",
    "Decision",
    "Moment",
    "Policy",
    "Refused",
    "Request",
    "decide_check_out",
    "decide_renewal",
    "has_expired",
    "overdue_loans",
]


@dataclass(frozen=True, slots=True)
class _Case:
    """A request on the day it is made; no day under a doubted clock.

    `rule` is the one that matches, `lending` the one a loan would be made under: another, where
    staff lend what `rule` does not. Without a day the rule may be unknown.
    """

    request: Request
    policy: Policy
    at: datetime
    today: date | None
    rule: LoanRule | None
    lending: LoanRule | None
    is_rule_known: bool = True

    @property
    def lends(self) -> bool:
        """Tell whether there is a rule to lend under."""
        return self.lending is not None and self.lending.lend != "no"


def decide_check_out(request: Request, policy: Policy, moment: Moment) -> Decision:
    """Decide whether the reader may take the item now."""
    case = _case(request, policy, moment)
    found = list(_common(case))
    if request.lent_to_other:
        found.append(Block(BlockCode.ON_LOAN_TO_OTHER))
    if case.today is not None:
        found.extend(overdue_blocks(request, policy, case.at))
    found.extend(charge_blocks(request.reader, policy))
    if case.lending is not None and case.lends:
        day = case.today or policy.today(case.at)
        found.extend(limit_blocks(request, case.lending, policy, day))
    if case.is_rule_known:
        found.extend(title_blocks(request, case.lending, policy))
    return _decide(case, found)


def decide_renewal(request: Request, loan: OpenLoan, policy: Policy, moment: Moment) -> Decision:
    """Decide whether the reader may keep an own loan for another period; limits do not apply.

    The new due date is reckoned as if lent today and never becomes earlier.
    """
    case = _case(request, policy, moment)
    found = list(_common(case))
    if request.wanted:
        found.append(Block(BlockCode.ON_HOLD_FOR_OTHER, {"wanted": 1}))
    rule = case.lending
    if rule is not None and rule.lend != "no" and loan.renewals >= rule.renewals:
        values = {"renewals": loan.renewals, "limit": rule.renewals}
        found.append(Block(BlockCode.RENEWALS_EXHAUSTED, values))
    return _decide(case, found, not_before=loan.due_on)


def _case(request: Request, policy: Policy, moment: Moment) -> _Case:
    day = policy.today(moment.at)
    today = None if moment.clock == "doubted" else day
    member, collection = request.reader.member, request.item.collection
    if today is None and policy.hangs_on_the_day:
        return _Case(request, policy, moment.at, None, None, None, is_rule_known=False)
    rule = lending = policy.rule_on(member, collection, day)
    if rule is not None and rule.lend == "no" and BlockCode.REFERENCE_ONLY in request.waived:
        lending = policy.lending_rule_on(member, collection, day) or rule
    return _Case(request, policy, moment.at, today, rule, lending)


def _common(case: _Case) -> Blocks:
    """Yield what stands against lending and renewing alike, but for the window and the term."""
    request, rule = case.request, case.rule
    yield from reader_blocks(request.reader, case.policy, case.today)
    yield from item_blocks(request.item, request)
    if case.today is None:
        # Which day it is decides everything else; under a doubted clock nobody can know.
        yield Block(BlockCode.CLOCK_DOUBTED)
    if rule is not None and rule.lend == "no":
        values: dict[str, Value] = {"rule": rule.number, "collection": request.item.collection}
        yield Block(BlockCode.REFERENCE_ONLY, values)
    elif rule is None and case.is_rule_known:
        kind = request.reader.kind
        yield Block(BlockCode.NO_RULE, {"collection": request.item.collection, "kind": kind})


def _decide(case: _Case, found: list[Block], *, not_before: date | None = None) -> Decision:
    """Weigh what was found, with the window and the term, against what is overridden."""
    window: str | None = None
    due: date | None = None
    if case.today is not None:
        served = window_for(case.request, case.lending, case.policy, case.at)
        if isinstance(served, Block):
            found.append(served)
        else:
            window = served
        due = _due(case, case.today)
        found.extend(_term_blocks(case, case.today, is_impossible=case.lends and due is None))
    may = case.request.waived & STAFF_MAY_WAIVE
    standing = [block for block in found if block.code not in may]
    if standing or case.lending is None or case.today is None:
        return Refused(_sorted(standing))
    due = due or latest_day(case.policy.timetable.calendar, case.today)
    waived = _sorted(block for block in found if block.code in may)
    return Allowed(case.lending, max(due, not_before or due), window, waived)


def _sorted(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(sorted(blocks, key=lambda block: BLOCK_ORDER[block.code]))


def _due(case: _Case, today: date) -> date | None:
    """Find the day the book comes back, None when there is none its reader would be here for."""
    if case.lending is None:
        return None
    return case.policy.due_on(case.lending, case.request.reader.member, today)


def _term_blocks(case: _Case, today: date, *, is_impossible: bool) -> Blocks:
    """Yield `term_closing` from the last lending day to the next term, or when no day is left."""
    member, timetable = case.request.reader.member, case.policy.timetable
    if case.lending is None or case.lending.lend == "no":
        bound = not case.policy.lends_over_holidays(member, today)
    else:
        bound = case.lending.recall
    if is_impossible or (bound and not timetable.lends_on(member, today)):
        yield Block(BlockCode.TERM_CLOSING, _term_values(member, timetable, today))


def _term_values(member: Member, timetable: Timetable, today: date) -> dict[str, Value]:
    """Tell the days of the term that began last, or that no term is left.

    A class that leaves in the term has its last day at the school instead of later ones. `back_by`
    is left out once it has passed.
    """
    values: dict[str, Value] = {}
    term = timetable.calendar.term_begun(today)
    if term is not None:
        grade = grade_recalled(member, today)
        last_here = last_day_here(member, timetable.grades, today) or date.max
        back_by = min(term.recall_on_for(grade), last_here)
        values["ended_on"] = min(term.lending_ends_on_for(grade), last_here).isoformat()
        if today <= back_by:
            values["back_by"] = back_by.isoformat()
    if timetable.calendar.term_for_lending(today) is None:
        values["no_next_term"] = True
    return values
