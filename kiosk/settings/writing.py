"""Writes a rotation into the settings file; every other line of it stays as it is.

The lines of the old turns are exchanged, and their comments kept above the new ones; what then
stands in the file is read again and compared, so that a file written in some other way is left
alone, with a plain word.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count, dropwhile
from pathlib import Path
from typing import Any, BinaryIO, Final

from kiosk.errors import SettingsError, UsageError
from kiosk.settings.load import load
from kiosk.settings.template import toml

TurnLabels = Mapping[str, Mapping[str, Sequence[str]]]
"""By window and day as settings write them (`mon`, `A.mon`): class labels."""

_BOM: Final = b"\xef\xbb\xbf"
_WEEKS: Final = re.compile(r"(\s*weeks\s*=\s*)[0-9_]+(.*)", re.S)
_COMMENT: Final = re.compile(r"""((?:"(?:\\.|[^"\\])*"|'[^']*'|[^"'#])*)(#.*)""")
_KEY: Final = re.compile(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""")
_QUOTES: Final = "\"'"
_TURNS: Final = ("rotation", "turns")


def turns_toml(turns: TurnLabels, notes: Mapping[tuple[str, str], str] | None = None) -> list[str]:
    """Write the tables of the turns as lines of TOML; `notes` are comments by window and day."""
    lines: list[str] = []
    for window, days in turns.items():
        lines += ["", f"[rotation.turns.{toml(window)}]"]
        for day, labels in days.items():
            note = (notes or {}).get((window, day))
            key = toml(day) if "." in day else day
            lines.append(f"{key} = {toml(list(labels))}{f'  # {note}' if note else ''}")
    return lines


def write_rotation(path: Path, weeks: int, turns: TurnLabels, *, stamp: str) -> Path | None:
    """Put a rotation in the place of the one in the file; returns the copy of the old file.

    None when the file has just these turns already: nothing is written then.

    The new file is complete and has been read without faults before it takes the old one's place.

    Raises: SettingsError when the settings would have faults with it, UsageError when the file
    cannot be changed; the file is as it was then.
    """
    path = path.resolve()
    try:
        before = path.read_bytes()
        if _has_rotation(before, weeks, turns):
            return None
        after = _with_rotation(before, weeks, turns)
        if after is None:
            raise UsageError(
                f"Cannot write the turns into {path}: [rotation] is not written there as tables of "
                "its own. Nothing was changed; paste the proposal by hand."
            )
        return _exchange(path, after, stamp)
    except OSError as fault:
        why, made = fault.strerror or str(fault), fault.filename2 or fault.filename or path
        raise UsageError(f"Cannot write {made}: {why}. Nothing was changed.") from fault


def _exchange(path: Path, content: bytes, stamp: str) -> Path:
    """Write the new file beside the old one, try it, and let it take the old one's place."""
    fresh = _made(path.with_name(f".{path.name}.new-{stamp}"), content)
    try:
        _belong_as(path, fresh)
        try:
            load(fresh)
        except SettingsError as fault:
            told = [replace(one, file=str(path)) for one in fault.faults]
            raise SettingsError(told) from None
        copy = _made(path.with_name(f"{path.name}.before-plan-{stamp}"), path.read_bytes())
        _belong_as(path, copy)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return copy


def _made(wanted: Path, content: bytes) -> Path:
    """Make a file of this name, with a number behind it where there is one already."""
    path, file = _opened(wanted)
    try:
        with file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise
    return path


def _opened(wanted: Path) -> tuple[Path, BinaryIO]:
    for number in count(1):
        path = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        with suppress(FileExistsError):
            return path, path.open("xb")
    raise AssertionError


def _belong_as(path: Path, made: Path) -> None:
    shutil.copymode(path, made)
    owner = path.stat()
    # Who is not root makes a file of his own, and may not give it away.
    with suppress(PermissionError):
        os.chown(made, owner.st_uid, owner.st_gid)


def _has_rotation(before: bytes, weeks: int, turns: TurnLabels) -> bool:
    """Tell whether the file says the same already, in whatever way it writes it."""
    found = tomllib.loads(before.removeprefix(_BOM).decode()).get("rotation", {})
    written = {window: _days(days) for window, days in found.get("turns", {}).items()}
    return found.get("weeks", 1) == weeks and written == _nested(turns)


def _days(days: Mapping[str, Any]) -> dict[str, Any]:
    """Name days as settings do, also those written as tables of a week: `A.mon`."""
    found: dict[str, Any] = {}
    for day, named in days.items():
        if isinstance(named, dict):
            found |= {f"{day}.{weekday}": one for weekday, one in named.items()}
        else:
            found[day] = named
    return found


def _with_rotation(before: bytes, weeks: int, turns: TurnLabels) -> bytes | None:
    """Exchange the rotation in the file's text; None when the lines do not let it."""
    bom = _BOM if before.startswith(_BOM) else b""
    text = before.removeprefix(bom).decode()
    newline = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n")
    wanted = tomllib.loads(text)
    wanted["rotation"] = {**wanted.get("rotation", {}), "weeks": weeks, "turns": _nested(turns)}
    text = "".join(f"{line}\n" for line in _lines(text, weeks, turns))
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
    found.setdefault("rotation", {}).setdefault("turns", {})
    return bom + text.replace("\n", newline).encode() if found == wanted else None


def _nested(turns: TurnLabels) -> dict[str, Any]:
    return {
        window: {day: list(labels) for day, labels in days.items()}
        for window, days in turns.items()
    }


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of the file: the comments right above its heading, the heading, what is below."""

    path: tuple[str, ...]
    above: list[str]
    heading: list[str]
    below: list[str]

    @property
    def is_turns(self) -> bool:
        return self.path[:2] == _TURNS

    @property
    def lines(self) -> list[str]:
        return [*self.above, *self.heading, *self.below]

    def comments(self, *, and_apart: bool) -> list[str]:
        """List the comments as lines of their own, with the day that they stand behind."""
        apart = 0 if and_apart else len(_apart(self.below))
        found, key = [], ""
        for line in [*self.above, *self.heading, *self.below[: len(self.below) - apart]]:
            code, comment = _divided(line)
            begun = _KEY.match(code)
            if begun is not None:
                key = f"{begun[1].strip(_QUOTES)}: "
            if comment:
                words = comment.lstrip("#").strip()
                found.append(f"# {key}{words}" if code.strip() else comment)
        return found


def _lines(text: str, weeks: int, turns: TurnLabels) -> Iterator[str]:
    parts = list(_parts(text.rstrip("\n").split("\n")))
    at = next((place for place, part in enumerate(parts) if part.is_turns), None)
    has_table = any(part.path == ("rotation",) for part in parts)
    head = [] if has_table else ["[rotation]", f"weeks = {weeks}", ""]
    fresh = [*head, *_fresh(turns, [part for part in parts if part.is_turns])]
    blank = False
    for place, part in enumerate(parts):
        lines = part.lines
        if part.is_turns:
            is_last = not (place + 1 < len(parts) and parts[place + 1].is_turns)
            rest = _apart(part.below) if is_last else []
            lines = [*(fresh if place == at else []), *rest]
            if blank and place != at:
                lines = list(dropwhile(lambda line: not line.strip(), lines))
        elif part.path == ("rotation",):
            lines = _with_weeks(part, weeks)
            if at is None:
                lines += _before_trailing_blank(fresh, part.below)
        yield from lines
        blank = not lines[-1].strip() if lines else blank
    if at is None and not has_table:
        yield from ("", *fresh)


def _fresh(turns: TurnLabels, old: Sequence[_Part]) -> list[str]:
    """Write the new tables, each below the comments of the table that it takes the place of."""
    kept: dict[str, list[str]] = {}
    for place, part in enumerate(old):
        window = part.path[2] if len(part.path) > 2 else ""
        above = kept.setdefault(window if window in turns else next(iter(turns), ""), [])
        followed = place + 1 < len(old)
        above += part.comments(and_apart=followed)
    lines: list[str] = []
    for window, days in turns.items():
        lines += ["", *kept.get(window, []), *turns_toml({window: days})[1:]]
    return lines[1:] if turns else kept.get("", [])


def _before_trailing_blank(fresh: Sequence[str], below: Sequence[str]) -> list[str]:
    """Keep one blank line on each side of the new tables."""
    return [*fresh, ""] if below and not below[-1].strip() else ["", *fresh]


def _parts(lines: Sequence[str]) -> Iterator[_Part]:
    """Cut the file at its headings; a comment right above a heading goes with it."""
    headings = [(at, path) for at, line in enumerate(lines) if (path := _heading(line)) is not None]
    firsts = [_first_comment(lines, at) for at, _ in headings]
    ends = [*firsts[1:], len(lines)]
    yield _Part((), [], [], list(lines[: firsts[0] if firsts else len(lines)]))
    for (at, path), first, end in zip(headings, firsts, ends, strict=True):
        yield _Part(path, list(lines[first:at]), [lines[at]], list(lines[at + 1 : end]))


def _heading(line: str) -> tuple[str, ...] | None:
    """Read `[rotation.turns."班级轮借"]` as its names; None for any other line."""
    if not line.lstrip().startswith("["):
        return None
    try:
        found: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
    names = []
    while isinstance(found, dict) and found:
        name, found = next(iter(found.items()))
        names.append(name)
    return tuple(names)


def _divided(line: str) -> tuple[str, str]:
    """Part a line from its comment; a # in quotes begins none."""
    found = _COMMENT.fullmatch(line)
    return (line, "") if found is None else (found[1], found[2])


def _first_comment(lines: Sequence[str], at: int) -> int:
    while at > 0 and lines[at - 1].lstrip().startswith("#"):
        at -= 1
    return at


def _apart(below: Sequence[str]) -> list[str]:
    """Keep what stands below a table's last key, apart from it by a blank line."""
    used = [
        at for at, line in enumerate(below) if line.strip() and not line.lstrip().startswith("#")
    ]
    rest = list(below[used[-1] + 1 :] if used else below)
    while rest and rest[0].strip():
        rest.pop(0)
    return rest


def _with_weeks(part: _Part, weeks: int) -> list[str]:
    below = list(part.below)
    for at, line in enumerate(below):
        found = _WEEKS.fullmatch(line)
        if found is not None:
            below[at] = f"{found[1]}{weeks}{found[2]}"
            return [*part.above, *part.heading, *below]
    return [*part.above, *part.heading, f"weeks = {weeks}", *below]
