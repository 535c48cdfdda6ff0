"""Settles turns that are over: held or missed, made up for, and the class's slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from kiosk.calendar import SchoolCalendar
from kiosk.desk import board, class_slips
from kiosk.desk.steps import Steps
from kiosk.ledger import turns
from kiosk.ledger.connection import utc_text
from kiosk.ledger.turns import Attendance, ClassRow
from kiosk.rotation.live import TurnKey
from kiosk.rotation.timetable import Timetable

_ON_TIME: Final = timedelta(minutes=1)
"""A desk that settles a turn so soon after its end was there, though nobody scanned."""


@dataclass(frozen=True, slots=True)
class _Over:
    """A class's turn of which nothing is on record yet.

    `called_off` is the reason why the settings cancelled it, None if they did not.
    """

    key: TurnKey
    opens_at: datetime
    closes_at: datetime
    until: datetime
    planned: bool = True
    called_off: str | None = None


def settle(steps: Steps) -> datetime:
    """Write down what became of every turn that is over; returns when to look again."""
    timetable = steps.desktop.policy.timetable
    local = steps.at.astimezone(timetable.zone)
    held: list[class_slips.EndedTurn] = []
    called_off: set[TurnKey] = set()
    for turn, row in _to_settle(steps, timetable, local):
        came = _settle_one(steps, turn, row)
        if turn.called_off is not None:
            called_off.add(turn.key)
        elif came.is_held:
            ended = class_slips.EndedTurn(row, turn.key, turn.opens_at, turn.until, came)
            held.append(ended)
    if held or called_off:
        # What is late depends on which turns were held: first the timetable, then the slips.
        steps.desktop = steps.desktop.with_live(
            replace(
                timetable.live,
                held=timetable.live.held.union(turn.key for turn in held),
                cancelled=timetable.live.cancelled | called_off,
            )
        )
    for one in held:
        class_slips.print_class_slip(steps, one)
    board.keep_up(steps)
    return _next(steps.desktop.policy.timetable, local)


def _to_settle(steps: Steps, timetable: Timetable, local: datetime) -> list[tuple[_Over, ClassRow]]:
    """List what is to be settled since the last time, in the order in which it ended."""
    first, today = _first_day(steps, timetable.calendar, local.date()), local.date()
    rows, known = turns.classes(steps.db), turns.known_since(steps.db, first)
    found = []
    for step in range((today - first).days + 1):
        on = first + timedelta(days=step)
        for one in (*_called_off(timetable, on), *_ended(timetable, on, local)):
            row = rows.get(one.key.school_class)
            if row is not None and (row.id, one.key.window, on) not in known:
                found.append((one, row))
    return sorted(found, key=lambda pair: pair[0].until)


def _first_day(steps: Steps, calendar: SchoolCalendar, today: date) -> date:
    """Find the day from which on turns may be left to settle."""
    last = turns.last_day(steps.db)
    if last is not None:
        return last
    since = turns.counted_since(steps.db, today)
    term = calendar.term_begun(today)
    return since if term is None else max(since, term.starts_on)


def _ended(timetable: Timetable, on: date, local: datetime) -> Iterator[_Over]:
    for opening in timetable.openings_on(on):
        if opening.grace_until > local:
            continue
        for code in opening.classes:
            yield _Over(
                opening.key(code),
                opening.opens_at,
                opening.closes_at,
                opening.grace_until,
                planned=opening.source_of(code) not in ("opened", "extra"),
            )


def _called_off(timetable: Timetable, on: date) -> Iterator[_Over]:
    """Yield the turns that the settings cancel on a day; they are lost from its first minute."""
    for key, reason in timetable.called_off_on(on).items():
        opens, closes = _times(timetable, key)
        opens_at = datetime.combine(on, opens, timetable.zone)
        closes_at = datetime.combine(on, closes, timetable.zone)
        yield _Over(key, opens_at, closes_at, opens_at, called_off=reason)


def _times(timetable: Timetable, key: TurnKey) -> tuple[time, time]:
    instead = timetable.exceptions.replacement_on(key.on)
    windows = (*(instead.windows if instead else ()), *timetable.windows)
    return next(
        ((one.opens, one.closes) for one in windows if one.name == key.window), (time(), time())
    )


def _settle_one(steps: Steps, turn: _Over, row: ClassRow) -> Attendance:
    """Record what became of one turn; returns who came."""
    came = turns.attendance(steps.db, row.id, turn.opens_at, turn.until)
    data: dict[str, Any] = {
        "class_id": row.id,
        "window": turn.key.window,
        "day": turn.key.on.isoformat(),
        "opens_at": utc_text(turn.opens_at),
        "closes_at": utc_text(turn.closes_at),
        "planned": turn.planned,
        "come": came.come,
        "expected": came.expected,
    }
    if turn.called_off is not None:
        data |= {"state": "cancelled", "reason": turn.called_off}
    elif not came.is_held:
        data |= {"state": "missed", "reason": _why_missed(steps, turn, row)}
    else:
        data["state"] = "held"
        lost = None if turn.planned else _made_up(steps, turn, row)
        if lost is not None:
            data["makes_up"] = lost
    steps.record("turn_settled", None, data)
    return came


def _why_missed(steps: Steps, turn: _Over, row: ClassRow) -> str:
    if turn.planned and turns.came_before(steps.db, row.id, turn.key.on):
        return "other_time"
    if steps.at - turn.until < _ON_TIME:
        return "nobody_came"
    is_on = turns.was_desk_on(steps.db, steps.desktop.desk, turn.opens_at, turn.closes_at)
    return "nobody_came" if is_on else "desk_off"


def _made_up(steps: Steps, turn: _Over, row: ClassRow) -> int | None:
    """Find the lost turn that this one makes up for; one that only went on longer has none."""
    timetable = steps.desktop.policy.timetable
    for one in timetable.openings_on(turn.key.on):
        is_own = row.code in one.classes and one.source_of(row.code) not in ("opened", "extra")
        if is_own and one.opens_at < turn.until and turn.opens_at <= one.grace_until:
            return None
    term = timetable.calendar.term_begun(turn.key.on)
    return turns.to_make_up(steps.db, row.id, turn.key.on if term is None else term.starts_on)


def _next(timetable: Timetable, local: datetime) -> datetime:
    """Find when a turn is over next, or a window for all takes the board away.

    Midnight at the latest: the next day has turns of its own.
    """
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), timetable.zone)
    moments = (
        one.grace_until if one.classes else one.opens_at
        for one in timetable.openings_on(local.date())
        if one.classes or board.is_for_all(one)
    )
    return min((moment for moment in moments if moment > local), default=midnight)
