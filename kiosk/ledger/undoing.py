"""What the record says of a deed that is to be undone: which it was, and what it changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from kiosk.domain import Deed, Lane
from kiosk.domain.facts import ItemFacts
from kiosk.ledger import facts, holds
from kiosk.session.lane import DoneDeed, Ended


@dataclass(frozen=True, slots=True)
class PastDeed:
    """A deed of any session, and where it was done; `session` None: in none."""

    deed: DoneDeed
    at: datetime
    lane: Lane
    session: int | None


def last_deed(db: Database, item: ItemFacts) -> PastDeed | None:
    """Find an item's last check-out or check-in, if its loan is still as that left it.

    A check-out that was renewed since, a loan that ended in another way, or one that somebody was
    charged for, is none; nor is the check-in of a book that was lost, mended or written off since.
    """
    loan = db.execute(
        "SELECT id, checked_in_at, renewals, EXISTS (SELECT 1 FROM charge WHERE loan_id = loan.id)"
        " FROM loan WHERE item_id = ? ORDER BY id DESC LIMIT 1",
        (item.id,),
    ).fetchone()
    if loan is None or loan[3] or (loan[1] is None and loan[2] > 0):
        return None
    if loan[1] is not None and item.status != "active":
        return None
    kind, at, more = ("checked_in", loan[1], "") if loan[1] else ("checked_out", None, "seq = ?")
    row = db.execute(
        "SELECT seq, at, lane, session, reader, data FROM journal"
        f" WHERE kind = ? AND item = ? AND {more or 'at = ?'} ORDER BY seq DESC LIMIT 1",
        (kind, item.id, at or loan[0]),
    ).fetchone()
    if row is None or row[2] is None:
        return None
    seq, done_at, lane, session, reader_id, data = row
    due_on = json.loads(data).get("due_on")
    deed = DoneDeed(
        seq,
        Deed.RETURNED if loan[1] else Deed.LENT,
        loan[0],
        reader_id,
        item.id,
        item.barcode,
        item.title,
        None if due_on is None else date.fromisoformat(due_on),
    )
    return PastDeed(deed, datetime.fromisoformat(done_at), lane, session)


def ended_session(db: Database, session: int) -> Ended | None:
    """Find a session that has ended, with its deeds; None while it is open."""
    row = db.execute(
        "SELECT closed_at, reader_id FROM session WHERE id = ? AND closed_at IS NOT NULL",
        (session,),
    ).fetchone()
    if row is None:
        return None
    at = datetime.fromisoformat(row[0])
    return Ended(session, at, deeds=facts.deeds_of(db, session), reader_id=row[1])


def undone_by(db: Database, deed: DoneDeed) -> dict[str, Any]:
    """Write down what undoing a deed brings back, as the event `undone` needs it.

    What has changed again since, a hold or a suspension, stays as it is now; but a book that goes
    back to its reader is kept for nobody.
    """
    data: dict[str, Any] = {"undoes": deed.seq, "deed": deed.deed, "loan": deed.loan}
    if deed.deed is Deed.RENEWED and deed.due_before is not None:
        data["due_before"] = deed.due_before.isoformat()
    row = db.execute("SELECT data FROM journal WHERE seq = ?", (deed.seq,)).fetchone()
    did = json.loads(row[0])
    if deed.deed is Deed.RETURNED:
        kept = holds.of_item(db, deed.item_id)
        data |= {} if kept is None else {"hold": kept.id}
    elif "hold" in did:
        data |= _hold_back(db, deed, did["hold"])
    if "suspended_until" in did and _is_only_cause(db, deed, did["suspended_until"]):
        data["suspended_before"] = did["suspended_before"]
    return data


def _hold_back(db: Database, deed: DoneDeed, hold: int) -> dict[str, int]:
    """Give a hold back what it was before a check-out filled it, unless its reader has another."""
    state, item_id = db.execute("SELECT state, item_id FROM hold WHERE id = ?", (hold,)).fetchone()
    if state != "filled" or holds.of_reader(db, deed.reader_id):
        return {}
    if item_id == deed.item_id:
        is_kept = holds.is_in_use(db, item_id)
    else:
        # Another copy than the one set aside was lent: that one may be gone by now.
        is_kept = item_id is None or holds.is_free(db, item_id)
    return {"hold" if is_kept else "hold_waits": hold}


def _is_only_cause(db: Database, deed: DoneDeed, until: str) -> bool:
    """Tell whether a reader is suspended for this return, and brought back no other late since."""
    row = db.execute(
        "SELECT suspended_until IS ? AND NOT EXISTS (SELECT 1 FROM journal AS later"
        " WHERE later.seq > ? AND later.kind = 'checked_in' AND later.reader = reader.id"
        " AND json_extract(later.data, '$.late_days') IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM journal AS undone WHERE undone.seq > later.seq"
        " AND undone.kind = 'undone' AND json_extract(undone.data, '$.undoes') = later.seq))"
        " FROM reader WHERE id = ?",
        (until, deed.seq, deed.reader_id),
    ).fetchone()
    return bool(row[0])
