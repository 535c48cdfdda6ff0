"""Faults that show only when one value is held against another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date
from itertools import pairwise
from typing import Any, Final

from kiosk.rotation.due import InTurns, Period
from kiosk.settings import texts, turns
from kiosk.settings.model import Holiday, LoanRule, Printer, Scanner, Term, Window
from kiosk.settings.reading import Draft, Entry, Problem, shown

_PRINTER_NEEDS: Final = {"usb": "path", "serial": "port", "network": "host", "file": "path"}


def problems(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong between the values that could be read at all."""
    for scanner in draft.scanners:
        yield from _scanner(scanner)
    yield from _devices(draft.scanners)
    yield from _printer(draft.printer)
    for term in draft.terms:
        yield from _term(term)
    yield from _overlaps(draft.terms)
    for holiday in draft.holidays:
        yield from _holiday(holiday)
    weeks = draft.rotation.value.weeks if draft.rotation.has("weeks") else texts.MOST_WEEKS
    for window in draft.windows:
        yield from _window(window, weeks)
    yield from _same_names(draft.windows)
    yield from turns.problems(draft, weeks)
    for rule in draft.loan_rules:
        yield from _loan_rule(rule)


def _scanner(entry: Entry[Scanner]) -> Iterator[Problem]:
    scanner = entry.value
    if entry.has("driver", "port") and scanner.driver == "serial" and scanner.port is None:
        yield entry.problem("port", "a port for the serial driver", None)
    if not entry.has("driver", "path", "vendor", "product") or scanner.driver != "hid":
        return
    if scanner.vendor is not None and scanner.product is None:
        yield entry.problem("product", "a product beside vendor", None)
    elif scanner.product is not None and scanner.vendor is None:
        yield entry.problem("vendor", "a vendor beside product", None)
    elif scanner.path is None and scanner.vendor is None:
        yield entry.problem("path", "a path, or vendor and product, for the hid driver", None)


def _devices(entries: list[Entry[Scanner]]) -> Iterator[Problem]:
    lanes: dict[str, str] = {}
    devices: dict[Hashable, str] = {}
    for entry in entries:
        scanner = entry.value
        if entry.has("lane"):
            first = lanes.setdefault(scanner.lane, entry.key)
            if first != entry.key:
                expected = f"a lane of its own ({first} has this one)"
                yield entry.problem("lane", expected, scanner.lane)
        device = _device(entry)
        if device is not None:
            first = devices.setdefault(device, entry.key)
            if first != entry.key:
                expected = f"a device of its own ({first} has this one)"
                yield entry.problem(str(device[0]), expected, device[1])


def _device(entry: Entry[Scanner]) -> tuple[str, Any, Any] | None:
    """Name the key that says which device it is, and its value; a third part tells more apart."""
    scanner = entry.value
    if not entry.has("driver", "port", "path", "vendor", "product"):
        return None
    match scanner.driver:
        case "serial":
            return None if scanner.port is None else ("port", scanner.port, None)
        case "hid" if scanner.path is not None:
            return "path", scanner.path, None
        case "hid":
            # By vendor and product the first of that make is taken: a second needs its path.
            return None if scanner.product is None else ("product", scanner.product, scanner.vendor)
        case driver:
            return "driver", driver, None


def _printer(entry: Entry[Printer]) -> Iterator[Problem]:
    if not entry.has("driver"):
        return
    driver = entry.value.driver
    needed = _PRINTER_NEEDS.get(driver)
    if needed is not None and entry.has(needed) and getattr(entry.value, needed) is None:
        yield entry.problem(needed, f"a {needed} for the {driver} driver", None)


def _term(entry: Entry[Term]) -> Iterator[Problem]:
    term = entry.value
    if not entry.has("starts_on", "ends_on"):
        return
    if term.ends_on < term.starts_on:
        yield entry.problem("ends_on", f"a day not before {term.starts_on}", term.ends_on)
        return
    within = f"a day of the term, {term.starts_on} to {term.ends_on}"
    for key in ("lending_ends_on", "recall_on"):
        day: date | None = getattr(term, key)
        if entry.has(key) and day is not None and not term.starts_on <= day <= term.ends_on:
            yield entry.problem(key, within, day)


def _overlaps(entries: list[Entry[Term]]) -> Iterator[Problem]:
    sound = [one for one in entries if one.has("starts_on", "ends_on")]
    sound.sort(key=lambda one: one.value.starts_on)
    for before, after in pairwise(sound):
        if after.value.starts_on <= before.value.ends_on:
            expected = f"a day after the end of {before.key}, {before.value.ends_on}"
            yield after.problem("starts_on", expected, after.value.starts_on)


def _holiday(entry: Entry[Holiday]) -> Iterator[Problem]:
    first_on, last_on = entry.value.first_on, entry.value.last_on
    if entry.has("first_on", "last_on") and last_on is not None and last_on < first_on:
        yield entry.problem("to", f"a day not before {first_on}", last_on)


def _window(entry: Entry[Window], weeks: int) -> Iterator[Problem]:
    window = entry.value
    if entry.has("opens", "closes") and window.closes <= window.opens:
        yield entry.problem("to", f"a time after {shown(window.opens)}", window.closes)
    if entry.has("days"):
        for place, text in enumerate(window.days, 1):
            try:
                texts.cycle_day(text, weeks)
            except ValueError as fault:
                yield entry.problem(f"days[{place}]", str(fault), text)


def _same_names(entries: list[Entry[Window]]) -> Iterator[Problem]:
    """Turns and slips know a window by name: two of one name must be one at different times."""
    known: dict[str, list[Entry[Window]]] = {}
    for entry in entries:
        if not entry.has("name", "kind", "days"):
            continue
        for other in known.setdefault(entry.value.name, []):
            shares_day = not set(entry.value.days).isdisjoint(other.value.days)
            if other.value.kind != entry.value.kind or shares_day:
                expected = f"a name of its own ({other.key} has this one)"
                yield entry.problem("name", expected, entry.value.name)
                break
        known[entry.value.name].append(entry)


def _loan_rule(entry: Entry[LoanRule]) -> Iterator[Problem]:
    rule = entry.value
    lends = entry.has("lend") and rule.lend != "no"
    if lends and rule.limit is None and entry.has("limit"):
        yield entry.problem("limit", "a number of books for a rule that lends", None)
    if lends and rule.period is None and entry.has("period"):
        yield entry.problem("period", "a period for a rule that lends", None)
    if rule.period is not None and entry.has("period"):
        yield from _period(entry, "period", rule.period)
    if entry.has("without_turns"):
        yield from _period(entry, "without_turns", rule.without_turns)


def _period(entry: Entry[LoanRule], key: str, text: str) -> Iterator[Problem]:
    try:
        read: Period = texts.period(text)
    except ValueError as fault:
        yield entry.problem(key, str(fault), text)
        return
    if key == "without_turns" and isinstance(read, InTurns):
        yield entry.problem(key, "a period that is not counted in turns", text)
