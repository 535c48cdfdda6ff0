"""Printers at a TCP port, most often 9100."""

from __future__ import annotations

import socket

from drivers.faults import DeviceFault, cause_of
from drivers.printing import Sent, deliver


class NetworkPrinter:
    """A printer at a TCP port, connected for each job.

    `timeout_s` is how long connecting may take and how long it may take nothing, `answer_s` how
    long it may not answer.
    """

    # A plain socket, not escpos.printer.Network: that cannot tell whether a job was begun when
    # it failed, and importing it costs half a second.

    def __init__(
        self, host: str, tcp_port: int = 9100, *, timeout_s: float = 5, answer_s: float = 3
    ) -> None:
        self.name = f"network {host}:{tcp_port}"
        self._address = (host, tcp_port)
        self._timeout_s = timeout_s
        self._answer_s = answer_s

    def check(self) -> None:
        """Connect and hang up again.

        Raises: DeviceFault.
        """
        self._connect().close()

    def send(self, job: bytes) -> Sent:
        """Send one job.

        Raises: DeviceFault.
        """
        with self._connect() as connection:
            connection.setblocking(False)
            return deliver(
                connection.fileno(), job, stall_s=self._timeout_s, answer_s=self._answer_s
            )

    def close(self) -> None:
        """Do nothing: the connection is open during a job only."""

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self._address, timeout=self._timeout_s)
        except OSError as exc:
            # A name that cannot be looked up has no error number of its own: it is not there.
            cause = cause_of(exc, otherwise="missing")
            raise DeviceFault(cause, f"Cannot reach {self.name}: {exc}.") from exc
