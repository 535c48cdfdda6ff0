"""Faults in what the settings say of single days: changes, swaps and extra turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kiosk.rotation.classes import ClassNames
from kiosk.settings import texts
from kiosk.settings.reading import Draft, Entry, Problem, shown
from kiosk.settings.turns import class_names
from kiosk.settings.year import Change, ExtraTurn, Swap, Window

Dated = TypeVar("Dated", Change, Swap, ExtraTurn)


def problems(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong; a dated turn on a day without school is no fault."""
    known = _Known.of(draft)
    for change in draft.changes:
        yield from known.window(change)
        yield from _change(change)
        if change.has("classes", "window") and change.value.classes is not None:
            yield from known.no_classes(change, change.value.classes)
            for place, label in enumerate(change.value.classes, 1):
                yield from known.school_class(change, f"classes[{place}]", label)
    for swap in draft.swaps:
        if swap.value.window is not None:
            yield from known.window(swap)
            yield from known.turns_of(swap)
        yield from _swap(swap, known)
    for extra in draft.extra_turns:
        yield from known.window(extra)
        yield from known.turns_of(extra)
        if extra.has("school_class"):
            yield from known.school_class(extra, "class", extra.value.school_class)


def _change(entry: Entry[Change]) -> Iterator[Problem]:
    change = entry.value
    if not entry.has("cancelled", "opens", "closes"):
        return
    if change.cancelled and (change.opens is not None or change.closes is not None):
        yield entry.problem("cancelled", "cancelled = true or new times, not both", True)
    elif change.opens is None and change.closes is None:
        if not change.cancelled:
            yield entry.problem("cancelled", "cancelled = true, or new times in from and to", None)
    elif change.opens is None:
        yield entry.problem("from", "a time beside to", None)
    elif change.closes is None:
        yield entry.problem("to", "a time beside from", None)
    elif change.closes <= change.opens:
        yield entry.problem("to", f"a time after {shown(change.opens)}", change.closes)


def _swap(entry: Entry[Swap], known: _Known) -> Iterator[Problem]:
    swap = entry.value
    if entry.has("school_class"):
        yield from known.school_class(entry, "class", swap.school_class)
    if entry.has("with_class"):
        yield from known.school_class(entry, "with", swap.with_class)
    if entry.has("school_class", "with_class") and swap.school_class == swap.with_class:
        yield entry.problem("with", "another class than the one in class", swap.with_class)


@dataclass(frozen=True, slots=True)
class _Known:
    """What an exception may name: windows by name and kind, and classes."""

    kinds: dict[str, set[str]]
    has_all_windows: bool
    names: ClassNames | None
    labels: tuple[str, ...]

    @classmethod
    def of(cls, draft: Draft) -> _Known:
        nested = [window for one in draft.replacements for window in one.nested["window"]]
        windows: list[Entry[Window]] = [*draft.windows, *nested]
        kinds: dict[str, set[str]] = {}
        for window in windows:
            if window.has("name", "kind"):
                kinds.setdefault(window.value.name, set()).add(window.value.kind)
        turns = draft.rotation.value.turns if draft.rotation.has("turns") else {}
        return cls(
            kinds,
            all(window.has("name", "kind") for window in windows),
            class_names(draft),
            tuple(_labels(turns.values())),
        )

    def window(self, entry: Entry[Dated]) -> Iterator[Problem]:
        name = entry.value.window
        if not entry.has("window") or name is None or name in self.kinds:
            return
        if self.has_all_windows:
            listed = f"one of {', '.join(self.kinds)}" if self.kinds else "there is none"
            expected = f"the name of a window ({listed}){texts.perhaps(name, self.kinds)}"
            yield entry.problem("window", expected, name)

    def turns_of(self, entry: Entry[Swap] | Entry[ExtraTurn]) -> Iterator[Problem]:
        name = entry.value.window
        if not entry.has("window") or name is None or self._has_turns(name):
            return
        with_turns = [one for one in self.kinds if self._has_turns(one)]
        listed = f"one of {', '.join(with_turns)}" if with_turns else "there is none"
        yield entry.problem("window", f"a window of kind class ({listed})", name)

    def no_classes(self, entry: Entry[Change], classes: Sequence[str]) -> Iterator[Problem]:
        name = entry.value.window
        if not self._has_turns(name):
            yield entry.problem("classes", f"no classes, for {name} has no turns", classes)

    def _has_turns(self, name: str) -> bool:
        return "class" in self.kinds.get(name, {"class"})

    def school_class(self, entry: Entry[Dated], key: str, label: str) -> Iterator[Problem]:
        if self.names is None:
            return
        try:
            texts.class_ref(label, self.names)
        except ValueError as fault:
            expected = f"{fault}{texts.perhaps_class(label, self.names, self.labels)}"
            yield entry.problem(key, expected, label)


def _labels(tables: Iterable[object]) -> Iterator[str]:
    """Yield the classes of turns as they are written, whatever else stands there."""
    for days in tables:
        for classes in days.values() if isinstance(days, dict) else ():
            if isinstance(classes, list):
                yield from (one for one in classes if isinstance(one, str))
