"""`kiosk staff`: who may become staff at the desk by card and PIN."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from datetime import UTC, datetime
from getpass import getpass
from typing import Final

from kiosk import barcodes
from kiosk.barcodes import LabelPatterns, Unreadable
from kiosk.domain import Card
from kiosk.domain.facts import ReaderFacts
from kiosk.errors import UsageError
from kiosk.ledger import facts, journal, people, pins
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.journal import Event
from kiosk.settings import load

_PIN: Final = re.compile(r"[0-9]{4,6}")


def staff(arguments: Namespace) -> int:
    """List who has a PIN, or set and remove one."""
    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        if arguments.what == "list":
            _list(ledger)
            return 0
        reader = _teacher(ledger, barcodes.clean(arguments.card))
        pin = None if arguments.remove else _asked_pin(settings.patterns())
        keep_pin(ledger, settings.desk.id, reader, pin, at=datetime.now(UTC))
    finally:
        ledger.close()
    print(f"{reader.card}: {'the PIN is removed' if pin is None else 'the PIN is set'}")
    return 0


def _list(ledger: Ledger) -> None:
    with ledger.reading():
        members = people.staff_members(ledger.db)
    for one in members:
        print(f"{one.card} {one.name} {one.set_at:%Y-%m-%d}")
    if not members:
        print("Nobody has a PIN yet: kiosk staff pin CARD", file=sys.stderr)


def _teacher(ledger: Ledger, card: str) -> ReaderFacts:
    with ledger.reading():
        reader = facts.reader_of_card(ledger.db, Card(card))
    if reader is None:
        raise UsageError(f"Cannot set a PIN: expected the card of a teacher, {card!r} is nobody's.")
    if reader.kind != "teacher":
        raise UsageError(
            f"Cannot set a PIN: expected the card of a teacher, {card} is a {reader.kind}'s."
        )
    return reader


def _asked_pin(patterns: LabelPatterns) -> str:
    """Ask twice on a terminal; else take a line of standard input."""
    if not sys.stdin.isatty():
        return _checked(sys.stdin.readline(), patterns)
    pin = _checked(getpass("PIN (4 to 6 digits): "), patterns)
    if _checked(getpass("The same PIN again: "), patterns) != pin:
        raise UsageError("The two PINs differ. Nothing was changed.")
    return pin


def _checked(typed: str, patterns: LabelPatterns) -> str:
    pin = barcodes.clean(typed)
    if not _PIN.fullmatch(pin):
        # Never the text itself: it may be the PIN but for one key.
        raise UsageError("Cannot set this PIN: expected 4 to 6 digits. Nothing was changed.")
    if not isinstance(barcodes.read(pin, patterns), Unreadable):
        raise UsageError(
            "Cannot set this PIN: it looks like a label of the school, and would be read as one. "
            "Nothing was changed."
        )
    return pin


def keep_pin(
    ledger: Ledger, desk: str, reader: ReaderFacts, pin: str | None, *, at: datetime
) -> None:
    """Set a teacher's PIN, or with None take it away."""
    kept = None if pin is None else pins.locked(pin)
    with ledger.transaction():
        people.keep_pin(ledger.db, reader.id, kept, at)
        data = {"removed": pin is None}
        journal.record(ledger.db, Event("pin_set", at, desk, reader=reader.id, data=data))
