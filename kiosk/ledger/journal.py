"""The journal: appends events, each applied at once to the tables derived from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database

from kiosk.domain import ClockState, Lane
from kiosk.ledger.applying import Row, apply
from kiosk.ledger.connection import utc_text

OWN_SESSION: Final = 0
"""As an event's `session`: the event's own row, which opens the session."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `data` holds all that applying it needs, as plain JSON values."""

    kind: str
    at: datetime
    desk: str
    lane: Lane | None = None
    session: int | None = None
    operator: int | None = None
    reader: int | None = None
    item: int | None = None
    clock: ClockState = "ok"
    data: Mapping[str, Any] = field(default_factory=dict)


_to_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_NEXT: Final = (
    "SELECT (SELECT max(seq) FROM journal), (SELECT max(desk_seq) FROM journal WHERE desk = ?)"
)
_INSERT: Final = (
    "INSERT INTO journal"
    " (seq, desk, desk_seq, lane, session, at, kind, operator, reader, item, clock, data)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def record(db: Database, event: Event) -> int:
    """Append an event and apply it; call it inside `Ledger.transaction`. Returns its `seq`."""
    last_seq, last_desk_seq = db.execute(_NEXT, (event.desk,)).fetchone()
    seq = (last_seq or 0) + 1
    session = seq if event.session == OWN_SESSION else event.session
    at = utc_text(event.at)
    db.execute(
        _INSERT,
        (
            seq,
            event.desk,
            (last_desk_seq or 0) + 1,
            event.lane,
            session,
            at,
            event.kind,
            event.operator,
            event.reader,
            event.item,
            event.clock,
            _to_json(event.data),
        ),
    )
    apply(
        db,
        Row(
            seq,
            event.kind,
            at,
            event.desk,
            event.lane,
            session,
            event.operator,
            event.reader,
            event.item,
            event.data,
        ),
    )
    return seq


def replay(source: Database) -> Iterator[Row]:
    """Yield every row of a journal in order."""
    rows = source.execute(
        "SELECT seq, kind, at, desk, lane, session, operator, reader, item, data FROM journal"
        " ORDER BY seq"
    )
    for seq, kind, at, desk, lane, session, operator, reader, item, data in rows:
        yield Row(seq, kind, at, desk, lane, session, operator, reader, item, json.loads(data))


def latest_trusted_at(db: Database) -> datetime | None:
    """Find the latest instant that a running desk wrote while it did not doubt its clock.

    What was written before staff last confirmed a clock by their word alone does not count.
    """
    row = db.execute(f"{_TRUSTED} ORDER BY at DESC LIMIT 1").fetchone()
    if row is None:
        return None
    # Only rows after that one can have put it aside: seldom any, and no walk through all of them.
    (anew,) = db.execute(_CONFIRMED_ANEW, (row[0],)).fetchone()
    if anew is not None:
        row = db.execute(f"{_TRUSTED} AND seq >= ? ORDER BY at DESC LIMIT 1", (anew,)).fetchone()
    return datetime.fromisoformat(row[1])


_TRUSTED: Final = "SELECT seq, at FROM journal WHERE lane IS NOT NULL AND clock <> 'doubted'"
_CONFIRMED_ANEW: Final = (
    "SELECT max(seq) FROM journal WHERE seq > ? AND kind = 'clock_confirmed'"
    " AND json_extract(data, '$.anew')"
)
