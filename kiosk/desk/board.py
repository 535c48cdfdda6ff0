"""The board of a class's turn: started by its label, shown to the room until the turn is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlite_utils import Database

from kiosk.desk.steps import Steps
from kiosk.desk.verbs import note_only
from kiosk.domain import Board, ClassCode, Lane, Note, OutcomeKind, Value
from kiosk.ledger import turns
from kiosk.ledger.turns import PupilNow
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
        board = BoardShown(school_class, opening.opens_at, opening.grace_until)
        steps.room = replace(steps.room, board=board)
        steps.upkeep_at = steps.at
        note_only(steps, lane, OutcomeKind.MODE_CHANGED, Note.BOARD_SHOWN, values=values)


def label(steps: Steps, school_class: ClassCode) -> str:
    """Name a class as the record does, or by its key if it is not on record."""
    row = turns.class_of(steps.db, school_class)
    return school_class if row is None else row.label


def no_turn(steps: Steps, school_class: ClassCode) -> tuple[Note, dict[str, Value]]:
    """Say that a class has no turn now, or none any more today, and when the next one is."""
    timetable = steps.desktop.policy.timetable
    coming = next(
        (one for one in timetable.openings_after(steps.at) if school_class in one.classes), None
    )
    today = steps.at.astimezone(timetable.zone).date()
    is_later = coming is not None and coming.opens_at.date() == today
    return Note.NOT_NOW if is_later else Note.NO_TURN_TODAY, {
        "class_label": label(steps, school_class),
        "next_at": None if coming is None else coming.opens_at.strftime("%Y-%m-%dT%H:%M"),
    }


def keep_up(steps: Steps) -> None:
    """Take the board away once its turn is over or is no turn any more; follow a new end."""
    shown = steps.room.board
    if shown is None:
        return
    opening = _turn_of(steps.desktop.policy.timetable, shown)
    if opening is None or steps.at >= opening.grace_until:
        steps.room = replace(steps.room, board=None)
    else:
        steps.room = replace(steps.room, board=replace(shown, until=opening.grace_until))


def board_of(
    db: Database, timetable: Timetable, shown: BoardShown, *, masks: bool, at: datetime
) -> Board | None:
    """Write the board as it stands; None once its turn is over."""
    opening = _turn_of(timetable, shown)
    row = turns.class_of(db, shown.school_class)
    if opening is None or row is None or at >= opening.grace_until:
        return None
    groups: dict[str, list[str]] = {group: [] for group in _GROUPS}
    for pupil in turns.board(db, row.id, opening.opens_at):
        groups[_group(pupil)].append(public_name(pupil.name, "student", masks=masks))
    return Board(
        row.label,
        opening.closes_at,
        **{group: tuple(names) for group, names in groups.items()},
    )


_GROUPS: Final = ("not_come", "still_out", "returned", "borrowed")


def _group(pupil: PupilNow) -> str:
    """Choose a pupil's group: who took a book is done, whoever else still owes one is told so."""
    if pupil.has_borrowed:
        return "borrowed"
    if pupil.owes:
        return "still_out"
    return "returned" if pupil.has_returned or pupil.has_come else "not_come"


def _turn_now(timetable: Timetable, school_class: ClassCode, at: datetime) -> Opening | None:
    """Find the class's turn that is on or begins soon."""
    local = at.astimezone(timetable.zone)
    near = (
        one
        for one in timetable.openings_on(local.date())
        if school_class in one.classes and one.opens_at - EARLY <= local < one.grace_until
    )
    return next(near, None)


def _turn_of(timetable: Timetable, shown: BoardShown) -> Opening | None:
    openings = timetable.openings_on(shown.since.astimezone(timetable.zone).date())
    found = (
        one for one in openings if one.opens_at == shown.since and shown.school_class in one.classes
    )
    return next(found, None)
