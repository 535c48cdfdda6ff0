"""Cutting bytes into labels."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanners.encoding import Encoding, text_of
from drivers.scanners.frames import LINE_ENDS, FrameDecoder
from drivers.scanners.label import Label

PIECES = st.lists(
    st.one_of(
        st.sampled_from([b"30000001", b"R000123", "王小明".encode(), "王小明".encode("gb18030")]),
        st.sampled_from([b"\r", b"\n", b"\r\n", b"\t", b"\x03", b"\x02", b"\x00", b"\xff"]),
        st.just(b"7" * 5000),
        st.binary(max_size=12),
    ),
    max_size=12,
).map(b"".join)


@given(PIECES, st.lists(st.integers(0, 12_000), max_size=8))
def test_the_labels_are_the_same_however_the_bytes_are_cut_up(data: bytes, cuts: list[int]) -> None:
    at_once = FrameDecoder(skip=b"\x02", stray_bytes=3)
    expected = at_once.feed(data) + at_once.end()
    in_pieces = FrameDecoder(skip=b"\x02", stray_bytes=3)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]

    labels = []
    for start, stop in pairwise(edges):
        labels += in_pieces.feed(data[start:stop])

    assert labels + in_pieces.end() == expected


@pytest.mark.parametrize("end", [bytes([byte]) for byte in LINE_ENDS] + [b"\r\n"])
def test_a_label_ends_at_any_of_the_suffixes(end: bytes) -> None:
    assert FrameDecoder().feed(b"30000001" + end + b"30000002" + end) == [
        Label("30000001"),
        Label("30000002"),
    ]


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (b"R000123", "R000123"),
        ("王小明".encode(), "王小明"),
        ("王小明".encode("gb18030"), "王小明"),
        ("王é".encode(), "王é"),
        ("Größe".encode(), "Größe"),
        (b"\xef\xbb\xbfR000123", "R000123"),
        (b"]C101234567\x1d10A\x1e\x04", "]C101234567\x1d10A\x1e\x04"),
    ],
)
def test_text_is_read_as_utf_8_or_gb18030(frame: bytes, text: str) -> None:
    assert text_of(frame) == (text, True)


@pytest.mark.parametrize(
    ("frame", "shown"),
    [
        (b"3000\x000001", "3000\x000001"),
        (b"3000\xff0001", "3000\N{REPLACEMENT CHARACTER}0001"),
        (b"\x1b[A", "\x1b[A"),
        (b"\x00" * 500, "\x00" * 200),
    ],
)
def test_anything_else_is_noise_and_what_can_be_shown_of_it_is_told(
    frame: bytes, shown: str
) -> None:
    assert FrameDecoder().feed(frame + b"\r") == [Label(shown, "noise")]


# Pairs of GB2312 whose bytes are those of two-byte UTF-8 too, or nearly so.
AMBIGUOUS = ("联通", "目录", "一些", "哦", "毛", "谢雪峰", "乐购", "耀谢")


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_chinese_that_looks_like_the_other_encoding_is_read_right(text: str) -> None:
    assert text_of(text.encode("gb18030")) == (text, True)
    assert text_of(text.encode()) == (text, True)


COMMON = [
    bytes([lead, trail]).decode("gb2312")
    for lead in range(0xB0, 0xD7)
    for trail in range(0xA1, 0xFF)
]


@given(st.text(st.sampled_from([*COMMON, *"0123456789R-"]), min_size=1))
def test_common_chinese_is_read_right_in_either_encoding(text: str) -> None:
    assert text_of(text.encode("gb18030")) == (text, True)
    assert text_of(text.encode()) == (text, True)


@pytest.mark.parametrize(
    ("encoding", "frame", "text"),
    [
        ("utf-8", "é".encode(), "é"),
        ("gb18030", "é".encode(), "茅"),
        ("auto", "é".encode(), "茅"),
        ("gb18030", "㛃".encode("gb18030"), "㛃"),
    ],
)
def test_an_encoding_that_is_said_is_not_guessed(
    encoding: Encoding, frame: bytes, text: str
) -> None:
    assert text_of(frame, encoding) == (text, True)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_that_are_not_of_the_encoding_that_was_said_are_noise(encoding: Encoding) -> None:
    frames = FrameDecoder(encoding=encoding)
    other = "gb18030" if encoding == "utf-8" else "utf-8"

    (label,) = frames.feed("王小明".encode(other) + b"\xff\r")

    assert label.fault == "noise"


def test_stray_bytes_are_counted_and_more_than_that_is_reported() -> None:
    frames = FrameDecoder(stray_bytes=3)

    labels = frames.feed(b"\x00\xff\r30000001\r\x00\x00\x00\x00\r\x00A\r")

    assert labels == [Label("30000001"), Label("\x00" * 4, "noise"), Label("\x00A", "noise")]
    assert frames.strays == 1


def test_too_long_is_said_before_the_label_ends_as_it_may_never_end() -> None:
    frames = FrameDecoder()

    assert frames.feed(b"7" * 4096) == []
    assert frames.feed(b"7") == [Label("7" * 200, "too_long")]
    assert frames.feed(b"7" * 10_000) == []
    assert frames.feed(b"\r30000001\r") == [Label("30000001")]
