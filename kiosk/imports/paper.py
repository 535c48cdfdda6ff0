"""Loans and returns written on paper while the desk was down, entered with their own dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final, Literal

from sqlite_utils import Database

from kiosk.domain import Barcode, Card
from kiosk.domain.facts import ItemFacts, OpenLoan, ReaderFacts
from kiosk.imports import cells
from kiosk.imports.plan import Context
from kiosk.imports.table import Column, Faults, Table, TableRow, read_table
from kiosk.ledger import facts, holds, journal, paper
from kiosk.ledger.connection import Ledger, utc_text
from kiosk.ledger.journal import Event
from kiosk.rotation.due import InDays, LoanTerms, due_on
from kiosk.rules.asked import Policy

Deed = Literal["lent", "returned"]

COLUMNS: Final = (
    Column("date", ("日期",), required=True),
    Column("card", ("借书证号", "借书证", "证号")),
    Column("barcode", ("条码号", "条码", "书号"), required=True),
    Column("deed", ("借还", "借/还"), required=True),
)
_DEEDS: Final[dict[str, Deed]] = {
    "lent": "lent",
    "借": "lent",
    "借出": "lent",
    "returned": "returned",
    "还": "returned",
    "归还": "returned",
}
_NOON: Final = time(12)
_PLAIN: Final = LoanTerms(InDays(14))


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One line of the sheet: what happened on a day, to which book, for whose card (lent only)."""

    line: int
    on: date
    deed: Deed
    barcode: Barcode
    card: Card | None


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """A sheet that could be read as a whole, in the order of its lines."""

    table: Table
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A line that does not fit the record; the others are entered without it."""

    line: int
    why: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.why}"


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of a sheet.

    `known` counts the lines that were on record already, such as those of a sheet that is entered
    once more after it was mended; `kept` has the books that came back and that somebody waits for.
    """

    lent: int
    returned: int
    conflicts: tuple[Conflict, ...]
    known: int = 0
    kept: tuple[Barcode, ...] = ()


def read_sheet(path: Path, context: Context) -> PaperSheet:
    """Read a sheet typed in from paper.

    Raises: ImportFault with every line that cannot be read.
    """
    table = read_table(path, COLUMNS)
    faults = Faults(table.file, table.headings, list(table.faults))
    lines = tuple(_parse(table, context, faults))
    faults.stop_if_any()
    return PaperSheet(table, lines)


def _parse(table: Table, context: Context, faults: Faults) -> Iterator[PaperLine]:
    for row in table.rows:
        on, deed = _day(row, context, faults), _DEEDS.get(cells.folded(row.cells["deed"]))
        if deed is None:
            faults.add(row, "deed", "lent or returned (借 or 还)")
        barcode = card = None
        try:
            barcode = Barcode(cells.item(row.cells["barcode"], context.patterns))
        except ValueError as fault:
            faults.add(row, "barcode", str(fault))
        if row.cells.get("card"):
            try:
                card = Card(cells.card(row.cells["card"], context.patterns))
            except ValueError as fault:
                faults.add(row, "card", str(fault))
        elif deed == "lent":
            faults.add(row, "card", "the card of whoever took the book")
        if on is not None and deed is not None and barcode is not None:
            yield PaperLine(row.line, on, deed, barcode, card)


def _day(row: TableRow, context: Context, faults: Faults) -> date | None:
    try:
        on = cells.day(row.cells["date"])
    except ValueError as fault:
        faults.add(row, "date", str(fault))
        return None
    if on > context.today:
        faults.add(row, "date", f"a day not after today, {context.today}")
        return None
    return on


def enter(
    sheet: PaperSheet,
    ledger: Ledger,
    policy: Policy,
    *,
    desk: str,
    now: datetime,
    dry: bool = False,
) -> Entered:
    """Enter a sheet in one transaction, line by line; what happened on paper is never refused.

    A line that cannot have happened, because the book was elsewhere, is told and left out.
    `dry` writes nothing.
    Raises: LedgerError, with nothing written.
    """
    with ledger.transaction():
        desk_of = _Paper(ledger.db, policy, desk, now, sheet.table.file)
        conflicts = [
            Conflict(line.line, why)
            for line in sheet.lines
            if (why := desk_of.enter(line)) is not None
        ]
        done = Entered(
            desk_of.lent, desk_of.returned, tuple(conflicts), desk_of.known, tuple(desk_of.kept)
        )
        if dry:
            ledger.db.execute("ROLLBACK")
            ledger.db.execute("BEGIN IMMEDIATE")
            return done
        data = {
            "file": sheet.table.file,
            "sha256": sheet.table.sha256,
            "lent": done.lent,
            "returned": done.returned,
            "conflicts": len(conflicts),
        }
        journal.record(ledger.db, Event("paper_imported", now, desk, data=data))
    return done


class _Paper:
    """Enters one line after the other."""

    def __init__(self, db: Database, policy: Policy, desk: str, now: datetime, file: str) -> None:
        self._db = db
        self._policy = policy
        self._desk = desk
        self._now = now
        self._file = file
        self.lent = 0
        self.returned = 0
        self.known = 0
        self.kept: list[Barcode] = []

    def enter(self, line: PaperLine) -> str | None:
        """Enter a line; returns why not, if it does not fit."""
        found = facts.item_of_barcode(self._db, line.barcode)
        if found is None:
            return f"there is no item {line.barcode}"
        item, situation = found
        at = self._instant(line.on)
        if line.deed == "returned":
            return self._give_back(item, situation.loan, at, line)
        assert line.card is not None, "a loan on paper has a card"
        reader = facts.reader_of_card(self._db, line.card)
        if reader is None:
            return f"there is no card {line.card}"
        if paper.was_lent(self._db, item.id, reader.id, *self._day(line.on)):
            self.known += 1
            return None
        back = situation.last_return
        if situation.loan is not None:
            return f"item {line.barcode} is on loan since {self._day_of(situation.loan)}"
        if back is not None and back.checked_in_at > at:
            came_back = back.checked_in_at.astimezone(self._policy.timetable.zone).date()
            return f"item {line.barcode} came back later, on {came_back}"
        self._lend(item, reader, at, line.on)
        return None

    def _lend(self, item: ItemFacts, reader: ReaderFacts, at: datetime, on: date) -> None:
        rule = self._policy.rule_on(reader.member, item.collection, on)
        terms = rule.terms if rule is not None and rule.terms is not None else _PLAIN
        due = due_on(terms, self._policy.timetable, reader.member, on)
        met, _ = holds.met_by(self._db, reader, item)
        data = {
            "due_on": (due or on).isoformat(),
            "class_id": reader.class_id,
            "window": None,
            "in_room": rule is not None and rule.lend == "in_room",
            "rule": None if rule is None else rule.number,
            **met,
            **self._from_paper(at),
        }
        self._record("checked_out", reader.id, item.id, data)
        self.lent += 1

    def _give_back(
        self, item: ItemFacts, loan: OpenLoan | None, at: datetime, line: PaperLine
    ) -> str | None:
        fits = loan is not None and line.on >= self._lent_on(loan)
        if not fits and paper.came_back(self._db, item.id, *self._day(line.on)):
            self.known += 1
            return None
        if loan is None:
            return f"item {line.barcode} is not on loan"
        if line.on < self._lent_on(loan):
            return f"item {line.barcode} was lent later, on {self._lent_on(loan)}"
        data = {
            "loan": loan.id,
            **self._keep_for_next(item),
            **self._from_paper(max(at, loan.checked_out_at)),
        }
        self._record("checked_in", loan.reader_id, item.id, data)
        self.returned += 1
        return None

    def _keep_for_next(self, item: ItemFacts) -> dict[str, int | None]:
        """Keep the book for whoever waits longest; the desk sets the day, or finds the next."""
        waiting = holds.waiting_for(self._db, item.title_id)
        if not waiting or item.held_for is not None or item.status != "active":
            return {}
        self.kept.append(item.barcode)
        return {"hold": waiting[0].id, "hold_until": None}

    def _day(self, on: date) -> tuple[datetime, datetime]:
        """Give the first instant of a day at school, and the first after it."""
        zone = self._policy.timetable.zone
        first = datetime.combine(on, time(), zone)
        return first, datetime.combine(on + timedelta(days=1), time(), zone)

    def _from_paper(self, at: datetime) -> dict[str, str]:
        return {"paper": self._file, "happened_at": utc_text(at)}

    def _record(self, kind: str, reader: int, item: int, data: Mapping[str, object]) -> None:
        event = Event(kind, self._now, self._desk, reader=reader, item=item, data=data)
        journal.record(self._db, event)

    def _instant(self, on: date) -> datetime:
        """Say when it happened: at noon of its day, a line of today not after now."""
        return min(datetime.combine(on, _NOON, self._policy.timetable.zone), self._now)

    def _lent_on(self, loan: OpenLoan) -> date:
        return loan.checked_out_at.astimezone(self._policy.timetable.zone).date()

    def _day_of(self, loan: OpenLoan) -> str:
        return self._lent_on(loan).isoformat()
