"""What became of a scan: its kind, the note that chooses the sentence, and all the screen needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from kiosk.domain.blocks import Block
from kiosk.domain.scans import Deed, Mode
from kiosk.domain.views import CrateView, SessionView, StaffPage
from kiosk.domain.words import Barcode, Card, Lane, Value


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
    # Visits
    VISIT_BEGAN = "visit_began"
    VISIT_ENDED = "visit_ended"
    VISIT_NOTED = "visit_noted"  # the card again moments later
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
    # Devices
    DEVICES_SHOWN = "devices_shown"  # the screen lists its devices, which the desk does not know


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
