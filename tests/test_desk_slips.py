"""What undo takes back, and what a session's slip says and whether it is queued."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from desk_rig import (
    BOOKS,
    MING,
    ZHE,
    Rig,
    open_rig,
    told,
)

from kiosk.domain import Note
from kiosk.domain import OutcomeKind as Kind

FIRST, SECOND, THIRD = BOOKS[0], BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the middle of a turn, with two lanes."""
    return open_rig(tmp_path)


def test_card_book_card_lends_and_queues_a_slip(rig: Rig) -> None:
    opened = rig.scan(MING)
    lent = rig.scan(FIRST)
    closed = rig.scan(MING)

    assert [told(one) for one in (opened, lent, closed)] == [
        [("session_opened", MING)],
        [("checked_out", FIRST)],
        [("session_closed", MING)],
    ]
    assert str(lent[0].due_on) == "2026-09-17"
    assert rig.open_loans() == {FIRST: MING}
    [(session, state, body)] = rig.slips()
    assert (session, state) == (opened[0].seq, "queued")
    assert json.loads(body)["lent"] == [{"title": "夏洛的网", "due": "9月17日(四)前还"}]
    assert rig.differences() == []


def test_a_slip_label_ends_the_session_and_answers_with_the_slip(rig: Rig) -> None:
    rig.scans(MING, FIRST)

    assert told(rig.scan("KC-SLIP")) == [("session_closed", None), ("slip_queued", "KC-SLIP")]


def test_a_slip_label_with_nothing_done_only_ends_the_session(rig: Rig) -> None:
    rig.scan(MING)

    assert told(rig.scan("KC-SLIP")) == [("session_closed", "KC-SLIP")]
    assert rig.slips() == []


def test_undo_takes_back_the_last_deed_and_the_next_scan_lends_again(rig: Rig) -> None:
    rig.scans(MING, FIRST)

    undone = rig.scan("KC-UNDO")
    assert (undone[0].kind, undone[0].barcode) == (Kind.UNDONE, FIRST)
    assert rig.open_loans() == {}
    assert told(rig.scan(FIRST, after=0.5)) == [("checked_out", FIRST)]
    assert rig.differences() == []


def test_undo_of_a_return_and_of_a_renewal_gives_the_loan_back_as_it_was(rig: Rig) -> None:
    rig.scans(MING, FIRST)
    rig.tick(86400 * 7)
    before = rig.rows("SELECT * FROM loan")

    rig.scans(MING, "KC-RENEW", FIRST)
    assert rig.rows("SELECT * FROM loan") != before
    rig.scan("KC-UNDO")
    assert rig.rows("SELECT * FROM loan") == before
    rig.scans("KC-RETURN", FIRST, "KC-UNDO")

    assert rig.rows("SELECT * FROM loan") == before
    assert rig.differences() == []


def test_the_undo_label_read_twice_takes_back_one_deed(rig: Rig) -> None:
    rig.scans(MING, FIRST, SECOND)

    rig.scan("KC-UNDO")
    twice = rig.scan("KC-UNDO", after=1)

    assert told(twice) == [("ignored", "KC-UNDO")]
    assert rig.open_loans() == {FIRST: MING}


def test_undo_never_puts_a_book_on_a_reader_who_is_not_there(rig: Rig) -> None:
    rig.scans(ZHE, FIRST, ZHE, MING, "KC-RETURN", FIRST)

    undone = rig.scan("KC-UNDO")

    assert (undone[0].kind, undone[0].note) == (Kind.ATTENTION, Note.READER_NOT_HERE)
    assert rig.open_loans() == {}


@pytest.mark.parametrize(("wait_s", "became"), [(60, Kind.UNDONE), (60.1, Kind.ATTENTION)])
def test_the_book_scanned_before_the_card_is_taken_back_within_60_s(
    tmp_path: Path, wait_s: float, became: Kind
) -> None:
    rig = open_rig(tmp_path, {"idle_s = 20": "idle_s = 90"})
    rig.scans(ZHE, FIRST, SECOND, MING)

    undone = rig.scan("KC-UNDO", after=wait_s)

    assert undone[-1].kind is became
    assert (SECOND in rig.open_loans()) is (became is not Kind.UNDONE)
    assert rig.open_loans()[FIRST] == ZHE


def test_undo_of_a_displaced_check_out_corrects_the_slip_that_waits(rig: Rig) -> None:
    rig.scans(ZHE, FIRST, SECOND, MING, "KC-UNDO")

    [(_, state, body)] = rig.slips()
    assert (state, [one["title"] for one in json.loads(body)["lent"]]) == ("queued", ["夏洛的网"])
    assert json.loads(body)["in_hand"] == "手上1本"


def test_a_slip_with_nothing_left_on_it_is_withdrawn(rig: Rig) -> None:
    rig.scans(ZHE, FIRST, MING, "KC-UNDO")

    assert rig.slips() == []


def test_a_corrected_slip_that_nobody_asked_for_any_more_is_cancelled(rig: Rig) -> None:
    rig.scans(ZHE, FIRST, ZHE)
    rig.scan(ZHE, after=700)
    rig.scans(FIRST, SECOND, MING, "KC-UNDO")

    *_, (_, state, body) = rig.slips()
    assert state == "cancelled"
    assert json.loads(body)["returned"] == ["夏洛的网"]


def test_a_session_whose_only_deed_was_undone_has_no_slip(rig: Rig) -> None:
    rig.scans(MING, FIRST, "KC-UNDO")

    closed = rig.scan(MING)

    assert closed[0].note is Note.NOTHING_DONE
    assert rig.slips() == []


def test_a_book_lent_and_brought_back_in_one_session_is_not_due_on_its_slip(rig: Rig) -> None:
    rig.scans(MING, FIRST, "KC-RETURN", FIRST, MING)

    [(_, _, body)] = rig.slips()
    assert "lent" not in json.loads(body)
    assert json.loads(body)["returned"] == ["夏洛的网"]


@pytest.mark.parametrize(
    ("slips", "driver", "lent", "returned"),
    [
        ("always", "file", "queued", "queued"),
        ("lent", "file", "queued", "cancelled"),
        ("on_request", "file", "cancelled", "cancelled"),
        ("never", "file", "cancelled", "cancelled"),
        ("always", "none", "cancelled", "cancelled"),
    ],
)
def test_a_slip_is_queued_as_the_settings_ask_and_by_its_label_always(
    tmp_path: Path, slips: str, driver: str, lent: str, returned: str
) -> None:
    changes = {'slips = "lent"': f'slips = "{slips}"', 'driver = "file"': f'driver = "{driver}"'}
    rig = open_rig(tmp_path, changes)

    rig.scans(MING, FIRST, MING)
    rig.scan(MING, after=700)
    rig.scans(FIRST, MING)
    assert [state for _, state, _ in rig.slips()] == [lent, returned]

    late = rig.scan("KC-SLIP")
    assert told(late) == [("slip_queued", "KC-SLIP")]
    assert [state for _, state, _ in rig.slips()] == [lent, "queued"]
    asked = rig.scans(ZHE, SECOND, "KC-SLIP")
    assert told(asked)[-1] == ("slip_queued", "KC-SLIP")
    assert rig.slips()[-1][1] == "queued"


def test_a_slip_label_without_a_session_to_print_draws_attention(rig: Rig) -> None:
    assert rig.scan("KC-SLIP")[0].note is Note.NOTHING_TO_PRINT


def test_masked_names_are_masked_on_the_screen_and_on_the_slip(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, {"mask_names = false": "mask_names = true"})

    outcomes = rig.scans(MING, FIRST, MING)

    assert {one.view.name for one in outcomes if one.view is not None} == {"王*明"}
    assert json.loads(rig.slips()[0][2])["who"] == "三(2)班 王*明"


@pytest.mark.parametrize("state", ["printed", "unknown", "failed"])
def test_a_reader_may_have_what_may_be_on_paper_once_more_marked_as_a_copy(
    tmp_path: Path, state: str
) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, FIRST, MING)
    rig.ledger.db.execute("UPDATE slip SET state = ?", [state])

    asked = rig.scan("KC-SLIP")
    again = rig.scan("KC-SLIP", after=5)

    assert told(asked) == [("slip_queued", "KC-SLIP")]
    assert [state for _, state, _ in rig.slips()] == [state, "queued"]
    assert json.loads(rig.slips()[1][2])["notes"] == ["重印"]
    # Once: paper is no toy.
    assert again[0].note is Note.NOTHING_TO_PRINT


@pytest.mark.parametrize("state", ["queued", "printing"])
def test_a_slip_that_is_on_its_way_is_not_doubled_by_its_label(tmp_path: Path, state: str) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, FIRST, MING)
    rig.ledger.db.execute("UPDATE slip SET state = ?", [state])

    asked = rig.scan("KC-SLIP")

    assert told(asked) == [("slip_queued", "KC-SLIP")]
    assert [state for _, state, _ in rig.slips()] == [state]
