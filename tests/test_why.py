"""`kiosk why`: one row of the journal explained, and decided once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from builders import STUDENT, TODAY, local, make_item, make_loan, make_reader
from desk_rig import BOOKS, MING, open_rig
from rules_desk import IN_TURN, LATE, POLICY

from kiosk.ledger.named import NamedRow, named_row
from kiosk.reports.why import why
from kiosk.rotation.classes import ClassNames
from kiosk.rules.asked import Policy
from kiosk.rules.decision import Allowed, Moment, Refused, Request, decide_check_out
from kiosk.rules.trace import trace
from kiosk.wording import Words
from kiosk.wording.blocks import Voice

NAMED = replace(POLICY, fingerprint="0a1b2c3d")


def voice(language: str = "zh_CN") -> Voice:
    words = Words(language)
    return Voice(words, ClassNames("{grade}({number})班", 6, words).label, TODAY, columns=200)


def row(kind: str, data: dict[str, Any], **changes: Any) -> NamedRow:
    """Build the journal row of 王小明 at the left lane, about 夏洛的网."""
    built = NamedRow(
        812, local(IN_TURN), kind, "left", "ok", data, "R100001", "30000001", "夏洛的网", None
    )
    return replace(built, **changes)


def decided(*, school_class: str = "2024-2", **changes: Any) -> NamedRow:
    """Decide a check-out and build the row that the desk writes of it."""
    moment = Moment(local(IN_TURN))
    request = replace(Request(make_reader(school_class), make_item(), ()), **changes)
    decision = decide_check_out(request, NAMED, moment)
    facts = trace(decision, request, NAMED, moment)
    match decision:
        case Refused(blocks):
            told = [{"code": block.code.value, **block.values} for block in blocks]
            return row("refused", {"blocks": told, "asked": "check_out", "facts": facts})
        case Allowed(rule, due_on, window):
            data = {"due_on": due_on.isoformat(), "rule": rule.number, "limit": rule.limit}
            return row("checked_out", {**data, "in_hand": 0, "window": window, "facts": facts})


def last_line(of: NamedRow, policy: Policy = NAMED) -> str:
    return why(of, policy, voice())[-1]


def test_a_refusal_is_told_with_every_reason_and_the_values_behind_it() -> None:
    refused = decided(school_class="2024-1", loans=(LATE,))

    assert why(refused, NAMED, voice()) == [
        "流水 812,2026-09-10 16:34:00,通道 left",
        "借书证:R100001 学生 三(1)班",
        "书:30000001 《夏洛的网》",
        "没有借出,因为:",
        "1. not_your_turn: 今天轮到三(2)班。 你们班:星期一16:30(明天10:00大课间也行)",
        "   now=2024-2, next_at=2026-09-14T16:30, next_window=班级轮借, next_kind=class,"
        " sooner_at=2026-09-11T10:00, sooner_window=大课间",
        "2. overdue_items: 《夏洛的网》该还了。 还了就能借",
        "   title=夏洛的网, due_on=2026-09-08, count=1",
        "读者: kind=student, class=2024-1",
        "书: collection=general",
        "规则: number=3, readers=student, lend=yes, limit=2, period=1 turn, min_days=5,"
        " without_turns=14 days, renewals=1",
        "手上: due_on=2026-09-08, collection=general, late=true",
        "当时开放: window=班级轮借, classes=2024-2",
        "按现在的设置,结果一样。",
    ]


def test_a_loan_is_told_with_its_rule_and_due_date() -> None:
    assert why(decided(), NAMED, voice())[3:] == [
        "借出了,应还日期 2026-09-17",
        "   rule=3, limit=2, in_hand=0, window=班级轮借",
        "读者: kind=student, class=2024-2",
        "书: collection=general",
        "按现在的设置,结果一样。",
    ]


def test_settings_that_have_changed_since_are_told_with_what_they_decide_now() -> None:
    full = decided(loans=(make_loan(2), make_loan(3)))
    more = replace(NAMED, rules=(replace(STUDENT, limit=3),), fingerprint="ffffffff")
    none = replace(NAMED, rules=(), fingerprint="ffffffff")

    assert last_line(full, more) == (
        "设置已经改过。按现在的设置会是:可以借,按第3条规则,应还日期 2026-09-17"
    )
    assert last_line(decided(), none) == "设置已经改过。按现在的设置会是:不能借:no_rule"


def test_a_row_of_before_there_were_facts_is_told_as_far_as_it_goes() -> None:
    old = row("refused", {"blocks": [{"code": "limit_reached", "limit": 2, "count": 2}]})

    assert why(old, NAMED, voice())[-3:] == [
        "1. limit_reached: 你手上已有2本。 先还一本,再来借",
        "   limit=2, count=2",
        "留下的记录太少,不能重新判断。",
    ]


def test_a_label_that_was_refused_is_told_without_a_book() -> None:
    data = {"blocks": [{"code": "item_unknown", "label": "99"}], "label": "99"}
    unknown = row("refused", data, barcode=None, title=None, card=None)

    assert why(unknown, NAMED, voice())[1:3] == ["条码:99", "没有借出,因为:"]


def test_an_override_is_told_with_its_reason_and_who_was_on_duty() -> None:
    lent = decided()
    data = {**lent.data, "override": {"reason": "2", "codes": ["window_closed"]}}

    lines = why(replace(lent, data=data, operator="R100007"), NAMED, voice())

    assert "值班:R100007" in lines
    assert "破例,原因2:window_closed" in lines


def test_a_row_in_which_nothing_was_decided_says_so() -> None:
    assert last_line(row("checked_in", {"loan": 7})) == ("这一条是 checked_in,没有作借书的决定。")


def test_a_doubted_clock_is_told() -> None:
    doubted = replace(row("checked_in", {}), clock="doubted")

    assert why(doubted, NAMED, voice())[1] == "当时的时钟:doubted"


def test_it_speaks_english_too() -> None:
    lines = why(decided(), NAMED, voice("en"))

    assert lines[0] == "Row 812, 2026-09-10 16:34:00, lane left"
    assert lines[-1] == "Today's settings decide the same."


def test_a_row_that_the_desk_wrote_is_read_with_the_names_behind_its_numbers(
    tmp_path: Path,
) -> None:
    rig = open_rig(tmp_path)
    rig.scan(MING)
    (lent,) = rig.scan(BOOKS[0])
    assert lent.seq is not None

    read = named_row(rig.ledger.db, lent.seq)

    assert read is not None
    assert (read.seq, read.kind, read.lane, read.clock) == (lent.seq, "checked_out", "left", "ok")
    assert (read.at, read.card, read.barcode, read.title) == (
        lent.at.astimezone(UTC),
        MING,
        BOOKS[0],
        lent.title,
    )
    assert read.data["due_on"] == "2026-09-17"
    assert read.operator is None
    assert named_row(rig.ledger.db, 99999) is None
