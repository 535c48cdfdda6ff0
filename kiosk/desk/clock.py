"""What time it is, and how far the box may be believed: it may have no battery clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from kiosk.domain import ClockState

_TIMESYNCD: Final = Path("/run/systemd/timesync")


class Clock(Protocol):
    """A source of instants, aware and in UTC."""

    def now(self) -> datetime:
        """Tell the time."""
        ...


class SystemClock:
    """The box's own clock."""

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC)


class SimulatedClock:
    """Starts at an instant, goes on at real speed, and can be moved ahead."""

    def __init__(self, start: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        # One value, so that a thread that asks while another moves the clock sees no half of it.
        self._origin = start.astimezone(UTC), monotonic()
        self.moved_to = start.astimezone(UTC)
        """Where the clock was moved last: an instant before it was read before the move."""

    def now(self) -> datetime:
        """Tell the time."""
        start, since = self._origin
        return start + timedelta(seconds=self._monotonic() - since)

    def move_to(self, at: datetime) -> bool:
        """Go on from a later instant; False, and no change, when `at` is not later than now."""
        if at <= self.now():
            return False
        self._origin = at.astimezone(UTC), self._monotonic()
        self.moved_to = at.astimezone(UTC)
        return True


def is_system_synchronised() -> bool | None:
    """Ask the system whether its clock was set from the network; None where it cannot tell.

    Source: systemd-timesyncd.service(8), the file `synchronized` below its run-time directory.
    """
    if not _TIMESYNCD.is_dir():
        return None
    return (_TIMESYNCD / "synchronized").exists()


class ClockWatch:
    """Doubts a clock that is behind the journal, or that the system has not synchronised yet."""

    def __init__(
        self,
        clock: Clock,
        latest: datetime | None,
        is_synchronised: Callable[[], bool | None] = is_system_synchronised,
    ) -> None:
        self._clock = clock
        self._latest = latest
        self._ask = is_synchronised
        self._synchronised = isinstance(clock, SimulatedClock)
        self._confirmed = False

    def state(self) -> ClockState:
        """Say how far the clock is to be believed now."""
        if not self._synchronised:
            self._synchronised = self._ask() is not False
        if self._latest is not None and self._clock.now() < self._latest:
            return "doubted"
        if self._synchronised:
            return "ok"
        return "confirmed" if self._confirmed else "doubted"

    def confirm(self, anew_from: datetime | None = None) -> None:
        """Believe a clock that nobody has synchronised, as long as it is not behind the journal.

        With `anew_from` the journal counts from that instant: what it has from later was wrong.
        """
        self._confirmed = True
        if anew_from is not None:
            self._latest = anew_from

    def wrote(self, at: datetime, state: ClockState) -> None:
        """Note the instant of a journal row that the desk has written."""
        if state != "doubted" and (self._latest is None or at > self._latest):
            self._latest = at
