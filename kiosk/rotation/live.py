"""What the timetable has lived through beyond the settings: opened, cancelled and held turns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from kiosk.domain import ClassCode


class TurnKey(NamedTuple):
    """One class's turn in one window on one day."""

    school_class: ClassCode
    window: str
    on: date


@dataclass(frozen=True, slots=True)
class OpenedNow:
    """A window that staff opened by hand; no classes: for the whole school.

    `seq` is the journal row that opened it; both instants are aware, `closes_at` excluded.
    `name` is the window's, in the school's language: no other window of the day has it.
    """

    seq: int
    opens_at: datetime
    closes_at: datetime
    classes: tuple[ClassCode, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Live:
    """What the record says of past and present turns, as far as lending asks for it.

    A planned turn that is neither in `held` nor in `cancelled` and is over was missed, or has
    not been settled yet: neither counts against the class.
    """

    opened: tuple[OpenedNow, ...] = ()
    cancelled: frozenset[TurnKey] = frozenset()
    held: frozenset[TurnKey] = frozenset()
