"""Code 128 as pictures: bars in millimetres, with their quiet zones."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from kiosk.errors import UsageError

_QUIET_MODULES: Final = 10
_NARROWEST_MM: Final = 0.33
_WIDEST_MM: Final = 0.5


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar code as SVG, and how wide it is with its quiet zones."""

    svg: str
    width_mm: float


def code128_modules(text: str) -> str:
    """Encode `text` as Code 128: one character per module, `1` a bar, without quiet zones.

    Raises: UsageError when `text` has characters that Code 128 has not.
    """
    from barcode.codex import Code128
    from barcode.errors import BarcodeError

    try:
        (modules,) = Code128(text).build()
    except BarcodeError as exc:
        raise UsageError(
            f"Cannot print the label {text!r}: a bar code holds only ASCII letters, digits and "
            "signs. Change [barcodes] command in the settings, or the reader's card number."
        ) from exc
    return str(modules)


def draw(text: str, *, room_mm: float, height_mm: float) -> Bars:
    """Draw a bar code as wide as the room allows, between 0.33 and 0.5 mm to the module.

    A long text is wider than the room: a cheap printer would fill the gaps of narrower bars.

    Raises: UsageError when `text` has characters that Code 128 has not.
    """
    modules = code128_modules(text)
    width = len(modules) + 2 * _QUIET_MODULES
    module_mm = max(_NARROWEST_MM, min(_WIDEST_MM, room_mm / width))
    bars, place = [], _QUIET_MODULES
    for colour, run in groupby(modules):
        length = len(list(run))
        if colour == "1":
            bars.append(f'<rect x="{place}" y="0" width="{length}" height="1"/>')
        place += length
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(text)}" '
        f'width="{width * module_mm:.2f}mm" height="{height_mm}mm" '
        f'viewBox="0 0 {width} 1" preserveAspectRatio="none" shape-rendering="crispEdges">'
        f"{''.join(bars)}</svg>"
    )
    return Bars(svg, width * module_mm)
