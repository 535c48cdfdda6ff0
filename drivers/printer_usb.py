"""Printers at a device file of the kernel, such as /dev/usb/lp0."""

from __future__ import annotations

import os
import stat
import termios
import tty
from contextlib import suppress
from pathlib import Path

from drivers.faults import DeviceFault, cause_of
from drivers.printing import Sent, deliver, deliver_unanswered


class UsbPrinter:
    """A printer at a device file, opened anew for each job, so it may come and go.

    `timeout_s` is how long it may take nothing, `answer_s` how long it may not answer.
    """

    def __init__(self, path: str, *, timeout_s: float = 5, answer_s: float = 3) -> None:
        self.name = f"usb {path}"
        self._path = path
        self._timeout_s = timeout_s
        self._answer_s = answer_s

    def check(self) -> None:
        """Open the device and close it again.

        Raises: DeviceFault.
        """
        os.close(self._open())

    def send(self, job: bytes) -> Sent:
        """Send one job.

        Raises: DeviceFault.
        """
        fd = self._open()
        try:
            if not stat.S_ISCHR(os.fstat(fd).st_mode):
                return deliver_unanswered(fd, job, stall_s=self._timeout_s)
            return deliver(fd, job, stall_s=self._timeout_s, answer_s=self._answer_s)
        finally:
            os.close(fd)

    def close(self) -> None:
        """Do nothing: the device is open during a job only."""

    def _open(self) -> int:
        flags = os.O_NONBLOCK | os.O_NOCTTY
        # A pipe opened for reading too would hand the job back to us as its answer.
        is_device = Path(self._path).is_char_device()
        access = os.O_RDWR if is_device else os.O_WRONLY | os.O_APPEND
        try:
            fd = os.open(self._path, flags | access)
        except OSError as exc:
            raise DeviceFault(cause_of(exc), f"Cannot open {self.name}: {exc}.") from exc
        if os.isatty(fd):
            # Some USB printers show themselves as a terminal, which would rewrite line ends.
            with suppress(termios.error):
                tty.setraw(fd)
        return fd
