"""A check-out pass beside a bare durable commit, with few and with many loans on record."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Final

from figures import Figure, Floor, p50, p99, ratio
from record import TURN_AT, Size, make_record
from scans import books_in, readers_in_turn

from kiosk.cli.open import desktop_from, open_desk
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import OutcomeKind, Scan
from kiosk.settings import Settings

_STEP: Final = timedelta(seconds=3)
_TURN_LASTS: Final = timedelta(minutes=25)
_CYCLE: Final = timedelta(days=14)
_TURNS: Final = 8
_BOOKS: Final = 2
_WARM_UP: Final = 20
_SHELF: Final = 20_000


@dataclass(slots=True)
class Times:
    """Seconds that each measurement took, each beside the floor measured just before it."""

    out: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    out_floor: list[float] = field(default_factory=list)
    out_folded: list[float] = field(default_factory=list)
    pair_floor: list[float] = field(default_factory=list)

    @property
    def pairs(self) -> list[float]:
        """A check-out and the check-in of the same book."""
        return [out + back for out, back in zip(self.out, self.back, strict=True)]


class Bench:
    """A desk on a record of its own; readers of the turn's classes take and bring back books."""

    def __init__(self, settings: Settings, floor: Floor, folded: Floor) -> None:
        self.times = Times()
        self._floor = floor
        self._folded = folded
        self._now = TURN_AT
        self._clock = SimulatedClock(TURN_AT)
        self._ledger, self._desk = open_desk(
            settings, desktop_from(settings, settings.words()), self._clock
        )
        self._lane = settings.scanners[0].lane
        connection = self._ledger.db.conn
        self._cards = cycle(card for card, _ in readers_in_turn(connection))
        self._items = cycle(barcode for barcode, _ in books_in(connection, _SHELF))

    def visit(self) -> None:
        """Let one reader take some books and bring them back."""
        self._next_turn_if_over()
        card = next(self._cards)
        books = [next(self._items) for _ in range(_BOOKS)]
        self._scan(card, OutcomeKind.SESSION_OPENED)
        floors = []
        for book in books:
            floors.append(self._floor.commit())
            self.times.out_floor.append(floors[-1])
            self.times.out_folded.append(self._folded.commit())
            self.times.out.append(self._scan(book, OutcomeKind.CHECKED_OUT))
        for book, floor in zip(books, floors, strict=True):
            self.times.pair_floor.append(floor + self._floor.commit())
            self.times.back.append(self._scan(book, OutcomeKind.CHECKED_IN))
        self._scan(card, OutcomeKind.SESSION_CLOSED)
        self._desk.tick(self._now + _STEP)

    def close(self) -> None:
        """Close the record."""
        self._ledger.close()

    def _scan(self, text: str, wanted: OutcomeKind) -> float:
        self._now += _STEP
        self._clock.move_to(self._now)
        scan = Scan(text, self._lane, self._now)
        begun = time.perf_counter()
        outcomes = self._desk.handle(scan)
        took = time.perf_counter() - begun
        if outcomes[-1].kind is not wanted:
            raise SystemExit(f"the desk said {outcomes[-1]} to {text}, not {wanted}")
        return took

    def _next_turn_if_over(self) -> None:
        since = (self._now - TURN_AT) % _CYCLE
        if since > _TURN_LASTS:
            self._now += _CYCLE - since
        if self._now - TURN_AT > _TURNS * _CYCLE:
            raise SystemExit("too many passes for the term of the sample school")


def pass_figures(folder: Path, size: Size, passes: int) -> Iterator[Figure]:
    """Measure the pass with all and with a tenth of the data, taking turns."""
    floors = Floor(folder), Floor(folder, folded=True)
    many = Bench(make_record(folder / "many", size), *floors)
    few = Bench(make_record(folder / "few", size.tenth()), *floors)
    gc.freeze()  # as `kiosk run` does
    for _ in range(_WARM_UP):
        many.visit()
        few.visit()
    many.times, few.times = Times(), Times()
    for _ in range(passes // _BOOKS):
        many.visit()
        few.visit()
    yield from _told(many.times, few.times)
    for one in (many, few, *floors):
        one.close()


def _told(many: Times, few: Times) -> Iterator[Figure]:
    ms = 1000.0
    yield Figure("check-out pass, p50", p50(many.out) * ms, "ms")
    yield Figure("check-out pass, p99", p99(many.out) * ms, "ms")
    yield Figure("  its floor, one durable commit, p50", p50(many.out_floor) * ms, "ms")
    yield Figure("  its floor, one durable commit, p99", p99(many.out_floor) * ms, "ms")
    yield Figure("check-out pass to its floor", ratio(many.out, many.out_floor), "x", 2.0, True)
    yield Figure("  with a tenth of the data", ratio(few.out, few.out_floor), "x")
    yield Figure("  to a commit whose log is written over", ratio(many.out, many.out_folded), "x")
    growth = ratio(many.out, few.out)
    yield Figure("growth of the pass with ten times the data", growth, "x", 1.2)
    yield Figure("check-out + check-in, p50", p50(many.pairs) * ms, "ms")
    yield Figure("check-out + check-in, p99", p99(many.pairs) * ms, "ms")
    yield Figure("  their floor, two durable commits, p50", p50(many.pair_floor) * ms, "ms")
    yield Figure("  their floor, two durable commits, p99", p99(many.pair_floor) * ms, "ms")
    yield Figure("  check-out + check-in to their floor", ratio(many.pairs, many.pair_floor), "x")
