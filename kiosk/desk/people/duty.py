"""Duty: the duty label and a monitor's own card, for the whole desk, until after the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from kiosk.barcodes import CardLabel, Label
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb, note_only, tell_note
from kiosk.domain import Command, Lane, Note, OutcomeKind, Value
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import facts, journal
from kiosk.ledger.connection import utc_text
from kiosk.rotation.timetable import Timetable
from kiosk.rules.standing import has_expired
from kiosk.session.room import Duty
from kiosk.wording.names import public_name

AFTER_WINDOW: Final = timedelta(minutes=15)
"""How long duty lasts after the window's end: books are put back, the desk is left in order."""

_LOOK_AGAIN: Final = timedelta(hours=1)
_FARTHEST_AHEAD: Final = timedelta(days=30)


def change_duty(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Put the card's monitor on duty, or off duty who is on it."""
    (label,) = labels
    assert isinstance(label, CardLabel), "the verb waited for a card"
    reader = facts.reader_of_card(steps.db, label.card)
    on_duty = steps.room.duty_at(steps.at)
    if on_duty is not None and reader is not None and reader.id == on_duty.reader_id:
        _end(steps, lane, on_duty)
        return
    if reader is None or not reader.monitor:
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_A_MONITOR, command=Command.DUTY)
        return
    if (why := _why_not(steps, reader)) is not None:
        note_only(
            steps,
            lane,
            OutcomeKind.ATTENTION,
            Note.NOT_A_MONITOR,
            command=Command.DUTY,
            values={"kind": why},
        )
        return
    _begin(steps, lane, reader)


def _why_not(steps: Steps, reader: ReaderFacts) -> str | None:
    """Say what keeps a monitor from duty: a card that is good for nothing is none for this."""
    if reader.status != "active":
        return reader.status
    if steps.clock == "doubted":
        return None
    policy = steps.desktop.policy
    today = steps.at.astimezone(policy.timetable.zone).date()
    if reader.suspended_until is not None and today <= reader.suspended_until:
        return "suspended"
    return "expired" if has_expired(reader, policy.grades, today) else None


def _begin(steps: Steps, lane: Lane, reader: ReaderFacts) -> None:
    """Put a monitor on duty; whoever was on it before is off."""
    before = steps.room.duty
    if before is not None:
        steps.record("duty_ended", lane, {}, reader=before.reader_id)
    name = public_name(reader.name, reader.kind, masks=steps.desktop.slip_writer.style.mask_names)
    duty = Duty(reader.id, reader.card, name, lane, steps.at, _until(steps))
    steps.room = replace(steps.room, duty=duty)
    steps.upkeep_at = duty.until
    seq = steps.record("duty_began", lane, {"until": utc_text(duty.until)}, reader=reader.id)
    zone = steps.desktop.policy.timetable.zone
    tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.DUTY_BEGAN,
        seq,
        card=duty.card,
        values={"name": name, "until": f"{duty.until.astimezone(zone):%H:%M}"},
    )


def _until(steps: Steps) -> datetime:
    if steps.clock == "doubted":
        # Which window is open nobody can know; the clock is to be confirmed first.
        return steps.at + AFTER_WINDOW
    return duty_until(steps.desktop.policy.timetable, steps.at)


def duty_until(timetable: Timetable, at: datetime) -> datetime:
    """Tell how long duty that begins now lasts: the window's grace and 15 minutes more.

    The window is the one open now, else the next of the day, else none.
    """
    local = at.astimezone(timetable.zone)
    ends = [one.grace_until for one in timetable.open_at(at)]
    if not ends:
        coming = (one for one in timetable.openings_on(local.date()) if one.opens_at > local)
        ends = [one.grace_until for one in coming][:1]
    return max([local, *ends]) + AFTER_WINDOW


def _end(steps: Steps, lane: Lane, duty: Duty) -> None:
    seq = steps.record("duty_ended", lane, {}, reader=duty.reader_id)
    steps.room = replace(steps.room, duty=None)
    tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.DUTY_ENDED,
        seq,
        card=duty.card,
        values={"name": duty.name},
    )


def keep_up(steps: Steps) -> datetime:
    """End a duty that is over; returns when there will be more to do, at the latest."""
    duty = steps.room.duty
    if duty is None:
        return steps.at + _LOOK_AGAIN
    if duty.is_on(steps.at):
        return duty.until
    _end(steps, duty.lane, duty)
    return steps.at + _LOOK_AGAIN


def confirm_clock(steps: Steps, lane: Lane, _labels: tuple[Label, ...]) -> None:
    """Believe the box's clock from now on.

    A monitor's word goes as far as the clock can be right at all; staff answer for any time.
    """
    if steps.clock != "doubted":
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW, command=Command.CLOCK)
        return
    is_staff = steps.is_staff(lane)
    if not is_staff and not _can_be_right(steps):
        note_only(
            steps, lane, OutcomeKind.ATTENTION, Note.CLOCK_NOT_CONFIRMED, command=Command.CLOCK
        )
        return
    steps.clock, steps.confirms_clock, steps.counts_anew = "confirmed", True, is_staff
    duty = steps.room.duty
    if duty is not None:
        steps.room = replace(steps.room, duty=replace(duty, until=_until(steps)))
        steps.upkeep_at = _until(steps)
    data = {"anew": True} if is_staff else {}
    seq = steps.record("clock_confirmed", lane, data, session=steps.lanes[lane].session_id)
    local = steps.at.astimezone(steps.desktop.policy.timetable.zone)
    values: dict[str, Value] = {"day": local.date().isoformat(), "until": f"{local:%H:%M}"}
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.CLOCK_CONFIRMED, seq, values=values)


def _can_be_right(steps: Steps) -> bool:
    """Hold the clock against the journal; a box that never lent must at least be in a term."""
    latest = journal.latest_trusted_at(steps.db)
    if latest is None:
        timetable = steps.desktop.policy.timetable
        today = steps.at.astimezone(timetable.zone).date()
        return timetable.calendar.term_of(today) is not None
    return timedelta(0) <= steps.at - latest <= _FARTHEST_AHEAD


VERBS: Final[Mapping[Command, Verb]] = {
    Command.DUTY: Verb("anyone", ("own_card",), change_duty),
    Command.CLOCK: Verb("monitor", (), confirm_clock),
}
