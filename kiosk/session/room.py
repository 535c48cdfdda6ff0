"""What the desk remembers beside its lanes: who is on duty, and the board for the room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kiosk.domain import Card, ClassCode, Lane

_SET_BACK: Final = timedelta(minutes=5)
"""By as much a clock is put right while it runs; more than that is another time altogether."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A monitor who runs the desk, all its lanes, from `since` until `until` (excluded).

    `name` is ready to show; `lane` is where the duty label was scanned.
    """

    reader_id: int
    card: Card
    name: str
    lane: Lane
    since: datetime
    until: datetime

    def is_on(self, at: datetime) -> bool:
        """Tell whether the duty lasts at an instant; a clock set back far ends it, too."""
        return self.since - _SET_BACK <= at < self.until


@dataclass(frozen=True, slots=True)
class BoardShown:
    """The class whose turn the room sees; `since` is when the turn opened, `until` its end.

    `up_at` is when the board was put up, the turn's beginning without one.
    """

    school_class: ClassCode
    since: datetime
    until: datetime
    up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """Everything of the desk that belongs to no lane."""

    duty: Duty | None = None
    board: BoardShown | None = None

    def duty_at(self, at: datetime) -> Duty | None:
        """Tell who is on duty at an instant."""
        return self.duty if self.duty is not None and self.duty.is_on(at) else None
