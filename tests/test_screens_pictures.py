"""Each screen as a picture, at the kiosk's size and at a larger one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from screens_scenes import (
    ASKING,
    BROKEN,
    CITY,
    CLOSED,
    DEVICES,
    DOUBTED,
    FREE,
    GREETING,
    IN_ENGLISH,
    INSECTS,
    LEAVING,
    LENDING,
    LI,
    REFUSED,
    REFUSING,
    RETURNING,
    TWO_CLASSES,
    WEB,
    WEB_LOAN,
    outcome,
    view,
)
from screens_shots import SIZES, Shot, kept_picture, picture_of

from kiosk.domain import DeviceState, Mode, OutcomeKind
from kiosk.wording.outcomes import Said, Tone

LONG = "哈利·波特与被诅咒的孩子:根据J.K.罗琳、约翰·蒂法尼、杰克·索恩的故事改编(排演特别版)"
LONG_VIEW = view(
    done=(replace(WEB, title=LONG),),
    loans=(replace(WEB_LOAN, title=LONG), replace(CITY, title=LONG), INSECTS),
    name="阿卜杜热合曼·买买提伊明江",
)
BOLD = "[bold]红[/x] 与 [red]黑"
BOLD_VIEW = view(done=(replace(WEB, title=BOLD),), loans=(replace(WEB_LOAN, title=BOLD),))
ENGLISH_LENT = Said(Tone.LENT, "LENT", "▲", "Charlotte's Web", ("Bring it back by Thu 17 Sep",))
ENGLISH_NO = Said(
    Tone.NO,
    "NO",
    "✗",
    "The Grass House",
    ("It is the turn of 3(1).", "Your class: Thursday 16:45"),
    "1 more reason: 2 books in hand",
)
CHANGED = Said(Tone.ATTENTION, "", "!", "", ("换人了!现在是李小红",))
RENEWING = Said(Tone.QUIET, "", "", "", ("续借:请扫要续借的书",))
SLIP = """←左 三(1)班 王小明

夏洛的网
            9月17日(四)前还
手上 1 本
草房子               √ 已还
三(1)班下次:9月17日 16:30
本学期第9本,目标12本
--------------------------------
城关镇实验小学 图书室
No.000123       09-10 16:35
"""
SIDE = """试一试:输入后按回车
R000001  王小明 三(1)班
10000001  夏洛的网
KC-DONE  完成
Ctrl+Q 退出"""

SHOTS = (
    Shot("idle-in-turn"),
    Shot("idle-two-classes", hall=TWO_CLASSES),
    Shot("idle-free", hall=FREE),
    Shot("idle-closed", hall=CLOSED),
    Shot("idle-doubted", hall=DOUBTED),
    Shot("idle-record-broken", hall=BROKEN),
    Shot(
        "idle-device-missing",
        devices=(
            DEVICES[0],
            DeviceState("right", "scanner", False, "right", "gone"),
            DeviceState("printer", "printer", False, cause="missing"),
        ),
    ),
    Shot("idle-one-lane", lanes=("left",), devices=(DEVICES[0], DEVICES[2])),
    Shot("idle-three-lanes", lanes=("left", "right", "门口")),
    Shot("idle-english", hall=IN_ENGLISH, language="en"),
    Shot("idle-typed", typed="R00012"),
    Shot("idle-demo", side=SIDE, slip=SLIP),
    Shot("greeted", outcomes=(GREETING,)),
    Shot(
        "another-reader",
        outcomes=(LENDING, replace(GREETING, view=LI, session=2)),
        speech=((OutcomeKind.SESSION_OPENED, CHANGED),),
    ),
    Shot("lent-and-refused", outcomes=(LENDING, REFUSING)),
    Shot("lent-one-lane", outcomes=(LENDING,), lanes=("left",)),
    Shot("lent-demo", outcomes=(LENDING,), side=SIDE, slip=SLIP),
    Shot("returned", outcomes=(RETURNING,)),
    Shot("attention", outcomes=(ASKING,)),
    Shot("summary", outcomes=(LENDING, LEAVING)),
    Shot("countdown", outcomes=(LENDING, REFUSING), passed=16.5),
    Shot(
        "renew-mode",
        outcomes=(outcome(OutcomeKind.MODE_CHANGED, view=view(mode=Mode.RENEW)),),
        speech=((OutcomeKind.MODE_CHANGED, RENEWING),),
    ),
    Shot(
        "return-mode",
        outcomes=(replace(RETURNING, view=view(mode=Mode.RETURN)),),
    ),
    Shot(
        "english",
        hall=IN_ENGLISH,
        language="en",
        outcomes=(LENDING, REFUSING),
        speech=((OutcomeKind.CHECKED_OUT, ENGLISH_LENT), (OutcomeKind.REFUSED, ENGLISH_NO)),
    ),
    Shot(
        "long-titles",
        outcomes=(replace(LENDING, view=LONG_VIEW), REFUSING),
        speech=((OutcomeKind.CHECKED_OUT, replace(REFUSED, subject=f"《{LONG}》")),),
    ),
    Shot(
        "markup-in-titles",
        outcomes=(replace(LENDING, view=BOLD_VIEW), REFUSING),
        speech=((OutcomeKind.CHECKED_OUT, replace(REFUSED, subject=f"《{BOLD}》")),),
    ),
    Shot(
        "three-lanes",
        lanes=("left", "right", "门口"),
        outcomes=(LENDING, REFUSING, replace(ASKING, lane="门口")),
    ),
    Shot(
        "four-lanes",
        lanes=("left", "right", "门口", "窗边"),
        outcomes=(
            LENDING,
            REFUSING,
            replace(RETURNING, lane="门口"),
            outcome(OutcomeKind.REFUSED, "窗边"),
        ),
    ),
)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("shot", SHOTS, ids=str)
async def test_the_screen_looks_as_its_picture(shot: Shot, size: tuple[int, int]) -> None:
    svg = await picture_of(shot, size)

    assert svg == kept_picture(shot.name, svg, size)
