"""Lines of a stream as labels."""

from __future__ import annotations

import io

import pytest

from drivers.reading import Ended
from drivers.stdin import LineScanner


def read_all(data: bytes) -> list[tuple[str, str | None]]:
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
        (b"R000001\r\n30000001\n", [("R000001", None), ("30000001", None)]),
        (b"R000001\n30000001", [("R000001", None), ("30000001", None)]),
        (b"@2026-09-08T16:31:00+08:00 R000001\n", [("@2026-09-08T16:31:00+08:00 R000001", None)]),
        ("３０\n".encode(), [("３０", None)]),
        ("王小明\n".encode("gb18030"), [("王小明", None)]),
        (b"\x00\x00\nR000001\n", [("\x00\x00", "noise"), ("R000001", None)]),
        (b"\x00\n", [("\x00", "noise")]),
        (b"7" * 10_000 + b"\nR000001\n", [("7" * 10_000, None), ("R000001", None)]),
        (b"7" * 70_000 + b"\nR000001\n", [("7" * 200, "too_long"), ("R000001", None)]),
    ],
)
def test_each_line_is_one_label(data: bytes, labels: list[tuple[str, str | None]]) -> None:
    assert read_all(data) == labels
