"""One label as a scanner sent it, and how it came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

KEPT_CHARACTERS = 200
"""How much is told of a label that is damaged."""

EndedBy = Literal["suffix", "quiet", "close"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a label came over the wire.

    `gap_ms` and `longest_gap_ms` are the median and the longest time between two pieces of it,
    None where it came in one piece. `caps` is the state of Caps Lock, None where there is none.
    """

    gap_ms: float | None = None
    longest_gap_ms: float | None = None
    ended_by: EndedBy = "suffix"
    caps: bool | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """The text of a label and its fault.

    `fault` is None, "dropped_events", "too_long" or "noise"; the text then holds what there was
    of it, at most 200 characters. Two labels are equal however they came.
    """

    text: str
    fault: str | None = None
    arrival: Arrival = field(default=Arrival(), compare=False)
