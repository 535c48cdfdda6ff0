"""Reads a table from a CSV file, whatever its encoding, delimiter and order of columns."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from kiosk.errors import ImportFault

MOST_FAULTS_TOLD: Final = 50
_LONGEST_FOUND: Final = 60
_END: Final = "\x03"
_DELIMITERS: Final = (",", ";", "\t")
_HEADING_WITHIN: Final = 10  # rows: lists from offices often carry a title above the headings
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_NOT_IN_HEADINGS: Final = str.maketrans("", "", " *:_\ufeff")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its key, and the headings it may stand under."""

    key: str
    headings: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class LineFault:
    """A cell that cannot be read; `line` counts from 1, `column` is the heading as written."""

    line: int
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        value = "".join(char if char.isprintable() else repr(char)[1:-1] for char in self.value)
        if len(value) > _LONGEST_FOUND:
            value = value[: _LONGEST_FOUND - 1] + "…"
        return f'line {self.line}: {self.column} "{value}": expected {self.expected}'


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line below the headings: its cells by column key, without white space around them."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows; `headings` has the known columns that are there, as they are written."""

    file: str
    sha256: str
    headings: Mapping[str, str]
    rows: tuple[TableRow, ...]
    notices: tuple[str, ...]
    faults: tuple[LineFault, ...]


@dataclass(slots=True)
class Faults:
    """Collects what cannot be read; `stop_if_any` ends the import with all of it."""

    file: str
    headings: Mapping[str, str]
    found: list[LineFault] = field(default_factory=list)

    def add(self, row: TableRow, key: str, expected: str) -> None:
        """Note that a cell is not what was expected."""
        value = row.cells.get(key, "")
        self.found.append(LineFault(row.line, self.headings.get(key, key), value, expected))

    def stop_if_any(self) -> None:
        """Do nothing if everything could be read.

        Raises: ImportFault with the first faults, by line, and their number.
        """
        if not self.found:
            return
        told = sorted(self.found, key=lambda fault: fault.line)[:MOST_FAULTS_TOLD]
        lines = [f"{self.file}: {fault}" for fault in told]
        if len(self.found) > len(told):
            lines.append(f"{self.file}: and {len(self.found) - len(told)} more")
        lines.append(f"Nothing was imported: {len(self.found)} to mend in {self.file}.")
        raise ImportFault("\n".join(lines))


def read_table(path: Path, columns: Sequence[Column]) -> Table:
    """Read a CSV file in UTF-8 (with or without a mark), UTF-16 or GB18030.

    Columns may stand in any order, under any of their headings; others are ignored with a notice.
    Raises: ImportFault when it is no such file or a required column is missing.
    """
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise ImportFault(f"Cannot read {path}: {fault.strerror}. Nothing was imported.") from fault
    text = _decode(content, path)
    known = {_fold(heading): one.key for one in columns for heading in (one.key, *one.headings)}
    required = [one for one in columns if one.required]
    lines, place = _split(text, path, known, {one.key for one in required})
    keys = _keys(lines[place][1], known) if lines else []
    _check_headings(path, lines[place] if lines else (1, []), keys, required)
    headings = {
        key: cell.strip()
        for key, cell in zip(keys, lines[place][1], strict=True)
        if key is not None
    }
    rows, faults = _rows(lines[place + 1 :], keys, headings)
    ignored = [cell.strip() for key, cell in zip(keys, lines[place][1], strict=True) if key is None]
    notices = [f"{path.name}: the column {cell} is ignored" for cell in ignored if cell]
    digest = hashlib.sha256(content).hexdigest()
    return Table(path.name, digest, headings, tuple(rows), tuple(notices), tuple(faults))


def _decode(content: bytes, path: Path) -> str:
    if content.startswith(_WORKBOOKS):
        raise ImportFault(
            f"Cannot read {path}: it is a workbook. Save it as CSV (UTF-8) first. "
            "Nothing was imported."
        )
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as fault:
            line = content.count(b"\n", 0, fault.start) + 1
            byte = content[fault.start]
    raise ImportFault(
        f"{path.name}: line {line}: expected text in UTF-8 or GB18030, found the byte 0x{byte:02x}."
        " Nothing was imported."
    )


Line = tuple[int, list[str]]


def _split(
    text: str, path: Path, known: Mapping[str, str], required: set[str]
) -> tuple[list[Line], int]:
    """Split into lines by the delimiter that gives the most known headings; tell where they are."""
    best, delimiter, heading = 0, _DELIMITERS[0], 0
    for candidate in _DELIMITERS:
        begin = islice(_lines(text, candidate, path), _HEADING_WITHIN)
        for place, (_, cells) in enumerate(begin):
            keys = _keys(cells, known)
            found = sum(key is not None for key in keys) if required.intersection(keys) else 0
            if found > best:
                best, delimiter, heading = found, candidate, place
    return list(_lines(text, delimiter, path)), heading


def _lines(text: str, delimiter: str, path: Path) -> Iterator[Line]:
    """Yield the lines that are not empty, each with the number it begins on."""
    # A quotation mark left open swallows what follows, if only the end: no cell has that in it.
    reader = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=delimiter)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise ImportFault(
                f"{path.name}: line {begins}: {fault}. Is a quotation mark left open? "
                "Nothing was imported."
            ) from fault
        if cells == [_END]:
            return
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _fold(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading).translate(_NOT_IN_HEADINGS).casefold().strip()


def _keys(cells: Sequence[str], known: Mapping[str, str]) -> list[str | None]:
    return [known.get(_fold(cell)) for cell in cells]


def _check_headings(
    path: Path, line: Line, keys: Sequence[str | None], required: Sequence[Column]
) -> None:
    number, cells = line
    found = ", ".join(cell.strip() for cell in cells) or "nothing"
    missing = [one for one in required if one.key not in keys]
    faults = [
        f"{path.name}: line {number}: expected a column {one.key} or {one.headings[0]},"
        f" found {found}"
        for one in missing
    ]
    faults += [
        f"{path.name}: line {number}: expected one column {key}, found {keys.count(key)}"
        for key in dict.fromkeys(keys)
        if key is not None and keys.count(key) > 1
    ]
    if faults:
        raise ImportFault("\n".join([*faults, f"Nothing was imported from {path.name}."]))


def _rows(
    lines: Sequence[Line], keys: Sequence[str | None], headings: Mapping[str, str]
) -> tuple[list[TableRow], list[LineFault]]:
    rows: list[TableRow] = []
    faults: list[LineFault] = []
    for number, cells in lines:
        beyond = "".join(cells[len(keys) :]).strip()
        if beyond:
            # A comma inside a title that is not quoted moves every later cell into a wrong column.
            expected = f"{len(keys)} cells as in the headings, found {len(cells)}"
            faults.append(LineFault(number, "beyond the last column", beyond, expected))
        padded = [*cells, *[""] * (len(keys) - len(cells))]
        found = {
            key: cell.strip() for key, cell in zip(keys, padded, strict=False) if key is not None
        }
        for key, cell in found.items():
            if not _is_text(cell):
                expected = "text in one line, without control characters"
                faults.append(LineFault(number, headings[key], cell, expected))
        rows.append(TableRow(number, found))
    return rows, faults


def _is_text(cell: str) -> bool:
    return cell.isprintable() or not any(
        unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in cell
    )
