"""Lines into the bytes of an ESC/POS print job.

The commands come from python-escpos' constants, which cost little to import. Its printer classes
are left out: their text method sends Chinese without choosing Chinese mode, loses a title that
has only punctuation in it and lets one accented letter swallow the line's end; their sizes do not
reach Chinese characters; and importing them takes a quarter of a second and 10 MB. So each job
chooses its mode itself, whatever the printer was left in: `ESC @`, then `FS &` at the start of a
line, text as one- and two-byte GB18030, sizes by `GS !`, which covers both kinds of character.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from escpos.constants import (
    BARCODE_HEIGHT,
    BARCODE_TXT_OFF,
    BARCODE_TYPE_B,
    BARCODE_WIDTH,
    CTL_LF,
    ESC,
    FS,
    GS,
    HW_INIT,
    LINESPACING_FUNCS,
    QR_ECLEVEL_M,
    QR_MODEL_2,
    TXT_SIZE,
    TXT_STYLE,
)

from receipts.code128 import printer_data
from receipts.glyphs import DOTS_PER_COLUMN, MISSING, encode, has_glyph
from receipts.layout import Line, Size
from receipts.models import Model, model
from receipts.raster import Painter, Picture

DOTS_PER_MM = 8  # 203 dots per inch

RESET: bytes = HW_INIT
CHINESE_MODE: bytes = FS + b"&"
_MAGNIFIED = {
    "normal": TXT_STYLE["width"][1] | TXT_STYLE["height"][1],
    "tall": TXT_STYLE["width"][1] | TXT_STYLE["height"][2],
    "double": TXT_STYLE["width"][2] | TXT_STYLE["height"][2],
}
# Dots from one line to the next. A Chinese character fills 24 dots up to the edge, so lines 24
# apart touch; the power-on spacing, 30 to 34 dots by model, makes each slip longer or shorter than
# was reckoned. Half a millimetre between lines reads well.
_SPACING_DOTS = {"normal": 28, "tall": 52, "double": 52}

# `GS V 66 n` takes the last line past the cutter, then n dots more.
_CUT_MARGIN_DOTS = 16
_HEAD_TO_CUTTER_MM = 12

_BARS_DOTS = 80  # one centimetre high: a hand-held scanner finds it at any angle

# Most bytes a QR code of version 1, 2, ... holds at error correction level M (ISO/IEC 18004).
_QR_CAPACITY = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213)
_QR_QUIET_MODULES = 4
_QR_SMALLEST_DOTS, _QR_LARGEST_DOTS = 3, 5


@dataclass(frozen=True, slots=True)
class Paper:
    """What a job is printed on: the printer, how many columns of paper it has, and what to do
    at the end. With a `painter`, lines that the printer's font cannot show are drawn.
    """

    columns: int
    cut: bool
    model: Model = field(default_factory=model)
    painter: Painter | None = None

    def prints(self, line: Line) -> bool:
        """Tell whether all characters of a line come out, as text or drawn."""
        if self.shows(line):
            return True
        drawn = self.drawn(line)
        return drawn is not None and MISSING not in drawn

    def drawn(self, line: Line) -> str | None:
        """Give the text to draw in place of a line, None if that is of no use.

        It is where the printer lacks something that can be drawn, and the rest can be drawn too;
        what neither has is drawn as the printer would print it.
        """
        if line.bars or self.painter is None or not self.model.raster or self.shows(line):
            return None
        text = line.filled(self.columns)
        lacked = {char for char in text if not has_glyph(char, self.model.characters)}
        found = {char for char in lacked if self.painter.draws(char)}
        drawn = "".join(MISSING if char in lacked - found else char for char in text)
        return drawn if found and self.painter.draws(drawn) else None

    def shows(self, line: Line) -> bool:
        """Tell whether the printer's font has all of a line."""
        text = line.text + line.right
        return text.isascii() or all(has_glyph(char, self.model.characters) for char in text)


def job(
    lines: Sequence[Line],
    *,
    columns: int,
    cut: bool,
    qr: str = "",
) -> bytes:
    """Give the bytes for a printer of no known model.

    Raises:
        ValueError: the QR code does not fit the paper or has control characters in it.
    """
    return job_on(Paper(columns, cut), lines, qr=qr)


def job_on(paper: Paper, lines: Sequence[Line], *, qr: str = "") -> bytes:
    """Give the bytes that print the lines, below them the QR code, and feed or cut the paper.

    Raises:
        ValueError: the QR code does not fit the paper or has control characters in it.
    """
    parts = [RESET, CHINESE_MODE, printed(paper, lines)]
    if qr:
        parts.append(qr_code(qr, paper.model.dots_of(paper.columns)))
    parts.append(end_of(paper))
    return b"".join(parts)


def printed(paper: Paper, lines: Sequence[Line]) -> bytes:
    """Give the bytes of the lines alone; they leave the plain size behind."""
    parts = []
    size: Size | None = None
    for line in lines:
        if line.size != size:
            size = line.size
            parts.append(_sized(size))
        parts.append(_line(line, paper))
    if size != "normal":
        # The feed before the tearing edge counts in lines of this spacing.
        parts.append(_sized("normal"))
    return b"".join(parts)


def qr_fits(text: str, dots: int) -> bool:
    """Tell whether a QR code of the text can be printed on paper that many dots wide."""
    try:
        return text.isprintable() and _qr_module_dots(text, dots) > 0
    except ValueError:
        return False


def height_mm(lines: Sequence[Line], *, columns: int, cut: bool, qr: str = "") -> float:
    """Tell how much paper a job takes, the feed before the cut included."""
    room = columns * DOTS_PER_COLUMN
    tear_lines = model().feed_lines
    dots = sum(_SPACING_DOTS[line.size] + (_BARS_DOTS if line.bars else 0) for line in lines)
    if qr:
        dots += _qr_modules(qr, room) * _qr_module_dots(qr, room)
    if cut:
        return (dots + _CUT_MARGIN_DOTS) / DOTS_PER_MM + _HEAD_TO_CUTTER_MM
    return (dots + tear_lines * _SPACING_DOTS["normal"]) / DOTS_PER_MM


def _sized(size: Size) -> bytes:
    magnified, spacing = bytes((_MAGNIFIED[size],)), bytes((_SPACING_DOTS[size],))
    return b"".join((TXT_SIZE, magnified, LINESPACING_FUNCS[180], spacing))


def _with_bars(line: Line, printed: bytes) -> bytes:
    # The text below is ours: how a printer writes it under its bars differs from model to model.
    data = printer_data(line.text)
    return b"".join(
        (
            TXT_STYLE["align"]["center"],
            BARCODE_TXT_OFF,
            BARCODE_HEIGHT + bytes((_BARS_DOTS,)),
            BARCODE_WIDTH + bytes((line.bars,)),
            BARCODE_TYPE_B["CODE128"] + bytes((len(data),)) + data,
            printed,
            TXT_STYLE["align"]["left"],
        )
    )


def _line(line: Line, paper: Paper) -> bytes:
    drawn = paper.drawn(line)
    if paper.painter is not None and drawn is not None:
        wide, high = _MAGNIFIED[line.size] >> 4, _MAGNIFIED[line.size] & 1
        row_bytes = paper.model.dots_of(paper.columns) // (8 << wide)
        rows = _SPACING_DOTS[line.size] // (high + 1)
        return raster(
            paper.painter.picture(drawn, row_bytes, rows), wide=bool(wide), high=bool(high)
        )
    text = encode(line.filled(paper.columns), paper.model.characters) + CTL_LF
    return _with_bars(line, text) if line.bars else text


def raster(picture: Picture, *, wide: bool = False, high: bool = False) -> bytes:
    """Give the bytes that print a picture, its dots doubled to the side or downwards."""
    return b"".join(
        (
            GS,
            b"v0",
            bytes((int(wide) | int(high) << 1,)),
            picture.row_bytes.to_bytes(2, "little"),
            picture.rows.to_bytes(2, "little"),
            picture.data,
        )
    )


def end_of(paper: Paper) -> bytes:
    """Give the bytes that feed the last line out, and cut if that is wanted."""
    feed = b"".join((ESC, b"d", bytes((paper.model.feed_lines,))))
    if not paper.cut:
        return feed
    if paper.model.cut == "cut":
        return b"".join((feed, GS, b"V\x01"))
    return b"".join((GS, b"V", bytes((66, _CUT_MARGIN_DOTS))))


def qr_code(text: str, dots: int) -> bytes:
    """Give the bytes that print a QR code on paper that many dots wide.

    Raises:
        ValueError: it does not fit, or has control characters in it.
    """
    if not text.isprintable():
        raise ValueError(f"Cannot print a QR code of {text!r}: it has control characters in it")
    commands = (
        b"\x41" + bytes((48 + QR_MODEL_2, 0)),
        b"\x43" + bytes((_qr_module_dots(text, dots),)),
        b"\x45" + bytes((48 + QR_ECLEVEL_M,)),
        b"\x50" + b"0" + text.encode(),
        b"\x51" + b"0",
    )
    centered, left = TXT_STYLE["align"]["center"], TXT_STYLE["align"]["left"]
    return b"".join((centered, *map(_two_dimensional, commands), left))


def _two_dimensional(command: bytes) -> bytes:
    body = b"1" + command  # symbol type 49: QR
    return b"".join((GS, b"(k", len(body).to_bytes(2, "little"), body))


def _qr_modules(text: str, dots: int) -> int:
    size = len(text.encode())
    for version, most in enumerate(_QR_CAPACITY, start=1):
        if size <= most:
            return 17 + 4 * version
    raise _too_big(size, dots)


def _qr_module_dots(text: str, dots: int) -> int:
    modules = _qr_modules(text, dots) + 2 * _QR_QUIET_MODULES
    module_dots = min(dots // modules, _QR_LARGEST_DOTS)
    if module_dots < _QR_SMALLEST_DOTS:
        raise _too_big(len(text.encode()), dots)
    return module_dots


def _too_big(size: int, dots: int) -> ValueError:
    return ValueError(
        f"Cannot print a QR code of {size} bytes on {dots} dots:"
        f" expected at most {_QR_CAPACITY[-1]} bytes"
        f" and modules of at least {_QR_SMALLEST_DOTS} dots"
    )
