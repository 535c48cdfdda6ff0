"""Reading CSV files from any office program, and cells as people write them."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.barcodes import LabelPatterns
from kiosk.errors import ImportFault
from kiosk.imports import cells
from kiosk.imports.table import Column, Table, TableRow, read_table

COLUMNS = (
    Column("card", ("借书证号",), required=True),
    Column("name", ("姓名",), required=True),
    Column("kind", ("类型",)),
)
PATTERNS = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")


def table_of(folder: Path, content: bytes) -> Table:
    file = folder / "readers.csv"
    file.write_bytes(content)
    return read_table(file, COLUMNS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_in_any_usual_encoding_and_delimiter(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    lines = ["姓名,借书证号", "王小明,R000001", '"李,红;",R000002']
    text = "".join(line.replace(",R", f"{delimiter}R") + end for line in lines)
    text = text.replace("姓名,", f"姓名{delimiter}")

    table = table_of(tmp_path, text.encode(encoding))

    assert table.rows == (
        TableRow(2, {"name": "王小明", "card": "R000001"}),
        TableRow(3, {"name": "李,红;", "card": "R000002"}),
    )
    assert table.faults == ()


def test_headings_may_be_english_or_chinese_in_any_order_below_a_title(tmp_path: Path) -> None:
    text = "三年级读者名单,,\n\n KIND ,姓 名,Card*\n学生,王小明,R000001\n,,\n"

    table = table_of(tmp_path, text.encode())

    assert table.headings == {"kind": "KIND", "name": "姓 名", "card": "Card*"}
    assert table.rows == (TableRow(4, {"kind": "学生", "name": "王小明", "card": "R000001"}),)


def test_a_column_nobody_knows_is_ignored_with_a_notice(tmp_path: Path) -> None:
    table = table_of(tmp_path, "card,name,电话\nR000001,王小明,139\n".encode())

    assert table.notices == ("readers.csv: the column 电话 is ignored",)
    assert table.rows == (TableRow(2, {"card": "R000001", "name": "王小明"}),)


def test_missing_columns_are_named_with_both_their_headings(tmp_path: Path) -> None:
    with pytest.raises(ImportFault) as caught:
        table_of(tmp_path, "号码,类型\n1,学生\n".encode())

    assert str(caught.value).splitlines() == [
        "readers.csv: line 1: expected a column card or 借书证号, found 号码, 类型",
        "readers.csv: line 1: expected a column name or 姓名, found 号码, 类型",
        "Nothing was imported from readers.csv.",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "readers.csv: line 1: expected a column card or 借书证号, found nothing"),
        (
            b"card,card,name\n",
            "readers.csv: line 1: expected one column card, found 2",
        ),
        (
            b"card,name\nR000001,\xff\xff\n",
            "readers.csv: line 2: expected text in UTF-8 or GB18030, found the byte 0xff."
            " Nothing was imported.",
        ),
    ],
)
def test_a_file_that_is_no_table_says_why(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(ImportFault) as caught:
        table_of(tmp_path, content)

    assert str(caught.value).splitlines()[0] == said


def test_a_workbook_asks_to_be_saved_as_csv(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"it is a workbook\. Save it as CSV"):
        table_of(tmp_path, b"PK\x03\x04 and so on")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ImportFault, match=r"No such file or directory\. Nothing was imported\."):
        read_table(tmp_path / "none.csv", COLUMNS)


def test_a_line_with_more_cells_than_headings_is_a_fault(tmp_path: Path) -> None:
    table = table_of(tmp_path, "card,name\nR000001,王,小明\n".encode())

    assert [str(fault) for fault in table.faults] == [
        'line 2: beyond the last column "小明": expected 2 cells as in the headings, found 3'
    ]


def test_control_characters_and_line_breaks_in_a_cell_are_faults(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'card,name\nR000001,王\0\nR000002,"李\n红"\n'.encode())

    assert [str(fault) for fault in table.faults] == [
        'line 2: name "王\\x00": expected text in one line, without control characters',
        'line 3: name "李\\n红": expected text in one line, without control characters',
    ]


def test_a_quotation_mark_left_open_is_found_where_it_begins(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'card,name\nR000001,"王\nR000002,李\n'.encode())

    assert [fault.line for fault in table.faults] == [2]


def test_a_quotation_mark_left_open_in_the_last_line_is_found_too(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'card,name\nR000001,王\nR000002,"李'.encode())

    assert [fault.line for fault in table.faults] == [3]


TEXT = st.text(
    st.characters(codec="gb18030", exclude_categories=["C", "Zl", "Zp"]), max_size=12
).map(str.strip)


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_what_a_spreadsheet_writes_is_what_is_read(
    rows: list[tuple[str, str, str]], delimiter: str
) -> None:
    import tempfile

    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerows([("card", "name", "kind"), *rows])

    with tempfile.TemporaryDirectory() as folder:
        table = table_of(Path(folder), written.getvalue().encode("utf-8-sig"))

    found = [(row.cells["card"], row.cells["name"], row.cells["kind"]) for row in table.rows]
    assert found == [row for row in rows if any(row)]
    assert table.faults == ()


@pytest.mark.parametrize(
    "written",
    ["2027-07-01", "2027/7/1", "2027.7.1", "2027年7月1日", "20270701", "２０２７-０７-０１",
     "2027-07-01 00:00:00", "2027/7/1 0:00"],
)  # fmt: skip
def test_dates_are_read_as_spreadsheets_write_them(written: str) -> None:
    assert cells.day(written) == date(2027, 7, 1)


@pytest.mark.parametrize(
    "written", ["2027-13-01", "1.7.2027", "2027-07", "soon", "2027-07-01 8:30"]
)
def test_other_dates_are_not_guessed(written: str) -> None:
    with pytest.raises(ValueError, match="a date such as 2027-07-01"):
        cells.day(written)


@pytest.mark.parametrize(
    ("written", "fen"),
    [("25.80", 2580), ("CNY25.80", 2580), ("￥25.8", 2580), ("¥ 25.80", 2580), ("25元", 2500),
     ("1,280.00", 128000), ("２５．８０", 2580), ("0", 0), ("25.800", 2580), ("rmb 19.99", 1999)],
)  # fmt: skip
def test_prices_become_fen(written: str, fen: int) -> None:
    assert cells.price_fen(written) == fen


@pytest.mark.parametrize(
    "written", ["-1", "25.805", "USD 5", "128.00(全4册)", "abc", "25.8.0", "12,50"]
)
def test_other_prices_are_not_guessed(written: str) -> None:
    with pytest.raises(ValueError, match=r"a price in yuan such as 25\.80"):
        cells.price_fen(written)


@pytest.mark.parametrize("written", ["yes", "Y", "是", "1", "TRUE", "√"])
def test_a_mark_is_yes(written: str) -> None:
    assert cells.yes_or_no(written)


@pytest.mark.parametrize("written", ["", "no", "否", "0", "N", "false"])
def test_no_mark_is_no(written: str) -> None:
    assert not cells.yes_or_no(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("9787532712342", ("9787532712342", True)),
        ("ISBN 978-7-5327-1234-2", ("9787532712342", True)),
        ("7-5327-1234-6", ("9787532712342", True)),
        ("9787532712342 02580", ("9787532712342", True)),
        ("9787532712343", ("9787532712343", False)),
        ("9.78753E+12", ("9.78753E+12", False)),
        ("10019·123", ("10019·123", False)),
    ],
)
def test_an_isbn_is_thirteen_digits_or_stays_as_written(
    written: str, read: tuple[str, bool]
) -> None:
    assert cells.isbn(written) == read


def test_codes_are_folded_to_what_a_scanner_reads() -> None:
    assert cells.card("ｒ０００１２３　", PATTERNS) == "R000123"
    assert cells.item(" １２３４５６７８", PATTERNS) == "12345678"


def test_a_code_that_could_be_card_and_item_is_refused() -> None:
    loose = LabelPatterns(["[0-9]+"], ["[0-9]{8}"], "KC-")

    with pytest.raises(ValueError, match="not also of the shape of an item"):
        cells.card("12345678", loose)
    with pytest.raises(ValueError, match="not also of the shape of a card"):
        cells.item("12345678", loose)
