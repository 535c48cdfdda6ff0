"""The desk and its ledger against a plain model of what a scan means, step by random step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from desk_rig import BOOKS, HONG, MING, REFERENCE, TEACHER, ZHE, Rig, open_rig, told
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

LANES = ("left", "right")
STRANGER = "R999999"
ITEMS = [*BOOKS[:3], REFERENCE]
CARDS = [MING, ZHE, MING, ZHE, TEACHER, HONG, STRANGER]
LABEL = st.sampled_from([*ITEMS, *ITEMS, "KC-UNDO", "KC-UNDO", "KC-RETURN", "KC-RENEW", "KC-DONE"])
LANE = st.sampled_from(["left", "left", "left", "right"])
WAIT = st.sampled_from([0.5, 2, 2.5, 2.5, 3, 20])
LIMITS = {MING: 2, ZHE: 2, TEACHER: 10}
IN_ROOM_LIMIT = 5
RENEWALS = {MING: 1, ZHE: 1, TEACHER: 0, HONG: 0}
IDLE, REPEAT, SETTLE = timedelta(seconds=20), timedelta(seconds=2), timedelta(seconds=60)
MINUTE = timedelta(seconds=60)
SCHOOL = {"settle_s = 600": "settle_s = 60", "to = 17:00:00": "to = 23:00:00"}


@dataclass
class Loan:
    """One loan, as a person with a pencil would note it."""

    item: str
    reader: str
    out_at: datetime
    back_at: datetime | None = None
    renewals: int = 0


@dataclass
class Sitting:
    """One reader at one lane; `deeds` are (what, loan)."""

    reader: str
    mode: str = "lend"
    deeds: list[tuple[str, Loan]] = field(default_factory=list)


@dataclass
class Place:
    """One lane."""

    sitting: Sitting | None = None
    crate: bool = False
    last_at: datetime | None = None
    displaced: tuple[Sitting, datetime] | None = None
    seen: dict[str, datetime] = field(default_factory=dict)


class Model:
    """What the design says a scan means, in dicts and lists."""

    def __init__(self) -> None:
        self.loans: list[Loan] = []
        self.lanes = {lane: Place() for lane in LANES}
        self.slips: list[Sitting] = []
        self.commands = {
            "KC-DONE": self.done,
            "KC-RENEW": self.renew,
            "KC-RETURN": self.take_back,
            "KC-UNDO": self.undo,
        }

    def out(self, item: str) -> Loan | None:
        """Find the item's open loan."""
        return next((one for one in self.loans if one.item == item and not one.back_at), None)

    def last_back(self, item: str) -> Loan | None:
        """Find the item's newest loan if it has come back."""
        mine = [one for one in self.loans if one.item == item]
        return mine[-1] if mine and mine[-1].back_at else None

    def end(self, lane: str, *, displaced_at: datetime | None = None) -> None:
        """End a sitting; it has a slip if anything happened."""
        place = self.lanes[lane]
        assert place.sitting is not None
        if place.sitting.deeds:
            self.slips.append(place.sitting)
        place.displaced = (place.sitting, displaced_at) if displaced_at else None
        place.sitting = None

    def pass_time(self, at: datetime) -> list[str]:
        """End what has been idle for too long; returns the lanes whose sitting ended."""
        ended = []
        for lane, place in self.lanes.items():
            if place.last_at is None:
                continue
            if place.sitting and at - place.last_at > IDLE:
                self.end(lane)
                ended.append(lane)
            if place.crate and at - place.last_at > MINUTE:
                place.crate = False
        return ended

    def scan(self, lane: str, label: str, at: datetime) -> str:
        """Say what becomes of a scan."""
        place = self.lanes[lane]
        seen, place.last_at = place.seen.get(label), at
        place.seen[label] = at
        if seen is not None and at - seen < REPEAT:
            return "ignored"
        if label.startswith("R"):
            return self.card(lane, label, at)
        if label.startswith("KC-"):
            return self.commands[label](lane, at)
        return self.item(lane, label, at)

    def card(self, lane: str, card: str, at: datetime) -> str:
        """A reader's card."""
        place = self.lanes[lane]
        if place.sitting and place.sitting.reader == card:
            self.end(lane)
            return "session_closed"
        place.crate = False
        if place.sitting:
            self.end(lane, displaced_at=at)
        if card == STRANGER:
            return "refused"
        for other, elsewhere in self.lanes.items():
            if elsewhere.sitting and elsewhere.sitting.reader == card:
                self.end(other)
        place.sitting = Sitting(card)
        return "session_opened"

    def done(self, lane: str, _at: datetime) -> str:
        """The done label."""
        place = self.lanes[lane]
        if place.sitting:
            self.end(lane)
            return "session_closed"
        was_open, place.crate = place.crate, False
        return "mode_changed" if was_open else "ignored"

    def renew(self, lane: str, _at: datetime) -> str:
        """The renew label."""
        sitting = self.lanes[lane].sitting
        if sitting is None:
            return "attention"
        sitting.mode = "renew"
        return "mode_changed"

    def take_back(self, lane: str, _at: datetime) -> str:
        """The return label: return mode, or a crate."""
        place = self.lanes[lane]
        if place.sitting:
            place.sitting.mode = "return"
        else:
            place.crate = True
        return "mode_changed"

    def undo(self, lane: str, at: datetime) -> str:
        """The undo label."""
        place = self.lanes[lane]
        if place.sitting and place.sitting.deeds:
            what, loan = place.sitting.deeds[-1]
            stranger = what == "returned" and loan.reader != place.sitting.reader
            if stranger or not self.can_undo(what, loan):
                return "attention"
            place.sitting.deeds.pop()
        elif place.displaced and place.displaced[0].deeds:
            sitting, since = place.displaced
            what, loan = sitting.deeds[-1]
            if what != "lent" or at - since > MINUTE or not self.can_undo(what, loan):
                return "attention"
            sitting.deeds.pop()
            if not sitting.deeds:
                self.slips.remove(sitting)
            place.displaced = None
        else:
            return "attention"
        self.take_deed_back(what, loan)
        place.seen.pop(loan.item, None)
        return "undone"

    def can_undo(self, what: str, loan: Loan) -> bool:
        """Tell whether the loan is still as the deed left it."""
        if not any(one is loan for one in self.loans):
            return False
        if what == "returned":
            return loan.back_at is not None and self.out(loan.item) is None
        return loan.back_at is None

    def take_deed_back(self, what: str, loan: Loan) -> None:
        """Make a deed as if it had not been."""
        if what == "lent":
            self.loans = [one for one in self.loans if one is not loan]
        elif what == "returned":
            loan.back_at = None
        else:
            loan.renewals -= 1

    def item(self, lane: str, item: str, at: datetime) -> str:
        """A book."""
        place, loan, back = self.lanes[lane], self.out(item), self.last_back(item)
        sitting = place.sitting
        just_back = back is not None and back.back_at is not None and at - back.back_at < SETTLE
        just_out = loan is not None and at - loan.out_at < SETTLE
        if place.crate or (sitting and sitting.mode == "return"):
            if loan:
                return self.bring_back(sitting, loan, at)
            return "ignored" if just_back else "attention"
        if sitting is None:
            if loan is None:
                return "ignored" if just_back else "attention"
            return "ignored" if just_out else self.bring_back(None, loan, at)
        if loan is None:
            if just_back and back is not None and back.reader == sitting.reader:
                return "ignored"
            return self.lend(sitting, item, at)
        if loan.reader != sitting.reader:
            return "refused"
        if sitting.mode == "renew":
            return self.go_on(sitting, loan)
        return "ignored" if just_out else self.bring_back(sitting, loan, at)

    def bring_back(self, sitting: Sitting | None, loan: Loan, at: datetime) -> str:
        """A loan ends."""
        loan.back_at = at
        if sitting:
            sitting.deeds.append(("returned", loan))
        return "checked_in"

    def lend(self, sitting: Sitting, item: str, at: datetime) -> str:
        """A loan begins, if the school's rules allow it."""
        reader = sitting.reader
        mine = [one for one in self.loans if one.reader == reader and not one.back_at]
        of_kind = [one for one in mine if (one.item == REFERENCE) == (item == REFERENCE)]
        limit = IN_ROOM_LIMIT if item == REFERENCE else LIMITS.get(reader, 0)
        if reader == HONG or (item == REFERENCE and reader != TEACHER) or len(of_kind) >= limit:
            return "refused"
        loan = Loan(item, reader, at)
        self.loans.append(loan)
        sitting.deeds.append(("lent", loan))
        return "checked_out"

    def go_on(self, sitting: Sitting, loan: Loan) -> str:
        """A loan goes on."""
        allowed = 0 if loan.item == REFERENCE else RENEWALS[sitting.reader]
        if loan.renewals >= allowed:
            return "refused"
        loan.renewals += 1
        sitting.deeds.append(("renewed", loan))
        return "renewed"


class DeskMachine(RuleBasedStateMachine):
    """Scans, waits and power cuts, on a desk and in the model."""

    folder: TemporaryDirectory[str]
    rig: Rig

    @initialize()
    def open(self) -> None:
        """Open a desk."""
        self.folder = TemporaryDirectory()
        self.rig = open_rig(Path(self.folder.name), SCHOOL)
        self.model = Model()

    @rule(
        lane=LANE, card=st.sampled_from(CARDS), scans=st.lists(st.tuples(LABEL, WAIT), max_size=8)
    )
    def come(self, lane: str, card: str, scans: list[tuple[str, float]]) -> None:
        """Come to a lane with a card, and scan some books and command labels."""
        self.scan(lane, card, 2.5)
        for label, wait in scans:
            self.scan(lane, label, wait)

    @rule(lane=LANE, label=LABEL, wait=WAIT)
    def scan_one(self, lane: str, label: str, wait: float) -> None:
        """Scan a book or a command label, whoever is there."""
        self.scan(lane, label, wait)

    def scan(self, lane: str, label: str, wait: float) -> None:
        """Scan a label some seconds after the last, on the desk and in the model."""
        self.rig.clock.at += timedelta(seconds=wait)
        at = self.rig.clock.at
        ended = self.model.pass_time(at)
        expected = self.model.scan(lane, label, at)

        outcomes = self.rig.scan(label, lane=lane, after=0)

        assert told(outcomes)[-1] == (expected, label)
        assert all(one.scan is None for one in outcomes[:-1])
        idle = [one.lane for one in outcomes[:-1] if one.at < at and one.seq is not None]
        assert sorted(idle) == sorted(ended)

    @rule(seconds=st.sampled_from([18, 20, 20.5, 40, 61]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.rig.tick(seconds)
        self.model.pass_time(self.rig.clock.at)

    @rule()
    def cut_power(self) -> None:
        """Cut the power and start again: what was recorded is there, sittings are over."""
        at = self.rig.clock.at
        self.rig.ledger.db.close()
        self.rig = open_rig(Path(self.folder.name), at=at)
        self.rig.desk.recover(at)
        for lane, place in self.model.lanes.items():
            if place.sitting:
                self.model.end(lane)
        self.model.lanes = {lane: Place() for lane in LANES}

    @invariant()
    def the_record_is_what_the_model_says(self) -> None:
        """Compare loans, sessions and slips."""
        found = self.rig.rows(
            "SELECT barcode, card, renewals, checked_in_at IS NULL FROM loan"
            " JOIN item ON item.id = item_id JOIN reader ON reader.id = reader_id"
        )
        loans = [
            (one.item, one.reader, one.renewals, int(not one.back_at)) for one in self.model.loans
        ]
        assert sorted(found) == sorted(loans)
        serving = self.rig.rows(
            "SELECT lane, card FROM session JOIN reader ON reader.id = reader_id"
            " WHERE closed_at IS NULL"
        )
        lanes = self.model.lanes.items()
        assert dict(serving) == {lane: one.sitting.reader for lane, one in lanes if one.sitting}
        assert len(self.rig.slips()) == len(self.model.slips)

    def teardown(self) -> None:
        """Replay the journal."""
        if hasattr(self, "rig"):
            assert self.rig.differences() == []
            self.rig.ledger.close()
            self.folder.cleanup()


TestDesk = DeskMachine.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
