"""A desk killed at any statement: what it told is on record, and nothing stands by halves."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_rig import BOOKS, IN_TURN, MING, ZHE, Rig, open_rig

from kiosk.ledger import journal
from kiosk.ledger.journal import Event

FIRST, SECOND = BOOKS[0], BOOKS[2]
WEEKS_LATER = IN_TURN + timedelta(days=12)
WEEK_BEFORE = IN_TURN - timedelta(days=7)
SETTLED = 1 + 2 + 7 + 7 + 1
"""Turns from Thursday 09-03 to Monday 09-21: seven a week, two of them on Friday."""


class Killed:
    """A school in a folder whose desk runs again and again, each time killed a bit later."""

    def __init__(self, folder: Path, at: datetime, labels: tuple[str, ...]) -> None:
        self.folder = folder
        self.at = at
        self.labels = labels

    def runs(self, step: int) -> Iterator[tuple[list[str], Rig]]:
        """Yield the labels answered before each death, and the record opened after it.

        The last run is not killed; the others died before every `step`-th statement.
        """
        died = True
        for number in range(step, 10_000, step):
            if not died:
                return
            again = self.folder / str(number)
            again.mkdir()
            for name in ("kiosk.toml", "kiosk.db"):
                shutil.copyfile(self.folder / name, again / name)
            answered, died = _run_and_die(again, self._scan, number)
            rig = open_rig(again, at=self.at)
            yield answered, rig
            rig.ledger.close()

    def _scan(self, rig: Rig) -> Iterator[str]:
        rig.clock.at = self.at
        for label in self.labels:
            rig.scan(label)
            yield label


def _run_and_die(
    folder: Path, scan: Callable[[Rig], Iterator[str]], statement: int
) -> tuple[list[str], bool]:
    """Run a desk in a process that dies just before a statement; tell what it had answered."""
    hears, says = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            rig = open_rig(folder)
            rig.ledger.db.conn.set_trace_callback(_Bomb(statement))
            for label in scan(rig):
                os.write(says, f"{label}\n".encode())
        finally:
            os._exit(0)
    os.close(says)
    _, status = os.waitpid(child, 0)
    with os.fdopen(hears) as heard:
        answered = heard.read().splitlines()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return answered, os.WIFSIGNALED(status)


class _Bomb:
    """Kills its own process before the n-th statement from now."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, _sql: str) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def turns_of(rig: Rig) -> list[Any]:
    """List what became of turns."""
    return rig.rows("SELECT class_id, day, state, reason FROM turn ORDER BY day, class_id")


@pytest.fixture
def weeks(tmp_path: Path) -> Killed:
    """A desk that was off for weeks, in which turns were missed."""
    rig = open_rig(tmp_path, at=WEEK_BEFORE)
    rig.scans(MING, FIRST, MING)
    rig.ledger.close()
    return Killed(tmp_path, WEEKS_LATER, (ZHE,))


@pytest.fixture
def crate(tmp_path: Path) -> Killed:
    """Two books are out, one of them wanted by another reader; a crate is brought."""
    rig = open_rig(tmp_path)
    rig.scans(MING, FIRST, SECOND, MING)
    with rig.ledger.transaction():
        wanted = Event("hold_placed", rig.clock.at, "desk-1", reader=2, data={"title_id": 1})
        journal.record(rig.ledger.db, wanted)
    rig.ledger.close()
    return Killed(tmp_path, IN_TURN + timedelta(hours=1), ("KC-RETURN", FIRST, SECOND, "KC-DONE"))


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_a_desk_killed_while_it_settles_weeks_has_settled_all_turns_or_none(
    weeks: Killed, step: int
) -> None:
    found = []
    for _, rig in weeks.runs(step):
        found.append(turns_of(rig))
        assert rig.differences() == []
        rig.scan("KC-HELP")
        assert len(turns_of(rig)) == SETTLED

    *killed, whole = found
    assert len(whole) == SETTLED
    assert all(turns in ([], whole) for turns in killed)
    assert [] in killed


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_a_desk_killed_amid_a_crate_keeps_every_book_it_answered_for(
    crate: Killed, step: int
) -> None:
    deaths = 0
    for answered, rig in crate.runs(step):
        back = {FIRST, SECOND} - set(rig.open_loans())
        assert set(answered) & {FIRST, SECOND} <= back
        assert len(back - set(answered)) <= 1
        kept = rig.rows("SELECT item_id FROM hold WHERE state = 'ready'")
        slips = rig.rows("SELECT 1 FROM slip WHERE kind = 'hold'")
        assert len(kept) == len(slips) == (FIRST in back)
        assert rig.differences() == []
        deaths += "KC-DONE" not in answered

    assert deaths > 5
