"""Writes the settings file of `kiosk init`: every key, with what it is for, from the models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any, Final

from pydantic.fields import FieldInfo

from kiosk.settings.model import NESTED, REPEATED, TABLES
from kiosk.settings.section import Section, keys_of

EXAMPLE_DAY: Final = date(2026, 9, 10)
"""The day for which `config/kiosk.example.toml` is written."""

_WEEK: Final = ["mon", "tue", "wed", "thu", "fri"]
_OUT_OF_USE: Final = "# "
_TABLE_OUT_OF_USE: Final = "#"

_SCANNERS: Final = [{"lane": "left", "driver": "keyboard"}]
_WINDOWS: Final[list[Mapping[str, Any]]] = [
    {
        "name": "班级轮借",
        "kind": "class",
        "days": _WEEK,
        "from": time(16, 30),
        "to": time(17),
        "grace_min": 5,
    },
    {
        "name": "大课间",
        "kind": "free",
        "days": _WEEK,
        "from": time(10),
        "to": time(10, 20),
        "grades": [3, 4, 5, 6],
    },
]
_LOAN_RULES: Final[list[Mapping[str, Any]]] = [
    {"readers": ["student"], "collections": ["reference"], "lend": "no"},
    {
        "collections": ["reference"],
        "lend": "in_room",
        "limit": 5,
        "period": "same day",
        "anytime": True,
    },
    {"readers": ["student"], "limit": 2, "period": "1 turn", "min_days": 5, "renewals": 1},
    {"readers": ["teacher"], "limit": 10, "period": "60 days", "anytime": True},
    {"readers": ["class"], "limit": 60, "period": "term end", "anytime": True},
]

_LATER: Final[dict[str, dict[str, Any]]] = {
    "make_up_day": {"name": "国庆节调休"},
    "pause": {},
    "replacement": {},
    "change": {"cancelled": True, "reason": "秋游"},
    "swap": {},
    "extra_turn": {},
    "collection_limit": {},
}
"""Tables that a school needs now and then: written out of use, with these values."""

_HEAD: Final = """\
# Settings of the circulation kiosk. Relative paths are relative to this file.
# 借还台的设置。改过以后运行 kiosk check 看有没有错。
# A line such as "# key = value" shows a key that is not in use. Where "#" stands before a whole
# table, as in "#[[pause]]", it is not in use: take one "#" from each of its lines.
"""


def template(today: date, school_name: str | None = None) -> str:
    """Write a settings file that works at once, with the term of `today` or the next as a start.

    Without `school_name` the name is the default one.
    """
    term, holiday = _dates(today)
    first: dict[str, Sequence[Mapping[str, Any]]] = {
        "school": [{} if school_name is None else {"name": school_name}],
        "scanner": _SCANNERS,
        "term": [term],
        "holiday": [holiday],
        "window": _WINDOWS,
        "loan_rule": _LOAN_RULES,
    }
    parts = [_HEAD]
    for name, model in TABLES.items():
        if name in _LATER:
            unused = _full(name, model, _needed(model) | _LATER[name])
            parts.append("\n".join([*_commented(unused), ""]))
            continue
        entries = first.get(name, [{}])
        parts.append("\n".join([*_full(name, model, entries[0]), ""]))
        parts.extend("\n".join([*_short(name, entry), ""]) for entry in entries[1:])
    return "\n".join(parts)


def _dates(today: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """Choose the term of a day, or the next one, and a holiday in it, for the school to correct."""
    for year in (today.year - 1, today.year):
        autumn = _term(f"{year}学年第一学期", date(year, 9, 1), date(year + 1, 1, 22))
        national = {"name": "国庆节", "from": date(year, 10, 1), "to": date(year, 10, 7)}
        if today <= autumn["ends_on"]:
            return autumn, national
        spring = _term(f"{year}学年第二学期", date(year + 1, 2, 22), date(year + 1, 7, 2))
        labour = {"name": "劳动节", "from": date(year + 1, 5, 1), "to": date(year + 1, 5, 5)}
        if today <= spring["ends_on"]:
            return spring, labour
    raise AssertionError("the autumn term that begins this year ends after this year")


def _term(name: str, starts_on: date, ends_on: date) -> dict[str, Any]:
    week = 7
    return {
        "name": name,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "lending_ends_on": date.fromordinal(ends_on.toordinal() - 2 * week),
        "recall_on": date.fromordinal(ends_on.toordinal() - week),
    }


def _full(name: str, model: type[Section], entry: Mapping[str, Any]) -> Iterator[str]:
    """Write a table with all its keys and what each is for."""
    yield from (f"# {line.strip()}" for line in (model.__doc__ or "").strip().splitlines())
    yield _heading(name)
    tables = []
    for key, field_name in keys_of(model).items():
        field = model.model_fields[field_name]
        if key in NESTED.get(name, {}) or isinstance((field.examples or [None])[0], dict):
            tables.append((key, field))
        else:
            yield from _key(key, field, entry)
    for key, field in tables:
        inner = _inner(name, key, field)
        yield ""
        yield f"# {field.description}"
        yield from inner if name in _LATER else _commented(inner)


def _key(key: str, field: FieldInfo, entry: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {field.description}"
    if key in entry:
        yield f"{key} = {toml(entry[key])}"
    elif field.is_required() or field.default is None or field.default == "":
        yield f"{_OUT_OF_USE}{key} = {toml((field.examples or [None])[0])}"
    else:
        yield f"{key} = {toml(field.default)}"


def _inner(name: str, key: str, field: FieldInfo) -> Iterator[str]:
    """Write a table inside another; one that also stands by itself is explained there."""
    section = NESTED.get(name, {}).get(key)
    if section is None:
        for window, days in (field.examples or [{}])[0].items():
            yield f"[{name}.{key}.{toml(window)}]"
            yield from (f"{day} = {toml(value)}" for day, value in days.items())
        return
    yield f"[[{name}.{key}]]"
    entry = _needed(section)
    if section in TABLES.values():
        yield from (f"{inner_key} = {toml(value)}" for inner_key, value in entry.items())
        return
    for inner_key, field_name in keys_of(section).items():
        yield from _key(inner_key, section.model_fields[field_name], entry)


def _needed(model: type[Section]) -> dict[str, Any]:
    """Give the examples of the keys that a table must have."""
    fields = ((key, model.model_fields[name]) for key, name in keys_of(model).items())
    return {key: (field.examples or [None])[0] for key, field in fields if field.is_required()}


def _commented(lines: Iterable[str]) -> Iterator[str]:
    return (f"{_TABLE_OUT_OF_USE}{line}" if line else line for line in lines)


def _short(name: str, entry: Mapping[str, Any]) -> Iterator[str]:
    yield _heading(name)
    yield from (f"{key} = {toml(value)}" for key, value in entry.items())


def _heading(name: str) -> str:
    return f"[[{name}]]" if name in REPEATED else f"[{name}]"


def toml(value: object) -> str:
    """Write one value as TOML.

    >>> toml(["三(1)班", True, time(16, 30)])
    '["三(1)班", true, 16:30:00]'
    """
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case date() | time():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(toml(one) for one in value)}]"
        case float():
            return f"{value:g}"
        case _:
            return str(value)


if __name__ == "__main__":
    print(template(EXAMPLE_DAY), end="")
