"""What is printed for readers: the class binder, reader cards, and each class's own label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from kiosk.domain import ClassCode
from kiosk.errors import UsageError
from kiosk.ledger.readers import ReaderOnRecord
from kiosk.reports.labels.bars import Bars, draw
from kiosk.reports.labels.page import Tile, write_header, write_page, write_tiles
from kiosk.rotation.classes import cohort_and_number
from kiosk.wording import Words

_BINDER_ROWS: Final = 12
_BINDER_COLUMN_MM: Final = 90
_CARDS_ON_A_PAGE: Final = 10
_CARD_INSIDE_MM: Final = 79


@dataclass(frozen=True, slots=True)
class ClassList:
    """A class with its label of this school year, and its readers in the order they are listed."""

    code: ClassCode
    label: str
    readers: tuple[ReaderOnRecord, ...]


def binder(classes: Sequence[ClassList], prefix: str, words: Words) -> str:
    """Write the class binder: for each class its pupils' names, each with a label to scan.

    A class begins on a new page and a page has 24 names, down the left side first.

    Raises: UsageError when a label cannot be written in Code 128.
    """
    pages = [page for one in classes for page in _binder_pages(one, prefix, words)]
    title = words.tr("Class binder")
    return write_page("\n".join(pages), title=title, style=_BINDER, words=words)


def reader_cards(readers: Sequence[ReaderOnRecord], school: str, words: Words) -> str:
    """Write reader cards of 85.6 x 54 mm, ten to a page; the class is named by its cohort.

    Raises: UsageError when a card's number cannot be written in Code 128 or is too long for it.
    """
    pages = [
        '<section class="sheet">\n'
        + "\n".join(_card(one, school, words) for one in readers[at : at + _CARDS_ON_A_PAGE])
        + "\n</section>"
        for at in range(0, len(readers), _CARDS_ON_A_PAGE)
    ]
    title = words.tr("Reader cards")
    return write_page("\n".join(pages), title=title, style=_CARDS, words=words)


def class_labels(
    classes: Sequence[ClassList], prefix: str, words: Words, *, whole_school: bool
) -> str:
    """Write a large label for each class, and one for the whole school if wanted.

    Raises: UsageError when `prefix` cannot be written in Code 128.
    """
    tiles = [
        Tile(f"{prefix}CLASS-{one.code}", one.label, lasting_label(one.code, words))
        for one in classes
    ]
    if whole_school:
        tiles.append(
            Tile(f"{prefix}CLASS-ALL", words.tr("Whole school"), words.tr("for all classes"))
        )
    title = words.tr("Class labels")
    note = words.tr("Print at 100 %, cut along the lines; keep them at the desk.")
    body = write_tiles(tiles, kind="class", room_mm=84, height_mm=20)
    return write_page(
        f"{write_header(title, note)}\n{body}", title=title, style=_CLASSES, words=words
    )


def lasting_label(code: ClassCode, words: Words) -> str:
    """Name a class by its cohort, which stays true when the class goes up.

    >>> lasting_label(ClassCode("2023-2"), Words("zh_CN"))
    '2023级(2)班'
    """
    cohort, number = cohort_and_number(code)
    return words.tr("class {number} of {cohort}", cohort=cohort, number=number)


def _binder_pages(one: ClassList, prefix: str, words: Words) -> list[str]:
    pupils = [
        (reader, draw(f"{prefix}READER-{reader.card}", room_mm=82, height_mm=11))
        for reader in one.readers
    ]
    # The school's prefix may be so long that two labels do not fit side by side.
    sides = 2 if all(bars.width_mm <= _BINDER_COLUMN_MM for _, bars in pupils) else 1
    most = _BINDER_ROWS * sides
    starts = range(0, len(pupils), most)
    note = words.tr("For the monitor on duty: no card? Find the name, scan its bar code.")
    return [
        _binder_page(
            f"{one.label} {number}/{len(starts)}" if len(starts) > 1 else one.label,
            note,
            pupils[start : start + most],
            sides=sides,
        )
        for number, start in enumerate(starts, 1)
    ]


def _binder_page(
    heading: str, note: str, pupils: Sequence[tuple[ReaderOnRecord, Bars]], *, sides: int
) -> str:
    lines = "\n".join(
        f'<div class="line"><b>{escape(reader.name)}</b> <code>{escape(reader.card)}</code>'
        f"{bars.svg}</div>"
        for reader, bars in pupils
    )
    return (
        f'<section class="sheet">\n{write_header(heading, note)}\n'
        f'<div class="lines sides{sides}">\n{lines}\n</div>\n</section>'
    )


def _card(reader: ReaderOnRecord, school: str, words: Words) -> str:
    bars = draw(reader.card, room_mm=70, height_mm=14)
    if bars.width_mm > _CARD_INSIDE_MM:
        raise UsageError(
            f"Cannot print the card {reader.card!r}: its bar code is {bars.width_mm:.0f} mm wide "
            f"and a card has room for {_CARD_INSIDE_MM} mm."
        )
    if reader.school_class is not None:
        group = lasting_label(reader.school_class, words)
    else:
        group = words.tr("teacher") if reader.kind == "teacher" else ""
    own = words.tr("For this reader only: do not lend it to others.")
    note = "" if reader.kind == "class" else f"<small>{escape(own)}</small>\n"
    return (
        f'<div class="card">\n<header>{escape(school)} <span>{escape(words.tr("Reader card"))}'
        f"</span></header>\n<p><b>{escape(reader.name)}</b> {escape(group)}</p>\n"
        f"{bars.svg}\n<code>{escape(reader.card)}</code>\n{note}</div>"
    )


_SHEETS: Final = """
.sheet { break-after: page; }
.sheet:last-child { break-after: auto; }
"""
_BINDER: Final = f"""{_SHEETS}
.sheet h1 {{ font-size: 20pt; }}
.lines {{ display: grid; grid-auto-flow: column; grid-template-rows: repeat({_BINDER_ROWS}, 20mm);
  column-gap: 4mm; justify-content: start; }}
.sides2 {{ grid-auto-columns: 93mm; }}
.sides1 {{ grid-auto-columns: 190mm; }}
.line {{ border-bottom: 0.2mm solid #bbb; overflow: hidden; text-align: left; padding: 1mm 1mm; }}
.line b {{ font-size: 13pt; line-height: 6.5mm; }}
.line code {{ font-size: 9pt; }}
"""
_CARDS: Final = f"""{_SHEETS}
.sheet {{ display: grid; grid-template-columns: 85.6mm 85.6mm; grid-auto-rows: 54mm;
  justify-content: center; padding-top: 3mm; }}
.card {{ border: 0.2mm solid #999; padding: 2.5mm 3mm 2mm; display: flex; flex-direction: column;
  align-items: center; justify-content: space-between; overflow: hidden; break-inside: avoid; }}
.card header {{ width: 100%; margin: 0; font-size: 10pt; display: flex;
  justify-content: space-between; gap: 2mm; text-align: left; border-bottom: 0.2mm solid #999; }}
.card span {{ white-space: nowrap; }}
.card p {{ font-size: 11pt; line-height: 1.15; max-height: 12mm; overflow: hidden; }}
.card b {{ font-size: 17pt; margin-right: 2mm; }}
.card code {{ font-size: 11pt; }}
.card small {{ font-size: 8pt; color: #444; }}
"""
_CLASSES: Final = """
.class { min-width: 93mm; min-height: 62mm; padding: 4mm 3mm; }
.class h2 { font-size: 44pt; line-height: 1.1; }
.class p { font-size: 11pt; color: #444; }
.class code { font-size: 10pt; }
"""
