"""Builds a session's slip: finished words in the order a child reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlite_utils import Database

from kiosk.domain import ClockState, Deed, Lane
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts
from kiosk.rotation.timetable import Timetable
from kiosk.rules.decision import Policy, overdue_loans
from kiosk.session.lane import DoneDeed
from kiosk.wording import Words
from kiosk.wording.names import public_name
from receipts.names import rare_names
from receipts.slip import Captions, Entry, Slip


@dataclass(frozen=True, slots=True)
class SlipStyle:
    """What the school wants on its slips; `target` 0 hides the number of loans to reach.

    `arrows` has the finished lane marks, such as `←左`. `hide_titles` is for slips that others
    than the reader see; `class_slips` says whether a class gets one when its turn is over.
    """

    school: str
    words: Words
    arrows: dict[Lane, str]
    target: int = 0
    mask_names: bool = False
    qr: bool = False
    hide_titles: bool = False
    class_slips: bool = True


@dataclass(frozen=True, slots=True)
class SlipWriter:
    """Turns what a session did into a slip, with what the record says of its reader."""

    style: SlipStyle
    policy: Policy

    def build(
        self,
        db: Database,
        reader: ReaderFacts,
        deeds: Sequence[DoneDeed],
        *,
        lane: Lane,
        session: int,
        at: datetime,
        clock: ClockState = "ok",
    ) -> Slip:
        """Write the slip of a session that ends at `at`; a doubted clock tells no days on it."""
        words, zone = self.style.words, self.policy.timetable.zone
        loans = facts.open_loans(db, reader.id)
        slip = Slip(
            arrow=self.style.arrows.get(lane, lane),
            who=" ".join(part for part in (reader.class_label, self._name(reader)) if part),
            lent=self._entries(_last_of_each_loan(deeds), Deed.LENT),
            renewed=self._entries(_last_of_each_loan(deeds), Deed.RENEWED),
            in_hand=words.tr("Books in hand: {n}", n=len(loans)) if loans else "",
            returned=tuple(deed.title for deed in deeds if deed.deed is Deed.RETURNED),
            footer=f"{self.style.school} No.{session}",
            qr=str(session) if self.style.qr else "",
            captions=Captions(
                renewed=words.tr("Renewed"),
                overdue=words.tr("Please bring back"),
                returned="",
            ),
            cards=rare_names([(self._name(reader), reader.card)]),
        )
        if clock == "doubted":
            return slip
        local = at.astimezone(zone)
        late = overdue_loans(loans, reader, self.policy, at)
        return replace(
            slip,
            overdue=tuple(_entry(words, loan.title, loan.due_on) for loan in late),
            next_turn=next_turn(words, self.policy.timetable, reader, at),
            this_term=self._this_term(db, reader, local.date()),
            footer=f"{slip.footer} {local:%m-%d %H:%M}",
        )

    def _name(self, reader: ReaderFacts) -> str:
        return public_name(reader.name, reader.kind, masks=self.style.mask_names)

    def _entries(self, deeds: Sequence[DoneDeed], wanted: Deed) -> tuple[Entry, ...]:
        return tuple(
            _entry(self.style.words, deed.title, deed.due_on)
            for deed in deeds
            if deed.deed is wanted and deed.due_on is not None
        )

    def _this_term(self, db: Database, reader: ReaderFacts, today: date) -> str:
        term = self.policy.timetable.calendar.term_of(today)
        if term is None or reader.kind != "student":
            return ""
        start = datetime.combine(term.starts_on, datetime.min.time(), self.policy.timetable.zone)
        count = facts.loans_since(db, reader.id, start)
        if count == 0:
            return ""
        if self.style.target:
            return self.style.words.tr(
                "Book {n} of this term (aim: {target})", n=count, target=self.style.target
            )
        return self.style.words.tr("Book {n} of this term", n=count)


def _last_of_each_loan(deeds: Sequence[DoneDeed]) -> Sequence[DoneDeed]:
    """Keep what became of each book: one lent and brought back in one session is not due again."""
    last = {deed.loan: deed for deed in deeds}
    return [deed for deed in deeds if last[deed.loan] is deed]


def next_turn(words: Words, timetable: Timetable, reader: ReaderFacts, at: datetime) -> str:
    """Say when the reader's class has its next turn, "" when none is set."""
    if reader.school_class is None:
        return ""
    today = at.astimezone(timetable.zone).date()
    turn = next(timetable.turns_after(reader.school_class, today), None)
    if turn is None:
        return ""
    when = f"{words.due_date(turn.opens_at.date())} {words.clock(turn.opens_at)}"
    return words.tr("Next turn: {when}", when=when)


def _entry(words: Words, title: str, due_on: date) -> Entry:
    return Entry(title, words.tr("back by {day}", day=words.due_date(due_on)))
