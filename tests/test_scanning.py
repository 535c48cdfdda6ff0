"""Scanners of a running desk: what they send is kept, and they beep when the desk has decided."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import pytest
from desk_rig import BOOKS, MING, school_in

from drivers.printers.printing import Printer
from drivers.scanners.raw_scans import read_scans
from drivers.scanners.reading import Scanner
from drivers.simulated import SimulatedScanner
from kiosk.cli.devices import Devices
from kiosk.cli.run import Audience, desk_running
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import DeviceState, Outcome
from kiosk.settings import Settings, load
from kiosk.settings.model import Scanner as ScannerSettings

PATIENCE_S: Final = 10
SERIAL: Final = 'driver = "serial"\nport = "/dev/ttyUSB0"\nfeedback = "datalogic-magellan"'
IN_TURN: Final = datetime.fromisoformat("2026-09-10T16:33:00+08:00")


class Simulated(Devices):
    """One simulated scanner in the place of the lane's own."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.one = SimulatedScanner("hid /dev/input/by-id/a")

    def scanner(self, one: ScannerSettings) -> Scanner | None:
        return self.one if one.driver == "serial" else super().scanner(one)

    def printer(self) -> Printer | None:
        return None


class Watching:
    """A desk with one simulated scanner."""

    def __init__(self, devices: Simulated) -> None:
        self.scanner = devices.one
        self.outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.states: queue.SimpleQueue[DeviceState] = queue.SimpleQueue()
        self.audience = Audience(self._hear, self.states.put)

    def scan(self, text: str) -> Outcome:
        """Scan a label and wait for its answer."""
        self.scanner.scan(text)
        while True:
            outcome = self.outcomes.get(timeout=PATIENCE_S)
            if outcome.scan == text:
                return outcome

    def _hear(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self.outcomes.put(outcome)


@contextmanager
def desk(tmp_path: Path, driver: str, *, more: str = "") -> Iterator[Watching]:
    config = school_in(
        tmp_path, {'driver = "stdin"': driver, "idle_s = 20": f"idle_s = 20\n{more}"}
    )
    settings = load(config)
    devices = Simulated(settings)
    watching = Watching(devices)
    with desk_running(settings, SimulatedClock(IN_TURN), watching.audience, lambda: None, devices):
        while not watching.states.get(timeout=PATIENCE_S).up:
            pass
        yield watching


def test_a_scanner_whose_model_is_set_is_told_yes_and_no(tmp_path: Path) -> None:
    with desk(tmp_path, SERIAL) as watching:
        for text in (MING, BOOKS[0], "X"):
            watching.scan(text)

    assert watching.scanner.signals == [True, True, False]


def test_other_scanners_are_told_nothing(tmp_path: Path) -> None:
    with desk(tmp_path, 'driver = "serial"\nport = "/dev/ttyUSB0"') as watching:
        watching.scan(MING)

    assert watching.scanner.signals == []


def test_what_was_scanned_is_kept_beside_the_record(tmp_path: Path) -> None:
    with desk(tmp_path, SERIAL) as watching:
        watching.scan(MING)
        watching.scanner.damage("3000")
        while watching.outcomes.get(timeout=PATIENCE_S).scan != "3000":
            pass

    kept = read_scans(tmp_path / "kiosk.scans")
    assert [(one.lane, one.device, one.text, one.fault) for one in kept] == [
        ("left", "hid /dev/input/by-id/a", MING, None),
        ("left", "hid /dev/input/by-id/a", "####", "dropped_events"),
    ]


def test_a_school_that_wants_none_kept_has_none(tmp_path: Path) -> None:
    with desk(tmp_path, SERIAL, more="raw_scans = 0") as watching:
        watching.scan(MING)

    assert not (tmp_path / "kiosk.scans").exists()


def test_a_label_with_a_hole_is_refused_so_that_it_is_heard(tmp_path: Path) -> None:
    with desk(tmp_path, SERIAL) as watching:
        watching.scanner.damage("30000")
        outcome = watching.outcomes.get(timeout=PATIENCE_S)

    assert (str(outcome.kind), [str(block.code) for block in outcome.blocks]) == (
        "refused",
        ["label_unreadable"],
    )
    assert watching.scanner.signals == [False]


@pytest.mark.parametrize("labels", [(BOOKS[0],) * 8, (BOOKS[0], BOOKS[2]) * 4])
def test_a_burst_of_a_presentation_scanner_is_one_loan_of_each_book(
    tmp_path: Path, labels: tuple[str, ...]
) -> None:
    with desk(tmp_path, SERIAL) as watching:
        watching.scan(MING)
        for label in labels:
            watching.scanner.scan(label)
        told = [watching.outcomes.get(timeout=PATIENCE_S) for _ in labels]

    lent = [one.scan for one in told if str(one.kind) == "checked_out"]
    assert lent == list(dict.fromkeys(labels))
    assert {str(one.kind) for one in told} <= {"checked_out", "ignored"}
