"""Finds what is odd in a timetable that runs: in its plain cycle, its dates, its due days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from math import ceil
from typing import Final

from kiosk.calendar import Term
from kiosk.domain import ClassCode
from kiosk.rotation import dated_checking
from kiosk.rotation.capacity import Pace, openings_needed
from kiosk.rotation.classes import cohort_and_number
from kiosk.rotation.cycle import PlainOpening, class_openings
from kiosk.rotation.due_checking import Lending, Season, too_few_loans, unmet_dues
from kiosk.rotation.exceptions import Replacement
from kiosk.rotation.findings import (
    At,
    Crowded,
    EmptyWindow,
    Finding,
    GradeExcluded,
    ManyTurns,
    NamedTwice,
    NoLane,
    NoTermAhead,
    SharedOverlap,
    UnknownClass,
)
from kiosk.rotation.lanes import clusters, crowds, minutes_of
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.turn_checking import missing_turns
from kiosk.rotation.windows import Window, grade_of_class

_MOST_WEEKS: Final = 8


@dataclass(frozen=True, slots=True)
class School:
    """What is checked, for the term that `on` lies in or that comes next.

    `pupils` has the classes on record with how many pupils are in each; None: there is no record.
    `lending` are the rules for pupils' ordinary books in their order; `target` is how many books a
    pupil is to borrow in a term, 0 for none.
    """

    timetable: Timetable
    on: date
    grades: int
    pace: Pace
    pupils: Mapping[ClassCode, int] | None = None
    lending: Sequence[Lending] = ()
    target: int = 0


def check(school: School) -> list[Finding]:
    """List everything that is found, what concerns every week first, then dates, then loans."""
    calendar = school.timetable.calendar
    term = calendar.term_for_lending(school.on)
    found: list[Finding] = []
    if term is None:
        term = max(calendar.terms, key=lambda one: one.ends_on, default=None)
        found.append(NoTermAhead(None if term is None else term.ends_on))
        if term is None:
            return found
    on = _day_of(term, school.on)
    season = Season(school.timetable, term, tuple(_here(school, on)))
    found += missing_turns(season, on)
    found += _cycle(school, on)
    found += dated_checking.check_dates(school.timetable)
    found += unmet_dues(season, school.lending)
    found += too_few_loans(season, school.lending, school.target)
    return found


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A set of windows with its turns: the normal one, or a replacement.

    `openings` are those that take place, of classes that are at the school.
    """

    windows: Sequence[Window]
    openings: Sequence[PlainOpening]
    weeks: int
    replacement: int | None = None

    def at(self, opening: PlainOpening) -> At:
        """Name an opening, without its week where every week has the same classes."""
        alike = [
            one
            for one in self.openings
            if (one.window, one.weekday) == (opening.window, opening.weekday)
            and one.classes == opening.classes
        ]
        if len(alike) == self.weeks:
            return At(alike[0], None, self.replacement)
        return At(opening, opening.week, self.replacement)

    def in_week(self, opening: PlainOpening) -> At:
        """Name an opening of one week of the cycle."""
        return At(opening, opening.week if self.weeks > 1 else None, self.replacement)

    def places(self) -> list[At]:
        """List the openings, those that are the same in every week once."""
        return list(dict.fromkeys(self.at(one) for one in self.openings))


def _cycle(school: School, on: date) -> Iterator[Finding]:
    timetable = school.timetable
    weeks, windows = timetable.weeks, timetable.windows
    if school.pace.lanes == 0:
        yield NoLane()
    written = _Scheme(windows, class_openings(windows, timetable.turns, weeks, on=on), weeks)
    held = tuple(_of_the_school(one, school.grades, on) for one in written.openings)
    yield from _scheme(school, written, replace(written, openings=held), on)
    for number, one in enumerate(timetable.exceptions.replacements, 1):
        day = max(one.first_on, min(on, one.last_on))
        openings = class_openings(one.windows, one.turns, weeks, on=day)
        written = _Scheme(one.windows, openings, weeks, number)
        held = tuple(
            _of_the_school(opening, school.grades, day)
            for opening in _that_take_place(openings, one, timetable)
        )
        of_weeks = len({opening.week for opening in held}) or 1
        yield from _scheme(school, written, replace(written, openings=held, weeks=of_weeks), day)


def _of_the_school(opening: PlainOpening, grades: int, on: date) -> PlainOpening:
    named = (one for one in opening.named if 1 <= grade_of_class(one.school_class, on) <= grades)
    return replace(opening, named=tuple(named))


def _that_take_place(
    openings: Sequence[PlainOpening], instead: Replacement, timetable: Timetable
) -> Iterator[PlainOpening]:
    """Leave out what falls on no school day of a replacement: it may be shorter than a cycle."""
    length = (instead.last_on - instead.first_on).days + 1
    days = [instead.first_on + timedelta(days=step) for step in range(length)]
    held = set()
    for day in days:
        term = timetable.calendar.term_of(day)
        if term is None or timetable.exceptions.replacement_on(day) is not instead:
            continue
        if timetable.calendar.is_school_day(day) and not timetable.exceptions.pause_on(day):
            followed = timetable.followed(day)
            held.add((followed.weekday, followed.week, term.week(day)))
    for one in openings:
        if any(
            (one.weekday, one.week) == (weekday, week) and one.window.is_in_week(of_term)
            for weekday, week, of_term in held
        ):
            yield one


def _day_of(term: Term, on: date) -> date:
    return max(term.starts_on, min(on, term.ends_on))


def _here(school: School, on: date) -> list[ClassCode]:
    return classes_here(school.timetable, school.pupils, school.grades, on=on)


def classes_here(
    timetable: Timetable, pupils: Mapping[ClassCode, int] | None, grades: int, *, on: date
) -> list[ClassCode]:
    """List the classes that are at the school, grades in order: on record, else named in turns."""
    named: set[ClassCode] = set(pupils or ())
    if pupils is None:
        every = [timetable.turns, *(one.turns for one in timetable.exceptions.replacements)]
        named = {
            ref.code(on)
            for turns in every
            for days in turns.values()
            for refs in days.values()
            for ref in refs
        }
    here = [code for code in named if 1 <= grade_of_class(code, on) <= grades]
    return sorted(here, key=lambda code: (grade_of_class(code, on), cohort_and_number(code)[1]))


def _scheme(school: School, written: _Scheme, held: _Scheme, on: date) -> Iterator[Finding]:
    """Check what is written, and what of it is held."""
    yield from _many_turns(held)
    for place in written.places():
        yield from _wrong_classes(school, place, on)
    yield from _empty_windows(written)
    if school.pupils is not None and school.pace.lanes > 0:
        yield from _crowded(school.pace, held, school.pupils)


def _many_turns(scheme: _Scheme) -> Iterator[Finding]:
    held: dict[ClassCode, list[PlainOpening]] = {}
    for opening in scheme.openings:
        for code in opening.classes:
            held.setdefault(code, []).append(opening)
    overlaps: dict[Finding, None] = {}
    for code in sorted(held, key=cohort_and_number):
        several: dict[PlainOpening, None] = {}
        for one, other in combinations(held[code], 2):
            if one.is_same_time(other):
                overlaps[SharedOverlap(code, scheme.at(one), scheme.at(other))] = None
            elif one.shares_weeks(other):
                several.update({one: None, other: None})
        if several:
            yield ManyTurns(code, tuple(scheme.in_week(one) for one in several))
    yield from overlaps


def _wrong_classes(school: School, place: At, on: date) -> Iterator[Finding]:
    times = Counter(one.school_class for one in place.opening.named)
    for code, count in times.items():
        grade, grades = grade_of_class(code, on), place.opening.window.grades
        if not 1 <= grade <= school.grades:
            yield UnknownClass(code, place, "not_here" if grade < 1 else "has_left")
        elif school.pupils is not None and code not in school.pupils:
            yield UnknownClass(code, place, "not_on_record")
        if grades is not None and grade not in grades:
            yield GradeExcluded(code, place)
        if count > 1:
            yield NamedTwice(code, place)


def _empty_windows(scheme: _Scheme) -> Iterator[Finding]:
    used = {one.window for one in scheme.openings if one.named}
    for number, window in enumerate(scheme.windows, 1):
        if window.kind == "class" and window not in used:
            yield EmptyWindow(window.name, number, scheme.replacement)


def _crowded(pace: Pace, scheme: _Scheme, pupils: Mapping[ClassCode, int]) -> Iterator[Finding]:
    told = {
        tuple(map(scheme.at, openings)): minutes
        for openings, minutes in crowds(scheme.openings, pupils, pace)
    }
    weeks = _weeks_needed(scheme, pace, pupils) if told else None
    for (place, *others), minutes in told.items():
        found = Crowded(
            place,
            pupils=0,
            room=pace.room(minutes),
            lanes=pace.lanes,
            parts=0,
            weeks_now=scheme.weeks,
            weeks=weeks,
            others=tuple(others),
        )
        sizes = [pupils.get(code, 0) for code in found.classes]
        longest = max(one.opening.minutes for one in (place, *others))
        yield replace(
            found,
            pupils=sum(sizes),
            parts=openings_needed(sizes, pace.room(longest)),
            minutes=pace.minutes_for(max(sizes)) if max(sizes) > pace.room(longest) else None,
        )


def _weeks_needed(scheme: _Scheme, pace: Pace, pupils: Mapping[ClassCode, int]) -> int | None:
    """Reckon how long a cycle would have time for all, by the longest time that it has at once.

    A replacement lasts as long as it does: no cycle of it is proposed.
    """
    if scheme.replacement is not None:
        return None
    named = {code for one in scheme.openings for code in one.classes}
    at_once = clusters(scheme.openings)
    room = max(pace.room(minutes_of(cluster)) for cluster in at_once)
    needed = openings_needed((pupils.get(code, 0) for code in named), room)
    weeks = ceil(needed * scheme.weeks / len(at_once))
    return weeks if weeks <= _MOST_WEEKS else None
