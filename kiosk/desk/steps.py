"""One scan in one transaction: what is recorded, and the lanes as they are if it commits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlite_utils import Database

from kiosk import barcodes
from kiosk.barcodes import LabelPatterns
from kiosk.desk.slips import SlipWriter
from kiosk.domain import ClockState, Deed, Lane, Outcome, OutcomeKind, Scan
from kiosk.ledger import facts, journal, slips
from kiosk.ledger.journal import OWN_SESSION, Event
from kiosk.rotation.live import Live
from kiosk.rules.decision import Policy
from kiosk.session.advance import Cause
from kiosk.session.lane import DeskRules, DoneDeed, Ended, LaneState, OpenSession, closed
from kiosk.session.room import Room
from receipts.slip import Slip, to_json

_KEYED: Final = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Desktop:
    """What stays the same from scan to scan: the school's policy and the desk's own ways.

    `slips` is `[printer] slips`; `prints` is False with printer driver `none`; `morning_slip`
    prints what is left to do once a school day.
    """

    desk: str
    policy: Policy
    rules: DeskRules
    patterns: LabelPatterns
    item_place: str
    slip_writer: SlipWriter
    slips: str = "lent"
    prints: bool = True
    morning_slip: bool = True
    open_now: timedelta = timedelta(minutes=40)
    """How long a window lasts that staff open by hand."""

    def with_live(self, live: Live) -> Desktop:
        """The same with what the timetable has lived through since."""
        policy = replace(self.policy, timetable=self.policy.timetable.with_live(live))
        return replace(self, policy=policy, slip_writer=replace(self.slip_writer, policy=policy))


@dataclass(slots=True)
class Steps:
    """The work of one scan, or of one session that ends by time. Dropped when it cannot commit.

    A step may replace `desktop` (`Desktop.with_live`), `lanes`, `room` and `clock`; the desk takes
    them over once the record has committed.
    """

    desktop: Desktop
    db: Database
    lanes: dict[Lane, LaneState]
    clock: ClockState
    at: datetime
    room: Room = field(default_factory=Room)
    outcomes: list[Outcome] = field(default_factory=list)
    acting: int | None = None
    """Staff who act for the reader at the lane, their own session being over."""
    confirms_clock: bool = False
    """Somebody with the right to it has said that the box's clock is right."""
    counts_anew: bool = False
    """It was staff: what the record has from a later time was written by a wrong clock."""
    upkeep_at: datetime | None = None
    """When what a step has begun is to be looked at again."""
    slip_waits: bool = False
    has_written: bool = False

    def record(
        self,
        kind: str,
        lane: Lane | None,
        data: Mapping[str, Any],
        *,
        session: int | None = None,
        reader: int | None = None,
        item: int | None = None,
    ) -> int:
        """Append an event, of a lane or of the whole desk (None); returns its `seq`."""
        self.has_written = True
        return journal.record(
            self.db,
            Event(
                kind,
                self.at,
                self.desktop.desk,
                lane,
                session=session,
                operator=self.operator_of(lane),
                reader=reader,
                item=item,
                clock=self.clock,
                data=data,
            ),
        )

    def operator_of(self, lane: Lane | None) -> int | None:
        """Tell who answers for what happens on a lane: staff there, else the monitor on duty."""
        if self.acting is not None:
            return self.acting
        state = self.lanes.get(lane) if lane is not None else None
        if state is not None and state.session is not None and state.session.staff:
            return state.session.reader_id
        duty = self.room.duty_at(self.at)
        return None if duty is None else duty.reader_id

    def is_staff(self, lane: Lane) -> bool:
        """Tell whether the lane's session has shown card and PIN."""
        session = self.lanes[lane].session
        return session is not None and session.staff

    def open_session(self, lane: Lane, reader: int, window: str | None, **opened_by: bool) -> int:
        """Record that a session begins, and what opened it if no card; returns its id."""
        return self.record(
            OutcomeKind.SESSION_OPENED,
            lane,
            {"window": window, **opened_by},
            session=OWN_SESSION,
            reader=reader,
        )

    def end_session(self, lane: Lane, cause: Cause, *, displaced: bool = False) -> tuple[int, bool]:
        """Record the end of the lane's session and write its slip.

        Returns the journal row, and whether there is a slip.
        """
        state = self.lanes[lane]
        session = state.session
        assert session is not None, f"lane {lane} has a session to end"
        seq = self.record(
            OutcomeKind.SESSION_CLOSED,
            lane,
            {"cause": cause},
            session=session.id,
            reader=session.reader_id,
        )
        if session.deeds:
            self._write_slip(lane, session, asked=cause == "slip")
        self.lanes[lane] = closed(state, self.at, displaced=displaced)
        return seq, bool(session.deeds)

    def _write_slip(self, lane: Lane, session: OpenSession, *, asked: bool) -> None:
        """Write a session's slip, queued if the settings or the reader ask for it."""
        wanted = asked or self._is_asked_for(session.deeds)
        slips.write(
            self.db,
            session=session.id,
            at=self.at,
            state="queued" if wanted else "cancelled",
            body=self._slip_body(lane, session.id, session.reader_id, session.deeds, self.at),
        )
        self.slip_waits = self.slip_waits or wanted

    def print_slip(self, kind: str, slip: Slip) -> None:
        """Queue a slip that is about no session, if the desk prints at all."""
        wanted = self.desktop.prints and self.desktop.slips != "never"
        state: slips.SlipState = "queued" if wanted else "cancelled"
        slips.write(self.db, session=None, at=self.at, state=state, body=to_json(slip), kind=kind)
        self.slip_waits = self.slip_waits or wanted

    def correct_slip(self, lane: Lane, ended: Ended, undone: DoneDeed) -> None:
        """Take an undone book off the slip of the session it went to, if it is not yet printed."""
        deeds = tuple(deed for deed in ended.deeds if deed.seq != undone.seq)
        if not deeds:
            slips.withdraw(self.db, ended.session)
            return
        body = self._slip_body(lane, ended.session, ended.reader_id, deeds, ended.at)
        slips.rewrite(self.db, ended.session, body, wanted=self._is_asked_for(deeds))

    def _is_asked_for(self, deeds: tuple[DoneDeed, ...]) -> bool:
        match self.desktop.slips:
            case _ if not self.desktop.prints:
                return False
            case "always":
                return True
            case "lent":
                return any(deed.deed is Deed.LENT for deed in deeds)
            case _:
                return False

    def _slip_body(
        self,
        lane: Lane,
        session: int,
        reader_id: int,
        deeds: tuple[DoneDeed, ...],
        at: datetime,
    ) -> str:
        reader = facts.reader_of_id(self.db, reader_id)
        return to_json(
            self.desktop.slip_writer.build(
                self.db, reader, deeds, lane=lane, session=session, at=at, clock=self.clock
            )
        )

    def tell(self, kind: OutcomeKind, lane: Lane, **parts: Any) -> None:
        """Add an outcome; it is told only once the transaction has committed.

        While a crate is open every outcome of its lane shows it.
        """
        state = self.lanes.get(lane)
        if state is not None and state.crate is not None:
            parts = {"crate": state.crate.view, **parts}
        self.outcomes.append(Outcome(self.at, lane, kind, **parts))


def cut_label(scan: Scan) -> str:
    """Cut an unknown label to what the journal keeps of it.

    A few digits alone may be a PIN that was keyed in too late: only how many there were is kept.
    """
    text = barcodes.clean(scan.text)
    return "#" * len(text) if _KEYED.fullmatch(text) else written(scan.text)[:200]


def written(text: str) -> str:
    r"""Write what a scanner sent so that a file can hold it: half a character by its number.

    >>> written("R1\ud800")
    'R1\\ud800'
    """
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def with_scan(outcome: Outcome, scan: Scan, label_kind: str) -> Outcome:
    """Say which scan an outcome answers."""
    return replace(outcome, scan=written(scan.text), label_kind=label_kind)
