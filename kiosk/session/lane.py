"""The state of one lane: who is being served, what was done, what was scanned just now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from kiosk import barcodes
from kiosk.barcodes import BinderLabel, CardLabel, CommandLabel, DayCardLabel, Label
from kiosk.domain import Barcode, Block, Card, Command, CrateView, Deed, Lane, LaneUse, Mode
from kiosk.domain.facts import Kept

CRATE_IDLE: Final = timedelta(seconds=60)
UNDO_DISPLACED: Final = timedelta(seconds=60)
SLIP_LATER: Final = timedelta(seconds=30)
CHANGED_READER: Final = timedelta(seconds=5)
STAFF_IDLE: Final = timedelta(seconds=60)
AWAITS: Final = timedelta(seconds=30)
"""How long a label such as KC-LOST waits for the book it is about."""


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

    For a renewal `due_before` is the due date it replaced. A returned book that was set aside has
    the `hold` it is kept for.
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
    hold: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedLoan:
    """The lane's last refusal of a loan or a renewal: what a reason label may override.

    `loan` is the loan that was to be renewed, None for a new one.
    """

    reader_id: int
    barcode: Barcode
    blocks: tuple[Block, ...]
    at: datetime
    loan: int | None = None


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A label that waits for what it is about: `got` are the labels scanned since."""

    command: Command
    at: datetime
    got: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Crate:
    """A run of check-ins without a card; `id` is the journal row that began it.

    `deeds` has the books that came back, `unknown` the labels of the tray list, `flagged` the
    books that came back late or belong to another class than the crate's first, `class_id`.
    `isbns` are those scanned instead of an item label.
    """

    id: int
    last_at: datetime
    deeds: tuple[DoneDeed, ...] = ()
    unknown: tuple[str, ...] = ()
    flagged: tuple[Barcode, ...] = ()
    set_aside: tuple[Barcode, ...] = ()
    isbns: tuple[str, ...] = ()
    class_id: int | None = None

    @property
    def view(self) -> CrateView:
        """The crate as the screen shows it."""
        return CrateView(len(self.deeds), self.unknown, len(self.flagged), len(self.set_aside))


@dataclass(frozen=True, slots=True)
class Left:
    """A session's reader has gone, though the record could not take its end yet."""

    cause: Literal["other_card", "card", "done", "slip"]
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One reader at one scanner; `id` is the journal row that opened it.

    `has_pin` says that the reader may become staff by a PIN; `staff` that the PIN was right.
    `without_card` says that the binder or a temporary card opened it: the card itself may be lost.
    """

    id: int
    reader_id: int
    card: Card
    opened_at: datetime
    last_at: datetime
    mode: Mode = Mode.LEND
    kept: Kept | None = None
    deeds: tuple[DoneDeed, ...] = ()
    left: Left | None = None
    has_pin: bool = False
    staff: bool = False
    without_card: bool = False


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

    `crate` is the open crate (return mode without a card), None without one; `seen` has the
    recent labels. `awaiting` is a label that waits for its object; `keyed` the digits of the
    digit card so far. `came_back` is the last book checked in here, for the damage labels.
    `returns_only` is a monitor's word, until it is taken back.
    """

    lane: Lane
    use: LaneUse = LaneUse.ANY
    session: OpenSession | None = None
    crate: Crate | None = None
    ended: Ended | None = None
    seen: tuple[tuple[str, datetime], ...] = ()
    awaiting: Awaiting | None = None
    keyed: str = ""
    refused: RefusedLoan | None = None
    came_back: DoneDeed | None = None
    came_back_at: datetime | None = None
    returns_only: bool = False

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
    def is_return_lane(self) -> bool:
        """Whether the lane never lends, by the settings or by a monitor's label."""
        return self.use is LaneUse.RETURN or self.returns_only

    @property
    def mode(self) -> Mode:
        """What a plain item scan means here and now."""
        if self.is_return_lane or self.crate is not None:
            return Mode.RETURN
        return self.session.mode if self.session is not None else Mode.LEND


def deadline(state: LaneState, rules: DeskRules) -> datetime | None:
    """Tell until when the lane's session or crate lasts without a further scan, end included."""
    if state.session is not None and state.session.left is not None:
        # Over before whatever is scanned next, even at the same instant.
        return state.session.left.at - timedelta.resolution
    if state.session is not None:
        return state.session.last_at + idle_time(state.session, rules)
    if state.crate is not None:
        return state.crate.last_at + CRATE_IDLE
    return None


def idle_time(session: OpenSession, rules: DeskRules) -> timedelta:
    """Tell how long a session lasts without a scan; staff read tables, so theirs lasts longer."""
    return max(STAFF_IDLE, rules.idle) if session.staff else rules.idle


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
    crate = state.crate and replace(state.crate, last_at=max(state.crate.last_at, at))
    return replace(state, session=session, crate=crate, seen=(*seen, (text, at)))


def opened(state: LaneState, session: OpenSession) -> LaneState:
    """Begin a session; a crate that was open is over."""
    return replace(state, session=session, crate=None)


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
        case BinderLabel() | DayCardLabel():
            # Whose they are only the record knows.
            left = Left("other_card", at)
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
    return replace(state, crate=None, ended=ended)


def did(state: LaneState, deed: DoneDeed) -> LaneState:
    """Add what was just done to the lane's session; without one nothing is remembered."""
    if state.session is None:
        return state
    return replace(state, session=replace(state.session, deeds=(*state.session.deeds, deed)))


def took_back(
    state: LaneState,
    deed: DoneDeed,
    at: datetime,
    *,
    flagged: bool = False,
    class_id: int | None = None,
) -> LaneState:
    """Add a book that came back to the session or the crate; a damage label now means it.

    `class_id` is the class of the reader who had it, `flagged` says that it is to be looked at.
    """
    state = replace(did(state, deed), came_back=deed, came_back_at=at)
    crate = state.crate
    if crate is None or state.session is not None:
        return state
    crate = replace(
        crate,
        deeds=(*crate.deeds, deed),
        flagged=(*crate.flagged, deed.barcode) if flagged else crate.flagged,
        set_aside=(*crate.set_aside, deed.barcode) if deed.hold is not None else crate.set_aside,
        class_id=class_id if crate.class_id is None else crate.class_id,
    )
    return replace(state, crate=crate)


def undid(state: LaneState, deed: DoneDeed) -> LaneState:
    """Forget a deed that was undone; the next scan of its label is no repeat.

    The undo label stays a repeat: scanned twice by a child in doubt it takes back one deed.
    """
    session, ended, crate = state.session, state.ended, state.crate
    if session is not None:
        session = replace(session, deeds=_without_deed(session.deeds, deed))
    if crate is not None:
        crate = _without(crate, deed)
    if ended is not None:
        # A displaced session gives back one book only: the one scanned before the card.
        is_of_it = any(one.seq == deed.seq for one in ended.deeds)
        ended = replace(ended, displaced=ended.displaced and not is_of_it)
    seen = tuple(
        one for one in state.seen if barcodes.clean(one[0]).upper() != deed.barcode.upper()
    )
    came_back = state.came_back
    if came_back is not None and came_back.seq == deed.seq:
        came_back = None
    return replace(state, session=session, ended=ended, crate=crate, seen=seen, came_back=came_back)


def _without(crate: Crate, deed: DoneDeed) -> Crate:
    deeds = _without_deed(crate.deeds, deed)
    if deeds == crate.deeds:
        return crate
    return replace(
        crate,
        deeds=deeds,
        flagged=tuple(one for one in crate.flagged if one != deed.barcode),
        set_aside=tuple(one for one in crate.set_aside if one != deed.barcode),
        class_id=crate.class_id if deeds else None,
    )


def _without_deed(deeds: tuple[DoneDeed, ...], undone: DoneDeed) -> tuple[DoneDeed, ...]:
    # By the journal's row: the same deed read from there may know more or less of itself.
    return tuple(one for one in deeds if one.seq != undone.seq)
