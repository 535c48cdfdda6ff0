"""Finds loans that cannot come back in time, and classes that cannot borrow enough."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.calendar import Term
from kiosk.domain import ClassCode
from kiosk.domain.facts import Member
from kiosk.rotation.due import LoanTerms, SameDay, due_on
from kiosk.rotation.findings import TooFewLoans, UnmetDue
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import grade_of_class


@dataclass(frozen=True, slots=True)
class Lending:
    """What is asked of a loan rule: its number in the settings, its limit, when loans come back.

    `terms` None: it lends nothing to take home. `grades` None means all; `anytime`: not bound to
    windows.
    """

    number: int
    limit: int
    terms: LoanTerms | None
    grades: frozenset[int] | None = None
    anytime: bool = False

    def is_for(self, grade: int) -> bool:
        """Tell whether the rule speaks of a grade."""
        return self.grades is None or grade in self.grades


@dataclass(frozen=True, slots=True)
class Season:
    """A term of the timetable, and the classes that are at the school in it."""

    timetable: Timetable
    term: Term
    classes: tuple[ClassCode, ...]

    def days(self) -> Iterator[date]:
        """Yield the days of the term."""
        length = (self.term.ends_on - self.term.starts_on).days + 1
        return (self.term.starts_on + timedelta(days=step) for step in range(length))

    def days_open_to(self, school_class: ClassCode) -> list[date]:
        """List the days on which the class's pupils may come: a turn, or a free window."""
        member = Member("student", school_class)
        return [
            day
            for day in self.days()
            if any(one.is_for(member) for one in self.timetable.planned_on(day))
        ]

    def turns_of(self, school_class: ClassCode) -> int:
        """Count the days of the class's turns on which its grade still borrows."""
        return sum(
            day <= self.lending_ends_on(school_class, day)
            and any(school_class in one.classes for one in self.timetable.planned_on(day))
            for day in self.days()
        )

    def lending_ends_on(self, school_class: ClassCode, on: date) -> date:
        """Find the last day on which the class borrows."""
        return self.term.lending_ends_on_for(grade_of_class(school_class, on))


def rule_of(lending: Sequence[Lending], school_class: ClassCode, on: date) -> Lending | None:
    """Find the first rule that speaks of the class's grade."""
    grade = grade_of_class(school_class, on)
    return next((one for one in lending if one.is_for(grade)), None)


def unmet_dues(season: Season, lending: Sequence[Lending]) -> list[UnmetDue]:
    """List loans that fall due when their class cannot come any more, one finding for like classes.

    Every day on which a class may borrow is tried. Loans that may come back at any time, and books
    that stay in the room, are no trouble.
    """
    found: dict[UnmetDue, UnmetDue] = {}
    for code in season.classes:
        rule = rule_of(lending, code, season.term.starts_on)
        one = None if rule is None or rule.anytime else _unmet(season, rule, code)
        if one is not None:
            alike = replace(one, classes=(), days=0)
            known = found.get(alike, alike)
            found[alike] = replace(
                known, classes=(*known.classes, code), days=max(known.days, one.days)
            )
    return list(found.values())


def _unmet(season: Season, rule: Lending, code: ClassCode) -> UnmetDue | None:
    terms = rule.terms
    if terms is None or not terms.recall or isinstance(terms.period, SameDay):
        return None
    days = season.days_open_to(code)
    recall_on = season.term.recall_on_for(grade_of_class(code, season.term.starts_on))
    unmet = []
    for day in days:
        if day > season.lending_ends_on(code, day):
            break
        due = due_on(terms, season.timetable, Member("student", code), day)
        if due is None or not _has_day(days, due, recall_on):
            unmet.append((day, due))
    if not unmet:
        return None
    return UnmetDue(rule.number, (code,), *unmet[0], recall_on, len(unmet))


def _has_day(days: Sequence[date], first_on: date, last_on: date) -> bool:
    at = bisect_left(days, first_on)
    return at < len(days) and days[at] <= last_on


def too_few_loans(season: Season, lending: Sequence[Lending], target: int) -> list[TooFewLoans]:
    """List the classes that cannot reach the target by their turns alone, like ones together."""
    found: dict[tuple[int, int, int], list[ClassCode]] = {}
    for code in season.classes:
        rule, turns = rule_of(lending, code, season.term.starts_on), season.turns_of(code)
        if rule is None or rule.terms is None or turns == 0:
            continue
        if turns * rule.limit < target:
            found.setdefault((rule.number, turns, rule.limit), []).append(code)
    return [
        TooFewLoans(number, tuple(codes), turns, limit, target)
        for (number, turns, limit), codes in found.items()
    ]
