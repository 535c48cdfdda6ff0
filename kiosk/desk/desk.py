"""The desk: takes a scan, gives outcomes; what it says yes to is on disk before it says so."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk import barcodes
from kiosk.barcodes import CardLabel, CommandLabel, IsbnLabel, ItemLabel, Unreadable
from kiosk.desk.cards import end_and_tell, scan_card
from kiosk.desk.clock import ClockWatch
from kiosk.desk.commands import scan_command
from kiosk.desk.items import current_view, refuse_label, scan_item
from kiosk.desk.steps import Desktop, Steps, cut_label, with_scan
from kiosk.domain import (
    Barcode,
    Block,
    BlockCode,
    ClockState,
    Lane,
    LaneUse,
    Mode,
    Note,
    Outcome,
    OutcomeKind,
    Scan,
    SessionView,
)
from kiosk.errors import LedgerError
from kiosk.ledger import facts
from kiosk.ledger.connection import Ledger
from kiosk.session.advance import Cause
from kiosk.session.lane import LaneState, OpenSession, deadline, is_repeat, leaving, touched

log = logging.getLogger(__name__)

_LATE: Final = timedelta(milliseconds=250)
"""A scan stamped in time may still be on its way to the desk when the clock says it is over."""

_PROBE_AFTER: Final = timedelta(seconds=5)
_AHEAD: Final = timedelta(hours=1)


class Desk:
    """All lanes of one box. Not thread-safe: the desk thread owns it and its ledger."""

    def __init__(
        self,
        desktop: Desktop,
        ledger: Ledger,
        watch: ClockWatch,
        lanes: Mapping[Lane, LaneUse],
    ) -> None:
        self._desktop = desktop
        self._ledger = ledger
        self._watch = watch
        self.lanes: dict[Lane, LaneState] = {
            lane: LaneState(lane, use) for lane, use in lanes.items()
        }
        self.ledger_ok = True
        self.slip_waits = False
        self._probed_at = datetime.min.replace(tzinfo=UTC)

    def handle(self, scan: Scan) -> list[Outcome]:
        """Answer one scan: first what ended by time before it, then what became of it."""
        outcomes, failed = self._end_idle(scan.at)
        if failed:
            return [*outcomes, self.unavailable(scan)]
        state = self.lanes[scan.lane]
        repeat = is_repeat(state, scan.text, scan.at, self._desktop.rules)
        if repeat:
            self.lanes[scan.lane] = touched(state, scan.text, scan.at, self._desktop.rules)
            return [*outcomes, self._ignore_repeat(scan)]
        try:
            return [*outcomes, *self._pass(scan)]
        except LedgerError as fault:
            log.warning("scan on lane %s not recorded: %s", scan.lane, fault)
            self.ledger_ok = False
            return [*outcomes, self.unavailable(scan)]

    def tick(self, now: datetime) -> list[Outcome]:
        """End what has been idle for too long, some moments late so that no scan is cut off.

        While nobody is being served the record is put in order; one that failed is tried again.
        """
        outcomes, failed = self._end_idle(now - _LATE)
        if not (self.ledger_ok or failed) and abs(now - self._probed_at) >= _PROBE_AFTER:
            self._probed_at = now
            self._probe_ledger()
        if all(deadline(state, self._desktop.rules) is None for state in self.lanes.values()):
            self._ledger.fold()
        return outcomes

    def next_deadline(self) -> datetime | None:
        """Tell when `tick` will next have something to end."""
        ends = [deadline(state, self._desktop.rules) for state in self.lanes.values()]
        return min((end + _LATE for end in ends if end is not None), default=None)

    def close_all(self, at: datetime, cause: Cause = "stop") -> list[Outcome]:
        """End every session, as the desk stops."""
        outcomes: list[Outcome] = []
        for lane, state in self.lanes.items():
            if state.session is not None:
                ended, _ = self._end(lane, at, cause, None)
                outcomes.extend(ended)
        return outcomes

    def recover(self, at: datetime) -> list[Outcome]:
        """End the sessions that a crash left open, and queue their slips."""
        with self._ledger.reading():
            left = facts.sessions_left_open(self._ledger.db, self._desktop.desk)
        outcomes: list[Outcome] = []
        for session in left:
            steps = self._steps(at)
            with self._ledger.transaction():
                reader = facts.reader_of_id(steps.db, session.reader_id)
                steps.lanes[session.lane] = LaneState(
                    session.lane,
                    session=OpenSession(
                        session.id, reader.id, reader.card, at, at, deeds=session.deeds
                    ),
                )
                end_and_tell(steps, session.lane, "crash")
            self._written(steps)
            outcomes.extend(steps.outcomes)
        return outcomes

    def clock_state(self) -> ClockState:
        """Say how far the box's clock is to be believed now."""
        return self._watch.state()

    def _probe_ledger(self) -> None:
        """Find out whether a record that failed can be written again."""
        try:
            with self._ledger.transaction():
                pass
            self.ledger_ok = True
        except LedgerError as fault:
            log.warning("the record still cannot be written: %s", fault)

    def _pass(self, scan: Scan) -> list[Outcome]:
        label = barcodes.read(scan.text, self._desktop.patterns, scan.fault)
        steps = self._steps(scan.at)
        state = steps.lanes[scan.lane]
        steps.lanes[scan.lane] = touched(state, scan.text, scan.at, self._desktop.rules)
        with self._ledger.transaction():
            label_kind = self._advance(steps, scan, label)
        self.lanes = steps.lanes
        self._written(steps)
        answer = with_scan(steps.outcomes[-1], scan, label_kind)
        return [*steps.outcomes[:-1], answer]

    def _advance(self, steps: Steps, scan: Scan, label: barcodes.Label) -> str:
        """Take the step the label asks for; returns what kind of label it was.

        The last outcome told is the scan's own; those before it are sessions it ended.
        """
        match label:
            case ItemLabel(barcode):
                scan_item(steps, scan.lane, barcode)
                return "item"
            case CardLabel(card):
                scan_card(steps, scan.lane, card)
                return "card"
            case CommandLabel(command):
                scan_command(steps, scan.lane, command)
                return "command"
            case IsbnLabel(isbn):
                values = {"isbn": isbn, "place": self._desktop.item_place}
                block = Block(BlockCode.ISBN_NOT_ITEM, values)
                refuse_label(steps, scan.lane, block, cut_label(scan))
                return "isbn"
            case Unreadable(reason):
                log.warning("unreadable label on lane %s: %s", scan.lane, reason)
                block = Block(BlockCode.LABEL_UNREADABLE, {"reason": reason})
                refuse_label(steps, scan.lane, block, cut_label(scan))
                return "unreadable"

    def _steps(self, at: datetime) -> Steps:
        return Steps(self._desktop, self._ledger.db, dict(self.lanes), self._watch.state(), at)

    def _written(self, steps: Steps) -> None:
        self.ledger_ok = True
        self.slip_waits = self.slip_waits or steps.slip_waits
        if steps.has_written:
            self._watch.wrote(steps.at, steps.clock)

    def _end_idle(self, at: datetime) -> tuple[list[Outcome], bool]:
        """End every session and crate whose time was over before `at`; True: the record failed."""
        outcomes: list[Outcome] = []
        for end, lane in self._over_before(at):
            state = self.lanes[lane]
            if state.session is None:
                self.lanes[lane] = replace(state, crate_at=None)
                outcomes.append(
                    Outcome(
                        end,
                        lane,
                        OutcomeKind.MODE_CHANGED,
                        mode=Mode.LEND,
                        note=Note.CRATE_CLOSED,
                    )
                )
                continue
            ended, failed = self._end_by_time(lane, state.session, end)
            outcomes.extend(ended)
            if failed:
                return outcomes, True
        return outcomes, False

    def _end_by_time(
        self, lane: Lane, session: OpenSession, end: datetime
    ) -> tuple[Sequence[Outcome], bool]:
        """End a session that was idle, or whose end could not be recorded when it came."""
        if session.left is None:
            return self._end(lane, end, "idle", Note.IDLE if session.deeds else None)
        left = session.left
        displaced = left.cause == "other_card"
        return self._end(lane, left.at, left.cause, None, displaced=displaced)

    def _over_before(self, at: datetime) -> list[tuple[datetime, Lane]]:
        """List what has ended by time before `at`, the first to end first."""
        over: list[tuple[datetime, Lane]] = []
        for lane, state in self.lanes.items():
            end = deadline(state, self._desktop.rules)
            if end is None:
                continue
            if at > end:
                over.append((end, lane))
            elif end - at > self._desktop.rules.idle + _AHEAD:
                # The clock was set back: by the old one nobody would ever be idle.
                over.append((at, lane))
        return sorted(over)

    def _end(
        self,
        lane: Lane,
        at: datetime,
        cause: Cause,
        note: Note | None,
        *,
        displaced: bool = False,
    ) -> tuple[Sequence[Outcome], bool]:
        steps = self._steps(at)
        try:
            with self._ledger.transaction():
                end_and_tell(steps, lane, cause, displaced=displaced, note=note)
        except LedgerError as fault:
            log.warning("session on lane %s not ended: %s", lane, fault)
            self.ledger_ok = False
            return (), True
        self.lanes = steps.lanes
        self._written(steps)
        return steps.outcomes, False

    def _ignore_repeat(self, scan: Scan) -> Outcome:
        state = self.lanes[scan.lane]
        return Outcome(
            scan.at,
            scan.lane,
            OutcomeKind.IGNORED,
            scan.text,
            self._kind_of(scan),
            card=state.card,
            barcode=self._barcode_of(scan),
            session=state.session_id,
            note=Note.REPEAT,
            view=self._view_if_readable(scan.lane, scan.at),
        )

    def unavailable(self, scan: Scan) -> Outcome:
        """Answer a scan that could not be recorded; the record is as it was before.

        The reader is still there, unless the label was to end the session, and the next try of
        the same label is no repeat.
        """
        state, kind = self.lanes[scan.lane], self._kind_of(scan)
        alive = touched(state, scan.text, scan.at, self._desktop.rules)
        label = barcodes.read(scan.text, self._desktop.patterns, scan.fault)
        self.lanes[scan.lane] = leaving(replace(alive, seen=state.seen), label, scan.at)
        # A card is its own reader's, whoever stood here before.
        is_theirs = kind != "card"
        return Outcome(
            scan.at,
            scan.lane,
            OutcomeKind.REFUSED,
            scan.text,
            kind,
            card=state.card if is_theirs else None,
            session=state.session_id if is_theirs else None,
            blocks=(Block(BlockCode.LEDGER_UNAVAILABLE),),
        )

    def _kind_of(self, scan: Scan) -> str:
        match barcodes.read(scan.text, self._desktop.patterns, scan.fault):
            case CardLabel():
                return "card"
            case ItemLabel():
                return "item"
            case IsbnLabel():
                return "isbn"
            case CommandLabel():
                return "command"
            case Unreadable():
                return "unreadable"

    def _barcode_of(self, scan: Scan) -> Barcode | None:
        label = barcodes.read(scan.text, self._desktop.patterns, scan.fault)
        return label.barcode if isinstance(label, ItemLabel) else None

    def _view_if_readable(self, lane: Lane, at: datetime) -> SessionView | None:
        try:
            with self._ledger.reading():
                return current_view(self._steps(at), lane)
        except LedgerError:
            return None
