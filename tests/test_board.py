"""The board of a turn: its label, its four groups, and what the idle page is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from desk_rig import BOOKS, IN_TURN, MING, TEACHER, ZHE, ZONE, Rig, open_rig

from kiosk.desk.hall import HallPage
from kiosk.domain import Board, Hall, Outcome, TurnNow
from kiosk.ledger import turns

OF_HONG, OF_MING, ALL = "KC-CLASS-2024-1", "KC-CLASS-2024-2", "KC-CLASS-ALL"
AYI = "R100004"
ENDS = datetime(2026, 9, 17, 17, 0, tzinfo=ZONE)


def said(outcomes: list[Outcome]) -> tuple[str, str | None]:
    """Tell the last outcome's kind and note."""
    last = outcomes[-1]
    return last.kind.value, None if last.note is None else last.note.value


def hall_of(rig: Rig, *, masks: bool = False) -> Hall:
    """Write the idle page as it is now."""
    page = HallPage(rig.settings.class_names(), rig.settings.words(), masks=masks)
    desk = rig.desk
    return page.write(
        rig.ledger.db, desk.timetable, rig.clock.at, desk.clock_state(), room=desk.room
    )


def a_week_later(tmp_path: Path) -> Rig:
    """Three pupils have borrowed a book; now it is the class's next turn."""
    rig = open_rig(tmp_path)
    for card, book in ((MING, BOOKS[0]), (ZHE, BOOKS[1]), (AYI, BOOKS[2])):
        rig.scans(card, book, "KC-DONE")
    rig.clock.at = datetime(2026, 9, 17, 16, 31, tzinfo=ZONE)
    return rig


def test_every_pupil_is_in_the_group_of_what_is_still_to_be_done(tmp_path: Path) -> None:
    rig = a_week_later(tmp_path)
    shown = rig.scan(OF_MING)
    before = hall_of(rig).board

    rig.scans(MING, BOOKS[0], BOOKS[5], "KC-DONE")
    rig.scans(ZHE, BOOKS[1], "KC-DONE")
    after = hall_of(rig).board

    assert said(shown) == ("mode_changed", "board_shown")
    still = ("王小明", "陈喆", "阿依古丽·买买提")
    assert before == Board("三(2)班", ENDS, not_come=("张㛃",), still_out=still)
    assert after == Board(
        "三(2)班",
        ENDS,
        not_come=("张㛃",),
        still_out=("阿依古丽·买买提",),
        returned=("陈喆",),
        borrowed=("王小明",),
    )


def test_a_crate_that_came_before_its_class_counts_as_brought_back(tmp_path: Path) -> None:
    rig = a_week_later(tmp_path)
    rig.clock.at = datetime(2026, 9, 17, 15, 50, tzinfo=ZONE)
    rig.scan(BOOKS[1])
    rig.clock.at = datetime(2026, 9, 17, 16, 31, tzinfo=ZONE)

    rig.scan(OF_MING)

    board = hall_of(rig).board
    assert board is not None
    assert board.returned == ("陈喆",)


def test_the_same_label_takes_the_board_away(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scan(OF_MING)

    hidden = rig.scan(OF_MING)

    assert said(hidden) == ("mode_changed", "board_hidden")
    assert hall_of(rig).board is None


def test_the_board_may_be_up_a_quarter_of_an_hour_early_and_goes_with_the_grace(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 15, tzinfo=ZONE))

    rig.scan(OF_MING)
    early = hall_of(rig).board
    rig.clock.at = datetime(2026, 9, 10, 17, 4, 59, tzinfo=ZONE)
    in_grace = hall_of(rig).board
    rig.tick(2)

    assert early is not None
    assert in_grace is not None
    assert hall_of(rig).board is None
    assert rig.desk.room.board is None


def test_a_class_without_a_turn_now_gets_no_board_and_hears_when(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 14, 50, tzinfo=ZONE))

    later = rig.scan(OF_MING)
    another_day = rig.scan(OF_HONG)
    school = rig.scan(ALL)

    assert said(later) == ("attention", "not_now")
    assert later[-1].values == {"class_label": "三(2)班", "next_at": "2026-09-10T16:30"}
    assert said(another_day) == ("attention", "no_turn_today")
    assert another_day[-1].values == {"class_label": "三(1)班", "next_at": "2026-09-14T16:30"}
    assert said(school) == ("attention", "needs_staff")


def test_a_window_opened_by_hand_has_a_board_that_follows_its_end(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 12, 10, tzinfo=ZONE))
    rig.be_staff()
    rig.scans(OF_HONG, TEACHER, OF_HONG)
    first = hall_of(rig).board

    rig.be_staff()
    rig.scans(OF_HONG, TEACHER)
    longer = hall_of(rig).board
    rig.be_staff()
    rig.scans("KC-CLOSE", OF_HONG)

    assert first is not None
    assert first.closes_at == datetime(2026, 9, 10, 12, 50, tzinfo=ZONE)
    assert longer is not None
    assert longer.closes_at == datetime(2026, 9, 10, 13, 30, tzinfo=ZONE)
    assert hall_of(rig).board is None


def test_a_school_that_masks_names_masks_them_on_the_board(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scan(OF_MING)

    board = hall_of(rig, masks=True).board

    assert board is not None
    assert board.not_come == ("王*明", "陈*", "张*", "阿******提")


def test_the_idle_page_counts_who_has_come_but_not_who_has_left_the_school(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, "KC-DONE")

    hall = hall_of(rig)

    closes = IN_TURN.replace(hour=17, minute=0)
    assert hall.now == (TurnNow(("三(2)班",), True, closes, come=1, expected=4),)


def test_the_idle_page_says_who_is_on_duty_and_what_waits_for_staff(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_on_duty()
    rig.scan("KC-HELP")

    hall = hall_of(rig)

    assert (hall.on_duty, hall.todos) == ("张㛃", 1)


def test_staff_hear_of_the_last_term_s_end_two_weeks_ahead(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2027, 1, 7, 12, tzinfo=ZONE))
    early = hall_of(rig)
    rig.clock.at = datetime(2027, 1, 8, 12, tzinfo=ZONE)
    ahead = hall_of(rig)
    rig.clock.at = datetime(2027, 1, 23, 12, tzinfo=ZONE)
    over = hall_of(rig)

    ends = date(2027, 1, 22)
    told = [(one.term_ends_on, one.has_next_term) for one in (early, ahead, over)]
    assert told == [(None, True), (ends, True), (ends, False)]


def test_without_the_record_the_idle_page_counts_nobody(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scan(OF_MING)
    page = HallPage(rig.settings.class_names(), rig.settings.words())

    hall = page.write(None, rig.desk.timetable, rig.clock.at, "ok", room=rig.desk.room)

    assert not hall.ledger_ok
    assert hall.board is None
    assert [replace(one, come=None) for one in hall.now] == list(hall.now)


def test_the_board_reads_no_more_rows_as_the_years_go_by(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    plan: list[str] = []
    rig.ledger.db.conn.set_trace_callback(plan.append)

    turns.board(rig.ledger.db, 1, IN_TURN)

    rig.ledger.db.conn.set_trace_callback(None)
    steps = [row[3] for row in rig.rows(f"EXPLAIN QUERY PLAN {plan[-1]}")]
    scans = [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step]
    assert scans == []
    assert any("loan_reader" in step for step in steps)
