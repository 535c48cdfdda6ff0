"""Which character a key gives, by key code and country layout.

Source: linux/input-event-codes.h. Scanners that act as keyboards send the codes of the layout
they are set to; US is what they leave the factory with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from drivers.scanners.layouts import LAYOUTS, Layout, LayoutName, Row

ENTER, KEYPAD_ENTER, TAB, SPACE = 28, 96, 15, 57
CAPS_LOCK = 58
SHIFTS = frozenset({42, 54})
CONTROLS = frozenset({29, 97})
LEFT_ALT, RIGHT_ALT = 56, 100
METAS = frozenset({125, 126})
MODIFIERS = SHIFTS | CONTROLS | METAS | {LEFT_ALT, RIGHT_ALT}
ENDS = frozenset({ENTER, KEYPAD_ENTER, TAB})
F8 = 66
"""Some models send the FNC1 inside GS1 labels as this key instead of Ctrl and a bracket."""

# Whatever Num Lock says: a scanner that uses the keypad means its digits.
_KEYPAD = ((55, "*"), (71, "789-456+1230."), (98, "/"), (117, "="), (121, ","))
KEYPAD: Final = {first + n: char for first, chars in _KEYPAD for n, char in enumerate(chars)}

_CONTROL_SIGNS: Final = {3: "@", 7: "^", 12: "_", 26: "[", 27: "]", 43: "\\"}
_COMBINING: Final = {
    "^": "\N{COMBINING CIRCUMFLEX ACCENT}",
    "´": "\N{COMBINING ACUTE ACCENT}",
    "`": "\N{COMBINING GRAVE ACCENT}",
    "¨": "\N{COMBINING DIAERESIS}",
    "~": "\N{COMBINING TILDE}",
}


class Keymap:
    """The keys of one layout."""

    def __init__(self, layout: LayoutName = "us") -> None:
        self.layout: LayoutName = layout
        found = LAYOUTS[layout]
        self.plain = _characters(found, lambda row: row.plain) | {SPACE: " "}
        self.shifted = _characters(found, lambda row: row.shifted) | {SPACE: " "}
        self.altgr = _characters(found, lambda row: row.altgr)
        self._dead = found.dead
        self._dead_altgr = found.dead_altgr

    def character(self, code: int, *, shift: bool, caps: bool, altgr: bool = False) -> str | None:
        """Return the character of a key, or None for a key that gives none so.

        >>> Keymap().character(30, shift=False, caps=True), Keymap("fr").character(
        ...     30, shift=False, caps=False
        ... )
        ('A', 'q')
        """
        if altgr:
            return self.altgr.get(code)
        if code in KEYPAD:
            return KEYPAD[code]
        plain = self.plain.get(code, "")
        # Caps Lock leaves a key alone that is no letter, or has no capital, such as ß.
        raised = shift != caps if _has_capital(plain, self.shifted.get(code)) else shift
        return (self.shifted.get(code) if raised else plain) or None

    def control(self, code: int) -> str | None:
        """Return what Ctrl and a key give: Ctrl and ] is the GS inside GS1 labels."""
        # Scanners hold to the letters of their layout and to the signs of a US keyboard.
        character = self.plain.get(code, "")
        if not ("a" <= character <= "z"):
            character = _CONTROL_SIGNS.get(code, "")
        return chr(ord(character) & 0x1F) if character else None

    def is_dead(self, character: str, *, altgr: bool) -> bool:
        """Tell whether a sign waits for the letter it belongs to."""
        return character in (self._dead_altgr if altgr else self._dead)


def composed(dead: str, character: str) -> str:
    """Put a dead sign and the character after it together.

    >>> composed("^", "e"), composed("^", " "), composed("^", "1")
    ('ê', '^', '^1')
    """
    from unicodedata import normalize

    if character == " ":
        return dead
    whole = normalize("NFC", character + _COMBINING[dead])
    return whole if len(whole) == 1 else dead + character


def _characters(layout: Layout, part: Callable[[Row], str]) -> dict[int, str]:
    return {
        row.first + place: character
        for row in layout.rows
        for place, character in enumerate(part(row))
        if character != " "
    }


def _has_capital(plain: str, shifted: str | None) -> bool:
    return plain.isalpha() and plain.upper() == shifted


US: Final = Keymap()
