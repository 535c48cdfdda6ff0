"""A printer that answers nonsense: a job ends as sent or as a fault, never as anything else."""

from __future__ import annotations

import random
from collections.abc import Callable

from drivers.faults import Cause, DeviceFault
from drivers.printers.channel import Channel
from drivers.printers.printing import Patience, Sent
from drivers.printers.status import Condition, Manners
from drivers.printers.talk import Talk

ROUNDS = 20_000
HURRIED = Patience(stall_s=0.001, status_s=0.0005, answer_s=0.001, quiet_s=0.0001, poll_s=0.0001)


class NoiseChannel(Channel):
    """Takes everything, and answers whatever comes to its mind, or goes away."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__(-1, "noise")
        self._chance = chance

    def write(
        self,
        data: bytes,
        stall_s: float,  # noqa: ARG002 - noise never keeps one waiting
        go_on: Callable[[Cause], bool],
    ) -> None:
        self.taken, self.dropped = len(data), 0
        if self._chance.random() < 0.01:
            self.taken = self._chance.randrange(len(data))
            raise DeviceFault("timeout", "it took nothing", started=self.taken > 0)
        if self._chance.random() < 0.05:
            go_on("paper_out")

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002 - as above
        if self._chance.random() < 0.01:
            raise DeviceFault("gone", "it went away")
        return self._chance.randbytes(self._chance.choice((0, 0, 1, 1, 2, 7, 30)))

    def check_all_left(self, stall_s: float) -> None:
        assert stall_s > 0


def test_whatever_a_printer_answers_a_job_is_sent_or_a_fault() -> None:
    chance = random.Random(7)
    ends = {"confirmed": 0, "unknown": 0, "refused": 0, "broken": 0}

    for number in range(ROUNDS):
        if number % 20 == 0:
            talk = Talk("noise", Manners(reports_job=number % 40 == 0), HURRIED)
        try:
            sent = talk.send(NoiseChannel(chance), b"a slip\n", lambda _: chance.random() < 0.5)
        except DeviceFault as fault:
            ends["broken" if fault.started else "refused"] += 1
        else:
            assert isinstance(sent, Sent)
            assert isinstance(sent.condition, Condition)
            ends["confirmed" if sent.confirmed else "unknown"] += 1

    assert sum(ends.values()) == ROUNDS
    assert min(ends.values()) > 0
