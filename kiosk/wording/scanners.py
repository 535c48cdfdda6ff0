"""What is said of scanners: how each is set, what is wrong with it and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.wording import Words


def flaw_sentence(code: str, words: Words, extra: str) -> str:
    """Say what one scan of a test label shows to be wrong with a scanner, and what to do.

    `extra` is what the scanner adds to each label.

    >>> flaw_sentence("lost", Words("zh_CN"), "")
    '会漏字符:用说明书里的设置码把字符间隔调大,再扫一次。'
    """
    return words.tr(_FLAWS[code], extra=extra)


def fault_text(code: str, words: Words) -> str:
    """Say what is wrong with a scanner that is in use, as it shows in what it sends."""
    return words.tr(_FAULTS[code][0])


def fault_advice(code: str, words: Words) -> str:
    """Say what to do about it."""
    return words.tr(_FAULTS[code][1])


def _marked(message: str) -> str:
    """Mark a message for extraction; it is translated when it is said."""
    return message


_FLAWS: Final[Mapping[str, str]] = {
    "caps": _marked(
        "Caps Lock is on. The desk reads it all the same; better press Caps Lock once on a "
        "keyboard, or scan the label for Caps Lock off in the scanner's manual."
    ),
    "case": _marked(
        "It turns all letters into capitals or small ones: set `keep case` with its manual."
    ),
    "extra": _marked(
        "It adds something to each label ({extra}): set its prefix and suffix to nothing but CR, "
        "and its code identifiers (code ID) off, or the desk knows no label."
    ),
    "lost": _marked(
        "It loses characters: set a longer inter-character delay with its manual, then again."
    ),
    "twice": _marked(
        "It sends a label twice at once: set its continuous or presentation mode off."
    ),
    "chinese": _marked(
        "It cannot send Chinese this way. Cards and labels of letters and digits are read; for "
        "Chinese set it to ALT mode (universal) or to a virtual COM port with its manual."
    ),
    "garbled": _marked(
        "It sends other characters than it reads: set its keyboard country to USA with its "
        "manual, then again."
    ),
    "dropped": _marked(
        "It sends faster than the box can take: set a longer inter-character delay."
    ),
}

FAULT_CODES: Final = (
    *("drops", "overrun", "glued", "no_suffix", "doubles", "caps", "full_width", "noise"),
    "too_long",
)
"""The faults that scans show, in the order they are told."""

_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "drops": (
        _marked("loses characters"),
        _marked(
            "Set a longer inter-character delay with its manual's labels, or a lower speed of the "
            "port; try another cable and a port of the box itself."
        ),
    ),
    "overrun": (
        _marked("sends faster than the box can take"),
        _marked("Set a longer inter-character delay with its manual's labels."),
    ),
    "glued": (
        _marked("sends two labels as one"),
        _marked("Its suffix (Enter) is lost: scan the label for the suffix CR in its manual."),
    ),
    "no_suffix": (
        _marked("sends nothing after a label"),
        _marked('Scan the label for the suffix CR in its manual, or set suffix = "none".'),
    ),
    "doubles": (
        _marked("sends a label twice at once"),
        _marked(
            "Switch its continuous or presentation mode off, or set the delay for the same label."
        ),
    ),
    "caps": (
        _marked("turns capitals and small letters round"),
        _marked(
            "Caps Lock is on: press it once on a keyboard, or scan the label for Caps Lock off in "
            "its manual. The desk reads its labels all the same."
        ),
    ),
    "full_width": (
        _marked("sends full-width digits"),
        _marked(
            "An input method stands between: take driver hid or serial, or switch the input method "
            "off for it. The desk reads its labels all the same."
        ),
    ),
    "noise": (
        _marked("sends bytes that are no text"),
        _marked(
            "A wrong speed (baud), a bad cable, or a wrong country: `kiosk scanner setup` finds "
            "out."
        ),
    ),
    "too_long": (
        _marked("sends labels far too long"),
        _marked("Its suffix (Enter) is lost, or it is stuck."),
    ),
}
