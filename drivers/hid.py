"""Scanners that act as USB keyboards, read through evdev and grabbed."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from drivers import keymap
from drivers.faults import DeviceFault, cause_of
from drivers.frames import FrameDecoder, Label

EV_SYN, EV_KEY, LED_CAPS_LOCK = 0, 1, 1
SYN_REPORT, SYN_DROPPED = 0, 3
_UP, _DOWN = 0, 1
# Stands for a key that was pressed and not understood, so that a label with it is never whole.
_UNKNOWN_KEY = b"\x1a"
_SYS_INPUT = Path("/sys/class/input")
_READS_BEFORE_GRAB = 10


class InputEvent(Protocol):
    """One `struct input_event`."""

    @property
    def type(self) -> int: ...
    @property
    def code(self) -> int: ...
    @property
    def value(self) -> int: ...


class InputDevice(Protocol):
    """What is used of an open event device; `evdev.InputDevice` is one."""

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


class EventDecoder:
    """Turns key events into labels.

    `caps_is_on` tells the state of Caps Lock when the decoder starts and after events were lost.
    """

    def __init__(self, caps_is_on: Callable[[], bool] = lambda: False) -> None:
        self._frames = FrameDecoder(ends=b"\r\n\t")
        self._caps_is_on = caps_is_on
        self._caps = caps_is_on()
        self._held: set[int] = set()
        self._alt_digits = ""
        self._lost_events = False
        self._resyncing = False

    def feed(self, kind: int, code: int, value: int) -> list[Label]:
        """Take one event; return the labels that have ended."""
        if kind == EV_SYN:
            self._synchronise(code)
        elif kind == EV_KEY and not self._resyncing:
            # A down for a key that is down counts: it was the up that got lost.
            if value == _DOWN:
                return self._press(code)
            if value == _UP:
                return self._release(code)
        return []

    def _synchronise(self, code: int) -> None:
        if code == SYN_DROPPED:
            self._resyncing = True
            self._lost_events = True
        elif code == SYN_REPORT and self._resyncing:
            self._resyncing = False
            self._held.clear()
            self._alt_digits = ""
            self._caps = self._caps_is_on()

    def _press(self, code: int) -> list[Label]:
        if code in keymap.ENDS:
            return self._end()
        if code in keymap.MODIFIERS:
            self._held.add(code)
        elif code == keymap.CAPS_LOCK:
            self._caps = not self._caps
        elif keymap.LEFT_ALT in self._held and keymap.KEYPAD.get(code, "").isdigit():
            self._alt_digits += keymap.KEYPAD[code]
        else:
            return self._type(self._byte_of(code))
        return []

    def _release(self, code: int) -> list[Label]:
        self._held.discard(code)
        if code != keymap.LEFT_ALT or not self._alt_digits:
            return []
        # Alt with keypad digits is how scanners send what the layout has no key for: one byte of
        # the label's encoding each. Larger numbers mean different things on different models.
        number = int(self._alt_digits[-6:])
        self._alt_digits = ""
        return self._type(bytes([number]) if number < 256 else _UNKNOWN_KEY)

    def _byte_of(self, code: int) -> bytes:
        shift = not keymap.SHIFTS.isdisjoint(self._held)
        character = keymap.character_of(code, shift=shift, caps=self._caps)
        if character is None:
            return b""
        if not self._held.isdisjoint(keymap.METAS | {keymap.LEFT_ALT, keymap.RIGHT_ALT}):
            return _UNKNOWN_KEY
        if not self._held.isdisjoint(keymap.CONTROLS):
            # Ctrl and ] is the GS inside GS1 labels, Ctrl and M a carriage return.
            return bytes([ord(character) & 0x1F])
        return character.encode("ascii")

    def _type(self, data: bytes) -> list[Label]:
        return self._end() if data in (b"\r", b"\n", b"\t") else self._frames.feed(data)

    def _end(self) -> list[Label]:
        # No scanner holds a modifier beyond the end of a label; if one seems held, its release
        # was lost.
        self._held.clear()
        self._alt_digits = ""
        labels = self._frames.end()
        if not self._lost_events:
            return labels
        self._lost_events = False
        return [(labels[0][0][:200] if labels else "", "dropped_events")]


class HidScanner:
    """A scanner at an event device, by stable path or by USB vendor and product.

    While `grab` is on nothing else sees its keys. `opener` opens the event device at a path.
    """

    def __init__(
        self,
        path: str | None = None,
        vendor: int | None = None,
        product: int | None = None,
        *,
        grab: bool = True,
        opener: Callable[[str], InputDevice] = open_input_device,
        sys_input: Path = _SYS_INPUT,
    ) -> None:
        if path is None and (vendor is None or product is None):
            raise ValueError("a hid scanner needs a path, or a vendor and a product")
        self._path = path
        self._usb = (vendor or 0, product or 0)
        self._grab = grab
        self._opener = opener
        self._sys_input = sys_input
        self._device: InputDevice | None = None
        self._decoder = EventDecoder()
        self._reads_before_grab = 0
        self.name = f"hid {path or '{:04x}:{:04x}'.format(*self._usb)}"

    def open(self) -> None:
        """Open and grab the device.

        Raises: DeviceFault.
        """
        path = self._path or self._find()
        try:
            device = self._opener(path)
        except OSError as exc:
            raise self._fault("open", exc) from exc
        self._device = device
        self._decoder = EventDecoder(lambda: LED_CAPS_LOCK in device.leds())
        self._reads_before_grab = _READS_BEFORE_GRAB if self._grab else 0
        self._grab_once_released()

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels that ended within `timeout_s`.

        Raises: DeviceFault when the device is gone.
        """
        device = self._device
        if device is None:
            raise DeviceFault("gone", f"Cannot read {self.name}: it is not open.")
        self._grab_once_released()
        try:
            if not select.select([device.fileno()], [], [], timeout_s)[0]:
                return []
            events = list(device.read())
        except BlockingIOError:
            return []
        except (OSError, ValueError) as exc:
            raise self._fault("read", exc) from exc
        if not events:
            raise DeviceFault("gone", f"Cannot read {self.name}: it went away.")
        return self._labels_of(events)

    def close(self) -> None:
        """Give the device back, and with it the grab."""
        device, self._device = self._device, None
        if device is not None:
            with suppress(OSError):
                device.close()

    def _labels_of(self, events: Iterable[InputEvent]) -> list[Label]:
        labels: list[Label] = []
        try:
            for event in events:
                labels += self._decoder.feed(event.type, event.code, event.value)
        except OSError as exc:
            raise self._fault("read", exc) from exc
        return labels

    def _grab_once_released(self) -> None:
        # A key that is down when the grab begins stays down for everyone else: wait for it, but
        # not for ever, as a stuck key would leave the labels to whoever listens.
        device = self._device
        if device is None or self._reads_before_grab == 0:
            return
        self._reads_before_grab -= 1
        try:
            if self._reads_before_grab and device.active_keys():
                return
            device.grab()
        except OSError as exc:
            raise self._fault("grab", exc) from exc
        self._reads_before_grab = 0

    def _find(self) -> str:
        nodes = find_event_devices(*self._usb, sys_input=self._sys_input)
        wanted = "{:04x}:{:04x}".format(*self._usb)
        if not nodes:
            raise DeviceFault("missing", f"No keyboard-like device {wanted} is plugged in.")
        self.name = f"hid {wanted} at {nodes[0]}"
        if len(nodes) > 1:
            self.name += f" (the first of {len(nodes)} alike; give each its path)"
        return nodes[0]

    def _fault(self, verb: str, exc: OSError | ValueError) -> DeviceFault:
        cause = cause_of(exc) if isinstance(exc, OSError) else "gone"
        hints = {"busy": " Another program owns the scanner.", "denied": " See the udev rule."}
        return DeviceFault(cause, f"Cannot {verb} {self.name}: {exc}.{hints.get(cause, '')}")


def find_event_devices(vendor: int, product: int, *, sys_input: Path = _SYS_INPUT) -> list[str]:
    """List the event devices of a USB vendor and product that have digit keys and Enter.

    In the order of the ports they are plugged into, so equal scanners keep their order.
    """
    found = []
    for node in sys_input.glob("event*"):
        device = node / "device"
        try:
            usb = tuple(int((device / "id" / key).read_text(), 16) for key in ("vendor", "product"))
            keys = int((device / "capabilities" / "key").read_text().split()[-1], 16)
            phys = (device / "phys").read_text().strip()
        except (OSError, ValueError, IndexError):
            continue
        # A scanner also shows a device for its volume or power keys; that one never types.
        if usb == (vendor, product) and keys >> 2 & 1 and keys >> keymap.ENTER & 1:
            found.append((phys, f"/dev/input/{node.name}"))
    return [path for _, path in sorted(found)]
