"""A turn on the screen: the board of the class, the last five minutes, what is said of the term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from screens_scenes import (
    CLOSED,
    DEVICES,
    FREE,
    IN_ENGLISH,
    IN_TURN,
    LENDING,
    REFUSING,
    at,
)
from screens_shots import SIZES, Shot, kept_picture, picture_of

from kiosk.domain import Board, DeviceState

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程魏"
)
GIVEN = ("小明", "芳", "子涵", "宇航", "欣怡", "浩", "梓萱", "雨桐", "俊杰")
PUPILS = tuple(f"{one}{GIVEN[place % len(GIVEN)]}" for place, one in enumerate(SURNAMES[:44]))
LONGEST = "阿卜杜热合曼·买买提伊明江"


def board(not_come: int, still_out: int, returned: int, **changes: object) -> Board:
    """The board of 三(1)班, its 45 pupils shared out; who is left has borrowed."""
    names = (*PUPILS[:20], LONGEST, *PUPILS[20:])
    first, second, third = not_come, not_come + still_out, not_come + still_out + returned
    made = Board(
        "三(1)班",
        at(10, 16, 45),
        names[:first],
        names[first:second],
        names[second:third],
        names[third:],
    )
    return replace(made, **changes)  # type: ignore[arg-type]


ENGLISH_BOARD = Board(
    "3(1)",
    at(10, 16, 45),
    ("Alice Walker", "Benjamin Harrison", "Chloe Li"),
    ("Daniel Martinez", "Emma"),
    ("Frank", "Grace Kim"),
    tuple(f"Pupil {number:02}" for number in range(38)),
)
HALF_WAY = replace(IN_TURN, board=board(12, 5, 8))
ON_DUTY = replace(IN_TURN, on_duty="陈小华", todos=3)
ENDING = replace(
    ON_DUTY, now=(replace(IN_TURN.now[0], closes_at=at(10, 16, 39)),), board=board(1, 2, 7)
)
BROKEN_PRINTER = (*DEVICES[:2], DeviceState("printer", "printer", False, cause="missing"))

LATE = 6 * 60.0
SHOTS = (
    Shot("board", hall=HALF_WAY),
    Shot("board-begins", hall=replace(IN_TURN, board=board(40, 5, 0))),
    Shot("board-ends", hall=replace(IN_TURN, board=board(1, 2, 7)), passed=LATE),
    Shot("board-one-lane", hall=HALF_WAY, lanes=("left",), devices=(DEVICES[0], DEVICES[2])),
    Shot("board-four-lanes", hall=HALF_WAY, lanes=("left", "right", "门口", "窗边")),
    Shot("board-english", hall=replace(IN_ENGLISH, board=ENGLISH_BOARD), language="en"),
    Shot("idle-last-minutes", hall=IN_TURN, passed=LATE),
    Shot("idle-last-minutes-free", hall=FREE, passed=LATE),
    Shot("idle-last-minutes-english", hall=IN_ENGLISH, language="en", passed=LATE),
    Shot("serving-last-minutes", hall=ENDING, outcomes=(LENDING, REFUSING)),
    Shot("idle-on-duty", hall=ON_DUTY),
    Shot("idle-on-duty-printer-missing", hall=ON_DUTY, devices=BROKEN_PRINTER),
    Shot("idle-term-ends", hall=replace(IN_TURN, term_ends_on=date(2026, 9, 24))),
    Shot(
        "idle-no-next-term",
        hall=replace(CLOSED, upcoming=(), term_ends_on=date(2026, 9, 9), has_next_term=False),
    ),
)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("shot", SHOTS, ids=str)
async def test_a_turn_looks_as_its_picture(shot: Shot, size: tuple[int, int]) -> None:
    svg = await picture_of(shot, size)

    assert svg == kept_picture(shot.name, svg, size)
