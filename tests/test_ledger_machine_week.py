"""Every kind of event the journal knows, in any order, against tables kept with a pencil."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from week_model import Line
from week_rig import WeekRig

from kiosk.domain import Barcode, Deed, TodoKind
from kiosk.errors import LedgerError
from kiosk.ledger import applying, facts, undoing
from kiosk.ledger.connection import utc_text
from kiosk.ledger.journal import OWN_SESSION, Event
from kiosk.session.lane import DoneDeed

READERS = (1, 2, 6, 18)
ITEMS = (1, 2, 3)
"""The first two are of one title."""

CLASSES = (6, 8)
DAYS = [f"2026-09-{day}" for day in range(11, 19)]
STATUS = {
    "item_lost": "lost",
    "item_found": "active",
    "item_sent_to_repair": "in_repair",
    "item_repaired": "active",
    "item_withdrawn": "withdrawn",
}
QUIET = sorted(applying.WITHOUT_EFFECT)
LENDING = ["lend", "lend", "take_back", "take_back", "undo", "undo", "undo", "renew"]
HOLDING = ["hold", "hold", "set_aside", "end_hold"]
BOOKS = ["change_item", "change_item", "charge", "settle_charge"]
PEOPLE = ["sit_down", "stand_up", "suspend", "resume", "lose_card", "replace_card", "give_day_card"]
ROOM = [
    "come",
    "go",
    "open_window",
    "end_window",
    "settle_turn",
    "settle_turn",
    "happen",
    "close_todo",
]


@dataclass(frozen=True)
class Chance:
    """What something happens to; each event takes of it what it needs."""

    item: int
    reader: int
    day: str | None
    number: int


CHANCE = st.builds(
    Chance,
    st.sampled_from(ITEMS),
    st.sampled_from(READERS),
    st.one_of(st.none(), st.sampled_from(DAYS)),
    st.integers(0, 99),
)
BUSY = st.sampled_from([*LENDING, *HOLDING, *BOOKS])
ALL = st.sampled_from([*LENDING, *HOLDING, *BOOKS, *PEOPLE, *ROOM])


class WeekMachine(WeekRig):
    """Events as the desk writes them, each as far as it can happen then."""

    @rule(events=st.lists(st.tuples(BUSY, CHANCE), min_size=10, max_size=30))
    def lend_and_hold(self, events: list[tuple[str, Chance]]) -> None:
        """Do this and that with a few books that several readers want."""
        self.let_happen(events)

    @rule(events=st.lists(st.tuples(ALL, CHANCE), min_size=5, max_size=20))
    def live(self, events: list[tuple[str, Chance]]) -> None:
        """Let anything happen."""
        self.let_happen(events)

    def let_happen(self, events: list[tuple[str, Chance]]) -> None:
        """Let one event happen after the other, and compare after each."""
        for event, chance in events:
            getattr(self, event)(chance)
            self.the_tables_are_what_the_pencil_says()

    # Loans

    def lend(self, to: Chance) -> None:
        """A book goes out, on its reader's hold or in spite of another's; or by paper."""
        week, item, reader = self.week, to.item, to.reader
        if week.open_loan(item) is not None:
            return
        own, kept = week.hold_of(reader, week.titles[item]), week.kept_for(item)
        loan = {"class_id": 6, "window": "班级轮借", "in_room": int(reader == 18)}
        data: dict[str, Any] = {"due_on": to.day or DAYS[0], **loan, "rule": 3}
        if own is not None:
            data["hold"] = own["id"]
        if kept is not None and kept is not own:
            data["hold_waits"] = kept["id"]
        if to.day is None:
            data["happened_at"] = loan["checked_out_at"] = "2026-09-09T04:00:00.000Z"
        now = self.record("checked_out", data, reader=reader, item=item)
        week.lend(now, item, reader, due_on=data["due_on"], **loan)

    def take_back(self, what: Chance) -> None:
        """A book comes back: late, or by paper; for whoever waits."""
        week, item = self.week, what.item
        loan = week.open_loan(item)
        if loan is None:
            return
        reader = loan["reader_id"]
        is_for_next = week.kept_for(item) is None and week.item[item]["status"] == "active"
        waiting = week.waiting(week.titles[item]) if is_for_next else None
        data = {"loan": loan["id"]}
        if waiting is not None:
            data |= {"hold": waiting["id"], "hold_until": what.day}
        if what.day is not None:
            before = week.reader[reader]["suspended_until"]
            data |= {"late_days": 1, "suspended_until": what.day, "suspended_before": before}
        else:
            data["happened_at"] = "2026-09-10T04:00:00.000Z"
        now = self.record("checked_in", data, reader=reader, item=item)
        done = week.take_back(now, loan, data.get("happened_at", now.at))
        if waiting is not None:
            week.set_aside(waiting, item, what.day)
        if what.day is not None:
            week.suspend_late(done, what.day)

    def renew(self, what: Chance) -> None:
        """A loan goes on."""
        loan, due_on = self.week.open_loan(what.item), what.day
        if loan is not None and due_on is not None:
            data = {"loan": loan["id"], "due_on": due_on, "due_before": loan["due_on"], "rule": 3}
            now = self.record("renewed", data, reader=loan["reader_id"], item=what.item)
            self.week.go_on(now, loan, due_on)

    def undo(self, what: Chance) -> None:
        """The last deed on a loan of the book is taken back, if the loan is still as it left it."""
        deeds = [one for one in self.week.last_deeds() if one.item == what.item]
        if not deeds:
            return
        done = deeds[what.number % min(2, len(deeds))]
        due_before = None if done.due_before is None else date.fromisoformat(done.due_before)
        deed = DoneDeed(
            done.seq,
            Deed(done.what),
            done.loan,
            done.reader,
            done.item,
            Barcode(""),
            "",
            due_before=due_before,
        )
        assert facts.can_undo(self.ledger.db, deed) == self.week.can_undo(done)
        if self.week.can_undo(done):
            data = undoing.undone_by(self.ledger.db, deed)
            self.record("undone", data, reader=done.reader, item=done.item)
            self.week.undo(done)

    # Books

    def change_item(self, what: Chance) -> None:
        """A book is lost, found, repaired or written off."""
        kind = list(STATUS)[what.number % len(STATUS)]
        loan, kept = self.week.open_loan(what.item), self.week.kept_for(what.item)
        data = {}
        if loan is not None:
            data["loan"] = loan["id"]
        if kept is not None:
            data["hold_waits"] = kept["id"]
        now = self.record(kind, data, item=what.item)
        self.week.change_item(now, what.item, STATUS[kind])

    def charge(self, what: Chance) -> None:
        """Whoever had the book last is charged."""
        loan = self.week.last_loan(what.item)
        if loan is not None:
            kind = "lost" if what.day is None else "damaged"
            data = {"loan": loan["id"], "charge_kind": kind, "amount_fen": what.number}
            now = self.record("charge_made", data, reader=loan["reader_id"], item=what.item)
            self.week.charge_for(now, loan, kind, what.number)

    def settle_charge(self, what: Chance) -> None:
        """A book is replaced or paid."""
        way = ["replacement", "payment", "waived"][what.number % 3]
        for charge in self.week.charge.values():
            if charge["item_id"] == what.item and charge["settled_at"] is None:
                now = self.record("charge_settled", {"charge": charge["id"], "by": way})
                charge.update(settled_at=now.at, settled_by=way)

    # Holds

    def hold(self, what: Chance) -> None:
        """A reader is to have the next copy of a title; each has one hold."""
        if self.week.hold_of(what.reader) is None:
            data = {"title_id": self.week.titles[what.item]}
            now = self.record("hold_placed", data, reader=what.reader, item=what.item)
            self.week.place_hold(now, data["title_id"], what.reader)

    def set_aside(self, what: Chance) -> None:
        """A book that is here goes to who waits for it, or its day becomes known."""
        week, item = self.week, what.item
        waits = week.waiting(week.titles[item]) if week.is_free(item) else None
        hold = week.kept_for(item) or waits
        if hold is not None:
            self.record("hold_ready", {"hold": hold["id"], "hold_until": what.day}, item=item)
            week.set_aside(hold, item, what.day)

    def end_hold(self, whose: Chance) -> None:
        """A hold ends without a loan."""
        hold, state = self.week.hold_of(whose.reader), "expired" if whose.day else "cancelled"
        if hold is not None:
            now = self.record(f"hold_{state}", {"hold": hold["id"]}, reader=whose.reader)
            hold.update(state=state, ended_at=now.at)

    # Readers, their sessions and their cards

    def sit_down(self, who: Chance) -> None:
        """A session begins."""
        lane, window = "left", None if who.day is None else "班级轮借"
        parts = {"lane": lane, "session": OWN_SESSION, "reader": who.reader}
        now = self.record("session_opened", {"window": window}, **parts)
        self.week.sit_down(now, lane, who.reader, window)

    def stand_up(self, _: Chance) -> None:
        """The oldest session ends."""
        still = [one for one in self.week.session.values() if one["closed_at"] is None]
        for session in still[:1]:
            now = self.record("session_closed", {"cause": "card"}, session=session["id"])
            session["closed_at"] = now.at

    def suspend(self, who: Chance) -> None:
        """A reader is suspended, until a day or until staff say so."""
        reader = self.week.reader[who.reader]
        if who.day is None:
            self.record("reader_suspended", reader=who.reader)
            reader["status"] = "suspended"
        else:
            self.record("reader_suspended", {"until": who.day}, reader=who.reader)
            reader["suspended_until"] = who.day

    def resume(self, who: Chance) -> None:
        """A reader may borrow again."""
        self.record("reader_resumed", reader=who.reader)
        self.week.reader[who.reader].update(status="active", suspended_until=None)

    def lose_card(self, who: Chance) -> None:
        """A card is lost."""
        self.record("card_reported_lost", reader=who.reader)
        self.week.reader[who.reader]["status"] = "lost"

    def replace_card(self, who: Chance) -> None:
        """A reader gets another card; a lost one is no longer missed."""
        line = self.week.reader[who.reader]
        old, new = line["card"], f"R{200000 + len(self.week.old_card)}"
        now = self.record("card_replaced", {"old": old, "new": new}, reader=who.reader)
        self.week.old_card[old] = {"card": old, "reader_id": who.reader, "replaced_at": now.at}
        line.update(card=new, status="active" if line["status"] == "lost" else line["status"])

    def give_day_card(self, who: Chance) -> None:
        """A reader gets a card for a day."""
        code, day = f"{len(self.week.day_card):08}", who.day or DAYS[0]
        self.record("day_card_issued", {"code": code, "day": day}, reader=who.reader)
        self.week.day_card[code] = {"code": code, "reader_id": who.reader, "day": day}

    def come(self, who: Chance) -> None:
        """A reader comes to the reading room."""
        parts = {"lane": "door", "reader": who.reader}
        now = self.record("visit_began", {"class_id": 6}, **parts)
        self.week.visit[now.seq] = {
            "id": now.seq,
            "reader_id": who.reader,
            "class_id": 6,
            "desk": "desk-1",
            "lane": "door",
            "came_at": now.at,
            "left_at": None,
        }

    def go(self, _: Chance) -> None:
        """Whoever came last goes again."""
        for visit in list(self.week.visit.values())[-1:]:
            now = self.record("visit_ended", {"visit": visit["id"]}, reader=visit["reader_id"])
            visit["left_at"] = now.at

    # Windows, turns, and the list of things to do

    def open_window(self, at: Chance) -> None:
        """Staff open a window, for a class or for the whole school."""
        data = {
            "name": f"加开{len(self.week.opening)}",
            "opens_at": utc_text(self.at),
            "closes_at": utc_text(self.at + timedelta(minutes=40)),
            "classes": [] if at.day is None else ["2024-2"],
        }
        now = self.record("window_opened", data)
        listed = "[]" if at.day is None else '["2024-2"]'
        self.week.opening[now.seq] = {"id": now.seq, **data, "classes": listed}

    def end_window(self, at: Chance) -> None:
        """A window lasts longer, or is over."""
        for opening in list(self.week.opening.values())[-1:]:
            data = {"opening": opening["id"], "closes_at": utc_text(self.at)}
            self.record("window_ended" if at.day is None else "window_extended", data)
            opening["closes_at"] = data["closes_at"]

    def settle_turn(self, which: Chance) -> None:
        """It is written down what became of a class's turn, once."""
        turns, class_id = self.week.turn.values(), CLASSES[which.number % 2]
        day = which.day or DAYS[0]
        if any((one["class_id"], one["day"]) == (class_id, day) for one in turns):
            return
        state = ["held", "held", "missed", "cancelled"][which.number // 2 % 4]
        turn: Line = {
            "class_id": class_id,
            "window": "班级轮借",
            "day": day,
            "opens_at": f"{day}T08:30:00.000Z",
            "closes_at": f"{day}T09:00:00.000Z",
            "state": state,
        }
        lost = [one["id"] for one in turns if one["state"] != "held"]
        if state != "held":
            turn["reason"] = "nobody_came" if state == "missed" else "运动会"
        elif lost:
            turn |= {"come": 40, "expected": 45, "planned": False, "makes_up": lost[0]}
        now = self.record("turn_cancelled" if state == "cancelled" else "turn_settled", turn)
        self.week.turn_is(now, **turn | {"planned": int(turn.get("planned", True))})

    def happen(self, what: Chance) -> None:
        """Something changes nothing but, it may be, what there is to do."""
        kind = QUIET[what.number % len(QUIET)]
        parts: dict[str, Any] = {"lane": "left", "item": what.item, "reader": what.reader}
        if what.day is None:
            self.record(kind, **parts)
            return
        todo = list(TodoKind)[what.number % len(TodoKind)]
        label = None if what.number % 3 else "X-1"
        now = self.record(kind, {"todo": todo, "label": label}, **parts)
        self.week.to_do(now, todo.value, label, **parts)

    def close_todo(self, who: Chance) -> None:
        """Something has been done."""
        for line in list(self.week.todo.values())[-1:]:
            data = {"closes": line["id"], "done": "put_back"}
            now = self.record("todo_closed", data, operator=who.reader)
            line.update(closed_at=now.at, closed_by=who.reader, done="put_back")

    @rule(what=CHANCE)
    def refuse(self, what: Chance) -> None:
        """What cannot be is refused, and what stood before it in the transaction is not kept."""
        lent = {"due_on": DAYS[0], "class_id": 6, "window": None, "in_room": False}
        cannot_be = [
            Event("checked_out", self.at, "desk-1", reader=999, item=what.item, data=lent),
            Event("checked_out", self.at, "desk-1", item=what.item, data=lent),
            Event("checked_out", self.at, "desk-1", reader=what.reader, data=lent),
            Event("hold_placed", self.at, "desk-1", reader=1, data={"title_id": 999}),
            Event("forgotten", self.at, "desk-1"),
        ]
        if self.week.open_loan(what.item) is not None:
            cannot_be.append(
                Event("checked_out", self.at, "desk-1", reader=1, item=what.item, data=lent)
            )
        turns = self.week.turn.values()
        cannot_be.extend(Event("turn_settled", self.at, "desk-1", data=turn) for turn in turns)
        for event in cannot_be:
            with pytest.raises(LedgerError):
                self.try_after_another(event)


class ReplayedMachine(WeekMachine):
    """The same, the journal replayed after each step."""

    @invariant()
    def the_journal_says_so_too(self) -> None:
        """Replay the journal."""
        self.replay()


TestWeek = ReplayedMachine.TestCase
TestWeek.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)


@pytest.mark.long
def test_the_record_is_what_its_journal_says_after_very_many_events() -> None:
    run_state_machine_as_test(
        ReplayedMachine, settings=settings(max_examples=200, stateful_step_count=40, deadline=None)
    )
