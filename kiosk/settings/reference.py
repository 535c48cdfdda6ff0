"""Writes `docs/settings.md` from the models: `python -m kiosk.settings.reference`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pydantic.fields import FieldInfo

from kiosk.settings.model import NESTED, REPEATED, TABLES
from kiosk.settings.section import Section, keys_of
from kiosk.settings.template import toml

_HEAD: Final = """\
# Settings

One TOML file in UTF-8: `kiosk --config FILE`, else `$KIOSK_CONFIG`, else
`/etc/kiosk/kiosk.toml`. `kiosk init DIR` writes one with every key. Relative paths are
relative to the file.

Every fault is told at once, one line each, and stops the start:

```
kiosk.toml: scanner[2].driver: expected one of hid, serial, keyboard, stdin, found "usb"
kiosk.toml: rotation.turns.班级轮借.mon[3]: expected a class label of grades 1 to 6 \
(school.class_label) or a cohort and number such as 2023-2, found "九(1)班"
```

Places are counted from 1. Days are TOML dates (`2026-09-01`) and times TOML times
(`16:30:00`); the same as a text (`"16:30"`) will do. Without a term nothing is lent, and
books come back. A class without a turn, or with two, is no fault.

Tables in double brackets may stand several times. `needed` marks a key that must be given; a
dash, one that is not set unless given.
"""

_TAIL: Final = """\
## How they work together

- **Terms.** `lending_ends_on` is the last day students borrow; without it, `recall_on`. No
  due date lies after `recall_on`; without it, after `ends_on`. Terms may not overlap. Grades
  in `[[term.early]]` have dates of their own. School weeks are numbered from the week
  (Monday to Sunday) of `starts_on`, which is week 1.
- **Days without school and without lending.** In a holiday there is no school. A
  `[[make_up_day]]` in a term is a school day all the same, at a weekend or in a holiday: its
  windows and turns are those of the weekday in `follows`, in the cycle week of its own school
  week (`mon`) or in a given one (`A.mon`). In a `[[pause]]` there is school, books come back,
  and no window opens; with `grades`, for these grades.
- **Windows.** A school week has Monday to Friday and every day that a window names. Two
  windows may share a name if they are of one kind and share no day, or no day in the same
  weeks of the term: `mon` to `thu` at one time, `fri` at another; `to_week = 9` at one time,
  `from_week = 10` at another.
- **Turns.** `[rotation.turns."班级轮借"]` names, for each day, the classes whose turn it is in
  that window, which must be of kind `class`. A label (`三(1)班`) means the class that is so
  called in the school year of the day; a key (`2023-2`) means the class that entered in 2023.
  With `weeks = 2`, weeks of a term are A, B, A, B ... from its first; `A.mon` is the Monday
  of an A week, `mon` the Monday of every week.
- **Another timetable for a while.** From the first to the last day of a `[[replacement]]` only
  its own windows and turns hold, written `[[replacement.window]]` and
  `[replacement.turns."班级轮借"]` below it. Replacements may not overlap.
- **Single days.** A `[[change]]` cancels a window or gives it other times that day, for all or
  for `classes`; a `[[swap]]` exchanges one turn of each of two classes; an `[[extra_turn]]`
  gives a class a turn in addition. They name windows and classes as `[rotation]` does. A swap
  of a class without a turn that day, or one without school, changes nothing and is no fault:
  `kiosk rotation check` tells it.
- **Loan rules.** The first that matches the kind of reader, the grade and the collection
  counts. One that lends needs `limit` and `period`. `"n turns"` is the n-th later turn of the
  reader's class, `"n days"` calendar days moved on to a school day, `"same day"` today,
  `"term end"` the last school day not after `recall_on`. A rule with `grades` and without
  `readers` is for pupils. With `recall = false`, for teachers and class corners, neither
  `lending_ends_on` nor `recall_on` binds, and `"term end"` is the term's last school day. A
  rule that nobody can match is no fault: `kiosk check` tells it.
- **Holiday loans.** From the term's `holiday_loans_from` to its end a rule with
  `when = "holiday"` takes the place of the rules by which its readers' books go home in term
  (books read in the room, and those not lent, stay so). `"next term"` is the class's first
  turn of the next term, which must be in the settings by then.
- **Collection limits.** `[[collection_limit]]` counts the books of its collections together,
  beside the rule's own `limit`.
- **Devices.** Each scanner has a lane and a device of its own. `serial` needs `port`; `hid`
  needs `path`, or `vendor` and `product`, with `phys` where several are equal; with both,
  only a device of that make is touched at the path. `kiosk scanner setup` proposes all of
  it. Printers: `usb` and `file` need `path`, `serial`
  needs `port`, `network` needs `host`.
"""


def reference() -> str:
    """Write the page: every table and every key."""
    parts = [_HEAD]
    for name, model in TABLES.items():
        parts.append("\n".join(_table(name, model)))
        inner = NESTED.get(name, {}).items()
        parts.extend(
            "\n".join(_table(f"{name}.{key}", section))
            for key, section in inner
            if section not in TABLES.values()
        )
    parts.append(_TAIL)
    return "\n".join(parts)


def _table(name: str, model: type[Section]) -> Iterator[str]:
    repeated = name in REPEATED or "." in name
    yield f"## `[[{name}]]`" if repeated else f"## `[{name}]`"
    yield ""
    yield " ".join((model.__doc__ or "").split())
    yield ""
    yield "| key | default | |"
    yield "|---|---|---|"
    for key, field_name in keys_of(model).items():
        field = model.model_fields[field_name]
        yield f"| `{key}` | {_default(field)} | {_told(field)} |"
    yield ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default is None or field.default in ("", {}, ()):
        return "-"
    return f"`{toml(field.default)}`"


def _told(field: FieldInfo) -> str:
    told = field.description or ""
    choices = _choices(field)
    if choices:
        told += f" One of {', '.join(f'`{choice}`' for choice in choices)}."
    example = (field.examples or [None])[0]
    if example is not None and not isinstance(example, dict):
        told += f" Example: `{toml(example)}`."
    return told.replace("|", "\\|")


def _choices(field: FieldInfo) -> tuple[str, ...]:
    arguments = getattr(field.annotation, "__args__", ())
    return tuple(one for one in arguments if isinstance(one, str))


if __name__ == "__main__":
    print(reference(), end="")
