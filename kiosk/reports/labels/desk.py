"""The cards that lie on the desk: the pupils', the monitors' and the teacher's own."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Final

from kiosk.domain import Command, Damage, Reason
from kiosk.reports.labels.page import Tile, write_header, write_page, write_tiles
from kiosk.wording import Words
from kiosk.wording.labels import command_sentence, command_word, damage_word, reason_word

_FOR_PUPILS: Final = (
    Command.DONE,
    Command.UNDO,
    Command.RETURN,
    Command.RENEW,
    Command.SLIP,
    Command.HELP,
)
_FOR_MONITORS: Final = (
    Command.DUTY,
    Command.SHEET,
    Command.TEMPCARD,
    Command.LANE,
    Command.CLOCK,
)
_STAFF_TURNS: Final = (
    Command.CLOSE,
    Command.CANCEL,
    Command.RECALL,
    Command.TODO,
    Command.DEVICES,
)
_STAFF_BOOKS: Final = (
    Command.LOST,
    Command.FOUND,
    Command.REPAIR,
    Command.REPAIRED,
    Command.WRITEOFF,
    Command.HOLD,
    Command.UNHOLD,
    Command.CHARGE,
    Command.PAID,
    Command.REPLACED,
    Command.WAIVE,
)
_STAFF_READERS: Final = (
    Command.CARDLOST,
    Command.NEWCARD,
    Command.TEMPCARD,
    Command.SUSPEND,
    Command.RESUME,
    Command.CLEAR,
)


def command_labels(prefix: str, words: Words) -> str:
    """Write the pupils' command card as one HTML page for A4.

    `prefix` is what command labels begin with, `KC-` by default.

    Raises: UsageError when `prefix` cannot be written in Code 128.
    """
    title = words.tr("Command labels of the lending desk")
    note = words.tr("Print at 100 %, cut along the lines, keep on the desk.")
    tiles = write_tiles(
        _commands(_FOR_PUPILS, prefix, words), kind="large", room_mm=82, height_mm=22
    )
    return write_page(
        f"{write_header(title, note)}\n{tiles}", title=title, style=_LARGE, words=words
    )


def monitor_labels(prefix: str, words: Words) -> str:
    """Write the monitors' card: duty and its rights, what is wrong with a book, reasons.

    Raises: UsageError when `prefix` cannot be written in Code 128.
    """
    title = words.tr("Labels for monitors on duty")
    note = words.tr("Print at 100 %, cut along the lines; the monitor on duty keeps them.")
    damages = [Tile(f"{prefix}DAMAGE-{one}", damage_word(one, words)) for one in Damage]
    reasons = [Tile(f"{prefix}REASON-{one}", reason_word(one, words)) for one in Reason]
    parts = (
        write_header(title, note),
        _medium("", _commands(_FOR_MONITORS, prefix, words)),
        _medium(words.tr("A returned book is damaged? Scan what is wrong."), damages),
        _medium(words.tr("Lend it all the same? Scan the book, then the reason."), reasons),
    )
    return write_page("\n".join(parts), title=title, style=_MEDIUM, words=words)


def staff_labels(prefix: str, words: Words) -> str:
    """Write the teacher's card: digits for the PIN and for numbers, and what only staff may do.

    Raises: UsageError when `prefix` cannot be written in Code 128.
    """
    title = words.tr("Labels for the teacher")
    note = words.tr("Print at 100 %. They work only after your card and PIN; keep them yourself.")
    digits = [
        *(Tile(f"{prefix}{digit}", str(digit)) for digit in range(10)),
        Tile(prefix + Command.OK, command_word(Command.OK, words)),
    ]
    parts = (
        write_header(title, note),
        _group(
            words.tr("PIN and numbers: scan the digits, then OK."),
            write_tiles(digits, kind="digit", room_mm=42, height_mm=12),
        ),
        _small(words.tr("Turns and lists"), _commands(_STAFF_TURNS, prefix, words)),
        _small(words.tr("Books"), _commands(_STAFF_BOOKS, prefix, words)),
        _small(words.tr("Readers and cards"), _commands(_STAFF_READERS, prefix, words)),
    )
    return write_page("\n".join(parts), title=title, style=_SMALL, words=words)


def _commands(commands: Iterable[Command], prefix: str, words: Words) -> list[Tile]:
    return [
        Tile(prefix + one, command_word(one, words), command_sentence(one, words))
        for one in commands
    ]


def _medium(heading: str, tiles: Iterable[Tile]) -> str:
    return _group(heading, write_tiles(tiles, kind="medium", room_mm=84, height_mm=14))


def _small(heading: str, tiles: Iterable[Tile]) -> str:
    return _group(heading, write_tiles(tiles, kind="small", room_mm=58, height_mm=12))


def _group(heading: str, tiles: str) -> str:
    headed = f"<h3>{escape(heading)}</h3>\n" if heading else ""
    return f'<article class="group">\n{headed}{tiles}\n</article>'


_LARGE: Final = """
.tiles { gap: 4mm; }
.large { flex: 1 1 92mm; min-height: 82mm; padding: 5mm 3mm; }
.large h2 { font-size: 38pt; line-height: 1.1; }
.large p { font-size: 13pt; line-height: 1.4; max-width: 80mm; }
.large code { font-size: 11pt; }
"""
_GROUPS: Final = """
.group { margin: 0 0 5mm; }
h3 { font-size: 13pt; margin: 0 0 2mm; text-align: left; break-after: avoid; }
"""
_MEDIUM: Final = f"""{_GROUPS}
.group {{ break-inside: avoid; }}
.medium {{ min-width: 93mm; min-height: 38mm; padding: 2mm; }}
.medium h2 {{ font-size: 20pt; line-height: 1.2; }}
.medium p {{ font-size: 10pt; max-width: 88mm; }}
.medium code {{ font-size: 8pt; }}
"""
_SMALL: Final = f"""{_GROUPS}
.digit {{ min-width: 45mm; padding: 1mm; }}
.small {{ min-width: 60.5mm; max-width: 94mm; min-height: 36mm; padding: 1mm 0.5mm; }}
.digit h2, .small h2 {{ font-size: 16pt; line-height: 1.2; }}
.small p {{ font-size: 9pt; max-width: 58mm; }}
.digit code, .small code {{ font-size: 8pt; }}
"""
