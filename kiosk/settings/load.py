"""Loads a settings file, or says everything that is wrong with it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from kiosk.errors import SettingsError, SettingsFault
from kiosk.settings import checks
from kiosk.settings.model import TABLES
from kiosk.settings.reading import Draft, Entry, Problem, read_tables, shown
from kiosk.settings.section import Section
from kiosk.settings.values import Settings

S = TypeVar("S", bound=Section)
_TOML_PLACE: Final = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)", re.S)

_TABLE: Final = re.compile(r"(\w+)(?:\[(\d+)\])?")


def load(path: Path) -> Settings:
    """Read a settings file; relative paths in it are taken from its folder.

    Raises: SettingsError with every fault of the file at once.
    """
    draft = read_tables(_parse(path))
    problems = sorted([*draft.problems, *checks.problems(draft)], key=_place)
    if problems:
        raise SettingsError([SettingsFault(str(path), *problem) for problem in problems])
    return _resolved(_settings(path, draft), path.parent)


def _parse(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise _file_error(
            path, "a settings file (`kiosk init DIR` writes one)", "no file"
        ) from None
    except OSError as fault:
        found = fault.strerror or str(fault)
        raise _file_error(path, "a settings file that can be read", found) from fault
    try:
        # Editors on Windows put a byte order mark in front, which TOML does not know.
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        found = f"the byte 0x{content[fault.start]:02x}"
        raise _file_error(path, "text in UTF-8", found, key=f"line {line}") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise _toml_error(path, text, str(fault)) from None


def _toml_error(path: Path, text: str, message: str) -> SettingsError:
    found = _TOML_PLACE.fullmatch(message)
    said, line, column = found.groups(default="") if found else (message, "", "")
    expected = f"TOML ({said[:1].lower()}{said[1:]})"
    if not line:
        return _file_error(path, expected, "the end of the file")
    written = text.split("\n")[int(line) - 1].strip()
    key = f"line {line}, column {column}"
    return _file_error(path, expected, shown(written), key=key)


def _file_error(path: Path, expected: str, found: str, *, key: str = "") -> SettingsError:
    return SettingsError([SettingsFault(str(path), key, expected, found)])


def _place(problem: Problem) -> tuple[int, int]:
    """Order faults by table and its number; in one table they stay as they were found."""
    found = _TABLE.match(problem.key)
    if found is None or found[1] not in TABLES:
        return -1, 0
    return list(TABLES).index(found[1]), int(found[2] or 0)


def _settings(path: Path, draft: Draft) -> Settings:
    return Settings(
        path,
        draft.school.value,
        draft.desk.value,
        draft.database.value,
        _values(draft.scanners),
        draft.printer.value,
        draft.screen.value,
        draft.sound.value,
        draft.clock.value,
        draft.barcodes.value,
        _values(draft.terms),
        _values(draft.holidays),
        _values(draft.make_up_days),
        _values(draft.pauses),
        _values(draft.windows),
        draft.rotation.value,
        _values(draft.replacements),
        _values(draft.changes),
        _values(draft.swaps),
        _values(draft.extra_turns),
        _values(draft.loan_rules),
        _values(draft.collection_limits),
    )


def _values(entries: list[Entry[S]]) -> tuple[S, ...]:
    return tuple(entry.value for entry in entries)


def _resolved(settings: Settings, folder: Path) -> Settings:
    """Make relative paths relative to the settings file; absolute ones and URLs stay."""
    return replace(
        settings,
        database=_with_paths(settings.database, folder, "path"),
        scanners=tuple(_with_paths(one, folder, "path", "port") for one in settings.scanners),
        printer=_with_paths(settings.printer, folder, "path", "port", "font"),
        sound=_with_paths(settings.sound, folder, "folder"),
    )


def _with_paths(section: S, folder: Path, *keys: str) -> S:
    given = {key: getattr(section, key) for key in keys}
    found = {
        key: str(folder / value)
        for key, value in given.items()
        if value is not None and "://" not in value
    }
    return section.model_copy(update=found)
