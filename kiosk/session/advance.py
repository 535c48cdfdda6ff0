"""The next step for a scan, by the lane's state, the label and what the ledger knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from kiosk.domain import BlockCode, Command, Deed, LaneUse, Mode, Note
from kiosk.domain.facts import LastReturn, OpenLoan, ReaderFacts
from kiosk.session.lane import (
    SLIP_LATER,
    UNDO_DISPLACED,
    DeskRules,
    DoneDeed,
    LaneState,
)

Cause = Literal["card", "done", "other_card", "elsewhere", "idle", "slip", "stop", "crash"]


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing is to be done: the outcome is `ignored`."""

    note: Note


@dataclass(frozen=True, slots=True)
class Attend:
    """Nothing can be done as it is: the outcome is `attention`."""

    note: Note


@dataclass(frozen=True, slots=True)
class EndSession:
    """The lane's session ends."""

    cause: Cause


@dataclass(frozen=True, slots=True)
class CloseCrate:
    """The run of check-ins without a card ends."""


@dataclass(frozen=True, slots=True)
class OpenCrate:
    """Books are taken back without a card."""


@dataclass(frozen=True, slots=True)
class SetMode:
    """The session goes on in another mode."""

    mode: Mode


@dataclass(frozen=True, slots=True)
class Undo:
    """One deed is taken back."""

    deed: DoneDeed


@dataclass(frozen=True, slots=True)
class PrintSlip:
    """The slip of a session that has ended is printed."""

    session: int


@dataclass(frozen=True, slots=True)
class OpenFor:
    """A session begins for the reader."""

    reader: ReaderFacts


@dataclass(frozen=True, slots=True)
class RefuseCard:
    """The card opens nothing, and ends the lane's session all the same."""

    code: BlockCode


@dataclass(frozen=True, slots=True)
class CheckOut:
    """The rules are asked whether the item may be lent."""

    lent_to_other: bool = False


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The loan ends."""

    loan: OpenLoan


@dataclass(frozen=True, slots=True)
class Renew:
    """The rules are asked whether the loan may go on."""

    loan: OpenLoan


CommandStep = Ignore | Attend | EndSession | CloseCrate | OpenCrate | SetMode | Undo | PrintSlip
CardStep = OpenFor | RefuseCard | EndSession
ItemStep = Ignore | Attend | CheckOut | CheckIn | Renew


@dataclass(frozen=True, slots=True)
class ItemSituation:
    """Where an item stands: on whose loan, or when it came back from whose, or lost."""

    loan: OpenLoan | None
    last_return: LastReturn | None
    is_lost: bool = False


def on_card(state: LaneState, reader: ReaderFacts | None) -> CardStep:
    """Say what a card does: open, end, or be refused."""
    if reader is None:
        return RefuseCard(BlockCode.CARD_UNKNOWN)
    if reader.status == "lost":
        return RefuseCard(BlockCode.CARD_LOST)
    if state.session is not None and state.session.reader_id == reader.id:
        return EndSession("card")
    return OpenFor(reader)


def on_command(state: LaneState, command: Command, at: datetime) -> CommandStep:
    """Say what a command label does on this lane now."""
    match command:
        case Command.DONE:
            return _done(state)
        case Command.RETURN | Command.RENEW:
            return _change_mode(state, Mode.RETURN if command is Command.RETURN else Mode.RENEW)
        case Command.UNDO:
            return _undo(state, at)
        case Command.SLIP:
            return _slip(state, at)
        case Command.HELP:
            return Attend(Note.HELP_CALLED)
        case _:
            return Attend(Note.NOT_NOW)


def on_item(state: LaneState, situation: ItemSituation, at: datetime, rules: DeskRules) -> ItemStep:
    """Say what an item scan means, by the lane's mode and where the item stands."""
    if situation.is_lost and situation.loan is None:
        lends = state.session is not None and state.mode is not Mode.RETURN
        return CheckOut() if lends else Attend(Note.FOUND_LOST)
    if state.mode is Mode.RETURN:
        return _take_back(situation, at, rules)
    if state.session is None:
        return _without_card(state, situation, at, rules)
    loan = situation.loan
    if loan is None:
        back = situation.last_return
        own = back is not None and back.reader_id == state.session.reader_id
        return Ignore(Note.ALREADY_BACK) if own and _is_fresh(back, at, rules) else CheckOut()
    if loan.reader_id != state.session.reader_id:
        may_return = rules.found_on_loan == "return" and state.use is not LaneUse.BORROW
        return CheckIn(loan) if may_return else CheckOut(lent_to_other=True)
    if state.mode is Mode.RENEW:
        return Renew(loan)
    return _given_back(state, loan, at, rules)


def _take_back(situation: ItemSituation, at: datetime, rules: DeskRules) -> ItemStep:
    if situation.loan is not None:
        return CheckIn(situation.loan)
    if _is_fresh(situation.last_return, at, rules):
        return Ignore(Note.ALREADY_BACK)
    return Attend(Note.NOT_LENT)


def _without_card(
    state: LaneState, situation: ItemSituation, at: datetime, rules: DeskRules
) -> ItemStep:
    if situation.loan is None:
        fresh = _is_fresh(situation.last_return, at, rules)
        return Ignore(Note.ALREADY_BACK) if fresh else Attend(Note.CARD_FIRST)
    return _given_back(state, situation.loan, at, rules)


def _given_back(state: LaneState, loan: OpenLoan, at: datetime, rules: DeskRules) -> ItemStep:
    """A plain scan of a book that is out: back it comes, unless it has just gone out."""
    if _is_recent(loan.checked_out_at, at, rules):
        return Ignore(Note.ALREADY_YOURS)
    return Attend(Note.BORROW_ONLY) if state.use is LaneUse.BORROW else CheckIn(loan)


def _is_fresh(came_back: LastReturn | None, at: datetime, rules: DeskRules) -> bool:
    return came_back is not None and _is_recent(came_back.checked_in_at, at, rules)


def _is_recent(then: datetime, at: datetime, rules: DeskRules) -> bool:
    # A clock behind the record is doubted: it tells nothing, and books must come back under it.
    return timedelta(0) <= at - then < rules.settle


def _done(state: LaneState) -> CommandStep:
    if state.session is not None:
        return EndSession("done")
    return CloseCrate() if state.crate is not None else Ignore(Note.NOTHING_OPEN)


def _change_mode(state: LaneState, mode: Mode) -> CommandStep:
    if mode is Mode.RETURN and state.use is LaneUse.BORROW:
        return Attend(Note.BORROW_ONLY)
    if mode is Mode.RENEW and state.is_return_lane:
        return Attend(Note.RETURN_ONLY)
    if state.session is not None:
        return SetMode(mode)
    return OpenCrate() if mode is Mode.RETURN else Attend(Note.CARD_FIRST)


def _undo(state: LaneState, at: datetime) -> CommandStep:
    session, ended = state.session, state.ended
    if session is not None and session.deeds:
        last = session.deeds[-1]
        if last.deed is not Deed.LENT and last.reader_id != session.reader_id:
            return Attend(Note.READER_NOT_HERE)
        return Undo(last)
    if session is None and state.crate is not None and state.crate.deeds:
        return Undo(state.crate.deeds[-1])
    if ended is not None and ended.displaced and ended.deeds:
        last = ended.deeds[-1]
        if last.deed is Deed.LENT and at - ended.at <= UNDO_DISPLACED:
            return Undo(last)
    return Attend(Note.NOTHING_TO_UNDO)


def _slip(state: LaneState, at: datetime) -> CommandStep:
    if state.session is not None:
        return EndSession("slip")
    ended = state.ended
    if ended is not None and ended.printable and at - ended.at <= SLIP_LATER:
        return PrintSlip(ended.session)
    return Attend(Note.NOTHING_TO_PRINT)
