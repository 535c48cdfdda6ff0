"""Visits as the record has them, and which readers were there on which days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from kiosk.domain import ReaderKind
from kiosk.ledger.connection import utc_text


@dataclass(frozen=True, slots=True)
class Visit:
    """One reader's visit; `left_at` None: nobody scanned on the way out, or not yet."""

    id: int
    came_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Presence:
    """A reader was there at an instant: a visit, or a session at the desk that counts as one.

    `stayed` is how long, None where nobody knows.
    """

    reader_id: int
    kind: ReaderKind
    class_id: int | None
    at: datetime
    stayed: timedelta | None


@dataclass(frozen=True, slots=True)
class Visitor:
    """A teacher as the report of visits names one."""

    id: int
    card: str
    name: str


def last_of(db: Database, reader_id: int, since: datetime) -> Visit | None:
    """Find a reader's newest visit since an instant."""
    row = db.execute(
        "SELECT id, came_at, left_at FROM visit WHERE reader_id = ? AND came_at >= ?"
        " ORDER BY came_at DESC, id DESC LIMIT 1",
        (reader_id, utc_text(since)),
    ).fetchone()
    if row is None:
        return None
    left_at = None if row[2] is None else datetime.fromisoformat(row[2])
    return Visit(row[0], datetime.fromisoformat(row[1]), left_at)


def presences(
    db: Database, since: datetime, until: datetime, reading: Sequence[str]
) -> Iterator[Presence]:
    """Yield who was there from an instant up to another, excluded, in no order.

    Besides visits these are pupils' sessions in a window named in `reading`, and every session of
    a teacher.
    """
    marks = ", ".join("?" * len(reading)) or "NULL"
    rows = db.execute(
        "SELECT reader_id, kind, visit.class_id, came_at, left_at"
        " FROM visit JOIN reader ON reader.id = reader_id"
        " WHERE came_at >= ? AND came_at < ?"
        " UNION ALL"
        " SELECT reader_id, kind, class_id, opened_at, NULL FROM session"
        " JOIN reader ON reader.id = reader_id"
        " WHERE opened_at >= ? AND opened_at < ?"
        f" AND (kind = 'teacher' OR (kind = 'student' AND window IN ({marks})))",
        (*(utc_text(since), utc_text(until)) * 2, *reading),
    )
    for reader_id, kind, class_id, came, left in rows:
        at = datetime.fromisoformat(came)
        stayed = None if left is None else datetime.fromisoformat(left) - at
        yield Presence(reader_id, kind, class_id, at, stayed)


def teachers(db: Database) -> list[Visitor]:
    """List the teachers on record by card."""
    rows = db.execute("SELECT id, card, name FROM reader WHERE kind = 'teacher' ORDER BY card")
    return [Visitor(*row) for row in rows]
