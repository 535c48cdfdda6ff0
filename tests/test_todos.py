"""The list of things to do: what puts a line on it, how it is shown, closed and printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZONE, Rig, open_rig

from kiosk.cli import main
from kiosk.domain import Note, StaffLine, TodoKind
from kiosk.domain import OutcomeKind as Kind
from kiosk.wording import Words
from kiosk.wording.todos import CLOSED_BY, todo_kind, what_was_done

OF_NOBODY = "39999999"
NO_CARD = "R999999"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path)
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def lines(rig: Rig) -> list[tuple[str, str | None, str | None]]:
    return rig.rows("SELECT kind, label, done FROM todo ORDER BY id")


def press(rig: Rig, digit: int) -> None:
    """Scan a digit of the digit card and OK."""
    rig.scans(f"KC-{digit}", "KC-OK")


def test_unknown_labels_and_cards_are_listed_once_a_day(rig: Rig) -> None:
    for _ in range(2):
        rig.scan(OF_NOBODY, after=10)
        rig.scan(NO_CARD)
    rig.clock.at = local("2026-09-11 08:00")
    rig.scans(OF_NOBODY, NO_CARD)

    assert lines(rig) == [
        ("unknown_label", OF_NOBODY, None),
        ("unknown_card", NO_CARD, None),
    ]


def test_a_label_that_was_dealt_with_is_listed_again_on_another_day(rig: Rig) -> None:
    rig.scan(OF_NOBODY)
    rig.be_staff()
    rig.scan("KC-TODO")
    press(rig, 1)
    rig.scan("KC-4", after=5)
    rig.scan("KC-OK", after=5)

    rig.scan(OF_NOBODY, after=5)
    same_day = lines(rig)
    rig.clock.at = local("2026-09-11 08:00")
    rig.scan(OF_NOBODY)

    assert same_day == [("unknown_label", OF_NOBODY, "nothing")]
    assert lines(rig)[1:] == [("unknown_label", OF_NOBODY, None)]


def test_a_call_for_help_is_listed_once_a_lane_until_somebody_has_seen_it(rig: Rig) -> None:
    rig.scan("KC-HELP")
    rig.scan("KC-HELP", after=30)
    rig.scan("KC-HELP", lane="right")

    assert rig.rows("SELECT kind, lane FROM todo") == [("help", "left"), ("help", "right")]


def test_what_a_pupil_scans_that_is_no_label_of_a_library_is_not_listed(rig: Rig) -> None:
    rig.scans(MING, "SNACK-500G", "9787534601071")

    assert lines(rig) == []


def test_the_list_is_shown_and_closed_line_by_line(rig: Rig) -> None:
    rig.scan("KC-HELP")
    rig.scan(OF_NOBODY, lane="right")
    rig.be_staff()

    shown = rig.scan("KC-TODO")[0]
    rig.scan("KC-2")
    asked = rig.scan("KC-OK")[0]
    rig.scan("KC-3")
    closed = rig.scan("KC-OK")[0]

    assert (shown.kind, shown.note, shown.values) == (
        Kind.MODE_CHANGED,
        Note.TODO_SHOWN,
        {"count": 2},
    )
    assert shown.page is not None
    assert (shown.page.heading, shown.page.heads) == ("待办2件", ("事情", "哪一本", "通道", "时间"))
    assert shown.page.lines[1] == StaffLine(2, ("认不出的条码", OF_NOBODY, "right", "09-10 16:34"))
    assert asked.note is Note.ENTER_NUMBER
    assert asked.page is not None
    assert asked.page.hints == ("1 已处理", "2 已找到", "3 已贴新条码", "4 不用处理")
    assert (closed.kind, closed.note) == (Kind.MODE_CHANGED, Note.TODO_CLOSED)
    assert closed.values == {"number": 2}
    assert lines(rig) == [("help", None, None), ("unknown_label", OF_NOBODY, "new_label")]


def test_after_a_line_the_next_may_be_closed_at_once(rig: Rig) -> None:
    rig.scan("KC-HELP")
    rig.scan("KC-HELP", lane="right")
    rig.be_staff()
    rig.scan("KC-TODO")

    for digits in ("1", "1", "1", "4"):
        rig.scan(digits)

    assert [row[2] for row in lines(rig)] == ["done", "nothing"]


def test_a_number_that_is_not_on_the_list_is_asked_for_again(rig: Rig) -> None:
    rig.scan("KC-HELP")
    rig.be_staff()
    rig.scan("KC-TODO")

    no_line = rig.scan("7")[0]
    rig.scan("1")
    no_way = rig.scan("9")[0]
    closed = rig.scan("2")[0]

    assert (no_line.kind, no_line.note, no_line.values) == (
        Kind.ATTENTION,
        Note.NO_SUCH_LINE,
        {"number": 7},
    )
    assert (no_way.note, no_way.values) == (Note.NO_SUCH_LINE, {"number": 9})
    assert closed.note is Note.TODO_CLOSED
    assert lines(rig) == [("help", None, "found")]


def test_an_empty_list_waits_for_no_number(rig: Rig) -> None:
    rig.be_staff()

    shown = rig.scan("KC-TODO")[0]

    assert (shown.note, shown.values) == (Note.TODO_SHOWN, {"count": 0})
    assert rig.desk.lanes["left"].awaiting is None


def test_the_list_is_for_staff(rig: Rig) -> None:
    assert rig.scan("KC-TODO")[0].note is Note.NEEDS_STAFF


def todo_slips(rig: Rig) -> list[str]:
    return [row[0] for row in rig.rows("SELECT body FROM slip WHERE kind = 'todo'")]


def test_the_list_is_printed_once_in_the_morning_of_a_school_day(rig: Rig) -> None:
    rig.scans(OF_NOBODY, "KC-HELP")
    rig.clock.at = local("2026-09-11 06:30")
    rig.tick(1)
    before = todo_slips(rig)
    rig.clock.at = local("2026-09-11 07:00")
    rig.tick(1)
    rig.tick(7200)

    assert before == []
    (slip,) = (json.loads(body) for body in todo_slips(rig))
    assert slip == {
        "who": "待办2件",
        "groups": [
            {
                "caption": "1 认不出的条码",
                "entries": [{"title": OF_NOBODY, "due": "09-10 16:34"}],
            },
            {"caption": "2 找老师", "entries": [{"title": "←左", "due": "09-10 16:34"}]},
        ],
        "footer": "实验小学 2026-09-11",
    }


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        ("2026-09-12 08:00", {}),  # a Saturday
        ("2026-09-11 08:00", {"stale_s = 120": "stale_s = 120\nmorning_slip = false"}),
    ],
)
def test_no_morning_slip_without_school_or_by_setting(
    tmp_path: Path, at: str, changes: dict[str, str]
) -> None:
    rig = open_rig(tmp_path, changes)
    rig.scan(OF_NOBODY)

    rig.clock.at = local(at)
    rig.tick(1)

    assert todo_slips(rig) == []


def test_an_empty_list_is_not_printed_that_day(rig: Rig) -> None:
    rig.clock.at = local("2026-09-11 07:30")
    rig.tick(1)
    rig.scan(OF_NOBODY)
    rig.tick(7200)

    assert todo_slips(rig) == []


def run(folder: Path, *words: str) -> int:
    return main(["--config", str(folder / "kiosk.toml"), "todo", *words])


def test_the_command_lists_what_is_open(
    tmp_path: Path, rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    number = rig.scan(OF_NOBODY)[0].seq
    rig.scans(MING, BOOKS[2], "KC-DONE")
    rig.scan(BOOKS[2], after=700)
    rig.scan("KC-DAMAGE-WET")

    assert run(tmp_path) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == [str(number), "2026-09-10", "16:34", "left", "认不出的条码", OF_NOBODY]
    assert second.split()[3:] == ["left", "水渍", "草房子", BOOKS[2]]


def test_the_command_closes_a_line_with_what_was_done(
    tmp_path: Path, rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    number = rig.scan(OF_NOBODY)[0].seq

    closed = run(tmp_path, "--close", str(number), "--done", "贴了新条码")
    capsys.readouterr()

    assert closed == 0
    assert lines(rig) == [("unknown_label", OF_NOBODY, "贴了新条码")]
    assert rig.rows("SELECT operator, lane, desk FROM journal WHERE kind = 'todo_closed'") == [
        (None, None, "desk-1")
    ]
    assert run(tmp_path) == 0
    assert capsys.readouterr().out == ""
    assert run(tmp_path, "--all") == 0
    assert capsys.readouterr().out.rstrip().endswith("贴了新条码")


@pytest.mark.usefixtures("rig")
def test_a_line_that_is_not_open_cannot_be_closed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "--close", "1", "--done", "x") == 1
    assert capsys.readouterr().err == "There is no open line 1: `kiosk todo` lists them.\n"
    assert run(tmp_path, "--close", "1") == 2
    assert capsys.readouterr().err == "--close NUMBER and --done TEXT belong together.\n"


def test_every_kind_of_line_and_every_way_to_close_it_has_its_chinese() -> None:
    words = Words("zh_CN")

    said = [todo_kind(words, kind) for kind in TodoKind]
    done = [what_was_done(words, one) for one in CLOSED_BY.values()]

    assert all(not text.isascii() for text in (*said, *done))
    assert what_was_done(words, "送去装订") == "送去装订"
