"""The loan-rule matrix: which rule a reader and a collection fall under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kiosk.domain import ReaderKind
from kiosk.rotation.due import LoanTerms

Lend = Literal["yes", "in_room", "no"]
SameTitle = Literal["allow", "refuse"]
When = Literal["term", "holiday", "always"]

_PUPILS: Final[frozenset[ReaderKind]] = frozenset({"student"})


@dataclass(frozen=True, slots=True)
class LoanRule:
    """One row of the matrix; an empty `readers`, `collections` or `grades` matches everything.

    `number` is its place in the settings, from 1. `limit` counts open loans under this rule.
    `anytime` frees it from the lending windows. A rule with `grades` and no `readers` speaks of
    pupils; a class card has its class's grade, a teacher none. A `when` of `holiday` matches while
    holiday loans are made. `same_title` None: what the desk does.
    """

    number: int
    readers: frozenset[ReaderKind] = frozenset()
    collections: frozenset[str] = frozenset()
    lend: Lend = "yes"
    limit: int = 0
    terms: LoanTerms | None = None
    renewals: int = 0
    anytime: bool = False
    grades: frozenset[int] = frozenset()
    same_title: SameTitle | None = None
    when: When = "term"

    @property
    def recall(self) -> bool:
        """Tell whether the term's last lending day and its recall date bind loans under it."""
        return self.terms is None or self.terms.recall

    @property
    def hangs_on_the_day(self) -> bool:
        """Tell whether it matters what day it is for the rule to match."""
        return bool(self.grades) or self.when == "holiday"

    def speaks_of(self, kind: ReaderKind, grade: int | None) -> bool:
        """Tell whether the rule is for such readers."""
        return _speaks_of(self.readers, self.grades, kind, grade)

    def matches(
        self,
        kind: ReaderKind,
        collection: str,
        *,
        grade: int | None = None,
        holiday: bool = False,
    ) -> bool:
        """Tell whether the rule speaks of such a reader and this collection at such a time."""
        return (
            self.speaks_of(kind, grade)
            and (not self.collections or collection in self.collections)
            and (holiday or self.when != "holiday")
        )


@dataclass(frozen=True, slots=True)
class CollectionLimit:
    """How many books of some collections a reader may have together, whatever the rule.

    `number` is its place in the settings, from 1; `readers` and `grades` are as in a rule.
    """

    number: int
    collections: frozenset[str]
    limit: int
    readers: frozenset[ReaderKind] = frozenset()
    grades: frozenset[int] = frozenset()

    def matches(self, kind: ReaderKind, collection: str, *, grade: int | None = None) -> bool:
        """Tell whether it limits such a reader's loans of this collection."""
        return collection in self.collections and _speaks_of(self.readers, self.grades, kind, grade)


def rule_for(
    rules: Sequence[LoanRule],
    kind: ReaderKind,
    collection: str,
    *,
    grade: int | None = None,
    holiday: bool = False,
) -> LoanRule | None:
    """Find the first rule that matches; None when the matrix has none.

    While holiday loans are made (`holiday`), the rules by which books go home in term are put
    aside for readers who have a rule for the holidays; what is not lent, or only in the room,
    stays so.

    >>> rule_for([LoanRule(1, frozenset({"teacher"})), LoanRule(2)], "student", "general").number
    2
    """
    replaced = holiday and any(
        rule.when == "holiday" and rule.speaks_of(kind, grade) for rule in rules
    )
    for rule in rules:
        if replaced and rule.when == "term" and rule.lend == "yes":
            continue
        if rule.matches(kind, collection, grade=grade, holiday=holiday):
            return rule
    return None


def limit_for(
    limits: Sequence[CollectionLimit],
    kind: ReaderKind,
    collection: str,
    *,
    grade: int | None = None,
) -> CollectionLimit | None:
    """Find the first limit that matches; None when the collection has none for such readers."""
    return next((one for one in limits if one.matches(kind, collection, grade=grade)), None)


def _speaks_of(
    readers: frozenset[ReaderKind], grades: frozenset[int], kind: ReaderKind, grade: int | None
) -> bool:
    meant = readers or (_PUPILS if grades else frozenset())
    if meant and kind not in meant:
        return False
    return not grades or (kind != "teacher" and grade in grades)
