"""Holidays and make-up days proposed for the settings; the desk itself goes by the settings."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from kiosk.reports.chinese_calendar import followed_days, proposals, spans
from kiosk.settings import load
from kiosk.wording import Words
from tests.rotation_school import SETTINGS, kiosk, make_folder


def test_the_holidays_of_a_year_are_proposed_with_their_chinese_names() -> None:
    found = tomllib.loads(proposals(2026, Words("zh_CN")))

    assert [(one["name"], one["from"], one["to"]) for one in found["holiday"]] == [
        ("元旦", date(2026, 1, 1), date(2026, 1, 3)),
        ("春节", date(2026, 2, 15), date(2026, 2, 23)),
        ("清明节", date(2026, 4, 4), date(2026, 4, 6)),
        ("劳动节", date(2026, 5, 1), date(2026, 5, 5)),
        ("端午节", date(2026, 6, 19), date(2026, 6, 21)),
        ("中秋节", date(2026, 9, 25), date(2026, 9, 27)),
        ("国庆节", date(2026, 10, 1), date(2026, 10, 7)),
    ]


def test_make_up_days_follow_the_days_that_they_pay_for() -> None:
    found = tomllib.loads(proposals(2026, Words("zh_CN")))

    assert [(one["name"], one["on"], one["follows"]) for one in found["make_up_day"]] == [
        ("元旦调休", date(2026, 1, 4), "fri"),
        ("春节调休", date(2026, 2, 14), "fri"),
        ("春节调休", date(2026, 2, 28), "mon"),
        ("劳动节调休", date(2026, 5, 9), "tue"),
        ("国庆节调休", date(2026, 9, 20), "tue"),
        ("国庆节调休", date(2026, 10, 10), "wed"),
    ]


def test_holidays_that_run_together_are_one_with_both_names() -> None:
    found = tomllib.loads(proposals(2025, Words("zh_CN")))

    autumn = found["holiday"][-1]
    assert autumn == {
        "name": "国庆节、中秋节",
        "from": date(2025, 10, 1),
        "to": date(2025, 10, 8),
    }


def test_a_proposal_says_that_it_is_one() -> None:
    told = proposals(2026, Words("zh_CN"))

    assert told.startswith("# 由 chinesecalendar ")
    assert 'on = 2026-10-10  # 星期六,供参考,请核对\nfollows = "wed"  # 10月7日(三)\n' in told


def test_what_is_proposed_can_stand_in_the_settings(tmp_path: Path) -> None:
    config = make_folder(tmp_path, f"{SETTINGS}\n{proposals(2026, Words('zh_CN'))}", None)

    calendar = load(config).calendar()

    assert calendar.is_school_day(date(2026, 10, 10))
    assert not calendar.is_school_day(date(2026, 10, 6))


def test_a_year_that_the_package_does_not_know_is_said_and_is_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, SETTINGS, None)

    assert kiosk(config, "calendar", "2099") == 0
    told = capsys.readouterr().out
    assert told.startswith("# chinesecalendar ")
    assert "还没有2099年的" in told
    assert tomllib.loads(told) == {}


def test_the_command_works_without_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kiosk(tmp_path / "kiosk.toml", "calendar", "2026") == 0
    assert tomllib.loads(capsys.readouterr().out)["holiday"]


def test_days_in_a_row_are_one_span() -> None:
    days = [date(2026, 5, 2), date(2026, 5, 1), date(2026, 5, 4)]

    assert spans(days) == [
        (date(2026, 5, 1), date(2026, 5, 2)),
        (date(2026, 5, 4), date(2026, 5, 4)),
    ]


def test_make_up_days_are_paired_within_one_year_s_holiday() -> None:
    before, after = date(2025, 1, 26), date(2026, 2, 14)
    off = [date(2025, 2, 3), date(2026, 2, 20)]

    paired = followed_days({before: "春节", after: "春节"}, dict.fromkeys(off, "春节"))

    assert paired == {before: off[0], after: off[1]}


def test_the_running_desk_does_not_load_the_package() -> None:
    code = (
        "import sys; import kiosk.cli.run, kiosk.settings, kiosk.rotation.timetable;"
        "sys.exit(any(name.startswith('chinese_calendar') for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
