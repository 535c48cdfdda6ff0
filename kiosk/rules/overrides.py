"""Which refusals a monitor and staff may override, with a reason that the journal keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kiosk.domain import Block, BlockCode

MONITOR_MAY_WAIVE: Final = frozenset({BlockCode.WINDOW_CLOSED, BlockCode.NOT_YOUR_TURN})
STAFF_MAY_WAIVE: Final = MONITOR_MAY_WAIVE | {
    BlockCode.READER_SUSPENDED,
    BlockCode.READER_EXPIRED,
    BlockCode.TERM_CLOSING,
    BlockCode.REFERENCE_ONLY,
    BlockCode.ON_HOLD_FOR_OTHER,
    BlockCode.OVERDUE_ITEMS,
    BlockCode.UNPAID_CHARGE,
    BlockCode.LIMIT_REACHED,
    BlockCode.COLLECTION_LIMIT_REACHED,
    BlockCode.SAME_TITLE,
    BlockCode.RENEWALS_EXHAUSTED,
}


def may_waive(blocks: Iterable[Block], *, staff: bool) -> bool:
    """Tell whether a refusal may be overridden: every one of its reasons may be.

    >>> may_waive([Block(BlockCode.WINDOW_CLOSED)], staff=False)
    True
    >>> may_waive([Block(BlockCode.WINDOW_CLOSED), Block(BlockCode.LIMIT_REACHED)], staff=False)
    False
    """
    codes = {block.code for block in blocks}
    return bool(codes) and codes <= (STAFF_MAY_WAIVE if staff else MONITOR_MAY_WAIVE)
