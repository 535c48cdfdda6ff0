"""What departs from the weekly timetable, as the settings give it: each a plain dated value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from kiosk.domain import ClassCode
from kiosk.rotation.windows import ClassRef, Turns, Window, grade_of_class


@dataclass(frozen=True, slots=True)
class Pause:
    """School days without lending, both ends included: for some grades, or for all (None)."""

    name: str
    first_on: date
    last_on: date
    grades: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """Windows and turns that hold instead of the normal ones, both ends included."""

    name: str
    first_on: date
    last_on: date
    windows: tuple[Window, ...]
    turns: Turns


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A window, or the turns of some classes in it, that does not take place on one day."""

    on: date
    window: str
    classes: tuple[ClassRef, ...] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A window, or the turns of some classes in it, at other times of its day."""

    on: date
    window: str
    opens: time
    closes: time
    classes: tuple[ClassRef, ...] | None = None


Change = Cancelled | Moved


@dataclass(frozen=True, slots=True)
class Swap:
    """Two classes that exchange one turn each; `window` None: the first of each on its day."""

    on: date
    school_class: ClassRef
    with_class: ClassRef
    with_on: date
    window: str | None = None


@dataclass(frozen=True, slots=True)
class ExtraTurn:
    """A turn in addition, to make up for one that was missed."""

    on: date
    window: str
    school_class: ClassRef


@dataclass(frozen=True, slots=True)
class Paused:
    """Who has no lending on a day: everybody, or some grades."""

    everybody: bool = False
    grades: frozenset[int] = frozenset()

    def has(self, school_class: ClassCode, on: date) -> bool:
        """Tell whether a class has no lending on the day."""
        return self.everybody or grade_of_class(school_class, on) in self.grades


@dataclass(frozen=True, slots=True)
class Exceptions:
    """Every exception of the settings, each kind in the order of the file."""

    pauses: tuple[Pause, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    changes: tuple[Change, ...] = ()
    swaps: tuple[Swap, ...] = ()
    extra_turns: tuple[ExtraTurn, ...] = ()

    def replacement_on(self, on: date) -> Replacement | None:
        """Find the timetable that replaces the normal one on a day, if any."""
        held = (one for one in self.replacements if one.first_on <= on <= one.last_on)
        return next(held, None)

    def pause_on(self, on: date) -> Pause | None:
        """Find the pause of the whole school on a day, if any."""
        return next((one for one in self._pauses_on(on) if one.grades is None), None)

    def paused_on(self, on: date) -> Paused:
        """Say who has no lending on a day."""
        pauses = self._pauses_on(on)
        if not pauses:
            return _NOBODY
        return Paused(
            any(one.grades is None for one in pauses),
            frozenset(grade for one in pauses for grade in one.grades or ()),
        )

    def _pauses_on(self, on: date) -> list[Pause]:
        return [one for one in self.pauses if one.first_on <= on <= one.last_on]


_NOBODY = Paused()
