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
    OK = "OK"
    # What a monitor on duty may do.
    LANE = "LANE"
    CLOCK = "CLOCK"
    SHEET = "SHEET"
    # What staff may do.
    CANCEL = "CANCEL"
    CLOSE = "CLOSE"
    LOST = "LOST"
    FOUND = "FOUND"
    REPAIR = "REPAIR"
    REPAIRED = "REPAIRED"
    WRITEOFF = "WRITEOFF"
    CHARGE = "CHARGE"
    PAID = "PAID"
    REPLACED = "REPLACED"
    WAIVE = "WAIVE"
    HOLD = "HOLD"
    UNHOLD = "UNHOLD"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    CARDLOST = "CARDLOST"
    NEWCARD = "NEWCARD"
    TEMPCARD = "TEMPCARD"
    CLEAR = "CLEAR"
    RECALL = "RECALL"
    TODO = "TODO"


class Damage(StrEnum):
    """What is wrong with a book that has come back; the labels on the desk's damage card."""

    DOODLED = "DOODLED"
    TORN = "TORN"
    PAGES = "PAGES"
    WET = "WET"


class Reason(StrEnum):
    """Why a monitor or staff lend against a rule; the number is the label's."""

    TEACHER_AGREED = "1"
    TURN_MISSED = "2"
    NEEDED_IN_LESSON = "3"
    QUEUE_TOO_LONG = "4"
    OTHER = "5"


class TodoKind(StrEnum):
    """What is left for staff to look at."""

    UNKNOWN_LABEL = "unknown_label"
    UNKNOWN_CARD = "unknown_card"
    LOST_CAME_BACK = "lost_came_back"
    DAMAGE = "damage"
    NO_LABEL = "no_label"
    HELP = "help"
    WRONG_PIN = "wrong_pin"


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
    ON_HOLD_FOR_OTHER = "on_hold_for_other"
    OVERDUE_ITEMS = "overdue_items"
    UNPAID_CHARGE = "unpaid_charge"
    LIMIT_REACHED = "limit_reached"
    COLLECTION_LIMIT_REACHED = "collection_limit_reached"
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
    HELD = "held"
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
    CHANGED_READER = "changed_reader"  # another card within 5 s of the last
    IN_ROOM = "in_room"  # lent to be read here
    NOTHING_DONE = "nothing_done"  # the session ended and nothing was lent or returned
    IDLE = "idle"  # the session ended by time
    ELSEWHERE = "elsewhere"  # the reader's card was scanned on another lane
    CRATE_OPENED = "crate_opened"  # return mode without a card
    CRATE_CLOSED = "crate_closed"
    # Rights
    DUTY_CARD = "duty_card"  # the duty label: now the monitor's own card
    DUTY_BEGAN = "duty_began"
    DUTY_ENDED = "duty_ended"
    NOT_A_MONITOR = "not_a_monitor"
    NEEDS_MONITOR = "needs_monitor"
    NEEDS_STAFF = "needs_staff"
    NOT_FOR_YOURSELF = "not_for_yourself"  # a monitor's right used on the monitor's own card
    STAFF_BEGAN = "staff_began"
    WRONG_PIN = "wrong_pin"
    PIN_WAIT = "pin_wait"  # too many wrong PINs: try again later
    PIN_PART = "pin_part"  # a digit label was taken; more digits or OK
    CLOCK_CONFIRMED = "clock_confirmed"
    CLOCK_NOT_CONFIRMED = "clock_not_confirmed"  # behind the record, or more than 30 days ahead
    BY_BINDER = "by_binder"  # a session opened from the class binder
    BY_DAY_CARD = "by_day_card"
    OVERRIDDEN = "overridden"  # lent against a rule, with a reason
    NOTHING_TO_OVERRIDE = "nothing_to_override"
    SCAN_BOOK = "scan_book"  # a verb waits for a book
    SCAN_READER = "scan_reader"  # a verb waits for a card or a binder line
    SCAN_CLASS = "scan_class"  # a verb waits for a class label
    SCAN_NEW_CARD = "scan_new_card"
    ENTER_NUMBER = "enter_number"  # a verb waits for digits, from the keypad or the digit card
    NOT_NOW = "not_now"  # a label that means nothing at this moment
    # Turns
    WINDOW_OPENED = "window_opened"
    WINDOW_EXTENDED = "window_extended"
    WINDOW_ENDED = "window_ended"
    TURN_CANCELLED = "turn_cancelled"
    NO_TURN_TODAY = "no_turn_today"
    BOARD_SHOWN = "board_shown"
    BOARD_HIDDEN = "board_hidden"
    LANE_RETURNS = "lane_returns"  # the lane takes books back only, until the label again
    LANE_LENDS = "lane_lends"
    SHEET_QUEUED = "sheet_queued"
    RECALL_QUEUED = "recall_queued"
    CLEARED = "cleared"  # the clearance slip is coming
    NOT_CLEARED = "not_cleared"  # books or charges are still open
    # Stock
    SET_ASIDE = "set_aside"  # checked in and kept for a hold
    OVERDUE_BACK = "overdue_back"  # checked in late
    OTHER_CLASS = "other_class"  # a crate has a book of another class
    FOUND_LOST = "found_lost"  # a lost book has come back
    DAMAGE_NOTED = "damage_noted"
    NO_BOOK_FOR_DAMAGE = "no_book_for_damage"
    HOLD_PLACED = "hold_placed"
    HOLD_ENDED = "hold_ended"
    HOLD_REFUSED = "hold_refused"
    ITEM_CHANGED = "item_changed"  # its status is other than before
    CHARGED = "charged"
    SETTLED = "settled"
    NO_CHARGE = "no_charge"
    READER_CHANGED = "reader_changed"
    CARD_REPLACED = "card_replaced"
    CARD_TAKEN = "card_taken"  # the new card is another reader's
    DAY_CARD_QUEUED = "day_card_queued"
    TODO_SHOWN = "todo_shown"
    TODO_CLOSED = "todo_closed"
    NO_SUCH_LINE = "no_such_line"


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
class Outcome:
    """What became of a scan, or of a session that ended by itself (`scan` and `label_kind` None).

    `seq` is the journal row, None when nothing was written. `title` is the item's title as
    catalogued. `view` is the lane's session after the scan (for `session_closed`: as it was when
    it ended), None without one. `crate` is the lane's crate, `page` a staff table. `values` are
    what the note's sentence needs, plain JSON values as in a block.
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
    crate: CrateView | None = None
    page: StaffPage | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


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
    """A scanner or the printer: working or not, and why, in one short code.

    `cause` is one of `missing`, `busy`, `denied`, `gone`, `timeout`, `error`, and of a printer also
    `paper_out`, `cover_open`, `cutter`, `hot`, `offline`, or `paper_low` with `up` True: it prints,
    but not for long. None: all is well. Told again whenever the cause changes; `detail` is for
    the log.
    """

    device: str
    role: Literal["scanner", "printer"]
    up: bool
    lane: Lane | None = None
    cause: str | None = None
    detail: str | None = None
