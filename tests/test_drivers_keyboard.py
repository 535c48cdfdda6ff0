"""Keys from a terminal as labels."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from drivers_rigs import NOON

from drivers.scanners.keyboard import KeyBuffer
from drivers.scanners.label import Arrival
from drivers.scanners.reading import Reading


class Clock:
    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def type_in(keys: KeyBuffer, text: str) -> list[Reading]:
    names = {"\r": "enter", "\t": "tab", "\n": "ctrl+j"}
    pressed = [keys.press(names.get(char, char), char) for char in text]
    return [reading for reading in pressed if reading is not None]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(clock: Clock) -> KeyBuffer:
    return KeyBuffer(clock)


def test_a_burst_of_labels_arrives_whole_and_in_order(keys: KeyBuffer) -> None:
    labels = [f"R{n:06}" for n in range(100)]

    assert type_in(keys, "".join(label + "\r" for label in labels)) == [
        Reading(label, NOON) for label in labels
    ]
    assert keys.pending == ""


@pytest.mark.parametrize("end", ["enter", "tab", "ctrl+m", "ctrl+j", "ctrl+i"])
def test_every_line_end_ends_a_label_and_an_empty_one_vanishes(keys: KeyBuffer, end: str) -> None:
    type_in(keys, "30000001")

    assert keys.press(end, None) == Reading("30000001", NOON)
    assert keys.press(end, None) is None


def test_what_is_typed_can_be_seen_and_taken_back(keys: KeyBuffer) -> None:
    type_in(keys, "R00000")
    keys.press("backspace", "\x7f")
    assert keys.pending == "R0000"

    keys.press("escape", "\x1b")

    assert keys.pending == ""
    assert keys.press("enter", "\r") is None


def test_keys_that_type_nothing_change_nothing(keys: KeyBuffer) -> None:
    for key, character in [("up", None), ("f1", None), ("ctrl+c", "\x03"), ("delete", None)]:
        assert keys.press(key, character) is None

    assert keys.pending == ""


def test_full_width_characters_and_gs1_separators_are_kept(keys: KeyBuffer) -> None:
    assert type_in(keys, "３０\x1d1王\r") == [Reading("３０\x1d1王", NOON)]


def test_pasted_lines_are_labels_and_the_rest_waits(keys: KeyBuffer) -> None:
    type_in(keys, "R0")

    assert keys.paste("00001\r\n30000001\n\n3000") == [
        Reading("R000001", NOON),
        Reading("30000001", NOON),
    ]
    assert keys.pending == "3000"


def test_half_a_label_is_forgotten_after_a_while(keys: KeyBuffer, clock: Clock) -> None:
    type_in(keys, "3000")
    clock.advance(29)
    type_in(keys, "00")
    clock.advance(30)
    assert keys.pending == "300000"

    clock.advance(1)

    assert keys.pending == ""
    assert type_in(keys, "30000001\r") == [Reading("30000001", clock.at)]


def test_ten_thousand_characters_are_one_fault(keys: KeyBuffer) -> None:
    typed = type_in(keys, "7" * 10_000 + "\r30000001\r")

    assert typed == [Reading("7" * 200, NOON, "too_long"), Reading("30000001", NOON)]
    assert keys.paste("7" * 10_000 + "\n") == [Reading("7" * 200, NOON, "too_long")]


def test_a_label_is_stamped_when_it_ends(keys: KeyBuffer, clock: Clock) -> None:
    type_in(keys, "30000001")
    clock.advance(3)

    assert keys.press("enter", "\r") == Reading("30000001", NOON + timedelta(seconds=3))


def test_how_a_label_was_typed_is_told_with_it(keys: KeyBuffer, clock: Clock) -> None:
    reading = None
    for key, gap in (("3", 0.0), ("0", 0.002), ("1", 0.05), ("enter", 0.004)):
        clock.advance(gap)
        reading = keys.press(key, key)

    assert reading is not None
    assert reading.arrival == Arrival(4.0, 50.0)
    assert type_in(keys, "7\r")[0].arrival == Arrival(0.0, 0.0)


def test_a_payload_of_300_characters_is_whole(keys: KeyBuffer) -> None:
    payload = ("https://school.cn/王小明?" * 20)[:300]

    assert type_in(keys, payload + "\r") == [Reading(payload, NOON)]
