"""Proposes a fair rotation: each class one turn in a cycle, the pupils spread evenly.

What a plan keeps to, in this order: a class goes only where the window is meant for its grade; as
few pupils as possible are left without time; a class that has a valid turn keeps it; no opening is
fuller for its length than another by more than the biggest class (by two when grades are kept
together). Openings at the same time share the lanes and count as one there. With windows for all
grades and room enough, none of them at the same time, a class that is added moves no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from kiosk.domain import ClassCode
from kiosk.rotation.capacity import Pace
from kiosk.rotation.cycle import PlainOpening, class_openings
from kiosk.rotation.seating import ClassSize, Place, Seating
from kiosk.rotation.together import grades_in_rows, rows_kept
from kiosk.rotation.windows import ClassOfCohort, ClassRef, CycleDay, Turns, Window

MOST_PLANNED_WEEKS: Final = 4
_MOST_LANES: Final = 8

Seat = tuple[str, int, int | None]
"""Window, weekday and week of the cycle (None: any) of a turn that a class has now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be planned: the classes, the class windows, and the turns there are now.

    `weeks` are the lengths of the cycle that may be tried, the most welcome first.
    """

    classes: tuple[ClassSize, ...]
    windows: tuple[Window, ...]
    pace: Pace
    weeks: tuple[int, ...] = tuple(range(1, MOST_PLANNED_WEEKS + 1))
    together: bool = False
    turns: Turns | None = None
    turns_weeks: int = 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed rotation. `turns` has every opening of the cycle in order of time, empty ones too.

    `shut_out` are classes for whose grade no window is meant; `excess` counts the pupils for whom
    there is no time, 0 when the plan works. `is_together` is False also when the windows' grades
    did not let every grade stay together. `kept` are the classes that keep the turn they had.
    """

    weeks: int
    turns: Mapping[Place, tuple[ClassCode, ...]]
    shut_out: tuple[ClassCode, ...] = ()
    excess: int = 0
    is_together: bool = False
    kept: frozenset[ClassCode] = frozenset()

    def place_of(self, school_class: ClassCode) -> Place | None:
        """Find the opening of a class's turn."""
        return next(
            (place for place, classes in self.turns.items() if school_class in classes), None
        )


def propose(wish: Wish, *, on: date) -> Proposal:
    """Propose a rotation for the school year of `on`, in the shortest cycle that has time for all.

    When no cycle has, it is the one that leaves the fewest pupils without time.
    """
    found = _first(wish, on=on)
    # From the turns of a plan a better one may be found: a plan of its own turns is to be the same.
    while found.excess > 0 or found.weeks != wish.weeks[0]:
        again = _first(replace(wish, turns=_turns(found), turns_weeks=found.weeks), on=on)
        if _rank(again, wish) >= _rank(found, wish):
            break
        seats = seats_now(wish.turns or {}, wish.turns_weeks, again.weeks, on=on)
        found = replace(again, kept=_keeping(again.turns, seats))
    return found


def _rank(plan: Proposal, wish: Wish) -> tuple[int, int]:
    return plan.excess, wish.weeks.index(plan.weeks)


def _turns(plan: Proposal) -> Turns:
    turns: dict[str, dict[CycleDay, list[ClassRef]]] = {}
    for place, classes in plan.turns.items():
        day = CycleDay(place.weekday, place.week if plan.weeks > 1 else None)
        turns.setdefault(place.window, {})[day] = [ClassOfCohort(code) for code in classes]
    return turns


def _keeping(
    turns: Mapping[Place, Sequence[ClassCode]], seats: Mapping[ClassCode, Seat]
) -> frozenset[ClassCode]:
    return frozenset(
        code for place, codes in turns.items() for code in codes if _is_seat(place, seats.get(code))
    )


def _first(wish: Wish, *, on: date) -> Proposal:
    plans = []
    for weeks in wish.weeks:
        plan = _plan(wish, weeks, on=on)
        if plan.excess == 0:
            return plan
        plans.append(plan)
    return min(plans, key=lambda plan: plan.excess)


def lanes_needed(wish: Wish, weeks: int, *, on: date) -> int | None:
    """Find how many lanes would have time for all in a cycle of `weeks` weeks, up to eight."""
    for lanes in range(wish.pace.lanes + 1, _MOST_LANES + 1):
        more = replace(wish, pace=replace(wish.pace, lanes=lanes), weeks=(weeks,))
        if propose(more, on=on).excess == 0:
            return lanes
    return None


def places_of(windows: Sequence[Window], weeks: int, pace: Pace, *, on: date) -> tuple[Place, ...]:
    """List the openings of the class windows in one cycle, in order of time.

    Windows of one name on one day follow each other in the term: the shorter one counts.
    """
    found: dict[tuple[str, int, int], list[PlainOpening]] = {}
    for one in class_openings(windows, {}, weeks, on=on):
        found.setdefault((one.window.name, one.weekday, one.week), []).append(one)
    return tuple(_place(openings, pace) for openings in found.values())


def _place(openings: Sequence[PlainOpening], pace: Pace) -> Place:
    short = min(openings, key=lambda one: one.minutes)
    return Place(
        short.window.name,
        short.weekday,
        short.week,
        short.window.opens,
        short.minutes,
        pace.room(short.minutes),
        pace,
        tuple(openings),
        short.window.grades,
    )


def seats_now(turns: Turns, turns_weeks: int, weeks: int, *, on: date) -> dict[ClassCode, Seat]:
    """Find the turn of each class that has exactly one in its cycle, for a cycle of `weeks` weeks.

    In a cycle of another length a class may keep its window and weekday in any week.
    """
    named: dict[ClassCode, list[Seat]] = {}
    for window, days in turns.items():
        for day, refs in days.items():
            times = 1 if day.week is not None or turns_weeks == 1 else turns_weeks
            for ref in refs:
                week = (day.week or 0) if weeks == turns_weeks else None
                named.setdefault(ref.code(on), []).extend([(window, day.weekday, week)] * times)
    return {code: seats[0] for code, seats in named.items() if len(seats) == 1}


def _plan(wish: Wish, weeks: int, *, on: date) -> Proposal:
    places = places_of(wish.windows, weeks, wish.pace, on=on)
    classes = [one for one in wish.classes if any(place.admits(one) for place in places)]
    seats = seats_now(wish.turns or {}, wish.turns_weeks, weeks, on=on)
    seating = _together(classes, places, seats) if wish.together else None
    is_together = seating is not None
    if seating is None:
        seating = _spread(classes, places, seats)
    inside = {one.code for one in classes}
    turns = {
        place: tuple(one.code for one in sorted(seated, key=_by_grade))
        for place, seated in zip(seating.places, seating.classes, strict=True)
    }
    return Proposal(
        weeks,
        turns,
        tuple(one.code for one in sorted(wish.classes, key=_by_grade) if one.code not in inside),
        seating.excess(),
        is_together,
        _keeping(turns, seats),
    )


def _spread(
    classes: Sequence[ClassSize], places: Sequence[Place], seats: Mapping[ClassCode, Seat]
) -> Seating:
    seating = _kept(classes, places, seats)
    seating.even_out()
    seating.relieve()
    if seats and seating.excess() > 0:
        fresh = _spread(classes, places, {})
        # Turns that everybody knows are given up only where that finds time for more pupils.
        if fresh.excess() < seating.excess():
            return fresh
    return seating


def _kept(
    classes: Sequence[ClassSize], places: Sequence[Place], seats: Mapping[ClassCode, Seat]
) -> Seating:
    """Leave each class in its valid turn; the others get the emptiest places, big ones first."""
    seating = Seating(places)
    newcomers = []
    for one in sorted(classes, key=_by_size):
        held = [at for at in seating.open_to(one) if _is_seat(places[at], seats.get(one.code))]
        if held:
            seating.put(one, seating.emptiest(one, held))
        else:
            newcomers.append(one)
    for one in newcomers:
        seating.put(one, seating.emptiest(one, seating.open_to(one)))
    return seating


def _together(
    classes: Sequence[ClassSize], places: Sequence[Place], seats: Mapping[ClassCode, Seat]
) -> Seating | None:
    """Seat grade by grade in neighbouring openings; None when the windows' grades forbid it."""
    rows = grades_in_rows(sorted(classes, key=_by_grade), places)
    kept = Seating(places)
    newcomers = []
    for one in sorted(classes, key=_by_grade):
        held = [at for at in kept.open_to(one) if _is_seat(places[at], seats.get(one.code))]
        if len(held) == 1:
            kept.put(one, held[0])
        else:
            newcomers.append(one)
    if len(newcomers) < len(classes) and rows_kept(kept, newcomers, rows):
        return kept
    return rows


def _is_seat(place: Place, seat: Seat | None) -> bool:
    return (
        seat is not None
        and (place.window, place.weekday) == seat[:2]
        and (seat[2] in (None, place.week))
    )


def _by_grade(one: ClassSize) -> tuple[int, int]:
    return one.grade, one.number


def _by_size(one: ClassSize) -> tuple[int, int, int]:
    return -one.pupils, one.grade, one.number
