"""Staff at the desk: card and PIN, waits after wrong ones, and a PIN that nothing ever shows."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from desk_rig import (
    BOOKS,
    IN_TURN,
    MING,
    MONITOR,
    PIN,
    TEACHER,
    Rig,
    codes,
    no_progress,
    open_rig,
    school_in,
)

from kiosk.cli import main
from kiosk.desk.people.pins import wait_left
from kiosk.domain import Note, Outcome
from kiosk.domain import OutcomeKind as Kind
from kiosk.imports.plan import Context, apply
from kiosk.imports.readers import plan_readers
from kiosk.ledger import pins
from kiosk.ledger.connection import open_ledger
from kiosk.ledger.people import WrongPins
from kiosk.wording import Words
from kiosk.wording.blocks import Voice
from kiosk.wording.outcomes import say

WRONG = "1111"
AT = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the middle of a turn, at which a teacher has a PIN."""
    rig = open_rig(tmp_path)
    rig.give_pin()
    return rig


def note(outcomes: list[Outcome]) -> tuple[Kind, Note | None]:
    """Say what the last outcome was, and its note."""
    return outcomes[-1].kind, outcomes[-1].note


def is_staff(rig: Rig, lane: str = "left") -> bool:
    """Tell whether the lane's session has the rights of staff."""
    session = rig.desk.lanes[lane].session
    return session is not None and session.staff


def test_a_pin_is_kept_as_a_salted_scrypt_that_opens_for_it_alone() -> None:
    kept, again = pins.locked("2468"), pins.locked("2468")

    assert kept.startswith("scrypt$8192$8$4$")
    assert kept != again
    assert "2468" not in kept.split("$")
    assert pins.opens("2468", kept)
    assert not pins.opens("2469", kept)


def test_card_and_pin_make_staff_on_this_lane_only(rig: Rig) -> None:
    rig.scan(TEACHER)
    before = is_staff(rig)
    began = rig.scan(PIN)

    assert not before
    assert note(began) == (Kind.MODE_CHANGED, Note.STAFF_BEGAN)
    assert began[-1].view is not None
    assert began[-1].view.staff
    assert is_staff(rig)
    assert not is_staff(rig, "right")
    assert rig.rows("SELECT kind FROM journal WHERE kind = 'staff_began'") == [("staff_began",)]


def test_the_digit_card_and_ok_make_staff_as_a_keypad_does(rig: Rig) -> None:
    rig.scan(TEACHER)
    parts = [rig.scan(f"KC-{digit}") for digit in PIN]
    began = rig.scan("KC-OK")

    assert [note(part) for part in parts] == [(Kind.MODE_CHANGED, Note.PIN_PART)] * 4
    assert [part[-1].values for part in parts] == [{"count": n} for n in (1, 2, 3, 4)]
    assert note(began) == (Kind.MODE_CHANGED, Note.STAFF_BEGAN)


def test_the_rights_of_staff_end_with_the_session(rig: Rig) -> None:
    rig.be_staff()
    rig.scan("KC-DONE")
    rig.scan(TEACHER)

    assert not is_staff(rig)
    assert note(rig.scan("KC-SUSPEND")) == (Kind.ATTENTION, Note.NEEDS_STAFF)


def test_what_a_label_asks_for_is_asked_in_its_name(rig: Rig) -> None:
    rig.be_staff()
    words = Words("zh_CN")
    voice = Voice(words, rig.settings.class_names().label, IN_TURN.date())

    asked = rig.scan("KC-LOST")[-1]

    assert asked.values == {"command": "LOST"}
    assert say(asked, voice).lines == ("【丢失】", "现在请扫那本书")


def test_a_staff_session_lasts_a_minute_without_a_scan(rig: Rig) -> None:
    rig.be_staff()
    rig.tick(59)
    lasting = is_staff(rig)
    rig.tick(2)

    assert lasting
    assert not is_staff(rig)


def test_a_teacher_without_a_pin_and_a_pupil_key_in_nothing(rig: Rig) -> None:
    rig.scan("R900002")
    no_pin = rig.scan(PIN)
    rig.scan(MING)
    pupil = rig.scan(PIN)
    by_labels = rig.scans("KC-1", "KC-2", "KC-3", "KC-4", "KC-OK")

    assert codes(no_pin) == ["label_unreadable"]
    assert codes(pupil) == ["label_unreadable"]
    assert note(by_labels) == (Kind.ATTENTION, Note.NOT_NOW)


@pytest.mark.parametrize(
    "change", ["status = 'suspended'", "expires_on = '2026-09-09'", "status = 'lost'"]
)
def test_a_teacher_whose_card_is_no_good_cannot_become_staff(rig: Rig, change: str) -> None:
    rig.ledger.db.execute(f"UPDATE reader SET {change} WHERE card = ?", (TEACHER,))

    rig.scan(TEACHER)
    rig.scan(PIN)

    assert not is_staff(rig)


def test_wrong_pins_are_told_and_the_third_in_a_row_is_to_be_looked_at(rig: Rig) -> None:
    rig.scan(TEACHER)

    tries = [rig.scan(WRONG) for _ in range(3)]

    assert [note(one) for one in tries] == [(Kind.ATTENTION, Note.WRONG_PIN)] * 3
    assert rig.rows("SELECT todo.kind, card FROM todo JOIN reader ON reader.id = reader_id") == [
        ("wrong_pin", TEACHER)
    ]
    assert rig.differences() == []


def test_after_three_wrong_pins_even_the_right_one_waits(rig: Rig) -> None:
    rig.scan(TEACHER)
    for _ in range(3):
        rig.scan(WRONG)

    too_soon = rig.scan(PIN, after=10)
    still = rig.scan(PIN, after=19)
    right = rig.scan(PIN, after=1)

    assert note(too_soon) == (Kind.ATTENTION, Note.PIN_WAIT)
    assert too_soon[-1].values == {"seconds": 20}
    assert still[-1].values == {"seconds": 1}
    assert note(right) == (Kind.MODE_CHANGED, Note.STAFF_BEGAN)


def test_a_restart_does_not_shorten_the_wait(tmp_path: Path) -> None:
    before = open_rig(tmp_path)
    before.give_pin()
    before.scan(TEACHER)
    for _ in range(3):
        before.scan(WRONG)
    before.ledger.close()

    after = open_rig(tmp_path, at=before.clock)
    after.scan(TEACHER)

    assert note(after.scan(PIN)) == (Kind.ATTENTION, Note.PIN_WAIT)


def test_a_right_pin_forgives_the_wrong_ones_before_it(rig: Rig) -> None:
    rig.scan(TEACHER)
    rig.scan(WRONG)
    rig.scan(WRONG)
    rig.scan(PIN)
    rig.scans("KC-DONE", TEACHER)
    rig.scan(WRONG)
    rig.scan(WRONG)

    assert note(rig.scan(PIN)) == (Kind.MODE_CHANGED, Note.STAFF_BEGAN)


@pytest.mark.parametrize(
    ("wrong", "seconds"),
    [(0, 0), (2, 0), (3, 30), (4, 60), (5, 120), (7, 480), (8, 900), (20, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(wrong: int, seconds: int) -> None:
    tries = WrongPins(wrong, AT)

    wait = timedelta(seconds=seconds)
    assert wait_left(tries, AT, AT) == wait
    assert wait_left(tries, AT + wait, AT) == timedelta(0)


def test_under_a_clock_set_far_back_the_wait_counts_from_the_card(tmp_path: Path) -> None:
    before = open_rig(tmp_path)
    before.give_pin()
    before.scan(TEACHER)
    for _ in range(3):
        before.scan(WRONG)
    before.ledger.close()
    after = open_rig(tmp_path, at=AT - timedelta(days=300))
    after.scan(TEACHER)

    at_once = after.scan(PIN, after=10)
    still = after.scan(PIN, after=19)
    right = after.scan(PIN, after=1)

    assert note(at_once) == (Kind.ATTENTION, Note.PIN_WAIT)
    assert at_once[-1].values == {"seconds": 20}
    assert still[-1].values == {"seconds": 1}
    assert note(right) == (Kind.MODE_CHANGED, Note.STAFF_BEGAN)


def test_the_count_of_wrong_pins_is_one_search_of_an_index(rig: Rig) -> None:
    plan = rig.rows(
        "EXPLAIN QUERY PLAN SELECT kind, at FROM journal WHERE reader = ?"
        " AND kind IN ('staff_began', 'pin_refused') ORDER BY seq DESC LIMIT ?",
        1,
        20,
    )

    assert [row[3] for row in plan] == ["SEARCH journal USING INDEX journal_pin (reader=?)"]


def test_no_pin_is_in_the_journal_the_log_or_the_tables(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rig.scan(PIN)  # keyed in before the card
    rig.scan(TEACHER)
    rig.scan("13579")
    rig.scans(*(f"KC-{digit}" for digit in "13579"), "KC-OK")
    rig.scan(PIN)
    rig.scan("KC-DONE")
    rig.scan(PIN, after=0.5)  # and after the session

    kept = "\n".join(rig.ledger.db.conn.iterdump())
    for pin in (PIN, "13579"):
        assert f'"{pin}"' not in kept
        assert f"'{pin}'" not in kept
        assert pin not in caplog.text
    label = rig.rows("SELECT json_extract(data, '$.label') FROM journal WHERE kind = 'refused'")
    assert label == [("####",), ("####",)]


def test_staff_find_the_last_thing_done_by_staff_on_record(rig: Rig) -> None:
    rig.be_on_duty()
    rig.be_staff()
    rig.scans("KC-SUSPEND", MING)

    operator = rig.rows(
        "SELECT card FROM journal JOIN reader ON reader.id = operator"
        " WHERE journal.kind = 'reader_suspended'"
    )

    assert operator == [(TEACHER,)]


def run(config: Path, *words: str) -> int:
    """Run a command of the program."""
    return main(["--config", str(config), *words])


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A school whose commands read an empty standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO())
    return school_in(tmp_path)


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put a line on standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_staff_pin_sets_a_pin_that_works_at_the_desk_and_removes_it(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "97531\n")
    assert run(config, "staff", "pin", TEACHER) == 0
    assert run(config, "staff", "list") == 0
    listed = capsys.readouterr().out
    rig = open_rig(config.parent)
    rig.scan(TEACHER)
    became = rig.scan("97531")
    rig.ledger.close()
    assert run(config, "staff", "pin", TEACHER, "--remove") == 0
    capsys.readouterr()
    assert run(config, "staff", "list") == 0

    assert note(became) == (Kind.MODE_CHANGED, Note.STAFF_BEGAN)
    assert f"{TEACHER} 许老师 " in listed
    assert "97531" not in listed
    assert capsys.readouterr().out == ""
    ledger = open_ledger(config.parent / "kiosk.db")
    rows = ledger.db.execute("SELECT data FROM journal WHERE kind = 'pin_set' ORDER BY seq")
    assert [json.loads(data) for (data,) in rows] == [{"removed": False}, {"removed": True}]
    ledger.close()


@pytest.mark.parametrize(
    ("card", "pin", "said"),
    [
        (TEACHER, "123", "expected 4 to 6 digits"),
        (TEACHER, "12a4", "expected 4 to 6 digits"),
        (TEACHER, "", "expected 4 to 6 digits"),
        (MONITOR, "2468", f"expected the card of a teacher, {MONITOR} is a student's"),
        ("R999999", "2468", "expected the card of a teacher, 'R999999' is nobody's"),
    ],
)
def test_staff_pin_refuses_what_is_no_pin_and_who_is_no_teacher(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    card: str,
    pin: str,
    said: str,
) -> None:
    typed(monkeypatch, f"{pin}\n")

    assert run(config, "staff", "pin", card) == 2

    told = capsys.readouterr()
    assert said in told.err
    assert not pin or pin not in told.err


def test_staff_pin_refuses_what_the_scanners_read_as_a_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = school_in(tmp_path, {'item = ["[0-9]{8}"]': 'item = ["[0-9]{8}", "[0-9]{5}"]'})
    typed(monkeypatch, "12345\n")

    assert run(config, "staff", "pin", TEACHER) == 2

    assert "looks like a label of the school" in capsys.readouterr().err


def import_readers(rig: Rig, *lines: str) -> dict[str, int]:
    """Import lines of readers; returns how many were added and changed."""
    file = rig.settings.file.with_name("new.csv")
    file.write_text("\n".join(("card,name,class", *lines)), encoding="utf-8")
    context = Context(rig.settings.class_names(), rig.settings.patterns(), date(2026, 9, 10))
    plan = plan_readers(file, rig.ledger, context)
    counts = apply(plan, rig.ledger, desk="desk-1", at=rig.clock.at, progress=no_progress)
    return {"added": counts.added, "updated": counts.updated}


def test_an_import_by_the_old_card_changes_the_reader_and_keeps_the_new_card(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-NEWCARD", MING, "R555555", "KC-DONE")

    counts = import_readers(rig, f"{MING},王晓明,三(2)班")

    assert counts == {"added": 0, "updated": 1}
    assert rig.rows("SELECT name FROM reader WHERE card = 'R555555'") == [("王晓明",)]
    assert rig.rows("SELECT count(*) FROM reader WHERE card = ?", MING) == [(0,)]
    assert rig.differences() == []


def test_an_import_with_both_cards_goes_by_the_one_of_today(rig: Rig) -> None:
    rig.be_staff()
    rig.scans("KC-NEWCARD", MING, "R555555", "KC-DONE")

    import_readers(rig, "R555555,王新,三(2)班", f"{MING},王旧,三(2)班")

    assert rig.rows("SELECT name FROM reader WHERE card = 'R555555'") == [("王新",)]


def test_a_reader_who_changes_class_keeps_the_loans(rig: Rig) -> None:
    rig.scans(MING, BOOKS[0], "KC-DONE")

    import_readers(rig, f"{MING},王小明,三(1)班")

    assert rig.open_loans() == {BOOKS[0]: MING}
    assert rig.rows(
        "SELECT class.label FROM reader JOIN class ON class.id = class_id WHERE card = ?", MING
    ) == [("三(1)班",)]
    assert rig.differences() == []


def test_a_class_card_opens_a_session_as_any_card(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.ledger.db.execute("UPDATE reader SET kind = 'class' WHERE card = ?", (MING,))

    opened = rig.scan(MING)
    lent = rig.scan(BOOKS[0])

    assert note(opened) == (Kind.SESSION_OPENED, None)
    assert lent[-1].kind is Kind.CHECKED_OUT
