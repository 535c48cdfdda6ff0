"""What a printer's bytes mean."""

from __future__ import annotations

import random

import pytest

from drivers.faults import Cause
from drivers.printers.printing import Patience
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
from drivers.printers.usb import hindrance
from drivers.printers.watching import Poll

FUZZED = 100_000


@pytest.mark.parametrize(
    ("data", "answers"),
    [
        (b"\x12", [StatusAnswer(0x12)]),
        (b"\x7e", [StatusAnswer(0x7E)]),
        (b"\x00", [EndAnswer(0)]),
        (b"\x0f", [EndAnswer(0x0F)]),
        (b"\x37\x22AB~!\x00", [JobAnswer(b"AB~!")]),
        # Flow control, and bytes no printer answers with.
        (b"\x11\x13\xff\x80\x92", []),
        # Four bytes unasked: the last three look like answers to `GS r`.
        (b"\x14\x00\x0c\x0f", []),
        (b"\x10\x00\x00\x00\x00\x12", [EndAnswer(0), StatusAnswer(0x12)]),
        # The first byte of four, but the rest is none of it.
        (b"\x10\x12\x00", [StatusAnswer(0x12), EndAnswer(0)]),
        # A job's answer that breaks off is no answer; what follows is.
        (b"\x37\x12", [StatusAnswer(0x12)]),
        (b"\x37\x22AB\x12", [EndAnswer(0x22), EndAnswer(0x41), EndAnswer(0x42), StatusAnswer(18)]),
    ],
)
def test_answers_are_told_apart_by_their_bits(data: bytes, answers: list[Answer]) -> None:
    assert AnswerReader().feed(data) == answers


def test_an_answer_may_come_in_pieces() -> None:
    reader = AnswerReader()

    heard = [reader.feed(bytes((byte,))) for byte in b"\x37\x22abcd\x00\x14\x00\x00\x00\x12"]

    assert [one for some in heard for one in some] == [JobAnswer(b"abcd"), StatusAnswer(0x12)]


def test_half_an_answer_is_forgotten_when_a_job_begins() -> None:
    reader = AnswerReader()
    reader.feed(b"\x37\x22ab")

    reader.reset()

    assert reader.feed(b"\x00") == [EndAnswer(0)]


def test_no_bytes_make_the_reader_or_what_reads_it_fail() -> None:
    chance = random.Random(4)
    reader = AnswerReader()
    poll = Poll((1, 2, 3, 4), Manners(), Patience(poll_s=0))
    heard = 0
    for _ in range(FUZZED):
        data = chance.randbytes(chance.randrange(12))
        for answer in reader.feed(data):
            heard += 1
            if isinstance(answer, StatusAnswer):
                assert answer.byte & 0x93 == 0x12
                poll.request_due()
                poll.heard(answer.byte)
                condition_of({chance.randrange(1, 5): answer.byte}, Manners())
    assert heard > FUZZED


WELL = {1: 0x12, 2: 0x12, 4: 0x12}


@pytest.mark.parametrize(
    ("answers", "cause"),
    [
        (WELL, None),
        (WELL | {4: 0x1E}, "paper_low"),
        (WELL | {4: 0x16}, None),  # one bit of two is not "near end"
        (WELL | {1: 0x1A, 2: 0x32, 4: 0x7E}, "paper_out"),
        (WELL | {4: 0x72}, "paper_out"),
        (WELL | {1: 0x1A, 2: 0x16, 4: 0x7E}, "cover_open"),
        (WELL | {1: 0x1A, 2: 0x52, 3: 0x1A}, "cutter"),
        (WELL | {1: 0x1A, 2: 0x52, 3: 0x32}, "error"),
        (WELL | {1: 0x1A, 2: 0x52, 3: 0x16}, "error"),
        (WELL | {1: 0x1A, 2: 0x52, 3: 0x52}, "hot"),
        (WELL | {1: 0x1A, 2: 0x52}, "error"),
        (WELL | {1: 0x1A}, "offline"),
        (WELL | {2: 0x1A}, "offline"),  # somebody holds the feed button
        ({1: 0x12}, None),
    ],
)
def test_the_cause_that_hinders_most_is_told(answers: dict[int, int], cause: Cause | None) -> None:
    assert condition_of(answers, Manners()) == Condition(speaks=True, cause=cause)


def test_a_model_may_tell_near_end_the_other_way_round() -> None:
    swapped = Manners(paper_low_when="clear")

    assert condition_of(WELL | {4: 0x12}, swapped).cause == "paper_low"
    assert condition_of(WELL | {4: 0x1E}, swapped).cause is None
    assert condition_of({1: 0x12, 2: 0x12}, swapped).cause is None


def test_the_paper_bits_of_a_model_may_mean_nothing() -> None:
    assert condition_of(WELL | {4: 0x7E}, Manners(paper_low=0, paper_out=0)).cause is None
    cleared = Manners(paper_low=0, paper_out=0, paper_low_when="clear")
    assert condition_of(WELL, cleared).cause is None


def test_without_answers_nothing_is_known() -> None:
    assert condition_of({}, Manners()) == Condition(speaks=False, cause=None)


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (0x20, "paper_out"),
        (0x38, "paper_out"),
        (0x18, None),
        (0x00, None),
        (0x08, None),
        (None, None),
    ],
)
def test_only_a_lack_of_paper_is_believed_of_a_usb_ports_status(
    status: int | None, cause: Cause | None
) -> None:
    assert hindrance(status) == cause
