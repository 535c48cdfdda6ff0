"""A lane at the reading room's door notes who comes and goes; the report counts it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, MONITOR, TEACHER, ZHE, ZONE, Rig, codes, open_rig

from kiosk.cli import main
from kiosk.domain import LaneUse, Note
from kiosk.domain import OutcomeKind as Kind

LANES = {"left": LaneUse.ANY, "door": LaneUse.VISIT}
AT_NOON = datetime(2026, 9, 8, 12, 30, tzinfo=ZONE)
"""Tuesday, and nobody's turn."""


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = open_rig(tmp_path, at=AT_NOON, lanes=LANES)
    yield rig
    assert rig.differences() == []
    rig.ledger.close()


def visits(rig: Rig) -> list[tuple[str, bool]]:
    """List whose visits there were, and whether each has an end."""
    sql = "SELECT card, left_at IS NOT NULL FROM visit JOIN reader ON reader.id = reader_id"
    return [(card, bool(ended)) for card, ended in rig.rows(f"{sql} ORDER BY visit.id")]


def test_a_card_at_the_door_notes_that_its_reader_came_and_opens_no_session(rig: Rig) -> None:
    (told,) = rig.scan(MING, lane="door")

    assert (told.kind, told.note, dict(told.values)) == (
        Kind.MODE_CHANGED,
        Note.VISIT_BEGAN,
        {"name": "王小明"},
    )
    assert (told.card, told.session, told.view) == (MING, None, None)
    assert visits(rig) == [(MING, False)]


def test_a_child_who_is_unsure_and_scans_again_is_still_there(rig: Rig) -> None:
    rig.scan(MING, lane="door")

    (told,) = rig.scan(MING, lane="door", after=30)

    assert (told.kind, told.note) == (Kind.IGNORED, Note.VISIT_NOTED)
    assert visits(rig) == [(MING, False)]


def test_the_card_later_that_day_notes_that_the_reader_goes(rig: Rig) -> None:
    rig.scan(MING, lane="door")

    (told,) = rig.scan(MING, lane="door", after=40 * 60)

    assert told.note is Note.VISIT_ENDED
    assert visits(rig) == [(MING, True)]
    assert rig.scan(MING, lane="door", after=30)[0].note is Note.VISIT_NOTED


def test_who_did_not_scan_on_the_way_out_comes_anew_the_next_day(rig: Rig) -> None:
    rig.scan(MING, lane="door")

    (told,) = rig.scan(MING, lane="door", after=24 * 60 * 60)

    assert told.note is Note.VISIT_BEGAN
    assert visits(rig) == [(MING, False), (MING, False)]


def test_the_next_reader_at_the_door_ends_nobodys_visit_and_no_session_elsewhere(rig: Rig) -> None:
    rig.scan(MING)
    rig.scan(MING, lane="door")

    rig.scan(HONG, lane="door")

    assert visits(rig) == [(MING, False), (HONG, False)]
    assert rig.desk.lanes["left"].card == MING


def test_a_card_that_is_refused_elsewhere_is_refused_at_the_door(rig: Rig) -> None:
    assert codes(rig.scan("R999999", lane="door")) == ["card_unknown"]
    assert visits(rig) == []


def test_a_book_comes_back_at_the_door_too(rig: Rig) -> None:
    rig.clock.at = datetime(2026, 9, 10, 16, 34, tzinfo=ZONE)
    rig.scans(MING, BOOKS[0], MING)

    (told,) = rig.scan(BOOKS[0], lane="door", after=700)

    assert told.kind is Kind.CHECKED_IN
    assert rig.open_loans() == {}


def test_a_pupil_without_a_card_is_noted_from_the_binder_by_the_monitor(rig: Rig) -> None:
    rig.be_on_duty(MONITOR)

    (told,) = rig.scan(f"KC-READER-{MING}", lane="door")

    assert told.note is Note.VISIT_BEGAN
    assert visits(rig) == [(MING, False)]


def test_the_report_counts_days_weeks_and_hours(
    rig: Rig, capsys: pytest.CaptureFixture[str]
) -> None:
    for card, after in ((MING, 3), (ZHE, 3), (TEACHER, 3), (TEACHER, 90 * 60), (MING, 4 * 3600)):
        rig.scan(card, lane="door", after=after)
    rig.clock.at += timedelta(days=7)
    rig.scan(MING, lane="door")
    # A teacher at the desk was in the library too.
    rig.scans(TEACHER, "KC-DONE")

    words = ["report", "visits", "--from", "2026-09-07", "--until", "2026-09-20"]
    assert main(["--config", str(rig.settings.file), *words]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026-09-07 - 2026-09-20  共2个教学周"
    assert lines[2].split() == ["班级", "学生", "到馆人次", "来过的学生", "每周到馆"]
    figures = {line.split()[0]: line.split()[1:] for line in lines[3:] if line}
    assert figures["三(2)班"] == ["4", "3", "2", "38%"]
    assert figures["三(1)班"] == ["2", "0", "0", "0%"]
    assert figures[TEACHER][-2:] == ["2", "1.5"]


def test_the_report_of_a_term_goes_into_a_file_for_a_spreadsheet(rig: Rig, tmp_path: Path) -> None:
    rig.scan(MING, lane="door")
    path = tmp_path / "visits.csv"

    assert main(["--config", str(rig.settings.file), "report", "visits", "--to", str(path)]) == 0

    text = path.read_text(encoding="utf-8")
    assert text.startswith("\ufeff班级,学生,到馆人次,来过的学生,每周到馆\n")
    assert "\n教师,天数,登记小时\n" in text
