"""What the screen may show: a session, a crate, a staff table, the hall, a device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kiosk.domain.scans import Deed, Mode
from kiosk.domain.words import Barcode, Card, ClockState, Lane, ReaderKind


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One open loan as the screen and the slip list it."""

    barcode: Barcode
    title: str
    due_on: date
    overdue: bool = False
    in_room: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """One thing done in the current session and not undone since."""

    deed: Deed
    barcode: Barcode
    title: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class SessionView:
    """All the screen may show of a session: the reader, what is in hand, what was done.

    `limit` is the number of books the reader's usual rule allows (None: no rule lends);
    `done` and `loans` have the newest first. `ends_at` is when the session ends by itself
    if nothing more is scanned. `asks_pin` says that its reader becomes staff by a PIN.
    """

    session: int
    card: Card
    name: str
    class_label: str
    kind: ReaderKind
    mode: Mode
    loans: tuple[LoanLine, ...]
    done: tuple[Done, ...]
    limit: int | None
    ends_at: datetime
    staff: bool = False
    asks_pin: bool = False


@dataclass(frozen=True, slots=True)
class CrateView:
    """A crate as the screen shows it: how many came back, and what is to be looked at.

    `unknown` has the labels of the tray list; `flagged` counts books that came back late or
    belong to another class than most; `set_aside` counts books kept for a hold.
    """

    returned: int
    unknown: tuple[str, ...] = ()
    flagged: int = 0
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One line of a staff table: its number to choose it by, and its columns in words."""

    number: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffPage:
    """What a staff table shows: a heading, the column heads, lines, and what may be done now.

    `hints` are short lines such as `3 确定: 关闭第3条`, words ready to show.
    """

    heading: str
    heads: tuple[str, ...] = ()
    lines: tuple[StaffLine, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnNow:
    """A window that is open now, as the idle page shows it.

    `labels` are the classes whose turn it is, or the window's name alone when it is free for all.
    `come` and `expected` count the class's pupils who have had a session in this window or of
    whose books one was brought back in it, and all of them; None for free windows.
    `closes_at` is the end without grace; `in_grace` says that it has passed.
    """

    labels: tuple[str, ...]
    is_class: bool
    closes_at: datetime
    in_grace: bool = False
    come: int | None = None
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A later opening: when (local time), and for whom in words ready to show."""

    opens_at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Board:
    """A class's turn as the room sees it; no pupil is in two groups, names ready to show.

    `not_come`: owes nothing due and has not been here; `still_out`: has a book due by today;
    `returned`: has brought back all that was due; `borrowed`: took a book. Whoever came and did
    nothing is in no group. `come` and `expected` count pupils as `TurnNow` does. `opens_at` is
    set while the turn has not begun.
    """

    label: str
    closes_at: datetime
    not_come: tuple[str, ...] = ()
    still_out: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    borrowed: tuple[str, ...] = ()
    come: int = 0
    expected: int = 0
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """What the idle page shows: the school's time and whose turn it is now and next.

    `local_now` is aware, in the school's zone. `clock` is the state of the box's clock.
    `ledger_ok` is False while the record cannot be written. `board` is the class board while one
    is shown; `on_duty` the monitor's name; `todos` how many things wait for staff.
    `term_ends_on` is set from 14 days before the last term's end when no next one is in the
    settings; once it has passed, `has_next_term` False says that the new timetable is not set.
    """

    local_now: datetime
    clock: ClockState
    now: tuple[TurnNow, ...] = ()
    upcoming: tuple[Upcoming, ...] = ()
    ledger_ok: bool = True
    rehearsal: bool = False
    board: Board | None = None
    on_duty: str = ""
    todos: int = 0
    term_ends_on: date | None = None
    has_next_term: bool = True


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A scanner, the printer or the loudspeaker: working or not, and if not why, in a short code.

    `cause` is one of `missing`, `busy`, `denied`, `gone`, `timeout`, `error`, for a printer also
    `paper_out`, `cover_open`, `cutter`, `hot`, `offline`; and, while it works all the same,
    `paper_low` or, for a scanner, `stuck_key`. It is told again whenever the cause changes.
    `detail` is for the log.
    """

    device: str
    role: Literal["scanner", "printer", "sound"]
    up: bool
    lane: Lane | None = None
    cause: str | None = None
    detail: str | None = None
