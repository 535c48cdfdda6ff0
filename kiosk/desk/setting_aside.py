"""Keeps a book that is here for whoever waits for its title, the first first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from kiosk.desk.steps import Steps
from kiosk.domain import Lane
from kiosk.domain.facts import ItemFacts, ReaderFacts
from kiosk.ledger import facts, holds
from kiosk.ledger.holds import Hold
from kiosk.rules.standing import has_expired
from kiosk.wording.names import public_name
from receipts.names import rare_names
from receipts.slip import Entry, Slip

_WITHOUT_TURNS: Final = timedelta(days=14)


def keep_for_next(steps: Steps, item: ItemFacts, lane: Lane | None) -> dict[str, Any]:
    """Find whose hold a book fills, and print its slip.

    Returns the keys that the event which sets it aside needs, none when nobody waits.
    """
    for hold in holds.waiting_for(steps.db, item.title_id):
        reader = facts.reader_of_id(steps.db, hold.reader_id)
        if _has_left(steps, reader):
            steps.record("hold_expired", lane, {"hold": hold.id}, reader=reader.id)
            continue
        until = fetch_by(steps, reader)
        steps.print_slip("hold", _slip(steps, item, reader, until))
        return {"hold": hold.id, "hold_until": None if until is None else until.isoformat()}
    return {}


def offer(steps: Steps, item: ItemFacts, lane: Lane | None) -> None:
    """Set a book aside for the next who waits, if anybody does and the book is here and free."""
    if not holds.is_free(steps.db, item.id):
        return
    kept = keep_for_next(steps, item, lane)
    if kept:
        steps.record("hold_ready", lane, kept, item=item.id)


def expire(steps: Steps, hold: Hold) -> None:
    """End a hold that its reader did not fetch; the book goes to the next."""
    steps.record("hold_expired", None, {"hold": hold.id}, reader=hold.reader_id, item=hold.item_id)
    if hold.item_id is not None:
        offer(steps, holds.item_of(steps.db, hold.item_id), None)


def fetch_by(steps: Steps, reader: ReaderFacts) -> date | None:
    """Find the day of the reader's next turn that is not over, today's too, or two weeks on.

    None when nobody knows the day.
    """
    if steps.clock == "doubted":
        return None
    timetable = steps.desktop.policy.timetable
    local = steps.at.astimezone(timetable.zone)
    today = local.date()
    code = reader.school_class
    if code is not None and timetable.has_turns(code, today):
        left = (one for one in timetable.openings_on(today) if one.closes_at > local)
        if any(code in one.classes for one in left):
            return today
        day = timetable.day_of_turn(code, 1, today + timedelta(days=1))
        if day is not None:
            return day
    day = today + _WITHOUT_TURNS
    return timetable.calendar.next_school_day(day) or day


def _has_left(steps: Steps, reader: ReaderFacts) -> bool:
    policy = steps.desktop.policy
    today = steps.at.astimezone(policy.timetable.zone).date()
    return steps.clock != "doubted" and has_expired(reader, policy.grades, today)


def _slip(steps: Steps, item: ItemFacts, reader: ReaderFacts, until: date | None) -> Slip:
    style = steps.desktop.slip_writer.style
    words = style.words
    name = public_name(reader.name, reader.kind, masks=style.mask_names)
    kept = () if until is None else (words.tr("Kept until {day}", day=words.due_date(until)),)
    return Slip(
        arrow="",
        who=f"{reader.class_label} {name}".strip(),
        lines=(words.tr("On hold"), *kept),
        lent=(Entry(item.title, item.barcode),),
        footer=style.school,
        cards=rare_names([(name, reader.card)]),
    )
