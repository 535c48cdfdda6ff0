"""Damage labels: what is wrong with a book that has just come back, for staff to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZHE, Rig, open_rig

from kiosk.domain import CrateView, Note
from kiosk.domain import OutcomeKind as Kind

SETTLED = 700
FIRST, SECOND = BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path)
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def bring_back(rig: Rig, book: str = FIRST) -> None:
    """Lend a book to 王小明 and take it back without a card."""
    rig.scans(MING, book, "KC-DONE")
    rig.scan(book, after=SETTLED)


def todos(rig: Rig) -> list[tuple[str, str, str]]:
    return rig.rows(
        "SELECT todo.kind, label, barcode FROM todo JOIN item ON item.id = item_id ORDER BY todo.id"
    )


def test_a_damage_label_after_a_check_in_puts_the_book_on_the_list(rig: Rig) -> None:
    bring_back(rig)

    noted = rig.scan("KC-DAMAGE-TORN")[0]

    assert (noted.kind, noted.note) == (Kind.MODE_CHANGED, Note.DAMAGE_NOTED)
    assert (noted.title, noted.barcode, dict(noted.values)) == ("草房子", FIRST, {"damage": "TORN"})
    assert todos(rig) == [("damage", "TORN", FIRST)]


def test_the_note_of_damage_names_the_loan_it_came_from(rig: Rig) -> None:
    bring_back(rig)

    noted = rig.scan("KC-DAMAGE-WET")[0]

    (data,) = rig.rows("SELECT data FROM journal WHERE seq = ?", noted.seq)[0]
    assert json.loads(data)["loan"] == rig.rows("SELECT id FROM loan")[0][0]


def test_damage_charges_nobody_and_leaves_the_book_in_use(rig: Rig) -> None:
    bring_back(rig)

    rig.scan("KC-DAMAGE-PAGES")

    assert rig.rows("SELECT * FROM charge") == []
    assert rig.rows("SELECT status FROM item WHERE barcode = ?", FIRST) == [("active",)]


def test_the_same_damage_twice_is_one_thing_to_do(rig: Rig) -> None:
    bring_back(rig)
    rig.scan("KC-DAMAGE-TORN")

    again = rig.scan("KC-DAMAGE-TORN")[0]
    other = rig.scan("KC-DAMAGE-WET")[0]

    assert (again.kind, again.note) == (Kind.IGNORED, Note.DAMAGE_NOTED)
    assert other.kind is Kind.MODE_CHANGED
    assert todos(rig) == [("damage", "TORN", FIRST), ("damage", "WET", FIRST)]


def test_a_damage_label_means_a_book_for_two_minutes_only(rig: Rig) -> None:
    bring_back(rig)
    in_time = rig.scan("KC-DAMAGE-TORN", after=120)[0]

    too_late = rig.scan("KC-DAMAGE-WET", after=1)[0]

    assert in_time.note is Note.DAMAGE_NOTED
    assert (too_late.kind, too_late.note) == (Kind.ATTENTION, Note.NO_BOOK_FOR_DAMAGE)


def test_a_damage_label_without_a_book_changes_nothing(rig: Rig) -> None:
    assert rig.scan("KC-DAMAGE-TORN")[0].note is Note.NO_BOOK_FOR_DAMAGE
    assert rig.rows("SELECT * FROM todo") == []


def test_damage_belongs_to_the_lane_where_the_book_came_back(rig: Rig) -> None:
    bring_back(rig)

    assert rig.scan("KC-DAMAGE-TORN", lane="right")[0].note is Note.NO_BOOK_FOR_DAMAGE


def test_an_undone_check_in_has_no_damage(rig: Rig) -> None:
    rig.scans(MING, FIRST, "KC-DONE")
    rig.scan("KC-RETURN", after=SETTLED)
    rig.be_on_duty()
    rig.scan(MING, lane="right")
    rig.scans(FIRST, "KC-UNDO")

    assert rig.scan("KC-DAMAGE-TORN")[0].note is Note.NO_BOOK_FOR_DAMAGE


def test_damage_stays_on_the_list_once_when_the_check_in_is_undone(rig: Rig) -> None:
    rig.scans(MING, FIRST, "KC-DONE")
    rig.scan(MING, after=SETTLED)
    rig.scans(FIRST, "KC-DAMAGE-TORN", "KC-UNDO")
    undone = todos(rig)

    rig.scans(FIRST, "KC-DONE", "KC-DAMAGE-TORN")

    assert undone == todos(rig) == [("damage", "TORN", FIRST)]


def test_damage_is_noted_in_a_crate_and_in_a_session_alike(rig: Rig) -> None:
    rig.scans(MING, FIRST, SECOND, "KC-DONE")
    rig.scan("KC-RETURN", after=SETTLED)
    rig.scan(FIRST)

    in_crate = rig.scan("KC-DAMAGE-DOODLED")[0]
    rig.scans(MING, "KC-RETURN", SECOND)
    in_session = rig.scan("KC-DAMAGE-DOODLED", after=4)[0]

    assert (in_crate.note, in_crate.crate) == (Note.DAMAGE_NOTED, CrateView(1))
    assert (in_session.note, in_session.barcode) == (Note.DAMAGE_NOTED, SECOND)


def test_staff_see_who_had_the_damaged_book_last_and_nobody_else_does(rig: Rig) -> None:
    bring_back(rig)
    for_pupils = rig.scan("KC-DAMAGE-TORN")[0]
    rig.scans(ZHE, SECOND, "KC-DONE")
    rig.be_staff()
    rig.scan(SECOND, after=4)  # on another's loan: refused
    rig.scans("KC-RETURN", SECOND)

    for_staff = rig.scan("KC-DAMAGE-TORN", after=4)[0]

    assert for_pupils.page is None
    assert for_staff.page is not None
    assert [line.columns[:2] for line in for_staff.page.lines] == [("陈喆", "三(2)班")]
