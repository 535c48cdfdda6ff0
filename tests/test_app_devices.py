"""Devices on the running screen: told once, listed for staff, heard through the bell if need be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest
from desk_rig import open_rig
from screens_scenes import (
    DEVICES,
    IN_TURN,
    LENDING,
    FakeClock,
    Heard,
    desk,
    outcome,
    own_words,
    text_of,
    view,
)
from textual.pilot import Pilot

from kiosk.app import KioskApp
from kiosk.domain import Command, DeviceState, Note, Outcome, OutcomeKind
from kiosk.screens.canvas import width_of
from kiosk.screens.news import BellWanted, Mailbox
from kiosk.screens.sound import RHYTHMS
from kiosk.screens.staff_keys import KEYS, MORE, key_words
from kiosk.wording import LANGUAGES, Words
from kiosk.wording.devices import Role, trouble, trouble_of
from kiosk.wording.outcomes import Tone

CHEN = view(9, name="陈老师", class_label="", kind="teacher", loans=(), done=(), staff=True)
STAFF = outcome(OutcomeKind.MODE_CHANGED, note=Note.STAFF_BEGAN, view=CHEN, session=9)
ASKED = outcome(OutcomeKind.MODE_CHANGED, note=Note.DEVICES_SHOWN, view=CHEN, session=9)
BESIDE = replace(LENDING, lane="right")
OUT = DeviceState("printer", "printer", False, cause="paper_out")
LOW = DeviceState("printer", "printer", True, cause="paper_low")
MENDED = DeviceState("printer", "printer", True)
LOST = DeviceState("right", "scanner", False, "right", "gone")
FOUND = DeviceState("right", "scanner", True, "right")
CAUSES = (
    *("missing", "busy", "denied", "gone", "timeout", "error"),
    *("paper_low", "paper_out", "cover_open", "cutter", "hot", "offline", "of a later version"),
)


class Watched:
    """A screen, and the hands that plug and scan."""

    def __init__(self, app: KioskApp, fake: FakeClock, pilot: Pilot[None], heard: Heard) -> None:
        self.app = app
        self.fake = fake
        self.pilot = pilot
        self.heard = heard

    async def tell(self, *told: DeviceState | Outcome) -> str:
        for one in told:
            if isinstance(one, DeviceState):
                self.app.tell_device(one)
            else:
                self.app.tell_outcome(one)
        await self.pilot.pause()
        return text_of(self.app)

    async def press(self, key: str) -> str:
        await self.pilot.press(key)
        self.fake.passed += 0.2
        self.app.tick()
        await self.pilot.pause()
        return text_of(self.app)

    async def passes(self, seconds: float) -> str:
        self.fake.passed += seconds
        self.app.tick()
        await self.pilot.pause()
        return text_of(self.app)


@asynccontextmanager
async def screen(
    *, size: tuple[int, int] = (80, 24), language: str = "zh_CN"
) -> AsyncIterator[Watched]:
    fake, heard = FakeClock(), Heard()
    app = desk(fake, heard=heard, speech=own_words(language), language=language)
    async with app.run_test(size=size) as pilot:
        app.tell_hall(IN_TURN)
        at = Watched(app, fake, pilot, heard)
        await at.tell(*DEVICES)
        yield at


def top(shown: str) -> str:
    return shown.splitlines()[0]


async def test_a_printer_without_paper_is_told_until_it_is_mended() -> None:
    async with screen() as at:
        before = at.app.picture()
        out = await at.tell(OUT)
        await at.tell(MENDED)

        assert "打印  ✗ 缺纸" in top(out)
        assert "打印机:缺纸,没有小票也已经借好了。请找老师 (6)" in out
        assert "开盖,放进新纸卷。" in out
        assert "等" not in out
        assert at.app.picture() == before


async def test_paper_near_its_end_calls_nobody() -> None:
    async with screen() as at:
        low = await at.tell(LOW)

        assert "打印 ● 纸快完了" in top(low)
        assert "请找老师" not in low
        assert "准备一卷新纸。" in low


async def test_a_large_screen_says_since_when() -> None:
    async with screen(size=(120, 36)) as at:
        await at.tell(OUT)
        later = await at.passes(600)

        assert "✗ 缺纸 16:34起" in top(later)


async def test_a_cause_that_changes_is_a_new_state() -> None:
    async with screen(size=(120, 36)) as at:
        await at.tell(OUT)
        await at.passes(120)
        opened = await at.tell(replace(OUT, cause="cover_open"))
        same = await at.tell(replace(OUT, cause="cover_open", detail="asked again"))

        assert "✗ 盖子没关 16:36起" in top(opened)
        assert same == opened


async def test_a_device_that_comes_and_goes_is_said_to_until_it_keeps_still() -> None:
    async with screen() as at:
        for _ in range(20):
            await at.tell(LOST, FOUND)
        shaky = await at.tell()
        still = await at.passes(61)

        assert "●右 时好时坏" in top(shaky)
        assert "时好时坏" not in still
        assert "扫描 ●●" in top(still)


async def test_children_and_time_come_before_a_device() -> None:
    helped = outcome(OutcomeKind.ATTENTION, "right", note=Note.HELP_CALLED)
    async with screen() as at:
        waiting = await at.tell(OUT, helped)
        ending = await at.passes(7 * 60)

        assert "(4)" in waiting
        assert "(6)" not in waiting
        assert "(6)" not in ending


async def test_a_device_comes_before_the_end_of_term() -> None:
    async with screen() as at:
        at.app.tell_hall(replace(IN_TURN, term_ends_on=date(2026, 9, 24)))
        before = await at.tell()
        broken = await at.tell(OUT)

        assert "(5)" in before
        assert "(6)" in broken


async def test_staff_list_the_devices_and_see_them_change() -> None:
    async with screen() as at:
        fine = await at.tell(STAFF, ASKED)
        out = await at.tell(OUT)
        mended = await at.tell(MENDED)

        assert "都正常,不用管。" in fine
        assert "打印机     ✗ 缺纸" in out
        assert "打印机:没有纸了。" in out
        assert "打印机     ● 正常" in mended


async def test_a_desk_without_devices_lists_none() -> None:
    fake = FakeClock()
    app = desk(fake, speech=own_words())
    async with app.run_test(size=(80, 24)) as pilot:
        shown = await Watched(app, fake, pilot, Heard()).tell(STAFF, ASKED)

    assert "都正常,不用管。" in shown


async def test_another_table_is_not_written_over_by_a_device() -> None:
    charged = replace(ASKED, note=Note.NO_CHARGE, kind=OutcomeKind.ATTENTION)
    async with screen() as at:
        kept = await at.tell(STAFF, ASKED, charged, OUT)
        gone = await at.tell(replace(STAFF, note=Note.LANE_LENDS), OUT)

        assert "✗ 缺纸" in kept
        assert "从何时" in kept
        assert "从何时" not in gone


async def test_the_key_of_the_devices_is_their_label() -> None:
    async with screen() as at:
        await at.tell(STAFF)
        await at.press("slash")

        assert at.heard.commands == [("left", Command.DEVICES)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lanes", [1, 2, 4])
async def test_every_staff_key_can_be_seen_on_the_smallest_screen(
    language: str, lanes: int
) -> None:
    fake, names = FakeClock(), ("left", "right", "a", "b")[:lanes]
    app = desk(fake, lanes=names, language=language, speech=own_words(language))
    async with app.run_test(size=(80, 24)) as pilot:
        at = Watched(app, fake, pilot, Heard())
        for told in ((STAFF,), (STAFF, ASKED), (STAFF, ASKED, BESIDE)):
            seen = await at.tell(*(one for one in told if one.lane in names))
            wanted = {f"{key} {word}" for key, word in key_words(Words(language))}
            for _ in KEYS:
                wanted = {one for one in wanted if one not in seen}
                if not wanted:
                    break
                seen = await at.press("full_stop")

            assert wanted == set()


async def test_the_key_for_more_is_there_only_where_it_is_needed() -> None:
    async with screen() as at:
        whole = await at.tell(STAFF)
        same = await at.press("full_stop")
        narrow = await at.tell(OUT, LOST, ASKED, BESIDE)

        assert f"{MORE} 更多" not in whole
        assert same == whole
        assert f"{MORE} 更多" in narrow
        assert "q 完成" in await at.press("full_stop")
        assert at.heard.keys == []


async def test_a_sound_that_was_not_heard_rings_the_bell() -> None:
    rung: list[float] = []
    mailbox = Mailbox()
    fake = FakeClock()
    app = desk(fake, mailbox=mailbox)
    app.bell = lambda: rung.append(fake.passed)  # type: ignore[method-assign]
    async with app.run_test(size=(80, 24)) as pilot:
        mailbox.put(BellWanted(Tone.LENT))
        await pilot.pause()

    assert len(rung) == len(RHYTHMS[Tone.LENT])


def test_only_staff_list_the_devices(tmp_path: object) -> None:
    rig = open_rig(tmp_path)  # type: ignore[arg-type]
    refused = rig.scan("KC-DEVICES")[-1]
    rig.be_staff()
    shown = rig.scan("KC-DEVICES")[-1]

    assert refused.note is Note.NEEDS_STAFF
    assert (shown.kind, shown.note) == (OutcomeKind.MODE_CHANGED, Note.DEVICES_SHOWN)
    assert rig.differences() == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["scanner", "printer", "sound"])
def test_every_cause_has_a_word_and_a_sentence_that_fit(language: str, role: Role) -> None:
    words = Words(language)
    for cause in CAUSES:
        said = trouble_of(role, cause, words)

        assert width_of(said.word) <= 16
        assert width_of(said.what) <= 27
        assert said.todo
        # Nobody is told to wait for paper.
        assert "等一等" not in said.what + said.todo
    assert trouble(DeviceState("a", role, True), words) is None


def test_every_key_is_free_for_its_label() -> None:
    assert len(set(KEYS.values())) == len(KEYS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", [OUT, LOST], ids=["printer", "scanner"])
async def test_the_call_for_a_device_is_never_cut(language: str, state: DeviceState) -> None:
    async with screen(language=language) as at:
        for cause in CAUSES:
            shown = await at.tell(replace(state, cause=cause))

            assert shown.splitlines()[1].rstrip().endswith(f"({7 if state is LOST else 6})")
