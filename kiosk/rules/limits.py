"""How many books a reader may have: under one rule, of some collections, of one title."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kiosk.domain import Block, BlockCode, Value
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.rotation.windows import grade_on
from kiosk.rules.asked import Blocks, Policy, Request
from kiosk.rules.matrix import LoanRule, limit_for


def loans_under(
    rule: LoanRule, loans: Sequence[OpenLoan], reader: ReaderFacts, policy: Policy, *, on: date
) -> int:
    """Count the open loans that this rule would match on a day."""
    return sum(policy.rule_on(reader.member, loan.collection, on) is rule for loan in loans)


def limit_blocks(request: Request, rule: LoanRule, policy: Policy, on: date) -> Blocks:
    """Yield what the books in hand have against one more under a rule that lends."""
    counted = loans_under(rule, request.loans, request.reader, policy, on=on)
    if counted >= rule.limit:
        yield Block(BlockCode.LIMIT_REACHED, {"limit": rule.limit, "count": counted})
    collection, member = request.item.collection, request.reader.member
    limit = limit_for(policy.collection_limits, member.kind, collection, grade=grade_on(member, on))
    if limit is None:
        return
    held = sum(loan.collection in limit.collections for loan in request.loans)
    if held >= limit.limit:
        values: dict[str, Value] = {"limit": limit.limit, "count": held, "collection": collection}
        yield Block(BlockCode.COLLECTION_LIMIT_REACHED, values)


def title_blocks(request: Request, rule: LoanRule | None, policy: Policy) -> Blocks:
    """Yield that the reader has the title already, where a second item of it is not lent."""
    own = None if rule is None else rule.same_title
    if (own or policy.same_title) == "refuse" and _has_title(request):
        yield Block(BlockCode.SAME_TITLE, {"title": request.item.title})


def _has_title(request: Request) -> bool:
    return any(loan.title_id == request.item.title_id for loan in request.loans)
