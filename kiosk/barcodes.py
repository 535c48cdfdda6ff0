"""Reads a label: a card, an item, an ISBN, a command, or why it is none of them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiosk.domain import Barcode, Card, ClassCode, Command, Damage, Reason

LONGEST_LABEL: Final = 64
_AIM: Final = re.compile(r"[\]】][A-Za-z][0-9]")  # a Chinese input method makes 】 of ]
_ISBN_SHAPE: Final = re.compile(r"(97[89][0-9]{10})([0-9]{5}|[0-9]{2})?")
_ISBN10_SHAPE: Final = re.compile(r"[0-9]{9}[0-9X]")
_MIX_UPS: Final = (
    ("utf-8", "gb18030"),
    ("gb18030", "utf-8"),
    ("gb18030", "latin-1"),
    ("utf-8", "latin-1"),
)
"""Encodings that the bytes were sent in, and those they were taken for."""
_KEYED: Final = re.compile(r"[0-9]{1,6}")
_CLASS_KEY: Final = re.compile(r"(?:19|20)[0-9]{2}-[1-9][0-9]?")
_DAY_CODE: Final = re.compile(r"[0-9]{8}")
_HYPHENS: Final = str.maketrans("", "", "- ‐‑‒–")


@dataclass(frozen=True, slots=True)
class CardLabel:
    """A reader's card."""

    card: Card


@dataclass(frozen=True, slots=True)
class ItemLabel:
    """One physical book's own barcode."""

    barcode: Barcode


@dataclass(frozen=True, slots=True)
class IsbnLabel:
    """The publisher's barcode: it names a title, never one item. `add_on` is the price code."""

    isbn: str
    add_on: str = ""


@dataclass(frozen=True, slots=True)
class CommandLabel:
    """A label of the desk's command card."""

    command: Command


@dataclass(frozen=True, slots=True)
class ClassLabel:
    """A class's label (`KC-CLASS-2023-2`); None is the whole school's (`KC-CLASS-ALL`)."""

    school_class: ClassCode | None


@dataclass(frozen=True, slots=True)
class BinderLabel:
    """A pupil's line in the class binder (`KC-READER-R100001`): it is no card."""

    card: Card


@dataclass(frozen=True, slots=True)
class DayCardLabel:
    """A temporary card from the slip printer (`KC-DAY-` and 8 digits)."""

    code: str


@dataclass(frozen=True, slots=True)
class DigitsLabel:
    """A digit of the digit card (`KC-7`), or digits from a keypad with Enter (`whole`)."""

    digits: str
    whole: bool


@dataclass(frozen=True, slots=True)
class ReasonLabel:
    """Why a rule is to be set aside (`KC-REASON-2`)."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class DamageLabel:
    """What is wrong with the book that has just come back (`KC-DAMAGE-TORN`)."""

    damage: Damage


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No label of this school.

    `reason` is one of `empty`, `too_long`, `control_characters`, `wrong_encoding`, `damaged`,
    `isbn_check_digit`, `unknown_command`, `no_pattern`.
    """

    reason: str


DeskLabel = (
    CommandLabel | ClassLabel | BinderLabel | DayCardLabel | DigitsLabel | ReasonLabel | DamageLabel
)
"""The labels that begin with the command prefix, and the digits of a keypad."""

Label = CardLabel | ItemLabel | IsbnLabel | DeskLabel | Unreadable


def kind_of(label: Label) -> str:
    """Name what was read, as a headless outcome line does."""
    match label:
        case CardLabel():
            return "card"
        case ItemLabel():
            return "item"
        case IsbnLabel():
            return "isbn"
        case Unreadable():
            return "unreadable"
        case _:
            return "command"


class LabelPatterns:
    """The school's label shapes: regular expressions for the whole label, compiled once."""

    def __init__(self, card: Sequence[str], item: Sequence[str], command: str) -> None:
        self.command = command
        self._card = [re.compile(pattern) for pattern in card]
        self._item = [re.compile(pattern) for pattern in item]

    def is_card(self, text: str) -> bool:
        """Tell whether `text` has the shape of a card."""
        return any(pattern.fullmatch(text) for pattern in self._card)

    def is_item(self, text: str) -> bool:
        """Tell whether `text` has the shape of an item label."""
        return any(pattern.fullmatch(text) for pattern in self._item)


def read(
    text: str, patterns: LabelPatterns, fault: str | None = None, *, keyed: bool = False
) -> Label:
    """Read one scanned text; `fault` is the driver's word that the label is damaged.

    `keyed` says that the lane waits for digits from a keypad; else a few digits are the rest of
    a label that was not read whole.

    >>> school = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
    >>> read(" ]C0R000123 ", school)
    CardLabel(card='R000123')
    >>> read("１２３４５６７８", school)
    ItemLabel(barcode='12345678')
    >>> read("7-5327-1234-9", school)
    Unreadable(reason='isbn_check_digit')
    """
    if fault is not None:
        return Unreadable("too_long" if fault == "too_long" else "damaged")
    if len(text) > LONGEST_LABEL * 4:
        return Unreadable("too_long")
    for candidate in _candidates(text):
        label = _match(candidate, patterns)
        if label is not None:
            return label
        if keyed and _KEYED.fullmatch(candidate):
            return DigitsLabel(candidate, whole=True)
    return _why_unreadable(clean(text), patterns)


def clean(text: str) -> str:
    """Undo what scanners and input methods add: full-width forms, white space, an AIM prefix.

    >>> clean("\\ufeff ]E0９７８７ \\r")
    '9787'
    """
    folded = _stripped(text if text.isascii() else unicodedata.normalize("NFKC", text))
    prefix = _AIM.match(folded)
    return _stripped(folded[prefix.end() :]) if prefix is not None else folded


def _stripped(text: str) -> str:
    """Drop white space of every kind, and what serial lines and files put round a text."""
    if text.isalnum():
        return text
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_blank(character: str) -> bool:
    return character.isspace() or character in "\x00\ufeff\u200b"


def _candidates(text: str) -> list[str]:
    """The text as it is, then as it was before its bytes were read in the wrong encoding."""
    found = [clean(text)]
    if text.isascii():
        return found
    for sent, taken in _MIX_UPS:
        try:
            # A stream that was not strict keeps bytes it could not read as surrogates.
            repaired = clean(text.encode(taken, "surrogateescape").decode(sent))
        except UnicodeError:
            continue
        if repaired and repaired not in found:
            found.append(repaired)
    return found


def _match(text: str, patterns: LabelPatterns) -> Label | None:
    if not text or len(text) > LONGEST_LABEL or _has_control(text):
        return None
    # A label in the other case is a scanner with Caps Lock the wrong way round, no other label.
    for form in dict.fromkeys((text, text.upper(), text.lower())):
        command = _read_command(form, patterns.command)
        if command is not None:
            return command
        if patterns.is_card(form):
            return CardLabel(Card(form))
        if patterns.is_item(form):
            return ItemLabel(Barcode(form))
    return _read_isbn(text.upper().translate(_HYPHENS))


def _read_command(text: str, prefix: str) -> DeskLabel | None:
    if not text.upper().startswith(prefix.upper()):
        return None
    name = text[len(prefix) :]
    if name.upper() in Command.__members__:
        return CommandLabel(Command(name.upper()))
    return _read_desk_label(name)


def _read_desk_label(name: str) -> DeskLabel | None:
    what, _, value = name.partition("-")
    match what.upper():
        case "CLASS" if value.upper() == "ALL":
            return ClassLabel(None)
        case "CLASS" if _CLASS_KEY.fullmatch(value):
            return ClassLabel(ClassCode(value))
        case "READER" if value:
            return BinderLabel(Card(value))
        case "DAY" if _DAY_CODE.fullmatch(value):
            return DayCardLabel(value)
        case "REASON" if value in set(Reason):
            return ReasonLabel(Reason(value))
        case "DAMAGE" if value.upper() in Damage.__members__:
            return DamageLabel(Damage(value.upper()))
        case digit if len(digit) == 1 and digit in "0123456789" and not value:
            return DigitsLabel(digit, whole=False)
    return None


def _read_isbn(digits: str) -> Label | None:
    thirteen = _ISBN_SHAPE.fullmatch(digits)
    if thirteen is not None:
        isbn, add_on = thirteen.group(1), thirteen.group(2) or ""
        good = ean13_check_digit(isbn[:12]) == isbn[12]
        return IsbnLabel(isbn, add_on) if good else Unreadable("isbn_check_digit")
    if _ISBN10_SHAPE.fullmatch(digits):
        good = isbn10_check_digit(digits[:9]) == digits[9]
        return IsbnLabel(isbn13_from_10(digits)) if good else Unreadable("isbn_check_digit")
    return None


def _why_unreadable(text: str, patterns: LabelPatterns) -> Unreadable:
    if not text:
        return Unreadable("empty")
    if len(text) > LONGEST_LABEL:
        return Unreadable("too_long")
    if any(character == "\ufffd" or "\ud800" <= character <= "\udfff" for character in text):
        return Unreadable("wrong_encoding")
    if _has_control(text):
        return Unreadable("control_characters")
    if text.upper().startswith(patterns.command.upper()):
        return Unreadable("unknown_command")
    return Unreadable("no_pattern")


def _has_control(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in text)


def ean13_check_digit(first_twelve: str) -> str:
    """Compute the 13th digit.

    >>> ean13_check_digit("978753271234")
    '2'

    Source: GS1 General Specifications, check digit of GTIN-13 (weights 1 and 3).
    """
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_twelve))
    return str(-total % 10)


def isbn10_check_digit(first_nine: str) -> str:
    """Compute the tenth character of an ISBN-10, `X` for ten.

    >>> isbn10_check_digit("753271234")
    '6'

    Source: ISO 2108:1992, modulus 11 with weights 10 to 2.
    """
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(first_nine))
    return "0123456789X"[-total % 11]


def isbn13_from_10(isbn10: str) -> str:
    """Write an ISBN-10 as its ISBN-13; the check digit is not tested.

    >>> isbn13_from_10("7532712346")
    '9787532712342'
    """
    first_twelve = "978" + isbn10[:9]
    return first_twelve + ean13_check_digit(first_twelve)
