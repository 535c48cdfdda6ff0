"""A slip by which a person sees what a printer can do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from escpos.constants import CTL_LF

from receipts.code128 import module_dots
from receipts.escpos import CHINESE_MODE, RESET, Paper, end_of, printed, qr_code, raster
from receipts.glyphs import encode
from receipts.layout import Line, lay_out
from receipts.raster import Picture
from receipts.slip import Slip

RULERS: Final = (32, 42, 48)

_CHINESE: Final = "中文"
_COMMON: Final = "啊座中国"
_IN_GBK: Final = "镕喆囍龘䶮"
_RARE: Final = "㛃𠅤𫖯"
_CODE: Final = "12345678"
_FRAME_ROWS: Final = 24
_FRAME_DOTS: Final = 2


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The words of a self-test slip: finished sentences, in the order they are printed.

    `starts` says what it means that the Chinese before it is readable; `sizes` are short
    texts for plain, tall and double characters; `answers` what the printer answered, line by line.
    """

    title: str
    starts: str
    chinese: str
    ruler: str
    sizes: tuple[str, str, str]
    characters: str
    frame: str
    codes: str
    answers: tuple[str, ...]
    end: str


def self_test(paper: Paper, says: SelfTest) -> bytes:
    """Give the print job; on paper narrower than a ruler that ruler is broken, as it should be."""
    dots = paper.model.dots_of(paper.columns)
    return b"".join(
        (
            RESET,
            # Before any mode is chosen.
            *(encode(line.text) + CTL_LF for line in _said(f"{_CHINESE} {says.starts}", paper)),
            CHINESE_MODE,
            printed(paper, tuple(_upper(paper, says))),
            raster(_frame(dots)) if paper.model.raster else b"",
            printed(paper, tuple(_codes(paper, says))),
            qr_code(_CODE, dots),
            printed(paper, tuple(_lower(paper, says))),
            end_of(paper),
        )
    )


def _upper(paper: Paper, says: SelfTest) -> Iterator[Line]:
    yield from _said(says.title, paper)
    yield from _said(says.chinese, paper)
    yield from _said(says.ruler, paper)
    yield from (Line(ruler(columns)) for columns in RULERS)
    plain, tall, double = says.sizes
    yield Line(plain)
    yield Line(tall, size="tall")
    yield Line(double, size="double")
    yield from _said(says.characters, paper)
    yield from (Line(text) for text in (_COMMON, _IN_GBK, _RARE))
    if paper.model.raster:
        yield from _said(says.frame, paper)


def _codes(paper: Paper, says: SelfTest) -> Iterator[Line]:
    yield from _said(says.codes, paper)
    yield Line(_CODE, bars=module_dots(_CODE, paper.model.dots_of(paper.columns)))


def _lower(paper: Paper, says: SelfTest) -> Iterator[Line]:
    for text in (*says.answers, says.end):
        yield from _said(text, paper)


def _said(text: str, paper: Paper) -> tuple[Line, ...]:
    return lay_out(Slip(arrow="", who="", lines=(text,)), paper.columns)


def ruler(columns: int) -> str:
    """Write a line of exactly that many columns, which ends in their number.

    >>> ruler(32)
    '1234567890123456789012345678<32>'
    """
    end = f"<{columns}>"
    digits = "1234567890" * (columns // 10 + 1)
    return digits[: columns - len(end)] + end


def _frame(dots: int) -> Picture:
    """Draw a frame from edge to edge."""
    row_bytes = dots // 8
    full = b"\xff" * row_bytes
    sides = b"\xc0" + bytes(row_bytes - 2) + b"\x03"
    return Picture(
        row_bytes,
        _FRAME_ROWS,
        full * _FRAME_DOTS + sides * (_FRAME_ROWS - 2 * _FRAME_DOTS) + full * _FRAME_DOTS,
    )
