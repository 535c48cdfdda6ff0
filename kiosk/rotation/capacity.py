"""How many pupils a window can serve: lanes, minutes, and what one visit takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

_USE: Final = Fraction(7, 10)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the desk is: lanes that lend, and the seconds one pupil takes at a lane.

    A lane is in use for 70 % of the time: children come in a bunch, look for their card and go.
    """

    lanes: int
    visit_s: int = 20

    def lane_seconds(self, minutes: int | Fraction) -> Fraction:
        """Say for how long the lanes serve pupils in so many minutes, all lanes together."""
        return self.lanes * minutes * 60 * _USE

    def room(self, minutes: int | Fraction) -> int:
        """Say how many pupils can be served in so many minutes, rounded down.

        >>> Pace(lanes=2).room(30)
        126
        """
        return int(self.lane_seconds(minutes) / self.visit_s)

    def minutes_for(self, pupils: int) -> int:
        """Say how many minutes so many pupils need, rounded up; at least one lane is reckoned.

        >>> Pace(lanes=2).minutes_for(126), Pace(lanes=2).minutes_for(127)
        (30, 31)
        """
        return ceil(pupils * self.visit_s / (max(self.lanes, 1) * 60 * _USE))


def openings_needed(sizes: Iterable[int], room: int) -> int:
    """Say how many openings with room for so many pupils take all classes, each class whole.

    A class that is bigger than the room has an opening to itself.

    >>> openings_needed([46, 46, 46, 45, 45, 45, 45], room=126)
    4
    """
    left: list[int] = []
    for size in sorted(sizes, reverse=True):
        at = next((at for at, free in enumerate(left) if size <= free), None)
        if at is None:
            left.append(room - size)
        else:
            left[at] -= size
    return len(left)
