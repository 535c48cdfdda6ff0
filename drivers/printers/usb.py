"""Printers at a device file of the kernel, such as /dev/usb/lp0."""

from __future__ import annotations

import os
import stat
import termios
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fcntl import ioctl
from pathlib import Path

from drivers.faults import Cause, DeviceFault, cause_of
from drivers.printers.channel import Channel
from drivers.printers.printing import PATIENT, Patience, Probe, Sent, Watch, do_not_wait
from drivers.printers.status import ORDINARY, Condition, Manners
from drivers.printers.talk import Talk

# Of the kernel's <linux/lp.h>.
_LPGETSTATUS, _LPABORT = 0x060B, 0x0604
_NO_PAPER = 0x20
_STATUS_BYTES = 4


class UsbPrinter:
    """A printer at a device file, opened anew for each job, so it may come and go."""

    def __init__(
        self, path: str, *, manners: Manners = ORDINARY, patience: Patience = PATIENT
    ) -> None:
        self.name = f"usb {path}"
        self._path = path
        self._patience = patience
        self._talk = Talk(self.name, manners, patience)

    def check(self) -> Condition:
        """Open the device, ask how it is and close it again.

        Raises: DeviceFault.
        """
        with self._opened() as fd:
            if not _can_answer(fd):
                return Condition()
            return self._talk.look(self._channel(fd))

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send one job.

        Raises: DeviceFault.
        """
        with self._opened() as fd:
            channel = self._channel(fd)
            if _can_answer(fd):
                return self._talk.send(channel, job, watch)
            channel.write(job, self._patience.stall_s, lambda _: False)
            return Sent(confirmed=False, detail="it cannot answer")

    def probe(self) -> Probe:
        """Find out what the device answers.

        Raises: DeviceFault.
        """
        with self._opened() as fd:
            if not _can_answer(fd):
                return Probe({}, reports_end=False, reports_job=False)
            return self._talk.probe(self._channel(fd))

    def close(self) -> None:
        """Do nothing: the device is open during a job only."""

    @contextmanager
    def _opened(self) -> Iterator[int]:
        flags = os.O_NONBLOCK | os.O_NOCTTY
        # A pipe opened for reading too would hand the job back to us as its answer.
        is_device = Path(self._path).is_char_device()
        access = os.O_RDWR if is_device else os.O_WRONLY | os.O_APPEND
        try:
            fd = os.open(self._path, flags | access)
        except OSError as exc:
            raise DeviceFault(cause_of(exc), f"Cannot open {self.name}: {exc}.") from exc
        try:
            if os.isatty(fd):
                # Some USB printers show themselves as a terminal, which would rewrite line ends.
                with suppress(termios.error):
                    tty.setraw(fd)
            else:
                # No write blocks here; this is for a kernel that waits for paper all the same.
                with suppress(OSError):
                    ioctl(fd, _LPABORT, 1)
            yield fd
        finally:
            os.close(fd)

    def _channel(self, fd: int) -> Channel:
        return Channel(fd, self.name, hindrance=lambda: hindrance(port_status(fd)))


def _can_answer(fd: int) -> bool:
    return stat.S_ISCHR(os.fstat(fd).st_mode)


def port_status(fd: int) -> int | None:
    """Ask the kernel for the port's status byte; None where the device has none."""
    try:
        return int.from_bytes(ioctl(fd, _LPGETSTATUS, bytes(_STATUS_BYTES)), "little") & 0xFF
    except OSError:
        return None


def hindrance(status: int | None) -> Cause | None:
    """Name what keeps a USB printer from taking more, by its port's status byte.

    Only a lack of paper is believed: many cheap printers say "not selected" or "error", or nothing
    but zeros, all day long.

    >>> hindrance(0x38), hindrance(0x18), hindrance(0x00)
    ('paper_out', None, None)
    """
    return "paper_out" if (status or 0) & _NO_PAPER else None
