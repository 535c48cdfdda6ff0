"""QR codes as pictures: dark squares in millimetres, with their quiet zone."""

from __future__ import annotations

from html import escape
from typing import Final

_QUIET_MODULES: Final = 4


def qr_svg(data: bytes, *, said: str, side_mm: float) -> str:
    """Draw bytes as a QR code; `said` is what it holds, in words."""
    import qrcode
    from qrcode.util import MODE_8BIT_BYTE, QRData

    code = qrcode.QRCode(border=0)
    code.add_data(QRData(data, mode=MODE_8BIT_BYTE), optimize=0)
    code.make()
    rows = code.get_matrix()
    side = len(rows) + 2 * _QUIET_MODULES
    squares = "".join(
        f'<rect x="{x + _QUIET_MODULES}" y="{y + _QUIET_MODULES}" width="1" height="1"/>'
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(said)}" '
        f'width="{side_mm}mm" height="{side_mm}mm" viewBox="0 0 {side} {side}" '
        f'shape-rendering="crispEdges">{squares}</svg>'
    )
