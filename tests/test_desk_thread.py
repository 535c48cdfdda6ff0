"""The desk thread: one queue in order of arrival, whatever the disk and the steps do."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZHE, HandClock, Rig, open_rig, told

from kiosk.desk.clock import SimulatedClock
from kiosk.desk.desk import Desk
from kiosk.desk.thread import DeskThread, Line
from kiosk.domain import Outcome, Scan
from kiosk.domain import OutcomeKind as Kind
from kiosk.errors import LedgerError
from kiosk.ledger.connection import Ledger, open_ledger

FIRST, SECOND = BOOKS[0], BOOKS[2]
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

    def __init__(self, folder: Path, broken_by: str | None = None) -> None:
        self._folder = folder
        self._broken_by = broken_by
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
def running(folder: Path, broken_by: str | None = None) -> Iterator[Running]:
    """Run a desk thread, and stop it whatever happens."""
    desk = Running(folder, broken_by)
    desk.thread.start()
    try:
        yield desk
    finally:
        desk.disk.may_flush.set()
        desk.thread.stop(SOON_S)


def test_nothing_is_told_before_the_disk_has_it_and_no_scan_or_order_is_lost(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as desk:
        desk.disk.may_flush.clear()
        desk.scan(MING)
        assert desk.disk.flushing.acquire(timeout=SOON_S)
        for label, lane in [(FIRST, "left"), (ZHE, "right"), (SECOND, "left"), (SECOND, "right")]:
            desk.scan(label, lane)
        assert desk.is_quiet()

        desk.disk.may_flush.set()
        outcomes = desk.outcomes(5)

    assert told(outcomes) == [
        ("session_opened", MING),
        ("checked_out", FIRST),
        ("session_opened", ZHE),
        ("checked_out", SECOND),
        ("refused", SECOND),
    ]
    assert [one.seq for one in outcomes] == sorted(one.seq or 0 for one in outcomes)


def test_a_scan_stamped_in_time_is_not_late_though_the_disk_was(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.disk.may_flush.clear()
        desk.scan(MING)
        assert desk.disk.flushing.acquire(timeout=SOON_S)
        desk.scan(FIRST, after=19)
        # By the time the disk has finished, the clock is long past the idle time.
        desk.clock.at += timedelta(seconds=15)

        desk.disk.may_flush.set()
        outcomes = desk.outcomes(2)

    assert told(outcomes) == [("session_opened", MING), ("checked_out", FIRST)]


def test_a_session_ends_by_itself_when_its_time_is_over(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.scan(MING)
        desk.outcomes(1)
        ends_at = desk.clock.at + timedelta(seconds=20)
        desk.clock.at += timedelta(seconds=21)

        [closed] = desk.outcomes(1)

    assert (closed.kind, closed.scan, closed.at) == (Kind.SESSION_CLOSED, None, ends_at)


def test_a_fault_in_one_step_is_answered_and_does_not_end_the_thread(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path, broken_by=SECOND) as desk:
        for label in (MING, SECOND, FIRST):
            desk.scan(label)
        opened, refused, lent = desk.outcomes(3)

    assert (opened.kind, lent.kind) == (Kind.SESSION_OPENED, Kind.CHECKED_OUT)
    assert (refused.kind, refused.scan, refused.seq) == (Kind.REFUSED, SECOND, None)
    assert "could not be handled" in caplog.text


def test_stopping_handles_what_was_scanned_before_ends_sessions_and_wakes_the_printer(
    tmp_path: Path,
) -> None:
    with running(tmp_path) as desk:
        desk.disk.may_flush.clear()
        desk.scan(MING)
        desk.scan(FIRST)
        stopping = threading.Thread(target=desk.thread.stop, args=(SOON_S,))
        stopping.start()
        desk.disk.may_flush.set()
        stopping.join(SOON_S)

        assert not stopping.is_alive()
        assert told(desk.outcomes(3)) == [
            ("session_opened", MING),
            ("checked_out", FIRST),
            ("session_closed", None),
        ]
        assert desk.slip.is_set()
        assert desk.closed.is_set()


def test_a_record_that_cannot_be_opened_is_raised_where_the_desk_is_started(
    tmp_path: Path,
) -> None:
    desk = Running(tmp_path / "nowhere")

    with pytest.raises((LedgerError, OSError)):
        desk.thread.start()
    desk.thread.stop(SOON_S)


def test_a_line_with_an_instant_moves_the_simulated_clock_when_it_is_come_to(
    tmp_path: Path,
) -> None:
    outcomes: queue.SimpleQueue[list[Outcome]] = queue.SimpleQueue()
    start = HandClock().at
    clock = SimulatedClock(start, monotonic=lambda: 0.0)
    thread = DeskThread(
        lambda: open_rig(tmp_path, make_ledger=SlowLedger).desk,
        clock,
        start.tzinfo,  # type: ignore[arg-type]
        on_outcomes=outcomes.put,
        on_slip=lambda: None,
    )
    thread.start()
    later = start + timedelta(seconds=7)
    for text in (f"@{later.isoformat()} {MING}", f"@{start.isoformat()} {FIRST}", "@never 1"):
        thread.put(Line(text, "left"))
    found = [outcomes.get(timeout=SOON_S)[-1] for _ in range(3)]
    thread.stop(SOON_S)

    assert [(one.at, one.scan) for one in found] == [
        (later, MING),
        (later, FIRST),
        (later, "@never 1"),
    ]


def test_a_desk_whose_record_fails_tries_again_with_pauses(tmp_path: Path) -> None:
    with running(tmp_path) as desk:
        desk.scan(MING)
        desk.outcomes(1)
        desk.disk.full = True
        desk.clock.at += timedelta(seconds=60)
        assert desk.disk.refused.acquire(timeout=SOON_S)

        assert not desk.disk.refused.acquire(timeout=0.3)
        desk.disk.full = False
        assert told(desk.outcomes(1)) == [("session_closed", None)]
