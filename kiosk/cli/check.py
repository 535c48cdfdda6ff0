"""`kiosk check`: one line per part, what is wrong with it and what to do."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from drivers.faults import Cause, DeviceFault
from drivers.printer_status import Condition
from drivers.printing import Printer
from drivers.reading import Scanner
from kiosk.cli.devices import Devices
from kiosk.desk.clock import ClockWatch, SystemClock, is_system_synchronised
from kiosk.errors import LedgerError, SettingsError
from kiosk.ledger import journal
from kiosk.ledger.connection import open_ledger, utc_text
from kiosk.reports.odd_rules import told as odd_rule_told
from kiosk.rules.findings import Oddity, odd_rules
from kiosk.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the desk: is it fit for use, and if not what to do."""

    part: str
    ok: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'} {self.part}: {self.text}"


def check(arguments: Namespace) -> int:
    """Look at settings, database, clock, scanners and printer; 1 when one of them is not fit."""
    try:
        settings = load(arguments.config)
    except SettingsError as fault:
        for one in fault.faults:
            print(Finding("settings", ok=False, text=str(one)))
        return 2
    print(Finding("settings", ok=True, text=str(arguments.config)), flush=True)
    fit = True
    for finding in _findings(settings):
        print(finding, flush=True)
        fit = fit and finding.ok
    return 0 if fit else 1


def _findings(settings: Settings) -> Iterator[Finding]:
    latest, database = _database(settings)
    yield database
    yield _clock(settings, latest)
    yield from _rules(settings)
    devices = Devices(settings)
    for one in settings.scanners:
        yield _scanner(f"scanner {one.lane}", one.driver, devices.scanner(one))
    yield _printer(settings.printer.driver, devices.printer())
    if settings.printer.font is not None:
        yield _font(settings.printer.font)


def _scanner(part: str, driver: str, scanner: Scanner | None) -> Finding:
    if scanner is None or driver == "stdin":
        return Finding(part, ok=True, text=f"{driver}: read while the desk runs")
    try:
        scanner.open()
    except DeviceFault as fault:
        return Finding(part, ok=False, text=advised(fault))
    else:
        return Finding(part, ok=True, text=scanner.name)
    finally:
        scanner.close()


def _database(settings: Settings) -> tuple[datetime | None, Finding]:
    try:
        ledger = open_ledger(settings.database_path)
    except LedgerError as fault:
        return None, Finding("database", ok=False, text=str(fault))
    try:
        with ledger.transaction():
            count = ledger.db.execute(
                "SELECT (SELECT count(*) FROM reader), (SELECT count(*) FROM item),"
                " (SELECT count(*) FROM loan WHERE checked_in_at IS NULL)"
            ).fetchone()
            latest = journal.latest_trusted_at(ledger.db)
            # Only a write that is committed finds a full or a read-only disk.
            ledger.db.execute(
                "INSERT OR REPLACE INTO property VALUES ('checked_at', ?)",
                [utc_text(datetime.now(UTC))],
            )
        text = "{}: {} readers, {} items, {} on loan".format(settings.database_path, *count)
        return latest, Finding("database", ok=True, text=text)
    except LedgerError as fault:
        return None, Finding("database", ok=False, text=str(fault))
    finally:
        ledger.close()


def _clock(settings: Settings, latest: datetime | None) -> Finding:
    clock = SystemClock()
    is_synchronised = (lambda: True) if settings.clock.battery else is_system_synchronised
    state = ClockWatch(clock, latest, is_synchronised).state()
    local = f"{clock.now().astimezone(settings.zone):%Y-%m-%d %H:%M}"
    if state == "ok":
        return Finding("clock", ok=True, text=local)
    why = "it is behind the journal" if latest and clock.now() < latest else "it is not set yet"
    return Finding(
        "clock",
        ok=False,
        text=f"{local} is doubted: {why}. Nothing is lent until it is right; "
        "set it (timedatectl) or connect the network.",
    )


def _rules(settings: Settings) -> Iterator[Finding]:
    """Say which loan rules can never be what the school meant."""
    policy, words = settings.policy(), settings.words()
    odd = odd_rules(policy.rules, policy.collection_limits, grades=policy.grades)
    # A school may well have no rule for teachers or for book corners.
    told = [one for one in odd if one.oddity is not Oddity.NO_RULE]
    for one in told:
        yield Finding("rules", ok=False, text=odd_rule_told(one, words))
    if not told:
        yield Finding("rules", ok=True, text=f"{len(policy.rules)} loan rules")


def _printer(driver: str, printer: Printer | None) -> Finding:
    if printer is None:
        return Finding("printer", ok=True, text="none: slips are written but not printed")
    try:
        condition = printer.check()
    except DeviceFault as fault:
        return Finding("printer", ok=False, text=advised(fault))
    else:
        said = "" if driver == "file" else _said(condition)
        return Finding("printer", ok=True, text=f"{printer.name}{said}")
    finally:
        printer.close()


def _font(path: str) -> Finding:
    from receipts.raster import FontFault, Painter

    try:
        Painter(path)
    except FontFault as fault:
        return Finding("printer font", ok=False, text=f"{fault} Rare characters print as 〓.")
    return Finding("printer font", ok=True, text=path)


def _said(condition: Condition) -> str:
    if condition.cause == "paper_low":
        return ", little paper left"
    return "" if condition.speaks else ", which does not say how it is"


_ADVICE: Final[dict[Cause, str]] = {
    "missing": "Is it plugged in, and its name in the settings right?",
    "busy": "Another program owns it; is a desk running?",
    "denied": "This account may not use it: see the udev rule in systemd/.",
    "gone": "Plug it in again.",
    "timeout": "Is it switched on, with paper and its cover closed?",
    "error": "Unplug it, plug it in and try again.",
    "paper_low": "Have a new roll at hand.",
    "paper_out": "Put in a new roll, the printed side up.",
    "cover_open": "Close the cover until it clicks.",
    "cutter": "Switch it off, take out the paper that is stuck in the cutter, switch it on.",
    "hot": "Let it cool for some minutes.",
    "offline": "Press its feed button once, or switch it off and on.",
}


def advised(fault: DeviceFault) -> str:
    """Say what is wrong with a device and what to do about it."""
    return f"{str(fault).rstrip('.')}. {_ADVICE[fault.cause]}"
