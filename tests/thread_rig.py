"""A desk thread on a disk that a test lets flush, whose outcomes can be waited for."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from desk_rig import HandClock, Rig, open_rig

from kiosk.desk.desk import Desk
from kiosk.desk.thread import DeskThread
from kiosk.domain import Outcome, Scan
from kiosk.ledger.connection import Ledger, open_ledger

SOON_S = 20.0


class SlowLedger(Ledger):
    """A record on a disk that flushes only when a test lets it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, open_ledger(path).db.conn)
        self.flushing = threading.Semaphore(0)
        self.refused = threading.Semaphore(0)
        self.full = False
        self.may_flush = threading.Event()
        self.may_flush.set()

    def commit(self) -> None:
        """Commit once the disk is let."""
        self.flushing.release()
        if self.full:
            self.refused.release()
            raise sqlite3.OperationalError("database or disk is full")
        assert self.may_flush.wait(SOON_S)
        super().commit()


class BrokenDesk:
    """A desk with a fault in the program: one label breaks its step."""

    def __init__(self, desk: Desk, label: str) -> None:
        self._desk = desk
        self._label = label

    def __getattr__(self, name: str) -> object:
        return getattr(self._desk, name)

    def handle(self, scan: Scan) -> list[Outcome]:
        """Answer a scan, but for one label."""
        if scan.text == self._label:
            raise ZeroDivisionError
        return self._desk.handle(scan)


class Running:
    """A desk thread whose outcomes can be waited for."""

    def __init__(
        self,
        folder: Path,
        broken_by: str | None = None,
        on_outcome: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        self._folder = folder
        self._broken_by = broken_by
        self._on_outcome = on_outcome
        self._outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.clock = HandClock()
        self.slip = threading.Event()
        self.closed = threading.Event()
        self.rig: Rig
        self.thread = DeskThread(
            self._open,
            self.clock,
            self.clock.at.tzinfo,  # type: ignore[arg-type]
            on_outcomes=self._put,
            on_slip=self.slip.set,
            close_desk=self.closed.set,
        )

    @property
    def disk(self) -> SlowLedger:
        """The record's disk."""
        assert isinstance(self.rig.ledger, SlowLedger)
        return self.rig.ledger

    def _open(self) -> Desk:
        self.rig = open_rig(self._folder, at=self.clock, make_ledger=SlowLedger)
        if self._broken_by is None:
            return self.rig.desk
        return BrokenDesk(self.rig.desk, self._broken_by)  # type: ignore[return-value]

    def _put(self, outcomes: list[Outcome]) -> None:
        for one in outcomes:
            self._on_outcome(one)
            self._outcomes.put(one)

    def scan(self, text: str, lane: str = "left", *, after: float = 3) -> None:
        """Scan a label, stamped now."""
        self.clock.at += timedelta(seconds=after)
        self.thread.put(Scan(text, lane, self.clock.at))

    def outcomes(self, count: int) -> list[Outcome]:
        """Wait for some outcomes."""
        return [self._outcomes.get(timeout=SOON_S) for _ in range(count)]

    def is_quiet(self) -> bool:
        """Tell whether nothing was told."""
        return self._outcomes.empty()


@contextmanager
def running(
    folder: Path,
    broken_by: str | None = None,
    on_outcome: Callable[[Outcome], None] = lambda _: None,
) -> Iterator[Running]:
    """Run a desk thread, and stop it whatever happens."""
    desk = Running(folder, broken_by, on_outcome)
    desk.thread.start()
    try:
        yield desk
    finally:
        desk.disk.may_flush.set()
        desk.thread.stop(SOON_S)
