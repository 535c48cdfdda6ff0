"""The app with staff at it: keys that stand for labels, tables that lock, PINs nobody sees."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from screens_scenes import (
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
from kiosk.domain import Command, Note, OutcomeKind, StaffLine, StaffPage
from kiosk.screens.staff_keys import KEYS, MORE, TURN_DOWN, TURN_UP, key_words
from kiosk.wording import LANGUAGES, Words

CHEN = view(9, name="陈老师", class_label="", kind="teacher", loans=(), done=(), staff=True)
STAFF = outcome(OutcomeKind.MODE_CHANGED, note=Note.STAFF_BEGAN, view=CHEN, session=9)
LINES = tuple(StaffLine(number, (f"第{number}件事",)) for number in range(1, 31))
TABLE = outcome(
    OutcomeKind.MODE_CHANGED,
    note=Note.TODO_SHOWN,
    view=CHEN,
    session=9,
    page=StaffPage("待办", ("什么事",), LINES),
)
ENDED = outcome(OutcomeKind.SESSION_CLOSED, view=CHEN, session=9)


class Typing:
    """A desk with a staff session on its left lane, and a hand on the keyboard."""

    def __init__(self, app: KioskApp, fake: FakeClock, heard: Heard, pilot: Pilot[None]) -> None:
        self.app = app
        self.fake = fake
        self.heard = heard
        self.pilot = pilot

    async def press(self, *keys: str, wait_s: float = 0.2) -> None:
        await self.pilot.press(*keys)
        self.fake.passed += wait_s
        self.app.tick()
        await self.pilot.pause()

    async def tell(self, *outcomes: object) -> str:
        for told in outcomes:
            self.app.tell_outcome(told)  # type: ignore[arg-type]
        await self.pilot.pause()
        return text_of(self.app)


@asynccontextmanager
async def staff_desk(*outcomes: object) -> AsyncIterator[Typing]:
    fake, heard = FakeClock(), Heard()
    app = desk(fake, heard=heard, speech=own_words())
    async with app.run_test(size=(80, 24)) as pilot:
        app.tell_hall(IN_TURN)
        typing = Typing(app, fake, heard, pilot)
        await typing.tell(*outcomes)
        yield typing


async def test_a_letter_key_of_staff_is_the_label_it_stands_for() -> None:
    async with staff_desk(STAFF) as at:
        await at.press("t")
        await at.press("l")

        assert at.heard.commands == [("left", Command.TODO), ("left", Command.LOST)]
        assert at.heard.keys == []


async def test_digits_and_enter_of_staff_stay_typed_text() -> None:
    async with staff_desk(STAFF) as at:
        await at.press("3", "enter")

        assert [key for key, _ in at.heard.keys] == ["3", "enter"]
        assert at.heard.commands == []


async def test_enter_right_after_a_letter_key_of_staff_is_no_label() -> None:
    async with staff_desk(STAFF) as at:
        await at.press("c", "enter")

        assert at.heard.commands == [("left", Command.CHARGE)]
        assert at.heard.keys == []


async def test_a_label_that_a_scanner_types_is_no_staff_key() -> None:
    async with staff_desk(STAFF) as at:
        await at.press(*"t100001", "enter")

        assert [key for key, _ in at.heard.keys] == [*"t100001", "enter"]
        assert at.heard.commands == []


async def test_a_letter_after_something_half_typed_is_text() -> None:
    async with staff_desk(STAFF) as at:
        at.app.tell_typed("right", "3000")
        await at.pilot.pause()
        await at.press("t")

        assert at.heard.keys == [("t", "t")]
        assert at.heard.commands == []


@pytest.mark.parametrize("told", [(), (LENDING,), (STAFF, ENDED)], ids=["none", "pupil", "ended"])
async def test_without_a_staff_session_a_letter_is_text(told: tuple[object, ...]) -> None:
    async with staff_desk(*told) as at:
        await at.press("t")

        assert at.heard.keys == [("t", "t")]
        assert at.heard.commands == []


async def test_a_staff_table_locks_when_its_session_ends() -> None:
    async with staff_desk(STAFF) as at:
        listed = await at.tell(TABLE)
        ended = await at.tell(ENDED)

        assert "第1件事" in listed
        assert "件事" not in ended


async def test_a_staff_table_stays_beside_a_label_that_could_not_act() -> None:
    async with staff_desk(STAFF, TABLE) as at:
        shown = await at.tell(
            outcome(
                OutcomeKind.ATTENTION,
                note=Note.NO_SUCH_LINE,
                view=CHEN,
                session=9,
                values={"number": 99},
            )
        )

        assert "没有第99条" in shown
        assert "第1件事" in shown


async def test_page_keys_turn_a_long_staff_table_to_its_end_and_back() -> None:
    async with staff_desk(STAFF, TABLE) as at:
        for _ in range(9):
            await at.press("pagedown")
        end = text_of(at.app)
        for _ in range(9):
            await at.press("up")
        start = text_of(at.app)

        assert "第30件事" in end
        assert "第1件事" in start
        assert at.heard.keys == []


async def test_a_staff_table_that_fits_does_not_move() -> None:
    short = replace(TABLE, page=StaffPage("待办", ("什么事",), LINES[:4]))

    async with staff_desk(STAFF, short) as at:
        before = text_of(at.app)
        await at.press("down")

        assert text_of(at.app) == before


async def test_a_pin_is_never_shown_while_it_is_typed() -> None:
    async with staff_desk(LENDING) as at:
        shown = []
        for typed in ("1", "1234", "123456"):
            at.app.tell_typed("left", typed)
            await at.pilot.pause()
            shown.append(text_of(at.app).splitlines()[-1])
        at.app.tell_typed("left", "30000001")
        await at.pilot.pause()
        label = text_of(at.app).splitlines()[-1]

    assert [line.strip() for line in shown] == ["左 ▸ •▏", "左 ▸ ••••▏", "左 ▸ ••••••▏"]
    assert "30000001" in label


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_staff_key_has_its_words(language: str) -> None:
    words = key_words(Words(language))

    assert [key for key, _ in words] == list(KEYS)
    assert all(word for _, word in words)
    assert not {*KEYS, MORE} & (TURN_DOWN | TURN_UP)
    assert MORE not in KEYS


def test_no_two_staff_keys_stand_for_one_label() -> None:
    assert len(set(KEYS.values())) == len(KEYS)
    assert all(key == key.lower() and len(key) == 1 and not key.isdigit() for key in KEYS)


async def test_a_number_that_staff_type_is_shown() -> None:
    async with staff_desk(STAFF) as at:
        at.app.tell_typed("left", "12")
        await at.pilot.pause()
        shown = text_of(at.app).splitlines()[-1]

    assert shown.strip() == "左 ▸ 12▏"
