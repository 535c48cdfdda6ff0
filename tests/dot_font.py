"""A font whose glyphs spell out their own code points in dots, and what reads them back.

Each glyph is a grid of squares, three dots wide with one between: five by five for a character of
24 dots, two by four for one of 12, the lowest bit at the upper left. So a drawn line can be read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

SIZE = 24
BASELINE = 21
_PITCH = 4
_WIDE, _NARROW = (5, 5), (2, 4)


def dot_font(characters: Iterable[str]) -> bytes:
    """Build a TrueType font that has these characters and nothing else; a space is among them."""
    known = sorted({" ", *characters})
    glyphs = [_box(), *(_glyph(_squares(char)) for char in known)]
    padded = [data + bytes(-len(data) % 4) for data in glyphs]
    starts = [sum(map(len, padded[:place])) for place in range(len(padded) + 1)]
    widths = [SIZE, *(_width(char) for char in known)]
    tables = {
        b"cmap": _cmap(known),
        b"glyf": b"".join(padded),
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, SIZE, 0, 0),
            *(0, -3, SIZE, BASELINE, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH",
            *(0x00010000, BASELINE, BASELINE - SIZE, 0, SIZE),
            *([0] * 11),
            len(glyphs),
        ),
        # The left bearing is the glyph's own left edge, or it would be moved to the left.
        b"hmtx": b"".join(
            struct.pack(">H", width) + (data[2:4] or bytes(2))
            for width, data in zip(widths, glyphs, strict=True)
        ),
        b"loca": b"".join(struct.pack(">I", start) for start in starts),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, len(glyphs), 200, 50, *([0] * 11)),
    }
    return _file(tables)


def read_back(rows: Sequence[Sequence[bool]], columns: int) -> str:
    """Read the text of a drawn line."""
    text, at = "", 0
    while at < columns:
        corner = at * 12
        if rows[BASELINE + 2][corner + 11 : corner + 12] == (True,):
            text += chr(_code(rows, corner, *_WIDE))
            at += 2
        else:
            text += chr(_code(rows, corner, *_NARROW) or 0x20)
            at += 1
    return text.rstrip()


def _code(rows: Sequence[Sequence[bool]], corner: int, across: int, down: int) -> int:
    def is_set(bit: int) -> bool:
        x = corner + 3 + _PITCH * (bit % across)
        y = BASELINE - (18 - _PITCH * (bit // across))
        return y < len(rows) and x < len(rows[y]) and rows[y][x]

    return sum(1 << bit for bit in range(across * down) if is_set(bit))


def _width(char: str) -> int:
    return SIZE // 2 if char.isascii() else SIZE


def _squares(char: str) -> list[tuple[int, int, int]]:
    """Give the squares of a character: left edge, lower edge, side."""
    if char == " ":
        return []
    across, down = _NARROW if char.isascii() else _WIDE
    mark = [] if char.isascii() else [(10, -4, 3)]
    return mark + [
        (2 + _PITCH * (bit % across), 16 - _PITCH * (bit // across), 3)
        for bit in range(across * down)
        if ord(char) >> bit & 1
    ]


def _box() -> bytes:
    return _glyph([(1, 0, 20)])


def _glyph(squares: Sequence[tuple[int, int, int]]) -> bytes:
    if not squares:
        return b""
    points = [
        corner
        for x, y, side in squares
        for corner in ((x, y), (x, y + side), (x + side, y + side), (x + side, y))
    ]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return b"".join(
        (
            struct.pack(">hhhhh", len(squares), min(xs), min(ys), max(xs), max(ys)),
            b"".join(struct.pack(">H", 4 * place + 3) for place in range(len(squares))),
            struct.pack(">H", 0),
            b"\x01" * len(points),
            _steps(xs),
            _steps(ys),
        )
    )


def _steps(values: list[int]) -> bytes:
    return b"".join(
        struct.pack(">h", after - before)
        for before, after in zip([0, *values], values, strict=False)
    )


def _cmap(characters: Sequence[str]) -> bytes:
    groups = b"".join(
        struct.pack(">III", ord(char), ord(char), place)
        for place, char in enumerate(characters, start=1)
    )
    table = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(characters)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _file(tables: dict[bytes, bytes]) -> bytes:
    start = 12 + 16 * len(tables)
    heads, bodies = b"", b""
    for name, data in sorted(tables.items()):
        heads += struct.pack(">4sIII", name, 0, start + len(bodies), len(data))
        bodies += data + bytes(-len(data) % 4)
    return struct.pack(">IHHHH", 0x00010000, len(tables), 128, 3, 0) + heads + bodies
