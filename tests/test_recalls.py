"""Books are called back class by class, and whoever owes nothing gets a slip that says so."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, TEACHER, ZHE, Rig, open_rig, school_in

from kiosk.cli import main
from kiosk.domain import Note
from kiosk.ledger.connection import open_ledger


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the turn of 三(2)班."""
    return open_rig(tmp_path)


def lent_long_ago(rig: Rig, *pairs: tuple[str, str]) -> None:
    """Lend at the desk, then let two weeks pass in which there were breaks for everybody."""
    for card, book in pairs:
        rig.scans(card, book, card)
    rig.tick(after=timedelta(days=14).total_seconds())


def bodies(rig: Rig, kind: str) -> list[dict[str, object]]:
    """Read the slips of a kind."""
    rows = rig.rows("SELECT body FROM slip WHERE kind = ? ORDER BY id", kind)
    return [json.loads(body) for (body,) in rows]


def test_staff_get_a_class_slip_with_one_line_for_each_pupil(rig: Rig) -> None:
    lent_long_ago(rig, (MING, BOOKS[0]), (MING, BOOKS[2]), (ZHE, BOOKS[3]))
    rig.be_staff()

    (outcome,) = rig.scans("KC-RECALL", "KC-CLASS-2024-2")

    assert (outcome.note, outcome.values["count"]) == (Note.RECALL_QUEUED, 1)
    (body,) = bodies(rig, "recall")
    assert body["who"] == "三(2)班 逾期图书"
    assert body["lines"] == ["2人,3本"]
    assert body["groups"] == [
        {
            "entries": [
                {"title": "王小明 夏洛的网、草房子", "due": "9月17日"},
                {"title": "陈喆 城南旧事", "due": "9月17日"},
            ]
        }
    ]
    assert rig.differences() == []


def test_a_school_may_hide_titles_from_the_other_pupils(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, {"mask_names = false": "mask_names = true\nhide_titles = true"})
    lent_long_ago(rig, (MING, BOOKS[0]), (MING, BOOKS[2]))
    rig.be_staff()

    rig.scans("KC-RECALL", "KC-CLASS-2024-2")

    (body,) = bodies(rig, "recall")
    assert body["groups"] == [{"entries": [{"title": "王*明 2本", "due": "9月17日"}]}]


def test_the_label_of_the_whole_school_prints_a_slip_for_each_class_that_owes(rig: Rig) -> None:
    lent_long_ago(rig, (MING, BOOKS[0]), (ZHE, BOOKS[3]))
    rig.be_staff()

    (outcome,) = rig.scans("KC-RECALL", "KC-CLASS-ALL")

    assert outcome.values["count"] == len(bodies(rig, "recall")) == 1


def test_a_pupil_cannot_call_books_back(rig: Rig) -> None:
    (outcome,) = rig.scan("KC-RECALL")

    assert outcome.note is Note.NEEDS_STAFF
    assert bodies(rig, "recall") == []


def test_a_leaver_who_owes_nothing_gets_the_clearance_slip(rig: Rig) -> None:
    rig.be_staff()

    (outcome,) = rig.scans("KC-CLEAR", f"KC-READER-{MING}")

    assert outcome.note is Note.CLEARED
    (body,) = bodies(rig, "clearance")
    assert body["who"] == "三(2)班 王小明"
    assert body["lines"] == ["已还清", MING]


def test_a_leaver_with_a_book_is_told_what_is_still_open(rig: Rig) -> None:
    rig.scans(MING, BOOKS[0], MING)
    rig.be_staff()

    (outcome,) = rig.scans("KC-CLEAR", MING)

    assert outcome.note is Note.NOT_CLEARED
    assert (outcome.values["count"], outcome.values["fen"]) == (1, 0)
    assert bodies(rig, "clearance") == []


def with_loans(folder: Path, changes: dict[str, str] | None = None) -> str:
    """Lay out a school with two loans; returns the path of its settings."""
    config = school_in(folder, changes)
    rig = open_rig(folder)
    rig.scans(MING, BOOKS[0], MING)
    rig.scans(TEACHER, BOOKS[3], TEACHER)
    rig.ledger.close()
    return str(config)


def test_the_command_writes_a_page_for_each_class_and_for_the_teachers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, page = with_loans(tmp_path), tmp_path / "recall.html"

    code = main(["--config", config, "recall", "--all", "--for", "term", "--to", str(page)])

    html = page.read_text(encoding="utf-8")
    assert code == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["三(2)班: 1人,1本", "教师: 1人,1本"]
    assert html.count("<section>") == 2
    assert "王小明" in html
    assert "夏洛的网" in html


def test_the_command_queues_slips_for_one_class(tmp_path: Path) -> None:
    config = with_loans(tmp_path)

    code = main(["--config", config, "recall", "--class", "三(2)班", "--for", "term"])

    ledger = open_ledger(tmp_path / "kiosk.db")
    queued = ledger.db.execute("SELECT kind, state FROM slip WHERE kind <> 'reader'").fetchall()
    ledger.close()
    assert code == 0
    assert queued == [("recall", "queued")]


def test_a_class_that_owes_nothing_is_said_and_found_by_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = with_loans(tmp_path)

    code = main(["--config", config, "recall", "--class", "三(1)班", "--for", "term"])

    assert code == 1
    assert capsys.readouterr().err == "没有要催还的书。\n"


def test_a_class_nobody_knows_is_told_with_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = with_loans(tmp_path)

    code = main(["--config", config, "recall", "--class", "六(9)班"])

    assert code == 2
    assert "三(1)班" in capsys.readouterr().err


def test_clearance_prints_for_those_who_owe_nothing_and_names_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = with_loans(tmp_path)

    code = main(["--config", config, "recall", "--class", "三(2)班", "--for", "clearance"])

    told = capsys.readouterr()
    assert code == 1
    assert told.out == f"三(2)班 {MING} 王小明: 还有1本书、赔偿0.00元\n"
    assert told.err.startswith("4 slips")
    assert HONG not in told.out


def test_clearance_is_written_as_a_page_for_the_office(tmp_path: Path) -> None:
    config, page = with_loans(tmp_path), tmp_path / "clear.html"

    code = main(
        [
            "--config",
            config,
            "recall",
            "--class",
            "三(2)班",
            "--for",
            "clearance",
            "--to",
            str(page),
        ]
    )

    html = page.read_text(encoding="utf-8")
    ledger = open_ledger(tmp_path / "kiosk.db")
    queued = ledger.db.execute("SELECT count(*) FROM slip WHERE kind = 'clearance'").fetchone()
    ledger.close()
    assert code == 1
    assert html.count("已还清") == 4
    assert html.count("还有1本书、赔偿0.00元") == 1
    assert queued == (0,)


def test_a_class_that_owes_nothing_is_named_at_the_desk(rig: Rig) -> None:
    rig.be_staff()

    (outcome,) = rig.scans("KC-RECALL", "KC-CLASS-2024-2")

    assert (outcome.values["count"], outcome.values["class_label"]) == (0, "三(2)班")
    assert bodies(rig, "recall") == []


def test_staff_may_press_one_key_for_two_classes_in_a_second(rig: Rig) -> None:
    rig.be_staff()

    rig.scan("KC-RECALL")
    rig.scan("KC-CLASS-2024-2", after=0.4)
    rig.scan("KC-RECALL", after=0.4)
    (outcome,) = rig.scan("KC-CLASS-2024-1", after=0.4)

    assert outcome.note is Note.RECALL_QUEUED
