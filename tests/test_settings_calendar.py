"""The school year in the settings: what it builds, and how its faults are told."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from test_settings_load import CLASS_WINDOW, FREE_WINDOW, faults_of

from kiosk.calendar import AddedWeekdays, EarlyRecall, MakeUpDay
from kiosk.rotation.exceptions import Cancelled, Exceptions, ExtraTurn, Moved, Pause, Swap
from kiosk.rotation.windows import ClassOfCohort, ClassOfGrade, CycleDay
from kiosk.settings import Settings, load

TERM = "[[term]]\nstarts_on = 2026-09-01\nends_on = 2027-01-22\n"
TURNS = '[rotation.turns."班级轮借"]\nmon = ["三(1)班"]\ntue = ["三(2)班"]\n'
WINDOWS = CLASS_WINDOW + FREE_WINDOW

YEAR = (
    TERM
    + """
lending_ends_on = 2027-01-08
recall_on = 2027-01-15
holiday_loans_from = 2027-01-18

[[term.early]]
grades = [6]
lending_ends_on = 2027-01-04
recall_on = 2027-01-06

[[term.early]]
grades = [5]
recall_on = 2027-01-07

[[make_up_day]]
name = "国庆节调休"
on = 2026-10-10
follows = "B.mon"

[[make_up_day]]
on = 2026-09-20
follows = "tue"

[[pause]]
name = "期中考试"
from = 2026-11-09
to = 2026-11-10

[[pause]]
name = "毕业考试"
from = 2027-01-05
grades = [6]

[[replacement]]
name = "校园改造"
from = 2026-11-16
to = 2026-11-28

[[replacement.window]]
name = "午间轮借"
kind = "class"
days = ["mon", "A.sat"]
from = 12:30:00
to = 13:00:00
from_week = 2
to_week = 14

[replacement.turns."午间轮借"]
A.sat = ["三(1)班"]

[[change]]
on = 2026-09-21
window = "班级轮借"
cancelled = true
reason = "秋游"

[[change]]
on = "2026-09-22"
window = "班级轮借"
classes = ["三(1)班", "2023-2"]
from = "8:30"
to = 09:00:00

[[swap]]
on = 2026-09-28
class = "三(1)班"
with = "2024-2"
with_on = 2026-09-29

[[extra_turn]]
on = 2026-09-30
window = "午间轮借"
class = "三(2)班"

[rotation]
weeks = 2
"""
    + CLASS_WINDOW
)


def school(folder: Path, text: str = YEAR) -> Settings:
    """Load a text without faults."""
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_a_term_has_the_earlier_dates_of_some_grades_and_its_holiday_loans(tmp_path: Path) -> None:
    (term,) = school(tmp_path).calendar().terms

    assert term.holiday_loans_from == date(2027, 1, 18)
    assert term.early == (
        EarlyRecall(frozenset({6}), date(2027, 1, 4), date(2027, 1, 6)),
        EarlyRecall(frozenset({5}), date(2027, 1, 7), date(2027, 1, 7)),
    )


def test_a_grade_with_a_late_recall_stops_borrowing_with_the_others(tmp_path: Path) -> None:
    early = "lending_ends_on = 2027-01-08\n[[term.early]]\ngrades = [6]\nrecall_on = 2027-01-12\n"

    (term,) = school(tmp_path, TERM + early).calendar().terms

    assert term.lending_ends_on_for(6) == date(2027, 1, 8)


def test_make_up_days_follow_a_weekday_of_their_own_or_of_a_given_week(tmp_path: Path) -> None:
    calendar = school(tmp_path).calendar()

    assert calendar.make_up_days == (
        MakeUpDay(date(2026, 10, 10), 0, 1, "国庆节调休"),
        MakeUpDay(date(2026, 9, 20), 1),
    )
    assert calendar.is_school_day(date(2026, 9, 20))


def test_a_saturday_of_a_replacement_is_a_school_day_only_while_it_lasts(tmp_path: Path) -> None:
    calendar = school(tmp_path).calendar()

    assert calendar.added == (
        AddedWeekdays(date(2026, 11, 16), date(2026, 11, 28), frozenset({0, 5})),
    )
    assert calendar.weekdays == frozenset(range(5))
    assert [calendar.is_school_day(date(2026, 11, day)) for day in (14, 21, 28)] == [
        False,
        True,
        True,
    ]


def test_a_replacement_has_windows_and_turns_of_its_own(tmp_path: Path) -> None:
    timetable = school(tmp_path).timetable()
    (replacement,) = timetable.exceptions.replacements
    (window,) = replacement.windows

    assert (window.name, window.opens, window.closes) == ("午间轮借", time(12, 30), time(13))
    assert (window.from_week, window.to_week) == (2, 14)
    assert window.days == {CycleDay(0), CycleDay(5, 0)}
    assert replacement.turns == {"午间轮借": {CycleDay(5, 0): (ClassOfGrade(3, 1),)}}
    assert [one.classes for one in timetable.openings_on(date(2026, 11, 28))] == [("2024-1",)]


def test_the_exceptions_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = school(tmp_path).timetable().exceptions

    third, key = ClassOfGrade(3, 1), ClassOfCohort("2023-2")  # type: ignore[arg-type]
    assert found == Exceptions(
        pauses=(
            Pause("期中考试", date(2026, 11, 9), date(2026, 11, 10)),
            Pause("毕业考试", date(2027, 1, 5), date(2027, 1, 5), frozenset({6})),
        ),
        replacements=found.replacements,
        changes=(
            Cancelled(date(2026, 9, 21), "班级轮借", reason="秋游"),
            Moved(date(2026, 9, 22), "班级轮借", time(8, 30), time(9), (third, key)),
        ),
        swaps=(
            Swap(
                date(2026, 9, 28),
                third,
                ClassOfCohort("2024-2"),  # type: ignore[arg-type]
                date(2026, 9, 29),
            ),
        ),
        extra_turns=(ExtraTurn(date(2026, 9, 30), "午间轮借", ClassOfGrade(3, 2)),),
    )


def test_one_window_may_have_other_times_from_a_week_of_the_term_on(tmp_path: Path) -> None:
    later = CLASS_WINDOW.replace("16:30", "16:00") + "from_week = 10\n"

    windows = school(tmp_path, CLASS_WINDOW + "to_week = 9\n" + later).timetable().windows

    assert [(one.from_week, one.to_week) for one in windows] == [(1, 9), (10, None)]


def test_swaps_and_extra_turns_on_days_without_school_are_no_faults(tmp_path: Path) -> None:
    text = (
        '[[swap]]\non = 2026-09-26\nclass = "三(1)班"\nwith = "三(9)班"\nwith_on = 2030-01-01\n'
        '[[extra_turn]]\non = 2026-10-01\nwindow = "班级轮借"\nclass = "三(1)班"\n'
    )

    assert len(school(tmp_path, TERM + WINDOWS + text).swaps) == 1


CHANGE = "[[change]]\non = 2026-09-21\n"
SWAP = "[[swap]]\non = 2026-09-21\nwith_on = 2026-09-22\n"
EXTRA = "[[extra_turn]]\non = 2026-09-21\n"
REPLACEMENT = '[[replacement]]\nname = "校园改造"\nfrom = 2026-11-02\nto = 2026-11-27\n'
LABEL = "a class label of grades 1 to 6 (school.class_label) or a cohort and number such as 2023-2"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            TERM + "lending_ends_on = 2027-01-08\nrecall_on = 2027-01-04",
            "term[1].recall_on: expected a day not before lending_ends_on, 2027-01-08,"
            " found 2027-01-04",
        ),
        (
            TERM + "holiday_loans_from = 2027-01-25",
            "term[1].holiday_loans_from: expected a day of the term, 2026-09-01 to 2027-01-22,"
            " found 2027-01-25",
        ),
        (
            TERM + "[[term.early]]\ngrades = [6]",
            "term[1].early[1].recall_on: expected a value such as 2027-01-08, found nothing",
        ),
        (
            TERM + "[[term.early]]\ngrades = [6]\nrecall_on = 2027-02-01",
            "term[1].early[1].recall_on: expected a day of the term, 2026-09-01 to 2027-01-22,"
            " found 2027-02-01",
        ),
        (
            TERM + "[[term.early]]\ngrades = [6]\nrecal_on = 2027-01-08\nrecall_on = 2027-01-08",
            'term[1].early[1].recal_on: expected a known key, perhaps recall_on, found "recal_on"',
        ),
        (
            TERM + "[[term.early]]\ngrades = [6]\nlending_ends_on = 2027-01-08\n"
            "recall_on = 2027-01-06",
            "term[1].early[1].recall_on: expected a day not before lending_ends_on, 2027-01-08,"
            " found 2027-01-06",
        ),
        (
            TERM + "[[term.early]]\ngrades = [6]\nrecall_on = 2027-01-08\n"
            "[[term.early]]\ngrades = [5, 6]\nrecall_on = 2027-01-10",
            "term[1].early[2].grades: expected grades of its own (term[1].early[1] has grade 6),"
            " found [5, 6]",
        ),
        (
            TERM + "early = 6",
            "term[1].early: expected tables [[term.early]], found 6",
        ),
        (
            '[[make_up_day]]\non = 2026-10-10\nfollows = "Monday"',
            "make_up_day[1].follows: expected one of mon, tue, wed, thu, fri, sat, sun"
            ' (rotation.weeks is 1), perhaps mon, found "Monday"',
        ),
        (
            '[[make_up_day]]\non = 2026-10-10\nfollows = "周三"',
            "make_up_day[1].follows: expected one of mon, tue, wed, thu, fri, sat, sun"
            ' (rotation.weeks is 1), perhaps wed, found "周三"',
        ),
        (
            '[[make_up_day]]\non = 2026-10-10\nfollows = "mon"\n'
            '[[make_up_day]]\non = 2026-10-10\nfollows = "tue"',
            "make_up_day[2].on: expected a day of its own (make_up_day[1] has this one:"
            " leave one of them out), found 2026-10-10",
        ),
        (
            '[[pause]]\nname = "考试"\nfrom = 2027-01-15\nto = 2027-01-11',
            "pause[1].to: expected a day not before 2027-01-15, found 2027-01-11",
        ),
        (
            REPLACEMENT.replace("11-27", "11-01"),
            "replacement[1].to: expected a day not before 2026-11-02, found 2026-11-01",
        ),
        (
            REPLACEMENT
            + REPLACEMENT.replace("11-02", "11-27").replace("to = 2026-11", "to = 2026-12"),
            "replacement[2].from: expected a day after the end of replacement[1], 2026-11-27,"
            " found 2026-11-27",
        ),
        (
            REPLACEMENT
            + CLASS_WINDOW.replace("[[window]]", "[[replacement.window]]").replace(
                "17:00", "16:00"
            ),
            "replacement[1].window[1].to: expected a time after 16:30:00, found 16:00:00",
        ),
        (
            REPLACEMENT + '[replacement.turns."班级轮借"]\nmon = ["三(1)班"]\n' + CLASS_WINDOW,
            "replacement[1].turns.班级轮借: expected the name of a window"
            ' (there is none of kind class), found "班级轮借"',
        ),
        (
            CLASS_WINDOW + "from_week = 9\nto_week = 8",
            "window[1].to_week: expected a week not before from_week, 9, found 8",
        ),
        (
            CLASS_WINDOW + "to_week = 9\n" + CLASS_WINDOW + "from_week = 9",
            "window[2].name: expected a name of its own, or no day or no school week of window[1],"
            ' found "班级轮借"',
        ),
        (
            WINDOWS + CHANGE + 'window = "班级论借"\ncancelled = true',
            "change[1].window: expected the name of a window (one of 班级轮借, 大课间),"
            ' perhaps 班级轮借, found "班级论借"',
        ),
        (
            WINDOWS + TURNS + CHANGE + 'window = "班级轮借"\ncancelled = true\nclasses = ["三1班"]',
            f'change[1].classes[1]: expected {LABEL}, perhaps 三(1)班, found "三1班"',
        ),
        (
            WINDOWS + CHANGE + 'window = "大课间"\ncancelled = true\nclasses = ["三(1)班"]',
            'change[1].classes: expected no classes, for 大课间 has no turns, found ["三(1)班"]',
        ),
        (
            WINDOWS + CHANGE + 'window = "大课间"',
            "change[1].cancelled: expected cancelled = true, or new times in from and to,"
            " found nothing",
        ),
        (
            WINDOWS
            + CHANGE
            + 'window = "大课间"\ncancelled = true\nfrom = 9:00:00\nto = "9:20"'.replace(
                "9:00:00", "09:00:00"
            ),
            "change[1].cancelled: expected cancelled = true or new times, not both, found true",
        ),
        (
            WINDOWS + CHANGE + 'window = "大课间"\nfrom = 09:00:00',
            "change[1].to: expected a time beside from, found nothing",
        ),
        (
            WINDOWS + CHANGE + 'window = "大课间"\nto = 09:00:00',
            "change[1].from: expected a time beside to, found nothing",
        ),
        (
            WINDOWS + CHANGE + 'window = "大课间"\nfrom = 09:20:00\nto = 09:00:00',
            "change[1].to: expected a time after 09:20:00, found 09:00:00",
        ),
        (
            WINDOWS + SWAP + 'class = "三(1)班"\nwith = "九(1)班"',
            f'swap[1].with: expected {LABEL}, found "九(1)班"',
        ),
        (
            WINDOWS + SWAP + 'class = "三(1)班"\nwith = "三(1)班"',
            'swap[1].with: expected another class than the one in class, found "三(1)班"',
        ),
        (
            WINDOWS + SWAP + 'class = "三(1)班"\nwith = "三(2)班"\nwindow = "大课间"',
            'swap[1].window: expected a window of kind class (one of 班级轮借), found "大课间"',
        ),
        (
            WINDOWS + SWAP + 'class = "三(1)班"',
            'swap[1].with: expected a value such as "三(2)班", found nothing',
        ),
        (
            WINDOWS + EXTRA + 'window = "轮借"\nclass = "三(1)班"',
            "extra_turn[1].window: expected the name of a window (one of 班级轮借, 大课间),"
            ' perhaps 班级轮借, found "轮借"',
        ),
        (
            WINDOWS + EXTRA + 'window = "班级轮借"\nclass = "三班"',
            f'extra_turn[1].class: expected {LABEL}, found "三班"',
        ),
        (
            CLASS_WINDOW + '[rotation.turns."班级轮借"]\nmon = ["三(1)班", "三(2)班", "三(1)班"]',
            "rotation.turns.班级轮借.mon[3]: expected each class once, or left out here"
            ' (mon[1] is the same), found "三(1)班"',
        ),
        (
            TERM + CLASS_WINDOW + '[rotation.turns."班级轮借"]\nmon = ["三(1)班", "2024-1"]',
            "rotation.turns.班级轮借.mon[2]: expected each class once, or left out here"
            ' (mon[1] is the same), found "2024-1"',
        ),
    ],
)
def test_a_fault_of_the_year_names_place_expected_and_found(
    tmp_path: Path, text: str, expected: str
) -> None:
    assert faults_of(tmp_path, text) == [expected]


def test_a_wrong_table_inside_another_does_not_hide_the_faults_of_its_neighbours(
    tmp_path: Path,
) -> None:
    text = (
        TERM.replace("2027-01-22", "2026-08-01")
        + "[[term.early]]\ngrades = [0]\nrecall_on = 1\n"
        + '[[change]]\non = 2026-09-21\nwindow = "大课间"\n'
    )

    assert faults_of(tmp_path, text) == [
        "term[1].early[1].grades[1]: expected a number not below 1, found 0",
        'term[1].early[1].recall_on: expected a day such as 2026-09-01, or as a text "2026-09-01",'
        " found 1",
        "term[1].ends_on: expected a day not before 2026-09-01, found 2026-08-01",
        'change[1].window: expected the name of a window (there is none), found "大课间"',
        "change[1].cancelled: expected cancelled = true, or new times in from and to,"
        " found nothing",
    ]
