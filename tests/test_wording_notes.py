"""What is said of duty, staff, turns, crates and stock: short, kind, and in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pytest
from builders import TODAY, local

from kiosk.domain import (
    Barcode,
    Card,
    CrateView,
    Mode,
    Note,
    Outcome,
    OutcomeKind,
    SessionView,
    Value,
)
from kiosk.rotation.classes import ClassNames
from kiosk.wording import LANGUAGES, Words, notes
from kiosk.wording.blocks import LINE_COLUMNS, Voice, columns
from kiosk.wording.notes import note_lines
from kiosk.wording.outcomes import Tone, say

AT = local("2026-09-10 16:34")
FORBIDDEN = ("违规", "罚", "欠款")
VALUES: Mapping[str, Value] = {
    "name": "王小明",
    "class_label": "三(1)班",
    "until": "17:00",
    "day": "2026-09-17",
    "next_at": "2026-09-14T16:30",
    "count": 2,
    "number": 3,
    "seconds": 30,
    "fen": 2850,
    "label": "R100001",
}
KINDS: Mapping[Note, tuple[str, ...]] = {
    Note.HOLD_REFUSED: ("already", "own_loan", "not_lent", "not_a_pupil"),
    Note.ITEM_CHANGED: ("active", "lost", "in_repair", "withdrawn"),
    Note.SETTLED: ("paid", "replaced", "waived"),
    Note.READER_CHANGED: ("active", "suspended", "lost"),
    Note.DAMAGE_NOTED: ("DOODLED", "TORN", "PAGES", "WET"),
    Note.OVERRIDDEN: ("1", "2", "3", "4", "5"),
    Note.SCAN_BOOK: ("LOST", "FOUND"),
    Note.ENTER_NUMBER: ("CHARGE", "TODO"),
}
"""The values of the one key that chooses among sentences: kind, damage, reason or command."""
_ROW = re.compile(r"^\| ([a-z_, ]+) \| ([a-z_, ()]+) \|", re.MULTILINE)


def voice(language: str = "zh_CN") -> Voice:
    """Speak on the Thursday of the tests."""
    words = Words(language)
    return Voice(words, ClassNames("{grade}({number})班", 6, words).label, TODAY)


def listed() -> Iterator[tuple[Note, OutcomeKind]]:
    """Yield the notes of the module's table with the outcomes they come with."""
    for names, kinds in _ROW.findall(notes.__doc__ or ""):
        if names != "note":
            for name in names.split(", "):
                for kind in re.sub(r" \([^)]*\)", "", kinds).split(", "):
                    yield Note(name), OutcomeKind(kind)


def view(name: str = "王小明", *, staff: bool = False) -> SessionView:
    """A session without books."""
    return SessionView(
        session=1,
        card=Card("R100001"),
        name=name,
        class_label="三(1)班",
        kind="student",
        mode=Mode.LEND,
        loans=(),
        done=(),
        limit=2,
        ends_at=AT,
        staff=staff,
    )


def outcome(note: Note, kind: OutcomeKind, /, **values: Value) -> Outcome:
    """An outcome with a note and the values it needs."""
    return Outcome(
        AT,
        "left",
        kind,
        note=note,
        due_on=date(2026, 9, 17),
        view=view() if kind is OutcomeKind.SESSION_OPENED else None,
        values=values,
    )


def outcomes() -> Iterator[Outcome]:
    """Yield every note of the table in all its ways, with values and without."""
    for note, kind in listed():
        yield outcome(note, kind)
        for one in KINDS.get(note, ("",)):
            keys = {"kind": one, "damage": one, "reason": one, "command": one}
            full = outcome(note, kind, **{**VALUES, **keys})
            yield full
            yield replace(full, title="夏洛的网", barcode=Barcode("30000001"))
            yield replace(full, view=view(staff=True))
            yield replace(full, crate=CrateView(3))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_says_at_most_two_short_lines(language: str) -> None:
    lines = 1 if language.startswith("zh") else 2
    for told in outcomes():
        said = say(told, voice(language))
        assert 1 <= len(said.lines) <= 2, told
        for line in said.lines:
            assert line.strip(), told
            assert "{" not in line, told
            assert columns(line) <= LINE_COLUMNS * lines, line
            assert not any(word in line for word in FORBIDDEN), line


def test_every_note_is_said_in_its_own_way_in_each_language() -> None:
    for told in outcomes():
        chinese, english = (say(told, voice(one)).lines for one in ("zh_CN", "en"))
        assert chinese != english, told


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ({}, ("三(1)班今天没有轮到借书。", "下次轮到你们班:星期一16:30")),
        ({"cancelled": 1}, ("今天三(1)班的借书取消了。", "下次轮到你们班:星期一16:30")),
        (
            {"cancelled": 1, "hint": "open_now"},
            ("今天三(1)班已经取消了。", "要借:扫班级条码临时开放"),
        ),
        ({"unknown": 1}, ("没有这个班", "请扫别的班级条码")),
    ],
)
def test_a_class_without_a_turn_today_hears_why(
    values: Mapping[str, Value], lines: tuple[str, ...]
) -> None:
    told = outcome(Note.NO_TURN_TODAY, OutcomeKind.ATTENTION, **VALUES, **values)

    assert say(told, voice()).lines == lines


@pytest.mark.parametrize(("label", "who"), [("", "全校"), ("三(1)班", "三(1)班")])
def test_a_window_with_another_end_says_until_when_whether_longer_or_shorter(
    label: str, who: str
) -> None:
    values: Mapping[str, Value] = {**VALUES, "class_label": label}

    said = say(outcome(Note.WINDOW_EXTENDED, OutcomeKind.MODE_CHANGED, **values), voice())

    assert said.lines == (f"{who}可以借到17:00",)


def test_the_long_name_of_a_reader_is_cut_and_the_rest_stays() -> None:
    long = {**VALUES, "name": "阿卜杜热合曼·买买提伊明江·吾买尔江"}

    said = say(outcome(Note.CLEARED, OutcomeKind.MODE_CHANGED, **long), voice())

    assert said.lines == ("阿卜杜热合曼·买买提伊明江·吾…都还清了", "还清单马上出来")


def test_what_a_grown_up_did_is_confirmed_and_what_asks_for_more_is_not() -> None:
    done = say(outcome(Note.DUTY_BEGAN, OutcomeKind.MODE_CHANGED, **VALUES), voice())
    asked = say(outcome(Note.SCAN_BOOK, OutcomeKind.MODE_CHANGED, command="LOST"), voice())

    assert (done.keyword, done.tone) == ("办好了", Tone.RETURNED)
    assert (asked.keyword, asked.tone) == ("", Tone.QUIET)
    assert asked.lines == ("【丢失】", "现在请扫那本书")


@pytest.mark.parametrize(
    "note", [Note.WRONG_PIN, Note.NEEDS_STAFF, Note.NEEDS_MONITOR, Note.NOT_NOW, Note.PIN_WAIT]
)
def test_a_label_that_may_not_act_is_told_in_yellow(note: Note) -> None:
    said = say(outcome(note, OutcomeKind.ATTENTION), voice())

    assert (said.tone, said.keyword) == (Tone.ATTENTION, "等一等")


def test_a_book_that_is_waited_for_does_not_go_to_the_tray() -> None:
    said = say(outcome(Note.SET_ASIDE, OutcomeKind.CHECKED_IN), voice())

    assert said.tone is Tone.ATTENTION
    assert said.lines == ("有同学预约了这本。", "请放到预约架")


def test_a_late_book_is_back_all_the_same() -> None:
    said = say(outcome(Note.OVERDUE_BACK, OutcomeKind.CHECKED_IN), voice())
    stopped = say(outcome(Note.OVERDUE_BACK, OutcomeKind.CHECKED_IN, day="2026-09-17"), voice())

    assert said.keyword == "还好了"
    assert said.lines == ("请放进还书筐", "下次记得早一点还")
    assert stopped.lines == ("请放进还书筐", "过了9月17日(四)再来借")


def test_an_exception_names_its_reason_after_the_due_day() -> None:
    said = say(outcome(Note.OVERRIDDEN, OutcomeKind.CHECKED_OUT, reason="2"), voice())

    assert said.lines == ("9月17日(四)前还", "特别准借:上次没轮到")


def test_a_pin_is_told_as_dots_and_a_number_of_staff_as_digits() -> None:
    pin = outcome(Note.PIN_PART, OutcomeKind.MODE_CHANGED, count=3, label="123")
    number = replace(pin, view=view(staff=True))

    assert note_lines(pin, voice())[0] == "密码:•••"
    assert note_lines(number, voice())[0] == "编号:123"


@pytest.mark.parametrize(
    ("seconds", "line"),
    [(30, "请30秒后再试"), (119, "请119秒后再试"), (121, "请3分钟后再试")],
)
def test_how_long_to_wait_after_wrong_pins_is_said(seconds: int, line: str) -> None:
    told = outcome(Note.PIN_WAIT, OutcomeKind.ATTENTION, seconds=seconds)

    assert note_lines(told, voice())[1] == line


@pytest.mark.parametrize(
    ("count", "fen", "line"),
    [(2, 0, "还有2本没还"), (0, 1200, "还有12元没结清"), (1, 50, "还有1本没还、还有0.50元没结清")],
)
def test_what_keeps_a_leaver_from_clearance_is_named(count: int, fen: int, line: str) -> None:
    told = outcome(Note.NOT_CLEARED, OutcomeKind.ATTENTION, name="王小明", count=count, fen=fen)

    assert note_lines(told, voice()) == ("王小明还没有还清。", line)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("CHARGE", "请输入金额,整数元,例如 28"),
        ("TODO", "请输入怎么处理的:1 到 4"),
        ("LOST", "请输入号码"),
    ],
)
def test_a_number_is_asked_for_with_what_it_means(command: str, line: str) -> None:
    told = outcome(Note.ENTER_NUMBER, OutcomeKind.MODE_CHANGED, command=command)

    assert note_lines(told, voice()) == (line, "再按回车,或扫【确定】")


def test_staff_who_open_a_window_are_told_how_to_set_its_end() -> None:
    opened = outcome(
        Note.WINDOW_OPENED, OutcomeKind.MODE_CHANGED, class_label="三(1)班", until="17:30"
    )
    by_staff = replace(opened, view=view(staff=True))

    assert note_lines(opened, voice()) == ("现在三(1)班可以借书", "到17:30为止")
    assert note_lines(by_staff, voice())[1] == "到17:30为止。要改:输入 1645 再回车"
