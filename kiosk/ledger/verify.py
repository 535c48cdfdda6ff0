"""Replays the journal into an empty database and compares every derived row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

from sqlite_utils import Database

from kiosk.errors import LedgerError
from kiosk.ledger import applying, journal, schema
from kiosk.ledger.connection import Ledger, explain

_COPIED: Final = {
    "class": "id, cohort, number, label, teacher",
    "reader": "id, card, name, kind, class_id, monitor, expires_on",
    "title": "id, isbn, title, author, publisher, year, call_number",
    "item": "id, barcode, title_id, collection, price_fen",
}
"""Tables that imports own, without the columns that the journal owns."""

_DERIVED: Final = {
    "session": "id, desk, lane, reader_id, opened_at, closed_at, window",
    "loan": "id, item_id, reader_id, class_id, checked_out_at, due_on, checked_in_at,"
    " renewals, desk, window, in_room",
    "reader": "id, card, status, suspended_until",
    "item": "id, status",
    "old_card": "card, reader_id, replaced_at",
    "day_card": "code, reader_id, day",
    "opening": "id, name, opens_at, closes_at, classes",
    "turn": "id, class_id, window, day, opens_at, closes_at, state, planned, come, expected,"
    " reason, makes_up",
    "hold": "id, title_id, reader_id, placed_at, state, item_id, ready_until, ended_at",
    "visit": "id, reader_id, class_id, desk, lane, came_at, left_at",
    "charge": "id, reader_id, item_id, loan_id, kind, amount_fen, made_at, settled_at, settled_by",
    "todo": "id, kind, at, lane, item_id, reader_id, label, closed_at, closed_by, done",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A derived row that is not what the journal says; `None` stands for no row at all."""

    table: str
    found: tuple[Any, ...] | None
    expected: tuple[Any, ...] | None

    def __str__(self) -> str:
        return f"{self.table}: found {self.found}, the journal says {self.expected}"


def verify(ledger: Ledger, progress: Callable[[int, int], None]) -> list[Difference]:
    """Compare the record with its journal; an empty list is a sound record.

    `progress` hears of the rows replayed and of all rows, now and then.
    Raises: LedgerError when the file itself is damaged.
    """
    db = ledger.db
    try:
        db.execute("BEGIN")  # one state of the database, though a desk may be writing
        try:
            _check_file(db, ledger.path)
            return list(_differences(db, _replayed(db, progress)))
        finally:
            db.execute("ROLLBACK")
    except sqlite3.Error as fault:
        raise LedgerError(explain(fault, ledger.path)) from fault


def _check_file(db: Database, path: Path) -> None:
    found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise LedgerError(f"The database {path} is damaged: {found}.")
    broken = db.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        raise LedgerError(f"The database {path} is damaged: {broken[0]} refers to a missing row.")


def _replayed(source: Database, progress: Callable[[int, int], None]) -> Database:
    target = Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False)
    schema.SCHEMA.apply(target)
    target.execute("PRAGMA foreign_keys = ON")
    target.execute("BEGIN")
    for table, columns in _COPIED.items():
        places = ", ".join("?" * len(columns.split(",")))
        target.conn.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",
            source.execute(f"SELECT {columns} FROM {table}"),
        )
    total = source.execute("SELECT count(*) FROM journal").fetchone()[0]
    for done, row in enumerate(journal.replay(source), 1):
        try:
            applying.apply(target, row)
        except (KeyError, sqlite3.IntegrityError) as fault:
            raise LedgerError(
                f"The journal cannot be replayed: row {row.seq} ({row.kind}) does not fit "
                f"what stands before it ({fault!r}). The record was not changed."
            ) from fault
        if done % 5000 == 0 or done == total:
            progress(done, total)
    target.execute("COMMIT")
    return target


def _differences(db: Database, expected: Database) -> Iterator[Difference]:
    for table, columns in _DERIVED.items():
        sql = f"SELECT {columns} FROM {table} ORDER BY 1"
        yield from _compare(table, db.execute(sql), expected.execute(sql))


def _compare(
    table: str, found: Iterator[tuple[Any, ...]], expected: Iterator[tuple[Any, ...]]
) -> Iterator[Difference]:
    if table in {"reader", "item"}:
        pairs = zip_longest(found, expected)
        yield from (Difference(table, one, other) for one, other in pairs if one != other)
        return
    left = {row[0]: row for row in found}
    for row in expected:
        other = left.pop(row[0], None)
        if other != row:
            yield Difference(table, other, row)
    yield from (Difference(table, row, None) for row in left.values())
