"""The board of a class's turn: started by its label, shown to the room until the turn is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from kiosk.desk.steps import Steps
from kiosk.desk.verbs import note_only
from kiosk.domain import Board, ClassCode, Lane, Note, OutcomeKind, Value
from kiosk.ledger import turns
from kiosk.ledger.turns import PupilNow
from kiosk.rotation.live import TurnKey
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening
from kiosk.session.room import BoardShown
from kiosk.wording.names import public_name

EARLY: Final = timedelta(minutes=15)
"""A monitor puts the board up before the class is there."""


def scan(steps: Steps, lane: Lane, school_class: ClassCode | None) -> None:
    """Put the class's board up, or take it away if it is up; None: the whole school has none."""
    if school_class is None:
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NEEDS_STAFF)
        return
    if steps.clock == "doubted":
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW)
        return
    timetable, shown = steps.desktop.policy.timetable, steps.room.board
    values: dict[str, Value] = {"class_label": label(steps, school_class)}
    opening = _turn_now(timetable, school_class, steps.at)
    if opening is None:
        note, values = no_turn(steps, school_class)
        note_only(steps, lane, OutcomeKind.ATTENTION, note, values=values)
    elif shown is not None and shown.school_class == school_class:
        steps.room = replace(steps.room, board=None)
        note_only(steps, lane, OutcomeKind.MODE_CHANGED, Note.BOARD_HIDDEN, values=values)
    else:
        board = BoardShown(school_class, opening.opens_at, opening.grace_until, steps.at)
        steps.room = replace(steps.room, board=board)
        steps.upkeep_at = steps.at
        note_only(steps, lane, OutcomeKind.MODE_CHANGED, Note.BOARD_SHOWN, values=values)


def label(steps: Steps, school_class: ClassCode) -> str:
    """Name a class as the record does, or by its key if it is not on record."""
    row = turns.class_of(steps.db, school_class)
    return school_class if row is None else row.label


def no_turn(steps: Steps, school_class: ClassCode) -> tuple[Note, dict[str, Value]]:
    """Say that a class has no turn now, or none any more today, why, and when the next one is."""
    timetable = steps.desktop.policy.timetable
    coming = _next_turn(steps, school_class)
    today = steps.at.astimezone(timetable.zone).date()
    values = next_turn(steps, school_class)
    if coming is not None and coming.opens_at.date() == today:
        return Note.NOT_NOW, values
    if turns.class_of(steps.db, school_class) is None:
        values["unknown"] = 1
    elif any((school_class, today) == (key.school_class, key.on) for key in _cancelled(steps)):
        values["cancelled"] = 1
    return Note.NO_TURN_TODAY, values


def next_turn(steps: Steps, school_class: ClassCode) -> dict[str, Value]:
    """Say when a class's next turn begins, as the notes about turns need it."""
    coming = _next_turn(steps, school_class)
    return {
        "class_label": label(steps, school_class),
        "next_at": None if coming is None else coming.opens_at.strftime("%Y-%m-%dT%H:%M"),
    }


def _next_turn(steps: Steps, school_class: ClassCode) -> Opening | None:
    coming = steps.desktop.policy.timetable.openings_after(steps.at)
    return next((one for one in coming if school_class in one.classes), None)


def _cancelled(steps: Steps) -> frozenset[TurnKey]:
    return steps.desktop.policy.timetable.live.cancelled


def keep_up(steps: Steps) -> None:
    """Take the board away once its time is over or its turn is no more; follow a new end."""
    shown = steps.room.board
    if shown is None:
        return
    opening = _turn_on(steps.desktop.policy.timetable, shown, steps.at)
    if opening is None:
        steps.room = replace(steps.room, board=None)
    else:
        steps.room = replace(steps.room, board=replace(shown, until=opening.grace_until))


def board_of(
    db: Database, timetable: Timetable, shown: BoardShown, *, masks: bool, at: datetime
) -> Board | None:
    """Write the board as it stands; None once its time is over.

    It tells the end of the class's window that lasts longest, as the idle page does.
    """
    opening = _turn_on(timetable, shown, at)
    row = turns.class_of(db, shown.school_class)
    if opening is None or row is None:
        return None
    pupils = turns.board(db, row.id, opening.opens_at, at)
    groups: dict[str, list[str]] = {group: [] for group in _GROUPS}
    for pupil in pupils:
        if (group := _group(pupil)) is not None:
            groups[group].append(public_name(pupil.name, "student", masks=masks))
    longest = lasting_longest(timetable.open_at(at)).get(shown.school_class, opening)
    return Board(
        row.label,
        longest.closes_at,
        **{group: tuple(names) for group, names in groups.items()},
        come=sum(pupil.has_come and pupil.is_counted for pupil in pupils),
        expected=sum(pupil.is_counted for pupil in pupils),
        opens_at=opening.opens_at if at < opening.opens_at else None,
    )


def is_for_all(opening: Opening) -> bool:
    """Tell whether a window is open to every grade: the room then needs the idle page."""
    return opening.window.kind == "free" and opening.window.grades is None


def lasting_longest(openings: Iterable[Opening]) -> dict[ClassCode, Opening]:
    """Map each class to that of its openings which closes last."""
    found: dict[ClassCode, Opening] = {}
    for one in openings:
        for code in one.classes:
            if code not in found or one.closes_at > found[code].closes_at:
                found[code] = one
    return found


_GROUPS: Final = ("not_come", "still_out", "returned", "borrowed")


def _group(pupil: PupilNow) -> str | None:
    """Choose a pupil's group: who took a book is done, whoever else still owes one is told so.

    None for one who came and did nothing.
    """
    if pupil.has_borrowed:
        return "borrowed"
    if pupil.owes:
        return "still_out"
    if pupil.has_returned:
        return "returned"
    return None if pupil.has_come else "not_come"


def _turn_now(timetable: Timetable, school_class: ClassCode, at: datetime) -> Opening | None:
    """Find the class's turn that is on and closes last, or else begins soon."""
    local = at.astimezone(timetable.zone)
    on = lasting_longest(timetable.open_at(at)).get(school_class)
    near = (
        one
        for one in timetable.openings_on(local.date())
        if school_class in one.classes and one.opens_at - EARLY <= local < one.opens_at
    )
    return on or next(near, None)


def _turn_on(timetable: Timetable, shown: BoardShown, at: datetime) -> Opening | None:
    """Find the turn of the board while it may be up: a window for all that opens later ends it."""
    local, up_at = at.astimezone(timetable.zone), shown.up_at or shown.since
    openings = timetable.openings_on(shown.since.astimezone(timetable.zone).date())
    if any(is_for_all(one) and up_at < one.opens_at and one.is_open(local) for one in openings):
        return None
    found = (
        one for one in openings if one.opens_at == shown.since and shown.school_class in one.classes
    )
    return next((one for one in found if local < one.grace_until), None)
