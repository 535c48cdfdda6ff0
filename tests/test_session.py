"""What a scan means: every rule of it, on one lane and its state."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from builders import local, make_loan, make_reader, make_session
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import BlockCode, Command, LaneUse, Mode, Note
from kiosk.domain.facts import LastReturn, OpenLoan
from kiosk.session.advance import (
    Attend,
    CheckIn,
    CheckOut,
    CloseCrate,
    EndSession,
    Ignore,
    ItemSituation,
    ItemStep,
    OpenCrate,
    OpenFor,
    RefuseCard,
    Renew,
    SetMode,
    on_card,
    on_command,
    on_item,
)
from kiosk.session.lane import (
    Crate,
    DeskRules,
    LaneState,
)

AT = local("2026-09-10 16:34")
RULES = DeskRules()
FOUND = DeskRules(found_on_loan="return")
IDLE = LaneState("left")
SERVING = LaneState("left", session=make_session())
RETURNING = LaneState("left", session=make_session(mode=Mode.RETURN))
RENEWING = LaneState("left", session=make_session(mode=Mode.RENEW))
CRATE = LaneState("left", crate=Crate(7, AT))
RETURN_LANE = LaneState("left", LaneUse.RETURN)
RETURN_LANE_SERVING = LaneState("left", LaneUse.RETURN, make_session())
BORROW_LANE = LaneState("left", LaneUse.BORROW)
BORROW_LANE_SERVING = LaneState("left", LaneUse.BORROW, make_session())

OWN = make_loan(1)
OWN_FRESH = make_loan(1, checked_out_at=AT - timedelta(seconds=599))
OTHERS = make_loan(1, reader_id=2)
OTHERS_FRESH = make_loan(1, reader_id=2, checked_out_at=AT - timedelta(seconds=1))
LOANS = {"own": OWN, "own fresh": OWN_FRESH, "others": OTHERS, "others fresh": OTHERS_FRESH}
RETURNS = {
    "in": None,
    "just back own": LastReturn(1, AT - timedelta(seconds=599)),
    "just back others": LastReturn(2, AT - timedelta(seconds=599)),
    "long back": LastReturn(1, AT - timedelta(seconds=600)),
}


def after(seconds: float) -> datetime:
    """Tell the instant so many seconds after the scan that began it all."""
    return AT + timedelta(seconds=seconds)


def scan(state: LaneState, where: str, rules: DeskRules = RULES) -> ItemStep:
    """Scan an item that stands as the word says."""
    loan = LOANS.get(where)
    situation = ItemSituation(loan, None if loan is not None else RETURNS[where])
    return on_item(state, situation, AT, rules)


# A card.


def test_a_card_opens_a_session() -> None:
    assert on_card(IDLE, make_reader()) == OpenFor(make_reader())


def test_another_card_opens_a_session_in_place_of_the_old_one() -> None:
    other = make_reader(id=2)

    assert on_card(SERVING, other) == OpenFor(other)


def test_the_same_card_again_ends_the_session() -> None:
    assert on_card(SERVING, make_reader()) == EndSession("card")


def test_a_card_that_is_unknown_or_lost_is_refused_in_a_session_or_in_none() -> None:
    for state in (IDLE, SERVING, CRATE, RETURN_LANE):
        assert on_card(state, None) == RefuseCard(BlockCode.CARD_UNKNOWN)
        assert on_card(state, make_reader(status="lost")) == RefuseCard(BlockCode.CARD_LOST)


@pytest.mark.parametrize("changes", [{"status": "suspended"}, {"expires_on": AT.date()}])
def test_a_suspended_or_expired_reader_gets_a_session(changes: dict[str, Any]) -> None:
    reader = make_reader(**changes)

    assert on_card(IDLE, reader) == OpenFor(reader)


# An item.


@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("in", CheckOut()),
        ("long back", CheckOut()),
        ("just back own", Ignore(Note.ALREADY_BACK)),
        ("just back others", CheckOut()),
        ("own", CheckIn(OWN)),
        ("own fresh", Ignore(Note.ALREADY_YOURS)),
        ("others", CheckOut(lent_to_other=True)),
        ("others fresh", CheckOut(lent_to_other=True)),
    ],
)
def test_an_item_in_a_session(where: str, step: ItemStep) -> None:
    assert scan(SERVING, where) == step


@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("in", Attend(Note.CARD_FIRST)),
        ("long back", Attend(Note.CARD_FIRST)),
        ("just back own", Ignore(Note.ALREADY_BACK)),
        ("just back others", Ignore(Note.ALREADY_BACK)),
        ("own", CheckIn(OWN)),
        ("others", CheckIn(OTHERS)),
        ("own fresh", Ignore(Note.ALREADY_YOURS)),
        ("others fresh", Ignore(Note.ALREADY_YOURS)),
    ],
)
def test_an_item_without_a_session(where: str, step: ItemStep) -> None:
    assert scan(IDLE, where) == step


@pytest.mark.parametrize("state", [RETURNING, CRATE, RETURN_LANE, RETURN_LANE_SERVING])
@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("in", Attend(Note.NOT_LENT)),
        ("long back", Attend(Note.NOT_LENT)),
        ("just back own", Ignore(Note.ALREADY_BACK)),
        ("just back others", Ignore(Note.ALREADY_BACK)),
        ("own", CheckIn(OWN)),
        ("others", CheckIn(OTHERS)),
        ("own fresh", CheckIn(OWN_FRESH)),  # return mode acts at once
        ("others fresh", CheckIn(OTHERS_FRESH)),
    ],
)
def test_an_item_in_return_mode(state: LaneState, where: str, step: ItemStep) -> None:
    assert scan(state, where) == step


@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("in", CheckOut()),
        ("own", Renew(OWN)),
        ("own fresh", Renew(OWN_FRESH)),  # renew mode acts at once
        ("others", CheckOut(lent_to_other=True)),
        ("just back own", Ignore(Note.ALREADY_BACK)),
    ],
)
def test_an_item_in_renew_mode(where: str, step: ItemStep) -> None:
    assert scan(RENEWING, where) == step


@pytest.mark.parametrize(
    ("state", "where", "step"),
    [
        (BORROW_LANE, "in", Attend(Note.CARD_FIRST)),
        (BORROW_LANE, "own", Attend(Note.BORROW_ONLY)),
        (BORROW_LANE, "own fresh", Ignore(Note.ALREADY_YOURS)),
        (BORROW_LANE_SERVING, "in", CheckOut()),
        (BORROW_LANE_SERVING, "own", Attend(Note.BORROW_ONLY)),
        (BORROW_LANE_SERVING, "own fresh", Ignore(Note.ALREADY_YOURS)),
        (BORROW_LANE_SERVING, "others", CheckOut(lent_to_other=True)),
    ],
)
def test_an_item_on_a_lane_that_takes_nothing_back(
    state: LaneState, where: str, step: ItemStep
) -> None:
    assert scan(state, where) == step


def test_a_book_found_on_anothers_loan_may_be_taken_back_by_setting() -> None:
    assert scan(SERVING, "others", FOUND) == CheckIn(OTHERS)
    assert scan(BORROW_LANE_SERVING, "others", FOUND) == CheckOut(lent_to_other=True)


def test_after_that_a_second_scan_lends_it() -> None:
    back = ItemSituation(None, LastReturn(2, AT))

    assert on_item(SERVING, back, after(3), FOUND) == CheckOut()


@pytest.mark.parametrize(("seconds", "settled"), [(0, False), (599.9, False), (600, True)])
def test_a_plain_scan_never_flips_what_was_done_less_than_the_settle_time_ago(
    seconds: float, settled: bool
) -> None:
    lent = make_loan(1, checked_out_at=AT)

    step = on_item(SERVING, ItemSituation(lent, None), after(seconds), RULES)
    again = on_item(SERVING, ItemSituation(None, LastReturn(1, AT)), after(seconds), RULES)

    assert step == (CheckIn(lent) if settled else Ignore(Note.ALREADY_YOURS))
    assert again == (CheckOut() if settled else Ignore(Note.ALREADY_BACK))


def test_without_a_settle_time_every_scan_flips() -> None:
    rules, lent = DeskRules(settle=timedelta(0)), make_loan(1, checked_out_at=AT)

    assert on_item(SERVING, ItemSituation(lent, None), AT, rules) == CheckIn(lent)


@pytest.mark.parametrize("state", [IDLE, SERVING, RETURNING, CRATE])
@pytest.mark.parametrize("behind", [timedelta(minutes=4), timedelta(days=2000)])
def test_a_book_comes_back_under_a_clock_that_is_behind_its_loan(
    state: LaneState, behind: timedelta
) -> None:
    lent = make_loan(1, checked_out_at=AT + behind)

    assert on_item(state, ItemSituation(lent, None), AT, RULES) == CheckIn(lent)


# Command labels.


@pytest.mark.parametrize(
    ("state", "command", "step"),
    [
        (IDLE, Command.DONE, Ignore(Note.NOTHING_OPEN)),
        (SERVING, Command.DONE, EndSession("done")),
        (CRATE, Command.DONE, CloseCrate()),
        (IDLE, Command.RETURN, OpenCrate()),
        (CRATE, Command.RETURN, OpenCrate()),
        (SERVING, Command.RETURN, SetMode(Mode.RETURN)),
        (RETURNING, Command.RETURN, SetMode(Mode.RETURN)),
        (RENEWING, Command.RETURN, SetMode(Mode.RETURN)),
        (BORROW_LANE, Command.RETURN, Attend(Note.BORROW_ONLY)),
        (BORROW_LANE_SERVING, Command.RETURN, Attend(Note.BORROW_ONLY)),
        (RETURN_LANE, Command.RETURN, OpenCrate()),
        (IDLE, Command.RENEW, Attend(Note.CARD_FIRST)),
        (SERVING, Command.RENEW, SetMode(Mode.RENEW)),
        (RETURN_LANE, Command.RENEW, Attend(Note.RETURN_ONLY)),
        (BORROW_LANE_SERVING, Command.RENEW, SetMode(Mode.RENEW)),
        (IDLE, Command.UNDO, Attend(Note.NOTHING_TO_UNDO)),
        (SERVING, Command.UNDO, Attend(Note.NOTHING_TO_UNDO)),
        (IDLE, Command.SLIP, Attend(Note.NOTHING_TO_PRINT)),
        (SERVING, Command.SLIP, EndSession("slip")),
        (IDLE, Command.HELP, Attend(Note.HELP_CALLED)),
        (SERVING, Command.HELP, Attend(Note.HELP_CALLED)),
        (SERVING, Command.DUTY, Attend(Note.NOT_NOW)),
    ],
)
def test_what_a_command_label_does(state: LaneState, command: Command, step: object) -> None:
    assert on_command(state, command, AT) == step


@given(
    st.sampled_from([SERVING, RETURNING, RENEWING, IDLE, CRATE, RETURN_LANE, RETURN_LANE_SERVING]),
    st.sampled_from(sorted(LOANS)),
    st.integers(-3600, 3600),
)
def test_only_a_borrow_lane_or_a_young_loan_keeps_a_book_from_coming_back(
    state: LaneState, whose: str, seconds: int
) -> None:
    loan: OpenLoan = replace(LOANS[whose], checked_out_at=after(-seconds))
    step = on_item(state, ItemSituation(loan, None), AT, FOUND)

    young = 0 <= seconds < 600
    own = state.reader_id in (None, loan.reader_id)
    if state.mode is Mode.RENEW and loan.reader_id == 1:
        assert step == Renew(loan)
    elif young and own and state.mode is not Mode.RETURN:
        assert step == Ignore(Note.ALREADY_YOURS)
    else:
        assert step == CheckIn(loan)
