"""The words everyone shares: readers, items, scans, blocks and outcomes.

Instants are aware datetimes in UTC; days are school-local dates; money is integer fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NewType

Card = NewType("Card", str)
Barcode = NewType("Barcode", str)
ClassCode = NewType("ClassCode", str)
"""Entry cohort and number, `2021-2`; never a grade, so nobody is promoted by hand."""

Lane = str
ReaderKind = Literal["student", "teacher", "class"]
ClockState = Literal["ok", "confirmed", "doubted"]
Value = str | int | None


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scanner read, stamped by the thread that read it.

    `fault` is set when the driver knows the label is damaged (events were dropped, noise on the
    line); `text` then holds what there was of it.
    """

    text: str
    lane: Lane
    at: datetime
    fault: str | None = None


class Mode(StrEnum):
    """What a plain item scan means on a lane."""

    LEND = "lend"
    RETURN = "return"
    RENEW = "renew"


class LaneUse(StrEnum):
    """What the settings allow on a lane at all."""

    ANY = "any"
    RETURN = "return"
    BORROW = "borrow"


class Command(StrEnum):
    """The command labels on the desk's card, without their prefix."""

    DONE = "DONE"
    UNDO = "UNDO"
    RETURN = "RETURN"
    RENEW = "RENEW"
    SLIP = "SLIP"
    HELP = "HELP"
    DUTY = "DUTY"


class BlockCode(StrEnum):
    """Why something is refused; the order of the members is the order of importance."""

    CLOCK_DOUBTED = "clock_doubted"
    LEDGER_UNAVAILABLE = "ledger_unavailable"
    LABEL_UNREADABLE = "label_unreadable"
    CARD_UNKNOWN = "card_unknown"
    ITEM_UNKNOWN = "item_unknown"
    ISBN_NOT_ITEM = "isbn_not_item"
    CARD_LOST = "card_lost"
    READER_SUSPENDED = "reader_suspended"
    READER_EXPIRED = "reader_expired"
    WINDOW_CLOSED = "window_closed"
    NOT_YOUR_TURN = "not_your_turn"
    TERM_CLOSING = "term_closing"
    NO_RULE = "no_rule"
    REFERENCE_ONLY = "reference_only"
    ITEM_WITHDRAWN = "item_withdrawn"
    ITEM_LOST = "item_lost"
    ITEM_IN_REPAIR = "item_in_repair"
    ON_LOAN_TO_OTHER = "on_loan_to_other"
    OVERDUE_ITEMS = "overdue_items"
    LIMIT_REACHED = "limit_reached"
    SAME_TITLE = "same_title"
    RENEWALS_EXHAUSTED = "renewals_exhausted"


BLOCK_ORDER: Mapping[BlockCode, int] = {code: place for place, code in enumerate(BlockCode)}


@dataclass(frozen=True, slots=True)
class Block:
    """One reason for a refusal, with the values behind it; `kiosk.wording` says it to a child.

    The keys of `values` per code are listed in `docs/headless.md` and are what the
    journal keeps: plain JSON values, dates as `YYYY-MM-DD`, times as `HH:MM`.
    """

    code: BlockCode
    values: Mapping[str, Value] = field(default_factory=dict)


class OutcomeKind(StrEnum):
    """What became of a scan."""

    SESSION_OPENED = "session_opened"
    SESSION_CLOSED = "session_closed"
    CHECKED_OUT = "checked_out"
    CHECKED_IN = "checked_in"
    RENEWED = "renewed"
    REFUSED = "refused"
    UNDONE = "undone"
    MODE_CHANGED = "mode_changed"
    SLIP_QUEUED = "slip_queued"
    ATTENTION = "attention"
    IGNORED = "ignored"


class Note(StrEnum):
    """What kind of `attention`, `ignored` or unusual outcome it was; chooses the sentence."""

    CARD_FIRST = "card_first"  # a book without a card, nothing lent
    ALREADY_YOURS = "already_yours"  # lent moments ago; a plain scan does not flip it
    ALREADY_BACK = "already_back"  # returned moments ago
    REPEAT = "repeat"  # the same label again within repeat_s
    NOT_LENT = "not_lent"  # to be returned or renewed, but not on loan
    NOTHING_TO_UNDO = "nothing_to_undo"
    READER_NOT_HERE = "reader_not_here"  # an undo would put a book on an absent reader
    NOTHING_TO_PRINT = "nothing_to_print"
    NOTHING_OPEN = "nothing_open"  # "done" without a session
    RETURN_ONLY = "return_only"  # a lane that never lends
    BORROW_ONLY = "borrow_only"  # a lane that takes nothing back
    HELP_CALLED = "help_called"
    NO_DUTY = "no_duty"
    CHANGED_READER = "changed_reader"  # another card within 5 s of the last
    IN_ROOM = "in_room"  # lent to be read here
    NOTHING_DONE = "nothing_done"  # the session ended and nothing was lent or returned
    IDLE = "idle"  # the session ended by time
    ELSEWHERE = "elsewhere"  # the reader's card was scanned on another lane
    CRATE_OPENED = "crate_opened"  # return mode without a card
    CRATE_CLOSED = "crate_closed"


@dataclass(frozen=True, slots=True)
class LoanLine:
    """One open loan as the screen and the slip list it."""

    barcode: Barcode
    title: str
    due_on: date
    overdue: bool = False
    in_room: bool = False


class Deed(StrEnum):
    """What a session did to one item."""

    LENT = "lent"
    RETURNED = "returned"
    RENEWED = "renewed"


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
    if nothing more is scanned.
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a scan, or of a session that ended by itself (`scan` and `label_kind` None).

    `seq` is the journal row, None when nothing was written. `title` is the item's title as
    catalogued. `view` is the lane's session after the scan (for `session_closed`: as it was when
    it ended), None without one.
    """

    at: datetime
    lane: Lane
    kind: OutcomeKind
    scan: str | None = None
    label_kind: str | None = None
    card: Card | None = None
    barcode: Barcode | None = None
    title: str | None = None
    due_on: date | None = None
    blocks: tuple[Block, ...] = ()
    note: Note | None = None
    mode: Mode | None = None
    undone: Deed | None = None
    session: int | None = None
    seq: int | None = None
    view: SessionView | None = None


@dataclass(frozen=True, slots=True)
class TurnNow:
    """A window that is open now, as the idle page shows it.

    `label` is the class or classes whose turn it is, or the window's name when it is free for all.
    `come` and `expected` count the class's readers who have had a session in this window; None
    for free windows.
    `closes_at` is the end without grace; `in_grace` says that it has passed.
    """

    label: str
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
class Hall:
    """What the idle page shows: the school's time and whose turn it is now and next.

    `local_now` is aware, in the school's zone. `clock` is the state of the box's clock.
    `ledger_ok` is False while the record cannot be written.
    """

    local_now: datetime
    clock: ClockState
    now: tuple[TurnNow, ...] = ()
    upcoming: tuple[Upcoming, ...] = ()
    ledger_ok: bool = True
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A scanner or the printer: working or not, and if not why, in one short code.

    `cause` is one of `missing`, `busy`, `denied`, `gone`, `timeout`, `error`; `detail` is for the
    log.
    """

    device: str
    role: Literal["scanner", "printer"]
    up: bool
    lane: Lane | None = None
    cause: str | None = None
    detail: str | None = None
