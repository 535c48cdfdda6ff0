"""What is odd about the loan rules, in words: which rule, why, and what to do."""

from __future__ import annotations

from kiosk.domain import ReaderKind
from kiosk.rules.findings import Oddity, OddRule
from kiosk.wording import Words


def told(odd: OddRule, words: Words) -> str:
    """Say one finding and a proposal in one line."""
    tr = words.tr
    place = f"{odd.table}[{odd.number}]"
    match odd.oddity:
        case Oddity.HIDDEN:
            earlier = tr(", ").join(str(number) for number in odd.hidden_by)
            return tr(
                "{place}: number {earlier} before it takes every case. Put it first, or remove it.",
                place=place,
                earlier=earlier,
            )
        case Oddity.NOBODY:
            return tr(
                "{place}: nobody can match it. Correct readers and grades, or give the term"
                " holiday_loans_from.",
                place=place,
            )
        case Oddity.LENDS_NOTHING:
            return tr('{place}: its limit is 0. Write a number, or lend = "no".', place=place)
        case Oddity.NO_RULE:
            return _without_rule(odd, words)


def _without_rule(odd: OddRule, words: Words) -> str:
    assert odd.kind is not None, "somebody has no rule"
    who = kind_told(odd.kind, words)
    if not odd.grades:
        return words.tr("{who}: no rule lends to them. Add one to [[loan_rule]].", who=who)
    grades = words.tr(", ").join(words.grade(grade) for grade in odd.grades)
    return words.tr(
        "{who} of grades {grades}: no rule lends to them. Add one to [[loan_rule]].",
        who=who,
        grades=grades,
    )


def kind_told(kind: ReaderKind, words: Words) -> str:
    """Name a kind of reader."""
    match kind:
        case "student":
            return words.tr("Pupils")
        case "teacher":
            return words.tr("Teachers")
        case "class":
            return words.tr("Class cards")
