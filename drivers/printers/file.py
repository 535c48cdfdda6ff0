"""A file that jobs are appended to."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from drivers.faults import DeviceFault, cause_of
from drivers.printers.printing import Probe, Sent, Watch, do_not_wait
from drivers.printers.status import Condition

_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY


class FilePrinter:
    """Appends each job to a file, whole or not at all, and flushes it to the disk."""

    def __init__(self, path: str) -> None:
        self.name = f"file {path}"
        self._path = path

    def check(self) -> Condition:
        """See whether the file can be written, or made; make nothing.

        Raises: DeviceFault.
        """
        folder = Path(self._path).parent
        try:
            os.close(os.open(self._path, _FLAGS))
        except FileNotFoundError as exc:
            if not os.access(folder, os.W_OK):
                raise self._fault("make", exc, started=False) from exc
        except OSError as exc:
            raise self._fault("open", exc, started=False) from exc
        return Condition()

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:  # noqa: ARG002 - has paper
        """Append one job.

        Raises: DeviceFault.
        """
        try:
            fd = os.open(self._path, _FLAGS | os.O_CREAT, 0o644)
        except OSError as exc:
            raise self._fault("open", exc, started=False) from exc
        try:
            self._append(fd, job)
        finally:
            os.close(fd)
        return Sent(confirmed=True)

    def probe(self) -> Probe:
        """Find out whether the file can be written; it answers nothing.

        Raises: DeviceFault.
        """
        self.check()
        return Probe({}, reports_end=False, reports_job=False)

    def close(self) -> None:
        """Do nothing: the file is open during a job only."""

    def _append(self, fd: int, job: bytes) -> None:
        before = os.fstat(fd)
        taken = 0
        try:
            while taken < len(job):
                taken += os.write(fd, job[taken:])
            _flush(fd)
        except OSError as exc:
            undone = taken == 0 or _cut_back(fd, before)
            raise self._fault("write to", exc, started=not undone) from exc

    def _fault(self, verb: str, exc: OSError, *, started: bool) -> DeviceFault:
        return DeviceFault(cause_of(exc), f"Cannot {verb} {self.name}: {exc}.", started=started)


def _flush(fd: int) -> None:
    try:
        os.fsync(fd)
    except OSError as exc:
        # Pipes and terminals have nothing to flush.
        if exc.errno not in (errno.EINVAL, errno.EROFS):
            raise


def _cut_back(fd: int, before: os.stat_result) -> bool:
    if not stat.S_ISREG(before.st_mode):
        return False
    try:
        os.ftruncate(fd, before.st_size)
    except OSError:
        return False
    return True
