"""The sample school: its files are what the generator writes, and a teacher would believe them."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import kiosk.demo
from kiosk.cli import main
from kiosk.cli.demo import fill, sample_school, side
from kiosk.cli.open import desktop_from, open_desk
from kiosk.demo.books import author_letter, isbn13
from kiosk.demo.generate import write_school
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import Note, Scan
from kiosk.ledger.connection import open_ledger
from kiosk.ledger.verify import verify
from kiosk.screens.canvas import width_of
from kiosk.settings import Settings
from kiosk.wording import Words

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


def offered() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = toml(DEMO / "labels.toml")["label"]
    return found


def labels() -> dict[str, str]:
    return {label["text"]: label["says"] for label in offered()}


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

    assert class_label(by_card[text["a pupil not in turn"]]) == "三(2)班"
    assert class_label(by_card[text["the next pupil of the same class"]]) == "三(1)班"
    assert by_card[text["a card that has expired"]]["expires_on"] == "2026-08-31"
    assert by_card[text["the teacher and the PIN"]]["kind"] == "teacher"
    assert by_card[text["the book corner of a class"]]["kind"] == "class"
    assert by_barcode[text["another book"]]["馆藏"] == "普通"
    assert by_barcode[text["a reference book"]]["馆藏"] == "工具书"
    assert by_barcode[text["a title with odd characters"]]["题名"] == "[bold]新书[/x]"
    assert len(by_barcode[text["a very long title"]]["题名"]) > 60
    assert text["the ISBN of a book, not its label"] == items()[0]["ISBN"]
    assert text["a book the library does not know"] not in by_barcode
    assert text["a card the library does not know"] not in by_card


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample school as the demo opens it."""
    settings, tried = sample_school(tmp_path_factory.mktemp("demo"), None)
    fill(settings, tried["moment"].replace(tzinfo=settings.zone))
    return settings


def rows_of(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    ledger = open_ledger(settings.database_path)
    try:
        return list(ledger.db.execute(sql))
    finally:
        ledger.close()


def test_the_first_days_have_left_traces_and_a_sound_record(filled: Settings) -> None:
    ledger = open_ledger(filled.database_path)
    try:
        assert verify(ledger, lambda *_: None) == []
    finally:
        ledger.close()
    states = dict(rows_of(filled, "SELECT state, count(*) FROM turn GROUP BY state"))
    assert states == {"held": 24, "missed": 1, "cancelled": 2}
    assert rows_of(filled, "SELECT reason FROM turn WHERE state = 'missed'") == [("nobody_came",)]
    assert rows_of(filled, "SELECT kind FROM todo WHERE closed_at IS NULL ORDER BY id") == [
        ("unknown_label",),
        ("damage",),
        ("help",),
    ]
    ready = "SELECT card FROM hold JOIN reader ON reader.id = reader_id WHERE state = 'ready'"
    assert rows_of(filled, ready) == [("R240106",)]
    overridden = "SELECT count(*) FROM journal WHERE json_extract(data, '$.override') IS NOT NULL"
    assert rows_of(filled, overridden) == [(1,)]


def test_no_slip_of_the_first_days_waits_for_the_printer(filled: Settings) -> None:
    assert rows_of(filled, "SELECT DISTINCT state FROM slip") == [("cancelled",)]


@pytest.mark.parametrize(
    ("before", "says", "expected"),
    [
        ("", "a pupil in turn", "session_opened"),
        ("a pupil in turn", "a reference book", "refused"),
        ("", "a pupil not in turn", "session_opened"),
        ("", "a book set aside", "checked_out"),
        ("", "the class's board", Note.BOARD_SHOWN),
        ("", "a crate, or for others", Note.CRATE_OPENED),
        ("", "the last one is torn", Note.NO_BOOK_FOR_DAMAGE),
        ("", "a monitor on duty", Note.DUTY_BEGAN),
        ("a monitor on duty", "refused? lend it anyway", Note.NOTHING_TO_OVERRIDE),
        ("", "the teacher and the PIN", Note.STAFF_BEGAN),
        ("the teacher and the PIN", "teacher: open now", Note.WINDOW_OPENED),
        ("the teacher and the PIN", "a hold", Note.HOLD_PLACED),
        ("the teacher and the PIN", "teacher: what is to be done", Note.TODO_SHOWN),
    ],
)
def test_what_the_panel_offers_does_what_it_says(
    filled: Settings, tmp_path: Path, before: str, says: str, expected: str
) -> None:
    copy = tmp_path / "kiosk.db"
    copy.write_bytes(filled.database_path.read_bytes())
    database = filled.database.model_copy(update={"path": str(copy)})
    settings = replace(filled, database=database)
    moment = toml(DEMO / "labels.toml")["moment"].replace(tzinfo=settings.zone)
    keys = {label["says"]: (label["text"], *label.get("then", ())) for label in offered()}
    desktop = desktop_from(settings, settings.words())
    clock = SimulatedClock(moment, monotonic=lambda: 0.0)
    ledger, desk = open_desk(settings, desktop, clock)

    try:
        for place, text in enumerate((*keys.get(before, ()), *keys[says])):
            at = moment + timedelta(seconds=place)
            clock.move_to(at)
            told = desk.handle(Scan(text, "left", at))
    finally:
        ledger.close()

    assert expected in (told[-1].note, told[-1].kind)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_panel_fits_beside_the_desk_and_leaves_room_for_a_slip(language: str) -> None:
    lines = side(offered(), Words(language)).splitlines()

    assert [line for line in lines if width_of(line) > 37] == []
    assert len(lines) <= 20


def test_the_demos_timetable_passes_its_own_check(
    filled: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    on = ["rotation", "check", "--on", "2026-09-10"]

    code = main(["--config", str(filled.file), *on])

    assert (code, capsys.readouterr().out) == (0, "轮流安排表没有发现问题。\n")


def test_in_english_the_same_classes_have_the_same_turns(tmp_path: Path) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "en").mkdir()
    chinese, labels_ = sample_school(tmp_path / "zh", None)
    english, _ = sample_school(tmp_path / "en", "en")
    first = labels_["moment"].date() - timedelta(days=9)

    for step in range(60):
        on = first + timedelta(days=step)
        planned = [
            [(one.opens_at, one.classes) for one in settings.timetable().planned_on(on)]
            for settings in (chinese, english)
        ]
        assert planned[0] == planned[1]
    windows = {one.name for one in english.windows}
    assert windows == {"noon turns", "class turns", "break"}


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
