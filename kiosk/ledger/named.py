"""One row of the journal with the names behind its numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kiosk.domain import ClockState

_ROW = (
    "SELECT journal.seq, journal.at, journal.kind, lane, clock, data,"
    " reader.card, item.barcode, title.title, operator.card"
    " FROM journal LEFT JOIN reader ON reader.id = journal.reader"
    " LEFT JOIN item ON item.id = journal.item LEFT JOIN title ON title.id = item.title_id"
    " LEFT JOIN reader AS operator ON operator.id = journal.operator"
    " WHERE journal.seq = ?"
)


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A journal row as a person reads it; `operator` is the card of whoever was on duty."""

    seq: int
    at: datetime
    kind: str
    lane: str | None
    clock: ClockState
    data: Mapping[str, Any]
    card: str | None
    barcode: str | None
    title: str | None
    operator: str | None


def named_row(db: Database, seq: int) -> NamedRow | None:
    """Read one row of the journal, None if there is none of this number."""
    row = db.execute(_ROW, (seq,)).fetchone()
    if row is None:
        return None
    number, at, kind, lane, clock, data, *names = row
    return NamedRow(number, datetime.fromisoformat(at), kind, lane, clock, json.loads(data), *names)
