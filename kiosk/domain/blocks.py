"""Why something is refused: the codes, most important first, and a block with its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.domain.words import Value


class BlockCode(StrEnum):
    """Why something is refused; the order of the members is the order of importance."""

    CLOCK_DOUBTED = "clock_doubted"
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    LABEL_UNREADABLE = "label_unreadable"
    CARD_UNKNOWN = "card_unknown"
    ITEM_UNKNOWN = "item_unknown"
    ISBN_NOT_ITEM = "isbn_not_item"
    CARD_LOST = "card_lost"
    READER_SUSPENDED = "reader_suspended"
    READER_EXPIRED = "reader_expired"
    WINDOW_CLOSED = "window_closed"
    NOT_YOUR_TURN = "not_your_turn"
    TERM_CLOSING = "term_closing"
    NO_RULE = "no_rule"
    REFERENCE_ONLY = "reference_only"
    ITEM_WITHDRAWN = "item_withdrawn"
    ITEM_LOST = "item_lost"
    ITEM_IN_REPAIR = "item_in_repair"
    ON_LOAN_TO_OTHER = "on_loan_to_other"
    ON_HOLD_FOR_OTHER = "on_hold_for_other"
    OVERDUE_ITEMS = "overdue_items"
    UNPAID_CHARGE = "unpaid_charge"
    LIMIT_REACHED = "limit_reached"
    COLLECTION_LIMIT_REACHED = "collection_limit_reached"
    SAME_TITLE = "same_title"
    RENEWALS_EXHAUSTED = "renewals_exhausted"


BLOCK_ORDER: Mapping[BlockCode, int] = {code: place for place, code in enumerate(BlockCode)}


@dataclass(frozen=True, slots=True)
class Block:
    """One reason for a refusal, with the values behind it; `kiosk.wording` says it to a child.

    The keys of `values` per code are listed in `docs/headless.md` and are what the
    journal keeps: plain JSON values, dates as `YYYY-MM-DD`, times as `HH:MM`.
    """

    code: BlockCode
    values: Mapping[str, Value] = field(default_factory=dict)
