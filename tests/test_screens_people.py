"""Crates, duty and staff on the screen: told from a reader's session at a glance."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from screens_scenes import (
    IN_TURN,
    LENDING,
    LI,
    START,
    outcome,
    view,
)
from screens_shots import SIZES, Shot, kept_picture, picture_of

from kiosk.domain import (
    Block,
    BlockCode,
    CrateView,
    Mode,
    Note,
    Outcome,
    OutcomeKind,
    StaffLine,
    StaffPage,
)

IN_ENGLISH = replace(IN_TURN, now=(replace(IN_TURN.now[0], labels=("3(1)",)),), upcoming=())
OPENED = outcome(
    OutcomeKind.MODE_CHANGED, note=Note.CRATE_OPENED, mode=Mode.RETURN, crate=CrateView(0)
)


def back(title: str, returned: int, note: Note | None = None, **values: object) -> Outcome:
    """A book of a crate that has come back."""
    made = outcome(OutcomeKind.CHECKED_IN, title=title, note=note, crate=CrateView(returned))
    return replace(made, **values)  # type: ignore[arg-type]


UNKNOWN = ("30099999", "9787532733415")
CRATE = (
    OPENED,
    back("夏洛的网", 1),
    back("草房子", 2),
    back("昆虫记", 3, Note.OVERDUE_BACK, crate=CrateView(3, flagged=1)),
    back(
        "城南旧事",
        4,
        Note.OTHER_CLASS,
        crate=CrateView(4, flagged=2),
        values={"class_label": "五(12)班"},
    ),
    outcome(
        OutcomeKind.REFUSED,
        scan=UNKNOWN[0],
        blocks=(Block(BlockCode.ITEM_UNKNOWN),),
        crate=CrateView(4, UNKNOWN[:1], 2),
    ),
    back("窗边的小豆豆", 37, crate=CrateView(37, UNKNOWN, 2)),
    back("小王子", 38, Note.SET_ASIDE, crate=CrateView(38, UNKNOWN, 2, 1)),
)
CLOSED = outcome(
    OutcomeKind.MODE_CHANGED, note=Note.CRATE_CLOSED, mode=Mode.LEND, crate=CRATE[-1].crate
)

LATER = (START + timedelta(seconds=60)).astimezone(UTC)
CHEN = view(
    9,
    name="陈老师",
    class_label="",
    kind="teacher",
    loans=(),
    done=(),
    limit=10,
    staff=True,
    ends_at=LATER,
)
STAFF = outcome(OutcomeKind.MODE_CHANGED, note=Note.STAFF_BEGAN, view=CHEN, session=9)
LOST = outcome(
    OutcomeKind.MODE_CHANGED,
    note=Note.SCAN_BOOK,
    view=CHEN,
    session=9,
    values={"command": "LOST"},
)
TODOS = StaffPage(
    "待办 12",
    ("什么事", "书或证", "时间"),
    tuple(
        StaffLine(place, (what, about, f"9-{place:02} 16:3{place % 10}"))
        for place, (what, about) in enumerate(
            (
                ("没登记的条码", "30099999"),
                ("丢失的书回来了", "30000017 城南旧事"),
                ("破损:破损", "30000004 窗边的小豆豆(彩色插图珍藏版)"),
                ("书没有条码", "—"),
            )
            * 3,
            start=1,
        )
    ),
    ("3 回车:关闭第3条", "t:重新列出"),
)
LISTED = outcome(
    OutcomeKind.MODE_CHANGED,
    note=Note.TODO_SHOWN,
    view=CHEN,
    session=9,
    page=TODOS,
    values={"count": 12},
)
CHARGED = outcome(
    OutcomeKind.MODE_CHANGED,
    note=Note.CHARGED,
    view=CHEN,
    session=9,
    title="夏洛的网",
    values={"name": "王小明", "fen": 2850},
)
NOT_A_MONITOR = outcome(OutcomeKind.ATTENTION, note=Note.NOT_A_MONITOR)
ON_DUTY = outcome(
    OutcomeKind.MODE_CHANGED, note=Note.DUTY_BEGAN, values={"name": "陈小华", "until": "17:15"}
)
BINDER = outcome(OutcomeKind.SESSION_OPENED, note=Note.BY_BINDER, view=LI, session=2)
PIN = outcome(
    OutcomeKind.MODE_CHANGED,
    note=Note.PIN_PART,
    view=replace(CHEN, staff=False),
    session=9,
    values={"count": 3},
)

READERS = StaffPage(
    "夏洛的网",
    ("读者", "班级", "借出", "归还"),
    (
        StaffLine(1, ("王小明", "三(1)班", "9-01", "")),
        StaffLine(2, ("李小红", "三(2)班", "5-11", "5-18")),
    ),
    ("没有定价:输入金额(元),再扫【确定】",),
)
SUM = outcome(
    OutcomeKind.MODE_CHANGED,
    note=Note.ENTER_NUMBER,
    view=CHEN,
    session=9,
    page=READERS,
    values={"command": "CHARGE"},
)
WHAT = replace(
    SUM,
    values={"command": "TODO"},
    page=replace(
        TODOS, lines=TODOS.lines[2:3], hints=("1 办好了", "2 找到了", "3 新标签", "4 不用处理")
    ),
)

BESIDE = replace(LENDING, lane="right")

SHOTS = (
    Shot("crate-opened", outcomes=(OPENED,), speaks=True),
    Shot("crate", outcomes=CRATE, speaks=True),
    Shot("crate-unknown-label", outcomes=CRATE[:6], speaks=True),
    Shot("crate-beside-a-reader", outcomes=(*CRATE, BESIDE), speaks=True),
    Shot("crate-closed", outcomes=(*CRATE, CLOSED), speaks=True),
    Shot("crate-one-lane", outcomes=CRATE, lanes=("left",), speaks=True),
    Shot("crate-four-lanes", outcomes=CRATE, lanes=("left", "right", "门口", "窗边"), speaks=True),
    Shot("crate-english", hall=IN_ENGLISH, outcomes=CRATE, language="en", speaks=True),
    Shot("staff", outcomes=(STAFF,), speaks=True),
    Shot("staff-asked-for-a-book", outcomes=(STAFF, LOST), speaks=True),
    Shot("staff-asked-for-a-sum", outcomes=(STAFF, SUM), typed="28", speaks=True),
    Shot("staff-asked-what-was-done", outcomes=(STAFF, LISTED, WHAT), speaks=True),
    Shot("staff-charged", outcomes=(STAFF, CHARGED), speaks=True),
    Shot("staff-table", outcomes=(STAFF, LISTED), speaks=True),
    Shot("staff-table-beside-a-reader", outcomes=(STAFF, LISTED, BESIDE), speaks=True),
    Shot("staff-english", hall=IN_ENGLISH, outcomes=(STAFF,), language="en", speaks=True),
    Shot("staff-ends", outcomes=(STAFF,), passed=57, speaks=True),
    Shot("pin", outcomes=(PIN,), typed="1234", speaks=True),
    Shot("duty-began", outcomes=(ON_DUTY,), speaks=True),
    Shot("not-a-monitor", outcomes=(NOT_A_MONITOR,), speaks=True),
    Shot("by-binder", outcomes=(BINDER,), speaks=True),
)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("shot", SHOTS, ids=str)
async def test_people_look_as_their_picture(shot: Shot, size: tuple[int, int]) -> None:
    svg = await picture_of(shot, size)

    assert svg == kept_picture(shot.name, svg, size)
