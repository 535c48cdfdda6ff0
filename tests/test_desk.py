"""What a scan means: whole flows through `Desk.handle`, over a real database."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_rig import (
    BOOKS,
    HONG,
    IN_TURN,
    MING,
    REFERENCE,
    TEACHER,
    ZHE,
    ZONE,
    Rig,
    codes,
    open_rig,
    told,
)

from kiosk.domain import LaneUse, Note, Scan
from kiosk.domain import OutcomeKind as Kind

FIRST, SECOND, THIRD = BOOKS[0], BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the middle of a turn, with two lanes."""
    return open_rig(tmp_path)


def test_every_scan_is_the_last_outcome_and_sessions_it_ended_come_before_it(rig: Rig) -> None:
    rig.scan(MING)
    rig.scan(ZHE, lane="right")

    moved = rig.scan(ZHE)

    assert told(moved) == [
        ("session_closed", None),
        ("session_closed", None),
        ("session_opened", ZHE),
    ]
    assert [(one.lane, one.card, one.label_kind) for one in moved] == [
        ("left", MING, None),
        ("right", ZHE, None),
        ("left", ZHE, "card"),
    ]
    assert moved[1].note is Note.ELSEWHERE
    assert [one.seq for one in moved] == sorted(one.seq or 0 for one in moved)


def test_an_unknown_card_is_refused_and_ends_the_session_and_a_crate(rig: Rig) -> None:
    rig.scan(MING)
    refused = rig.scan("R999999")
    rig.scan("KC-RETURN")
    rig.scan("R999999")
    after = rig.scan(FIRST)

    assert told(refused) == [("session_closed", None), ("refused", "R999999")]
    assert codes(refused) == ["card_unknown"]
    assert after[0].note is Note.CARD_FIRST


def test_a_lost_card_is_refused_and_a_suspended_reader_may_still_bring_books_back(
    rig: Rig,
) -> None:
    rig.scans(MING, FIRST, MING)
    rig.ledger.db.execute("UPDATE reader SET status = 'suspended' WHERE card = ?", (MING,))
    rig.ledger.db.execute("UPDATE reader SET status = 'lost' WHERE card = ?", (ZHE,))
    rig.tick(601)

    lost = rig.scan(ZHE)
    opened = rig.scan(MING)
    refused = rig.scan(SECOND)
    back = rig.scan(FIRST)

    assert codes(lost) == ["card_lost"]
    assert told(opened) == [("session_opened", MING)]
    assert codes(refused) == ["reader_suspended"]
    assert told(back) == [("checked_in", FIRST)]


def test_a_book_of_another_is_refused_without_naming_them(rig: Rig) -> None:
    rig.scans(ZHE, FIRST, ZHE, MING)

    refused = rig.scan(FIRST)

    assert codes(refused) == ["on_loan_to_other"]
    assert ZHE not in str(refused[0].blocks)
    assert "陈喆" not in str(refused[0].blocks)


def test_found_on_loan_may_take_it_back_first_and_lend_it_at_the_second_scan(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, {'found_on_loan = "refuse"': 'found_on_loan = "return"'})
    rig.scans(ZHE, FIRST, ZHE, MING)

    assert told(rig.scan(FIRST)) == [("checked_in", FIRST)]
    assert told(rig.scan(FIRST)) == [("checked_out", FIRST)]
    assert rig.open_loans() == {FIRST: MING}


def test_return_mode_takes_back_at_once_and_renew_mode_renews_own_books(rig: Rig) -> None:
    rig.scans(MING, FIRST, SECOND)

    renewed = rig.scans("KC-RENEW", FIRST)
    exhausted = rig.scan(FIRST)
    back = rig.scans("KC-RETURN", SECOND)

    assert told(renewed) == [("renewed", FIRST)]
    assert codes(exhausted) == ["renewals_exhausted"]
    assert told(back) == [("checked_in", SECOND)]
    rig.scans("KC-DONE", MING)
    assert told(rig.scan(THIRD)) == [("checked_out", THIRD)]


def test_without_a_session_a_book_comes_back_and_one_not_lent_needs_a_card(rig: Rig) -> None:
    rig.scans(MING, FIRST, MING)
    rig.tick(601)

    back = rig.scan(FIRST)
    attention = rig.scan(SECOND)

    assert told(back) == [("checked_in", FIRST)]
    assert (attention[0].kind, attention[0].note) == (Kind.ATTENTION, Note.CARD_FIRST)
    assert attention[0].seq is not None


@pytest.mark.parametrize(("wait_s", "became"), [(599.9, Kind.IGNORED), (600, Kind.CHECKED_IN)])
def test_a_plain_scan_flips_nothing_for_settle_s(rig: Rig, wait_s: float, became: Kind) -> None:
    rig.scans(MING, FIRST, MING)

    assert rig.scan(FIRST, after=wait_s - 3)[-1].kind is became


def test_a_book_just_returned_is_already_back_for_its_reader_and_free_for_others(
    rig: Rig,
) -> None:
    rig.scans(MING, FIRST, MING)
    rig.scan(FIRST, after=700)

    assert rig.scan(FIRST)[0].note is Note.ALREADY_BACK
    assert rig.scans(MING, FIRST)[0].note is Note.ALREADY_BACK
    assert told(rig.scans(ZHE, FIRST)) == [("checked_out", FIRST)]


def test_the_same_label_within_repeat_s_is_ignored_on_its_lane_only(rig: Rig) -> None:
    rig.scan(MING)

    repeated = rig.scan(MING, after=1.9)
    elsewhere = rig.scan(MING, lane="right", after=0.1)

    assert told(repeated) == [("ignored", MING)]
    assert (repeated[0].seq, repeated[0].note) == (None, Note.REPEAT)
    assert told(elsewhere) == [("session_closed", None), ("session_opened", MING)]


def test_an_isbn_a_stranger_and_rubbish_are_refused_with_one_code_each(rig: Rig) -> None:
    rig.scan(HONG)

    assert codes(rig.scan("9787532701001")) == ["isbn_not_item"]
    assert codes(rig.scan("39999999")) == ["item_unknown"]
    assert codes(rig.scan("KC-NOTHING")) == ["label_unreadable"]
    assert codes(rig.scan("x" * 10_000)) == ["label_unreadable"]
    assert codes(rig.scan("30\x0000001")) == ["label_unreadable"]
    labels = rig.rows("SELECT data ->> 'label' FROM journal WHERE kind = 'refused' ORDER BY seq")
    assert max(len(label) for (label,) in labels) == 200
    assert rig.differences() == []


def test_a_refusal_holds_every_reason_in_order_and_the_journal_too(rig: Rig) -> None:
    rig.scan(HONG)

    refused = rig.scan(REFERENCE)

    assert codes(refused) == ["not_your_turn", "reference_only"]
    [(data,)] = rig.rows("SELECT data FROM journal WHERE seq = ?", refused[0].seq)
    assert [block["code"] for block in json.loads(data)["blocks"]] == codes(refused)


def test_a_teacher_reads_a_reference_book_in_the_room(rig: Rig) -> None:
    lent = rig.scans(TEACHER, REFERENCE)

    assert (lent[0].kind, str(lent[0].due_on)) == (Kind.CHECKED_OUT, "2026-09-10")
    assert rig.rows("SELECT in_room, window FROM loan") == [(1, None)]


def test_a_crate_takes_books_back_until_done(rig: Rig) -> None:
    rig.scans(MING, FIRST, MING)

    opened = rig.scan("KC-RETURN")
    back = rig.scan(FIRST)
    again = rig.scan(FIRST)
    closed = rig.scan("KC-DONE")

    assert [one[0].kind for one in (opened, back, again, closed)] == [
        Kind.MODE_CHANGED,
        Kind.CHECKED_IN,
        Kind.IGNORED,
        Kind.MODE_CHANGED,
    ]
    assert rig.scan("KC-DONE")[0].note is Note.NOTHING_OPEN


def test_a_crate_ends_after_60_s(rig: Rig) -> None:
    rig.scan("KC-RETURN")

    assert rig.tick(60.2) == []
    assert [(one.kind, one.note) for one in rig.tick(0.2)] == [
        (Kind.MODE_CHANGED, Note.CRATE_CLOSED)
    ]


def test_a_return_lane_never_lends_and_a_borrow_lane_takes_nothing_back(tmp_path: Path) -> None:
    lanes = {"left": LaneUse.BORROW, "right": LaneUse.RETURN}
    rig = open_rig(tmp_path, lanes=lanes)

    rig.scans(MING, FIRST, MING)
    kept = rig.scan(FIRST, after=700)
    back = rig.scan(FIRST, lane="right")
    never = rig.scans(MING, SECOND, lane="right")

    assert kept[-1].kind is Kind.ATTENTION
    assert told(back) == [("checked_in", FIRST)]
    assert never[0].kind is Kind.ATTENTION
    assert rig.open_loans() == {}


def test_a_session_lasts_exactly_idle_s_and_no_longer(rig: Rig) -> None:
    rig.scans(MING, FIRST)

    in_time = rig.scan(SECOND, after=20)
    too_late = rig.scan(THIRD, after=20.001)

    assert told(in_time) == [("checked_out", SECOND)]
    assert told(too_late) == [("session_closed", None), ("attention", THIRD)]
    assert too_late[0].at == in_time[0].at + timedelta(seconds=20)
    assert too_late[0].note is Note.IDLE


def test_an_ignored_and_a_refused_scan_keep_the_session_alive(rig: Rig) -> None:
    rig.scan(MING)
    rig.scan("rubbish", after=15)
    rig.scan("rubbish", after=1)

    assert told(rig.scan(FIRST, after=19.5)) == [("checked_out", FIRST)]


def test_sessions_that_ended_by_time_end_in_order_of_their_time(rig: Rig) -> None:
    rig.scan(MING, lane="right")
    rig.scan(ZHE, lane="left")

    ended = rig.tick(60)

    assert [(one.lane, one.card) for one in ended] == [("right", MING), ("left", ZHE)]
    assert ended[0].at < ended[1].at
    assert [one.seq for one in ended] == sorted(one.seq or 0 for one in ended)


def test_a_session_that_ended_by_time_on_another_lane_is_told_before_a_scan(rig: Rig) -> None:
    rig.scan(ZHE, lane="right")

    told_before = rig.scan(MING, lane="left", after=20.5)

    assert told(told_before) == [("session_closed", None), ("session_opened", MING)]


def test_a_session_keeps_its_window_until_carry_s_after_the_grace(tmp_path: Path) -> None:
    rig = open_rig(
        tmp_path, {"idle_s = 20": "idle_s = 300"}, at=datetime(2026, 9, 10, 17, 4, 57, tzinfo=ZONE)
    )
    assert told(rig.scan(MING, after=2)) == [("session_opened", MING)]

    carried = rig.scan(FIRST, after=180.9)
    over = rig.scan(SECOND, after=0.1)

    assert told(carried) == [("checked_out", FIRST)]
    assert codes(over) == ["window_closed"]
    assert rig.rows("SELECT window FROM loan") == [("班级轮借",)]


def test_the_desk_counts_every_event_and_replays_to_the_same(rig: Rig) -> None:
    rig.scans(MING, FIRST, SECOND, THIRD, "KC-UNDO", "KC-HELP", "KC-DUTY", "KC-RENEW", FIRST)
    rig.scans(ZHE, "KC-RETURN", FIRST, "KC-UNDO", "KC-DONE", "KC-RETURN", "rubbish", "KC-DONE")

    seqs = rig.rows("SELECT seq, desk_seq FROM journal WHERE lane IS NOT NULL ORDER BY seq")
    assert [seq for seq, _ in seqs] == list(range(seqs[0][0], seqs[0][0] + len(seqs)))
    assert [number for _, number in seqs] == [seq for seq, _ in seqs]
    assert rig.differences() == []


def test_a_scan_stamped_before_the_last_one_is_handled_all_the_same(rig: Rig) -> None:
    rig.scan(MING)
    late = rig.desk.handle(Scan(FIRST, "left", IN_TURN + timedelta(seconds=2)))

    assert told(late) == [("checked_out", FIRST)]
