"""`kiosk todo`: what is left for staff to do, and what was done about it."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime

from kiosk.errors import KioskError, UsageError
from kiosk.ledger import journal, todos
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.journal import Event
from kiosk.ledger.todos import TodoLine
from kiosk.settings import Settings, load
from kiosk.wording.todos import todo_kind, what_was_done


def todo(arguments: Namespace) -> int:
    """List what is to be done, or close a line; 1 when there is no such line."""
    if (arguments.close is None) != (arguments.done is None):
        raise UsageError("--close NUMBER and --done TEXT belong together.")
    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        if arguments.close is not None:
            _close(ledger, settings, arguments.close, arguments.done)
            return 0
        with ledger.reading():
            lines = todos.all_lines(ledger.db) if arguments.all else todos.open_lines(ledger.db)
        for line in lines:
            print(_said(line, settings))
        return 0
    finally:
        ledger.close()


def _close(ledger: Ledger, settings: Settings, number: int, done: str) -> None:
    with ledger.transaction():
        line = next((one for one in todos.open_lines(ledger.db) if one.id == number), None)
        if line is None:
            raise KioskError(f"There is no open line {number}: `kiosk todo` lists them.")
        journal.record(
            ledger.db,
            Event(
                "todo_closed",
                datetime.now(UTC),
                settings.desk.id,
                item=line.item_id,
                data={"closes": number, "done": done[:200]},
            ),
        )
    print(_said(line, settings))


def _said(line: TodoLine, settings: Settings) -> str:
    """Say one line: its number, time, kind and what it is about, and how it was closed."""
    words, zone = settings.words(), settings.zone
    parts = [
        f"{line.id:>7}",
        f"{line.at.astimezone(zone):%Y-%m-%d %H:%M}",
        line.lane or "-",
        todo_kind(words, line.kind, line.label),
        line.about,
    ]
    if line.closed_at is not None:
        closed = f"{line.closed_at.astimezone(zone):%Y-%m-%d %H:%M}"
        parts.append(f"{closed} {what_was_done(words, line.done or '')}")
    return "  ".join(part for part in parts if part)
