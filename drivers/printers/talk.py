"""How a job goes to a printer that can answer: asked before, watched during, asked at the end."""

from __future__ import annotations

import random
import time
from typing import TypeVar

from drivers.faults import DeviceFault
from drivers.printers.channel import Channel
from drivers.printers.printing import Patience, Probe, Sent, Watch, do_not_wait
from drivers.printers.status import (
    Answer,
    AnswerReader,
    Condition,
    EndAnswer,
    JobAnswer,
    Manners,
    StatusAnswer,
    condition_of,
)
from drivers.printers.watching import Following, Poll, status_request

END_REQUEST = b"\x1dr\x01"
"""`GS r 1`: the printer answers one byte when it comes to it, so after all that stands before."""

_JOB_REQUEST = b"\x1d(H\x06\x0000"
_ERROR = 3
_ERROR_TOLD = 0x40

# Slow paper moves 50 mm a second, and a line is 3.5 mm high.
_LINE_S = 0.07
_LONGEST_S = 60.0
_ROUNDS = 3
_GIVEN_UP_AFTER = 3
_MOST_PADDING = 8192
_SHORTEST_S = 0.1
_CHATTER_S = 2.0

A = TypeVar("A", StatusAnswer, EndAnswer, JobAnswer)


class Talk:
    """What one printer is asked and what it has shown so far, over all of its connections."""

    def __init__(self, name: str, manners: Manners, patience: Patience) -> None:
        self._name = name
        self._manners = manners
        self._patience = patience
        self._reader = AnswerReader()
        self._spoke = False
        self._was_silent = False
        # Answered a question of this run; what lies about from an earlier one, or noise, is none.
        self._reported = False
        self._has_confirmed = False
        self._refusals = 0
        # An earlier run of this program may have left a job behind.
        self._is_new = True
        self._owed = 0
        self._cut_off = 0
        self._misses = dict.fromkeys(manners.status, 0)
        self._job = random.randrange(90**4)

    def look(self, channel: Channel) -> Condition:
        """Ask the printer how it is.

        Raises: DeviceFault, not `started`, when it says that it cannot print, or says nothing now
        although it did before.
        """
        self._reader.reset()
        self._drain(channel, 0)
        condition = self._ask(channel)
        if condition.stops and condition.cause is not None:
            text = f"{self._name} cannot print: {condition.cause.replace('_', ' ')}."
            raise DeviceFault(condition.cause, text)
        if self._spoke and not condition.speaks:
            raise DeviceFault("timeout", f"{self._name} does not say how it is any more.")
        self._spoke = condition.speaks
        if self._owed and self._reported:
            self._settle(channel)
        return condition

    def send(self, channel: Channel, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send a job to a printer that is fit for it and wait until it says that it is at its end.

        Raises: DeviceFault.
        """
        condition = self.look(channel)
        if self._is_new and self._manners.reports_end:
            self._is_new = False
            self._settle(channel)
        following = Following(condition, watch)
        self._write(channel, self._padding() + job + self._end_requests(), following)
        needs_s = _paper_s(job) + channel.line_s(len(job))
        if self._manners.reports_end or self._manners.reports_job:
            needs_s += self._patience.answer_s
        return self._await_end(channel, following, needs_s)

    def probe(self, channel: Channel) -> Probe:
        """Ask everything that a printer may answer, printing nothing.

        A printer that knows no `GS ( H` may print some of its letters.

        Raises: DeviceFault.
        """
        self._reader.reset()
        self._drain(channel, self._patience.quiet_s)
        status: dict[int, int] = {}
        for number in (1, 2, 3, 4):
            byte = self._status(channel, number, self._patience.status_s)
            if byte is not None:
                status[number] = byte
            else:
                # An answer that comes late must not be taken for the next one's.
                self._drain(channel, self._patience.status_s)
        # Nothing is printing: what is answered at all is answered soon.
        patience_s = 2 * self._patience.status_s
        self._put(channel, END_REQUEST)
        reports_end = bool(self._hear(channel, EndAnswer, patience_s))
        self._put(channel, self._job_request())
        heard = self._hear(channel, JobAnswer, patience_s)
        self._is_new, self._owed = False, 0 if reports_end else 1
        return Probe(status, reports_end, JobAnswer(self._job_name()) in heard)

    def _ask(self, channel: Channel) -> Condition:
        patience_s = self._patience.status_s
        if self._was_silent:
            patience_s = min(patience_s, _SHORTEST_S)
        answers: dict[int, int] = {}
        for number in self._numbers():
            byte = self._status(channel, number, patience_s)
            if byte is None:
                # What follows could be taken for the answer that is late.
                self._misses[number] += 1
                break
            answers[number] = byte
            self._misses[number] = 0
        if answers.get(2, 0) & _ERROR_TOLD and _ERROR in self._manners.status:
            error = self._status(channel, _ERROR, patience_s)
            if error is not None:
                answers[_ERROR] = error
        self._was_silent = not answers
        return condition_of(answers, self._manners)

    def _numbers(self) -> list[int]:
        """List what to ask: the first always, another only while it seems to be answered."""
        asked = [number for number in self._manners.status if number != _ERROR]
        return [
            number
            for place, number in enumerate(asked)
            if place == 0 or self._misses[number] < _GIVEN_UP_AFTER
        ]

    def _status(self, channel: Channel, number: int, patience_s: float) -> int | None:
        self._put(channel, status_request(number))
        heard = self._hear(channel, StatusAnswer, patience_s)
        return heard[-1].byte if heard else None

    def _settle(self, channel: Channel) -> None:
        """See that no answer to an earlier job is still to come.

        The printer answers in the order it was asked, so when one question has brought exactly one
        answer there is none.

        Raises: DeviceFault, not `started`, when a printer that can answer does not get that far.
        """
        for _ in range(_ROUNDS):
            self._drain(channel, self._patience.quiet_s)
            self._put(channel, END_REQUEST)
            self._owed += 1
            heard = len(self._hear(channel, EndAnswer, self._patience.answer_s))
            if not heard:
                break
            heard += self._drain(channel, self._patience.quiet_s)
            self._reported = True
            if heard == 1:
                self._owed = self._refusals = 0
                return
        if self._reported and not self._is_mistaken():
            raise DeviceFault("timeout", f"{self._name} does not get to what it has been sent.")

    def _is_mistaken(self) -> bool:
        """Tell whether what was taken for an answer may have been noise: no job ever had one."""
        self._refusals += 1
        if self._has_confirmed or self._refusals < _GIVEN_UP_AFTER:
            return False
        self._reported, self._refusals = False, 0
        return True

    def _write(self, channel: Channel, data: bytes, following: Following) -> None:
        self._owed += 1
        try:
            channel.write(data, self._patience.stall_s, following.hindered)
        except DeviceFault as fault:
            self._cut_off = len(data) - channel.taken + channel.dropped if fault.started else 0
            if not fault.started:
                self._owed -= 1
            raise
        self._cut_off = 0

    def _padding(self) -> bytes:
        # A job that was cut off may have ended inside a picture, whose rest the printer still waits
        # for; the next job must not be drawn as dots. Outside of one it skips these bytes.
        return bytes(min(self._cut_off, _MOST_PADDING))

    def _end_requests(self) -> bytes:
        end = END_REQUEST if self._manners.reports_end else b""
        return end + self._job_request() if self._manners.reports_job else end

    def _job_request(self) -> bytes:
        self._job += 1
        return _JOB_REQUEST + self._job_name()

    def _job_name(self) -> bytes:
        digits = []
        rest = self._job
        for _ in range(4):
            rest, digit = divmod(rest, 90)
            digits.append(0x21 + digit)
        return bytes(digits)

    def _await_end(self, channel: Channel, following: Following, wait_s: float) -> Sent:
        try:
            return self._awaited(channel, following, wait_s)
        except DeviceFault as fault:
            said = following.condition
            cause = said.cause if said.stops and said.cause is not None else fault.cause
            raise DeviceFault(
                fault.cause if fault.cause == "gone" else cause, str(fault), started=True
            ) from fault

    def _awaited(self, channel: Channel, following: Following, wait_s: float) -> Sent:
        poll = Poll(self._numbers(), self._manners, self._patience)
        deadline = time.monotonic() + wait_s
        seen = 0
        while (left_s := deadline - time.monotonic()) > 0 and not following.is_given_up:
            if following.condition.speaks and (request := poll.request_due()):
                self._put(channel, request)
            for answer in self._listen(channel, min(left_s, self._patience.poll_s)):
                seen += isinstance(answer, EndAnswer)
                if self._is_end(answer, seen):
                    self._owed = 0
                    self._reported = self._has_confirmed = True
                    following.mended()
                    return Sent(confirmed=True, condition=following.condition)
                if isinstance(answer, StatusAnswer) and following.told(poll.heard(answer.byte)):
                    deadline = time.monotonic() + wait_s
        channel.check_all_left(self._patience.stall_s)
        self._owed = max(self._owed - seen, 1)
        # It answers, if only for what it was asked while it was off: the next job counts anew.
        self._reported = self._reported or (seen > 0 and following.condition.speaks)
        return Sent(False, _silence(following.condition, wait_s), following.condition)

    def _is_end(self, answer: Answer, seen: int) -> bool:
        if self._manners.reports_job:
            return answer == JobAnswer(self._job_name())
        return isinstance(answer, EndAnswer) and seen >= self._owed

    def _put(self, channel: Channel, request: bytes) -> None:
        """Ask something before a job.

        Raises: DeviceFault, not `started`: nothing of a job has been sent.
        """
        try:
            channel.write(request, self._patience.stall_s, lambda _: False)
        except DeviceFault as fault:
            raise DeviceFault(fault.cause, str(fault)) from fault

    def _listen(self, channel: Channel, timeout_s: float) -> list[Answer]:
        return self._reader.feed(channel.read(timeout_s))

    def _hear(self, channel: Channel, kind: type[A], timeout_s: float) -> list[A]:
        """Wait for an answer of a kind; returns it with those that came in one piece with it."""
        deadline = time.monotonic() + timeout_s
        while (left_s := deadline - time.monotonic()) > 0:
            heard = [one for one in self._listen(channel, left_s) if isinstance(one, kind)]
            if heard:
                return heard
        return []

    def _drain(self, channel: Channel, quiet_s: float) -> int:
        """Take whatever still comes, until nothing comes for a while; returns the ends told."""
        ends = 0
        deadline = time.monotonic() + _CHATTER_S
        while time.monotonic() < deadline and (data := channel.read(quiet_s)):
            ends += sum(isinstance(one, EndAnswer) for one in self._reader.feed(data))
        return ends


def _paper_s(job: bytes) -> float:
    return min(job.count(b"\n") * _LINE_S, _LONGEST_S)


def _silence(condition: Condition, wait_s: float) -> str:
    if condition.stops and condition.cause is not None:
        return f"it waits for somebody: {condition.cause.replace('_', ' ')}"
    return f"no answer within {wait_s:.3g} s"
