"""The desk: takes a scan, gives outcomes; what it says yes to is on disk before it says so."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from kiosk import barcodes
from kiosk.barcodes import (
    BinderLabel,
    CardLabel,
    CommandLabel,
    DayCardLabel,
    DigitsLabel,
    ItemLabel,
    Label,
    kind_of,
)
from kiosk.desk import routing, upkeep
from kiosk.desk.cards import end_and_tell
from kiosk.desk.clock import ClockWatch
from kiosk.desk.crates import end_crate
from kiosk.desk.items import current_view
from kiosk.desk.steps import Desktop, Steps, with_scan, written
from kiosk.domain import (
    Block,
    BlockCode,
    ClockState,
    Lane,
    LaneUse,
    Note,
    Outcome,
    OutcomeKind,
    Scan,
    SessionView,
)
from kiosk.errors import LedgerError
from kiosk.ledger import facts
from kiosk.ledger.connection import Ledger
from kiosk.rotation.timetable import Timetable
from kiosk.session.advance import Cause
from kiosk.session.lane import LaneState, OpenSession, deadline, is_repeat, leaving, touched
from kiosk.session.room import Room

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
        self.room = Room()
        self.ledger_ok = True
        self.slip_waits = False
        self._upkeep_at = datetime.min.replace(tzinfo=UTC)
        self._probed_at = datetime.min.replace(tzinfo=UTC)

    def handle(self, scan: Scan) -> list[Outcome]:
        """Answer one scan: first what ended by time before it, then what became of it."""
        outcomes, failed = self._end_idle(scan.at)
        if failed:
            return [*outcomes, self.unavailable(scan)]
        state = self.lanes[scan.lane]
        label = self._read(scan)
        repeat = is_repeat(state, scan.text, scan.at, self._desktop.rules)
        if repeat and not _may_repeat(state, label):
            self.lanes[scan.lane] = touched(state, scan.text, scan.at, self._desktop.rules)
            return [*outcomes, self._ignore_repeat(scan, label)]
        try:
            outcomes.extend(self._keep_up(scan.at))
            return [*outcomes, *self._pass(scan, label)]
        except LedgerError as fault:
            log.warning("scan on lane %s not recorded: %s", scan.lane, fault)
            self.ledger_ok = False
            return [*outcomes, self.unavailable(scan)]

    def tick(self, now: datetime) -> list[Outcome]:
        """End what has been idle for too long, some moments late so that no scan is cut off.

        While nobody is being served the record is put in order; one that failed is tried again.
        """
        outcomes, failed = self._end_idle(now - _LATE)
        if not failed and self.ledger_ok:
            outcomes.extend(self._keep_up_or_fail(now - _LATE))
        if not (self.ledger_ok or failed) and abs(now - self._probed_at) >= _PROBE_AFTER:
            self._probed_at = now
            self._probe_ledger()
        if all(deadline(state, self._desktop.rules) is None for state in self.lanes.values()):
            self._ledger.fold()
        return outcomes

    def next_deadline(self) -> datetime | None:
        """Tell when `tick` will next have something to end."""
        ends = [deadline(state, self._desktop.rules) for state in self.lanes.values()]
        # Under a doubted clock nothing is due: waiting for it would be waiting without a pause.
        upkeep_at = None if self._watch.state() == "doubted" else self._upkeep_at
        due = [end for end in (*ends, upkeep_at) if end is not None]
        return min(due) + _LATE if due else None

    def close_all(self, at: datetime, cause: Cause = "stop") -> list[Outcome]:
        """End every session and crate, as the desk stops."""
        outcomes: list[Outcome] = []
        for lane, state in self.lanes.items():
            if state.session is not None:
                ended, _ = self._end(lane, at, cause, None)
                outcomes.extend(ended)
            elif state.crate is not None:
                ended, _ = self._end_crate(lane, at)
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

    @property
    def timetable(self) -> Timetable:
        """The timetable with all it has lived through."""
        return self._desktop.policy.timetable

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

    def _read(self, scan: Scan) -> Label:
        session = self.lanes[scan.lane].session
        keyed = session is not None and session.has_pin
        patterns = self._desktop.patterns
        label = barcodes.read(scan.text, patterns, scan.fault, keyed=keyed)
        if scan.text.isascii() or all(written(str(one)) == one for one in astuple(label)):
            return label
        return barcodes.read(written(scan.text), patterns, scan.fault, keyed=keyed)

    def _pass(self, scan: Scan, label: Label) -> list[Outcome]:
        steps = self._steps(scan.at)
        state = steps.lanes[scan.lane]
        steps.lanes[scan.lane] = touched(state, scan.text, scan.at, self._desktop.rules)
        with self._ledger.transaction():
            routing.take(steps, scan, label)
        self._take_over(steps)
        answer = with_scan(steps.outcomes[-1], scan, kind_of(label))
        return [*steps.outcomes[:-1], answer]

    def _keep_up(self, at: datetime) -> list[Outcome]:
        """Do what time has brought: turns that are over, holds that nobody fetched.

        Raises: LedgerError, with nothing done.
        """
        if at < self._upkeep_at or self._watch.state() == "doubted":
            return []
        steps = self._steps(at)
        with self._ledger.transaction():
            next_at = upkeep.run(steps)
        self._upkeep_at = next_at
        self._take_over(steps)
        return steps.outcomes

    def _keep_up_or_fail(self, at: datetime) -> list[Outcome]:
        try:
            return self._keep_up(at)
        except LedgerError as fault:
            log.warning("what time has brought is not recorded: %s", fault)
            self.ledger_ok = False
            return []

    def _take_over(self, steps: Steps) -> None:
        """Make what a committed step left behind the desk's own."""
        self.lanes = steps.lanes
        self.room = steps.room
        self._desktop = steps.desktop
        if steps.confirms_clock:
            self._watch.confirm(steps.at if steps.counts_anew else None)
        if steps.upkeep_at is not None:
            self._upkeep_at = min(self._upkeep_at, steps.upkeep_at)
        self._written(steps)

    def _steps(self, at: datetime) -> Steps:
        return Steps(
            self._desktop, self._ledger.db, dict(self.lanes), self._watch.state(), at, self.room
        )

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
                ended, failed = self._end_crate(lane, end)
            else:
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
        return self._finish(
            lane,
            at,
            lambda steps: end_and_tell(steps, lane, cause, displaced=displaced, note=note),
        )

    def _end_crate(self, lane: Lane, at: datetime) -> tuple[Sequence[Outcome], bool]:
        return self._finish(lane, at, lambda steps: end_crate(steps, lane))

    def _finish(
        self, lane: Lane, at: datetime, end: Callable[[Steps], None]
    ) -> tuple[Sequence[Outcome], bool]:
        """Record that a session or a crate is over; True: the record failed."""
        steps = self._steps(at)
        try:
            with self._ledger.transaction():
                end(steps)
        except LedgerError as fault:
            log.warning("what lane %s did is not ended: %s", lane, fault)
            self.ledger_ok = False
            return (), True
        self._take_over(steps)
        return steps.outcomes, False

    def _ignore_repeat(self, scan: Scan, label: Label) -> Outcome:
        state = self.lanes[scan.lane]
        return Outcome(
            scan.at,
            scan.lane,
            OutcomeKind.IGNORED,
            written(scan.text),
            kind_of(label),
            card=state.card,
            barcode=label.barcode if isinstance(label, ItemLabel) else None,
            session=state.session_id,
            note=Note.REPEAT,
            crate=state.crate.view if state.crate is not None else None,
            view=self._view_if_readable(scan.lane, scan.at),
        )

    def unavailable(self, scan: Scan) -> Outcome:
        """Answer a scan that could not be recorded; the record is as it was before.

        The reader is still there, unless the label was to end the session, and the next try of
        the same label is no repeat.
        """
        state, label = self.lanes[scan.lane], self._read(scan)
        kind = kind_of(label)
        alive = touched(state, scan.text, scan.at, self._desktop.rules)
        self.lanes[scan.lane] = leaving(replace(alive, seen=state.seen), label, scan.at)
        # A card is its own reader's, whoever stood here before.
        is_theirs = not isinstance(label, CardLabel | BinderLabel | DayCardLabel)
        return Outcome(
            scan.at,
            scan.lane,
            OutcomeKind.REFUSED,
            written(scan.text),
            kind,
            card=state.card if is_theirs else None,
            session=state.session_id if is_theirs else None,
            blocks=(Block(BlockCode.LEDGER_UNAVAILABLE),),
        )

    def _view_if_readable(self, lane: Lane, at: datetime) -> SessionView | None:
        try:
            with self._ledger.reading():
                return current_view(self._steps(at), lane)
        except LedgerError:
            return None


def _may_repeat(state: LaneState, label: Label) -> bool:
    """Tell whether a label means what it says also twice in a row.

    The digits of a PIN may be alike, and staff press a key for two classes one after the other.
    """
    is_staff = state.session is not None and state.session.staff
    return isinstance(label, DigitsLabel) or (is_staff and isinstance(label, CommandLabel))
