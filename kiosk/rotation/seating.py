"""Classes in the openings of a cycle while a plan is made: how full each is, what move helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time

from kiosk.domain import ClassCode


@dataclass(frozen=True, slots=True)
class ClassSize:
    """A class to be given its turn."""

    code: ClassCode
    grade: int
    number: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Place:
    """An opening of the cycle that a plan may fill: Monday = 0, week A = 0.

    `room` is how many pupils can be served in it; `grades` None means every grade.
    """

    window: str
    weekday: int
    week: int
    opens: time
    minutes: int
    room: int
    grades: frozenset[int] | None = None

    def admits(self, one: ClassSize) -> bool:
        """Tell whether the window is meant for the class's grade."""
        return self.grades is None or one.grade in self.grades


class Seating:
    """Which class sits in which place; `places` are in order of time."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self.classes: list[list[ClassSize]] = [[] for _ in places]
        self.pupils = [0] * len(self.places)

    def put(self, one: ClassSize, at: int) -> None:
        """Give a class a place."""
        self.classes[at].append(one)
        self.pupils[at] += one.pupils

    def take(self, one: ClassSize, at: int) -> None:
        """Take a class out of its place."""
        self.classes[at].remove(one)
        self.pupils[at] -= one.pupils

    def open_to(self, one: ClassSize) -> list[int]:
        """List the places whose windows are meant for the class."""
        return [at for at, place in enumerate(self.places) if place.admits(one)]

    def emptiest(self, one: ClassSize, among: Sequence[int]) -> int:
        """Find the place in which the class stands least crowded, the earliest of equal ones."""
        return min(
            among,
            key=lambda at: (
                (self.pupils[at] + one.pupils) / self.places[at].minutes,
                len(self.classes[at]),
                at,
            ),
        )

    def is_fuller(self, at: int, than: int, *, by: int) -> bool:
        """Tell whether a place stays the more crowded one with `by` more pupils in the other."""
        mine, other = self.places[at].minutes, self.places[than].minutes
        return self.pupils[at] * other > (self.pupils[than] + by) * mine

    def excess(self) -> int:
        """Count the pupils for whom there is no time, over all places."""
        full = zip(self.pupils, self.places, strict=True)
        return sum(max(0, pupils - place.room) for pupils, place in full)

    def even_out(self) -> None:
        """Move classes until no place is fuller than another by more than the biggest class.

        A class moves only to a place that is open to it, and where it stands less crowded.
        """
        biggest = max((one.pupils for one in self._everybody()), default=0)
        while (move := self._evening(biggest)) is not None:
            one, here, there = move
            self.take(one, here)
            self.put(one, there)

    def relieve(self) -> None:
        """Move classes, or exchange two, as long as more pupils find time in all."""
        while (best := min(self._exchanges(), key=_order, default=None)) is not None:
            if best.change >= 0:
                return
            self.take(best.one, best.here)
            self.put(best.one, best.there)
            if best.back is not None:
                self.take(best.back, best.there)
                self.put(best.back, best.here)

    def _everybody(self) -> Iterator[ClassSize]:
        return (one for classes in self.classes for one in classes)

    def _evening(self, biggest: int) -> tuple[ClassSize, int, int] | None:
        by_crowd = sorted(
            range(len(self.places)),
            key=lambda at: (-self.pupils[at] / self.places[at].minutes, at),
        )
        for here in by_crowd:
            for there in reversed(by_crowd):
                if not self.is_fuller(here, there, by=biggest):
                    continue
                movers = [one for one in self.classes[here] if self.places[there].admits(one)]
                # The last one that came moves first: who has had a turn for long keeps it.
                if movers:
                    return movers[-1], here, there
        return None

    def _exchanges(self) -> Iterator[_Exchange]:
        """Yield every way to take a class out of an overfull place."""
        for here, place in enumerate(self.places):
            if self.pupils[here] <= place.room:
                continue
            for one in self.classes[here]:
                for there in self.open_to(one):
                    if there == here:
                        continue
                    for back in (None, *self.classes[there]):
                        if back is None or place.admits(back):
                            change = self._change(here, there, one, back)
                            yield _Exchange(change, one, here, there, back)

    def _change(self, here: int, there: int, one: ClassSize, back: ClassSize | None) -> int:
        """Reckon by how much the excess would grow."""
        shift = one.pupils - (0 if back is None else back.pupils)
        return sum(
            max(0, self.pupils[at] + change - self.places[at].room)
            - max(0, self.pupils[at] - self.places[at].room)
            for at, change in ((here, -shift), (there, shift))
        )


@dataclass(frozen=True, slots=True)
class _Exchange:
    change: int
    one: ClassSize
    here: int
    there: int
    back: ClassSize | None


def _order(exchange: _Exchange) -> tuple[int, bool]:
    return exchange.change, exchange.back is not None
