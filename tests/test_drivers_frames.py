"""Cutting bytes into labels."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.frames import LINE_ENDS, FrameDecoder, decode_label

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
        ("30000001", None),
        ("30000002", None),
    ]


@pytest.mark.parametrize(
    ("frame", "label"),
    [
        (b"R000123", ("R000123", None)),
        ("王小明".encode(), ("王小明", None)),
        ("王小明".encode("gb18030"), ("王小明", None)),
        ("联通".encode("gbk"), ("联通", None)),
        (b"\xef\xbb\xbfR000123", ("R000123", None)),
        (b"]C101234567\x1d10A\x1e\x04", ("]C101234567\x1d10A\x1e\x04", None)),
        (b"3000\x000001", ("3000\x000001", "noise")),
        (b"3000\xff0001", ("3000\N{REPLACEMENT CHARACTER}0001", "noise")),
        (b"\x1b[A", ("\x1b[A", "noise")),
        (b"\x00" * 500, ("\x00" * 200, "noise")),
    ],
)
def test_text_is_read_as_utf_8_or_gb18030_and_anything_else_is_noise(
    frame: bytes, label: tuple[str, str | None]
) -> None:
    assert decode_label(frame) == label


def test_stray_bytes_are_counted_and_more_than_that_is_reported() -> None:
    frames = FrameDecoder(stray_bytes=3)

    labels = frames.feed(b"\x00\xff\r30000001\r\x00\x00\x00\x00\r\x00A\r")

    assert labels == [("30000001", None), ("\x00" * 4, "noise"), ("\x00A", "noise")]
    assert frames.strays == 1


def test_too_long_is_said_before_the_label_ends_as_it_may_never_end() -> None:
    frames = FrameDecoder()

    assert frames.feed(b"7" * 4096) == []
    assert frames.feed(b"7") == [("7" * 200, "too_long")]
    assert frames.feed(b"7" * 10_000) == []
    assert frames.feed(b"\r30000001\r") == [("30000001", None)]
