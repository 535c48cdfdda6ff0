"""Loans that were made or renewed against a rule, as the journal has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from kiosk.domain import Barcode, BlockCode, Card, Reason
from kiosk.ledger.connection import utc_text


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One rule set aside: by whom, for whom, which book, and why."""

    at: datetime
    operator: Card | None
    operator_name: str
    card: Card
    name: str
    class_label: str
    barcode: Barcode
    title: str
    codes: tuple[BlockCode, ...]
    reason: Reason
    is_undone: bool


_OVERRIDES = (
    "SELECT journal.at, staff.card, staff.name, reader.card, reader.name, class.label,"
    " item.barcode, title.title, json_extract(data, '$.override'),"
    " EXISTS (SELECT 1 FROM journal AS undone WHERE undone.at >= journal.at"
    " AND undone.kind = 'undone' AND json_extract(undone.data, '$.undoes') = journal.seq)"
    " FROM journal JOIN reader ON reader.id = journal.reader"
    " JOIN item ON item.id = journal.item JOIN title ON title.id = title_id"
    " LEFT JOIN class ON class.id = reader.class_id"
    " LEFT JOIN reader AS staff ON staff.id = operator"
    " WHERE journal.at >= ? AND journal.at < ?"
    " AND journal.kind IN ('checked_out', 'renewed')"
    " AND json_extract(data, '$.override') IS NOT NULL"
    " ORDER BY seq"
)


def overrides_between(db: Database, since: datetime, until: datetime) -> Iterator[OverrideRow]:
    """Yield the overrides from an instant until another (excluded), in the order of the journal."""
    for row in db.execute(_OVERRIDES, (utc_text(since), utc_text(until))):
        at, operator, operator_name, card, name, label, barcode, title, override, undone = row
        told = json.loads(override)
        yield OverrideRow(
            datetime.fromisoformat(at),
            None if operator is None else Card(operator),
            operator_name or "",
            Card(card),
            name,
            label or "",
            Barcode(barcode),
            title,
            tuple(BlockCode(code) for code in told["codes"]),
            Reason(told["reason"]),
            bool(undone),
        )
