"""`kiosk why`: one decision explained from its row of the journal, and made once more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from kiosk.domain import Block, BlockCode, ClassCode
from kiosk.ledger.named import NamedRow
from kiosk.reports.odd_rules import kind_told
from kiosk.rules.asked import Allowed, Decision, Moment, Policy
from kiosk.rules.replay import replayed
from kiosk.wording.blocks import Voice, sentence

_INDENT = "   "


def why(row: NamedRow, policy: Policy, voice: Voice) -> list[str]:
    """Tell when, who, which book and what became of it, with every reason and rule behind it.

    `voice` speaks of the row's day. The last line says what today's settings would decide of the
    facts that the row kept.
    """
    tr = voice.words.tr
    facts: Mapping[str, Any] = row.data.get("facts", {})
    local = row.at.astimezone(policy.timetable.zone)
    lines = [
        tr(
            "Row {seq}, {day} {time}, lane {lane}",
            seq=row.seq,
            day=local.date().isoformat(),
            time=f"{local:%H:%M:%S}",
            lane=row.lane or "-",
        )
    ]
    if row.clock != "ok":
        lines.append(tr("The clock was: {clock}", clock=row.clock))
    lines.extend(_who_and_what(row, facts, voice))
    if row.kind not in ("refused", "checked_out", "renewed"):
        return [*lines, tr("This row is {kind}: nothing was decided in it.", kind=row.kind)]
    lines.extend(_outcome(row, voice))
    lines.extend(_facts(facts, voice))
    lines.append(_once_more(row, facts, policy, voice))
    return lines


def _who_and_what(row: NamedRow, facts: Mapping[str, Any], voice: Voice) -> Iterator[str]:
    tr = voice.words.tr
    if row.card is not None:
        reader = facts.get("reader", {})
        told = [row.card]
        if "kind" in reader:
            told.append(kind_told(reader["kind"], voice.words))
        if "class" in reader:
            told.append(voice.class_label(ClassCode(reader["class"]), voice.today))
        yield tr("Card: {card}", card=" ".join(told))
    if row.operator is not None:
        yield tr("On duty: {card}", card=row.operator)
    if row.barcode is not None:
        book = f"{row.barcode} {voice.titled(row.title)}"
        yield tr("Book: {book}", book=book)
    elif "label" in row.data:
        yield tr("Label: {label}", label=row.data["label"])


def _outcome(row: NamedRow, voice: Voice) -> Iterator[str]:
    tr, data = voice.words.tr, row.data
    if row.kind == "refused":
        asked = tr("renewed") if data.get("asked") == "renew" else tr("lent")
        yield tr("Was not {asked}:", asked=asked)
        for place, kept in enumerate(data["blocks"], 1):
            yield from _reason(place, kept, voice)
        return
    due = date.fromisoformat(data["due_on"])
    asked = tr("renewed") if row.kind == "renewed" else tr("lent")
    yield tr("Was {asked}, due on {day}", asked=asked, day=due.isoformat())
    told = {key: data[key] for key in ("rule", "limit", "in_hand", "window") if key in data}
    yield _INDENT + _pairs(told)
    if "override" in data:
        override = data["override"]
        codes = ", ".join(override["codes"])
        yield tr("Overridden, reason {reason}: {codes}", reason=override["reason"], codes=codes)


def _reason(place: int, kept: Mapping[str, Any], voice: Voice) -> Iterator[str]:
    values = {key: value for key, value in kept.items() if key != "code"}
    block = Block(BlockCode(kept["code"]), values)
    yield f"{place}. {block.code}: {' '.join(sentence(block, voice))}"
    if values:
        yield _INDENT + _pairs(values)


def _facts(facts: Mapping[str, Any], voice: Voice) -> Iterator[str]:
    """List what was known of reader, book, loans, rule and windows, as it was kept."""
    tr = voice.words.tr
    for key, heading in (
        ("reader", tr("Reader")),
        ("item", tr("Book")),
        ("rule", tr("Rule")),
        ("kept", tr("Window kept")),
    ):
        if key in facts:
            yield f"{heading}: {_pairs(facts[key])}"
    for key, heading in (
        ("loans", tr("In hand")),
        ("open", tr("Open then")),
        ("opened", tr("Opened by staff")),
    ):
        for one in facts.get(key, ()):
            yield f"{heading}: {_pairs(one)}"
    for code, window in facts.get("cancelled", ()):
        yield f"{tr('Cancelled that day')}: {code} {window}"


def _pairs(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key}={_plain(value)}" for key, value in values.items())


def _plain(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case list():
            return "/".join(str(one) for one in value)
        case _:
            return str(value)


def _once_more(row: NamedRow, facts: Mapping[str, Any], policy: Policy, voice: Voice) -> str:
    """Say what the settings of today make of the same facts."""
    tr = voice.words.tr
    if "item" not in facts:
        return tr("Too little was kept to decide it once more.")
    then = (row.data.get("due_on"), *(one["code"] for one in row.data.get("blocks", ())))
    decision = replayed(facts, policy, Moment(row.at, row.clock))
    now = _outline(decision)
    if then == now:
        return tr("Today's settings decide the same.")
    since = "" if facts.get("policy") == policy.fingerprint else tr("The settings have changed. ")
    return since + tr("Now it would be: {decision}", decision=_told(decision, voice))


def _outline(decision: Decision) -> tuple[str | None, ...]:
    if isinstance(decision, Allowed):
        return (decision.due_on.isoformat(),)
    return (None, *(block.code.value for block in decision.blocks))


def _told(decision: Decision, voice: Voice) -> str:
    tr = voice.words.tr
    if isinstance(decision, Allowed):
        return tr(
            "yes, by rule {rule}, due on {day}",
            rule=decision.rule.number,
            day=decision.due_on.isoformat(),
        )
    return tr("no: {codes}", codes=", ".join(block.code for block in decision.blocks))
