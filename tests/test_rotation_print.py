"""The timetable on paper: a class's turns to the end of the term, and the week for the wall."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kiosk.domain import ClassCode
from kiosk.ledger.connection import open_ledger
from kiosk.reports.rotation.page import class_pages, wall_page
from kiosk.reports.rotation.print import (
    class_slip,
    class_turns,
    special_days,
    term_to_print,
    wall,
    wall_slip,
)
from kiosk.reports.rotation.saying import Saying
from kiosk.settings import Settings, load
from receipts.layout import lay_out, plain_text
from receipts.slip import from_json
from tests.rotation_school import TWO_CLASSES, kiosk, make_folder, with_turns

EXCEPTIONS = """
[[holiday]]
name = "国庆节"
from = 2026-10-01
to = 2026-10-07

[[make_up_day]]
name = "国庆节调休"
on = 2026-10-10
follows = "mon"

[[pause]]
name = "期末考试"
from = 2026-11-02
to = 2027-01-22

[[change]]
on = 2026-10-12
window = "班级轮借"
cancelled = true
reason = "秋游"

[[change]]
on = 2026-10-19
window = "班级轮借"
from = 15:00:00
to = 15:30:00

[[swap]]
on = 2026-09-21
class = "三(1)班"
with = "三(2)班"
with_on = 2026-09-22

[[extra_turn]]
on = 2026-10-15
window = "班级轮借"
class = "三(1)班"
"""
ON = date(2026, 9, 14)
ONE = ClassCode("2024-1")


@pytest.fixture
def school(tmp_path: Path) -> Settings:
    return load(make_folder(tmp_path, with_turns() + EXCEPTIONS, None))


def saying(school: Settings, on: date = ON) -> Saying:
    return Saying(school.class_names(), school.words(), on)


def slip_of(school: Settings) -> str:
    timetable, say = school.timetable(), saying(school)
    term = term_to_print(timetable, ON)
    assert term is not None
    turns = class_turns(timetable, ONE, term, say)
    made = class_slip(ONE, turns, term, say=say, school="实验小学")
    return plain_text(lay_out(made, 32), 32)


def test_a_class_has_all_its_turns_with_what_is_special_about_them(school: Settings) -> None:
    assert slip_of(school) == (
        "三(1)班\n"
        "2026学年第一学期\n"
        "■ 你们班轮借的日子:\n"
        "9月14日(一)          16:30-17:00\n"
        "9月22日(二) 换课     16:30-17:00\n"
        "9月28日(一)          16:30-17:00\n"
        "10月10日(六) 调休:按星期一(国庆\n"
        "节调休)              16:30-17:00\n"
        "10月12日(一) 不借了(秋游)\n"
        "10月15日(四) 补借    16:30-17:00\n"
        "10月19日(一) 改时间  15:00-15:30\n"
        "10月26日(一)         16:30-17:00\n"
        "实验小学\n"
    )


def test_before_the_term_all_of_it_is_printed(school: Settings) -> None:
    timetable = school.timetable()
    term = term_to_print(timetable, date(2026, 7, 20))
    assert term is not None

    turns = class_turns(timetable, ONE, term, saying(school, date(2026, 7, 20)))

    assert turns[0].on == date(2026, 9, 7)


def test_the_wall_has_a_row_for_each_window_and_a_cell_for_each_day(school: Settings) -> None:
    (week,) = wall(school.timetable(), saying(school))

    assert [(row.opens, row.window) for row in week.rows] == [
        ("10:00", "大课间"),
        ("16:30", "班级轮借"),
    ]
    assert [(cell.weekday, cell.whom) for cell in week.rows[1].cells[:3]] == [
        (0, ("三(1)班",)),
        (1, ("三(2)班",)),
        (2, ()),
    ]
    assert week.rows[0].cells[0].whom == ("全体",)


def test_the_wall_has_a_grid_for_each_week_of_a_cycle(tmp_path: Path) -> None:
    turns = '[rotation.turns."班级轮借"]\n"A.mon" = ["三(1)班"]\n"B.mon" = ["三(2)班"]\n'
    text = with_turns(turns).replace("weeks = 1", "weeks = 2")
    school = load(make_folder(tmp_path, text, None))

    weeks = wall(school.timetable(), saying(school))

    assert [(week.letter, week.rows[1].cells[0].whom) for week in weeks] == [
        ("A周", ("三(1)班",)),
        ("B周", ("三(2)班",)),
    ]


def test_days_that_depart_from_the_week_are_listed_in_order(school: Settings) -> None:
    timetable, say = school.timetable(), saying(school)
    term = term_to_print(timetable, ON)
    assert term is not None

    assert special_days(timetable, term, say) == [
        "9月21日(一)  三(1)班和三(2)班(9月22日(二))换课",
        "10月1日(四) - 10月7日(三)  放假:国庆节",
        "10月10日(六)  调休:按星期一(国庆节调休)",
        "10月12日(一)  取消:班级轮借  秋游",
        "10月15日(四)  补借  班级轮借  三(1)班",
        "10月19日(一)  班级轮借改到15:00-15:30",
        "11月2日(一) - 1月22日(五)  停借:期末考试",
    ]


class Page(HTMLParser):
    """Reads a page, checks that its tags are closed in order, and keeps texts and addresses."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.said: list[str] = []
        self.links: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [str(value) for name, value in attrs if name in ("src", "href")]
        self.tags.append(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.said.append(data.strip())


def test_the_wall_page_is_whole_and_needs_nothing_else(school: Settings) -> None:
    timetable, say = school.timetable(), saying(school)
    html = wall_page(
        wall(timetable, say), ["<10月1日>"], say=say, heading="第一学期", school="实验&小学"
    )

    page = Page(html)
    assert (page.open, page.links) == ([], [])
    assert "url(" not in html
    assert page.said[:4] == ["班级轮借安排表", "班级轮借安排表", "第一学期", "实验&小学"]
    assert [one for one in page.said if one.startswith("星期")] == [
        "星期一",
        "星期二",
        "星期三",
        "星期四",
        "星期五",
    ]
    assert "三(1)班" in page.said
    assert page.said[-1] == "<10月1日>"
    assert "size: A4 landscape" in html


def test_each_class_has_a_page_of_its_own(school: Settings) -> None:
    timetable, say = school.timetable(), saying(school)
    term = term_to_print(timetable, ON)
    assert term is not None
    turns = class_turns(timetable, ONE, term, say)

    html = class_pages([("三(1)班", turns), ("三(9)班", ())], say=say, heading="", school="")

    page = Page(html)
    assert page.tags.count("section") == 2
    assert page.said.count("9月28日(一)") == 1
    assert '<tr class="off"><td>10月12日(一)</td>' in html
    assert page.said[-1] == "还没有安排轮借。"


def test_the_wall_fits_on_a_slip(school: Settings) -> None:
    timetable, say = school.timetable(), saying(school)
    term = term_to_print(timetable, ON)
    assert term is not None

    slip = wall_slip(wall(timetable, say), term, say=say, school="实验小学")

    text = plain_text(lay_out(slip, 32), 32)
    assert text.startswith("班级轮借安排表\n2026学年第一学期\n■ 星期一 10:00-10:20 大课间\n全体\n")
    assert "■ 星期二 16:30-17:00 班级轮借\n三(2)班\n" in text
    assert "星期三 16:30" not in text


def test_the_command_writes_a_page_into_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), TWO_CLASSES)
    page = tmp_path / "wall.html"

    assert kiosk(config, "rotation", "print", "--on", "2026-09-14", "--to", str(page)) == 0
    assert capsys.readouterr().out == f"{page}\n"
    assert "三(2)班" in page.read_text(encoding="utf-8")


def test_all_classes_are_those_on_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), {**TWO_CLASSES, "2024-3": 40, "2019-1": 40})

    assert kiosk(config, "rotation", "print", "--all", "--on", "2026-09-14") == 0
    page = Page(capsys.readouterr().out)
    labels = [one for one in page.said if one.endswith("班")]
    assert labels == ["三(1)班", "三(2)班", "三(3)班"]


def test_without_a_printer_a_slip_is_shown_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), TWO_CLASSES)
    words = ("rotation", "print", "--class", "2024-2", "--slip", "--on", "2026-09-14")

    assert kiosk(config, *words) == 0
    assert capsys.readouterr().out.startswith(
        "三(2)班\n2026学年第一学期\n■ 你们班轮借的日子:\n9月15日(二)          16:30-17:00\n"
    )


def test_with_a_printer_slips_are_queued(tmp_path: Path) -> None:
    printer = '\n[printer]\ndriver = "file"\npath = "slips.bin"\n'
    config = make_folder(tmp_path, with_turns() + printer, TWO_CLASSES)

    assert kiosk(config, "rotation", "print", "--all", "--slip", "--on", "2026-09-14") == 0
    ledger = open_ledger(tmp_path / "kiosk.db")
    rows = ledger.db.execute("SELECT kind, state, body FROM slip ORDER BY id").fetchall()
    ledger.close()
    assert [(kind, state, from_json(body).who) for kind, state, body in rows] == [
        ("timetable", "queued", "三(1)班"),
        ("timetable", "queued", "三(2)班"),
    ]


def test_a_label_that_is_no_class_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), TWO_CLASSES)

    assert kiosk(config, "rotation", "print", "--class", "三班", "--on", "2026-09-14") == 2
    assert capsys.readouterr().err.startswith("--class: expected a class label of grades 1 to 6")


def test_after_the_last_term_there_is_nothing_to_print(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), TWO_CLASSES)

    assert kiosk(config, "rotation", "print", "--on", "2027-02-01") == 1
    assert capsys.readouterr().err.startswith("No term of the settings is going on or to come")
