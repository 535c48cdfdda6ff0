"""`kiosk recall`: calls books back, class by class, on the slip printer or as A4 HTML."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kiosk.cli.open import lived, today
from kiosk.cli.output import write_file
from kiosk.desk.clock import SystemClock
from kiosk.desk.recall_slips import (
    Called,
    called_in,
    clearance_slip,
    heading,
    recall_slip,
)
from kiosk.desk.slips import SlipStyle
from kiosk.domain.facts import ReaderFacts
from kiosk.errors import KioskError, UsageError
from kiosk.ledger import journal, owing, slips
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.journal import Event
from kiosk.ledger.owing import ClassOnRecord
from kiosk.reports.recall import RecallLine, RecallPage, recall_html
from kiosk.rotation.classes import cohort_and_number
from kiosk.rules.decision import Policy
from kiosk.rules.recalls import Purpose
from kiosk.settings import Settings, load
from kiosk.settings.texts import class_ref
from kiosk.wording.names import public_name
from receipts.slip import Slip, to_json

CLEARANCE = "clearance"


def recall(arguments: Namespace) -> int:
    """Write or print the lists; 1 when nobody is to bring anything back."""
    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            groups = list(_chosen(ledger, settings, arguments))
        if arguments.purpose == CLEARANCE:
            return _clear(ledger, settings, groups, arguments)
        return _recall(ledger, settings, groups, arguments)
    finally:
        ledger.close()


def _recall(
    ledger: Ledger, settings: Settings, groups: list[ClassOnRecord], arguments: Namespace
) -> int:
    purpose, style = Purpose(arguments.purpose), _style(settings)
    at = datetime.now(UTC)
    local = at.astimezone(settings.zone)
    with ledger.reading():
        policy = _policy(ledger, settings)
        found = [(group, called_in(ledger.db, group, purpose, policy, at=at)) for group in groups]
    found = [(group, called) for group, called in found if called]
    if not found:
        raise KioskError(style.words.tr("Nothing is to be brought back."))
    if arguments.to is not None:
        pages = [_page(group, called, purpose, style) for group, called in found]
        day = f"{local:%Y-%m-%d}"
        html = recall_html(pages, school=settings.school.name, day=day, words=style.words)
        write_file(arguments.to, html.encode())
    else:
        made = [recall_slip(group, called, purpose, style, local=local) for group, called in found]
        _queue(ledger, settings, "recall", made, at=at)
    for group, called in found:
        books = sum(len(one.loans) for one in called)
        label = group.label or style.words.tr("teachers")
        print(
            f"{label}: {style.words.tr('{n} readers, {count} books', n=len(called), count=books)}"
        )
    return 0


def _clear(
    ledger: Ledger, settings: Settings, groups: list[ClassOnRecord], arguments: Namespace
) -> int:
    """Write or print who owes nothing; name the others and return 1."""
    style, at = _style(settings), datetime.now(UTC)
    with ledger.reading():
        found = [(group, list(_standings(ledger, group))) for group in groups]
    for _, standings in found:
        for one in standings:
            if not one.is_clear:
                reader = one.reader
                print(f"{reader.class_label} {reader.card} {reader.name}: {_said(one, style)}")
    local = at.astimezone(settings.zone)
    if arguments.to is not None:
        pages = [_clearance_page(group, standings, style) for group, standings in found]
        day = f"{local:%Y-%m-%d}"
        html = recall_html(pages, school=settings.school.name, day=day, words=style.words)
        write_file(arguments.to, html.encode())
    else:
        made = [
            clearance_slip(one.reader, style, local=local)
            for _, standings in found
            for one in standings
            if one.is_clear
        ]
        _queue(ledger, settings, CLEARANCE, made, at=at)
    return 0 if all(one.is_clear for _, standings in found for one in standings) else 1


@dataclass(frozen=True, slots=True)
class _Standing:
    """A pupil, and what is still open: books out and unpaid fen."""

    reader: ReaderFacts
    books: int
    fen: int

    @property
    def is_clear(self) -> bool:
        return not (self.books or self.fen)


def _standings(ledger: Ledger, group: ClassOnRecord) -> Iterator[_Standing]:
    if group.id is None:
        return
    out = {one.reader.id: len(one.loans) for one in owing.owing(ledger.db, group.id)}
    for reader in owing.pupils(ledger.db, group.id):
        fen = owing.unpaid_fen(ledger.db, reader.id)
        yield _Standing(reader, out.get(reader.id, 0), fen)


def _said(one: _Standing, style: SlipStyle) -> str:
    if one.is_clear:
        return style.words.tr("All returned and settled")
    yuan = f"{one.fen / 100:.2f}"
    return style.words.tr("{n} books out, {yuan} yuan unpaid", n=one.books, yuan=yuan)


def _clearance_page(
    group: ClassOnRecord, standings: list[_Standing], style: SlipStyle
) -> RecallPage:
    lines = (
        RecallLine(one.reader.card, one.reader.name, _said(one, style), "") for one in standings
    )
    return RecallPage(group.label, style.words.tr("Clearance"), tuple(lines))


def _chosen(ledger: Ledger, settings: Settings, arguments: Namespace) -> Iterator[ClassOnRecord]:
    """Find the classes that are meant.

    Raises: UsageError for a class that is not on record.
    """
    known = owing.classes(ledger.db)
    if arguments.all:
        yield from known
        return
    if arguments.cohort is not None:
        found = [one for one in known if one.code and _cohort(one) == arguments.cohort]
    else:
        names, on = settings.class_names(), today(settings, SystemClock())
        try:
            wanted = {class_ref(label, names).code(on) for label in arguments.classes}
        except ValueError as fault:
            raise UsageError(f"--class: expected {fault}") from fault
        found = [one for one in known if one.code in wanted]
    if not found:
        labels = ", ".join(one.label for one in known if one.code)
        raise UsageError(f"No such class on record. Classes: {labels or '-'}")
    yield from found


def _cohort(group: ClassOnRecord) -> int:
    assert group.code is not None, "readers without a class have no cohort"
    return cohort_and_number(group.code)[0]


def _policy(ledger: Ledger, settings: Settings) -> Policy:
    policy = settings.policy()
    live = lived(ledger, policy.timetable.calendar, today(settings, SystemClock()))
    return replace(policy, timetable=policy.timetable.with_live(live))


def _style(settings: Settings) -> SlipStyle:
    school = settings.school
    return SlipStyle(
        school.name,
        settings.words(),
        {},
        mask_names=school.mask_names,
        hide_titles=school.hide_titles,
    )


def _page(
    group: ClassOnRecord, called: tuple[Called, ...], purpose: Purpose, style: SlipStyle
) -> RecallPage:
    words = style.words
    return RecallPage(
        group.label or words.tr("teachers"),
        heading(purpose, words),
        tuple(
            RecallLine(
                one.reader.card,
                public_name(one.reader.name, one.reader.kind, masks=style.mask_names),
                "" if style.hide_titles else loan.title,
                words.due_date(loan.due_on),
            )
            for one in called
            for loan in one.loans
        ),
    )


def _queue(
    ledger: Ledger, settings: Settings, kind: str, made: list[Slip], *, at: datetime
) -> None:
    """Queue slips; a running desk prints them, and so does the next one to start."""
    if settings.printer.driver == "none":
        raise UsageError("The settings name no printer; --to FILE writes A4 HTML instead.")
    if not made:
        return
    with ledger.transaction():
        for slip in made:
            slips.write(
                ledger.db, session=None, kind=kind, at=at, state="queued", body=to_json(slip)
            )
        event = "cleared" if kind == CLEARANCE else "recall_queued"
        journal.record(ledger.db, Event(event, at, settings.desk.id, data={"count": len(made)}))
    print(f"{len(made)} slips queued for the printer", file=sys.stderr)
