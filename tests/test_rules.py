"""The decision: one promise per reason, their order, and what is counted and what is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    AUTUMN,
    CLASS_WINDOW,
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

from kiosk.domain import BLOCK_ORDER, Block, BlockCode, ClassCode, ReaderKind
from kiosk.rotation.live import Live, TurnKey
from kiosk.rules.decision import (
    Allowed,
    Moment,
    Refused,
    Request,
    decide_check_out,
)
from kiosk.rules.matrix import CollectionLimit
from kiosk.rules.standing import has_expired


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


# Suspended, kept for others, not settled.


@pytest.mark.parametrize(
    ("until", "found"),
    [("2026-09-09", []), ("2026-09-10", ["reader_suspended"]), (None, [])],
)
def test_a_suspension_lasts_to_the_end_of_its_last_day(until: str | None, found: list[str]) -> None:
    day = None if until is None else date.fromisoformat(until)

    assert codes(lend(reader=make_reader(suspended_until=day))) == found


def test_the_last_day_of_a_suspension_is_told_but_not_where_staff_must_lift_it() -> None:
    for_days = make_reader(suspended_until=date(2026, 9, 12))
    by_staff = replace(for_days, status="suspended")

    assert lend(reader=for_days) == Refused(
        (Block(BlockCode.READER_SUSPENDED, {"until": "2026-09-12"}),)
    )
    assert lend(reader=by_staff) == Refused((Block(BlockCode.READER_SUSPENDED),))


def test_under_a_doubted_clock_no_suspension_by_days_is_told() -> None:
    reader = make_reader(suspended_until=date(2026, 9, 12))

    assert codes(lend(reader=reader, clock="doubted")) == ["clock_doubted"]


def test_a_book_kept_for_another_reader_is_not_lent_and_lent_to_whom_it_is_kept_for() -> None:
    assert lend(item=make_item(held_for=2)) == Refused((Block(BlockCode.ON_HOLD_FOR_OTHER),))
    assert isinstance(lend(item=make_item(held_for=1)), Allowed)


def test_an_unpaid_charge_stops_lending_only_where_the_school_says_so() -> None:
    owing = make_reader(unpaid_fen=1985)

    assert isinstance(lend(reader=owing), Allowed)
    assert lend(reader=owing, policy=make_policy(charge_blocks=True)) == Refused(
        (Block(BlockCode.UNPAID_CHARGE, {"fen": 1985}),)
    )
    assert isinstance(lend(policy=make_policy(charge_blocks=True)), Allowed)


def test_a_loan_is_not_overdue_before_its_class_has_had_a_turn_that_was_held() -> None:
    turns_only = make_timetable(windows=(CLASS_WINDOW,))
    held = TurnKey(ClassCode("2024-2"), "班级轮借", date(2026, 9, 3))
    missed = make_policy(turns_only)
    was_held = make_policy(turns_only.with_live(Live(held=frozenset({held}))))
    late = make_loan(9, due="2026-09-03")

    assert isinstance(lend(loans=(late,), policy=missed), Allowed)
    assert codes(lend(loans=(late,), policy=was_held)) == ["overdue_items"]


def test_what_is_known_to_be_late_need_not_be_found_again() -> None:
    loans = (make_loan(2), make_loan(3))
    policy = make_policy(rules=(replace(STUDENT, limit=9),))

    assert codes(lend(loans=loans, policy=policy, late=frozenset({loans[1].id}))) == [
        "overdue_items"
    ]
    assert isinstance(lend(loans=(LATE,), policy=policy, late=frozenset()), Allowed)


# All of them, in their order.


def test_every_reason_that_applies_is_given_most_important_first() -> None:
    reader = make_reader(status="suspended", expires_on=date(2026, 9, 9), unpaid_fen=1)
    full = (LATE, make_loan(2, title_id=101))
    limit = CollectionLimit(1, frozenset({"general"}), 2)
    policy = make_policy(same_title="refuse", charge_blocks=True, collection_limits=(limit,))

    refused = lend(
        CLOSED,
        reader=reader,
        item=make_item(status="withdrawn", held_for=2),
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
        "on_hold_for_other",
        "overdue_items",
        "unpaid_charge",
        "limit_reached",
        "collection_limit_reached",
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
