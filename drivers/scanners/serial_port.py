"""Scanners at a serial port, real or `socket://host:port`."""

from __future__ import annotations

import select
import termios
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from drivers.faults import DeviceFault, Trouble, cause_of
from drivers.scanners.encoding import Encoding
from drivers.scanners.frames import LINE_ENDS, STX, FrameDecoder, Suffix, quiet_of
from drivers.scanners.label import Label

if TYPE_CHECKING:
    import serial

    from drivers.scanners.feedback import Feedback

# What plugging in or a break on the line makes; more than this, ended by a suffix, was scanned.
_STRAY_BYTES = 3
_HALF_LABEL_S = 0.2
"""How long after opening the rest of a label may come whose beginning nobody has read."""
_BETWEEN_BYTES_S = 0.02
_BUSY = " Another program has opened it: a second desk, or ModemManager?"


class Lines(NamedTuple):
    """The modem lines, set before the port is opened: some scanners beep or restart on a change."""

    dtr: bool = True
    rts: bool = True


_AS_USUAL = Lines()


def open_port(name: str, url: str, baud: int, lines: Lines = _AS_USUAL) -> serial.SerialBase:
    """Open a serial port or URL for this program alone, never waiting to read or write.

    Raises: DeviceFault.
    """
    import serial

    try:
        port: serial.Serial = serial.serial_for_url(
            url, do_not_open=True, baudrate=baud, timeout=0, write_timeout=0, exclusive=True
        )
        port.dtr, port.rts = lines
        port.open()
    except OSError as exc:
        # Errors of socket:// carry no number; not to be reached is what they mostly are.
        cause = cause_of(exc, otherwise="missing" if "://" in url else "error")
        hint = _BUSY if cause == "busy" else ""
        raise DeviceFault(cause, f"Cannot open {name}: {exc}.{hint}") from exc
    except (ValueError, termios.error) as exc:
        raise DeviceFault("error", f"Cannot open {name}: {exc}.") from exc
    return port


class Port(Protocol):
    """What is used of an open port; `serial.Serial` is one."""

    def fileno(self) -> int: ...
    def read(self, size: int, /) -> bytes: ...
    def write(self, data: bytes, /) -> object: ...
    def close(self) -> None: ...


class SerialScanner:
    """A scanner at a serial port.

    A label ends at CR, LF, Tab or ETX; with `suffix="none"` also when the line was quiet for
    100 ms, for scanners that cannot be made to send a suffix. `feedback` is the model whose
    commands `signal` sends, "off" for none. `now` counts seconds.
    """

    trouble: Trouble | None = None

    def __init__(
        self,
        port: str,
        baud: int = 9600,
        *,
        suffix: Suffix = "any",
        encoding: Encoding = "auto",
        lines: Lines = _AS_USUAL,
        feedback: str = "off",
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"serial {port}"
        self._url = port
        self._baud = baud
        self._lines = lines
        self._feedback = _commands_of(feedback)
        self._now = now
        self._frames = FrameDecoder(
            ends=LINE_ENDS,
            skip=STX,
            stray_bytes=_STRAY_BYTES,
            encoding=encoding,
            quiet=quiet_of(suffix),
        )
        self._last_at = 0.0
        self._port: Port | None = None
        self._kept: list[Label] = []

    def open(self) -> None:
        """Open the port for this program alone, and let the rest of half a label go by.

        Raises: DeviceFault.
        """
        self.open_on(open_port(self.name, self._url, self._baud, self._lines))

    def open_on(self, port: Port) -> None:
        """Read a port that is open, after the rest of half a label has gone by.

        Raises: DeviceFault.
        """
        self._frames.reset()
        self._port = port
        self._kept = self._after_half_a_label()

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels that ended within `timeout_s`.

        Raises: DeviceFault when the port is gone.
        """
        if self._kept:
            kept, self._kept = self._kept, []
            return kept
        deadline = self._now() + timeout_s
        while True:
            quiet_at = self._last_at + self._frames.patience_s
            labels: list[Label] = []
            if self._is_readable(max(min(deadline, quiet_at) - self._now(), 0)):
                self._last_at = self._now()
                labels = self._frames.feed(self._receive(), self._last_at)
            elif self._now() >= quiet_at:
                labels = self._frames.after_quiet()
            if labels or self._now() >= deadline:
                return labels

    def close(self) -> None:
        """Give the port back."""
        port, self._port = self._port, None
        self._kept = []
        if port is not None:
            # A port that was pulled out fails here too, and is closed all the same.
            with suppress(OSError):
                port.close()

    def signal(self, *, good: bool) -> None:
        """Let the scanner say yes or no, if its model can; from any thread, never waiting.

        A scanner that is not there says nothing.
        """
        port, commands = self._port, self._feedback
        if port is None or commands is None:
            return
        # The port may be closed meanwhile, or its buffer be full: it is only a sound.
        with suppress(OSError, TypeError, ValueError):
            port.write(commands.good if good else commands.bad)

    def _after_half_a_label(self) -> list[Label]:
        """Throw away what comes without a pause up to the end of a label; keep what follows."""
        until = self._now() + _HALF_LABEL_S
        while self._now() < until and self._is_readable(_BETWEEN_BYTES_S):
            data = self._receive()
            ends_at = min((data.find(end) for end in LINE_ENDS if bytes([end]) in data), default=-1)
            if ends_at >= 0:
                self._last_at = self._now()
                return self._frames.feed(data[ends_at + 1 :], self._last_at)
        return []

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
            data = self._port.read(4096)
        # pyserial lets a bare OSError through besides its own; a port that another program reads
        # too looks to it like one that was pulled out.
        except OSError as exc:
            raise DeviceFault("gone", f"Cannot read {self.name}: {exc}.") from exc
        return data


def _commands_of(model: str) -> Feedback | None:
    if model == "off":
        return None
    from drivers.scanners.feedback import feedback_of

    return feedback_of(model)
