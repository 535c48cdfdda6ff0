"""What `kiosk rotation check` may find: a timetable that runs, but not as the school means it.

Values only; `check` finds them, the reports say them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from kiosk.domain import ClassCode
from kiosk.rotation.cycle import PlainOpening
from kiosk.rotation.plan import DayNote

DatedTable = Literal["swap", "extra_turn", "change"]


@dataclass(frozen=True, slots=True)
class At:
    """An opening of the cycle; `week` None when it is the same in every week of it.

    `replacement` is the number of the `[[replacement]]` that it belongs to, None for the normal
    timetable.
    """

    opening: PlainOpening
    week: int | None = None
    replacement: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a dated table of the settings, numbered from 1."""

    table: DatedTable
    number: int
    key: str


@dataclass(frozen=True, slots=True)
class NoTermAhead:
    """The settings have no term that is not over; `ended_on` is None without any term."""

    ended_on: date | None


@dataclass(frozen=True, slots=True)
class NoTurn:
    """A class without a turn: its last one of the term was on `ended_on`, None: it has had none.

    `only_in` is the number of the replacement that alone gives it turns.
    """

    school_class: ClassCode
    ended_on: date | None = None
    only_in: int | None = None


@dataclass(frozen=True, slots=True)
class ManyTurns:
    """A class with more than one turn in a cycle."""

    school_class: ClassCode
    places: tuple[At, ...]


@dataclass(frozen=True, slots=True)
class UnknownClass:
    """A turn for a class that nobody is in: not on record, not yet at the school, or gone."""

    school_class: ClassCode
    place: At
    why: Literal["not_on_record", "not_here", "has_left"]


@dataclass(frozen=True, slots=True)
class NamedTwice:
    """A class that one opening names twice."""

    school_class: ClassCode
    place: At


@dataclass(frozen=True, slots=True)
class SharedOverlap:
    """Two windows that are open at one time share a class."""

    school_class: ClassCode
    place: At
    other: At


@dataclass(frozen=True, slots=True)
class GradeExcluded:
    """A turn in a window that is meant for other grades."""

    school_class: ClassCode
    place: At


@dataclass(frozen=True, slots=True)
class EmptyWindow:
    """A window of kind class that no class has a turn in."""

    window: str
    number: int
    replacement: int | None = None


@dataclass(frozen=True, slots=True)
class Crowded:
    """More pupils in an opening than its lanes have time for.

    `others` are openings at the same time, which share the lanes with it; all their pupils count.
    `parts` is into how many openings its classes would have to be divided. `weeks` is the length
    of a cycle in which every class of the timetable has time, None if there is none; `weeks_now` is
    how long it is. `minutes` is set when one class alone is too many: so long must its turn be.
    """

    place: At
    pupils: int
    room: int
    lanes: int
    parts: int
    weeks_now: int
    weeks: int | None = None
    minutes: int | None = None
    others: tuple[At, ...] = ()

    @property
    def classes(self) -> tuple[ClassCode, ...]:
        """The classes that come, each once."""
        every = (self.place, *self.others)
        return tuple(dict.fromkeys(code for one in every for code in one.opening.classes))


@dataclass(frozen=True, slots=True)
class NoLane:
    """No scanner lends."""


@dataclass(frozen=True, slots=True)
class NoSchool:
    """A dated turn on a day without school or lending; `near` are days around it that have both."""

    entry: Entry
    on: date
    note: DayNote | None
    near: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class NoTurnThatDay:
    """A swap or a change with a class that has no turn on the day; `near` are its turns around."""

    entry: Entry
    school_class: ClassCode
    on: date
    near: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class IdleSwap:
    """A swap of two turns that cannot be exchanged: a class would come twice, or is paused."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class NoWindowThatDay:
    """A change of a window that does not open on its day; `near` are days on which it does."""

    entry: Entry
    window: str
    on: date
    near: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class UnmetDue:
    """Loans made on a day that can never come back in time, for each of the classes.

    `due` is None when no day is left at all; else there is neither a turn nor a free window of the
    class from it to `recall_on`. It is the first such day of `days`.
    """

    rule: int
    classes: tuple[ClassCode, ...]
    lent_on: date
    due: date | None
    recall_on: date
    days: int


@dataclass(frozen=True, slots=True)
class TooFewLoans:
    """Classes whose turns in the term, times the limit of their rule, stay below the target."""

    rule: int
    classes: tuple[ClassCode, ...]
    turns: int
    limit: int
    target: int


Finding = (
    NoTermAhead
    | NoTurn
    | ManyTurns
    | UnknownClass
    | NamedTwice
    | SharedOverlap
    | GradeExcluded
    | EmptyWindow
    | Crowded
    | NoLane
    | NoSchool
    | NoTurnThatDay
    | IdleSwap
    | NoWindowThatDay
    | UnmetDue
    | TooFewLoans
)
