"""Rules that cannot be meant so: nobody can match them, they lend nothing, somebody has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from kiosk.calendar import SchoolCalendar, Term
from kiosk.domain import ReaderKind
from kiosk.rules.matrix import CollectionLimit, LoanRule, limit_for, rule_for

_KINDS: Final[tuple[ReaderKind, ...]] = ("student", "teacher", "class")
_ANY_OTHER: Final = ""
"""Stands for every collection that no rule names."""


class Oddity(StrEnum):
    """What is odd about a rule or a limit."""

    HIDDEN = "hidden"  # earlier ones take every case
    NOBODY = "nobody"  # there is no such reader, or no such time
    LENDS_NOTHING = "lends_nothing"  # it lends, but at most 0 books
    NO_RULE = "no_rule"  # a kind of reader, or some grades, may borrow nothing


@dataclass(frozen=True, slots=True)
class OddRule:
    """One finding; `number` is the rule's place in its `table`, 0 where no rule is meant.

    `hidden_by` has the earlier rules that take its cases. `kind` and `grades` say who has no
    rule; no grades: nobody of that kind has.
    """

    oddity: Oddity
    number: int = 0
    hidden_by: tuple[int, ...] = ()
    kind: ReaderKind | None = None
    grades: tuple[int, ...] = ()
    table: str = "loan_rule"


class _Case(NamedTuple):
    kind: ReaderKind
    collection: str
    grade: int | None
    holiday: bool


def odd_rules(
    rules: Sequence[LoanRule],
    limits: Sequence[CollectionLimit] = (),
    *,
    grades: int = 6,
    has_holiday_loans: bool = True,
) -> list[OddRule]:
    """List what is odd about the rules, in their order, then the limits, then who has no rule.

    `has_holiday_loans` False: no term of the settings has a day from which they are made.
    """
    named = {one for rule in rules for one in rule.collections}
    named |= {one for limit in limits for one in limit.collections}
    cases = [
        _Case(kind, collection, grade, holiday)
        for kind in _KINDS
        for grade in ((None,) if kind == "teacher" else (None, *range(1, grades + 1)))
        for collection in (_ANY_OTHER, *sorted(named))
        for holiday in ((False, True) if has_holiday_loans else (False,))
    ]
    return [
        *_about_rules(rules, cases),
        *_about_limits(limits, cases),
        *_without_rule(rules, cases),
    ]


def idle_lending_ends(calendar: SchoolCalendar) -> tuple[tuple[Term, date], ...]:
    """List the last lending days on which nobody can borrow: no school day is left to return on.

    Each is a term and its last school day of lending, or that of the grades in one of its early
    recalls, in the order of the terms; a day that several have is told once.
    """
    return tuple(dict.fromkeys(_idle_ends(calendar)))


def _idle_ends(calendar: SchoolCalendar) -> Iterator[tuple[Term, date]]:
    for term in calendar.terms:
        ends = [(term.lending_ends_on, term.recall_on)]
        ends += [(early.lending_ends_on, early.recall_on) for early in term.early]
        for lending_ends_on, recall_on in ends:
            lent = calendar.last_school_day(lending_ends_on)
            back = calendar.last_school_day(recall_on)
            if lent is not None and lent == back and term.contains(lent):
                yield term, lent


def _about_rules(rules: Sequence[LoanRule], cases: Sequence[_Case]) -> Iterator[OddRule]:
    taken = {case: _rule(rules, case) for case in cases}
    for rule in rules:
        fitting = [
            taken[case]
            for case in cases
            if rule.matches(case.kind, case.collection, grade=case.grade, holiday=case.holiday)
        ]
        if not fitting:
            yield OddRule(Oddity.NOBODY, rule.number)
        elif not any(winner is rule for winner in fitting):
            numbers = {winner.number for winner in fitting if winner is not None}
            yield OddRule(Oddity.HIDDEN, rule.number, tuple(sorted(numbers)))
        elif rule.lend != "no" and rule.limit == 0:
            yield OddRule(Oddity.LENDS_NOTHING, rule.number)


def _rule(rules: Sequence[LoanRule], case: _Case) -> LoanRule | None:
    return rule_for(rules, case.kind, case.collection, grade=case.grade, holiday=case.holiday)


def _about_limits(limits: Sequence[CollectionLimit], cases: Sequence[_Case]) -> Iterator[OddRule]:
    table = "collection_limit"
    for limit in limits:
        fitting = [
            limit_for(limits, case.kind, case.collection, grade=case.grade)
            for case in cases
            if limit.matches(case.kind, case.collection, grade=case.grade)
        ]
        if not fitting:
            yield OddRule(Oddity.NOBODY, limit.number, table=table)
        elif not any(winner is limit for winner in fitting):
            numbers = {winner.number for winner in fitting if winner is not None}
            yield OddRule(Oddity.HIDDEN, limit.number, tuple(sorted(numbers)), table=table)


def _without_rule(rules: Sequence[LoanRule], cases: Sequence[_Case]) -> Iterator[OddRule]:
    """Find who may borrow nothing at all, in term: a kind of reader, or some of its grades."""
    for kind in _KINDS:
        lent: dict[int | None, bool] = {}
        for case in cases:
            if case.kind == kind and not case.holiday:
                rule = _rule(rules, case)
                lends = rule is not None and rule.lend == "yes"
                lent[case.grade] = lent.get(case.grade, False) or lends
        if not any(lent.values()):
            yield OddRule(Oddity.NO_RULE, kind=kind)
            continue
        without = tuple(grade for grade, lends in lent.items() if grade is not None and not lends)
        if without:
            yield OddRule(Oddity.NO_RULE, kind=kind, grades=without)
