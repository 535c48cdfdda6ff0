"""The faults of the kiosk. A refused loan is not one of them: it is a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class KioskError(Exception):
    """Something went wrong that a person has to mend; the command line prints it and exits 1."""


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One thing that is wrong with the settings; `key` is empty when it is the file itself."""

    file: str
    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: expected {self.expected}, found {self.found}"


class SettingsError(KioskError):
    """The settings file cannot be used; the command line prints every fault and exits 2.

    Its text has one line per fault.
    """

    def __init__(self, faults: Sequence[SettingsFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class UsageError(KioskError):
    """A command was given what it cannot work with; the command line prints it and exits 2."""


class LedgerError(KioskError):
    """The database cannot be opened, read or written; the desk says so and lends nothing."""


class ImportFault(KioskError):  # noqa: N818  # the file's fault, not the program's
    """A file to import has lines that cannot be read; nothing of it was written."""
