"""`kiosk calendar YEAR`: proposes holidays and make-up days for the settings."""

from __future__ import annotations

from argparse import Namespace

from kiosk.errors import SettingsError
from kiosk.reports.chinese_calendar import proposals
from kiosk.settings import load
from kiosk.wording import Words


def calendar(arguments: Namespace) -> int:
    """Print the entries; a year that is not announced yet is said, and no fault."""
    try:
        words = load(arguments.config).words()
    except SettingsError:
        # The entries may be wanted for settings that are only being written.
        words = Words("zh_CN")
    print(proposals(arguments.year, words), end="")
    return 0
