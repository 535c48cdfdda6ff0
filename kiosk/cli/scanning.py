"""The scanners of a desk: their threads, what is kept of what they send, and their beeps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from drivers.scanners.raw_scans import ScanRing
from drivers.scanners.reading import Reading, Scanner, ScannerThread
from kiosk.cli.devices import Devices
from kiosk.cli.recording import Recorder
from kiosk.desk.clock import Clock, SimulatedClock
from kiosk.desk.thread import DeskThread, Line
from kiosk.domain import DeviceState, Lane, Outcome, OutcomeKind, Scan
from kiosk.settings import Settings
from kiosk.settings.model import Scanner as ScannerSettings

_NO: Final = frozenset({OutcomeKind.REFUSED, OutcomeKind.ATTENTION})


class Scanning:
    """Opens the scanners of the settings, keeps what they send, and lets them beep."""

    def __init__(self, settings: Settings, clock: Clock, devices: Devices) -> None:
        self._settings = settings
        self._clock = clock
        self._devices = devices
        self._recorder: Recorder | None = None
        self._beeping: dict[Lane, Scanner] = {}

    def start(
        self,
        desk: DeskThread,
        stack: ExitStack,
        on_device: Callable[[DeviceState], None],
        on_end: Callable[[], None],
    ) -> None:
        """Start a thread for each scanner; the stack stops them."""
        if self._settings.desk.raw_scans:
            self._start_recording(stack)
        for one in self._settings.scanners:
            scanner = self._devices.scanner(one)
            if scanner is None:
                continue
            if one.feedback != "off":
                self._beeping[one.lane] = scanner
            thread = ScannerThread(
                scanner,
                on_reading=self._taker(one, scanner, desk),
                on_state=_teller(one, on_device),
                now=self._clock.now,
                on_end=on_end,
            )
            thread.start()
            stack.callback(thread.stop)

    def heard(self, outcomes: list[Outcome]) -> None:
        """Let the lanes' scanners say yes or no to what was scanned."""
        if not self._beeping:
            return
        for outcome in outcomes:
            scanner = self._beeping.get(outcome.lane)
            if scanner is not None and outcome.scan is not None:
                scanner.signal(good=outcome.kind not in _NO)

    def record(self, lane: Lane, device: str, reading: Reading) -> None:
        """Keep a reading that the screen took from its keyboard."""
        if self._recorder is not None:
            self._recorder.take(lane, device, reading)

    def _start_recording(self, stack: ExitStack) -> None:
        ring = ScanRing(self._settings.raw_scans_path, keep=self._settings.desk.raw_scans)
        ring.start()
        stack.callback(ring.stop)
        self._recorder = Recorder(ring, self._settings.patterns())

    def _taker(
        self, one: ScannerSettings, scanner: Scanner, desk: DeskThread
    ) -> Callable[[Reading], None]:
        if one.driver == "stdin":
            # Lines of a program or a rehearsal tell nothing about a device.
            as_line = isinstance(self._clock, SimulatedClock)
            return lambda reading: desk.put(
                (Line if as_line else Scan)(reading.text, one.lane, reading.at, reading.fault)
            )

        def on_reading(reading: Reading) -> None:
            desk.put(Scan(reading.text, one.lane, reading.at, reading.fault))
            self.record(one.lane, scanner.name, reading)

        return on_reading


def _teller(
    one: ScannerSettings, on_device: Callable[[DeviceState], None]
) -> Callable[[bool, str | None, str | None], None]:
    def on_state(up: bool, cause: str | None, detail: str | None) -> None:
        on_device(DeviceState(f"scanner {one.lane}", "scanner", up, one.lane, cause, detail))

    return on_state
