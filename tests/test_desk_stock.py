"""Staff labels for books: lost and found, repair, written off; a lost book that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZHE, Rig, codes, open_rig

from kiosk.domain import Note, Outcome
from kiosk.domain import OutcomeKind as Kind

SETTLED = 700
FIRST, SECOND = BOOKS[2], BOOKS[3]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path)
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def do(rig: Rig, verb: str, book: str = FIRST) -> Outcome:
    """Scan a staff label and the book it is about."""
    rig.scan(f"KC-{verb}", after=5)
    return rig.scan(book)[-1]


def status(rig: Rig, book: str = FIRST) -> str:
    found: str = rig.rows("SELECT status FROM item WHERE barcode = ?", book)[0][0]
    return found


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ([], "LOST", "lost"),
        (["LOST"], "FOUND", "active"),
        ([], "REPAIR", "in_repair"),
        (["REPAIR"], "REPAIRED", "active"),
        (["REPAIR"], "LOST", "lost"),
        ([], "WRITEOFF", "withdrawn"),
        (["LOST"], "WRITEOFF", "withdrawn"),
        (["REPAIR"], "WRITEOFF", "withdrawn"),
    ],
)
def test_a_staff_label_changes_a_books_status(
    rig: Rig, before: list[str], verb: str, after: str
) -> None:
    rig.be_staff()
    for earlier in before:
        do(rig, earlier)

    changed = do(rig, verb)

    assert (changed.kind, changed.note) == (Kind.MODE_CHANGED, Note.ITEM_CHANGED)
    assert (changed.values["kind"], changed.title) == (after, "草房子")
    assert status(rig) == after


@pytest.mark.parametrize(
    ("before", "verb", "standing"),
    [
        ([], "FOUND", "active"),
        ([], "REPAIRED", "active"),
        (["LOST"], "LOST", "lost"),
        (["LOST"], "REPAIR", "lost"),
        (["REPAIR"], "FOUND", "in_repair"),
        (["WRITEOFF"], "LOST", "withdrawn"),
        (["WRITEOFF"], "FOUND", "withdrawn"),
    ],
)
def test_a_label_that_does_not_fit_a_books_status_changes_nothing(
    rig: Rig, before: list[str], verb: str, standing: str
) -> None:
    rig.be_staff()
    for earlier in before:
        do(rig, earlier)
    unchanged = status(rig)

    told = do(rig, verb)

    assert (told.kind, told.note) == (Kind.ATTENTION, Note.NOT_NOW)
    assert told.values == {"status": standing}
    assert status(rig) == unchanged


@pytest.mark.parametrize("verb", ["REPAIR", "WRITEOFF"])
def test_a_book_that_is_out_is_neither_mended_nor_written_off(rig: Rig, verb: str) -> None:
    rig.scans(MING, FIRST)
    rig.be_staff()

    told = do(rig, verb)

    assert told.values == {"status": "on_loan"}
    assert (status(rig), rig.open_loans()) == ("active", {FIRST: MING})


def test_losing_a_book_ends_its_loan_and_tells_who_had_it(rig: Rig) -> None:
    rig.scans(ZHE, FIRST, "KC-DONE")
    rig.scan(FIRST, after=SETTLED)
    rig.scans(MING, FIRST)
    rig.be_staff()

    lost = do(rig, "LOST")

    assert rig.open_loans() == {}
    assert lost.page is not None
    assert lost.page.heading == "草房子"
    assert [line.columns for line in lost.page.lines] == [
        ("王小明", "三(2)班", "9月10日", "9月10日"),
        ("陈喆", "三(2)班", "9月10日", "9月10日"),
    ]


def test_staff_labels_need_staff(rig: Rig) -> None:
    rig.be_on_duty()
    for verb in ("LOST", "FOUND", "REPAIR", "REPAIRED", "WRITEOFF", "CHARGE", "PAID"):
        assert rig.scan(f"KC-{verb}")[0].note is Note.NEEDS_STAFF


def test_a_label_for_a_book_nobody_knows_is_refused(rig: Rig) -> None:
    rig.be_staff()

    told = do(rig, "LOST", "39999999")

    assert codes([told]) == ["item_unknown"]


def test_a_lost_book_scanned_without_a_card_is_noted_once_and_not_checked_in(rig: Rig) -> None:
    rig.be_staff()
    do(rig, "LOST")
    rig.scan("KC-DONE")

    found = rig.scan(FIRST)[0]
    rig.scan("KC-RETURN")
    in_crate = rig.scan(FIRST, after=5)[0]

    assert (found.kind, found.note) == (Kind.ATTENTION, Note.FOUND_LOST)
    assert (in_crate.kind, in_crate.note) == (Kind.ATTENTION, Note.FOUND_LOST)
    assert rig.rows("SELECT todo.kind, barcode FROM todo JOIN item ON item.id = item_id") == [
        ("lost_came_back", FIRST)
    ]
    assert status(rig) == "lost"


def test_a_lost_book_a_pupil_wants_to_borrow_is_refused_and_noted(rig: Rig) -> None:
    rig.be_staff()
    do(rig, "LOST")

    refused = rig.scans(MING, FIRST)

    assert codes(refused) == ["item_lost"]
    assert rig.rows("SELECT kind FROM todo") == [("lost_came_back",)]


def test_a_book_its_own_reader_has_just_lost_is_not_called_back(rig: Rig) -> None:
    rig.scans(MING, FIRST)
    rig.be_staff()
    do(rig, "LOST")

    assert codes(rig.scans(MING, FIRST)) == ["item_lost"]


def test_finding_a_lost_book_closes_what_was_to_be_done_about_it(rig: Rig) -> None:
    rig.be_staff()
    do(rig, "LOST")
    rig.scans("KC-DONE", FIRST)
    rig.be_staff()

    do(rig, "FOUND")

    assert rig.rows("SELECT kind, done FROM todo") == [("lost_came_back", "active")]
    assert rig.rows("SELECT closed_by IS NOT NULL FROM todo") == [(1,)]


def test_writing_off_a_damaged_book_closes_its_damage(rig: Rig) -> None:
    rig.scans(MING, FIRST, "KC-DONE")
    rig.scan(FIRST, after=SETTLED)
    rig.scan("KC-DAMAGE-PAGES")
    rig.be_staff()

    do(rig, "WRITEOFF")

    assert rig.rows("SELECT kind, done FROM todo") == [("damage", "withdrawn")]


def test_a_call_for_help_leaves_what_staff_were_about_to_do(rig: Rig) -> None:
    rig.be_staff()

    rig.scans("KC-LOST", "KC-HELP", FIRST)

    assert rig.rows("SELECT status FROM item WHERE barcode = ?", FIRST) == [("lost",)]
    assert rig.open_loans() == {}
