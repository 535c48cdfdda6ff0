"""A school of 36 classes and the script of its autumn term, week by week.

The days are worked out here by hand, from the calendar on the wall, and never by the product:

    week  1 Mon 08-31 ... week 18 Mon 2026-12-28, the term ends on Friday 2027-01-01
    no school   Fri 09-25 (week 4), Thu 10-01 to Wed 10-07 (weeks 5 and 6), Fri 01-01 (week 18)
    made up     Sun 09-20 by Friday's timetable, Sat 10-10 by Thursday's
    exam week   Mon 11-09 to Fri 11-13 (week 11): no lending
    sports day  Thu 11-19 (week 12): both windows are cancelled in the settings
    lending     ends on Thu 12-24; from Fri 12-25 on books only come back

Class number i (0 to 35) has its turn on weekday i % 5, early (16:00) or late (16:30) in turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

CLASSES: Final = 36
PUPILS: Final = 3
FIRST_MONDAY: Final = date(2026, 8, 31)
LENDING_ENDS: Final = date(2026, 12, 24)
STAFF: Final = "R900001"
PIN: Final = "2580"
SHELF_BOOK: Final = "39999990"
EARLY, LATE = "早轮", "晚轮"
NO_TURNS: Final = {
    date(2026, 9, 25),
    *(date(2026, 10, day) for day in range(1, 8)),
    *(date(2026, 11, day) for day in range(9, 14)),
    date(2026, 11, 19),
    date(2027, 1, 1),
}
MADE_UP: Final = {date(2026, 9, 20): 4, date(2026, 10, 10): 3}
"""Days that follow another weekday's timetable (Monday = 0)."""

MISSED: Final = (6, date(2026, 11, 24))
OPENED: Final = (6, date(2026, 11, 25))
"""Class 6 is busy with homework on its Tuesday; its teacher brings it on Wednesday at 14:20."""
CANCELLED: Final = (4, date(2026, 12, 4))
"""Class 4 loses a turn to a visit: staff cancel it at the desk."""

SETTINGS: Final = f"""
[school]
name = "城关镇实验小学"
[desk]
settle_s = 0
[[scanner]]
lane = "left"
driver = "stdin"
[printer]
driver = "none"
[[term]]
name = "2026学年第一学期"
starts_on = 2026-08-31
ends_on = 2027-01-01
lending_ends_on = {LENDING_ENDS}
recall_on = 2026-12-31
[[holiday]]
name = "中秋节"
from = 2026-09-25
[[holiday]]
name = "国庆节"
from = 2026-10-01
to = 2026-10-07
[[holiday]]
name = "元旦"
from = 2027-01-01
[[make_up_day]]
on = 2026-09-20
follows = "fri"
[[make_up_day]]
on = 2026-10-10
follows = "thu"
[[pause]]
name = "期中考试"
from = 2026-11-09
to = 2026-11-13
[[change]]
on = 2026-11-19
window = "{EARLY}"
cancelled = true
reason = "运动会"
[[change]]
on = 2026-11-19
window = "{LATE}"
cancelled = true
reason = "运动会"
[[swap]]
on = 2026-10-19
class = "2021-1"
with = "2021-3"
with_on = 2026-10-21
[[window]]
name = "{EARLY}"
kind = "class"
days = ["mon", "tue", "wed", "thu", "fri"]
from = 16:00:00
to = 16:30:00
[[window]]
name = "{LATE}"
kind = "class"
days = ["mon", "tue", "wed", "thu", "fri"]
from = 16:30:00
to = 17:00:00
grace_min = 5
[[loan_rule]]
readers = ["student"]
limit = 1
period = "1 turn"
min_days = 5
[[loan_rule]]
limit = 10
period = "60 days"
anytime = true
"""


@dataclass(frozen=True, slots=True)
class PlannedTurn:
    """One class's turn, and whether anybody comes."""

    school_class: int
    opens_at: datetime


def code(number: int) -> str:
    """Write a class's key: classes 0 to 5 are the oldest cohort's 1 to 6."""
    return f"{2021 + number // 6}-{number % 6 + 1}"


def card(number: int, pupil: int) -> str:
    """Write the card of a class's pupil."""
    return f"R{100000 + number * 10 + pupil}"


def book(number: int, pupil: int, which: int) -> str:
    """Write the barcode of a pupil's first or second book: they take them by turns."""
    return f"{30000000 + number * 100 + pupil * 10 + which}"


def write_school(folder: Path) -> None:
    """Write the settings' tables for an initialised folder, and the files to import."""
    turns = "".join(_turns(window, is_late) for window, is_late in ((EARLY, False), (LATE, True)))
    (folder / "kiosk.toml").write_text(SETTINGS + turns, encoding="utf-8")
    readers = ["card,name,kind,cohort,class", f"{STAFF},许老师,teacher,,"]
    items = ["barcode,title", f"{SHELF_BOOK},没人借的书"]
    for number in range(CLASSES):
        cohort, _, place = code(number).partition("-")
        for pupil in range(PUPILS):
            readers.append(f"{card(number, pupil)},学生{number}{pupil},student,{cohort},{place}")
            items.extend(f"{book(number, pupil, which)},书{number}" for which in (0, 1))
    (folder / "readers.csv").write_text("\n".join(readers) + "\n", encoding="utf-8")
    (folder / "items.csv").write_text("\n".join(items) + "\n", encoding="utf-8")


def _turns(window: str, is_late: bool) -> str:
    lines = [f'[rotation.turns."{window}"]']
    for weekday, name in enumerate(("mon", "tue", "wed", "thu", "fri")):
        listed = [
            f'"{code(number)}"'
            for number in range(CLASSES)
            if number % 5 == weekday and is_late_turn(number) is is_late
        ]
        lines.append(f"{name} = [{', '.join(listed)}]")
    return "\n".join(lines) + "\n"


def is_late_turn(number: int) -> bool:
    """Tell whether the class's turn is at 16:30."""
    return number // 5 % 2 == 1


def days() -> Iterator[tuple[date, int]]:
    """Yield each day with turns, and the weekday whose turns it has."""
    for step in range(18 * 7):
        on = FIRST_MONDAY + timedelta(days=step)
        if on in MADE_UP:
            yield on, MADE_UP[on]
        elif on.weekday() < 5 and on not in NO_TURNS:
            yield on, on.weekday()


def planned() -> Iterator[PlannedTurn]:
    """Yield every turn of the term in order of time, the swap of week 8 included."""
    for on, weekday in days():
        numbers = [number for number in range(CLASSES) if number % 5 == weekday]
        if on == date(2026, 10, 19):
            numbers = [2 if number == 0 else number for number in numbers]
        elif on == date(2026, 10, 21):
            numbers = [0 if number == 2 else number for number in numbers]
        # The swapped class comes at the time of the turn it took over: both are early.
        for number in sorted(numbers, key=is_late_turn):
            at = time(16, 30) if is_late_turn(number) else time(16)
            yield PlannedTurn(number, datetime.combine(on, at))


class Script:
    """The lines that are scanned, each with its instant; pupils come 30 s after each other."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._in_hand: dict[tuple[int, int], int] = {}
        self._at = datetime.combine(FIRST_MONDAY, time(8))

    def write(self) -> list[str]:
        """Write the whole term."""
        slots: dict[datetime, int] = {}
        refusals = dict(_REFUSALS)
        for turn in planned():
            place = slots.get(turn.opens_at, 0)
            slots[turn.opens_at] = place + 1
            for at in [at for at in refusals if at < turn.opens_at]:
                self._refused(at, refusals.pop(at))
            self._before(turn)
            start = turn.opens_at + timedelta(minutes=1 + 4 * place)
            if (turn.school_class, turn.opens_at.date()) not in (MISSED, CANCELLED):
                self._come(turn.school_class, start)
        # After the last turn's grace somebody looks whether the desk is still on.
        self._scan(datetime.fromisoformat("2026-12-31T17:10"), "KC-DONE")
        return self.lines

    def _before(self, turn: PlannedTurn) -> None:
        on = turn.opens_at.date()
        if (turn.school_class, on) == CANCELLED:
            at = datetime.combine(on, time(15, 50))
            self._staff(at, "KC-CANCEL", f"KC-CLASS-{code(turn.school_class)}")
        if on == OPENED[1] and turn.school_class == 2:
            at = datetime.combine(on, time(14, 20))
            self._staff(at, f"KC-CLASS-{code(OPENED[0])}")
            self._come(OPENED[0], at + timedelta(minutes=2))

    def _staff(self, at: datetime, *labels: str) -> None:
        for step, label in enumerate((STAFF, PIN, *labels, STAFF)):
            self._scan(at + timedelta(seconds=5 * step), label)

    def _come(self, number: int, start: datetime) -> None:
        for pupil in range(PUPILS):
            at = start + timedelta(seconds=30 * pupil)
            labels = [card(number, pupil)]
            has = self._in_hand.pop((number, pupil), None)
            if has is not None:
                labels.append(book(number, pupil, has))
            if start.date() <= LENDING_ENDS:
                takes = 0 if has is None else 1 - has
                self._in_hand[number, pupil] = takes
                labels.append(book(number, pupil, takes))
            for step, label in enumerate((*labels, card(number, pupil))):
                self._scan(at + timedelta(seconds=3 * step), label)

    def _refused(self, at: datetime, number: int) -> None:
        """A pupil tries to take a book that nobody has."""
        for step, label in enumerate((card(number, 0), SHELF_BOOK, card(number, 0))):
            self._scan(at + timedelta(seconds=3 * step), label)

    def _scan(self, at: datetime, label: str) -> None:
        assert at > self._at, f"{label} at {at} comes before {self._at}"
        self._at = at
        self.lines.append(f"@{at:%Y-%m-%dT%H:%M:%S} {label}")


_REFUSALS: Final = (
    (datetime.fromisoformat("2026-10-19T16:20"), 0),
    (datetime.fromisoformat("2026-11-11T16:05"), 2),
    (datetime.fromisoformat("2026-11-19T16:05"), 3),
    (datetime.fromisoformat("2026-12-28T16:20"), 5),
)
"""The swapped turn's old day, the exam week, the cancelled day, and after the end of lending."""
