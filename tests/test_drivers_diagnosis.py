"""What one known label tells about the scanner that sent it."""

from __future__ import annotations

from typing import get_args

import pytest
from drivers_rigs import Events, down, events_of, tap, typed_on, up

from drivers.pairing.diagnosis import Diagnosis, Event, of_bytes, of_keys
from drivers.scanners import keymap
from drivers.scanners.keymap import Keymap
from drivers.scanners.layouts import LayoutName
from kiosk.reports.labels.scanner import GB18030_LABEL, KNOWN_LABELS, TEST_LABEL, UTF_8_LABEL


def timed(events: Events, *, every_s: float = 0.002) -> list[Event]:
    return [(*event, place * every_s) for place, event in enumerate(events)]


def typed_in(layout: LayoutName, text: str) -> Events:
    keys = Keymap(layout)
    return [event for char in text for event in typed_on(keys, char)]


ENTER = tap(keymap.ENTER)
CAPS = tap(keymap.CAPS_LOCK)


@pytest.mark.parametrize("layout", get_args(LayoutName))
def test_the_country_is_known_from_the_test_label(layout: LayoutName) -> None:
    events = timed(typed_in(layout, TEST_LABEL) + ENTER)

    assert of_keys(events, KNOWN_LABELS) == Diagnosis(TEST_LABEL, layout)


@pytest.mark.parametrize(
    ("events", "diagnosis"),
    [
        (events_of(TEST_LABEL), Diagnosis(TEST_LABEL, suffix="none")),
        (events_of(TEST_LABEL) + tap(keymap.TAB), Diagnosis(TEST_LABEL)),
        (CAPS + events_of(TEST_LABEL + "\r"), Diagnosis(TEST_LABEL, flaws=("caps",))),
        (events_of(TEST_LABEL.upper() + "\r"), Diagnosis(TEST_LABEL, flaws=("case",))),
        (events_of("]C0" + TEST_LABEL + "\r"), Diagnosis(TEST_LABEL)),
        (
            events_of("j" + TEST_LABEL + "\r"),
            Diagnosis(TEST_LABEL, flaws=("extra",), extra="j…"),
        ),
        (events_of("Aqzy-M#012356789\r"), Diagnosis(TEST_LABEL, flaws=("lost",))),
        (events_of(TEST_LABEL + "\r" + TEST_LABEL + "\r"), Diagnosis(TEST_LABEL, flaws=("twice",))),
        (events_of(TEST_LABEL * 2 + "\r"), Diagnosis(TEST_LABEL, flaws=("twice",))),
        (events_of("Aqzy-WM*0123456789\r"), Diagnosis(TEST_LABEL, flaws=("garbled",))),
        (events_of("U8--8U\r"), Diagnosis(UTF_8_LABEL, flaws=("chinese",))),
        (
            [*events_of("Aqzy-WM#01"), (0, 3, 0), (0, 0, 0), *events_of("56789\r")],
            Diagnosis(TEST_LABEL, flaws=("lost", "dropped")),
        ),
        (events_of("30000001\r"), None),
        (events_of("my password\r"), None),
        ([], None),
    ],
)
def test_what_is_wrong_is_known_from_the_keys(events: Events, diagnosis: Diagnosis | None) -> None:
    assert of_keys(timed(events), KNOWN_LABELS) == diagnosis


def test_caps_lock_that_was_on_before_is_known_too() -> None:
    events = timed(events_of(TEST_LABEL + "\r"))

    assert of_keys(events, KNOWN_LABELS, caps_is_on=True) == Diagnosis(TEST_LABEL, flaws=("caps",))


def test_a_label_at_hand_is_as_good_as_it_has_letters() -> None:
    assert of_keys(timed(events_of("30000001\r")), ["30000001"]) == Diagnosis("30000001")
    assert of_keys(timed(typed_in("fr", "30000001") + ENTER), ["30000001"]) == Diagnosis(
        "30000001", "fr"
    )


def test_what_a_person_types_is_no_label_even_if_it_is_one() -> None:
    assert of_keys(timed(events_of(TEST_LABEL + "\r"), every_s=0.04), KNOWN_LABELS) is None


def test_chinese_by_alt_numbers_is_whole() -> None:
    digits = {char: code for code, char in keymap.KEYPAD.items()}
    events: Events = []
    for byte in UTF_8_LABEL.encode():
        events += down(keymap.LEFT_ALT)
        events += [event for digit in str(byte) for event in tap(digits[digit])]
        events += up(keymap.LEFT_ALT)

    assert of_keys(timed(events + ENTER), KNOWN_LABELS) == Diagnosis(UTF_8_LABEL)


@pytest.mark.parametrize(
    ("data", "diagnosis"),
    [
        (f"{TEST_LABEL}\r\n".encode(), Diagnosis(TEST_LABEL)),
        (f"\x02{TEST_LABEL}\x03".encode(), Diagnosis(TEST_LABEL)),
        (TEST_LABEL.encode(), Diagnosis(TEST_LABEL, suffix="none")),
        (f"{UTF_8_LABEL}\r".encode(), Diagnosis(UTF_8_LABEL)),
        (f"{GB18030_LABEL}\r".encode("gb18030"), Diagnosis(GB18030_LABEL)),
        ("GB-é-BG\r".encode(), Diagnosis("GB-é-BG", encoding="utf-8")),
        (
            f"{UTF_8_LABEL}\r".encode("gb18030").decode("latin-1").encode(),
            Diagnosis(UTF_8_LABEL, flaws=("chinese",)),
        ),
        (f"{TEST_LABEL.swapcase()}\r".encode(), Diagnosis(TEST_LABEL, flaws=("caps",))),
        (b"\x00\xf8\x80\xfe\x80\x78\r\xf8", None),
        (b"30000001\r", None),
        (b"", None),
    ],
)
def test_what_is_wrong_is_known_from_the_bytes(data: bytes, diagnosis: Diagnosis | None) -> None:
    known = (
        [*KNOWN_LABELS, "GB-é-BG"] if diagnosis and diagnosis.label == "GB-é-BG" else KNOWN_LABELS
    )

    assert of_bytes(data, known) == diagnosis
