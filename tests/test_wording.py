"""What is said to a child: the exact sentences, short, kind, and in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from builders import TODAY, local
from hypothesis import given
from hypothesis import strategies as st
from test_wording_notes import listed
from test_wording_notes import outcomes as noted

from kiosk.domain import (
    Barcode,
    Block,
    BlockCode,
    Card,
    Deed,
    Done,
    Mode,
    Note,
    Outcome,
    OutcomeKind,
    SessionView,
    Value,
)
from kiosk.rotation.classes import ClassNames
from kiosk.wording import LANGUAGES, Words
from kiosk.wording.blocks import LINE_COLUMNS, Voice, columns, cut, sentence, short
from kiosk.wording.outcomes import Said, Tone, say

FORBIDDEN = ("违规", "罚", "欠款")
AT = local("2026-09-10 16:34")
OWN_TURN: Mapping[str, Value] = {
    "now": "2024-1",
    "next_at": "2026-09-17T16:30",
    "next_window": "班级轮借",
    "next_kind": "class",
}
BREAK: Mapping[str, Value] = {
    "next_at": "2026-09-11T10:00",
    "next_window": "大课间",
    "next_kind": "free",
}
VALUES: Mapping[BlockCode, Mapping[str, Value]] = {
    BlockCode.WINDOW_CLOSED: BREAK,
    BlockCode.NOT_YOUR_TURN: {**OWN_TURN, "next_at": "2026-09-14T16:30"},
    BlockCode.TERM_CLOSING: {"ended_on": "2027-01-08", "back_by": "2027-01-15"},
    BlockCode.LIMIT_REACHED: {"limit": 2, "count": 2},
    BlockCode.OVERDUE_ITEMS: {"title": "夏洛的网", "due_on": "2026-09-08", "count": 1},
    BlockCode.ISBN_NOT_ITEM: {"isbn": "9787532733415", "place": "书名页下方"},
    BlockCode.REFERENCE_ONLY: {"rule": 1, "collection": "reference"},
    BlockCode.READER_SUSPENDED: {"until": "2026-09-12"},
    BlockCode.ON_HOLD_FOR_OTHER: {"wanted": 1},
    BlockCode.UNPAID_CHARGE: {"fen": 1985},
    BlockCode.COLLECTION_LIMIT_REACHED: {"limit": 1, "count": 1, "collection": "comic"},
}
ATTENTIONS = (
    Note.CARD_FIRST,
    Note.NOT_LENT,
    Note.NOTHING_TO_UNDO,
    Note.READER_NOT_HERE,
    Note.NOTHING_TO_PRINT,
    Note.BORROW_ONLY,
    Note.RETURN_ONLY,
    Note.HELP_CALLED,
)
IGNORED = (
    Note.ALREADY_YOURS,
    Note.ALREADY_BACK,
    Note.NOTHING_OPEN,
)


def voice(language: str = "zh_CN") -> Voice:
    """Speak on the Thursday of the tests."""
    words = Words(language)
    return Voice(words, ClassNames("{grade}({number})班", 6, words).label, TODAY)


def block(code: BlockCode, **values: Value) -> Block:
    """Build a block as the rules give it."""
    return Block(code, {**VALUES.get(code, {}), **values})


def view(*done: Deed, mode: Mode = Mode.LEND) -> SessionView:
    """Show a session of 李小红 with these deeds."""
    return SessionView(
        session=1,
        card=Card("R100011"),
        name="李小红",
        class_label="三(1)班",
        kind="student",
        mode=mode,
        loans=(),
        done=tuple(Done(deed, Barcode("30000001"), "夏洛的网") for deed in done),
        limit=2,
        ends_at=AT,
    )


def outcomes() -> Iterator[Outcome]:
    """Yield an outcome of every kind and with every note."""
    book: dict[str, Any] = {
        "barcode": Barcode("30000001"),
        "title": "夏洛的网",
        "view": view(Deed.LENT),
    }
    plain = Outcome(AT, "left", OutcomeKind.IGNORED)
    for kind, notes in ((OutcomeKind.ATTENTION, ATTENTIONS), (OutcomeKind.IGNORED, IGNORED)):
        for note in notes:
            yield replace(plain, kind=kind, note=note)
            yield replace(plain, kind=kind, note=note, **book)
    yield replace(plain, note=Note.REPEAT)
    due = date(2026, 12, 17)
    yield replace(plain, kind=OutcomeKind.CHECKED_OUT, due_on=due, **book)
    yield replace(plain, kind=OutcomeKind.CHECKED_OUT, due_on=TODAY, note=Note.IN_ROOM, **book)
    yield replace(plain, kind=OutcomeKind.RENEWED, due_on=due, **book)
    yield replace(plain, kind=OutcomeKind.CHECKED_IN, **book)
    for deed in Deed:
        yield replace(plain, kind=OutcomeKind.UNDONE, undone=deed, **book)
    for mode in Mode:
        yield replace(plain, kind=OutcomeKind.SESSION_OPENED, view=view(mode=mode))
        yield replace(plain, kind=OutcomeKind.MODE_CHANGED, mode=mode, view=view(mode=mode))
    yield replace(plain, kind=OutcomeKind.SESSION_OPENED, view=view(), note=Note.CHANGED_READER)
    yield replace(plain, kind=OutcomeKind.MODE_CHANGED, note=Note.CRATE_OPENED, mode=Mode.RETURN)
    yield replace(plain, kind=OutcomeKind.MODE_CHANGED, note=Note.CRATE_CLOSED, mode=Mode.LEND)
    for end in (None, Note.IDLE, Note.ELSEWHERE):
        yield replace(plain, kind=OutcomeKind.SESSION_CLOSED, view=view(*Deed), note=end)
    yield replace(plain, kind=OutcomeKind.SESSION_CLOSED, view=view(), note=Note.NOTHING_DONE)
    yield replace(plain, kind=OutcomeKind.SLIP_QUEUED)
    for code in BlockCode:
        yield replace(plain, kind=OutcomeKind.REFUSED, blocks=(block(code),))
    every = tuple(block(code) for code in BlockCode)
    yield replace(plain, kind=OutcomeKind.REFUSED, blocks=every, **book)


def texts(said: Said) -> str:
    """Join everything that is said."""
    return "\n".join((said.keyword, said.subject, *said.lines, said.others))


# The sentences the school asked for.


@pytest.mark.parametrize(
    ("spoken", "lines"),
    [
        (block(BlockCode.NOT_YOUR_TURN), ("今天轮到三(1)班。", "你们班:星期一16:30")),
        (
            block(BlockCode.NOT_YOUR_TURN, now="2021-2 2022-1", next_at="2026-09-10T16:45"),
            ("今天轮到六(2)班、五(1)班。", "你们班:今天16:45"),
        ),
        (
            block(BlockCode.NOT_YOUR_TURN, next_at="2026-09-17T16:30"),
            ("今天轮到三(1)班。", "你们班:9月17日16:30"),
        ),
        (
            block(BlockCode.NOT_YOUR_TURN, **{**BREAK}),
            ("今天轮到三(1)班。", "你可以:明天10:00大课间"),
        ),
        (
            block(BlockCode.NOT_YOUR_TURN, next_at=None),
            ("今天轮到三(1)班。", "你们班哪天,请问老师"),
        ),
        (
            block(BlockCode.WINDOW_CLOSED),
            ("现在不借书。", "下次:明天10:00大课间(还书随时可以)"),
        ),
        (
            block(BlockCode.WINDOW_CLOSED, next_at=None),
            ("现在不借书。", "(还书随时可以)"),
        ),
        (block(BlockCode.LIMIT_REACHED), ("你手上已有2本。", "先还一本,再来借")),
        (block(BlockCode.OVERDUE_ITEMS), ("《夏洛的网》该还了。", "还了就能借")),
        (block(BlockCode.CARD_UNKNOWN), ("这张证没登记。", "请找小管理员")),
        (block(BlockCode.CARD_LOST), ("这张证挂失了。", "请交给老师")),
        (block(BlockCode.ITEM_UNKNOWN), ("这本还没登记。", "放进待处理筐")),
        (block(BlockCode.REFERENCE_ONLY), ("工具书在这里看,不外借",)),
        (block(BlockCode.REFERENCE_ONLY, collection="绘本"), ("这本在这里看,不外借",)),
        (block(BlockCode.ISBN_NOT_ITEM), ("这是ISBN,不是我们的条码。", "请扫书名页下方的条码")),
        (
            block(BlockCode.ON_LOAN_TO_OTHER),
            ("这本记在别人名下。", "替人还书:请扫【还书】再扫这本"),
        ),
        (block(BlockCode.LABEL_UNREADABLE), ("没扫清楚,请再扫一次",)),
        (
            block(BlockCode.TERM_CLOSING),
            ("这学期不借书了。", "书请在1月15日(五)前还"),
        ),
        (
            Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08"}),
            ("这学期不借书了。", "请问图书老师"),
        ),
        (
            Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08", "no_next_term": True}),
            ("新的借阅安排还没有定,书可以还。", "请以后再来"),
        ),
        (
            block(BlockCode.WINDOW_CLOSED, next_at=None, no_next_term=True),
            ("新的借阅安排还没有定,书可以还。", "请以后再来"),
        ),
    ],
)
def test_a_refusal_is_said_in_the_words_of_the_school(
    spoken: Block, lines: tuple[str, ...]
) -> None:
    assert sentence(spoken, voice()) == lines


def say_in_chinese(kind: OutcomeKind, note: Note, shown: SessionView | None = None) -> Said:
    """Say an outcome about 夏洛的网."""
    return say(Outcome(AT, "left", kind, title="夏洛的网", note=note, view=shown), voice())


def test_a_book_without_a_card_is_not_lent_yet() -> None:
    said = say_in_chinese(OutcomeKind.ATTENTION, Note.CARD_FIRST)

    assert said == Said(
        Tone.ATTENTION, "等一等", "!", "《夏洛的网》", ("还没有借!", "请先扫借书证")
    )


def test_a_command_that_needs_a_card_does_not_speak_of_a_book() -> None:
    said = say(Outcome(AT, "left", OutcomeKind.ATTENTION, note=Note.CARD_FIRST), voice())

    assert said.lines == ("请先扫借书证",)


def test_the_same_card_with_nothing_done_is_told_so() -> None:
    ended = Outcome(AT, "left", OutcomeKind.SESSION_CLOSED, note=Note.NOTHING_DONE, view=view())

    assert say(ended, voice()).lines == ("没有借书也没有还书",)


def test_another_card_is_greeted_by_name() -> None:
    said = say_in_chinese(OutcomeKind.SESSION_OPENED, Note.CHANGED_READER, view())

    assert said.lines == ("换人了!现在是李小红", "请扫书")


def test_a_session_that_ends_tells_what_was_done_in_it() -> None:
    shown = view(Deed.LENT, Deed.RETURNED, Deed.RETURNED)
    ended = Outcome(AT, "left", OutcomeKind.SESSION_CLOSED, view=shown)

    assert say(ended, voice()).lines == ("借了1本、还了2本",)


def test_a_loan_tells_when_to_bring_the_book_back() -> None:
    lent = Outcome(AT, "left", OutcomeKind.CHECKED_OUT, title="夏洛的网", due_on=date(2026, 9, 17))

    assert say(lent, voice()) == Said(
        Tone.LENT, "借好了", "▲", "《夏洛的网》", ("9月17日(四)前还",)
    )


def test_further_reasons_are_one_line_for_the_monitor() -> None:
    blocks = (
        block(BlockCode.NOT_YOUR_TURN),
        block(BlockCode.OVERDUE_ITEMS),
        block(BlockCode.LIMIT_REACHED),
    )
    said = say(Outcome(AT, "left", OutcomeKind.REFUSED, blocks=blocks), voice())

    assert said.lines == ("今天轮到三(1)班。", "你们班:星期一16:30")
    assert said.others == "另有2个原因:有书该还了、已借2本"


# Every code and every note.


def test_every_note_is_among_the_outcomes_of_these_tests() -> None:
    spoken = [(outcome.note, outcome.kind) for outcome in outcomes()] + list(listed())

    assert {note for note, _ in spoken} >= set(Note)
    assert {kind for _, kind in spoken} >= set(OutcomeKind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_a_sentence_but_a_repeat(language: str) -> None:
    for outcome in outcomes():
        said = say(outcome, voice(language))
        if outcome.note is Note.REPEAT:
            assert said == Said(Tone.QUIET, "", "", "", ())
        else:
            assert said.lines, outcome
            assert all(line.strip() for line in said.lines), outcome
            assert "{" not in texts(said)


@pytest.mark.parametrize("code", list(BlockCode))
def test_every_reason_is_said_in_both_languages_and_not_alike(code: BlockCode) -> None:
    chinese, english = voice("zh_CN"), voice("en")

    long = [" ".join(sentence(block(code), one)) for one in (chinese, english)]
    few_words = [short(block(code), one) for one in (chinese, english)]

    for in_chinese, in_english in (long, few_words):
        assert in_chinese.strip()
        assert in_english.strip()
        assert in_chinese != in_english


def test_what_is_said_is_at_most_two_short_lines() -> None:
    for language, lines in (("zh_CN", 1), ("en", 2)):
        for outcome in outcomes():
            said = say(outcome, voice(language))
            assert len(said.lines) <= 2, outcome
            for line in said.lines:
                assert columns(line) <= LINE_COLUMNS * lines, line


def test_nothing_said_scolds_a_child() -> None:
    for outcome in outcomes():
        assert not any(word in texts(say(outcome, voice())) for word in FORBIDDEN), outcome


def test_a_key_word_is_one_of_five() -> None:
    spoken = {say(outcome, voice()).keyword for outcome in (*outcomes(), *noted())}

    assert spoken == {"", "借好了", "还好了", "不能借", "等一等", "办好了"}


# What does not fit.


def test_a_long_title_is_cut_inside_its_marks() -> None:
    long = block(BlockCode.OVERDUE_ITEMS, title="从前有一个小男孩" * 9)

    assert sentence(long, voice()) == (
        "《从前有一个小男孩从前有一…》该还了。",
        "还了就能借",
    )


def test_many_classes_of_one_turn_are_cut() -> None:
    many = block(BlockCode.NOT_YOUR_TURN, now=" ".join(f"2024-{one}" for one in range(1, 9)))

    first, second = sentence(many, voice())

    assert first == "今天轮到三(1)班、三(2)班、三(3)班、…。"
    assert second == "你们班:星期一16:30"


@given(
    st.text(max_size=90),
    st.text(max_size=40),
    st.text(max_size=40),
    st.lists(st.integers(1, 30), max_size=12),
    st.integers(0, 200),
)
def test_a_sentence_fits_whatever_title_window_place_and_classes_it_names(
    title: str, window: str, place: str, numbers: list[int], days: int
) -> None:
    at = f"{TODAY + timedelta(days=days)}T16:30"
    following: dict[str, Value] = {"next_at": at, "next_window": window, "next_kind": "free"}
    now = " ".join(f"2024-{number}" for number in numbers)
    for one in (
        block(BlockCode.OVERDUE_ITEMS, title=title),
        block(BlockCode.ISBN_NOT_ITEM, place=place),
        block(BlockCode.WINDOW_CLOSED, **following),
        block(BlockCode.NOT_YOUR_TURN, now=now, **following),
    ):
        lines = sentence(one, voice())
        assert len(lines) <= 2
        assert all(columns(line) <= LINE_COLUMNS for line in lines), lines


@given(st.text(max_size=40), st.integers(1, 50))
def test_a_text_is_cut_only_where_it_must_be(text: str, most: int) -> None:
    shortened = cut(text, most)

    assert columns(shortened) <= most
    if columns(text) <= most:
        assert shortened == text
    else:
        assert shortened.endswith("…")
        assert text.startswith(shortened[:-1])


@pytest.mark.parametrize("title", ["{title}", "[bold]新书[/x]", "100%", "{0}{}"])
def test_a_title_is_said_as_it_is_written(title: str) -> None:
    assert (
        sentence(block(BlockCode.OVERDUE_ITEMS, title=title), voice())[0] == f"《{title}》该还了。"
    )
