"""What has happened in the sample school before the demo opens: the first days of its term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from kiosk.domain import ClassCode
from kiosk.rotation.timetable import Timetable

STAFF_CARD: Final = "R900001"
STAFF_PIN: Final = "2580"

IN_TURN: Final = ClassCode("2024-1")
"""The class whose turn it is when the demo opens."""

_STAYED_AWAY: Final = ClassCode("2024-4")
"""A class whose homework has eaten its turn."""

_IN_BREAK: Final = (IN_TURN, ClassCode("2024-2"), ClassCode("2023-1"), ClassCode("2023-3"))
_SEATS_IN_BREAK: Final = range(21, 26)
_SEAT_IN_TURN: Final = 20
_SEATS_NOW: Final = (*range(9, 19), 21, 22)
_PACE: Final = timedelta(seconds=15)
_HELD_BOOK: Final = "30000005"


@dataclass(frozen=True, slots=True)
class Visit:
    """Labels scanned one soon after the other, from an instant on."""

    at: datetime
    labels: tuple[str, ...]


def card_of(school_class: ClassCode, seat: int) -> str:
    """Write the card of a pupil by class and seat.

    >>> card_of(ClassCode("2024-1"), 3)
    'R240103'
    """
    cohort, _, number = school_class.partition("-")
    return f"R{cohort[-2:]}{int(number):02}{seat:02}"


def first_days(timetable: Timetable, moment: datetime, books: Sequence[str]) -> list[Visit]:
    """Think up who came and what was scanned from the term's first day to `moment`, in order.

    `books` are bar codes of books that any pupil may borrow, enough for all of them.
    """
    days = _Days(timetable, moment, iter(books))
    return sorted([*days.breaks(), *days.turns(), *days.by_staff(), *days.now()], key=_instant)


def _instant(visit: Visit) -> datetime:
    return visit.at


class _Days:
    """Deals out books; what is borrowed in the first break comes back in other visits."""

    def __init__(self, timetable: Timetable, moment: datetime, books: Iterator[str]) -> None:
        self._timetable = timetable
        self._moment = moment
        self._books = books
        self._lent: dict[str, str] = {}

    def breaks(self) -> Iterator[Visit]:
        """The break of the first Wednesday: some pupils of four classes."""
        readers = [card_of(code, seat) for code in _IN_BREAK for seat in _SEATS_IN_BREAK]
        at = self._on(2, time(10, 1))
        for place, card in enumerate(readers):
            self._lent[card] = next(self._books)
            yield Visit(at + _PACE * place, (card, self._lent[card]))

    def turns(self) -> Iterator[Visit]:
        """A pupil of each class whose turn it was, but for the class that did not come."""
        first, today = self._on(1).date(), self._moment.date()
        for step in range((today - first).days + 1):
            for opening in self._timetable.openings_on(first + timedelta(days=step)):
                if opening.closes_at > self._moment:
                    continue
                came = [code for code in opening.classes if code != _STAYED_AWAY]
                readers = [card_of(code, _SEAT_IN_TURN) for code in came]
                for place, card in enumerate(readers, 1):
                    yield Visit(opening.opens_at + _PACE * place, (card, next(self._books)))

    def by_staff(self) -> Iterator[Visit]:
        """A crate, a torn book, a call, a loan against a rule, and a hold that is ready."""
        back = [self._lent[card_of(_IN_BREAK[2], seat)] for seat in _SEATS_IN_BREAK[:3]]
        # The desk was on while the class stayed away: a teacher was there.
        yield Visit(self._on(4, time(12, 50)), ("R900002", next(self._books)))
        yield Visit(self._on(8, time(10, 5)), ("KC-RETURN", *back, "39999998", "KC-DONE"))
        torn = self._lent[card_of(_IN_BREAK[1], _SEATS_IN_BREAK[0])]
        yield Visit(self._on(9, time(10, 4)), (torn, "KC-DAMAGE-TORN"))
        yield Visit(self._on(9, time(10, 8)), ("KC-HELP",))
        on_duty, late = card_of(ClassCode("2023-5"), 2), card_of(IN_TURN, 30)
        lent_anyway = ("KC-DUTY", on_duty, late, next(self._books), "KC-REASON-2", late)
        yield Visit(self._on(9, time(16, 40)), lent_anyway)
        held = ("KC-HOLD", card_of(IN_TURN, 6), _HELD_BOOK, "KC-DONE")
        yield Visit(self._on(10, time(9, 10)), (STAFF_CARD, STAFF_PIN, *held))

    def now(self) -> Iterator[Visit]:
        """Who of the class in turn has come so far; some bring back what is due."""
        began = self._moment.replace(minute=30, second=5)
        for place, seat in enumerate(_SEATS_NOW):
            card = card_of(IN_TURN, seat)
            back = (self._lent[card],) if card in self._lent else ()
            taken = tuple(next(self._books) for _ in range(1 + place % 2))
            yield Visit(began + _PACE * place, (card, *back, *taken, card))

    def _on(self, day: int, at: time = time()) -> datetime:
        on = date(self._moment.year, self._moment.month, day)
        return datetime.combine(on, at, self._timetable.zone)
