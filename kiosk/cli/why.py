"""`kiosk why SEQ`: one decision of the journal explained, and made once more."""

from __future__ import annotations

from argparse import Namespace
from typing import Final

from kiosk.errors import KioskError
from kiosk.ledger.connection import open_ledger
from kiosk.ledger.named import named_row
from kiosk.reports.why import why as explained
from kiosk.settings import load
from kiosk.wording.blocks import Voice

_COLUMNS: Final = 200
"""A terminal has room for whole titles and class names."""


def why(arguments: Namespace) -> int:
    """Explain a row; 1 when there is none of this number."""
    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            row = named_row(ledger.db, arguments.seq)
    finally:
        ledger.close()
    if row is None:
        raise KioskError(
            f"There is no row {arguments.seq} in the journal of {settings.database_path}."
        )
    on = row.at.astimezone(settings.zone).date()
    voice = Voice(settings.words(), settings.class_names().label, on, columns=_COLUMNS)
    for line in explained(row, settings.policy(), voice):
        print(line)
    return 0
