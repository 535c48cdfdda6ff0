"""The school week: a decision alone, the board of a turn, a term's turns settled, a PIN."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from figures import Figure, Floor, p50, p99
from passes import Bench
from record import IN_TURN, TURN_AT, Size, make_record

from kiosk.cli.open import desktop_from, open_desk
from kiosk.desk.board import board_of
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import Barcode, Card, ClassCode
from kiosk.domain.facts import ItemFacts, OpenLoan, ReaderFacts
from kiosk.ledger import pins
from kiosk.ledger.connection import open_ledger
from kiosk.rotation.live import Live
from kiosk.rotation.windows import Opening
from kiosk.rules.decision import Allowed, Moment, Policy, Request, decide_check_out
from kiosk.session.room import BoardShown
from kiosk.settings import Settings, load

_DECISIONS: Final = 6
"""Of a class's turn: as many pupils ask in it, with none to two books in hand."""

_SOON: Final = timedelta(minutes=1)
_VISITS: Final = 12
_BOARDS: Final = 300
_PINS: Final = 5
_TERM: Final = (date(2026, 9, 1), date(2026, 12, 31))
_WEEKS_OF_TERM: Final = 18


def decision_figures(folder: Path, size: Size, visits: int) -> Iterator[Figure]:
    """Measure the rules alone over a term of the demo school's turns, one after the other."""
    settings = make_record(folder / "decisions", size.tenth())
    allowed, refused = _decide_a_term(settings.policy())
    took = _pass_times(settings, folder, visits)
    us = 1e6
    yield Figure(f"decision in its turn, {len(allowed)} made, p50", p50(allowed) * us, "us")
    yield Figure("decision in its turn, p99", p99(allowed) * us, "us")
    yield Figure("  as a share of a check-out pass, p50", 100 * p50(allowed) / p50(took), "%")
    yield Figure("decision in another class's turn, p50", p50(refused) * us, "us")
    yield Figure("decision in another class's turn, p99", p99(refused) * us, "us")


def _decide_a_term(policy: Policy) -> tuple[list[float], list[float]]:
    """Let pupils ask in every turn of a term; each turn that is over counts as held."""
    allowed: list[float] = []
    refused: list[float] = []
    day, last = _TERM
    while day <= last:
        for opening in policy.timetable.openings_on(day):
            for place, code in enumerate(opening.classes):
                other = opening.classes[place - 1] if place else ClassCode("2022-3")
                allowed.extend(_decide(policy, opening, code, is_allowed=True))
                if other not in opening.classes:
                    refused.extend(_decide(policy, opening, other, is_allowed=False))
            policy = _lived(policy, opening)
        day += timedelta(days=1)
    return allowed, refused


def _lived(policy: Policy, opening: Opening) -> Policy:
    held = policy.timetable.live.held.union(opening.key(code) for code in opening.classes)
    timetable = policy.timetable.with_live(Live(held=frozenset(held)))
    return replace(policy, timetable=timetable)


def _decide(
    policy: Policy, opening: Opening, code: ClassCode, *, is_allowed: bool
) -> Iterator[float]:
    at = opening.opens_at + _SOON
    reader = ReaderFacts(1, Card("R100001"), "王小明", "student", 1, code, "", "active", None)
    item = ItemFacts(1, Barcode("30000001"), 1, "夏洛的网", "general", "active")
    for number in range(_DECISIONS):
        loans = tuple(_loan(at, one) for one in range(number % 2))
        request = Request(reader, item, loans)
        begun = time.perf_counter()
        decision = decide_check_out(request, policy, Moment(at))
        took = time.perf_counter() - begun
        if isinstance(decision, Allowed) is not is_allowed:
            raise SystemExit(f"the rules said {decision} to {code} at {at}")
        yield took


def _loan(at: datetime, number: int) -> OpenLoan:
    """A book that is due today."""
    barcode, lent_at = Barcode(f"{30000002 + number}"), at - timedelta(days=7)
    return OpenLoan(
        10 + number, 2 + number, barcode, 2, "草房子", "general", 1, lent_at, at.date(), 0, False
    )


def _pass_times(settings: Settings, folder: Path, visits: int) -> list[float]:
    floors = Floor(folder), Floor(folder, folded=True)
    bench = Bench(settings, *floors)
    for _ in range(visits):
        bench.visit()
    took = bench.times.out
    for one in (bench, *floors):
        one.close()
    return took


def board_figures(folder: Path, size: Size) -> Iterator[Figure]:
    """Measure the board of the largest class in turn, whose pupils come and go."""
    settings = make_record(folder / "board", size)
    floors = Floor(folder), Floor(folder, folded=True)
    bench = Bench(settings, *floors)
    for _ in range(_VISITS):
        bench.visit()
    bench.close()
    ledger = open_ledger(settings.database_path)
    timetable, at = settings.policy().timetable, TURN_AT + timedelta(minutes=15)
    opening = next(iter(timetable.open_at(at)))
    shown = BoardShown(
        ClassCode(f"{IN_TURN[0][0]}-{IN_TURN[0][1]}"), opening.opens_at, opening.closes_at
    )
    took, pupils = [], 0
    for _ in range(_BOARDS):
        begun = time.perf_counter()
        board = board_of(ledger.db, timetable, shown, masks=False, at=at)
        took.append((time.perf_counter() - begun) * 1000)
        assert board is not None, "the class's turn is on"
        pupils = sum(map(len, (board.not_come, board.still_out, board.returned, board.borrowed)))
    ledger.close()
    for floor in floors:
        floor.close()
    yield Figure(f"board of a turn, {pupils} pupils, first time", took[0], "ms", 100.0)
    yield Figure("board of a turn, p50", p50(took), "ms")
    yield Figure("board of a turn, p99", p99(took), "ms", 100.0)


def backlog_figures(folder: Path, size: Size) -> Iterator[Figure]:
    """Settle all turns of a term at once, after a desk that was off since it began."""
    settings = _with_weekly_turns(make_record(folder / "backlog", size))
    after = datetime.combine(_TERM[1], datetime.min.time(), settings.zone) + timedelta(days=1)
    ledger, desk = open_desk(
        settings, desktop_from(settings, settings.words()), SimulatedClock(after)
    )
    ledger.db.execute(
        "INSERT INTO property VALUES ('turns_counted_since', ?)", (_TERM[0].isoformat(),)
    )
    begun = time.perf_counter()
    desk.tick(after)
    took = time.perf_counter() - begun
    settled = ledger.db.execute("SELECT count(*) FROM turn").fetchone()[0]
    ledger.close()
    yield Figure(f"settling a term's backlog, {settled} turns", took, "s", 1.0)


def _with_weekly_turns(settings: Settings) -> Settings:
    """Give each class a turn every week instead of every other one."""
    text = settings.file.read_text(encoding="utf-8")
    head, turns, tail = re.split(r"(?ms)^(\[rotation\.turns\..*?)(?=^\[\[)", text, maxsplit=1)
    listed: dict[str, list[str]] = {}
    for line in turns.splitlines():
        if line.startswith("["):
            window = line
        elif line.startswith('"'):
            day, _, classes = line.partition(" = ")
            listed.setdefault(f"{window}\n{day[3:-1]}", []).append(classes.strip("[]"))
    weekly: dict[str, list[str]] = {}
    for key, classes_of in listed.items():
        window, _, day = key.partition("\n")
        weekly.setdefault(window, []).append(f"{day} = [{', '.join(classes_of)}]")
    turns = "\n".join(line for window, days in weekly.items() for line in (window, *days))
    text = f"{head}{turns}\n\n{tail}".replace("weeks = 2", "weeks = 1")
    text = re.sub(r'follows = "[AB]\.', 'follows = "', text)
    settings.file.write_text(text, encoding="utf-8")
    return load(settings.file)


def pin_figures() -> Iterator[Figure]:
    """Measure how long a PIN is thought about; told for information."""
    kept = pins.locked("2580")
    took = []
    for _ in range(_PINS):
        begun = time.perf_counter()
        pins.opens("2580", kept)
        took.append((time.perf_counter() - begun) * 1000)
    yield Figure("a PIN is checked in", statistics.median(took), "ms")
