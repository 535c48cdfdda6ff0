"""Faults of the school year: terms, holidays, windows and what departs from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from kiosk.settings import texts
from kiosk.settings.reading import Draft, Entry, Problem, shown
from kiosk.settings.year import EarlyRecall, Holiday, MakeUpDay, Pause, Replacement, Term, Window

_LAST_WEEK: Final = 10**6
Span = TypeVar("Span", Holiday, Pause, Replacement)


def problems(draft: Draft, weeks: int | None) -> Iterator[Problem]:
    """Yield what is wrong, in a cycle of `weeks` weeks; None: how many could not be read."""
    for term in draft.terms:
        yield from _term(term)
    yield from _terms_overlap(draft.terms)
    for holiday in draft.holidays:
        yield from _span(holiday)
    yield from _make_up_days(draft.make_up_days, weeks)
    for pause in draft.pauses:
        yield from _span(pause)
    yield from _windows(draft.windows, weeks)
    for replacement in draft.replacements:
        yield from _span(replacement)
        yield from _windows(replacement.nested["window"], weeks)
    yield from _replacements_overlap(draft.replacements)


def _term(entry: Entry[Term]) -> Iterator[Problem]:
    term = entry.value
    if not entry.has("starts_on", "ends_on"):
        return
    if term.ends_on < term.starts_on:
        yield entry.problem("ends_on", f"a day not before {term.starts_on}", term.ends_on)
        return
    yield from _inside(entry, term, "lending_ends_on", "recall_on", "holiday_loans_from")
    yield from _recall(entry)
    grades: dict[int, str] = {}
    for early in entry.nested["early"]:
        yield from _inside(early, term, "lending_ends_on", "recall_on")
        yield from _recall(early)
        for grade in early.value.grades if early.has("grades") else ():
            first = grades.setdefault(grade, early.key)
            if first != early.key:
                expected = f"grades of its own ({first} has grade {grade})"
                yield early.problem("grades", expected, early.value.grades)


def _inside(entry: Entry[Term] | Entry[EarlyRecall], term: Term, *keys: str) -> Iterator[Problem]:
    within = f"a day of the term, {term.starts_on} to {term.ends_on}"
    for key in keys:
        day: date | None = getattr(entry.value, key)
        if entry.has(key) and day is not None and not term.starts_on <= day <= term.ends_on:
            yield entry.problem(key, within, day)


def _recall(entry: Entry[Term] | Entry[EarlyRecall]) -> Iterator[Problem]:
    lending_ends_on, recall_on = entry.value.lending_ends_on, entry.value.recall_on
    if not entry.has("lending_ends_on", "recall_on"):
        return
    if recall_on is not None and lending_ends_on is not None and recall_on < lending_ends_on:
        expected = f"a day not before lending_ends_on, {lending_ends_on}"
        yield entry.problem("recall_on", expected, recall_on)


def _terms_overlap(entries: Iterable[Entry[Term]]) -> Iterator[Problem]:
    sound = [one for one in entries if one.has("starts_on", "ends_on")]
    sound.sort(key=lambda one: one.value.starts_on)
    for before, after in pairwise(sound):
        if after.value.starts_on <= before.value.ends_on:
            expected = f"a day after the end of {before.key}, {before.value.ends_on}"
            yield after.problem("starts_on", expected, after.value.starts_on)


def _replacements_overlap(entries: Iterable[Entry[Replacement]]) -> Iterator[Problem]:
    sound = [one for one in entries if one.has("first_on", "last_on")]
    sound.sort(key=lambda one: one.value.first_on)
    for before, after in pairwise(sound):
        if after.value.first_on <= before.value.last_on:
            expected = f"a day after the end of {before.key}, {before.value.last_on}"
            yield after.problem("from", expected, after.value.first_on)


def _span(entry: Entry[Span]) -> Iterator[Problem]:
    first_on, last_on = entry.value.first_on, entry.value.last_on
    if entry.has("first_on", "last_on") and last_on is not None and last_on < first_on:
        yield entry.problem("to", f"a day not before {first_on}", last_on)


def _make_up_days(entries: Iterable[Entry[MakeUpDay]], weeks: int | None) -> Iterator[Problem]:
    known: dict[date, str] = {}
    for entry in entries:
        made_up = entry.value
        if entry.has("on"):
            first = known.setdefault(made_up.on, entry.key)
            if first != entry.key:
                expected = f"a day of its own ({first} has this one: leave one of them out)"
                yield entry.problem("on", expected, made_up.on)
        if entry.has("follows"):
            try:
                texts.cycle_day(made_up.follows, weeks)
            except ValueError as fault:
                expected = f"{fault}{texts.perhaps_day(made_up.follows, weeks)}"
                yield entry.problem("follows", expected, made_up.follows)


def _windows(entries: Iterable[Entry[Window]], weeks: int | None) -> Iterator[Problem]:
    sound: dict[str, list[Entry[Window]]] = {}
    for entry in entries:
        yield from _window(entry, weeks)
        if entry.has("name", "kind", "days", "from_week", "to_week"):
            yield from _same_name(entry, sound.setdefault(entry.value.name, []))
            sound[entry.value.name].append(entry)


def _window(entry: Entry[Window], weeks: int | None) -> Iterator[Problem]:
    window = entry.value
    if entry.has("opens", "closes") and window.closes <= window.opens:
        yield entry.problem("to", f"a time after {shown(window.opens)}", window.closes)
    if entry.has("days"):
        for place, text in enumerate(window.days, 1):
            try:
                texts.cycle_day(text, weeks)
            except ValueError as fault:
                expected = f"{fault}{texts.perhaps_day(text, weeks)}"
                yield entry.problem(f"days[{place}]", expected, text)
    if entry.has("from_week", "to_week"):
        first, last = _school_weeks(window)
        if last < first:
            yield entry.problem("to_week", f"a week not before from_week, {first}", last)


def _same_name(entry: Entry[Window], others: Iterable[Entry[Window]]) -> Iterator[Problem]:
    """Turns and slips know a window by name: two of one name must be one at different times."""
    first, last = _school_weeks(entry.value)
    for other in others:
        from_week, to_week = _school_weeks(other.value)
        shares_day = not set(entry.value.days).isdisjoint(other.value.days)
        shares_week = first <= to_week and from_week <= last
        if other.value.kind != entry.value.kind:
            expected = f"a name of its own ({other.key} has this one, of kind {other.value.kind})"
        elif shares_day and shares_week:
            expected = f"a name of its own, or no day or no school week of {other.key}"
        else:
            continue
        yield entry.problem("name", expected, entry.value.name)
        return


def _school_weeks(window: Window) -> tuple[int, int]:
    return window.from_week or 1, window.to_week or _LAST_WEEK
