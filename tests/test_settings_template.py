"""The file that `kiosk init` writes, the example and the page of the docs: all from the models."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.settings import load
from kiosk.settings.model import TABLES
from kiosk.settings.reference import reference
from kiosk.settings.section import keys_of
from kiosk.settings.template import EXAMPLE_DAY, template

ROOT = Path(__file__).parent.parent


def test_the_template_has_every_key_of_every_table_with_what_it_is_for() -> None:
    text = template(EXAMPLE_DAY)

    for name, model in TABLES.items():
        found = re.search(rf"^#?\[+{name}\]+\n(.*?)(?=^#?\[+(?!\[|{name}\.)|\Z)", text, re.M | re.S)
        assert found is not None, name
        for key in keys_of(model):
            shape = rf"^##? .+\n#*(?:# )?(?:{key} = |\[+{name}\.{key}[.\]])"
            assert re.search(shape, found[1], re.M), f"{name}.{key}"


def test_the_template_gives_every_default(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(template(EXAMPLE_DAY), encoding="utf-8")
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")

    written, empty = load(tmp_path / "kiosk.toml"), load(tmp_path / "empty.toml")

    for table in ("school", "desk", "database", "printer", "screen", "sound", "clock", "barcodes"):
        assert getattr(written, table) == getattr(empty, table)
    assert written.rotation == empty.rotation
    assert [(one.lane, one.driver) for one in written.scanners] == [("left", "keyboard")]
    assert [one.name for one in written.windows] == ["班级轮借", "大课间"]
    assert len(written.loan_rules) == 5


def test_a_line_of_the_template_can_be_taken_into_use_by_itself(tmp_path: Path) -> None:
    text = template(EXAMPLE_DAY)
    file = tmp_path / "kiosk.toml"
    spare = re.findall(r"^# (?:\w+ = .+)$", text, re.M)

    for line in spare:
        if line.startswith(("# mon", "# tue", "# key", "# vendor", "# product")):
            continue
        file.write_text(text.replace(line, line.removeprefix("# "), 1), encoding="utf-8")
        load(file)


def test_the_template_takes_turns_once_they_are_taken_into_use(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(in_use('[rotation.turns."班级轮借"]'), encoding="utf-8")

    turns = load(tmp_path / "kiosk.toml").rotation.turns

    assert turns == {"班级轮借": {"mon": ["三(1)班"], "tue": ["2023-2"]}}


def in_use(heading: str) -> str:
    """Write the template with one table more in use, and the tables inside it."""
    before, after = template(EXAMPLE_DAY).split(f"#{heading}\n")
    name = heading.strip("[]").partition(".")[0]
    end = re.search(rf"\n\n##? [^\n]+\n#?\[+(?!\[|{name}\.)", after)
    block = after if end is None else after[: end.start()]
    return f"{before}{heading}\n{re.sub('^#', '', block, flags=re.M)}{after[len(block) :]}"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("[[make_up_day]]", "make_up_days"),
        ("[[pause]]", "pauses"),
        ("[[replacement]]", "replacements"),
        ("[[change]]", "changes"),
        ("[[swap]]", "swaps"),
        ("[[extra_turn]]", "extra_turns"),
    ],
)
def test_a_whole_table_of_the_template_can_be_taken_into_use(
    tmp_path: Path, heading: str, field: str
) -> None:
    (tmp_path / "kiosk.toml").write_text(in_use(heading), encoding="utf-8")

    assert len(getattr(load(tmp_path / "kiosk.toml"), field)) == 1


def test_the_template_shows_a_replacement_with_its_windows_and_turns(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(in_use("[[replacement]]"), encoding="utf-8")

    (replacement,) = load(tmp_path / "kiosk.toml").replacements

    assert [one.name for one in replacement.window] == ["班级轮借"]
    assert replacement.turns == {"班级轮借": {"mon": ["三(1)班"], "tue": ["2023-2"]}}


def test_the_template_shows_the_earlier_dates_of_some_grades(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(in_use("[[term.early]]"), encoding="utf-8")

    (term,) = load(tmp_path / "kiosk.toml").calendar().terms

    assert term.recall_on_for(6) == date(2027, 1, 8)
    assert term.lending_ends_on_for(6) == date(2027, 1, 8)


@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2027, 7, 1)])
def test_the_template_loads_with_a_term_that_is_not_over_on_any_day(
    tmp_path: Path, start: date
) -> None:
    for step in range(0, 365, 30):
        today = start + timedelta(days=step)
        (tmp_path / "kiosk.toml").write_text(template(today), encoding="utf-8")

        (term,) = load(tmp_path / "kiosk.toml").calendar().terms

        assert term.ends_on >= today


def test_the_template_may_name_the_school(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(template(EXAMPLE_DAY, '"第二"小学'), encoding="utf-8")

    assert load(tmp_path / "kiosk.toml").school.name == '"第二"小学'


def test_the_example_is_the_template() -> None:
    example = (ROOT / "config" / "kiosk.example.toml").read_text(encoding="utf-8")

    assert example == template(EXAMPLE_DAY)  # python -m kiosk.settings.template


def test_the_page_of_the_docs_is_written_from_the_models() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert page == reference()  # python -m kiosk.settings.reference


def test_the_page_names_every_key() -> None:
    page = reference()

    for name, model in TABLES.items():
        section = page.split(f"[{name}]", 1)[1].split("\n## ")[0]
        for key in keys_of(model):
            assert f"| `{key}` |" in section, f"{name}.{key}"
