"""The reasons that the school's rules add: what a child reads, and what fits on the line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from builders import TODAY

from kiosk.domain import Block, BlockCode, Value
from kiosk.rotation.classes import ClassNames
from kiosk.wording import Words
from kiosk.wording.blocks import LINE_COLUMNS, Voice, columns, sentence, short

SOONER: Mapping[str, Value] = {
    "now": "2024-1",
    "next_at": "2026-09-14T16:30",
    "next_window": "班级轮借",
    "next_kind": "class",
    "sooner_at": "2026-09-11T10:00",
    "sooner_window": "大课间",
}
COMICS: Mapping[str, Value] = {"limit": 1, "count": 1, "collection": "comic"}


def voice(language: str = "zh_CN", room: int = LINE_COLUMNS) -> Voice:
    """Speak on the Thursday of the tests, in lines of so many columns."""
    words = Words(language)
    return Voice(words, ClassNames("{grade}({number})班", 6, words).label, TODAY, room)


def block(code: BlockCode, **values: Value) -> Block:
    return Block(code, values)


@pytest.mark.parametrize(
    ("spoken", "lines", "few_words"),
    [
        (
            block(BlockCode.READER_SUSPENDED, until="2026-09-12"),
            ("暂停借书,还有3天。", "9月13日(日)起又能借了"),
            "暂停借书,还有3天",
        ),
        (
            block(BlockCode.READER_SUSPENDED, until="2026-09-10"),  # its last day
            ("暂停借书,还有1天。", "9月11日(五)起又能借了"),
            "暂停借书,还有1天",
        ),
        (
            block(BlockCode.READER_SUSPENDED),
            ("你现在不能借书。", "请问图书老师"),
            "你现在不能借书",
        ),
        (
            block(BlockCode.ON_HOLD_FOR_OTHER),
            ("这本书给别的同学留着。", "请交给小管理员"),
            "别的同学预约了",
        ),
        (
            block(BlockCode.ON_HOLD_FOR_OTHER, wanted=1),
            ("有同学在等这本书。", "请今天还掉,谢谢"),
            "别的同学预约了",
        ),
        (
            block(BlockCode.UNPAID_CHARGE, fen=1985),
            ("有赔偿没结清。", "请找图书老师"),
            "有赔偿没结清",
        ),
        (
            block(BlockCode.COLLECTION_LIMIT_REACHED, **COMICS),
            ("漫画书最多借1本。", "先还一本这类书,再来借"),
            "这类书已借1本",
        ),
        (
            block(BlockCode.COLLECTION_LIMIT_REACHED, limit=2, count=2, collection="连环画"),
            ("连环画最多借2本。", "先还一本这类书,再来借"),
            "这类书已借2本",
        ),
        (
            # A code that no child has ever seen is not said.
            block(BlockCode.COLLECTION_LIMIT_REACHED, limit=2, count=3, collection="dvd2"),
            ("这类书最多借2本。", "先还一本这类书,再来借"),
            "这类书已借3本",
        ),
    ],
)
def test_a_reason_is_one_sentence_and_what_to_do(
    spoken: Block, lines: tuple[str, ...], few_words: str
) -> None:
    assert sentence(spoken, voice()) == lines
    assert short(spoken, voice()) == few_words


def test_a_sooner_chance_is_told_only_where_the_line_has_room_for_it() -> None:
    spoken = block(BlockCode.NOT_YOUR_TURN, **SOONER)

    assert sentence(spoken, voice())[1] == "你们班:星期一16:30"
    assert sentence(spoken, voice(room=60))[1] == "你们班:星期一16:30(明天10:00大课间也行)"


def test_without_a_sooner_chance_the_own_turn_stands_alone_however_wide_the_line() -> None:
    plain = {key: value for key, value in SOONER.items() if not key.startswith("sooner")}

    assert sentence(block(BlockCode.NOT_YOUR_TURN, **plain), voice(room=200))[1] == (
        "你们班:星期一16:30"
    )


def test_a_window_without_a_name_is_told_by_its_time_alone() -> None:
    opened = {"next_at": "2026-09-11T14:20", "next_window": "", "next_kind": "free"}

    assert sentence(block(BlockCode.WINDOW_CLOSED, **opened), voice())[1] == (
        "下次:明天14:20(还书随时可以)"
    )


@pytest.mark.parametrize("room", [26, 38, 60, 118])
def test_a_title_takes_the_room_that_there_is(room: int) -> None:
    long = block(BlockCode.OVERDUE_ITEMS, title="从前有一个小男孩" * 9, due_on="2026-09-08")

    first = sentence(long, voice(room=room))[0]

    assert room - 1 <= columns(first) <= room
    assert first.endswith("…》该还了。")


def test_a_long_collection_is_cut_before_its_limit() -> None:
    spoken = block(
        BlockCode.COLLECTION_LIMIT_REACHED, limit=1, count=1, collection="连环画与漫画" * 6
    )

    first = sentence(spoken, voice())[0]

    assert columns(first) <= LINE_COLUMNS
    assert first.endswith("…最多借1本。")


def test_in_english_a_collection_is_named_as_it_is_written() -> None:
    spoken = block(BlockCode.COLLECTION_LIMIT_REACHED, limit=1, count=1, collection="dvd2")

    assert sentence(spoken, voice("en"))[0] == "dvd2: at most 1."


# Days.


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        (0, "今天", "today"),
        (1, "明天", "tomorrow"),
        (2, "星期六", "Saturday"),
        (6, "星期三", "Wednesday"),
        (7, "9月17日", "17 Sep"),
        (-1, "9月9日", "9 Sep"),
    ],
)
def test_a_day_is_said_as_a_child_would(days: int, chinese: str, english: str) -> None:
    on = TODAY + timedelta(days=days)

    assert Words("zh_CN").day(on, TODAY) == chinese
    assert Words("en").day(on, TODAY) == english


def test_due_dates_have_their_weekday() -> None:
    assert Words("zh_CN").due_date(date(2026, 9, 17)) == "9月17日(四)"
    assert Words("en").due_date(date(2026, 9, 17)) == "Thu 17 Sep"
