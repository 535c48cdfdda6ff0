"""What happens when a book is scanned: lent, taken back, renewed, refused, or left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kiosk.desk.listing import todo
from kiosk.desk.returns import take_back
from kiosk.desk.setting_aside import offer
from kiosk.desk.steps import Steps
from kiosk.desk.views import session_view
from kiosk.domain import (
    Barcode,
    Block,
    BlockCode,
    Card,
    Deed,
    Lane,
    Note,
    OutcomeKind,
    Reason,
    SessionView,
    TodoKind,
    Value,
)
from kiosk.domain.facts import ItemFacts, OpenLoan, ReaderFacts
from kiosk.ledger import facts
from kiosk.ledger import holds as held
from kiosk.rules.decision import (
    Allowed,
    Decision,
    Moment,
    Refused,
    Request,
    decide_check_out,
    decide_renewal,
)
from kiosk.rules.trace import Facts, trace
from kiosk.session.advance import Attend, CheckIn, CheckOut, Ignore, Renew, on_item
from kiosk.session.lane import DoneDeed, LaneState, OpenSession, RefusedLoan, did


def scan_item(steps: Steps, lane: Lane, barcode: Barcode) -> None:
    """Read the facts of one item, decide, record, and tell."""
    found = facts.item_of_barcode(steps.db, barcode)
    if found is None:
        refuse_label(steps, lane, Block(BlockCode.ITEM_UNKNOWN, {"label": barcode}), barcode)
        return
    item, situation = found
    if steps.lanes[lane].refused is not None:
        steps.lanes[lane] = replace(steps.lanes[lane], refused=None)
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


def lend_anyway(steps: Steps, lane: Lane, refused: RefusedLoan, override: Override) -> None:
    """Do in the lane's session what was refused there, as far as the rules may be set aside."""
    found = facts.item_of_barcode(steps.db, refused.barcode)
    assert found is not None, f"item {refused.barcode} was on record when it was refused"
    item, situation = found
    desk = _AtDesk(steps, lane, item, override)
    if refused.loan is None:
        desk.check_out(lent_to_other=situation.loan is not None)
    elif situation.loan is not None and situation.loan.id == refused.loan:
        desk.renew(situation.loan)
    else:
        desk.leave(OutcomeKind.ATTENTION, Note.NOTHING_TO_OVERRIDE)


def refuse_label(steps: Steps, lane: Lane, block: Block, label: str) -> None:
    """Refuse a label that is nothing of the school's: it gets its one code and no other."""
    label = label[:200]
    state = steps.lanes[lane] = _with_label(steps.lanes[lane], block, label)
    is_ours = block.code is BlockCode.ITEM_UNKNOWN or _is_foreign(state, block)
    listed = todo(steps, TodoKind.UNKNOWN_LABEL, label=label) if is_ours else {}
    data = {"blocks": [{"code": block.code, **block.values}], "label": label, **listed}
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


def _with_label(state: LaneState, block: Block, label: str) -> LaneState:
    """Put what came without a label of ours on the tray list of the lane's crate."""
    crate = state.crate
    if crate is None:
        return state
    if block.code is BlockCode.ISBN_NOT_ITEM:
        isbns = dict.fromkeys((*crate.isbns, str(block.values["isbn"])))
        return replace(state, crate=replace(crate, isbns=tuple(isbns)))
    if block.code is BlockCode.ITEM_UNKNOWN or _is_foreign(state, block):
        unknown = dict.fromkeys((*crate.unknown, label))
        return replace(state, crate=replace(crate, unknown=tuple(unknown)))
    return state


def _is_foreign(state: LaneState, block: Block) -> bool:
    """Tell whether a crate has a book with another library's label; a pupil may scan anything."""
    return state.crate is not None and block.values.get("reason") == "no_pattern"


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


@dataclass(frozen=True, slots=True)
class Override:
    """Why rules are set aside, and which of them may be by whoever does it."""

    reason: Reason
    may: frozenset[BlockCode]


class _AtDesk:
    """One item in the hands of whoever stands at the lane; the reader's facts are read once."""

    def __init__(
        self, steps: Steps, lane: Lane, item: ItemFacts, override: Override | None = None
    ) -> None:
        self._override = override
        self._waived = frozenset() if override is None else override.may
        self._steps = steps
        self._lane = lane
        self._item = item
        self._session = steps.lanes[lane].session
        self._reader: ReaderFacts | None = None
        self._loans: tuple[OpenLoan, ...] = ()
        if self._session is not None:
            self._reader = facts.reader_of_id(steps.db, self._session.reader_id)
            self._loans = facts.open_loans(steps.db, self._reader.id)
            if self._session.without_card and self._reader.status == "lost":
                # Whoever let the reader in did so because the card is lost.
                self._reader = replace(self._reader, status="active")

    def leave(self, kind: OutcomeKind, note: Note) -> None:
        """Record that nothing was done, and why."""
        listed = self._lost_came_back() if note is Note.FOUND_LOST else {}
        seq = self._record(kind, {"note": note, **listed}, self._reader)
        self._tell(kind, seq, note=note)

    def check_in(self, loan: OpenLoan) -> None:
        """End a loan, whoever had the book; a check-in is never refused."""
        back = take_back(self._steps, self._lane, self._item, loan)
        self._loans = tuple(one for one in self._loans if one.id != loan.id)
        self._tell(
            OutcomeKind.CHECKED_IN, back.seq, card=back.card, note=back.note, values=back.values
        )

    def renew(self, loan: OpenLoan) -> None:
        """Let an own loan go on, if the rules allow it."""
        session, reader = self._present()
        request = Request(
            reader,
            self._item,
            self._loans,
            session.kept,
            wanted=bool(held.waiting_for(self._steps.db, self._item.title_id)),
            waived=self._waived,
        )
        decision = decide_renewal(request, loan, self._steps.desktop.policy, self._moment())
        facts_kept = self._traced(decision, request, loan)
        match decision:
            case Refused(blocks):
                self._refuse(blocks, "renew", facts_kept, loan)
            case Allowed(rule, due_on) as allowed:
                data = {
                    "loan": loan.id,
                    "due_on": due_on.isoformat(),
                    "due_before": loan.due_on.isoformat(),
                    "rule": rule.number,
                    **self._overridden(allowed),
                    "facts": facts_kept,
                }
                seq = self._record(OutcomeKind.RENEWED, data, reader)
                self._did(seq, Deed.RENEWED, replace(loan, due_on=due_on), loan)
                note, values = self._why_anyway(allowed)
                self._tell(OutcomeKind.RENEWED, seq, due_on=due_on, note=note, values=values)

    def check_out(self, *, lent_to_other: bool) -> None:
        """Lend the item, if the rules allow it."""
        session, reader = self._present()
        request = Request(
            reader,
            self._item,
            self._loans,
            session.kept,
            lent_to_other,
            waived=self._waived,
        )
        decision = decide_check_out(request, self._steps.desktop.policy, self._moment())
        facts_kept = self._traced(decision, request)
        match decision:
            case Refused(blocks):
                self._refuse(blocks, "check_out", facts_kept)
            case Allowed() as allowed:
                self._lend(reader, allowed, facts_kept)

    def _traced(
        self, decision: Decision, request: Request, renewing: OpenLoan | None = None
    ) -> Facts:
        """Keep what the decision was made of, for `kiosk why`."""
        policy = self._steps.desktop.policy
        return trace(decision, request, policy, self._moment(), renewing)

    def _lend(self, reader: ReaderFacts, allowed: Allowed, facts_kept: Facts) -> None:
        in_room = allowed.rule.lend == "in_room"
        data = {
            "due_on": allowed.due_on.isoformat(),
            "class_id": reader.class_id,
            "window": allowed.window,
            "in_room": in_room,
            "rule": allowed.rule.number,
            "limit": allowed.rule.limit,
            "in_hand": len(self._loans),
            **self._overridden(allowed),
            "facts": facts_kept,
        }
        item = self._item
        met, set_free = held.met_by(self._steps.db, reader, item)
        seq = self._record(OutcomeKind.CHECKED_OUT, data | met, reader)
        if set_free is not None:
            offer(self._steps, held.item_of(self._steps.db, set_free), self._lane)
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
        note, values = self._why_anyway(allowed)
        if note is None and in_room:
            note = Note.IN_ROOM
        self._tell(OutcomeKind.CHECKED_OUT, seq, due_on=allowed.due_on, note=note, values=values)

    def _overridden(self, allowed: Allowed) -> dict[str, object]:
        """Write down which rules were set aside, and why."""
        if self._override is None or not allowed.waived:
            return {}
        codes = [block.code for block in allowed.waived]
        return {"override": {"reason": self._override.reason, "codes": codes}}

    def _why_anyway(self, allowed: Allowed) -> tuple[Note | None, dict[str, Value]]:
        if self._override is None or not allowed.waived:
            return None, {}
        return Note.OVERRIDDEN, {"reason": self._override.reason}

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

    def _refuse(
        self,
        blocks: tuple[Block, ...],
        asked: str,
        facts_kept: Facts,
        loan: OpenLoan | None = None,
    ) -> None:
        _, reader = self._present()
        refused = RefusedLoan(
            reader.id,
            self._item.barcode,
            blocks,
            self._steps.at,
            None if loan is None else loan.id,
        )
        lanes = self._steps.lanes
        lanes[self._lane] = replace(lanes[self._lane], refused=refused)
        told = [{"code": block.code, **block.values} for block in blocks]
        is_lost = any(block.code is BlockCode.ITEM_LOST for block in blocks)
        listed = self._lost_came_back() if is_lost else {}
        data = {"blocks": told, "asked": asked, **listed, "facts": facts_kept}
        seq = self._record(OutcomeKind.REFUSED, data, self._reader)
        self._tell(OutcomeKind.REFUSED, seq, blocks=blocks)

    def _lost_came_back(self) -> dict[str, str]:
        return todo(self._steps, TodoKind.LOST_CAME_BACK, item=self._item.id)

    def _record(
        self,
        kind: OutcomeKind,
        data: Mapping[str, object],
        reader: ReaderFacts | None,
    ) -> int:
        return self._steps.record(
            kind,
            self._lane,
            data,
            session=self._steps.lanes[self._lane].session_id,
            reader=None if reader is None else reader.id,
            item=self._item.id,
        )

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
