"""What a settings file may say, and how its faults are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import SettingsError
from kiosk.settings import load

CLASS_WINDOW = """
[[window]]
name = "班级轮借"
kind = "class"
days = ["mon", "tue"]
from = 16:30:00
to = 17:00:00
"""

FREE_WINDOW = """
[[window]]
name = "大课间"
kind = "free"
days = ["mon"]
from = "10:00"
to = "10:20"
"""


def faults_of(folder: Path, text: str) -> list[str]:
    """Load a text that must be faulty; the file's name is taken off each line."""
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(file)
    return str(caught.value).replace(f"{file}: ", "").splitlines()


def test_ten_different_faults_are_told_in_ten_lines_at_once(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_text(
        """
[school]
timezone = "Asia/Shangai"
grades = "6"

[desk]
idle = 20

[[scanner]]
lane = "left"
driver = "usb"

[barcodes]
card = ["R[0-9"]

[[term]]
starts_on = 2026-09-01
ends_on = 2026-08-01

[[window]]
name = "班级轮借"
kind = "class"
days = ["mon"]
from = 17:00:00
to = 16:30:00

[rotation.turns."班级轮借"]
mon = ["三(1)班", "九九班"]

[[loan_rule]]
limit = -1
period = "2 weeks"
""",
        encoding="utf-8",
    )

    with pytest.raises(SettingsError) as caught:
        load(file)

    assert str(caught.value).splitlines() == [
        f"{file}: school.timezone: expected the name of a time zone such as Asia/Shanghai,"
        ' found "Asia/Shangai"',
        f'{file}: school.grades: expected a whole number, found "6"',
        f'{file}: desk.idle: expected a known key, perhaps idle_s, found "idle"',
        f'{file}: scanner[1].driver: expected one of hid, serial, keyboard, stdin, found "usb"',
        f"{file}: barcodes.card[1]: expected a regular expression"
        ' (unterminated character set at position 1), found "R[0-9"',
        f"{file}: term[1].ends_on: expected a day not before 2026-09-01, found 2026-08-01",
        f"{file}: window[1].to: expected a time after 17:00:00, found 16:30:00",
        f"{file}: rotation.turns.班级轮借.mon[2]: expected a class label of grades 1 to 12"
        ' (school.class_label) or a cohort and number such as 2023-2, found "九九班"',
        f"{file}: loan_rule[1].limit: expected a number not below 0, found -1",
        f'{file}: loan_rule[1].period: expected "n turns", "n days", "same day",'
        ' "term end" or "next term",'
        ' perhaps "14 days", found "2 weeks"',
    ]
    assert len(caught.value.faults) == 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[desks]\nid = 'x'", 'desks: expected a known table, perhaps desk, found "desks"'),
        ("scanner = 1", "scanner: expected tables [[scanner]], found 1"),
        ("[scanner]\nlane = 'a'", "scanner: expected tables [[scanner]], found [scanner]"),
        ("[[desk]]\nid = 'a'", "desk: expected a table [desk], found [[desk]]"),
        ("[desk]\nidle_s = true", "desk.idle_s: expected a number, found true"),
        ("[desk]\nidle_s = nan", "desk.idle_s: expected a number, found nan"),
        ("[desk]\ncarry_s = -1", "desk.carry_s: expected a number not below 0, found -1"),
        ("[desk]\nid = ''", 'desk.id: expected a text that is not empty, found ""'),
        ("[desk]\noverdue_blocks = 1", "desk.overdue_blocks: expected true or false, found 1"),
        (
            "[desk]\nfound_on_loan = 'ask'",
            'desk.found_on_loan: expected one of refuse, return, found "ask"',
        ),
        (
            "[school]\nclass_label = '{grade}班'",
            "school.class_label: expected a label with {grade} and {number} once each,"
            ' such as {grade}({number})班, found "{grade}班"',
        ),
        ("[school]\nlanguage = 'zh'", 'school.language: expected one of zh_CN, en, found "zh"'),
        ("[printer]\ncolumns = 80", "printer.columns: expected a number not above 64, found 80"),
        (
            "[printer]\ndriver = 'usb'",
            "printer.path: expected a path for the usb driver, found nothing",
        ),
        (
            "[printer]\ndriver = 'serial'",
            "printer.port: expected a port for the serial driver, found nothing",
        ),
        (
            "[printer]\ndriver = 'network'",
            "printer.host: expected a host for the network driver, found nothing",
        ),
        (
            "[printer]\ndriver = 'file'",
            "printer.path: expected a path for the file driver, found nothing",
        ),
        (
            "[barcodes]\nitem = []",
            "barcodes.item: expected a list with at least one entry, found []",
        ),
        (
            "[[scanner]]\ndriver = 'stdin'",
            'scanner[1].lane: expected a value such as "left", found nothing',
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'serial'",
            "scanner[1].port: expected a port for the serial driver, found nothing",
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'hid'",
            "scanner[1].path: expected a path, or vendor and product, for the hid driver,"
            " found nothing",
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'hid'\nvendor = 0x1a86",
            "scanner[1].product: expected a product beside vendor, found nothing",
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'hid'\npath = 'x'\nphys = 'usb-1.1/input0'",
            "scanner[1].vendor: expected a vendor and a product beside phys, found nothing",
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'hid'\nvendor = 1\nproduct = 2\nphys = 'x'\n"
            "[[scanner]]\nlane = 'b'\ndriver = 'hid'\nvendor = 1\nproduct = 2\nphys = 'x'",
            "scanner[2].product: expected a device of its own (scanner[1] has this one), found 2",
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'hid'\npath = 'x'\nlayout = 'dvorak'",
            'scanner[1].layout: expected one of us, de, fr, gb, found "dvorak"',
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'stdin'\n"
            "[[scanner]]\nlane = 'a'\ndriver = 'keyboard'",
            'scanner[2].lane: expected a lane of its own (scanner[1] has this one), found "a"',
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'serial'\nport = '/dev/ttyUSB0'\n"
            "[[scanner]]\nlane = 'b'\ndriver = 'serial'\nport = '/dev/ttyUSB0'",
            "scanner[2].port: expected a device of its own (scanner[1] has this one),"
            ' found "/dev/ttyUSB0"',
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'hid'\nvendor = 1\nproduct = 2\n"
            "[[scanner]]\nlane = 'b'\ndriver = 'hid'\nvendor = 1\nproduct = 2",
            "scanner[2].product: expected a device of its own (scanner[1] has this one), found 2",
        ),
        (
            "[[scanner]]\nlane = 'a'\ndriver = 'stdin'\n[[scanner]]\nlane = 'b'\ndriver = 'stdin'",
            "scanner[2].driver: expected a device of its own (scanner[1] has this one),"
            ' found "stdin"',
        ),
        (
            "[[term]]\nstarts_on = 2026-09-01\nends_on = 2027-01-22\nrecall_on = 2027-02-01",
            "term[1].recall_on: expected a day of the term, 2026-09-01 to 2027-01-22,"
            " found 2027-02-01",
        ),
        (
            "[[term]]\nstarts_on = 2026-09-01\nends_on = 2027-01-22\nlending_ends_on = 2026-08-01",
            "term[1].lending_ends_on: expected a day of the term, 2026-09-01 to 2027-01-22,"
            " found 2026-08-01",
        ),
        (
            "[[term]]\nstarts_on = 2026-09-01\nends_on = 2027-01-22\n"
            "[[term]]\nstarts_on = 2027-01-22\nends_on = 2027-07-01",
            "term[2].starts_on: expected a day after the end of term[1], 2027-01-22,"
            " found 2027-01-22",
        ),
        (
            "[[term]]\nstarts_on = 2026-09-31\nends_on = 2027-01-22",
            "line 2, column 13: expected TOML (invalid date or datetime),"
            ' found "starts_on = 2026-09-31"',
        ),
        (
            "[[term]]\nstarts_on = '2026-09-31'\nends_on = 2027-01-22",
            'term[1].starts_on: expected a day such as 2026-09-01, or as a text "2026-09-01",'
            ' found "2026-09-31"',
        ),
        (
            "[[holiday]]\nfrom = 2026-10-07\nto = 2026-10-01",
            "holiday[1].to: expected a day not before 2026-10-07, found 2026-10-01",
        ),
        (
            CLASS_WINDOW.replace("16:30:00", "'25:00'"),
            'window[1].from: expected a time of day such as 16:30:00, or as a text "16:30",'
            ' found "25:00"',
        ),
        (
            CLASS_WINDOW.replace('"tue"', '"tues"'),
            "window[1].days[2]: expected one of mon, tue, wed, thu, fri, sat, sun"
            ' (rotation.weeks is 1), perhaps tue, found "tues"',
        ),
        (
            CLASS_WINDOW + CLASS_WINDOW,
            "window[2].name: expected a name of its own, or no day or no school week of window[1],"
            ' found "班级轮借"',
        ),
        (
            # Days and weeks of its own are not enough where the kinds differ.
            CLASS_WINDOW + FREE_WINDOW.replace("大课间", "班级轮借").replace("mon", "fri"),
            "window[2].name: expected a name of its own (window[1] has this one, of kind class),"
            ' found "班级轮借"',
        ),
        (
            CLASS_WINDOW + CLASS_WINDOW.replace('"mon", "tue"', '"wed"') + CLASS_WINDOW,
            "window[3].name: expected a name of its own, or no day or no school week of window[1],"
            ' found "班级轮借"',
        ),
        (
            FREE_WINDOW + "grades = [0]",
            "window[1].grades[1]: expected a number not below 1, found 0",
        ),
        (
            CLASS_WINDOW + '[rotation.turns."轮借"]\nmon = []',
            "rotation.turns.轮借: expected the name of a window (one of 班级轮借),"
            ' perhaps 班级轮借, found "轮借"',
        ),
        (
            FREE_WINDOW + '[rotation.turns."大课间"]\nmon = []',
            "rotation.turns.大课间: expected a window of kind class"
            ' (there is none of kind class), found "大课间" of kind free',
        ),
        (
            CLASS_WINDOW + '[rotation.turns."班级轮借"]\nA.mon = []',
            "rotation.turns.班级轮借.A.mon: expected one of mon, tue, wed, thu, fri, sat, sun"
            ' (rotation.weeks is 1), perhaps with rotation.weeks = 2, found "A.mon"',
        ),
        (
            CLASS_WINDOW + '[rotation]\nweeks = 2\n[rotation.turns."班级轮借"]\n"C.mon" = []',
            "rotation.turns.班级轮借.C.mon: expected one of mon, tue, wed, thu, fri, sat, sun,"
            " alone or after A. to B. (rotation.weeks is 2), perhaps with rotation.weeks = 3,"
            ' found "C.mon"',
        ),
        (
            CLASS_WINDOW + '[rotation.turns."班级轮借"]\nsat = []',
            'rotation.turns.班级轮借.sat: expected a day of this window (mon, tue), found "sat"',
        ),
        (
            CLASS_WINDOW + '[rotation.turns."班级轮借"]\nmon = "三(1)班"',
            "rotation.turns.班级轮借.mon: expected a list of classes in square brackets,"
            ' found "三(1)班"',
        ),
        (
            CLASS_WINDOW + '[rotation.turns."班级轮借"]\nmon = ["七(1)班"]',
            "rotation.turns.班级轮借.mon[1]: expected a class label of grades 1 to 6"
            ' (school.class_label) or a cohort and number such as 2023-2, found "七(1)班"',
        ),
        (
            "[[loan_rule]]\nperiod = '1 turn'",
            "loan_rule[1].limit: expected a number of books for a rule that lends, such as 2,"
            " found nothing",
        ),
        (
            "[[loan_rule]]\nlimit = 2",
            'loan_rule[1].period: expected a period for a rule that lends, such as "1 turn",'
            " found nothing",
        ),
        (
            "[[loan_rule]]\nlimit = 2\nperiod = '0 days'",
            'loan_rule[1].period: expected "n turns", "n days", "same day",'
            ' "term end" or "next term",'
            ' found "0 days"',
        ),
        (
            "[[loan_rule]]\nlimit = 2\nperiod = '1 turn'\nwithout_turns = '1 turn'",
            "loan_rule[1].without_turns: expected a period that is not counted in turns,"
            ' such as "14 days", found "1 turn"',
        ),
        (
            "[[loan_rule]]\nlend = 'no'\nreaders = ['pupil']",
            'loan_rule[1].readers[1]: expected one of student, teacher, class, found "pupil"',
        ),
        (
            "[[loan_rule]]\nlend = 'no'\nreaders = ['students']",
            "loan_rule[1].readers[1]: expected one of student, teacher, class, perhaps student,"
            ' found "students"',
        ),
        (
            "[school]\nidle_s = 20",
            "school.idle_s: expected one of name, timezone, language, loans_per_term, mask_names,"
            ' hide_titles, grades, class_label, perhaps in [desk], found "idle_s"',
        ),
        (
            "[rotation]\nweeks = 0\n[[make_up_day]]\non = 2026-10-10\nfollows = 'C.mon'",
            "rotation.weeks: expected a number not below 1, found 0",
        ),
        ("[desk]\nid = \n", 'line 2, column 6: expected TOML (invalid value), found "id ="'),
    ],
)
def test_a_fault_names_key_expected_and_found(tmp_path: Path, text: str, expected: str) -> None:
    assert faults_of(tmp_path, text) == [expected]


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    file = tmp_path / "none.toml"

    with pytest.raises(SettingsError) as caught:
        load(file)

    assert str(caught.value) == (
        f"{file}: expected a settings file (`kiosk init DIR` writes one), found no file"
    )


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_bytes('[school]\nname = "实验小学"\n'.encode("gb18030"))

    with pytest.raises(SettingsError) as caught:
        load(file)

    assert str(caught.value) == f"{file}: line 2: expected text in UTF-8, found the byte 0xd1"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.toml"
    file.write_bytes(b'\xef\xbb\xbf[desk]\r\nid = "desk-2"\r\n')

    assert load(file).desk.id == "desk-2"


def test_a_wrong_value_does_not_hide_a_fault_of_its_neighbours(tmp_path: Path) -> None:
    text = CLASS_WINDOW.replace("17:00:00", "16:00:00").replace('"class"', '"classes"')

    assert faults_of(tmp_path, text) == [
        "window[1].kind: expected one of class, free, reading, staff, perhaps class,"
        ' found "classes"',
        "window[1].to: expected a time after 16:30:00, found 16:00:00",
    ]


@given(st.text(max_size=200))
def test_any_text_is_settings_or_a_told_fault(text: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "kiosk.toml"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        told = "no fault"
        try:
            load(file)
        except SettingsError as fault:
            told = str(fault.faults[0])
        assert told == "no fault" or told.startswith(f"{file}: ")


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 10**6), st.floats(), st.text(max_size=5), st.dates()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ABmon"), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(data=st.data())
def test_a_value_of_any_type_at_any_key_is_read_or_told(data: st.DataObject) -> None:
    from kiosk.settings import checks
    from kiosk.settings.model import REPEATED, TABLES
    from kiosk.settings.reading import read_tables
    from kiosk.settings.section import keys_of

    table = data.draw(st.sampled_from(sorted(TABLES)))
    keys = st.sampled_from(sorted(keys_of(TABLES[table])))
    raw = data.draw(st.dictionaries(keys, VALUES, max_size=4))

    draft = read_tables({table: [raw] if table in REPEATED else raw})

    for problem in [*draft.problems, *checks.problems(draft)]:
        assert problem.key.startswith(table)
        assert problem.expected
        assert problem.found


def test_while_the_length_of_the_cycle_cannot_be_read_no_fault_speaks_of_another(
    tmp_path: Path,
) -> None:
    turns = '[rotation]\nweeks = 0\n[rotation.turns."班级轮借"]\n"I.mon" = []\n"C.mon" = []'

    assert faults_of(tmp_path, CLASS_WINDOW.replace("tue", "tues") + turns) == [
        "window[1].days[2]: expected one of mon, tue, wed, thu, fri, sat, sun, alone or after the"
        ' letter of its week such as A., perhaps tue, found "tues"',
        "rotation.weeks: expected a number not below 1, found 0",
        "rotation.turns.班级轮借.I.mon: expected one of mon, tue, wed, thu, fri, sat, sun, alone or"
        ' after the letter of its week such as A., found "I.mon"',
    ]


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("三年级1班", ", perhaps 三(1)班"),
        ("三1班", ", perhaps 三(1)班"),
        ("3.1", ", perhaps 3(1)班"),
        ("301", ""),
        ("三班", ""),
        ("七1班", ""),  # there are six grades
        ("七(1)班", ""),
        ("2023级2班", ", perhaps 2023-2"),
        ("2023_2", ", perhaps 2023-2"),
    ],
)
def test_a_class_written_another_way_is_told_how_it_is_written(
    tmp_path: Path, written: str, proposal: str
) -> None:
    turns = f'[rotation.turns."班级轮借"]\nmon = ["{written}"]'

    (fault,) = faults_of(tmp_path, CLASS_WINDOW + turns)

    assert fault.endswith(f'such as 2023-2{proposal}, found "{written}"')


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("2 weeks", ', perhaps "14 days"'),
        ("1week", ', perhaps "7 days"'),
        ("两周", ""),
        ("14", ', perhaps "14 days"'),
        ("14天", ', perhaps "14 days"'),
        ("1 month", ', perhaps "30 days"'),
        ("2次", ', perhaps "2 turns"'),
        ("1 truns", ', perhaps "1 turn"'),
        ("Term End", ', perhaps "term end"'),
        ("term ends", ', perhaps "term end"'),
        ("0 days", ""),
    ],
)
def test_a_period_written_another_way_is_told_how_it_is_written(
    tmp_path: Path, written: str, proposal: str
) -> None:
    (fault,) = faults_of(tmp_path, f"[[loan_rule]]\nlimit = 2\nperiod = '{written}'")

    assert fault.endswith(f'"next term"{proposal}, found "{written}"')
