"""Lines of a stream as labels."""

from __future__ import annotations

import io

import pytest

from drivers.scanners.label import Label
from drivers.scanners.reading import Ended
from drivers.scanners.stdin import LineScanner


def read_all(data: bytes) -> list[Label]:
    scanner = LineScanner(io.BytesIO(data))
    scanner.open()
    labels = []
    try:
        while True:
            labels += scanner.read(0.1)
    except Ended:
        scanner.close()
        return labels


@pytest.mark.parametrize(
    ("data", "labels"),
    [
        (b"", []),
        (b"\n\r\n\n", []),
        (b"R000001\r\n30000001\n", [Label("R000001"), Label("30000001")]),
        (b"R000001\n30000001", [Label("R000001"), Label("30000001")]),
        (b"@2026-09-08T16:31:00+08:00 R000001\n", [Label("@2026-09-08T16:31:00+08:00 R000001")]),
        ("３０\n".encode(), [Label("３０")]),
        ("王小明\n".encode("gb18030"), [Label("王小明")]),
        (b"\x00\x00\nR000001\n", [Label("\x00\x00", "noise"), Label("R000001")]),
        (b"\x00\n", [Label("\x00", "noise")]),
        (b"7" * 10_000 + b"\nR000001\n", [Label("7" * 10_000), Label("R000001")]),
        (b"7" * 70_000 + b"\nR000001\n", [Label("7" * 200, "too_long"), Label("R000001")]),
    ],
)
def test_each_line_is_one_label(data: bytes, labels: list[Label]) -> None:
    assert read_all(data) == labels
