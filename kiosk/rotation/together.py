"""Seats the classes of a grade in neighbouring openings, as evenly as their order allows."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.rotation.lanes import portions
from kiosk.rotation.seating import ClassSize, Place, Seating

Cost = tuple[int, float, float, int]
"""Pupils without time, the worst distance from an even share, its spread, and how late it fills."""

_FREE: Cost = (0, 0.0, 0.0, 0)


def grades_in_rows(classes: Sequence[ClassSize], places: Sequence[Place]) -> Seating | None:
    """Cut the classes, in their order or backwards, into one row per place; the evener way wins.

    None when the places' grades allow neither.
    """
    found = [
        (cost, seating)
        for order in (list(classes), list(reversed(classes)))
        if (row := _cut(order, places)) is not None
        for cost, seating in [row]
    ]
    return min(found, key=lambda one: one[0])[1] if found else None


def rows_kept(kept: Seating, newcomers: Sequence[ClassSize], rows: Seating | None) -> bool:
    """Seat the newcomers beside their grades, in `kept` itself; False when that makes no good plan.

    It is good when every grade is in neighbouring openings, no more pupils are without time than
    in `rows`, and no opening is fuller than another by more than two of the biggest class.
    """
    for one in newcomers:
        fitting = [at for at in kept.open_to(one) if _stays_in_rows(kept, one, at)]
        if not fitting:
            return False
        kept.put(one, kept.emptiest(one, fitting))
    biggest = max(one.pupils for classes in kept.classes for one in classes)
    indexes = range(len(kept.places))
    return (
        is_in_rows(kept)
        and (rows is None or kept.excess() <= rows.excess())
        and not any(kept.is_fuller(a, b, by=2 * biggest) for a in indexes for b in indexes)
    )


def is_in_rows(seating: Seating) -> bool:
    """Tell whether each grade is in neighbouring openings; empty ones between them do not count."""
    used = [{one.grade for one in classes} for classes in seating.classes if classes]
    for grade in set().union(*used):
        inside = [at for at, grades in enumerate(used) if grade in grades]
        if inside[-1] - inside[0] + 1 != len(inside):
            return False
    return True


def _stays_in_rows(seating: Seating, one: ClassSize, at: int) -> bool:
    seating.put(one, at)
    fits = is_in_rows(seating)
    seating.take(one, at)
    return fits


def _cut(order: Sequence[ClassSize], places: Sequence[Place]) -> tuple[Cost, Seating] | None:
    """Find the cheapest way to cut the order into rows, by dynamic programming.

    `best[n]` is the cheapest way to seat the first n classes in the places so far.
    """
    # Places at one time each get their part of it: rows are cut place by place.
    rooms = [
        (float(minutes), place.pace.room(minutes))
        for place, minutes in zip(places, portions([one.openings for one in places]), strict=True)
    ]
    share = sum(one.pupils for one in order) / max(1, sum(minutes for minutes, _ in rooms))
    best: dict[int, tuple[Cost, tuple[int, ...]]] = {0: (_FREE, ())}
    for at, place in enumerate(places):
        following: dict[int, tuple[Cost, tuple[int, ...]]] = {}
        for seated, (cost, cuts) in best.items():
            pupils = 0
            for end in range(seated, len(order) + 1):
                if end > seated:
                    if not place.admits(order[end - 1]):
                        break
                    pupils += order[end - 1].pupils
                dearer = _with_row(cost, rooms[at], pupils, share=share, late=at * (end - seated))
                if end not in following or dearer < following[end][0]:
                    following[end] = (dearer, (*cuts, end))
        best = following
    if len(order) not in best:
        return None
    cost, cuts = best[len(order)]
    seating = Seating(places)
    for at, (first, end) in enumerate(zip((0, *cuts), cuts, strict=False)):
        for one in order[first:end]:
            seating.put(one, at)
    return cost, seating


def _with_row(cost: Cost, row: tuple[float, int], pupils: int, *, share: float, late: int) -> Cost:
    excess, worst, spread, lateness = cost
    minutes, room = row
    distance = abs(pupils / minutes - share)
    return (
        excess + max(0, pupils - room),
        max(worst, distance),
        spread + distance * distance * minutes,
        lateness + late,
    )
