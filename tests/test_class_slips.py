"""What the class librarian takes along: the slip of a turn that is over, the sheet before it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, ZHE, ZONE, Rig, open_rig

from kiosk.cli import main
from kiosk.domain import Outcome
from receipts.layout import lay_out, plain_text
from receipts.slip import from_json

OF_MING = "KC-CLASS-2024-2"


def said(outcomes: list[Outcome]) -> tuple[str, str | None]:
    """Tell the last outcome's kind and note."""
    last = outcomes[-1]
    return last.kind.value, None if last.note is None else last.note.value


def papers(rig: Rig, kind: str) -> list[tuple[str, str]]:
    """List the slips of a kind: state, and the text on 32 columns."""
    rows = rig.rows("SELECT state, body FROM slip WHERE kind = ? ORDER BY id", kind)
    return [(state, plain_text(lay_out(from_json(body), 32), 32)) for state, body in rows]


def a_turn_later(rig: Rig) -> None:
    """王小明 and 陈喆 borrowed a week ago; in today's turn only 王小明 comes, and it is over."""
    for card, book in ((MING, BOOKS[0]), (ZHE, BOOKS[1])):
        rig.scans(card, book, "KC-DONE")
    rig.clock.at = datetime(2026, 9, 17, 16, 31, tzinfo=ZONE)
    rig.scans(MING, BOOKS[0], BOOKS[2], "KC-DONE")
    rig.clock.at = datetime(2026, 9, 17, 17, 5, tzinfo=ZONE)
    rig.tick(1)


def test_a_turn_that_is_over_prints_who_still_has_what(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)

    a_turn_later(rig)

    state, text = papers(rig, "class")[-1]
    assert state == "queued"
    assert text == (
        "三(2)班 借阅结束\n"
        "9月17日(四) 16:30 班级轮借\n"
        "来了1人,全班4人\n"
        "借了1本,还了1本\n"
        "■ 还没还\n"
        "陈喆 夏洛的网            9月17日\n"
        "实验小学 09-17 17:05\n"
    )
    assert rig.desk.slip_waits


def test_the_newest_slip_of_a_kind_is_shown_in_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path)
    a_turn_later(rig)
    config = ["--config", str(rig.settings.file)]

    class_, reader, crate = (
        (main([*config, "slip", "--last", *kind]), capsys.readouterr())
        for kind in (["--kind", "class"], [], ["--kind", "crate"])
    )

    assert class_[0] == reader[0] == 0
    assert class_[1].out.startswith("三(2)班 借阅结束\n")
    assert "王小明" in reader[1].out
    assert crate[0] == 1
    assert crate[1].err.startswith("There is no crate slip in the database ")


def test_late_books_come_first_and_say_so(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    a_turn_later(rig)
    rig.clock.at = datetime(2026, 9, 24, 16, 31, tzinfo=ZONE)
    rig.scans("R100004", BOOKS[3], "KC-DONE")

    rig.clock.at = datetime(2026, 9, 24, 17, 5, tzinfo=ZONE)
    rig.tick(1)

    _, text = papers(rig, "class")[-1]
    lines = text.splitlines()
    assert lines[4] == "■ 过期了,请快还"
    assert lines[5].startswith("陈喆 夏洛的网")
    assert lines[6] == "■ 还没还"
    assert lines[7].startswith("王小明 ")


def test_a_crate_that_came_before_the_class_counts_as_returned(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")
    rig.clock.at = datetime(2026, 9, 17, 16, 20, tzinfo=ZONE)
    rig.scan(BOOKS[0])
    rig.clock.at = datetime(2026, 9, 17, 16, 40, tzinfo=ZONE)
    rig.scans(ZHE, BOOKS[1], "KC-DONE")

    rig.clock.at = datetime(2026, 9, 17, 17, 5, tzinfo=ZONE)
    rig.tick(1)

    _, text = papers(rig, "class")[-1]
    assert "借了1本,还了1本" in text


def test_a_slip_of_a_class_that_owes_nothing_says_so(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")

    rig.clock.at = datetime(2026, 9, 10, 17, 5, tzinfo=ZONE)
    rig.tick(1)

    _, text = papers(rig, "class")[0]
    assert "以前借的书都还了。" in text


def test_a_school_may_hide_the_titles(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, {"mask_names = false": "mask_names = true\nhide_titles = true"})

    a_turn_later(rig)

    _, text = papers(rig, "class")[-1]
    assert "陈* 1本" in text
    assert "夏洛的网" not in text


def test_a_school_may_do_without_class_slips(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, {"cut = true": "cut = true\nclass_slips = false"})

    a_turn_later(rig)

    assert papers(rig, "class") == []


def test_a_desk_without_a_printer_keeps_the_slip_unprinted(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, {'driver = "file"\npath = "slips.bin"': 'driver = "none"'})

    a_turn_later(rig)

    assert [state for state, _ in papers(rig, "class")] == ["cancelled", "cancelled"]


def test_a_monitor_prints_the_sheet_of_a_class(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")
    rig.be_on_duty()

    outcomes = rig.scans("KC-SHEET", OF_MING)

    assert said(outcomes) == ("mode_changed", "sheet_queued")
    assert outcomes[-1].values == {"class_label": "三(2)班"}
    [(state, text)] = papers(rig, "sheet")
    assert state == "queued"
    lines = text.splitlines()
    assert lines[:5] == [
        "三(2)班 还书单",
        "2026年9月10日(四)",
        "■ 收到一本,打一个勾",
        "□ 王小明 夏洛的网        9月17日",
        "■ 机器坏了,就写在这里",
    ]
    assert lines[5:7] == ["日期______ 证号______________", "书号______________ 借/还"]
    assert max(map(len, lines)) <= 32
    assert rig.differences() == []


def test_the_whole_school_label_prints_the_sheets_of_today_s_classes(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 9, 8, tzinfo=ZONE))
    rig.be_staff()

    outcomes = rig.scans("KC-SHEET", "KC-CLASS-ALL")

    assert said(outcomes) == ("mode_changed", "sheet_queued")
    assert [text.split()[0] for _, text in papers(rig, "sheet")] == ["六(2)班", "五(1)班"]


def test_without_duty_nobody_prints_a_sheet(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)

    assert said(rig.scan("KC-SHEET")) == ("attention", "needs_monitor")


def test_a_class_without_books_has_a_sheet_to_write_on(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()

    rig.scans("KC-SHEET", "KC-CLASS-2024-1")

    [(_, text)] = papers(rig, "sheet")
    assert "这个班没有人借着书。" in text
    assert HONG not in text
