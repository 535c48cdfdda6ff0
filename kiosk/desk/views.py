"""What the screen may show: a lane's session, and the hall's page of whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlite_utils import Database

from kiosk.domain import (
    ClockState,
    Done,
    Hall,
    LoanLine,
    SessionView,
    TurnNow,
    Upcoming,
)
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.ledger import facts
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening
from kiosk.rules.decision import Moment, Policy, overdue_loans
from kiosk.rules.matrix import rule_for
from kiosk.session.lane import DeskRules, OpenSession
from kiosk.wording import Words
from kiosk.wording.names import public_name

_UPCOMING: Final = 4


def session_view(
    session: OpenSession,
    reader: ReaderFacts,
    loans: Sequence[OpenLoan],
    *,
    policy: Policy,
    rules: DeskRules,
    moment: Moment,
    masks: bool,
) -> SessionView:
    """Show a session as it stands: its reader, the books in hand, what was done.

    Under a doubted clock no book is called late; `masks` hides a part of the reader's name.
    """
    late: set[int] = set()
    if moment.clock != "doubted":
        late = {loan.id for loan in overdue_loans(loans, reader, policy, moment.at)}
    usual = rule_for(policy.rules, reader.kind, "general")
    return SessionView(
        session=session.id,
        card=reader.card,
        name=public_name(reader.name, reader.kind, masks=masks),
        class_label=reader.class_label,
        kind=reader.kind,
        mode=session.mode,
        loans=tuple(
            LoanLine(loan.barcode, loan.title, loan.due_on, loan.id in late, loan.in_room)
            for loan in loans
        ),
        done=tuple(
            Done(deed.deed, deed.barcode, deed.title, deed.due_on)
            for deed in reversed(session.deeds)
        ),
        limit=usual.limit if usual is not None and usual.lend != "no" else None,
        ends_at=session.last_at + rules.idle,
    )


class HallPage:
    """Writes the idle page's contents from the timetable and a count of who has come."""

    def __init__(self, timetable: Timetable, names: ClassNames, words: Words) -> None:
        self._timetable = timetable
        self._names = names
        self._words = words

    def write(
        self,
        db: Database | None,
        at: datetime,
        clock: ClockState,
        *,
        ledger_ok: bool,
        rehearsal: bool,
    ) -> Hall:
        """Write the page for an instant; without a database nobody is counted."""
        local = at.astimezone(self._timetable.zone)
        if clock == "doubted":
            return Hall(local, clock, ledger_ok=ledger_ok, rehearsal=rehearsal)
        return Hall(
            local,
            clock,
            tuple(self._turn(db, one, local) for one in self._timetable.open_at(at)),
            tuple(
                Upcoming(one.opens_at, self._label(one))
                for one in islice(self._lending_after(at), _UPCOMING)
            ),
            ledger_ok,
            rehearsal,
        )

    def _lending_after(self, at: datetime) -> Iterator[Opening]:
        for one in self._timetable.openings_after(at):
            if one.window.kind == "free" or one.classes:
                yield one

    def _turn(self, db: Database | None, opening: Opening, local: datetime) -> TurnNow:
        come = expected = None
        if db is not None and opening.classes:
            counts = [facts.readers_come(db, code, opening.opens_at) for code in opening.classes]
            come, expected = sum(one for one, _ in counts), sum(all_ for _, all_ in counts)
        return TurnNow(
            self._label(opening),
            bool(opening.classes),
            opening.closes_at,
            local >= opening.closes_at,
            come,
            expected,
        )

    def _label(self, opening: Opening) -> str:
        """Name an opening: its classes, or its window with the grades it is for."""
        on = opening.opens_at.date()
        if opening.classes:
            return self._words.tr(", ").join(
                self._names.label(code, on) for code in opening.classes
            )
        grades = opening.window.grades
        if grades is None:
            return opening.window.name
        return f"{opening.window.name} {self.grades(sorted(grades))}"

    def grades(self, grades: Sequence[int]) -> str:
        """Name some grades: 三至六年级 when they are a run, else 三、五年级."""
        words = self._words
        if len(grades) > 2 and grades[-1] - grades[0] == len(grades) - 1:
            first, last = words.grade(grades[0]), words.grade(grades[-1])
            return words.tr("grades {first} to {last}", first=first, last=last)
        listed = words.tr(", ").join(words.grade(grade) for grade in grades)
        return words.tr("grades {grades}", grades=listed)
