"""The keys of a staff session: each stands for a command label, or turns a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.domain import Command
from kiosk.wording import Words
from kiosk.wording.labels import command_word

KEYS: Final[Mapping[str, Command]] = {
    "q": Command.DONE,
    "t": Command.TODO,
    "h": Command.HOLD,
    "u": Command.UNHOLD,
    "l": Command.LOST,
    "f": Command.FOUND,
    "r": Command.REPAIR,
    "b": Command.REPAIRED,
    "w": Command.WRITEOFF,
    "c": Command.CHARGE,
    "p": Command.PAID,
    "n": Command.REPLACED,
    "v": Command.WAIVE,
    "s": Command.SUSPEND,
    "g": Command.RESUME,
    "k": Command.CARDLOST,
    "j": Command.NEWCARD,
    "d": Command.TEMPCARD,
    "m": Command.RECALL,
    "a": Command.SHEET,
    "e": Command.CLEAR,
    "x": Command.CANCEL,
    "o": Command.CLOSE,
    "i": Command.LANE,
    "y": Command.CLOCK,
    "z": Command.UNDO,
    "/": Command.DEVICES,
}
"""Lower-case letters in the order the screen shows them, the way out first; no letter is left for
the last.

Labels are printed in capitals.
"""

MORE: Final = "."
"""Shows the keys there was no room for."""

TURN_DOWN: Final = frozenset({"pagedown", "down", "space"})
TURN_UP: Final = frozenset({"pageup", "up"})
"""Keys that turn a staff table's pages."""


_NAMED: Final = {"slash": "/", "full_stop": MORE}
"""Signs as the terminal's library names their keys."""


def turns(key: str) -> bool:
    """Tell whether a key turns what staff see; the desk does not hear of it."""
    return key in TURN_DOWN or key in TURN_UP or sign_of(key) == MORE


def sign_of(key: str) -> str:
    """Give the sign that stands for a key on the screen.

    >>> sign_of("t"), sign_of("slash")
    ('t', '/')
    """
    return _NAMED.get(key, key)


def key_words(words: Words) -> list[tuple[str, str]]:
    """Give each key with the word on its label, in the order shown."""
    return [(key, command_word(command, words)) for key, command in KEYS.items()]
