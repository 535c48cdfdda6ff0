"""A record made before the school week was known is brought up to date as it is opened."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from desk_rig import no_progress
from sqlite_utils import Database

from kiosk.errors import LedgerError
from kiosk.ledger import journal, schema
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.journal import Event
from kiosk.ledger.verify import verify

RELEASED = "c4936d5b72609b47"
"""What the first step makes, in short."""

OLD_TABLES = ("class", "reader", "title", "item", "journal", "session", "loan", "slip", "property")
AT = "2026-09-03T08:3{}:00.000Z"
LENT = {"due_on": "2026-09-10", "class_id": 1, "window": "班级轮借", "in_room": False}
DECIDED = {"rule": 3, "limit": 2, "in_hand": 0}
EVENTS: list[tuple[str, int | None, int | None, dict[str, Any]]] = [
    ("session_opened", 1, None, {"window": "班级轮借"}),
    ("checked_out", 1, 1, {**LENT, **DECIDED}),
    ("checked_out", 1, 2, {**LENT, **DECIDED}),
    ("undone", 1, 2, {"undoes": 3, "deed": "lent", "loan": 3, "due_before": None}),
    ("refused", 1, 2, {"blocks": [{"code": "limit_reached"}], "asked": "check_out"}),
    ("renewed", 1, 1, {"loan": 2, "due_on": "2026-09-17", "due_before": "2026-09-10", "rule": 3}),
    ("checked_out", 1, 2, {**LENT, **DECIDED}),
    ("checked_in", 1, 2, {"loan": 7}),
    ("session_closed", 1, None, {"cause": "card"}),
]


@pytest.fixture
def old_record(tmp_path: Path) -> Path:
    """A record as the first release left it: readers, books, a session, its loans and its slip."""
    path = tmp_path / "kiosk.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    schema.SCHEMA.apply(Database(connection), stop_before="school_week")
    connection.executescript(
        """
        INSERT INTO class VALUES (1, 2024, 2, '三(2)班', NULL);
        INSERT INTO reader VALUES (1, 'R100001', '王小明', 'student', 1, 'active', 0, NULL);
        INSERT INTO reader VALUES (2, 'R100002', '陈喆', 'student', 1, 'active', 1, '2030-07-31');
        INSERT INTO title VALUES (1, '9787532701001', '夏洛的网', NULL, NULL, 2014, NULL);
        INSERT INTO item VALUES (1, '30000001', 1, 'general', 'active', 2600);
        INSERT INTO item VALUES (2, '30000002', 1, 'general', 'active', NULL);
        INSERT INTO property VALUES ('rehearsal', 'yes');
        INSERT INTO session VALUES (1, 'desk-1', 'left', 1, '2026-09-03T08:31:00.000Z',
            '2026-09-03T08:39:00.000Z', '班级轮借');
        INSERT INTO loan VALUES (2, 1, 1, 1, '2026-09-03T08:32:00.000Z', '2026-09-17', NULL, 1,
            'desk-1', '班级轮借', 0);
        INSERT INTO loan VALUES (7, 2, 1, 1, '2026-09-03T08:37:00.000Z', '2026-09-10',
            '2026-09-03T08:38:00.000Z', 0, 'desk-1', '班级轮借', 0);
        INSERT INTO slip VALUES (1, 1, 'reader', 'printed', '2026-09-03T08:39:00.000Z',
            '2026-09-03T08:39:01.000Z', 1, '{}');
        """
    )
    for seq, (kind, reader, item, data) in enumerate(EVENTS, 1):
        row = (seq, seq, AT.format(seq), kind, reader, item, json.dumps(data))
        connection.execute(
            "INSERT INTO journal VALUES (?, 'desk-1', ?, 'left', 1, ?, ?, NULL, ?, ?, 'ok', ?)", row
        )
    connection.close()
    return path


def rows_of(database: Path, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """Read a table of a database file."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()
    finally:
        connection.close()


def columns_of(database: Path, table: str) -> str:
    """List a table's columns as SQL."""
    names = rows_of(database, f"pragma_table_info('{table}')", "cid, name")
    return ", ".join(name for _, name in names)


def test_an_old_record_keeps_every_row_and_replays(old_record: Path) -> None:
    columns = {table: columns_of(old_record, table) for table in OLD_TABLES}
    before = {table: rows_of(old_record, table) for table in OLD_TABLES}

    ledger = open_ledger(old_record)

    after = {table: rows_of(old_record, table, columns[table]) for table in OLD_TABLES}
    assert after == before
    assert len(before["journal"]) == len(EVENTS)
    assert verify(ledger, no_progress) == []
    ledger.close()


def test_an_old_record_is_copied_before_it_is_changed(old_record: Path, tmp_path: Path) -> None:
    before = {table: rows_of(old_record, table) for table in OLD_TABLES}

    open_ledger(old_record).close()
    open_ledger(old_record).close()

    [copy] = tmp_path.glob("kiosk.db.before-update-*")
    assert {table: rows_of(copy, table) for table in OLD_TABLES} == before
    assert rows_of(copy, "_sqlite_migrations", "name") == [("first_tables",)]


def test_an_old_record_has_the_tables_of_a_new_one(old_record: Path, tmp_path: Path) -> None:
    open_ledger(tmp_path / "fresh.db", create=True).close()
    open_ledger(old_record).close()

    made = [_schema(path) for path in (old_record, tmp_path / "fresh.db")]

    assert made[0] == made[1]
    assert {"turn", "hold", "charge", "todo", "opening"} <= {name for _, name, *_ in made[0]}


def test_an_old_record_takes_the_events_of_the_school_week(old_record: Path) -> None:
    ledger = open_ledger(old_record)

    for kind, data in (
        ("item_lost", {"loan": 2}),
        ("charge_made", {"loan": 2, "charge_kind": "lost", "amount_fen": 2600}),
        ("reader_suspended", {"until": "2026-09-30"}),
        ("hold_placed", {"title_id": 1}),
    ):
        _record(ledger, kind, data)

    assert verify(ledger, no_progress) == []
    ledger.close()


def test_an_update_that_fails_half_way_leaves_the_old_record(old_record: Path) -> None:
    connection = sqlite3.connect(old_record)
    # The last thing that the step makes is there already: everything before it is taken back.
    connection.execute("CREATE INDEX journal_pin ON journal (reader)")
    connection.close()
    before = _schema(old_record)

    with pytest.raises(LedgerError, match="journal_pin already exists"):
        open_ledger(old_record)

    assert _schema(old_record) == before
    assert rows_of(old_record, "_sqlite_migrations", "name") == [("first_tables",)]


def test_the_step_that_schools_have_is_never_edited() -> None:
    db = Database(sqlite3.connect(":memory:", isolation_level=None))
    schema.SCHEMA.apply(db, stop_before="school_week")
    made = db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite%'"
        " ORDER BY name"
    ).fetchall()

    assert hashlib.sha256(json.dumps(made).encode()).hexdigest()[:16] == RELEASED


def _record(ledger: Ledger, kind: str, data: dict[str, Any]) -> None:
    at = journal.latest_trusted_at(ledger.db)
    assert at is not None
    with ledger.transaction():
        journal.record(ledger.db, Event(kind, at, "desk-1", reader=1, item=1, data=data))


def _schema(database: Path) -> list[tuple[Any, ...]]:
    """Read how everything in a database is made, spaces aside."""
    return [
        (type_, name, table, " ".join((sql or "").split()))
        for type_, name, table, sql in rows_of(
            database, "sqlite_schema", "type, name, tbl_name, sql"
        )
    ]
