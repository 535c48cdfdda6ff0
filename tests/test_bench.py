"""The bench runs and prints every figure; a quiet machine says whether budgets are kept."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parent / "bench" / "run.py"
FIGURES = (
    "durable one-row commit, p50",
    "check-out pass to its floor",
    "growth of the pass with ten times the data",
    "check-out + check-in, p99",
    "last byte to outcome, p99",
    "scans lost of",
    "start to first scan accepted, headless, cold",
    "start to first scan accepted, with screen, cold",
    "memory headless",
    "idle processor time headless",
    "memory with screen",
    "idle processor time with screen",
    "scan to painted screen while a report runs, p99",
    "decision in its turn, p99",
    "decision in another class's turn, p99",
    "board of a turn, p99",
    "settling a term's backlog",
    "a PIN is checked in",
    "last byte to outcome, hid, p99",
    "last byte to outcome, serial, p99",
    "last byte to outcome, keyboard, p99",
    "last byte to outcome, stdin, p99",
    "idle processor time, three scanners attached",
    "idle processor time, all three missing",
    "slip of two books into bytes, p99",
    "slip with a line that is drawn, p99",
)


@pytest.mark.long
def test_the_bench_prints_every_figure(tmp_path: Path) -> None:
    tiny = {"items": 600, "loans": 3000, "passes": 20, "scans": 12, "seconds": 1, "starts": 1}
    options = [f"--{name}={value}" for name, value in tiny.items()]

    done = subprocess.run(
        [sys.executable, str(BENCH), "--folder", str(tmp_path), *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    missing = [figure for figure in FIGURES if figure not in done.stdout]
    assert missing == [], done.stdout + done.stderr
    assert done.returncode in (0, 1)
    assert done.stdout.splitlines()[-1].endswith(("kept", "missed"))
