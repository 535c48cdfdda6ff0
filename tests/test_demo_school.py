"""The sample school: its files are what the generator writes, and a teacher would believe them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import kiosk.demo
from kiosk.demo.books import author_letter, isbn13
from kiosk.demo.generate import write_school

DEMO = Path(kiosk.demo.__file__).parent
SCHOOL = Path(__file__).parent / "school"
DAYS = ("mon", "tue", "wed", "thu", "fri")
CHINESE_DIGITS = "一二三四五六"


@cache
def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def readers() -> list[dict[str, str]]:
    return rows(DEMO / "readers.csv")


def items() -> list[dict[str, str]]:
    return rows(DEMO / "items.csv")


def labels() -> dict[str, str]:
    return {label["text"]: label["says"] for label in toml(DEMO / "labels.toml")["label"]}


def is_isbn13(text: str) -> bool:
    if not re.fullmatch("978[0-9]{10}", text):
        return False
    return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(text)) % 10 == 0


def class_label(reader: Mapping[str, str]) -> str:
    grade = 2026 - int(reader["cohort"])
    return f"{CHINESE_DIGITS[grade]}({reader['class']})班"


def turns_of_cycle() -> list[tuple[str, str, str]]:
    """Give (window, day, class) of every turn in the demo's cycle."""
    return [
        (window, day, school_class)
        for window, days in toml(DEMO / "kiosk.toml")["rotation"]["turns"].items()
        for day, classes in days.items()
        for school_class in classes
    ]


def test_a_fresh_generation_equals_the_files_that_ship(tmp_path: Path) -> None:
    write_school(tmp_path)

    for name in ("readers.csv", "items.csv"):
        assert (tmp_path / name).read_bytes() == (DEMO / name).read_bytes()


def test_the_school_has_its_size() -> None:
    titles = {item["ISBN"] for item in items()}
    classes = {(r["cohort"], r["class"]) for r in readers() if r["kind"] == "student"}

    assert (len(readers()), len(items()), len(titles), len(classes)) == (1600, 8000, 3000, 36)
    assert Counter(r["kind"] for r in readers()) == {"student": 1508, "teacher": 80, "class": 12}
    assert {cohort for cohort, _ in classes} == {str(year) for year in range(2021, 2027)}


def test_cards_and_bar_codes_are_well_formed_and_unique() -> None:
    cards = [reader["card"] for reader in readers()]
    barcodes = [item["条码号"] for item in items()]

    assert all(re.fullmatch("R[0-9]{6}", card) for card in cards)
    assert all(re.fullmatch("[0-9]{8}", barcode) for barcode in barcodes)
    assert len(set(cards)) == len(cards)
    assert len(set(barcodes)) == len(barcodes)


def test_every_isbn_has_a_right_check_digit() -> None:
    assert [item["ISBN"] for item in items() if not is_isbn13(item["ISBN"])] == []


def test_an_isbn_stands_for_one_title_and_a_call_number_too() -> None:
    columns = ("题名", "责任者", "出版社", "出版年", "索书号", "馆藏", "定价")
    described = {(item["ISBN"], *(item[column] for column in columns)) for item in items()}

    assert len(described) == 3000
    assert len({row[5] for row in described}) == 3000


def test_every_item_is_described_in_full() -> None:
    for item in items():
        assert all(value == value.strip() != "" for value in item.values()), item
        assert 2007 <= int(item["出版年"]) <= 2026
        assert re.fullmatch("[0-9]{1,3}[.][0-9]{2}", item["定价"])
        assert re.fullmatch("[A-Z]{1,2}[0-9]*[-.0-9]*/[A-Z][0-9]{3}(-[0-9]+)?", item["索书号"])


def test_reference_books_are_few_and_picture_books_some() -> None:
    collections = Counter(item["馆藏"] for item in items())

    assert set(collections) == {"普通", "绘本", "工具书"}
    assert 80 <= collections["工具书"] <= 200
    assert 400 <= collections["绘本"] <= 1200


def test_titles_and_names_that_break_careless_software_are_there() -> None:
    titles = {item["题名"] for item in items()}
    names = "".join(reader["name"] for reader in readers())

    assert "[bold]新书[/x]" in titles
    assert max(map(len, titles)) > 60
    assert {mark for mark in "“”·—" if any(mark in title for title in titles)} == set("“”·—")
    assert {character for character in "㛃䶮喆·" if character in names} == set("㛃䶮喆·")


def test_no_pupil_has_a_namesake_in_the_class() -> None:
    pupils = [(r["cohort"], r["class"], r["name"]) for r in readers() if r["kind"] == "student"]

    assert len(set(pupils)) == len(pupils)


def test_classes_have_a_believable_size_and_older_ones_two_monitors() -> None:
    pupils = [reader for reader in readers() if reader["kind"] == "student"]
    sizes = Counter((r["cohort"], r["class"]) for r in pupils)
    monitors = Counter(r["cohort"] for r in pupils if r["monitor"] == "yes")

    assert set(sizes.values()) <= set(range(39, 46))
    assert monitors == {"2021": 12, "2022": 12, "2023": 12, "2024": 12}


def test_each_class_has_exactly_one_turn_in_two_weeks() -> None:
    turns = Counter(school_class for _, _, school_class in turns_of_cycle())
    classes = {f"{grade}({number})班" for grade in CHINESE_DIGITS for number in range(1, 7)}

    assert turns == dict.fromkeys(classes, 1)


def test_no_window_has_more_than_two_turns_and_four_places_stay_empty() -> None:
    taken = Counter((window, day) for window, day, _ in turns_of_cycle())
    days = [f"{week}.{day}" for week in "AB" for day in DAYS]

    assert {day for _, day in taken} == set(days)
    assert max(taken.values()) == 2
    assert 2 * 2 * len(days) - sum(taken.values()) == 4


def test_the_youngest_come_at_noon() -> None:
    windows = {window for window, _, label in turns_of_cycle() if label[0] in "一二"}

    assert windows == {"午间轮借"}


def test_the_first_pupil_can_borrow_the_first_book_when_the_demo_opens() -> None:
    first, book, settings = readers()[0], items()[0], toml(DEMO / "kiosk.toml")
    moment: datetime = toml(DEMO / "labels.toml")["moment"]
    turns = settings["rotation"]["turns"]["班级轮借"]
    window = next(w for w in settings["window"] if w["name"] == "班级轮借")
    term_starts_on: date = settings["term"][0]["starts_on"]
    weeks_gone = moment.isocalendar().week - term_starts_on.isocalendar().week
    week = "AB"[weeks_gone % settings["rotation"]["weeks"]]

    assert class_label(first) == "三(1)班"
    assert class_label(first) in turns[f"{week}.{DAYS[moment.weekday()]}"]
    assert window["from"] <= moment.time() < window["to"]
    assert first["expires_on"] > moment.date().isoformat()
    assert (first["card"], book["条码号"]) == tuple(labels())[:2]
    assert book["馆藏"] == "普通"


def test_the_labels_shown_are_what_they_say() -> None:
    by_card = {reader["card"]: reader for reader in readers()}
    by_barcode = {item["条码号"]: item for item in items()}
    text = {says: text for text, says in labels().items()}

    assert class_label(by_card[text["a pupil whose class comes another day"]]) == "三(2)班"
    assert class_label(by_card[text["the next pupil of the same class"]]) == "三(1)班"
    assert by_card[text["a card that has expired"]]["expires_on"] == "2026-08-31"
    assert by_card[text["a teacher: any time, ten books"]]["kind"] == "teacher"
    assert by_card[text["the book corner of a class"]]["kind"] == "class"
    assert by_barcode[text["another book"]]["馆藏"] == "普通"
    assert by_barcode[text["a reference book: to be read here"]]["馆藏"] == "工具书"
    assert by_barcode[text["a title with odd characters"]]["题名"] == "[bold]新书[/x]"
    assert len(by_barcode[text["a very long title"]]["题名"]) > 60
    assert text["the ISBN of a book, not its label"] == items()[0]["ISBN"]
    assert text["a book the library does not know"] not in by_barcode
    assert text["a card the library does not know"] not in by_card


@pytest.mark.parametrize("folder", [DEMO, SCHOOL], ids=["demo", "tests"])
def test_timetable_days_are_days_of_their_window(folder: Path) -> None:
    settings = toml(folder / "kiosk.toml")
    windows = {w["name"]: w for w in settings["window"] if w["kind"] == "class"}

    assert set(settings["rotation"]["turns"]) == set(windows)
    for name, days in settings["rotation"]["turns"].items():
        assert {day.rpartition(".")[2] for day in days} <= set(windows[name]["days"])
        assert isinstance(windows[name]["from"], time)


def test_the_small_school_is_what_its_page_says() -> None:
    page = (SCHOOL / "README.md").read_text(encoding="utf-8")
    cards = [reader["card"] for reader in rows(SCHOOL / "readers.csv")]
    isbns = [item["ISBN"] for item in rows(SCHOOL / "items.csv") if item["ISBN"]]

    assert [card for card in cards if f"| {card} |" not in page] == []
    assert re.findall(r"^\| (R\d{6}) \|", page, re.MULTILINE) == cards
    assert len(rows(SCHOOL / "items.csv")) == 25
    assert [isbn for isbn in isbns if not is_isbn13(isbn)] == []


@pytest.mark.parametrize(
    ("prefix", "number", "isbn"),
    [("02", 0, "9787020000005"), ("5327", 1234, "9787532712342"), ("108", 43, "9787108000439")],
)
def test_check_digits_of_made_up_isbns(prefix: str, number: int, isbn: str) -> None:
    assert is_isbn13(isbn13(prefix, number))
    assert len(isbn13(prefix, number)) == len(isbn)


@pytest.mark.parametrize(
    ("author", "letter"),
    [
        ("安徒生", "A"), ("曹文轩", "C"), ("林海音", "L"), ("沈石溪", "S"), ("郑渊洁", "Z"),
        ("[美]E·B·怀特", "E"), ("[丹麦]汉斯·安徒生", "H"), ("《成语故事》编写组", "C"),
    ],
)  # fmt: skip
def test_call_numbers_carry_the_authors_initial(author: str, letter: str) -> None:
    assert author_letter(author) == letter
