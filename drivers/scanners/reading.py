"""What every scanner promises, and the thread that reads one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from drivers.faults import DeviceFault, Trouble
from drivers.scanners.label import Arrival, Label

__all__ = ["DeviceFault", "Ended", "Reading", "Scanner", "ScannerThread"]

_DENIED_WAIT_S = 0.25
_DENIED_TRIES = 8
"""A device that was just plugged in is denied until udev has set its mode: 2 s are given."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One label, stamped (aware, UTC) by the thread that read it.

    `fault` is "dropped_events", "too_long" or "noise" when the label is known to be damaged;
    `text` then holds what there was of it, at most 200 characters. Two readings are equal however
    they came.
    """

    text: str
    at: datetime
    fault: str | None = None
    arrival: Arrival = field(default=Arrival(), compare=False)


class Ended(Exception):  # noqa: N818 - the end of input is no error
    """A scanner has no more to read; its thread stops for good."""


class Scanner(Protocol):
    """A device that labels come from. Its thread alone calls it."""

    @property
    def name(self) -> str:
        """What logs call it; after `open` it may say more exactly which device it is."""

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with a scanner that is read all the same."""

    def open(self) -> None:
        """Open or reopen the device.

        Raises: DeviceFault.
        """

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels that ended, in order, waiting at most `timeout_s` for the first.

        Raises: DeviceFault when the device is gone, Ended when there is no more.
        """

    def close(self) -> None:
        """Give the device back; harmless when it is not open."""

    def signal(self, *, good: bool) -> None:
        """Let the device say yes or no if it can; from any thread, never waiting."""


class ScannerThread:
    """Reads one scanner in a thread of its own and opens it again whenever it goes away.

    `on_reading`, `on_state(up, cause, detail)` and `on_end` are called in that thread. A state is
    told once per change: up with the device's name, or with the cause and sentence of its
    trouble; down with those of its fault. A device that is denied just after it came back is told
    only if it stays so.
    `waits` are the seconds between two tries to open; the last one repeats, so a device is found
    within 2 s. `wait` pauses and returns whether to stop. `poll_s` is how long one read may wait,
    and so how long stopping may take. `opened` is set once the first try to open has been made
    and told.
    """

    def __init__(
        self,
        scanner: Scanner,
        *,
        on_reading: Callable[[Reading], None],
        on_state: Callable[[bool, str | None, str | None], None],
        now: Callable[[], datetime],
        waits: Sequence[float] = (0.25, 0.5),
        on_end: Callable[[], None] | None = None,
        wait: Callable[[float], bool] | None = None,
        poll_s: float = 0.25,
    ) -> None:
        self.opened = threading.Event()
        self._scanner = scanner
        self._on_reading = on_reading
        self._on_state = on_state
        self._on_end = on_end
        self._now = now
        self._waits = waits
        self._poll_s = poll_s
        self._failures = 0
        self._denied = 0
        self._told: tuple[bool, str | None] | None = None
        self._stopping = threading.Event()
        self._wait = wait or self._stopping.wait
        self._thread = threading.Thread(
            target=self._run, name=f"scanner {scanner.name}", daemon=True
        )

    def start(self) -> None:
        """Begin to read; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to stop and wait for it, about a second at most."""
        self._stopping.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout=1.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._open_and_read()
            except Ended:
                self._scanner.close()
                if self._on_end is not None:
                    self._on_end()
                return
            except DeviceFault as fault:
                if not self._may_still_settle(fault):
                    self._tell(False, fault.cause, str(fault))
            except Exception as exc:  # noqa: BLE001 - the thread's root: a lane must not die
                self._tell(False, "error", f"{self._scanner.name}: {type(exc).__name__}: {exc}")
            self._scanner.close()
            self.opened.set()
            if self._stopping.is_set() or self._wait(self._next_wait()):
                return

    def _open_and_read(self) -> None:
        self._scanner.open()
        self._denied = 0
        self._tell(True, None, self._scanner.name)
        self.opened.set()
        while not self._stopping.is_set():
            labels = self._scanner.read(self._poll_s)
            at = self._now()
            self._failures = 0
            for one in labels:
                self._on_reading(Reading(one.text, at, one.fault, one.arrival))
            trouble = self._scanner.trouble
            if trouble is None:
                self._tell(True, None, self._scanner.name)
            else:
                self._tell(True, trouble.cause, trouble.text)

    def _may_still_settle(self, fault: DeviceFault) -> bool:
        """Tell whether to wait without a word: udev has not set the mode of what came back."""
        if fault.cause != "denied" or self._told is None:
            return False
        self._denied += 1
        return self._denied <= _DENIED_TRIES

    def _next_wait(self) -> float:
        if 0 < self._denied <= _DENIED_TRIES:
            return _DENIED_WAIT_S
        wait_s = self._waits[min(self._failures, len(self._waits) - 1)]
        self._failures += 1
        return wait_s

    def _tell(self, up: bool, cause: str | None, detail: str | None) -> None:
        # What went away is missing until it is back: that is one change, not two.
        if (up, cause) == (False, "missing") and self._told == (False, "gone"):
            return
        if self._told == (up, cause):
            return
        self._told = (up, cause)
        self._on_state(up, cause, detail)
