"""Slips as print jobs for models of printers, with characters that they lack."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from dot_font import dot_font, read_back
from escpos_decoder import Code, Feed, Raster, TextLine, decode
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.settings.model import Printer
from receipts.models import Model, model, models
from receipts.names import rare_names, with_cards
from receipts.press import Press
from receipts.raster import FontFault, Painter, harmless
from receipts.slip import Entry, Group, NameCard, Slip

COMMANDS = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
unhurried = settings(deadline=None, max_examples=100)


ASCII = "".join(map(chr, range(0x21, 0x7F)))
# What the font of these tests has; of the rare characters, not 𫖯.
FONT = ASCII + "三班王小明夏洛的网红楼前还月日四㛃𠅤〓"


@pytest.fixture
def font(tmp_path: Path) -> str:
    path = tmp_path / "letters.ttf"
    path.write_bytes(dot_font(FONT))
    return str(path)


def press(name: str = "generic", columns: int = 32, font: str | None = None) -> Press:
    return Press(model(name), columns=columns, cut=True, font=font)


def slip(who: str, *, lent: str = "Book", cards: tuple[NameCard, ...] = ()) -> Slip:
    return Slip(arrow="", who=who, lent=(Entry(lent, "09-17"),), footer="No.1", cards=cards)


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("starts", ["chinese", "single"])
def test_a_line_with_what_the_printer_lacks_is_drawn_and_the_others_are_text(
    columns: int, starts: Literal["chinese", "single"], font: str
) -> None:
    data = press(columns=columns, font=font).job(slip("三(2)班 王㛃", lent="夏洛的𠅤"))

    found = decode(data, columns, starts=starts)

    assert found.errors == []
    assert found.text == ["No.1"]
    name, book = found.all(Raster)
    assert isinstance(name, Raster)
    assert isinstance(book, Raster)
    assert (name.wide, name.high, len(name.rows)) == (1 if columns < 42 else 2, 2, 26)
    assert (book.wide, book.high, len(book.rows)) == (1, 1, 28)
    assert columns * 12 - 16 < name.dots * name.wide <= columns * 12 == book.dots
    assert read_back(name.rows, columns // name.wide) == "三(2)班 王㛃"
    assert read_back(book.rows, columns) == "夏洛的𠅤" + " " * (columns - 13) + "09-17"


def test_without_a_font_the_mark_stands_there_and_the_card_behind_the_name() -> None:
    named = slip("三(2)班 王㛃", cards=(NameCard("王㛃", "R100002"),))

    found = decode(press(columns=42).job(named), 42)

    assert found.errors == []
    assert found.text[:2] == ["三(2)班 王〓 R100002", "Book" + " " * 33 + "09-17"]


def test_a_font_that_lacks_it_too_is_as_good_as_none(font: str) -> None:
    named = slip("王𫖯", cards=(NameCard("王𫖯", "R100002"),))

    found = decode(press(font=font).job(named), 32)

    assert found.all(Raster) == []
    assert found.text[0] == "王〓 R100002"


def test_what_the_font_lacks_is_marked_in_a_line_that_is_drawn(font: str) -> None:
    named = slip("王㛃𫖯", cards=(NameCard("王㛃𫖯", "R100002"),))

    [line] = decode(press(font=font).job(named), 32).all(Raster)

    assert isinstance(line, Raster)
    assert read_back(line.rows, 32) == "王㛃〓 R100002"


def test_a_line_of_which_the_font_lacks_the_ordinary_is_not_drawn(font: str) -> None:
    found = decode(press(font=font).job(slip("张㛃")), 32)

    assert (found.all(Raster), found.text[0]) == ([], "张〓")


def test_a_name_that_is_drawn_needs_no_card(font: str) -> None:
    named = slip("王㛃", cards=(NameCard("王㛃", "R100002"),))

    found = decode(press(font=font).job(named), 32)

    assert len(found.all(Raster)) == 1
    assert not any("R100002" in text for text in found.text)


def test_a_printer_without_pictures_gets_the_card(font: str) -> None:
    plain = Press(
        Model(**{f: getattr(model(), f) for f in Model.__slots__} | {"raster": False}),
        columns=32,
        cut=True,
        font=font,
    )
    named = slip("王㛃", cards=(NameCard("王㛃", "R100002"),))

    assert decode(plain.job(named), 32).text[0] == "王〓 R100002"


def test_a_font_of_gb2312_characters_is_sent_nothing_else() -> None:
    named = slip("朱镕喆", cards=rare_names([("朱镕喆", "R100007")]))

    found = decode(press("generic-gb2312").job(named), 32, characters="gb2312")
    everywhere = decode(press().job(named), 32)

    assert (found.errors, found.text[0]) == ([], "朱〓〓 R100007")
    assert everywhere.text[0] == "朱镕喆"


def test_the_dots_and_dashes_of_titles_are_in_every_font() -> None:
    found = decode(
        press("generic-gb2312").job(slip("“红楼”·梦——…", lent="《夏》")), 32, characters="gb2312"
    )

    assert (found.errors, found.text[0]) == ([], "“红楼”·梦——…")


def test_a_font_that_cannot_be_read_is_told_once_and_the_slip_is_printed(tmp_path: Path) -> None:
    faults: list[FontFault] = []
    path = tmp_path / "none.ttf"
    one = Press(model(), columns=32, cut=True, font=str(path), on_fault=faults.append)

    jobs = [one.job(slip("王㛃")) for _ in range(2)]

    assert [decode(job, 32).text[0] for job in jobs] == ["王〓", "王〓"]
    assert [str(fault) for fault in faults] == [
        f"Cannot read the font {path}: cannot open resource."
    ]


def test_a_slip_in_ordinary_characters_never_opens_the_font(tmp_path: Path) -> None:
    faults: list[FontFault] = []
    one = Press(
        model(), columns=32, cut=True, font=str(tmp_path / "none.ttf"), on_fault=faults.append
    )

    one.job(slip("王小明 Señor ¥5"))

    assert faults == []


def test_a_card_stands_behind_its_name_wherever_the_name_is() -> None:
    named = Slip(
        arrow="",
        who="王㛃",
        lines=("王㛃",),
        groups=(Group("王㛃", (Entry("王㛃 夏洛的网", "1本"),)),),
        overdue=(Entry("王㛃", ""),),
        notes=("问王㛃",),
        cards=(NameCard("王㛃", "R1"),),
    )

    done = with_cards(named)

    assert (done.who, done.lines, done.notes) == ("王㛃 R1", ("王㛃 R1",), ("问王㛃 R1",))
    assert done.groups == (Group("王㛃 R1", (Entry("王㛃 R1 夏洛的网", "1本"),)),)
    assert done.overdue == (Entry("王㛃 R1", ""),)


def test_a_qr_code_that_does_not_fit_is_left_out_and_the_slip_printed() -> None:
    fits = Slip(arrow="", who="王", qr="1234")
    too_big = Slip(arrow="", who="王", qr="7" * 300)

    assert len(decode(press().job(fits), 32).all(Code)) == 1
    found = decode(press().job(too_big), 32)
    assert (found.errors, found.all(Code), found.text) == ([], [], ["王"])


@pytest.mark.parametrize("name", models())
@pytest.mark.parametrize("cut", [True, False])
def test_every_model_gets_a_job_that_a_strict_printer_prints(name: str, cut: bool) -> None:
    one = model(name)
    job = Press(one, columns=one.columns, cut=cut).job(
        Slip(arrow="←左", who="三(2)班 王小明", code="KC-DAY-12345678", qr="1", footer="No.1")
    )

    found = decode(job, one.columns, characters=one.characters, dots=one.dots)

    assert found.errors == []
    assert any(isinstance(part, TextLine) for part in found.parts)
    last = found.parts[-1]
    assert isinstance(last, Feed)
    assert last.cut == cut


def test_a_model_that_cuts_where_the_paper_is_feeds_it_first() -> None:
    generic = {f: getattr(model(), f) for f in Model.__slots__}
    cutter = Press(Model(**generic | {"cut": "cut", "feed_lines": 5}), columns=32, cut=True)

    assert cutter.job(slip("王")).endswith(b"\x1bd\x05\x1dV\x01")


def test_the_settings_name_every_model_of_the_table() -> None:
    names = Printer.model_json_schema()["properties"]["model"]["enum"]

    assert names == list(models())


def test_each_model_is_what_its_values_say() -> None:
    for one in models().values():
        assert one.dots >= one.columns * 12 or one.name == "generic", one.name
        assert set(one.status) <= {1, 2, 3, 4}, one.name
        assert one.title


def test_a_font_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letters.ttf"
    path.write_bytes(b"no font")

    with pytest.raises(FontFault, match="Cannot read the font"):
        Painter(str(path))


def test_a_font_knows_what_it_has(font: str) -> None:
    painter = Painter(font)

    assert [painter.draws(text) for text in ("王㛃", " ", "𫖯", "a\u3000b", "书")] == [
        *(True, True, False, True, False)
    ]


@unhurried
@given(st.lists(st.sampled_from((0x00, 0x04, 0x05, 0x10, 0x14, 0x18, 0xFF))).map(bytes))
def test_no_picture_hides_a_command_and_no_dot_is_lost(data: bytes) -> None:
    safe = harmless(data)

    assert not any(command in safe for command in COMMANDS)
    assert len(safe) == len(data)
    assert all(new & old == old for old, new in zip(data, safe, strict=True))
    assert harmless(safe) == safe


@unhurried
@given(st.text(st.characters(), max_size=30), st.sampled_from([32, 42, 48]))
def test_any_name_is_printed_and_none_dropped(name: str, columns: int) -> None:
    cards = rare_names([(name, "R100001")])

    found = decode(press(columns=columns).job(slip(f"A {name}", cards=cards)), columns)

    assert found.errors == []
    assert found.text[0].startswith("A")
