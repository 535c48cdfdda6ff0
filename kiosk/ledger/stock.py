"""What the record says of a book beside its loan: who had it last, what it is charged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlite_utils import Database

from kiosk.domain import ReaderKind
from kiosk.ledger.connection import utc_text

ChargeKind = Literal["lost", "damaged"]


@dataclass(frozen=True, slots=True)
class PastLoan:
    """One loan of an item with its reader; `came_back_at` None while it is out.

    `class_label` is the reader's class today; `class_id` its row, None without one.
    """

    id: int
    item_id: int
    reader_id: int
    name: str
    kind: ReaderKind
    class_id: int | None
    class_label: str
    lent_at: datetime
    due_on: date
    came_back_at: datetime | None


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge that is not settled yet."""

    id: int
    reader_id: int
    loan_id: int | None
    kind: ChargeKind
    amount_fen: int


_LOAN = (
    "SELECT loan.id, item_id, reader_id, name, kind, reader.class_id, coalesce(label, ''),"
    " checked_out_at, due_on, checked_in_at"
    " FROM loan JOIN reader ON reader.id = reader_id"
    " LEFT JOIN class ON class.id = reader.class_id"
)


def last_loans(db: Database, item_id: int, count: int) -> list[PastLoan]:
    """List an item's loans with their readers, the newest first."""
    sql = f"{_LOAN} WHERE item_id = ? ORDER BY loan.id DESC LIMIT ?"
    return [_past_loan(row) for row in db.execute(sql, (item_id, count))]


def loans_of(db: Database, loans: Sequence[int]) -> dict[int, PastLoan]:
    """Read some loans by their numbers."""
    places = ", ".join("?" * len(loans))
    rows = db.execute(f"{_LOAN} WHERE loan.id IN ({places})", tuple(loans))
    return {row[0]: _past_loan(row) for row in rows}


def open_charge(db: Database, item_id: int) -> Charge | None:
    """Find the oldest charge for an item that is not settled."""
    row = db.execute(
        "SELECT id, reader_id, loan_id, kind, amount_fen FROM charge"
        " WHERE item_id = ? AND settled_at IS NULL ORDER BY id",
        (item_id,),
    ).fetchone()
    return None if row is None else Charge(*row)


def is_charged(db: Database, loan: int) -> bool:
    """Tell whether a loan has a charge that is not settled."""
    row = db.execute(
        "SELECT 1 FROM charge WHERE loan_id = ? AND settled_at IS NULL", (loan,)
    ).fetchone()
    return row is not None


def is_settled(db: Database, loan: int, kind: ChargeKind) -> bool:
    """Tell whether a loan has had a charge of a kind, and it is settled."""
    row = db.execute(
        "SELECT 1 FROM charge WHERE loan_id = ? AND kind = ? AND settled_at IS NOT NULL",
        (loan, kind),
    ).fetchone()
    return row is not None


def isbns_of(db: Database, items: Sequence[int]) -> set[str]:
    """List the ISBNs of some items."""
    places = ", ".join("?" * len(items))
    rows = db.execute(
        "SELECT isbn FROM item JOIN title ON title.id = title_id"
        f" WHERE isbn IS NOT NULL AND item.id IN ({places})",
        tuple(items),
    )
    return {isbn for (isbn,) in rows}


@dataclass(frozen=True, slots=True)
class Circulation:
    """How often books went home in a span of time, whoever took them, and how many there are."""

    loans: int
    items: int


def circulation(db: Database, since: datetime, until: datetime) -> Circulation:
    """Count the loans between two instants, books read in the room left out, and the items in use.

    Source: the circulation rate 流通率 of school libraries' reports, loans by books held.
    """
    (loans,) = db.execute(
        "SELECT count(*) FROM loan WHERE checked_out_at >= ? AND checked_out_at < ?"
        " AND in_room = 0",
        (utc_text(since), utc_text(until)),
    ).fetchone()
    (items,) = db.execute("SELECT count(*) FROM item WHERE status != 'withdrawn'").fetchone()
    return Circulation(loans, items)


def _past_loan(
    row: tuple[int, int, int, str, ReaderKind, int | None, str, str, str, str | None],
) -> PastLoan:
    loan, item_id, reader_id, name, kind, class_id, label, lent_at, due_on, came_back_at = row
    return PastLoan(
        loan,
        item_id,
        reader_id,
        name,
        kind,
        class_id,
        label,
        datetime.fromisoformat(lent_at),
        date.fromisoformat(due_on),
        None if came_back_at is None else datetime.fromisoformat(came_back_at),
    )
