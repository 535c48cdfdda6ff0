"""Reads a print job as a strict printer would, knowing nothing of how jobs are made.

A width is counted from the bytes: in Chinese mode a byte from 0x20 to 0x7E is one column and a
two-byte code two; in single-byte mode every byte is one. Whatever a printer would not print as it
was meant is an error: unknown or cut-off commands, characters without a glyph, lines, bars, codes
and pictures wider than the paper, commands inside a line that belong to its start, bytes in
pictures that a serial printer obeys at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

DOTS = 12
# Bytes that a QR code of version 1, 2, ... holds in byte mode, level M: ISO/IEC 18004, table 7.
QR_M = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text, magnified in width and height, and the columns it takes."""

    text: str
    columns: int
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class Code:
    """A bar code or QR code: what a scanner reads from it, and its dots from edge to edge."""

    kind: Literal["code128", "qr"]
    text: str
    dots: int


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture; `rows` of dots, True where black."""

    dots: int
    rows: tuple[tuple[bool, ...], ...]
    wide: int = 1
    high: int = 1


@dataclass(frozen=True, slots=True)
class Feed:
    """The paper moves: lines, or past the cutter and cut."""

    lines: int
    cut: bool


Part = TextLine | Code | Raster | Feed


@dataclass
class Decoded:
    """What is on the paper, and what went wrong."""

    parts: list[Part] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def text(self) -> list[str]:
        """The lines of text alone."""
        return [part.text for part in self.parts if isinstance(part, TextLine)]

    def all(self, kind: type) -> list[Part]:
        """The parts of a kind."""
        return [part for part in self.parts if isinstance(part, kind)]


class CutOffError(Exception):
    """The job ends inside a command or a character."""


def decode(
    job: bytes,
    columns: int,
    *,
    starts: Literal["chinese", "single"] = "chinese",
    characters: Literal["gb2312", "gbk"] = "gbk",
    dots: int | None = None,
) -> Decoded:
    """Read a job for paper that many columns wide, on a printer that starts in one of two modes."""
    reader = _Reader(job, dots or columns * DOTS, columns, starts == "chinese", characters)
    reader.read()
    return reader.found


class _Reader:
    def __init__(
        self, job: bytes, dots: int, columns: int, starts_chinese: bool, characters: str
    ) -> None:
        self.found = Decoded()
        self._job = job
        self._at = 0
        self._dots = dots
        self._columns = columns
        self._starts_chinese = starts_chinese
        self._characters = characters
        self._reset()

    def read(self) -> None:
        try:
            while self._at < len(self._job):
                self._one()
        except CutOffError:
            self._error("the job ends inside a command or a character")
        if self._text:
            self._error(f"{self._text!r} is never printed")
        if not self.found.parts or not isinstance(self.found.parts[-1], Feed):
            self._error("the last line stays inside the printer")

    def _reset(self) -> None:
        self._chinese = self._starts_chinese
        self._wide = self._high = 1
        self._text = ""
        self._x = 0
        self._bar_dots = 3
        self._qr: dict[str, int | bytes] = {"size": 3, "level": ord("0")}

    def _error(self, what: str) -> None:
        self.found.errors.append(f"at {self._at}: {what}")

    def _take(self, count: int) -> bytes:
        data = self._job[self._at : self._at + count]
        if len(data) < count:
            self._at = len(self._job)
            raise CutOffError
        self._at += count
        return data

    def _one(self) -> None:
        byte = self._take(1)[0]
        if byte >= 0x20:
            self._character(byte)
        elif byte == 0x0A:
            self._end_line()
        elif byte in (0x1B, 0x1C, 0x1D):
            self._command(bytes((byte,)) + self._take(1))
        else:
            self._error(f"byte {byte:#04x} is no command")

    def _character(self, byte: int) -> None:
        if byte < 0x7F:
            self._put(chr(byte), 1)
        elif not self._chinese:
            self._put(bytes((byte,)).decode("cp437"), 1)
        elif byte in (0x7F, 0x80, 0xFF):
            self._error(f"byte {byte:#04x} is no character")
        else:
            self._two_bytes(byte)

    def _two_bytes(self, lead: int) -> None:
        trail = self._take(1)[0]
        code = bytes((lead, trail))
        if not (0x40 <= trail <= 0xFE and trail != 0x7F):
            self._error(f"{code.hex()}: half a character, or one of four bytes")
            return
        try:
            char = code.decode("gb18030")
            if self._characters == "gb2312":
                code.decode("gb2312")
        except UnicodeDecodeError:
            self._error(f"{code.hex()} has no glyph")
            return
        if unicodedata.category(char) in {"Co", "Cn"}:
            self._error(f"{code.hex()} has no glyph")
        self._put(char, 2)

    def _put(self, char: str, columns: int) -> None:
        self._text += char
        self._x += columns * self._wide
        if self._x > self._columns:
            self._error(f"{self._text!r} is wider than {self._columns} columns")

    def _end_line(self) -> None:
        self.found.parts.append(TextLine(self._text, self._x, self._wide, self._high))
        self._text, self._x = "", 0

    def _command(self, name: bytes) -> None:
        if name == b"\x1b@":
            if self._text:
                self._error(f"{self._text!r} is thrown away")
            self._reset()
            return
        if self._text:
            self._error(f"{name!r} inside a line")
        commands: dict[bytes, Callable[[], None]] = {
            b"\x1c&": lambda: self._mode(chinese=True),
            b"\x1c.": lambda: self._mode(chinese=False),
            b"\x1d!": self._size,
            b"\x1b3": lambda: self._checked(1, range(1, 256)),
            b"\x1ba": lambda: self._checked(1, range(3)),
            b"\x1dh": lambda: self._checked(1, range(1, 256)),
            b"\x1dH": lambda: self._checked(1, range(4)),
            b"\x1dw": self._bar_width,
            b"\x1bd": self._feed,
            b"\x1dV": self._cut,
            b"\x1dk": self._code128,
            b"\x1d(": self._two_dimensional,
            b"\x1dv": self._raster,
        }
        if name not in commands:
            self._error(f"{name!r} is no command")
            return
        commands[name]()

    def _mode(self, *, chinese: bool) -> None:
        self._chinese = chinese

    def _checked(self, count: int, allowed: range) -> int:
        value = self._take(count)[0]
        if value not in allowed:
            self._error(f"parameter {value} out of range")
        return value

    def _size(self) -> None:
        value = self._checked(1, range(0x78))
        self._wide, self._high = (value >> 4) + 1, (value & 0x0F) + 1

    def _bar_width(self) -> None:
        self._bar_dots = self._checked(1, range(2, 7))

    def _feed(self) -> None:
        self.found.parts.append(Feed(self._take(1)[0], cut=False))

    def _cut(self) -> None:
        kind = self._take(1)[0]
        if kind in (65, 66):
            self._take(1)
        elif kind not in (0, 1):
            self._error(f"cut {kind} out of range")
        self.found.parts.append(Feed(0, cut=True))

    def _code128(self) -> None:
        if self._take(1) != b"I":
            self._error("no bar code of kind B, Code 128")
        data = self._take(self._take(1)[0])
        text, symbols = self._symbols(data)
        dots = (11 * (symbols + 2) + 13) * self._bar_dots
        if dots + 20 * self._bar_dots > self._dots:
            self._error(f"bar code of {dots} dots and its quiet zones on {self._dots}")
        self.found.parts.append(Code("code128", text, dots))

    def _symbols(self, data: bytes) -> tuple[str, int]:
        text, symbols, code_set, at = "", -1, "", 0
        while at < len(data):
            if data[at] == ord("{"):
                following = chr(data[at + 1]) if at + 1 < len(data) else ""
                at += 2
                symbols += 1
                if following in ("B", "C"):
                    code_set = following
                elif following == "{" and code_set == "B":
                    text += "{"
                else:
                    self._error(f"bar code data {data!r}")
                continue
            if code_set == "C" and data[at] < 100:
                text += f"{data[at]:02}"
            elif code_set == "B" and 0x20 <= data[at] < 0x7F:
                text += chr(data[at])
            else:
                self._error(f"bar code data {data!r}")
            symbols += 1
            at += 1
        self._obeyed(data)
        return text, symbols

    def _two_dimensional(self) -> None:
        if self._take(1) != b"k":
            self._error("no two-dimensional code")
        size = int.from_bytes(self._take(2), "little")
        body = self._take(size)
        if body[:1] != b"1":
            self._error("no QR code")
            return
        match body[1:2], body[2:]:
            case b"A", b"2\x00":
                pass
            case b"C", value if len(value) == 1 and 1 <= value[0] <= 16:
                self._qr["size"] = value[0]
            case b"E", value if value in (b"0", b"1", b"2", b"3"):
                self._qr["level"] = value[0]
            case b"P", value if value[:1] == b"0" and len(value) > 1:
                self._qr["data"] = value[1:]
                self._obeyed(value)
            case b"Q", b"0":
                self._print_qr()
            case _:
                self._error(f"QR function {body!r}")

    def _print_qr(self) -> None:
        data, size = self._qr.get("data"), int(self._qr["size"])
        if not isinstance(data, bytes) or self._qr["level"] != ord("1"):
            self._error("a QR code without data, or not of level M")
            return
        version = next((n for n, most in enumerate(QR_M, 1) if most >= len(data)), 40)
        dots = (17 + 4 * version) * size
        if dots + 8 * size > self._dots:
            self._error(f"QR code of {dots} dots and its quiet zone on {self._dots}")
        self.found.parts.append(Code("qr", data.decode(), dots))

    def _raster(self) -> None:
        if self._take(1) != b"0":
            self._error("no picture")
        mode = self._checked(1, range(4))
        across = int.from_bytes(self._take(2), "little")
        down = int.from_bytes(self._take(2), "little")
        data = self._take(across * down)
        wide, high = 1 + (mode & 1), 1 + (mode >> 1)
        if across * 8 * wide > -(-self._dots // 8) * 8:
            self._error(f"picture of {across * 8 * wide} dots on {self._dots}")
        if not any(data):
            self._error("a picture without a dot")
        self._obeyed(data)
        rows = tuple(
            tuple(
                bool(byte >> bit & 1)
                for byte in data[row * across : (row + 1) * across]
                for bit in range(7, -1, -1)
            )
            for row in range(down)
        )
        self.found.parts.append(Raster(across * 8, rows, wide, high))

    def _obeyed(self, data: bytes) -> None:
        for command in (b"\x10\x04", b"\x10\x05", b"\x10\x14"):
            if command in data:
                self._error(f"{command!r} in data is obeyed at once")
