"""Bytes to and from a printer through a descriptor, never waiting longer than it is told."""

from __future__ import annotations

import errno
import os
import select
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from fcntl import ioctl

from drivers.faults import Cause, DeviceFault, cause_of

# Printers at a serial line may have no more room than this when they say stop.
_CHUNK = 256
_PAUSE_S = 0.02
_ASK_S = 0.5


class Channel:
    """A non-blocking descriptor of a printer, which its owner closes.

    `hindrance` asks the device itself what holds it up while it takes nothing, where it can tell.
    `bytes_per_s` is the speed of a serial line, 0 where it does not count.
    """

    def __init__(
        self,
        fd: int,
        name: str,
        *,
        hindrance: Callable[[], Cause | None] = lambda: None,
        bytes_per_s: float = 0,
    ) -> None:
        self._fd = fd
        self._name = name
        self._hindrance = hindrance
        self._bytes_per_s = bytes_per_s
        self.taken = 0
        self.dropped = 0

    def line_s(self, size: int) -> float:
        """Tell how long the line needs for that many bytes."""
        return size / self._bytes_per_s if self._bytes_per_s else 0.0

    def write(self, data: bytes, stall_s: float, go_on: Callable[[Cause], bool]) -> None:
        """Write all; `taken` counts what was taken, `dropped` what of it was taken back again.

        While the device says what is missing it is waited for as long as `go_on` says.

        Raises: DeviceFault, `started` when a byte was taken.
        """
        self.taken = self.dropped = 0
        try:
            while self.taken < len(data):
                self.taken += self._some(data[self.taken : self.taken + _CHUNK], stall_s, go_on)
            # Closing a USB printer whose last write is still on its way would take it back.
            self._await_room(stall_s, go_on)
        except OSError as exc:
            self._drop()
            # The kernel's printer driver says so when it is told to give up without paper.
            cause = "paper_out" if exc.errno == errno.ENOSPC else cause_of(exc)
            text = f"{self._name} failed after {self.taken} of {len(data)} bytes: {exc}."
            raise DeviceFault(cause, text, started=self.taken > 0) from exc
        except DeviceFault:
            self._drop()
            raise

    def read(self, timeout_s: float) -> bytes:
        """Return what comes within the time, b"" for nothing.

        Raises: DeviceFault when the device is gone.
        """
        poller = select.poll()
        poller.register(self._fd, select.POLLIN)
        if not poller.poll(max(timeout_s, 0) * 1000):
            return b""
        try:
            data = os.read(self._fd, 256)
        except BlockingIOError:
            time.sleep(min(_PAUSE_S, max(timeout_s, 0)))
            return b""
        except OSError as exc:
            raise DeviceFault("gone", f"{self._name} went away: {exc}.") from exc
        if not data:
            raise DeviceFault("gone", f"{self._name} hung up.")
        return data

    def check_all_left(self, stall_s: float) -> None:
        """Wait until nothing is left in the kernel: closing a port would wait half a minute for it.

        Raises: DeviceFault, `started`, when nothing more leaves for that long.
        """
        left, deadline = self._waiting(), time.monotonic() + stall_s
        while left and time.monotonic() < deadline:
            time.sleep(_PAUSE_S)
            before, left = left, self._waiting()
            if left < before:
                deadline = time.monotonic() + stall_s
        if left:
            self._drop()
            text = f"{self._name} stopped with {left} bytes still to take."
            raise DeviceFault("timeout", text, started=True)

    def _some(self, chunk: bytes, stall_s: float, go_on: Callable[[Cause], bool]) -> int:
        deadline = time.monotonic() + stall_s
        ask_at = time.monotonic() + _ASK_S
        while True:
            self._await_room(stall_s, go_on)
            try:
                return os.write(self._fd, chunk)
            except BlockingIOError:
                # A USB printer without paper says that it has room and then takes nothing, so
                # waiting for room would spin.
                if time.monotonic() > min(ask_at, deadline):
                    deadline = self._bear_with(deadline, stall_s, go_on)
                    ask_at = time.monotonic() + _ASK_S
                time.sleep(_PAUSE_S)

    def _await_room(self, stall_s: float, go_on: Callable[[Cause], bool]) -> None:
        poller = select.poll()
        poller.register(self._fd, select.POLLOUT)
        deadline = time.monotonic() + stall_s
        while not poller.poll(max(min(_ASK_S, deadline - time.monotonic()), 0) * 1000):
            deadline = self._bear_with(deadline, stall_s, go_on)

    def _bear_with(self, deadline: float, stall_s: float, go_on: Callable[[Cause], bool]) -> float:
        """Ask what the device waits for; returns until when it may take nothing.

        Raises: DeviceFault when it is not to be waited for any longer.
        """
        cause = self._hindrance()
        if cause is not None and go_on(cause):
            return time.monotonic() + stall_s
        if cause is None and time.monotonic() < deadline:
            return deadline
        text = f"{self._name} took nothing more after {self.taken} bytes."
        raise DeviceFault(cause or "timeout", text, started=self.taken > 0)

    def _drop(self) -> None:
        """Take back what a terminal's kernel side still holds."""
        self.dropped += self._waiting()
        if os.isatty(self._fd):
            with suppress(termios.error):
                termios.tcflush(self._fd, termios.TCOFLUSH)

    def _waiting(self) -> int:
        """Count the bytes that a terminal's kernel side still holds."""
        if not os.isatty(self._fd):
            return 0
        try:
            return int.from_bytes(ioctl(self._fd, termios.TIOCOUTQ, bytes(4)), "little")
        except OSError:
            return 0
