"""What of a sheet of paper is on record already."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from kiosk.ledger.connection import utc_text


def was_lent(db: Database, item_id: int, reader_id: int, since: datetime, until: datetime) -> bool:
    """Tell whether a reader borrowed an item from an instant up to another, excluded."""
    row = db.execute(
        "SELECT 1 FROM loan WHERE item_id = ? AND reader_id = ?"
        " AND checked_out_at >= ? AND checked_out_at < ?",
        (item_id, reader_id, utc_text(since), utc_text(until)),
    ).fetchone()
    return row is not None


def came_back(db: Database, item_id: int, since: datetime, until: datetime) -> bool:
    """Tell whether an item came back from an instant up to another, excluded."""
    row = db.execute(
        "SELECT 1 FROM loan WHERE item_id = ? AND checked_in_at >= ? AND checked_in_at < ?",
        (item_id, utc_text(since), utc_text(until)),
    ).fetchone()
    return row is not None
