"""Recall lists for the teachers as A4 HTML, a class a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from kiosk.reports.html import document
from kiosk.wording import Words


@dataclass(frozen=True, slots=True)
class RecallLine:
    """One book that is called back; `title` is empty where the school hides titles."""

    card: str
    name: str
    title: str
    due: str


@dataclass(frozen=True, slots=True)
class RecallPage:
    """One class's list; the lines of one reader stand together."""

    label: str
    heading: str
    lines: tuple[RecallLine, ...]


def recall_html(pages: Sequence[RecallPage], *, school: str, day: str, words: Words) -> str:
    """Write the pages as one HTML document that needs nothing but itself."""
    body = "\n".join(_page(page, school, day, words) for page in pages)
    return document(words.tr("Books to bring back"), body, style=_STYLE, language=words.language)


def _page(page: RecallPage, school: str, day: str, words: Words) -> str:
    heads = "".join(
        f"<th>{escape(words.tr(head))}</th>" for head in ("card", "name", "title", "due", "back")
    )
    rows, before = [], ""
    for line in page.lines:
        is_first = line.card != before
        before = line.card
        cells = (
            line.card if is_first else "",
            line.name if is_first else "",
            line.title,
            line.due,
            "",
        )
        told = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr class="{"first" if is_first else "more"}">{told}</tr>')
    return (
        f"<section><h1>{escape(page.label)} <small>{escape(page.heading)}</small></h1>\n"
        f"<p>{escape(school)} · {escape(day)}</p>\n"
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table></section>"
    )


_STYLE: Final = """
@page { size: A4 portrait; margin: 15mm; }
body { margin: 0; color: #000; background: #fff; font-size: 11pt;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Zen Hei", sans-serif; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { font-size: 20pt; margin: 0; }
h1 small { font-size: 12pt; font-weight: normal; margin-left: 6mm; }
p { margin: 1mm 0 4mm; color: #444; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; border-bottom: 0.5mm solid #000; padding: 1mm 2mm; }
td { padding: 1.2mm 2mm; border-bottom: 0.2mm solid #bbb; }
tr { break-inside: avoid; }
tr.more td { border-top: 0; }
td:last-child, th:last-child { width: 14mm; border-left: 0.2mm solid #bbb; }
td:nth-child(4) { white-space: nowrap; }
@media screen { body { max-width: 180mm; margin: 10mm auto; } }
"""
