"""The desk when something fails: the record, the clock, the power."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, IN_TURN, MING, MONITOR, TEACHER, ZHE, Rig, codes, open_rig, told

from kiosk.domain import LaneUse, Note, Outcome
from kiosk.domain import OutcomeKind as Kind
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.reports.outcome_line import outcome_line

FIRST, SECOND = BOOKS[0], BOOKS[2]
BEFORE = IN_TURN - timedelta(days=3 * 365)


class FailingLedger(Ledger):
    """A record whose disk can be told to fill up at the last moment of a transaction."""

    full = False

    def commit(self) -> None:
        """Commit, unless the disk is full."""
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def failing(path: Path) -> Ledger:
    """Open a record that can be told to fail."""
    return FailingLedger(path, open_ledger(path).db.conn)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk whose record can be told to fail."""
    opened = open_rig(tmp_path, make_ledger=failing)
    opened.ledger.db.execute("PRAGMA busy_timeout = 20")
    return opened


CAUSES = (
    "SELECT state, json_extract(data, '$.cause') FROM slip"
    " JOIN journal ON journal.session = slip.session AND journal.kind = 'session_closed'"
)


def is_unavailable(outcomes: list[Outcome], scan: str) -> bool:
    """Tell whether the only answer is that the record cannot be written, and it says so."""
    [one] = outcomes
    return (one.kind, one.scan, one.seq) == (Kind.REFUSED, scan, None) and codes(outcomes) == [
        "ledger_unavailable"
    ]


def test_a_full_disk_refuses_and_loses_nothing_and_the_desk_goes_on(rig: Rig) -> None:
    rig.scans(MING, FIRST)
    before = rig.rows("SELECT * FROM journal")

    rig.ledger.full = True  # type: ignore[attr-defined]
    refused = rig.scan(SECOND)
    assert is_unavailable(refused, SECOND)
    assert (refused[0].card, refused[0].session) == (MING, before[-1][4])
    assert not rig.desk.ledger_ok
    assert rig.rows("SELECT * FROM journal") == before

    rig.ledger.full = False  # type: ignore[attr-defined]
    again = rig.scan(SECOND, after=1)
    assert told(again) == [("checked_out", SECOND)]
    assert rig.desk.ledger_ok
    assert rig.open_loans() == {FIRST: MING, SECOND: MING}
    assert rig.differences() == []


def test_a_record_that_failed_is_tried_again_though_nobody_scans(rig: Rig) -> None:
    rig.ledger.full = True  # type: ignore[attr-defined]
    rig.scan(MING)

    rig.tick(6)
    still = rig.desk.ledger_ok
    rig.ledger.full = False  # type: ignore[attr-defined]
    rig.tick(6)

    assert (still, rig.desk.ledger_ok) == (False, True)


def test_a_database_held_by_another_program_refuses_until_it_is_free(rig: Rig) -> None:
    rig.scan(MING)
    other = sqlite3.connect(rig.settings.database_path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    assert is_unavailable(rig.scan(FIRST), FIRST)
    other.execute("ROLLBACK")
    other.close()
    assert told(rig.scan(FIRST)) == [("checked_out", FIRST)]


def test_a_read_only_database_refuses(rig: Rig) -> None:
    rig.ledger.db.execute("PRAGMA query_only = ON")

    assert is_unavailable(rig.scan(MING), MING)
    assert is_unavailable(rig.scan(FIRST), FIRST)


def test_a_database_that_cannot_grow_refuses_with_nothing_half_done(rig: Rig) -> None:
    rig.scan(MING)
    pages = rig.rows("PRAGMA page_count")[0][0]
    rig.ledger.db.execute(f"PRAGMA max_page_count = {pages}")
    answers = [rig.scan(BOOKS[place % 20] + "?" * 20)[-1] for place in range(200)]

    refused = [one for one in answers if one.blocks[0].code == "ledger_unavailable"]
    assert refused
    assert all(one.seq is None for one in refused)
    rig.ledger.db.execute("PRAGMA max_page_count = 1000000")
    assert told(rig.scan(FIRST)) == [("checked_out", FIRST)]
    assert rig.differences() == []


def test_a_session_that_could_not_be_ended_in_time_is_ended_later_at_its_time(rig: Rig) -> None:
    rig.scans(MING, FIRST)
    ended_at = rig.clock.at + timedelta(seconds=20)

    rig.ledger.full = True  # type: ignore[attr-defined]
    assert rig.tick(30) == []
    assert is_unavailable(rig.scan(ZHE, lane="right"), ZHE)

    rig.ledger.full = False  # type: ignore[attr-defined]
    outcomes = rig.scan(ZHE, lane="right")
    assert told(outcomes) == [("session_closed", None), ("session_opened", ZHE)]
    assert outcomes[0].at == ended_at
    assert [state for _, state, _ in rig.slips()] == ["queued"]


def test_sessions_that_cannot_be_ended_when_the_desk_stops_wait_for_the_next_start(
    rig: Rig,
) -> None:
    rig.scans(MING, FIRST)
    rig.ledger.full = True  # type: ignore[attr-defined]

    assert rig.desk.close_all(rig.clock.at) == []
    assert rig.rows("SELECT count(*) FROM session WHERE closed_at IS NULL") == [(1,)]


def test_stopping_ends_every_session_and_queues_its_slip(rig: Rig) -> None:
    rig.scans(MING, FIRST)
    rig.scans(ZHE, SECOND, lane="right")

    closed = rig.desk.close_all(rig.clock.at)

    assert told(closed) == [("session_closed", None)] * 2
    assert [state for _, state, _ in rig.slips()] == ["queued", "queued"]
    assert rig.desk.close_all(rig.clock.at) == []


def test_a_session_that_a_power_cut_left_open_is_ended_at_start_and_its_slip_queued(
    tmp_path: Path,
) -> None:
    first = open_rig(tmp_path)
    first.scans(MING, FIRST, SECOND, "KC-UNDO")
    first.ledger.db.close()

    rig = open_rig(tmp_path, at=IN_TURN + timedelta(minutes=5))
    recovered = rig.desk.recover(rig.clock.at)

    assert [(one.kind, one.scan, one.card, one.at) for one in recovered] == [
        (Kind.SESSION_CLOSED, None, MING, rig.clock.at)
    ]
    [(_, state, body)] = rig.slips()
    assert (state, len(json.loads(body)["lent"])) == ("queued", 1)
    assert rig.desk.slip_waits
    assert rig.open_loans() == {FIRST: MING}
    assert rig.desk.recover(rig.clock.at) == []
    assert rig.differences() == []


def test_recovery_on_a_lane_that_is_no_more_leaves_no_such_lane(tmp_path: Path) -> None:
    first = open_rig(tmp_path)
    first.scans(MING, FIRST, lane="right")
    first.ledger.db.close()

    rig = open_rig(tmp_path, lanes={"left": LaneUse.ANY})
    recovered = rig.desk.recover(rig.clock.at)

    assert [(one.lane, one.card) for one in recovered] == [("right", MING)]
    assert list(rig.desk.lanes) == ["left"]
    assert rig.desk.lanes["left"].session is None


def test_a_session_in_which_nothing_was_done_is_recovered_without_a_slip(tmp_path: Path) -> None:
    first = open_rig(tmp_path)
    first.scans(MING, FIRST, "KC-UNDO")
    first.ledger.db.close()

    rig = open_rig(tmp_path)

    assert [one.note for one in rig.desk.recover(rig.clock.at)] == [Note.NOTHING_DONE]
    assert rig.slips() == []


def test_a_clock_behind_the_journal_lends_nothing_and_takes_everything_back(
    tmp_path: Path,
) -> None:
    first = open_rig(tmp_path)
    first.scans(MING, FIRST, SECOND, MING)
    first.ledger.db.close()

    rig = open_rig(tmp_path, at=BEFORE)
    without_card = rig.scan(FIRST)
    opened = rig.scan(MING)
    own = rig.scan(SECOND)
    refused = rig.scan(FIRST)
    renewed = rig.scans("KC-RENEW", FIRST)

    assert rig.desk.clock_state() == "doubted"
    assert told(without_card) == [("checked_in", FIRST)]
    assert told(opened) == [("session_opened", MING)]
    assert told(own) == [("checked_in", SECOND)]
    # It has just come back on this very clock, so it is not asked about again.
    assert (refused[0].kind, refused[0].note) == (Kind.IGNORED, Note.ALREADY_BACK)
    assert (renewed[0].kind, renewed[0].note) == (Kind.IGNORED, Note.ALREADY_BACK)
    assert codes(rig.scan(BOOKS[5])) == ["clock_doubted"]
    assert rig.rows("SELECT DISTINCT clock FROM journal WHERE seq > ?", opened[0].seq) == [
        ("doubted",)
    ]
    assert rig.differences() == []


def test_rows_of_a_doubted_clock_do_not_count_when_the_clock_is_judged(tmp_path: Path) -> None:
    first = open_rig(tmp_path)
    first.scans(MING, FIRST, MING)
    first.ledger.db.close()
    doubted = open_rig(tmp_path, at=BEFORE)
    doubted.scan(FIRST)
    doubted.ledger.db.close()

    rig = open_rig(tmp_path, at=IN_TURN + timedelta(hours=1))

    assert rig.desk.clock_state() == "ok"
    assert open_rig(tmp_path, at=BEFORE).desk.clock_state() == "doubted"


def test_imports_do_not_count_when_the_clock_is_judged(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)  # the import was made by today's real clock, years from IN_TURN

    assert rig.desk.clock_state() == "ok"


def test_a_slip_written_under_a_doubted_clock_tells_no_time(tmp_path: Path) -> None:
    first = open_rig(tmp_path)
    first.scans(MING, FIRST, SECOND)
    first.ledger.db.close()

    rig = open_rig(tmp_path, at=BEFORE)
    rig.desk.recover(rig.clock.at)

    [(_, _, text)] = rig.slips()
    slip = json.loads(text)
    assert [one["due"] for one in slip["lent"]] == ["9月17日(四)前还"] * 2
    assert slip["footer"].endswith("No.3")
    assert {"overdue", "next_turn", "this_term"}.isdisjoint(slip)


def test_a_clock_set_back_does_not_keep_a_session_for_ever(rig: Rig) -> None:
    rig.scan(TEACHER)
    rig.clock.at -= timedelta(days=900)

    assert told(rig.tick(1)) == [("session_closed", None)]


def test_a_label_that_could_not_be_recorded_is_no_repeat(rig: Rig) -> None:
    rig.scan(MING)
    rig.ledger.full = True  # type: ignore[attr-defined]
    rig.scan(FIRST)
    rig.ledger.full = False  # type: ignore[attr-defined]

    assert told(rig.scan(FIRST, after=0.5)) == [("checked_out", FIRST)]


def test_a_card_that_could_not_be_recorded_ends_the_session_before_it_all_the_same(
    rig: Rig,
) -> None:
    rig.scans(MING, FIRST)
    rig.ledger.full = True  # type: ignore[attr-defined]
    [refused] = rig.scan(ZHE)
    rig.ledger.full = False  # type: ignore[attr-defined]

    outcomes = rig.scan(SECOND)

    assert (refused.card, refused.session) == (None, None)
    assert told(outcomes) == [("session_closed", None), ("attention", SECOND)]
    assert rig.open_loans() == {FIRST: MING}
    assert [(state, cause) for state, cause in rig.rows(CAUSES)] == [("queued", "other_card")]
    assert rig.differences() == []


def test_a_card_ends_its_lanes_session_though_another_lanes_end_is_what_failed(rig: Rig) -> None:
    rig.scan(ZHE, lane="right")
    rig.scan(MING, after=12)
    rig.scan(FIRST, after=5)
    rig.ledger.full = True  # type: ignore[attr-defined]
    refused = rig.scan(MONITOR, after=4)
    rig.ledger.full = False  # type: ignore[attr-defined]

    outcomes = rig.scan(SECOND)

    assert is_unavailable(refused, MONITOR)
    assert told(outcomes)[-1] == ("attention", SECOND)
    assert rig.open_loans() == {FIRST: MING}
    assert rig.differences() == []


@pytest.mark.parametrize("text", ["\ud800", "KC-READER-\ud800", "R1\udc80"])
def test_half_a_character_is_refused_and_can_be_written_down(rig: Rig, text: str) -> None:
    rig.be_on_duty()

    refused = rig.scan(text)

    written = text.encode(errors="backslashreplace").decode()
    assert refused[-1].kind is Kind.REFUSED
    assert codes(refused)[0] in {"label_unreadable", "card_unknown"}
    assert refused[-1].scan == written
    assert json.loads(outcome_line(refused[-1]).encode())["scan"] == written


def test_half_a_character_is_named_when_it_could_not_be_recorded(rig: Rig) -> None:
    rig.ledger.full = True  # type: ignore[attr-defined]

    assert is_unavailable(rig.scan("\ud800"), "\\ud800")
