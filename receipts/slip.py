"""What a slip says: the words are finished, in one language, and only their places are open.

A reader's slip, a class's list, a recall and a temporary card are all slips: each fills the parts
it needs.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One book on a slip, with the day it is due as it is said: `9月17日(四)前还`.

    In a group it is any line with something at its right edge: a name and a number of books.
    """

    title: str
    due: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A caption and the lines under it: one pupil and what this pupil still has.

    A group without entries prints its caption alone.
    """

    caption: str
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Captions:
    """A short word above each group of books; an empty one takes no paper."""

    lent: str = ""
    renewed: str = ""
    overdue: str = ""
    returned: str = ""


@dataclass(frozen=True, slots=True)
class NameCard:
    """A name on the slip and the card it belongs to, in case the printer cannot show the name."""

    name: str
    card: str


@dataclass(frozen=True, slots=True)
class Slip:
    """One slip, its parts in the order they are printed; an empty part is left out.

    `lines` are plain sentences right under the heading. `code` is printed as a Code 128 bar code
    with its text below, or as large text alone where the paper is too narrow for it. `cards` are
    the cards of the names with characters that many printers lack.
    """

    arrow: str
    who: str
    lines: tuple[str, ...] = ()
    lent: tuple[Entry, ...] = ()
    renewed: tuple[Entry, ...] = ()
    in_hand: str = ""
    overdue: tuple[Entry, ...] = ()
    returned: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()
    next_turn: str = ""
    this_term: str = ""
    notes: tuple[str, ...] = ()
    code: str = ""
    footer: str = ""
    qr: str = ""
    captions: Captions = Captions()
    cards: tuple[NameCard, ...] = ()


def to_json(slip: Slip) -> str:
    """Write a slip as one compact JSON object, parts in printing order, empty parts left out.

    >>> to_json(Slip(arrow="←左", who="王小明", lent=(Entry("夏洛的网", "9月17日前还"),)))
    '{"arrow":"←左","who":"王小明","lent":[{"title":"夏洛的网","due":"9月17日前还"}]}'
    """
    return json.dumps(_without_empty(asdict(slip)), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Slip:
    """Read a slip that `to_json` wrote; a part that is not there is empty, an unknown one ignored.

    Raises:
        ValueError: the text is not a JSON object.
    """
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError(f"Cannot read a slip: expected a JSON object, found {text[:40]!r}")  # noqa: TRY004
    return Slip(
        arrow=body.get("arrow", ""),
        who=body.get("who", ""),
        lines=tuple(body.get("lines", ())),
        lent=_entries(body.get("lent", ())),
        renewed=_entries(body.get("renewed", ())),
        in_hand=body.get("in_hand", ""),
        overdue=_entries(body.get("overdue", ())),
        returned=tuple(body.get("returned", ())),
        groups=_groups(body.get("groups", ())),
        next_turn=body.get("next_turn", ""),
        this_term=body.get("this_term", ""),
        notes=tuple(body.get("notes", ())),
        code=body.get("code", ""),
        footer=body.get("footer", ""),
        qr=body.get("qr", ""),
        captions=_captions(body.get("captions", {})),
        cards=_cards(body.get("cards", ())),
    )


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(part) for key, part in value.items()}
        return {key: part for key, part in kept.items() if part}
    if isinstance(value, tuple | list):
        # An empty title keeps its place: the due date beside it, or the tick, still means a book.
        return [_without_empty(part) for part in value]
    return value


def _entries(parts: Iterable[Mapping[str, str]]) -> tuple[Entry, ...]:
    return tuple(Entry(part.get("title", ""), part.get("due", "")) for part in parts)


def _cards(parts: Iterable[Mapping[str, str]]) -> tuple[NameCard, ...]:
    return tuple(NameCard(part.get("name", ""), part.get("card", "")) for part in parts)


def _groups(parts: Iterable[Mapping[str, Any]]) -> tuple[Group, ...]:
    return tuple(
        Group(part.get("caption", ""), _entries(part.get("entries", ()))) for part in parts
    )


def _captions(parts: Mapping[str, str]) -> Captions:
    return Captions(
        lent=parts.get("lent", ""),
        renewed=parts.get("renewed", ""),
        overdue=parts.get("overdue", ""),
        returned=parts.get("returned", ""),
    )
