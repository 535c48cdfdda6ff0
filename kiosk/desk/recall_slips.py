"""Slips that call books back, a class each, and slips that say a reader owes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from kiosk.desk.slips import SlipStyle
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.ledger import owing
from kiosk.ledger.owing import ClassOnRecord
from kiosk.rules.decision import Policy
from kiosk.rules.recalls import Purpose, to_recall
from kiosk.wording import Words
from kiosk.wording.names import public_name
from receipts.names import rare_names
from receipts.slip import Entry, Group, Slip


@dataclass(frozen=True, slots=True)
class Called:
    """A reader and the books that are called back."""

    reader: ReaderFacts
    loans: tuple[OpenLoan, ...]


def called_in(
    db: Database, group: ClassOnRecord, purpose: Purpose, policy: Policy, *, at: datetime
) -> tuple[Called, ...]:
    """Find who of a class is to bring back what."""
    found = (
        Called(one.reader, to_recall(one.loans, one.reader, purpose, policy, at=at))
        for one in owing.owing(db, group.id)
    )
    return tuple(one for one in found if one.loans)


def recall_slip(
    group: ClassOnRecord,
    called: Sequence[Called],
    purpose: Purpose,
    style: SlipStyle,
    *,
    local: datetime,
) -> Slip:
    """Write a class's slip: one line per reader, the first due date beside it."""
    words = style.words
    count = sum(len(one.loans) for one in called)
    return Slip(
        arrow="",
        who=f"{group.label or words.tr('teachers')} {heading(purpose, words)}".strip(),
        lines=(words.tr("{n} readers, {count} books", n=len(called), count=count),),
        groups=(Group("", tuple(_entry(one, style) for one in called)),),
        notes=(words.tr("Please bring them to the library in your turn."),),
        footer=f"{style.school} {local:%Y-%m-%d}",
        cards=rare_names((_name(one.reader, style), one.reader.card) for one in called),
    )


def heading(purpose: Purpose, words: Words) -> str:
    """Name an occasion."""
    match purpose:
        case Purpose.OVERDUE:
            return words.tr("Overdue books")
        case Purpose.TURN:
            return words.tr("Due at the next turn")
        case Purpose.HOLIDAY:
            return words.tr("Before the holiday")
        case Purpose.TERM:
            return words.tr("All books, end of term")


def said(called: Called, style: SlipStyle) -> str:
    """Say one reader's line: the name, and the titles or how many."""
    name = _name(called.reader, style)
    if style.hide_titles:
        return style.words.tr("{name} {n} books", name=name, n=len(called.loans))
    titles = style.words.tr(", ").join(loan.title for loan in called.loans)
    return f"{name} {titles}"


def _name(reader: ReaderFacts, style: SlipStyle) -> str:
    return public_name(reader.name, reader.kind, masks=style.mask_names)


def _entry(called: Called, style: SlipStyle) -> Entry:
    return Entry(said(called, style), style.words.short_date(called.loans[0].due_on))


def clearance_slip(reader: ReaderFacts, style: SlipStyle, *, local: datetime) -> Slip:
    """Write the slip that a leaver who owes nothing takes to the office."""
    words = style.words
    name = public_name(reader.name, reader.kind, masks=False)
    return Slip(
        arrow="",
        who=f"{reader.class_label} {name}".strip(),
        lines=(words.tr("All returned and settled"), reader.card),
        footer=f"{style.school} {local:%Y-%m-%d %H:%M}",
    )
