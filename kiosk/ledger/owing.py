"""Who has which books, class by class: what recall lists and clearance slips are made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlite_utils import Database

from kiosk.domain import ClassCode
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.ledger import facts


@dataclass(frozen=True, slots=True)
class ClassOnRecord:
    """A class as the record names it today; `id` None stands for readers without a class."""

    id: int | None
    code: ClassCode | None
    label: str


@dataclass(frozen=True, slots=True)
class Owing:
    """A reader and all books that are out on the reader's card, the newest first."""

    reader: ReaderFacts
    loans: tuple[OpenLoan, ...]


def classes(db: Database) -> list[ClassOnRecord]:
    """List the classes on record, the youngest cohort first, then readers without a class."""
    rows = db.execute(
        "SELECT id, cohort, number, label FROM class ORDER BY cohort DESC, number"
    ).fetchall()
    found = [
        ClassOnRecord(id_, ClassCode(f"{cohort}-{number}"), label)
        for id_, cohort, number, label in rows
    ]
    return [*found, ClassOnRecord(None, None, "")]


def owing(db: Database, class_id: int | None) -> Iterator[Owing]:
    """Yield the readers of a class who have books, by card."""
    rows = db.execute(
        "SELECT id FROM reader WHERE class_id IS ? AND EXISTS"
        " (SELECT 1 FROM loan WHERE reader_id = reader.id AND checked_in_at IS NULL)"
        " ORDER BY card",
        (class_id,),
    ).fetchall()
    for (reader_id,) in rows:
        yield Owing(facts.reader_of_id(db, reader_id), facts.open_loans(db, reader_id))


def pupils(db: Database, class_id: int) -> list[ReaderFacts]:
    """List a class's pupils, by card."""
    rows = db.execute(
        "SELECT id FROM reader WHERE class_id = ? AND kind = 'student' ORDER BY card", (class_id,)
    ).fetchall()
    return [facts.reader_of_id(db, reader_id) for (reader_id,) in rows]


def unpaid_fen(db: Database, reader_id: int) -> int:
    """Sum up the reader's charges that are not settled."""
    row = db.execute(
        "SELECT coalesce(sum(amount_fen), 0) FROM charge"
        " WHERE reader_id = ? AND settled_at IS NULL",
        (reader_id,),
    ).fetchone()
    return int(row[0])
