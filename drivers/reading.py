"""What every scanner promises, and the thread that reads one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from drivers.faults import DeviceFault
from drivers.frames import Label

__all__ = ["DeviceFault", "Ended", "Reading", "Scanner", "ScannerThread"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One label, stamped (aware, UTC) by the thread that read it.

    `fault` is "dropped_events", "too_long" or "noise" when the label is known to be damaged;
    `text` then holds what there was of it, at most 200 characters.
    """

    text: str
    at: datetime
    fault: str | None = None


class Ended(Exception):  # noqa: N818 - the end of input is no error
    """A scanner has no more to read; its thread stops for good."""


class Scanner(Protocol):
    """A device that labels come from. Its thread alone calls it."""

    @property
    def name(self) -> str:
        """What logs call it; after `open` it may say more exactly which device it is."""

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


class ScannerThread:
    """Reads one scanner in a thread of its own and opens it again whenever it goes away.

    `on_reading`, `on_state(up, cause, detail)` and `on_end` are called in that thread. A state is
    told once per change: up with the device's name as detail, down with the cause and a sentence.
    `waits` are the seconds between two tries to open; the last one repeats. `wait` pauses and
    returns whether to stop. `poll_s` is how long one read may wait, and so how long stopping may
    take. `opened` is set once the first try to open has been made and told.
    """

    def __init__(
        self,
        scanner: Scanner,
        *,
        on_reading: Callable[[Reading], None],
        on_state: Callable[[bool, str | None, str | None], None],
        now: Callable[[], datetime],
        waits: Sequence[float] = (0.5, 1, 2, 5),
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
                self._tell(False, fault.cause, str(fault))
            except Exception as exc:  # noqa: BLE001 - the thread's root: a lane must not die
                self._tell(False, "error", f"{self._scanner.name}: {type(exc).__name__}: {exc}")
            self._scanner.close()
            self.opened.set()
            if self._stopping.is_set() or self._wait(self._next_wait()):
                return

    def _open_and_read(self) -> None:
        self._scanner.open()
        self._tell(True, None, self._scanner.name)
        self.opened.set()
        while not self._stopping.is_set():
            labels = self._scanner.read(self._poll_s)
            at = self._now()
            self._failures = 0
            for text, fault in labels:
                self._on_reading(Reading(text, at, fault))

    def _next_wait(self) -> float:
        wait_s = self._waits[min(self._failures, len(self._waits) - 1)]
        self._failures += 1
        return wait_s

    def _tell(self, up: bool, cause: str | None, detail: str | None) -> None:
        if self._told == (up, cause):
            return
        self._told = (up, cause)
        self._on_state(up, cause, detail)
