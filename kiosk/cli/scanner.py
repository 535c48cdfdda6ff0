"""`kiosk scanner`: pairing scanners with lanes, and which of them is at fault."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from dataclasses import asdict

from drivers.scanners.raw_scans import read_scans
from kiosk.errors import KioskError
from kiosk.reports.scanners import Health, healths, table
from kiosk.settings import load
from kiosk.wording import Words
from kiosk.wording.scanners import fault_advice


def scanner(arguments: Namespace) -> int:
    """Pair scanners, or tell what is wrong with those that are in use."""
    if arguments.what == "report":
        return report(arguments)
    from kiosk.cli.pairing import setup

    return setup(arguments)


def report(arguments: Namespace) -> int:
    """Judge each scanner by what it sent last; 1 when one of them is at fault."""
    settings = load(arguments.config)
    path = settings.raw_scans_path
    try:
        scans = read_scans(path, last=max(1, settings.desk.raw_scans))
    except OSError as fault:
        raise KioskError(f"Cannot read the raw scans in {path}: {fault.strerror}.") from fault
    found = healths(scans, settings.patterns())
    if arguments.json:
        sys.stdout.writelines(
            f"{json.dumps(_as_json(one, settings.words()), ensure_ascii=False)}\n" for one in found
        )
    elif not found:
        print(f"Nothing has been scanned yet that was kept in {path}.", file=sys.stderr)
    else:
        sys.stdout.write(table(found, settings.words()))
    return 1 if any(one.faults for one in found) else 0


def _as_json(one: Health, words: Words) -> dict[str, object]:
    faults = [{**asdict(fault), "advice": fault_advice(fault.code, words)} for fault in one.faults]
    return {**asdict(one), "faults": faults}
