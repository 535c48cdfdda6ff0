"""The list of things to do, as the record has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlite_utils import Database

from kiosk.domain import Lane, TodoKind
from kiosk.ledger.connection import utc_text


@dataclass(frozen=True, slots=True)
class TodoLine:
    """One thing to do; `id` is the journal row that brought it, `done` what was done, if closed.

    `barcode` and `title` are the item's, `name` and `class_label` the reader's, where there are.
    """

    id: int
    kind: TodoKind
    at: datetime
    lane: Lane | None
    label: str | None
    item_id: int | None
    barcode: str | None
    title: str | None
    name: str | None
    class_label: str | None
    closed_at: datetime | None
    done: str | None

    @property
    def about(self) -> str:
        """What the line is about: the book, the label, or the reader."""
        if self.title is not None:
            return f"{self.title} {self.barcode}"
        who = " ".join(part for part in (self.class_label, self.name) if part)
        return self.label or who


_LINES = (
    "SELECT todo.id, todo.kind, at, lane, todo.label, item_id, barcode, title, name, class.label,"
    " closed_at, done"
    " FROM todo LEFT JOIN item ON item.id = item_id LEFT JOIN title ON title.id = title_id"
    " LEFT JOIN reader ON reader.id = reader_id LEFT JOIN class ON class.id = class_id"
)


def open_lines(db: Database) -> list[TodoLine]:
    """List what is left to do, the oldest first."""
    return [_line(row) for row in db.execute(f"{_LINES} WHERE closed_at IS NULL ORDER BY todo.id")]


def all_lines(db: Database) -> list[TodoLine]:
    """List everything there ever was to do, the oldest first."""
    return [_line(row) for row in db.execute(f"{_LINES} ORDER BY todo.id")]


def count_open(db: Database) -> int:
    """Count what is left to do."""
    return int(db.execute("SELECT count(*) FROM todo WHERE closed_at IS NULL").fetchone()[0])


def is_listed(
    db: Database,
    kind: TodoKind,
    *,
    label: str | None = None,
    item: int | None = None,
    lane: Lane | None = None,
    since: datetime | None = None,
) -> bool:
    """Tell whether a line of just this kind is open, or has been made since an instant.

    Of label, item and lane only what is given is compared.
    """
    row = db.execute(
        "SELECT 1 FROM todo WHERE (closed_at IS NULL OR at >= ?) AND kind = ?"
        " AND label IS coalesce(?, label) AND item_id IS coalesce(?, item_id)"
        " AND lane IS coalesce(?, lane)",
        (utc_text(since) if since is not None else None, kind, label, item, lane),
    ).fetchone()
    return row is not None


_SLIP_ON: Final = "todo_slip_on"


def slip_written_on(db: Database) -> date | None:
    """Tell the last day on which the list was looked at to be printed."""
    row = db.execute("SELECT value FROM property WHERE name = ?", (_SLIP_ON,)).fetchone()
    return None if row is None else date.fromisoformat(row[0])


def note_slip(db: Database, on: date) -> None:
    """Note that the day's list has been looked at."""
    db.execute(
        "INSERT INTO property (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_SLIP_ON, on.isoformat()),
    )


def _line(row: tuple[Any, ...]) -> TodoLine:
    id_, kind, at, lane, label, item_id, barcode, title, name, class_label, closed_at, done = row
    return TodoLine(
        id_,
        TodoKind(kind),
        datetime.fromisoformat(at),
        lane,
        label,
        item_id,
        barcode,
        title,
        name,
        class_label,
        None if closed_at is None else datetime.fromisoformat(closed_at),
        done,
    )
