"""The settings of the loan rules: what they become, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.errors import SettingsError
from kiosk.rotation.due import InDays, InTurns, LoanTerms, NextTerm, TermEnd
from kiosk.rules.matrix import CollectionLimit, LoanRule
from kiosk.settings import Settings, load

RULES = """
[desk]
charge_blocks = true
charge_factor = 1.5
suspend_days_per_day_late = 1
suspend_days_most = 14

[[loan_rule]]
grades = [1, 2]
limit = 1
period = "1 turn"
same_title = "refuse"

[[loan_rule]]
readers = ["student"]
limit = 5
period = "next term"
when = "holiday"

[[loan_rule]]
readers = ["teacher", "class"]
limit = 60
period = "term end"
recall = false
when = "always"

[[collection_limit]]
collections = ["comic", "magazine"]
readers = ["student"]
grades = [3]
limit = 1

[[collection_limit]]
collections = ["comic"]
limit = 3
"""


def read(folder: Path, text: str) -> Settings:
    file = folder / "kiosk.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_the_policy_has_every_key_of_a_rule(tmp_path: Path) -> None:
    assert read(tmp_path, RULES).policy().rules == (
        LoanRule(
            1,
            limit=1,
            terms=LoanTerms(InTurns(1), without_turns=InDays(14)),
            grades=frozenset({1, 2}),
            same_title="refuse",
        ),
        LoanRule(
            2,
            frozenset({"student"}),
            limit=5,
            terms=LoanTerms(NextTerm(), without_turns=InDays(14), recall=False),
            when="holiday",
        ),
        LoanRule(
            3,
            frozenset({"teacher", "class"}),
            limit=60,
            terms=LoanTerms(TermEnd(), without_turns=InDays(14), recall=False),
            when="always",
        ),
    )


def test_the_policy_has_the_collection_limits_in_the_order_of_the_file(tmp_path: Path) -> None:
    assert read(tmp_path, RULES).policy().collection_limits == (
        CollectionLimit(
            1, frozenset({"comic", "magazine"}), 1, frozenset({"student"}), frozenset({3})
        ),
        CollectionLimit(2, frozenset({"comic"}), 3),
    )


def test_the_policy_has_what_the_desk_charges_and_suspends_for(tmp_path: Path) -> None:
    policy = read(tmp_path, RULES).policy()

    assert (policy.charge_blocks, policy.charge_factor) == (True, 1.5)
    assert (policy.suspend_days_per_day_late, policy.suspend_days_most) == (1, 14)


def test_by_default_nothing_is_charged_more_and_nobody_is_suspended(tmp_path: Path) -> None:
    policy = read(tmp_path, "").policy()

    assert (policy.charge_blocks, policy.charge_factor) == (False, 1.0)
    assert (policy.suspend_days_per_day_late, policy.suspend_days_most) == (0, 30)
    assert policy.collection_limits == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "[[loan_rule]]\nlimit = 2\nperiod = 'next term'",
            'loan_rule[1].period: expected a period within the term, or when = "holiday",'
            ' or recall = false, found "next term"',
        ),
        (
            "[[loan_rule]]\nlimit = 2\nperiod = '1 turn'\nwithout_turns = 'next term'",
            "loan_rule[1].without_turns: expected a period within the term,"
            ' or when = "holiday", or recall = false, found "next term"',
        ),
        (
            "[[loan_rule]]\nlend = 'no'\nwhen = 'summer'",
            'loan_rule[1].when: expected one of term, holiday, always, found "summer"',
        ),
        (
            "[[loan_rule]]\nlend = 'no'\ngrades = [0]",
            "loan_rule[1].grades[1]: expected a number not below 1, found 0",
        ),
        (
            "[[loan_rule]]\nlend = 'no'\nsame_title = true",
            "loan_rule[1].same_title: expected one of allow, refuse, found true",
        ),
        (
            "[[collection_limit]]\nlimit = 1",
            'collection_limit[1].collections: expected a value such as ["comic"], found nothing',
        ),
        (
            "[[collection_limit]]\ncollections = []\nlimit = 1",
            "collection_limit[1].collections: expected a list with at least one entry, found []",
        ),
        (
            "[desk]\ncharge_factor = -1",
            "desk.charge_factor: expected a number not below 0, found -1",
        ),
        (
            "[desk]\nsuspend_days_most = 0",
            "desk.suspend_days_most: expected a number not below 1, found 0",
        ),
    ],
)
def test_a_fault_is_told_with_its_place_and_what_was_expected(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)

    assert [str(one) for one in raised.value.faults] == [f"{tmp_path / 'kiosk.toml'}: {fault}"]


@pytest.mark.parametrize(
    ("change", "is_another"),
    [
        ("", False),
        ("[printer]\ndriver = 'none'\n", False),
        ("[school]\nname = '第二小学'\n", False),
        ("[school]\ngrades = 5\n", True),
        ("[[holiday]]\nfrom = 2026-10-01\n", True),
        ("[[pause]]\nname = '期末考试'\nfrom = 2027-01-11\n", True),
        ("[[loan_rule]]\nlend = 'no'\n", True),
    ],
)
def test_the_fingerprint_changes_with_what_decides_and_with_nothing_else(
    tmp_path: Path, change: str, is_another: bool
) -> None:
    before = read(tmp_path, RULES).policy().fingerprint
    after = read(tmp_path, RULES + change).policy().fingerprint

    assert len(before) == 8
    assert (before != after) == is_another


def test_the_fingerprint_changes_when_a_number_of_a_rule_or_of_the_desk_does(
    tmp_path: Path,
) -> None:
    texts = (
        RULES,
        RULES.replace("limit = 60", "limit = 61"),
        RULES.replace("suspend_days_most = 14", "suspend_days_most = 15"),
    )

    assert len({read(tmp_path, text).policy().fingerprint for text in texts}) == len(texts)
