"""Slips about a whole class: who still has what after its turn, and the sheet for before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.desk.slips import SlipStyle
from kiosk.desk.steps import Steps
from kiosk.domain.facts import OpenLoan
from kiosk.ledger import owing
from kiosk.ledger.turns import Attendance, ClassRow
from kiosk.rotation.live import TurnKey
from kiosk.rules.overdue import overdue_loans
from kiosk.wording.names import public_name
from receipts.names import rare_names
from receipts.slip import Entry, Group, Slip

_BOX: Final = "□"
_BLANKS: Final = 6


@dataclass(frozen=True, slots=True)
class EndedTurn:
    """A class's turn that was held and is over."""

    row: ClassRow
    key: TurnKey
    opens_at: datetime
    until: datetime
    came: Attendance


@dataclass(frozen=True, slots=True)
class _Owed:
    """A book that a pupil of the class has; `name` is ready to show."""

    name: str
    card: str
    loan: OpenLoan
    is_late: bool


def print_class_slip(steps: Steps, turn: EndedTurn) -> None:
    """Print what the class librarian takes along, if the school wants these slips."""
    style = steps.desktop.slip_writer.style
    if style.class_slips:
        steps.print_slip("class", _class_slip(turn, _owed(steps, turn.row), style))


def print_sheet(steps: Steps, row: ClassRow) -> None:
    """Print a class's sheet: who owes what, and lines to write on when the box is dead."""
    style, zone = steps.desktop.slip_writer.style, steps.desktop.policy.timetable.zone
    steps.print_slip("sheet", _sheet(row, _owed(steps, row), style, steps.at.astimezone(zone)))


def _owed(steps: Steps, row: ClassRow) -> list[_Owed]:
    """List the books of the class's pupils by card; the class card's book corner is not asked."""
    policy, masks = steps.desktop.policy, steps.desktop.slip_writer.style.mask_names
    found = []
    for one in owing.owing(steps.db, row.id):
        if one.reader.kind != "student":
            continue
        late = {loan.id for loan in overdue_loans(one.loans, one.reader, policy, steps.at)}
        name = public_name(one.reader.name, one.reader.kind, masks=masks)
        card = one.reader.card
        found += [_Owed(name, card, loan, loan.id in late) for loan in one.loans]
    return found


def _class_slip(turn: EndedTurn, owed: Sequence[_Owed], style: SlipStyle) -> Slip:
    """Write the slip of a turn that is over: late books first, then the others by their day.

    A book borrowed in this very turn is only counted.
    """
    words, came = style.words, turn.came
    before = sorted(
        (one for one in owed if one.loan.checked_out_at < turn.opens_at),
        key=lambda one: one.loan.due_on,
    )
    groups = (
        (words.tr("Overdue, please bring back"), [one for one in before if one.is_late]),
        (words.tr("Not yet back"), [one for one in before if not one.is_late]),
    )
    return Slip(
        arrow="",
        who=words.tr("{label} turn is over", label=turn.row.label),
        lines=(
            words.tr(
                "{day} {time} {window}",
                day=words.due_date(turn.key.on),
                time=words.clock(turn.opens_at),
                window=turn.key.window,
            ),
            words.tr("{come} of {expected} came", come=came.come, expected=came.expected),
            words.tr("{lent} borrowed, {back} returned", lent=came.borrowed, back=came.returned),
        ),
        groups=tuple(
            Group(caption, _entries(listed, style)) for caption, listed in groups if listed
        ),
        notes=() if before else (words.tr("All earlier books are back."),),
        footer=f"{style.school} {turn.until:%m-%d %H:%M}",
        cards=rare_names((one.name, one.card) for one in before),
    )


def _entries(owed: Sequence[_Owed], style: SlipStyle) -> tuple[Entry, ...]:
    """Write a line per book, or per pupil where titles are hidden, with the first due date."""
    words = style.words
    if not style.hide_titles:
        return tuple(
            Entry(f"{one.name} {one.loan.title}", words.short_date(one.loan.due_on)) for one in owed
        )
    by_pupil: dict[tuple[str, int], list[_Owed]] = {}
    for one in owed:
        by_pupil.setdefault((one.name, one.loan.reader_id), []).append(one)
    return tuple(
        Entry(
            words.tr("{name} {n} books", name=name, n=len(books)),
            words.short_date(min(book.loan.due_on for book in books)),
        )
        for (name, _), books in by_pupil.items()
    )


def _sheet(row: ClassRow, owed: Sequence[_Owed], style: SlipStyle, local: datetime) -> Slip:
    words = style.words
    entries = _entries(sorted(owed, key=lambda one: not one.is_late), style)
    ticked = tuple(Entry(f"{_BOX} {one.title}", one.due) for one in entries)
    # Two lines for each book: a hand needs more room than print.
    blank = (
        words.tr("day ______ card ______________"),
        words.tr("book ______________ lent/back"),
    )
    return Slip(
        arrow="",
        who=words.tr("{label} sheet", label=row.label),
        lines=(
            words.whole_date(local.date()),
            *([] if ticked else [words.tr("Nobody of this class has a book.")]),
        ),
        groups=(
            *([Group(words.tr("Tick what is collected"), ticked)] if ticked else []),
            Group(words.tr("If the desk does not work, write here")),
        ),
        notes=blank * _BLANKS,
        footer=f"{style.school} {local:%m-%d %H:%M}",
        cards=rare_names((one.name, one.card) for one in owed),
    )
