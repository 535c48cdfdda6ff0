"""What the screen is showing: per lane the last result and session, and when it goes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import Final

from kiosk.domain import (
    BlockCode,
    CrateView,
    DeviceState,
    Hall,
    Lane,
    Note,
    Outcome,
    OutcomeKind,
    SessionView,
    StaffPage,
    TurnNow,
)
from kiosk.screens.palette import LaneStyle
from kiosk.wording import Words
from kiosk.wording.outcomes import Said, Tone

SUMMARY_S: Final = 4.0
PASSING_S: Final = 6.0
"""How long a result without a session stays."""
CRATE_CLOSED_S: Final = 10.0
"""How long the sum of a crate stays: its bearer reads it from the lane."""
SLIP_S: Final = 20.0
"""How long the demo's last slip covers a part of a small screen."""
HELP_S: Final = 120.0
"""How long a reader's call for the teacher stands on top."""
COUNTDOWN_S: Final = 5
WARNING: Final = timedelta(minutes=5)
"""How long before a window's end the screen says so."""
_FORGOTTEN: Final = timedelta(seconds=30)
_CRATE_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class CrateLine:
    """One book of a crate: what is said of it, and the outcome for what is to be looked at."""

    said: Said
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CrateShown:
    """A crate on a lane, its newest book first."""

    view: CrateView
    lines: tuple[CrateLine, ...]


@dataclass(frozen=True, slots=True)
class DeviceShown:
    """A device's state, since when it is so, and when it changed of late, the latest last."""

    state: DeviceState
    since: datetime
    changes: tuple[datetime, ...] = ()

    def reads_as(self, state: DeviceState) -> bool:
        """Tell whether a state says nothing new of the device."""
        return (self.state.up, self.state.cause) == (state.up, state.cause)


@dataclass(frozen=True, slots=True)
class LaneShown:
    """One lane's column; `until` is the monotonic instant at which it falls quiet by itself.

    `returns` says that a monitor's label keeps the lane to returns; `page` is a staff table,
    `page_from` how many of its lines are scrolled away; with `lists_devices` it is the devices',
    which changes with them. `keys_from` is how many of the staff keys are turned away.
    """

    style: LaneStyle
    said: Said | None = None
    view: SessionView | None = None
    summary: bool = False
    greeting: bool = False
    crate: CrateShown | None = None
    until: float | None = None
    typed: str = ""
    returns: bool = False
    page: StaffPage | None = None
    page_from: int = 0
    lists_devices: bool = False
    keys_from: int = 0

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to show but what to scan."""
        return self.said is None and self.view is None and self.crate is None

    @property
    def is_staff(self) -> bool:
        """Whether a staff session is open here."""
        return self.view is not None and self.view.staff and not self.summary

    def seconds_left(self, now: datetime) -> int | None:
        """The countdown's number, while it counts: 5 in the last five seconds, down to 0."""
        if self.view is None or self.summary:
            return None
        left = ceil((self.view.ends_at - now).total_seconds())
        return max(left, 0) if left <= COUNTDOWN_S else None

    def quiet(self) -> LaneShown:
        """The column with nothing on it."""
        return LaneShown(self.style, typed=self.typed, returns=self.returns)


@dataclass(frozen=True, slots=True)
class Scene:
    """All a page is painted from; painters read nothing else."""

    words: Words
    school: str
    zone: tzinfo
    now: datetime
    lanes: tuple[LaneShown, ...]
    hall: Hall | None = None
    devices: Mapping[str, DeviceShown] = field(default_factory=dict)
    side: str | None = None
    hint: str = ""
    slip: str = ""
    slip_until: float = 0.0
    calls: Mapping[Lane, float] = field(default_factory=dict)
    """Lanes where the teacher was called, and the monotonic instant until which it is shown."""

    @property
    def local_now(self) -> datetime:
        """The school's time."""
        return self.now.astimezone(self.zone)

    def local(self, at: datetime) -> datetime:
        """An instant in the school's time; a naive one is taken to be so already."""
        return at.replace(tzinfo=self.zone) if at.tzinfo is None else at.astimezone(self.zone)

    @property
    def lends(self) -> bool:
        """Whether the page may invite to borrow: a window is open and the clock is believed."""
        hall = self.hall
        return hall is None or (bool(hall.now) and hall.clock != "doubted" and hall.ledger_ok)

    @property
    def ending_at(self) -> datetime | None:
        """The end of the window that closes next, in its last five minutes; else None."""
        return None if self.ending is None else self.local(self.ending.closes_at)

    @property
    def ending(self) -> TurnNow | None:
        """The window that closes next, in its last five minutes; else None.

        A free window that ends while others go on hurries nobody.
        """
        if self.hall is None or not self.lends:
            return None
        turns = self.hall.now
        coming = [
            turn
            for turn in turns
            if not turn.in_grace
            and (turn.is_class or len(turns) == 1)
            and timedelta(0) < self.local(turn.closes_at) - self.local_now <= WARNING
        ]
        return min(coming, key=lambda turn: turn.closes_at, default=None)

    def lead(self, turns: tuple[TurnNow, ...]) -> tuple[list[TurnNow], list[TurnNow]]:
        """Part the open windows: those the page is about, which end together, and the others.

        A class in its time comes before a free window, and one whose time is up last.
        """
        first = min(turns, key=lambda turn: (turn.in_grace, not turn.is_class))
        alike = [
            turn
            for turn in turns
            if (turn.is_class, turn.in_grace, turn.closes_at)
            == (first.is_class, first.in_grace, first.closes_at)
        ]
        return alike, [turn for turn in turns if turn not in alike]

    def minutes_until(self, at: datetime) -> int:
        """Count the begun minutes until an instant, 0 after it."""
        return max(0, ceil((self.local(at) - self.local_now).total_seconds() / 60))


def greeted(scene: Scene, outcome: Outcome, said: Said) -> Said:
    """Tell a pupil with the greeting already that there is no borrowing just now."""
    view = outcome.view
    is_plain = outcome.kind is OutcomeKind.SESSION_OPENED and outcome.note is None
    if not is_plain or view is None or view.kind != "student" or scene.lends or said.subject:
        return said
    return replace(said, lines=(scene.words.tr("No borrowing now. To return, scan the book"),))


def heard(shown: LaneShown, outcome: Outcome, said: Said, at: float) -> LaneShown:
    """Take an outcome into the lane's column; `at` is the monotonic instant."""
    if outcome.note in (Note.LANE_RETURNS, Note.LANE_LENDS):
        shown = replace(shown, returns=outcome.note is Note.LANE_RETURNS)
    if outcome.kind is OutcomeKind.SESSION_CLOSED:
        return _closed(shown, outcome, said, at)
    if outcome.note is Note.CRATE_CLOSED:
        return _crate_closed(shown, outcome, said, at)
    crate = _crate(shown, outcome, said)
    if crate is not None:
        kept = shown.said if _is_wordless(said) else said
        return replace(shown.quiet(), said=kept, crate=crate)
    return _served(shown, outcome, said, at)


def called(calls: Mapping[Lane, float], outcome: Outcome, at: float) -> Mapping[Lane, float]:
    """The lanes where the teacher is called for, after an outcome at the monotonic instant."""
    if outcome.note is not Note.HELP_CALLED:
        return calls
    return {**calls, outcome.lane: at + HELP_S}


def faded(shown: LaneShown, at: float, now: datetime) -> LaneShown:
    """The column as time leaves it: quiet once its seconds are over."""
    over = shown.until is not None and at >= shown.until
    # A session whose end was never told must not stay on the screen. A crate must, until it is
    # closed: the next book would be taken back into it all the same.
    over |= shown.until is None and shown.view is not None and now > shown.view.ends_at + _FORGOTTEN
    return shown.quiet() if over else shown


def _served(shown: LaneShown, outcome: Outcome, said: Said, at: float) -> LaneShown:
    until = None if outcome.view else at + PASSING_S
    if _keeps(shown, outcome, said):
        until = shown.until if shown.summary else until
        return replace(shown, view=outcome.view or shown.view, until=until)
    if outcome.view is None and _is_wordless(said):
        return shown.quiet()
    page, page_from = outcome.page, 0
    lists_devices = outcome.note is Note.DEVICES_SHOWN
    if page is None and _keeps_page(shown, outcome):
        page, page_from, lists_devices = shown.page, shown.page_from, shown.lists_devices
    # A table is its own answer; only what is new about it, or asked for, is said beside it.
    is_asked = outcome.note is Note.ENTER_NUMBER
    is_answered = outcome.page is not None and said.tone is Tone.QUIET and not is_asked
    return replace(
        shown.quiet(),
        said=None if is_answered else said,
        view=outcome.view,
        greeting=outcome.kind is OutcomeKind.SESSION_OPENED,
        until=until,
        page=page,
        page_from=page_from,
        lists_devices=lists_devices,
    )


def _closed(shown: LaneShown, outcome: Outcome, said: Said, at: float) -> LaneShown:
    shows_it = shown.view is not None and shown.view.session == outcome.session
    if not shows_it or outcome.view is None:
        # Told after the next reader's first scan, or never seen here: not for those who look now.
        return shown
    shown = replace(shown, said=said, view=outcome.view, until=at + SUMMARY_S)
    shown = replace(shown, page=None, page_from=0, lists_devices=False)
    return replace(shown, summary=True, greeting=False)


def _crate(shown: LaneShown, outcome: Outcome, said: Said) -> CrateShown | None:
    """The lane's crate after an outcome, None without one."""
    before = None if shown.summary else shown.crate
    if outcome.note is Note.CRATE_OPENED:
        return CrateShown(outcome.crate or CrateView(0), ())
    is_over = outcome.view is not None or outcome.label_kind == "card"
    view = outcome.crate or (before.view if before is not None and not is_over else None)
    if view is None:
        return None
    lines = before.lines if before is not None else ()
    if outcome.scan is not None and _is_book(outcome):
        lines = _with_line(lines, CrateLine(said, outcome))
    return CrateShown(view, lines)


def _is_book(outcome: Outcome) -> bool:
    """Whether an outcome in a crate is about a book that lies in it, or beside it in the tray."""
    match outcome.kind:
        case OutcomeKind.CHECKED_IN | OutcomeKind.UNDONE:
            return True
        case OutcomeKind.REFUSED:
            return any(block.code is BlockCode.ITEM_UNKNOWN for block in outcome.blocks)
        case OutcomeKind.ATTENTION:
            return outcome.note in (Note.NOT_LENT, Note.FOUND_LOST)
        case _:
            return False


def _with_line(lines: tuple[CrateLine, ...], line: CrateLine) -> tuple[CrateLine, ...]:
    """Put a book on top; what was undone, or is undone, keeps its one line."""
    book = _book(line)
    if line.outcome.kind is OutcomeKind.UNDONE and book in map(_book, lines):
        return tuple(line if _book(one) == book else one for one in lines)
    return (line, *(one for one in lines if _book(one) != book))[:_CRATE_LINES]


def _book(line: CrateLine) -> tuple[str | None, str | None]:
    return line.outcome.barcode or line.outcome.scan, line.outcome.title


def _crate_closed(shown: LaneShown, outcome: Outcome, said: Said, at: float) -> LaneShown:
    if shown.crate is None:
        # A card that ended the crate is already served.
        return shown if shown.view is not None else _served(shown, outcome, said, at)
    crate = replace(shown.crate, view=outcome.crate or shown.crate.view)
    until = at + CRATE_CLOSED_S
    return replace(shown, said=said, crate=crate, summary=True, until=until)


def _keeps(shown: LaneShown, outcome: Outcome, said: Said) -> bool:
    """Whether the result before stays: the same label again, or nothing to say."""
    if shown.said is None:
        return False
    if shown.view is not None and not shown.summary:
        same = outcome.view is not None and outcome.view.session == shown.view.session
    else:
        same = outcome.view is None
    repeated = outcome.kind is OutcomeKind.IGNORED and outcome.note is Note.REPEAT
    return same and (repeated or _is_wordless(said))


def _keeps_page(shown: LaneShown, outcome: Outcome) -> bool:
    """Whether the staff table stays beside what is said: nothing of it has changed."""
    view = outcome.view
    if view is None or not view.staff or shown.view is None:
        return False
    changes_nothing = outcome.kind in (OutcomeKind.ATTENTION, OutcomeKind.IGNORED)
    return view.session == shown.view.session and (changes_nothing or outcome.note is Note.PIN_PART)


def _is_wordless(said: Said) -> bool:
    return not (said.keyword or said.subject or said.lines)
