"""What the idle page shows: whose turn it is, who has come, what comes next, and the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Final

from sqlite_utils import Database

from kiosk.desk.board import board_of, lasting_longest
from kiosk.domain import Board, ClockState, Hall, TurnNow, Upcoming
from kiosk.ledger import todos, turns
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening
from kiosk.session.room import Room
from kiosk.wording import Words

_UPCOMING: Final = 4


class HallPage:
    """Writes the idle page's contents from the desk's timetable and a count of who has come."""

    def __init__(self, names: ClassNames, words: Words, *, masks: bool = False) -> None:
        self._names = names
        self._words = words
        self._masks = masks

    def write(
        self,
        db: Database | None,
        timetable: Timetable,
        at: datetime,
        clock: ClockState,
        *,
        room: Room | None = None,
        rehearsal: bool = False,
    ) -> Hall:
        """Write the page for an instant; without a database, which fails, nobody is counted."""
        local = at.astimezone(timetable.zone)
        room = room or Room()
        duty = room.duty_at(at)
        hall = Hall(
            local,
            clock,
            ledger_ok=db is not None,
            rehearsal=rehearsal,
            on_duty="" if duty is None else duty.name,
            todos=0 if db is None else todos.count_open(db),
        )
        if clock == "doubted":
            return hall
        ending = timetable.calendar.last_term_ending(local.date())
        return replace(
            hall,
            now=tuple(self._turn(db, one, local) for one in _open_now(timetable, at)),
            upcoming=tuple(
                Upcoming(one.opens_at, self._words.tr(", ").join(self._labels(one)))
                for one in islice(_lending_after(timetable, at), _UPCOMING)
            ),
            board=self._board(db, timetable, room, at),
            term_ends_on=None if ending is None else ending.ends_on,
            has_next_term=ending is None or ending.ends_on >= local.date(),
        )

    def _board(
        self, db: Database | None, timetable: Timetable, room: Room, at: datetime
    ) -> Board | None:
        if db is None or room.board is None:
            return None
        return board_of(db, timetable, room.board, masks=self._masks, at=at)

    def _turn(self, db: Database | None, opening: Opening, local: datetime) -> TurnNow:
        come = expected = None
        if db is not None and opening.classes:
            counts = [turns.come(db, code, opening.opens_at, local) for code in opening.classes]
            come, expected = sum(one for one, _ in counts), sum(all_ for _, all_ in counts)
        return TurnNow(
            self._labels(opening),
            bool(opening.classes),
            opening.closes_at,
            local >= opening.closes_at,
            come,
            expected,
        )

    def _labels(self, opening: Opening) -> tuple[str, ...]:
        """Name an opening: its classes, or its window with the grades it is for.

        One opened by hand has a name for the record only.
        """
        on = opening.opens_at.date()
        if opening.classes:
            return tuple(self._names.label(code, on) for code in opening.classes)
        if opening.opened_seq is not None:
            return (self._words.tr("Everybody may borrow"),)
        grades = opening.window.grades
        if grades is None:
            return (opening.window.name,)
        return (f"{opening.window.name} {self.grades(sorted(grades))}",)

    def grades(self, grades: Sequence[int]) -> str:
        """Name some grades: 三至六年级 when they are a run, else 三、五年级."""
        words = self._words
        if len(grades) > 2 and grades[-1] - grades[0] == len(grades) - 1:
            first, last = words.grade(grades[0]), words.grade(grades[-1])
            return words.tr("grades {first} to {last}", first=first, last=last)
        listed = words.tr(", ").join(words.grade(grade) for grade in grades)
        return words.tr("grades {grades}", grades=listed)


def _open_now(timetable: Timetable, at: datetime) -> Iterator[Opening]:
    """Yield what is open: each class in its window that closes last, no window left without one."""
    openings = timetable.open_at(at)
    longest = lasting_longest(openings)
    for one in openings:
        classes = tuple(code for code in one.classes if longest[code] is one)
        if classes or one.window.kind != "class":
            yield one if classes == one.classes else replace(one, classes=classes)


def _lending_after(timetable: Timetable, at: datetime) -> Iterator[Opening]:
    return (one for one in timetable.openings_after(at) if one.window.kind == "free" or one.classes)
