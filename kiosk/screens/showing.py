"""What the screen is showing: per lane the last result and session, and when it goes away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from math import ceil
from typing import Final

from kiosk.domain import DeviceState, Hall, Lane, Note, Outcome, OutcomeKind, SessionView
from kiosk.screens.palette import LaneStyle
from kiosk.wording import Words
from kiosk.wording.outcomes import Said

SUMMARY_S: Final = 4.0
PASSING_S: Final = 6.0
"""How long a result without a session stays."""
SLIP_S: Final = 20.0
"""How long the demo's last slip covers a part of a small screen."""
HELP_S: Final = 120.0
"""How long a reader's call for the teacher stands on top."""
COUNTDOWN_S: Final = 5
_FORGOTTEN: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class LaneShown:
    """One lane's column; `until` is the monotonic instant at which it falls quiet by itself."""

    style: LaneStyle
    said: Said | None = None
    view: SessionView | None = None
    summary: bool = False
    greeting: bool = False
    crate: bool = False
    until: float | None = None
    typed: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to show but what to scan."""
        return self.said is None and self.view is None

    def seconds_left(self, now: datetime) -> int | None:
        """The countdown's number, while it counts: 5 in the last five seconds, down to 0."""
        if self.view is None or self.summary:
            return None
        left = ceil((self.view.ends_at - now).total_seconds())
        return max(left, 0) if left <= COUNTDOWN_S else None


@dataclass(frozen=True, slots=True)
class Scene:
    """All a page is painted from; painters read nothing else."""

    words: Words
    school: str
    zone: tzinfo
    now: datetime
    lanes: tuple[LaneShown, ...]
    hall: Hall | None = None
    devices: Mapping[str, DeviceState] = field(default_factory=dict)
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


def heard(shown: LaneShown, outcome: Outcome, said: Said, at: float) -> LaneShown:
    """Take an outcome into the lane's column; `at` is the monotonic instant."""
    if outcome.kind is OutcomeKind.SESSION_CLOSED:
        return _closed(shown, outcome, said, at)
    crate = _crate(shown.crate, outcome)
    until = None if outcome.view else at + PASSING_S
    if _keeps(shown, outcome, said):
        until = shown.until if shown.summary else until
        return replace(shown, view=outcome.view or shown.view, crate=crate, until=until)
    if outcome.view is None and _is_wordless(said):
        return LaneShown(shown.style, crate=crate, typed=shown.typed)
    return LaneShown(
        shown.style,
        said,
        outcome.view,
        greeting=outcome.kind is OutcomeKind.SESSION_OPENED,
        crate=crate,
        until=until,
        typed=shown.typed,
    )


def called(calls: Mapping[Lane, float], outcome: Outcome, at: float) -> Mapping[Lane, float]:
    """The lanes where the teacher is called for, after an outcome at the monotonic instant."""
    if outcome.note is not Note.HELP_CALLED:
        return calls
    return {**calls, outcome.lane: at + HELP_S}


def faded(shown: LaneShown, at: float, now: datetime) -> LaneShown:
    """The column as time leaves it: quiet once its seconds are over."""
    over = shown.until is not None and at >= shown.until
    # A session whose end was never told must not leave a name on the screen.
    over |= shown.until is None and shown.view is not None and now > shown.view.ends_at + _FORGOTTEN
    return LaneShown(shown.style, crate=shown.crate, typed=shown.typed) if over else shown


def _closed(shown: LaneShown, outcome: Outcome, said: Said, at: float) -> LaneShown:
    shows_it = shown.view is not None and shown.view.session == outcome.session
    if not shows_it or outcome.view is None:
        # Told after the next reader's first scan, or never seen here: not for those who look now.
        return shown
    shown = replace(shown, said=said, view=outcome.view, until=at + SUMMARY_S)
    return replace(shown, summary=True, greeting=False)


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


def _is_wordless(said: Said) -> bool:
    return not (said.keyword or said.subject or said.lines)


def _crate(before: bool, outcome: Outcome) -> bool:
    if outcome.note is Note.CRATE_OPENED:
        return True
    ended = outcome.note is Note.CRATE_CLOSED or outcome.view is not None
    return before and not ended
