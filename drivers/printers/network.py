"""Printers at a TCP port, most often 9100."""

from __future__ import annotations

import socket

from drivers.faults import DeviceFault, cause_of
from drivers.printers.channel import Channel
from drivers.printers.printing import PATIENT, Patience, Probe, Sent, Watch, do_not_wait
from drivers.printers.status import ORDINARY, Condition, Manners
from drivers.printers.talk import Talk


class NetworkPrinter:
    """A printer at a TCP port, connected for each job."""

    # A plain socket, not escpos.printer.Network: that cannot tell whether a job was begun when
    # it failed, and importing it costs half a second.

    def __init__(
        self,
        host: str,
        tcp_port: int = 9100,
        *,
        manners: Manners = ORDINARY,
        patience: Patience = PATIENT,
    ) -> None:
        self.name = f"network {host}:{tcp_port}"
        self._address = (host, tcp_port)
        self._patience = patience
        self._talk = Talk(self.name, manners, patience)

    def check(self) -> Condition:
        """Connect, ask how the printer is and hang up again.

        Raises: DeviceFault.
        """
        with self._connected() as connection:
            return self._talk.look(self._channel(connection))

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send one job.

        Raises: DeviceFault.
        """
        with self._connected() as connection:
            return self._talk.send(self._channel(connection), job, watch)

    def probe(self) -> Probe:
        """Find out what the printer answers.

        Raises: DeviceFault.
        """
        with self._connected() as connection:
            return self._talk.probe(self._channel(connection))

    def close(self) -> None:
        """Do nothing: the connection is open during a job only."""

    def _channel(self, connection: socket.socket) -> Channel:
        return Channel(connection.fileno(), self.name)

    def _connected(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._address, timeout=self._patience.stall_s)
        except OSError as exc:
            # A name that cannot be looked up has no error number of its own: it is not there.
            cause = cause_of(exc, otherwise="missing")
            raise DeviceFault(cause, f"Cannot reach {self.name}: {exc}.") from exc
        connection.setblocking(False)
        return connection
