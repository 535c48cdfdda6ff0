"""A slip in lines: nothing too wide, nothing lost without a mark."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.glyphs import MISSING, clean, width
from receipts.layout import Line, lay_out, plain_text
from receipts.slip import Captions, Entry, Slip

DUE = "9月17日(四)前还"

# A busy machine is no fault of the layout.
unhurried = settings(deadline=None, max_examples=60)
columns_of_paper = st.integers(24, 64)
titles = st.text(max_size=60) | st.text("红楼梦“”·—…《》(青少版)abc 123，。", max_size=60)
slips = st.builds(
    Slip,
    arrow=st.sampled_from(["←左", "右→", ""]),
    who=titles,
    lent=st.lists(st.builds(Entry, titles, st.just(DUE)), max_size=4).map(tuple),
    renewed=st.lists(st.builds(Entry, titles, titles), max_size=2).map(tuple),
    in_hand=titles,
    overdue=st.lists(st.builds(Entry, titles, titles), max_size=2).map(tuple),
    returned=st.lists(titles, max_size=3).map(tuple),
    next_turn=titles,
    this_term=titles,
    notes=st.lists(titles, max_size=2).map(tuple),
    footer=titles,
    captions=st.builds(Captions, titles, titles, titles, titles),
)


def lent(title: str, columns: int, due: str = DUE) -> tuple[Line, ...]:
    return lay_out(Slip(arrow="", who="", lent=(Entry(title, due),)), columns)


def heading(who: str, columns: int) -> tuple[Line, ...]:
    return lay_out(Slip(arrow="←左", who=who), columns)


@unhurried
@given(slips, columns_of_paper)
def test_no_line_is_wider_than_the_paper(slip: Slip, columns: int) -> None:
    for line in lay_out(slip, columns):
        room = columns // 2 if line.size == "double" else columns
        assert width(line.filled(columns)) <= room


@unhurried
@given(slips, columns_of_paper)
def test_every_lent_book_has_its_due_day_whole(slip: Slip, columns: int) -> None:
    lines = lay_out(Slip(arrow="", who="", lent=slip.lent), columns)

    assert [line.right for line in lines if line.right] == [DUE] * len(slip.lent)


@unhurried
@given(titles, columns_of_paper)
def test_a_title_is_whole_or_says_that_it_goes_on(title: str, columns: int) -> None:
    whole = clean(title).replace(" ", "") or MISSING
    printed = "".join(line.text for line in lent(title, columns)).replace(" ", "")

    assert printed == whole or (printed.endswith("…") and whole.startswith(printed[:-1]))


@unhurried
@given(titles, columns_of_paper)
def test_a_sentence_is_never_cut(text: str, columns: int) -> None:
    lines = lay_out(Slip(arrow="", who="", next_turn=text), columns)

    printed = "".join(line.text for line in lines)
    assert printed.replace(" ", "") == clean(text).replace(" ", "")


@unhurried
@given(slips, columns_of_paper)
def test_no_paper_is_spent_on_blank_lines(slip: Slip, columns: int) -> None:
    assert all(line.text or line.right for line in lay_out(slip, columns))


def test_the_due_day_stands_beside_its_title() -> None:
    assert lent("夏洛的网", 32) == (Line("夏洛的网", DUE),)


def test_a_title_that_needs_two_lines_has_the_due_day_on_the_second() -> None:
    assert lent("“红楼”·梦——给孩子看的古典名著(青少版)", 32) == (
        Line("“红楼”·梦——给孩子看的古典名"),
        Line("著(青少版)", DUE),
    )


def test_a_due_day_without_room_beside_the_title_stands_below_at_the_right() -> None:
    assert lent("一二三四五六七八九", 32) == (Line("一二三四五六七八九"), Line("", DUE))


def test_a_title_of_more_than_two_lines_is_cut_with_a_mark() -> None:
    assert lent("一二三四五六七八九十" * 4, 32) == (
        Line("一二三四五六七八九十一二三四五六"),
        Line("七八九十一二三四五六七八九十一…"),
        Line("", DUE),
    )


def test_a_line_never_starts_with_closing_punctuation() -> None:
    assert [line.text for line in lent("一二三四五六七八九十《夏洛的网》》续集", 32, due="")] == [
        "一二三四五六七八九十《夏洛的",
        "网》》续集",
    ]


def test_english_words_are_broken_at_spaces() -> None:
    title = "Charlotte's Web and Other Stories for Children"

    assert [line.text for line in lent(title, 32, due="")] == [
        "Charlotte's Web and Other",
        "Stories for Children",
    ]


def test_a_date_is_not_torn_apart() -> None:
    slip = Slip(arrow="", who="", next_turn="下次轮到你们三(2)班来借书是9月17日(四)16:30")

    assert [line.text for line in lay_out(slip, 32)] == [
        "下次轮到你们三(2)班来借书是",
        "9月17日(四)16:30",
    ]


def test_returned_titles_are_ticked_and_take_one_line_each() -> None:
    slip = Slip(arrow="", who="", returned=("草房子", "一二三四五六七八九十" * 2))

    assert [line.text for line in lay_out(slip, 32)] == [
        "√ 草房子",
        "√ 一二三四五六七八九十一二三…",
    ]


@pytest.mark.parametrize(
    ("columns", "size"), [(24, "tall"), (32, "tall"), (42, "double"), (48, "double")]
)
def test_the_heading_is_double_size_where_the_paper_is_wide(columns: int, size: str) -> None:
    (line,) = heading("三(2)班 王小明", columns)

    assert (line.text, line.size) == ("←左 三(2)班 王小明", size)


def test_a_long_name_gives_up_its_width_before_its_letters() -> None:
    assert heading("三(2)班 阿卜杜热合曼·买买提", 48) == (
        Line("←左 三(2)班 阿卜杜热合曼·买买提", size="tall"),
    )


def test_a_very_long_name_takes_two_lines() -> None:
    assert heading("三(2)班 阿卜杜热合曼·买买提江", 32) == (
        Line("←左 三(2)班", size="tall"),
        Line("阿卜杜热合曼·买买提江", size="tall"),
    )


def test_a_name_that_cannot_fit_says_so() -> None:
    *_, last = heading("三(2)班 " + "阿" * 40, 32)

    assert last.text.endswith("…")


def test_the_parts_come_in_the_order_of_the_slip() -> None:
    slip = Slip(
        arrow="右→",
        who="王小明",
        lent=(Entry("甲", "乙"),),
        renewed=(Entry("丙", "丁"),),
        in_hand="手上2本",
        overdue=(Entry("戊", "己"),),
        returned=("庚",),
        next_turn="下次",
        this_term="本学期",
        notes=("说明",),
        footer="实验小学",
        captions=Captions("借", "续", "到期", "还"),
    )

    shown = "|".join(f"{line.text}{line.right}" for line in lay_out(slip, 32))
    assert shown == (
        "右→ 王小明|借|甲乙|续|丙丁|手上2本|到期|戊己|还|√ 庚|下次|本学期|说明|实验小学"
    )


def test_a_caption_without_books_is_not_printed() -> None:
    assert lay_out(Slip(arrow="", who="", captions=Captions("借", "续", "到期", "还")), 32) == ()


@pytest.mark.parametrize("columns", [0, 23, 65])
def test_paper_nobody_sells_is_refused(columns: int) -> None:
    with pytest.raises(ValueError) as fault:  # noqa: PT011 - the whole message is asserted
        lay_out(Slip(arrow="", who=""), columns)

    assert str(fault.value) == (f"Cannot lay out a slip for {columns} columns: expected 24 to 64")


def test_a_terminal_shows_due_days_in_one_column_although_it_counts_otherwise() -> None:
    lines = (Line("“红楼”", DUE), Line("夏洛的网", DUE))

    assert plain_text(lines, 32) == (
        "“红楼”           9月17日(四)前还\n夏洛的网         9月17日(四)前还\n"
    )


def test_a_footer_is_broken_where_its_parts_meet() -> None:
    slip = Slip(arrow="", who="", footer="南宁市民族大道第一小学 No.1235 09-10 16:36")

    assert [line.text for line in lay_out(slip, 32)] == [
        "南宁市民族大道第一小学 No.1235",
        "09-10 16:36",
    ]


def test_a_book_without_a_title_keeps_its_place() -> None:
    slip = Slip(arrow="", who="", lent=(Entry("\x00", DUE),), returned=("",))

    assert lay_out(slip, 32) == (Line("〓", DUE), Line("√ 〓"))
