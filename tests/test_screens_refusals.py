"""Every reason for a refusal on the screen: one reason and one action large, the others dim."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from screens_scenes import BROKEN, CLOSED, DOUBTED, IN_TURN, LI, outcome, own_words, view
from screens_shots import Shot, kept_picture, picture_of

from kiosk.domain import BLOCK_ORDER, Block, BlockCode, Hall, Outcome, OutcomeKind, Value
from kiosk.screens.canvas import share

SIZE = (80, 24)
LANE_COLUMNS = 34
TURN: Mapping[str, Value] = {
    "next_at": "2026-09-14T16:30",
    "next_window": "班级轮借",
    "next_kind": "class",
}
VALUES: Mapping[BlockCode, Mapping[str, Value]] = {
    BlockCode.CLOCK_DOUBTED: {},
    BlockCode.LEDGER_UNAVAILABLE: {},
    BlockCode.LABEL_UNREADABLE: {"reason": "damaged"},
    BlockCode.CARD_UNKNOWN: {"label": "R999999"},
    BlockCode.ITEM_UNKNOWN: {"label": "30099999"},
    BlockCode.ISBN_NOT_ITEM: {"isbn": "9787532733415", "place": "书名页下方"},
    BlockCode.CARD_LOST: {},
    BlockCode.READER_SUSPENDED: {"until": "2026-09-17"},
    BlockCode.READER_EXPIRED: {"expires_on": "2026-08-31"},
    BlockCode.WINDOW_CLOSED: {
        "next_at": "2026-09-11T10:00",
        "next_window": "大课间",
        "next_kind": "free",
    },
    BlockCode.NOT_YOUR_TURN: {"now": "2024-1", **TURN},
    BlockCode.TERM_CLOSING: {"ended_on": "2026-09-09", "back_by": "2026-09-18"},
    BlockCode.NO_RULE: {"collection": "general", "kind": "student"},
    BlockCode.REFERENCE_ONLY: {"rule": 1, "collection": "reference"},
    BlockCode.ITEM_WITHDRAWN: {},
    BlockCode.ITEM_LOST: {},
    BlockCode.ITEM_IN_REPAIR: {},
    BlockCode.ON_LOAN_TO_OTHER: {},
    BlockCode.ON_HOLD_FOR_OTHER: {},
    BlockCode.OVERDUE_ITEMS: {"title": "昆虫记", "due_on": "2026-09-07", "count": 1},
    BlockCode.UNPAID_CHARGE: {"fen": 2850},
    BlockCode.LIMIT_REACHED: {"limit": 2, "count": 2},
    BlockCode.COLLECTION_LIMIT_REACHED: {"limit": 1, "count": 1, "collection": "comic"},
    BlockCode.SAME_TITLE: {"title": "草房子"},
    BlockCode.RENEWALS_EXHAUSTED: {"renewals": 1, "limit": 1},
}
HALLS = {
    BlockCode.CLOCK_DOUBTED: DOUBTED,
    BlockCode.LEDGER_UNAVAILABLE: BROKEN,
    BlockCode.WINDOW_CLOSED: CLOSED,
}
ALONE = frozenset(
    {
        BlockCode.LEDGER_UNAVAILABLE,
        BlockCode.LABEL_UNREADABLE,
        BlockCode.CARD_UNKNOWN,
        BlockCode.ITEM_UNKNOWN,
        BlockCode.ISBN_NOT_ITEM,
        BlockCode.CARD_LOST,
    }
)
"""Refusals of a label: they have their one code and no other."""


def refusal(code: BlockCode) -> Outcome:
    """A refusal for one reason, with those after it that may stand beside it."""
    first = Block(code, VALUES[code])
    if code in ALONE:
        return outcome(OutcomeKind.REFUSED, scan="?", blocks=(first,), view=None)
    others = (BlockCode.OVERDUE_ITEMS, BlockCode.LIMIT_REACHED, BlockCode.SAME_TITLE)
    later = (one for one in others if BLOCK_ORDER[one] > BLOCK_ORDER[code])
    rest = tuple(Block(one, VALUES[one]) for one in later)
    reader = view(2, name=LI.name, class_label=LI.class_label, loans=LI.loans, done=())
    return outcome(
        OutcomeKind.REFUSED, blocks=(first, *rest), title="草房子", view=reader, session=2
    )


def hall_of(code: BlockCode) -> Hall:
    """The hall's page at such a refusal."""
    return HALLS.get(code, IN_TURN)


@pytest.mark.parametrize("code", list(BlockCode))
async def test_a_refusal_looks_as_its_picture(code: BlockCode) -> None:
    name = f"refused-{code.replace('_', '-')}"
    shot = Shot(name, hall=hall_of(code), outcomes=(refusal(code),), speaks=True)

    svg = await picture_of(shot, SIZE)

    assert svg == kept_picture(name, svg, SIZE)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("code", list(BlockCode))
def test_a_reason_and_its_action_fit_a_narrow_lane_uncut(code: BlockCode, language: str) -> None:
    said = own_words(language)(refusal(code))

    shown = share(said.lines, LANE_COLUMNS, 4)

    assert 1 <= len(said.lines) <= 2
    assert "".join("".join(shown).split()) == "".join("".join(said.lines).split())


def test_further_reasons_take_one_line() -> None:
    said = own_words()(refusal(BlockCode.NOT_YOUR_TURN))

    assert said.others == "另有3个原因:有书该还了、已借2本、这本书你已经有一本了"
