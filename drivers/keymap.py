"""Which character a key gives: the US layout, by key code.

Source: linux/input-event-codes.h. Scanners that act as keyboards send codes of the layout they
are set to; US is what they leave the factory with.
"""

from __future__ import annotations

ENTER, KEYPAD_ENTER, TAB = 28, 96, 15
CAPS_LOCK = 58
SHIFTS = frozenset({42, 54})
CONTROLS = frozenset({29, 97})
LEFT_ALT, RIGHT_ALT = 56, 100
METAS = frozenset({125, 126})
MODIFIERS = SHIFTS | CONTROLS | METAS | {LEFT_ALT, RIGHT_ALT}
ENDS = frozenset({ENTER, KEYPAD_ENTER, TAB})

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (86, "<", ">"),
)
# Whatever Num Lock says: a scanner that uses the keypad means its digits.
_KEYPAD = ((55, "*"), (71, "789-456+1230."), (98, "/"), (117, "="), (121, ","))

PLAIN = {first + n: char for first, plain, _ in _ROWS for n, char in enumerate(plain)}
SHIFTED = {first + n: char for first, _, shifted in _ROWS for n, char in enumerate(shifted)}
KEYPAD = {first + n: char for first, chars in _KEYPAD for n, char in enumerate(chars)}


def character_of(code: int, *, shift: bool, caps: bool) -> str | None:
    """Return the character of a key, or None for a key that has none.

    >>> character_of(30, shift=False, caps=True), character_of(5, shift=True, caps=True)
    ('A', '$')
    """
    if code in KEYPAD:
        return KEYPAD[code]
    plain = PLAIN.get(code)
    if plain is None:
        return None
    raised = shift != caps if plain.isalpha() else shift
    return SHIFTED[code] if raised else plain
