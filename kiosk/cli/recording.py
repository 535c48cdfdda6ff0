"""Keeps what scanners sent for `kiosk scanner report`: no reader's name, and no digit of a PIN."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Final

from drivers.scanners.raw_scans import RawScan, ScanRing
from drivers.scanners.reading import Reading
from kiosk.barcodes import (
    DayCardLabel,
    DigitsLabel,
    IsbnLabel,
    LabelPatterns,
    Unreadable,
    clean,
    read,
)

_LONGEST_KEPT: Final = 40
_PIN_DIGITS: Final = 6
_PIN: Final = re.compile(rf"[0-9]{{1,{_PIN_DIGITS}}}")
_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_IDENTITY_CARD: Final = re.compile(r"[0-9]{17}[0-9Xx]")
_SOON_S: Final = 10.0
_REPEATS_KEPT: Final = 3


class Recorder:
    """Takes the readings of all lanes, from any thread, and hands them to the ring."""

    def __init__(self, ring: ScanRing, patterns: LabelPatterns) -> None:
        self._ring = ring
        self._patterns = patterns
        self._before: dict[str, Reading] = {}
        self._repeats: dict[str, int] = {}

    def take(self, lane: str, device: str, reading: Reading) -> None:
        """Keep one reading; the lane's own thread takes them in order."""
        before = self._before.get(lane)
        self._before[lane] = reading
        # A book left under a presentation scanner overnight must not wear the card out.
        is_repeat = before is not None and _is_repeat(before, reading)
        self._repeats[lane] = self._repeats.get(lane, 0) + 1 if is_repeat else 0
        if self._repeats[lane] <= _REPEATS_KEPT:
            self._ring.put(lambda: self._raw(lane, device, reading, before))

    def _raw(self, lane: str, device: str, reading: Reading, before: Reading | None) -> RawScan:
        arrival = reading.arrival
        return RawScan(
            at=utc_text(reading.at),
            lane=lane,
            device=device,
            text=kept_text(reading.text, self._patterns),
            characters=len(reading.text),
            gap_ms=arrival.gap_ms,
            longest_gap_ms=arrival.longest_gap_ms,
            ended_by=arrival.ended_by,
            caps=arrival.caps,
            fault=reading.fault,
            after_part=before is not None and _is_part(before, reading),
        )


def utc_text(at: datetime) -> str:
    """Write an instant as the record does, to the millisecond."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"


def kept_text(text: str, patterns: LabelPatterns) -> str:
    """Write what may be kept of a label.

    The school's own labels are kept as they are, without the digits of a PIN or of a temporary
    card. In anything else words and Chinese are blotted out, as they may be a name, and so is all
    of a text that is longer than any label, and a number like that of an identity card.

    >>> school = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
    >>> [kept_text(text, school) for text in ("R100001", "KC-7", "2580", "300000", "王小明 3(1)")]
    ['R100001', 'KC-#', '####', '######', '文文文 3(1)']
    """
    match read(text, patterns):
        case DigitsLabel() | DayCardLabel():
            return _without_digits(text)
        case IsbnLabel() if not clean(text).startswith("97"):
            # A book's label and two digits of a PIN may look like an old ISBN.
            return _without_pin_beside_a_label(text, patterns)
        case Unreadable():
            return _blotted(text, patterns)
    return text


def _blotted(text: str, patterns: LabelPatterns) -> str:
    folded = clean(text)
    if _PIN.fullmatch(folded):
        return "#" * len(folded)
    if len(text) > _LONGEST_KEPT or _IDENTITY_CARD.search(folded):
        return "".join(map(_shape, text[:_LONGEST_KEPT]))
    text = _without_pin_beside_a_label(text, patterns)
    prefix = re.escape(patterns.command)
    text = re.sub(rf"({prefix})[0-9]", r"\1#", text, flags=re.IGNORECASE)
    text = _WORD.sub(lambda word: "".join(map(_shape, word[0])), text)
    return "".join(one if _is_harmless(one) else _shape(one) for one in text)


def _without_pin_beside_a_label(text: str, patterns: LabelPatterns) -> str:
    """Blot out a few digits that are glued to a card or an item: they may be a PIN."""
    blotted: set[int] = set()
    for count in range(1, min(_PIN_DIGITS, len(text) - 1) + 1):
        for digits, label, place in (
            (text[:count], text[count:], 0),
            (text[-count:], text[:-count], len(text) - count),
        ):
            if _PIN.fullmatch(digits) and (patterns.is_card(label) or patterns.is_item(label)):
                blotted.update(range(place, place + count))
    return "".join("#" if place in blotted else one for place, one in enumerate(text))


def _without_digits(text: str) -> str:
    return "".join("#" if one.isdigit() else one for one in text)


def _is_harmless(character: str) -> bool:
    # Full-width digits and letters are what an input method makes of a label.
    return unicodedata.normalize("NFKC", character).isascii() and character.isprintable()


def _shape(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isascii() and character.isalpha():
        return "X" if character.isupper() else "x"
    if character.isascii() and character.isprintable():
        return character
    return "文" if character.isalpha() else "·"


def _is_repeat(before: Reading, reading: Reading) -> bool:
    apart_s = (reading.at - before.at).total_seconds()
    return before.text == reading.text and 0 <= apart_s <= _SOON_S


def _is_part(before: Reading, reading: Reading) -> bool:
    """Tell whether a label lost characters and was then scanned again."""
    part, whole = clean(before.text), clean(reading.text)
    soon = 0 <= (reading.at - before.at).total_seconds() <= _SOON_S
    if not (soon and 2 <= len(part) < len(whole) <= _LONGEST_KEPT):
        return False
    rest = iter(whole)
    return all(character in rest for character in part)
