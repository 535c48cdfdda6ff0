"""Reads tables into sections, noting every fault on the way instead of stopping at the first."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from difflib import get_close_matches
from typing import Any, Final, Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kiosk.settings import texts
from kiosk.settings.model import (
    NESTED,
    REPEATED,
    TABLES,
    Barcodes,
    Clock,
    CollectionLimit,
    Database,
    Desk,
    LoanRule,
    Printer,
    Scanner,
    School,
    Screen,
    Sound,
)
from kiosk.settings.section import Section, keys_of
from kiosk.settings.year import (
    Change,
    ExtraTurn,
    Holiday,
    MakeUpDay,
    Pause,
    Replacement,
    Rotation,
    Swap,
    Term,
    Window,
)

S = TypeVar("S", bound=Section)
_LONGEST_FOUND: Final = 60


class Problem(NamedTuple):
    """A fault before the file's name is put to it."""

    key: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Entry(Generic[S]):
    """One table as far as it could be read; `key` is its place, such as `window[2]`.

    `nested` has the tables inside it, by their key.
    """

    key: str
    value: S
    broken: frozenset[str] = frozenset()
    nested: Mapping[str, Sequence[Entry[Any]]] = field(default_factory=dict)

    def has(self, *fields: str) -> bool:
        """Tell whether these fields were read without a fault."""
        return self.broken.isdisjoint(fields)

    def problem(self, key: str, expected: str, found: object) -> Problem:
        """Say what is wrong with one key of this table."""
        return Problem(f"{self.key}.{key}", expected, shown(found))


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything that was read, sound or not."""

    school: Entry[School]
    desk: Entry[Desk]
    database: Entry[Database]
    scanners: list[Entry[Scanner]]
    printer: Entry[Printer]
    screen: Entry[Screen]
    sound: Entry[Sound]
    clock: Entry[Clock]
    barcodes: Entry[Barcodes]
    terms: list[Entry[Term]]
    holidays: list[Entry[Holiday]]
    make_up_days: list[Entry[MakeUpDay]]
    pauses: list[Entry[Pause]]
    windows: list[Entry[Window]]
    rotation: Entry[Rotation]
    replacements: list[Entry[Replacement]]
    changes: list[Entry[Change]]
    swaps: list[Entry[Swap]]
    extra_turns: list[Entry[ExtraTurn]]
    loan_rules: list[Entry[LoanRule]]
    collection_limits: list[Entry[CollectionLimit]]
    problems: list[Problem] = field(default_factory=list)


def read_tables(document: Mapping[str, Any]) -> Draft:
    """Read every table of a settings file; what is wrong is in the draft's `problems`."""
    found = [
        Problem(name, _known(name, list(TABLES), "table"), shown(name))
        for name in document
        if name not in TABLES
    ]
    return Draft(
        _one(School, "school", document, found),
        _one(Desk, "desk", document, found),
        _one(Database, "database", document, found),
        _several(Scanner, "scanner", document, found),
        _one(Printer, "printer", document, found),
        _one(Screen, "screen", document, found),
        _one(Sound, "sound", document, found),
        _one(Clock, "clock", document, found),
        _one(Barcodes, "barcodes", document, found),
        _several(Term, "term", document, found),
        _several(Holiday, "holiday", document, found),
        _several(MakeUpDay, "make_up_day", document, found),
        _several(Pause, "pause", document, found),
        _several(Window, "window", document, found),
        _one(Rotation, "rotation", document, found),
        _several(Replacement, "replacement", document, found),
        _several(Change, "change", document, found),
        _several(Swap, "swap", document, found),
        _several(ExtraTurn, "extra_turn", document, found),
        _several(LoanRule, "loan_rule", document, found),
        _several(CollectionLimit, "collection_limit", document, found),
        found,
    )


def _one(
    model: type[S], name: str, document: Mapping[str, Any], problems: list[Problem]
) -> Entry[S]:
    raw = document.get(name, {})
    if not isinstance(raw, dict):
        problems.append(Problem(name, f"a table [{name}]", _shape(name, raw)))
        return Entry(name, model(), frozenset(model.model_fields))
    return _section(model, name, raw, problems)


def _several(
    model: type[S],
    name: str,
    document: Mapping[str, Any],
    problems: list[Problem],
    inside: str = "",
) -> list[Entry[S]]:
    """Read a table that may repeat; `inside` is the place of the table it stands in."""
    raw, place = document.get(name, []), f"{inside}.{name}" if inside else name
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        written = f"{inside.partition('[')[0]}.{name}" if inside else name
        problems.append(Problem(place, f"tables [[{written}]]", _shape(written, raw)))
        return []
    return [
        _section(model, f"{place}[{number}]", one, problems) for number, one in enumerate(raw, 1)
    ]


def _shape(name: str, raw: object) -> str:
    if isinstance(raw, dict):
        return f"[{name}]"
    return f"[[{name}]]" if isinstance(raw, list) and name not in REPEATED else shown(raw)


def _section(model: type[S], key: str, raw: Mapping[str, Any], problems: list[Problem]) -> Entry[S]:
    keys = keys_of(model)
    problems.extend(
        Problem(f"{key}.{name}", _known(name, list(keys), "key"), shown(name))
        for name in raw
        if name not in keys
    )
    nested = {
        name: _several(inner, name, raw, problems, inside=key)
        for name, inner in NESTED.get(key.partition("[")[0], {}).items()
    }
    values = {name: raw[name] for name in keys if name in raw and name not in nested}
    missing = [
        name
        for name, field_name in keys.items()
        if name not in raw and model.model_fields[field_name].is_required()
    ]
    noted: list[tuple[str, ValidationError]] = []
    section = model.model_validate(values | dict.fromkeys(missing), context=noted)
    written = {field_name: name for name, field_name in keys.items()}
    broken = {field_name for field_name, _ in noted} | {keys[name] for name in missing}
    for name in missing:
        example = model.model_fields[keys[name]].examples or [""]
        problems.append(Problem(f"{key}.{name}", f"a value such as {shown(example[0])}", "nothing"))
    for field_name, fault in noted:
        name = written[field_name]
        if name not in missing:
            problems.extend(_problem(f"{key}.{name}", one) for one in fault.errors())
    inner_values = {name: tuple(one.value for one in found) for name, found in nested.items()}
    return Entry(key, section.model_copy(update=inner_values), frozenset(broken), nested)


def _problem(key: str, error: ErrorDetails) -> Problem:
    inside = "".join(f"[{part + 1}]" if isinstance(part, int) else "" for part in error["loc"])
    return Problem(key + inside, _expected(error), shown(error["input"]))


_EXPECTED: Final = {
    "bool_type": "true or false",
    "dict_type": "a table",
    "finite_number": "a number",
    "float_type": "a number",
    "int_type": "a whole number",
    "string_pattern_mismatch": "a text without control characters",
    "string_too_short": "a text that is not empty",
    "string_type": "a text in double quotes",
    "too_short": "a list with at least one entry",
    "tuple_type": "a list in square brackets",
}


def _expected(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "literal_error":
            known = str(context["expected"]).replace("'", "").replace(" or ", ", ")
            return f"one of {known}{texts.perhaps(str(error['input']), known.split(', '))}"
        case "greater_than_equal":
            return f"a number not below {context['ge']:g}"
        case "less_than_equal":
            return f"a number not above {context['le']:g}"
        case "value_error":
            return str(context["error"])
        case kind:
            return _EXPECTED.get(kind, error["msg"])


def _known(name: str, known: list[str], what: str) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"a known {what}, perhaps {near[0]}"
    tables = [table for table, model in TABLES.items() if name in keys_of(model)]
    elsewhere = ""
    if what == "key" and len(tables) == 1:
        written = f"[{tables[0]}]"
        elsewhere = f", perhaps in {f'[{written}]' if tables[0] in REPEATED else written}"
    return f"one of {', '.join(known)}{elsewhere}"


def shown(value: object) -> str:
    """Write a value as it stands in the file, cut to a readable length."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            text = json.dumps(value, ensure_ascii=False)
        case date() | time():
            text = value.isoformat()
        case dict():
            return "a table"
        case list() | tuple():
            text = f"[{', '.join(shown(one) for one in value)}]"
        case _:
            text = str(value)
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"
