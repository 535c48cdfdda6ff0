"""Importing items and the titles they are copies of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kiosk.barcodes import LabelPatterns
from kiosk.errors import ImportFault
from kiosk.imports import Context, Counts, Plan, apply, plan_items
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.verify import verify
from kiosk.rotation.classes import ClassNames
from kiosk.wording import Words

WORDS = Words("zh_CN")
CONTEXT = Context(
    ClassNames("{grade}({number})班", 6, WORDS),
    LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-"),
    date(2026, 9, 10),
)
AT = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)
WEB = "9787532712342"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "kiosk.db", create=True)
    yield opened
    opened.close()


def plan(ledger: Ledger, text: str) -> Plan:
    file = ledger.path.with_name("items.csv")
    file.write_text(text, encoding="utf-8")
    return plan_items(file, ledger, CONTEXT)


def run(ledger: Ledger, text: str) -> Counts:
    return apply(plan(ledger, text), ledger, desk="desk-1", at=AT, progress=lambda *_: None)


def items(ledger: Ledger) -> list[tuple[object, ...]]:
    return list(
        ledger.db.execute(
            "SELECT barcode, title_id, collection, price_fen, status FROM item ORDER BY barcode"
        )
    )


def titles(ledger: Ledger) -> list[tuple[object, ...]]:
    return list(
        ledger.db.execute(
            "SELECT id, isbn, title, author, publisher, year, call_number FROM title ORDER BY id"
        )
    )


def test_items_are_added_under_their_titles(ledger: Ledger) -> None:
    counts = run(
        ledger,
        "条码号,书名,作者,出版社,出版年,ISBN,索书号,馆藏,定价\n"
        "10000001,夏洛的网,怀特,上海译文出版社,2014.5,978-7-5327-1234-2,I712.84/1,,CNY26.00\n"
        "10000002,夏洛的网,怀特,上海译文出版社,2014.5,7532712346,I712.84/1,普通,26元\n"
        "10000003,新华字典,,商务印书馆,[2020],,H163/2,工具书,\n"
        "10000004,绘本,,,,,,绘本馆,\n",
    )

    assert counts == Counts(added=4, updated=0, unchanged=0)
    assert titles(ledger) == [
        (1, WEB, "夏洛的网", "怀特", "上海译文出版社", 2014, "I712.84/1"),
        (2, None, "新华字典", None, "商务印书馆", 2020, "H163/2"),
        (3, None, "绘本", None, None, None, None),
    ]
    assert items(ledger) == [
        ("10000001", 1, "general", 2600, "active"),
        ("10000002", 1, "general", 2600, "active"),
        ("10000003", 2, "reference", None, "active"),
        ("10000004", 3, "绘本馆", None, "active"),
    ]
    assert verify(ledger, lambda *_: None) == []


def test_one_isbn_with_two_titles_is_two_titles(ledger: Ledger) -> None:
    run(ledger, f"barcode,title,isbn\n10000001,上册,{WEB}\n10000002,下册,{WEB}\n")

    assert [row[2] for row in titles(ledger)] == ["上册", "下册"]


FIRST = f"barcode,title,author,isbn,collection,price\n10000001,夏洛的网,怀特,{WEB},工具书,26\n"


def test_a_column_that_is_not_in_the_file_leaves_the_record_alone(ledger: Ledger) -> None:
    run(ledger, FIRST)

    counts = run(ledger, "barcode,title\n10000001,夏洛的网\n")

    assert counts == Counts(added=0, updated=0, unchanged=1)
    assert items(ledger) == [("10000001", 1, "reference", 2600, "active")]


def test_an_empty_cell_clears_what_was_on_record(ledger: Ledger) -> None:
    run(ledger, FIRST)

    run(ledger, f"barcode,title,author,isbn,collection,price\n10000001,夏洛的网,,{WEB},,\n")

    assert items(ledger) == [("10000001", 1, "general", None, "active")]
    assert titles(ledger) == [(1, WEB, "夏洛的网", None, None, None, None)]


def test_a_status_is_never_written(ledger: Ledger) -> None:
    run(ledger, FIRST)
    ledger.db.execute("UPDATE item SET status = 'in_repair'")

    run(ledger, "barcode,title,price,status\n10000001,夏洛的网,30,active\n")

    assert items(ledger) == [("10000001", 1, "reference", 3000, "in_repair")]


def test_a_new_item_joins_the_title_on_record_and_keeps_what_it_has(ledger: Ledger) -> None:
    run(ledger, FIRST)

    run(ledger, f"barcode,title,isbn\n10000002,夏洛的网,{WEB}\n")

    assert titles(ledger) == [(1, WEB, "夏洛的网", "怀特", None, None, None)]
    assert [row[1] for row in items(ledger)] == [1, 1]


def test_a_title_that_all_its_items_correct_is_corrected_in_place(ledger: Ledger) -> None:
    run(ledger, "barcode,title\n10000001,夏洛的往\n10000002,夏洛的往\n")

    run(ledger, "barcode,title\n10000001,夏洛的网\n10000002,夏洛的网\n")

    assert [row[:3] for row in titles(ledger)] == [(1, None, "夏洛的网")]
    assert [row[1] for row in items(ledger)] == [1, 1]


def test_an_item_that_leaves_its_title_alone_gets_another(ledger: Ledger) -> None:
    run(ledger, "barcode,title\n10000001,夏洛的网\n10000002,夏洛的网\n")

    run(ledger, "barcode,title\n10000002,夏洛的网(注音版)\n")

    assert [row[:3] for row in titles(ledger)] == [
        (1, None, "夏洛的网"),
        (2, None, "夏洛的网(注音版)"),
    ]
    assert [row[1] for row in items(ledger)] == [1, 2]


def test_two_call_numbers_for_one_title_are_told_and_the_first_is_kept(ledger: Ledger) -> None:
    text = "barcode,title,call_number\n10000001,夏洛的网,I712/1\n10000002,夏洛的网,I712/2\n"

    made = plan(ledger, text)
    apply(made, ledger, desk="desk-1", at=AT, progress=lambda *_: None)

    assert made.notices == (
        'line 3: call_number "I712/2": expected what line 2 has for this title; that is kept',
    )
    assert [row[6] for row in titles(ledger)] == ["I712/1"]
    assert run(ledger, text) == Counts(added=0, updated=0, unchanged=2)


def test_an_isbn_with_a_wrong_check_digit_is_kept_and_told(ledger: Ledger) -> None:
    made = plan(ledger, "barcode,title,isbn\n10000001,夏洛的网,9787532712343\n")
    apply(made, ledger, desk="desk-1", at=AT, progress=lambda *_: None)

    assert made.notices == (
        'line 2: isbn "9787532712343": expected an ISBN with a right check digit; kept as written',
    )
    assert [row[1] for row in titles(ledger)] == ["9787532712343"]


def test_the_differences_are_told_without_writing(ledger: Ledger) -> None:
    run(ledger, FIRST)

    told = plan(
        ledger,
        "barcode,title,author,collection,price\n"
        "10000001,夏洛的网,E.B.怀特,,26.5\n"
        "10000002,新华字典,,工具书,\n",
    )

    assert list(told.lines(WORDS)) == [
        "~ 10000001 责任者: 怀特 -> E.B.怀特",
        "~ 10000001 馆藏: 工具书 -> 普通",
        "~ 10000001 定价: 26.00 -> 26.50",
        "+ 10000002 新华字典 工具书",
        "新增1,更改1,不变0",
    ]
    assert len(items(ledger)) == 1


def test_every_line_that_cannot_be_read_is_told_and_nothing_is_written(ledger: Ledger) -> None:
    text = (
        "条码号,题名,出版年,定价\n"
        "10000001,夏洛的网,2014,26\n"
        "R000001,夏洛的网,,\n"
        "10000001,,,\n"
        "10000004,新华字典,去年,十元\n"
    )

    with pytest.raises(ImportFault) as caught:
        run(ledger, text)

    assert str(caught.value).replace("items.csv: ", "").splitlines() == [
        'line 3: 条码号 "R000001": expected a barcode as barcodes.item in the settings says',
        'line 4: 条码号 "10000001": expected a barcode that is not on line 2 already',
        'line 4: 题名 "": expected a title',
        'line 5: 出版年 "去年": expected a year such as 2019',
        'line 5: 定价 "十元": expected a price in yuan such as 25.80',
        "Nothing was imported: 5 to mend in items.csv.",
    ]
    assert items(ledger) == []
    assert titles(ledger) == []


def test_eight_thousand_items_take_no_more_than_a_few_seconds(ledger: Ledger) -> None:
    lines = [f"{10000000 + n},书名{n // 3},作者,2019,I287.4/{n // 3},CNY25.80" for n in range(8000)]
    text = "\n".join(["barcode,title,author,year,call_number,price", *lines])
    heard: list[tuple[int, int]] = []
    begun = time.monotonic()

    counts = apply(
        plan(ledger, text),
        ledger,
        desk="desk-1",
        at=AT,
        progress=lambda done, total: heard.append((done, total)),
    )

    assert counts == Counts(added=8000, updated=0, unchanged=0)
    assert heard[-1] == (8000, 8000)
    assert len(heard) == 8
    assert time.monotonic() - begun < 10  # about 0.4 s on a quiet machine
