"""A school's record with years of loans behind it, made fast, that `kiosk verify` finds sound."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from kiosk.cli.records import make_database
from kiosk.imports.plan import Context, apply
from kiosk.imports.readers import plan_readers
from kiosk.ledger.connection import open_ledger, utc_text
from kiosk.settings import Settings, load

TURN_AT: Final = datetime(2026, 9, 10, 8, 31, tzinfo=UTC)
"""A Thursday of the demo school's B weeks, one minute into the turn of 三(1)班 and 四(1)班."""

IN_TURN: Final = ((2024, 1), (2023, 1))
_FIRST_AT: Final = datetime(2021, 9, 1, tzinfo=UTC)
_LAST_AT: Final = datetime(2026, 7, 1, tzinfo=UTC)
_FIRST_BARCODE: Final = 40_000_000
_ITEMS_PER_TITLE: Final = 3
_LOANS_PER_SESSION: Final = 2


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is in a record."""

    items: int
    loans: int

    def tenth(self) -> Size:
        """A tenth of it."""
        return Size(self.items // 10, self.loans // 10)


def make_record(folder: Path, size: Size, *, scanners: str = "") -> Settings:
    """Make the demo school's settings and readers, with items and past loans of the given size.

    `scanners` are TOML tables in the place of the demo's keyboard. A record of the same size made
    before beside this one is copied.
    """
    made = folder.with_name(f"record-{size.items}-{size.loans}")
    if not made.exists():
        made.mkdir(parents=True)
        _make(_write_settings(made, ""), size)
    shutil.copytree(made, folder)
    return _write_settings(folder, scanners)


def _make(settings: Settings, size: Size) -> None:
    make_database(settings.database_path, rehearsal=True)
    ledger = open_ledger(settings.database_path)
    try:
        context = Context(settings.class_names(), settings.patterns(), TURN_AT.date())
        readers = Path(str(files("kiosk") / "demo" / "readers.csv"))
        plan = plan_readers(readers, ledger, context)
        apply(plan, ledger, desk=settings.desk.id, at=_FIRST_AT, progress=lambda *_: None)
        _fill(ledger.db.conn, size)
    finally:
        ledger.close()


def _write_settings(folder: Path, scanners: str) -> Settings:
    """Write the demo school's settings, but let a book come back at once and be scanned at once."""
    text = (files("kiosk") / "demo" / "kiosk.toml").read_text(encoding="utf-8")
    text = text.replace("settle_s = 600", "settle_s = 0")
    text = text.replace("repeat_s = 2", "repeat_s = 0")
    if scanners:
        before, _, rest = text.partition("[[scanner]]")
        text = before + scanners + rest[rest.index("[printer]") :]
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def _fill(connection: sqlite3.Connection, size: Size) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN IMMEDIATE")
    titles = max(1, size.items // _ITEMS_PER_TITLE)
    connection.executemany(
        "INSERT INTO title (id, title, author) VALUES (?, ?, ?)",
        ((one, f"一本书的题名 {one}", f"作者 {one % 997}") for one in range(1, titles + 1)),
    )
    connection.executemany(
        "INSERT INTO item (id, barcode, title_id, price_fen) VALUES (?, ?, ?, 2500)",
        ((one, str(_FIRST_BARCODE + one), 1 + one % titles) for one in range(1, size.items + 1)),
    )
    past = _Past(*_people(connection, size), size)
    first_seq = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()[0]
    past.write(connection, first_seq)
    connection.execute("COMMIT")
    connection.execute("PRAGMA synchronous = FULL")


def _people(connection: sqlite3.Connection, size: Size) -> tuple[str, list[tuple[int, int]]]:
    """Find the desk's name, and who has borrowed; nobody may hold what another one needs."""
    desk = connection.execute("SELECT desk FROM journal LIMIT 1").fetchone()[0]
    rows = connection.execute(
        "SELECT reader.id, class_id FROM reader JOIN class ON class.id = class_id"
        " WHERE kind = 'student' AND coalesce(expires_on, '2027') > '2026-09-10'"
        " ORDER BY (cohort, number) IN ((2024, 1), (2023, 1)) DESC, reader.id"
    ).fetchall()
    return desk, rows[: max(4, size.items // (2 * _LOANS_PER_SESSION))]


@dataclass(slots=True)
class _Past:
    """Session after session: a reader brings back the last books and takes the next ones."""

    desk: str
    readers: list[tuple[int, int]]
    size: Size
    journal: list[tuple[Any, ...]] = field(default_factory=list)
    sessions: list[tuple[Any, ...]] = field(default_factory=list)
    loans: dict[int, list[Any]] = field(default_factory=dict)
    in_hand: dict[int, deque[int]] = field(default_factory=dict)
    seq: int = 0

    def write(self, connection: sqlite3.Connection, first_seq: int) -> None:
        """Make it all up and insert it."""
        self.seq = first_seq
        for at, place in self._visits():
            self._visit(at, *self.readers[place % len(self.readers)])
        connection.executemany(
            "INSERT INTO journal (seq, desk, desk_seq, lane, session, at, kind, reader, item,"
            " clock, data) VALUES (?, ?, ?, 'left', ?, ?, ?, ?, ?, 'ok', ?)",
            self.journal,
        )
        connection.executemany(
            "INSERT INTO session (id, desk, lane, reader_id, opened_at, closed_at, window)"
            " VALUES (?, ?, 'left', ?, ?, ?, '班级轮借')",
            self.sessions,
        )
        connection.executemany(
            "INSERT INTO loan (id, item_id, reader_id, class_id, checked_out_at, due_on,"
            " checked_in_at, desk, window) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '班级轮借')",
            self.loans.values(),
        )

    def _visits(self) -> Iterator[tuple[datetime, int]]:
        count = self.size.loans // _LOANS_PER_SESSION + len(self.readers)
        step = (_LAST_AT - _FIRST_AT) / count
        return ((_FIRST_AT + place * step, place) for place in range(count))

    def _visit(self, at: datetime, reader: int, class_id: int) -> None:
        session = self._event("session_opened", at, None, reader, None, {"window": "班级轮借"})
        held = self.in_hand.setdefault(reader, deque())
        while held:
            loan = held.popleft()
            self.loans[loan][6] = utc_text(at)
            self._event("checked_in", at, session, reader, self.loans[loan][1], {"loan": loan})
        for _ in range(_LOANS_PER_SESSION):
            if len(self.loans) < self.size.loans:
                held.append(self._lend(at, session, reader, class_id))
        self._event("session_closed", at, session, reader, None, {"cause": "card"})
        self.sessions.append((session, self.desk, reader, utc_text(at), utc_text(at)))

    def _lend(self, at: datetime, session: int, reader: int, class_id: int) -> int:
        item = 1 + len(self.loans) % self.size.items
        due_on = (at + timedelta(days=14)).date().isoformat()
        data = {
            "due_on": due_on,
            "class_id": class_id,
            "window": "班级轮借",
            "in_room": False,
            "rule": 3,
            "limit": 2,
            "in_hand": 0,
        }
        loan = self._event("checked_out", at, session, reader, item, data)
        row = [loan, item, reader, class_id, utc_text(at), due_on, None, self.desk]
        self.loans[loan] = row
        return loan

    def _event(
        self,
        kind: str,
        at: datetime,
        session: int | None,
        reader: int,
        item: int | None,
        data: dict[str, Any],
    ) -> int:
        self.seq += 1
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        own = self.seq if session is None else session
        self.journal.append(
            (self.seq, self.desk, self.seq, own, utc_text(at), kind, reader, item, text)
        )
        return self.seq
