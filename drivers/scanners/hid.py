"""Scanners that act as USB keyboards, read through evdev and grabbed."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from drivers.faults import DeviceFault, Trouble, cause_of
from drivers.scanners.encoding import Encoding
from drivers.scanners.event_devices import (
    SYS_INPUT,
    InputDevice,
    InputEvent,
    find_event_devices,
    open_input_device,
)
from drivers.scanners.frames import Suffix
from drivers.scanners.keys import EventDecoder
from drivers.scanners.label import Label
from drivers.scanners.layouts import LayoutName

LED_CAPS_LOCK = 1
_STUCK_S = 2.0
_HINTS = {
    "busy": " Another program has grabbed it: is a second desk running?",
    "denied": " See the udev rule.",
}


class HidScanner:
    """A scanner at an event device: by path, by USB vendor and product, or by both.

    With all three the device at the path must be of that make. `phys` is the port of one of
    several equal scanners. Whatever has been read once is never exchanged for a device of another
    make, such as a keyboard that was plugged into the scanner's place. While `grab` is on nothing
    else sees its keys. `opener` opens the event device at a path; `now` counts seconds.
    """

    def __init__(
        self,
        path: str | None = None,
        vendor: int | None = None,
        product: int | None = None,
        *,
        phys: str | None = None,
        layout: LayoutName = "us",
        suffix: Suffix = "any",
        encoding: Encoding = "auto",
        grab: bool = True,
        opener: Callable[[str], InputDevice] = open_input_device,
        sys_input: Path = SYS_INPUT,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        if path is None and (vendor is None or product is None):
            raise ValueError("a hid scanner needs a path, or a vendor and a product")
        self._path = path
        self._usb = None if vendor is None or product is None else (vendor, product)
        self._phys = phys
        self._wants_grab = grab
        self._opener = opener
        self._sys_input = sys_input
        self._now = now
        self._layout: LayoutName = layout
        self._suffix: Suffix = suffix
        self._encoding: Encoding = encoding
        self._device: InputDevice | None = None
        self._decoder = EventDecoder()
        self._grab_waits_since: float | None = None
        self._last_at = 0.0
        self.name = f"hid {path or _written(self._usb)}"
        self.trouble: Trouble | None = None

    def open(self) -> None:
        """Open the device, and grab it as soon as no key is held.

        Raises: DeviceFault.
        """
        path = self._path or self._find()
        try:
            device = self._opener(path)
        except OSError as exc:
            raise self._fault("open", exc) from exc
        self._device = device
        try:
            self._check_make(device, path)
            self._decoder = self._decoder_of(device)
        except OSError as exc:
            raise self._fault("open", exc) from exc
        self._last_at = self._now()
        self._grab_waits_since = self._last_at if self._wants_grab else None
        self._grab_once_released()

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels that ended within `timeout_s`.

        Raises: DeviceFault when the device is gone.
        """
        deadline = self._now() + timeout_s
        while True:
            self._grab_once_released()
            quiet_at = self._last_at + self._decoder.patience_s
            events = self._events(max(0.0, min(deadline, quiet_at) - self._now()))
            labels: list[Label] = []
            if events:
                labels = self._labels_of(events)
                self._last_at = self._now()
            elif self._now() >= quiet_at:
                labels = self._decoder.after_quiet()
            if labels or self._now() >= deadline:
                return labels

    def close(self) -> None:
        """Give the device back, and with it the grab."""
        device, self._device = self._device, None
        self.trouble = None
        if device is not None:
            with suppress(OSError):
                device.close()

    def signal(self, *, good: bool) -> None:
        """Do nothing: it has no way to be told."""

    def _events(self, timeout_s: float) -> list[InputEvent]:
        device = self._device
        if device is None:
            raise DeviceFault("gone", f"Cannot read {self.name}: it is not open.")
        try:
            if not select.select([device.fileno()], [], [], timeout_s)[0]:
                return []
            events = list(device.read())
        except BlockingIOError:
            return []
        except (OSError, ValueError) as exc:
            raise self._fault("read", exc) from exc
        if not events:
            # Ready, and nothing there: to ask again would be to ask for ever.
            raise DeviceFault("gone", f"Cannot read {self.name}: it went away.")
        return events

    def _labels_of(self, events: Iterable[InputEvent]) -> list[Label]:
        labels: list[Label] = []
        try:
            for event in events:
                at = event.timestamp()
                labels += self._decoder.feed(event.type, event.code, event.value, at)
        except OSError as exc:
            raise self._fault("read", exc) from exc
        return labels

    def _grab_once_released(self) -> None:
        """Grab when no key is down: one that is down then stays down for everyone else."""
        device, since = self._device, self._grab_waits_since
        if device is None or since is None:
            return
        try:
            held = device.active_keys()
            if not held:
                device.grab()
                self._grab_waits_since = self.trouble = None
        except OSError as exc:
            raise self._fault("grab", exc) from exc
        if held and self._now() - since >= _STUCK_S:
            self.trouble = Trouble(
                "stuck_key",
                f"{self.name} is read but not grabbed: its key {held[0]} has been down since it "
                "was opened.",
            )

    def _decoder_of(self, device: InputDevice) -> EventDecoder:
        return EventDecoder(
            lambda: LED_CAPS_LOCK in device.leds(),
            device.active_keys,
            layout=self._layout,
            suffix=self._suffix,
            encoding=self._encoding,
        )

    def _check_make(self, device: InputDevice, path: str) -> None:
        make = (device.info.vendor, device.info.product)
        if self._usb is None:
            self._usb = make
        if make == self._usb:
            self.name = self._named(path)
            return
        raise DeviceFault(
            "missing",
            f"Not touched: at {path} is {_written(make)} ({device.name}), not the scanner "
            f"{_written(self._usb)}.",
        )

    def _named(self, path: str) -> str:
        """Name the device, and warn of equal ones."""
        assert self._usb is not None
        alike = len(find_event_devices(*self._usb, sys_input=self._sys_input))
        if self._path is None:
            name = f"hid {_written(self._usb)} at {path}"
            if alike > 1 and self._phys is None:
                name += f" (the first of {alike} alike; give each its path)"
            return name
        if alike > 1 and "/by-id/" in self._path:
            return f"hid {path} (one of {alike} alike; take its link in by-path)"
        return f"hid {path}"

    def _find(self) -> str:
        assert self._usb is not None
        nodes = find_event_devices(*self._usb, self._phys, sys_input=self._sys_input)
        if not nodes:
            where = f" at {self._phys}" if self._phys else ""
            raise DeviceFault(
                "missing",
                f"No keyboard-like device {_written(self._usb)} is plugged in{where}.",
            )
        return nodes[0]

    def _fault(self, verb: str, exc: OSError | ValueError) -> DeviceFault:
        cause = cause_of(exc) if isinstance(exc, OSError) else "gone"
        return DeviceFault(cause, f"Cannot {verb} {self.name}: {exc}.{_HINTS.get(cause, '')}")


def _written(usb: tuple[int, int] | None) -> str:
    return "{:04x}:{:04x}".format(*usb) if usb else "?"
