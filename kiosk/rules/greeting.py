"""What stands against any loan of a reader now, whatever the book: said with the greeting."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from kiosk.domain import Barcode, Block, BlockCode
from kiosk.domain.facts import ItemFacts, ReaderFacts
from kiosk.rules.asked import Policy, Request
from kiosk.rules.standing import reader_blocks
from kiosk.rules.windows import window_for

_ANY_BOOK: Final = ItemFacts(0, Barcode(""), 0, "", "general", "active")

READER_CODES: Final = frozenset({BlockCode.READER_SUSPENDED, BlockCode.READER_EXPIRED})
"""Reasons that are the reader's own, whatever window is open."""


def why_not_now(reader: ReaderFacts, policy: Policy, at: datetime) -> Block | None:
    """Say why the reader can borrow no ordinary book now, None when one may be lent.

    The reader's own standing first, then the timetable; what hangs on a book is not asked.
    """
    today = policy.today(at)
    own = next(iter(reader_blocks(reader, policy, today)), None)
    rule = policy.rule_on(reader.member, _ANY_BOOK.collection, today)
    if own is not None or rule is None:
        return own
    served = window_for(Request(reader, _ANY_BOOK, ()), rule, policy, at)
    return served if isinstance(served, Block) else None
