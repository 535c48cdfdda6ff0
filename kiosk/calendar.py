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
class EarlyRecall:
    """Some grades stop borrowing and bring back earlier than the others: graduates first."""

    grades: frozenset[int]
    lending_ends_on: date
    recall_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """One term; both ends are school-local days and included.

    Pupils borrow up to and including `lending_ends_on`; no due date lies after `recall_on`.
    `early` has the grades with dates of their own. From `holiday_loans_from` on the rules for
    holiday loans lend; None: there are no holiday loans.
    """

    name: str
    starts_on: date
    ends_on: date
    lending_ends_on: date
    recall_on: date
    early: tuple[EarlyRecall, ...] = ()
    holiday_loans_from: date | None = None

    def recall_on_for(self, grade: int | None) -> date:
        """Find the day by which a grade brings everything back; None is nobody's grade."""
        return next((one.recall_on for one in self.early if grade in one.grades), self.recall_on)

    def lending_ends_on_for(self, grade: int | None) -> date:
        """Find the last day on which a grade borrows; None is nobody's grade."""
        own = (one.lending_ends_on for one in self.early if grade in one.grades)
        return next(own, self.lending_ends_on)

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
class MakeUpDay:
    """A school day, whatever day it is, on which the timetable of another weekday holds (调休).

    `week` is the week of the cycle that it follows (A = 0), None for that of its own school week.
    """

    on: date
    weekday: int
    week: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class AddedWeekdays:
    """Weekdays with school from one day to another, both included, beside those of every week."""

    first_on: date
    last_on: date
    weekdays: frozenset[int]


@dataclass(frozen=True, slots=True)
class SchoolCalendar:
    """The school's terms and holidays; `weekdays` are the days of a school week, Monday = 0.

    A make-up day lies in a term to be a school day; it may be a Saturday or lie in a holiday.
    """

    terms: tuple[Term, ...]
    holidays: tuple[Holiday, ...] = ()
    weekdays: frozenset[int] = frozenset(range(5))
    make_up_days: tuple[MakeUpDay, ...] = ()
    added: tuple[AddedWeekdays, ...] = ()

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

    def last_term_ending(self, on: date, within_days: int = 14) -> Term | None:
        """Find the last term of the settings if it ends within so many days or is over by now."""
        last = max(self.terms, key=lambda term: term.ends_on, default=None)
        if last is None or last.ends_on - on > timedelta(days=within_days):
            return None
        return last

    def holiday_of(self, on: date) -> Holiday | None:
        """Find the holiday that contains `on`, a make-up day in it or not."""
        return next((one for one in self.holidays if one.first_on <= on <= one.last_on), None)

    def is_holiday(self, on: date) -> bool:
        """Tell whether `on` is in a holiday of the settings."""
        return self.holiday_of(on) is not None

    def make_up_day(self, on: date) -> MakeUpDay | None:
        """Find what `on` makes up for, None on any other day."""
        return next((one for one in self.make_up_days if one.on == on), None)

    def is_school_weekday(self, on: date) -> bool:
        """Tell whether the weekday of `on` is one with school."""
        weekday = on.weekday()
        return weekday in self.weekdays or any(
            weekday in one.weekdays and one.first_on <= on <= one.last_on for one in self.added
        )

    def is_school_day(self, on: date) -> bool:
        """Tell whether there is school on `on`: a day of a term, no weekend and no holiday."""
        if self.term_of(on) is None:
            return False
        if self.make_up_day(on) is not None:
            return True
        return self.is_school_weekday(on) and not self.is_holiday(on)

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
