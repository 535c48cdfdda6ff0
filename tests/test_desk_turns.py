"""Windows opened by hand, turns cancelled, and what becomes of every turn: through a real desk."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from desk_rig import BOOKS, HONG, MING, TEACHER, ZHE, ZONE, Rig, codes, open_rig

from kiosk.domain import Outcome, OutcomeKind
from kiosk.ledger import turns

TUESDAY_NOON = datetime(2026, 9, 8, 12, 10, tzinfo=ZONE)
SATURDAY = datetime(2026, 9, 12, 9, 0, tzinfo=ZONE)
MONDAY = datetime(2026, 9, 7, 8, 0, tzinfo=ZONE)
OF_HONG, OF_MING, ALL = "KC-CLASS-2024-1", "KC-CLASS-2024-2", "KC-CLASS-ALL"


def said(outcomes: list[Outcome]) -> tuple[str, str | None]:
    """Tell the last outcome's kind and note."""
    last = outcomes[-1]
    return last.kind.value, None if last.note is None else last.note.value


def turns_of(rig: Rig, code: str) -> list[tuple[str, str, str | None]]:
    """List a class's turns on record: day, state, reason."""
    cohort, _, number = code.partition("-")
    return rig.rows(
        "SELECT day, state, reason FROM turn JOIN class ON class.id = class_id"
        " WHERE cohort = ? AND number = ? ORDER BY day, opens_at",
        int(cohort),
        int(number),
    )


def move_to(rig: Rig, day: int, hour: int, minute: int = 0, *, month: int = 9) -> list[Outcome]:
    """Move the clock to a local time of 2026 and let the desk look round."""
    rig.clock.at = datetime(2026, month, day, hour, minute, tzinfo=ZONE)
    return rig.tick(1)


def test_staff_open_a_window_for_a_class_until_forty_minutes_later(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    refused = rig.scans(HONG, BOOKS[0])

    rig.be_staff()
    opened = rig.scan(OF_HONG)
    lent = rig.scans(HONG, BOOKS[0])

    assert refused[-1].kind is OutcomeKind.REFUSED
    assert said(opened) == ("mode_changed", "window_opened")
    assert opened[-1].values == {"class_label": "三(1)班", "until": "12:50"}
    assert lent[-1].kind is OutcomeKind.CHECKED_OUT
    assert rig.rows("SELECT name FROM opening") == [("临时开放12:10",)]
    assert rig.differences() == []


def test_a_window_opened_by_hand_serves_nobody_else_and_ends_by_itself(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()
    rig.scan(OF_HONG)

    other = rig.scans(MING, BOOKS[0])
    move_to(rig, 8, 12, 50)
    late = rig.scans(HONG, BOOKS[1])

    assert codes(other) == ["not_your_turn"]
    assert codes(late) == ["window_closed"]


def test_the_whole_school_label_opens_for_everybody_on_a_day_without_school(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, {"weeks = 1": "weeks = 1\nopen_now_min = 90"}, at=SATURDAY)

    rig.be_staff()
    opened = rig.scan(ALL)
    lent = [rig.scans(card, book)[-1].kind for card, book in ((HONG, BOOKS[0]), (MING, BOOKS[1]))]

    assert opened[-1].values == {"class_label": "", "until": "10:30"}
    assert lent == [OutcomeKind.CHECKED_OUT, OutcomeKind.CHECKED_OUT]


def test_a_window_opened_late_in_the_evening_ends_at_midnight(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 8, 23, 45, tzinfo=ZONE))
    rig.be_staff()

    opened = rig.scan(OF_HONG)

    assert opened[-1].values["until"] == "00:00"
    rows = rig.rows("SELECT closes_at FROM opening")
    assert rows == [("2026-09-08T16:00:00.000Z",)]


def test_digits_set_the_end_of_the_window_just_opened(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()
    rig.scan(OF_HONG)

    extended = rig.scan("1305")
    past = rig.scan("1200")
    senseless = rig.scan("2561")

    assert said(extended) == ("mode_changed", "window_extended")
    assert extended[-1].values == {"class_label": "三(1)班", "until": "13:05"}
    assert said(past) == said(senseless) == ("attention", "not_now")
    assert rig.rows("SELECT closes_at FROM opening") == [("2026-09-08T05:05:00.000Z",)]
    assert rig.differences() == []


def test_digits_without_a_window_opened_in_this_session_change_nothing(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()
    rig.scans(OF_HONG, TEACHER)
    rig.be_staff()

    outcomes = rig.scan("1305")

    assert said(outcomes) == ("attention", "not_now")


def test_the_same_class_again_lets_the_window_go_on(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()
    rig.scan(OF_HONG)

    again = rig.scan(OF_HONG)

    assert said(again) == ("mode_changed", "window_extended")
    assert again[-1].values["until"] == "13:30"
    assert rig.rows("SELECT count(*) FROM opening") == [(1,)]


def test_two_windows_opened_in_one_minute_have_names_of_their_own(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()

    rig.scans(OF_HONG, OF_MING)

    names = rig.rows("SELECT name FROM opening ORDER BY id")
    assert names == [("临时开放12:10",), ("临时开放12:10(2)",)]


def test_staff_end_a_window_before_its_time(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()
    rig.scan(OF_HONG)

    asked = rig.scan("KC-CLOSE")
    ended = rig.scan(OF_HONG)
    refused = rig.scans(HONG, BOOKS[0])

    assert said(asked) == ("mode_changed", "scan_class")
    assert said(ended) == ("mode_changed", "window_ended")
    assert codes(refused) == ["window_closed"]
    assert rig.differences() == []


def test_ending_what_nobody_opened_changes_nothing(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()

    outcomes = rig.scans("KC-CLOSE", OF_MING)

    assert said(outcomes) == ("attention", "not_now")
    assert rig.scans(MING, BOOKS[0])[-1].kind is OutcomeKind.CHECKED_OUT


@pytest.mark.parametrize("label", ["KC-CLOSE", "KC-CANCEL"])
def test_only_staff_end_or_cancel(tmp_path: Path, label: str) -> None:
    rig = open_rig(tmp_path)
    rig.be_on_duty()

    assert said(rig.scan(label)) == ("attention", "needs_staff")


def test_under_a_doubted_clock_no_window_is_opened(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()
    rig.clock.at -= timedelta(seconds=30)

    outcomes = rig.scan(OF_HONG)

    assert said(outcomes) == ("attention", "not_now")
    assert rig.rows("SELECT count(*) FROM opening") == [(0,)]


def test_a_class_that_is_not_on_record_gets_no_window(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=TUESDAY_NOON)
    rig.be_staff()

    outcomes = rig.scan("KC-CLASS-2024-9")

    assert said(outcomes) == ("attention", "no_turn_today")
    assert outcomes[-1].values == {"class_label": "2024-9", "next_at": None, "unknown": 1}


def test_staff_cancel_the_next_turn_of_a_class_today(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()

    cancelled = rig.scans("KC-CANCEL", OF_MING)
    refused = rig.scans(MING, BOOKS[0])

    assert said(cancelled) == ("mode_changed", "turn_cancelled")
    assert cancelled[-1].values == {"class_label": "三(2)班", "next_at": "2026-09-17T16:30"}
    assert codes(refused) == ["window_closed"]
    assert turns_of(rig, "2024-2") == [("2026-09-10", "cancelled", "staff")]
    assert rig.differences() == []


def test_a_class_without_a_turn_left_today_has_nothing_to_cancel(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()

    once = rig.scans("KC-CANCEL", OF_MING)
    twice = rig.scans("KC-CANCEL", OF_MING)
    other = rig.scans("KC-CANCEL", OF_HONG)

    assert said(once) == ("mode_changed", "turn_cancelled")
    assert said(twice) == said(other) == ("attention", "no_turn_today")
    assert twice[-1].values == {
        "class_label": "三(2)班",
        "next_at": "2026-09-17T16:30",
        "cancelled": 1,
        "hint": "open_now",
    }
    assert other[-1].values == {"class_label": "三(1)班", "next_at": "2026-09-14T16:30"}


def test_the_whole_school_label_cancels_every_turn_left_today(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 9, 8, 0, tzinfo=ZONE))
    rig.be_staff()

    outcomes = rig.scans("KC-CANCEL", ALL)

    assert said(outcomes) == ("mode_changed", "turn_cancelled")
    assert turns_of(rig, "2021-2") == [("2026-09-09", "cancelled", "staff")]
    assert turns_of(rig, "2022-1") == [("2026-09-09", "cancelled", "staff")]


def test_nobody_is_refused_because_nobody_started_the_turn(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 30, tzinfo=ZONE))

    assert rig.scans(MING, BOOKS[0])[-1].kind is OutcomeKind.CHECKED_OUT


def test_a_turn_in_which_a_pupil_came_is_held_once_its_grace_is_over(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")

    move_to(rig, 10, 17, 4)
    during = turns_of(rig, "2024-2")
    move_to(rig, 10, 17, 5)

    assert during == []
    assert turns_of(rig, "2024-2") == [("2026-09-10", "held", None)]
    assert rig.rows(
        "SELECT come, expected, planned, lane FROM turn, journal WHERE seq = turn.id"
    ) == [(1, 4, 1, None)]
    assert rig.differences() == []


def test_a_turn_whose_books_came_by_crate_is_held(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, {"settle_s = 600": "settle_s = 0"})
    rig.scans(MING, BOOKS[0], "KC-DONE")
    move_to(rig, 17, 16, 40)

    rig.scan(BOOKS[0])
    move_to(rig, 17, 17, 5)

    states = turns_of(rig, "2024-2")
    assert states == [("2026-09-10", "held", None), ("2026-09-17", "held", None)]


def test_a_turn_to_which_nobody_came_is_missed(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=MONDAY)
    rig.scans(TEACHER, "KC-DONE")

    move_to(rig, 7, 17, 5)

    assert turns_of(rig, "2024-1") == [("2026-09-07", "missed", "nobody_came")]
    assert rig.slips() == []


def test_a_turn_while_the_desk_was_off_says_so(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=MONDAY)
    rig.scans(TEACHER, "KC-DONE")

    move_to(rig, 8, 9)

    assert turns_of(rig, "2024-1") == [("2026-09-07", "missed", "desk_off")]


def test_every_turn_that_passed_is_settled_in_order_before_a_scan_is_answered(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, at=MONDAY)
    rig.scans(TEACHER, "KC-DONE")
    rig.clock.at = datetime(2026, 9, 11, 17, 30, tzinfo=ZONE)

    answered = rig.scan(MING)

    days = [day for (day,) in rig.rows("SELECT day FROM turn ORDER BY id")]
    assert days == [f"2026-09-{day:02}" for day in (7, 8, 9, 9, 10, 11, 11)]
    last = rig.rows("SELECT max(seq) FROM journal WHERE kind = 'turn_settled'")[0][0]
    assert answered[-1].seq == last + 1


def test_turns_before_the_desk_was_first_used_are_not_counted(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)

    rig.tick(1)
    move_to(rig, 11, 8)

    assert [day for (day,) in rig.rows("SELECT day FROM turn")] == ["2026-09-10"]


def test_a_window_opened_for_a_class_makes_up_for_its_oldest_lost_turn(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=MONDAY)
    rig.scans(TEACHER, "KC-DONE")
    move_to(rig, 15, 12)
    rig.be_staff()
    rig.scan(OF_HONG)
    rig.scans(HONG, BOOKS[0], "KC-DONE")

    move_to(rig, 15, 12, 41)

    made_up = rig.rows(
        "SELECT turn.day, turn.planned, lost.day FROM turn JOIN turn AS lost"
        " ON lost.id = turn.makes_up"
    )
    assert [day for day, *_ in turns_of(rig, "2024-1")] == [
        "2026-09-07",
        "2026-09-14",
        "2026-09-15",
    ]
    assert made_up == [("2026-09-15", 0, "2026-09-07")]
    assert rig.differences() == []


def test_a_window_opened_in_the_class_s_own_turn_makes_up_for_nothing(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 3, 8, tzinfo=ZONE))
    rig.scans(TEACHER, "KC-DONE")
    move_to(rig, 10, 16, 50)
    rig.be_staff()
    rig.scan(OF_MING)
    rig.scans(MING, BOOKS[0], "KC-DONE")

    move_to(rig, 10, 17, 31)

    states = turns_of(rig, "2024-2")
    assert [state for _, state, _ in states] == ["missed", "held", "held"]
    assert rig.rows("SELECT count(makes_up) FROM turn") == [(0,)]


def test_a_class_that_came_at_another_time_of_the_day_did_not_just_stay_away(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 7, 12, tzinfo=ZONE))
    rig.be_staff()
    rig.scan(OF_HONG)
    rig.scans(HONG, BOOKS[0], "KC-DONE")

    move_to(rig, 7, 17, 5)

    assert turns_of(rig, "2024-1") == [
        ("2026-09-07", "held", None),
        ("2026-09-07", "missed", "other_time"),
    ]


def test_an_extra_turn_of_the_settings_makes_up_for_a_missed_one(tmp_path: Path) -> None:
    extra = '[[extra_turn]]\non = 2026-09-10\nwindow = "班级轮借"\nclass = "三(1)班"\n\n[rotation]'
    rig = open_rig(tmp_path, {"[rotation]\n": extra + "\n"}, at=MONDAY)
    rig.scans(TEACHER, "KC-DONE")
    move_to(rig, 10, 16, 34)
    rig.scans(HONG, BOOKS[0], "KC-DONE")

    move_to(rig, 10, 17, 5)

    assert [state for _, state, _ in turns_of(rig, "2024-1")] == ["missed", "held"]
    assert rig.rows("SELECT planned FROM turn WHERE makes_up IS NOT NULL") == [(0,)]


def test_a_turn_that_the_settings_cancel_is_on_record_with_its_reason(tmp_path: Path) -> None:
    change = (
        '[[change]]\non = 2026-09-10\nwindow = "班级轮借"\ncancelled = true\nreason = "运动会"\n\n'
        "[rotation]\n"
    )
    rig = open_rig(tmp_path, {"[rotation]\n": change})

    rig.tick(1)

    assert turns_of(rig, "2024-2") == [("2026-09-10", "cancelled", "运动会")]
    move_to(rig, 10, 17, 6)
    assert len(turns_of(rig, "2024-2")) == 1


def test_a_book_is_not_late_until_the_class_has_had_a_turn(tmp_path: Path) -> None:
    # A break that is free for the third grade would be a time to bring it back.
    rig = open_rig(tmp_path, {"grades = [3, 4, 5, 6]": "grades = [4, 5, 6]"})
    rig.scans(MING, BOOKS[0], "KC-DONE")
    move_to(rig, 18, 8)
    missed = rig.scan(MING)
    rig.scan(MING)
    move_to(rig, 24, 16, 40)
    rig.scans(ZHE, "KC-DONE")
    move_to(rig, 24, 17, 10)

    held = rig.scan(MING)

    assert [one.view and one.view.loans[0].overdue for one in (missed[-1], held[-1])] == [
        False,
        True,
    ]


def test_whether_the_desk_was_on_is_looked_up_by_time_not_through_all_its_years(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path)
    asked: list[str] = []
    rig.ledger.db.conn.set_trace_callback(asked.append)

    turns.was_desk_on(rig.ledger.db, "desk-1", rig.clock.at, rig.clock.at)

    rig.ledger.db.conn.set_trace_callback(None)
    [step] = [row[3] for row in rig.rows(f"EXPLAIN QUERY PLAN {asked[-1]}")]
    assert step == "SEARCH journal USING INDEX journal_at (at>? AND at<?)"


def test_a_term_of_turns_is_settled_in_less_than_a_second(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 1, 8, tzinfo=ZONE))
    rig.scans(TEACHER, "KC-DONE")
    rig.clock.at = datetime(2027, 1, 21, 18, tzinfo=ZONE)

    began = perf_counter()
    rig.tick(1)
    took = perf_counter() - began

    # 9 turns a week here; a school of 36 classes has four times as many.
    assert rig.rows("SELECT count(*) FROM turn")[0][0] > 120
    assert took < 0.5


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("label", ["KC-CLASS-2024-2", "KC-CLASS-ALL"])
def test_digits_set_the_end_however_often_the_class_was_scanned(
    tmp_path: Path, times: int, label: str
) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()
    rig.scans(*[label] * times)

    ends = rig.scan("1710")

    assert said(ends) == ("mode_changed", "window_extended")
    assert rig.rows("SELECT closes_at FROM opening") == [("2026-09-10T09:10:00.000Z",)]
    assert rig.differences() == []
