"""The real serial driver on pseudo-terminals and the desk thread, in one process."""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from figures import Figure, p50, p99
from record import TURN_AT, Size, make_record
from scans import Wanted, visits

from kiosk.cli.run import Audience, desk_running
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import DeviceState, Outcome
from kiosk.settings import Settings

LANES: Final = ("left", "right")
SCANS_PER_S: Final = 10
_PATIENCE_S: Final = 10.0
_PAUSE_S: Final = 0.01


class Wire:
    """A serial line: a scanner writes at this end, the desk opens the port at the other."""

    def __init__(self) -> None:
        self._scanner, self._port = os.openpty()
        tty.setraw(self._port)
        self.port = os.ttyname(self._port)

    def send(self, label: str) -> None:
        """Write a label and its end."""
        os.write(self._scanner, label.encode() + b"\r")

    def close(self) -> None:
        """Take the line away."""
        os.close(self._scanner)
        os.close(self._port)


def scanner_tables(wires: dict[str, Wire]) -> str:
    """Write the settings of serial scanners, one for each lane."""
    return "".join(
        f'[[scanner]]\nlane = "{lane}"\ndriver = "serial"\nport = "{wire.port}"\n'
        for lane, wire in wires.items()
    )


class Heard:
    """Outcomes as they are told, each with the time it was heard at."""

    def __init__(self) -> None:
        self._up: queue.SimpleQueue[DeviceState] = queue.SimpleQueue()
        self.outcomes: queue.SimpleQueue[tuple[float, Outcome]] = queue.SimpleQueue()
        self.audience = Audience(self._hear, self._up.put)

    def _hear(self, outcomes: list[Outcome]) -> None:
        at = time.perf_counter()
        for outcome in outcomes:
            self.outcomes.put((at, outcome))

    def wait_until_up(self, scanners: int) -> None:
        """Wait until so many scanners are open."""
        while scanners:
            state = self._up.get(timeout=_PATIENCE_S)
            scanners -= state.role == "scanner" and state.up

    def answer(self, wanted: Wanted) -> float:
        """Wait for the answer to a label; returns when it was heard."""
        while True:
            at, outcome = self.outcomes.get(timeout=_PATIENCE_S)
            if outcome.scan == wanted.label:
                if outcome.kind is not wanted.outcome:
                    raise SystemExit(f"the desk said {outcome} to {wanted}")
                return at


@contextmanager
def desk_on_wires(folder: Path, size: Size) -> Iterator[tuple[Settings, dict[str, Wire], Heard]]:
    """Run a desk with a serial scanner on each lane, its record in `folder`."""
    wires = {lane: Wire() for lane in LANES}
    settings = make_record(folder, size, scanners=scanner_tables(wires))
    heard = Heard()
    clock = SimulatedClock(TURN_AT + timedelta(seconds=1))
    try:
        with desk_running(settings, clock, heard.audience, on_end=lambda: None):
            heard.wait_until_up(len(wires))
            yield settings, wires, heard
    finally:
        for wire in wires.values():
            wire.close()


def latency_figures(folder: Path, size: Size, scans: int) -> Iterator[Figure]:
    """Measure from the last byte on the wire to the outcome told."""
    with desk_on_wires(folder / "latency", size) as (settings, wires, heard):
        took = []
        for wanted in islice(visits(settings.database_path), scans):
            begun = time.perf_counter()
            wires["left"].send(wanted.label)
            took.append((heard.answer(wanted) - begun) * 1000)
            time.sleep(_PAUSE_S)
    yield Figure("last byte to outcome, p50", p50(took), "ms")
    yield Figure("last byte to outcome, p99", p99(took), "ms", 20.0, True)


def rush_figures(folder: Path, size: Size, seconds: float) -> Iterator[Figure]:
    """Let two lanes scan ten labels a second each, and count what became of them."""
    with desk_on_wires(folder / "rush", size) as (settings, wires, heard):
        database = settings.database_path
        rows_before = _rows(database)
        sent = _rush(database, wires, seconds)
        told = _told(heard, sum(sent.values()))
        rows = _rows(database) - rows_before
    answered = [one for one in told if one.scan is not None]
    recorded = {one.seq for one in told if one.seq is not None}
    scans = sum(sent.values())
    yield Figure(
        f"scans lost of {scans}, 2 lanes, {SCANS_PER_S}/s each", scans - len(answered), "", 0.0
    )
    yield Figure(
        "  outcomes without their journal row, or the reverse", abs(rows - len(recorded)), "", 0.0
    )


def _rush(database: Path, wires: dict[str, Wire], seconds: float) -> dict[str, int]:
    count = int(seconds * SCANS_PER_S)
    threads = [
        threading.Thread(
            target=_scan_steadily,
            args=(wire.send, list(islice(visits(database, lane=place, lanes=len(wires)), count))),
        )
        for place, wire in enumerate(wires.values())
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict.fromkeys(wires, count)


def _scan_steadily(send: Callable[[str], None], wanted: list[Wanted]) -> None:
    begun = time.monotonic()
    for place, one in enumerate(wanted):
        time.sleep(max(0.0, begun + place / SCANS_PER_S - time.monotonic()))
        send(one.label)


def _told(heard: Heard, scans: int) -> list[Outcome]:
    """Gather outcomes until all scans are answered, or nothing more comes."""
    told: list[Outcome] = []
    while sum(one.scan is not None for one in told) < scans:
        try:
            told.append(heard.outcomes.get(timeout=2.0)[1])
        except queue.Empty:
            break
    return told


def _rows(database: Path) -> int:
    connection = sqlite3.connect(database)
    try:
        return int(
            connection.execute("SELECT count(*) FROM journal WHERE lane IS NOT NULL").fetchone()[0]
        )
    finally:
        connection.close()
