"""Measures the budgets of the desk and prints each figure beside its budget.

Exit 0 when all are kept, 1 when one is missed. Where the disk does not really flush, a budget
that is about the disk is told but decides nothing.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from devices import attached_figures, driver_figures
from figures import Figure, flush_figures, machine, really_flushes
from lanes import latency_figures, rush_figures
from passes import pass_figures
from processes import need_figures, paint_figures, start_figures
from record import Size
from slips import slip_figures
from week import backlog_figures, board_figures, decision_figures, pin_figures

_SCHOOL: Final = Size(8_000, 4_000)
"""As many items as the demo's school has, a term into its first year."""


def main() -> int:
    """Measure what was asked for; returns the exit code."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    print(f"machine: {machine()}", flush=True)
    missed: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-", dir=options.folder) as name:
        folder = Path(name)
        flushes = _measure(lambda: iter(flush_figures(folder, options.passes)), missed)
        is_real = really_flushes(flushes)
        for part, figures in _parts(options, folder).items():
            if options.only in (None, part):
                _measure(figures, missed)
    if not is_real:
        print("The disk does not really flush: what depends on it decides nothing here.")
        missed = [one for one in missed if not one.on_disk]
    print(f"{len(missed)} missed" if missed else "all budgets kept")
    return 1 if missed else 0


def _options() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    built = Path(__file__).resolve().parents[2] / "build"
    parser.add_argument("--folder", type=Path, default=built, help="on the disk to be measured")
    parser.add_argument("--only", choices=sorted(_NAMES), help="measure one part only")
    parser.add_argument("--items", type=int, default=60_000)
    parser.add_argument("--loans", type=int, default=300_000)
    parser.add_argument("--passes", type=int, default=600)
    parser.add_argument("--scans", type=int, default=300, help="of the latency measurements")
    parser.add_argument("--seconds", type=float, default=30, help="of the rush and the idle time")
    parser.add_argument("--starts", type=int, default=5)
    return parser.parse_args()


_NAMES: Final = (
    *("pass", "latency", "rush", "start", "need", "paint"),
    *("decision", "board", "backlog", "pin"),
    *("drivers", "attached", "slip"),
)


def _parts(options: Namespace, folder: Path) -> dict[str, Callable[[], Iterator[Figure]]]:
    size = Size(options.items, options.loans)
    school = _SCHOOL if size.loans >= _SCHOOL.loans else size
    measurements = (
        lambda: pass_figures(folder, size, options.passes),
        lambda: latency_figures(folder, size, options.scans),
        lambda: rush_figures(folder, size, options.seconds),
        lambda: start_figures(folder, size, options.starts),
        lambda: need_figures(folder, school, min(200, options.scans), options.seconds),
        lambda: paint_figures(folder, size, options.scans),
        lambda: decision_figures(folder, size, options.passes // 4),
        lambda: board_figures(folder, size),
        lambda: backlog_figures(folder, size),
        pin_figures,
        lambda: driver_figures(folder, size, options.scans),
        lambda: attached_figures(folder, school, options.seconds),
        lambda: slip_figures(folder, options.passes),
    )
    return dict(zip(_NAMES, measurements, strict=True))


def _measure(measurement: Callable[[], Iterator[Figure]], missed: list[Figure]) -> list[Figure]:
    figures = []
    for figure in measurement():
        print(figure, flush=True)
        figures.append(figure)
        if figure.is_missed:
            missed.append(figure)
    return figures


if __name__ == "__main__":
    sys.exit(main())
