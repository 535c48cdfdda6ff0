"""What the list of things to do says: kinds of lines, and what was done about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.domain import Damage, TodoKind
from kiosk.wording import Words

CLOSED_BY: Final[Mapping[int, str]] = {1: "done", 2: "found", 3: "new_label", 4: "nothing"}
"""What was done, by the number that staff choose it with at the desk."""


def todo_kind(words: Words, kind: TodoKind, label: str | None = None) -> str:
    """Name a kind of line; the label of a damaged book says what is wrong with it."""
    match kind:
        case TodoKind.UNKNOWN_LABEL:
            return words.tr("Unknown label")
        case TodoKind.UNKNOWN_CARD:
            return words.tr("Unknown card")
        case TodoKind.LOST_CAME_BACK:
            return words.tr("Lost book came back")
        case TodoKind.DAMAGE:
            return damage_name(words, label) if label is not None else words.tr("Damaged")
        case TodoKind.NO_LABEL:
            return words.tr("Book without label")
        case TodoKind.HELP:
            return words.tr("Call for help")
        case TodoKind.WRONG_PIN:
            return words.tr("Wrong PIN")


def damage_name(words: Words, damage: str) -> str:
    """Name what is wrong with a book."""
    names = {
        Damage.DOODLED: words.tr("Scribbled on"),
        Damage.TORN: words.tr("Torn"),
        Damage.PAGES: words.tr("Pages missing"),
        Damage.WET: words.tr("Wet"),
    }
    return next((name for kind, name in names.items() if kind.value == damage), damage)


def what_was_done(words: Words, done: str) -> str:
    """Say what was done about a line; a text of somebody's own stays as it is."""
    known = {
        "done": words.tr("done"),
        "found": words.tr("found"),
        "new_label": words.tr("new label"),
        "nothing": words.tr("nothing needed"),
        "active": words.tr("found"),
        "in_repair": words.tr("being mended"),
        "withdrawn": words.tr("written off"),
    }
    return known.get(done, done)
