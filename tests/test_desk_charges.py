"""Charges for lost and damaged books: what they come to, and how they are settled."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZHE, Rig, open_rig

from kiosk.domain import Note, Outcome
from kiosk.domain import OutcomeKind as Kind

SETTLED = 700
FIRST = BOOKS[2]  # 草房子, 20.00
WITHOUT_PRICE = BOOKS[14]  # 小王子


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path)
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def do(rig: Rig, verb: str, *labels: str) -> Outcome:
    """Scan a staff label and what it is about."""
    rig.scan(f"KC-{verb}", after=5)
    return rig.scans(*labels)[-1]


def lend_and_lose(rig: Rig, book: str = FIRST) -> None:
    rig.scans(MING, book)
    rig.be_staff()
    do(rig, "LOST", book)


def charges(rig: Rig) -> list[tuple[str, str, int, str | None]]:
    return rig.rows(
        "SELECT card, charge.kind, amount_fen, settled_by FROM charge"
        " JOIN reader ON reader.id = reader_id ORDER BY charge.id"
    )


def test_a_lost_book_is_charged_at_its_price_to_whoever_had_it(rig: Rig) -> None:
    lend_and_lose(rig)

    charged = do(rig, "CHARGE", FIRST)

    assert (charged.kind, charged.note) == (Kind.MODE_CHANGED, Note.CHARGED)
    assert charged.values == {"name": "王小明", "fen": 2000}
    assert charges(rig) == [(MING, "lost", 2000, None)]
    assert charged.page is not None
    assert charged.page.hints[0] == "最好赔一本新书:扫【赔了新书】"


def test_a_damaged_book_is_charged_to_its_last_reader_by_the_schools_factor(
    tmp_path: Path,
) -> None:
    changes = {"overdue_blocks = true": "overdue_blocks = true\ncharge_factor = 1.5"}
    rig = open_rig(tmp_path, changes)
    rig.scans(ZHE, FIRST, "KC-DONE")
    rig.scan(FIRST, after=SETTLED)
    rig.be_staff()

    do(rig, "CHARGE", FIRST)

    assert charges(rig) == [(ZHE, "damaged", 3000, None)]
    assert rig.differences() == []


def test_staff_name_the_sum_in_yuan_where_a_book_has_no_price(rig: Rig) -> None:
    lend_and_lose(rig, WITHOUT_PRICE)

    asked = do(rig, "CHARGE", WITHOUT_PRICE)
    charged = rig.scan("35")[-1]

    assert asked.note is Note.ENTER_NUMBER
    assert asked.page is not None
    assert asked.page.hints == ("没有定价:输入元数,再按【确定】",)
    assert charged.values == {"name": "王小明", "fen": 3500}
    assert charges(rig) == [(MING, "lost", 3500, None)]


def test_one_loan_has_one_open_charge_at_most(rig: Rig) -> None:
    lend_and_lose(rig)
    do(rig, "CHARGE", FIRST)

    again = do(rig, "CHARGE", FIRST)

    assert (again.kind, again.values) == (Kind.ATTENTION, {"status": "charged"})
    assert len(charges(rig)) == 1


def test_a_book_nobody_has_borrowed_is_charged_to_nobody(rig: Rig) -> None:
    rig.be_staff()

    assert do(rig, "CHARGE", FIRST).values == {"status": "never_lent"}
    assert charges(rig) == []


@pytest.mark.parametrize(
    ("verb", "by", "kind"),
    [
        ("REPLACED", "replacement", "replaced"),
        ("PAID", "payment", "paid"),
        ("WAIVE", "waived", "waived"),
    ],
)
def test_a_charge_is_settled_in_three_ways(rig: Rig, verb: str, by: str, kind: str) -> None:
    lend_and_lose(rig)
    do(rig, "CHARGE", FIRST)

    settled = do(rig, verb, FIRST)

    assert (settled.kind, settled.note) == (Kind.MODE_CHANGED, Note.SETTLED)
    assert settled.values == {"name": "王小明", "fen": 2000, "kind": kind}
    assert charges(rig) == [(MING, "lost", 2000, by)]


def test_without_a_charge_there_is_nothing_to_settle(rig: Rig) -> None:
    rig.be_staff()

    told = do(rig, "PAID", FIRST)

    assert (told.kind, told.note) == (Kind.ATTENTION, Note.NO_CHARGE)


@pytest.mark.parametrize("way", ["REPLACED", "PAID", "WAIVE"])
def test_a_loan_whose_charge_is_settled_is_not_charged_for_the_same_again(
    rig: Rig, way: str
) -> None:
    lend_and_lose(rig)
    do(rig, "CHARGE", FIRST)
    do(rig, way, FIRST)

    again = do(rig, "CHARGE", FIRST)

    assert (again.kind, again.note) == (Kind.ATTENTION, Note.NO_CHARGE)
    assert len(charges(rig)) == 1


def test_a_loan_charged_for_damage_may_be_charged_when_the_book_is_lost(rig: Rig) -> None:
    rig.scans(MING, FIRST)
    rig.be_staff()
    do(rig, "CHARGE", FIRST)
    do(rig, "WAIVE", FIRST)
    do(rig, "LOST", FIRST)

    do(rig, "CHARGE", FIRST)

    assert [row[3] for row in charges(rig)] == ["waived", None]
