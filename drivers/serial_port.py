"""Scanners at a serial port, real or `socket://host:port`."""

from __future__ import annotations

import math
import select
import termios
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from drivers.faults import DeviceFault, cause_of
from drivers.frames import LINE_ENDS, FrameDecoder, Label

if TYPE_CHECKING:
    import serial

Suffix = Literal["any", "none"]
IDLE_GAP_S = 0.1
_STX = b"\x02"
# What plugging in or a break on the line makes; more than this, ended by a suffix, was scanned.
_STRAY_BYTES = 3


def open_port(name: str, url: str, baud: int) -> serial.SerialBase:
    """Open a serial port or URL for this program alone, never waiting to read or write.

    Raises: DeviceFault.
    """
    import serial

    try:
        return serial.serial_for_url(url, baudrate=baud, timeout=0, write_timeout=0, exclusive=True)
    except OSError as exc:
        # Errors of socket:// carry no number; not to be reached is what they mostly are.
        cause = cause_of(exc, otherwise="missing" if "://" in url else "error")
        raise DeviceFault(cause, f"Cannot open {name}: {exc}.") from exc
    except (ValueError, termios.error) as exc:
        raise DeviceFault("error", f"Cannot open {name}: {exc}.") from exc


class SerialScanner:
    """A scanner at a serial port.

    A label ends at CR, LF, Tab or ETX; with `suffix="none"` also when the line was quiet for
    100 ms, for scanners that cannot be made to send a suffix.
    """

    def __init__(self, port: str, baud: int = 9600, *, suffix: Suffix = "any") -> None:
        self.name = f"serial {port}"
        self._url = port
        self._baud = baud
        self._ends_when_quiet = suffix == "none"
        self._frames = FrameDecoder(ends=LINE_ENDS, skip=_STX, stray_bytes=_STRAY_BYTES)
        self._last_byte_at = 0.0
        self._port: serial.SerialBase | None = None

    def open(self) -> None:
        """Open the port for this program alone.

        Raises: DeviceFault.
        """
        self._frames.reset()
        self._port = open_port(self.name, self._url, self._baud)

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels that ended within `timeout_s`.

        Raises: DeviceFault when the port is gone.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            gap_ends_at = self._gap_ends_at()
            until = min(deadline, gap_ends_at)
            if self._is_readable(max(until - time.monotonic(), 0)):
                labels = self._frames.feed(self._receive())
                self._last_byte_at = time.monotonic()
                if labels:
                    return labels
            elif time.monotonic() >= gap_ends_at:
                return self._frames.end()
            if time.monotonic() >= deadline:
                return []

    def close(self) -> None:
        """Give the port back."""
        port, self._port = self._port, None
        if port is not None:
            # A port that was pulled out fails here too, and is closed all the same.
            with suppress(OSError):
                port.close()

    def _gap_ends_at(self) -> float:
        if self._ends_when_quiet and self._frames.pending:
            return self._last_byte_at + IDLE_GAP_S
        return math.inf

    def _is_readable(self, timeout_s: float) -> bool:
        if self._port is None:
            raise DeviceFault("gone", f"Cannot read {self.name}: it is not open.")
        try:
            return bool(select.select([self._port.fileno()], [], [], timeout_s)[0])
        except (OSError, ValueError) as exc:
            raise DeviceFault("gone", f"Cannot read {self.name}: {exc}.") from exc

    def _receive(self) -> bytes:
        assert self._port is not None
        try:
            data: bytes = self._port.read(4096)
        # pyserial lets a bare OSError through besides its own.
        except OSError as exc:
            raise DeviceFault("gone", f"Cannot read {self.name}: {exc}.") from exc
        return data
