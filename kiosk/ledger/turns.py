"""Turns as the record has them: opened, cancelled, settled; who came to one, and who owes what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlite_utils import Database

from kiosk.domain import Card, ClassCode
from kiosk.ledger.connection import utc_text
from kiosk.rotation.live import Live, OpenedNow, TurnKey

_COUNTED_SINCE: Final = "turns_counted_since"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class on record; `label` is its name in this school year."""

    id: int
    code: ClassCode
    label: str


@dataclass(frozen=True, slots=True)
class Attendance:
    """What happened in a span of time to a class's readers and their books.

    `come` and `expected` count pupils whose cards have not run out; `is_held` says that any of
    the class's readers, the class card too, was served or had a book checked in.
    """

    come: int
    expected: int
    borrowed: int
    returned: int
    is_held: bool


@dataclass(frozen=True, slots=True)
class PupilNow:
    """A pupil in the class's turn: was here, took books, brought some back, has some still due.

    `is_counted` is False for one whose card has run out.
    """

    card: Card
    name: str
    is_counted: bool
    has_come: bool
    has_borrowed: bool
    has_returned: bool
    owes: bool


@dataclass(frozen=True, slots=True)
class TurnCount:
    """Turns of a class that became the same: `state` with `reason`, planned or in addition."""

    class_id: int
    state: str
    reason: str
    planned: bool
    makes_up: bool
    count: int


@dataclass(frozen=True, slots=True)
class Lending:
    """A class's pupils today, and what pupils of it borrowed in a span of time."""

    pupils: int
    loans: int


def live(db: Database, since: date) -> Live:
    """Read what the timetable has lived through since a day."""
    opened = tuple(
        OpenedNow(
            seq,
            datetime.fromisoformat(opens_at),
            datetime.fromisoformat(closes_at),
            tuple(map(ClassCode, json.loads(classes))),
            name,
        )
        for seq, name, opens_at, closes_at, classes in db.execute(
            "SELECT id, name, opens_at, closes_at, classes FROM opening"
            " WHERE opens_at >= ? ORDER BY id",
            # The day before: east of Greenwich the school's morning is still yesterday in UTC.
            ((since - _DAY).isoformat(),),
        )
    )
    keys: dict[str, set[TurnKey]] = {"held": set(), "cancelled": set(), "missed": set()}
    for cohort, number, window, day, state in db.execute(
        "SELECT cohort, number, window, day, state FROM turn JOIN class ON class.id = class_id"
        " WHERE day >= ?",
        (since.isoformat(),),
    ):
        code = ClassCode(f"{cohort}-{number}")
        keys[state].add(TurnKey(code, window, date.fromisoformat(day)))
    return Live(opened, frozenset(keys["cancelled"]), frozenset(keys["held"]))


def class_of(db: Database, code: ClassCode) -> ClassRow | None:
    """Find a class on record by its key."""
    cohort, _, number = code.partition("-")
    row = db.execute(
        "SELECT id, label FROM class WHERE cohort = ? AND number = ?", (int(cohort), int(number))
    ).fetchone()
    return None if row is None else ClassRow(row[0], code, row[1])


def opened_in(db: Database, session: int) -> int | None:
    """Find the window that a session of staff opened or extended last."""
    row = db.execute(
        "SELECT seq, data FROM journal WHERE seq > ? AND session = ?"
        " AND kind IN ('window_opened', 'window_extended') ORDER BY seq DESC LIMIT 1",
        (session, session),
    ).fetchone()
    return None if row is None else int(json.loads(row[1]).get("opening", row[0]))


def last_day(db: Database) -> date | None:
    """Find the day of the turn that was settled or cancelled last."""
    row = db.execute("SELECT day FROM turn ORDER BY id DESC LIMIT 1").fetchone()
    return None if row is None else date.fromisoformat(row[0])


def counted_since(db: Database, today: date) -> date:
    """Find the first day a desk ran on this record; it is `today` if none did before."""
    db.execute("INSERT OR IGNORE INTO property VALUES (?, ?)", (_COUNTED_SINCE, today.isoformat()))
    row = db.execute("SELECT value FROM property WHERE name = ?", (_COUNTED_SINCE,)).fetchone()
    return date.fromisoformat(row[0])


def known_since(db: Database, since: date) -> set[tuple[int, str, date]]:
    """List the turns on record from a day on: class, window and day."""
    rows = db.execute("SELECT class_id, window, day FROM turn WHERE day >= ?", (since.isoformat(),))
    return {(class_id, window, date.fromisoformat(day)) for class_id, window, day in rows}


_COUNTED: Final = "(expires_on IS NULL OR expires_on >= :day)"
_CAME: Final = """
    (EXISTS (SELECT 1 FROM session WHERE reader_id = reader.id AND opened_at < :until
        AND opened_at >= :before AND coalesce(closed_at, :until) > :opens)
    OR EXISTS (SELECT 1 FROM loan WHERE reader_id = reader.id
        AND checked_in_at >= :opens AND checked_in_at < :until))
"""
_ATTENDANCE: Final = f"""
SELECT kind, {_COUNTED}, {_CAME},
    (SELECT count(*) FROM loan WHERE reader_id = reader.id AND checked_in_at IS NULL
        AND checked_out_at >= :opens AND checked_out_at < :until AND in_room = 0)
    + (SELECT count(*) FROM loan WHERE reader_id = reader.id AND checked_in_at >= :opens
        AND checked_out_at >= :opens AND checked_out_at < :until AND in_room = 0),
    (SELECT count(*) FROM loan WHERE reader_id = reader.id
        AND checked_in_at >= :morning AND checked_in_at < :until)
FROM reader WHERE class_id = :class
"""  # made of the constants above
_EARLY: Final = timedelta(minutes=10)
"""Whoever was let in before the hour counts, if still there when the turn began."""


def attendance(db: Database, class_id: int, opens_at: datetime, until: datetime) -> Attendance:
    """Count who of a class came between two instants, and what they took and brought.

    A pupil came who had a session, or of whose books one was brought back. `returned` has what
    came back earlier that day too: a crate often comes before its class. The turn is held only
    by what happened in it. `opens_at` is local.
    """
    rows = db.execute(_ATTENDANCE, {"class": class_id, **_span(opens_at, until)}).fetchall()
    pupils = [(came, counted) for kind, counted, came, *_ in rows if kind == "student"]
    return Attendance(
        come=sum(came and counted for came, counted in pupils),
        expected=sum(counted for _, counted in pupils),
        borrowed=sum(borrowed for *_, borrowed, _ in rows),
        returned=sum(returned for *_, returned in rows),
        is_held=any(came or borrowed for _, _, came, borrowed, _ in rows),
    )


def come(db: Database, code: ClassCode, opens_at: datetime, at: datetime) -> tuple[int, int]:
    """Count a class's pupils who have come to its turn until now, and all its pupils.

    They are counted as `attendance` does; `opens_at` is local.
    """
    cohort, _, number = code.partition("-")
    values = {**_span(opens_at, at + _NOW), "cohort": int(cohort), "number": int(number)}
    rows = db.execute(_COME, values).fetchall()
    return sum(came for (came,) in rows), len(rows)


_NOW: Final = timedelta(milliseconds=1)
"""What happens at this very instant has happened."""
_COME: Final = f"""
SELECT {_CAME} FROM reader JOIN class ON class.id = class_id
WHERE cohort = :cohort AND number = :number AND kind = 'student' AND {_COUNTED}
"""  # made of the constants above
_BOARD: Final = f"""
SELECT card, name, {_COUNTED}, {_CAME},
    EXISTS (SELECT 1 FROM loan WHERE reader_id = reader.id AND checked_in_at IS NULL
        AND checked_out_at >= :opens AND in_room = 0),
    EXISTS (SELECT 1 FROM loan WHERE reader_id = reader.id AND checked_in_at >= :morning),
    EXISTS (SELECT 1 FROM loan WHERE reader_id = reader.id AND checked_in_at IS NULL
        AND due_on <= :day)
FROM reader WHERE class_id = :class AND kind = 'student' ORDER BY card
"""  # made of the constants above


def board(db: Database, class_id: int, opens_at: datetime, at: datetime) -> list[PupilNow]:
    """List a class's pupils as they stand in a turn, by card; `opens_at` is local.

    A book counts as brought back from the morning on: a crate often comes before its class. A
    pupil whose card has run out is left out unless there are books to see.
    """
    rows = db.execute(_BOARD, {"class": class_id, **_span(opens_at, at + _NOW)})
    return [
        PupilNow(Card(card), name, *map(bool, (counted, came, *books)))
        for card, name, counted, came, *books in rows
        if counted or any(books)
    ]


def _span(opens_at: datetime, until: datetime) -> dict[str, str]:
    """Write the instants of a turn as the questions about it name them."""
    return {
        "day": opens_at.date().isoformat(),
        "morning": utc_text(datetime.combine(opens_at.date(), time(), opens_at.tzinfo)),
        "opens": utc_text(opens_at),
        "before": utc_text(opens_at - _EARLY),
        "until": utc_text(until),
    }


def was_desk_on(db: Database, desk: str, opens_at: datetime, closes_at: datetime) -> bool:
    """Tell whether a desk wrote anything between two instants."""
    row = db.execute(
        # The plus keeps SQLite from the index on the desk, which finds all its years.
        "SELECT 1 FROM journal WHERE at >= ? AND at < ? AND +desk = ? LIMIT 1",
        (utc_text(opens_at), utc_text(closes_at), desk),
    ).fetchone()
    return row is not None


def to_make_up(db: Database, class_id: int, since: date) -> int | None:
    """Find the class's oldest planned turn since a day that was lost and never made up."""
    row = db.execute(
        "SELECT id FROM turn AS lost WHERE class_id = ? AND day >= ? AND planned = 1"
        " AND state IN ('missed', 'cancelled') AND coalesce(reason, '') <> 'other_time'"
        " AND NOT EXISTS (SELECT 1 FROM turn WHERE class_id = lost.class_id"
        " AND makes_up = lost.id)"
        " ORDER BY day, opens_at LIMIT 1",
        (class_id, since.isoformat()),
    ).fetchone()
    return None if row is None else int(row[0])


def came_before(db: Database, class_id: int, on: date) -> bool:
    """Tell whether the class was served on a day in a turn beside the planned ones.

    A turn that makes up for another does not count.
    """
    row = db.execute(
        "SELECT 1 FROM turn WHERE class_id = ? AND day = ? AND state = 'held' AND planned = 0"
        " AND makes_up IS NULL",
        (class_id, on.isoformat()),
    ).fetchone()
    return row is not None


def counts(db: Database, first_on: date, last_on: date) -> Iterator[TurnCount]:
    """Count the turns of each class between two days, both included."""
    rows = db.execute(
        "SELECT class_id, state, coalesce(reason, ''), planned, makes_up IS NOT NULL, count(*)"
        " FROM turn WHERE day BETWEEN ? AND ? GROUP BY 1, 2, 3, 4, 5",
        (first_on.isoformat(), last_on.isoformat()),
    )
    for class_id, state, reason, planned, makes_up, count in rows:
        yield TurnCount(class_id, state, reason, bool(planned), bool(makes_up), count)


def lending(db: Database, since: datetime, until: datetime, *, on: date) -> dict[int, Lending]:
    """Count each class's pupils on a day, and the loans its pupils made between two instants.

    A loan belongs to the class its reader was in when it was made; books read in the room are
    not counted, nor are those on the class's own card.
    """
    pupils = db.execute(
        "SELECT class_id, count(*) FROM reader WHERE kind = 'student' AND class_id IS NOT NULL"
        " AND (expires_on IS NULL OR expires_on >= ?) GROUP BY 1",
        (on.isoformat(),),
    )
    loans = db.execute(
        "SELECT loan.class_id, count(*) FROM loan JOIN reader ON reader.id = reader_id"
        " WHERE checked_out_at >= ? AND checked_out_at < ? AND in_room = 0"
        " AND kind = 'student' AND loan.class_id IS NOT NULL GROUP BY 1",
        (utc_text(since), utc_text(until)),
    )
    counted, lent = dict(pupils.fetchall()), dict(loans.fetchall())
    return {
        class_id: Lending(counted.get(class_id, 0), lent.get(class_id, 0))
        for class_id in {*counted, *lent}
    }


def classes(db: Database) -> dict[ClassCode, ClassRow]:
    """Map the keys of all classes on record to their rows, the youngest cohort first."""
    rows = db.execute("SELECT id, cohort, number, label FROM class ORDER BY cohort DESC, number")
    found = (
        ClassRow(id_, ClassCode(f"{cohort}-{number}"), label) for id_, cohort, number, label in rows
    )
    return {row.code: row for row in found}
