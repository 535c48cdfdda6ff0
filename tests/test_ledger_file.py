"""The record as a file: opened, brought up to date, copied and brought back."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from desk_rig import BOOKS, IN_TURN, MING, ZHE, Rig, no_progress, open_rig
from sqlite_utils import Database

from kiosk.errors import LedgerError
from kiosk.ledger import journal, schema
from kiosk.ledger.backup import back_up, restore
from kiosk.ledger.connection import Ledger, connect_again, only_one_desk, open_ledger
from kiosk.ledger.journal import Event

FIRST, SECOND = BOOKS[0], BOOKS[2]
SCHEMA_SQL = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk over a real database."""
    return open_rig(tmp_path)


def count(ledger: Ledger, table: str) -> int:
    """Count a table's rows."""
    return int(ledger.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


# Opening


def test_a_migrated_database_is_made_like_a_fresh_one(tmp_path: Path) -> None:
    fresh = open_ledger(tmp_path / "fresh.db", create=True)
    migrated = Database(sqlite3.connect(":memory:", isolation_level=None))
    names = [step.name for step in schema.SCHEMA.pending(Database(memory=True))]
    for name in names[1:]:
        schema.SCHEMA.apply(migrated, stop_before=name)
    schema.SCHEMA.apply(migrated)

    found = migrated.execute(SCHEMA_SQL).fetchall()
    assert found == fresh.db.execute(SCHEMA_SQL).fetchall()
    strict = migrated.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
    own = {
        name: bool(is_strict) for name, is_strict in strict if not name.startswith(("sqlite_", "_"))
    }
    assert all(own.values())
    fresh.close()


def test_a_newer_database_is_refused_and_left_alone(rig: Rig) -> None:
    rig.rows("INSERT INTO _sqlite_migrations VALUES (99, 'kiosk', 'from_the_future', '2030')")
    rig.ledger.close()
    before = rig.settings.database_path.read_bytes()

    with pytest.raises(LedgerError, match="a newer version of kiosk made it"):
        open_ledger(rig.settings.database_path)

    assert rig.settings.database_path.read_bytes() == before


def test_an_update_that_fails_changes_nothing_and_leaves_a_copy(rig: Rig, tmp_path: Path) -> None:
    rig.scans(MING, FIRST)
    rig.rows("DELETE FROM _sqlite_migrations")  # so the first step seems not to be done
    rig.ledger.close()

    with pytest.raises(LedgerError, match="already exists"):
        open_ledger(rig.settings.database_path)

    [copy] = tmp_path.glob("kiosk.db.before-update-*")
    for path in (copy, rig.settings.database_path):
        connection = sqlite3.connect(path)
        assert connection.execute("SELECT count(*) FROM loan").fetchone() == (1,)
        connection.close()


def test_a_file_that_is_no_kiosk_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    text, other, empty = (tmp_path / name for name in ("text.db", "other.db", "empty.db"))
    text.write_text("not a database at all" * 100)
    connection = sqlite3.connect(other)
    connection.execute("CREATE TABLE something (x)")
    connection.close()
    empty.touch()
    before = [path.read_bytes() for path in (text, other, empty)]

    for path, why in ((text, "damaged or no kiosk"), (other, "no kiosk"), (empty, "empty")):
        with pytest.raises(LedgerError, match=why):
            open_ledger(path)
    with pytest.raises(LedgerError, match="there is no such file"):
        open_ledger(tmp_path / "missing.db")
    with pytest.raises(LedgerError, match="exists already"):
        open_ledger(other, create=True)

    assert [path.read_bytes() for path in (text, other, empty)] == before


def test_one_desk_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.db"

    with (
        only_one_desk(path),
        pytest.raises(LedgerError, match="Another desk is running"),
        only_one_desk(path),
    ):
        pytest.fail("two desks")
    with only_one_desk(path):
        pass
    with (
        pytest.raises(LedgerError, match="cannot be written"),
        only_one_desk(tmp_path / "no" / "x"),
    ):
        pytest.fail("no folder")


# Copies


def test_a_backup_holds_all_that_was_committed_while_another_writes(
    rig: Rig, tmp_path: Path
) -> None:
    rig.scans(MING, FIRST)
    other = connect_again(rig.settings.database_path)

    def meanwhile(_done: int, _total: int) -> None:
        if other.db.conn.in_transaction:
            return
        with other.transaction():
            journal.record(other.db, Event("attention", IN_TURN, "desk-1"))

    copy = tmp_path / "copy #1%.db"
    back_up(rig.ledger, copy, meanwhile)
    other.close()

    copied = open_ledger(copy)
    assert count(copied, "loan") == 1
    assert count(copied, "journal") >= 4
    copied.close()
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_that_cannot_be_written_is_told(rig: Rig, tmp_path: Path) -> None:
    with pytest.raises(LedgerError):
        back_up(rig.ledger, tmp_path / "no" / "copy.db", no_progress)


def test_a_restore_brings_the_backup_back_and_keeps_what_was_there(
    rig: Rig, tmp_path: Path
) -> None:
    rig.scans(MING, FIRST, MING)
    back_up(rig.ledger, tmp_path / "copy #1%.db", no_progress)
    rig.scans(ZHE, SECOND, ZHE)
    path = rig.settings.database_path

    kept = restore(tmp_path / "copy #1%.db", path, no_progress)

    assert kept is not None
    for name, loans in ((path, 1), (kept, 2)):
        ledger = open_ledger(name)
        assert count(ledger, "loan") == loans
        ledger.close()


def test_a_restore_keeps_what_only_the_log_holds_yet(rig: Rig, tmp_path: Path) -> None:
    back_up(rig.ledger, tmp_path / "copy.db", no_progress)
    rig.scans(MING, FIRST)  # in the write-ahead log: this connection stays open

    kept = restore(tmp_path / "copy.db", rig.settings.database_path, no_progress)

    assert kept is not None
    connection = sqlite3.connect(kept)
    assert connection.execute("SELECT count(*) FROM loan").fetchone() == (1,)
    connection.close()
    assert not list(tmp_path.glob("kiosk.db-wal"))


def test_a_restore_is_refused_while_a_desk_runs(rig: Rig, tmp_path: Path) -> None:
    back_up(rig.ledger, tmp_path / "copy.db", no_progress)
    path = rig.settings.database_path

    with only_one_desk(path), pytest.raises(LedgerError, match="Another desk is running"):
        restore(tmp_path / "copy.db", path, no_progress)


@pytest.mark.parametrize(
    "damage",
    [
        "truncated", "overwritten", "text", "missing", "another program's", "a newer version's",
    ],
)  # fmt: skip
def test_a_restore_of_what_is_no_sound_backup_leaves_the_record_as_it_was(
    rig: Rig, tmp_path: Path, damage: str
) -> None:
    rig.scans(MING, FIRST, MING)
    copy, path = tmp_path / "copy.db", rig.settings.database_path
    back_up(rig.ledger, copy, no_progress)
    rig.ledger.close()
    before = path.read_bytes()
    _spoil(copy, damage)

    with pytest.raises(LedgerError, match="Cannot restore"):
        restore(copy, path, no_progress)

    assert path.read_bytes() == before
    assert {one.name for one in tmp_path.glob("kiosk.db*")} <= {"kiosk.db", "kiosk.db.lock"}


def _spoil(copy: Path, damage: str) -> None:
    data = copy.read_bytes()
    match damage:
        case "truncated":
            copy.write_bytes(data[: len(data) // 2])
        case "overwritten":
            copy.write_bytes(data[:8192] + bytes(len(data) - 8192))
        case "text":
            copy.write_text("not a database" * 1000)
        case "missing":
            copy.unlink()
        case _:
            connection = sqlite3.connect(copy)
            if damage == "another program's":
                connection.execute("PRAGMA application_id = 1")
            else:
                connection.execute(
                    "INSERT INTO _sqlite_migrations VALUES (99, 'kiosk', 'future', '2030')"
                )
            connection.commit()
            connection.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_restores_belongs_to_the_desks_account(rig: Rig, tmp_path: Path) -> None:
    path = rig.settings.database_path
    back_up(rig.ledger, tmp_path / "copy.db", no_progress)
    rig.ledger.close()
    path.with_name(path.name + ".lock").unlink(missing_ok=True)
    os.chown(path.parent, 1234, 1235)

    restore(tmp_path / "copy.db", path, no_progress)

    made = [path.stat(), path.with_name(path.name + ".lock").stat()]
    assert [(one.st_uid, one.st_gid) for one in made] == [(1234, 1235)] * 2
