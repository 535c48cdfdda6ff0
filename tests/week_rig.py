"""The record under random events: each fails once before its commit, then all rows are compared."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from desk_rig import IN_TURN, no_progress, school_in
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from week_model import Line, Now, Week

from kiosk.ledger import journal
from kiosk.ledger.connection import Ledger, open_ledger, utc_text
from kiosk.ledger.journal import Event
from kiosk.ledger.verify import verify

TABLES = (
    "session", "loan", "hold", "charge", "todo", "turn", "opening", "old_card", "day_card", "visit",
)  # fmt: skip


class PowerCutError(Exception):
    """The power went before the commit."""


class WeekRig(RuleBasedStateMachine):
    """A record and the pencil's tables; the rules are the test's."""

    folder: TemporaryDirectory[str]
    ledger: Ledger

    @initialize()
    def open(self) -> None:
        """Open the record of the small school."""
        self.folder = TemporaryDirectory()
        school_in(Path(self.folder.name))
        self.at = IN_TURN
        self.rows_written = 0
        self._open()
        rows = self.ledger.db.execute("SELECT id, card FROM reader").fetchall()
        titles = self.ledger.db.execute("SELECT id, title_id FROM item").fetchall()
        self.rows_before = self._count()
        self.week = Week(dict(rows), dict(titles))

    def _open(self) -> None:
        self.ledger = open_ledger(Path(self.folder.name) / "kiosk.db")
        self.ledger.db.execute("PRAGMA synchronous = OFF")

    def _count(self) -> int:
        return int(self.ledger.db.execute("SELECT count(*) FROM journal").fetchone()[0])

    def record(self, kind: str, data: dict[str, Any] | None = None, **parts: Any) -> Now:
        """Record an event, after it failed once before its commit."""
        self.at += timedelta(seconds=1)
        event = Event(kind, self.at, "desk-1", data=data or {}, **parts)
        with suppress(PowerCutError), self.ledger.transaction():
            journal.record(self.ledger.db, event)
            raise PowerCutError
        with self.ledger.transaction():
            seq = journal.record(self.ledger.db, event)
        self.rows_written += 1
        return Now(seq, utc_text(self.at))

    @rule()
    def cut_power(self) -> None:
        """Start again."""
        self.ledger.db.close()
        self._open()

    def try_after_another(self, event: Event) -> None:
        """Record an event that cannot be, after one that can, in one transaction."""
        with self.ledger.transaction():
            journal.record(self.ledger.db, Event("reader_resumed", self.at, "desk-1", reader=1))
            journal.record(self.ledger.db, event)

    @invariant()
    def the_tables_are_what_the_pencil_says(self) -> None:
        """Compare every derived row, and how many events there are."""
        week, db = self.week, self.ledger.db
        for table in TABLES:
            assert self._rows(f"SELECT * FROM {table}") == week.tables[table], table
        readers = self._rows("SELECT id, card, status, suspended_until FROM reader")
        assert readers == week.reader
        assert self._rows("SELECT id, status FROM item") == week.item
        kept = [one for one in week.hold.values() if one["state"] == "ready"]
        assert all(week.open_loan(one["item_id"]) is None for one in kept)
        assert self._count() == self.rows_before + self.rows_written
        assert not db.conn.in_transaction

    def _rows(self, sql: str) -> dict[Any, Line]:
        cursor = self.ledger.db.execute(sql)
        columns = [column[0] for column in cursor.description]
        return {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}

    @rule()
    def replay(self) -> None:
        """Replay the journal."""
        assert verify(self.ledger, no_progress) == []

    def teardown(self) -> None:
        """Replay the journal."""
        if hasattr(self, "week"):
            self.replay()
            self.ledger.close()
            self.folder.cleanup()
