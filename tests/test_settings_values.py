"""The core's values that settings build."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from kiosk.barcodes import CardLabel, ItemLabel, read
from kiosk.calendar import Holiday, SchoolCalendar, Term
from kiosk.domain import LaneUse
from kiosk.rotation.due import InDays, InTurns, LoanTerms, SameDay
from kiosk.rotation.windows import Window
from kiosk.rules.matrix import LoanRule
from kiosk.session.lane import DeskRules
from kiosk.settings import Settings, load

SCHOOL = """
[desk]
idle_s = 15.5
found_on_loan = "return"
same_title = "refuse"

[database]
path = "data/kiosk.db"

[[scanner]]
lane = "left"
driver = "serial"
port = "/dev/ttyUSB0"
use = "return"

[[scanner]]
lane = "right"
driver = "serial"
port = "socket://127.0.0.1:4000"

[[scanner]]
lane = "third"
driver = "serial"
port = "tty-third"

[printer]
driver = "file"
path = "slips.bin"

[[term]]
name = "春"
starts_on = "2027-02-22"
ends_on = 2027-07-02

[[term]]
name = "秋"
starts_on = 2026-09-01
ends_on = 2027-01-22
recall_on = 2027-01-15

[[holiday]]
name = "运动会"
from = 2026-10-16

[[window]]
name = "班级轮借"
kind = "class"
days = ["mon", "B.sat"]
from = 16:30:00
to = "17:00"
grace_min = 5

[rotation]
weeks = 2

[rotation.turns."班级轮借"]
A.mon = ["三(1)班", "2021-2"]
B.sat = ["三（2）班"]

[[loan_rule]]
readers = ["student"]
limit = 2
period = "2 turns"
min_days = 3
renewals = 1

[[loan_rule]]
collections = ["reference"]
lend = "in_room"
limit = 5
period = "same day"
anytime = true
"""


def school(folder: Path, text: str = SCHOOL) -> Settings:
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_relative_paths_are_taken_from_the_files_folder_and_others_stay(tmp_path: Path) -> None:
    settings = school(tmp_path)

    assert settings.database_path == tmp_path / "data/kiosk.db"
    assert settings.printer.path == str(tmp_path / "slips.bin")
    assert [one.port for one in settings.scanners] == [
        "/dev/ttyUSB0",
        "socket://127.0.0.1:4000",
        str(tmp_path / "tty-third"),
    ]


def test_the_calendar_has_terms_in_order_and_every_weekday_of_a_window(tmp_path: Path) -> None:
    assert school(tmp_path).calendar() == SchoolCalendar(
        terms=(
            Term(
                "秋",
                date(2026, 9, 1),
                date(2027, 1, 22),
                lending_ends_on=date(2027, 1, 15),
                recall_on=date(2027, 1, 15),
            ),
            Term(
                "春",
                date(2027, 2, 22),
                date(2027, 7, 2),
                lending_ends_on=date(2027, 7, 2),
                recall_on=date(2027, 7, 2),
            ),
        ),
        holidays=(Holiday("运动会", date(2026, 10, 16), date(2026, 10, 16)),),
        weekdays=frozenset({0, 1, 2, 3, 4, 5}),
    )


def test_turns_fall_on_the_weeks_and_classes_that_are_named(tmp_path: Path) -> None:
    timetable = school(tmp_path).timetable()

    weeks = [date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 12)]
    turns = [[one.classes for one in timetable.openings_on(day)] for day in weeks]

    # The term's first week is A, so 7 September is in a B week.
    assert turns == [[()], [("2024-1", "2021-2")], [("2024-2",)]]


def test_a_window_keeps_its_times_and_grace(tmp_path: Path) -> None:
    (window,) = school(tmp_path).timetable().windows

    assert isinstance(window, Window)
    assert (window.opens, window.closes) == (time(16, 30), time(17))
    assert window.grace == timedelta(minutes=5)
    assert window.grades is None


def test_an_opening_is_in_the_schools_time_zone(tmp_path: Path) -> None:
    settings = school(tmp_path)
    (opening,) = settings.timetable().openings_on(date(2026, 9, 14))

    assert opening.opens_at.astimezone(UTC) == datetime(2026, 9, 14, 8, 30, tzinfo=UTC)


def test_the_policy_has_the_loan_rules_in_the_order_of_the_file(tmp_path: Path) -> None:
    policy = school(tmp_path).policy()

    assert policy.same_title == "refuse"
    assert policy.rules == (
        LoanRule(
            1,
            readers=frozenset({"student"}),
            limit=2,
            terms=LoanTerms(InTurns(2), min_days=3, without_turns=InDays(14)),
            renewals=1,
        ),
        LoanRule(
            2,
            collections=frozenset({"reference"}),
            lend="in_room",
            limit=5,
            terms=LoanTerms(SameDay()),
            anytime=True,
        ),
    )


def test_the_desk_rules_are_spans_of_time(tmp_path: Path) -> None:
    assert school(tmp_path).desk_rules() == DeskRules(
        idle=timedelta(seconds=15.5),
        repeat=timedelta(seconds=2),
        settle=timedelta(minutes=10),
        carry=timedelta(minutes=3),
        found_on_loan="return",
    )


def test_a_lane_may_be_for_returns_only(tmp_path: Path) -> None:
    uses = [one.lane_use for one in school(tmp_path).scanners]

    assert uses == [LaneUse.RETURN, LaneUse.ANY, LaneUse.ANY]


def test_an_empty_file_is_a_desk_that_only_takes_back(tmp_path: Path) -> None:
    settings = school(tmp_path, "")

    assert settings.timetable().windows == ()
    assert settings.policy().rules == ()
    assert settings.calendar().terms == ()
    assert settings.database_path == tmp_path / "kiosk.db"
    assert settings.words().tr("today") == "今天"


def test_the_default_patterns_tell_cards_from_items(tmp_path: Path) -> None:
    patterns = school(tmp_path, "").patterns()

    assert isinstance(read("R000123", patterns), CardLabel)
    assert isinstance(read("10000001", patterns), ItemLabel)


def test_a_qr_code_is_printed_where_the_paper_is_wide_unless_the_settings_say(
    tmp_path: Path,
) -> None:
    def prints_qr(text: str) -> bool:
        return school(tmp_path, f"[printer]\n{text}").printer.prints_qr

    assert not prints_qr("columns = 32")
    assert prints_qr("columns = 48")
    assert prints_qr("columns = 32\nqr = true")
    assert not prints_qr("columns = 48\nqr = false")
