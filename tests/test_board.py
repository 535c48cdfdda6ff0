"""The board of a turn: its label, its four groups, and what the idle page is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from desk_rig import BOOKS, IN_TURN, MING, MONITOR, TEACHER, ZHE, ZONE, Rig, open_rig

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
    assert before == Board("三(2)班", ENDS, not_come=("张㛃",), still_out=still, expected=4)
    assert after == Board(
        "三(2)班",
        ENDS,
        not_come=("张㛃",),
        still_out=("阿依古丽·买买提",),
        returned=("陈喆",),
        borrowed=("王小明",),
        come=2,
        expected=4,
    )


def test_the_board_the_idle_page_the_slip_and_the_record_count_the_same_pupils(
    tmp_path: Path,
) -> None:
    rig = a_week_later(tmp_path)
    rig.scan(OF_MING)
    rig.scans(MING, "KC-DONE")
    # 陈喆 sends the book along with a friend; 王小明 is counted once though he comes twice.
    rig.scan(BOOKS[1])
    rig.scans(MING, BOOKS[0], "KC-DONE")
    hall = hall_of(rig)
    rig.clock.at = datetime(2026, 9, 17, 17, 5, tzinfo=ZONE)
    rig.tick(1)

    assert hall.board is not None
    assert (hall.board.come, hall.board.expected) == (2, 4)
    assert [(one.come, one.expected) for one in hall.now] == [(2, 4)]
    assert rig.rows("SELECT come, expected FROM turn ORDER BY id DESC LIMIT 1") == [(2, 4)]
    body = rig.rows("SELECT body FROM slip WHERE kind = 'class' ORDER BY id DESC LIMIT 1")[0][0]
    assert "来了2人,全班4人" in body


def test_whoever_was_let_in_before_the_hour_counts_everywhere_once_it_has_begun(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 29, 50, tzinfo=ZONE))
    rig.scans(OF_MING, MING)
    early = hall_of(rig).board
    rig.tick(10)
    hall = hall_of(rig)

    assert early is not None
    assert hall.board is not None
    assert (early.come, hall.board.come) == (0, 1)
    assert [one.come for one in hall.now] == [1]


def test_whoever_came_and_did_nothing_is_counted_but_stands_in_no_group(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scan(OF_MING)

    rig.scans(MING, "KC-DONE")

    board = hall_of(rig).board
    assert board is not None
    assert (board.come, board.expected) == (1, 4)
    assert board.not_come == ("陈喆", "张㛃", "阿依古丽·买买提")
    assert (board.still_out, board.returned, board.borrowed) == ((), (), ())


def test_a_card_that_has_run_out_changes_no_count_and_is_not_named_for_coming(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path)
    with rig.ledger.transaction():
        rig.ledger.db.execute(
            "UPDATE reader SET expires_on = '2026-09-01' WHERE card = ?", (MONITOR,)
        )
    rig.scan(OF_MING)

    rig.scans(MONITOR, "KC-DONE")
    hall = hall_of(rig)
    rig.clock.at = datetime(2026, 9, 10, 17, 5, tzinfo=ZONE)
    rig.tick(1)

    board = hall.board
    assert board is not None
    assert (board.come, board.expected) == (0, 3)
    assert "张㛃" not in (*board.not_come, *board.still_out, *board.returned, *board.borrowed)
    assert [(one.come, one.expected) for one in hall.now] == [(0, 3)]
    assert rig.rows("SELECT come, expected FROM turn") == [(0, 3)]


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
    assert early.opens_at == datetime(2026, 9, 10, 16, 30, tzinfo=ZONE)
    assert in_grace is not None
    assert in_grace.opens_at is None
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


def test_a_window_for_the_whole_school_takes_the_board_away_until_it_is_asked_for_again(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path)
    rig.scan(OF_MING)
    rig.be_staff()
    rig.scans(ALL, TEACHER)
    opened = hall_of(rig)

    rig.scan(OF_MING)
    rig.tick(60)

    assert opened.board is None
    assert [one.labels for one in opened.now] == [("三(2)班",), ("全校可以借书",)]
    assert hall_of(rig).board is not None


def test_a_planned_window_for_everybody_takes_the_board_away_as_it_opens(tmp_path: Path) -> None:
    free = (
        '[[window]]\nname = "自由借阅"\nkind = "free"\ndays = ["thu"]\n'
        "from = 16:50:00\nto = 17:30:00\n\n[rotation]\n"
    )
    rig = open_rig(tmp_path, {"[rotation]\n": free})
    rig.scan(OF_MING)
    rig.clock.at = datetime(2026, 9, 10, 16, 49, 50, tzinfo=ZONE)
    rig.tick(1)
    before = hall_of(rig).board

    rig.clock.at = datetime(2026, 9, 10, 16, 50, tzinfo=ZONE)
    at_once = hall_of(rig).board
    rig.tick(1)

    assert before is not None
    assert at_once is None
    assert rig.desk.room.board is None


def test_a_class_whose_turn_is_cancelled_is_gone_from_the_idle_page_at_once(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 9, 16, 57, tzinfo=ZONE))
    both = hall_of(rig).now
    rig.be_staff()

    rig.scans("KC-CANCEL", "KC-CLASS-2021-2")
    one = hall_of(rig).now
    rig.scans("KC-CANCEL", "KC-CLASS-2022-1")

    assert [turn.labels for turn in both] == [("六(2)班", "五(1)班")]
    assert [turn.labels for turn in one] == [("五(1)班",)]
    assert hall_of(rig).now == ()


def test_a_class_with_two_windows_is_told_the_end_of_the_one_that_lasts_longest(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 55, 30, tzinfo=ZONE))
    rig.scan(OF_MING)
    rig.be_staff()
    rig.scans(OF_MING, TEACHER)
    rig.clock.at = datetime(2026, 9, 10, 17, 2, tzinfo=ZONE)

    hall = hall_of(rig)

    longer = datetime(2026, 9, 10, 17, 35, tzinfo=ZONE)
    assert [(one.closes_at, one.in_grace) for one in hall.now] == [(longer, False)]
    assert hall.board is not None
    assert hall.board.closes_at == longer


def test_windows_of_two_classes_keep_each_its_own_end(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 55, 30, tzinfo=ZONE))
    rig.be_staff()
    rig.scans(OF_HONG, TEACHER)
    rig.clock.at = datetime(2026, 9, 10, 17, 2, tzinfo=ZONE)

    told = [(one.labels, one.closes_at.strftime("%H:%M"), one.in_grace) for one in hall_of(rig).now]

    assert told == [(("三(2)班",), "17:00", True), (("三(1)班",), "17:35", False)]


def test_a_class_whose_turn_was_cancelled_today_is_told_so_by_its_label(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()
    rig.scans("KC-CANCEL", OF_MING, TEACHER)

    outcomes = rig.scan(OF_MING)

    assert said(outcomes) == ("attention", "no_turn_today")
    assert outcomes[-1].values == {
        "class_label": "三(2)班",
        "next_at": "2026-09-17T16:30",
        "cancelled": 1,
    }


def test_a_class_that_is_not_on_record_is_said_not_to_be_there(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)

    outcomes = rig.scan("KC-CLASS-2019-1")

    assert said(outcomes) == ("attention", "no_turn_today")
    assert outcomes[-1].values == {"class_label": "2019-1", "next_at": None, "unknown": 1}


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

    turns.board(rig.ledger.db, 1, IN_TURN, IN_TURN)

    rig.ledger.db.conn.set_trace_callback(None)
    steps = [row[3] for row in rig.rows(f"EXPLAIN QUERY PLAN {plan[-1]}")]
    scans = [step for step in steps if step.startswith("SCAN") and "CONSTANT" not in step]
    assert scans == []
    assert any("loan_reader" in step for step in steps)
