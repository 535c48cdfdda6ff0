"""Crates: books come back without a card, what is odd is flagged, and a slip tells it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_rig import BOOKS, HONG, MING, MONITOR, ZHE, ZONE, Rig, codes, open_rig

from kiosk.domain import CrateView, LaneUse, Note, Outcome
from kiosk.domain import OutcomeKind as Kind

BREAK = "2026-09-10 10:05"
SETTLED = 700
"""Seconds after which a plain scan takes back what has just been lent."""
FIRST, SECOND, THIRD = BOOKS[2], BOOKS[3], BOOKS[4]  # 草房子, 城南旧事, 窗边的小豆豆
ISBN = "9787534601071"  # 草房子
OF_NOBODY = "39999999"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path, at=local(BREAK))
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def lend(rig: Rig, card: str, *books: str) -> None:
    """Lend books in the free window, where every test begins."""
    rig.scans(card, *books, "KC-DONE")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def slip_of(rig: Rig, kind: str) -> dict[str, Any]:
    """Read the only slip of a kind."""
    (body,) = (row[0] for row in rig.rows("SELECT body FROM slip WHERE kind = ?", kind))
    slip: dict[str, Any] = json.loads(body)
    return slip


def views(outcomes: list[list[Outcome]]) -> list[CrateView | None]:
    return [one[-1].crate for one in outcomes]


def test_each_book_of_a_crate_is_told_with_the_counts_so_far(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    lend(rig, ZHE, SECOND)

    opened = rig.scan("KC-RETURN", after=SETTLED)
    told = [opened, rig.scan(FIRST), rig.scan(OF_NOBODY), rig.scan(SECOND), rig.scan("KC-DONE")]

    assert [one[-1].kind for one in told] == [
        Kind.MODE_CHANGED,
        Kind.CHECKED_IN,
        Kind.REFUSED,
        Kind.CHECKED_IN,
        Kind.MODE_CHANGED,
    ]
    assert views(told) == [
        CrateView(0),
        CrateView(1),
        CrateView(1, (OF_NOBODY,)),
        CrateView(2, (OF_NOBODY,)),
        CrateView(2, (OF_NOBODY,)),
    ]
    assert rig.open_loans() == {}


def test_a_crates_row_that_opened_it_is_named_when_it_is_closed(rig: Rig) -> None:
    opened = rig.scan("KC-RETURN")

    closed = rig.scan("KC-DONE")

    data = json.loads(rig.rows("SELECT data FROM journal WHERE seq = ?", closed[0].seq)[0][0])
    assert (data["note"], data["crate"], data["returned"]) == ("crate_closed", opened[0].seq, 0)


def test_a_book_of_another_class_than_the_first_is_flagged_and_checked_in(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    lend(rig, HONG, SECOND)
    rig.scan("KC-RETURN", after=SETTLED)

    own, other = rig.scan(FIRST)[0], rig.scan(SECOND)[0]

    assert (own.note, dict(own.values)) == (None, {})
    assert (other.kind, other.note) == (Kind.CHECKED_IN, Note.OTHER_CLASS)
    assert other.values == {"class_label": "三(1)班"}
    assert other.crate == CrateView(2, flagged=1)


def test_lateness_counts_for_more_than_another_class(rig: Rig) -> None:
    lend(rig, HONG, SECOND)
    lend(rig, MING, FIRST)  # due on Thursday 09-17
    rig.clock.at = local("2026-09-25 12:00")

    rig.scan("KC-RETURN")
    rig.scan(FIRST)
    late = rig.scan(SECOND)[0]  # due on Monday 09-21

    assert late.note is Note.OVERDUE_BACK
    assert late.values == {"late_days": 4, "class_label": "三(1)班"}
    assert late.crate == CrateView(2, flagged=2)


def test_the_closing_slip_names_what_is_to_be_looked_at(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    lend(rig, HONG, SECOND)
    rig.clock.at = local("2026-09-24 12:00")

    rig.scans("KC-RETURN", FIRST, SECOND, OF_NOBODY, "KC-DONE")

    assert slip_of(rig, "crate") == {
        "who": "还书筐 三(2)班",
        "lines": ["还了2本"],
        "groups": [
            {
                "caption": "请核对",
                "entries": [
                    {"title": "三(2)班 王小明 草房子", "due": "晚了7天"},
                    {"title": "三(1)班 李小红 城南旧事", "due": "晚了3天"},
                ],
            },
            {"caption": "认不出,放在待处理筐", "entries": [{"title": OF_NOBODY}]},
        ],
        "footer": "实验小学 09-24 12:00",
    }


def test_an_empty_crate_prints_no_slip(rig: Rig) -> None:
    rig.scans("KC-RETURN", "KC-DONE")

    assert rig.slips() == []


def test_a_crate_that_ends_by_time_is_on_record_with_its_slip(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    last = rig.scan(FIRST)[0]

    closed = rig.tick(61)

    assert [(one.note, one.scan, one.crate) for one in closed] == [
        (Note.CRATE_CLOSED, None, CrateView(1))
    ]
    assert closed[0].at == last.at + timedelta(seconds=60)
    assert closed[0].seq is not None
    assert slip_of(rig, "crate")["lines"] == ["还了1本"]


def test_a_card_ends_a_crate_before_it_opens_its_session(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.scan(FIRST)

    told = rig.scan(ZHE)

    assert [(one.kind, one.note) for one in told] == [
        (Kind.MODE_CHANGED, Note.CRATE_CLOSED),
        (Kind.SESSION_OPENED, None),
    ]
    assert slip_of(rig, "crate")["lines"] == ["还了1本"]


def test_a_crate_is_ended_when_the_desk_stops(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.scan(FIRST)

    stopped = rig.desk.close_all(rig.clock.at)

    assert [one.note for one in stopped] == [Note.CRATE_CLOSED]
    assert slip_of(rig, "crate")["lines"] == ["还了1本"]


def test_undo_takes_back_a_crates_last_book_and_its_flag(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    lend(rig, HONG, SECOND)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()
    rig.scans(FIRST, SECOND)

    rig.scan(HONG, lane="right")
    undone = rig.scan("KC-UNDO")[0]
    rig.scan(MING, lane="right")
    first_undone = rig.scan("KC-UNDO")[0]
    asked = rig.scan("KC-UNDO")[0]

    assert (undone.kind, undone.barcode, undone.crate) == (Kind.UNDONE, SECOND, CrateView(1))
    assert (first_undone.kind, first_undone.crate) == (Kind.UNDONE, CrateView(0))
    assert asked.note is Note.SCAN_BOOK
    assert rig.open_loans() == {FIRST: MING, SECOND: HONG}


def test_no_crates_book_goes_back_on_a_reader_who_is_not_there(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()
    rig.scan(FIRST)

    undo = rig.scan("KC-UNDO")[0]

    assert (undo.kind, undo.note) == (Kind.ATTENTION, Note.READER_NOT_HERE)
    assert dict(undo.values) == {"hint": "card_first"}
    assert rig.open_loans() == {}


def test_without_a_monitor_nobody_puts_a_crates_book_back_on_its_reader(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.scan(FIRST)

    undo = rig.scan("KC-UNDO")[0]

    assert (undo.kind, undo.note) == (Kind.ATTENTION, Note.READER_NOT_HERE)
    assert undo.crate == CrateView(1)
    assert rig.open_loans() == {}


def test_a_monitor_puts_no_own_book_back_and_none_after_ten_minutes(rig: Rig) -> None:
    lend(rig, MONITOR, FIRST)
    lend(rig, MING, SECOND)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()

    own = rig.scans(FIRST, "KC-UNDO")[0]
    rig.scan(SECOND)
    for _ in range(11):
        rig.scan(OF_NOBODY, after=55)
    late = rig.scan("KC-UNDO")[0]

    assert (own.kind, own.note) == (Kind.ATTENTION, Note.NOT_FOR_YOURSELF)
    assert (late.kind, late.note) == (Kind.ATTENTION, Note.NOTHING_TO_UNDO)
    assert rig.open_loans() == {}


def test_the_class_of_a_crate_is_chosen_anew_when_its_only_book_is_undone(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    lend(rig, HONG, SECOND)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()
    rig.scan(MING, lane="right")

    rig.scans(FIRST, "KC-UNDO")

    assert rig.scan(SECOND)[0].note is None


def test_a_label_of_another_library_goes_on_the_tray_list_of_a_crate_only(rig: Rig) -> None:
    rig.scan("A-77-12")
    rig.scan("KC-RETURN")
    tray = rig.scan("B-88-13")[0]

    assert codes([tray]) == ["label_unreadable"]
    assert tray.crate == CrateView(0, ("B-88-13",))
    assert rig.rows("SELECT kind, label FROM todo") == [("unknown_label", "B-88-13")]


def test_a_book_that_has_only_an_isbn_is_listed_when_the_crate_ends(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.scan("KC-RETURN", after=SETTLED)
    rig.scans(ISBN, FIRST, "9787544241694")

    closed = rig.scan("KC-DONE")[0]

    assert closed.crate == CrateView(1, ("9787544241694",))
    assert rig.rows("SELECT kind, label FROM todo") == [("no_label", "9787544241694")]


def test_the_lane_label_makes_a_lane_take_back_only_until_it_is_scanned_again(rig: Rig) -> None:
    rig.be_on_duty()
    lend(rig, MING, FIRST)

    only_back = rig.scan("KC-LANE")[0]
    rig.scan(MING)
    never = rig.scan(SECOND)[0]
    rig.scan("KC-DONE")
    back = rig.scan(FIRST, after=SETTLED)[0]
    again = rig.scan("KC-LANE", after=5)[0]

    assert (only_back.kind, only_back.note) == (Kind.MODE_CHANGED, Note.LANE_RETURNS)
    assert (never.kind, never.note) == (Kind.ATTENTION, Note.NOT_LENT)
    assert back.kind is Kind.CHECKED_IN
    assert again.note is Note.LANE_LENDS
    rig.clock.at = local("2026-09-10 16:40")
    assert rig.scans(MING, SECOND)[0].kind is Kind.CHECKED_OUT


def test_only_a_monitor_on_duty_or_staff_change_a_lane(rig: Rig) -> None:
    assert rig.scan("KC-LANE")[0].note is Note.NEEDS_MONITOR

    rig.be_staff()

    assert rig.scan("KC-LANE")[0].note is Note.LANE_RETURNS


def test_a_lane_that_the_settings_fix_stays_as_it_is(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, lanes={"left": LaneUse.RETURN, "right": LaneUse.BORROW})
    rig.be_on_duty(MONITOR, lane="right")

    left, right = rig.scan("KC-LANE")[0], rig.scan("KC-LANE", lane="right")[0]

    assert (left.kind, left.note) == (Kind.ATTENTION, Note.RETURN_ONLY)
    assert (right.kind, right.note) == (Kind.ATTENTION, Note.BORROW_ONLY)


def test_a_late_book_is_flagged_on_a_plain_lane_too(rig: Rig) -> None:
    lend(rig, MING, FIRST)
    rig.clock.at = local("2026-09-18 12:00")

    back = rig.scan(FIRST)[0]

    assert (back.note, dict(back.values), back.crate) == (
        Note.OVERDUE_BACK,
        {"late_days": 1},
        None,
    )


def test_days_late_suspend_where_the_school_says_so_and_an_undo_lifts_it(tmp_path: Path) -> None:
    changes = {"overdue_blocks = true": "overdue_blocks = true\nsuspend_days_per_day_late = 1"}
    rig = open_rig(tmp_path, changes, at=local(BREAK))
    lend(rig, MING, FIRST)
    rig.clock.at = local("2026-09-21 12:00")
    rig.be_on_duty()
    rig.scan("KC-RETURN")

    back = rig.scan(FIRST)[0]
    until = rig.rows("SELECT suspended_until FROM reader WHERE card = ?", MING)
    rig.scan(MING, lane="right")
    rig.scan("KC-UNDO")

    assert back.note is Note.OVERDUE_BACK
    assert until == [(back.values["day"],)]
    assert until > [("2026-09-21",)]
    assert rig.rows("SELECT suspended_until FROM reader WHERE card = ?", MING) == [(None,)]
    assert rig.differences() == []


def test_the_return_label_again_leaves_an_open_crate_as_it_is(rig: Rig) -> None:
    rig.scans(MING, BOOKS[0], MING)
    rig.tick(after=700)
    rig.scans("KC-RETURN", BOOKS[0], "KC-RETURN")

    (closed,) = rig.scan("KC-DONE")

    assert closed.values == {"count": 1}
    assert rig.rows("SELECT count(*) FROM slip WHERE kind = 'crate'") == [(1,)]
