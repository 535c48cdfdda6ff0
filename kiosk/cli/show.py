"""`kiosk slip`, `rotation show` and `labels`: what is told on paper or in a terminal."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from kiosk.cli.open import today
from kiosk.desk.clock import SystemClock
from kiosk.errors import KioskError, UsageError
from kiosk.ledger import facts, slips
from kiosk.ledger.connection import open_ledger
from kiosk.settings import load


def slip(arguments: Namespace) -> int:
    """Show a slip as text, or write its print job; 1 when there is none."""
    from receipts.escpos import job
    from receipts.layout import lay_out, plain_text
    from receipts.slip import from_json

    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            body = slips.body_of(ledger.db, arguments.session)
    finally:
        ledger.close()
    if body is None:
        which = "" if arguments.session is None else f" of session {arguments.session}"
        raise KioskError(f"There is no slip{which} in the database {settings.database_path}.")
    found, columns = from_json(body), settings.printer.columns
    lines = lay_out(found, columns)
    if arguments.to is None:
        print(plain_text(lines, columns), end="")
    else:
        content = job(lines, columns=columns, cut=settings.printer.cut, qr=found.qr)
        _write(arguments.to, content)
    return 0


def rotation(arguments: Namespace) -> int:
    """Show the week's turns, per day and per class."""
    from kiosk.reports.rotation import show

    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            codes = facts.class_codes(ledger.db)
    finally:
        ledger.close()
    on = arguments.on or today(settings, SystemClock())
    print(
        show(settings.timetable(), codes, settings.class_names(), settings.words(), on=on), end=""
    )
    return 0


def labels(arguments: Namespace) -> int:
    """Write the sheet of command labels as HTML."""
    from kiosk.reports.labels import command_labels

    settings = load(arguments.config)
    page = command_labels(settings.barcodes.command, settings.words())
    if arguments.to is None:
        sys.stdout.write(page)
    else:
        _write(arguments.to, page.encode())
    return 0


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise UsageError(f"Cannot write {path}: {fault.strerror}.") from fault
    print(path)
