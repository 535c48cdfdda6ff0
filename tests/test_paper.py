"""A sheet of paper from a day without the desk is entered with its own dates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, Rig, open_rig

from kiosk.errors import ImportFault
from kiosk.imports.paper import Entered, enter, read_sheet
from kiosk.imports.plan import Context

TODAY = date(2026, 9, 10)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the turn of 三(2)班."""
    return open_rig(tmp_path)


def sheet(folder: Path, *lines: str, heading: str = "日期,证号,书号,借还") -> Path:
    path = folder / "paper.csv"
    path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
    return path


def entered(rig: Rig, path: Path, *, dry: bool = False) -> Entered:
    context = Context(rig.settings.class_names(), rig.settings.patterns(), TODAY)
    return enter(
        read_sheet(path, context),
        rig.ledger,
        rig.settings.policy(),
        desk="desk-1",
        now=rig.clock.now(),
        dry=dry,
    )


def test_a_loan_from_paper_has_its_own_day_and_the_due_date_reckoned_from_it(
    rig: Rig, tmp_path: Path
) -> None:
    path = sheet(tmp_path, f"2026-09-03,{MING},{BOOKS[0]},借")

    done = entered(rig, path)

    assert (done.lent, done.returned, done.conflicts) == (1, 0, ())
    assert rig.rows("SELECT checked_out_at, due_on FROM loan") == [
        ("2026-09-03T04:00:00.000Z", "2026-09-10")
    ]
    assert rig.differences() == []


def test_a_book_lent_at_the_desk_is_returned_on_paper(rig: Rig, tmp_path: Path) -> None:
    rig.scans(MING, BOOKS[0], MING)
    path = sheet(tmp_path, f"2026-09-10,,{BOOKS[0]},还")

    done = entered(rig, path)

    assert done.returned == 1
    assert rig.open_loans() == {}
    assert rig.differences() == []


def test_one_sheet_may_lend_and_return_the_same_book_in_order(rig: Rig, tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        f"2026-09-03,{MING},{BOOKS[0]},借",
        f"2026-09-07,,{BOOKS[0]},还",
        f"2026-09-07,{HONG},{BOOKS[0]},借",
    )

    done = entered(rig, path)

    assert (done.lent, done.returned, done.conflicts) == (2, 1, ())
    assert rig.open_loans() == {BOOKS[0]: HONG}
    assert rig.differences() == []


def test_a_line_that_cannot_have_happened_is_told_and_the_others_are_entered(
    rig: Rig, tmp_path: Path
) -> None:
    rig.scans(MING, BOOKS[0], MING)
    path = sheet(
        tmp_path,
        f"2026-09-03,{HONG},{BOOKS[0]},借",
        f"2026-09-03,,{BOOKS[1]},还",
        f"2026-09-03,R999999,{BOOKS[2]},借",
        f"2026-09-03,{HONG},39999999,借",
        f"2026-09-03,,{BOOKS[0]},还",
        f"2026-09-03,{HONG},{BOOKS[3]},借",
    )

    done = entered(rig, path)

    assert [str(one) for one in done.conflicts] == [
        f"line 2: item {BOOKS[0]} is on loan since 2026-09-10",
        f"line 3: item {BOOKS[1]} is not on loan",
        "line 4: there is no card R999999",
        "line 5: there is no item 39999999",
        f"line 6: item {BOOKS[0]} was lent later, on 2026-09-10",
    ]
    assert rig.open_loans() == {BOOKS[0]: MING, BOOKS[3]: HONG}
    assert rig.differences() == []


def test_a_dry_run_tells_the_same_and_writes_nothing(rig: Rig, tmp_path: Path) -> None:
    path = sheet(tmp_path, f"2026-09-03,{MING},{BOOKS[0]},借")

    done = entered(rig, path, dry=True)

    assert done.lent == 1
    assert rig.rows("SELECT count(*) FROM journal WHERE lane IS NULL AND kind = 'checked_out'") == [
        (0,)
    ]


def test_every_line_that_cannot_be_read_is_told_and_nothing_is_entered(
    rig: Rig, tmp_path: Path
) -> None:
    path = sheet(
        tmp_path,
        f"2026-09-11,{MING},{BOOKS[0]},借",
        f"gestern,{MING},{BOOKS[0]},借",
        f"2026-09-03,,{BOOKS[0]},借",
        f"2026-09-03,{MING},{BOOKS[0]},卖",
    )

    with pytest.raises(ImportFault) as fault:
        entered(rig, path)

    assert str(fault.value).splitlines() == [
        'paper.csv: line 2: 日期 "2026-09-11": expected a day not after today, 2026-09-10',
        'paper.csv: line 3: 日期 "gestern": expected a date such as 2027-07-01',
        'paper.csv: line 4: 证号 "": expected the card of whoever took the book',
        'paper.csv: line 5: 借还 "卖": expected lent or returned (借 or 还)',
        "Nothing was imported: 4 to mend in paper.csv.",
    ]
    assert rig.open_loans() == {}


def place_hold(rig: Rig, card: str, book: str) -> None:
    rig.be_staff()
    rig.scan("KC-HOLD", after=5)
    rig.scans(card, book, "KC-DONE")


def test_a_book_lent_on_paper_to_whoever_it_was_kept_for_fills_the_hold(
    rig: Rig, tmp_path: Path
) -> None:
    place_hold(rig, MING, BOOKS[2])
    assert rig.rows("SELECT state FROM hold") == [("ready",)]

    entered(rig, sheet(tmp_path, f"2026-09-10,{MING},{BOOKS[2]},借"))

    assert rig.rows("SELECT state FROM hold") == [("filled",)]
    assert rig.differences() == []


def test_a_book_lent_on_paper_to_somebody_else_is_kept_for_nobody(rig: Rig, tmp_path: Path) -> None:
    place_hold(rig, MING, BOOKS[2])

    entered(rig, sheet(tmp_path, f"2026-09-10,{HONG},{BOOKS[2]},借"))

    assert rig.rows("SELECT state, item_id FROM hold") == [("waiting", None)]
    assert rig.differences() == []


def test_a_sheet_that_is_entered_once_more_is_booked_once(rig: Rig, tmp_path: Path) -> None:
    lines = [f"2026-09-03,{MING},{BOOKS[0]},借", f"2026-09-04,,{BOOKS[0]},还"]
    entered(rig, sheet(tmp_path, *lines, f"2026-09-04,{MING},39999999,借"))

    again = entered(rig, sheet(tmp_path, *lines, f"2026-09-04,{MING},{BOOKS[1]},借"))

    assert (again.lent, again.returned, again.known, again.conflicts) == (1, 0, 2, ())
    assert rig.rows("SELECT count(*) FROM loan") == [(2,)]
    assert rig.differences() == []


def test_a_book_that_changed_hands_twice_on_one_day_is_entered_as_it_was(
    rig: Rig, tmp_path: Path
) -> None:
    lines = [
        f"2026-09-03,{card},{BOOKS[0]},{deed}" for card in (MING, HONG) for deed in ("借", "还")
    ]

    done = entered(rig, sheet(tmp_path, *lines))

    assert (done.lent, done.returned, done.known, done.conflicts) == (2, 2, 0, ())
    assert rig.differences() == []


def test_a_book_that_came_back_on_paper_is_kept_for_whoever_waits(rig: Rig, tmp_path: Path) -> None:
    rig.scans(HONG, "KC-DONE")
    rig.scans(MING, BOOKS[2], "KC-DONE")
    place_hold(rig, HONG, BOOKS[2])
    assert rig.rows("SELECT state FROM hold") == [("waiting",)]

    done = entered(rig, sheet(tmp_path, f"2026-09-10,,{BOOKS[2]},还"))
    rig.tick(2 * 60 * 60)

    assert done.kept == (BOOKS[2],)
    # The desk, which knows the timetable, says until when.
    assert rig.rows("SELECT state, ready_until FROM hold") == [("ready", "2026-09-14")]
    assert rig.differences() == []
