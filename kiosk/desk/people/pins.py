"""A staff member's PIN: from a keypad or the digit card, with waits after wrong ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from kiosk.desk import turns
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import note_only, tell_note
from kiosk.domain import Lane, Note, OutcomeKind, TodoKind
from kiosk.ledger import people, pins
from kiosk.ledger.people import WrongPins
from kiosk.session.lane import OpenSession

_FREE_TRIES: Final = 3
_FIRST_WAIT: Final = timedelta(seconds=30)
_LONGEST_WAIT: Final = timedelta(minutes=15)


def scan_digits(steps: Steps, lane: Lane, digits: str) -> None:
    """Take the PIN of the reader at the lane; from staff, the end of the window just opened."""
    session = steps.lanes[lane].session
    if session is None or not session.has_pin:
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW)
    elif session.staff:
        turns.set_end(steps, lane, digits)
    else:
        _try_pin(steps, lane, session, digits)


def _try_pin(steps: Steps, lane: Lane, session: OpenSession, digits: str) -> None:
    wrong = people.wrong_pins(steps.db, session.reader_id)
    left = wait_left(wrong, steps.at, session.opened_at)
    if left > timedelta(0):
        values = {"seconds": -(-left // timedelta(seconds=1))}
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.PIN_WAIT, values=values)
        return
    kept = people.pin_of(steps.db, session.reader_id)
    if kept is not None and pins.opens(digits, kept):
        _become_staff(steps, lane, session)
    else:
        _refuse(steps, lane, session, wrong.count + 1)


def wait_left(wrong: WrongPins, at: datetime, opened_at: datetime) -> timedelta:
    """Tell how long no PIN is looked at: 30 s after the third wrong one, twice that after each.

    15 minutes at the most. Under a clock that was set back the wait counts from when the session
    was opened, so it neither falls away nor locks staff out for longer.
    """
    if wrong.count < _FREE_TRIES or wrong.last_at is None:
        return timedelta(0)
    doublings: int = 2 ** (wrong.count - _FREE_TRIES)
    wait = min(_FIRST_WAIT * doublings, _LONGEST_WAIT)
    since = opened_at if wrong.last_at - at > wait else wrong.last_at
    return max(timedelta(0), wait - abs(at - since))


def _become_staff(steps: Steps, lane: Lane, session: OpenSession) -> None:
    state = steps.lanes[lane]
    steps.lanes[lane] = replace(state, session=replace(session, staff=True))
    seq = steps.record("staff_began", lane, {}, session=session.id, reader=session.reader_id)
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.STAFF_BEGAN, seq)


def _refuse(steps: Steps, lane: Lane, session: OpenSession, tries: int) -> None:
    """Record a wrong PIN, never its digits; the third in a row is a matter for staff."""
    data: dict[str, Any] = {"tries": tries}
    if tries == _FREE_TRIES:
        data["todo"] = TodoKind.WRONG_PIN
    seq = steps.record("pin_refused", lane, data, session=session.id, reader=session.reader_id)
    tell_note(steps, lane, OutcomeKind.ATTENTION, Note.WRONG_PIN, seq)
