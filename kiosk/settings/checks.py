"""Faults that show only when one value is held against another."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Final

from kiosk.rotation.due import InTurns, NextTerm, Period
from kiosk.settings import dated_checks, texts, turns, year_checks
from kiosk.settings.model import LoanRule, Printer, Scanner
from kiosk.settings.reading import Draft, Entry, Problem

_PRINTER_NEEDS: Final = {"usb": "path", "serial": "port", "network": "host", "file": "path"}


def problems(draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong between the values that could be read at all."""
    for scanner in draft.scanners:
        yield from _scanner(scanner)
    yield from _devices(draft.scanners)
    yield from _shared_port(draft.scanners, draft.printer)
    yield from _printer(draft.printer)
    weeks = draft.rotation.value.weeks if draft.rotation.has("weeks") else None
    yield from year_checks.problems(draft, weeks)
    yield from turns.problems(draft, weeks)
    yield from dated_checks.problems(draft)
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
    elif scanner.vendor is None and entry.has("phys") and scanner.phys is not None:
        yield entry.problem("vendor", "a vendor and a product beside phys", None)
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


def _shared_port(scanners: list[Entry[Scanner]], printer: Entry[Printer]) -> Iterator[Problem]:
    """Find a serial port that a scanner and the printer are both to have."""
    port = printer.value.port
    if printer.value.driver != "serial" or port is None or not printer.has("driver", "port"):
        return
    for entry in scanners:
        one = entry.value
        if entry.has("driver", "port") and one.driver == "serial" and one.port == port:
            expected = f"a device of its own ({entry.key} has this one)"
            yield printer.problem("port", expected, port)


def _device(entry: Entry[Scanner]) -> tuple[str, Any, Any] | None:
    """Name the key that says which device it is, and its value; a third part tells more apart."""
    scanner = entry.value
    if not entry.has("driver", "port", "path", "vendor", "product", "phys"):
        return None
    match scanner.driver:
        case "serial":
            return None if scanner.port is None else ("port", scanner.port, None)
        case "hid" if scanner.path is not None:
            return "path", scanner.path, None
        case "hid":
            # By vendor and product the first of that make is taken: a second needs path or phys.
            if scanner.product is None:
                return None
            return "product", scanner.product, (scanner.vendor, scanner.phys)
        case driver:
            return "driver", driver, None


def _printer(entry: Entry[Printer]) -> Iterator[Problem]:
    if not entry.has("driver"):
        return
    driver = entry.value.driver
    needed = _PRINTER_NEEDS.get(driver)
    if needed is not None and entry.has(needed) and getattr(entry.value, needed) is None:
        yield entry.problem(needed, f"a {needed} for the {driver} driver", None)


def _loan_rule(entry: Entry[LoanRule]) -> Iterator[Problem]:
    rule = entry.value
    lends = entry.has("lend") and rule.lend != "no"
    if lends and rule.limit is None and entry.has("limit"):
        yield entry.problem("limit", "a number of books for a rule that lends, such as 2", None)
    if lends and rule.period is None and entry.has("period"):
        yield entry.problem("period", 'a period for a rule that lends, such as "1 turn"', None)
    if rule.period is not None and entry.has("period"):
        yield from _period(entry, "period", rule.period)
    if entry.has("without_turns"):
        yield from _period(entry, "without_turns", rule.without_turns)


def _period(entry: Entry[LoanRule], key: str, text: str) -> Iterator[Problem]:
    try:
        read: Period = texts.period(text)
    except ValueError as fault:
        yield entry.problem(key, f"{fault}{texts.perhaps_period(text)}", text)
        return
    if key == "without_turns" and isinstance(read, InTurns):
        expected = 'a period that is not counted in turns, such as "14 days"'
        yield entry.problem(key, expected, text)
    is_bound = entry.has("when", "recall") and entry.value.when != "holiday" and entry.value.recall
    if isinstance(read, NextTerm) and is_bound:
        expected = 'a period within the term, or when = "holiday", or recall = false'
        yield entry.problem(key, expected, text)
