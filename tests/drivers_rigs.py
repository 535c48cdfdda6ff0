"""Scanners of every driver on stand-ins for their hardware, all driven the same way."""

from __future__ import annotations

import os
import queue
import socket
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from evdev import InputEvent
from evdev.eventio import EventIO

from drivers.faults import DeviceFault, Trouble
from drivers.scanners.hid import HidScanner
from drivers.scanners.keymap import ENTER, US, Keymap
from drivers.scanners.label import Label
from drivers.scanners.reading import Reading, Scanner, ScannerThread
from drivers.scanners.serial_port import SerialScanner
from drivers.scanners.stdin import LineScanner
from drivers.simulated import SimulatedScanner

NOON = datetime(2026, 9, 8, 4, 0, tzinfo=UTC)
PATIENCE_S = 5.0
SHIFT = 42


class Watched:
    """A scanner thread whose readings and states land in queues."""

    def __init__(self, scanner: Scanner, *, poll_s: float = 0.02) -> None:
        self.readings: queue.Queue[Reading] = queue.Queue()
        self.states: queue.Queue[tuple[bool, str | None, str | None]] = queue.Queue()
        self.ended: queue.Queue[bool] = queue.Queue()
        self.thread = ScannerThread(
            scanner,
            on_reading=self.readings.put,
            on_state=lambda up, cause, detail: self.states.put((up, cause, detail)),
            now=lambda: NOON,
            waits=(0.01,),
            on_end=lambda: self.ended.put(True),
            poll_s=poll_s,
        )

    def start_and_wait_until_up(self) -> None:
        self.thread.start()
        assert self.next_state() == (True, None)

    def next_reading(self) -> Reading:
        return self.readings.get(timeout=PATIENCE_S)

    def next_state(self) -> tuple[bool, str | None]:
        up, cause, _ = self.states.get(timeout=PATIENCE_S)
        return up, cause

    def is_quiet(self, for_s: float = 0.15) -> bool:
        try:
            self.readings.get(timeout=for_s)
        except queue.Empty:
            return True
        return False


class TwinRig:
    """The simulated scanner."""

    def __init__(self, _tmp_path: Path) -> None:
        self.scanner = SimulatedScanner()
        self.unplug = self.scanner.unplug
        self.plug = self.scanner.plug

    def send(self, text: str) -> None:
        self.scanner.receive(text.encode())

    def close(self) -> None:
        pass


class PtyRig:
    """The serial driver on a pseudo-terminal behind a stable link, as udev makes one."""

    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "scanner"
        self.scanner = SerialScanner(str(self.path))
        self.plug()

    def plug(self) -> None:
        self.line, self._port = os.openpty()
        self.path.symlink_to(os.ttyname(self._port))

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self.line)
        os.close(self._port)

    def send(self, text: str) -> None:
        os.write(self.line, text.encode())

    def close(self) -> None:
        if self.path.is_symlink():
            self.unplug()


class SocketRig:
    """The serial driver over socket://."""

    def __init__(self, _tmp_path: Path) -> None:
        self._port = 0
        self._connection: socket.socket | None = None
        self.plug()
        self.scanner = SerialScanner(f"socket://127.0.0.1:{self._port}")

    def plug(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._listener.settimeout(PATIENCE_S)
        self._port = self._listener.getsockname()[1]

    def unplug(self) -> None:
        self._connected().close()
        self.close()

    def send(self, text: str) -> None:
        self._connected().sendall(text.encode())

    def close(self) -> None:
        self._listener.close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> socket.socket:
        if self._connection is None:
            self._connection = self._listener.accept()[0]
        return self._connection


class PipeRig:
    """The line reader on a pipe."""

    def __init__(self, _tmp_path: Path) -> None:
        reading_end, self._writing_end = os.pipe()
        self._stream = os.fdopen(reading_end, "rb")
        self.scanner = LineScanner(self._stream)

    def send(self, text: str) -> None:
        os.write(self._writing_end, text.replace("\r", "\n").encode())

    def close_writing_end(self) -> None:
        if self._writing_end >= 0:
            os.close(self._writing_end)
            self._writing_end = -1

    def close(self) -> None:
        self.close_writing_end()
        self._stream.close()


class Make(NamedTuple):
    vendor: int
    product: int


class FakeInputDevice(EventIO):
    """evdev's own reader of event bytes, over one end of a socket pair."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self.fd = sock.fileno()
        self.grabs = 0
        self.grab_error: OSError | None = None
        self.held_keys: list[int] = []
        self.lit: list[int] = []
        self.read_error: OSError | None = None
        self.info = Make(0x1A86, 0xE026)
        self.name = "Scanner"

    def read(self) -> Iterator[InputEvent]:
        if self.read_error is not None:
            raise self.read_error
        return super().read()

    def make_readable(self) -> None:
        """Let the next wait for events end at once, as the kernel does when a device goes."""
        self._sock.shutdown(socket.SHUT_RD)

    def grab(self) -> None:
        if self.grab_error is not None:
            raise self.grab_error
        self.grabs += 1

    def active_keys(self) -> list[int]:
        return self.held_keys

    def leds(self) -> list[int]:
        return self.lit

    def close(self) -> None:
        self._sock.close()


class HidRig:
    """The hid driver on real `struct input_event` bytes."""

    def __init__(self, _tmp_path: Path) -> None:
        self._plugged = True
        self._far_end: socket.socket | None = None
        self.device: FakeInputDevice | None = None
        self.make = Make(0x1A86, 0xE026)
        self.opened: list[str] = []
        self.scanner = HidScanner("/dev/input/by-id/scanner", opener=self.open_device)

    def plug(self) -> None:
        self._plugged = True

    def unplug(self) -> None:
        self._plugged = False
        self.close()

    def send(self, text: str) -> None:
        self.send_events(events_of(text))

    def send_events(self, events: list[tuple[int, int, int]]) -> None:
        assert self._far_end is not None
        # As the kernel does: whole events, at most 64 in one read.
        for first in range(0, len(events), 64):
            self._far_end.sendall(
                b"".join(struct.pack("llHHi", 0, 0, *e) for e in events[first : first + 64])
            )

    def close(self) -> None:
        if self._far_end is not None:
            self._far_end.close()

    def open_device(self, path: str) -> FakeInputDevice:
        if not self._plugged:
            raise FileNotFoundError(2, "No such file or directory", path)
        self._far_end, near_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.device = FakeInputDevice(near_end)
        self.device.info = self.make
        self.opened.append(path)
        return self.device


Events = list[tuple[int, int, int]]
ALTGR = 100
ALL_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


def add_node(
    root: Path, node: str, *, usb: tuple[str, str], phys: str, keys: str, name: str = ""
) -> None:
    """Add an event device to a folder that stands in for /sys/class/input."""
    device = root / node / "device"
    (device / "id").mkdir(parents=True)
    (device / "capabilities").mkdir()
    (device / "id" / "vendor").write_text(usb[0] + "\n")
    (device / "id" / "product").write_text(usb[1] + "\n")
    (device / "phys").write_text(phys + "\n")
    (device / "capabilities" / "key").write_text(keys + "\n")
    (device / "name").write_text(name + "\n")


def typed_on(keys: Keymap, char: str) -> Events:
    """The events by which a keyboard of a country types a character."""
    for held, row in ((None, keys.plain), (SHIFT, keys.shifted), (ALTGR, keys.altgr)):
        for code, given in row.items():
            if given == char and not keys.is_dead(char, altgr=held == ALTGR):
                return tap(code) if held is None else down(held) + tap(code) + up(held)
    raise LookupError(char)


def down(code: int) -> list[tuple[int, int, int]]:
    return [(4, 4, 0x70000 + code), (1, code, 1), (0, 0, 0)]


def up(code: int) -> list[tuple[int, int, int]]:
    return [(1, code, 0), (0, 0, 0)]


def tap(code: int) -> list[tuple[int, int, int]]:
    return down(code) + up(code)


def events_of(text: str) -> list[tuple[int, int, int]]:
    """The events of a US keyboard on which `text` is typed; CR is Enter."""
    events: list[tuple[int, int, int]] = []
    plain = {char: code for code, char in US.plain.items()}
    shifted = {char: code for code, char in US.shifted.items()}
    for char in text:
        if char == "\r":
            events += tap(ENTER)
        elif char in plain:
            events += tap(plain[char])
        else:
            events += down(SHIFT) + tap(shifted[char]) + up(SHIFT)
    return events


def raising(error: OSError) -> Callable[[str], FakeInputDevice]:
    def opener(_path: str) -> FakeInputDevice:
        raise error

    return opener


class ScriptedScanner:
    """A scanner that does what it is told, step by step: labels or an exception per call."""

    name = "scripted"
    trouble: Trouble | None = None

    def __init__(self, opens: list[Exception | None], reads: list[object]) -> None:
        self.opens = opens
        self.reads = reads
        self.closed = 0
        self.on_read: Callable[[], object] = lambda: None

    def open(self) -> None:
        step = self.opens.pop(0) if self.opens else DeviceFault("missing", "it is not there")
        if step is not None:
            raise step

    def read(self, _timeout_s: float) -> list[Label]:
        step = self.reads.pop(0)
        self.on_read()
        if isinstance(step, Exception):
            raise step
        return step  # type: ignore[return-value]

    def close(self) -> None:
        self.closed += 1

    def signal(self, *, good: bool) -> None:
        pass
