"""Key events into labels, and event devices found, opened and grabbed."""

from __future__ import annotations

import errno
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from drivers_rigs import NOON, FakeInputDevice, HidRig, Watched, down, events_of, raising, tap, up
from evdev import ecodes
from hypothesis import given
from hypothesis import strategies as st

from drivers import keymap
from drivers.faults import DeviceFault
from drivers.hid import EventDecoder, HidScanner, find_event_devices
from drivers.reading import Reading

Events = list[tuple[int, int, int]]

DROPPED: Events = [(0, 3, 0)]
REPORT: Events = [(0, 0, 0)]
ALT = keymap.LEFT_ALT
CTRL = 29
PRINTABLE = string.ascii_letters + string.digits + string.punctuation + " "


def labels_of(events: Events, *, caps: bool = False) -> list[tuple[str, str | None]]:
    decoder = EventDecoder(lambda: caps)
    return [label for event in events for label in decoder.feed(*event)]


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

    assert labels == [("", "dropped_events"), ("R1", None)]


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
    for code, char in keymap.PLAIN.items():
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


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOENT, "missing"),
        (errno.EACCES, "denied"),
        (errno.ENODEV, "gone"),
        (errno.ENOTTY, "error"),
    ],
)
def test_what_stops_it_from_opening_is_told_apart(number: int, cause: str) -> None:
    scanner = HidScanner("/dev/input/event7", opener=raising(OSError(number, "no")))

    with pytest.raises(DeviceFault) as fault:
        scanner.open()

    assert fault.value.cause == cause
    assert "/dev/input/event7" in str(fault.value)


def opened(device: FakeInputDevice, *, grab: bool = True) -> HidScanner:
    scanner = HidScanner("/dev/input/event7", grab=grab, opener=lambda _path: device)
    scanner.open()
    return scanner


@pytest.fixture
def device(tmp_path: Path) -> Iterator[FakeInputDevice]:
    rig = HidRig(tmp_path)
    yield rig.open_device("/dev/input/event7")
    rig.close()


def test_a_scanner_that_another_program_owns_is_busy(device: FakeInputDevice) -> None:
    device.grab_error = OSError(errno.EBUSY, "Device or resource busy")

    with pytest.raises(DeviceFault, match=r"Another program owns the scanner\.") as fault:
        opened(device)

    assert fault.value.cause == "busy"


def test_the_grab_waits_until_no_key_is_held(device: FakeInputDevice) -> None:
    device.held_keys = [28]
    scanner = opened(device)
    assert device.grabs == 0

    device.held_keys = []
    scanner.read(0)
    scanner.read(0)

    assert device.grabs == 1


def test_the_grab_does_not_wait_for_ever_for_a_stuck_key(device: FakeInputDevice) -> None:
    device.held_keys = [28]
    scanner = opened(device)

    for _ in range(20):
        scanner.read(0)

    assert device.grabs == 1


def test_without_the_grab_others_see_the_keys_too(device: FakeInputDevice) -> None:
    opened(device, grab=False).read(0)

    assert device.grabs == 0


def test_labels_survive_an_overrun_of_the_kernels_buffer(tmp_path: Path) -> None:
    rig = HidRig(tmp_path)
    watched = Watched(rig.scanner)
    watched.start_and_wait_until_up()

    rig.send("30000001\r3000")
    rig.send_events(DROPPED + events_of("00") + REPORT)
    rig.send("01\r30000002\r")

    assert [watched.next_reading() for _ in range(3)] == [
        Reading("30000001", NOON),
        Reading("3000001", NOON, "dropped_events"),
        Reading("30000002", NOON),
    ]
    watched.thread.stop()
    rig.close()


def add_node(root: Path, name: str, *, usb: tuple[str, str], phys: str, keys: str) -> None:
    device = root / name / "device"
    (device / "id").mkdir(parents=True)
    (device / "capabilities").mkdir()
    (device / "id" / "vendor").write_text(usb[0] + "\n")
    (device / "id" / "product").write_text(usb[1] + "\n")
    (device / "phys").write_text(phys + "\n")
    (device / "capabilities" / "key").write_text(keys + "\n")


SCANNER = ("1a86", "e026")
ALL_KEYS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"


def test_a_scanner_is_found_by_vendor_and_product_in_the_order_of_ports(tmp_path: Path) -> None:
    add_node(tmp_path, "event3", usb=SCANNER, phys="usb-1.3/input0", keys=ALL_KEYS)
    add_node(tmp_path, "event9", usb=SCANNER, phys="usb-1.2/input0", keys=ALL_KEYS)
    add_node(tmp_path, "event4", usb=SCANNER, phys="usb-1.1/input1", keys="c000 0 0 0")
    add_node(tmp_path, "event5", usb=("046d", "c31c"), phys="usb-1.0/input0", keys=ALL_KEYS)
    (tmp_path / "event6").mkdir()

    assert find_event_devices(0x1A86, 0xE026, sys_input=tmp_path) == [
        "/dev/input/event9",
        "/dev/input/event3",
    ]


def test_of_two_equal_scanners_the_first_is_taken_and_its_name_says_so(tmp_path: Path) -> None:
    for name, phys in (("event3", "usb-1.3/input0"), ("event9", "usb-1.2/input0")):
        add_node(tmp_path, name, usb=SCANNER, phys=phys, keys=ALL_KEYS)
    rig = HidRig(tmp_path)
    scanner = HidScanner(vendor=0x1A86, product=0xE026, opener=rig.open_device, sys_input=tmp_path)
    assert scanner.name == "hid 1a86:e026"

    scanner.open()

    assert scanner.name == (
        "hid 1a86:e026 at /dev/input/event9 (the first of 2 alike; give each its path)"
    )


def test_a_scanner_that_is_not_plugged_in_is_missing(tmp_path: Path) -> None:
    scanner = HidScanner(vendor=0x1A86, product=0xE026, sys_input=tmp_path)

    with pytest.raises(DeviceFault, match="No keyboard-like device 1a86:e026 is") as f:
        scanner.open()

    assert f.value.cause == "missing"


def test_a_scanner_needs_a_path_or_a_vendor_and_a_product() -> None:
    with pytest.raises(ValueError, match="needs a path, or a vendor and a product"):
        HidScanner(vendor=0x1A86)
