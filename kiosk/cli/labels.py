"""`kiosk labels`: sheets of labels for the desk, the classes and the readers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import date, datetime

from sqlite_utils import Database

from kiosk.calendar import grade_of
from kiosk.cli.output import write_text
from kiosk.domain import Card, ClassCode
from kiosk.errors import KioskError, UsageError
from kiosk.ledger import facts
from kiosk.ledger.connection import open_ledger
from kiosk.ledger.readers import (
    ReaderOnRecord,
    reader_of_card,
    readers_of_class,
    readers_without_class,
)
from kiosk.reports.labels import desk, readers
from kiosk.reports.labels.readers import ClassList
from kiosk.rotation.classes import cohort_and_number
from kiosk.settings import Settings, load
from kiosk.settings.texts import class_ref

_OF_THE_DESK = {
    "commands": desk.command_labels,
    "desk": desk.monitor_labels,
    "staff": desk.staff_labels,
}


def labels(arguments: Namespace) -> int:
    """Write a sheet of labels as HTML."""
    settings = load(arguments.config)
    if arguments.what in _OF_THE_DESK:
        page = _OF_THE_DESK[arguments.what](settings.barcodes.command, settings.words())
    else:
        page = _from_record(settings, arguments)
    write_text(page, arguments.to)
    return 0


def _from_record(settings: Settings, arguments: Namespace) -> str:
    prefix, words = settings.barcodes.command, settings.words()
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            if arguments.what == "cards":
                found = _card_holders(ledger.db, settings, arguments)
                return readers.reader_cards(found, settings.school.name, words)
            classes = _classes(ledger.db, settings, arguments.classes)
            if not classes:
                raise _nobody(settings)
    finally:
        ledger.close()
    if arguments.what == "binder":
        return readers.binder(_with_pupils(classes), prefix, words)
    return readers.class_labels(classes, prefix, words, whole_school=not arguments.classes)


def _classes(db: Database, settings: Settings, named: Sequence[str]) -> list[ClassList]:
    """Read the classes that were named, else all that have not left the school.

    Raises: UsageError for a class that is not on record.
    """
    on, names = datetime.now(settings.zone).date(), settings.class_names()
    known = facts.class_codes(db)
    codes = classes_named(named, known, settings, on) if named else at_school(known, settings, on)
    return [
        ClassList(code, names.label(code, on), tuple(readers_of_class(db, code))) for code in codes
    ]


def at_school(known: Sequence[ClassCode], settings: Settings, on: date) -> list[ClassCode]:
    """List the classes that have not left the school."""
    last = settings.school.grades
    return [code for code in known if grade_of(cohort_and_number(code)[0], on) <= last]


def classes_named(
    texts: Sequence[str], known: Sequence[ClassCode], settings: Settings, on: date
) -> list[ClassCode]:
    """Read classes of the command line, by label or as 2023-2.

    Raises: UsageError for one that is not on record.
    """
    names = settings.class_names()
    found: dict[ClassCode, None] = {}
    for text in texts:
        try:
            code = class_ref(text, names).code(on)
        except ValueError as fault:
            raise UsageError(f"--class: expected {fault}, found {text!r}") from None
        if code not in known:
            there = ", ".join(f"{names.label(one, on)} ({one})" for one in known)
            raise UsageError(
                f"--class: there is no class {text} on record. Classes: {there or 'none'}"
            )
        found[code] = None
    return list(found)


def _with_pupils(classes: Sequence[ClassList]) -> list[ClassList]:
    """Keep the pupils only: a class's own card needs no line in the binder."""
    pupils = [
        ClassList(
            one.code, one.label, tuple(reader for reader in one.readers if reader.kind == "student")
        )
        for one in classes
    ]
    found = [one for one in pupils if one.readers]
    if not found:
        raise KioskError(f"There is no pupil in {', '.join(one.label for one in classes)}.")
    return found


def _nobody(settings: Settings) -> KioskError:
    return KioskError(
        f"There is nobody to print labels for in the database {settings.database_path}: "
        "`kiosk import readers FILE` brings readers and classes in."
    )


def _card_holders(db: Database, settings: Settings, arguments: Namespace) -> list[ReaderOnRecord]:
    """Find whose cards are to be printed; a card that is reported lost is not printed again.

    Raises: UsageError for a card that is not on record, or is reported lost.
    """
    if arguments.cards:
        return [_card_holder(db, Card(card)) for card in arguments.cards]
    without = [] if arguments.classes else readers_without_class(db)
    in_classes = [
        reader for one in _classes(db, settings, arguments.classes) for reader in one.readers
    ]
    found = [reader for reader in [*in_classes, *without] if reader.status != "lost"]
    if not found:
        raise _nobody(settings)
    return found


def _card_holder(db: Database, card: Card) -> ReaderOnRecord:
    reader = reader_of_card(db, card)
    if reader is None:
        raise UsageError(f"--card: there is no reader with the card {card} on record.")
    if reader.status == "lost":
        raise UsageError(
            f"--card: the card {card} is reported lost and would be refused. Give its reader a "
            "new card first."
        )
    return reader
