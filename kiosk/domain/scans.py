"""What comes in: a scan, the labels a school prints, and what a lane takes them for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.words import Lane


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
    VISIT = "visit"  # a card says that its reader is here; nothing is lent


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
    DEVICES = "DEVICES"


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


class Deed(StrEnum):
    """What a session did to one item."""

    LENT = "lent"
    RETURNED = "returned"
    RENEWED = "renewed"
