"""Lending windows and turns as the settings give them, and as they fall on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from kiosk.calendar import grade_of, school_year
from kiosk.domain import ClassCode
from kiosk.domain.facts import Member

WindowKind = Literal["class", "free", "reading", "staff"]


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


@dataclass(frozen=True, slots=True)
class Window:
    """A span of school days in which some readers may borrow; local times, `closes` excluded.

    `grades` None means every grade; it limits pupils only.
    """

    name: str
    kind: WindowKind
    days: frozenset[CycleDay]
    opens: time
    closes: time
    grace: timedelta = timedelta(0)
    grades: frozenset[int] | None = None


def grade_on(member: Member, on: date) -> int | None:
    """Compute a reader's grade on a day, None without a class."""
    if member.school_class is None:
        return None
    return grade_of(int(member.school_class.partition("-")[0]), on)


@dataclass(frozen=True, slots=True)
class Opening:
    """One window on one school day: aware local instants, `closes_at` and `grace_until` excluded.

    `classes` has the classes whose turn it is; it is empty unless the window's kind is `class`.
    """

    window: Window
    opens_at: datetime
    closes_at: datetime
    grace_until: datetime
    classes: tuple[ClassCode, ...] = ()

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
                grades = self.window.grades
                if grades is None or member.kind == "teacher":
                    return True
                return grade_on(member, self.opens_at.date()) in grades

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
