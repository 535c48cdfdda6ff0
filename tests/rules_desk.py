"""Asks the rules of the school of the tests, in one call."""

from __future__ import annotations

from typing import Any

from builders import local, make_item, make_loan, make_policy, make_reader

from kiosk.domain import Block, ClockState
from kiosk.domain.facts import ItemFacts, OpenLoan, ReaderFacts
from kiosk.rules.decision import (
    Decision,
    Moment,
    Policy,
    Refused,
    Request,
    decide_check_out,
    decide_renewal,
)

IN_TURN = "2026-09-10 16:34"
AT_BREAK = "2026-09-10 10:05"
CLOSED = "2026-09-10 12:00"
POLICY = make_policy()
LATE = make_loan(9, due="2026-09-08", title="夏洛的网")


def lend(
    at: str = IN_TURN,
    *,
    reader: ReaderFacts | None = None,
    item: ItemFacts | None = None,
    loans: tuple[OpenLoan, ...] = (),
    policy: Policy = POLICY,
    clock: ClockState = "ok",
    **request: Any,
) -> Decision:
    """Decide a check-out in the school of the tests."""
    asked = Request(reader or make_reader(), item or make_item(), loans, **request)
    return decide_check_out(asked, policy, Moment(local(at), clock))


def renew(
    loan: OpenLoan,
    at: str = IN_TURN,
    *,
    reader: ReaderFacts | None = None,
    policy: Policy = POLICY,
    clock: ClockState = "ok",
    **request: Any,
) -> Decision:
    """Decide a renewal in the school of the tests."""
    item = make_item(loan.item_id, collection=loan.collection)
    asked = Request(reader or make_reader(), item, (loan,), **request)
    return decide_renewal(asked, loan, policy, Moment(local(at), clock))


def codes(decision: Decision) -> list[str]:
    """List the codes of a refusal, none when it is allowed."""
    return [block.code.value for block in decision.blocks] if isinstance(decision, Refused) else []


def refused_blocks(decision: Decision) -> tuple[Block, ...]:
    """Take the blocks of a refusal."""
    assert isinstance(decision, Refused)
    return decision.blocks
