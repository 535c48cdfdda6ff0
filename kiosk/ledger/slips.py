"""The print queue. A print state is the printer thread's alone; a loan never waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlite_utils import Database

from kiosk.ledger.connection import utc_text

SlipState = Literal["queued", "printing", "printed", "unknown", "failed", "cancelled"]


_NEWEST: Final = 200
"""More slips than a desk writes in the minutes in which one may be printed again."""


@dataclass(frozen=True, slots=True)
class QueuedSlip:
    """A slip that waits to be taken."""

    id: int
    kind: str


def write(
    db: Database,
    *,
    session: int | None,
    at: datetime,
    state: SlipState,
    body: str,
    kind: str = "reader",
) -> int:
    """Write a slip, inside the transaction of what it tells. Returns its id.

    `session` is the session it ends, None for a slip that is about no session.
    """
    cursor = db.execute(
        "INSERT INTO slip (session, kind, state, created_at, body) VALUES (?, ?, ?, ?, ?)",
        (session, kind, state, utc_text(at), body),
    )
    return int(cursor.lastrowid or 0)


def queue_again(db: Database, session: int) -> bool:
    """Queue a session's slip that is not on paper yet; False if there is none."""
    changed = db.execute(
        "UPDATE slip SET state = 'queued', cause = NULL"
        " WHERE session = ? AND state IN ('queued', 'cancelled')",
        (session,),
    )
    return changed.rowcount > 0


@dataclass(frozen=True, slots=True)
class LaneSlip:
    """The slip of a session at one lane, and whose session it was."""

    session: int
    reader_id: int
    state: SlipState
    body: str


def last_of_lane(db: Database, desk: str, lane: str, since: datetime) -> LaneSlip | None:
    """Find the newest slip of a session that ended at a lane since an instant."""
    row = db.execute(
        # The newest slips only: a lane that is seldom used must not cost a walk through all.
        "SELECT slip.session, reader_id, state, body FROM"
        " (SELECT * FROM slip ORDER BY id DESC LIMIT ?) AS slip"
        " JOIN session ON session.id = slip.session"
        " WHERE slip.kind = 'reader' AND desk = ? AND lane = ? AND closed_at >= ?"
        " ORDER BY slip.id DESC LIMIT 1",
        (_NEWEST, desk, lane, utc_text(since)),
    ).fetchone()
    return None if row is None else LaneSlip(*row)


def of_session(db: Database, session: int) -> LaneSlip | None:
    """Find the newest slip of a session."""
    row = db.execute(
        "SELECT slip.session, reader_id, state, body FROM slip"
        " JOIN session ON session.id = slip.session"
        " WHERE slip.session = ? AND slip.kind = 'reader' ORDER BY slip.id DESC LIMIT 1",
        (session,),
    ).fetchone()
    return None if row is None else LaneSlip(*row)


def rewrite(db: Database, session: int, body: str, *, wanted: bool) -> None:
    """Correct a slip that has not been printed yet; one that is not wanted is cancelled."""
    db.execute(
        "UPDATE slip SET body = ?, state = CASE WHEN ? THEN state ELSE 'cancelled' END"
        " WHERE session = ? AND state IN ('queued', 'cancelled')",
        (body, wanted, session),
    )


def withdraw(db: Database, session: int) -> None:
    """Take back a slip that has not been printed yet and has nothing left to tell."""
    db.execute(
        "DELETE FROM slip WHERE session = ? AND state IN ('queued', 'cancelled')", (session,)
    )


def withdraw_hold(db: Database, set_aside: int) -> None:
    """Take back the hold slip of a journal row that set a book aside, if it is not on paper yet.

    Row and slip were written in one transaction, at one instant.
    """
    db.execute(
        "DELETE FROM slip WHERE kind = 'hold' AND state IN ('queued', 'cancelled')"
        " AND created_at = (SELECT at FROM journal WHERE seq = ?)",
        (set_aside,),
    )


def waiting(db: Database) -> list[QueuedSlip]:
    """List the queued slips, the oldest first."""
    rows = db.execute("SELECT id, kind FROM slip WHERE state = 'queued' ORDER BY id")
    return [QueuedSlip(*row) for row in rows]


def take(db: Database, slip: int) -> str | None:
    """Begin to print a queued slip; returns its body as JSON, None if it is queued no more."""
    changed = db.execute(
        "UPDATE slip SET state = 'printing', attempts = attempts + 1"
        " WHERE id = ? AND state = 'queued'",
        (slip,),
    )
    if changed.rowcount == 0:
        return None
    return str(db.execute("SELECT body FROM slip WHERE id = ?", (slip,)).fetchone()[0])


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a slip, and why it is not surely on paper: a code, None where it is.

    `cause` is a printer's cause (see `DeviceState`), `no_answer`, `bad_body`, `driver`, `stale`, or
    `stopped` for one that was being printed when the desk stopped.
    """

    state: SlipState
    cause: str | None = None


def move(db: Database, slip: int, was: SlipState, became: Became, at: datetime) -> bool:
    """Change a slip's print state; False when it was no longer in the state it is moved from."""
    printed_at = utc_text(at) if became.state == "printed" else None
    changed = db.execute(
        "UPDATE slip SET state = ?, cause = ?, printed_at = coalesce(?, printed_at)"
        " WHERE id = ? AND state = ?",
        (became.state, became.cause, printed_at, slip, was),
    )
    return changed.rowcount > 0


def forget_unfinished(db: Database) -> int:
    """Mark slips found in `printing` as `unknown`: the power went while they were on their way."""
    return db.execute(
        "UPDATE slip SET state = 'unknown', cause = 'stopped' WHERE state = 'printing'"
    ).rowcount


def body_of(db: Database, session: int | None = None, *, kind: str = "reader") -> str | None:
    """Read the body of a session's slip, or of the newest slip of a kind."""
    row = db.execute(
        "SELECT body FROM slip WHERE CASE WHEN ? IS NULL THEN kind = ? ELSE session = ? END"
        " ORDER BY id DESC LIMIT 1",
        (session, kind, session),
    ).fetchone()
    return None if row is None else str(row[0])


def cancel_waiting(db: Database) -> int:
    """Cancel every slip that waits; returns how many."""
    return db.execute("UPDATE slip SET state = 'cancelled' WHERE state = 'queued'").rowcount
