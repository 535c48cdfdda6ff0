"""How many books: under a rule, by grade, of a collection, of a title."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import (
    IN_ROOM,
    ONE_TURN,
    STUDENT,
    TEACHER,
    TODAY,
    make_item,
    make_loan,
    make_policy,
    make_reader,
    make_teacher,
)
from rules_desk import POLICY, codes, lend, renew

from kiosk.domain import Block, BlockCode, ReaderKind
from kiosk.rules.decision import Allowed, Refused
from kiosk.rules.limits import loans_under
from kiosk.rules.matrix import CollectionLimit, LoanRule, rule_for


def test_at_the_limit_the_count_is_told() -> None:
    assert lend(loans=(make_loan(2), make_loan(3))) == Refused(
        (Block(BlockCode.LIMIT_REACHED, {"limit": 2, "count": 2}),)
    )


def test_the_limit_is_not_counted_where_no_rule_lends() -> None:
    full = (make_loan(2), make_loan(3))

    assert codes(lend(loans=full, item=make_item(collection="reference"))) == ["reference_only"]
    assert codes(lend(loans=full, policy=make_policy(rules=(TEACHER,)))) == ["no_rule"]


def test_a_loan_counts_under_the_rule_that_would_match_it_today() -> None:
    # The book was lent as general; since then it has become a reference book.
    moved = make_loan(3, collection="reference")

    assert isinstance(lend(loans=(make_loan(2), moved)), Allowed)
    in_hand = (make_loan(2), moved)
    assert loans_under(STUDENT, in_hand, make_reader(), POLICY, on=TODAY) == 1
    assert loans_under(IN_ROOM, in_hand, make_teacher(), POLICY, on=TODAY) == 1


def test_books_read_in_the_room_have_a_limit_of_their_own() -> None:
    reading = tuple(make_loan(n, collection="reference", in_room=True) for n in range(2, 7))
    teacher, atlas = make_teacher(), make_item(collection="reference")

    assert codes(lend(reader=teacher, item=atlas, loans=reading)) == ["limit_reached"]
    assert isinstance(lend(reader=teacher, loans=reading), Allowed)


def test_a_second_item_of_a_title_is_refused_only_where_the_school_says_so() -> None:
    second = make_item(1, title_id=102)

    assert isinstance(lend(item=second, loans=(make_loan(2),)), Allowed)
    assert lend(
        item=second, loans=(make_loan(2),), policy=make_policy(same_title="refuse")
    ) == Refused((Block(BlockCode.SAME_TITLE, {"title": "夏洛的网"}),))


def test_a_reader_without_that_title_is_not_stopped_by_it() -> None:
    policy = make_policy(same_title="refuse")

    assert isinstance(lend(loans=(make_loan(2),), policy=policy), Allowed)


# By grade.

LITTLE = LoanRule(
    1, frozenset({"student"}), limit=1, terms=ONE_TURN, anytime=True, grades=frozenset({1, 2})
)
BY_GRADE = (LITTLE, replace(STUDENT, limit=3, anytime=True))


@pytest.mark.parametrize(
    ("school_class", "limit"), [("2026-1", 1), ("2025-1", 1), ("2024-2", 3), (None, 3)]
)
def test_each_grade_has_its_limit(school_class: str | None, limit: int) -> None:
    loans = tuple(make_loan(number, due="2026-09-24") for number in range(2, 2 + limit))
    reader, policy = make_reader(school_class), make_policy(rules=BY_GRADE)

    assert isinstance(lend(reader=reader, loans=loans[1:], policy=policy), Allowed)
    assert lend(reader=reader, loans=loans, policy=policy) == Refused(
        (Block(BlockCode.LIMIT_REACHED, {"limit": limit, "count": limit}),)
    )


@pytest.mark.parametrize(
    ("readers", "kind", "grade", "matches"),
    [
        ((), "student", 2, True),
        ((), "student", 3, False),
        ((), "student", None, False),
        ((), "class", 2, False),  # grades alone speak of pupils
        (("class",), "class", 2, True),
        (("class",), "student", 2, False),
        (("teacher",), "teacher", 2, False),  # a teacher has no grade
    ],
)
def test_a_rule_with_grades_matches_pupils_of_them_and_class_cards_where_it_says_so(
    readers: tuple[ReaderKind, ...], kind: ReaderKind, grade: int | None, matches: bool
) -> None:
    rule = replace(LITTLE, readers=frozenset(readers))

    assert (rule_for((rule,), kind, "general", grade=grade) is rule) == matches


def test_under_a_doubted_clock_nothing_is_said_that_hangs_on_the_grade() -> None:
    full = (make_loan(2), make_loan(3), make_loan(4))
    policy = make_policy(rules=BY_GRADE)

    assert codes(lend(loans=full, policy=policy, clock="doubted")) == ["clock_doubted"]
    assert codes(lend(reader=make_teacher(), loans=full, policy=policy, clock="doubted")) == [
        "clock_doubted"
    ]


# By collection.

COMICS = CollectionLimit(1, frozenset({"comic", "magazine"}), 1)
COMIC = make_item(collection="comic")


def test_books_of_limited_collections_are_counted_together() -> None:
    policy = make_policy(collection_limits=(COMICS,))
    magazine = make_loan(2, collection="magazine")

    assert isinstance(lend(item=COMIC, policy=policy), Allowed)
    assert lend(item=COMIC, loans=(magazine,), policy=policy) == Refused(
        (
            Block(
                BlockCode.COLLECTION_LIMIT_REACHED,
                {"limit": 1, "count": 1, "collection": "comic"},
            ),
        )
    )


def test_a_collection_limit_leaves_other_books_alone() -> None:
    policy = make_policy(collection_limits=(COMICS,))
    magazine = make_loan(2, collection="magazine")

    assert isinstance(lend(loans=(magazine,), policy=policy), Allowed)
    assert isinstance(lend(item=COMIC, loans=(make_loan(2),), policy=policy), Allowed)


def test_the_first_collection_limit_that_matches_counts() -> None:
    teachers = CollectionLimit(1, frozenset({"comic"}), 3, frozenset({"teacher"}))
    little = CollectionLimit(2, frozenset({"comic"}), 0, grades=frozenset({1, 2}))
    policy = make_policy(
        rules=(replace(STUDENT, anytime=True), TEACHER),
        collection_limits=(teachers, little, COMICS),
    )
    comic = (make_loan(2, collection="comic"),)

    assert isinstance(lend(item=COMIC, reader=make_teacher(), loans=comic, policy=policy), Allowed)
    assert codes(lend(item=COMIC, reader=make_reader("2025-1"), policy=policy)) == [
        "collection_limit_reached"
    ]
    assert codes(lend(item=COMIC, loans=comic, policy=policy)) == ["collection_limit_reached"]


def test_a_collection_limit_is_not_counted_where_no_rule_lends_nor_for_a_renewal() -> None:
    policy = make_policy(collection_limits=(replace(COMICS, collections=frozenset({"reference"})),))
    atlas, reading = make_item(collection="reference"), make_loan(2, collection="reference")
    comic = make_policy(collection_limits=(replace(COMICS, limit=0),))

    assert codes(lend(item=atlas, loans=(reading,), policy=policy)) == ["reference_only"]
    assert isinstance(renew(make_loan(2, collection="comic"), policy=comic), Allowed)


# By title.


def test_a_rule_may_say_otherwise_than_the_desk_of_a_second_item_of_a_title() -> None:
    second, has_it = make_item(1, title_id=102), (make_loan(2),)
    refusing = make_policy(rules=(replace(STUDENT, same_title="refuse"), TEACHER))
    allowing = make_policy(
        rules=(STUDENT, replace(TEACHER, same_title="allow")), same_title="refuse"
    )

    assert codes(lend(item=second, loans=has_it, policy=refusing)) == ["same_title"]
    assert isinstance(
        lend(item=second, reader=make_teacher(), loans=has_it, policy=refusing), Allowed
    )
    assert codes(lend(item=second, loans=has_it, policy=allowing)) == ["same_title"]
    assert isinstance(
        lend(item=second, reader=make_teacher(), loans=has_it, policy=allowing), Allowed
    )
