"""The decision: one promise per reason, their order, and what is counted and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    AUTUMN,
    IN_ROOM,
    RULES,
    SPRING,
    STUDENT,
    TEACHER,
    local,
    make_item,
    make_loan,
    make_policy,
    make_reader,
    make_teacher,
    make_timetable,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rules_desk import AT_BREAK, CLOSED, LATE, POLICY, codes, lend

from kiosk.domain import BLOCK_ORDER, Block, BlockCode, ReaderKind
from kiosk.domain.facts import Kept
from kiosk.rules.decision import (
    Allowed,
    Decision,
    Moment,
    Refused,
    Request,
    decide_check_out,
    has_expired,
    loans_under,
)


def test_a_pupil_in_the_own_turn_may_borrow_until_the_next_turn() -> None:
    assert lend() == Allowed(STUDENT, date(2026, 9, 17), "班级轮借")


def test_a_pupil_may_borrow_in_a_free_window() -> None:
    assert lend(AT_BREAK) == Allowed(STUDENT, date(2026, 9, 17), "大课间")


def test_a_teacher_may_borrow_at_any_time() -> None:
    assert lend(CLOSED, reader=make_teacher()) == Allowed(TEACHER, date(2026, 11, 9), None)


# One promise per reason.


def test_under_a_doubted_clock_nothing_is_lent_and_nothing_is_said_of_days() -> None:
    refused = lend(CLOSED, loans=(LATE,), clock="doubted")

    assert refused == Refused((Block(BlockCode.CLOCK_DOUBTED),))


def test_what_does_not_hang_on_the_day_is_still_said_under_a_doubted_clock() -> None:
    refused = lend(
        reader=make_reader(status="suspended"),
        item=make_item(status="in_repair"),
        loans=(make_loan(2), make_loan(3)),
        clock="doubted",
    )

    assert codes(refused) == [
        "clock_doubted",
        "reader_suspended",
        "item_in_repair",
        "limit_reached",
    ]


def test_a_confirmed_clock_is_as_good_as_any() -> None:
    assert isinstance(lend(clock="confirmed"), Allowed)


def test_a_card_reported_lost_during_its_session_borrows_nothing_more() -> None:
    assert codes(lend(reader=make_reader(status="lost"))) == ["card_lost"]


def test_a_suspended_reader_borrows_nothing() -> None:
    assert codes(lend(reader=make_reader(status="suspended"))) == ["reader_suspended"]


def test_a_card_is_good_on_its_last_day_and_not_after() -> None:
    on_the_day = make_reader(expires_on=date(2026, 9, 10))
    the_day_before = make_reader(expires_on=date(2026, 9, 9))

    assert isinstance(lend(reader=on_the_day), Allowed)
    assert lend(reader=the_day_before) == Refused(
        (Block(BlockCode.READER_EXPIRED, {"expires_on": "2026-09-09"}),)
    )


@pytest.mark.parametrize(
    ("school_class", "kind", "grades", "expired"),
    [
        ("2021-1", "student", 6, False),
        ("2020-1", "student", 6, True),
        ("2020-1", "class", 6, True),
        ("2020-1", "teacher", 6, False),
        ("2021-1", "student", 5, True),  # a five-year school
        (None, "student", 6, False),
    ],
)
def test_a_class_that_has_left_the_school_has_expired(
    school_class: str | None, kind: ReaderKind, grades: int, expired: bool
) -> None:
    reader = make_reader(school_class, kind=kind)

    assert has_expired(reader, grades, date(2026, 9, 10)) is expired


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
                },
            ),
        )
    )


def test_a_class_without_a_turn_is_told_its_next_break() -> None:
    (block,) = refused_blocks(lend(reader=make_reader("2021-1")))

    assert block.code is BlockCode.NOT_YOUR_TURN
    assert block.values["next_at"] == "2026-09-11T10:00"
    assert block.values["next_window"] == "大课间"


def refused_blocks(decision: Decision) -> tuple[Block, ...]:
    """Take the blocks of a refusal."""
    assert isinstance(decision, Refused)
    return decision.blocks


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


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2027-01-08 10:05", None),  # the last day pupils borrow
        ("2027-01-11 10:05", "term_closing"),
        ("2027-01-22 10:05", "term_closing"),
    ],
)
def test_after_the_last_lending_day_pupils_only_bring_back(at: str, code: str | None) -> None:
    assert codes(lend(at)) == ([code] if code else [])


def test_the_day_to_bring_books_back_by_is_told_until_it_has_passed() -> None:
    before = refused_blocks(lend("2027-01-15 10:05"))
    after = refused_blocks(lend("2027-01-18 10:05"))

    assert before == (
        Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08", "back_by": "2027-01-15"}),
    )
    assert after == (Block(BlockCode.TERM_CLOSING, {"ended_on": "2027-01-08"}),)


def test_nobody_is_told_to_come_to_a_window_that_will_not_lend_any_more() -> None:
    (block,) = refused_blocks(lend("2027-01-08 12:00", reader=make_reader("2026-1")))
    closed, term = refused_blocks(lend("2027-01-11 12:00"))
    not_now, _ = refused_blocks(lend("2027-01-11 16:34"))

    assert block.values["next_at"] == "2027-01-08T16:30"
    assert (closed.code, term.code) == (BlockCode.WINDOW_CLOSED, BlockCode.TERM_CLOSING)
    assert closed.values["next_at"] is None
    assert not_now.code is BlockCode.NOT_YOUR_TURN
    assert not_now.values["next_at"] is None


def test_pupils_borrow_again_when_the_next_term_begins() -> None:
    policy = make_policy(
        make_timetable(terms=(AUTUMN, SPRING)), rules=(replace(STUDENT, anytime=True),)
    )

    assert codes(lend("2027-02-21 12:00", policy=policy)) == ["term_closing"]
    assert isinstance(lend("2027-02-22 12:00", policy=policy), Allowed)


def test_teachers_borrow_after_the_pupils_last_day_while_a_day_is_left_to_bring_back() -> None:
    assert lend("2027-01-14 12:00", reader=make_teacher()) == Allowed(
        TEACHER, date(2027, 1, 15), None
    )
    assert codes(lend("2027-01-15 12:00", reader=make_teacher())) == ["term_closing"]


def test_a_reader_and_a_collection_without_a_rule_are_told_so() -> None:
    policy = make_policy(rules=(TEACHER,))

    assert lend(policy=policy) == Refused(
        (Block(BlockCode.NO_RULE, {"collection": "general", "kind": "student"}),)
    )


def test_a_rule_that_does_not_lend_is_the_reason() -> None:
    refused = lend(item=make_item(collection="reference"))

    assert refused == Refused(
        (Block(BlockCode.REFERENCE_ONLY, {"rule": 1, "collection": "reference"}),)
    )


@pytest.mark.parametrize("status", ["withdrawn", "lost", "in_repair"])
def test_an_item_out_of_use_is_not_lent(status: str) -> None:
    assert codes(lend(item=make_item(status=status))) == [f"item_{status}"]


def test_an_item_on_another_readers_loan_is_not_lent_and_the_other_is_not_named() -> None:
    assert lend(lent_to_other=True) == Refused((Block(BlockCode.ON_LOAN_TO_OTHER),))


def test_a_reader_with_an_overdue_loan_borrows_nothing_new() -> None:
    later = make_loan(8, due="2026-09-09", title="草房子")

    assert lend(loans=(later, LATE)) == Refused(
        (
            Block(
                BlockCode.OVERDUE_ITEMS,
                {"title": "夏洛的网", "due_on": "2026-09-08", "count": 2},
            ),
            Block(BlockCode.LIMIT_REACHED, {"limit": 2, "count": 2}),
        )
    )


def test_overdue_loans_need_not_block() -> None:
    assert isinstance(lend(loans=(LATE,), policy=make_policy(overdue_blocks=False)), Allowed)


def test_a_loan_past_its_day_without_a_chance_to_bring_it_back_does_not_block() -> None:
    # Class 二(1) has no breaks, and its turn is on Friday.
    reader = make_reader("2025-1")
    past = make_loan(9, due="2026-09-09")
    friday = "2026-09-11 16:34"

    assert isinstance(lend(friday, reader=reader, loans=(past,)), Allowed)


def test_a_loan_due_today_is_not_overdue() -> None:
    assert isinstance(lend("2026-09-17 16:34", loans=(make_loan(2, due="2026-09-17"),)), Allowed)


def test_at_the_limit_the_count_is_told() -> None:
    assert lend(loans=(make_loan(2), make_loan(3))) == Refused(
        (Block(BlockCode.LIMIT_REACHED, {"limit": 2, "count": 2}),)
    )


def test_the_limit_is_not_counted_where_no_rule_lends() -> None:
    full = (make_loan(2), make_loan(3))

    assert codes(lend(loans=full, item=make_item(collection="reference"))) == ["reference_only"]
    assert codes(lend(loans=full, policy=make_policy(rules=(TEACHER,)))) == ["no_rule"]


def test_a_loan_counts_under_the_rule_that_would_match_it_today() -> None:
    # The book was lent as general; since then it has become a reference book.
    moved = make_loan(3, collection="reference")

    assert isinstance(lend(loans=(make_loan(2), moved)), Allowed)
    assert loans_under(STUDENT, (make_loan(2), moved), make_reader(), RULES) == 1
    assert loans_under(IN_ROOM, (make_loan(2), moved), make_teacher(), RULES) == 1


def test_books_read_in_the_room_have_a_limit_of_their_own() -> None:
    reading = tuple(make_loan(n, collection="reference", in_room=True) for n in range(2, 7))
    teacher, atlas = make_teacher(), make_item(collection="reference")

    assert codes(lend(reader=teacher, item=atlas, loans=reading)) == ["limit_reached"]
    assert isinstance(lend(reader=teacher, loans=reading), Allowed)


def test_a_second_item_of_a_title_is_refused_only_where_the_school_says_so() -> None:
    second = make_item(1, title_id=102)

    assert isinstance(lend(item=second, loans=(make_loan(2),)), Allowed)
    assert lend(
        item=second, loans=(make_loan(2),), policy=make_policy(same_title="refuse")
    ) == Refused((Block(BlockCode.SAME_TITLE, {"title": "夏洛的网"}),))


def test_a_reader_without_that_title_is_not_stopped_by_it() -> None:
    policy = make_policy(same_title="refuse")

    assert isinstance(lend(loans=(make_loan(2),), policy=policy), Allowed)


# All of them, in their order.


def test_every_reason_that_applies_is_given_most_important_first() -> None:
    reader = make_reader(status="suspended", expires_on=date(2026, 9, 9))
    full = (LATE, make_loan(2, title_id=101))
    policy = make_policy(same_title="refuse")

    refused = lend(
        CLOSED,
        reader=reader,
        item=make_item(status="withdrawn"),
        loans=full,
        policy=policy,
        lent_to_other=True,
    )

    assert codes(refused) == [
        "reader_suspended",
        "reader_expired",
        "window_closed",
        "item_withdrawn",
        "on_loan_to_other",
        "overdue_items",
        "limit_reached",
        "same_title",
    ]


def test_the_order_of_the_codes_is_the_order_of_the_design() -> None:
    design = (
        "clock_doubted ledger_unavailable label_unreadable card_unknown item_unknown isbn_not_item"
        " card_lost reader_suspended reader_expired window_closed not_your_turn term_closing"
        " no_rule reference_only item_withdrawn item_lost item_in_repair on_loan_to_other"
        " on_hold_for_other overdue_items unpaid_charge limit_reached collection_limit_reached"
        " same_title renewals_exhausted"
    )
    ours = [code.value for code in BlockCode]

    assert ours == [code for code in design.split() if code in ours]


@settings(max_examples=200)
@given(
    st.integers(0, 140 * 24 * 4),
    st.sampled_from(["2024-1", "2024-2", "2025-1", "2021-1", "2020-1", None]),
    st.sampled_from(["active", "suspended"]),
    st.sampled_from(["general", "reference"]),
    st.sampled_from(["active", "lost", "in_repair"]),
    st.lists(st.integers(2, 9), unique=True, max_size=4),
)
def test_a_refusal_names_each_reason_once_and_in_order_and_a_loan_has_a_good_day(
    quarters: int,
    school_class: str | None,
    status: str,
    collection: str,
    item_status: str,
    loans: list[int],
) -> None:
    at = local("2026-08-25 00:00") + timedelta(minutes=15 * quarters)
    asked = Request(
        make_reader(school_class, status=status),
        make_item(collection=collection, status=item_status),
        tuple(make_loan(number) for number in loans),
    )

    match decide_check_out(asked, POLICY, Moment(at)):
        case Refused(blocks):
            places = [BLOCK_ORDER[block.code] for block in blocks]
            assert places == sorted(set(places))
            assert places
        case Allowed(rule, due_on, _):
            assert rule.lend != "no"
            assert len(loans) < rule.limit
            assert at.date() < due_on <= AUTUMN.recall_on
            assert POLICY.timetable.calendar.is_school_day(due_on)
