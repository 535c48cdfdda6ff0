"""Imports items, and the titles they are copies of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from kiosk.imports import cells
from kiosk.imports.plan import Cell, Context, Difference, Plan, Progress, Record, make_plan
from kiosk.imports.table import Column, Faults, LineFault, Table, TableRow, read_table
from kiosk.ledger.connection import Ledger
from kiosk.wording import Words

COLUMNS: Final = (
    Column("barcode", ("条码号", "条码", "条形码"), required=True),
    Column("title", ("题名", "书名"), required=True),
    Column("author", ("责任者", "作者", "著者")),
    Column("publisher", ("出版社", "出版者")),
    Column("year", ("出版年", "出版日期")),
    Column("isbn", ("ISBN", "ISBN号")),
    Column("call_number", ("索书号",)),
    Column("collection", ("馆藏", "馆藏地")),
    Column("price", ("定价", "价格")),
)
_TITLE_COLUMNS: Final = ("isbn", "title", "author", "publisher", "year", "call_number")
_ITEM_COLUMNS: Final = ("collection", "price_fen")
_COLLECTIONS: Final = {
    "": "general",
    "general": "general",
    "普通": "general",
    "普通图书": "general",
    "reference": "reference",
    "工具书": "reference",
}
_CHUNK: Final = 1000

Identity = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One line: the barcode, and the values of the columns that the file has."""

    barcode: str
    values: dict[str, Cell]


def plan_items(path: Path, ledger: Ledger, context: Context) -> Plan:
    """Read a file of items and hold it against the record; nothing is locked or written.

    Raises: ImportFault with every line that cannot be read.
    """
    table = read_table(path, COLUMNS)
    faults = Faults(table.file, table.headings, list(table.faults))
    warnings: list[str] = []
    rows = list(_parse(table, context, faults, warnings))
    faults.stop_if_any()
    return make_plan(table, _Items(tuple(rows)), ledger, warnings)


def _parse(
    table: Table, context: Context, faults: Faults, warnings: list[str]
) -> Iterator[ItemRow]:
    first_on: dict[str, int] = {}
    titles: dict[Identity, tuple[int, dict[str, Cell]]] = {}
    for row in table.rows:
        try:
            barcode = cells.item(row.cells["barcode"], context.patterns)
        except ValueError as fault:
            faults.add(row, "barcode", str(fault))
            barcode = ""
        if barcode and first_on.setdefault(barcode, row.line) != row.line:
            expected = f"a barcode that is not on line {first_on[barcode]} already"
            faults.add(row, "barcode", expected)
        values = _values(row, faults, warnings)
        line, first = titles.setdefault(_identity(values), (row.line, values))
        for column in _TITLE_COLUMNS:
            # One title has one call number: were both written, each import would change it again.
            if column in values and values[column] != first[column]:
                cell = row.cells[column]
                kept = f"what line {line} has for this title; that is kept"
                warnings.append(str(LineFault(row.line, table.headings[column], cell, kept)))
                values[column] = first[column]
        yield ItemRow(barcode, values)


def _values(row: TableRow, faults: Faults, warnings: list[str]) -> dict[str, Cell]:
    found: dict[str, Cell] = {"title": row.cells["title"]}
    if not row.cells["title"]:
        faults.add(row, "title", "a title")
    for column in ("author", "publisher", "call_number"):
        if column in row.cells:
            found[column] = row.cells[column] or None
    if "collection" in row.cells:
        name = row.cells["collection"]
        found["collection"] = _COLLECTIONS.get(cells.folded(name).casefold(), name)
    if "isbn" in row.cells:
        isbn, is_sound = cells.isbn(row.cells["isbn"])
        found["isbn"] = isbn or None
        if isbn and not is_sound:
            expected = "an ISBN with a right check digit; kept as written"
            warnings.append(str(LineFault(row.line, faults.headings["isbn"], isbn, expected)))
    for key, column, parse in (
        ("year", "year", cells.year),
        ("price", "price_fen", cells.price_fen),
    ):
        if key in row.cells:
            found[column] = None
            try:
                found[column] = parse(row.cells[key]) if row.cells[key] else None
            except ValueError as fault:
                faults.add(row, key, str(fault))
    return found


def _identity(record: Record) -> Identity:
    """Tell titles apart: by ISBN and title, or by title, author and publisher without an ISBN."""
    if record.get("isbn"):
        return record["isbn"], record["title"]
    return None, record["title"], record.get("author"), record.get("publisher")


_TITLES: Final = f"SELECT id, {', '.join(_TITLE_COLUMNS)} FROM title ORDER BY id DESC"
_ITEMS: Final = "SELECT barcode, title_id, collection, price_fen FROM item"
_NEW: Final[dict[str, Cell]] = dict.fromkeys((*_TITLE_COLUMNS, *_ITEM_COLUMNS)) | {
    "collection": "general"
}


class _Catalogue:
    """The titles and items on record, as one import sees them."""

    def __init__(self, db: Database) -> None:
        self.titles: dict[int, dict[str, Cell]] = {
            id_: dict(zip(_TITLE_COLUMNS, values, strict=True))
            for id_, *values in db.execute(_TITLES)
        }
        # The oldest of two equal titles wins: rows come newest first.
        self.ids = {_identity(title): id_ for id_, title in self.titles.items()}
        self.title_of: dict[str, int] = {}
        self.items: dict[str, dict[str, Cell]] = {}
        for barcode, title_id, collection, price_fen in db.execute(_ITEMS):
            self.title_of[barcode] = title_id
            item = {"collection": collection, "price_fen": price_fen}
            self.items[barcode] = self.titles[title_id] | item


@dataclass(frozen=True, slots=True)
class _Items:
    rows: tuple[ItemRow, ...]
    what: str = "items"

    def differences(self, db: Database) -> Sequence[Difference]:
        catalogue = _Catalogue(db)
        found = []
        for row in self.rows:
            before = catalogue.items.get(row.barcode)
            after = (before or _NEW) | row.values
            title_id = catalogue.ids.get(_identity(after))
            if title_id is not None and (before is None or _identity(before) != _identity(after)):
                after = after | catalogue.titles[title_id] | row.values
            found.append(Difference(row.barcode, before, after))
        return found

    def shown(self, column: str, value: Cell, words: Words) -> str:
        if column == "price_fen" and isinstance(value, int):
            return f"{value // 100}.{value % 100:02d}"
        known = column == "collection" and value in _COLLECTIONS.values()
        return words.tr(str(value)) if known else str(value)

    def write(self, db: Database, found: Sequence[Difference], progress: Progress) -> None:
        changed = [one for one in found if one.before is None or any(one.changes())]
        catalogue = _Catalogue(db)
        title_ids = _write_titles(db, catalogue, changed)
        for done in range(0, len(changed), _CHUNK):
            chunk = changed[done : done + _CHUNK]
            db.conn.executemany(
                "INSERT INTO item (barcode, title_id, collection, price_fen) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (barcode) DO UPDATE SET title_id = excluded.title_id,"
                " collection = excluded.collection, price_fen = excluded.price_fen",
                [
                    (one.key, title_ids[one.key], one.after["collection"], one.after["price_fen"])
                    for one in chunk
                ],
            )
            progress(done + len(chunk), len(changed))


def _write_titles(
    db: Database, catalogue: _Catalogue, changed: Sequence[Difference]
) -> dict[str, int]:
    """Write the titles of the changed items; tells each item's title by its barcode."""
    corrected = _corrected(catalogue, changed)
    next_id = max(catalogue.titles, default=0) + 1
    found: dict[str, int] = {}
    written: dict[int, Mapping[str, Cell]] = {}
    for one in changed:
        identity = _identity(one.after)
        title_id = catalogue.ids.get(identity)
        if one.before is not None and _identity(one.before) == identity:
            title_id = catalogue.title_of[one.key]
        if title_id is None:
            title_id = corrected.get(identity, next_id)
            next_id = max(next_id, title_id + 1)
            catalogue.ids[identity] = title_id
        found[one.key] = title_id
        title = {column: one.after[column] for column in _TITLE_COLUMNS}
        if catalogue.titles.get(title_id) != title:
            written[title_id] = title
    columns = ", ".join(_TITLE_COLUMNS)
    news = ", ".join(f"{column} = excluded.{column}" for column in _TITLE_COLUMNS)
    places = ", ".join("?" * len(_TITLE_COLUMNS))
    db.conn.executemany(
        f"INSERT INTO title (id, {columns}) VALUES (?, {places})"
        f" ON CONFLICT (id) DO UPDATE SET {news}",
        [(id_, *title.values()) for id_, title in written.items()],
    )
    return found


def _corrected(catalogue: _Catalogue, changed: Sequence[Difference]) -> dict[Identity, int]:
    """Find titles that all of their items leave for one new title: a correction, not a new book."""
    moves = Counter(
        (catalogue.title_of[one.key], _identity(one.after))
        for one in changed
        if one.before is not None and _identity(one.before) != _identity(one.after)
    )
    items = Counter(catalogue.title_of.values())
    return {identity: id_ for (id_, identity), count in moves.items() if items[id_] == count}
