"""What every printer promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drivers.printers.status import Condition

Watch = Callable[[Condition], bool]
"""Told what a printer says while it prints; False ends the wait for somebody to see to it."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A job that was taken whole; `confirmed` if the printer said that it got to its end.

    Without that nobody knows what is on the paper: many printers never answer. `detail` then says
    why it is not known. `condition` is the last that the printer said of itself.
    """

    confirmed: bool
    detail: str | None = None
    condition: Condition = field(default=Condition(), compare=False)


@dataclass(frozen=True, slots=True)
class Probe:
    """What a printer answers: the byte to each `DLE EOT n`, to `GS r 1` and to `GS ( H`."""

    status: Mapping[int, int]
    reports_end: bool
    reports_job: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a printer is waited for, in seconds.

    `stall_s`: it takes nothing of a job. `status_s`: it does not say how it is. `answer_s`: it does
    not say that it got to the end, after what the paper itself needs. `quiet_s`: nothing more is
    about to come. `poll_s`: between two questions while it prints.
    """

    stall_s: float = 5
    status_s: float = 0.5
    answer_s: float = 3
    quiet_s: float = 0.3
    poll_s: float = 0.5


PATIENT = Patience()


def wait_for_ever(_condition: Condition) -> bool:
    """Wait for paper however long it takes."""
    return True


def do_not_wait(_condition: Condition) -> bool:
    """Give a job up as soon as the printer asks for somebody."""
    return False


class Printer(Protocol):
    """A device that bytes go to. Its thread alone calls it."""

    @property
    def name(self) -> str:
        """What logs call it."""

    def check(self) -> Condition:
        """Open the device, ask how it is and close it again, printing nothing.

        Raises: DeviceFault when it is not there, or says that it cannot print.
        """

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send one job, opening the device as needed; no write blocks longer than its time-out.

        While it waits for paper it goes on waiting as long as `watch` says so.

        Raises: DeviceFault. With `started` False not one byte was taken and the job may be sent
        again; with True it must not be, unasked.
        """

    def probe(self) -> Probe:
        """Find out what the device answers, printing nothing.

        Raises: DeviceFault.
        """

    def close(self) -> None:
        """Give the device back."""
