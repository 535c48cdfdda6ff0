"""What can be wrong with a device."""

from __future__ import annotations

import errno
from typing import Literal, NamedTuple

# fmt: off
Cause = Literal[
    "missing", "busy", "denied", "gone", "timeout", "error",
    "paper_low", "paper_out", "cover_open", "cutter", "hot", "offline",
]
# fmt: on
"""Why a device does not work. The second row is what a printer says of itself; with `paper_low` it
still prints."""

_CAUSES: dict[int, Cause] = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "missing",
    errno.ECONNREFUSED: "missing",
    errno.EHOSTUNREACH: "missing",
    errno.ENETUNREACH: "missing",
    errno.EBUSY: "busy",
    # The exclusive lock on a serial port answers so when another program holds it.
    errno.EAGAIN: "busy",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.ENODEV: "gone",
    errno.ENXIO: "gone",
    errno.EIO: "gone",
    errno.EPIPE: "gone",
    errno.EBADF: "gone",
    errno.ECONNRESET: "gone",
    errno.ESHUTDOWN: "gone",
    errno.ETIMEDOUT: "timeout",
}


class DeviceFault(Exception):  # noqa: N818 - a fault is what the desk calls it
    """A device cannot be used now; whoever owns it reports it and tries again later.

    `started` matters for printers only: False says that not one byte was taken, so the job may be
    sent again; True that nobody knows what is on the paper.
    """

    def __init__(self, cause: Cause, message: str, *, started: bool = False) -> None:
        super().__init__(message)
        self.cause: Cause = cause
        self.started = started


class Trouble(NamedTuple):
    """What is wrong with a device that works all the same: its cause, and a sentence."""

    cause: Literal["stuck_key"]
    text: str


def cause_of(error: OSError, *, otherwise: Cause = "error") -> Cause:
    """Name the cause behind an error of the operating system.

    >>> cause_of(PermissionError(13, "Permission denied"))
    'denied'
    """
    if isinstance(error, TimeoutError):
        return "timeout"
    return _CAUSES.get(error.errno or 0, otherwise)
