"""What everything is called by: cards, bar codes, classes, lanes, and the values of a sentence."""

from __future__ import annotations

from typing import Literal, NewType

Card = NewType("Card", str)
Barcode = NewType("Barcode", str)
ClassCode = NewType("ClassCode", str)
"""Entry cohort and number, `2021-2`; never a grade, so nobody is promoted by hand."""
Lane = str
ReaderKind = Literal["student", "teacher", "class"]
ClockState = Literal["ok", "confirmed", "doubted"]
Value = str | int | None
