"""The desk thread: scans of all lanes and ticks of time, from one queue, in order of arrival."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from kiosk.desk.clock import Clock, SimulatedClock
from kiosk.desk.desk import Desk
from kiosk.domain import Lane, Outcome, Scan

log = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a `stdin` scanner under a simulated clock, read at `at`.

    `@ISO-TIME LABEL` stamps the label with that instant and moves the clock there when the desk
    comes to the line. Any other line is stamped as it was read, or when the desk comes to it if
    the clock was moved meanwhile.
    """

    text: str
    lane: Lane
    at: datetime
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Stop:
    """No more scans: end the sessions and the thread."""


class DeskThread:
    """Owns the desk and its ledger; tells outcomes only after they are on disk.

    `open_desk` is called in the thread and its result stays there; `close_desk` likewise at the
    end. `on_outcomes`, `on_slip` and `on_quiet` are called in the thread: `on_quiet(desk, now)`
    whenever nothing waits, at least once a second if given.
    """

    def __init__(
        self,
        open_desk: Callable[[], Desk],
        clock: Clock,
        zone: tzinfo,
        *,
        on_outcomes: Callable[[list[Outcome]], None],
        on_slip: Callable[[], None],
        on_quiet: Callable[[Desk, datetime], None] | None = None,
        close_desk: Callable[[], None] = lambda: None,
    ) -> None:
        self._open_desk = open_desk
        self._close_desk = close_desk
        self._clock = clock
        self._zone = zone
        self._on_outcomes = on_outcomes
        self._on_slip = on_slip
        self._on_quiet = on_quiet
        self._queue: queue.SimpleQueue[Scan | Line | _Stop] = queue.SimpleQueue()
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Open the desk in its thread and wait for that.

        Raises: LedgerError when the record cannot be opened.
        """
        self._thread.start()
        self._opened.result()

    def put(self, scan: Scan | Line) -> None:
        """Hand over a scan; never waits."""
        self._queue.put(scan)

    def stop(self, timeout_s: float | None = None) -> None:
        """Handle what was put before, end all sessions, and wait for the thread."""
        self._queue.put(_Stop())
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            desk = self._open_desk()
            try:
                self._tell(desk, desk.recover(self._clock.now()))
            except BaseException:
                self._close_desk()
                raise
        except BaseException as fault:  # noqa: BLE001  # the starter raises it
            self._opened.set_exception(fault)
            return
        self._opened.set_result(None)
        while not self._turn(desk):
            pass
        self._close_desk()

    def _turn(self, desk: Desk) -> bool:
        """Take one scan or one tick; True when it is time to stop."""
        stopping = False
        try:
            match self._next(desk):
                case None:
                    self._tell(desk, desk.tick(self._clock.now()))
                case _Stop():
                    stopping = True
                    self._tell(desk, desk.close_all(self._clock.now()))
                case Line() as line:
                    self._tell(desk, _answer(desk, self._stamp(line)))
                case Scan() as scan:
                    self._tell(desk, _answer(desk, scan))
            if self._on_quiet is not None and self._queue.empty():
                self._on_quiet(desk, self._clock.now())
        except Exception:
            # Nothing was committed, and the lanes are as before: the desk goes on.
            log.exception("the desk could not finish a step")
        return stopping

    def _next(self, desk: Desk) -> Scan | Line | _Stop | None:
        """Wait for a scan, at most until something ends by time; None is a tick."""
        wait_s = _LONGEST_WAIT_S
        due = desk.next_deadline()
        if not desk.ledger_ok:
            # What could not be ended stays due: trying without a pause would only spin.
            wait_s = _LONGEST_WAIT_S
        elif due is not None:
            wait_s = min(wait_s, max(0.0, (due - self._clock.now()).total_seconds()))
        elif self._on_quiet is None:
            wait_s = 60.0
        try:
            return self._queue.get(timeout=wait_s + 0.001)
        except queue.Empty:
            return None

    def _stamp(self, line: Line) -> Scan:
        clock = self._clock
        assert isinstance(clock, SimulatedClock), "only a simulated clock has lines to stamp"
        stamp, _, label = line.text.removeprefix("@").partition(" ")
        at = parse_instant(stamp, self._zone) if line.text.startswith("@") else None
        if at is not None:
            return Scan(label, line.lane, at if clock.move_to(at) else clock.now(), line.fault)
        at = line.at if line.at >= clock.moved_to else clock.now()
        return Scan(line.text, line.lane, at, line.fault)

    def _tell(self, desk: Desk, outcomes: list[Outcome]) -> None:
        if outcomes:
            self._on_outcomes(outcomes)
        if desk.slip_waits:
            desk.slip_waits = False
            self._on_slip()


def _answer(desk: Desk, scan: Scan) -> list[Outcome]:
    """Answer a scan, whatever happens: whoever scanned waits for a yes or a no."""
    try:
        return desk.handle(scan)
    except Exception:
        log.exception("a scan on lane %s could not be handled; nothing was recorded", scan.lane)
        return [desk.unavailable(scan)]


def parse_instant(text: str, zone: tzinfo) -> datetime | None:
    """Read an ISO-8601 instant; one without an offset is the school's local time.

    >>> from datetime import UTC
    >>> parse_instant("2026-09-10T16:34", UTC)
    datetime.datetime(2026, 9, 10, 16, 34, tzinfo=datetime.timezone.utc)
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
