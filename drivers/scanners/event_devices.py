"""Event devices of the kernel: found by what they are, told apart by the port they are in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from drivers.scanners import keymap

SYS_INPUT = Path("/sys/class/input")
_ONE = 2
_LETTERS = (16, 30, 44)


class InputEvent(Protocol):
    """One `struct input_event`."""

    @property
    def type(self) -> int: ...
    @property
    def code(self) -> int: ...
    @property
    def value(self) -> int: ...
    def timestamp(self) -> float: ...


class Identity(Protocol):
    """The USB numbers of a device."""

    @property
    def vendor(self) -> int: ...
    @property
    def product(self) -> int: ...


class InputDevice(Protocol):
    """What is used of an open event device; `evdev.InputDevice` is one."""

    @property
    def info(self) -> Identity: ...
    @property
    def name(self) -> str: ...
    def fileno(self) -> int: ...
    def read(self) -> Iterable[InputEvent]: ...
    def grab(self) -> None: ...
    def active_keys(self) -> list[int]: ...
    def leds(self) -> list[int]: ...
    def close(self) -> None: ...


def open_input_device(path: str) -> InputDevice:
    """Open an event device for reading only: writing would let it blink its lights."""
    import evdev

    device: InputDevice = evdev.InputDevice(path, readonly=True)
    return device


@dataclass(frozen=True, slots=True)
class EventDevice:
    """A device that types: a scanner or a keyboard, which look alike.

    `phys` is the kernel's name of the port it is plugged into, and tells equal devices apart.
    """

    path: str
    name: str
    vendor: int
    product: int
    phys: str
    has_letters: bool


def typing_devices(sys_input: Path = SYS_INPUT) -> list[EventDevice]:
    """List the event devices that have digit keys and Enter, in the order of their ports."""
    return sorted(_typing(sys_input), key=lambda one: (one.phys, one.path))


def find_event_devices(
    vendor: int, product: int, phys: str | None = None, *, sys_input: Path = SYS_INPUT
) -> list[str]:
    """List the event devices of a USB vendor and product that type.

    In the order of the ports they are plugged into, so equal scanners keep their order; with
    `phys` only the one at that port.
    """
    return [
        one.path
        for one in typing_devices(sys_input)
        if (one.vendor, one.product) == (vendor, product) and phys in (None, one.phys)
    ]


def _typing(sys_input: Path) -> Iterator[EventDevice]:
    for node in sys_input.glob("event*"):
        device = node / "device"
        try:
            vendor, product = (int(_text(device / "id" / key), 16) for key in ("vendor", "product"))
            keys = int(_text(device / "capabilities" / "key").split()[-1], 16)
            phys = _text(device / "phys")
        except (OSError, ValueError, IndexError):
            continue
        # A scanner also shows a device for its volume or power keys; that one never types.
        if keys >> _ONE & 1 and keys >> keymap.ENTER & 1:
            letters = all(keys >> code & 1 for code in _LETTERS)
            path = f"/dev/input/{node.name}"
            yield EventDevice(path, _name(device), vendor, product, phys, letters)


def _name(device: Path) -> str:
    try:
        return _text(device / "name")
    except (OSError, ValueError):
        return ""


def _text(path: Path) -> str:
    return path.read_text().strip()
