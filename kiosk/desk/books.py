"""The book a staff label is about, and the table of who had it last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.barcodes import ItemLabel, Label
from kiosk.desk.items import refuse_label
from kiosk.desk.steps import Steps
from kiosk.domain import Block, BlockCode, Lane, StaffLine, StaffPage
from kiosk.domain.facts import ItemFacts, OpenLoan
from kiosk.ledger import facts, stock
from kiosk.wording.names import public_name

_READERS: Final = 3


@dataclass(frozen=True, slots=True)
class Book:
    """An item, and its loan if it is out."""

    item: ItemFacts
    loan: OpenLoan | None

    @property
    def standing(self) -> str:
        """Where it stands: `on_loan`, or the item's status."""
        return self.item.status if self.loan is None else "on_loan"


def book_meant(steps: Steps, lane: Lane, label: Label) -> Book | None:
    """Find the item whose label this is; an unknown one is refused and told."""
    assert isinstance(label, ItemLabel), "the verb waited for a book"
    found = facts.item_of_barcode(steps.db, label.barcode)
    if found is None:
        block = Block(BlockCode.ITEM_UNKNOWN, {"label": label.barcode})
        refuse_label(steps, lane, block, label.barcode)
        return None
    item, situation = found
    return Book(item, situation.loan)


def name_of(steps: Steps, reader_id: int) -> str:
    """Write a reader's name as the screen may show it."""
    reader = facts.reader_of_id(steps.db, reader_id)
    masks = steps.desktop.slip_writer.style.mask_names
    return public_name(reader.name, reader.kind, masks=masks)


def readers_page(
    steps: Steps, lane: Lane, item_id: int, title: str, hints: Sequence[str] = ()
) -> StaffPage | None:
    """Show staff who had a book last, the newest first; None for anybody else."""
    if not steps.is_staff(lane):
        return None
    words = steps.desktop.slip_writer.style.words
    lines = tuple(
        StaffLine(
            number,
            (
                public_name(one.name, one.kind, masks=steps.desktop.slip_writer.style.mask_names),
                one.class_label,
                _date(steps, one.lent_at),
                _date(steps, one.came_back_at),
            ),
        )
        for number, one in enumerate(stock.last_loans(steps.db, item_id, _READERS), 1)
    )
    heads = (words.tr("Name"), words.tr("Class"), words.tr("Lent"), words.tr("Back"))
    return StaffPage(title, heads, lines, tuple(hints))


def _date(steps: Steps, at: datetime | None) -> str:
    if at is None:
        return ""
    zone = steps.desktop.policy.timetable.zone
    return steps.desktop.slip_writer.style.words.short_date(at.astimezone(zone).date())
