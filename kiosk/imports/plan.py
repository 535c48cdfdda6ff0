"""What an import would change, and the one transaction that changes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from sqlite_utils import Database

from kiosk.barcodes import LabelPatterns
from kiosk.imports.table import MOST_FAULTS_TOLD, Table
from kiosk.ledger import journal
from kiosk.ledger.connection import Ledger
from kiosk.rotation.classes import ClassNames
from kiosk.wording import Words

Cell = str | int | None
Record = Mapping[str, Cell]
"""A reader or an item with its public values, by column."""

Progress = Callable[[int, int], None]
"""Hears of the lines written and of all lines."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the settings say that an import needs; `today` is the school's date."""

    names: ClassNames
    patterns: LabelPatterns
    today: date


@dataclass(frozen=True, slots=True)
class Difference:
    """One reader or item as it is on record, None if it is new, and as it would be."""

    key: str
    before: Record | None
    after: Record

    def changes(self) -> Iterator[tuple[str, Cell, Cell]]:
        """Yield each column that changes, with its old and its new value."""
        before = self.before or {}
        for column, value in self.after.items():
            if before.get(column) != value:
                yield column, before.get(column), value


@dataclass(frozen=True, slots=True)
class Counts:
    """How many readers or items an import adds, changes and leaves as they are."""

    added: int
    updated: int
    unchanged: int


class Source(Protocol):
    """The parsed lines of one file, ready to be held against a record and written to it."""

    @property
    def what(self) -> str:
        """`readers` or `items`."""

    def differences(self, db: Database) -> Sequence[Difference]:
        """Hold every line against the record, in the order of the file."""

    def shown(self, column: str, value: Cell, words: Words) -> str:
        """Say a value, which is not None, as people write it."""

    def write(self, db: Database, found: Sequence[Difference], progress: Progress) -> None:
        """Write what differs; called inside the transaction that found it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that could be read as a whole, and what it would change as the record stood then.

    `notices` are told to the person who imports: ignored columns, values that look wrong.
    """

    table: Table
    source: Source
    differences: tuple[Difference, ...]
    notices: tuple[str, ...]

    @property
    def counts(self) -> Counts:
        """Count what would be added, changed and left alone."""
        return _count(self.differences)

    def lines(self, words: Words) -> Iterator[str]:
        """Yield what would change: `+` a new one, `~` each changed column, then the counts."""
        for one in self.differences:
            if one.before is None:
                told = {
                    column: value for column, value in one.after.items() if _is_news(column, value)
                }
                said = [self._said(column, value, words) for column, value in told.items()]
                yield " ".join(["+", one.key, *said])
            for column, old, new in one.changes() if one.before is not None else ():
                was, is_now = (self._said(column, value, words) for value in (old, new))
                yield f"~ {one.key} {words.tr(column)}: {was} -> {is_now}"
        yield counted(self.counts, words)

    def _said(self, column: str, value: Cell, words: Words) -> str:
        return "-" if value is None or value == "" else self.source.shown(column, value, words)


def counted(counts: Counts, words: Words) -> str:
    """Say how many were added, changed and left alone."""
    return words.tr(
        "{added} new, {updated} changed, {unchanged} unchanged",
        added=counts.added,
        updated=counts.updated,
        unchanged=counts.unchanged,
    )


def _is_news(column: str, value: Cell) -> bool:
    return value not in (None, "", 0) and (column, value) not in _USUAL


_USUAL: Final = {("kind", "student"), ("collection", "general")}


def make_plan(table: Table, source: Source, ledger: Ledger, warnings: Sequence[str] = ()) -> Plan:
    """Hold the lines of a file against the record without locking it."""
    with ledger.reading():
        found = tuple(source.differences(ledger.db))
    return Plan(table, source, found, (*table.notices, *_first(warnings)))


def _first(warnings: Sequence[str]) -> Sequence[str]:
    if len(warnings) <= MOST_FAULTS_TOLD:
        return warnings
    return [*warnings[:MOST_FAULTS_TOLD], f"and {len(warnings) - MOST_FAULTS_TOLD} more"]


def apply(plan: Plan, ledger: Ledger, *, desk: str, at: datetime, progress: Progress) -> Counts:
    """Write a plan's file in one transaction, against the record as it stands by then.

    The run is one event in the journal. Raises: LedgerError, with nothing written.
    """
    with ledger.transaction():
        found = plan.source.differences(ledger.db)
        plan.source.write(ledger.db, found, progress)
        counts = _count(found)
        journal.record(
            ledger.db,
            journal.Event(
                f"{plan.source.what}_imported",
                at,
                desk,
                data={
                    "file": plan.table.file,
                    "sha256": plan.table.sha256,
                    "added": counts.added,
                    "updated": counts.updated,
                    "unchanged": counts.unchanged,
                },
            ),
        )
    return counts


def _count(differences: Sequence[Difference]) -> Counts:
    added = sum(one.before is None for one in differences)
    unchanged = sum(one.before is not None and not any(one.changes()) for one in differences)
    return Counts(added, len(differences) - added - unchanged, unchanged)
