"""The bytes of a print job, read back by a walker that knows only what a job may contain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.escpos import height_mm, job
from receipts.glyphs import DOTS_PER_COLUMN, MISSING
from receipts.layout import Line, lay_out
from receipts.slip import Captions, Entry, Group, Slip

# The commands a job may use: their first bytes, and how many bytes of parameters follow.
COMMANDS = {
    b"\x1b@": 0,
    b"\x1c&": 0,
    b"\x1d!": 1,
    b"\x1b3": 1,
    b"\x1ba": 1,
    b"\x1dh": 1,
    b"\x1dw": 1,
    b"\x1dH": 1,
    b"\x1bd": 1,
    b"\x1dV\x42": 1,
}
QR = b"\x1d(k"
CODE128 = b"\x1dkI"

# A busy machine is no fault of the job.
unhurried = settings(deadline=None, max_examples=60)
texts = st.text(st.characters(), max_size=50)
entries = st.lists(st.builds(Entry, texts, texts), max_size=2).map(tuple)
slips = st.builds(
    Slip,
    arrow=texts,
    who=texts,
    lent=entries,
    overdue=entries,
    returned=st.lists(texts, max_size=2).map(tuple),
    lines=st.lists(texts, max_size=2).map(tuple),
    groups=st.lists(st.builds(Group, texts, entries), max_size=2).map(tuple),
    code=texts | st.from_regex("KC-DAY-[0-9]{8}", fullmatch=True),
    notes=st.lists(texts, max_size=2).map(tuple),
    footer=texts,
    captions=st.builds(Captions, texts, texts, texts, texts),
)


@dataclass(frozen=True, slots=True)
class Printed:
    text: str
    columns: int


@dataclass(frozen=True, slots=True)
class Command:
    name: bytes
    parameters: bytes


def walk(data: bytes) -> Iterator[Printed | Command]:
    """Read a job as a printer would; any byte that is neither text nor a known command fails."""
    at = start = 0
    magnified = 1
    while at < len(data):
        if data[at] >= 0x20:
            assert data[at] not in (0x7F, 0x80, 0xFF), f"byte {data[at]:#x} at {at}"
            at += 1 if data[at] < 0x80 else 2
            continue
        if data[at] == 0x0A:
            yield Printed(data[start:at].decode("gb18030"), (at - start) * magnified)
            at = start = at + 1
            continue
        assert at == start, f"a command at {at} inside a line"
        if data.startswith(QR, at):
            end = at + 5 + int.from_bytes(data[at + 3 : at + 5], "little")
            yield Command(QR, data[at + 5 : end])
        elif data.startswith(CODE128, at):
            end = at + 4 + data[at + 3]
            yield Command(CODE128, data[at + 4 : end])
        else:
            name = next((name for name in COMMANDS if data.startswith(name, at)), None)
            assert name is not None, f"unknown command {data[at : at + 3]!r} at {at}"
            end = at + len(name) + COMMANDS[name]
            yield Command(name, data[at + len(name) : end])
            if name == b"\x1d!":
                magnified = (data[end - 1] >> 4) + 1
        at = start = end
    assert at == start == len(data), "the job ends inside a line"


def printed(data: bytes) -> list[str]:
    return [part.text for part in walk(data) if isinstance(part, Printed)]


def commands(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(part.name, part.parameters) for part in walk(data) if isinstance(part, Command)]


@unhurried
@given(slips, st.integers(24, 64), st.booleans())
def test_no_text_reaches_the_printer_as_a_command(slip: Slip, columns: int, cut: bool) -> None:
    lines = lay_out(slip, columns)

    parts = list(walk(job(lines, columns=columns, cut=cut)))

    texts_on_paper = [part for part in parts if isinstance(part, Printed)]
    assert all(part.columns <= columns for part in texts_on_paper)
    for line, part in zip(lines, texts_on_paper, strict=True):
        laid_out = line.filled(columns)
        assert len(part.text) == len(laid_out)
        assert all(got in {c, MISSING} for c, got in zip(laid_out, part.text, strict=True))


@unhurried
@given(st.lists(st.builds(Line, texts, texts), max_size=3))
def test_lines_made_by_others_are_just_as_harmless(lines: list[Line]) -> None:
    assert len(printed(job(lines, columns=32, cut=True))) == len(lines)


def test_a_job_chooses_chinese_mode_first_whatever_the_printer_was_left_in() -> None:
    assert job((), columns=32, cut=True).startswith(b"\x1b@\x1c&")


def test_sizes_and_line_spacings_change_at_line_starts() -> None:
    lines = (Line("王", size="double"), Line("小", size="tall"), Line("明"), Line("的"))

    assert commands(job(lines, columns=48, cut=True)) == [
        (b"\x1b@", b""),
        (b"\x1c&", b""),
        (b"\x1d!", b"\x11"),
        (b"\x1b3", bytes([52])),
        (b"\x1d!", b"\x01"),
        (b"\x1b3", bytes([52])),
        (b"\x1d!", b"\x00"),
        (b"\x1b3", bytes([28])),
        (b"\x1dV\x42", bytes([16])),
    ]


def test_without_a_cutter_the_paper_is_fed_and_not_cut() -> None:
    assert commands(job((Line("书"),), columns=32, cut=False))[-1] == (b"\x1bd", b"\x04")


def test_a_heading_alone_is_fed_in_lines_of_plain_height() -> None:
    data = job((Line("王", size="tall"),), columns=32, cut=False)

    assert data.endswith(b"\n\x1d!\x00\x1b3\x1c\x1bd\x04")


def test_text_is_two_byte_gb18030() -> None:
    data = job((Line("《夏》·㛃"),), columns=32, cut=True)

    assert bytes.fromhex("a1b6 cfc4 a1b7 a1a4 a1fe 0a") in data


@pytest.mark.parametrize("columns", [24, 32, 42, 48])
@pytest.mark.parametrize("length", [1, 14, 15, 60, 100])
def test_a_qr_code_fits_the_paper_with_its_quiet_zone(columns: int, length: int) -> None:
    text = "7" * length

    parts = dict[bytes, bytes]()
    for name, parameters in commands(job((), columns=columns, cut=True, qr=text)):
        if name == QR:
            parts[parameters[1:2]] = parameters[2:]

    assert parts[b"\x41"] == b"2\x00"
    assert parts[b"\x45"] == b"1"
    assert parts[b"\x50"] == b"0" + text.encode()
    assert parts[b"\x51"] == b"0"
    modules = 17 + 4 * next(
        v for v, most in enumerate((14, 26, 42, 62, 84, 106), 1) if most >= length
    )
    assert 3 <= parts[b"\x43"][0] <= 5
    assert (modules + 8) * parts[b"\x43"][0] <= columns * DOTS_PER_COLUMN


def test_a_qr_code_too_big_for_the_paper_is_refused() -> None:
    with pytest.raises(ValueError) as fault:  # noqa: PT011 - the whole message is asserted
        job((), columns=48, cut=True, qr="书" * 72)

    assert str(fault.value) == (
        "Cannot print a QR code of 216 bytes on 576 dots:"
        " expected at most 213 bytes and modules of at least 3 dots"
    )


def test_a_qr_code_carries_no_control_characters() -> None:
    with pytest.raises(ValueError) as fault:  # noqa: PT011 - the whole message is asserted
        job((), columns=48, cut=True, qr="7\x10\x04\x01")

    assert str(fault.value) == (
        "Cannot print a QR code of '7\\x10\\x04\\x01': it has control characters in it"
    )


@pytest.mark.parametrize(
    ("text", "columns", "dots", "data"),
    [
        ("KC-DAY-12345678", 32, 2, b"{BKC-DAY-{C\x0c\x22\x38\x4e"),
        ("KC-DAY-12345678", 42, 2, b"{BKC-DAY-{C\x0c\x22\x38\x4e"),
        ("KC-DAY-12345678", 48, 3, b"{BKC-DAY-{C\x0c\x22\x38\x4e"),
        ("R100001", 32, 3, b"{BR{C\x0a\x00\x01"),
        ("30012345", 32, 3, b"{C\x1e\x01\x17\x2d"),
        ("A{B12", 32, 3, b"{BA{{B12"),
    ],
)
def test_a_bar_code_is_as_wide_as_the_paper_allows_and_has_its_text_below(
    text: str, columns: int, dots: int, data: bytes
) -> None:
    parts = list(walk(job((Line(text, bars=dots),), columns=columns, cut=True)))

    assert lay_out(Slip(arrow="", who="", code=text), columns) == (Line(text, bars=dots),)
    assert parts[4:-1] == [
        Command(b"\x1ba", b"\x01"),
        Command(b"\x1dH", b"\x00"),
        Command(b"\x1dh", bytes([80])),
        Command(b"\x1dw", bytes([dots])),
        Command(CODE128, data),
        Printed(text, len(text)),
        Command(b"\x1ba", b"\x00"),
    ]


@pytest.mark.parametrize("digits", ["16041234", "12160534", "12341620"])
def test_a_bar_code_never_hides_a_real_time_command(digits: str) -> None:
    data = job(lay_out(Slip(arrow="", who="", code=digits), 32), columns=32, cut=True)

    assert (CODE128, b"{B" + digits.encode()) in commands(data)
    assert not any(command in data for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"))


@pytest.mark.parametrize("cut", [True, False])
@pytest.mark.parametrize("title", ["夏洛的网", "一二三四五六七八九十" * 4])
def test_a_slip_of_two_books_is_shorter_than_8_cm(title: str, cut: bool) -> None:
    due = "9月17日(四)前还"
    slip = Slip(
        arrow="←左",
        who="三(2)班 王小明",
        lent=(Entry(title, due), Entry(title, due)),
        in_hand="手上2本",
        next_turn="下次轮到你们班:9月17日(四)16:30",
        this_term="本学期第9本(目标12本)",
        footer="实验小学 No.1234 09-10 16:35",
        captions=Captions(lent="借好了"),
    )

    assert height_mm(lay_out(slip, 32), columns=32, cut=cut) < 80


def test_height_counts_lines_feed_bars_and_qr_code() -> None:
    lines = (Line("王", size="tall"), Line("明"))

    assert height_mm((Line("R100001", bars=2),), columns=32, cut=True) == (80 + 28 + 16) / 8 + 12
    assert height_mm(lines, columns=32, cut=True) == (52 + 28 + 16) / 8 + 12
    assert height_mm(lines, columns=32, cut=False) == (52 + 28 + 4 * 28) / 8
    assert height_mm(lines, columns=32, cut=True, qr="7") == (52 + 28 + 21 * 5 + 16) / 8 + 12
