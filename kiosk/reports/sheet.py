"""Class sheets as A4 HTML: who owes what, to tick off, and lines to write on without the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Final

from kiosk.reports.labels.page import write_page
from kiosk.wording import Words

_BLANKS: Final = 12


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A book that is out; `title` is empty where the school hides titles."""

    card: str
    name: str
    barcode: str
    title: str
    due: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class ClassSheet:
    """One class's sheet, the lines of one pupil together; `next_turn` is in words, "" for none."""

    label: str
    lines: tuple[SheetLine, ...]
    next_turn: str = ""


def sheets_html(sheets: Sequence[ClassSheet], *, school: str, on: date, words: Words) -> str:
    """Write the sheets as one HTML document, each class on a page of its own.

    The blank lines have the columns that `kiosk import paper` reads.
    """
    day = words.whole_date(on)
    body = "\n".join(_sheet(one, school, day, words) for one in sheets)
    return write_page(body, title=words.tr("Class sheets"), style=_STYLE, words=words)


def _sheet(sheet: ClassSheet, school: str, day: str, words: Words) -> str:
    told = " · ".join(part for part in (school, day, sheet.next_turn) if part)
    owed = _table(
        (
            words.tr("collected"),
            words.tr("card number"),
            words.tr("name"),
            words.tr("book number"),
            words.tr("title"),
            words.tr("due"),
        ),
        [_owed_row(line, words) for line in sheet.lines],
    )
    nobody = f"<p>{escape(words.tr('Nobody of this class has a book.'))}</p>"
    blank = _table(
        (
            words.tr("date"),
            words.tr("card number"),
            words.tr("book number"),
            words.tr("lent/back"),
        ),
        ["<tr><td></td><td></td><td></td><td></td></tr>"] * _BLANKS,
    )
    return (
        f"<section>\n<h1>{escape(words.tr('{label} sheet', label=sheet.label))}</h1>\n"
        f"<p>{escape(told)}</p>\n{owed if sheet.lines else nobody}\n"
        f"<h2>{escape(words.tr('If the desk does not work, write here'))}</h2>\n"
        f'<div class="blank">{blank}</div>\n</section>'
    )


def _owed_row(line: SheetLine, words: Words) -> str:
    due = f"{line.due} {words.tr('late')}" if line.is_late else line.due
    cells = ("", line.card, line.name, line.barcode, line.title, due)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _table(heads: Sequence[str], rows: Sequence[str]) -> str:
    written = "".join(f"<th>{escape(head)}</th>" for head in heads)
    return (
        f"<table><thead><tr>{written}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table>"
    )


_STYLE: Final = """
body { text-align: left; font-size: 11pt; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 20pt; }
h2 { font-size: 12pt; margin: 6mm 0 1mm; }
p { margin: 0 0 3mm; color: #444; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; border: 0.2mm solid #777; padding: 1mm 2mm; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
td:first-child { width: 16mm; }
td:nth-child(2), td:nth-child(4) { font-family: monospace; white-space: nowrap; }
.blank td { height: 9mm; }
.blank td:first-child { width: 30mm; }
.blank td:last-child { width: 24mm; }
"""
