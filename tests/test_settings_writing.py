"""A rotation written into the settings: the turns change, every other line stays."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from kiosk.errors import SettingsError, UsageError
from kiosk.settings import load
from kiosk.settings.template import template
from kiosk.settings.writing import turns_toml, write_rotation

STAMP = "20260910T083400Z"
TURNS = {"班级轮借": {"A.mon": ["三(1)班"], "B.mon": ["三(2)班", "2023-1"]}}
BEFORE = """\
# The school's own words.
[school]
name = "实验小学"  # as on the sign

[[window]]
name = "班级轮借"
kind = "class"
days = ["mon", "tue"]
from = 16:30:00
to = 17:00:00

# Whose turn it is.
[rotation]
weeks = 1  # every week
visit_s = 25

# Upper grades.
[rotation.turns."班级轮借"]
mon = ["三(1)班"]
# tue is for the choir
tue = [
  "三(2)班",
]

# ---- what may be borrowed ----

# Pupils.
[[loan_rule]]
readers = ["student"]
limit = 2
period = "1 turn"
"""
AFTER = """\
# The school's own words.
[school]
name = "实验小学"  # as on the sign

[[window]]
name = "班级轮借"
kind = "class"
days = ["mon", "tue"]
from = 16:30:00
to = 17:00:00

# Whose turn it is.
[rotation]
weeks = 2  # every week
visit_s = 25

# Upper grades.
# tue is for the choir
[rotation.turns."班级轮借"]
"A.mon" = ["三(1)班"]
"B.mon" = ["三(2)班", "2023-1"]

# ---- what may be borrowed ----

# Pupils.
[[loan_rule]]
readers = ["student"]
limit = 2
period = "1 turn"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.toml"
    path.write_text(BEFORE, encoding="utf-8")
    return path


def files(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_only_the_turns_and_the_weeks_change(file: Path) -> None:
    copy = write_rotation(file, 2, TURNS, stamp=STAMP)

    assert file.read_text(encoding="utf-8") == AFTER
    assert copy is not None
    assert copy.name == f"kiosk.toml.before-plan-{STAMP}"
    assert copy.read_text(encoding="utf-8") == BEFORE
    assert files(file) == ["kiosk.toml", copy.name]


def test_what_is_written_is_what_the_settings_read(file: Path) -> None:
    write_rotation(file, 2, TURNS, stamp=STAMP)

    rotation = load(file).rotation
    assert (rotation.weeks, rotation.turns, rotation.visit_s) == (2, TURNS, 25)


def test_settings_that_would_have_faults_are_left_as_they_are(file: Path) -> None:
    wrong = {"大课间": {"mon": ["三(1)班"]}}

    with pytest.raises(SettingsError) as told:
        write_rotation(file, 1, wrong, stamp=STAMP)

    assert str(told.value).startswith(
        f"{file}: rotation.turns.大课间: expected the name of a window"
    )
    assert file.read_text(encoding="utf-8") == BEFORE
    assert files(file) == ["kiosk.toml"]


@pytest.mark.parametrize(
    "rotation",
    [
        'rotation = {weeks = 1, turns = {"班级轮借" = {mon = ["三(1)班"]}}}\n',
        'rotation.weeks = 1\nrotation.turns."班级轮借".mon = ["三(1)班"]\n',
        '[rotation]\nweeks = 1\nturns."班级轮借".mon = ["三(1)班"]\n\n',
    ],
)
def test_a_rotation_that_is_no_table_of_its_own_is_left_alone(file: Path, rotation: str) -> None:
    windows = BEFORE[BEFORE.index("[[window]]") : BEFORE.index("# Whose turn")]
    text = rotation + windows
    file.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match="paste the proposal by hand"):
        write_rotation(file, 2, TURNS, stamp=STAMP)

    assert file.read_text(encoding="utf-8") == text
    assert files(file) == ["kiosk.toml"]


def test_turns_that_stand_apart_from_their_rotation_are_exchanged_in_their_place(
    file: Path,
) -> None:
    turns = '\n[rotation.turns."班级轮借"]\nmon = ["三(1)班"]\n'
    head = BEFORE[: BEFORE.index("# Upper grades.")]
    rules = BEFORE[BEFORE.index("# Pupils.") :]
    file.write_text(head + rules + turns, encoding="utf-8")

    write_rotation(file, 2, TURNS, stamp=STAMP)

    written = file.read_text(encoding="utf-8")
    assert written.startswith(head.replace("weeks = 1", "weeks = 2") + rules)
    assert tomllib.loads(written)["rotation"]["turns"] == TURNS


@pytest.mark.parametrize("cut", ["# Upper grades.", "# Whose turn"])
def test_a_file_without_turns_gets_them(file: Path, cut: str) -> None:
    rules = BEFORE[BEFORE.index("# Pupils.") :]
    file.write_text(BEFORE[: BEFORE.index(cut)] + rules, encoding="utf-8")

    write_rotation(file, 2, TURNS, stamp=STAMP)

    assert load(file).rotation.turns == TURNS
    assert load(file).rotation.weeks == 2
    assert "\n# Pupils.\n[[loan_rule]]\n" in file.read_text(encoding="utf-8")


def test_the_file_of_kiosk_init_takes_turns_and_keeps_its_explanations(file: Path) -> None:
    before = template(date(2026, 9, 10))
    file.write_text(before, encoding="utf-8")

    write_rotation(file, 1, {"班级轮借": {"mon": ["三(1)班"]}}, stamp=STAMP)

    left = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in before.splitlines() if line not in left] == []
    assert load(file).rotation.turns == {"班级轮借": {"mon": ["三(1)班"]}}


def test_line_ends_of_windows_and_a_byte_order_mark_are_kept(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + BEFORE.replace("\n", "\r\n").encode())

    write_rotation(file, 2, TURNS, stamp=STAMP)

    assert file.read_bytes() == b"\xef\xbb\xbf" + AFTER.replace("\n", "\r\n").encode()


def test_the_file_keeps_its_mode_and_a_link_stays_a_link(file: Path, tmp_path: Path) -> None:
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)

    copy = write_rotation(link, 2, TURNS, stamp=STAMP)

    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == AFTER
    assert copy is not None
    assert [one.stat().st_mode & 0o777 for one in (file, copy)] == [0o640, 0o640]


def test_a_copy_that_is_there_already_is_not_overwritten(file: Path) -> None:
    first = write_rotation(file, 2, TURNS, stamp=STAMP)
    second = write_rotation(file, 1, {}, stamp=STAMP)

    assert first is not None
    assert second is not None
    assert first.read_text(encoding="utf-8") == BEFORE
    assert second.read_text(encoding="utf-8") == AFTER
    assert files(file) == ["kiosk.toml", first.name, f"{first.name}-2"]


def test_what_another_run_is_writing_is_left_to_it(file: Path) -> None:
    other = file.with_name(f".kiosk.toml.new-{STAMP}")
    other.write_text("of another run", encoding="utf-8")

    write_rotation(file, 2, TURNS, stamp=STAMP)

    assert other.read_text(encoding="utf-8") == "of another run"
    assert file.read_text(encoding="utf-8") == AFTER


def test_a_file_that_cannot_be_written_is_named(file: Path) -> None:
    name = "kiosk" * 49 + ".toml"  # its copy has a longer name than file systems take
    file.rename(file.with_name(name))

    with pytest.raises(UsageError) as told:
        write_rotation(file.with_name(name), 2, TURNS, stamp=STAMP)

    made = file.with_name(f".{name}.new-{STAMP}")
    assert str(told.value) == f"Cannot write {made}: File name too long. Nothing was changed."
    assert files(file) == [name]


NOON = """
[[window]]
name = "noon"
kind = "class"
days = ["mon"]
from = 12:00:00
to = 12:30:00
"""
TWO_TABLES = (
    BEFORE[: BEFORE.index("# Whose turn")].rstrip("\n")
    + "\n"
    + NOON
    + """
[rotation]
weeks = 1

[rotation.turns."班级轮借"]
mon = ["三(1)班"]

[rotation.turns."noon"]
mon = ["三(2)班"]

# Pupils.
[[loan_rule]]
readers = ["student"]
limit = 2
period = "1 turn"
"""
)


def test_tables_that_are_written_again_and_again_do_not_move_apart(file: Path) -> None:
    file.write_text(TWO_TABLES, encoding="utf-8")
    one = {"班级轮借": {"mon": ["三(1)班"]}, "noon": {"mon": ["三(2)班"]}}
    other = {"班级轮借": {"mon": ["三(2)班"]}, "noon": {"mon": ["三(1)班"]}}

    for turns in (other, one, {"noon": one["noon"]}, one):
        write_rotation(file, 1, turns, stamp=STAMP)

    assert file.read_text(encoding="utf-8") == TWO_TABLES


def test_a_rotation_that_is_in_the_file_already_is_not_written(file: Path) -> None:
    same = {"班级轮借": {"tue": ["三(2)班"], "mon": ["三(1)班"]}}

    assert write_rotation(file, 1, same, stamp=STAMP) is None
    assert files(file) == ["kiosk.toml"]
    assert file.read_text(encoding="utf-8") == BEFORE


def test_a_rotation_of_dotted_days_is_known_again(file: Path) -> None:
    dotted = BEFORE.replace("weeks = 1", "weeks = 2").replace("mon = [", "A.mon = [")
    file.write_text(dotted, encoding="utf-8")

    same = {"班级轮借": {"A.mon": ["三(1)班"], "tue": ["三(2)班"]}}

    assert write_rotation(file, 2, same, stamp=STAMP) is None


COMMENTED = """\
# of the class table
[rotation.turns."班级轮借"]  # upstairs
# about Monday
mon = ["三(1)班"]  # the choir sings "#1" = loud
tue = [  # two rows
  "三(2)班",  # comes late
  # and no other
]
# below its keys

# between the tables

# of the noon table
[rotation.turns."noon"]
mon = ["2023-1"]
"""


def test_comments_of_the_turns_are_kept_above_their_tables(file: Path) -> None:
    head, tail = TWO_TABLES.split('[rotation.turns."班级轮借"]')
    rules = tail[tail.index("\n# Pupils.") :]
    file.write_text(head + COMMENTED + rules, encoding="utf-8")
    turns = {"班级轮借": {"mon": ["三(2)班"]}, "noon": {"mon": ["三(1)班"]}}
    written = """\
# of the class table
# upstairs
# about Monday
# mon: the choir sings "#1" = loud
# tue: two rows
# tue: comes late
# and no other
# below its keys
# between the tables
[rotation.turns."班级轮借"]
mon = ["三(2)班"]

# of the noon table
[rotation.turns."noon"]
mon = ["三(1)班"]
"""

    write_rotation(file, 1, turns, stamp=STAMP)

    assert file.read_text(encoding="utf-8") == head + written + rules
    write_rotation(file, 1, {"noon": {"mon": ["三(1)班"]}}, stamp=STAMP)
    left = file.read_text(encoding="utf-8").splitlines()
    assert [one for one in written.splitlines() if one.startswith("#") and one not in left] == []


def test_notes_stand_behind_their_days() -> None:
    lines = turns_toml({"轮借": {"mon": ["三(1)班"]}}, {("轮借", "mon"): "40人"})

    assert lines == ["", '[rotation.turns."轮借"]', 'mon = ["三(1)班"]  # 40人']
