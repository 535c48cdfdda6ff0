"""Reads one cell: dates, money, years, ISBNs, yes and no. Pure.

Each parser raises ValueError with what it expected, as a fault tells it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from kiosk import barcodes
from kiosk.barcodes import LabelPatterns

_DATE: Final = re.compile(r"([0-9]{4})(?:[-/.年])([0-9]{1,2})(?:[-/.月])([0-9]{1,2})日?")
_COMPACT_DATE: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT: Final = re.compile(r"[ T]0?0:00(:00)?$")
_YEAR: Final = re.compile(r"(?<![0-9])(?:1[5-9]|20)[0-9]{2}")
# Commas group thousands; one that stands for a point, as in 12,50, is no price.
_PRICE: Final = re.compile(
    r"(?:CNY|RMB|¥)?((?:[0-9]{1,7}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.[0-9]+)?)元?"
)
_ISBN_NOISE: Final = str.maketrans("", "", "-‐‑‒–— ")
_YES: Final = frozenset({"yes", "y", "是", "1", "true", "√", "✓"})
_NO: Final = frozenset({"", "no", "n", "否", "0", "false", "×"})


def folded(cell: str) -> str:
    """Write full-width digits, letters and spaces in their plain form.

    >>> folded("２０２７-０７-０１　")
    '2027-07-01'
    """
    return unicodedata.normalize("NFKC", cell).strip()


def card(cell: str, patterns: LabelPatterns) -> str:
    """Read a card that a scanner at this school would know as one."""
    for code in _codes(cell):
        if patterns.is_card(code):
            if patterns.is_item(code):
                raise ValueError("a card that is not also of the shape of an item (barcodes.item)")
            return code
    raise ValueError("a card as barcodes.card in the settings says")


def item(cell: str, patterns: LabelPatterns) -> str:
    """Read an item's barcode that a scanner at this school would know as one."""
    for code in _codes(cell):
        if patterns.is_item(code):
            if patterns.is_card(code):
                raise ValueError(
                    "a barcode that is not also of the shape of a card (barcodes.card)"
                )
            return code
    raise ValueError("a barcode as barcodes.item in the settings says")


def _codes(cell: str) -> tuple[str, ...]:
    code = barcodes.clean(cell)
    return (code, code.upper())


def yes_or_no(cell: str) -> bool:
    """Read a mark; an empty cell is no."""
    word = folded(cell).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError("yes or no (是 or 否)")


def day(cell: str) -> date:
    """Read a date in the shapes that spreadsheets write.

    >>> day("2027年7月1日"), day("2027/7/1 0:00")
    (datetime.date(2027, 7, 1), datetime.date(2027, 7, 1))
    """
    text = _MIDNIGHT.sub("", folded(cell)).replace(" ", "")
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    try:
        if found is not None:
            return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise ValueError("a date such as 2027-07-01")


def year(cell: str) -> int:
    """Find the year of publication.

    >>> year("北京, 2019.5"), year("[2015]")
    (2019, 2015)
    """
    found = _YEAR.search(folded(cell))
    if found is None:
        raise ValueError("a year such as 2019")
    return int(found[0])


def price_fen(cell: str) -> int:
    """Read a price in yuan as fen.

    >>> price_fen("CNY25.80"), price_fen("￥25.8"), price_fen("1,250元")
    (2580, 2580, 125000)
    """
    found = _PRICE.fullmatch(folded(cell).replace(" ", "").upper())
    if found is not None:
        fen = Decimal(found[1].replace(",", "")) * 100
        if fen == fen.to_integral_value():
            return int(fen)
    raise ValueError("a price in yuan such as 25.80")


def isbn(cell: str) -> tuple[str, bool]:
    """Read an ISBN as 13 digits, and whether it is sound; one that is not stays as written.

    >>> isbn("7-5327-1234-6"), isbn("7-5327-1234-9")
    (('9787532712342', True), ('7-5327-1234-9', False))
    """
    digits = folded(cell).upper().removeprefix("ISBN").lstrip(": ").translate(_ISBN_NOISE)
    match barcodes.read(digits, _NO_PATTERNS):
        case barcodes.IsbnLabel(found, _):
            return found, True
    return cell, False


_NO_PATTERNS: Final = LabelPatterns([], [], "\0")
