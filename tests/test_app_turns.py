"""The app in a turn: the board comes and goes, the end is announced once, crates stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from screens_scenes import (
    FREE,
    IN_TURN,
    LEAVING,
    LENDING,
    REFUSING,
    START,
    ZONE,
    FakeClock,
    Heard,
    at,
    desk,
    outcome,
    own_words,
    text_of,
    view,
)

from kiosk.domain import Board, CrateView, Deed, Hall, Mode, Note, OutcomeKind
from kiosk.screens.news import HallChanged, Mailbox
from kiosk.screens.page import line_columns, paint, reads_as
from kiosk.screens.palette import lane_styles
from kiosk.screens.showing import LaneShown, Scene
from kiosk.wording import Words
from kiosk.wording.outcomes import Tone

BOARD = Board("三(1)班", at(10, 16, 45), ("王小明",), ("李芳",), ("张子涵",), ("刘宇航",))
ON_THE_BOARD = replace(IN_TURN, board=BOARD)
SHOWN = outcome(OutcomeKind.MODE_CHANGED, note=Note.BOARD_SHOWN, values={"class_label": "三(1)班"})
OPENED = outcome(
    OutcomeKind.MODE_CHANGED, note=Note.CRATE_OPENED, mode=Mode.RETURN, crate=CrateView(0)
)
CLOSED = outcome(
    OutcomeKind.MODE_CHANGED, note=Note.CRATE_CLOSED, mode=Mode.LEND, crate=CrateView(2)
)
FOUR_MINUTES_LEFT = 7 * 60.0


async def test_the_board_gives_way_to_readers_and_comes_back() -> None:
    fake = FakeClock()
    app = desk(fake)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(ON_THE_BOARD)
        await pilot.pause()
        before = text_of(app)
        app.tell_outcome(LENDING)
        await pilot.pause()
        during = text_of(app)
        app.tell_outcome(LEAVING)
        await pilot.pause()
        fake.passed += 4.1
        app.tick()
        await pilot.pause()
        after = text_of(app)

    assert "还没还" in before
    assert "李芳" in before
    assert "李芳" not in during
    assert after == before


async def test_the_board_answers_its_label_at_once() -> None:
    app = desk(FakeClock(), speech=own_words())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(SHOWN)
        app.tell_hall(ON_THE_BOARD)
        await pilot.pause()
        shown = text_of(app)

    assert "李芳" in shown


async def test_a_board_that_must_wait_for_a_reader_says_so() -> None:
    app = desk(FakeClock(), speech=own_words())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(ON_THE_BOARD)
        app.tell_outcome(replace(REFUSING, kind=OutcomeKind.IGNORED, note=Note.ALREADY_YOURS))
        app.tell_outcome(SHOWN)
        await pilot.pause()
        shown = text_of(app)

    assert "没人扫的时候就显示" in shown
    assert "李芳" not in shown


@pytest.mark.parametrize("hall", [IN_TURN, FREE, ON_THE_BOARD])
async def test_the_last_five_minutes_ring_once_for_the_whole_room(hall: Hall) -> None:
    fake, heard = FakeClock(), Heard()
    app = desk(fake, heard=heard)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(hall)
        await pilot.pause()
        early = list(heard.sounds)
        for _ in range(3):
            fake.passed += FOUR_MINUTES_LEFT / 3
            app.tick()
        app.tick()
        await pilot.pause()
        shown = text_of(app)

    assert early == []
    assert heard.sounds == [(Tone.ATTENTION, "")]
    assert "还有4分钟:要借的书快来扫" in shown


async def test_a_window_that_is_extended_is_announced_again_at_its_new_end() -> None:
    fake, heard = FakeClock(), Heard()
    app = desk(fake, heard=heard)
    longer = replace(IN_TURN, now=(replace(IN_TURN.now[0], closes_at=at(10, 16, 55)),))

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        await pilot.pause()
        fake.passed = FOUR_MINUTES_LEFT
        app.tick()
        app.tell_hall(longer)
        await pilot.pause()
        between = text_of(app)
        fake.passed += 600
        app.tick()
        await pilot.pause()

    assert "要借的书快来扫" not in between
    assert len(heard.sounds) == 2


async def test_a_reader_who_is_served_sees_the_last_minutes_on_top() -> None:
    fake = FakeClock()
    app = desk(fake)
    closing = replace(IN_TURN, now=(replace(IN_TURN.now[0], closes_at=at(10, 16, 36)),))

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(closing)
        app.tell_outcome(LENDING)
        await pilot.pause()
        top = text_of(app).splitlines()[:2]

    assert "还有 2 分钟" in top[0]
    assert "还有2分钟:" in top[1]


async def test_a_crate_stays_on_its_lane_until_it_is_closed() -> None:
    fake = FakeClock()
    app = desk(fake, speech=own_words())
    book = outcome(OutcomeKind.CHECKED_IN, title="草房子", crate=CrateView(1))
    late = replace(book, title="昆虫记", note=Note.OVERDUE_BACK, crate=CrateView(2, flagged=1))

    async with app.run_test(size=(80, 24)) as pilot:
        for told in (OPENED, book, late):
            app.tell_outcome(told)
        await pilot.pause()
        fake.passed += 59
        app.tick()
        await pilot.pause()
        during = text_of(app)
        app.tell_outcome(CLOSED)
        await pilot.pause()
        closed = text_of(app)
        fake.passed += 10.1
        app.tick()
        await pilot.pause()
        after = text_of(app)

    for part in ("还书筐", "草房子", "《昆虫记》", "! 1本请核对"):
        assert part in during
    assert "还了2本" in closed
    assert "还书筐" not in after


async def test_a_card_ends_a_crate_and_its_end_does_not_cover_the_reader() -> None:
    app = desk(FakeClock(), speech=own_words())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(OPENED)
        app.tell_outcome(outcome(OutcomeKind.SESSION_OPENED, view=view(), session=1))
        app.tell_outcome(CLOSED)
        await pilot.pause()
        shown = text_of(app)

    assert "王小明" in shown
    assert "还书筐" not in shown


async def test_only_books_are_lines_of_a_crate_and_an_undone_one_keeps_its_line() -> None:
    fake = FakeClock()
    app = desk(fake, speech=own_words())
    book = outcome(OutcomeKind.CHECKED_IN, title="草房子", crate=CrateView(1))
    said = (
        outcome(OutcomeKind.ATTENTION, note=Note.HELP_CALLED, scan="KC-HELP"),
        outcome(OutcomeKind.ATTENTION, note=Note.NOTHING_TO_OVERRIDE, scan="KC-REASON-2"),
        replace(book, scan="10000002", title="昆虫记", crate=CrateView(2)),
        outcome(OutcomeKind.UNDONE, title="草房子", undone=Deed.RETURNED, crate=CrateView(1)),
        replace(book, scan="10000003", title="小王子", crate=CrateView(2)),
    )

    async with app.run_test(size=(80, 24)) as pilot:
        for told in (OPENED, book, *said):
            app.tell_outcome(told)
        await pilot.pause()
        fake.passed += 600
        app.tick()
        await pilot.pause()
        shown = text_of(app)

    assert "KC-" not in shown
    assert shown.count("草房子") == 1
    assert "撤销了" in shown
    assert "小王子" in shown


async def test_a_board_before_its_turn_says_when_it_begins() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(replace(IN_TURN, board=replace(BOARD, opens_at=at(10, 16, 40))))
        await pilot.pause()
        shown = text_of(app)

    assert "16:40开始" in shown
    assert "还有 10 分钟" not in shown


async def test_two_windows_each_have_their_own_minutes() -> None:
    app = desk(FakeClock())
    over = replace(IN_TURN.now[0], closes_at=at(10, 16, 30), in_grace=True)
    by_hand = replace(IN_TURN.now[0], labels=("三(2)班",), closes_at=at(10, 17, 36))

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(replace(IN_TURN, now=(over, by_hand)))
        await pilot.pause()
        shown = text_of(app)

    assert "现在轮到" in shown
    assert "还能再借一会儿: 三(1)班" in shown


async def test_a_book_scanned_twice_is_one_line_of_the_crate() -> None:
    app = desk(FakeClock(), speech=own_words())
    book = outcome(OutcomeKind.CHECKED_IN, title="草房子", crate=CrateView(1))
    other = replace(book, title="昆虫记", crate=CrateView(2))
    again = outcome(OutcomeKind.IGNORED, note=Note.REPEAT, title="草房子", crate=CrateView(1))

    async with app.run_test(size=(80, 24)) as pilot:
        for told in (OPENED, book, again, other):
            app.tell_outcome(told)
        await pilot.pause()
        shown = text_of(app)

    assert shown.count("草房子") == 1


async def test_a_lane_kept_to_returns_asks_for_no_card_until_it_lends_again() -> None:
    fake = FakeClock()
    app = desk(fake, lanes=("left",), speech=own_words())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        app.tell_outcome(outcome(OutcomeKind.MODE_CHANGED, note=Note.LANE_RETURNS))
        await pilot.pause()
        fake.passed += 6.1
        app.tick()
        await pilot.pause()
        returning = text_of(app)
        app.tell_outcome(outcome(OutcomeKind.MODE_CHANGED, note=Note.LANE_LENDS))
        await pilot.pause()
        fake.passed += 6.1
        app.tick()
        await pilot.pause()
        lending = text_of(app)

    assert "只还书" in returning
    assert "请扫借书证" not in returning
    assert "请扫借书证" in lending


async def test_news_put_into_the_mailbox_before_there_was_an_app_is_shown() -> None:
    mailbox = Mailbox()
    mailbox.put(HallChanged(ON_THE_BOARD))
    app = desk(FakeClock(), mailbox=mailbox)

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = text_of(app)

    assert "李芳" in shown


@pytest.mark.parametrize("hall", [IN_TURN, ON_THE_BOARD], ids=["idle", "board"])
def test_what_reads_alike_is_painted_alike(hall: Hall) -> None:
    uneven = replace(hall.now[0], closes_at=at(10, 16, 41) + timedelta(seconds=37))
    quiet = Scene(
        Words("zh_CN"),
        "实验小学",
        ZONE,
        START,
        tuple(LaneShown(style) for style in lane_styles(("left", "right"), Words("zh_CN"))),
        hall=replace(hall, now=(uneven,)),
    )
    scenes = [replace(quiet, now=START + timedelta(seconds=7 * step)) for step in range(80)]

    changes = 0
    for before, after in pairwise(scenes):
        if reads_as(before, 0) == reads_as(after, 0):
            assert paint(before, 80, 24, 0) == paint(after, 80, 24, 0)
        else:
            changes += 1

    assert 9 <= changes <= 30


def test_a_sentence_has_the_room_of_its_lane() -> None:
    words = Words("zh_CN")
    one, two = (
        Scene(words, "", ZONE, START, tuple(map(LaneShown, lane_styles(lanes, words))))
        for lanes in (("left",), ("left", "right"))
    )

    rooms = [line_columns(two, 80), line_columns(two, 120), line_columns(one, 80)]

    assert rooms == [34, 54, 75]
