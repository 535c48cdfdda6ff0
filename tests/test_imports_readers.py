"""Importing readers: what is added, changed and left alone, and what stops a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kiosk.barcodes import LabelPatterns
from kiosk.errors import ImportFault
from kiosk.imports import Context, Counts, Plan, apply, plan_readers
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.ledger.verify import verify
from kiosk.rotation.classes import ClassNames
from kiosk.wording import Words

WORDS = Words("zh_CN")
CONTEXT = Context(
    ClassNames("{grade}({number})班", 6, WORDS),
    LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-"),
    date(2026, 9, 10),
)
AT = datetime(2026, 9, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "kiosk.db", create=True)
    yield opened
    opened.close()


def plan(ledger: Ledger, text: str) -> Plan:
    file = ledger.path.with_name("readers.csv")
    file.write_text(text, encoding="utf-8")
    return plan_readers(file, ledger, CONTEXT)


def run(ledger: Ledger, text: str) -> Counts:
    return apply(plan(ledger, text), ledger, desk="desk-1", at=AT, progress=lambda *_: None)


def readers(ledger: Ledger) -> list[tuple[object, ...]]:
    return list(
        ledger.db.execute(
            "SELECT card, name, kind, label, monitor, expires_on, status FROM reader"
            " LEFT JOIN class ON class.id = class_id ORDER BY card"
        )
    )


def test_readers_are_added_with_their_classes(ledger: Ledger) -> None:
    counts = run(
        ledger,
        "借书证号,姓名,类型,入学年份,班号,小管理员,有效期\n"
        "R000001,王小明,,2024,1,是,2030/7/1\n"
        "R000002,李红,学生,2024级,1班,,\n"
        "R000003,张伟,student,,三(2)班,否,\n"
        "R000004,陈晨,学生,,2021-2,,\n"
        "R000005,刘老师,教师,,,,\n"
        "R000006,三(1)班图书角,班级,,三（1）班,,\n",
    )

    assert counts == Counts(added=6, updated=0, unchanged=0)
    assert readers(ledger) == [
        ("R000001", "王小明", "student", "三(1)班", 1, "2030-07-01", "active"),
        ("R000002", "李红", "student", "三(1)班", 0, None, "active"),
        ("R000003", "张伟", "student", "三(2)班", 0, None, "active"),
        ("R000004", "陈晨", "student", "六(2)班", 0, None, "active"),
        ("R000005", "刘老师", "teacher", None, 0, None, "active"),
        ("R000006", "三(1)班图书角", "class", "三(1)班", 0, None, "active"),
    ]
    assert verify(ledger, lambda *_: None) == []


FIRST = "card,name,class,monitor,expires_on\nR000001,王小明,三(1)班,yes,2030-07-01\n"


def test_a_column_that_is_not_in_the_file_leaves_the_record_alone(ledger: Ledger) -> None:
    run(ledger, FIRST)

    counts = run(ledger, "card,name\nR000001,王晓明\nR000002,李红\n")

    assert counts == Counts(added=1, updated=1, unchanged=0)
    assert readers(ledger) == [
        ("R000001", "王晓明", "student", "三(1)班", 1, "2030-07-01", "active"),
        ("R000002", "李红", "student", None, 0, None, "active"),
    ]


def test_an_empty_cell_clears_what_was_on_record(ledger: Ledger) -> None:
    run(ledger, FIRST)

    run(ledger, "card,name,class,monitor,expires_on\nR000001,王小明,,,\n")

    assert readers(ledger) == [("R000001", "王小明", "student", None, 0, None, "active")]


def test_an_import_never_deletes_and_never_writes_a_status(ledger: Ledger) -> None:
    run(ledger, FIRST)
    ledger.db.execute("UPDATE reader SET status = 'lost'")

    run(ledger, "card,name\nR000002,李红\n")
    run(ledger, "card,name,status\nR000001,王小明,active\n")

    assert [(row[0], row[6]) for row in readers(ledger)] == [
        ("R000001", "lost"),
        ("R000002", "active"),
    ]


def test_the_same_file_again_changes_nothing(ledger: Ledger) -> None:
    run(ledger, FIRST)
    before = readers(ledger)

    assert run(ledger, FIRST) == Counts(added=0, updated=0, unchanged=1)
    assert readers(ledger) == before


def test_the_differences_are_told_without_writing(ledger: Ledger) -> None:
    run(ledger, FIRST)

    told = plan(
        ledger,
        "card,name,class,monitor\nR000001,王晓明,三(2)班,\nR000002,李红,三(1)班,是\n",
    )

    assert list(told.lines(WORDS)) == [
        "~ R000001 姓名: 王小明 -> 王晓明",
        "~ R000001 班级: 三(1)班 -> 三(2)班",
        "~ R000001 小管理员: 小管理员 -> 否",
        "+ R000002 李红 三(1)班 小管理员",
        "新增1,更改1,不变0",
    ]
    assert [row[1] for row in readers(ledger)] == ["王小明"]


def test_every_line_that_cannot_be_read_is_told_and_nothing_is_written(ledger: Ledger) -> None:
    text = (
        "借书证号,姓名,类型,入学年份,班级,小管理员,有效期\n"
        "R000001,王小明,,,三(1)班,,\n"
        "R00012,李红,,,,,\n"
        "R000003,,,,,,\n"
        "R000001,张伟,,,,,\n"
        "R000005,陈晨,校长,,,,\n"
        "R000006,刘洋,,24,1,,\n"
        "R000007,赵敏,,,1,,\n"
        "R000008,周杰,,2023,三(1)班,,\n"
        "R000009,吴刚,,2023,,,\n"
        "R000010,郑好,,,七(1)班,,\n"
        "R000011,孙悦,,,,也许,\n"
        "R000012,钱多,,,,,2026-13-01\n"
    )

    with pytest.raises(ImportFault) as caught:
        run(ledger, text)

    assert str(caught.value).replace("readers.csv: ", "").splitlines() == [
        'line 3: 借书证号 "R00012": expected a card as barcodes.card in the settings says',
        'line 4: 姓名 "": expected a name',
        'line 5: 借书证号 "R000001": expected a card that is not on line 2 already',
        'line 6: 类型 "校长": expected student, teacher or class (学生, 教师, 班级)',
        'line 7: 入学年份 "24": expected a year such as 2023',
        'line 8: 班级 "1": expected a label such as 三(1)班, or a cohort beside the number',
        'line 9: 入学年份 "2023": expected 2024, the cohort of 三(1)班, or nothing',
        'line 10: 班级 "": expected a class number beside the cohort',
        'line 11: 班级 "七(1)班": expected a class number, a label such as 三(1)班, or 2023-1',
        'line 12: 小管理员 "也许": expected yes or no (是 or 否)',
        'line 13: 有效期 "2026-13-01": expected a date such as 2027-07-01',
        "Nothing was imported: 11 to mend in readers.csv.",
    ]
    assert readers(ledger) == []
    assert ledger.db.execute("SELECT count(*) FROM journal").fetchone() == (0,)


def test_at_most_fifty_lines_are_told_and_then_the_number(ledger: Ledger) -> None:
    with pytest.raises(ImportFault) as caught:
        plan(ledger, "card,name\n" + "x,王\n" * 60)

    told = str(caught.value).splitlines()
    assert len(told) == 52
    assert told[-2:] == [
        "readers.csv: and 10 more",
        "Nothing was imported: 60 to mend in readers.csv.",
    ]


def test_a_run_is_one_event_in_the_journal(ledger: Ledger) -> None:
    made = plan(ledger, FIRST)
    apply(made, ledger, desk="desk-1", at=AT, progress=lambda *_: None)

    ((kind, desk, lane, at, data),) = ledger.db.execute(
        "SELECT kind, desk, lane, at, data FROM journal"
    )

    assert (kind, desk, lane, at) == (
        "readers_imported",
        "desk-1",
        None,
        "2026-09-10T08:00:00.000Z",
    )
    assert json.loads(data) == {
        "file": "readers.csv",
        "sha256": made.table.sha256,
        "added": 1,
        "updated": 0,
        "unchanged": 0,
    }


def test_what_was_written_since_the_plan_was_made_is_seen(ledger: Ledger) -> None:
    made = plan(ledger, FIRST)
    run(ledger, "card,name\nR000001,王晓明\n")

    counts = apply(made, ledger, desk="desk-1", at=AT, progress=lambda *_: None)

    assert counts == Counts(added=0, updated=1, unchanged=0)
    assert [row[1] for row in readers(ledger)] == ["王小明"]


def test_an_import_that_fails_half_way_leaves_nothing(ledger: Ledger) -> None:
    def broken(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(plan(ledger, FIRST), ledger, desk="desk-1", at=AT, progress=broken)

    assert readers(ledger) == []
    assert ledger.db.execute("SELECT count(*) FROM class").fetchone() == (0,)


def test_labels_are_written_anew_for_the_school_year(ledger: Ledger) -> None:
    run(ledger, FIRST)
    next_year = Context(CONTEXT.names, CONTEXT.patterns, date(2027, 9, 10))
    file = ledger.path.with_name("readers.csv")

    file.write_text("card,name\nR000001,王小明\n", encoding="utf-8")
    made = plan_readers(file, ledger, next_year)
    apply(made, ledger, desk="desk-1", at=AT, progress=lambda *_: None)

    assert [row[3] for row in readers(ledger)] == ["四(1)班"]
