"""The sheets for monitors, staff, classes and readers: every label is read, nothing is cut off."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from label_page import Page, decoded

from kiosk.barcodes import (
    BinderLabel,
    CardLabel,
    ClassLabel,
    CommandLabel,
    DamageLabel,
    DigitsLabel,
    Label,
    LabelPatterns,
    ReasonLabel,
    read,
)
from kiosk.calendar import school_year
from kiosk.cli import main
from kiosk.domain import Card, ClassCode, Command, Damage, ReaderKind, Reason
from kiosk.errors import UsageError
from kiosk.ledger.readers import ReaderOnRecord
from kiosk.reports.labels.desk import command_labels, monitor_labels, staff_labels
from kiosk.reports.labels.readers import ClassList, binder, class_labels, reader_cards
from kiosk.wording import Words
from kiosk.wording.labels import (
    command_sentence,
    command_word,
    damage_word,
    reason_word,
)

SCHOOL = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
ZH = Words("zh_CN")


def read_all(page: Page) -> list[Label]:
    """Decode every bar code of a page as the desk would read it."""
    found = decoded(page)
    assert len(found) == len(page.svgs), "a bar code could not be decoded"
    return [read(text, SCHOOL) for _, text in found]


def pupil(number: int, name: str = "王小明", kind: ReaderKind = "student") -> ReaderOnRecord:
    code = ClassCode("2023-2") if kind != "teacher" else None
    return ReaderOnRecord(Card(f"R{number:06d}"), name, kind, "active", code)


def class_list(count: int, code: str = "2023-2", label: str = "四(2)班") -> ClassList:
    return ClassList(ClassCode(code), label, tuple(pupil(100001 + at) for at in range(count)))


def test_the_monitors_sheet_has_duty_its_commands_damages_and_reasons() -> None:
    page = Page(monitor_labels("KC-", ZH))

    assert read_all(page) == [
        *map(
            CommandLabel,
            (Command.DUTY, Command.SHEET, Command.TEMPCARD, Command.LANE, Command.CLOCK),
        ),
        *map(DamageLabel, Damage),
        *map(ReasonLabel, Reason),
    ]
    assert page.said["h2"] == [
        *("值班", "还书单", "临时借书证", "只还书", "时间对了"),
        *("涂画", "破损", "缺页", "水渍"),
        *("老师同意", "上次没轮到", "课上要用", "排队没轮上", "其他"),
    ]


def test_the_staff_sheet_has_the_digits_and_every_staff_command_once() -> None:
    labels = read_all(Page(staff_labels("KC-", ZH)))

    staff = list(Command)[list(Command).index(Command.CANCEL) :]
    assert labels[:11] == [
        *(DigitsLabel(str(digit), whole=False) for digit in range(10)),
        CommandLabel(Command.OK),
    ]
    commands = [label.command for label in labels[11:] if isinstance(label, CommandLabel)]
    assert len(commands) == len(labels) - 11
    assert sorted(commands) == sorted(staff)


def test_every_command_has_a_label_and_duty_is_the_monitors_alone() -> None:
    sheets = [command_labels("KC-", ZH), monitor_labels("KC-", ZH), staff_labels("KC-", ZH)]

    pupils, monitors, staff = (
        {one.command for one in read_all(Page(sheet)) if isinstance(one, CommandLabel)}
        for sheet in sheets
    )
    assert pupils | monitors | staff == set(Command)
    assert not pupils & (monitors | staff)
    # A monitor on duty issues temporary cards, and so may staff.
    assert monitors & staff == {Command.TEMPCARD}
    assert Command.DUTY in monitors


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_commands_have_different_words_and_a_sentence_each(language: str) -> None:
    words = Words(language)
    named = [command_word(one, words) for one in Command]

    assert len(set(named)) == len(named)
    assert all(command_sentence(one, words) for one in Command)


def test_reasons_and_damages_have_a_word_each() -> None:
    assert len({reason_word(one, ZH) for one in Reason}) == len(Reason)
    assert len({damage_word(one, ZH) for one in Damage}) == len(Damage)


def test_the_binder_names_each_pupil_beside_a_label_that_is_no_card() -> None:
    one = ClassList(
        ClassCode("2023-2"), "四(2)班", (pupil(100001, "王小明"), pupil(100002, "欧阳<静>怡"))
    )
    page = Page(binder([one], "KC-", ZH))

    assert read_all(page) == [BinderLabel(Card("R100001")), BinderLabel(Card("R100002"))]
    assert page.said["h1"] == ["四(2)班"]
    assert page.said["b"] == ["王小明", "欧阳<静>怡"]
    assert page.said["code"] == ["R100001", "R100002"]


def test_a_binder_page_has_24_names_and_each_class_begins_a_new_one() -> None:
    classes = [class_list(45), class_list(24, "2022-1", "五(1)班")]
    html = binder(classes, "KC-", ZH)

    pages = re.findall(r'<section class="sheet">(.*?)</section>', html, re.S)
    assert [page.count("<svg") for page in pages] == [24, 21, 24]
    assert Page(html).said["h1"] == ["四(2)班 1/2", "四(2)班 2/2", "五(1)班"]
    assert ".sheet { break-after: page; }" in html


@pytest.mark.parametrize(("prefix", "sides", "names"), [("KC-", 2, 24), ("THE-SCHOOL-KC-", 1, 12)])
def test_binder_labels_stand_side_by_side_only_where_they_fit(
    prefix: str, sides: int, names: int
) -> None:
    html = binder([class_list(30)], prefix, ZH)

    assert f'class="lines sides{sides}"' in html
    assert html.partition("</section>")[0].count("<svg") == names
    widest = max(float(str(svg["width"]).removesuffix("mm")) for svg in Page(html).svgs)
    assert widest <= 186 / sides


def test_reader_cards_are_ten_to_a_page_with_the_card_itself_to_scan() -> None:
    html = reader_cards([pupil(100001 + at) for at in range(11)], "实验小学", ZH)
    page = Page(html)

    assert read_all(page) == [CardLabel(Card(f"R{100001 + at}")) for at in range(11)]
    assert html.count('<section class="sheet">') == 2
    assert "85.6mm 85.6mm; grid-auto-rows: 54mm" in html


def test_a_card_names_school_reader_and_the_class_by_its_cohort() -> None:
    readers = [
        pupil(100001),
        pupil(900001, "许老师", "teacher"),
        pupil(800001, "四(2)班图书角", "class"),
    ]
    page = Page(reader_cards(readers, "实验小学", ZH))

    assert page.said["b"] == ["王小明", "许老师", "四(2)班图书角"]
    assert [text.strip() for text in page.said["p"]] == ["2023级(2)班", "教师", "2023级(2)班"]
    assert [text.strip() for text in page.said["header"]] == ["实验小学"] * 3
    assert page.said["small"] == ["仅限本人使用,不得转借"] * 2


def test_a_card_number_too_long_for_a_card_is_refused_with_its_width() -> None:
    card = ReaderOnRecord(Card("READER-NUMBER-ABCDEFG"), "王小明", "student", "active", None)

    with pytest.raises(UsageError) as caught:
        reader_cards([card], "实验小学", ZH)

    assert str(caught.value) == (
        "Cannot print the card 'READER-NUMBER-ABCDEFG': its bar code is 94 mm wide and a card "
        "has room for 79 mm."
    )


def test_class_labels_are_large_and_the_whole_school_has_one() -> None:
    page = Page(class_labels([class_list(0)], "KC-", ZH, whole_school=True))

    assert read_all(page) == [ClassLabel(ClassCode("2023-2")), ClassLabel(None)]
    assert page.said["h2"] == ["四(2)班", "全校"]
    assert "2023级(2)班" in page.said["p"]


@pytest.mark.parametrize("prefix", ["K-", "KC-", "SCHOOL-KC-"])
def test_all_bars_are_wide_and_high_enough_and_have_quiet_zones(prefix: str) -> None:
    sheets = [
        monitor_labels(prefix, ZH),
        staff_labels(prefix, ZH),
        binder([class_list(3)], prefix, ZH),
        reader_cards([pupil(100001)], "实验小学", ZH),
        class_labels([class_list(0)], prefix, ZH, whole_school=True),
    ]

    for page in map(Page, sheets):
        assert page.open == []
        for svg, rects in zip(page.svgs, page.rects, strict=True):
            modules = int(str(svg["viewbox"]).split()[2])
            last = rects[-1]
            assert float(str(svg["width"]).removesuffix("mm")) / modules >= 0.3299
            assert float(str(svg["height"]).removesuffix("mm")) >= 11
            assert int(str(rects[0]["x"])) >= 10
            assert modules - int(str(last["x"])) - int(str(last["width"])) >= 10


def test_no_sheet_fetches_anything() -> None:
    sheets = [monitor_labels("KC-", ZH), binder([class_list(3)], "KC-", ZH)]

    for sheet in sheets:
        assert "url(" not in sheet
        assert not {name for name, _ in Page(sheet).attributes} & {"src", "href", "srcset"}


READERS = """card,name,kind,cohort,class
{readers}
R900001,许老师,teacher,,
R800001,图书角,class,{cohort},1
"""


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """A school with two classes of this year's first grade, a class card and a teacher."""
    folder = tmp_path / "school"
    assert main(["init", str(folder)]) == 0
    cohort = first_grade()
    readers = "\n".join(
        f"R10000{number},学生{number},student,{cohort},{1 if number < 3 else 2}"
        for number in (2, 1, 3)
    )
    file = folder / "readers.csv"
    file.write_text(READERS.format(readers=readers, cohort=cohort), encoding="utf-8")
    assert main(["--config", str(folder / "kiosk.toml"), "import", "readers", str(file)]) == 0
    return folder


def first_grade() -> int:
    """The cohort that is in its first grade today."""
    return school_year(datetime.now(ZoneInfo("Asia/Shanghai")).date())


def written(school: Path, *arguments: str) -> Page:
    to = school / "sheet.html"
    config = str(school / "kiosk.toml")
    assert main(["--config", config, "labels", *arguments, "--to", str(to)]) == 0
    return Page(to.read_text(encoding="utf-8"))


def refused(school: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["--config", str(school / "kiosk.toml"), "labels", *arguments])
    return code, capsys.readouterr().err.rstrip("\n")


def test_the_binder_on_record_lists_pupils_by_card_class_by_class(school: Path) -> None:
    page = written(school, "binder", "--all")

    assert page.said["h1"] == ["一(1)班", "一(2)班"]
    assert page.said["code"] == ["R100001", "R100002", "R100003"]


@pytest.mark.parametrize("label", ["一(2)班", "一（2）班", "{cohort}-2"])
def test_a_class_is_named_by_label_or_by_key(school: Path, label: str) -> None:
    page = written(school, "binder", "--class", label.format(cohort=first_grade()))

    assert page.said["code"] == ["R100003"]


def test_cards_of_a_class_have_its_own_card_and_all_cards_the_teachers(school: Path) -> None:
    of_class = written(school, "cards", "--class", "一(1)班")
    of_all = written(school, "cards")
    one = written(school, "cards", "--card", "R900001")

    assert of_class.said["code"] == ["R100001", "R100002", "R800001"]
    assert of_all.said["code"] == ["R100001", "R100002", "R800001", "R100003", "R900001"]
    assert one.said["code"] == ["R900001"]


def test_labels_of_some_classes_leave_out_that_of_the_whole_school(school: Path) -> None:
    assert written(school, "classes").said["h2"] == ["一(1)班", "一(2)班", "全校"]
    assert written(school, "classes", "--class", "一(1)班").said["h2"] == ["一(1)班"]


def test_a_class_that_has_left_is_printed_only_when_it_is_named(school: Path) -> None:
    left = first_grade() - 6
    file = school / "left.csv"
    file.write_text(f"card,name,cohort,class\nR200001,学长,{left},1\n", encoding="utf-8")
    assert main(["--config", str(school / "kiosk.toml"), "import", "readers", str(file)]) == 0

    assert "R200001" not in written(school, "cards").said["code"]
    assert written(school, "cards", "--class", f"{left}-1").said["code"] == ["R200001"]


def test_an_unknown_class_is_told_with_the_classes_there_are(
    school: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohort = first_grade()

    assert refused(school, capsys, "binder", "--class", "一(9)班") == (
        2,
        f"--class: there is no class 一(9)班 on record. Classes: 一(1)班 ({cohort}-1), "
        f"一(2)班 ({cohort}-2)",
    )


def test_a_text_that_is_no_class_is_told_with_what_was_expected(
    school: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = refused(school, capsys, "binder", "--class", "hello")

    assert code == 2
    assert said == (
        "--class: expected a class label of grades 1 to 6 (school.class_label) or a cohort and "
        "number such as 2023-2, found 'hello'"
    )


def test_a_card_that_is_reported_lost_is_not_printed_again(
    school: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(school / "kiosk.db")) as db, db:
        db.execute("UPDATE reader SET status = 'lost' WHERE card = 'R100001'")

    assert "R100001" not in written(school, "cards").said["code"]
    assert refused(school, capsys, "cards", "--card", "R100001") == (
        2,
        "--card: the card R100001 is reported lost and would be refused. Give its reader a new "
        "card first.",
    )


def test_a_card_that_is_not_on_record_is_not_printed(
    school: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(school, capsys, "cards", "--card", "R999999") == (
        2,
        "--card: there is no reader with the card R999999 on record.",
    )


def test_an_empty_record_says_how_readers_come_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "empty"
    assert main(["init", str(folder)]) == 0

    for what in ("binder", "cards", "classes"):
        assert refused(folder, capsys, what) == (
            1,
            f"There is nobody to print labels for in the database {folder / 'kiosk.db'}: "
            "`kiosk import readers FILE` brings readers and classes in.",
        )
