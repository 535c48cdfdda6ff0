"""Copies of the record by SQLite's backup API, never by copying a file that is in use."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from kiosk.errors import LedgerError
from kiosk.ledger.connection import Ledger, belong_to_folder, explain, only_one_desk, why_unusable

Progress = Callable[[int, int], None]
"""Hears of the pages copied and of all pages."""


def back_up(ledger: Ledger, target: Path, progress: Progress) -> None:
    """Copy the record into one file, whole or not at all; a desk may go on lending meanwhile.

    Raises: LedgerError when the target cannot be written.
    """
    _copy(ledger.db.conn, target, progress)


def restore(source: Path, path: Path, progress: Progress) -> Path | None:
    """Put a backup in the place of the record; returns where the old record is kept, if any.

    Raises: LedgerError when a desk is running, or the backup is damaged or no kiosk database;
    the record is then as it was.
    """
    if not source.is_file():
        raise LedgerError(f"Cannot restore {source}: there is no such file.")
    with only_one_desk(path):
        backup = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
        try:
            _check(backup, source)
            fresh = path.with_name(path.name + ".restored")
            _copy(backup, fresh, progress)
        finally:
            backup.close()
        belong_to_folder(fresh)
        kept = _set_aside(path)
        fresh.replace(path)
        _sync(path.parent)
    return kept


def _check(connection: sqlite3.Connection, path: Path) -> None:
    try:
        why_not = why_unusable(Database(connection, execute_plugins=False))
        sound = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as fault:
        raise LedgerError(f"Cannot restore {path}: it is no kiosk database ({fault}).") from fault
    if why_not is not None:
        raise LedgerError(f"Cannot restore {path}: {why_not}.")
    if sound != "ok":
        raise LedgerError(f"Cannot restore {path}: it is damaged ({sound}).")


def _copy(source: sqlite3.Connection, target: Path, progress: Progress) -> None:
    part = target.with_name(target.name + ".part")
    try:
        part.unlink(missing_ok=True)
        copy = sqlite3.connect(part)
        try:
            source.backup(
                copy, pages=2000, progress=lambda _, left, total: progress(total - left, total)
            )
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        finally:
            copy.close()
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except sqlite3.Error as fault:
        part.unlink(missing_ok=True)
        raise LedgerError(explain(fault, target)) from fault
    except OSError as fault:
        part.unlink(missing_ok=True)
        raise LedgerError(f"Cannot write {target}: {fault.strerror}.") from fault


def _set_aside(path: Path) -> Path | None:
    """Keep the old record, with what its write-ahead log still holds, under another name."""
    if not path.exists():
        return None
    _fold_log(path)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = path.with_name(f"{path.name}.before-restore-{stamp}")
    for suffix in ("-wal", "-shm"):
        beside = path.with_name(path.name + suffix)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + suffix))
    path.replace(kept)
    return kept


def _fold_log(path: Path) -> None:
    """Bring the write-ahead log into the file, so that a power cut cannot part the two."""
    try:
        old = sqlite3.connect(path)
        try:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            old.close()
    except sqlite3.Error:
        pass  # The old record is damaged: it is kept as it is, with its log beside it.


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
