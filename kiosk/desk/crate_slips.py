"""The slip of a crate: how many came back, and which books somebody has to look at."""

from __future__ import annotations

from kiosk.desk.steps import Steps
from kiosk.ledger import stock
from kiosk.ledger.stock import PastLoan
from kiosk.session.lane import Crate
from kiosk.wording.names import public_name
from receipts.slip import Entry, Group, Slip


def crate_slip(steps: Steps, crate: Crate) -> Slip:
    """Write a crate's closing slip; `crate.unknown` is its tray list."""
    style = steps.desktop.slip_writer.style
    words = style.words
    loans = stock.loans_of(steps.db, [deed.loan for deed in crate.deeds])
    label = next((one.class_label for one in loans.values() if one.class_id == crate.class_id), "")
    groups = (
        Group(words.tr("Please check"), _flagged(steps, crate, loans)),
        Group(
            words.tr("On hold"),
            tuple(Entry(one.title) for one in crate.deeds if one.barcode in crate.set_aside),
        ),
        Group(words.tr("In the tray, not known"), tuple(Entry(one) for one in crate.unknown)),
    )
    local = steps.at.astimezone(steps.desktop.policy.timetable.zone)
    when = "" if steps.clock == "doubted" else f" {local:%m-%d %H:%M}"
    return Slip(
        arrow="",
        who=f"{words.tr('Return crate')} {label}".strip(),
        lines=(words.tr("{n} returned", n=len(crate.deeds)),),
        groups=tuple(group for group in groups if group.entries),
        footer=f"{style.school}{when}",
    )


def _flagged(steps: Steps, crate: Crate, loans: dict[int, PastLoan]) -> tuple[Entry, ...]:
    return tuple(
        Entry(f"{_who(steps, loans[deed.loan])} {deed.title}", _late(steps, loans[deed.loan]))
        for deed in crate.deeds
        if deed.barcode in crate.flagged
    )


def _who(steps: Steps, loan: PastLoan) -> str:
    name = public_name(loan.name, loan.kind, masks=steps.desktop.slip_writer.style.mask_names)
    return f"{loan.class_label} {name}".strip()


def _late(steps: Steps, loan: PastLoan) -> str:
    if steps.clock == "doubted" or loan.came_back_at is None:
        return ""
    zone = steps.desktop.policy.timetable.zone
    days = (loan.came_back_at.astimezone(zone).date() - loan.due_on).days
    return steps.desktop.slip_writer.style.words.tr("{n} days late", n=days) if days > 0 else ""
