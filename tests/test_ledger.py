"""The record: its transactions, its journal, its replay, its copies."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from desk_rig import BOOKS, IN_TURN, MING, TEACHER, ZHE, Rig, open_rig, school_in

from kiosk.domain import Barcode, Deed
from kiosk.errors import LedgerError
from kiosk.ledger import facts, journal
from kiosk.ledger.classes import write_labels
from kiosk.ledger.connection import Ledger, connect_again, open_ledger, utc_text
from kiosk.ledger.journal import Event

FIRST, SECOND, THIRD = BOOKS[0], BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk over a real database."""
    return open_rig(tmp_path)


@pytest.fixture
def ledger(rig: Rig) -> Ledger:
    """The desk's record."""
    return rig.ledger


def count(ledger: Ledger, table: str) -> int:
    """Count a table's rows."""
    return int(ledger.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def event(kind: str = "attention", **parts: object) -> Event:
    """An event of no consequence."""
    return Event(kind, IN_TURN, "desk-1", **parts)  # type: ignore[arg-type]


# Transactions


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    before = count(ledger, "journal")

    def fail_half_way() -> None:
        with ledger.transaction():
            journal.record(ledger.db, event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert count(ledger, "journal") == before
    assert not ledger.db.conn.in_transaction


def test_a_transaction_holds_the_lock_from_its_first_read(rig: Rig) -> None:
    other = connect_again(rig.settings.database_path)
    other.db.execute("PRAGMA busy_timeout = 20")

    with rig.ledger.transaction():
        rig.rows("SELECT count(*) FROM journal")
        with pytest.raises(LedgerError, match="it was held for other work"), other.transaction():
            pytest.fail("two held the lock")
        assert count(other, "journal") == count(rig.ledger, "journal")
    with other.transaction():
        journal.record(other.db, event())

    assert count(rig.ledger, "journal") == count(other, "journal")
    other.close()


def test_faults_of_the_database_are_translated_and_nothing_is_saved(ledger: Ledger) -> None:
    before = count(ledger, "journal")

    def fail_half_way() -> None:
        with ledger.transaction():
            journal.record(ledger.db, event())
            ledger.db.execute("SELECT * FROM no_such_table")

    with pytest.raises(LedgerError, match=r"Cannot use the database .* Nothing was saved"):
        fail_half_way()
    assert count(ledger, "journal") == before
    with pytest.raises(LedgerError), ledger.reading():
        ledger.db.execute("SELECT * FROM no_such_table")


def test_every_connection_flushes_and_checks_references(tmp_path: Path) -> None:
    school_in(tmp_path)
    first = open_ledger(tmp_path / "kiosk.db")
    second = connect_again(tmp_path / "kiosk.db")

    for one in (first, second):
        asked = ("synchronous", "foreign_keys", "journal_mode", "busy_timeout")
        found = [one.db.execute(f"PRAGMA {name}").fetchone()[0] for name in asked]
        assert found == [2, 1, "wal", 5000]
        one.close()


# The journal and what it guards


@pytest.mark.parametrize(
    "sql", ["UPDATE journal SET kind = 'x'", "DELETE FROM journal", "UPDATE journal SET at = at"]
)
def test_the_journal_is_never_changed_nor_deleted(rig: Rig, sql: str) -> None:
    rig.scan(MING)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        rig.rows(sql)


def test_each_desk_counts_its_own_events(ledger: Ledger) -> None:
    with ledger.transaction():
        for desk in ("desk-1", "desk-2", "desk-2", "desk-1"):
            journal.record(ledger.db, Event("attention", IN_TURN, desk))

    rows = ledger.db.execute(
        "SELECT desk, desk_seq FROM journal WHERE kind = 'attention' ORDER BY seq"
    )
    assert rows.fetchall() == [("desk-1", 3), ("desk-2", 1), ("desk-2", 2), ("desk-1", 4)]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("INSERT INTO loan SELECT 900, item_id, reader_id, class_id, checked_out_at, due_on, NULL,"
         " 0, desk, window, 0 FROM loan", "UNIQUE"),
        ("UPDATE loan SET item_id = 999", "FOREIGN KEY"),
        ("UPDATE loan SET reader_id = 999", "FOREIGN KEY"),
        ("UPDATE loan SET reader_id = NULL", "NOT NULL"),
        ("UPDATE loan SET renewals = 'many'", "cannot store TEXT"),
        ("DELETE FROM item WHERE id = (SELECT item_id FROM loan)", "FOREIGN KEY"),
    ],
)  # fmt: skip
def test_the_database_itself_refuses_what_cannot_be(rig: Rig, change: str, why: str) -> None:
    rig.scans(MING, FIRST)

    with pytest.raises(sqlite3.IntegrityError, match=why):
        rig.rows(change)


def test_times_are_utc_and_days_are_local(rig: Rig) -> None:
    rig.scans(MING, FIRST)

    assert rig.rows("SELECT checked_out_at, due_on FROM loan") == [
        ("2026-09-10T08:34:06.000Z", "2026-09-17")
    ]


def test_the_latest_trusted_time_is_a_running_desk_s(ledger: Ledger) -> None:
    assert journal.latest_trusted_at(ledger.db) is None

    with ledger.transaction():
        journal.record(ledger.db, event(lane="left"))
        journal.record(ledger.db, Event("attention", IN_TURN.replace(year=2028), "desk-1"))
        doubted = Event("attention", IN_TURN.replace(year=2029), "desk-1", "left", clock="doubted")
        journal.record(ledger.db, doubted)

    assert journal.latest_trusted_at(ledger.db) == IN_TURN


# Replay


def every_kind(rig: Rig) -> None:
    """Make events of every kind that changes something, and undo each."""
    rig.scans(MING, FIRST, SECOND, "KC-UNDO", THIRD, "KC-RENEW", THIRD, "KC-UNDO", FIRST)
    rig.scans("KC-RETURN", FIRST, "KC-UNDO", FIRST, MING)
    rig.scans(ZHE, SECOND, TEACHER, "KC-UNDO", "R999999", "rubbish", "KC-RETURN", THIRD)
    rig.scans(MING, BOOKS[5])


def test_every_event_replays_to_the_same_record(rig: Rig) -> None:
    every_kind(rig)

    kinds = {kind for (kind,) in rig.rows("SELECT DISTINCT kind FROM journal")}
    assert {"session_opened", "session_closed", "checked_out", "checked_in", "renewed"} <= kinds
    undone = {
        deed for (deed,) in rig.rows("SELECT data ->> 'deed' FROM journal WHERE kind='undone'")
    }
    assert undone == set(Deed)
    assert rig.differences() == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("loan", "UPDATE loan SET due_on = '2030-01-01' WHERE id = (SELECT max(id) FROM loan)"),
        ("loan", "UPDATE loan SET reader_id = reader_id + 1 WHERE id = (SELECT min(id) FROM loan)"),
        ("loan", "UPDATE loan SET class_id = NULL WHERE id = (SELECT max(id) FROM loan)"),
        ("loan", "UPDATE loan SET window = '' WHERE id = (SELECT max(id) FROM loan)"),
        ("loan", "UPDATE loan SET renewals = 1 WHERE id = (SELECT max(id) FROM loan)"),
        ("loan", "UPDATE loan SET checked_in_at = NULL WHERE id = (SELECT min(id) FROM loan)"),
        ("loan", "DELETE FROM loan WHERE id = (SELECT max(id) FROM loan)"),
        ("loan", "INSERT INTO loan VALUES (900, 20, 1, NULL, '', '', NULL, 0, 'desk-1', NULL, 0)"),
        ("session", "UPDATE session SET closed_at = NULL WHERE id = (SELECT min(id) FROM session)"),
        ("session", "UPDATE session SET lane = 'x' WHERE id = (SELECT max(id) FROM session)"),
        ("session", "DELETE FROM session WHERE id = (SELECT min(id) FROM session)"),
        ("item", "UPDATE item SET status = 'lost' WHERE id = 3"),
        ("reader", "UPDATE reader SET status = 'suspended' WHERE id = 3"),
    ],
)
def test_verify_finds_what_was_tampered_with(rig: Rig, table: str, change: str) -> None:
    every_kind(rig)

    rig.rows(change)

    assert [one.table for one in rig.differences()] == [table]


def test_verify_does_not_mind_class_labels_names_and_print_states(rig: Rig) -> None:
    every_kind(rig)
    rig.rows("UPDATE class SET label = 'x'")
    rig.rows("UPDATE reader SET name = 'x', class_id = NULL, monitor = 1")
    rig.rows("UPDATE slip SET state = 'printed'")

    assert rig.differences() == []


def test_a_journal_that_cannot_be_replayed_is_told_and_names_the_row(rig: Rig) -> None:
    every_kind(rig)
    rig.rows("DROP TRIGGER journal_is_never_updated")
    rig.rows("UPDATE journal SET data = '{}' WHERE kind = 'checked_out' AND seq < 6")

    with pytest.raises(LedgerError, match=r"row 4 \(checked_out\) does not fit"):
        rig.differences()


def test_verify_changes_nothing_and_a_desk_may_write_meanwhile(rig: Rig) -> None:
    every_kind(rig)
    other = connect_again(rig.settings.database_path)
    before = list(other.db.conn.iterdump())

    assert rig.differences() == []
    with other.transaction():
        journal.record(other.db, event())
    other.close()

    assert len(before) + 1 == len(list(rig.ledger.db.conn.iterdump()))


# Classes


def test_class_labels_follow_the_school_year(rig: Rig) -> None:
    names = rig.settings.class_names()

    with rig.ledger.transaction():
        assert write_labels(rig.ledger.db, names, date(2026, 9, 10)) == 0
        assert write_labels(rig.ledger.db, names, date(2027, 9, 1)) == 8
    assert rig.rows("SELECT label FROM class WHERE cohort = 2024 AND number = 2") == [("四(2)班",)]
    assert rig.differences() == []


# The last return


def test_the_last_return_is_the_last_though_the_clock_was_wrong_at_it(rig: Rig) -> None:
    rig.scans(MING, FIRST, "KC-RETURN", FIRST, MING, ZHE, FIRST, ZHE)
    rig.rows(
        "UPDATE loan SET checked_in_at = '1970-01-01T00:00:00.000Z' WHERE checked_in_at IS NULL"
    )

    found = facts.item_of_barcode(rig.ledger.db, Barcode(FIRST))

    assert found is not None
    assert found[1].last_return is not None
    assert found[1].last_return.checked_in_at.year == 1970


def test_instants_are_written_alike_so_that_they_sort_as_text() -> None:
    earlier, later = datetime(2026, 9, 10, 8, tzinfo=UTC), datetime(2026, 9, 10, 8, 0, 0, 500, UTC)

    texts = [utc_text(one) for one in (earlier, later.replace(microsecond=500_000))]

    assert texts == ["2026-09-10T08:00:00.000Z", "2026-09-10T08:00:00.500Z"]
