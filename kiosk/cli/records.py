"""`kiosk init`, `import`, `verify`, `backup` and `restore`: everything about the record."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kiosk.cli.open import REHEARSAL, today
from kiosk.cli.progress import Progress
from kiosk.desk.clock import SystemClock
from kiosk.errors import UsageError
from kiosk.imports.items import plan_items
from kiosk.imports.paper import enter, read_sheet
from kiosk.imports.plan import Context, Plan, apply, counted
from kiosk.imports.readers import plan_readers
from kiosk.ledger import backup as copies
from kiosk.ledger import journal, slips
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.journal import Event
from kiosk.ledger.verify import verify as compare
from kiosk.settings import Settings, load
from kiosk.settings.template import template

_TOLD: Final = 20
_POLITE: Final = 10
"""How far long work stands back for a desk that is lending on the same box."""


def init(arguments: Namespace) -> int:
    """Write `kiosk.toml` and an empty `kiosk.db` into a folder."""
    folder: Path = arguments.folder
    config, database = folder / "kiosk.toml", folder / "kiosk.db"
    for path in (config, database):
        if path.exists():
            raise UsageError(f"Cannot set up {folder}: {path} exists already. Nothing was changed.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = template(datetime.now(UTC).astimezone().date())
        config.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise UsageError(f"Cannot write {config}: {fault.strerror}.") from fault
    make_database(database, rehearsal=arguments.rehearsal)
    print(f"{config}\n{database}")
    return 0


def make_database(path: Path, *, rehearsal: bool) -> None:
    """Make an empty database; a rehearsal one may run under a simulated clock."""
    ledger = open_ledger(path, create=True)
    try:
        if rehearsal:
            with ledger.transaction():
                ledger.db.execute("INSERT INTO property VALUES (?, 'yes')", (REHEARSAL,))
    finally:
        ledger.close()


def import_file(arguments: Namespace) -> int:
    """Add and update readers or items from a CSV file, whole or not at all."""
    settings = load(arguments.config)
    if arguments.what == "paper":
        return _enter_paper(arguments, settings)
    ledger = open_ledger(settings.database_path)
    try:
        plan = plan_import(arguments.what, arguments.file, ledger, settings)
        for notice in plan.notices:
            print(notice, file=sys.stderr)
        if arguments.dry_run:
            for line in plan.lines(settings.words()):
                print(line)
            return 0
        progress = Progress(f"importing {arguments.what}")
        counts = apply(plan, ledger, desk=settings.desk.id, at=datetime.now(UTC), progress=progress)
        progress.close()
    finally:
        ledger.close()
    print(counted(counts, settings.words()))
    return 0


def _enter_paper(arguments: Namespace, settings: Settings) -> int:
    """Enter what was written on paper; 1 when lines do not fit the record and are left out."""
    context = Context(settings.class_names(), settings.patterns(), today(settings, SystemClock()))
    sheet = read_sheet(arguments.file, context)
    ledger = open_ledger(settings.database_path)
    try:
        entered = enter(
            sheet,
            ledger,
            settings.policy(),
            desk=settings.desk.id,
            now=datetime.now(UTC),
            dry=arguments.dry_run,
        )
    finally:
        ledger.close()
    for conflict in entered.conflicts:
        print(f"{sheet.table.file}: {conflict}", file=sys.stderr)
    words = settings.words()
    for barcode in entered.kept:
        print(words.tr("{barcode}: somebody waits for it", barcode=barcode), file=sys.stderr)
    told = words.tr(
        "{lent} lent, {returned} returned, {left_out} left out",
        lent=entered.lent,
        returned=entered.returned,
        left_out=len(entered.conflicts),
    )
    if entered.known:
        told += words.tr(", ") + words.tr("{n} on record already", n=entered.known)
    print(told)
    return 1 if entered.conflicts else 0


def plan_import(what: str, file: Path, ledger: Ledger, settings: Settings) -> Plan:
    """Read a file and compare it with the record.

    Raises: ImportFault with every line that cannot be read.
    """
    context = Context(settings.class_names(), settings.patterns(), today(settings, SystemClock()))
    plan = plan_readers if what == "readers" else plan_items
    return plan(file, ledger, context)


def verify(arguments: Namespace) -> int:
    """Replay the journal and compare; 1 when the record differs from it."""
    os.nice(_POLITE)
    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    progress = Progress("verifying")
    try:
        differences = compare(ledger, progress)
        count = ledger.db.execute("SELECT count(*) FROM journal").fetchone()[0]
    finally:
        progress.close()
        ledger.close()
    if not differences:
        print(f"{settings.database_path}: {count} events replayed, no difference")
        return 0
    for one in differences[:_TOLD]:
        print(one, file=sys.stderr)
    if len(differences) > _TOLD:
        print(f"... and {len(differences) - _TOLD} more", file=sys.stderr)
    print(f"{settings.database_path}: differences from the journal: {len(differences)}")
    return 1


def backup(arguments: Namespace) -> int:
    """Copy the database into one file; a running desk goes on."""
    os.nice(_POLITE)
    settings = load(arguments.config)
    if arguments.file.resolve() == settings.database_path.resolve():
        raise UsageError("Cannot back up the database onto itself.")
    ledger = open_ledger(settings.database_path)
    progress = Progress("backing up")
    try:
        copies.back_up(ledger, arguments.file, progress)
    finally:
        progress.close()
        ledger.close()
    print(arguments.file)
    return 0


def restore(arguments: Namespace) -> int:
    """Put a backup in the database's place; the old one is kept beside it."""
    settings = load(arguments.config)
    path = settings.database_path
    if arguments.file.resolve() == path.resolve():
        raise UsageError("Cannot restore the database from itself.")
    progress = Progress("restoring")
    kept = copies.restore(arguments.file, path, progress)
    progress.close()
    ledger = open_ledger(path)
    try:
        with ledger.transaction():
            # What waited when the backup was made is nobody's slip any more.
            slips.cancel_waiting(ledger.db)
            data = {"file": arguments.file.name, "kept": kept and kept.name}
            journal.record(
                ledger.db, Event("restored", datetime.now(UTC), settings.desk.id, data=data)
            )
    finally:
        ledger.close()
    print(path if kept is None else f"{path}\nthe old database is kept as {kept}")
    return 0
