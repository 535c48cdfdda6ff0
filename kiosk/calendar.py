"""School days: terms, holidays, school years and the weeks of a term. Pure; settings fill it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

SCHOOL_YEAR_MONTH = 8
"""A school year begins on 1 August: a term that opens on 28 August has its new grades."""

_DAY = timedelta(days=1)
_SEARCH_DAYS = 400  # longer than any school year: a search that finds nothing must end


@dataclass(frozen=True, slots=True)
class Term:
    """One term; both ends are school-local days and included.

    Pupils borrow up to and including `lending_ends_on`; no due date lies after `recall_on`.
    """

    name: str
    starts_on: date
    ends_on: date
    lending_ends_on: date
    recall_on: date

    def contains(self, on: date) -> bool:
        """Tell whether `on` lies in the term."""
        return self.starts_on <= on <= self.ends_on

    def week(self, on: date) -> int:
        """Number the school week of `on`, 1 for the week (Monday to Sunday) of `starts_on`.

        >>> last = date(2027, 1, 22)
        >>> autumn = Term("", date(2026, 9, 1), last, lending_ends_on=last, recall_on=last)
        >>> autumn.week(date(2026, 9, 6)), autumn.week(date(2026, 9, 7))
        (1, 2)
        """
        first_monday = self.starts_on - timedelta(days=self.starts_on.weekday())
        return (on - first_monday).days // 7 + 1


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without school, both ends included."""

    name: str
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """The school's terms and holidays; `weekdays` are the days of a school week, Monday = 0."""

    terms: tuple[Term, ...]
    holidays: tuple[Holiday, ...] = ()
    weekdays: frozenset[int] = frozenset(range(5))

    def term_of(self, on: date) -> Term | None:
        """Find the term that contains `on`, or None between terms."""
        return next((term for term in self.terms if term.contains(on)), None)

    def term_for_lending(self, on: date) -> Term | None:
        """Find the term that a loan made on `on` belongs to: the current one, else the next."""
        coming = [term for term in self.terms if term.ends_on >= on]
        return min(coming, key=lambda term: term.starts_on, default=None)

    def term_begun(self, on: date) -> Term | None:
        """Find the term that began last, on `on` or before it; it may be over by now."""
        begun = [term for term in self.terms if term.starts_on <= on]
        return max(begun, key=lambda term: term.starts_on, default=None)

    def is_holiday(self, on: date) -> bool:
        """Tell whether `on` is in a holiday of the settings."""
        return any(holiday.first_on <= on <= holiday.last_on for holiday in self.holidays)

    def is_school_day(self, on: date) -> bool:
        """Tell whether there is school on `on`: in a term, a school weekday, no holiday."""
        return (
            on.weekday() in self.weekdays
            and self.term_of(on) is not None
            and not self.is_holiday(on)
        )

    def next_school_day(self, on: date) -> date | None:
        """Find the first school day on or after `on`; None when the settings know of no more."""
        return next((day for day in days_from(on) if self.is_school_day(day)), None)

    def last_school_day(self, on: date) -> date | None:
        """Find the last school day on or before `on`, None if there is none within a year."""
        return next((day for day in days_before(on) if self.is_school_day(day)), None)


def days_from(on: date) -> Iterator[date]:
    """Yield `on` and the days after it, as far as a search may go."""
    return (on + _DAY * step for step in range(_SEARCH_DAYS))


def days_before(on: date) -> Iterator[date]:
    """Yield `on` and the days before it, as far as a search may go."""
    return (on - _DAY * step for step in range(_SEARCH_DAYS))


def school_year(on: date) -> int:
    """Tell the year in which the school year of `on` began.

    >>> school_year(date(2026, 9, 1)), school_year(date(2027, 7, 31)), school_year(date(2027, 8, 1))
    (2026, 2026, 2027)
    """
    return on.year if on.month >= SCHOOL_YEAR_MONTH else on.year - 1


def grade_of(cohort: int, on: date) -> int:
    """Compute the grade of an entry cohort on a day; 0 or less before it has entered.

    >>> grade_of(2021, date(2026, 9, 10))
    6
    """
    return school_year(on) - cohort + 1
