"""What stands against a reader or an item, whatever the hour and the timetable."""

from __future__ import annotations

from datetime import date

from kiosk.domain import Block, BlockCode
from kiosk.domain.facts import ItemFacts, ReaderFacts
from kiosk.rotation.windows import has_left
from kiosk.rules.asked import Blocks, Policy, Request


def has_expired(reader: ReaderFacts, grades: int, today: date) -> bool:
    """Tell whether the card has run out, or its class has left the school."""
    if reader.expires_on is not None and today > reader.expires_on:
        return True
    return has_left(reader.member, grades, today)


def reader_blocks(reader: ReaderFacts, policy: Policy, today: date | None) -> Blocks:
    """Yield what stands against the reader; without a day nothing that hangs on it."""
    until = reader.suspended_until
    if reader.status == "suspended":
        yield Block(BlockCode.READER_SUSPENDED)
    elif today is not None and until is not None and until >= today:
        yield Block(BlockCode.READER_SUSPENDED, {"until": until.isoformat()})
    if reader.status == "lost":
        # Reported while its session was open: the card itself is refused before this.
        yield Block(BlockCode.CARD_LOST)
    if today is not None and has_expired(reader, policy.grades, today):
        expired = reader.expires_on.isoformat() if reader.expires_on else None
        yield Block(BlockCode.READER_EXPIRED, {"expires_on": expired})


def item_blocks(item: ItemFacts, request: Request) -> Blocks:
    """Yield what stands against the item: out of use, or kept for another reader."""
    if item.status != "active":
        yield Block(BlockCode(f"item_{item.status}"))
    if item.held_for is not None and item.held_for != request.reader.id:
        yield Block(BlockCode.ON_HOLD_FOR_OTHER)


def charge_blocks(reader: ReaderFacts, policy: Policy) -> Blocks:
    """Yield the reader's unpaid charges, if the school lends nothing until they are settled."""
    if policy.charge_blocks and reader.unpaid_fen > 0:
        yield Block(BlockCode.UNPAID_CHARGE, {"fen": reader.unpaid_fen})
