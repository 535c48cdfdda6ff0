"""Imports readers: pupils, teachers and class cards, with the classes they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from kiosk.calendar import school_year
from kiosk.domain import ClassCode
from kiosk.imports import cells
from kiosk.imports.plan import Cell, Context, Difference, Plan, Progress, make_plan
from kiosk.imports.table import Column, Faults, Table, TableRow, read_table
from kiosk.ledger.classes import ensure_class, write_labels
from kiosk.ledger.connection import Ledger
from kiosk.rotation.classes import class_code, cohort_and_number
from kiosk.wording import Words

COLUMNS: Final = (
    Column("card", ("借书证号", "借书证", "证号"), required=True),
    Column("name", ("姓名",), required=True),
    Column("kind", ("类型", "读者类型")),
    Column("cohort", ("入学年份",)),
    Column("class", ("班号", "班级")),
    Column("monitor", ("小管理员",)),
    Column("expires_on", ("有效期", "有效期至")),
)
_KINDS: Final = {
    "": "student",
    "student": "student",
    "学生": "student",
    "teacher": "teacher",
    "教师": "teacher",
    "老师": "teacher",
    "class": "class",
    "班级": "class",
}
_COHORT: Final = re.compile(r"((?:19|20)[0-9]{2})(?:\.0)?级?")
_NUMBER: Final = re.compile(r"0?([1-9][0-9]?)(?:\.0)?班?")
_COHORT_NUMBER: Final = re.compile(r"((?:19|20)[0-9]{2})(?:-|级\()0?([1-9][0-9]?)(?:\)班)?")
_CHUNK: Final = 1000


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """One line: the card, and the values of the columns that the file has."""

    card: str
    values: dict[str, Cell]


def plan_readers(path: Path, ledger: Ledger, context: Context) -> Plan:
    """Read a file of readers and hold it against the record; nothing is locked or written.

    Raises: ImportFault with every line that cannot be read.
    """
    table = read_table(path, COLUMNS)
    faults = Faults(table.file, table.headings, list(table.faults))
    rows = list(_parse(table, context, faults))
    faults.stop_if_any()
    return make_plan(table, _Readers(tuple(rows), context), ledger)


def _parse(table: Table, context: Context, faults: Faults) -> Iterator[ReaderRow]:
    first_on: dict[str, int] = {}
    for row in table.rows:
        try:
            card = cells.card(row.cells["card"], context.patterns)
        except ValueError as fault:
            faults.add(row, "card", str(fault))
            card = ""
        if card and first_on.setdefault(card, row.line) != row.line:
            faults.add(row, "card", f"a card that is not on line {first_on[card]} already")
        if not row.cells["name"]:
            faults.add(row, "name", "a name")
        yield ReaderRow(card, _values(row, context, faults))


def _values(row: TableRow, context: Context, faults: Faults) -> dict[str, Cell]:
    found: dict[str, Cell] = {"name": row.cells["name"]}
    if "kind" in row.cells:
        kind = _KINDS.get(cells.folded(row.cells["kind"]).casefold())
        if kind is None:
            faults.add(row, "kind", "student, teacher or class (学生, 教师, 班级)")
        found["kind"] = kind
    if "class" in row.cells:
        found["class"] = _class(row, context, faults)
    elif row.cells.get("cohort"):
        faults.add(row, "cohort", "a column class (班号) beside it")
    if "monitor" in row.cells:
        try:
            found["monitor"] = int(cells.yes_or_no(row.cells["monitor"]))
        except ValueError as fault:
            faults.add(row, "monitor", str(fault))
    if "expires_on" in row.cells:
        found["expires_on"] = None
        try:
            if row.cells["expires_on"]:
                found["expires_on"] = cells.day(row.cells["expires_on"]).isoformat()
        except ValueError as fault:
            faults.add(row, "expires_on", str(fault))
    return found


def _class(row: TableRow, context: Context, faults: Faults) -> ClassCode | None:
    """Read a class from cohort and number, from its label or from its key."""
    given = cells.folded(row.cells.get("cohort", ""))
    label = cells.folded(row.cells.get("class", "")).replace(" ", "")
    cohort: int | None = None
    if given:
        found = _COHORT.fullmatch(given)
        if found is None:
            faults.add(row, "cohort", "a year such as 2023")
            return None
        cohort = int(found[1])
    if not label:
        if cohort is not None:
            faults.add(row, "class", "a class number beside the cohort")
        return None
    named = _named_class(label, context)
    if named is not None:
        if cohort not in (None, cohort_and_number(named)[0]):
            meant = cohort_and_number(named)[0]
            faults.add(row, "cohort", f"{meant}, the cohort of {row.cells['class']}, or nothing")
        return named
    number = _NUMBER.fullmatch(label)
    if number is None:
        faults.add(row, "class", "a class number, a label such as 三(1)班, or 2023-1")
    elif cohort is None:
        faults.add(row, "class", "a label such as 三(1)班, or a cohort beside the number")
    else:
        return class_code(cohort, int(number[1]))
    return None


def _named_class(label: str, context: Context) -> ClassCode | None:
    by_key = _COHORT_NUMBER.fullmatch(label)
    if by_key is not None:
        return class_code(int(by_key[1]), int(by_key[2]))
    found = context.names.parse(label)
    if found is None or not 1 <= found[0] <= context.names.grades or found[1] < 1:
        return None
    return class_code(school_year(context.today) - found[0] + 1, found[1])


_ON_RECORD: Final = (
    "SELECT card, name, kind, cohort, number, monitor, expires_on"
    " FROM reader LEFT JOIN class ON class.id = class_id"
)
_NEW: Final[dict[str, Cell]] = {
    "name": "",
    "kind": "student",
    "class": None,
    "monitor": 0,
    "expires_on": None,
}


@dataclass(frozen=True, slots=True)
class _Readers:
    rows: tuple[ReaderRow, ...]
    context: Context
    what: str = "readers"

    def differences(self, db: Database) -> Sequence[Difference]:
        known: dict[str, dict[str, Cell]] = {
            card: {
                "name": name,
                "kind": kind,
                "class": None if cohort is None else class_code(cohort, number),
                "monitor": monitor,
                "expires_on": expires_on,
            }
            for card, name, kind, cohort, number, monitor, expires_on in db.execute(_ON_RECORD)
        }
        found = []
        for card, values in self._by_card_of_today(db):
            before = known.get(card)
            found.append(Difference(card, before, (before or _NEW) | values))
        return found

    def _by_card_of_today(self, db: Database) -> Iterator[tuple[str, dict[str, Cell]]]:
        """Yield each line under the reader's card of today, be it listed by one replaced since.

        A line with the card of today makes one with an old card of the same reader useless.
        """
        replaced = dict(
            db.execute(
                "SELECT old_card.card, reader.card FROM old_card"
                " JOIN reader ON reader.id = reader_id"
            ).fetchall()
        )
        listed = {row.card for row in self.rows}
        for row in self.rows:
            card = replaced.get(row.card, row.card)
            if card == row.card or card not in listed:
                listed.add(card)
                yield card, row.values

    def shown(self, column: str, value: Cell, words: Words) -> str:
        if column == "class" and isinstance(value, str):
            return self.context.names.label(ClassCode(value), self.context.today)
        if column == "monitor":
            return words.tr("student monitor") if value else words.tr("no")
        return words.tr(value) if column == "kind" and isinstance(value, str) else str(value)

    def write(self, db: Database, found: Sequence[Difference], progress: Progress) -> None:
        write_labels(db, self.context.names, self.context.today)
        changed = [one for one in found if one.before is None or any(one.changes())]
        classes: dict[Cell, int] = {
            code: self._class_id(db, ClassCode(code))
            for code in {one.after["class"] for one in changed}
            if isinstance(code, str)
        }
        for done in range(0, len(changed), _CHUNK):
            chunk = changed[done : done + _CHUNK]
            db.conn.executemany(
                "INSERT INTO reader (card, name, kind, class_id, monitor, expires_on)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (card) DO UPDATE SET"
                " name = excluded.name, kind = excluded.kind, class_id = excluded.class_id,"
                " monitor = excluded.monitor, expires_on = excluded.expires_on",
                [
                    (
                        one.key,
                        one.after["name"],
                        one.after["kind"],
                        classes.get(one.after["class"]),
                        one.after["monitor"],
                        one.after["expires_on"],
                    )
                    for one in chunk
                ],
            )
            progress(done + len(chunk), len(changed))

    def _class_id(self, db: Database, code: ClassCode) -> int:
        label = self.context.names.label(code, self.context.today)
        return ensure_class(db, *cohort_and_number(code), label)
