"""Printers at a serial port."""

from __future__ import annotations

from contextlib import suppress

from drivers.printing import Sent, deliver
from drivers.serial_port import open_port

_BITS_PER_BYTE = 10


class SerialPrinter:
    """A printer at a serial port, opened for each job and for this program alone.

    `timeout_s` is how long it may take nothing, `answer_s` how long it may not answer after the
    time the line itself needs.
    """

    def __init__(
        self, port: str, baud: int = 9600, *, timeout_s: float = 5, answer_s: float = 3
    ) -> None:
        self.name = f"serial {port}"
        self._url = port
        self._baud = baud
        self._timeout_s = timeout_s
        self._answer_s = answer_s

    def check(self) -> None:
        """Open the port and close it again.

        Raises: DeviceFault.
        """
        open_port(self.name, self._url, self._baud).close()

    def send(self, job: bytes) -> Sent:
        """Send one job.

        Raises: DeviceFault.
        """
        port = open_port(self.name, self._url, self._baud)
        line_s = len(job) * _BITS_PER_BYTE / self._baud
        try:
            return deliver(
                port.fileno(), job, stall_s=self._timeout_s, answer_s=self._answer_s + line_s
            )
        finally:
            with suppress(OSError):
                port.close()

    def close(self) -> None:
        """Do nothing: the port is open during a job only."""
