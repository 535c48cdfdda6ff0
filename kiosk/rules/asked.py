"""What the rules are asked and what they answer: the school's policy, a request, a decision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from kiosk.domain import Block, BlockCode, ClassCode, ClockState, ReaderKind
from kiosk.domain.facts import ItemFacts, Kept, Member, OpenLoan, ReaderFacts
from kiosk.rotation.due import due_on
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import grade_on
from kiosk.rules.matrix import CollectionLimit, LoanRule, SameTitle, rule_for

_KNOWN_RULES: Final = 500


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything the school has decided, ready for the rules.

    A lost book is charged at its price times `charge_factor`. `suspend_days_per_day_late` 0: nobody
    is suspended for days late. `fingerprint` names the settings it was made of.
    """

    timetable: Timetable
    rules: Sequence[LoanRule]
    grades: int = 6
    overdue_blocks: bool = True
    same_title: SameTitle = "allow"
    collection_limits: Sequence[CollectionLimit] = ()
    charge_blocks: bool = False
    charge_factor: float = 1.0
    suspend_days_per_day_late: int = 0
    suspend_days_most: int = 30
    fingerprint: str = ""
    # One check-out asks for the same rule four times, and a class for the same few all its turn.
    _known: dict[tuple[ReaderKind, ClassCode | None, str, date], LoanRule | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _due: dict[tuple[int, ReaderKind, ClassCode | None, date], date | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def hangs_on_the_day(self) -> bool:
        """Tell whether the day decides which rule or limit matches, by grade or holiday loans."""
        return any(rule.hangs_on_the_day for rule in self.rules) or any(
            limit.grades for limit in self.collection_limits
        )

    def today(self, at: datetime) -> date:
        """Tell the school's date at an instant."""
        return at.astimezone(self.timetable.zone).date()

    def rule_on(self, member: Member, collection: str, on: date) -> LoanRule | None:
        """Find the rule for a reader and a collection as it is on a day."""
        key = (member.kind, member.school_class, collection, on)
        if key not in self._known:
            if len(self._known) > _KNOWN_RULES:
                self._known.clear()
            self._known[key] = rule_for(
                self.rules,
                member.kind,
                collection,
                grade=grade_on(member, on),
                holiday=self.has_holiday_loans(on),
            )
        return self._known[key]

    def due_on(self, rule: LoanRule, member: Member, today: date) -> date | None:
        """Find the day a loan made today under a rule comes back, None when there is none."""
        if rule.terms is None:
            return None
        key = (rule.number, member.kind, member.school_class, today)
        if key not in self._due:
            if len(self._due) > _KNOWN_RULES:
                self._due.clear()
            self._due[key] = due_on(rule.terms, self.timetable, member, today)
        return self._due[key]

    def lending_rule_on(self, member: Member, collection: str, on: date) -> LoanRule | None:
        """Find the rule as it would be if nothing were forbidden to be lent."""
        lending = tuple(rule for rule in self.rules if rule.lend != "no")
        return replace(self, rules=lending).rule_on(member, collection, on)

    def lends_over_holidays(self, member: Member, on: date) -> bool:
        """Tell whether holiday loans are made on a day to such a reader."""
        grade = grade_on(member, on)
        return self.has_holiday_loans(on) and any(
            rule.when == "holiday" and rule.speaks_of(member.kind, grade) for rule in self.rules
        )

    def has_holiday_loans(self, on: date) -> bool:
        """Tell whether holiday loans are made on a day: from the term's day for it to its end."""
        term = self.timetable.calendar.term_of(on)
        begins = None if term is None else term.holiday_loans_from
        return begins is not None and begins <= on


@dataclass(frozen=True, slots=True)
class Moment:
    """When the decision is made, and how far the clock is to be believed."""

    at: datetime
    clock: ClockState = "ok"


@dataclass(frozen=True, slots=True)
class Request:
    """One reader at a desk and one item: all that a decision needs to know.

    `loans` are the reader's open loans; `lent_to_other` says that the item is on another reader's,
    `wanted` that somebody waits for the title. `waived` are the blocks that a monitor or staff
    override. `late` are the loans known to be overdue; None: the timetable tells.
    """

    reader: ReaderFacts
    item: ItemFacts
    loans: Sequence[OpenLoan]
    kept: Kept | None = None
    lent_to_other: bool = False
    wanted: bool = False
    waived: frozenset[BlockCode] = frozenset()
    late: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """The loan may be made or renewed, under this rule, due on this day.

    `window` names the lending window, None for a rule that needs none; `waived` are the blocks
    that stood against it and were overridden.
    """

    rule: LoanRule
    due_on: date
    window: str | None = None
    waived: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not: at least one block, most important first."""

    blocks: tuple[Block, ...]


Decision = Allowed | Refused
Blocks = Iterator[Block]
