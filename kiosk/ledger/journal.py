"""The journal, and the one function that applies an event to the tables derived from it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlite_utils import Database

from kiosk.domain import ClockState, Lane
from kiosk.errors import LedgerError
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


@dataclass(frozen=True, slots=True)
class Row:
    """A journal row as replay reads it; `at` is the stored text."""

    seq: int
    kind: str
    at: str
    desk: str
    lane: Lane | None
    session: int | None
    reader: int | None
    item: int | None
    data: Mapping[str, Any]


_to_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_WITHOUT_EFFECT: Final = frozenset(
    {
        "refused",
        "attention",
        "ignored",
        "mode_changed",
        "slip_queued",
        "readers_imported",
        "items_imported",
        "restored",
    }
)
"""Kinds of events that change no derived row."""

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
            event.reader,
            event.item,
            event.data,
        ),
    )
    return seq


def apply(db: Database, row: Row) -> None:
    """Bring the derived tables up to date with one event; recording and replay both come here."""
    match row.kind:
        case "session_opened":
            db.execute(
                "INSERT INTO session (id, desk, lane, reader_id, opened_at, window)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (row.seq, row.desk, row.lane, row.reader, row.at, row.data.get("window")),
            )
        case "session_closed":
            db.execute("UPDATE session SET closed_at = ? WHERE id = ?", (row.at, row.session))
        case "checked_out":
            _apply_check_out(db, row)
        case "checked_in":
            _change_loan(db, row, "checked_in_at = ?", row.at)
        case "renewed":
            _change_loan(db, row, "due_on = ?, renewals = renewals + 1", row.data["due_on"])
        case "undone":
            _apply_undo(db, row)
        case kind if kind not in _WITHOUT_EFFECT:
            raise LedgerError(f"The journal's row {row.seq} is of an unknown kind, {kind!r}.")


def _apply_check_out(db: Database, row: Row) -> None:
    db.execute(
        "INSERT INTO loan (id, item_id, reader_id, class_id, checked_out_at, due_on, desk,"
        " window, in_room) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.seq,
            row.item,
            row.reader,
            row.data["class_id"],
            row.at,
            row.data["due_on"],
            row.desk,
            row.data["window"],
            int(row.data["in_room"]),
        ),
    )


def _apply_undo(db: Database, row: Row) -> None:
    match row.data["deed"]:
        case "lent":
            db.execute("DELETE FROM loan WHERE id = ?", (row.data["loan"],))
        case "returned":
            _change_loan(db, row, "checked_in_at = ?", None)
        case "renewed":
            _change_loan(db, row, "due_on = ?, renewals = renewals - 1", row.data["due_before"])


def _change_loan(db: Database, row: Row, change: str, value: str | None) -> None:
    db.execute(f"UPDATE loan SET {change} WHERE id = ?", (value, row.data["loan"]))


def replay(source: Database) -> Iterator[Row]:
    """Yield every row of a journal in order."""
    rows = source.execute(
        "SELECT seq, kind, at, desk, lane, session, reader, item, data FROM journal ORDER BY seq"
    )
    for seq, kind, at, desk, lane, session, reader, item, data in rows:
        yield Row(seq, kind, at, desk, lane, session, reader, item, json.loads(data))


def latest_trusted_at(db: Database) -> datetime | None:
    """Find the latest instant that a running desk wrote while it did not doubt its clock."""
    row = db.execute(
        "SELECT at FROM journal WHERE lane IS NOT NULL AND clock <> 'doubted'"
        " ORDER BY at DESC LIMIT 1"
    ).fetchone()
    return None if row is None else datetime.fromisoformat(row[0])
