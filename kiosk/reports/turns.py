"""Turns planned, held, missed and made up, class by class, beside the loans per head."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from sqlite_utils import Database

from kiosk.domain import ClassCode
from kiosk.ledger import turns
from kiosk.ledger.stock import Circulation
from kiosk.ledger.turns import Lending, TurnCount
from kiosk.reports.table import heading, laid_out
from kiosk.rotation.classes import ClassNames
from kiosk.wording import Words


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a report, both included; `name` is the term's, if it is one."""

    first_on: date
    last_on: date
    name: str = ""

    def instants(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Give the first instant of the span, and the first after it."""
        since = datetime.combine(self.first_on, time(), zone)
        return since, datetime.combine(self.last_on + timedelta(days=1), time(), zone)


@dataclass(frozen=True, slots=True)
class ClassTurns:
    """What became of a class's turns so far, and what its pupils borrowed.

    `planned` counts the turns that were to be, which are those held, missed and cancelled;
    `made_up` the lost ones that the class was served for at another time. `reasons` has each
    reason of a missed or cancelled turn as the record has it, and how often.
    """

    code: ClassCode
    label: str
    pupils: int
    planned: int
    held: int
    missed: int
    cancelled: int
    made_up: int
    loans: int
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def per_head(self) -> float:
        """Loans for each pupil."""
        return self.loans / self.pupils if self.pupils else 0.0


def of_classes(db: Database, span: Span, names: ClassNames, zone: tzinfo) -> list[ClassTurns]:
    """Count the turns and loans of all classes, the lowest grade first.

    A class without pupils, turns and loans, which has left the school, is not listed.
    """
    since, until = span.instants(zone)
    lending = turns.lending(db, since, until, on=span.last_on)
    counts: dict[int, list[TurnCount]] = {}
    for one in turns.counts(db, span.first_on, span.last_on):
        counts.setdefault(one.class_id, []).append(one)
    return [
        _class_turns(
            code,
            names.label(code, span.last_on),
            counts.get(row.id, []),
            lending.get(row.id, Lending(0, 0)),
        )
        for code, row in turns.classes(db).items()
        if row.id in counts or row.id in lending
    ]


def _class_turns(
    code: ClassCode, label: str, counts: Sequence[TurnCount], lending: Lending
) -> ClassTurns:
    planned = [one for one in counts if one.planned]
    reasons: dict[str, int] = {}
    for one in planned:
        if one.reason:
            reasons[one.reason] = reasons.get(one.reason, 0) + one.count
    at_another_time = sum(one.count for one in planned if one.reason == "other_time")
    return ClassTurns(
        code,
        label,
        lending.pupils,
        planned=sum(one.count for one in planned),
        held=sum(one.count for one in planned if one.state == "held"),
        missed=sum(one.count for one in planned if one.state == "missed"),
        cancelled=sum(one.count for one in planned if one.state == "cancelled"),
        made_up=at_another_time + sum(one.count for one in counts if one.makes_up),
        loans=lending.loans,
        reasons=reasons,
    )


def table(
    rows: Sequence[ClassTurns],
    span: Span,
    words: Words,
    *,
    target: int = 0,
    lent: Circulation | None = None,
) -> str:
    """Write the figures as a text table, below it how much of the stock was lent."""
    heads = (*_heads(words), words.tr("why"))
    about = heading(
        span.name,
        f"{span.first_on} - {span.last_on}",
        words.tr("aim: {n} books each", n=target) if target else "",
    )
    lines = laid_out([heads, *(_cells(row, words) for row in rows)], rest=True)
    below = () if lent is None else ("", _circulation(lent, words))
    return "".join(f"{line}\n" for line in (about, "", *lines, *below))


def _circulation(lent: Circulation, words: Words) -> str:
    rate = f"{lent.loans / lent.items:.1%}" if lent.items else "-"
    return words.tr(
        "Circulation rate {rate}: {loans} loans of {items} books",
        rate=rate,
        loans=lent.loans,
        items=lent.items,
    )


def _heads(words: Words) -> tuple[str, ...]:
    return (
        words.tr("class"),
        words.tr("pupils"),
        words.tr("turns planned"),
        words.tr("held"),
        words.tr("missed"),
        words.tr("cancelled"),
        words.tr("made up"),
        words.tr("loans"),
        words.tr("per head"),
    )


def _cells(row: ClassTurns, words: Words) -> tuple[str, ...]:
    why = words.tr(", ").join(
        words.tr("{reason} {n} times", reason=reason_word(reason, words), n=count)
        for reason, count in sorted(row.reasons.items(), key=lambda pair: -pair[1])
    )
    return (*map(str, _figures(row)), f"{row.per_head:.1f}", why)


def _figures(row: ClassTurns) -> tuple[str | int, ...]:
    return (
        row.label,
        row.pupils,
        row.planned,
        row.held,
        row.missed,
        row.cancelled,
        row.made_up,
        row.loans,
    )


def reason_word(reason: str, words: Words) -> str:
    """Say why a turn was lost; the settings' own reason is in the school's words already."""
    match reason:
        case "nobody_came":
            return words.tr("nobody came")
        case "desk_off":
            return words.tr("the desk was off")
        case "other_time":
            return words.tr("came at another time")
        case "staff":
            return words.tr("cancelled by staff")
        case _:
            return reason


def csv_text(rows: Sequence[ClassTurns], words: Words) -> str:
    """Write the figures for a spreadsheet, with a column for each reason of a missed turn."""
    why = ("nobody_came", "desk_off", "other_time")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    reasons = [words.tr("missed: {reason}", reason=reason_word(one, words)) for one in why]
    writer.writerow([*_heads(words), *reasons])
    for row in rows:
        counted = [row.reasons.get(one, 0) for one in why]
        writer.writerow([*_figures(row), f"{row.per_head:.2f}", *counted])
    # Spreadsheets take a file for UTF-8 only with a byte order mark.
    return f"\ufeff{out.getvalue()}"
