"""Key events into labels."""

from __future__ import annotations

import math
import string
from typing import get_args

import pytest
from drivers_rigs import SHIFT, Events, down, events_of, tap, typed_on, up
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanners import keymap
from drivers.scanners.keymap import Keymap
from drivers.scanners.keys import EventDecoder
from drivers.scanners.label import Arrival, Label
from drivers.scanners.layouts import LayoutName

DROPPED: Events = [(0, 3, 0)]
REPORT: Events = [(0, 0, 0)]
ALT = keymap.LEFT_ALT
CTRL = 29
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "


def labels_of(events: Events, *, caps: bool = False) -> list[tuple[str, str | None]]:
    decoder = EventDecoder(lambda: caps)
    return [(one.text, one.fault) for event in events for one in decoder.feed(*event)]


@given(st.lists(st.text(PRINTABLE, min_size=1), max_size=5))
def test_what_is_typed_on_a_us_keyboard_is_what_is_read(texts: list[str]) -> None:
    typed = "".join(text + "\r" for text in texts)

    assert labels_of(events_of(typed)) == [(text, None) for text in texts]


@pytest.mark.parametrize("end", [keymap.ENTER, keymap.KEYPAD_ENTER, keymap.TAB])
def test_a_label_ends_at_enter_keypad_enter_or_tab(end: int) -> None:
    assert labels_of(events_of("30000001") + tap(end)) == [("30000001", None)]


def test_caps_lock_turns_letters_and_leaves_digits() -> None:
    typed = tap(keymap.CAPS_LOCK) + events_of("r1") + tap(keymap.CAPS_LOCK) + events_of("r1\r")

    assert labels_of(typed) == [("R1r1", None)]


def test_caps_lock_that_was_on_before_is_known() -> None:
    assert labels_of(events_of("r000001A\r"), caps=True) == [("R000001a", None)]


def test_the_keypad_gives_digits_and_signs() -> None:
    keypad = [79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83, 74, 78, 55, 98]

    typed = [event for code in keypad for event in tap(code)] + tap(keymap.ENTER)

    assert labels_of(typed) == [("1234567890.-+*/", None)]


def test_a_key_whose_release_was_lost_counts_when_it_is_pressed_again() -> None:
    two = 3

    assert labels_of(down(two) + down(two) + tap(keymap.ENTER)) == [("22", None)]


def test_a_key_that_repeats_itself_counts_once() -> None:
    held = down(3) + [(1, 3, 2)] * 20 + up(3)

    assert labels_of(held + tap(keymap.ENTER)) == [("2", None)]


def test_a_shift_whose_release_was_lost_is_up_again_for_the_next_label() -> None:
    typed = down(42) + events_of("r\r") + events_of("r000001\r")

    assert labels_of(typed) == [("R", None), ("r000001", None)]


def test_a_label_with_lost_events_is_reported_and_the_next_one_is_whole() -> None:
    typed = events_of("3000") + DROPPED + events_of("00")[:2] + REPORT + events_of("01\r30000002\r")

    assert labels_of(typed) == [("300001", "dropped_events"), ("30000002", None)]


def test_nothing_before_the_next_report_is_believed_after_events_were_lost() -> None:
    typed = [*DROPPED, (1, 28, 1), (1, 3, 1), *REPORT, *events_of("30000001\r")]

    assert labels_of(typed) == [("30000001", "dropped_events")]


def test_events_lost_with_the_whole_label_are_reported_at_the_next_end() -> None:
    assert labels_of(DROPPED + REPORT + events_of("\r\r")) == [("", "dropped_events")]


@given(st.integers(0, 200), st.integers(1, 60))
def test_no_label_comes_out_that_was_not_scanned_whatever_is_lost(first: int, lost: int) -> None:
    scanned = [f"R00000{n}" for n in range(8)]
    events = events_of("".join(label + "\r" for label in scanned))

    read = labels_of(events[:first] + DROPPED + REPORT + events[first + lost :])

    whole = [text for text, fault in read if fault is None]
    assert whole == [text for text in scanned if text in whole]


def test_modifiers_held_when_events_were_lost_are_forgotten() -> None:
    typed = down(42) + DROPPED + REPORT + events_of("r1\r")

    assert labels_of(typed) == [("r1", "dropped_events")]


def test_the_state_of_caps_lock_is_asked_for_again_after_events_were_lost() -> None:
    lights = [False]
    decoder = EventDecoder(lambda: lights[0])
    lights[0] = True

    labels = [
        label for event in DROPPED + REPORT + events_of("\rr1\r") for label in decoder.feed(*event)
    ]

    assert labels == [Label("", "dropped_events"), Label("R1")]


def test_ctrl_and_a_bracket_is_the_separator_inside_gs1_labels() -> None:
    typed = events_of("01A") + down(CTRL) + tap(27) + up(CTRL) + events_of("10B\r")

    assert labels_of(typed) == [("01A\x1d10B", None)]


def test_alt_and_keypad_digits_send_bytes_of_the_encoding() -> None:
    typed: Events = []
    for byte in "王".encode("gb18030"):
        typed += down(ALT)
        typed += [event for digit in f"0{byte}" for event in tap(KEYPAD_CODES[digit])]
        typed += up(ALT)

    assert labels_of(typed + tap(keymap.ENTER)) == [("王", None)]


def test_a_key_with_alt_that_means_nothing_spoils_the_label() -> None:
    typed = events_of("3000") + down(ALT) + events_of("x") + up(ALT) + events_of("0001\r")

    assert labels_of(typed) == [("3000\x1a0001", "noise")]


KEYPAD_CODES = {char: code for code, char in keymap.KEYPAD.items()}


def test_the_key_table_agrees_with_the_kernels_names() -> None:
    for code, char in keymap.US.plain.items():
        if char.isalnum():
            assert ecodes.KEY[code] == f"KEY_{char.upper()}"
    for code, char in keymap.KEYPAD.items():
        if char.isdigit():
            assert ecodes.KEY[code] == f"KEY_KP{char}"
    assert [ecodes.KEY[code] for code in (keymap.ENTER, keymap.KEYPAD_ENTER, keymap.TAB)] == [
        "KEY_ENTER",
        "KEY_KPENTER",
        "KEY_TAB",
    ]


def typed_by(number: int, *, zero: bool = False) -> Events:
    """Alt held while the digits of a number are typed on the keypad."""
    digits = [event for digit in f"{'0' * zero}{number}" for event in tap(KEYPAD_CODES[digit])]
    return down(ALT) + digits + up(ALT)


@pytest.mark.parametrize(
    "numbers",
    [
        list("王小明".encode()),
        list("王小明".encode("gb18030")),
        [ord(char) for char in "王小明"],
        [int.from_bytes(char.encode("gbk"), "big") for char in "王小明"],
    ],
    ids=["bytes of UTF-8", "bytes of GB18030", "code points", "pairs of GBK"],
)
def test_chinese_is_typed_by_numbers_in_four_ways(numbers: list[int]) -> None:
    typed = [event for number in numbers for event in typed_by(number, zero=True)]

    assert labels_of(typed + tap(keymap.ENTER)) == [("王小明", None)]


def test_a_whole_label_may_be_typed_by_numbers_its_end_included() -> None:
    typed = [event for char in "R100001\r" for event in typed_by(ord(char))]

    assert labels_of(typed) == [("R100001", None)]


def test_a_character_beyond_the_first_plane_is_typed_by_its_number() -> None:
    assert labels_of(typed_by(0x20164) + tap(keymap.ENTER)) == [("𠅤", None)]


@pytest.mark.parametrize("number", [0xD800, 0xDFFF, 0x110000, 9_999_999])
def test_a_number_that_is_no_character_spoils_the_label(number: int) -> None:
    typed = events_of("3000") + typed_by(number) + events_of("0001\r")

    assert labels_of(typed) == [("3000\x1a0001", "noise")]


def test_a_number_whose_alt_is_still_down_at_the_end_spoils_the_label() -> None:
    typed = events_of("3000") + typed_by(65)[:-2] + tap(keymap.ENTER) + events_of("30000001\r")

    assert labels_of(typed) == [("3000\x1a", "noise"), ("30000001", None)]


def test_numbers_are_of_the_encoding_that_is_set() -> None:
    decoder = EventDecoder(encoding="gb18030")
    numbers = [*"茅".encode("gb18030"), ord("㛃")]
    typed = [event for number in numbers for event in typed_by(number)] + tap(keymap.ENTER)

    assert [label for event in typed for label in decoder.feed(*event)] == [Label("茅㛃")]


@pytest.mark.parametrize(
    ("code", "control"),
    [(27, "\x1d"), (7, "\x1e"), (26, "\x1b"), (43, "\x1c"), (32, "\x04"), (12, "\x1f")],
)
def test_control_characters_are_kept(code: int, control: str) -> None:
    typed = events_of("01A") + down(CTRL) + tap(code) + up(CTRL) + events_of("10B\r")

    ((text, _),) = labels_of(typed)

    assert text == f"01A{control}10B"


def test_ctrl_m_ends_a_label_as_enter_does() -> None:
    assert labels_of(events_of("30000001") + down(CTRL) + tap(50) + up(CTRL)) == [
        ("30000001", None)
    ]


def test_f8_is_the_separator_inside_gs1_labels_too() -> None:
    assert labels_of(events_of("01a") + tap(66) + events_of("10b\r")) == [("01a\x1d10b", None)]


def test_a_key_that_types_nothing_is_no_part_of_a_label() -> None:
    volume_down = 114

    assert labels_of(events_of("3000") + tap(volume_down) + events_of("0001\r")) == [
        ("30000001", None)
    ]


@pytest.mark.parametrize("layout", get_args(LayoutName))
@given(data=st.data())
def test_what_is_typed_on_a_countrys_keyboard_is_what_is_read(
    layout: LayoutName, data: st.DataObject
) -> None:
    keys = Keymap(layout)
    text = data.draw(st.text(st.sampled_from(typeable(keys)), min_size=1))

    decoder = EventDecoder(layout=layout)
    typed = [event for char in text for event in typed_on(keys, char)] + tap(keymap.ENTER)

    assert [label for event in typed for label in decoder.feed(*event)] == [Label(text)]


@pytest.mark.parametrize("layout", get_args(LayoutName))
def test_every_layout_has_every_character_of_code_39(layout: LayoutName) -> None:
    assert set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%") <= set(typeable(Keymap(layout)))


@pytest.mark.parametrize(
    ("layout", "read"),
    [("us", "KC-AQWZYM"), ("de", "KCßAQWYZM"), ("fr", "KC)QAZWY?"), ("gb", "KC-AQWZYM")],
)
def test_a_scanner_of_another_country_mixes_keys_up_in_a_known_way(
    layout: LayoutName, read: str
) -> None:
    decoder = EventDecoder(layout=layout)
    typed = events_of("KC-AQWZYM\r")

    assert [label for event in typed for label in decoder.feed(*event)] == [Label(read)]


def test_dead_keys_give_the_letter_with_its_accent_or_the_sign_alone() -> None:
    circumflex, e, space, one = 26, 18, 57, 2
    shifted_one = down(SHIFT) + tap(one) + up(SHIFT)
    decoder = EventDecoder(layout="fr")
    typed = tap(circumflex) + tap(e) + tap(circumflex) + tap(space)
    typed += tap(circumflex) + shifted_one + tap(circumflex) + tap(keymap.ENTER)

    assert [label for event in typed for label in decoder.feed(*event)] == [Label("ê^^1^")]


def typeable(keys: Keymap) -> list[str]:
    """The characters one key gives, dead signs aside."""
    rows = ((keys.plain, False), (keys.shifted, False), (keys.altgr, True))
    return sorted(
        {c for row, altgr in rows for c in row.values() if not keys.is_dead(c, altgr=altgr)}
    )


def after_pauses(decoder: EventDecoder, events: Events) -> list[Label]:
    """Feed events, then let nothing come until nothing is waited for."""
    labels = [label for event in events for label in decoder.feed(*event)]
    while decoder.patience_s < math.inf:
        labels += decoder.after_quiet()
    return labels


def test_without_a_suffix_a_pause_of_100_ms_ends_a_label() -> None:
    decoder = EventDecoder(suffix="none")

    assert decoder.patience_s == math.inf
    assert [label for event in events_of("30000001") for label in decoder.feed(*event)] == []
    assert decoder.patience_s == 0.1
    assert decoder.after_quiet() == [Label("30000001")]
    assert decoder.patience_s == math.inf


def test_fewer_than_four_characters_and_a_pause_are_no_label() -> None:
    decoder = EventDecoder(suffix="none")

    assert after_pauses(decoder, events_of("300")) == []
    assert after_pauses(decoder, events_of("KC-7")) == [Label("KC-7")]


def test_a_scanner_that_has_lost_its_suffix_is_read_half_a_second_late() -> None:
    decoder = EventDecoder()
    labels = [
        label
        for place, event in enumerate(events_of("30000001"))
        for label in decoder.feed(*event, at=place * 0.002)
    ]

    assert labels == []
    assert decoder.patience_s == 0.5
    (label,) = decoder.after_quiet()
    assert (label, label.arrival.ended_by) == (Label("30000001"), "quiet")


def test_what_a_person_types_waits_for_enter_and_is_forgotten_in_the_end() -> None:
    decoder = EventDecoder()
    for place, event in enumerate(events_of("1234")):
        decoder.feed(*event, at=place * 0.2)

    assert decoder.patience_s == 30
    assert decoder.after_quiet() == []
    assert [label for event in tap(keymap.ENTER) for label in decoder.feed(*event)] == []


def test_how_a_label_came_is_told_with_it() -> None:
    decoder = EventDecoder(lambda: True)
    labels = []
    at = 100.0
    for gap, code in [(0.0, 2), (0.004, 3), (0.002, 4), (0.03, 5), (0.002, keymap.ENTER)]:
        at += gap
        for event in tap(code):
            labels += decoder.feed(*event, at=at)

    assert [label.arrival for label in labels] == [Arrival(4.0, 30.0, "suffix", caps=True)]


def test_a_modifier_whose_release_was_lost_is_up_again_after_a_second() -> None:
    decoder = EventDecoder()

    assert after_pauses(decoder, down(SHIFT)) == []

    assert after_pauses(decoder, events_of("r1\r")) == [Label("r1")]


def test_the_keys_that_are_down_are_asked_for_after_events_were_lost() -> None:
    decoder = EventDecoder(held_keys=lambda: [SHIFT, 30])
    typed = [*DROPPED, *REPORT, *tap(19), *tap(keymap.ENTER)]

    assert [label for event in typed for label in decoder.feed(*event)] == [
        Label("R", "dropped_events")
    ]


def test_a_label_whose_end_was_lost_too_is_told_after_a_pause_and_the_next_is_whole() -> None:
    decoder = EventDecoder()
    labels = after_pauses(decoder, events_of("3000") + DROPPED + REPORT)

    assert labels == [Label("3000", "dropped_events")]
    assert after_pauses(decoder, events_of("30000002\r")) == [Label("30000002")]


def test_a_report_that_never_comes_after_a_loss_is_not_waited_for() -> None:
    decoder = EventDecoder()

    assert after_pauses(decoder, DROPPED) == [Label("", "dropped_events")]
    assert after_pauses(decoder, events_of("30000002\r")) == [Label("30000002")]


@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 4, 17]), st.integers(0, 767), st.integers(0, 3)),
        max_size=200,
    ),
    st.sampled_from(get_args(LayoutName)),
)
def test_a_label_follows_any_events_whatever_they_were(events: Events, layout: LayoutName) -> None:
    decoder = EventDecoder(layout=layout)
    after_pauses(decoder, events)
    decoder.after_quiet()
    typed = [event for char in "30000001" for event in typed_on(Keymap(layout), char)]

    assert after_pauses(decoder, typed + tap(keymap.ENTER)) == [Label("30000001")]
