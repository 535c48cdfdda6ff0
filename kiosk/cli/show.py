"""`kiosk slip`: what is told on paper, in a terminal or as a print job."""

from __future__ import annotations

from argparse import Namespace

from kiosk.cli.devices import press_of
from kiosk.cli.output import write_file
from kiosk.errors import KioskError
from kiosk.ledger import slips
from kiosk.ledger.connection import open_ledger
from kiosk.settings import load


def slip(arguments: Namespace) -> int:
    """Show a slip as text, or write its print job; 1 when there is none."""
    from receipts.layout import lay_out, plain_text
    from receipts.slip import from_json

    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            body = slips.body_of(ledger.db, arguments.session, kind=arguments.kind)
    finally:
        ledger.close()
    if body is None:
        session, kind = arguments.session, arguments.kind
        which = f"{kind} slip" if session is None else f"slip of session {session}"
        raise KioskError(f"There is no {which} in the database {settings.database_path}.")
    found, columns = from_json(body), settings.printer.columns
    if arguments.to is None:
        print(plain_text(lay_out(found, columns), columns), end="")
    else:
        write_file(arguments.to, press_of(settings).job(found))
    return 0
