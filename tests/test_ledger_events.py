"""Every kind of event there is: described, applied, replayed, and every derived column compared."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk_rig import IN_TURN, no_progress, school_in

from kiosk.domain import Barcode, Deed
from kiosk.domain.facts import ItemFacts
from kiosk.errors import LedgerError
from kiosk.ledger import applying, facts, journal, undoing
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.journal import OWN_SESSION, Event
from kiosk.ledger.verify import Difference, verify
from kiosk.session.lane import DoneDeed

SCHEMA = (Path(__file__).parents[1] / "docs" / "schema.md").read_text(encoding="utf-8")
NOT_DERIVED = {"property", "class", "title", "journal", "staff", "slip"}
OF_IMPORTS = {
    *("id", "name", "kind", "class_id", "monitor", "expires_on"),
    *("barcode", "title_id", "collection", "price_fen"),
}
LENT = {"due_on": "2026-09-17", "class_id": 6, "window": "班级轮借", "in_room": False}
TURN = {
    "class_id": 6,
    "window": "班级轮借",
    "opens_at": "2026-09-10T08:30:00.000Z",
    "closes_at": "2026-09-10T09:00:00.000Z",
}
OPENED = {"name": "加开", "opens_at": TURN["opens_at"], "closes_at": TURN["closes_at"]}
MING, ZHE, SMALL, TEACHER = 1, 2, 6, 18


class Journal:
    """A record in which each event of the school's week is recorded in a transaction."""

    def __init__(self, folder: Path) -> None:
        school_in(folder)
        self.ledger = open_ledger(folder / "kiosk.db")
        self.ledger.db.execute("PRAGMA synchronous = OFF")

    def add(self, kind: str, data: dict[str, Any] | None = None, **parts: Any) -> int:
        """Record an event; returns its row."""
        with self.ledger.transaction():
            event = Event(kind, IN_TURN, "desk-1", data=data or {}, **parts)
            return journal.record(self.ledger.db, event)

    def rows(self, sql: str) -> list[Any]:
        """Ask the record."""
        return self.ledger.db.execute(sql).fetchall()

    def differences(self) -> list[Difference]:
        """Replay the journal and compare."""
        return verify(self.ledger, no_progress)


def fill(record: Journal) -> None:
    """Record at least one event of every kind, and leave a row in every derived table."""
    opened = {"lane": "left", "session": OWN_SESSION, "reader": MING}
    session = record.add("session_opened", {"window": None}, **opened)
    first = record.add("checked_out", LENT, reader=MING, item=1)
    record.add("renewed", {"loan": first, "due_on": "2026-09-24"}, reader=MING, item=1)
    hold = record.add("hold_placed", {"title_id": 1}, reader=ZHE)
    aside = {"hold": hold, "hold_until": "2026-09-17"}
    late = {"suspended_until": "2026-09-30", "suspended_before": None}
    record.add("checked_in", {"loan": first, **aside, **late}, reader=MING, item=1)
    record.add("hold_ready", aside, item=1)
    second = record.add("checked_out", {**LENT, "hold": hold}, reader=ZHE, item=1)
    record.add("undone", {"deed": "lent", "loan": second, "hold": hold}, reader=ZHE, item=1)
    for kind in ("hold_expired", "hold_cancelled"):
        record.add(kind, {"hold": record.add("hold_placed", {"title_id": 2}, reader=SMALL)})
    for kind in ("lost", "found", "sent_to_repair", "repaired", "withdrawn"):
        record.add(f"item_{kind}", item=2)
    made = {"loan": first, "charge_kind": "lost", "amount_fen": 2600}
    for by in ("payment", "waived"):
        charge = record.add("charge_made", made, reader=MING, item=1)
        record.add("charge_settled", {"charge": charge, "by": by})
    record.add("card_reported_lost", reader=MING)
    record.add("card_replaced", {"old": "R100001", "new": "R200001"}, reader=MING)
    record.add("reader_resumed", reader=ZHE)
    record.add("reader_suspended", {"until": "2026-10-01"}, reader=ZHE)
    record.add("day_card_issued", {"code": "00000001", "day": "2026-09-10"}, reader=ZHE)
    opening = record.add("window_opened", {**OPENED, "classes": ["2024-2"]})
    for kind in ("window_extended", "window_ended"):
        record.add(kind, {"opening": opening, "closes_at": "2026-09-10T09:10:00.000Z"})
    lost = {**TURN, "day": "2026-09-03", "state": "cancelled", "reason": "运动会"}
    held = {**TURN, "day": "2026-09-10", "state": "held", "come": 40, "expected": 45}
    makes_up = record.add("turn_cancelled", lost)
    record.add("turn_settled", {**held, "planned": False, "makes_up": makes_up})
    visit = record.add("visit_began", {"class_id": 6}, lane="door", reader=MING)
    record.add("visit_ended", {"visit": visit}, lane="door", reader=MING)
    for kind in sorted(applying.WITHOUT_EFFECT):
        todo = {"todo": "unknown_label", "label": "X-1"}
        line = record.add(kind, todo, lane="left", reader=MING, item=1)
    record.add("todo_closed", {"closes": line, "done": "put_back"}, operator=TEACHER)
    record.add("session_closed", {"cause": "card"}, session=session)


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Journal]:
    """A record with an event of every kind."""
    made = Journal(tmp_path)
    yield made
    made.ledger.close()


def derived_columns(ledger: Ledger) -> Iterator[tuple[str, str, str]]:
    """List the columns that the journal decides: table, name and type."""
    tables = ledger.db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'"
    ).fetchall()
    for (table,) in tables:
        for _, column, type_, *_ in ledger.db.execute(f"PRAGMA table_info({table})").fetchall():
            is_own = table not in {"reader", "item"} or column not in OF_IMPORTS
            if table not in NOT_DERIVED and is_own:
                yield table, column, type_


def documented(after: str) -> list[list[str]]:
    """Read the table of docs/schema.md that follows a heading: the names in each row's cells."""
    lines = SCHEMA.partition(after)[2].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("|---"))
    rows = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        rows.append(line.strip("|").split(" | "))
    return rows


def names_in(text: str) -> set[str]:
    """List what stands between backticks."""
    return {name for part in re.findall(r"`([^`]+)`", text) for name in part.split()}


# The kinds


def test_an_event_of_every_kind_replays_to_the_same_record(record: Journal) -> None:
    fill(record)

    kinds = {kind for (kind,) in record.rows("SELECT kind FROM journal")}
    assert kinds == applying.KINDS
    assert all(
        record.rows(f"SELECT 1 FROM {table}") for table, *_ in derived_columns(record.ledger)
    )
    assert record.differences() == []


def test_the_kinds_of_events_are_those_that_are_described() -> None:
    described = {name for kinds, _ in documented("## The journal") for name in names_in(kinds)}

    assert described == applying.KINDS


def test_what_an_event_needs_is_described() -> None:
    described = {name for row in documented("## The journal") for name in names_in(row[1])}
    source = Path(applying.__file__).read_text(encoding="utf-8")
    needed = set(re.findall(r'data(?:\[|\.get\()"(\w+)"', source))

    assert needed - described - {"todo", "label"} == set()


def test_derived_tables_are_described_with_all_their_columns(record: Journal) -> None:
    described = {
        (table, column)
        for names, columns in documented("## Derived from the journal")
        for table in names_in(names)
        for column in names_in(columns)
    }

    own = {
        (table, column)
        for table, column, _ in derived_columns(record.ledger)
        if table not in {"reader", "item", "old_card", "day_card"}
    }
    assert own - described == set()


def test_an_event_of_an_unknown_kind_is_refused_and_leaves_nothing(record: Journal) -> None:
    before = record.rows("SELECT count(*) FROM journal")

    with pytest.raises(LedgerError, match="unknown kind, 'forgotten'"):
        record.add("forgotten")

    assert record.rows("SELECT count(*) FROM journal") == before


# What the replay compares

CHANGED = {
    "state": "'cancelled'",
    "status": "'lost'",
    "settled_by": "'replacement'",
    "classes": "'[]'",
    "planned": "1 - planned",
    "in_room": "1 - in_room",
    ("charge", "kind"): "'damaged'",
    ("hold", "state"): "'expired'",
}


def changed(table: str, column: str, type_: str) -> str:
    """Write another value for a column, one that the database takes."""
    other = f"coalesce({column}, 0) + 1" if type_ == "INTEGER" else f"coalesce({column}, '') || 'x'"
    return CHANGED.get((table, column), CHANGED.get(column, other))


def copy_of(ledger: Ledger) -> Ledger:
    """Copy a record into memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    ledger.db.conn.backup(connection)
    return Ledger(ledger.path, connection)


def is_found(ledger: Ledger, table: str) -> bool:
    """Tell whether verify finds fault with a table."""
    try:
        return table in {one.table for one in verify(ledger, no_progress)}
    except LedgerError as fault:
        return "refers to a missing row" in str(fault)


def test_verify_finds_each_derived_column_that_was_changed(record: Journal) -> None:
    fill(record)
    columns = list(derived_columns(record.ledger))
    unseen = []

    for table, column, type_ in columns:
        copy = copy_of(record.ledger)
        copy.db.execute(
            f"UPDATE {table} SET {column} = {changed(table, column, type_)}"
            # The first reader has had another card; elsewhere the last row is the fullest.
            f" WHERE rowid = (SELECT {'min' if table == 'reader' else 'max'}(rowid) FROM {table})"
        )
        if not is_found(copy, table):
            unseen.append((table, column))
        copy.close()

    assert len({table for table, *_ in columns}) == 12
    assert unseen == []


# What an event can no longer change


def test_a_loan_that_somebody_was_charged_for_is_not_undone(record: Journal) -> None:
    loan = record.add("checked_out", LENT, reader=MING, item=1, lane="left")
    lent = DoneDeed(loan, Deed.LENT, loan, MING, 1, Barcode("30000001"), "夏洛的网")
    item = ItemFacts(1, Barcode("30000001"), 1, "夏洛的网", "general", "active")
    assert facts.can_undo(record.ledger.db, lent)
    assert undoing.last_deed(record.ledger.db, item) is not None

    made = {"loan": loan, "charge_kind": "damaged", "amount_fen": 2600}
    record.add("charge_made", made, reader=MING, item=1)

    assert not facts.can_undo(record.ledger.db, lent)
    assert undoing.last_deed(record.ledger.db, item) is None
