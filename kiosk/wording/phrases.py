"""Parts of what notes say: the values of an outcome in words, and sentences with one place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kiosk.domain import Command, Note, Outcome
from kiosk.wording.blocks import Voice
from kiosk.wording.labels import command_word

Sentence = Callable[[Outcome, Voice], tuple[str, ...]]
"""Says an outcome in one or two lines, the last saying what to do."""


def yuan(fen: int) -> str:
    """Write an amount of money in yuan.

    >>> yuan(2850), yuan(1200)
    ('28.50', '12')
    """
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def text_of(outcome: Outcome, key: str) -> str:
    """Give a value as text, "" without one."""
    value = outcome.values.get(key)
    return "" if value is None else str(value)


def number_of(outcome: Outcome, key: str) -> int:
    """Give a value that counts, 0 without one."""
    value = outcome.values.get(key)
    return value if isinstance(value, int) else 0


def name_of(outcome: Outcome, voice: Voice) -> str:
    """Name the reader an outcome is about."""
    shown = outcome.view.name if outcome.view is not None else ""
    return text_of(outcome, "name") or shown or voice.words.tr("the reader")


def day_of(outcome: Outcome, voice: Voice) -> str:
    """Say the day of an outcome's values, "" without one."""
    text = text_of(outcome, "day")
    return voice.words.due_date(date.fromisoformat(text)) if text else ""


def named(message: str, following: str = "") -> Sentence:
    """Say a sentence about a person, cut where the name is too long, and one that follows."""

    def spoken(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
        first = voice.fitted(message, "name", name_of(outcome, voice))
        return (first, voice.words.tr(following)) if following else (first,)

    return spoken


def of_class(message: str, following: str = "") -> Sentence:
    """Say a sentence about a class, and one that follows."""

    def spoken(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
        label = text_of(outcome, "class_label") or voice.words.tr("the whole school")
        first = voice.fitted(message, "label", label)
        return (first, voice.words.tr(following)) if following else (first,)

    return spoken


def plain(*messages: str) -> Sentence:
    """Say the same whatever the outcome."""
    return lambda _, voice: tuple(voice.words.tr(message) for message in messages)


def with_until(message: str, spoken: Sentence) -> Sentence:
    """Let a line with the time follow, if there is a time."""

    def both(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
        until = text_of(outcome, "until")
        following = (voice.words.tr(message, until=until),) if until else ()
        return (*spoken(outcome, voice), *following)

    return both


def scan_next(message: str) -> Sentence:
    """Ask for the next label, after the name of the label that waits for it."""

    def spoken(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
        words, command = voice.words, text_of(outcome, "command")
        asked = words.tr(message)
        if command == Command.UNDO and outcome.note is Note.SCAN_BOOK:
            return (words.tr("Scan the book to undo"),)
        if command not in Command.__members__:
            return (asked,)
        return (words.tr("{label}:", label=command_word(Command[command], words)), asked)

    return spoken


def with_number(message: str) -> Sentence:
    """Say a sentence about a number."""
    return lambda outcome, voice: (voice.words.tr(message, number=number_of(outcome, "number")),)
