"""`kiosk report`: a whole script of turns is counted, and the sheets of classes are written."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, TEACHER, ZHE, ZONE, Rig, open_rig

from kiosk.cli import main
from kiosk.reports.sheet import ClassSheet, sheets_html
from kiosk.wording import Words

OF_HONG, OF_MING = "KC-CLASS-2024-1", "KC-CLASS-2024-2"


def move_to(rig: Rig, day: int, hour: int, minute: int = 0) -> None:
    """Move the clock to a local time of September 2026 and let the desk look round."""
    rig.clock.at = datetime(2026, 9, day, hour, minute, tzinfo=ZONE)
    rig.tick(1)


def kiosk(rig: Rig, *words: str) -> int:
    """Run a command on the rig's school."""
    return main(["--config", str(rig.settings.file), *words])


def test_a_turn_from_its_board_to_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 10, 16, 20, tzinfo=ZONE))
    # The board goes up before the class is there; two pupils borrow.
    assert rig.scan(OF_MING)[-1].note == "board_shown"
    move_to(rig, 10, 16, 31)
    rig.scans(MING, BOOKS[0], "KC-DONE")
    rig.scans(ZHE, BOOKS[1], "KC-DONE")
    assert rig.differences() == []

    # A week later the crate comes first, then one pupil borrows again in the last minute.
    move_to(rig, 17, 16, 25)
    rig.scans(BOOKS[0], BOOKS[1])
    move_to(rig, 17, 17, 3)
    rig.scans(MING, BOOKS[2], "KC-DONE")
    move_to(rig, 17, 17, 6)
    slips = rig.rows("SELECT state FROM slip WHERE kind = 'class'")
    assert slips == [("queued",), ("queued",)]
    assert rig.differences() == []

    # Monday's class stayed away on the 14th; staff open for it on Friday at noon.
    move_to(rig, 18, 12)
    rig.be_staff()
    rig.scans(OF_HONG, TEACHER)
    rig.scans(HONG, BOOKS[3], "KC-DONE")
    move_to(rig, 18, 12, 41)
    assert rig.differences() == []

    # Its next turn falls to a visit: cancelled.
    move_to(rig, 21, 8)
    rig.be_staff()
    rig.scans("KC-CANCEL", OF_HONG, TEACHER)
    move_to(rig, 21, 17, 6)
    assert rig.differences() == []

    assert kiosk(rig, "report", "turns", "--from", "2026-09-01", "--until", "2026-09-21") == 0

    lines = capsys.readouterr().out.splitlines()
    figures = {line.split()[0]: line.split()[1:] for line in lines[2:-2]}
    assert lines[0] == "2026-09-01 - 2026-09-21  目标每人12本"
    # Three of 三(2)班, one of 三(1)班; the whole stock stands on record.
    assert lines[-1] == "流通率16.0%:藏书25册,借出4次"
    assert lines[2].split()[1:] == [
        *("学生", "应轮", "已轮", "没来", "取消", "补上", "借书", "人均", "原因")
    ]
    assert figures["三(2)班"] == ["4", "2", "2", "0", "0", "0", "3", "0.8"]
    assert figures["三(1)班"][:8] == ["2", "2", "0", "1", "1", "1", "1", "0.5"]
    assert figures["三(1)班"][8] == "图书老师取消1次、机器没开1次"


def test_the_report_of_a_term_goes_into_a_file_for_a_spreadsheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")
    move_to(rig, 11, 17, 5)
    file = tmp_path / "turns.csv"

    assert kiosk(rig, "report", "turns", "--term", "1", "--to", str(file)) == 0

    assert capsys.readouterr().out == f"{file}\n"
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["班级"] for row in rows][:2] == ["一(1)班", "二(1)班"]
    served = next(row for row in rows if row["班级"] == "三(2)班")
    assert (served["已轮"], served["没来"], served["人均"]) == ("1", "0", "0.25")
    stayed_away = next(row for row in rows if row["班级"] == "一(1)班")
    assert (stayed_away["没来"], stayed_away["没来:没有人来"]) == ("1", "1")


def test_columns_stand_below_each_other_though_characters_are_two_wide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")

    kiosk(rig, "report", "turns", "--term", "1")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026学年第一学期  2026-09-01 - 2027-01-22  目标每人12本"
    assert lines[2].startswith("班级     学生  应轮")
    assert "三(2)班     4     0     0     0     0     0     1   0.2" in lines


def test_a_term_that_is_not_in_the_settings_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path)

    assert kiosk(rig, "report", "turns", "--term", "3") == 2

    told = capsys.readouterr().err
    assert told == "--term: there is no term 3. Terms: 1 2026学年第一学期\n"


def test_days_the_wrong_way_round_are_no_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path)

    assert kiosk(rig, "report", "turns", "--from", "2026-09-10", "--until", "2026-09-01") == 2

    assert capsys.readouterr().err == "--until 2026-09-01 is before --from 2026-09-10.\n"


def test_a_sheet_lists_each_book_with_the_numbers_to_enter_later(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0], "KC-DONE")
    file = tmp_path / "sheet.html"

    assert kiosk(rig, "report", "sheet", "--class", "2024-2", "--to", str(file)) == 0

    page = file.read_text(encoding="utf-8")
    row = "<tr><td></td><td>R100001</td><td>王小明</td><td>30000001</td><td>夏洛的网</td>"
    assert row in page
    assert "三(2)班 还书单" in page
    assert "<th>日期</th><th>借书证号</th><th>书号</th><th>借/还</th>" in page
    assert page.count("<tr><td></td><td></td><td></td><td></td></tr>") >= 10
    assert "http" not in page.replace("http://www.w3.org", "")


def test_a_sheet_says_its_day_in_full() -> None:
    page = sheets_html(
        [ClassSheet("三(2)班", ())], school="实验小学", on=date(2026, 11, 23), words=Words("zh_CN")
    )

    assert "<p>实验小学 · 2026年11月23日(一)</p>" in page


def test_a_school_that_hides_titles_prints_none_on_its_sheets(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path, {"mask_names = false": "mask_names = false\nhide_titles = true"})
    rig.scans(MING, BOOKS[0], "KC-DONE")

    kiosk(rig, "report", "sheet", "--all")

    page = capsys.readouterr().out
    assert "30000001" in page
    assert "夏洛的网" not in page
    assert page.count("<section>") == 8


def test_a_sheet_of_a_class_that_is_not_on_record_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = open_rig(tmp_path)

    assert kiosk(rig, "report", "sheet", "--class", "九(9)班") == 2

    assert capsys.readouterr().err.startswith("--class: ")
