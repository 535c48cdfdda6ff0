"""What the desk asks of the record, each question answered in one or two indexed reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlite_utils import Database

from kiosk.domain import Barcode, Card, ClassCode, Deed, Lane
from kiosk.domain.facts import ItemFacts, LastReturn, OpenLoan, ReaderFacts
from kiosk.ledger.connection import utc_text
from kiosk.session.advance import ItemSituation
from kiosk.session.lane import DoneDeed

_READER = (
    "SELECT reader.id, card, name, reader.kind, class_id, cohort, number, label, status,"
    " expires_on, monitor, suspended_until,"
    " (SELECT sum(amount_fen) FROM charge WHERE reader_id = reader.id AND settled_at IS NULL),"
    " EXISTS (SELECT 1 FROM hold WHERE reader_id = reader.id AND state IN ('waiting', 'ready'))"
    " FROM reader LEFT JOIN class ON class.id = class_id"
)
_ITEM = (
    "SELECT item.id, barcode, item.title_id, title, collection, status, price_fen, hold.reader_id,"
    " loan.id, loan.reader_id, checked_out_at, due_on, renewals, in_room"
    " FROM item JOIN title ON title.id = item.title_id"
    " LEFT JOIN loan ON loan.item_id = item.id AND checked_in_at IS NULL"
    " LEFT JOIN hold ON hold.item_id = item.id AND hold.state = 'ready'"
    " WHERE barcode = ?"
)
_LOANS = (
    "SELECT loan.id, item_id, barcode, title_id, title, collection, reader_id, checked_out_at,"
    " due_on, renewals, in_room"
    " FROM loan JOIN item ON item.id = item_id JOIN title ON title.id = title_id"
    " WHERE reader_id = ? AND checked_in_at IS NULL ORDER BY loan.id DESC"
)


def reader_of_card(db: Database, card: Card) -> ReaderFacts | None:
    """Find the reader whose card this is."""
    return _one_reader(db, _READER + " WHERE card = ?", card)


def reader_of_id(db: Database, reader_id: int) -> ReaderFacts:
    """Find a reader that is known to exist."""
    found = _one_reader(db, _READER + " WHERE reader.id = ?", reader_id)
    assert found is not None, f"reader {reader_id} is in the record"
    return found


def _one_reader(db: Database, sql: str, key: str | int) -> ReaderFacts | None:
    row = db.execute(sql, (key,)).fetchone()
    if row is None:
        return None
    id_, card, name, kind, class_id, cohort, number, label, status, *rest = row
    expires_on, monitor, suspended_until, unpaid_fen, has_holds = rest
    return ReaderFacts(
        id_,
        Card(card),
        name,
        kind,
        class_id,
        None if class_id is None else ClassCode(f"{cohort}-{number}"),
        label or "",
        status,
        _day(expires_on),
        bool(monitor),
        _day(suspended_until),
        unpaid_fen or 0,
        bool(has_holds),
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def item_of_barcode(db: Database, barcode: Barcode) -> tuple[ItemFacts, ItemSituation] | None:
    """Find an item with its open loan, or with its last check-in when it is not out."""
    row = db.execute(_ITEM, (barcode,)).fetchone()
    if row is None:
        return None
    item = ItemFacts(row[0], Barcode(row[1]), *row[2:8])
    if row[8] is not None:
        return item, ItemSituation(_loan_of_item(item, row[8:]), None)
    # By number, not by time: a doubted clock may have stamped the newest with an old year.
    back = db.execute(
        "SELECT reader_id, checked_in_at FROM loan WHERE item_id = ? ORDER BY id DESC LIMIT 1",
        (item.id,),
    ).fetchone()
    last = None if back is None else LastReturn(back[0], datetime.fromisoformat(back[1]))
    return item, ItemSituation(None, last, is_lost=item.status == "lost")


def _loan_of_item(item: ItemFacts, row: tuple[int, int, str, str, int, int]) -> OpenLoan:
    loan, reader_id, checked_out_at, due_on, renewals, in_room = row
    return OpenLoan(
        loan,
        item.id,
        item.barcode,
        item.title_id,
        item.title,
        item.collection,
        reader_id,
        datetime.fromisoformat(checked_out_at),
        date.fromisoformat(due_on),
        renewals,
        bool(in_room),
    )


def open_loans(db: Database, reader_id: int) -> tuple[OpenLoan, ...]:
    """List the reader's loans that are out, the newest first."""
    return tuple(
        OpenLoan(
            loan,
            item_id,
            Barcode(barcode),
            title_id,
            title,
            collection,
            reader,
            datetime.fromisoformat(lent_at),
            date.fromisoformat(due_on),
            renewals,
            bool(in_room),
        )
        for (
            loan,
            item_id,
            barcode,
            title_id,
            title,
            collection,
            reader,
            lent_at,
            due_on,
            renewals,
            in_room,
        ) in db.execute(_LOANS, (reader_id,))
    )


def loans_since(db: Database, reader_id: int, since: datetime) -> int:
    """Count the reader's loans made since an instant, books read in the room left out."""
    return int(
        db.execute(
            "SELECT count(*) FROM loan WHERE reader_id = ? AND checked_out_at >= ? AND in_room = 0",
            (reader_id, utc_text(since)),
        ).fetchone()[0]
    )


def class_codes(db: Database) -> list[ClassCode]:
    """List the keys of all classes on record."""
    rows = db.execute("SELECT cohort, number FROM class ORDER BY cohort DESC, number")
    return [ClassCode(f"{cohort}-{number}") for cohort, number in rows]


def can_undo(db: Database, deed: DoneDeed) -> bool:
    """Tell whether a loan is still as the deed left it, so that the deed can be taken back.

    A loan that somebody was charged for stays as it is, and a book that was lost, mended or
    written off since it came back goes to nobody.
    """
    row = db.execute(
        "SELECT checked_in_at, status FROM loan JOIN item ON item.id = item_id WHERE loan.id = ?"
        " AND NOT EXISTS (SELECT 1 FROM charge WHERE loan_id = loan.id)",
        (deed.loan,),
    ).fetchone()
    if row is None:
        return False
    if deed.deed is not Deed.RETURNED:
        return row[0] is None
    if row[1] != "active":
        return False
    lent_again = db.execute(
        "SELECT 1 FROM loan WHERE item_id = ? AND checked_in_at IS NULL", (deed.item_id,)
    ).fetchone()
    return row[0] is not None and lent_again is None


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A session that the last run did not end, with what was done in it."""

    id: int
    lane: Lane
    reader_id: int
    deeds: tuple[DoneDeed, ...]


def sessions_left_open(db: Database, desk: str) -> list[LeftOpen]:
    """Find the desk's sessions that a crash or a power cut left open, the oldest first."""
    rows = db.execute(
        "SELECT id, lane, reader_id FROM session WHERE closed_at IS NULL AND desk = ? ORDER BY id",
        (desk,),
    ).fetchall()
    return [LeftOpen(id_, lane, reader, deeds_of(db, id_)) for id_, lane, reader in rows]


_DEEDS = {"checked_out": Deed.LENT, "checked_in": Deed.RETURNED, "renewed": Deed.RENEWED}


def deeds_of(db: Database, session: int) -> tuple[DoneDeed, ...]:
    """Read from the journal what a session did and did not undo."""
    rows = db.execute(
        "SELECT seq, journal.kind, reader, item, data, barcode, title FROM journal"
        " LEFT JOIN item ON item.id = item LEFT JOIN title ON title.id = title_id"
        " WHERE seq > ? AND session = ? ORDER BY seq",
        (session, session),
    )
    deeds: dict[int, DoneDeed] = {}
    for seq, kind, reader, item, text, barcode, title in rows:
        data = json.loads(text)
        if kind in _DEEDS:
            due_on = data.get("due_on")
            deeds[seq] = DoneDeed(
                seq,
                _DEEDS[kind],
                data.get("loan", seq),
                reader,
                item,
                Barcode(barcode),
                title,
                None if due_on is None else date.fromisoformat(due_on),
            )
        elif kind == "undone":
            deeds.pop(data["undoes"], None)
    return tuple(deeds.values())
