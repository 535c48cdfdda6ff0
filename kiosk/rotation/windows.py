"""Lending windows and turns as the settings give them, and as they fall on one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal

from kiosk.calendar import SCHOOL_YEAR_MONTH, grade_of, school_year
from kiosk.domain import ClassCode
from kiosk.domain.facts import Member
from kiosk.rotation.live import TurnKey

# A school's classes on a day or two; a check-out asks for the same grade five times.
_KNOWN_GRADES: Final = 256

WindowKind = Literal["class", "free", "reading", "staff"]
Source = Literal["plan", "moved", "extra", "swap", "opened"]
"""Why a window is open on a day: as every week, by an exception, or opened by staff just now."""


@dataclass(frozen=True, slots=True)
class CycleDay:
    """A weekday (Monday = 0), in every week (`week` None) or in one week of the cycle (A = 0)."""

    weekday: int
    week: int | None = None

    def falls_on(self, weekday: int, week: int) -> bool:
        """Tell whether a day with this weekday and cycle week is meant."""
        return self.weekday == weekday and self.week in (None, week)


@dataclass(frozen=True, slots=True)
class ClassOfGrade:
    """A class named by its label: the grade makes it another cohort each school year."""

    grade: int
    number: int

    def code(self, on: date) -> ClassCode:
        """Say which class is meant on a day."""
        return ClassCode(f"{school_year(on) - self.grade + 1}-{self.number}")


@dataclass(frozen=True, slots=True)
class ClassOfCohort:
    """A class named by its key, `2023-2`."""

    school_class: ClassCode

    def code(self, on: date) -> ClassCode:  # noqa: ARG002  # the same on every day
        """Say which class is meant on a day."""
        return self.school_class


ClassRef = ClassOfGrade | ClassOfCohort
Turns = Mapping[str, Mapping[CycleDay, Sequence[ClassRef]]]
"""By window name, by day of the cycle: the classes whose turn it is."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of school days in which some readers may borrow; local times, `closes` excluded.

    `grades` None means every grade; it limits pupils only. In a class window the turns alone say
    who is served: `grades` says for whom it is meant. `from_week` and `to_week` are weeks of the
    term, both included.
    """

    name: str
    kind: WindowKind
    days: frozenset[CycleDay]
    opens: time
    closes: time
    grace: timedelta = timedelta(0)
    grades: frozenset[int] | None = None
    from_week: int = 1
    to_week: int | None = None

    def is_in_week(self, week: int) -> bool:
        """Tell whether it opens in a week of the term."""
        return self.from_week <= week and (self.to_week is None or week <= self.to_week)


@lru_cache(maxsize=_KNOWN_GRADES)
def grade_of_class(school_class: ClassCode, on: date) -> int:
    """Compute a class's grade on a day."""
    return grade_of(int(school_class.partition("-")[0]), on)


def grade_on(member: Member, on: date) -> int | None:
    """Compute a reader's grade on a day, None without a class."""
    if member.school_class is None:
        return None
    return grade_of_class(member.school_class, on)


def last_day_here(member: Member, grades: int, on: date) -> date | None:
    """Find the last day on which a reader's class belongs to a school of so many grades.

    None for whoever does not leave with a class, or whose class has left by `on`.
    """
    grade = grade_on(member, on)
    if member.kind == "teacher" or grade is None or grade > grades:
        return None
    year = school_year(on) + grades - grade + 1
    return date(year, SCHOOL_YEAR_MONTH, 1) - timedelta(days=1)


def has_left(member: Member, grades: int, on: date) -> bool:
    """Tell whether a reader's class has left a school of so many grades; a teacher stays."""
    grade = grade_on(member, on)
    return member.kind != "teacher" and grade is not None and grade > grades


@dataclass(frozen=True, slots=True)
class Opening:
    """One window on one day: aware local instants, `closes_at` and `grace_until` excluded.

    `classes` has the classes whose turn it is; it is empty unless the window's kind is `class`.
    `source` says what changed the window last, `sources` how single classes came into it.
    `closed_to` are grades that a pause keeps out. A window that staff opened has its
    journal row in `opened_seq`.
    """

    window: Window
    opens_at: datetime
    closes_at: datetime
    grace_until: datetime
    classes: tuple[ClassCode, ...] = ()
    source: Source = "plan"
    sources: tuple[tuple[ClassCode, Source], ...] = ()
    closed_to: frozenset[int] = frozenset()
    opened_seq: int | None = None

    def source_of(self, school_class: ClassCode) -> Source:
        """Say how this class came into the opening."""
        whole: Source = self.source if self.source in ("moved", "opened") else "plan"
        return dict(self.sources).get(school_class, whole)

    def key(self, school_class: ClassCode) -> TurnKey:
        """Name the turn of one of its classes."""
        return TurnKey(school_class, self.window.name, self.opens_at.date())

    def is_for(self, member: Member, *, in_room: bool = False) -> bool:
        """Tell whether this opening serves the reader at all; a reading window only in the room."""
        match self.window.kind:
            case "class":
                return member.school_class is not None and member.school_class in self.classes
            case "staff":
                return member.kind == "teacher"
            case "reading" if not in_room:
                return False
            case _:
                if member.kind == "teacher":
                    return True
                grades, grade = self.window.grades, grade_on(member, self.opens_at.date())
                return grade not in self.closed_to and (grades is None or grade in grades)

    def is_open(self, at: datetime) -> bool:
        """Tell whether `at` lies in the window or its grace."""
        return self.opens_at <= at < self.grace_until


@dataclass(frozen=True, slots=True)
class Turn:
    """One class's lending window on one school day, local time, end excluded."""

    school_class: ClassCode
    window: str
    opens_at: datetime
    closes_at: datetime
