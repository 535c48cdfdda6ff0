"""Classes in the openings of a cycle while a plan is made: how full each is, what move helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from kiosk.domain import ClassCode
from kiosk.rotation.capacity import Pace
from kiosk.rotation.cycle import PlainOpening
from kiosk.rotation.lanes import at_one_time, runs, stretches


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

    `openings` are its windows, which follow each other in the term; the shortest counts for what
    is said of the place. `room` is how many pupils can be served in it when it has the lanes for
    itself; `grades` None means every grade.
    """

    window: str
    weekday: int
    week: int
    opens: time
    minutes: int
    room: int
    pace: Pace
    openings: tuple[PlainOpening, ...]
    grades: frozenset[int] | None = None

    def admits(self, one: ClassSize) -> bool:
        """Tell whether the window is meant for the class's grade."""
        return self.grades is None or one.grade in self.grades


class Seating:
    """Which class sits in which place; `places` are in order of time.

    Places that are open at one time share the lanes: they are as crowded as all of them together.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = tuple(places)
        self.classes: list[list[ClassSize]] = [[] for _ in places]
        self.pupils = [0] * len(self.places)
        openings = [place.openings for place in self.places]
        self._runs = runs(openings)
        self._runs_of: list[list[int]] = [[] for _ in places]
        for number, run in enumerate(self._runs):
            for at in run.members:
                self._runs_of[at].append(number)
        # The search for a better seating asks for the same few sums again and again.
        self._known: dict[tuple[int, ...], int] = {}
        self._stretches = _stretches(openings)

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
                self._crowd(at, one.pupils),
                len(self.classes[at]),
                at,
            ),
        )

    def is_fuller(self, at: int, than: int, *, by: int) -> bool:
        """Tell whether a place stays the more crowded one with `by` more pupils in the other."""
        return self._crowd(at) > self._crowd(than, by)

    def excess(self) -> int:
        """Count the pupils for whom there is no time, over all places."""
        return sum(self._unserved(run, {}) for run in range(len(self._runs)))

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
            key=lambda at: (-self._crowd(at), at),
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
            if not any(self._unserved(run, {}) for run in self._runs_of[here]):
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
        changes = {here: -shift, there: shift}
        touched = {*self._runs_of[here], *self._runs_of[there]}
        return sum(self._unserved(run, changes) - self._unserved(run, {}) for run in touched)

    def _unserved(self, number: int, changes: Mapping[int, int]) -> int:
        run = self._runs[number]
        pupils = [self.pupils[at] + changes.get(at, 0) for at in run.members]
        key = (number, *pupils)
        if key not in self._known:
            self._known[key] = run.unserved(pupils, self.places[run.members[0]].pace)
        return self._known[key]

    def _crowd(self, at: int, more: int = 0) -> float:
        """Reckon the pupils per minute where a place stands most crowded, with so many more."""
        return max(
            (sum(self.pupils[one] for one in members) + more) / minutes
            for members, minutes in self._stretches[at]
        )


def _stretches(
    openings: Sequence[Sequence[PlainOpening]],
) -> list[list[tuple[tuple[int, ...], int]]]:
    """Find for each place the stretches of time that it shares; like ones count where short."""
    owner = {one: at for at, several in enumerate(openings) for one in several}
    found: list[dict[tuple[int, ...], int]] = [{} for _ in openings]
    for together in at_one_time(owner):
        for indexes, minutes in stretches([one.span for one in together]):
            members = tuple(owner[together[at]] for at in indexes)
            for at in members:
                found[at][members] = min(minutes, found[at].get(members, minutes))
    return [list(one.items()) for one in found]


@dataclass(frozen=True, slots=True)
class _Exchange:
    change: int
    one: ClassSize
    here: int
    there: int
    back: ClassSize | None


def _order(exchange: _Exchange) -> tuple[int, bool]:
    return exchange.change, exchange.back is not None
