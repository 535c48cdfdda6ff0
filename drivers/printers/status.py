"""What printers answer: their bytes taken apart, and what these say of paper, cover and cutter.

Source: the ESC/POS command references of several makers, which agree on the bits that tell the
kinds of answer apart; where a model differs, `Manners` says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from drivers.faults import Cause


@dataclass(frozen=True, slots=True)
class Condition:
    """What a printer says of itself; one that does not `speak` says nothing, also of its paper."""

    speaks: bool = False
    cause: Cause | None = None

    @property
    def stops(self) -> bool:
        """Tell whether it prints nothing until somebody has seen to it."""
        return self.cause not in (None, "paper_low")


@dataclass(frozen=True, slots=True)
class Manners:
    """How a printer answers; the defaults are what most do.

    `status` are the numbers n of `DLE EOT n` that it answers. `paper_low` and `paper_out` are the
    bits of the answer to n = 4 which, all set, say so; 0 for none, and with `paper_low_when`
    "clear" they say so when all are clear. `reports_end`: it answers `GS r 1`, `reports_job`:
    `GS ( H` too.
    """

    status: tuple[int, ...] = (1, 2, 3, 4)
    paper_low: int = 0x0C
    paper_low_when: Literal["set", "clear"] = "set"
    paper_out: int = 0x60
    reports_end: bool = True
    reports_job: bool = False


ORDINARY = Manners()


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """The answer to a `DLE EOT n`; to which n, it does not say."""

    byte: int


@dataclass(frozen=True, slots=True)
class EndAnswer:
    """The answer to a `GS r 1`: everything sent before it has been worked through."""

    byte: int


@dataclass(frozen=True, slots=True)
class JobAnswer:
    """The answer to a `GS ( H` with this name of four characters: what stood before is on paper."""

    job: bytes


Answer = StatusAnswer | EndAnswer | JobAnswer

_JOB_HEAD = b"\x37\x22"
_JOB_SIZE = 7
_AUTOMATIC_SIZE = 4


class AnswerReader:
    """Takes what comes from a printer apart; whatever is no answer is dropped.

    Flow control is dropped too, and so is what a printer sends unasked (`GS a`): four bytes, the
    last three of which look like answers to `GS r`.
    """

    def __init__(self) -> None:
        self._kept = b""

    def reset(self) -> None:
        """Forget half an answer."""
        self._kept = b""

    def feed(self, data: bytes) -> list[Answer]:
        """Take what came; returns the answers that are now whole."""
        self._kept += data
        answers: list[Answer] = []
        at = 0
        while at < len(self._kept):
            answer, size = _first(self._kept[at : at + _JOB_SIZE])
            if size == 0:
                break
            if answer is not None:
                answers.append(answer)
            at += size
        self._kept = self._kept[at:]
        return answers


def _first(data: bytes) -> tuple[Answer | None, int]:
    """Read the answer at the start of the data, and its size: 0 when the rest must come first."""
    byte = data[0]
    if byte == _JOB_HEAD[0]:
        return _job(data)
    if byte & 0x93 == 0x12:
        return StatusAnswer(byte), 1
    if byte & 0x93 == 0x10:
        return None, _automatic(data)
    if byte & 0x90 == 0:
        return EndAnswer(byte), 1
    return None, 1


def _job(data: bytes) -> tuple[Answer | None, int]:
    name, end = data[2:6], data[6:7]
    is_fitting = (
        data[:2] == _JOB_HEAD[: len(data)]
        and all(0x20 <= byte <= 0x7E for byte in name)
        and end in (b"", b"\x00")
    )
    if not is_fitting:
        return None, 1
    return (JobAnswer(name), _JOB_SIZE) if end else (None, 0)


def _automatic(data: bytes) -> int:
    rest = data[1:_AUTOMATIC_SIZE]
    if any(byte & 0x90 for byte in rest):
        return 1
    return _AUTOMATIC_SIZE if len(rest) == _AUTOMATIC_SIZE - 1 else 0


def condition_of(answers: Mapping[int, int], manners: Manners) -> Condition:
    """Tell what the answers to `DLE EOT n` mean, by n; what hinders most comes first.

    >>> condition_of({1: 0x1A, 2: 0x32, 4: 0x7E}, Manners())
    Condition(speaks=True, cause='paper_out')
    """
    if not answers:
        return Condition()
    return Condition(speaks=True, cause=_cause(answers, manners))


def _cause(answers: Mapping[int, int], manners: Manners) -> Cause | None:
    printer, stopped, error, paper = (answers.get(n, 0) for n in (1, 2, 3, 4))
    # An open cover hides the paper from its sensor, so it is told before the paper.
    if stopped & 0x04:
        return "cover_open"
    if stopped & 0x20 or _has(paper, manners.paper_out):
        return "paper_out"
    if error & 0x08:
        return "cutter"
    if error & 0x24:
        return "error"
    if error & 0x40:
        return "hot"
    if stopped & 0x40:
        return "error"
    if printer & 0x08 or stopped & 0x08:
        return "offline"
    return "paper_low" if 4 in answers and _is_low(paper, manners) else None


def _is_low(paper: int, manners: Manners) -> bool:
    if manners.paper_low_when == "clear":
        return manners.paper_low != 0 and not paper & manners.paper_low
    return _has(paper, manners.paper_low)


def _has(byte: int, bits: int) -> bool:
    return bits != 0 and byte & bits == bits
