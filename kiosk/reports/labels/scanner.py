"""The sheet of test labels by which scanners are paired with lanes."""

from __future__ import annotations

from html import escape
from typing import Final

from kiosk.reports.labels.page import Tile, write_header, write_page, write_tiles
from kiosk.reports.labels.qr import qr_svg
from kiosk.wording import Words

TEST_LABEL: Final = "Aqzy-WM#0123456789"
"""Letters, signs and digits that the keyboards of other countries have elsewhere."""
UTF_8_LABEL: Final = "U8-借书证-8U"
GB18030_LABEL: Final = "GB-借书证-BG"
KNOWN_LABELS: Final = (TEST_LABEL, UTF_8_LABEL, GB18030_LABEL)


def scanner_labels(words: Words) -> str:
    """Write the test labels and what to do with them as one HTML page for A4."""
    title = words.tr("Set up the scanners")
    note = words.tr("Print at 100 %. Run `kiosk scanner setup` and scan as it says.")
    bars = write_tiles(
        [Tile(TEST_LABEL, "①", words.tr("Every scanner reads this one."))],
        kind="test",
        room_mm=110,
        height_mm=22,
    )
    codes = "".join(
        f'<section class="test">\n<h2>{number}</h2>\n'
        f"<p>{escape(words.tr('Only where cards or labels hold Chinese.'))}</p>\n"
        f"{qr_svg(text.encode(encoding), said=text, side_mm=40)}\n"
        f"<code>{escape(text)}</code>\n</section>"
        for number, text, encoding in (
            ("②", UTF_8_LABEL, "utf-8"),
            ("③", GB18030_LABEL, "gb18030"),
        )
    )
    hints = "".join(f"<li>{escape(hint)}</li>\n" for hint in _hints(words))
    body = (
        f"{write_header(title, note)}\n{bars}\n"
        f'<div class="tiles">\n{codes}</div>\n<ul>\n{hints}</ul>'
    )
    return write_page(body, title=title, style=_STYLE, words=words)


def _hints(words: Words) -> tuple[str, ...]:
    """What is set with the labels of the scanner's own manual, in the words manuals use."""
    return (
        words.tr(
            "In the scanner's manual: keyboard country USA, suffix CR (Enter), Caps Lock off."
        ),
        words.tr(
            "A scanner beeps when it has read, before the desk has decided, and children take that "
            "for done: set its beep off or low (beeper, good read volume). The desk's own sounds "
            "say yes and no."
        ),
        words.tr("Continuous and presentation modes off, or the delay for the same label 2 s."),
    )


_STYLE: Final = """
.tiles { margin: 0 0 5mm; justify-content: center; }
.test { min-width: 90mm; padding: 4mm; }
.test h2 { font-size: 24pt; line-height: 1.2; }
.test p { font-size: 11pt; }
.test code { font-size: 10pt; }
ul { font-size: 12pt; line-height: 1.5; text-align: left; margin: 0 10mm; }
li { margin: 0 0 2mm; }
"""
