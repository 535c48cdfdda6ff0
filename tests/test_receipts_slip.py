"""A slip is kept in the database as text and comes back whole."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.slip import Captions, Entry, Group, Slip, from_json, to_json

# A busy machine is no fault of the slip.
unhurried = settings(deadline=None, max_examples=30)
entries = st.lists(st.builds(Entry, st.text(), st.text()), max_size=3).map(tuple)
texts = st.lists(st.text(), max_size=3).map(tuple)
slips = st.builds(
    Slip,
    arrow=st.text(),
    who=st.text(),
    lines=texts,
    lent=entries,
    renewed=entries,
    in_hand=st.text(),
    overdue=entries,
    returned=texts,
    groups=st.lists(st.builds(Group, st.text(), entries), max_size=3).map(tuple),
    next_turn=st.text(),
    this_term=st.text(),
    notes=texts,
    code=st.text(),
    footer=st.text(),
    qr=st.text(),
    captions=st.builds(Captions, st.text(), st.text(), st.text(), st.text()),
)


@unhurried
@given(slips)
def test_a_slip_comes_back_from_json_as_it_was(slip: Slip) -> None:
    assert from_json(to_json(slip)) == slip


def test_json_is_compact_in_printing_order_and_readable() -> None:
    slip = Slip(
        arrow="←左",
        who="三(2)班 王小明",
        lent=(Entry("夏洛的网", "9月17日(四)前还"),),
        returned=("草房子",),
        captions=Captions(returned="还好了"),
    )

    assert to_json(slip) == (
        '{"arrow":"←左","who":"三(2)班 王小明",'
        '"lent":[{"title":"夏洛的网","due":"9月17日(四)前还"}],'
        '"returned":["草房子"],"captions":{"returned":"还好了"}}'
    )


def test_a_part_of_a_later_version_is_ignored() -> None:
    text = '{"arrow":"←左","who":"王小明","weather":"晴"}'

    assert from_json(text) == Slip(arrow="←左", who="王小明")


def test_a_text_that_is_no_slip_is_refused_with_what_was_found() -> None:
    with pytest.raises(ValueError) as fault:  # noqa: PT011 - the whole message is asserted
        from_json("[1, 2]")

    assert str(fault.value) == "Cannot read a slip: expected a JSON object, found '[1, 2]'"
