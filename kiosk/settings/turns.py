"""Faults in the turns of the rotation: each is told, one wrong turn does not hide another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kiosk.rotation.classes import ClassNames
from kiosk.rotation.windows import ClassRef, CycleDay
from kiosk.settings import texts
from kiosk.settings.reading import Draft, Entry, Problem, shown
from kiosk.settings.year import Window
from kiosk.wording import Words

_MOST_GRADES: Final = 12


def problems(draft: Draft, weeks: int | None) -> Iterator[Problem]:
    """Yield what is wrong with the turns, in a cycle of `weeks` weeks; None: unknown."""
    classes = _Classes(
        class_names(draft),
        tuple(one.value.starts_on for one in draft.terms if one.has("starts_on")),
    )
    if draft.rotation.has("turns"):
        tables = draft.rotation.value.turns
        yield from _tables("rotation.turns", tables, draft.windows, classes, weeks=weeks)
    for one in draft.replacements:
        if one.has("turns"):
            windows = one.nested["window"]
            yield from _tables(f"{one.key}.turns", one.value.turns, windows, classes, weeks=weeks)


def _tables(
    place: str,
    tables: Mapping[str, Any],
    all_windows: Sequence[Entry[Window]],
    known: _Classes,
    *,
    weeks: int | None,
) -> Iterator[Problem]:
    for name, days in tables.items():
        key = f"{place}.{name}"
        windows = [one for one in all_windows if one.has("name") and one.value.name == name]
        yield from _window(key, name, windows, all_windows)
        if not isinstance(days, dict):
            yield Problem(key, "a table of days", shown(days))
            continue
        for day, classes in days.items():
            yield from _day(f"{key}.{day}", day, windows, weeks)
            yield from known.problems(f"{key}.{day}", day, classes)


def _window(
    key: str, name: str, windows: Sequence[Entry[Window]], all_windows: Sequence[Entry[Window]]
) -> Iterator[Problem]:
    if not windows and all(one.has("name") for one in all_windows):
        near = texts.perhaps(name, [one.value.name for one in all_windows])
        expected = f"the name of a window ({_class_windows(all_windows)}){near}"
        yield Problem(key, expected, shown(name))
    for window in windows:
        if window.has("kind") and window.value.kind != "class":
            found = f"{shown(name)} of kind {window.value.kind}"
            yield Problem(key, f"a window of kind class ({_class_windows(all_windows)})", found)
            return


def _class_windows(windows: Sequence[Entry[Window]]) -> str:
    found = [one.value.name for one in windows if one.value.kind == "class"]
    return "one of " + ", ".join(dict.fromkeys(found)) if found else "there is none of kind class"


def _day(
    key: str, day: str, windows: Sequence[Entry[Window]], weeks: int | None
) -> Iterator[Problem]:
    try:
        meant = texts.cycle_day(day, weeks)
    except ValueError as fault:
        yield Problem(key, f"{fault}{texts.perhaps_day(day, weeks)}", shown(day))
        return
    if windows and not any(_may_open(one, meant, weeks) for one in windows):
        held = dict.fromkeys(one for window in windows for one in window.value.days)
        yield Problem(key, f"a day of this window ({', '.join(held)})", shown(day))


def _may_open(window: Entry[Window], meant: CycleDay, weeks: int | None) -> bool:
    if not window.has("days"):
        return True
    for text in window.value.days:
        try:
            day = texts.cycle_day(text, weeks)
        except ValueError:
            return True  # told at the window itself
        if day.weekday == meant.weekday and (
            meant.week is None or day.week is None or day.week == meant.week
        ):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Classes:
    """Reads the classes of a day; a class is known by what it is in each term that begins."""

    names: ClassNames | None
    terms_start_on: tuple[date, ...]

    def problems(self, key: str, day: str, classes: object) -> Iterator[Problem]:
        if not isinstance(classes, list):
            yield Problem(key, "a list of classes in square brackets", shown(classes))
            return
        seen: dict[Hashable, int] = {}
        for place, label in enumerate(classes, 1):
            if not isinstance(label, str):
                yield Problem(f"{key}[{place}]", "a text in double quotes", shown(label))
            elif self.names is not None:
                try:
                    ref = texts.class_ref(label, self.names)
                except ValueError as fault:
                    expected = f"{fault}{texts.perhaps_class(label, self.names)}"
                    yield Problem(f"{key}[{place}]", expected, shown(label))
                    continue
                first = min(seen.setdefault(one, place) for one in self._meant(ref))
                if first != place:
                    expected = f"each class once, or left out here ({day}[{first}] is the same)"
                    yield Problem(f"{key}[{place}]", expected, shown(label))

    def _meant(self, ref: ClassRef) -> list[Hashable]:
        return [ref, *((on, ref.code(on)) for on in self.terms_start_on)]


def class_names(draft: Draft) -> ClassNames | None:
    """Build what reads class labels, as strict as the sound part of [school] allows."""
    school = draft.school
    if not school.has("class_label"):
        return None
    grades = school.value.grades if school.has("grades") else _MOST_GRADES
    return ClassNames(school.value.class_label, grades, Words("en"))
