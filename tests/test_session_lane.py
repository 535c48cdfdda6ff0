"""Undo, slips, idle time and repeats: what a lane remembers between two scans."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from builders import local, make_deed, make_session
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import Command, Deed, LaneUse, Mode, Note
from kiosk.session.advance import (
    Attend,
    PrintSlip,
    Undo,
    on_command,
)
from kiosk.session.lane import (
    Crate,
    DeskRules,
    Ended,
    LaneState,
    closed,
    deadline,
    did,
    is_repeat,
    opened,
    other_card,
    touched,
    undid,
)

AT = local("2026-09-10 16:34")
RULES = DeskRules()
IDLE = LaneState("left")
SERVING = LaneState("left", session=make_session())
RETURNING = LaneState("left", session=make_session(mode=Mode.RETURN))
RENEWING = LaneState("left", session=make_session(mode=Mode.RENEW))
CRATE = LaneState("left", crate=Crate(7, AT))
RETURN_LANE = LaneState("left", LaneUse.RETURN)
RETURN_LANE_SERVING = LaneState("left", LaneUse.RETURN, make_session())


def after(seconds: float) -> datetime:
    """Tell the instant so many seconds after the scan that began it all."""
    return AT + timedelta(seconds=seconds)


# Undo.


def test_undo_takes_back_the_last_thing_done_then_the_one_before() -> None:
    first, second = make_deed(1), make_deed(2, Deed.RETURNED)
    state = did(did(SERVING, first), second)

    assert on_command(state, Command.UNDO, AT) == Undo(second)
    state = undid(state, second)
    assert on_command(state, Command.UNDO, AT) == Undo(first)
    state = undid(state, first)
    assert on_command(state, Command.UNDO, AT) == Attend(Note.NOTHING_TO_UNDO)


def test_undo_never_puts_a_book_back_on_a_reader_who_is_not_there() -> None:
    state = did(did(SERVING, make_deed(1)), make_deed(2, Deed.RETURNED, reader_id=2))

    assert on_command(state, Command.UNDO, AT) == Attend(Note.READER_NOT_HERE)


def displaced(*deeds: tuple[int, Deed]) -> LaneState:
    """Build a lane whose reader, having done this, was displaced by another card."""
    state = SERVING
    for number, deed in deeds:
        state = did(state, make_deed(number, deed))
    state = closed(state, AT, displaced=True)
    return opened(other_card(state), make_session(2))


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (60, False), (60.1, True)])
def test_undo_takes_back_the_book_scanned_before_the_card_within_a_minute(
    seconds: float, late: bool
) -> None:
    step = on_command(displaced((1, Deed.LENT)), Command.UNDO, after(seconds))

    assert step == (Attend(Note.NOTHING_TO_UNDO) if late else Undo(make_deed(1)))


def test_only_one_book_is_taken_back_from_the_session_displaced() -> None:
    state = displaced((1, Deed.LENT), (2, Deed.LENT))

    assert on_command(state, Command.UNDO, AT) == Undo(make_deed(2))
    state = undid(state, make_deed(2))
    assert on_command(state, Command.UNDO, AT) == Attend(Note.NOTHING_TO_UNDO)


def test_the_own_session_comes_before_the_one_displaced() -> None:
    own = make_deed(3, reader_id=2)
    state = did(displaced((1, Deed.LENT)), own)

    assert on_command(state, Command.UNDO, AT) == Undo(own)


@pytest.mark.parametrize("last", [Deed.RETURNED, Deed.RENEWED])
def test_what_else_a_displaced_reader_did_last_is_not_undone(last: Deed) -> None:
    state = displaced((1, Deed.LENT), (2, last))

    assert on_command(state, Command.UNDO, AT) == Attend(Note.NOTHING_TO_UNDO)


def test_a_session_that_ended_by_itself_is_not_undone() -> None:
    state = closed(did(SERVING, make_deed(1)), AT)

    assert on_command(state, Command.UNDO, after(1)) == Attend(Note.NOTHING_TO_UNDO)


def test_an_undone_label_is_no_repeat_but_the_undo_label_and_the_card_are() -> None:
    state = SERVING
    for seconds, text in ((0, "R100001"), (0.5, " ]C030000001"), (1, "KC-UNDO")):
        state = touched(state, text, after(seconds), RULES)
    state = undid(did(state, make_deed(1)), make_deed(1))

    assert not is_repeat(state, " ]C030000001", after(1.5), RULES)
    assert is_repeat(state, "KC-UNDO", after(1.5), RULES)
    assert is_repeat(state, "R100001", after(1.5), RULES)


# The slip.


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (30, False), (30.1, True)])
def test_a_slip_may_be_asked_for_until_half_a_minute_after_the_end(
    seconds: float, late: bool
) -> None:
    state = closed(did(SERVING, make_deed(1)), AT)

    step = on_command(state, Command.SLIP, after(seconds))

    assert step == (Attend(Note.NOTHING_TO_PRINT) if late else PrintSlip(500))


def test_after_another_card_the_slip_before_it_is_nobodys_to_ask_for() -> None:
    state = closed(did(SERVING, make_deed(1)), AT)

    assert on_command(other_card(state), Command.SLIP, after(1)) == Attend(Note.NOTHING_TO_PRINT)
    assert displaced((1, Deed.LENT)).ended == Ended(500, AT, True, False, (make_deed(1),), 1)
    refused = other_card(closed(did(SERVING, make_deed(1)), AT, displaced=True))
    assert on_command(refused, Command.SLIP, after(1)) == Attend(Note.NOTHING_TO_PRINT)


# Time.


def test_a_session_lasts_the_idle_time_after_the_last_scan_and_a_crate_a_minute() -> None:
    assert deadline(IDLE, RULES) is None
    assert deadline(SERVING, RULES) == after(20)
    assert deadline(CRATE, RULES) == after(60)


def test_every_scan_restarts_the_idle_time_of_session_and_crate() -> None:
    assert deadline(touched(SERVING, "?", after(19), RULES), RULES) == after(39)
    assert deadline(touched(CRATE, "?", after(50), RULES), RULES) == after(110)


def test_a_scan_stamped_earlier_than_the_last_does_not_shorten_a_session() -> None:
    state = touched(touched(SERVING, "a", after(10), RULES), "b", after(9), RULES)

    assert deadline(state, RULES) == after(30)


def test_a_card_ends_a_crate_whether_it_opens_a_session_or_not() -> None:
    assert opened(CRATE, make_session()).crate is None
    assert other_card(CRATE).crate is None


# Repeats.


@pytest.mark.parametrize(("seconds", "repeat"), [(0, True), (1.9, True), (2, False), (9, False)])
def test_the_same_label_within_the_repeat_time_is_a_repeat(seconds: float, repeat: bool) -> None:
    state = touched(IDLE, "30000001", AT, RULES)

    assert is_repeat(state, "30000001", after(seconds), RULES) is repeat
    assert not is_repeat(state, "30000002", after(seconds), RULES)


def test_a_label_between_two_scans_of_another_does_not_hide_the_repeat() -> None:
    state = touched(touched(IDLE, "30000001", AT, RULES), "30000002", after(0.5), RULES)

    assert is_repeat(state, "30000001", after(1), RULES)


def test_a_book_left_under_the_scanner_stays_one_scan() -> None:
    state = IDLE
    for tick in range(1, 50):
        state = touched(state, "30000001", after(tick), RULES)
        assert is_repeat(state, "30000001", after(tick + 1), RULES)


def test_a_clock_set_back_makes_no_repeat_of_an_old_scan() -> None:
    state = touched(IDLE, "30000001", AT, RULES)

    assert not is_repeat(state, "30000001", after(-3600), RULES)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3)), max_size=30))
def test_a_lane_remembers_no_more_labels_than_the_repeat_time_holds(
    scans: list[tuple[str, float]],
) -> None:
    state, at = IDLE, AT
    for text, wait in scans:
        at += timedelta(seconds=wait)
        state = touched(state, text, at, RULES)

    assert len(state.seen) <= 3
    assert all(at - seen_at < RULES.repeat for _, seen_at in state.seen)


# The lane's state.


def test_a_lane_without_a_session_has_no_reader_and_lends_by_card() -> None:
    assert (IDLE.session_id, IDLE.reader_id, IDLE.card) == (None, None, None)
    assert IDLE.mode is Mode.LEND
    assert (SERVING.session_id, SERVING.reader_id, SERVING.card) == (500, 1, "R100001")


@pytest.mark.parametrize(
    ("state", "mode"),
    [
        (SERVING, Mode.LEND),
        (RETURNING, Mode.RETURN),
        (RENEWING, Mode.RENEW),
        (CRATE, Mode.RETURN),
        (RETURN_LANE, Mode.RETURN),
        (RETURN_LANE_SERVING, Mode.RETURN),
    ],
)
def test_what_a_plain_scan_means_here_and_now(state: LaneState, mode: Mode) -> None:
    assert state.mode is mode


def test_a_mode_lasts_to_the_sessions_end() -> None:
    again = opened(closed(RETURNING, AT), make_session())

    assert again.mode is Mode.LEND


def test_a_session_that_ends_is_remembered_with_what_it_did() -> None:
    state = closed(did(SERVING, make_deed(1)), AT)

    assert state == LaneState("left", ended=Ended(500, AT, False, True, (make_deed(1),), 1))


def test_without_a_session_nothing_ends_and_nothing_is_remembered() -> None:
    assert closed(IDLE, AT) == IDLE
    assert did(IDLE, make_deed(1)) == IDLE
    assert other_card(IDLE) == IDLE
