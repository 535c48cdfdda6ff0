"""Holds as the record has them: who waits for which title, and what is set aside for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlite_utils import Database

from kiosk.domain import Barcode
from kiosk.domain.facts import ItemFacts, ReaderFacts


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that is `waiting`, or `ready` with an item set aside.

    `ready_until` is the day of the reader's next turn, None when the clock could not tell.
    """

    id: int
    title_id: int
    reader_id: int
    item_id: int | None
    ready_until: date | None


_HOLD = "SELECT id, title_id, reader_id, item_id, ready_until FROM hold"
# Written as the partial indexes are, which SQLite uses for just these words.
_WAITING = f"{_HOLD} WHERE title_id = ? AND state = 'waiting' ORDER BY id"
_OF_READER = f"{_HOLD} WHERE reader_id = ? AND state IN ('waiting', 'ready') ORDER BY id"
_OF_ITEM = f"{_HOLD} WHERE item_id = ? AND state = 'ready'"
_READY = f"{_HOLD} WHERE state = 'ready' AND (ready_until < ? OR ready_until IS NULL) ORDER BY id"


def waiting_for(db: Database, title_id: int) -> list[Hold]:
    """List who waits for a title, the first first."""
    return _holds(db, _WAITING, title_id)


def of_reader(db: Database, reader_id: int) -> list[Hold]:
    """List a reader's holds, waiting and ready."""
    return _holds(db, _OF_READER, reader_id)


def of_title(db: Database, reader_id: int, title_id: int) -> Hold | None:
    """Find a reader's hold on a title, waiting or ready."""
    return next((one for one in of_reader(db, reader_id) if one.title_id == title_id), None)


def of_item(db: Database, item_id: int) -> Hold | None:
    """Find the hold for which an item is set aside."""
    return next(iter(_holds(db, _OF_ITEM, item_id)), None)


def met_by(db: Database, reader: ReaderFacts, item: ItemFacts) -> tuple[dict[str, int], int | None]:
    """Give the keys that tell a check-out's event of holds, and the id of the copy it sets free.

    The reader's hold on the title is filled, by another copy than the one set aside as well; an
    item that goes to somebody else than it is kept for lets that hold wait for the next copy.
    """
    data: dict[str, int] = {}
    set_free: int | None = None
    own = of_title(db, reader.id, item.title_id) if reader.has_holds else None
    if own is not None:
        data["hold"] = own.id
        set_free = None if own.item_id == item.id else own.item_id
    if item.held_for not in {None, reader.id}:
        data |= waits_again(db, item.id)
    return data, set_free


def waits_again(db: Database, item_id: int) -> dict[str, int]:
    """Give the key of an event that takes a book away from whom it is kept for; none if nobody."""
    hold = of_item(db, item_id)
    return {} if hold is None else {"hold_waits": hold.id}


def ready_before(db: Database, day: date) -> list[Hold]:
    """List the holds whose item was to be fetched before a day, or by no known day."""
    return _holds(db, _READY, day.isoformat())


def title_ready_for(db: Database, reader_id: int) -> str | None:
    """Name the title that is set aside for a reader."""
    row = db.execute(
        "SELECT title FROM hold JOIN title ON title.id = title_id"
        " WHERE reader_id = ? AND state IN ('waiting', 'ready') AND item_id IS NOT NULL",
        (reader_id,),
    ).fetchone()
    return None if row is None else str(row[0])


def title_of(db: Database, title_id: int) -> str:
    """Name a title."""
    row = db.execute("SELECT title FROM title WHERE id = ?", (title_id,)).fetchone()
    return str(row[0])


def item_of(db: Database, item_id: int) -> ItemFacts:
    """Read an item that is set aside."""
    row = db.execute(
        "SELECT item.id, barcode, title_id, title, collection, status, price_fen"
        " FROM item JOIN title ON title.id = title_id WHERE item.id = ?",
        (item_id,),
    ).fetchone()
    return ItemFacts(row[0], Barcode(row[1]), *row[2:])


def is_in_use(db: Database, item_id: int) -> bool:
    """Tell whether an item is neither lost nor mended nor written off."""
    sql = "SELECT 1 FROM item WHERE id = ? AND status = 'active'"
    return db.execute(sql, (item_id,)).fetchone() is not None


def is_free(db: Database, item_id: int) -> bool:
    """Tell whether an item is in, in use, and not set aside."""
    row = db.execute(
        "SELECT 1 FROM item WHERE id = ? AND status = 'active'"
        " AND NOT EXISTS (SELECT 1 FROM loan WHERE item_id = item.id AND checked_in_at IS NULL)"
        " AND NOT EXISTS (SELECT 1 FROM hold WHERE item_id = item.id AND state = 'ready')",
        (item_id,),
    ).fetchone()
    return row is not None


def _holds(db: Database, sql: str, key: int | str) -> list[Hold]:
    return list(_read(db.execute(sql, (key,)).fetchall()))


def _read(rows: list[tuple[int, int, int, int | None, str | None]]) -> Iterator[Hold]:
    for id_, title_id, reader_id, item_id, until in rows:
        day = None if until is None else date.fromisoformat(until)
        yield Hold(id_, title_id, reader_id, item_id, day)
