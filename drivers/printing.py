"""What every printer promises, and how a job goes through a descriptor."""

from __future__ import annotations

import os
import select
import termios
import time
from contextlib import suppress
from dataclasses import dataclass
from fcntl import ioctl
from typing import Protocol

from drivers.faults import DeviceFault, cause_of

COMPLETION_REQUEST = b"\x1dr\x01"
"""`GS r 1`: the printer answers one byte when it comes to it, so after all that stands before."""

# Printers at a serial line may have no more room than this when they say stop.
_CHUNK = 256
_PAUSE_S = 0.02


@dataclass(frozen=True, slots=True)
class Sent:
    """A job that was taken whole; `confirmed` if the printer said that it got to its end.

    Without that nobody knows what is on the paper: many printers never answer, and one out of
    paper answers only when it is loaded again. `detail` then says why it is not known.
    """

    confirmed: bool
    detail: str | None = None


class Printer(Protocol):
    """A device that bytes go to. Its thread alone calls it."""

    @property
    def name(self) -> str:
        """What logs call it."""

    def check(self) -> None:
        """Open the device and close it again, printing nothing.

        Raises: DeviceFault.
        """

    def send(self, job: bytes) -> Sent:
        """Send one job, opening the device as needed; never waits much longer than its timeout.

        Raises: DeviceFault. With `started` False not one byte was taken and the job may be sent
        again; with True it must not be, unasked.
        """

    def close(self) -> None:
        """Give the device back."""


def deliver(fd: int, job: bytes, *, stall_s: float, answer_s: float) -> Sent:
    """Write a job and the completion request to a non-blocking descriptor; wait for the answer.

    A printer that takes nothing for `stall_s` has failed; one that does not answer within
    `answer_s` of the last byte leaves the job unconfirmed.

    Raises: DeviceFault.
    """
    # An answer to an earlier job must not be taken for the answer to this one.
    _discard_input(fd)
    _write(fd, job + COMPLETION_REQUEST, stall_s)
    silence = _silence_of(fd, answer_s)
    if silence is None:
        return Sent(confirmed=True)
    _check_all_left(fd)
    return Sent(confirmed=False, detail=silence)


def deliver_unanswered(fd: int, job: bytes, *, stall_s: float) -> Sent:
    """Write a job to a non-blocking descriptor that cannot answer.

    Raises: DeviceFault.
    """
    _write(fd, job, stall_s)
    return Sent(confirmed=False, detail="it cannot answer")


def _write(fd: int, data: bytes, stall_s: float) -> None:
    taken = 0
    try:
        while taken < len(data):
            _wait_writable(fd, stall_s, taken)
            taken += _write_some(fd, data[taken : taken + _CHUNK], stall_s, taken)
        # Closing a USB printer whose last write is still on its way would take it back.
        _wait_writable(fd, stall_s, taken)
    except OSError as exc:
        _drop_output(fd)
        fault = f"The printer failed after {taken} of {len(data)} bytes: {exc}."
        raise DeviceFault(cause_of(exc), fault, started=taken > 0) from exc
    except DeviceFault:
        _drop_output(fd)
        raise


def _wait_writable(fd: int, stall_s: float, taken: int) -> None:
    poller = select.poll()
    poller.register(fd, select.POLLOUT)
    if not poller.poll(stall_s * 1000):
        raise _stalled(stall_s, taken)


def _write_some(fd: int, chunk: bytes, stall_s: float, taken: int) -> int:
    deadline = time.monotonic() + stall_s
    while True:
        try:
            return os.write(fd, chunk)
        except BlockingIOError:
            # A USB printer without paper says that it is writable and then takes nothing, so
            # waiting for it to become writable would spin.
            if time.monotonic() > deadline:
                raise _stalled(stall_s, taken) from None
            time.sleep(_PAUSE_S)


def _stalled(stall_s: float, taken: int) -> DeviceFault:
    text = f"The printer took nothing for {stall_s:g} s after {taken} bytes."
    return DeviceFault("timeout", text, started=taken > 0)


def _silence_of(fd: int, answer_s: float) -> str | None:
    """Wait for the answer; return None when it came, else what came instead."""
    poller = select.poll()
    poller.register(fd, select.POLLIN)
    deadline = time.monotonic() + answer_s
    while (left_s := deadline - time.monotonic()) > 0 and poller.poll(left_s * 1000):
        try:
            data = os.read(fd, 64)
        except BlockingIOError:
            time.sleep(_PAUSE_S)
            continue
        except OSError as exc:
            return f"it went away before it answered: {exc}"
        if not data:
            return "it hung up before it answered"
        # Bits 4 and 7 are 0 in this answer and not in flow control or other status bytes.
        if any(byte & 0x90 == 0 for byte in data):
            return None
    return f"no answer within {answer_s:g} s"


def _discard_input(fd: int) -> None:
    with suppress(OSError):
        while select.select([fd], [], [], 0)[0] and os.read(fd, 256):
            pass


def _check_all_left(fd: int) -> None:
    # A serial printer that holds the line leaves the rest with the kernel, where closing the
    # port would wait for it for half a minute.
    if not os.isatty(fd):
        return
    try:
        waiting = int.from_bytes(ioctl(fd, termios.TIOCOUTQ, bytes(4)), "little")
    except OSError:
        return
    if waiting:
        _drop_output(fd)
        text = f"The printer stopped with {waiting} bytes still to take."
        raise DeviceFault("timeout", text, started=True)


def _drop_output(fd: int) -> None:
    if os.isatty(fd):
        with suppress(termios.error):
            termios.tcflush(fd, termios.TCOFLUSH)
