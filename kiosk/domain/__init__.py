"""The words everyone shares: readers, items, scans, blocks and outcomes.

Instants are aware datetimes in UTC; days are school-local dates; money is integer fen.
"""

from kiosk.domain.blocks import BLOCK_ORDER, Block, BlockCode
from kiosk.domain.outcomes import Note, Outcome, OutcomeKind
from kiosk.domain.scans import Command, Damage, Deed, LaneUse, Mode, Reason, Scan, TodoKind
from kiosk.domain.views import (
    Board,
    CrateView,
    DeviceState,
    Done,
    Hall,
    LoanLine,
    SessionView,
    StaffLine,
    StaffPage,
    TurnNow,
    Upcoming,
)
from kiosk.domain.words import Barcode, Card, ClassCode, ClockState, Lane, ReaderKind, Value

__all__ = [
    "BLOCK_ORDER",
    "Barcode",
    "Block",
    "BlockCode",
    "Board",
    "Card",
    "ClassCode",
    "ClockState",
    "Command",
    "CrateView",
    "Damage",
    "Deed",
    "DeviceState",
    "Done",
    "Hall",
    "Lane",
    "LaneUse",
    "LoanLine",
    "Mode",
    "Note",
    "Outcome",
    "OutcomeKind",
    "ReaderKind",
    "Reason",
    "Scan",
    "SessionView",
    "StaffLine",
    "StaffPage",
    "TodoKind",
    "TurnNow",
    "Upcoming",
    "Value",
]
