"""What `kiosk rotation check` finds in a timetable that runs, and how it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain import ClassCode
from kiosk.ledger.classes import pupils_by_class
from kiosk.ledger.connection import open_ledger
from kiosk.reports.rotation.check import lending_of, lines, rule_lines
from kiosk.reports.rotation.saying import Saying
from kiosk.rotation.capacity import Pace, openings_needed
from kiosk.rotation.checking import School, check
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.due import InDays, InTurns, LoanTerms
from kiosk.rotation.due_checking import Lending
from kiosk.rotation.exceptions import (
    Cancelled,
    Exceptions,
    ExtraTurn,
    Pause,
    Replacement,
    Swap,
)
from kiosk.rotation.findings import (
    Crowded,
    EmptyWindow,
    NoTermAhead,
    NoTurn,
    TooFewLoans,
    UnmetDue,
)
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import ClassOfCohort, ClassOfGrade, CycleDay, Window
from kiosk.rules.findings import odd_rules
from kiosk.rules.matrix import LoanRule
from kiosk.wording import Words
from tests.builders import (
    AUTUMN,
    CLASS_WINDOW,
    FREE_WINDOW,
    NATIONAL_DAY,
    RULES,
    SPRING,
    STUDENT,
    TODAY,
    TURNS,
    make_timetable,
)
from tests.rotation_school import SETTINGS, TWO_CLASSES, kiosk, make_folder
from tests.rotation_school import with_turns as school_with_turns

FULL = {
    ClassCode(code): 40
    for code in ("2024-1", "2023-2", "2021-2", "2022-1", "2024-2", "2025-1", "2026-1")
}
WIDE = Pace(lanes=4)
ONE, TWO = ClassOfGrade(3, 1), ClassOfGrade(3, 2)


def make_school(
    timetable: Timetable | None = None,
    *,
    on: date = TODAY,
    pace: Pace = WIDE,
    pupils: Mapping[ClassCode, int] | None = FULL,
    lending: Sequence[Lending] = (),
    target: int = 0,
) -> School:
    """Build the school of the tests with lanes enough, or another."""
    return School(timetable or make_timetable(), on, 6, pace, pupils, lending, target)


def with_turns(weeks: int = 1, **days: list[Any]) -> Timetable:
    """Build a timetable with only these turns, `mon` or `A_mon`."""
    names = ("mon", "tue", "wed", "thu", "fri")
    turns = {
        CycleDay(names.index(day[-3:]), "AB".index(day[0]) if "_" in day else None): refs
        for day, refs in days.items()
    }
    return make_timetable(turns={"班级轮借": turns}, weeks=weeks)


def with_exceptions(**kinds: tuple[Any, ...]) -> Timetable:
    """Build the timetable of the tests with exceptions."""
    return make_timetable(exceptions=Exceptions(**kinds))


def said(school: School, language: str = "zh_CN") -> list[str]:
    words = Words(language)
    names = ClassNames("{grade}({number})班", 6, words)
    return lines(check(school), Saying(names, words, school.on))


def test_a_timetable_without_fault_has_no_findings() -> None:
    assert check(make_school(lending=lending_of(RULES), target=12)) == []


def test_a_class_on_record_without_a_turn_is_found() -> None:
    pupils = {**FULL, ClassCode("2021-1"): 42, ClassCode("2020-1"): 40}

    assert said(make_school(pupils=pupils)) == [
        "rotation.turns: 六(1)班没有安排轮借:请排进去,或用 kiosk rotation plan 重排"
    ]


def test_the_turns_of_a_term_to_come_are_checked_for_its_own_grades() -> None:
    # In July the sixth grade is still there; the term that comes is without it.
    school = make_school(on=date(2026, 7, 10), pupils={**FULL, ClassCode("2020-1"): 40})

    assert check(school) == []


def test_a_class_with_two_turns_is_found() -> None:
    timetable = with_turns(mon=[ONE], tue=[TWO], thu=[ONE])
    pupils = {ClassCode("2024-1"): 40, ClassCode("2024-2"): 40}

    assert said(make_school(timetable, pupils=pupils)) == [
        "rotation.turns.班级轮借.mon: 三(1)班一轮里有2次轮借(周一16:30、周四16:30):请只留一次"
    ]


def test_a_class_of_every_week_has_two_turns_in_a_cycle_of_two() -> None:
    timetable = with_turns(2, mon=[ONE], B_tue=[TWO])
    pupils = {ClassCode("2024-1"): 40, ClassCode("2024-2"): 40}

    assert said(make_school(timetable, pupils=pupils)) == [
        "rotation.turns.班级轮借.mon: 三(1)班一轮里有2次轮借(A周周一16:30、B周周一16:30):请只留一次"
    ]


def test_windows_of_different_weeks_of_the_term_do_not_add_up() -> None:
    early = replace(CLASS_WINDOW, name="前八周", to_week=8)
    late = replace(CLASS_WINDOW, name="第九周起", opens=time(12), closes=time(12, 30), from_week=9)
    monday = {CycleDay(0): [ONE]}
    timetable = make_timetable(windows=(early, late), turns={"前八周": monday, "第九周起": monday})
    pupils = {ClassCode("2024-1"): 40}

    assert check(make_school(timetable, pupils=pupils)) == []


def test_windows_at_the_same_time_that_share_a_class_are_found() -> None:
    other = replace(CLASS_WINDOW, name="二楼", opens=time(16, 45), closes=time(17, 15))
    monday = {CycleDay(0): [ONE]}
    timetable = make_timetable(
        windows=(CLASS_WINDOW, other), turns={"班级轮借": monday, "二楼": monday}
    )

    assert said(make_school(timetable, pupils={ClassCode("2024-1"): 40})) == [
        "rotation.turns.班级轮借.mon: 三(1)班同一时间排在两处(班级轮借 周一16:30、二楼 周一16:45):"
        "请只留一处"
    ]


def test_a_class_that_is_named_twice_in_one_turn_is_found() -> None:
    timetable = with_turns(mon=[ONE, ClassOfCohort(ClassCode("2024-1"))])

    assert said(make_school(timetable, pupils={ClassCode("2024-1"): 40})) == [
        "rotation.turns.班级轮借.mon: 三(1)班在周一16:30写了两次:请去掉一个"
    ]


def test_turns_for_classes_that_nobody_is_in_are_found() -> None:
    timetable = with_turns(mon=[ClassOfGrade(3, 7)], tue=[ClassOfCohort(ClassCode("2019-1"))])

    assert said(make_school(timetable, pupils={})) == [
        "rotation.turns.班级轮借.mon: 名册里没有三(7)班:请导入这个班的名单,或从安排表里去掉",
        "rotation.turns.班级轮借.tue: 2019级(1)班已经毕业离校:请从安排表里去掉",
    ]


def test_a_class_in_a_window_for_other_grades_is_found() -> None:
    window = replace(CLASS_WINDOW, grades=frozenset({4, 5, 6}))
    timetable = make_timetable(windows=(window,), turns={"班级轮借": {CycleDay(0): [ONE]}})

    assert said(make_school(timetable, pupils={ClassCode("2024-1"): 40})) == [
        "rotation.turns.班级轮借.mon: 班级轮借是给四年级、五年级、六年级的,不包括三(1)班:请改排,"
        "或在grades里加上这个年级"
    ]


def test_a_class_window_without_turns_is_found() -> None:
    empty = Window("午间轮借", "class", frozenset({CycleDay(2)}), time(12, 30), time(13))
    timetable = make_timetable(windows=(CLASS_WINDOW, FREE_WINDOW, empty))

    assert check(make_school(timetable)) == [EmptyWindow("午间轮借", 3)]
    assert said(make_school(timetable)) == [
        "window[3]: 午间轮借没有安排一个班:请在轮流安排表里写上班级"
    ]


def test_more_pupils_than_the_lanes_have_time_for_are_found() -> None:
    sizes = {ClassCode(f"2024-{n}"): 46 if n <= 3 else 45 for n in range(1, 8)}
    timetable = with_turns(mon=[ClassOfGrade(3, number) for number in range(1, 8)])
    school = make_school(timetable, pupils=sizes, pace=Pace(lanes=2))

    assert said(school) == [
        "rotation.turns.班级轮借.mon: 周一16:30有7个班318人,两个通道约能接待126人:请分成4个时段,"
        "或用 kiosk rotation plan 平均分到别的时段"
    ]
    assert said(school, "en")[0].startswith(
        "rotation.turns.班级轮借.mon: Mon 16:30: 7 classes with 318 pupils, time for about 126"
        " (lanes: 2): "
    )


def test_a_week_that_is_full_everywhere_asks_for_a_longer_cycle() -> None:
    days = {"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5}
    turns = {
        day: [ClassOfGrade(grade, number) for number in range(1, 4)] for day, grade in days.items()
    }
    pupils = {ClassCode(f"{2027 - grade}-{n}"): 45 for grade in days.values() for n in range(1, 4)}
    found = said(make_school(with_turns(**turns), pupils=pupils, pace=Pace(lanes=2)))

    assert len(found) == 5
    assert found[0] == (
        "rotation.turns.班级轮借.mon: 周一16:30有3个班135人,两个通道约能接待126人:请分成2个时段"
        "或改为两周一轮"
    )


def test_one_class_that_is_too_many_asks_for_a_longer_window() -> None:
    timetable = with_turns(A_mon=[ONE], weeks=2)
    school = make_school(timetable, pupils={ClassCode("2024-1"): 70}, pace=Pace(lanes=1))

    assert said(school) == [
        "rotation.turns.班级轮借.A.mon: A周周一16:30有1个班70人,一个通道约能接待63人:"
        "一个班就要34分钟,请延长时段,每次只排一个班"
    ]


def test_the_time_of_a_visit_counts() -> None:
    quick, slow = Pace(lanes=1, visit_s=15), Pace(lanes=1, visit_s=30)

    assert check(make_school(pace=quick)) == []
    assert len(check(make_school(pace=slow))) == 2  # Wednesday and Friday have two classes


def test_desks_without_a_lane_that_lends_are_told_once() -> None:
    assert said(make_school(pace=Pace(lanes=0))) == [
        'scanner: 没有能借书的通道:请至少让一把扫描枪不是只还(use = "return")'
    ]


def test_without_a_record_only_the_settings_are_checked() -> None:
    assert check(make_school(pupils=None, pace=Pace(lanes=1, visit_s=600))) == []


def test_a_replacement_is_checked_like_the_normal_timetable() -> None:
    instead = Replacement(
        "校园改造",
        date(2026, 11, 2),
        date(2026, 11, 27),
        (CLASS_WINDOW,),
        {"班级轮借": {CycleDay(0): [ONE], CycleDay(1): [ONE]}},
    )

    assert said(make_school(with_exceptions(replacements=(instead,)))) == [
        "replacement[1].turns.班级轮借.mon: 三(1)班一轮里有2次轮借(周一16:30、周二16:30):请只留一次"
    ]


def test_a_swap_with_a_class_that_has_no_turn_that_day_is_found() -> None:
    swap = Swap(date(2026, 9, 22), ONE, TWO, date(2026, 9, 24))

    assert said(make_school(with_exceptions(swaps=(swap,)))) == [
        "swap[1].on: 三(1)班9月22日(二)没有轮借:它的轮借在9月21日(一)或9月28日(一)"
    ]


def test_a_swap_may_build_on_the_one_before_it() -> None:
    first = Swap(date(2026, 9, 21), ONE, TWO, date(2026, 9, 24))
    second = Swap(date(2026, 9, 24), ONE, ClassOfGrade(2, 1), date(2026, 9, 25))

    assert check(make_school(with_exceptions(swaps=(first, second)))) == []


def test_a_swap_that_would_bring_a_class_twice_is_found() -> None:
    five, six = ClassOfGrade(5, 1), ClassOfGrade(6, 2)
    swap = Swap(date(2026, 9, 23), five, six, date(2026, 9, 23))

    assert said(make_school(with_exceptions(swaps=(swap,)))) == [
        "swap[1].with: 这两次轮借换不了:有一个班会重复,或者那天停借;请换一天"
    ]


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(2026, 10, 5), "放假:国庆节"),
        (date(2026, 9, 26), "周末"),
        (date(2027, 2, 3), "不在学期内"),
        (date(2026, 11, 12), "停借:期中考试"),
    ],
)
def test_a_dated_turn_on_a_day_without_lending_is_found(on: date, why: str) -> None:
    exams = Pause("期中考试", date(2026, 11, 12), date(2026, 11, 13))
    kinds = {
        "swap[1].on": {"swaps": (Swap(on, ONE, TWO, date(2026, 9, 24)),)},
        "swap[1].with_on": {"swaps": (Swap(date(2026, 9, 21), ONE, TWO, on),)},
        "extra_turn[1].on": {"extra_turns": (ExtraTurn(on, "班级轮借", ONE),)},
        "change[1].on": {"changes": (Cancelled(on, "班级轮借"),)},
    }
    for place, kind in kinds.items():
        (line,) = said(make_school(with_exceptions(pauses=(exams,), **kind)))

        assert line.startswith(f"{place}: {on.month}月{on.day}日")
        assert f"不能借书({why}):可以改到" in line


def test_a_change_of_what_does_not_take_place_is_found() -> None:
    noon = Window("午间", "free", frozenset({CycleDay(0)}), time(12), time(13))
    changes = (
        Cancelled(date(2026, 9, 22), "午间"),
        Cancelled(date(2026, 9, 22), "班级轮借", (ONE,)),
    )
    changed = make_timetable(windows=(CLASS_WINDOW, noon), exceptions=Exceptions(changes=changes))

    assert said(make_school(changed)) == [
        "change[1].on: 午间9月22日(二)不开:它在9月21日(一)或9月28日(一)开",
        "change[2].classes: 三(1)班9月22日(二)没有轮借:它的轮借在9月21日(一)或9月28日(一)",
    ]


def test_a_cancelled_turn_may_still_be_named_by_a_swap() -> None:
    cancelled = Cancelled(date(2026, 9, 21), "班级轮借")
    swap = Swap(date(2026, 9, 21), ONE, TWO, date(2026, 9, 24))

    found = check(make_school(with_exceptions(changes=(cancelled,), swaps=(swap,))))

    assert found == []


def test_loans_that_fall_due_when_their_class_cannot_come_are_found() -> None:
    # Their last turn before the recall date is in the exams, and they have no free window.
    exams = Pause("期末考试", date(2027, 1, 11), date(2027, 1, 15), frozenset({1, 2}))
    school = make_school(with_exceptions(pauses=(exams,)), lending=lending_of(RULES))

    found = check(school)

    young = (ClassCode("2026-1"), ClassCode("2025-1"))
    assert found[-1] == UnmetDue(
        3, young, date(2027, 1, 8), date(2027, 1, 15), date(2027, 1, 15), 1
    )
    assert said(school)[-1] == (
        "loan_rule[3].period: 一(1)班、二(1)班1月8日(五)借的书1月15日(五)到期,"
        "可是从那天到1月15日(五)都没有他们的轮借或自由借阅:请把lending_ends_on提前,或用[[extra_turn]]加一次"
    )


def test_loans_with_no_day_left_to_come_back_are_found() -> None:
    last = date(2027, 1, 15)
    term = replace(AUTUMN, lending_ends_on=last, recall_on=last)
    lending = [Lending(1, 2, LoanTerms(InDays(7)))]

    found = said(make_school(make_timetable(terms=(term,)), lending=lending))

    assert found[0] == (
        "loan_rule[1].period: 一(1)班、二(1)班、三(1)班、三(2)班、四(2)班、五(1)班等7个班"
        "1月15日(五)借的书,到催还日前没有还书的日子了:请把lending_ends_on提前"
    )


def test_loans_that_may_come_back_at_any_time_are_no_finding() -> None:
    exams = Pause("期末考试", date(2027, 1, 11), date(2027, 1, 15))
    lending = [Lending(1, 2, LoanTerms(InTurns(1)), anytime=True)]

    assert check(make_school(with_exceptions(pauses=(exams,)), lending=lending)) == []


def test_a_target_that_turns_cannot_reach_is_found() -> None:
    days = {day: refs for day, refs in TURNS["班级轮借"].items() if day.weekday == 3}
    timetable = make_timetable(
        turns={"班级轮借": {replace(day, week=0): refs for day, refs in days.items()}}, weeks=2
    )
    school = make_school(
        timetable,
        pupils={ClassCode("2024-2"): 40},
        lending=[Lending(3, 1, STUDENT.terms)],
        target=12,
    )

    (found,) = check(school)

    assert found == TooFewLoans(3, (ClassCode("2024-2"),), turns=9, limit=1, target=12)
    assert said(school) == [
        "school.loans_per_term: 三(2)班每学期只有9次轮借,每次1本,最多9本,不到目标12本:请多排几次,"
        "或把loan_rule[3]的limit改大,或把目标改小"
    ]


def test_a_target_that_turns_reach_is_no_finding() -> None:
    # 18 turns, but the first rule that lends to the class counts.
    lending = [Lending(1, 0, None, frozenset({6})), Lending(2, 1, STUDENT.terms)]

    assert check(make_school(lending=lending, target=9)) == []


def test_the_rules_that_are_checked_lend_ordinary_books_to_pupils() -> None:
    holiday = LoanRule(6, limit=5, terms=STUDENT.terms, when="holiday")

    assert lending_of((*RULES, holiday)) == [Lending(3, 2, STUDENT.terms)]


def test_settings_without_a_term_ahead_are_told() -> None:
    over = make_school(on=date(2027, 3, 1))

    assert check(over)[0] == NoTermAhead(date(2027, 1, 22))
    assert said(over) == ["term: 2027-01-22以后没有学期:请写上下一个[[term]]"]
    assert said(make_school(make_timetable(terms=()))) == ["term: 没有学期:请写一个[[term]]"]
    assert check(make_school(make_timetable(terms=(AUTUMN, SPRING)), on=date(2027, 3, 1))) == []


def test_an_empty_rotation_finds_every_class() -> None:
    timetable = make_timetable(windows=(FREE_WINDOW,), turns={}, holidays=(NATIONAL_DAY,))

    assert check(make_school(timetable)) == [
        NoTurn(ClassCode(code))
        for code in ("2026-1", "2025-1", "2024-1", "2024-2", "2023-2", "2022-1", "2021-2")
    ]


MONDAYS = frozenset({CycleDay(0)})
FOUR = {ClassCode(f"2024-{n}"): 46 if n < 4 else 45 for n in range(1, 5)}


def two_windows(first: Window, second: Window, **kinds: Any) -> Timetable:
    """Build a timetable with two classes each on Monday in two windows."""
    windows = (replace(first, days=MONDAYS), replace(second, days=MONDAYS))
    refs = [ClassOfGrade(3, number) for number in range(1, 5)]
    turns = {first.name: {CycleDay(0): refs[:2]}, second.name: {CycleDay(0): refs[2:]}}
    return make_timetable(windows=windows, turns=turns, **kinds)


def test_windows_at_the_same_time_share_the_lanes() -> None:
    timetable = two_windows(CLASS_WINDOW, replace(CLASS_WINDOW, name="二楼"))
    school = make_school(timetable, pupils=FOUR, pace=Pace(lanes=2))

    assert said(school) == [
        "rotation.turns.班级轮借.mon: 班级轮借 周一16:30、二楼 周一16:30时间重叠,共有4个班183人,"
        "两个通道约能接待126人:请分成2个不重叠的时段或改为两周一轮"
    ]
    assert check(replace(school, pace=Pace(lanes=3))) == []


def test_windows_that_overlap_have_the_lanes_for_the_minutes_of_both() -> None:
    later = replace(CLASS_WINDOW, name="二楼", opens=time(16, 40), closes=time(17, 20))
    timetable = two_windows(CLASS_WINDOW, later)
    school = make_school(timetable, pupils=FOUR, pace=Pace(lanes=2))
    more = dict.fromkeys(FOUR, 55)

    assert check(school) == []  # 183 of 210
    assert said(replace(school, pupils=more))[0].startswith(
        "rotation.turns.班级轮借.mon: 班级轮借 周一16:30、二楼 周一16:40时间重叠,共有4个班220人,"
        "两个通道约能接待210人:"
    )


def test_a_window_that_is_too_full_alone_is_told_alone() -> None:
    later = replace(CLASS_WINDOW, name="二楼", opens=time(16, 40), closes=time(17, 20))
    sizes = dict(zip(FOUR, (70, 60, 10, 10), strict=True))
    school = make_school(two_windows(CLASS_WINDOW, later), pupils=sizes, pace=Pace(lanes=2))

    (line,) = said(school)

    assert line.startswith(
        "rotation.turns.班级轮借.mon: 周一16:30有2个班130人,两个通道约能接待126人:"
    )


def test_windows_of_different_weeks_of_the_term_do_not_share_the_lanes() -> None:
    early = replace(CLASS_WINDOW, to_week=8)
    late = replace(CLASS_WINDOW, name="二楼", from_week=9)
    school = make_school(two_windows(early, late), pupils=FOUR, pace=Pace(lanes=2))

    assert [one for one in check(school) if isinstance(one, Crowded)] == []


def test_a_replacement_is_judged_over_the_days_it_has() -> None:
    week = Replacement(
        "军训",
        date(2026, 11, 2),
        date(2026, 11, 6),
        (CLASS_WINDOW,),
        {"班级轮借": {CycleDay(0): [ONE]}},
    )
    fortnight = replace(week, last_on=date(2026, 11, 13))
    turns = {"班级轮借": {CycleDay(0, 0): [ONE], CycleDay(0, 1): [TWO]}}
    pupils = {ClassCode("2024-1"): 40, ClassCode("2024-2"): 40}

    def replaced(one: Replacement) -> School:
        exceptions = Exceptions(replacements=(one,))
        return make_school(
            make_timetable(turns=turns, weeks=2, exceptions=exceptions), pupils=pupils
        )

    assert check(replaced(week)) == []
    assert said(replaced(fortnight)) == [
        "replacement[1].turns.班级轮借.mon: 三(1)班一轮里有2次轮借(A周周一16:30、B周周一16:30):"
        "请只留一次"
    ]


def test_a_replacement_that_is_too_full_is_not_sent_to_the_plan() -> None:
    week = Replacement(
        "军训",
        date(2026, 11, 2),
        date(2026, 11, 6),
        (CLASS_WINDOW,),
        {"班级轮借": {CycleDay(0): [ClassOfGrade(3, number) for number in range(1, 5)]}},
    )
    days = ("mon", "tue", "wed", "thu")
    turns = {day: [ClassOfGrade(3, number)] for number, day in enumerate(days, 1)}
    plain = with_turns(**turns)
    timetable = make_timetable(turns=plain.turns, exceptions=Exceptions(replacements=(week,)))

    assert said(make_school(timetable, pupils=FOUR, pace=Pace(lanes=2))) == [
        "replacement[1].turns.班级轮借.mon: 周一16:30有4个班183人,两个通道约能接待126人:"
        "请分成2个时段"
    ]


def test_a_class_whose_window_is_over_for_the_term_has_no_turn_any_more() -> None:
    early = replace(CLASS_WINDOW, to_week=8)
    turns = {"班级轮借": {CycleDay(0): [ONE]}}
    timetable = make_timetable(windows=(early,), turns=turns)
    pupils = {ClassCode("2024-1"): 40}

    before = make_school(timetable, pupils=pupils, on=date(2026, 10, 19))
    after = make_school(timetable, pupils=pupils, on=date(2026, 10, 26))

    assert check(before) == []
    assert said(after) == [
        "rotation.turns: 三(1)班10月19日(一)以后没有轮借了:请排进别的时段,"
        "或用 kiosk rotation plan 重排"
    ]


def test_a_class_with_turns_only_in_a_replacement_is_told_so() -> None:
    instead = Replacement(
        "军训",
        date(2026, 11, 2),
        date(2026, 11, 6),
        (CLASS_WINDOW,),
        {"班级轮借": {CycleDay(1): [TWO]}},
    )
    exceptions = Exceptions(replacements=(instead,))
    timetable = make_timetable(turns={"班级轮借": {CycleDay(0): [ONE]}}, exceptions=exceptions)
    pupils = {ClassCode("2024-1"): 40, ClassCode("2024-2"): 40}

    assert said(make_school(timetable, pupils=pupils)) == [
        "rotation.turns: 三(2)班只在replacement[1]里有轮借:请在rotation.turns里也排一次,"
        "或用 kiosk rotation plan 重排"
    ]


def test_a_replacement_for_the_rest_of_the_term_gives_and_takes_turns() -> None:
    instead = Replacement(
        "改造",
        date(2026, 9, 7),
        date(2027, 1, 22),
        (CLASS_WINDOW,),
        {"班级轮借": {CycleDay(1): [TWO]}},
    )
    exceptions = Exceptions(replacements=(instead,))
    timetable = make_timetable(turns={"班级轮借": {CycleDay(0): [ONE]}}, exceptions=exceptions)

    pupils = {ClassCode("2024-1"): 40, ClassCode("2024-2"): 40}

    assert check(make_school(timetable, pupils=pupils)) == [NoTurn(ClassCode("2024-1"))]


def test_at_the_end_of_the_term_no_class_is_told_to_have_no_turn() -> None:
    for on in (date(2027, 1, 6), date(2027, 1, 8), date(2027, 1, 22)):
        assert check(make_school(on=on)) == []


def test_pupils_of_a_class_that_has_left_take_no_time() -> None:
    left = ClassOfCohort(ClassCode("2019-1"))
    timetable = with_turns(mon=[ONE, left], tue=[left])
    pupils = {ClassCode("2024-1"): 40, ClassCode("2019-1"): 40}

    assert said(make_school(timetable, pupils=pupils, pace=Pace(lanes=1))) == [
        "rotation.turns.班级轮借.mon: 2019级(1)班已经毕业离校:请从安排表里去掉",
        "rotation.turns.班级轮借.tue: 2019级(1)班已经毕业离校:请从安排表里去掉",
    ]


def test_a_rule_that_nobody_can_match_is_told_with_its_place() -> None:
    words = Words("zh_CN")
    say = Saying(ClassNames("{grade}({number})班", 6, words), words, TODAY)
    never = replace(STUDENT, number=6)

    told = rule_lines(odd_rules((*RULES, never)), say)

    assert told == [
        "loan_rule[6]: 前面的loan_rule[1]、loan_rule[3]已经全部包括了它,轮不到这一条:请移到前面"
    ]


@pytest.mark.parametrize(
    ("pace", "minutes", "room"),
    [(Pace(2), 30, 126), (Pace(1), 30, 63), (Pace(2, 25), 30, 100), (Pace(0), 30, 0)],
)
def test_a_lane_is_used_for_seventy_percent_of_the_time(
    pace: Pace, minutes: int, room: int
) -> None:
    assert pace.room(minutes) == room


def test_classes_stay_whole_when_openings_are_counted() -> None:
    assert openings_needed([45] * 7, room=126) == 4
    assert openings_needed([130, 20], room=126) == 2


ON = ("--on", "2026-09-10")


def test_the_command_says_that_nothing_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, school_with_turns(), TWO_CLASSES)

    assert kiosk(config, "rotation", "check", *ON) == 0
    assert capsys.readouterr() == ("轮流安排表没有发现问题。\n", "")


def test_the_command_prints_a_line_for_each_finding_and_exits_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = '[rotation.turns."班级轮借"]\nmon = ["三(1)班", "三(2)班", "三(3)班"]\n'
    config = make_folder(tmp_path, school_with_turns(turns), {**TWO_CLASSES, "2024-3": 50})

    assert kiosk(config, "rotation", "check", *ON) == 1
    assert capsys.readouterr().out == (
        "rotation.turns.班级轮借.mon: 周一16:30有3个班135人,两个通道约能接待126人:请分成2个时段,"
        "或用 kiosk rotation plan 平均分到别的时段\n"
    )


def test_rules_that_nobody_can_match_are_findings_of_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = '\n[[loan_rule]]\nreaders = ["student"]\nlimit = 9\nperiod = "9 days"\n'
    config = make_folder(tmp_path, school_with_turns() + again, TWO_CLASSES)

    assert kiosk(config, "rotation", "check", *ON) == 1
    assert capsys.readouterr().out.startswith("loan_rule[2]: 前面的loan_rule[1]已经全部包括了它")


def test_a_last_lending_day_on_which_nobody_can_borrow_is_told_once_a_term(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = school_with_turns().replace("lending_ends_on = 2027-01-08\n", "")
    # Without the dates the term ends lending on its last day, a Friday, on which a class comes.
    text = text.replace("recall_on = 2027-01-22\n", "").replace("tue = [", "fri = [")
    later = "[[term]]\nstarts_on = 2027-02-22\nends_on = 2027-07-02\n"
    later += "lending_ends_on = 2027-06-18\nrecall_on = 2027-06-25\n\n"
    config = make_folder(tmp_path, text.replace("[[term]]", f"{later}[[term]]"), TWO_CLASSES)

    assert kiosk(config, "rotation", "check", *ON) == 1
    assert capsys.readouterr().out == (
        "term[2].lending_ends_on: 最后的借书日1月22日(五)其实借不了:已经没有还书的日子;"
        "请改成2027-01-15\n"
    )


def test_a_last_lending_day_of_some_grades_is_told_at_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = "\n[[term.early]]\ngrades = [6]\nrecall_on = 2027-01-06\n"
    text = school_with_turns().replace(
        "recall_on = 2027-01-22\n", f"recall_on = 2027-01-22\n{early}"
    )
    config = make_folder(tmp_path, text, TWO_CLASSES)

    assert kiosk(config, "rotation", "check", *ON) == 1
    assert capsys.readouterr().out.startswith(
        "term[1].early[1].lending_ends_on: 最后的借书日1月6日(三)"
    )
    config.write_text(
        text.replace("2027-01-06", "2027-01-06\nlending_ends_on = 2026-12-30"), "utf-8"
    )
    assert kiosk(config, "rotation", "check", *ON) == 0


@pytest.mark.parametrize("pupils", [None, {}])
def test_without_classes_on_record_the_command_checks_the_settings_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pupils: dict[str, int] | None
) -> None:
    config = make_folder(tmp_path, school_with_turns(), pupils)

    assert kiosk(config, "rotation", "check", *ON) == 0
    told = capsys.readouterr()
    assert told.out == "轮流安排表没有发现问题。\n"
    assert told.err.endswith("名册里还没有班级:只按设置检查。\n")


def test_faults_of_the_settings_are_not_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, school_with_turns(TURNS_OF_NOBODY), TWO_CLASSES)

    assert kiosk(config, "rotation", "check", *ON) == 2
    assert "rotation.turns.没有的时段" in capsys.readouterr().err


TURNS_OF_NOBODY = '[rotation.turns."没有的时段"]\nmon = ["三(1)班"]\n'


def test_pupils_whose_cards_have_run_out_do_not_come(tmp_path: Path) -> None:
    make_folder(tmp_path, SETTINGS, {"2024-1": 3, "2024-2": 0})
    ledger = open_ledger(tmp_path / "kiosk.db")
    ledger.db.execute("UPDATE reader SET expires_on = '2026-09-09' WHERE card = 'R2024-1-0'")
    ledger.db.execute("UPDATE reader SET kind = 'class' WHERE card = 'R2024-1-1'")

    assert pupils_by_class(ledger.db, date(2026, 9, 9)) == {"2024-1": 2, "2024-2": 0}
    assert pupils_by_class(ledger.db, date(2026, 9, 10)) == {"2024-1": 1, "2024-2": 0}
    ledger.close()
