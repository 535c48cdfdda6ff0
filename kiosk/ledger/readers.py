"""Readers as lists and labels name them, class by class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlite_utils import Database

from kiosk.domain import Card, ClassCode, ReaderKind
from kiosk.rotation.classes import class_code, cohort_and_number

_READER: Final = (
    "SELECT card, name, kind, status, cohort, number"
    " FROM reader LEFT JOIN class ON class.id = class_id"
)


@dataclass(frozen=True, slots=True)
class ReaderOnRecord:
    """A reader's card, name and class; `school_class` is None for one who has none.

    `status` is `active`, `suspended` or `lost`.
    """

    card: Card
    name: str
    kind: ReaderKind
    status: str
    school_class: ClassCode | None


def readers_of_class(db: Database, code: ClassCode) -> list[ReaderOnRecord]:
    """List the readers of a class, its book corner's card among them, by card."""
    return _readers(db, "WHERE cohort = ? AND number = ? ORDER BY card", *cohort_and_number(code))


def readers_without_class(db: Database) -> list[ReaderOnRecord]:
    """List the teachers, and other readers who belong to no class, by card."""
    return _readers(db, "WHERE class_id IS NULL ORDER BY card")


def reader_of_card(db: Database, card: Card) -> ReaderOnRecord | None:
    """Find the reader whose card this is."""
    return next(iter(_readers(db, "WHERE card = ?", card)), None)


def _readers(db: Database, where: str, *values: str | int) -> list[ReaderOnRecord]:
    return [
        ReaderOnRecord(
            Card(card), name, kind, status, None if cohort is None else class_code(cohort, number)
        )
        for card, name, kind, status, cohort, number in db.execute(f"{_READER} {where}", values)
    ]
