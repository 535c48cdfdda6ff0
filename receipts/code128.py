"""Code 128 bar codes as ESC/POS printers take them: how wide one is, and the bytes that ask for it.

A trailing run of digits goes two to a symbol (code set C): with that a temporary card's bar code
fits 58 mm paper, without it none does.
"""

from __future__ import annotations

import re

_SYMBOL_MODULES = 11
_STOP_MODULES = 13
_QUIET_MODULES = 10
# 0.25 and 0.375 mm; one dot is finer than cheap paper shows, four make a label needlessly wide.
_WIDEST_DOTS, _NARROWEST_DOTS = 3, 2

_PAIRED = re.compile(r"(?:[0-9]{2}){2,}\Z")
_PRINTABLE = re.compile(r"[ -~]+")
# A serial printer obeys these (status, recovery, pulse) wherever it meets them, in data too.
_REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")


def module_dots(text: str, room_dots: int) -> int:
    """Tell how many dots wide a module may be where the paper has `room_dots`, quiet zones in.

    0: the bar code does not fit, or has characters that Code 128 has not in its set B.

    >>> module_dots("KC-DAY-12345678", 384), module_dots("KC-DAY-ABCDEFGH", 384)
    (2, 0)
    """
    if not _PRINTABLE.fullmatch(text):
        return 0
    fitting = room_dots // (modules(text) + 2 * _QUIET_MODULES)
    return min(fitting, _WIDEST_DOTS) if fitting >= _NARROWEST_DOTS else 0


def modules(text: str) -> int:
    """Count the modules from the first bar to the last.

    >>> modules("R100001")
    90
    """
    head, pairs = _parts(text)
    switch = 1 if head and pairs else 0
    symbols = 1 + len(head) + switch + len(pairs) + 1
    return symbols * _SYMBOL_MODULES + _STOP_MODULES


def printer_data(text: str) -> bytes:
    """Give the data bytes of `GS k 73`, code sets chosen.

    >>> printer_data("R100001").hex(" ")
    '7b 42 52 7b 43 0a 00 01'
    """
    head, pairs = _parts(text)
    data = b"{B" + head.replace("{", "{{").encode("ascii") if head else b""
    return data + b"{C" + pairs if pairs else data


def _parts(text: str) -> tuple[str, bytes]:
    """Split a text into what set B prints and the digit pairs of set C."""
    found = _PAIRED.search(text)
    if found is None:
        return text, b""
    digits = found.group()
    pairs = bytes(int(digits[at : at + 2]) for at in range(0, len(digits), 2))
    if any(command in pairs for command in _REAL_TIME):
        return text, b""
    return text[: found.start()], pairs
