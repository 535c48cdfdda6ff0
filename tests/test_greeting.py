"""With the greeting a reader hears already that no book can be had now, and why."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from desk_rig import BOOKS, HONG, MING, TEACHER, ZONE, Rig, open_rig

from kiosk.domain import Outcome
from kiosk.wording.blocks import Voice
from kiosk.wording.outcomes import say


def lines(rig: Rig, outcome: Outcome) -> tuple[str, ...]:
    """Say an outcome as the screen does."""
    today = rig.clock.now().astimezone(ZONE).date()
    names, words = rig.settings.class_names(), rig.settings.words()
    return say(outcome, Voice(words, names.label, today)).lines


def test_a_pupil_of_another_class_hears_when_the_own_turn_is(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)

    (opened,) = rig.scan(HONG)

    assert opened.values["closed"] == "not_your_turn"
    assert lines(rig, opened) == ("你们班:星期一16:30", "要还书请扫书")


def test_a_pupil_in_the_turn_is_asked_for_books(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)

    (opened,) = rig.scan(MING)

    assert dict(opened.values) == {}
    assert lines(rig, opened) == ("请扫书",)


def test_who_is_suspended_hears_it_in_the_own_turn(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.be_staff()
    rig.scans("KC-SUSPEND", MING, "KC-DONE")

    (opened,) = rig.scan(MING)

    assert opened.values["closed"] == "reader_suspended"
    assert lines(rig, opened)[1] == "要还书请扫书"


def test_a_teacher_who_may_always_borrow_is_asked_for_books(tmp_path: Path) -> None:
    rig = open_rig(tmp_path, at=datetime(2026, 9, 12, 9, tzinfo=ZONE))

    (opened,) = rig.scan(TEACHER)

    assert dict(opened.values) == {}


@pytest.mark.parametrize("with_session", [True, False])
def test_a_book_just_lent_is_called_lent_only_to_its_reader(
    tmp_path: Path, with_session: bool
) -> None:
    rig = open_rig(tmp_path)
    rig.scans(MING, BOOKS[0])
    if not with_session:
        rig.scan("KC-DONE")

    (ignored,) = rig.scan(BOOKS[0], after=5)

    told = (
        ("已经借好了,不用再扫",)
        if with_session
        else ("这本刚刚借出去了", "要还:先扫【还书】再扫书")
    )
    assert lines(rig, ignored) == told


def test_a_book_that_was_not_out_is_put_aside_in_a_crate(tmp_path: Path) -> None:
    rig = open_rig(tmp_path)
    rig.scan("KC-RETURN")

    (told,) = rig.scan(BOOKS[0])

    assert lines(rig, told) == ("这本没有借出去。", "放到一边,最后一起看")
