"""Sheets of bar-code labels to print: A4 pages of HTML that need nothing but themselves."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Final

from kiosk.domain import Command
from kiosk.errors import UsageError
from kiosk.wording import Words

_QUIET_MODULES: Final = 10
_NARROWEST_MM: Final = 0.33
_WIDEST_MM: Final = 0.5
_CARD_INSIDE_MM: Final = 82
_BAR_HEIGHT_MM: Final = 22


def command_labels(prefix: str, words: Words) -> str:
    """Write the sheet of command labels that lies on the desk, as one HTML page for A4.

    `prefix` is what command labels begin with, `KC-` by default.

    Raises: UsageError when `prefix` cannot be written in Code 128.
    """
    said = (
        (Command.DONE, words.tr("Done"), words.tr("I have finished. The next one may come.")),
        (Command.UNDO, words.tr("Undo"), words.tr("Wrong book? This takes back the last scan.")),
        (
            Command.RETURN,
            words.tr("Return"),
            words.tr("Scan this first, then the books to give back, for others too."),
        ),
        (
            Command.RENEW,
            words.tr("Renew"),
            words.tr("Scan this first, then the book you want to keep longer."),
        ),
        (Command.SLIP, words.tr("Slip"), words.tr("I want a slip on paper.")),
        (Command.HELP, words.tr("Call the teacher"), words.tr("Stuck? The teacher comes.")),
    )
    return command_sheet(
        [(prefix + command, word, sentence) for command, word, sentence in said],
        title=words.tr("Command labels of the lending desk"),
        note=words.tr("Print at 100 %, cut along the lines, keep on the desk."),
        language=words.language,
    )


def command_sheet(
    commands: Sequence[tuple[str, str, str]], *, title: str, note: str, language: str
) -> str:
    """Write an A4 page with a large card for each (label text, word, sentence)."""
    cards = "\n".join(_card(text, word, sentence) for text, word, sentence in commands)
    return _PAGE.format(
        language=escape(language.replace("_", "-")),
        title=escape(title),
        note=escape(note),
        style=_STYLE,
        cards=cards,
    )


def code128_modules(text: str) -> str:
    """Encode `text` as Code 128: one character per module, `1` a bar, without quiet zones.

    Raises: UsageError when `text` has characters that Code 128 has not.
    """
    from barcode.codex import Code128
    from barcode.errors import BarcodeError

    try:
        (modules,) = Code128(text).build()
    except BarcodeError as exc:
        raise UsageError(
            f"Cannot print the label {text!r}: a bar code holds only ASCII letters, digits and "
            "signs. Change [barcodes] command in the settings."
        ) from exc
    return str(modules)


def _card(text: str, word: str, sentence: str) -> str:
    return (
        '<section class="card">\n'
        f"<h2>{escape(word)}</h2>\n<p>{escape(sentence)}</p>\n"
        f"{_svg(text)}\n<code>{escape(text)}</code>\n</section>"
    )


def _svg(text: str) -> str:
    """Draw the bar code in millimetres, its quiet zones inside the picture."""
    modules = code128_modules(text)
    width = len(modules) + 2 * _QUIET_MODULES
    # A long text gets narrower bars, but never so narrow that a cheap printer fills the gaps.
    module_mm = max(_NARROWEST_MM, min(_WIDEST_MM, _CARD_INSIDE_MM / width))
    bars, place = [], _QUIET_MODULES
    for colour, run in groupby(modules):
        length = len(list(run))
        if colour == "1":
            bars.append(f'<rect x="{place}" y="0" width="{length}" height="1"/>')
        place += length
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(text)}" '
        f'width="{width * module_mm:.2f}mm" height="{_BAR_HEIGHT_MM}mm" '
        f'viewBox="0 0 {width} 1" preserveAspectRatio="none" shape-rendering="crispEdges">'
        f"{''.join(bars)}</svg>"
    )


_STYLE: Final = """
@page { size: A4 portrait; margin: 10mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; background: #fff; text-align: center;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Zen Hei", sans-serif; }
header { margin: 0 0 4mm; }
h1 { font-size: 16pt; margin: 0 0 1mm; }
header p { font-size: 10pt; margin: 0; color: #444; }
main { display: flex; flex-wrap: wrap; gap: 4mm; padding: 0 0.5mm; }
.card { flex: 1 1 92mm; min-height: 82mm; border: 0.3mm dashed #777; padding: 5mm 3mm;
  display: flex; flex-direction: column; align-items: center; justify-content: space-between;
  break-inside: avoid; }
.card h2 { font-size: 38pt; line-height: 1.1; margin: 0; }
.card p { font-size: 13pt; line-height: 1.4; margin: 0; max-width: 80mm; text-wrap: balance;
  word-break: keep-all; overflow-wrap: anywhere; }
.card svg { flex: none; display: block; }
.card code { font-size: 11pt; letter-spacing: 0.1em; }
@media screen { body { max-width: 190mm; margin: 10mm auto; } }
"""

_PAGE: Final = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{note}</p>
</header>
<main>
{cards}
</main>
</body>
</html>
"""
