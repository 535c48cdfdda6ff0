"""What the screen is told, from any thread and at any time, also before there is a screen."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.domain import DeviceState, Hall, Lane, Outcome
from kiosk.wording.outcomes import Tone


@dataclass(frozen=True, slots=True)
class OutcomeShown:
    """An outcome is to be shown and heard."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class HallChanged:
    """The turns, the upcoming openings or the clock's state are other than before."""

    hall: Hall


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    """A device works, or does not."""

    state: DeviceState


@dataclass(frozen=True, slots=True)
class TypedChanged:
    """A label is half typed on the keyboard's lane."""

    lane: Lane
    text: str


@dataclass(frozen=True, slots=True)
class SlipShown:
    """A slip came out of the demo's printer."""

    text: str


@dataclass(frozen=True, slots=True)
class BellWanted:
    """A sound could not be heard through the loudspeaker."""

    tone: Tone


@dataclass(frozen=True, slots=True)
class Quit:
    """The desk is closing."""


News = OutcomeShown | HallChanged | DeviceChanged | TypedChanged | SlipShown | BellWanted | Quit


class Mailbox:
    """Keeps news until somebody takes it, then hands on each piece as it comes."""

    def __init__(self) -> None:
        self._waiting: deque[News] = deque()
        self._deliver: Callable[[News], None] | None = None
        # Reentrant: a signal's handler may tell while its own thread is telling.
        self._lock = threading.RLock()

    def put(self, news: News) -> None:
        """Tell a piece of news; may be called from any thread and from a signal's handler."""
        with self._lock:
            deliver = self._deliver
            if deliver is None:
                self._waiting.append(news)
                return
        deliver(news)

    def open(self, deliver: Callable[[News], None]) -> tuple[News, ...]:
        """Hand all later news to `deliver`; give what has come before, in order."""
        with self._lock:
            self._deliver = deliver
            return tuple(self._waiting)
