"""Printers at a serial port."""

from __future__ import annotations

import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal

from drivers.faults import DeviceFault, cause_of
from drivers.printers.channel import Channel
from drivers.printers.printing import PATIENT, Patience, Probe, Sent, Watch, do_not_wait
from drivers.printers.status import ORDINARY, Condition, Manners
from drivers.printers.talk import Talk

if TYPE_CHECKING:
    import serial

Flow = Literal["none", "rtscts", "xonxoff"]
"""How the printer says that its buffer is full: not at all, by the CTS line, by XOFF."""

_BITS_PER_BYTE = 10


class SerialPrinter:
    """A printer at a serial port, opened for each job and for this program alone."""

    def __init__(
        self,
        port: str,
        baud: int = 9600,
        *,
        flow: Flow = "none",
        manners: Manners = ORDINARY,
        patience: Patience = PATIENT,
    ) -> None:
        self.name = f"serial {port}"
        self._url = port
        self._baud = baud
        self._flow = flow
        self._talk = Talk(self.name, manners, patience)

    def check(self) -> Condition:
        """Open the port, ask how the printer is and close it again.

        Raises: DeviceFault.
        """
        with self._opened() as channel:
            return self._talk.look(channel)

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send one job.

        Raises: DeviceFault.
        """
        with self._opened() as channel:
            return self._talk.send(channel, job, watch)

    def probe(self) -> Probe:
        """Find out what the printer answers.

        Raises: DeviceFault.
        """
        with self._opened() as channel:
            return self._talk.probe(channel)

    def close(self) -> None:
        """Do nothing: the port is open during a job only."""

    @contextmanager
    def _opened(self) -> Iterator[Channel]:
        port = self._port()
        try:
            yield Channel(port.fileno(), self.name, bytes_per_s=self._baud / _BITS_PER_BYTE)
        finally:
            with suppress(OSError):
                port.close()

    def _port(self) -> serial.SerialBase:
        import serial

        try:
            return serial.serial_for_url(
                self._url,
                baudrate=self._baud,
                timeout=0,
                write_timeout=0,
                rtscts=self._flow == "rtscts",
                xonxoff=self._flow == "xonxoff",
                exclusive=True,
            )
        except OSError as exc:
            # Errors of socket:// carry no number; not to be reached is what they mostly are.
            cause = cause_of(exc, otherwise="missing" if "://" in self._url else "error")
            raise DeviceFault(cause, f"Cannot open {self.name}: {exc}.") from exc
        except (ValueError, termios.error) as exc:
            raise DeviceFault("error", f"Cannot open {self.name}: {exc}.") from exc
