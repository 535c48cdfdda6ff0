"""Each scanner driver on a stand-in for its hardware, down to the desk's answer; and idle desks."""

from __future__ import annotations

import os
import socket
import struct
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from evdev.eventio import EventIO
from figures import Figure, p50, p99
from lanes import Heard
from record import TURN_AT, Size, make_record
from scans import visits

from drivers.scanners.hid import HidScanner
from drivers.scanners.keyboard import KeyBuffer
from drivers.scanners.keymap import ENTER, US
from drivers.scanners.reading import Scanner
from drivers.scanners.serial_port import SerialScanner
from drivers.scanners.stdin import LineScanner
from kiosk.cli.devices import Devices
from kiosk.cli.run import Running, desk_running
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import Scan
from kiosk.settings import Settings
from kiosk.settings.model import Scanner as ScannerSettings

_PAUSE_S: Final = 0.01
_SETTLE_S: Final = 3.0
_SHIFT: Final = 42
_LANE: Final = "left"
_TABLES: Final = {
    "hid": 'driver = "hid"\npath = "/dev/input/by-id/bench"',
    "serial": 'driver = "serial"\nport = "/dev/serial/by-id/bench"',
    "keyboard": 'driver = "keyboard"',
    "stdin": 'driver = "stdin"',
}
_MISSING: Final = (
    _TABLES["hid"],
    'driver = "hid"\nvendor = 0x0001\nproduct = 0x0001',
    _TABLES["serial"],
)


class _Make(NamedTuple):
    vendor: int = 1
    product: int = 1


class _Keys(EventIO):
    """evdev's own reader of event bytes, over one end of a socket pair."""

    info = _Make()
    name = "bench"

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self.fd = sock.fileno()

    def grab(self) -> None:
        """Nobody else listens."""

    def active_keys(self) -> list[int]:
        """No key is down."""
        return []

    def leds(self) -> list[int]:
        """No light is on."""
        return []

    def close(self) -> None:
        """Give the socket back."""
        self._sock.close()


class Stand:
    """What stands in for one driver's hardware: its scanner, and what sends a label to it.

    `begin` sends all of a label but its end, which `end` sends.
    """

    def __init__(self, driver: str) -> None:
        self.driver = driver
        self._stack = ExitStack()
        self.scanner: Scanner | None = None
        self.begin: Callable[[str], None]
        self.end: Callable[[], None]
        match driver:
            case "hid":
                self._be_hid()
            case "serial":
                self._be_serial()
            case "stdin":
                self._be_stdin()

    def type_into(self, running: Running) -> None:
        """Be a keyboard, whose keys the screen hands over one by one."""
        keys = KeyBuffer(running.clock.now)

        def begin(label: str) -> None:
            for character in label:
                keys.press(character, character)

        def end() -> None:
            reading = keys.press("enter", "\r")
            assert reading is not None
            running.desk.put(Scan(reading.text, _LANE, reading.at, reading.fault))
            running.scanning.record(_LANE, "keyboard", reading)

        self.begin, self.end = begin, end

    def close(self) -> None:
        """Take it away."""
        self._stack.close()

    def _be_hid(self) -> None:
        far, near = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._stack.callback(far.close)
        self.scanner = HidScanner("/dev/input/by-id/bench", opener=lambda _: _Keys(near))

        def begin(label: str) -> None:
            for key in label:
                far.sendall(_tap(key))

        enter = _tap(None)
        self.begin, self.end = begin, lambda: far.sendall(enter)

    def _be_serial(self) -> None:
        line, port = os.openpty()
        tty.setraw(port)
        self._stack.callback(os.close, line)
        self._stack.callback(os.close, port)
        self.scanner = SerialScanner(os.ttyname(port))
        self.begin = lambda label: _write(line, label.encode())
        self.end = lambda: _write(line, b"\r")

    def _be_stdin(self) -> None:
        reading, writing = os.pipe()
        self._stack.callback(os.close, writing)
        self.scanner = LineScanner(os.fdopen(reading, "rb"))
        self.begin = lambda label: _write(writing, label.encode())
        self.end = lambda: _write(writing, b"\n")


class _Stands(Devices):
    """Stand-ins in the place of the devices of the settings."""

    def __init__(self, settings: Settings, stands: dict[str, Stand]) -> None:
        super().__init__(settings)
        self._stands = stands

    def scanner(self, one: ScannerSettings) -> Scanner | None:
        stand = self._stands.get(one.lane)
        return super().scanner(one) if stand is None else stand.scanner


@contextmanager
def _desk(folder: Path, size: Size, stands: dict[str, Stand]) -> Iterator[tuple[Running, Heard]]:
    tables = "".join(
        f'[[scanner]]\nlane = "{lane}"\n{_TABLES[one.driver]}\n' for lane, one in stands.items()
    )
    settings = make_record(folder, size, scanners=tables)
    heard = Heard()
    clock = SimulatedClock(TURN_AT + timedelta(seconds=1))
    devices = _Stands(settings, stands)
    with desk_running(settings, clock, heard.audience, lambda: None, devices) as running:
        heard.wait_until_up(sum(one.scanner is not None for one in stands.values()))
        yield running, heard
    for stand in stands.values():
        stand.close()


def driver_figures(folder: Path, size: Size, scans: int) -> Iterator[Figure]:
    """Measure from the last byte of a label to the outcome told, for each driver."""
    for driver in _TABLES:
        stand = Stand(driver)
        with _desk(folder / driver, size, {_LANE: stand}) as (running, heard):
            if driver == "keyboard":
                stand.type_into(running)
            took = []
            for wanted in islice(visits(running.settings.database_path), scans):
                stand.begin(wanted.label)
                begun = time.perf_counter()
                stand.end()
                took.append((heard.answer(wanted) - begun) * 1000)
                time.sleep(_PAUSE_S)
        yield Figure(f"last byte to outcome, {driver}, p50", p50(took), "ms")
        yield Figure(f"last byte to outcome, {driver}, p99", p99(took), "ms", 20.0, True)


def attached_figures(folder: Path, size: Size, idle_s: float) -> Iterator[Figure]:
    """Measure the processor time of a desk that waits, its devices attached and missing."""
    three = {"left": Stand("hid"), "middle": Stand("serial"), "right": Stand("stdin")}
    with _desk(folder / "attached", size, three):
        yield _idle("idle processor time, three scanners attached", idle_s)
    tables = "".join(
        f'[[scanner]]\nlane = "{place}"\n{table}\n' for place, table in enumerate(_MISSING)
    )
    settings = make_record(folder / "missing", size, scanners=tables)
    clock = SimulatedClock(TURN_AT + timedelta(seconds=1))
    with desk_running(settings, clock, Heard().audience, on_end=lambda: None):
        yield _idle("idle processor time, all three missing", idle_s)


def _idle(name: str, idle_s: float) -> Figure:
    time.sleep(_SETTLE_S)
    before, begun = time.process_time(), time.perf_counter()
    time.sleep(idle_s)
    share = (time.process_time() - before) / (time.perf_counter() - begun)
    return Figure(name, share * 100, "%", 1.0)


def _write(descriptor: int, data: bytes) -> None:
    os.write(descriptor, data)


def _tap(character: str | None) -> bytes:
    """The events of one key as the kernel writes them; None is Enter."""
    plain = {given: code for code, given in US.plain.items()}
    shifted = {given: code for code, given in US.shifted.items()}
    code = ENTER if character is None else plain.get(character) or shifted[character]
    down, up = [(1, code, 1), (0, 0, 0)], [(1, code, 0), (0, 0, 0)]
    if character is not None and character not in plain:
        down, up = [(1, _SHIFT, 1), *down], [*up, (1, _SHIFT, 0), (0, 0, 0)]
    return b"".join(struct.pack("llHHi", 0, 0, *event) for event in [*down, *up])
