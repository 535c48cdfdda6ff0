"""The record as a person with a pencil would keep it: derived tables as dicts, event by event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Line = dict[str, Any]
Table = dict[Any, Line]


@dataclass(frozen=True)
class Now:
    """The row that an event got, and the text of its instant."""

    seq: int
    at: str


@dataclass(eq=False)
class Done:
    """A deed that may be taken back: what was there before it."""

    seq: int
    what: str
    loan: int
    item: int
    reader: int
    due_before: str | None = None
    hold: int | None = None
    hold_before: Line | None = None
    suspended: str | None = None
    suspended_before: str | None = None


class Week:
    """Sessions, loans, holds, charges, turns and all else that the journal says, in dicts."""

    def __init__(self, cards: dict[int, str], titles: dict[int, int]) -> None:
        self.titles = titles
        self.deeds: list[Done] = []
        self.tables: dict[str, Table] = {
            "reader": {
                one: {"id": one, "card": card, "status": "active", "suspended_until": None}
                for one, card in cards.items()
            },
            "item": {one: {"id": one, "status": "active"} for one in titles},
            **{
                name: {}
                for name in (
                    "session", "loan", "hold", "charge", "todo",
                    "turn", "opening", "old_card", "day_card", "visit",
                )
            },
        }  # fmt: skip
        for name, table in self.tables.items():
            setattr(self, name, table)

    session: Table
    loan: Table
    hold: Table
    charge: Table
    todo: Table
    turn: Table
    opening: Table
    old_card: Table
    day_card: Table
    visit: Table
    reader: Table
    item: Table

    # What is so now

    def open_loan(self, item: int) -> Line | None:
        """Find the loan that an item is out on."""
        out = (one for one in self.loan.values() if one["item_id"] == item)
        return next((one for one in out if one["checked_in_at"] is None), None)

    def kept_for(self, item: int) -> Line | None:
        """Find the hold that an item is set aside for."""
        ready = (one for one in self.hold.values() if one["state"] == "ready")
        return next((one for one in ready if one["item_id"] == item), None)

    def is_free(self, item: int) -> bool:
        """Tell whether an item is here, in use, and kept for nobody."""
        is_here = self.open_loan(item) is None and self.kept_for(item) is None
        return is_here and self.item[item]["status"] == "active"

    def hold_of(self, reader: int, title: int | None = None) -> Line | None:
        """Find a reader's hold that has not ended, on any title or on one."""
        mine = (one for one in self.hold.values() if one["reader_id"] == reader)
        living = (one for one in mine if one["state"] in ("waiting", "ready"))
        return next((one for one in living if title in (None, one["title_id"])), None)

    def waiting(self, title: int) -> Line | None:
        """Find who has waited longest for a title."""
        waits = (one for one in self.hold.values() if one["state"] == "waiting")
        return next((one for one in waits if one["title_id"] == title), None)

    def last_loan(self, item: int) -> Line | None:
        """Find an item's newest loan."""
        loans = (self.loan[one] for one in sorted(self.loan, reverse=True))
        return next((one for one in loans if one["item_id"] == item), None)

    def last_deeds(self) -> list[Done]:
        """List the last deed of each loan, the newest first: those before it stay."""
        last = {one.loan: one for one in self.deeds}.values()
        return sorted(last, key=lambda one: one.seq, reverse=True)

    def can_undo(self, done: Done) -> bool:
        """Tell whether a loan is still as its last deed left it; a charge stands on its loan."""
        if any(one["loan_id"] == done.loan for one in self.charge.values()):
            return False
        is_out = self.loan[done.loan]["checked_in_at"] is None
        if done.what != "returned":
            return is_out
        return self.open_loan(done.item) is None and self.item[done.item]["status"] == "active"

    # What happens

    def sit_down(self, now: Now, lane: str, reader: int, window: str | None) -> None:
        """A session begins."""
        self.session[now.seq] = {
            "id": now.seq,
            "desk": "desk-1",
            "lane": lane,
            "reader_id": reader,
            "opened_at": now.at,
            "closed_at": None,
            "window": window,
        }

    def lend(self, now: Now, item: int, reader: int, **loan: Any) -> None:
        """A loan begins; the reader's own hold on the title is filled, another's waits again."""
        self.loan[now.seq] = {
            "id": now.seq,
            "item_id": item,
            "reader_id": reader,
            "checked_out_at": now.at,
            "checked_in_at": None,
            "renewals": 0,
            "desk": "desk-1",
            **loan,
        }
        done = Done(now.seq, "lent", now.seq, item, reader)
        own, kept = self.hold_of(reader, self.titles[item]), self.kept_for(item)
        if kept is not None and kept is not own:
            self.wait_again(kept)
        if own is not None:
            done.hold, done.hold_before = own["id"], dict(own)
            own.update(state="filled", ended_at=now.at)
        self.deeds.append(done)

    def take_back(self, now: Now, loan: Line, back_at: str) -> Done:
        """A loan ends."""
        loan["checked_in_at"] = back_at
        done = Done(now.seq, "returned", loan["id"], loan["item_id"], loan["reader_id"])
        self.deeds.append(done)
        return done

    def set_aside(self, hold: Line, item: int, until: str | None) -> None:
        """A book is kept for whoever waits."""
        hold.update(state="ready", item_id=item, ready_until=until)

    def wait_again(self, hold: Line) -> None:
        """A book is kept no longer; its hold waits for the next copy."""
        hold.update(state="waiting", item_id=None, ready_until=None, ended_at=None)

    def suspend_late(self, done: Done, until: str) -> None:
        """A book came back so late that its reader is suspended."""
        reader = self.reader[done.reader]
        done.suspended, done.suspended_before = until, reader["suspended_until"]
        reader["suspended_until"] = until

    def go_on(self, now: Now, loan: Line, due_on: str) -> None:
        """A loan is renewed."""
        done = Done(now.seq, "renewed", loan["id"], loan["item_id"], loan["reader_id"])
        done.due_before = loan["due_on"]
        loan.update(due_on=due_on, renewals=loan["renewals"] + 1)
        self.deeds.append(done)

    def undo(self, done: Done) -> None:
        """A deed counts as never done, but for what has changed again since."""
        self.deeds.remove(done)
        loan, reader = self.loan[done.loan], self.reader[done.reader]
        if done.what == "lent":
            del self.loan[done.loan]
            if done.hold_before is not None:
                self._unfill(done)
        elif done.what == "returned":
            loan["checked_in_at"] = None
            kept = self.kept_for(done.item)
            if kept is not None:
                self.wait_again(kept)
            if done.suspended is not None and self._is_only_cause(done):
                reader["suspended_until"] = done.suspended_before
        else:
            loan.update(due_on=done.due_before, renewals=loan["renewals"] - 1)

    def _is_only_cause(self, done: Done) -> bool:
        """Tell whether a suspension stands as this return left it, and no later one is to blame."""
        late = [one for one in self.deeds if one.reader == done.reader and one.suspended]
        is_last = all(one.seq < done.seq for one in late)
        return is_last and self.reader[done.reader]["suspended_until"] == done.suspended

    def _unfill(self, done: Done) -> None:
        assert done.hold is not None
        assert done.hold_before is not None
        hold, before = self.hold[done.hold], done.hold_before
        if self.hold_of(done.reader) is not None:
            return
        item = before["item_id"]
        # Asked while the hold is still filled, so that it does not keep the book from itself.
        is_kept = item is None or self.is_free(item)
        hold.update(before)
        if not is_kept:
            self.wait_again(hold)

    def change_item(self, now: Now, item: int, status: str) -> None:
        """A book is lost, found, repaired or written off: nobody has it any more."""
        loan, kept = self.open_loan(item), self.kept_for(item)
        self.item[item]["status"] = status
        if loan is not None:
            loan["checked_in_at"] = now.at
            self.deeds = [one for one in self.deeds if one.loan != loan["id"]]
        if kept is not None:
            self.wait_again(kept)

    def place_hold(self, now: Now, title: int, reader: int) -> None:
        """A reader waits for a title."""
        self.hold[now.seq] = {
            "id": now.seq,
            "title_id": title,
            "reader_id": reader,
            "placed_at": now.at,
            "state": "waiting",
            "item_id": None,
            "ready_until": None,
            "ended_at": None,
        }

    def charge_for(self, now: Now, loan: Line, kind: str, amount_fen: int) -> None:
        """A reader is to replace or pay a book."""
        self.charge[now.seq] = {
            "id": now.seq,
            "reader_id": loan["reader_id"],
            "item_id": loan["item_id"],
            "loan_id": loan["id"],
            "kind": kind,
            "amount_fen": amount_fen,
            "made_at": now.at,
            "settled_at": None,
            "settled_by": None,
        }

    def to_do(
        self, now: Now, kind: str, label: str | None, *, lane: str, item: int, reader: int
    ) -> None:
        """Staff have something to look at."""
        self.todo[now.seq] = {
            "id": now.seq,
            "kind": kind,
            "at": now.at,
            "lane": lane,
            "item_id": item,
            "reader_id": reader,
            "label": label,
            "closed_at": None,
            "closed_by": None,
            "done": None,
        }

    def turn_is(self, now: Now, **turn: Any) -> None:
        """A class's turn was held, missed or cancelled."""
        counted = {"planned": 1, "come": 0, "expected": 0, "reason": None, "makes_up": None}
        self.turn[now.seq] = {"id": now.seq, **counted, **turn}
