"""What readers of the classes in turn scan: they come, take two books each, and bring them back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from record import IN_TURN

from kiosk.domain import OutcomeKind

_BOOKS: Final = 2
_READERS: Final = (
    "SELECT card, name FROM reader JOIN class ON class.id = class_id"
    " WHERE kind = 'student' AND status = 'active'"
    " AND coalesce(expires_on, '2027') > '2026-09-10'"
    f" AND (cohort, number) IN (VALUES {', '.join(map(str, IN_TURN))})"
    " AND reader.id NOT IN (SELECT reader_id FROM loan WHERE checked_in_at IS NULL)"
    " ORDER BY reader.id"
)
_BOOKS_IN: Final = (
    "SELECT barcode, title FROM item JOIN title ON title.id = title_id"
    " WHERE item.id NOT IN (SELECT item_id FROM loan WHERE checked_in_at IS NULL)"
    " AND item.status = 'active' AND collection = 'general'"
    " ORDER BY item.id * 7919 % 65537 LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label, what the desk must say to it, and a text that the screen then shows."""

    label: str
    outcome: OutcomeKind
    shown: str


def readers_in_turn(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """List card and name of the readers whose turn it is and who have nothing in hand."""
    return connection.execute(_READERS).fetchall()


def books_in(connection: sqlite3.Connection, count: int) -> list[tuple[str, str]]:
    """List barcode and title of some books that can be lent, from all over the shelves."""
    return connection.execute(_BOOKS_IN, (count,)).fetchall()


def visits(database: Path, *, lane: int = 0, lanes: int = 1) -> Iterator[Wanted]:
    """Yield the scans of one lane without end; each lane has readers and books of its own."""
    with closing(sqlite3.connect(database)) as connection:
        readers = readers_in_turn(connection)[lane::lanes]
        books = books_in(connection, _BOOKS * lanes * len(readers))
    mine = books[lane::lanes]
    while True:
        for outcome in (OutcomeKind.CHECKED_OUT, OutcomeKind.CHECKED_IN):
            for place, (card, name) in enumerate(readers):
                yield Wanted(card, OutcomeKind.SESSION_OPENED, name)
                for barcode, title in mine[_BOOKS * place : _BOOKS * (place + 1)]:
                    yield Wanted(barcode, outcome, title)
