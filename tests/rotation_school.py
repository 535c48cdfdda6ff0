"""A folder with settings and a record of classes, for the commands about the timetable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kiosk.cli import main
from kiosk.ledger.classes import ensure_class
from kiosk.ledger.connection import open_ledger

SETTINGS = """\
[school]
name = "实验小学"
loans_per_term = 0

[[scanner]]
lane = "left"
driver = "stdin"

[[scanner]]
lane = "right"
driver = "keyboard"

[[scanner]]
lane = "crates"
driver = "hid"
path = "/dev/input/by-id/usb-crates"
use = "return"

[[term]]
name = "2026学年第一学期"
starts_on = 2026-09-01
ends_on = 2027-01-22
lending_ends_on = 2027-01-08
recall_on = 2027-01-22

[[window]]
name = "班级轮借"
kind = "class"
days = ["mon", "tue", "wed", "thu", "fri"]
from = 16:30:00
to = 17:00:00

[[window]]
name = "大课间"
kind = "free"
days = ["mon", "tue", "wed", "thu", "fri"]
from = 10:00:00
to = 10:20:00

# Whose turn it is.
[rotation]
weeks = 1

# Pupils first.
[[loan_rule]]
readers = ["student"]
limit = 2
period = "1 turn"
"""
TURNS = """
[rotation.turns."班级轮借"]
mon = ["三(1)班"]
tue = ["三(2)班"]
"""
TWO_CLASSES = {"2024-1": 40, "2024-2": 45}
SIX_GRADES = {f"{2027 - grade}-{number}": 42 for grade in range(1, 7) for number in (1, 2)}


def with_turns(turns: str = TURNS) -> str:
    """Write the settings with turns in their place."""
    return SETTINGS.replace("weeks = 1\n", f"weeks = 1\n{turns}", 1)


def make_folder(folder: Path, text: str, pupils: Mapping[str, int] | None) -> Path:
    """Write settings and a record with so many pupils per class; returns the settings' path.

    Without `pupils` there is no database.
    """
    config = folder / "kiosk.toml"
    config.write_text(text, encoding="utf-8")
    if pupils is not None:
        ledger = open_ledger(folder / "kiosk.db", create=True)
        with ledger.transaction():
            for code, count in pupils.items():
                cohort, number = map(int, code.split("-"))
                id_ = ensure_class(ledger.db, cohort, number, code)
                rows = [(f"R{code}-{seat}", id_) for seat in range(count)]
                ledger.db.conn.executemany(
                    "INSERT INTO reader (card, name, class_id) VALUES (?, '王小明', ?)", rows
                )
        ledger.close()
    return config


def kiosk(config: Path, *words: str) -> int:
    """Run a command on the settings; returns its exit code."""
    return main(["--config", str(config), *words])
