"""One scan in one transaction: what is recorded, and the lanes as they are if it commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from kiosk.barcodes import LabelPatterns
from kiosk.desk.slips import SlipWriter
from kiosk.domain import ClockState, Deed, Lane, Outcome, OutcomeKind, Scan
from kiosk.ledger import facts, journal, slips
from kiosk.ledger.journal import OWN_SESSION, Event
from kiosk.rules.decision import Policy
from kiosk.session.advance import Cause
from kiosk.session.lane import DeskRules, DoneDeed, Ended, LaneState, OpenSession, closed
from receipts.slip import to_json


@dataclass(frozen=True, slots=True)
class Desktop:
    """What stays the same from scan to scan: the school's policy and the desk's own ways.

    `slips` is `[printer] slips`; `prints` is False with printer driver `none`.
    """

    desk: str
    policy: Policy
    rules: DeskRules
    patterns: LabelPatterns
    item_place: str
    slip_writer: SlipWriter
    slips: str = "lent"
    prints: bool = True


@dataclass(slots=True)
class Steps:
    """The work of one scan, or of one session that ends by time. Dropped when it cannot commit."""

    desktop: Desktop
    db: Database
    lanes: dict[Lane, LaneState]
    clock: ClockState
    at: datetime
    outcomes: list[Outcome] = field(default_factory=list)
    slip_waits: bool = False
    has_written: bool = False

    def record(
        self,
        kind: str,
        lane: Lane,
        data: Mapping[str, Any],
        *,
        session: int | None = None,
        reader: int | None = None,
        item: int | None = None,
    ) -> int:
        """Append an event that belongs to a lane; returns its `seq`."""
        self.has_written = True
        return journal.record(
            self.db,
            Event(
                kind,
                self.at,
                self.desktop.desk,
                lane,
                session=session,
                reader=reader,
                item=item,
                clock=self.clock,
                data=data,
            ),
        )

    def open_session(self, lane: Lane, reader: int, window: str | None) -> int:
        """Record that a session begins; returns its id."""
        return self.record(
            OutcomeKind.SESSION_OPENED,
            lane,
            {"window": window},
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

    def correct_slip(self, lane: Lane, ended: Ended, undone: DoneDeed) -> None:
        """Take an undone book off the slip of the session it went to, if it is not yet printed."""
        deeds = tuple(deed for deed in ended.deeds if deed != undone)
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
        """Add an outcome; it is told only once the transaction has committed."""
        self.outcomes.append(Outcome(self.at, lane, kind, **parts))


def cut_label(scan: Scan) -> str:
    """Cut an unknown label to what the journal keeps of it."""
    return scan.text[:200]


def with_scan(outcome: Outcome, scan: Scan, label_kind: str) -> Outcome:
    """Say which scan an outcome answers."""
    return replace(outcome, scan=scan.text, label_kind=label_kind)
