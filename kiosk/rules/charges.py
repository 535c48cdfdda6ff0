"""What a lost or damaged book costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def charge_fen(price_fen: int | None, factor: float) -> int | None:
    """Reckon a charge: the price times the school's factor, half a fen rounded up.

    None without a price: staff name the sum.

    >>> charge_fen(1985, 1.5), charge_fen(None, 1.5)
    (2978, None)
    """
    if price_fen is None:
        return None
    # By way of its text: 1.15 as a float is a little less, and half a fen would be lost.
    charge = price_fen * Decimal(str(factor))
    return int(charge.to_integral_value(ROUND_HALF_UP))
