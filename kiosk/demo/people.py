"""The invented readers of the sample school: pupils, monitors, teachers, class book corners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from random import Random
from typing import Final

READER_HEADINGS: Final = ("card", "name", "kind", "cohort", "class", "monitor", "expires_on")

COHORTS: Final = (2024, 2026, 2025, 2023, 2022, 2021)
"""Entry years in the order of the file: the class whose turn the demo opens in comes first."""

CLASSES_PER_COHORT: Final = 6
_PUPILS: Final = 1508
_TEACHERS: Final = 80
_SCHOOL_YEAR: Final = 2026
_GRADES: Final = 6

# Who stands in a fixed place, by (cohort, class, seat): the readers the documentation shows, names
# with characters that fonts and code pages miss, and long names.
_KNOWN: Final[Mapping[tuple[int, int, int], str]] = {
    (2024, 1, 1): "王小明",
    (2024, 1, 2): "赵一诺",
    (2024, 1, 3): "陈喆",
    (2024, 1, 4): "阿依古丽·买买提",
    (2024, 2, 1): "李小红",
    (2024, 2, 9): "张㛃",
    (2023, 4, 12): "刘䶮",
    (2022, 3, 21): "欧阳若曦",
    (2021, 5, 30): "买合木提江·阿卜杜热合曼",
    (2025, 6, 17): "诸葛子墨",
    (2026, 2, 5): "扎西多吉",
}
_LEFT_THE_SCHOOL: Final = (2024, 1, 5)
_LEFT_ON: Final = "2026-08-31"

Row = tuple[str, str, str, str, str, str, str]


def readers(random: Random) -> Iterator[Row]:
    """Give every reader of the school as a row of the import file."""
    names = _Names(random)
    sizes = _class_sizes(random)
    for (cohort, number), size in sizes.items():
        yield from _pupils(cohort, number, size, names)
    for seat in range(1, _TEACHERS + 1):
        yield (f"R9{seat:05d}", names.teacher(), "teacher", "", "", "", "")
    for cohort, number in sizes:
        if grade_of(cohort) <= 2:
            # The youngest borrow through their class: one card for each book corner.
            name = f"{'一二'[grade_of(cohort) - 1]}({number})班图书角"
            card = f"R99{cohort % 100}{number:02d}"
            yield (card, name, "class", str(cohort), str(number), "", "")


def grade_of(cohort: int) -> int:
    """Say which grade a cohort is in during the demo's school year.

    >>> grade_of(2024)
    3
    """
    return _SCHOOL_YEAR - cohort + 1


def _pupils(cohort: int, number: int, size: int, names: _Names) -> Iterator[Row]:
    monitors = {2, 2 + size // 2} if grade_of(cohort) >= 3 else set()
    taken: set[str] = {name for place, name in _KNOWN.items() if place[:2] == (cohort, number)}
    for seat in range(1, size + 1):
        place = (cohort, number, seat)
        name = _KNOWN.get(place) or names.pupil(taken)
        taken.add(name)
        expires_on = _LEFT_ON if place == _LEFT_THE_SCHOOL else f"{cohort + _GRADES}-07-31"
        yield (
            f"R{cohort % 100}{number:02d}{seat:02d}",
            name,
            "student",
            str(cohort),
            str(number),
            "yes" if seat in monitors else "",
            expires_on,
        )


def _class_sizes(random: Random) -> dict[tuple[int, int], int]:
    """Share the pupils out over the classes, 39 to 45 in each; the first class is a full one."""
    places = [(cohort, n) for cohort in COHORTS for n in range(1, CLASSES_PER_COHORT + 1)]
    sizes = {place: random.randrange(40, 45) for place in places}
    sizes[places[0]] = 45
    while (missing := _PUPILS - sum(sizes.values())) != 0:
        place = places[1 + random.randrange(len(places) - 1)]
        step = 1 if missing > 0 else -1
        if 39 <= sizes[place] + step <= 45:
            sizes[place] += step
    return sizes


class _Names:
    """Draws invented names from the lists in `names.txt`, frequent surnames more often."""

    def __init__(self, random: Random) -> None:
        self._random = random
        lists = dict(_name_lists())
        self._surnames = lists["surnames"]
        self._rarer = lists["rarer surnames"]
        self._given = lists["pupils"]
        self._teachers = lists["teachers"]

    def pupil(self, taken: set[str]) -> str:
        while (name := self._surname() + self._random.choice(self._given)) in taken:
            pass
        return name

    def teacher(self) -> str:
        return self._surname() + self._random.choice(self._teachers)

    def _surname(self) -> str:
        share = self._random.random()
        if share < 0.22:
            return self._random.choice(self._rarer)
        # The square favours the front of the list, as the census does.
        return self._surnames[int(self._random.random() ** 2 * len(self._surnames))]


def _name_lists() -> Iterator[tuple[str, list[str]]]:
    text = files("kiosk.demo").joinpath("names.txt").read_text(encoding="utf-8")
    for block in text.split("@")[1:]:
        heading, _, names = block.partition("\n")
        yield heading, names.split()
