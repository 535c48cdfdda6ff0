"""What the design says a scan means, in dicts and lists: the desk of the state machine's model."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from desk_rig import HONG, MING, REFERENCE, TEACHER, ZHE

LANES = ("left", "right")
STRANGER = "R999999"
LIMITS = {MING: 2, ZHE: 2, TEACHER: 10}
IN_ROOM_LIMIT = 5
RENEWALS = {MING: 1, ZHE: 1, TEACHER: 0, HONG: 0}
IDLE, REPEAT, SETTLE = timedelta(seconds=20), timedelta(seconds=2), timedelta(seconds=60)
MINUTE = timedelta(seconds=60)


@dataclass(eq=False)
class Loan:
    """One loan, as a person with a pencil would note it."""

    item: str
    reader: str
    out_at: datetime
    back_at: datetime | None = None
    renewals: int = 0


@dataclass(eq=False)
class Sitting:
    """One reader at one lane, or a crate without one; `deeds` are (what, loan)."""

    reader: str
    mode: str = "lend"
    deeds: list[tuple[str, Loan]] = field(default_factory=list)


@dataclass
class Place:
    """One lane."""

    sitting: Sitting | None = None
    crate: Sitting | None = None
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

    def end_crate(self, lane: str) -> None:
        """End a crate, if there is one; it has a slip if a book came back."""
        place = self.lanes[lane]
        if place.crate is not None and place.crate.deeds:
            self.slips.append(place.crate)
        place.crate = None

    def pass_time(self, at: datetime) -> list[str]:
        """End what has been idle for too long; returns the lanes where something ended."""
        ended = []
        for lane, place in self.lanes.items():
            if place.last_at is None:
                continue
            if place.sitting and at - place.last_at > IDLE:
                self.end(lane)
                ended.append(lane)
            if place.crate is not None and at - place.last_at > MINUTE:
                self.end_crate(lane)
                ended.append(lane)
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
        self.end_crate(lane)
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
        if place.crate is None:
            return "ignored"
        self.end_crate(lane)
        return "mode_changed"

    def renew(self, lane: str, _at: datetime) -> str:
        """The renew label."""
        sitting = self.lanes[lane].sitting
        if sitting is None:
            return "attention"
        sitting.mode = "renew"
        return "mode_changed"

    def take_back(self, lane: str, _at: datetime) -> str:
        """The return label: return mode, or a crate; one that is open goes on."""
        place = self.lanes[lane]
        if place.sitting:
            place.sitting.mode = "return"
        elif place.crate is None:
            place.crate = Sitting("")
        return "mode_changed"

    def undo(self, lane: str, at: datetime) -> str:
        """The undo label."""
        found = self.last_deed(lane, at)
        if found is None or not self.can_undo(*found[1]):
            return "attention"
        sitting, (what, loan) = found
        sitting.deeds.pop()
        if sitting in self.slips and not sitting.deeds:
            self.slips.remove(sitting)
        self.take_deed_back(what, loan)
        for place in self.lanes.values():
            place.seen.pop(loan.item, None)
            if place.displaced is not None and place.displaced[0] is sitting:
                place.displaced = None
        return "undone"

    def last_deed(self, lane: str, at: datetime) -> tuple[Sitting, tuple[str, Loan]] | None:
        """Find what the undo label would take back, and where it was done."""
        place = self.lanes[lane]
        if place.sitting and place.sitting.deeds:
            what, loan = place.sitting.deeds[-1]
            stranger = what == "returned" and loan.reader != place.sitting.reader
            return None if stranger else (place.sitting, (what, loan))
        if place.crate is not None and place.crate.deeds:
            # Its reader is not there, and nobody here is ever on duty.
            return None
        if place.displaced is not None and place.displaced[0].deeds:
            sitting, since = place.displaced
            what, loan = sitting.deeds[-1]
            if what == "lent" and at - since <= MINUTE:
                return sitting, (what, loan)
        return None

    def can_undo(self, what: str, loan: Loan) -> bool:
        """Tell whether the loan is still as the deed left it."""
        if loan not in self.loans:
            return False
        if what == "returned":
            return loan.back_at is not None and self.out(loan.item) is None
        return loan.back_at is None

    def take_deed_back(self, what: str, loan: Loan) -> None:
        """Make a deed as if it had not been."""
        if what == "lent":
            self.loans.remove(loan)
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
        if place.crate is not None or (sitting and sitting.mode == "return"):
            if loan:
                return self.bring_back(sitting or place.crate, loan, at)
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
