"""Four sounds out of a terminal's bell: how often and in what rhythm it rings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from kiosk.wording.outcomes import Tone

RHYTHMS: Final[Mapping[Tone, tuple[float, ...]]] = {
    Tone.LENT: (0.0,),
    Tone.RETURNED: (0.0, 0.2),
    Tone.NO: (0.0, 0.12, 0.24),
    Tone.ATTENTION: (0.0, 0.6),
    Tone.QUIET: (),
}
"""Seconds after the outcome at which the bell rings."""


def ring(
    tone: Tone, bell: Callable[[], object], after: Callable[[float, Callable[[], object]], object]
) -> None:
    """Ring a tone's rhythm: the first stroke at once, the others through `after(seconds, bell)`."""
    for seconds in RHYTHMS[tone]:
        if seconds:
            after(seconds, bell)
        else:
            bell()
