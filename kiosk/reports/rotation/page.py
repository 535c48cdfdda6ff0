"""The timetable as A4 pages of HTML that need nothing else: for the wall, and per class."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from kiosk.reports.html import document
from kiosk.reports.rotation.print import TurnLine, WallCell, WallRow, WallWeek, time_of
from kiosk.reports.rotation.saying import Saying

_SCHOOL_WEEK: Final = range(5)


def wall_page(
    weeks: Sequence[WallWeek], special: Sequence[str], *, say: Saying, heading: str, school: str
) -> str:
    """Write the week's grid, one for each week of the cycle, and the days that depart from it."""
    title = say.words.tr("Timetable of turns")
    days = sorted(
        {
            *_SCHOOL_WEEK,
            *(cell.weekday for week in weeks for row in week.rows for cell in row.cells),
        }
    )
    heads = "".join(f"<th>{escape(say.full_weekday(day))}</th>" for day in days)
    grids = [
        '<div class="week">'
        + (f"<h2>{escape(week.letter)}</h2>\n" if week.letter else "")
        + f"<table><thead><tr><th></th>{heads}</tr></thead>\n<tbody>\n"
        + "\n".join(_row(row, days, say) for row in week.rows)
        + "\n</tbody></table></div>"
        for week in weeks
    ]
    remember = say.words.tr("Days to remember")
    listed = "".join(f"<li>{escape(one)}</li>" for one in special)
    asides = f"<h2>{escape(remember)}</h2><ul>{listed}</ul>" if listed else ""
    body = (
        f"<section><h1>{escape(title)} <small>{escape(heading)}</small></h1>\n"
        f"<p>{escape(school)}</p>\n" + "\n".join(grids) + f"\n{asides}</section>"
    )
    return _document(body, title=title, paper="landscape", say=say)


def class_pages(
    classes: Sequence[tuple[str, Sequence[TurnLine]]], *, say: Saying, heading: str, school: str
) -> str:
    """Write one page for each (label, turns)."""
    title = say.words.tr("Timetable of turns")
    body = "\n".join(_class(label, turns, say, heading, school=school) for label, turns in classes)
    return _document(body, title=title, paper="portrait", say=say)


def _row(row: WallRow, days: Sequence[int], say: Saying) -> str:
    cells = {cell.weekday: cell for cell in row.cells}
    return (
        f'<tr><th scope="row">{escape(row.opens)}-{escape(row.closes)}<br>{escape(row.window)}</th>'
        + "".join(_cell(cells.get(day), say) for day in days)
        + "</tr>"
    )


def _cell(cell: WallCell | None, say: Saying) -> str:
    if cell is None:
        return '<td class="shut"></td>'
    if not cell.is_class:
        whom = say.words.tr(", ").join(f"<span>{escape(one)}</span>" for one in cell.whom)
        return f'<td class="open">{whom}</td>'
    return f'<td class="turn">{"".join(f"<div>{escape(one)}</div>" for one in cell.whom)}</td>'


def _class(label: str, turns: Sequence[TurnLine], say: Saying, heading: str, *, school: str) -> str:
    tr = say.words.tr
    named = (tr("Day"), tr("Time"), tr("Window"), tr("Note"))
    heads = "".join(f"<th>{escape(head)}</th>" for head in named)
    rows = "\n".join(_turn(one, say) for one in turns)
    table = f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
    none = tr("No turn is planned.")
    return (
        f'<section class="one"><h1>{escape(label)} <small>{escape(heading)}</small></h1>\n'
        f"<p>{escape(school)}</p>\n{table if turns else f'<p>{escape(none)}</p>'}</section>"
    )


def _turn(one: TurnLine, say: Saying) -> str:
    kind = "" if one.takes_place else ' class="off"'
    cells = (say.day(one.on), time_of(one, say), one.window, one.note)
    return f"<tr{kind}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _document(body: str, *, title: str, paper: str, say: Saying) -> str:
    style = _STYLE.replace("PAPER", paper)
    return document(title, body, style=style, language=say.words.language)


_STYLE: Final = """
@page { size: A4 PAPER; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff; font-size: 12pt;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Zen Hei", sans-serif; }
section { break-after: page; padding: 0 0.5mm; }
.week { break-inside: avoid; }
section:last-child { break-after: auto; }
h1 { font-size: 24pt; margin: 0; }
h1 small { font-size: 12pt; font-weight: normal; margin-left: 6mm; }
h2 { font-size: 14pt; margin: 4mm 0 1mm; }
p { margin: 1mm 0 4mm; color: #444; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { border: 0.25mm solid #777; padding: 1.5mm 2mm; text-align: center; vertical-align: top; }
th { font-weight: normal; background: #eee; }
.turn { font-size: 15pt; font-weight: bold; }
.open { color: #444; }
.open span { white-space: nowrap; }
.shut { background: #f4f4f4; }
.one th, .one td { text-align: left; }
.one td { font-size: 14pt; }
.off td { color: #777; text-decoration: line-through; }
.off td:last-child { text-decoration: none; }
tr { break-inside: avoid; }
ul { columns: 2; margin: 0; padding-left: 5mm; font-size: 10pt; }
@media screen { body { max-width: 270mm; margin: 10mm auto; } }
"""
