"""What a printer says of itself while a job is under way."""

from __future__ import annotations

import time
from collections.abc import Sequence

from drivers.faults import Cause
from drivers.printers.printing import Patience, Watch
from drivers.printers.status import Condition, Manners, condition_of

_STATUS_REQUEST = b"\x10\x04"
_STOPPED, _ERROR = 2, 3
_ERROR_TOLD = 0x40


def status_request(number: int) -> bytes:
    """Give the bytes of `DLE EOT n`."""
    return _STATUS_REQUEST + bytes((number,))


class Following:
    """Tells whoever watches how the printer is, and keeps whether the job is still waited for."""

    def __init__(self, condition: Condition, watch: Watch) -> None:
        self.condition = condition
        self._watch = watch
        self.is_given_up = False

    def told(self, now: Condition | None) -> bool:
        """Take what the printer says now; True when the wait begins anew.

        It does as long as somebody is waited for, and once more when everything is well again.
        """
        if now is None:
            return False
        before, self.condition = self.condition, now
        if now.stops:
            self.is_given_up = not self._watch(now)
            return True
        if now != before:
            self._watch(now)
        return before.stops

    def mended(self) -> None:
        """Take it that whatever stopped the printer is over: it has printed."""
        if self.condition.stops:
            self.told(Condition(self.condition.speaks))

    def hindered(self, cause: Cause) -> bool:
        """Take what keeps the printer from taking more; True to go on waiting."""
        self.told(Condition(self.condition.speaks, cause))
        return not self.is_given_up


class Poll:
    """Asks for the status in turn, one question at a time: an answer does not say to which.

    After a question that is not answered in time none is asked any more.
    """

    def __init__(self, numbers: Sequence[int], manners: Manners, patience: Patience) -> None:
        self._numbers = [number for number in numbers if number != 1] or list(numbers)
        self._manners = manners
        self._patience = patience
        self._answers: dict[int, int] = {}
        self._waiting: list[int] = []
        self._asked_at: float | None = None
        self._next_at = time.monotonic() + patience.poll_s

    def request_due(self) -> bytes:
        """Give the question that is due, b"" for none."""
        now = time.monotonic()
        if self._asked_at is not None:
            if now - self._asked_at > self._patience.status_s:
                self._numbers = []
            return b""
        if not self._waiting:
            if now < self._next_at or not self._numbers:
                return b""
            self._answers.clear()
            self._waiting = list(self._numbers)
            self._next_at = now + self._patience.poll_s
        self._asked_at = now
        return status_request(self._waiting[0])

    def heard(self, byte: int) -> Condition | None:
        """Take an answer; returns what all answers of this round mean, None before the last."""
        if self._asked_at is None or not self._waiting:
            return None
        self._asked_at = None
        number = self._waiting.pop(0)
        self._answers[number] = byte
        may_say_more = _ERROR in self._manners.status and _ERROR not in self._answers
        if number == _STOPPED and byte & _ERROR_TOLD and may_say_more:
            self._waiting.insert(0, _ERROR)
        return None if self._waiting else condition_of(self._answers, self._manners)
