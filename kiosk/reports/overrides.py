"""`kiosk report overrides`: every loan against a rule, for the teacher to look through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Final

from kiosk.domain import BlockCode
from kiosk.ledger.overrides import OverrideRow
from kiosk.wording import Words
from kiosk.wording.labels import reason_word


def override_lines(rows: Iterable[OverrideRow], words: Words, zone: tzinfo) -> Iterator[str]:
    """Write one line for each: when, by whom, for whom, which book, which rule, and why."""
    for row in rows:
        local = row.at.astimezone(zone)
        by = " ".join(part for part in (row.operator or "-", row.operator_name) if part)
        reader = " ".join(part for part in (row.card, row.class_label, row.name) if part)
        rules = words.tr(", ").join(_rule(code, words) for code in row.codes)
        book = f"{row.barcode} {words.tr('“{title}”', title=row.title)}"
        why = reason_word(row.reason, words)
        parts = [f"{local:%m-%d %H:%M}", by, reader, book, rules, why]
        if row.is_undone:
            parts.append(words.tr("undone"))
        yield " | ".join(parts)


def _rule(code: BlockCode, words: Words) -> str:
    message = _RULES.get(code)
    return code.value if message is None else words.tr(message)


def _marked(message: str) -> str:
    """Mark a message for extraction; it is translated when it is said."""
    return message


_RULES: Final[Mapping[BlockCode, str]] = {
    BlockCode.WINDOW_CLOSED: _marked("closed now"),
    BlockCode.NOT_YOUR_TURN: _marked("another class's turn"),
    BlockCode.READER_SUSPENDED: _marked("was suspended"),
    BlockCode.READER_EXPIRED: _marked("card has run out"),
    BlockCode.TERM_CLOSING: _marked("term is closing"),
    BlockCode.REFERENCE_ONLY: _marked("is not lent"),
    BlockCode.ON_HOLD_FOR_OTHER: _marked("kept for another reader"),
    BlockCode.OVERDUE_ITEMS: _marked("a book is due back"),
    BlockCode.UNPAID_CHARGE: _marked("a charge is open"),
    BlockCode.LIMIT_REACHED: _marked("too many books"),
    BlockCode.COLLECTION_LIMIT_REACHED: _marked("too many of this kind"),
    BlockCode.SAME_TITLE: _marked("the same title again"),
    BlockCode.RENEWALS_EXHAUSTED: _marked("renewed often enough"),
}
