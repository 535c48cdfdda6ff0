"""Windows: whose turn it is, when the reader may come, and what a session keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    AUTUMN,
    CLASS_WINDOW,
    FREE_WINDOW,
    IN_ROOM,
    RULES,
    STUDENT,
    local,
    make_item,
    make_policy,
    make_reader,
    make_timetable,
)
from rules_desk import AT_BREAK, CLOSED, IN_TURN, codes, lend, refused_blocks

from kiosk.calendar import Term
from kiosk.domain import Block, BlockCode, ClassCode, ReaderKind
from kiosk.domain.facts import Kept
from kiosk.rotation.exceptions import Exceptions, ExtraTurn
from kiosk.rotation.live import Live, OpenedNow, TurnKey
from kiosk.rotation.windows import ClassOfCohort, CycleDay
from kiosk.rules.decision import Allowed, Policy, Refused


def test_outside_all_windows_it_is_closed_and_the_next_opening_is_told() -> None:
    assert lend(CLOSED) == Refused(
        (
            Block(
                BlockCode.WINDOW_CLOSED,
                {
                    "next_at": "2026-09-10T16:30",
                    "next_window": "班级轮借",
                    "next_kind": "class",
                },
            ),
        )
    )


def test_in_another_classs_turn_the_own_turn_is_told_although_a_break_comes_sooner() -> None:
    assert lend(reader=make_reader("2024-1")) == Refused(
        (
            Block(
                BlockCode.NOT_YOUR_TURN,
                {
                    "now": "2024-2",
                    "next_at": "2026-09-14T16:30",
                    "next_window": "班级轮借",
                    "next_kind": "class",
                    "sooner_at": "2026-09-11T10:00",
                    "sooner_window": "大课间",
                },
            ),
        )
    )


def test_no_sooner_chance_is_told_where_there_is_none() -> None:
    turns_only = make_policy(make_timetable(windows=(CLASS_WINDOW,)))

    (block,) = refused_blocks(lend(reader=make_reader("2024-1"), policy=turns_only))

    assert block.values["next_at"] == "2026-09-14T16:30"
    assert "sooner_at" not in block.values


def test_a_class_without_a_turn_is_told_its_next_break() -> None:
    (block,) = refused_blocks(lend(reader=make_reader("2021-1")))

    assert block.code is BlockCode.NOT_YOUR_TURN
    assert block.values["next_at"] == "2026-09-11T10:00"
    assert block.values["next_window"] == "大课间"


def test_all_classes_of_a_turn_are_told() -> None:
    (block,) = refused_blocks(lend("2026-09-09 16:34"))

    assert block.values["now"] == "2021-2 2022-1"


def test_a_break_for_other_grades_is_closed_not_another_classs_turn() -> None:
    assert codes(lend(AT_BREAK, reader=make_reader("2025-1"))) == ["window_closed"]


def test_a_class_window_without_a_class_is_closed() -> None:
    policy = make_policy(make_timetable(turns={}))

    assert codes(lend(policy=policy)) == ["window_closed"]


@pytest.mark.parametrize(
    ("school_class", "at", "code"),
    [
        ("2024-2", "2026-09-10 17:00", None),
        ("2024-2", "2026-09-10 17:04:59", None),
        ("2024-2", "2026-09-10 17:05", "window_closed"),
        ("2024-1", "2026-09-10 16:59:59", "not_your_turn"),
        ("2024-1", "2026-09-10 17:00", "window_closed"),  # grace is closed to all others
        ("2024-1", "2026-09-10 16:29:59", "window_closed"),
    ],
)
def test_the_grace_of_a_turn_is_open_to_its_class_and_closed_to_others(
    school_class: str, at: str, code: str | None
) -> None:
    assert codes(lend(at, reader=make_reader(school_class))) == ([code] if code else [])


def test_a_session_keeps_the_window_it_began_in_until_the_carry_is_over() -> None:
    kept = Kept("班级轮借", local("2026-09-10 17:08"))

    assert lend("2026-09-10 17:07:59", kept=kept) == Allowed(STUDENT, date(2026, 9, 17), "班级轮借")
    assert codes(lend("2026-09-10 17:08", kept=kept)) == ["window_closed"]


def test_a_kept_break_lasts_into_another_classs_turn() -> None:
    kept = Kept("大课间", local("2026-09-10 16:40"))

    assert isinstance(lend(reader=make_reader("2024-1"), kept=kept), Allowed)


def test_a_kept_reading_window_lends_nothing_out_of_the_room() -> None:
    in_room = make_policy(rules=(replace(IN_ROOM, anytime=False), *RULES[2:]))
    kept = Kept("午间阅览", local("2026-09-10 12:10"), in_room_only=True)
    reference = make_item(collection="reference")

    assert codes(lend(CLOSED, policy=in_room, kept=kept)) == ["window_closed"]
    assert lend(CLOSED, policy=in_room, kept=kept, item=reference) == Allowed(
        in_room.rules[0], date(2026, 9, 10), "午间阅览"
    )


@pytest.mark.parametrize("minute", range(0, 24 * 60, 7))
def test_never_both_another_classs_turn_and_closed(minute: int) -> None:
    at = (local("2026-09-10 00:00") + timedelta(minutes=minute)).strftime("%Y-%m-%d %H:%M")
    for school_class in ("2024-1", "2024-2", "2025-1", "2021-1", None):
        found = codes(lend(at, reader=make_reader(school_class)))
        assert len({"not_your_turn", "window_closed"} & set(found)) <= 1


def test_a_window_that_staff_opened_serves_its_class_and_nobody_else() -> None:
    opened = OpenedNow(
        7, local("2026-09-10 12:00"), local("2026-09-10 12:30"), (ClassCode("2024-1"),)
    )
    policy = make_policy(make_timetable().with_live(Live(opened=(opened,))))

    assert lend(CLOSED, reader=make_reader("2024-1"), policy=policy) == Allowed(
        STUDENT, date(2026, 9, 21), ""
    )
    assert codes(lend(CLOSED, policy=policy)) == ["not_your_turn"]


def test_a_turn_that_was_cancelled_is_closed_to_its_class() -> None:
    key = TurnKey(ClassCode("2024-2"), "班级轮借", date(2026, 9, 10))
    policy = make_policy(make_timetable().with_live(Live(cancelled=frozenset({key}))))

    assert codes(lend(IN_TURN, policy=policy)) == ["window_closed"]


# Classes that have left, or have not come yet.

BY_KEY = replace(CLASS_WINDOW, name="按届轮借")
NEXT_YEAR = Term("", date(2027, 9, 1), date(2028, 1, 14), date(2028, 1, 7), date(2028, 1, 7))


def keyed(*classes: str) -> Policy:
    """Give classes a turn by their keys each Thursday, this school year and the next."""
    turns = {"按届轮借": {CycleDay(3): [ClassOfCohort(ClassCode(code)) for code in classes]}}
    return make_policy(
        make_timetable(terms=(AUTUMN, NEXT_YEAR), windows=(BY_KEY, FREE_WINDOW), turns=turns)
    )


def test_a_class_that_has_left_or_not_come_yet_has_no_turn_any_more() -> None:
    gone_and_to_come = keyed("2020-1", "2027-1")
    reader = make_reader("2024-1")

    (block,) = refused_blocks(lend(reader=reader, policy=gone_and_to_come))
    beside = refused_blocks(lend(reader=reader, policy=keyed("2020-1", "2024-2")))

    assert block.code is BlockCode.WINDOW_CLOSED
    assert block.values["next_at"] == "2026-09-11T10:00"
    assert [(one.code.value, one.values["now"]) for one in beside] == [("not_your_turn", "2024-2")]


def test_a_five_year_school_has_no_turn_for_a_class_of_the_sixth_year() -> None:
    timetable = make_timetable(grades=5)

    assert [one.classes for one in timetable.openings_on(date(2026, 9, 9))] == [(), ("2022-1",)]


def test_no_extra_turn_is_given_to_a_class_that_has_left() -> None:
    extra = ExtraTurn(date(2026, 9, 11), "班级轮借", ClassOfCohort(ClassCode("2020-1")))
    timetable = make_timetable(exceptions=Exceptions(extra_turns=(extra,)))

    assert timetable.openings_on(date(2026, 9, 11)) == make_timetable().openings_on(
        date(2026, 9, 11)
    )


@pytest.mark.parametrize(
    ("school_class", "kind", "next_at"),
    [
        ("2021-1", "student", None),  # gone by September
        ("2021-1", "class", None),
        ("2022-1", "student", "2027-09-01T10:00"),
        ("2021-1", "teacher", "2027-09-01T10:00"),  # stays
    ],
)
def test_nobody_is_told_to_come_when_the_class_has_left_by_then(
    school_class: str, kind: ReaderKind, next_at: str | None
) -> None:
    rules = (replace(STUDENT, readers=frozenset()),)
    policy = replace(keyed("2021-1", "2024-2"), rules=rules)
    reader = make_reader(school_class, kind=kind)
    at = "2027-05-04 12:00"

    closed = refused_blocks(lend(at, reader=reader, policy=policy))[0]
    opening = policy.timetable.next_opening(reader.member, local(at))

    assert closed.values["next_at"] == next_at
    assert (opening is None) is (next_at is None)
