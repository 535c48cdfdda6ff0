"""What happens when a book is scanned: lent, taken back, renewed, refused, or left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kiosk.desk.steps import Steps
from kiosk.desk.views import session_view
from kiosk.domain import Barcode, Block, BlockCode, Card, Deed, Lane, Note, OutcomeKind, SessionView
from kiosk.domain.facts import ItemFacts, OpenLoan, ReaderFacts
from kiosk.ledger import facts
from kiosk.rules.decision import (
    Allowed,
    Moment,
    Refused,
    Request,
    decide_check_out,
    decide_renewal,
)
from kiosk.session.advance import Attend, CheckIn, CheckOut, Ignore, Renew, on_item
from kiosk.session.lane import DoneDeed, OpenSession, did


def scan_item(steps: Steps, lane: Lane, barcode: Barcode) -> None:
    """Read the facts of one item, decide, record, and tell."""
    found = facts.item_of_barcode(steps.db, barcode)
    if found is None:
        refuse_label(steps, lane, Block(BlockCode.ITEM_UNKNOWN, {"label": barcode}), barcode)
        return
    item, situation = found
    desk = _AtDesk(steps, lane, item)
    match on_item(steps.lanes[lane], situation, steps.at, steps.desktop.rules):
        case Ignore(note):
            desk.leave(OutcomeKind.IGNORED, note)
        case Attend(note):
            desk.leave(OutcomeKind.ATTENTION, note)
        case CheckIn(loan):
            desk.check_in(loan)
        case Renew(loan):
            desk.renew(loan)
        case CheckOut(lent_to_other):
            desk.check_out(lent_to_other=lent_to_other)


def refuse_label(steps: Steps, lane: Lane, block: Block, label: str) -> None:
    """Refuse a label that is nothing of the school's: it gets its one code and no other."""
    state = steps.lanes[lane]
    data = {"blocks": [{"code": block.code, **block.values}], "label": label[:200]}
    seq = steps.record(
        OutcomeKind.REFUSED,
        lane,
        data,
        session=state.session_id,
        reader=state.reader_id,
    )
    steps.tell(
        OutcomeKind.REFUSED,
        lane,
        blocks=(block,),
        session=state.session_id,
        card=state.card,
        seq=seq,
        view=current_view(steps, lane),
    )


def current_view(steps: Steps, lane: Lane) -> SessionView | None:
    """Show the lane's session as the record has it now."""
    session = steps.lanes[lane].session
    if session is None:
        return None
    reader = facts.reader_of_id(steps.db, session.reader_id)
    loans = facts.open_loans(steps.db, reader.id)
    return _view(steps, session, reader, loans)


def _view(
    steps: Steps, session: OpenSession, reader: ReaderFacts, loans: Sequence[OpenLoan]
) -> SessionView:
    desktop = steps.desktop
    return session_view(
        session,
        reader,
        loans,
        policy=desktop.policy,
        rules=desktop.rules,
        moment=Moment(steps.at, steps.clock),
        masks=desktop.slip_writer.style.mask_names,
    )


class _AtDesk:
    """One item in the hands of whoever stands at the lane; the reader's facts are read once."""

    def __init__(self, steps: Steps, lane: Lane, item: ItemFacts) -> None:
        self._steps = steps
        self._lane = lane
        self._item = item
        self._session = steps.lanes[lane].session
        self._reader: ReaderFacts | None = None
        self._loans: tuple[OpenLoan, ...] = ()
        if self._session is not None:
            self._reader = facts.reader_of_id(steps.db, self._session.reader_id)
            self._loans = facts.open_loans(steps.db, self._reader.id)

    def leave(self, kind: OutcomeKind, note: Note) -> None:
        """Record that nothing was done, and why."""
        seq = self._record(kind, {"note": note}, self._reader)
        self._tell(kind, seq, note=note)

    def check_in(self, loan: OpenLoan) -> None:
        """End a loan, whoever had the book; a check-in is never refused."""
        steps = self._steps
        seq = self._record(OutcomeKind.CHECKED_IN, {"loan": loan.id}, None, loan.reader_id)
        deed = DoneDeed(
            seq,
            Deed.RETURNED,
            loan.id,
            loan.reader_id,
            self._item.id,
            self._item.barcode,
            self._item.title,
        )
        steps.lanes[self._lane] = did(steps.lanes[self._lane], deed)
        self._loans = tuple(one for one in self._loans if one.id != loan.id)
        self._tell(OutcomeKind.CHECKED_IN, seq, card=self._card_of(loan.reader_id))

    def renew(self, loan: OpenLoan) -> None:
        """Let an own loan go on, if the rules allow it."""
        session, reader = self._present()
        request = Request(reader, self._item, self._loans, session.kept)
        match decide_renewal(request, loan, self._steps.desktop.policy, self._moment()):
            case Refused(blocks):
                self._refuse(blocks, "renew")
            case Allowed(rule, due_on, _):
                data = {
                    "loan": loan.id,
                    "due_on": due_on.isoformat(),
                    "due_before": loan.due_on.isoformat(),
                    "rule": rule.number,
                }
                seq = self._record(OutcomeKind.RENEWED, data, reader)
                self._did(seq, Deed.RENEWED, replace(loan, due_on=due_on), loan)
                self._tell(OutcomeKind.RENEWED, seq, due_on=due_on)

    def check_out(self, *, lent_to_other: bool) -> None:
        """Lend the item, if the rules allow it."""
        session, reader = self._present()
        request = Request(reader, self._item, self._loans, session.kept, lent_to_other)
        match decide_check_out(request, self._steps.desktop.policy, self._moment()):
            case Refused(blocks):
                self._refuse(blocks, "check_out")
            case Allowed() as allowed:
                self._lend(reader, allowed)

    def _lend(self, reader: ReaderFacts, allowed: Allowed) -> None:
        in_room = allowed.rule.lend == "in_room"
        data = {
            "due_on": allowed.due_on.isoformat(),
            "class_id": reader.class_id,
            "window": allowed.window,
            "in_room": in_room,
            "rule": allowed.rule.number,
            "limit": allowed.rule.limit,
            "in_hand": len(self._loans),
        }
        seq = self._record(OutcomeKind.CHECKED_OUT, data, reader)
        item = self._item
        loan = OpenLoan(
            seq,
            item.id,
            item.barcode,
            item.title_id,
            item.title,
            item.collection,
            reader.id,
            self._steps.at,
            allowed.due_on,
            0,
            in_room,
        )
        self._did(seq, Deed.LENT, loan)
        note = Note.IN_ROOM if in_room else None
        self._tell(OutcomeKind.CHECKED_OUT, seq, due_on=allowed.due_on, note=note)

    def _did(self, seq: int, deed: Deed, loan: OpenLoan, before: OpenLoan | None = None) -> None:
        """Remember a deed on an own loan, and the loan as it now is."""
        lanes = self._steps.lanes
        due_before = before.due_on if before is not None else None
        done = DoneDeed(
            seq,
            deed,
            loan.id,
            loan.reader_id,
            loan.item_id,
            loan.barcode,
            loan.title,
            loan.due_on,
            due_before,
        )
        lanes[self._lane] = did(lanes[self._lane], done)
        self._loans = (loan, *(one for one in self._loans if one.id != loan.id))

    def _refuse(self, blocks: tuple[Block, ...], asked: str) -> None:
        told = [{"code": block.code, **block.values} for block in blocks]
        seq = self._record(OutcomeKind.REFUSED, {"blocks": told, "asked": asked}, self._reader)
        self._tell(OutcomeKind.REFUSED, seq, blocks=blocks)

    def _record(
        self,
        kind: OutcomeKind,
        data: Mapping[str, object],
        reader: ReaderFacts | None,
        reader_id: int | None = None,
    ) -> int:
        return self._steps.record(
            kind,
            self._lane,
            data,
            session=self._steps.lanes[self._lane].session_id,
            reader=reader_id if reader is None else reader.id,
            item=self._item.id,
        )

    def _card_of(self, reader_id: int) -> Card:
        reader = self._reader
        if reader is None or reader.id != reader_id:
            reader = facts.reader_of_id(self._steps.db, reader_id)
        return reader.card

    def _tell(
        self, kind: OutcomeKind, seq: int, *, card: Card | None = None, **parts: object
    ) -> None:
        own = self._steps.lanes[self._lane].card
        self._steps.tell(
            kind,
            self._lane,
            card=card or own,
            barcode=self._item.barcode,
            title=self._item.title,
            session=self._steps.lanes[self._lane].session_id,
            seq=seq,
            view=self._view(),
            **parts,
        )

    def _view(self) -> SessionView | None:
        session = self._steps.lanes[self._lane].session
        if session is None or self._reader is None:
            return None
        return _view(self._steps, session, self._reader, self._loans)

    def _present(self) -> tuple[OpenSession, ReaderFacts]:
        assert self._session is not None, "lending needs a session"
        assert self._reader is not None, "a session has a reader"
        return self._session, self._reader

    def _moment(self) -> Moment:
        return Moment(self._steps.at, self._steps.clock)
