"""`kiosk report`: turns beside the loans, visits, loans against a rule, sheets of classes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlite_utils import Database

from kiosk.cli.labels import at_school, classes_named
from kiosk.cli.open import lived, today
from kiosk.cli.output import write_text
from kiosk.desk.clock import SystemClock
from kiosk.domain import ClassCode
from kiosk.errors import UsageError
from kiosk.ledger import facts, owing
from kiosk.ledger import turns as on_record
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.overrides import overrides_between
from kiosk.ledger.owing import Owing
from kiosk.ledger.stock import circulation
from kiosk.reports import visits
from kiosk.reports.overrides import override_lines
from kiosk.reports.sheet import ClassSheet, SheetLine, sheets_html
from kiosk.reports.turns import Span, csv_text, of_classes, table
from kiosk.rules.asked import Policy
from kiosk.rules.overdue import overdue_loans
from kiosk.settings import Settings, load
from kiosk.settings.model import School
from kiosk.wording import Words
from kiosk.wording.names import public_name


def report(arguments: Namespace) -> int:
    """Write a report as text, CSV or A4 HTML."""
    settings = load(arguments.config)
    ledger = open_ledger(settings.database_path)
    try:
        with ledger.reading():
            if arguments.what == "turns":
                _turns(ledger.db, settings, arguments)
            elif arguments.what == "visits":
                _visits(ledger.db, settings, arguments)
            elif arguments.what == "overrides":
                _overrides(ledger.db, settings, arguments)
            else:
                _sheets(ledger, settings, arguments)
    finally:
        ledger.close()
    return 0


def _turns(db: Database, settings: Settings, arguments: Namespace) -> None:
    span = _span(settings, arguments, today(settings, SystemClock()))
    words = settings.words()
    rows = of_classes(db, span, settings.class_names(), settings.zone)
    if arguments.to is None:
        lent = circulation(db, *span.instants(settings.zone))
        target = settings.school.loans_per_term
        write_text(table(rows, span, words, target=target, lent=lent), None)
    else:
        write_text(csv_text(rows, words), arguments.to)


def _visits(db: Database, settings: Settings, arguments: Namespace) -> None:
    on = today(settings, SystemClock())
    span = _span(settings, arguments, on)
    if span.last_on > on:
        # Weeks to come are nobody's fault.
        span = replace(span, last_on=max(on, span.first_on))
    words = settings.words()
    windows = settings.policy().timetable.windows
    reading = [one.name for one in windows if one.kind == "reading"]
    found = visits.of_school(
        db, span, settings.class_names(), settings.calendar(), settings.zone, reading
    )
    if arguments.to is None:
        write_text(visits.table(found, span, words), None)
    else:
        write_text(visits.csv_text(found, words), arguments.to)


def _span(settings: Settings, arguments: Namespace, on: date) -> Span:
    """Find the days that are asked for: a term's, or any; by default those of this term.

    Raises: UsageError.
    """
    calendar = settings.calendar()
    term = calendar.term_begun(on)
    if arguments.term is not None:
        if not 1 <= arguments.term <= len(calendar.terms):
            there = ", ".join(
                f"{number} {one.name}" for number, one in enumerate(calendar.terms, 1)
            )
            raise UsageError(f"--term: there is no term {arguments.term}. Terms: {there or 'none'}")
        term = calendar.terms[arguments.term - 1]
    if arguments.first is None and arguments.last is None and term is not None:
        return Span(term.starts_on, term.ends_on, term.name)
    first = arguments.first or (on if term is None else term.starts_on)
    last = arguments.last or on
    if last < first:
        raise UsageError(f"--until {last} is before --from {first}.")
    return Span(first, last)


def _overrides(db: Database, settings: Settings, arguments: Namespace) -> None:
    """Print the loans against a rule, of this week unless other days are asked for."""
    on = today(settings, SystemClock())
    first = arguments.first or on - timedelta(days=on.weekday())
    last = arguments.last or on
    if last < first:
        raise UsageError(f"--until {last} is before the first day, {first}.")
    since, until = (
        datetime.combine(day, time.min, settings.zone) for day in (first, last + timedelta(days=1))
    )
    rows = overrides_between(db, since, until)
    for line in override_lines(rows, settings.words(), settings.zone):
        print(line)


def _sheets(ledger: Ledger, settings: Settings, arguments: Namespace) -> None:
    at, known = SystemClock().now(), facts.class_codes(ledger.db)
    on = at.astimezone(settings.zone).date()
    if arguments.all:
        codes = at_school(known, settings, on)
    else:
        codes = classes_named(arguments.classes, known, settings, on)
    policy, words = settings.policy(), settings.words()
    live = lived(ledger, policy.timetable.calendar, on)
    asked = _Asked(
        ledger.db,
        replace(policy, timetable=policy.timetable.with_live(live)),
        settings.school,
        words,
        at,
    )
    page = sheets_html(
        [asked.sheet(code, settings.class_names().label(code, on)) for code in codes],
        school=settings.school.name,
        on=on,
        words=words,
    )
    write_text(page, arguments.to)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the record is asked for at one moment."""

    db: Database
    policy: Policy
    school: School
    words: Words
    at: datetime

    def sheet(self, code: ClassCode, label: str) -> ClassSheet:
        """Write down who of a class has what; the class card's book corner is left out."""
        row = on_record.class_of(self.db, code)
        assert row is not None, f"the class {code} is on record"
        pupils = (one for one in owing.owing(self.db, row.id) if one.reader.kind == "student")
        lines = tuple(line for one in pupils for line in self._lines(one))
        return ClassSheet(label, lines, self._next_turn(code))

    def _lines(self, one: Owing) -> Iterator[SheetLine]:
        late = {loan.id for loan in overdue_loans(one.loans, one.reader, self.policy, self.at)}
        name = public_name(one.reader.name, one.reader.kind, masks=self.school.mask_names)
        for loan in one.loans:
            yield SheetLine(
                one.reader.card,
                name,
                loan.barcode,
                "" if self.school.hide_titles else loan.title,
                self.words.due_date(loan.due_on),
                loan.id in late,
            )

    def _next_turn(self, code: ClassCode) -> str:
        words = self.words
        openings = self.policy.timetable.openings_after(self.at)
        turn = next((one for one in openings if code in one.classes), None)
        if turn is None:
            return ""
        when = f"{words.due_date(turn.opens_at.date())} {words.clock(turn.opens_at)}"
        return words.tr("Next turn: {when}", when=when)
