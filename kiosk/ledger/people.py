"""What the record knows of people beyond lending: PINs, cards replaced, temporary cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlite_utils import Database

from kiosk.domain import Card
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts
from kiosk.ledger.connection import utc_text

_MOST_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class WrongPins:
    """Wrong PINs in a row for one staff member, 20 at the most, and when the last one was tried."""

    count: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A reader who has a PIN."""

    card: Card
    name: str
    set_at: datetime


def reader_of_old_card(db: Database, card: Card) -> ReaderFacts | None:
    """Find the reader who had this card before it was replaced."""
    row = db.execute("SELECT reader_id FROM old_card WHERE card = ?", (card,)).fetchone()
    return None if row is None else facts.reader_of_id(db, row[0])


def is_card_taken(db: Database, card: Card) -> bool:
    """Tell whether a card is, or once was, anybody's."""
    row = db.execute(
        "SELECT EXISTS (SELECT 1 FROM reader WHERE card = ?)"
        " OR EXISTS (SELECT 1 FROM old_card WHERE card = ?)",
        (card, card),
    ).fetchone()
    return bool(row[0])


def reader_of_day_card(db: Database, code: str) -> tuple[ReaderFacts, date] | None:
    """Find whom a temporary card was issued to, and for which day."""
    row = db.execute("SELECT reader_id, day FROM day_card WHERE code = ?", (code,)).fetchone()
    return None if row is None else (facts.reader_of_id(db, row[0]), date.fromisoformat(row[1]))


def has_pin(db: Database, reader_id: int) -> bool:
    """Tell whether a reader may become staff by a PIN."""
    return pin_of(db, reader_id) is not None


def pin_of(db: Database, reader_id: int) -> str | None:
    """Read a staff member's PIN as it is kept, see `kiosk.ledger.pins`."""
    row = db.execute("SELECT pin FROM staff WHERE reader_id = ?", (reader_id,)).fetchone()
    return None if row is None else str(row[0])


def keep_pin(db: Database, reader_id: int, kept: str | None, at: datetime) -> None:
    """Keep a locked PIN, or none any more; call it inside `Ledger.transaction`."""
    db.execute("DELETE FROM staff WHERE reader_id = ?", (reader_id,))
    if kept is not None:
        db.execute("INSERT INTO staff VALUES (?, ?, ?)", (reader_id, kept, utc_text(at)))


def staff_members(db: Database) -> list[StaffMember]:
    """List who has a PIN, by card."""
    rows = db.execute(
        "SELECT card, name, set_at FROM staff JOIN reader ON reader.id = reader_id ORDER BY card"
    )
    return [
        StaffMember(Card(card), name, datetime.fromisoformat(set_at)) for card, name, set_at in rows
    ]


def wrong_pins(db: Database, reader_id: int) -> WrongPins:
    """Count a staff member's wrong PINs since the last right one, from the journal."""
    rows = db.execute(
        # The condition on the kind is word for word that of the index journal_pin.
        "SELECT kind, at FROM journal WHERE reader = ? AND kind IN ('staff_began', 'pin_refused')"
        " ORDER BY seq DESC LIMIT ?",
        (reader_id, _MOST_TRIES),
    )
    count, last_at = 0, None
    for kind, at in rows:
        if kind == "staff_began":
            break
        last_at = last_at or datetime.fromisoformat(at)
        count += 1
    return WrongPins(count, last_at)
