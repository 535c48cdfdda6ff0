"""Opens the database safely, and runs everything that writes in one immediate transaction."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from kiosk.errors import LedgerError
from kiosk.ledger import schema

BUSY_TIMEOUT_MS: Final = 5000
_FOLD_AFTER_COMMITS: Final = 50
_LONGEST_LOG_PAGES: Final = 4000


def utc_text(at: datetime) -> str:
    """Write an instant as the database keeps it: UTC, milliseconds, `Z`.

    >>> utc_text(datetime(2026, 9, 10, 8, 34, 5, tzinfo=UTC))
    '2026-09-10T08:34:05.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


class Ledger:
    """One connection to the record; use it in the thread that opened it, and close it there."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.db = Database(connection, execute_plugins=False)
        self._unfolded = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock from the first read to the commit; durable once it is left.

        Raises: LedgerError, with nothing written, when the database cannot take it.
        """
        try:
            # Past sqlite-utils, whose look at each statement costs as much as the statement.
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.commit()
            except BaseException:
                if self.db.conn.in_transaction:
                    self.db.execute("ROLLBACK")
                raise
        except sqlite3.Error as fault:
            raise LedgerError(explain(fault, self.path)) from fault

    def commit(self) -> None:
        """Commit; returns when the disk has it."""
        self.db.conn.execute("COMMIT")
        self._unfolded += 1

    def fold(self) -> None:
        """Bring the write-ahead log into the file if enough has been written since the last time.

        Call it when nobody waits: it writes scattered pages and flushes twice.
        """
        if self._unfolded < _FOLD_AFTER_COMMITS:
            return
        self._unfolded = 0
        # A reader in the way only leaves a part of it for the next time.
        with suppress(sqlite3.Error):
            self.db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Translate the faults of a read that needs no transaction of its own."""
        try:
            yield
        except sqlite3.Error as fault:
            raise LedgerError(explain(fault, self.path)) from fault

    def close(self) -> None:
        """Close; the last one to close folds the write-ahead log into the file."""
        self.db.close()

    def property(self, name: str) -> str | None:
        """Read a mark of the database, such as `rehearsal`; None if it is not set."""
        row = self.db.execute("SELECT value FROM property WHERE name = ?", [name]).fetchone()
        return None if row is None else str(row[0])


def explain(fault: sqlite3.Error, path: Path) -> str:
    """Say what a database fault means for the people at the desk."""
    message = str(fault)
    if "locked" in message or "busy" in message:
        why = f"it was held for other work for more than {BUSY_TIMEOUT_MS // 1000} s"
    elif "full" in message or "disk I/O" in message:
        why = "the disk is full" if "full" in message else "the disk is full or broken"
    elif "readonly" in message or "read-only" in message:
        why = "it may only be read (check the file's owner and the disk)"
    elif "not a database" in message or "malformed" in message:
        why = "it is damaged or no kiosk database (kiosk restore brings back a backup)"
    else:
        why = message
    return f"Cannot use the database {path}: {why}. Nothing was saved by this step."


def open_ledger(path: Path, *, create: bool = False) -> Ledger:
    """Open the record, bringing its tables up to date first; `create` makes a new one.

    Raises: LedgerError when it is missing, newer than this program, or cannot be used.
    """
    if create and path.exists():
        raise LedgerError(f"Cannot create the database {path}: the file exists already.")
    if not create and not path.is_file():
        raise LedgerError(
            f"Cannot open the database {path}: there is no such file. "
            "`kiosk init DIR` makes one, `kiosk restore FILE` brings one back."
        )
    try:
        ledger = Ledger(path, _connect(path))
        try:
            _check_and_migrate(ledger, create=create)
        except BaseException:
            ledger.db.close()
            raise
    except sqlite3.Error as fault:
        raise LedgerError(explain(fault, path)) from fault
    return ledger


def connect_again(path: Path) -> Ledger:
    """Open a further connection to a record that `open_ledger` has checked."""
    try:
        return Ledger(path, _connect(path))
    except sqlite3.Error as fault:
        raise LedgerError(explain(fault, path)) from fault


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    # SQLite folds the log at 1000 pages, about every hundredth scan, while the reader waits for
    # it; the desk calls `Ledger.fold` in a quiet moment instead, and this is for days without one.
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG_PAGES}")
    return connection


def _check_and_migrate(ledger: Ledger, *, create: bool) -> None:
    db = ledger.db
    is_empty = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if is_empty and not create:
        # A file cut to nothing by a broken disk must not become a school without readers.
        raise LedgerError(f"Cannot open the database {ledger.path}: it is empty.")
    why_not = None if is_empty else why_unusable(db)
    if why_not is not None:
        raise LedgerError(f"Cannot open the database {ledger.path}: {why_not}.")
    if db.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        db.execute("PRAGMA journal_mode = WAL")
    if schema.SCHEMA.pending(db):
        if not is_empty:
            _back_up_before_migration(ledger)
        schema.SCHEMA.apply(db)


def why_unusable(db: Database) -> str | None:
    """Say why this program cannot work on a database: another program's, or a newer version's."""
    if db.execute("PRAGMA application_id").fetchone()[0] != schema.APPLICATION_ID:
        return "it is no kiosk database"
    unknown = {step.name for step in schema.SCHEMA.applied(db)} - schema.names()
    if unknown:
        return (
            f"a newer version of kiosk made it (it knows the step {min(unknown)}); "
            "nothing was changed, update this program"
        )
    return None


def _back_up_before_migration(ledger: Ledger) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = sqlite3.connect(ledger.path.with_name(f"{ledger.path.name}.before-update-{stamp}"))
    try:
        ledger.db.conn.backup(target)
    finally:
        target.close()


@contextmanager
def only_one_desk(path: Path) -> Iterator[None]:
    """Hold the file lock that lets one desk run, or one restore happen, per database.

    Raises: LedgerError when another process holds it, or the database's folder cannot be written.
    """
    name = path.with_name(path.name + ".lock")
    try:
        lock = os.open(name, os.O_RDWR | os.O_CREAT, 0o644)
        belong_to_folder(name)
    except OSError as fault:
        raise LedgerError(
            f"Cannot use the database {path}: {name} cannot be written ({fault.strerror})."
        ) from fault
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            raise LedgerError(f"Another desk is running on the database {path}.") from fault
        yield
    finally:
        os.close(lock)


def belong_to_folder(path: Path) -> None:
    """Give a file that root has made to the owner of its folder: the desk runs as somebody else."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
