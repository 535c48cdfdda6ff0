"""What the journal keeps of a decision, and the same decision made again from it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from builders import (
    IN_ROOM,
    RULES,
    STUDENT,
    STUDENT_REFERENCE,
    TEACHER,
    TODAY,
    local,
    make_item,
    make_loan,
    make_policy,
    make_reader,
    make_timetable,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from rules_desk import AT_BREAK, CLOSED, IN_TURN, LATE, POLICY

from kiosk.domain import BlockCode, ClassCode, ClockState
from kiosk.domain.facts import Kept, OpenLoan
from kiosk.rotation.due import InDays, LoanTerms, NextTerm
from kiosk.rotation.live import Live, OpenedNow, TurnKey
from kiosk.rules.decision import (
    Allowed,
    Decision,
    Moment,
    Policy,
    Refused,
    Request,
    decide_check_out,
    decide_renewal,
)
from kiosk.rules.overrides import STAFF_MAY_WAIVE
from kiosk.rules.replay import replayed
from kiosk.rules.trace import Facts, rule_values, trace

NAMED = replace(POLICY, fingerprint="0a1b2c3d")


def kept_of(
    request: Request,
    at: str = IN_TURN,
    policy: Policy = NAMED,
    *,
    clock: ClockState = "ok",
    renewing: OpenLoan | None = None,
) -> tuple[Decision, Facts]:
    """Decide, and give what the journal would keep, as it comes back from its text."""
    moment = Moment(local(at), clock)
    if renewing is None:
        decision = decide_check_out(request, policy, moment)
    else:
        decision = decide_renewal(request, renewing, policy, moment)
    kept = trace(decision, request, policy, moment, renewing)
    return decision, json.loads(json.dumps(kept))


def outline(decision: Decision) -> tuple[str, ...]:
    """Reduce a decision to what a replay must give again."""
    if isinstance(decision, Allowed):
        return ("allowed", decision.due_on.isoformat(), str(decision.rule.number))
    return tuple(block.code.value for block in decision.blocks)


def test_a_refusal_keeps_what_it_was_decided_of_without_names_and_titles() -> None:
    request = Request(make_reader("2024-1"), make_item(), (LATE,))

    _, kept = kept_of(request)

    assert kept == {
        "reader": {"kind": "student", "class": "2024-1"},
        "item": {"collection": "general"},
        "loans": [{"due_on": "2026-09-08", "collection": "general", "late": True}],
        "rule": {
            "number": 3,
            "readers": ["student"],
            "lend": "yes",
            "limit": 2,
            "period": "1 turn",
            "min_days": 5,
            "without_turns": "14 days",
            "renewals": 1,
        },
        "open": [{"window": "班级轮借", "classes": ["2024-2"]}],
        "policy": "0a1b2c3d",
    }


def test_what_is_kept_of_a_refusal_is_small() -> None:
    loans = (LATE, make_loan(3))
    request = Request(make_reader("2024-1"), make_item(status="in_repair"), loans)

    _, kept = kept_of(request)

    assert len(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()) < 600


def test_the_many_loans_of_a_class_card_are_counted_not_listed() -> None:
    loans = tuple(make_loan(number, due="2027-01-15") for number in range(2, 62))
    request = Request(make_reader(kind="class"), make_item(), loans)

    _, kept = kept_of(request, CLOSED)

    assert kept["loans"] == [{"due_on": "2027-01-15", "collection": "general", "n": 60}]


def test_of_a_plain_loan_only_little_is_kept() -> None:
    _, kept = kept_of(Request(make_reader(), make_item(), (make_loan(2),)))

    assert kept == {
        "reader": {"kind": "student", "class": "2024-2"},
        "item": {"collection": "general"},
        "loans": [{"collection": "general"}],
        "period": "1 turn",
        "policy": "0a1b2c3d",
    }


def test_an_overridden_loan_keeps_as_much_as_a_refusal() -> None:
    request = Request(make_reader(), make_item(), (), waived=STAFF_MAY_WAIVE)

    _, kept = kept_of(request, CLOSED)

    assert "rule" in kept
    assert "window_closed" in kept["waived"]


def test_a_rule_is_kept_as_the_settings_have_it() -> None:
    terms = LoanTerms(InDays(14), min_days=3, recall=False)
    rule = replace(TEACHER, terms=terms, grades=frozenset({2, 1}), same_title="refuse")
    holiday = replace(STUDENT, terms=LoanTerms(NextTerm(), recall=False), when="holiday")

    assert rule_values(rule) == {
        "number": 4,
        "readers": ["teacher"],
        "grades": [1, 2],
        "lend": "yes",
        "limit": 10,
        "period": "14 days",
        "min_days": 3,
        "renewals": 2,
        "anytime": True,
        "same_title": "refuse",
        "recall": False,
    }
    assert rule_values(holiday)["when"] == "holiday"
    assert rule_values(STUDENT_REFERENCE) == {
        "number": 1,
        "readers": ["student"],
        "collections": ["reference"],
        "lend": "no",
    }
    assert rule_values(IN_ROOM)["period"] == "same day"


def test_under_changed_settings_the_same_facts_give_another_decision() -> None:
    two = (make_loan(2), make_loan(3))
    decision, kept = kept_of(Request(make_reader(), make_item(), two))
    now = replace(NAMED, rules=(replace(STUDENT, limit=3),))

    again = replayed(kept, now, Moment(local(IN_TURN)))

    assert isinstance(decision, Refused)
    assert again == Allowed(now.rules[0], date(2026, 9, 17), "班级轮借")


def test_a_window_that_staff_had_opened_and_a_cancelled_turn_are_as_they_were() -> None:
    opened = OpenedNow(7, local("2026-09-10 12:00"), local("2026-09-10 12:30"), ())
    cancelled = TurnKey(ClassCode("2024-2"), "班级轮借", TODAY)
    live = Live((opened,), frozenset({cancelled}))
    then = make_policy(make_timetable().with_live(live))

    lent, kept_lent = kept_of(Request(make_reader(), make_item(), ()), CLOSED, then)
    refused, kept_refused = kept_of(Request(make_reader(), make_item(), ()), IN_TURN, then)

    assert isinstance(lent, Allowed)
    assert isinstance(refused, Refused)
    assert isinstance(replayed(kept_lent, POLICY, Moment(local(CLOSED))), Allowed)
    assert outline(replayed(kept_refused, POLICY, Moment(local(IN_TURN)))) == ("window_closed",)


def test_a_loan_in_a_window_that_was_kept_is_allowed_again() -> None:
    until = local("2026-09-10 17:08")
    request = Request(make_reader(), make_item(), (), Kept("班级轮借", until))

    decision, kept = kept_of(request, "2026-09-10 17:07")

    assert replayed(kept, NAMED, Moment(local("2026-09-10 17:07"))) == decision


LOANS = st.lists(
    st.builds(
        make_loan,
        st.integers(2, 9),
        due=st.sampled_from(["2026-09-03", "2026-09-09", "2026-09-10", "2026-09-24"]),
        collection=st.sampled_from(["general", "reference"]),
        title_id=st.sampled_from([101, 150]),
        renewals=st.integers(0, 1),
    ),
    max_size=4,
    unique_by=lambda loan: loan.id,
).map(tuple)


@settings(max_examples=150)
@given(
    st.sampled_from([IN_TURN, AT_BREAK, CLOSED, "2027-01-12 10:05", "2026-09-10 17:07"]),
    st.sampled_from(["2024-1", "2024-2", "2025-1", "2020-1", None]),
    st.sampled_from(["student", "teacher", "class"]),
    st.sampled_from(["general", "reference"]),
    st.sampled_from(["active", "suspended"]),
    LOANS,
    st.booleans(),
    st.sampled_from(["ok", "doubted"]),
    st.sampled_from([frozenset(), STAFF_MAY_WAIVE]),
)
def test_under_the_same_settings_the_kept_facts_give_the_same_decision(
    at: str,
    school_class: str | None,
    kind: str,
    collection: str,
    status: str,
    loans: tuple[OpenLoan, ...],
    renews: bool,
    clock: ClockState,
    waived: frozenset[BlockCode],
) -> None:
    policy = replace(NAMED, same_title="refuse", charge_blocks=True)
    request = Request(
        make_reader(school_class, kind=kind, status=status, unpaid_fen=len(loans)),
        make_item(collection=collection, held_for=2 if renews else None),
        loans,
        Kept("班级轮借", local("2026-09-10 17:08")),
        wanted=renews,
        waived=waived,
    )
    renewing = loans[0] if renews and loans else None

    decision, kept = kept_of(request, at, policy, clock=clock, renewing=renewing)

    assert outline(replayed(kept, policy, Moment(local(at), clock))) == outline(decision)


def test_what_was_overdue_then_is_overdue_in_the_replay_though_no_turn_is_known() -> None:
    held = TurnKey(ClassCode("2024-2"), "班级轮借", date(2026, 9, 3))
    then = make_policy(
        make_timetable(windows=(make_timetable().windows[0],)).with_live(
            Live(held=frozenset({held}))
        )
    )
    late = make_loan(2, due="2026-09-03")

    _, kept = kept_of(Request(make_reader(), make_item(), (late,)), IN_TURN, then)

    now = replace(then, timetable=then.timetable.with_live(Live()), rules=RULES)
    assert outline(replayed(kept, now, Moment(local(IN_TURN)))) == ("overdue_items",)
