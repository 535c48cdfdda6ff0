"""The desk thread: one queue in order of arrival, whatever the disk and the steps do."""

from __future__ import annotations

import queue
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZHE, HandClock, open_rig, told
from thread_rig import SOON_S, Running, SlowLedger, running

from kiosk.desk.clock import SimulatedClock
from kiosk.desk.thread import DeskThread, Line
from kiosk.domain import Outcome
from kiosk.domain import OutcomeKind as Kind
from kiosk.errors import LedgerError

FIRST, SECOND = BOOKS[0], BOOKS[2]


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
        thread.put(Line(text, "left", clock.now()))
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


def test_a_plain_line_is_stamped_as_it_was_read_unless_the_clock_was_moved_since(
    tmp_path: Path,
) -> None:
    outcomes: queue.SimpleQueue[list[Outcome]] = queue.SimpleQueue()
    seconds = [0.0]
    start = HandClock().at
    clock = SimulatedClock(start, monotonic=lambda: seconds[0])
    thread = DeskThread(
        lambda: open_rig(tmp_path, make_ledger=SlowLedger).desk,
        clock,
        start.tzinfo,  # type: ignore[arg-type]
        on_outcomes=outcomes.put,
        on_slip=lambda: None,
    )
    thread.start()
    seconds[0] = 9.0
    later = start + timedelta(seconds=60)

    thread.put(Line(MING, "left", start + timedelta(seconds=1)))
    thread.put(Line(FIRST, "left", start + timedelta(seconds=4)))
    thread.put(Line(f"@{later.isoformat()} {ZHE}", "right", start + timedelta(seconds=5)))
    thread.put(Line(SECOND, "right", start + timedelta(seconds=5)))
    found = [outcomes.get(timeout=SOON_S)[-1] for _ in range(4)]
    thread.stop(SOON_S)

    assert [(one.at - start).total_seconds() for one in found] == [1, 4, 60, 60]
