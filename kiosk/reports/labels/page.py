"""The A4 page that all label sheets are printed on, and the tile that holds one label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Final

from kiosk.reports.html import document
from kiosk.reports.labels.bars import draw
from kiosk.wording import Words


@dataclass(frozen=True, slots=True)
class Tile:
    """One label to be cut out: what is scanned, its word in large type, and a sentence."""

    text: str
    word: str
    sentence: str = ""


def write_page(body: str, *, title: str, style: str, words: Words) -> str:
    """Put a body and its style into an HTML page for A4 that fetches nothing."""
    return document(title, body, style=_STYLE + style, language=words.language)


def write_header(title: str, note: str) -> str:
    """Write a sheet's title and a note for whoever prints it."""
    return f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(note)}</p>\n</header>"


def write_tiles(tiles: Iterable[Tile], *, kind: str, room_mm: float, height_mm: float) -> str:
    """Write labels side by side, `kind` their class in the style sheet, bars `height_mm` high."""
    written = "\n".join(
        _tile(tile, kind=kind, room_mm=room_mm, height_mm=height_mm) for tile in tiles
    )
    return f'<div class="tiles">\n{written}\n</div>'


def _tile(tile: Tile, *, kind: str, room_mm: float, height_mm: float) -> str:
    sentence = f"<p>{escape(tile.sentence)}</p>\n" if tile.sentence else ""
    bars = draw(tile.text, room_mm=room_mm, height_mm=height_mm)
    return (
        f'<section class="{kind}">\n<h2>{escape(tile.word)}</h2>\n{sentence}'
        f"{bars.svg}\n<code>{escape(tile.text)}</code>\n</section>"
    )


_STYLE: Final = """
@page { size: A4 portrait; margin: 10mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff; text-align: center;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Zen Hei", sans-serif; }
header { margin: 0 0 4mm; }
h1 { font-size: 16pt; margin: 0 0 1mm; }
h2, p { margin: 0; }
header p { font-size: 10pt; color: #444; }
svg { flex: none; display: block; }
code { letter-spacing: 0.1em; }
.tiles { display: flex; flex-wrap: wrap; gap: 3mm; padding: 0 0.5mm; }
.tiles section { border: 0.3mm dashed #777; display: flex; flex-direction: column;
  align-items: center; justify-content: space-between; gap: 1mm; break-inside: avoid; }
.tiles p { text-wrap: balance; word-break: keep-all; overflow-wrap: anywhere; }
@media screen { body { max-width: 190mm; margin: 10mm auto; } }
"""
