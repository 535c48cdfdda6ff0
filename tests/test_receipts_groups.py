"""What a class's slip, a list and a temporary card are made of: lines, groups and a bar code."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.code128 import module_dots, modules, printer_data
from receipts.glyphs import DOTS_PER_COLUMN, clean, width
from receipts.layout import Line, lay_out, plain_text
from receipts.slip import Captions, Entry, Group, Slip, from_json, to_json

DUE = "9月17日(四)到期"

# A busy machine is no fault of the layout.
unhurried = settings(deadline=None, max_examples=60)
columns_of_paper = st.integers(24, 64)
texts = st.text(max_size=40) | st.text("王小明“”·—…《》(3)abc 123，。", max_size=40)
groups = st.lists(
    st.builds(Group, texts, st.lists(st.builds(Entry, texts, st.just(DUE)), max_size=3).map(tuple)),
    max_size=3,
).map(tuple)
codes = st.from_regex("[A-Z{-]{0,12}[0-9]{0,16}", fullmatch=True)


def listed(*groups: Group, columns: int = 32) -> tuple[Line, ...]:
    return lay_out(Slip(arrow="", who="", groups=groups), columns)


def coded(text: str, columns: int = 32) -> tuple[Line, ...]:
    return lay_out(Slip(arrow="", who="", code=text), columns)


def read_back(data: bytes) -> tuple[str, int]:
    """Read a printer's Code 128 data: its text, and its symbols without start, check and stop."""
    text, symbols, at, code_set = "", 0, 0, b""
    while at < len(data):
        if data[at : at + 1] == b"{" and data[at + 1 : at + 2] in (b"B", b"C"):
            symbols += 1 if code_set else 0
            code_set = data[at + 1 : at + 2]
            at += 2
            continue
        if code_set == b"B":
            assert data[at] != ord("{") or data[at + 1] == ord("{")
            text += chr(data[at])
            at += 2 if data[at] == ord("{") else 1
        else:
            assert code_set == b"C"
            text += f"{data[at]:02d}"
            at += 1
        symbols += 1
    return text, symbols


@unhurried
@given(groups, st.lists(texts, max_size=2).map(tuple), st.text(max_size=40), columns_of_paper)
def test_no_line_is_wider_than_the_paper_and_none_is_blank(
    groups: tuple[Group, ...], sentences: tuple[str, ...], code: str, columns: int
) -> None:
    slip = Slip(arrow="", who="", lines=sentences, groups=groups, code=code)

    for line in lay_out(slip, columns):
        room = columns // 2 if line.size == "double" else columns
        assert width(line.filled(columns)) <= room
        assert line.text or line.right


@unhurried
@given(groups, columns_of_paper)
def test_every_line_of_a_group_keeps_its_right_edge_whole(
    groups: tuple[Group, ...], columns: int
) -> None:
    rights = [line.right for line in listed(*groups, columns=columns) if line.right]

    assert rights == [DUE] * sum(len(group.entries) for group in groups)


@unhurried
@given(texts, columns_of_paper)
def test_a_caption_is_never_cut(caption: str, columns: int) -> None:
    printed = "".join(line.text for line in listed(Group(caption), columns=columns))

    whole = clean(caption).replace(" ", "")
    assert printed.replace(" ", "") == (f"■{whole}" if whole else "")


def test_a_caption_is_marked_and_stands_above_its_lines() -> None:
    assert listed(
        Group("王小明", (Entry("夏洛的网", DUE), Entry("昆虫记", DUE))),
        Group("没有来:李红"),
    ) == (
        Line("■ 王小明"),
        Line("夏洛的网", DUE),
        Line("昆虫记", DUE),
        Line("■ 没有来:李红"),
    )


def test_a_group_without_a_caption_is_its_lines_alone() -> None:
    assert listed(Group("", (Entry("王小明", "2本"),))) == (Line("王小明", "2本"),)


def test_a_right_part_without_room_stands_below_and_is_broken_where_needed() -> None:
    long = "9月3日(四)到期,已经过了7天,请和图书老师说一声"

    assert listed(Group("", (Entry("草房子", long),))) == (
        Line("草房子"),
        Line("", "9月3日(四)到期,已经过了7天,请和"),
        Line("", "图书老师说一声"),
    )


def test_the_parts_stand_where_the_slip_says() -> None:
    slip = Slip(
        arrow="右→",
        who="三(2)班",
        lines=("来了41人", "借出52本"),
        lent=(Entry("甲", "乙"),),
        returned=("丙",),
        groups=(Group("丁", (Entry("戊", "己"),)),),
        next_turn="下次",
        this_term="本学期",
        notes=("说明",),
        code="R100001",
        footer="实验小学",
        captions=Captions("借", "续", "到期", "还"),
    )

    shown = "|".join(f"{line.text}{line.right}" for line in lay_out(slip, 32))
    assert shown == (
        "右→ 三(2)班|来了41人|借出52本|借|甲乙|还|√ 丙|■ 丁|戊己|下次|本学期|说明|R100001|实验小学"
    )


def test_a_slip_without_a_reader_begins_with_its_sentences() -> None:
    assert lay_out(Slip(arrow="", who="", lines=("还书筐收了40本",)), 32) == (
        Line("还书筐收了40本"),
    )


@unhurried
@given(codes, columns_of_paper)
def test_a_bar_code_and_its_quiet_zones_fit_the_paper_or_the_text_is_large(
    text: str, columns: int
) -> None:
    room = columns * DOTS_PER_COLUMN

    for line in coded(text, columns):
        if line.bars:
            assert 2 <= line.bars <= 3
            assert (modules(text) + 20) * line.bars <= room
        else:
            assert line.size in ("tall", "double")
            assert 2 * (modules(text) + 20) > room


@unhurried
@given(codes.filter(bool))
def test_a_bar_code_says_its_text_in_as_many_symbols_as_were_counted(text: str) -> None:
    read, symbols = read_back(printer_data(text))

    assert read == text
    assert modules(text) == 11 * (1 + symbols + 1) + 13


@pytest.mark.parametrize("text", ["KC-DAY-一", "R100001\n", "caf\u00e9", "\x1d"])
def test_a_text_that_bar_codes_cannot_hold_has_none(text: str) -> None:
    assert module_dots(text, 576) == 0


def test_a_text_too_long_for_the_paper_is_printed_large() -> None:
    assert coded("KC-DAY-ABCDEFGH") == (Line("KC-DAY-ABCDEFGH", size="double"),)
    assert coded("LIBRARY-READER-R100001") == (Line("LIBRARY-READER-R100001", size="tall"),)


def test_a_terminal_shows_the_text_of_a_bar_code() -> None:
    assert plain_text(coded("R100001"), 32) == "R100001\n"


def test_the_new_parts_are_kept_in_printing_order() -> None:
    slip = Slip(
        arrow="",
        who="三(2)班",
        lines=("来了41人",),
        groups=(Group("王小明", (Entry("夏洛的网", DUE),)), Group("没有来")),
        notes=("说明",),
        code="KC-DAY-12345678",
        footer="实验小学",
    )

    text = to_json(slip)

    assert text == (
        '{"who":"三(2)班","lines":["来了41人"],"groups":[{"caption":"王小明","entries":'
        '[{"title":"夏洛的网","due":"9月17日(四)到期"}]},{"caption":"没有来"}],'
        '"notes":["说明"],"code":"KC-DAY-12345678","footer":"实验小学"}'
    )
    assert from_json(text) == slip
