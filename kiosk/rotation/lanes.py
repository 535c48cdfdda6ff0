"""Openings at one time share the lanes: how much time each has, and who finds none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil

from kiosk.domain import ClassCode
from kiosk.rotation.capacity import Pace
from kiosk.rotation.cycle import PlainOpening

Span = tuple[int, int]
"""Minutes of a day from which and until which something is open."""


def at_one_time(openings: Iterable[PlainOpening]) -> list[tuple[PlainOpening, ...]]:
    """List the openings of each day, once for every set of windows that a term has together."""
    days: dict[tuple[int, int], list[PlainOpening]] = {}
    for one in openings:
        days.setdefault((one.week, one.weekday), []).append(one)
    # What is in use together in some week is so in the week in which the last of it begins.
    found = {
        tuple(one for one in day if one.window.is_in_week(week)): None
        for day in days.values()
        for week in sorted({one.window.from_week for one in day})
    }
    return list(found)


def clusters(openings: Iterable[PlainOpening]) -> list[list[PlainOpening]]:
    """Group openings that overlap, directly or through others between them."""
    found: list[list[PlainOpening]] = []
    for one in openings:
        touched = [group for group in found if any(one.is_same_time(other) for other in group)]
        merged = [other for group in touched for other in group]
        found = [group for group in found if group not in touched]
        found.append([*merged, one])
    return found


def minutes_of(openings: Iterable[PlainOpening]) -> int:
    """Count the minutes in which at least one of a day's openings is open."""
    total = until = 0
    for opens, closes in sorted(one.span for one in openings):
        total += max(0, closes - max(opens, until))
        until = max(until, closes)
    return total


def stretches(spans: Sequence[Span]) -> list[tuple[tuple[int, ...], int]]:
    """List the stretches of time that some spans fill, by their indexes; the shortest first.

    All pupils find time exactly when those of every stretch find it within its minutes.

    >>> stretches([(0, 30), (10, 50)])
    [((0,), 30), ((1,), 40), ((0, 1), 50)]
    """
    found = []
    for first in sorted({opens for opens, _ in spans}):
        for last in sorted({closes for _, closes in spans}):
            inside = [at for at, one in enumerate(spans) if first <= one[0] and one[1] <= last]
            if inside and _fill([spans[at] for at in inside], first, last):
                found.append((tuple(inside), last - first))
    return sorted(found, key=lambda one: one[1])


def _fill(spans: Iterable[Span], first: int, last: int) -> bool:
    reached = None
    for opens, closes in sorted(spans):
        if reached is None and opens > first:
            return False
        # Spans that only touch share no minute: each is judged alone.
        if reached is not None and opens >= reached:
            return False
        reached = closes if reached is None else max(reached, closes)
    return reached == last


def crowds(
    openings: Iterable[PlainOpening], pupils: Mapping[ClassCode, int], pace: Pace
) -> Iterator[tuple[tuple[PlainOpening, ...], int]]:
    """Yield openings whose pupils have too little time, together, and the minutes they have.

    Windows that are too full alone come first; with others only when there would still be too
    many were each of them mended.
    """
    for together in at_one_time(one for one in openings if one.classes):
        left = _counted_once(together, pupils)
        for members, minutes in stretches([one.span for one in together]):
            room = pace.room(minutes)
            if sum(left[at] for at in members) > room:
                yield tuple(together[at] for at in members), minutes
                for at in members:
                    left[at] = min(left[at], room)
                    room -= left[at]


def _counted_once(openings: Sequence[PlainOpening], pupils: Mapping[ClassCode, int]) -> list[int]:
    first: dict[ClassCode, int] = {}
    for at, one in enumerate(openings):
        for code in one.classes:
            first.setdefault(code, at)
    left = [0] * len(openings)
    for code, at in first.items():
        left[at] += pupils.get(code, 0)
    return left


def portions(places: Sequence[Sequence[PlainOpening]]) -> list[Fraction]:
    """Divide every minute among the places that are open in it: so much each has for sure.

    `places` has the openings of each; one may have several, in different weeks of the term.
    """
    owner = {one: at for at, openings in enumerate(places) for one in openings}
    found: dict[int, Fraction] = {}
    for together in at_one_time(owner):
        spans = [one.span for one in together]
        pieces = _pieces(spans)
        for at, one in enumerate(together):
            mine = sum(
                (Fraction(minutes, len(members)) for minutes, members in pieces if at in members),
                Fraction(0),
            )
            found[owner[one]] = min(mine, found.get(owner[one], mine))
    return [found[at] for at in range(len(places))]


def _pieces(spans: Sequence[Span]) -> list[tuple[int, list[int]]]:
    """Cut the time where a span begins or ends; in each piece the spans that close first lead."""
    cuts = sorted({edge for span in spans for edge in span})
    by_end = sorted(range(len(spans)), key=lambda at: (spans[at][1], at))
    return [
        (last - first, [at for at in by_end if spans[at][0] <= first and last <= spans[at][1]])
        for first, last in pairwise(cuts)
    ]


@dataclass(frozen=True, slots=True)
class Run:
    """Places that follow on each other without a gap; their spans from the run's first minute."""

    members: tuple[int, ...]
    spans: tuple[Span, ...]

    def is_implied_by(self, other: Run) -> bool:
        """Tell whether all find time here when they do in the other: more places, less time."""
        if not set(self.members) <= set(other.members):
            return False
        theirs = dict(zip(other.members, other.spans, strict=True))
        shift = theirs[self.members[0]][0] - self.spans[0][0]
        return all(
            opens + shift <= theirs[at][0] and theirs[at][1] <= closes + shift
            for at, (opens, closes) in zip(self.members, self.spans, strict=True)
        )

    def unserved(self, pupils: Sequence[int], pace: Pace) -> int:
        """Count the pupils who find no time when so many come to each of the members."""
        if len(self.members) == 1:
            return max(0, pupils[0] - pace.room(self.spans[0][1]))
        seconds = [Fraction(count * pace.visit_s) for count in pupils]
        # Who has to go first is served first: no other order serves more.
        for minutes, members in _pieces(self.spans):
            lanes = pace.lane_seconds(minutes)
            for at in members:
                served = min(seconds[at], lanes)
                seconds[at] -= served
                lanes -= served
        return ceil(sum(seconds) / pace.visit_s)


def runs(places: Sequence[Sequence[PlainOpening]]) -> list[Run]:
    """Find the runs of places, each with its openings, leaving out those that another implies."""
    owner = {one: at for at, openings in enumerate(places) for one in openings}
    found: dict[Run, None] = {}
    for together in at_one_time(owner):
        for cluster in clusters(together):
            members = sorted(cluster, key=owner.__getitem__)
            start = min(one.span[0] for one in members)
            spans = tuple((one.span[0] - start, one.span[1] - start) for one in members)
            found[Run(tuple(owner[one] for one in members), spans)] = None
    return [
        one
        for one in found
        if not any(one != other and one.is_implied_by(other) for other in found)
    ]
