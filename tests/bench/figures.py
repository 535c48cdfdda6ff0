"""Figures beside their budgets, and the flush time of the disk they were taken on."""

from __future__ import annotations

import os
import sqlite3
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

REALLY_FLUSHES_MS: Final = 0.1
"""A commit that is faster than this has not waited for any disk."""

_FOLD_AFTER: Final = 50
_FRESH_AFTER: Final = 500


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured; without a `budget` it is told for comparison only.

    `on_disk` says that its verdict depends on a disk that really flushes.
    """

    name: str
    value: float
    unit: str
    budget: float | None = None
    on_disk: bool = False
    remark: str = ""

    @property
    def is_missed(self) -> bool:
        """Tell whether the figure is over its budget."""
        return self.budget is not None and self.value > self.budget

    def __str__(self) -> str:
        verdict, wanted = "    ", ""
        if self.budget is not None:
            verdict = "MISS" if self.is_missed else "PASS"
            wanted = f"(at most {self.budget:g} {self.unit})".replace(" )", ")")
        told = (
            f"{self.value:10.3f} {self.unit:<3}" if self.unit != "" else f"{self.value:10.3f}    "
        )
        return f"{verdict} {self.name:<58}{told} {wanted} {self.remark}".rstrip()


def p50(values: Sequence[float]) -> float:
    """Find the median."""
    return statistics.median(values)


def p99(values: Sequence[float]) -> float:
    """Find the value that 99 of 100 do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """Find the median of what each measurement took in units of the one made beside it."""
    return statistics.median(one / other for one, other in zip(of, to, strict=True))


class Floor:
    """A bare durable commit of one row: what no record can be faster than on this disk.

    As SQLite comes, the write-ahead log of a database just made grows with each commit. With
    `folded` it is written over instead, as the desk's is: about half the price on many disks.
    """

    def __init__(self, folder: Path, *, folded: bool = False) -> None:
        self._folder = folder
        self._folded = folded
        self._commits = 0
        self._open()
        for _ in range(2 * _FOLD_AFTER if folded else 0):
            self.commit()

    def commit(self) -> float:
        """Commit one row; returns the seconds it took."""
        begun = time.perf_counter()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO row (x) VALUES ('one row')")
        self._connection.execute("COMMIT")
        took = time.perf_counter() - begun
        self._commits += 1
        if self._folded and self._commits % _FOLD_AFTER == 0:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        if not self._folded and self._commits % _FRESH_AFTER == 0:
            self.close()
            self._open()
        return took

    def close(self) -> None:
        """Close the database; the log goes with it."""
        self._connection.close()

    def _open(self) -> None:
        name = "folded.db" if self._folded else "floor.db"
        self._connection = sqlite3.connect(self._folder / name, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, x TEXT)")


def flush_figures(folder: Path, rounds: int) -> list[Figure]:
    """Measure what a durable commit of one row takes in the folder."""
    floor, folded = Floor(folder), Floor(folder, folded=True)
    took = [(floor.commit() * 1000, folded.commit() * 1000) for _ in range(rounds)]
    floor.close()
    folded.close()
    grown, over = zip(*took, strict=True)
    flushes = "" if p50(over) >= REALLY_FLUSHES_MS else "this disk does not really flush"
    return [
        Figure("durable one-row commit, log written over, p50", p50(over), "ms", remark=flushes),
        Figure("durable one-row commit, p50", p50(grown), "ms"),
        Figure("durable one-row commit, p99", p99(grown), "ms"),
    ]


def really_flushes(figures: Iterable[Figure]) -> bool:
    """Tell whether the disk measured by `flush_figures` waits for what it was given."""
    return next(iter(figures)).value >= REALLY_FLUSHES_MS


def machine() -> str:
    """Describe the machine in one line, without names or paths."""
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    python = ".".join(str(part) for part in os.sys.version_info[:3])  # type: ignore[attr-defined]
    return f"{cores} cores, load {load:.1f}, Python {python}, SQLite {sqlite3.sqlite_version}"
