"""Faults in the turns of the rotation: each is told, one wrong turn does not hide another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk.rotation.classes import ClassNames
from kiosk.rotation.windows import CycleDay
from kiosk.settings import texts
from kiosk.settings.model import Window
from kiosk.settings.reading import Draft, Entry, Problem, shown
from kiosk.wording import Words

_MOST_GRADES: Final = 12


def problems(draft: Draft, weeks: int) -> Iterator[Problem]:
    """Yield what is wrong with the turns, in a cycle of `weeks` weeks."""
    if not draft.rotation.has("turns"):
        return
    names = _class_names(draft)
    for name, days in draft.rotation.value.turns.items():
        key = f"rotation.turns.{name}"
        windows = [one for one in draft.windows if one.has("name") and one.value.name == name]
        yield from _window(key, name, windows, draft.windows)
        if not isinstance(days, dict):
            yield Problem(key, "a table of days", shown(days))
            continue
        for day, classes in days.items():
            yield from _day(f"{key}.{day}", day, windows, weeks)
            yield from _classes(f"{key}.{day}", classes, names)


def _window(
    key: str, name: str, windows: list[Entry[Window]], all_windows: list[Entry[Window]]
) -> Iterator[Problem]:
    if not windows and all(one.has("name") for one in all_windows):
        yield Problem(key, f"the name of a window ({_class_windows(all_windows)})", shown(name))
    for window in windows:
        if window.has("kind") and window.value.kind != "class":
            found = f"{shown(name)} of kind {window.value.kind}"
            yield Problem(key, f"a window of kind class ({_class_windows(all_windows)})", found)
            return


def _class_windows(windows: list[Entry[Window]]) -> str:
    found = [one.value.name for one in windows if one.value.kind == "class"]
    return "one of " + ", ".join(dict.fromkeys(found)) if found else "there is none of kind class"


def _day(key: str, day: str, windows: list[Entry[Window]], weeks: int) -> Iterator[Problem]:
    try:
        meant = texts.cycle_day(day, weeks)
    except ValueError as fault:
        yield Problem(key, str(fault), shown(day))
        return
    if windows and not any(_may_open(one, meant, weeks) for one in windows):
        held = dict.fromkeys(one for window in windows for one in window.value.days)
        yield Problem(key, f"a day of this window ({', '.join(held)})", shown(day))


def _may_open(window: Entry[Window], meant: CycleDay, weeks: int) -> bool:
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


def _classes(key: str, classes: object, names: ClassNames | None) -> Iterator[Problem]:
    if not isinstance(classes, list):
        yield Problem(key, "a list of classes in square brackets", shown(classes))
        return
    for place, label in enumerate(classes, 1):
        if not isinstance(label, str):
            yield Problem(f"{key}[{place}]", "a text in double quotes", shown(label))
        elif names is not None:
            try:
                texts.class_ref(label, names)
            except ValueError as fault:
                yield Problem(f"{key}[{place}]", str(fault), shown(label))


def _class_names(draft: Draft) -> ClassNames | None:
    """Build what reads class labels, as strict as the sound part of [school] allows."""
    school = draft.school
    if not school.has("class_label"):
        return None
    grades = school.value.grades if school.has("grades") else _MOST_GRADES
    return ClassNames(school.value.class_label, grades, Words("en"))
