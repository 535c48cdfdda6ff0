"""A whole term runs through a real desk, and its totals are those worked out by hand.

Turns the calendar leaves (see `term_school`): Monday 16, Tuesday 16, Wednesday 16, Thursday 16 (one
of them on a Saturday), Friday 15 (one on a Sunday). Eight classes have Monday, seven each other
day: 128 + 112 + 112 + 112 + 105 = 569 planned. One is missed and made up on another day, one is
cancelled at the desk: 567 planned ones are held, 568 with the one opened by hand.

Lending ends on Thursday of week 17: the 7 Friday classes of that week and the 8 + 7 + 7 + 7
classes of week 18 only bring back. 568 - 36 = 532 turns in which 3 pupils borrow: 1,596 loans, all
returned.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from term_school import (
    CANCELLED,
    MISSED,
    PIN,
    STAFF,
    Script,
    planned,
    write_school,
)

KIOSK = (sys.executable, "-m", "kiosk")


def kiosk(
    folder: Path, *arguments: str, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command on the school in a folder."""
    return subprocess.run(
        [*KIOSK, "--config", str(folder / "kiosk.toml"), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """Run the term; returns the folder and the outcomes."""
    folder = tmp_path_factory.mktemp("term")
    school = folder / "school"
    subprocess.run([*KIOSK, "init", str(school), "--rehearsal"], check=True, capture_output=True)
    write_school(school)
    for what in ("readers", "items"):
        done = kiosk(school, "import", what, str(school / f"{what}.csv"))
        assert done.returncode == 0, done.stderr
    done = kiosk(school, "staff", "pin", STAFF, text=f"{PIN}\n")
    assert done.returncode == 0, done.stderr
    script = "\n".join(Script().write()) + "\n"
    done = kiosk(school, "run", "--headless", "--clock", "2026-08-31T07:30", text=script)
    assert done.returncode == 0, done.stderr
    return school, [json.loads(line) for line in done.stdout.splitlines()]


def rows(folder: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the database."""
    database = sqlite3.connect(folder / "kiosk.db")
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def test_the_hand_made_calendar_has_the_turns_counted_by_hand() -> None:
    assert len(list(planned())) == 569


def test_every_scan_of_the_term_has_the_outcome_it_should_have(
    term: tuple[Path, list[dict[str, Any]]],
) -> None:
    _, outcomes = term

    counts = Counter(one["outcome"] for one in outcomes)

    assert counts["checked_out"] == 1596
    assert counts["checked_in"] == 1596
    assert counts["refused"] == 4
    assert counts["attention"] == 0
    assert counts["ignored"] == 1
    # 568 visits of 3 pupils, 4 who were refused, and staff twice.
    assert counts["session_opened"] == counts["session_closed"] == 568 * 3 + 4 + 2


def test_the_four_refusals_say_why(term: tuple[Path, list[dict[str, Any]]]) -> None:
    _, outcomes = term

    refused = [
        [block["code"] for block in one["blocks"]]
        for one in outcomes
        if one["outcome"] == "refused"
    ]

    # Each of them has a book in hand, and one is all that the rule allows.
    assert refused == [
        ["not_your_turn", "limit_reached"],
        ["window_closed", "limit_reached"],
        ["window_closed", "limit_reached"],
        ["not_your_turn", "term_closing", "limit_reached"],
    ]


def test_every_loan_came_back_and_was_due_on_a_school_day_in_time(
    term: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, _ = term

    assert rows(folder, "SELECT count(*), count(checked_in_at) FROM loan") == [(1596, 1596)]
    due = {on for (on,) in rows(folder, "SELECT DISTINCT due_on FROM loan")}
    assert max(due) <= "2026-12-31"
    days_of_turns = {f"{turn.opens_at:%Y-%m-%d}" for turn in planned()}
    assert due <= days_of_turns | {"2026-12-31"}


def test_turns_are_held_missed_made_up_and_cancelled_as_it_happened(
    term: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, _ = term

    states = dict(rows(folder, "SELECT state, count(*) FROM turn GROUP BY state"))
    made_up = rows(
        folder,
        "SELECT cohort, number, missed.day, turn.day FROM turn JOIN turn AS missed"
        " ON missed.id = turn.makes_up JOIN class ON class.id = turn.class_id",
    )
    cancelled = rows(
        folder,
        "SELECT cohort, number, day FROM turn JOIN class ON class.id = class_id"
        " WHERE state = 'cancelled' AND day <> '2026-11-19'",
    )

    assert states["held"] == 568
    assert states["missed"] == 1
    assert made_up == [(2022, 1, MISSED[1].isoformat(), "2026-11-25")]
    assert cancelled == [(2021, 5, CANCELLED[1].isoformat())]


def test_each_held_turn_has_a_slip_for_its_class_librarian(
    term: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, _ = term

    assert rows(folder, "SELECT count(*) FROM slip WHERE kind = 'class'") == [(568,)]


def test_the_record_of_the_term_is_what_its_journal_says(
    term: tuple[Path, list[dict[str, Any]]],
) -> None:
    folder, _ = term

    done = kiosk(folder, "verify")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no difference" in done.stdout
