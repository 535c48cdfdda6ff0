"""The loan-rule matrix: which rule a reader and a collection fall under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kiosk.domain import ReaderKind
from kiosk.rotation.due import LoanTerms

Lend = Literal["yes", "in_room", "no"]


@dataclass(frozen=True, slots=True)
class LoanRule:
    """One row of the matrix; an empty `readers` or `collections` matches everything.

    `number` is its place in the settings, from 1. `limit` counts open loans under this rule.
    `anytime` frees it from the lending windows.
    """

    number: int
    readers: frozenset[ReaderKind] = frozenset()
    collections: frozenset[str] = frozenset()
    lend: Lend = "yes"
    limit: int = 0
    terms: LoanTerms | None = None
    renewals: int = 0
    anytime: bool = False

    def matches(self, kind: ReaderKind, collection: str) -> bool:
        """Tell whether the rule speaks of this kind of reader and this collection."""
        return (not self.readers or kind in self.readers) and (
            not self.collections or collection in self.collections
        )


def rule_for(rules: Sequence[LoanRule], kind: ReaderKind, collection: str) -> LoanRule | None:
    """Find the first rule that matches; None when the matrix has none.

    >>> rule_for([LoanRule(1, frozenset({"teacher"})), LoanRule(2)], "student", "general").number
    2
    """
    return next((rule for rule in rules if rule.matches(kind, collection)), None)
