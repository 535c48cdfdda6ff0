"""Binder lines and temporary cards that open nothing: the reader before them is served no more."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, Rig, codes, open_rig
from test_desk_faults import failing

from kiosk.domain import Note, Outcome
from kiosk.domain import OutcomeKind as Kind

BOOK = BOOKS[0]
OTHER_TEACHER, CORNER = "R900002", "R990001"


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk in the middle of a turn whose record can be told to fail."""
    return open_rig(tmp_path, make_ledger=failing)


def ends(outcomes: list[Outcome]) -> list[tuple[Kind, Note | None]]:
    return [(one.kind, one.note) for one in outcomes]


def test_a_temporary_card_that_is_unknown_ends_the_session_before_it(rig: Rig) -> None:
    rig.scan(MING)

    refused = rig.scan("KC-DAY-12345678")
    book = rig.scan(BOOK)

    assert ends(refused) == [(Kind.SESSION_CLOSED, Note.NOTHING_DONE), (Kind.REFUSED, None)]
    assert codes(refused) == ["card_unknown"]
    assert refused[-1].card is None
    assert ends(book) == [(Kind.ATTENTION, Note.CARD_FIRST)]
    assert rig.differences() == []


def test_yesterdays_temporary_card_ends_the_session_before_it(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scans("KC-TEMPCARD", f"KC-READER-{MING}")
    body = rig.rows("SELECT body FROM slip WHERE kind = 'card'")[0][0]
    rig.clock.at += timedelta(days=1)
    rig.scan("R100021")

    refused = rig.scan(json.loads(body)["code"])

    assert ends(refused) == [
        (Kind.SESSION_CLOSED, Note.NOTHING_DONE),
        (Kind.ATTENTION, Note.NOT_NOW),
    ]
    assert rig.desk.lanes["left"].session is None


def test_an_unknown_binder_line_ends_the_session_before_it(rig: Rig) -> None:
    rig.be_on_duty()
    rig.scan(MING)

    refused = rig.scan("KC-READER-R999999")
    book = rig.scan(BOOK)

    assert ends(refused) == [(Kind.SESSION_CLOSED, Note.NOTHING_DONE), (Kind.REFUSED, None)]
    assert codes(refused) == ["card_unknown"]
    assert book[-1].note is Note.CARD_FIRST


def test_without_duty_an_unknown_binder_line_changes_nothing(rig: Rig) -> None:
    rig.scan(MING)

    refused = rig.scan("KC-READER-R999999")

    assert ends(refused) == [(Kind.ATTENTION, Note.NEEDS_MONITOR)]
    assert rig.scan(BOOK)[-1].kind is Kind.CHECKED_OUT


@pytest.mark.parametrize("label", ["KC-DAY-12345678", "KC-READER-R100002"])
def test_what_serves_without_a_card_ends_the_session_when_nothing_can_be_recorded(
    rig: Rig, label: str
) -> None:
    rig.scan(MING)
    rig.ledger.full = True  # type: ignore[attr-defined]
    unavailable = rig.scan(label)
    rig.ledger.full = False  # type: ignore[attr-defined]

    after = rig.scan(BOOK)

    assert codes(unavailable) == ["ledger_unavailable"]
    assert (unavailable[-1].card, unavailable[-1].session) == (None, None)
    assert ends(after) == [
        (Kind.SESSION_CLOSED, Note.NOTHING_DONE),
        (Kind.ATTENTION, Note.CARD_FIRST),
    ]


@pytest.mark.parametrize("card", [OTHER_TEACHER, CORNER])
def test_a_monitor_serves_only_pupils_without_their_card(rig: Rig, card: str) -> None:
    rig.be_on_duty()

    binder = rig.scan(f"KC-READER-{card}")
    day_card = rig.scans("KC-TEMPCARD", f"KC-READER-{card}")

    assert ends(binder) == ends(day_card) == [(Kind.ATTENTION, Note.NEEDS_STAFF)]
    assert rig.rows("SELECT count(*) FROM session") == [(0,)]
    assert rig.rows("SELECT count(*) FROM day_card") == [(0,)]


def test_staff_serve_a_class_card_from_the_binder(rig: Rig) -> None:
    rig.be_staff()

    opened = rig.scan(f"KC-READER-{CORNER}")

    assert ends(opened)[-1] == (Kind.SESSION_OPENED, Note.BY_BINDER)
