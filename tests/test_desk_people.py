"""Duty, binder lines, temporary cards and cards replaced: who may, and what it does."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, IN_TURN, MING, MONITOR, TEACHER, ZHE, ZONE, Rig, codes, open_rig
from desk_rig import told as kinds

from kiosk.desk.people.duty import duty_until
from kiosk.domain import Note, Outcome
from kiosk.domain import OutcomeKind as Kind

OTHER_MONITOR = "R100012"
BOOK, SECOND = BOOKS[0], BOOKS[1]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the middle of a turn, with two lanes."""
    return open_rig(tmp_path)


def note(outcomes: list[Outcome]) -> tuple[Kind, Note | None]:
    """Say what the last outcome was, and its note."""
    return outcomes[-1].kind, outcomes[-1].note


def reader_id(rig: Rig, card: str) -> int:
    """Look a reader up."""
    return int(rig.rows("SELECT id FROM reader WHERE card = ?", card)[0][0])


def day_code(rig: Rig) -> str:
    """Read the label of the newest temporary card from its slip."""
    body = rig.rows("SELECT body FROM slip WHERE kind = 'card' ORDER BY id DESC")[0][0]
    return str(json.loads(body)["code"])


def test_duty_begins_with_the_label_and_the_own_card_and_opens_no_session(rig: Rig) -> None:
    asked = rig.scan("KC-DUTY")
    began = rig.scan(MONITOR)

    assert note(asked) == (Kind.MODE_CHANGED, Note.DUTY_CARD)
    assert kinds(began) == [("mode_changed", MONITOR)]
    assert note(began) == (Kind.MODE_CHANGED, Note.DUTY_BEGAN)
    assert began[-1].values == {"name": "张㛃", "until": "17:20"}
    assert rig.rows("SELECT count(*) FROM session") == [(0,)]
    duty = rig.desk.room.duty
    assert duty is not None
    assert duty.until.astimezone(ZONE) == IN_TURN.replace(hour=17, minute=20)


def test_everything_on_all_lanes_has_the_monitor_on_duty_as_operator(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans(MING, BOOK, lane="right")

    operators = rig.rows("SELECT kind, operator FROM journal WHERE seq >= 4")
    monitor = reader_id(rig, MONITOR)
    assert operators == [
        ("duty_began", monitor),
        ("session_opened", monitor),
        ("checked_out", monitor),
    ]


def test_duty_may_begin_in_the_middle_of_a_session_which_goes_on(rig: Rig) -> None:
    rig.scan(MING)
    rig.be_on_duty()

    lent = rig.scan(BOOK)

    assert kinds(lent) == [("checked_out", BOOK)]
    assert lent[-1].card == MING


def test_the_same_monitor_ends_duty_and_another_takes_it_over(rig: Rig) -> None:
    rig.be_on_duty()
    taken = rig.be_on_duty(OTHER_MONITOR)
    ended = rig.be_on_duty(OTHER_MONITOR)

    assert note(taken) == (Kind.MODE_CHANGED, Note.DUTY_BEGAN)
    assert note(ended) == (Kind.MODE_CHANGED, Note.DUTY_ENDED)
    assert rig.desk.room.duty is None
    assert rig.rows(
        "SELECT journal.kind, card FROM journal JOIN reader ON reader.id = reader"
        " WHERE journal.kind LIKE 'duty%' ORDER BY seq"
    ) == [
        ("duty_began", MONITOR),
        ("duty_ended", MONITOR),
        ("duty_began", OTHER_MONITOR),
        ("duty_ended", OTHER_MONITOR),
    ]


@pytest.mark.parametrize("card", [MING, TEACHER, "R999999"])
def test_who_is_no_monitor_gets_no_duty_and_no_session(rig: Rig, card: str) -> None:
    refused = rig.be_on_duty(card)

    assert note(refused) == (Kind.ATTENTION, Note.NOT_A_MONITOR)
    assert rig.desk.room.duty is None
    assert rig.rows("SELECT count(*) FROM session") == [(0,)]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("status = 'suspended'", "suspended"),
        ("status = 'lost'", "lost"),
        ("suspended_until = '2026-09-10'", "suspended"),
        ("expires_on = '2026-09-09'", "expired"),
    ],
)
def test_a_monitor_who_may_not_borrow_may_not_be_on_duty(rig: Rig, change: str, kind: str) -> None:
    rig.ledger.db.execute(f"UPDATE reader SET {change} WHERE card = ?", (MONITOR,))

    refused = rig.be_on_duty()

    assert note(refused) == (Kind.ATTENTION, Note.NOT_A_MONITOR)
    assert refused[-1].values == {"kind": kind}
    assert rig.desk.room.duty is None


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("16:34", "17:20"),
        ("17:02", "17:20"),
        ("12:00", "17:20"),
        ("09:00", "10:35"),
        ("18:00", "18:15"),
    ],
)
def test_duty_lasts_until_a_quarter_after_the_window_now_or_next(
    rig: Rig, at: str, until: str
) -> None:
    begins = datetime.fromisoformat(f"2026-09-10T{at}").replace(tzinfo=ZONE)

    ends = duty_until(rig.desk.timetable, begins)

    assert f"{ends.astimezone(ZONE):%H:%M}" == until


def test_duty_ends_by_time_with_a_line_of_its_own(rig: Rig) -> None:
    rig.be_on_duty()
    next_at = rig.desk.next_deadline()
    assert next_at is not None
    assert next_at <= IN_TURN.replace(hour=17, minute=21)

    rig.clock.at = IN_TURN.replace(hour=17, minute=20)
    ended = [one for one in rig.tick(1) if one.note is Note.DUTY_ENDED]

    assert [(one.kind, one.scan, one.card) for one in ended] == [(Kind.MODE_CHANGED, None, MONITOR)]
    assert rig.desk.room.duty is None
    assert note(rig.scan(f"KC-READER-{MING}")) == (Kind.ATTENTION, Note.NEEDS_MONITOR)


def test_the_desk_looks_again_when_duty_ends_though_nothing_else_is_due(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=IN_TURN.replace(hour=19, minute=0))
    rig.tick(1)

    rig.be_on_duty()

    next_at = rig.desk.next_deadline()
    assert next_at is not None
    assert next_at <= IN_TURN.replace(hour=19, minute=16)


def test_duty_is_over_after_a_restart(tmp_path: Path) -> None:
    before = open_rig(tmp_path)
    before.be_on_duty()
    before.ledger.close()

    after = open_rig(tmp_path, at=before.clock)

    assert note(after.scan(f"KC-READER-{MING}")) == (Kind.ATTENTION, Note.NEEDS_MONITOR)


def test_a_clock_set_far_back_does_not_prolong_duty(rig: Rig) -> None:
    rig.be_on_duty()
    duty = rig.desk.room.duty
    assert duty is not None

    assert duty.is_on(duty.since - timedelta(minutes=1))
    assert not duty.is_on(duty.since - timedelta(days=200))


def test_a_binder_line_serves_the_pupil_while_a_monitor_is_on_duty(rig: Rig) -> None:
    rig.be_on_duty()

    opened = rig.scan(f"KC-READER-{MING}")
    lent = rig.scan(BOOK)
    ended = rig.scan(f"KC-READER-{MING}")

    assert note(opened) == (Kind.SESSION_OPENED, Note.BY_BINDER)
    assert opened[-1].label_kind == "command"
    assert kinds(lent) == [("checked_out", BOOK)]
    assert kinds(ended) == [("session_closed", f"KC-READER-{MING}")]
    data = rig.rows("SELECT data FROM journal WHERE kind = 'session_opened'")[0][0]
    assert json.loads(data)["binder"] is True
    assert rig.open_loans() == {BOOK: MING}


def test_a_binder_line_without_duty_changes_nothing(rig: Rig) -> None:
    rig.scan(ZHE)

    refused = rig.scan(f"KC-READER-{MING}")

    assert note(refused) == (Kind.ATTENTION, Note.NEEDS_MONITOR)
    assert kinds(rig.scan(BOOK)) == [("checked_out", BOOK)]
    assert rig.open_loans() == {BOOK: ZHE}


def test_nobody_gets_a_monitors_rights_for_the_own_card(rig: Rig) -> None:
    rig.be_on_duty()

    binder = rig.scan(f"KC-READER-{MONITOR}")
    day_card = rig.scans("KC-TEMPCARD", MONITOR)

    assert note(binder) == (Kind.ATTENTION, Note.NOT_FOR_YOURSELF)
    assert note(day_card) == (Kind.ATTENTION, Note.NOT_FOR_YOURSELF)
    assert rig.rows("SELECT count(*) FROM session") == [(0,)]
    assert rig.rows("SELECT count(*) FROM day_card") == [(0,)]


def test_an_unknown_binder_line_is_refused(rig: Rig) -> None:
    rig.be_on_duty()

    assert codes(rig.scan("KC-READER-R777777")) == ["card_unknown"]


def test_staff_serve_from_the_binder_and_stand_for_it(rig: Rig) -> None:
    rig.be_staff()

    opened = rig.scan(f"KC-READER-{MING}")

    assert [one.kind for one in opened] == [Kind.SESSION_CLOSED, Kind.SESSION_OPENED]
    operator = rig.rows("SELECT operator FROM journal WHERE seq = ?", opened[-1].seq)[0][0]
    assert operator == reader_id(rig, TEACHER)


def test_a_reader_whose_card_is_lost_is_served_from_the_binder_only(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-CARDLOST", MING, "KC-DONE")
    refused = rig.scan(MING)
    rig.be_on_duty()

    rig.scan(f"KC-READER-{MING}")
    lent = rig.scan(BOOK)

    assert codes(refused) == ["card_lost"]
    assert kinds(lent) == [("checked_out", BOOK)]
    assert rig.differences() == []


def test_a_temporary_card_is_printed_and_opens_a_session_today_only(rig: Rig) -> None:
    rig.be_on_duty()

    queued = rig.scans("KC-TEMPCARD", f"KC-READER-{MING}")
    code = day_code(rig)
    opened = rig.scan(code)
    rig.scan("KC-DONE")
    rig.clock.at += timedelta(days=1)
    next_day = rig.scan(code)

    assert note(queued) == (Kind.MODE_CHANGED, Note.DAY_CARD_QUEUED)
    printed = rig.rows("SELECT state, session FROM slip WHERE kind = 'card'")
    assert printed == [("queued", None)]
    assert code.startswith("KC-DAY-")
    assert len(code) == len("KC-DAY-12345678")
    assert note(opened) == (Kind.SESSION_OPENED, Note.BY_DAY_CARD)
    assert opened[-1].card == MING
    assert note(next_day) == (Kind.ATTENTION, Note.NOT_NOW)
    assert next_day[-1].values == {"day": "2026-09-10"}
    assert rig.differences() == []


def test_a_temporary_card_that_nobody_issued_is_unknown(rig: Rig) -> None:
    assert codes(rig.scan("KC-DAY-00000000")) == ["card_unknown"]


def test_temporary_cards_need_a_monitor(rig: Rig) -> None:
    assert note(rig.scan("KC-TEMPCARD")) == (Kind.ATTENTION, Note.NEEDS_MONITOR)


def test_a_temporary_card_is_no_card_for_duty_or_a_pin(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-TEMPCARD", MONITOR)
    monitors = day_code(rig)
    rig.scans("KC-TEMPCARD", TEACHER, "KC-DONE")
    teachers = day_code(rig)

    rig.scan("KC-DUTY")
    opened = rig.scan(monitors)
    rig.scan(teachers)

    assert note(opened) == (Kind.SESSION_OPENED, Note.BY_DAY_CARD)
    assert rig.desk.room.duty is None
    session = rig.desk.lanes["left"].session
    assert session is not None
    assert not session.has_pin


def test_staff_replace_a_card_and_the_old_one_says_so_at_once(rig: Rig) -> None:
    rig.scans(MING, BOOK, "KC-DONE")
    rig.be_staff()

    asked = rig.scans("KC-NEWCARD", MING)
    replaced = rig.scan("R555555")
    rig.scan("KC-DONE")
    old = rig.scan(MING)
    rig.tick(601)
    new = rig.scan("R555555")
    back = rig.scan(BOOK)

    assert note(asked) == (Kind.MODE_CHANGED, Note.SCAN_NEW_CARD)
    assert note(replaced) == (Kind.MODE_CHANGED, Note.CARD_REPLACED)
    assert codes(old) == ["card_lost"]
    assert old[-1].blocks[0].values == {"replaced": True}
    assert kinds(new) == [("session_opened", "R555555")]
    assert kinds(back) == [("checked_in", BOOK)]
    assert rig.differences() == []


def test_a_card_that_anybody_has_or_had_is_no_new_card(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-NEWCARD", MING, "R555555")

    of_another = rig.scans("KC-NEWCARD", ZHE, HONG)
    old_one = rig.scans("KC-NEWCARD", ZHE, MING)

    assert note(of_another) == (Kind.ATTENTION, Note.CARD_TAKEN)
    assert note(old_one) == (Kind.ATTENTION, Note.CARD_TAKEN)
    assert rig.rows("SELECT card FROM old_card") == [(MING,)]


def test_the_binder_line_of_a_replaced_card_still_finds_the_reader(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-NEWCARD", MING, "R555555")

    opened = rig.scan(f"KC-READER-{MING}")

    assert note(opened) == (Kind.SESSION_OPENED, Note.BY_BINDER)
    assert opened[-1].card == "R555555"


def test_staff_suspend_and_let_borrow_again(rig: Rig) -> None:
    rig.be_staff()
    suspended = rig.scans("KC-SUSPEND", MING)
    rig.scan("KC-DONE")
    refused = rig.scans(MING, BOOK)
    rig.be_staff()
    resumed = rig.scans("KC-RESUME", MING)
    rig.scan("KC-DONE")

    assert suspended[-1].values == {"name": "王小明", "kind": "suspended"}
    assert codes(refused) == ["reader_suspended"]
    assert resumed[-1].values == {"name": "王小明", "kind": "active"}
    assert kinds(rig.scans(MING, BOOK)) == [("checked_out", BOOK)]
    assert rig.differences() == []


def test_a_lost_card_stays_lost_when_its_reader_is_to_be_suspended(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-CARDLOST", MING)

    refused = rig.scans("KC-SUSPEND", MING)

    assert note(refused) == (Kind.ATTENTION, Note.NOT_NOW)
    assert rig.rows("SELECT status FROM reader WHERE card = ?", MING) == [("lost",)]


def test_a_monitor_whose_card_is_reported_lost_is_off_duty(rig: Rig) -> None:
    rig.be_on_duty()
    rig.be_staff()

    rig.scans("KC-CARDLOST", MONITOR)

    assert rig.desk.room.duty is None


@pytest.mark.parametrize("label", ["KC-CARDLOST", "KC-NEWCARD", "KC-SUSPEND", "KC-RESUME"])
def test_a_monitor_on_duty_changes_no_readers_card(rig: Rig, label: str) -> None:
    rig.be_on_duty()

    assert note(rig.scan(label)) == (Kind.ATTENTION, Note.NEEDS_STAFF)
