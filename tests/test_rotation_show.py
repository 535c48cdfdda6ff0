"""The week's timetable as `kiosk rotation show` prints it."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest

from kiosk.reports.rotation import show
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
