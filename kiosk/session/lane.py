"""The state of one lane: who is being served, what was done, what was scanned just now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from kiosk import barcodes
from kiosk.barcodes import CardLabel, CommandLabel, Label
from kiosk.domain import Barcode, Card, Command, Deed, Lane, LaneUse, Mode
from kiosk.domain.facts import Kept

CRATE_IDLE: Final = timedelta(seconds=60)
UNDO_DISPLACED: Final = timedelta(seconds=60)
SLIP_LATER: Final = timedelta(seconds=30)
CHANGED_READER: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class DeskRules:
    """How a desk treats scans, from `[desk]` in the settings."""

    idle: timedelta = timedelta(seconds=20)
    repeat: timedelta = timedelta(seconds=2)
    settle: timedelta = timedelta(seconds=600)
    carry: timedelta = timedelta(seconds=180)
    found_on_loan: Literal["refuse", "return"] = "refuse"


@dataclass(frozen=True, slots=True)
class DoneDeed:
    """One thing a session did, with what undoing it needs; `seq` is its journal row.

    For a renewal `due_before` is the due date it replaced.
    """

    seq: int
    deed: Deed
    loan: int
    reader_id: int
    item_id: int
    barcode: Barcode
    title: str
    due_on: date | None = None
    due_before: date | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """A session's reader has gone, though the record could not take its end yet."""

    cause: Literal["other_card", "card", "done", "slip"]
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One reader at one scanner; `id` is the journal row that opened it."""

    id: int
    reader_id: int
    card: Card
    opened_at: datetime
    last_at: datetime
    mode: Mode = Mode.LEND
    kept: Kept | None = None
    deeds: tuple[DoneDeed, ...] = ()
    left: Left | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """The lane's last session: what a late slip and a late undo refer to.

    `displaced` is True when another card ended it; `printable` until another card is scanned.
    """

    session: int
    at: datetime
    displaced: bool = False
    printable: bool = True
    deeds: tuple[DoneDeed, ...] = ()
    reader_id: int = 0


@dataclass(frozen=True, slots=True)
class LaneState:
    """Everything a lane remembers between two scans.

    `crate_at` is the last scan of a crate (return mode without a card), None without one;
    `seen` has the recent labels.
    """

    lane: Lane
    use: LaneUse = LaneUse.ANY
    session: OpenSession | None = None
    crate_at: datetime | None = None
    ended: Ended | None = None
    seen: tuple[tuple[str, datetime], ...] = ()

    @property
    def session_id(self) -> int | None:
        """The session's id, None without one."""
        return None if self.session is None else self.session.id

    @property
    def reader_id(self) -> int | None:
        """The reader being served, None without a session."""
        return None if self.session is None else self.session.reader_id

    @property
    def card(self) -> Card | None:
        """The card being served, None without a session."""
        return None if self.session is None else self.session.card

    @property
    def mode(self) -> Mode:
        """What a plain item scan means here and now."""
        if self.use is LaneUse.RETURN or self.crate_at is not None:
            return Mode.RETURN
        return self.session.mode if self.session is not None else Mode.LEND


def deadline(state: LaneState, rules: DeskRules) -> datetime | None:
    """Tell until when the lane's session or crate lasts without a further scan, end included."""
    if state.session is not None and state.session.left is not None:
        # Over before whatever is scanned next, even at the same instant.
        return state.session.left.at - timedelta.resolution
    if state.session is not None:
        return state.session.last_at + rules.idle
    if state.crate_at is not None:
        return state.crate_at + CRATE_IDLE
    return None


def is_repeat(state: LaneState, text: str, at: datetime, rules: DeskRules) -> bool:
    """Tell whether the lane saw the same label less than the repeat time ago."""
    return any(label == text and _is_just(seen_at, at, rules) for label, seen_at in state.seen)


def _is_just(seen_at: datetime, at: datetime, rules: DeskRules) -> bool:
    # Either way round: a clock set back must not make strangers of now out of repeats of then.
    return abs(at - seen_at) < rules.repeat


def touched(state: LaneState, text: str, at: datetime, rules: DeskRules) -> LaneState:
    """Note a scan: it restarts the idle time and is remembered against repeats.

    A repeat counts from its last sight, so a book left under a scanner stays one scan.
    """
    seen = tuple(
        (label, seen_at)
        for label, seen_at in state.seen
        if label != text and _is_just(seen_at, at, rules)
    )
    session = state.session and replace(state.session, last_at=max(state.session.last_at, at))
    crate_at = state.crate_at and max(state.crate_at, at)
    return replace(state, session=session, crate_at=crate_at, seen=(*seen, (text, at)))


def opened(state: LaneState, session: OpenSession) -> LaneState:
    """Begin a session; a crate that was open is over."""
    return replace(state, session=session, crate_at=None)


def leaving(state: LaneState, label: Label, at: datetime) -> LaneState:
    """Note that a label which could not be recorded would have ended the session.

    Nothing more is lent in it: whoever scans next is not its reader.
    """
    session = state.session
    if session is None or session.left is not None:
        return state
    match label:
        case CardLabel(card):
            left = Left("card" if card == session.card else "other_card", at)
        case CommandLabel(Command.DONE):
            left = Left("done", at)
        case CommandLabel(Command.SLIP):
            left = Left("slip", at)
        case _:
            return state
    return replace(state, session=replace(session, left=left))


def closed(state: LaneState, at: datetime, *, displaced: bool = False) -> LaneState:
    """End the lane's session and remember it for a late slip and a late undo."""
    session = state.session
    if session is None:
        return state
    ended = Ended(session.id, at, displaced, not displaced, session.deeds, session.reader_id)
    return replace(state, session=None, ended=ended)


def other_card(state: LaneState) -> LaneState:
    """Note that a card was scanned: a crate is over, and no slip from before may be asked for."""
    ended = state.ended and replace(state.ended, printable=False)
    return replace(state, crate_at=None, ended=ended)


def did(state: LaneState, deed: DoneDeed) -> LaneState:
    """Add what was just done to the lane's session; without one nothing is remembered."""
    if state.session is None:
        return state
    return replace(state, session=replace(state.session, deeds=(*state.session.deeds, deed)))


def undid(state: LaneState, deed: DoneDeed) -> LaneState:
    """Forget a deed that was undone; the next scan of its label is no repeat.

    The undo label stays a repeat: scanned twice by a child in doubt it takes back one deed.
    """
    session, ended = state.session, state.ended
    if session is not None:
        session = replace(session, deeds=tuple(one for one in session.deeds if one != deed))
    if ended is not None:
        # A displaced session gives back one book only: the one scanned before the card.
        ended = replace(ended, displaced=ended.displaced and deed not in ended.deeds)
    seen = tuple(
        one for one in state.seen if barcodes.clean(one[0]).upper() != deed.barcode.upper()
    )
    return replace(state, session=session, ended=ended, seen=seen)
