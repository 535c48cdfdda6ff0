"""Listens to devices that may be scanners, without taking them away from anyone."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from drivers.faults import DeviceFault, cause_of
from drivers.pairing.candidates import Candidate
from drivers.pairing.diagnosis import Diagnosis, Event, of_bytes, of_keys
from drivers.scanners.event_devices import InputDevice, open_input_device
from drivers.scanners.hid import LED_CAPS_LOCK
from drivers.scanners.serial_port import Port, open_port

QUIET_S = 0.3
BAUDS = (9600, 115200, 19200, 38400, 57600, 4800, 2400)
_LONGEST = 4096
_FEWEST_BYTES = 4


@dataclass(frozen=True, slots=True)
class Heard:
    """A device has sent something, at the `baud` of a serial line.

    `diagnosis` is None for what is no label that is known.
    """

    candidate: Candidate
    diagnosis: Diagnosis | None
    baud: int


class Line(Protocol):
    """A device that is listened to."""

    candidate: Candidate

    def fileno(self) -> int: ...
    def take(self) -> bool:
        """Take what has come; True while more may follow.

        Raises: OSError when the device is gone.
        """

    def judge(self, known: Sequence[str]) -> Heard | None:
        """Judge what came before the line went quiet, and forget it."""

    def close(self) -> None: ...


class KeyLine:
    """An event device. It is never grabbed: a keyboard goes on to type."""

    def __init__(self, candidate: Candidate, device: InputDevice) -> None:
        self.candidate = candidate
        self._device = device
        self._events: list[Event] = []
        self._caps = False

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._device.fileno()

    def take(self) -> bool:
        """Take the events that have come.

        Raises: OSError when the device is gone.
        """
        if not self._events:
            self._caps = LED_CAPS_LOCK in self._device.leds()
        try:
            events = list(self._device.read())
        except BlockingIOError:
            return True
        if not events:
            return False
        room = _LONGEST - len(self._events)
        self._events += [(one.type, one.code, one.value, one.timestamp()) for one in events[:room]]
        return True

    def judge(self, known: Sequence[str]) -> Heard | None:
        """Say which label it was; what a person types is nobody's business and is forgotten."""
        events, self._events = self._events, []
        diagnosis = of_keys(events, known, caps_is_on=self._caps)
        return None if diagnosis is None else Heard(self.candidate, diagnosis, 0)

    def close(self) -> None:
        """Give the device back."""
        with suppress(OSError):
            self._device.close()


class PortLine:
    """A serial port. When what comes is no label, the next speed is tried."""

    def __init__(
        self, candidate: Candidate, opener: Callable[[int], Port], bauds: Sequence[int] = BAUDS
    ) -> None:
        self.candidate = candidate
        self._opener = opener
        self._bauds = bauds
        self._place = 0
        self._port = opener(bauds[0])
        self._data = bytearray()

    def fileno(self) -> int:
        """The descriptor to wait for."""
        return self._port.fileno()

    def take(self) -> bool:
        """Take the bytes that have come.

        Raises: OSError when the device is gone.
        """
        data = self._port.read(_LONGEST)
        self._data += data[: _LONGEST - len(self._data)]
        return bool(data)

    def judge(self, known: Sequence[str]) -> Heard | None:
        """Say which label it was, or that none was understood at this speed."""
        data, baud = bytes(self._data), self._bauds[self._place]
        self._data.clear()
        diagnosis = of_bytes(data, known)
        if diagnosis is None and len(data) < _FEWEST_BYTES:
            return None
        if diagnosis is None:
            self._try_next_speed()
        return Heard(self.candidate, diagnosis, baud)

    def close(self) -> None:
        """Give the port back."""
        with suppress(OSError):
            self._port.close()

    def _try_next_speed(self) -> None:
        self.close()
        self._place = (self._place + 1) % len(self._bauds)
        self._port = self._opener(self._bauds[self._place])


def open_line(
    candidate: Candidate,
    *,
    opener: Callable[[str], InputDevice] = open_input_device,
    bauds: Sequence[int] = BAUDS,
) -> Line:
    """Open a device to listen to it.

    Raises: DeviceFault.
    """
    if candidate.driver == "serial":
        name = f"serial {candidate.node}"
        return PortLine(candidate, lambda baud: open_port(name, candidate.node, baud), bauds)
    try:
        return KeyLine(candidate, opener(candidate.node))
    except OSError as exc:
        raise DeviceFault(cause_of(exc), f"Cannot open {candidate.node}: {exc}.") from exc


class Listener:
    """Waits for labels on many lines at once. Lines may be added to `lines` between two waits.

    `known` are the texts of the labels that tell; `now` counts seconds.
    """

    def __init__(
        self,
        lines: list[Line],
        known: Sequence[str],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lines = lines
        self.now = now
        self._known = known
        self._speaking: dict[int, float] = {}

    def heard(self, wait_s: float, also: int | None = None) -> Iterator[Heard]:
        """Yield what is heard within `wait_s`, or until there is something to read at `also`.

        `also` is a descriptor. A device that goes away meanwhile is listened to no more.
        """
        until = self.now() + wait_s
        while self.now() < until:
            ready = self._wait(until, also)
            if also is not None and also in ready:
                return
            for line in [one for one in self.lines if one.fileno() in ready]:
                self._take(line)
            yield from self._finished()

    def close(self) -> None:
        """Give all devices back."""
        for line in self.lines:
            line.close()

    def _wait(self, until: float, also: int | None) -> set[int]:
        quiet_at = min(self._speaking.values(), default=until - QUIET_S) + QUIET_S
        descriptors = [line.fileno() for line in self.lines] + ([] if also is None else [also])
        wait_s = max(0.0, min(until, quiet_at) - self.now())
        return set(select.select(descriptors, [], [], wait_s)[0])

    def _take(self, line: Line) -> None:
        try:
            is_there = line.take()
        except OSError:
            is_there = False
        if is_there:
            self._speaking[id(line)] = self.now()
        else:
            self._drop(line)

    def _finished(self) -> Iterable[Heard]:
        now = self.now()
        for line in list(self.lines):
            if now - self._speaking.get(id(line), now) >= QUIET_S:
                del self._speaking[id(line)]
                try:
                    heard = line.judge(self._known)
                except DeviceFault:
                    self._drop(line)
                    continue
                if heard is not None:
                    yield heard

    def _drop(self, line: Line) -> None:
        line.close()
        self.lines.remove(line)
        self._speaking.pop(id(line), None)
