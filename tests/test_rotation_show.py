"""The week's timetable as `kiosk rotation show` prints it."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from kiosk.reports.rotation.show import show
from kiosk.rotation.classes import ClassNames, class_code
from kiosk.settings import Settings, load
from kiosk.wording import Words

SCHOOL = """
[[term]]
name = "2026学年第一学期"
starts_on = 2026-09-01
ends_on = 2027-01-22

[[holiday]]
name = "国庆节"
from = 2026-10-01
to = 2026-10-07

[[window]]
name = "班级轮借"
kind = "class"
days = ["mon", "tue"]
from = 16:30:00
to = 17:00:00

[[window]]
name = "大课间"
kind = "free"
days = ["mon", "thu"]
from = 10:00:00
to = 10:20:00
grades = [5, 6]

[[window]]
name = "午间阅览"
kind = "reading"
days = ["wed"]
from = 12:40:00
to = 13:10:00

[[window]]
name = "教师借阅"
kind = "staff"
days = ["fri"]
from = 15:00:00
to = 16:00:00

[rotation]
weeks = 2

[rotation.turns."班级轮借"]
mon = ["三(1)班", "三(2)班"]
A.tue = ["2023-1"]
"""
CLASSES = [class_code(2024, 1), class_code(2024, 2), class_code(2021, 10), class_code(2015, 1)]


@pytest.fixture
def school(tmp_path: Path) -> Settings:
    return loaded(tmp_path, SCHOOL)


def loaded(folder: Path, text: str) -> Settings:
    (folder / "kiosk.toml").write_text(text, encoding="utf-8")
    return load(folder / "kiosk.toml")


def shown(school: Settings, on: date, language: str = "zh_CN") -> str:
    words = Words(language)
    names = ClassNames(school.school.class_label, school.school.grades, words)
    return show(school.timetable(), CLASSES, names, words, on=on)


def test_a_week_is_shown_per_day_and_per_class(school: Settings) -> None:
    assert shown(school, date(2026, 9, 10)) == (
        "2026学年第一学期  第2周  B周  9月7日 - 9月13日\n"
        "\n"
        "星期一  9月7日\n"
        "  10:00-10:20  大课间    五年级  六年级\n"
        "  16:30-17:00  班级轮借  三(1)班  三(2)班\n"
        "星期二  9月8日\n"
        "  16:30-17:00  班级轮借  没有安排班级\n"
        "星期三  9月9日\n"
        "  12:40-13:10  午间阅览  全体  在馆阅览\n"
        "星期四  9月10日\n"
        "  10:00-10:20  大课间    五年级  六年级\n"
        "星期五  9月11日\n"
        "  15:00-16:00  教师借阅  教师\n"
        "\n"
        "各班轮借:\n"
        "  三(1)班   星期一 16:30\n"
        "  三(2)班   星期一 16:30\n"
        "  四(1)班   下次:9月15日(二) 16:30\n"
        "没有安排轮借:\n"
        "  六(10)班\n"
    )


def test_a_holiday_is_said_and_the_next_turn_is_after_it(school: Settings) -> None:
    told = shown(school, date(2026, 10, 5))

    assert "星期一  10月5日\n  放假:国庆节\n" in told
    assert "  三(1)班   下次:10月12日(一) 16:30\n" in told


def test_between_terms_the_week_says_so(school: Settings) -> None:
    told = shown(school, date(2027, 2, 10))

    assert told.startswith("2月8日 - 2月14日  不在学期内\n\n星期一  2月8日\n  不在学期内\n")


def test_the_week_in_which_a_term_begins_has_its_number(school: Settings) -> None:
    told = shown(school, date(2026, 8, 31))

    assert told.startswith("2026学年第一学期  第1周  A周  8月31日 - 9月6日\n")
    assert "星期一  8月31日\n  不在学期内\n" in told
    assert "  四(1)班   星期二 16:30\n" in told


def test_an_english_school_reads_english(school: Settings) -> None:
    told = shown(school, date(2026, 9, 14), "en")

    assert told.startswith("2026学年第一学期  week 3  A week  14 Sep - 20 Sep\n")
    assert "  16:30-17:00  班级轮借  4(1)班\n" in told


def test_many_classes_stay_within_eighty_columns(tmp_path: Path) -> None:
    labels = ", ".join(f'"三({number})班"' for number in range(1, 13))
    text = SCHOOL.replace('mon = ["三(1)班", "三(2)班"]', f"mon = [{labels}]")

    told = shown(loaded(tmp_path, text), date(2026, 9, 7))

    widths = [
        sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
        for line in told.splitlines()
    ]
    assert max(widths) < 80
    assert told.count("三(12)班") == 2


def test_classes_that_have_left_are_not_listed(school: Settings) -> None:
    assert "2015" not in shown(school, date(2026, 9, 10))


EXCEPTIONS = """
[[make_up_day]]
name = "国庆节调休"
on = 2026-10-10
follows = "mon"

[[pause]]
name = "期中考试"
from = 2026-11-12
to = 2026-11-13

[[pause]]
name = "六年级体检"
from = 2026-11-16
grades = [6]

[[replacement]]
name = "校园改造"
from = 2026-11-23
to = 2026-11-27

[[replacement.window]]
name = "操场边借书"
kind = "class"
days = ["tue"]
from = 12:30:00
to = 13:00:00

[replacement.turns."操场边借书"]
tue = ["三(2)班"]

[[change]]
on = 2026-09-14
window = "班级轮借"
cancelled = true
classes = ["三(2)班"]
reason = "秋游"

[[change]]
on = 2026-09-14
window = "大课间"
from = 09:30:00
to = 09:50:00

[[swap]]
on = 2026-09-15
class = "四(1)班"
with = "三(1)班"
with_on = 2026-09-21

[[extra_turn]]
on = 2026-09-17
window = "班级轮借"
class = "三(2)班"
"""


@pytest.fixture
def busy_school(tmp_path: Path) -> Settings:
    return loaded(tmp_path, SCHOOL.replace("[rotation]", EXCEPTIONS + "\n[rotation]", 1))


def test_cancelled_moved_swapped_and_extra_turns_are_marked(busy_school: Settings) -> None:
    told = shown(busy_school, date(2026, 9, 14))

    assert told.splitlines()[2:9] == [
        "星期一  9月14日",
        "  09:30-09:50  大课间    五年级  六年级  改时间",
        "  16:30-17:00  班级轮借  三(1)班",
        "  取消:班级轮借  三(2)班  秋游",
        "星期二  9月15日",
        "  16:30-17:00  班级轮借  三(1)班[换课]",
        "星期三  9月16日",
    ]
    assert "  16:30-17:00  班级轮借  三(2)班[补借]\n" in told
    assert "  三(1)班   星期一 16:30  星期二 16:30\n" in told


def test_a_make_up_day_stands_in_its_week_with_the_day_it_follows(busy_school: Settings) -> None:
    told = shown(busy_school, date(2026, 10, 8))

    assert "星期六  10月10日\n  调休:按星期一(国庆节调休)\n  10:00-10:20  大课间" in told
    assert "  三(1)班   星期六 16:30\n" in told


def test_a_pause_is_said_for_all_or_for_its_grades(busy_school: Settings) -> None:
    exams = shown(busy_school, date(2026, 11, 12))
    check_up = shown(busy_school, date(2026, 11, 16))

    assert "星期四  11月12日\n  停借:期中考试\n星期五  11月13日\n  停借:期中考试\n" in exams
    assert "  停借:六年级体检  六年级\n  10:00-10:20  大课间    五年级\n" in check_up


def test_a_timetable_that_replaces_the_normal_one_is_named(busy_school: Settings) -> None:
    told = shown(busy_school, date(2026, 11, 24))

    assert "星期二  11月24日\n  按临时安排:校园改造\n  12:30-13:00  操场边借书  三(2)班\n" in told
    assert "  三(2)班   星期二 12:30\n" in told
