"""Names that a printer may not be able to show, and the card that then stands behind each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from receipts.glyphs import clean, has_glyph
from receipts.slip import Entry, Group, NameCard, Slip


def rare_names(names: Iterable[tuple[str, str]]) -> tuple[NameCard, ...]:
    """Pick the names, each with its card, that some printers cannot show.

    >>> rare_names([("王小明", "R100001"), ("王㛃", "R100002"), ("王㛃", "R100002")])
    (NameCard(name='王㛃', card='R100002'),)
    """
    found = dict.fromkeys(
        NameCard(name, card)
        for name, card in names
        if not all(has_glyph(char, "gb2312") for char in clean(name))
    )
    return tuple(found)


def with_cards(slip: Slip) -> Slip:
    """Put the card behind each name that has one in `cards`, wherever the name stands.

    >>> with_cards(Slip("", "三(2)班 王㛃", cards=(NameCard("王㛃", "R100002"),))).who
    '三(2)班 王㛃 R100002'
    """

    def named(text: str) -> str:
        for one in slip.cards:
            text = text.replace(one.name, f"{one.name} {one.card}")
        return text

    def entries(some: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(Entry(named(entry.title), entry.due) for entry in some)

    return replace(
        slip,
        who=named(slip.who),
        lines=tuple(map(named, slip.lines)),
        lent=entries(slip.lent),
        overdue=entries(slip.overdue),
        groups=tuple(Group(named(one.caption), entries(one.entries)) for one in slip.groups),
        notes=tuple(map(named, slip.notes)),
    )
