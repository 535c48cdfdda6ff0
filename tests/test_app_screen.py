"""The app: what it shows when, for how long, and that nobody can leave it from the keyboard."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from screens_scenes import (
    ASKING,
    CLOSED,
    DEVICES,
    GREETING,
    IN_TURN,
    LEAVING,
    LENDING,
    LI,
    REFUSED,
    REFUSING,
    RETURNING,
    SPEECH,
    FakeClock,
    Heard,
    Speech,
    desk,
    outcome,
    text_of,
    view,
)
from textual.pilot import Pilot

from kiosk.app import KioskApp
from kiosk.domain import Note, OutcomeKind
from kiosk.wording.outcomes import Said, Tone


async def passes(app: KioskApp, fake: FakeClock, pilot: Pilot[None], seconds: float) -> None:
    fake.passed += seconds
    app.tick()
    await pilot.pause()


async def test_a_lent_book_is_shown_with_its_reader_title_and_due_date() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        await pilot.pause()
        shown = text_of(app)

    for part in ("三(1)班 王小明", "手上 1/2", "▲ 《夏洛的网》", "9月17日(四)前还"):
        assert part in shown


async def test_the_next_pupil_sees_nothing_of_the_last_one() -> None:
    fake = FakeClock()
    app = desk(fake)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        await pilot.pause()
        before = app.picture()
        app.tell_outcome(LENDING)
        app.tell_outcome(RETURNING)
        app.tell_outcome(LEAVING)
        await pilot.pause()
        await passes(app, fake, pilot, 3.9)
        during = text_of(app)
        await passes(app, fake, pilot, 0.2)
        after = app.picture()

    assert "借了1本,还了2本" in during
    assert after == before


async def test_the_next_card_takes_the_summarys_place_at_once() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        app.tell_outcome(LEAVING)
        app.tell_outcome(outcome(OutcomeKind.SESSION_OPENED, view=LI, session=2))
        await pilot.pause()
        shown = text_of(app)

    assert "李小红" in shown
    assert "夏洛的网" not in shown
    assert "借了1本" not in shown


async def test_a_session_told_closed_after_the_next_one_opened_does_not_come_back() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        app.tell_outcome(outcome(OutcomeKind.SESSION_OPENED, view=LI, session=2))
        app.tell_outcome(LEAVING)
        await pilot.pause()
        shown = text_of(app)

    assert "李小红" in shown
    assert "王小明" not in shown


async def test_a_refused_card_is_not_covered_by_the_summary_of_the_session_it_ended() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        app.tell_outcome(outcome(OutcomeKind.REFUSED))
        app.tell_outcome(LEAVING)
        await pilot.pause()
        shown = text_of(app)

    assert "今天轮到三(1)班。" in shown
    assert "王小明" not in shown


async def test_a_result_without_a_session_stays_six_seconds() -> None:
    fake = FakeClock()
    app = desk(fake)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(ASKING)
        await pilot.pause()
        await passes(app, fake, pilot, 5.9)
        during = text_of(app)
        await passes(app, fake, pilot, 0.2)
        after = text_of(app)

    assert "还没有借!请先扫借书证" in during
    assert "昆虫记" not in after


async def test_the_same_label_again_leaves_the_result_standing() -> None:
    again = Said(Tone.QUIET, "", "", "", ("刚刚扫过了",))
    app = desk(FakeClock(), speech=Speech({**SPEECH, OutcomeKind.IGNORED: again}))

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        repeat = outcome(OutcomeKind.IGNORED, note=Note.REPEAT, view=view(), session=1)
        app.tell_outcome(repeat)
        await pilot.pause()
        shown = text_of(app)

    assert "《夏洛的网》" in shown
    assert "刚刚扫过了" not in shown


async def test_a_new_result_leaves_nothing_of_the_old_one() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(outcome(OutcomeKind.REFUSED, view=view(done=(), loans=()), session=1))
        app.tell_outcome(LENDING)
        await pilot.pause()
        shown = text_of(app)

    assert "✗" not in shown
    assert REFUSED.others not in shown


@pytest.mark.parametrize(
    ("passed", "bar"),
    [(14.5, None), (15.0, "▓▓▓▓▓ 5"), (16.5, "▓▓▓▓░ 4"), (19.5, "▓░░░░ 1"), (21.0, "░░░░░ 0")],
)
async def test_the_last_five_seconds_are_counted_down(passed: float, bar: str | None) -> None:
    fake = FakeClock()
    app = desk(fake)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        await pilot.pause()
        await passes(app, fake, pilot, passed)
        shown = text_of(app)

    assert ("不再扫就结束" in shown) is (bar is not None)
    assert bar is None or bar in shown


async def test_a_session_whose_end_is_never_told_leaves_the_screen_in_the_end() -> None:
    fake = FakeClock()
    app = desk(fake)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        await pilot.pause()
        await passes(app, fake, pilot, 51)
        shown = text_of(app)

    assert "王小明" not in shown


async def test_a_lane_that_serves_leaves_the_other_its_prompt() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        app.tell_outcome(REFUSING)
        await pilot.pause()
        shown = text_of(app)

    assert "请扫借书证" in shown
    assert "李小红" in shown


async def test_when_closed_no_lane_invites_to_borrow() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(CLOSED)
        await pilot.pause()
        shown = text_of(app)

    assert "现在不借书,还书随时可以" in shown
    assert "下次:16:45 三(2)班" in shown
    assert "请扫借书证" not in shown


async def test_the_clock_and_the_minutes_go_on_by_themselves() -> None:
    fake = FakeClock()
    app = desk(fake)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        await pilot.pause()
        await passes(app, fake, pilot, 60)
        shown = text_of(app)

    assert "16:35" in shown
    assert "还有 10 分钟" in shown


async def test_each_outcome_sounds_once_on_its_lane() -> None:
    heard = Heard()
    app = desk(FakeClock(), heard=heard)

    async with app.run_test() as pilot:
        for told in (GREETING, LENDING, RETURNING, REFUSING, ASKING):
            app.tell_outcome(told)
        await pilot.pause()

    assert heard.sounds == [
        (Tone.QUIET, "left"),
        (Tone.LENT, "left"),
        (Tone.RETURNED, "left"),
        (Tone.NO, "right"),
        (Tone.ATTENTION, "left"),
    ]


LEAVE_KEYS = (
    "ctrl+c",
    "ctrl+q",
    "ctrl+p",
    "ctrl+z",
    "ctrl+d",
    "ctrl+backslash",
    "tab",
    "shift+tab",
    "escape",
    "f1",
    "enter",
    "a",
)


async def test_every_key_is_handed_on_and_does_nothing_else() -> None:
    heard = Heard()
    app = desk(FakeClock(), heard=heard)

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        await pilot.pause()
        before = app.picture()
        await pilot.press(*LEAVE_KEYS)
        await pilot.pause()
        after = app.picture()
        focused, stacked = app.focused, len(app.screen_stack)

    assert [key for key, _ in heard.keys] == list(LEAVE_KEYS)
    assert heard.keys[-1] == ("a", "a")
    assert after == before
    assert (focused, stacked) == (None, 1)


async def test_a_paste_is_handed_on_whole() -> None:
    from textual.events import Paste

    heard = Heard()
    app = desk(FakeClock(), heard=heard)

    async with app.run_test() as pilot:
        app.post_message(Paste("R000001\n10000001\n"))
        await pilot.pause()

    assert heard.pastes == ["R000001\n10000001\n"]


async def test_the_mouse_changes_nothing() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        await pilot.pause()
        before = app.picture()
        await pilot.click(offset=(3, 8))
        await pilot.hover(offset=(30, 12))
        after = app.picture()

    assert after == before


async def test_news_told_before_the_app_runs_is_shown_in_order() -> None:
    app = desk(FakeClock())
    app.tell_hall(CLOSED)
    app.tell_hall(IN_TURN)
    for state in DEVICES:
        app.tell_device(state)

    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = text_of(app)

    assert "还有 11 分钟" in shown
    assert "扫描 ●●  打印 ●" in shown


async def test_news_told_after_the_app_ended_is_dropped() -> None:
    app = desk(FakeClock())
    async with app.run_test():
        pass

    thread = threading.Thread(target=lambda: app.tell_outcome(LENDING))
    thread.start()
    thread.join()
    app.tell_quit()


async def test_news_from_another_thread_is_shown() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        thread = threading.Thread(target=lambda: app.tell_outcome(LENDING))
        thread.start()
        thread.join()
        await pilot.pause()
        shown = text_of(app)

    assert "王小明" in shown


async def test_a_typed_label_is_echoed_and_taken_away() -> None:
    app = desk(FakeClock())

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_typed("left", "R0000")
        await pilot.pause()
        during = text_of(app)
        app.tell_typed("left", "")
        await pilot.pause()
        after = text_of(app)

    assert "左 ▸ R0000▏" in during
    assert "R0000" not in after


async def test_control_bytes_in_a_title_never_reach_the_terminal() -> None:
    bad = Said(Tone.LENT, "借好了", "▲", "《\x1b[2J红\x07\u202e楼》", ())
    app = desk(FakeClock(), speech=Speech({OutcomeKind.CHECKED_OUT: bad}))

    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_outcome(LENDING)
        await pilot.pause()
        shown = text_of(app)

    assert "《[2J红楼》" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


@pytest.mark.parametrize("size", [(20, 5), (1, 1), (79, 23), (300, 100)])
async def test_a_screen_of_any_size_is_painted(size: tuple[int, int]) -> None:
    app = desk(FakeClock(), side="R000001", hint="R000001")

    async with app.run_test(size=size) as pilot:
        for lane in ("left", "right"):
            app.tell_outcome(replace(LENDING, lane=lane))
        app.tell_slip("小票\n一\n二")
        await pilot.pause()
        rows = text_of(app).split("\n")

    assert len(rows) == size[1]
