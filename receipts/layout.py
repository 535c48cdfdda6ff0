"""A slip into lines that fit the paper.

Paper is short and a child reads it: no blank lines, a due date beside its book, and nothing is lost
where it does not fit without a `…` to say so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from receipts.code128 import module_dots
from receipts.glyphs import DOTS_PER_COLUMN, MISSING, clean, width
from receipts.slip import Entry, Slip

Size = Literal["normal", "tall", "double"]
"""`tall` is twice as high, `double` also twice as wide."""

NARROWEST_COLUMNS = 24
WIDEST_COLUMNS = 64

_TICK = "√"
# A class's slip is names and titles in turn: without a mark nobody finds the next name.
_MARK = "■"
_CUT = "…"
_TITLE_LINES = 2
_HEADING_LINES = 2
# Below this a class and a name rarely fit at twice the width.
_DOUBLE_FROM_COLUMNS = 42

_NEVER_FIRST = frozenset("!%),.:;?]}…—·、。〉》」』】〕〗！），．：；？］｝’”々～")
_NEVER_LAST = frozenset("([{〈《「『【〔〖（［｛‘“￥$")
_DATE_UNITS = frozenset("年月")


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: `text` at the left edge, `right` at the right edge.

    With `bars` the text is centred and stands above it as a Code 128 bar code, `bars` dots to the
    module.
    """

    text: str
    right: str = ""
    size: Size = "normal"
    bars: int = 0

    def filled(self, columns: int) -> str:
        """Give the line with its two parts spaced out over the paper's columns."""
        return _spread(self.text, self.right, columns - width(self.text) - width(self.right))


def lay_out(slip: Slip, columns: int) -> tuple[Line, ...]:
    """Lay a slip out for paper of 24 to 64 columns; its QR code is no line.

    Raises:
        ValueError: the paper is narrower or wider.
    """
    if not NARROWEST_COLUMNS <= columns <= WIDEST_COLUMNS:
        raise ValueError(
            f"Cannot lay out a slip for {columns} columns:"
            f" expected {NARROWEST_COLUMNS} to {WIDEST_COLUMNS}"
        )
    return tuple(_lines(slip, columns))


def plain_text(lines: Sequence[Line], columns: int) -> str:
    """Show the lines as a terminal can: right parts end in one column, no sizes, no bars."""
    shown = (
        _spread(line.text, line.right, columns - _cells(line.text) - _cells(line.right))
        for line in lines
    )
    return "".join(f"{text}\n" for text in shown)


def _lines(slip: Slip, columns: int) -> Iterator[Line]:
    captions = slip.captions
    yield from _heading(slip, columns)
    for sentence in slip.lines:
        yield from _sentence(sentence, columns)
    yield from _group(captions.lent, slip.lent, columns)
    yield from _group(captions.renewed, slip.renewed, columns)
    yield from _sentence(slip.in_hand, columns)
    yield from _group(captions.overdue, slip.overdue, columns)
    if slip.returned:
        yield from _sentence(captions.returned, columns)
    for title in slip.returned:
        yield Line(_cut(f"{_TICK} {_title(title)}", columns))
    for group in slip.groups:
        if clean(group.caption):
            yield from _sentence(f"{_MARK} {group.caption}", columns)
        yield from _entries(group.entries, columns)
    for sentence in (slip.next_turn, slip.this_term, *slip.notes):
        yield from _sentence(sentence, columns)
    yield from _code(slip.code, columns)
    footer = clean(slip.footer)
    for part in _halves(footer, columns) or _wrapped(footer, columns):
        yield Line(part)


def _heading(slip: Slip, columns: int) -> Iterator[Line]:
    text = f"{clean(slip.arrow)} {clean(slip.who)}".strip()
    if text and columns >= _DOUBLE_FROM_COLUMNS and width(text) <= columns // 2:
        yield Line(text, size="double")
        return
    for part in _halves(text, columns) or _wrapped(text, columns, most=_HEADING_LINES):
        yield Line(part, size="tall")


def _group(caption: str, entries: tuple[Entry, ...], columns: int) -> Iterator[Line]:
    if entries:
        yield from _sentence(caption, columns)
    yield from _entries(entries, columns)


def _entries(entries: tuple[Entry, ...], columns: int) -> Iterator[Line]:
    for entry in entries:
        yield from _entry(entry, columns)


def _entry(entry: Entry, columns: int) -> Iterator[Line]:
    due = clean(entry.due)
    *above, last = _wrapped(_title(entry.title), columns, most=_TITLE_LINES)
    for part in above:
        yield Line(part)
    if not due or width(last) + 1 + width(due) <= columns:
        yield Line(last, due)
        return
    yield Line(last)
    for part in _wrapped(due, columns):
        yield Line("", part)


def _sentence(text: str, columns: int) -> Iterator[Line]:
    for part in _wrapped(clean(text), columns):
        yield Line(part)


def _code(text: str, columns: int) -> Iterator[Line]:
    readable = clean(text)
    bars = module_dots(text, columns * DOTS_PER_COLUMN) if readable else 0
    if bars:
        yield Line(text, bars=bars)
    elif width(readable) <= columns // 2:
        yield from (Line(part, size="double") for part in _wrapped(readable, columns))
    else:
        yield from (Line(part, size="tall") for part in _wrapped(readable, columns))


def _title(title: str) -> str:
    # A record with an empty title is still a book in somebody's hands.
    return clean(title) or MISSING


def _halves(text: str, columns: int) -> list[str]:
    """Break a text that needs two lines at its last space that leaves two lines; else give none."""
    if width(text) <= columns:
        return []
    spaces = [at for at, char in enumerate(text) if char == " "]
    for at in reversed(spaces):
        halves = [text[:at], text[at + 1 :]]
        if all(width(half) <= columns for half in halves):
            return halves
    return []


def _wrapped(text: str, columns: int, *, most: int = 0) -> list[str]:
    """Break a text into lines, into `most` of them at most, the last one cut; 0 keeps it whole."""
    lines: list[str] = []
    while text:
        if most and len(lines) == most - 1:
            return [*lines, _cut(text, columns)]
        at = _break(text, columns)
        lines.append(text[:at].rstrip(" "))
        text = text[at:].lstrip(" ")
    return lines


def _break(text: str, columns: int) -> int:
    fits = _fitting(text, columns)
    if fits == len(text):
        return fits
    return next((at for at in range(fits, 0, -1) if _may_break(text[at - 1], text[at])), fits)


def _may_break(before: str, after: str) -> bool:
    if " " in (before, after):
        return True
    if before in _NEVER_LAST or after in _NEVER_FIRST:
        return False
    # A number stays with its unit, a date and a word in one piece: 2本, 9月17日, Potter.
    is_in_word = before.isascii() and after.isascii()
    is_in_date = before in _DATE_UNITS and after.isdigit()
    return not (is_in_word or is_in_date or before.isdigit())


def _cut(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    return text[: _fitting(text, columns - width(_CUT))].rstrip() + _CUT


def _fitting(text: str, columns: int) -> int:
    """Count the characters from the left that fit whole."""
    for at, char in enumerate(text):
        columns -= width(char)
        if columns < 0:
            return at
    return len(text)


def _spread(left: str, right: str, gap: int) -> str:
    return f"{left}{' ' * gap}{right}" if right else left


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
