"""The proposed rotation: every class once, evenly, and nobody moved without need."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain import ClassCode
from kiosk.rotation.capacity import Pace
from kiosk.rotation.checking import School, check
from kiosk.rotation.findings import Crowded, EmptyWindow
from kiosk.rotation.planning import Proposal, Wish, propose
from kiosk.rotation.seating import ClassSize, Place
from kiosk.rotation.windows import ClassOfCohort, CycleDay, Turns, Window
from tests.builders import CLASS_WINDOW, make_timetable
from tests.rotation_school import SIX_GRADES, TWO_CLASSES, kiosk, make_folder, with_turns

ON = date(2026, 9, 10)
NOON = Window("午间轮借", "class", CLASS_WINDOW.days, time(12, 30), time(13))
YOUNG = replace(NOON, grades=frozenset({1, 2}))
UPSTAIRS = replace(CLASS_WINDOW, name="二楼", opens=time(16, 40), closes=time(17, 20))
ROOMY = Pace(lanes=40)


def size(grade: int, number: int, pupils: int) -> ClassSize:
    """Build a class of the school year 2026."""
    return ClassSize(ClassCode(f"{2027 - grade}-{number}"), grade, number, pupils)


@st.composite
def schools(draw: st.DrawFn) -> tuple[ClassSize, ...]:
    """Draw the classes of a school of up to six grades."""
    per_grade = draw(st.lists(st.integers(0, 6), min_size=1, max_size=6))
    places = [
        (grade, number)
        for grade, count in enumerate(per_grade, 1)
        for number in range(1, count + 1)
    ]
    return tuple(size(*place, draw(st.integers(1, 55))) for place in places)


def wish(
    classes: tuple[ClassSize, ...], *windows: Window, pace: Pace = ROOMY, together: bool = False
) -> Wish:
    return Wish(classes, windows or (CLASS_WINDOW,), pace, together=together)


def with_turns_of(wanted: Wish, plan: Proposal) -> Wish:
    """Wish for a plan over the turns of another."""
    turns: dict[str, dict[CycleDay, list[ClassOfCohort]]] = {}
    for place, classes in plan.turns.items():
        day = CycleDay(place.weekday, place.week if plan.weeks > 1 else None)
        named = turns.setdefault(place.window, {}).setdefault(day, [])
        named += [ClassOfCohort(code) for code in classes]
    held: Turns = turns
    return replace(wanted, turns=held, turns_weeks=plan.weeks)


def loads(plan: Proposal, classes: tuple[ClassSize, ...]) -> dict[Place, int]:
    pupils = {one.code: one.pupils for one in classes}
    return {place: sum(map(pupils.__getitem__, codes)) for place, codes in plan.turns.items()}


def is_even(plan: Proposal, classes: tuple[ClassSize, ...], *, by: int) -> bool:
    """Tell whether no opening is fuller for its length than another by so many biggest classes."""
    more = by * max((one.pupils for one in classes), default=0)
    found = loads(plan, classes)
    return all(found[a] * b.minutes <= (found[b] + more) * a.minutes for a in found for b in found)


def moved(before: Proposal, after: Proposal) -> list[ClassCode]:
    return [
        code
        for codes in before.turns.values()
        for code in codes
        if before.place_of(code) != after.place_of(code)
    ]


@given(schools(), st.booleans(), st.sampled_from([Pace(1), Pace(2), ROOMY]))
@settings(max_examples=60, deadline=None)
def test_every_class_has_exactly_one_turn_in_the_cycle(
    classes: tuple[ClassSize, ...], together: bool, pace: Pace
) -> None:
    plan = propose(wish(classes, CLASS_WINDOW, YOUNG, pace=pace, together=together), on=ON)

    named = Counter(code for codes in plan.turns.values() for code in codes)
    assert named == {one.code: 1 for one in classes}


@given(schools())
@settings(max_examples=60, deadline=None)
def test_the_fullest_opening_is_within_one_class_of_the_emptiest(
    classes: tuple[ClassSize, ...],
) -> None:
    long_noon = replace(NOON, closes=time(13, 30))
    plan = propose(wish(classes, CLASS_WINDOW, long_noon), on=ON)

    assert plan.weeks == 1
    assert is_even(plan, classes, by=1)


@given(schools())
@settings(max_examples=60, deadline=None)
def test_grades_kept_together_are_within_two_classes(classes: tuple[ClassSize, ...]) -> None:
    plan = propose(wish(classes, together=True), on=ON)

    assert plan.is_together
    assert is_even(plan, classes, by=2)
    days_of: dict[str, list[int]] = {}
    used = [codes for codes in plan.turns.values() if codes]
    for day, codes in enumerate(used):
        for cohort in {code.partition("-")[0] for code in codes}:
            days_of.setdefault(cohort, []).append(day)
    assert all(days == list(range(days[0], days[-1] + 1)) for days in days_of.values())


@given(schools(), st.integers(1, 6), st.integers(1, 55))
@settings(max_examples=60, deadline=None)
def test_a_class_that_is_added_moves_no_other(
    classes: tuple[ClassSize, ...], grade: int, pupils: int
) -> None:
    before = propose(wish(classes, CLASS_WINDOW, NOON), on=ON)
    more = (*classes, size(grade, 9, pupils))

    after = propose(with_turns_of(wish(more, CLASS_WINDOW, NOON), before), on=ON)

    assert moved(before, after) == []
    assert after.place_of(more[-1].code) is not None
    assert is_even(after, more, by=1)


@given(schools(), st.booleans(), st.sampled_from([Pace(1), Pace(2)]))
@settings(max_examples=60, deadline=None)
def test_a_plan_over_its_own_turns_is_the_same_plan(
    classes: tuple[ClassSize, ...], together: bool, pace: Pace
) -> None:
    wanted = wish(classes, CLASS_WINDOW, YOUNG, pace=pace, together=together)
    plan = propose(wanted, on=ON)

    again = propose(with_turns_of(wanted, plan), on=ON)

    assert again == replace(plan, kept=frozenset(one.code for one in classes))


def test_the_shortest_cycle_is_found_at_once_and_not_only_over_the_turns_of_a_longer_one() -> None:
    sizes = {3: (10, 10, 10, 10, 11), 4: (11, 32, 44, 44, 44, 54)}
    classes = tuple(size(grade, n, one) for grade in sizes for n, one in enumerate(sizes[grade], 1))

    plan = propose(wish(classes, CLASS_WINDOW, YOUNG, pace=Pace(1)), on=ON)

    assert (plan.weeks, plan.excess, plan.kept) == (1, 0, frozenset())


@given(schools(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_in_which_classes_are_told_does_not_matter(
    classes: tuple[ClassSize, ...], random: object
) -> None:
    shuffled = list(classes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    plan = propose(wish(tuple(shuffled)), on=ON)

    assert plan == propose(wish(classes), on=ON)


@given(schools(), st.booleans(), st.sampled_from([Pace(1), Pace(2), ROOMY]))
@settings(max_examples=40, deadline=None)
def test_a_plan_with_time_for_all_passes_the_check(
    classes: tuple[ClassSize, ...], together: bool, pace: Pace
) -> None:
    windows = (CLASS_WINDOW, NOON)
    plan = propose(wish(classes, *windows, pace=pace, together=together), on=ON)
    turns = with_turns_of(wish(classes), plan).turns or {}
    timetable = make_timetable(windows=windows, turns=turns, weeks=plan.weeks)

    found = check(School(timetable, ON, 6, pace, {one.code: one.pupils for one in classes}))

    crowded = any(isinstance(one, Crowded) for one in found)
    assert crowded == (plan.excess > 0)
    assert [one for one in found if not isinstance(one, Crowded | EmptyWindow)] == []


@given(
    schools(),
    st.booleans(),
    st.sampled_from([Pace(1), Pace(2)]),
    st.sampled_from([(UPSTAIRS,), (UPSTAIRS, replace(CLASS_WINDOW, name="三楼"))]),
)
@settings(max_examples=40, deadline=None)
def test_a_plan_for_windows_that_overlap_passes_the_check(
    classes: tuple[ClassSize, ...], together: bool, pace: Pace, others: tuple[Window, ...]
) -> None:
    windows = (CLASS_WINDOW, *others)
    plan = propose(wish(classes, *windows, pace=pace, together=together), on=ON)
    turns = with_turns_of(wish(classes), plan).turns or {}
    timetable = make_timetable(windows=windows, turns=turns, weeks=plan.weeks)

    found = check(School(timetable, ON, 6, pace, {one.code: one.pupils for one in classes}))

    crowded = any(isinstance(one, Crowded) for one in found)
    assert crowded == (plan.excess > 0)


@pytest.mark.parametrize("together", [False, True])
def test_windows_that_overlap_are_filled_for_the_minutes_of_both(together: bool) -> None:
    # 50 minutes of two lanes serve 210 pupils: four classes of 46, and not five.
    monday = frozenset({CycleDay(0)})
    windows = (replace(CLASS_WINDOW, days=monday), replace(UPSTAIRS, days=monday))
    classes = tuple(size(1, number, 46) for number in range(1, 6))
    wanted = replace(wish(classes, *windows, pace=Pace(2), together=together), weeks=(1,))

    assert propose(wanted, on=ON).excess == 5 * 46 - 210
    assert propose(replace(wanted, classes=classes[:4]), on=ON).excess == 0


def test_windows_at_the_same_time_are_one_when_pupils_are_spread() -> None:
    upstairs = replace(CLASS_WINDOW, name="二楼", days=frozenset({CycleDay(0)}))
    classes = tuple(size(1, number, 30) for number in range(1, 11))

    plan = propose(wish(classes, CLASS_WINDOW, upstairs), on=ON)

    per_day = Counter(place.weekday for place, codes in plan.turns.items() for _ in codes)
    assert per_day == {0: 2, 1: 2, 2: 2, 3: 2, 4: 2}


def test_a_class_goes_only_where_its_grade_is_meant() -> None:
    classes = tuple(size(grade, 1, 40) for grade in range(1, 7))

    plan = propose(wish(classes, YOUNG), on=ON)

    assert plan.shut_out == ("2024-1", "2023-1", "2022-1", "2021-1")
    assert plan.place_of(ClassCode("2026-1")) is not None


def test_the_cycle_is_as_short_as_the_lanes_allow() -> None:
    # 5 openings of 30 minutes serve 126 pupils each: 15 classes of 42 a week.
    classes = tuple(size(grade, number, 42) for grade in range(1, 7) for number in range(1, 7))

    plan = propose(wish(classes, pace=Pace(2)), on=ON)

    assert (plan.weeks, plan.excess) == (3, 0)
    assert set(loads(plan, classes).values()) <= {84, 126}


def test_a_plan_for_too_many_pupils_says_how_many_are_left_over() -> None:
    classes = tuple(size(grade, number, 42) for grade in range(1, 7) for number in range(1, 7))

    plan = propose(replace(wish(classes, pace=Pace(2)), weeks=(2,)), on=ON)

    assert (plan.weeks, plan.excess) == (2, 36 * 42 - 10 * 126)


def test_room_goes_before_an_even_spread() -> None:
    # Evenly by size, 50 and 20 would stand in one opening of 63; only 50 + 10 and 40 + 20 fit.
    short = replace(CLASS_WINDOW, days=frozenset({CycleDay(0), CycleDay(1)}))
    classes = (size(1, 1, 50), size(1, 2, 40), size(1, 3, 20), size(1, 4, 10))

    plan = propose(replace(wish(classes, short, pace=Pace(1)), weeks=(1,)), on=ON)

    assert plan.excess == 0
    assert sorted(loads(plan, classes).values()) == [60, 60]


def test_turns_that_are_known_are_kept_though_another_spread_were_evener() -> None:
    classes = (size(1, 1, 30), size(1, 2, 30), size(1, 3, 30))
    monday = {CycleDay(0): [ClassOfCohort(classes[0].code)]}
    turns: Turns = {"班级轮借": {**monday, CycleDay(4): [ClassOfCohort(classes[1].code)]}}

    plan = propose(replace(wish(classes), turns=turns), on=ON)

    days = [plan.place_of(one.code) for one in classes]
    assert [place and place.weekday for place in days] == [0, 4, 1]


def test_a_class_with_two_turns_has_no_valid_one_to_keep() -> None:
    one = size(1, 1, 30)
    ref = ClassOfCohort(one.code)
    turns: Turns = {"班级轮借": {CycleDay(3): [ref], CycleDay(4): [ref]}}

    plan = propose(replace(wish((one,)), turns=turns), on=ON)

    place = plan.place_of(one.code)
    assert place is not None
    assert place.weekday == 0


ARGUMENTS = ("--on", "2026-09-10")


def test_the_command_prints_the_tables_to_paste(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), {**TWO_CLASSES, "2024-3": 41})

    assert kiosk(config, "rotation", "plan", *ARGUMENTS) == 0
    assert capsys.readouterr() == (
        '[rotation]\nweeks = 1\n\n[rotation.turns."班级轮借"]\n'
        'mon = ["三(1)班"]  # 1个班40人,最多126人\n'
        'tue = ["三(2)班"]  # 1个班45人,最多126人\n'
        'wed = ["三(3)班"]  # 1个班41人,最多126人\n',
        "排了3个班,2个班不变\n",
    )


@pytest.mark.parametrize("wished", [(), ("--together",), ("--weeks", "2")])
def test_a_plan_that_is_written_passes_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wished: tuple[str, ...]
) -> None:
    config = make_folder(tmp_path, with_turns(), SIX_GRADES)
    assert kiosk(config, "rotation", "check", *ARGUMENTS) == 1
    capsys.readouterr()

    assert kiosk(config, "rotation", "plan", "--write", *wished, *ARGUMENTS) == 0
    assert "已写入" in capsys.readouterr().err
    assert kiosk(config, "rotation", "check", *ARGUMENTS) == 0
    assert "\n# Pupils first.\n[[loan_rule]]\n" in config.read_text(encoding="utf-8")
    (copy,) = tmp_path.glob("kiosk.toml.before-plan-*")
    assert copy.read_text(encoding="utf-8") == with_turns()


def test_a_plan_with_too_little_time_says_what_would_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), dict.fromkeys(SIX_GRADES, 80))

    assert kiosk(config, "rotation", "plan", "--weeks", "1", *ARGUMENTS) == 1
    assert capsys.readouterr().err == (
        "排了12个班,2个班不变\n"
        "一周一轮还有330人来不及借:要12个30分钟的时段(现在5个),或者要4个通道(现在2个)\n"
    )


def test_a_class_that_no_window_is_for_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = with_turns("").replace('kind = "class"\n', 'kind = "class"\ngrades = [3]\n')
    config = make_folder(tmp_path, text, {**TWO_CLASSES, "2026-1": 40})

    assert kiosk(config, "rotation", "plan", *ARGUMENTS) == 1
    assert "没有给一(1)班的时段" in capsys.readouterr().err


def test_only_the_windows_that_are_named_are_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noon = """\
[[window]]
name = "午间"
kind = "class"
days = ["wed"]
from = 12:00:00
to = 13:00:00

"""
    config = make_folder(tmp_path, with_turns().replace("# Whose", noon + "# Whose"), TWO_CLASSES)

    assert kiosk(config, "rotation", "plan", "--windows", "午间", *ARGUMENTS) == 0
    assert '[rotation.turns."午间"]\nwed = ["三(1)班", "三(2)班"]' in capsys.readouterr().out
    assert kiosk(config, "rotation", "plan", "--windows", "大课间", *ARGUMENTS) == 2
    assert capsys.readouterr().err == (
        "--windows: expected windows of kind class (班级轮借, 午间), found 大课间\n"
    )


def test_without_classes_on_record_there_is_nobody_to_plan_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), {})

    assert kiosk(config, "rotation", "plan", *ARGUMENTS) == 1
    assert capsys.readouterr().err.endswith(
        "There is nobody to plan for: `kiosk import readers FILE` first.\n"
    )


def test_days_named_by_the_week_of_the_cycle_fix_its_length(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = with_turns("").replace("weeks = 1", "weeks = 2")
    days = 'days = ["mon", "tue", "wed", "thu", "fri"]\nfrom = 10'
    config = make_folder(tmp_path, text.replace(days, 'days = ["A.mon"]\nfrom = 10'), TWO_CLASSES)

    assert kiosk(config, "rotation", "plan", *ARGUMENTS) == 0
    assert capsys.readouterr().out.startswith("[rotation]\nweeks = 2\n")


UPSTAIRS_TOML = """\
[[window]]
name = "二楼"
kind = "class"
days = ["mon", "tue", "wed", "thu", "fri"]
from = 16:40:00
to = 17:20:00

"""


def test_the_command_says_which_windows_share_their_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = with_turns("").replace("# Whose", UPSTAIRS_TOML + "# Whose")
    config = make_folder(tmp_path, text, dict.fromkeys(SIX_GRADES, 100))

    assert kiosk(config, "rotation", "plan", "--weeks", "1", *ARGUMENTS) == 1
    told = capsys.readouterr()
    assert "人,最多126人,与二楼合用通道\n" in told.out
    assert "要12个40分钟、互不重叠的时段(现在5个)" in told.err


def test_a_window_that_is_over_for_the_term_is_not_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    over = UPSTAIRS_TOML.replace("to = 17:20:00", "to = 17:20:00\nto_week = 1")
    text = with_turns("").replace("# Whose", over + "# Whose")
    config = make_folder(tmp_path, text, SIX_GRADES)

    assert kiosk(config, "rotation", "plan", *ARGUMENTS) == 0
    assert "二楼" not in capsys.readouterr().out
    assert kiosk(config, "rotation", "plan", "--on", "2026-09-04") == 0
    assert "二楼" in capsys.readouterr().out


def test_a_plan_that_changes_nothing_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = make_folder(tmp_path, with_turns(), TWO_CLASSES)

    assert kiosk(config, "rotation", "plan", "--write", *ARGUMENTS) == 0
    told = capsys.readouterr().err
    assert f"{config} 里已经是这样的安排,没有改动\n" in told
    assert "已写入" not in told
    assert config.read_text(encoding="utf-8") == with_turns()
    assert list(tmp_path.glob("*before-plan*")) == []
