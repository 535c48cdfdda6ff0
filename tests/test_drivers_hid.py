"""Event devices found, opened, grabbed and lost."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from drivers_rigs import (
    ALL_KEYS,
    NOON,
    Events,
    FakeInputDevice,
    HidRig,
    Make,
    Watched,
    add_node,
    events_of,
    raising,
)
from evdev import InputEvent

from drivers.faults import DeviceFault, Trouble
from drivers.scanners.event_devices import EventDevice, find_event_devices, typing_devices
from drivers.scanners.hid import HidScanner
from drivers.scanners.label import Label
from drivers.scanners.reading import Reading

DROPPED: Events = [(0, 3, 0)]
REPORT: Events = [(0, 0, 0)]


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


class Seconds:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at


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

    with pytest.raises(
        DeviceFault, match="Another program has grabbed it: is a second desk running"
    ) as fault:
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


def test_a_key_that_is_stuck_is_told_and_the_scanner_is_read_without_the_grab(
    device: FakeInputDevice,
) -> None:
    device.held_keys = [28]
    clock = Seconds()
    scanner = HidScanner("/dev/input/event7", opener=lambda _path: device, now=clock.now)
    scanner.open()
    assert scanner.trouble is None

    clock.at += 2
    scanner.read(0)

    assert device.grabs == 0
    assert scanner.trouble == Trouble(
        "stuck_key",
        "hid /dev/input/event7 is read but not grabbed: its key 28 has been down since it was "
        "opened.",
    )
    device.held_keys = []
    scanner.read(0)
    assert (device.grabs, scanner.trouble) == (1, None)


def test_a_device_of_another_make_in_its_place_is_neither_read_nor_grabbed(tmp_path: Path) -> None:
    rig = HidRig(tmp_path)
    scanner = HidScanner("/dev/input/event7", opener=rig.open_device)
    scanner.open()
    scanner.close()
    rig.make = Make(0x046D, 0xC31C)

    with pytest.raises(DeviceFault) as fault:
        scanner.open()

    assert fault.value.cause == "missing"
    assert str(fault.value) == (
        "Not touched: at /dev/input/event7 is 046d:c31c (Scanner), not the scanner 1a86:e026."
    )
    assert rig.device is not None
    assert rig.device.grabs == 0
    scanner.close()
    rig.close()


def test_at_a_path_the_make_that_is_set_must_be(tmp_path: Path) -> None:
    rig = HidRig(tmp_path)
    scanner = HidScanner("/dev/input/event7", 0x0C2E, 0x0B61, opener=rig.open_device)

    with pytest.raises(DeviceFault, match=r"Not touched: .* not the scanner 0c2e:0b61\."):
        scanner.open()

    scanner.close()
    rig.close()


def test_a_scanner_is_read_again_under_a_new_event_number(tmp_path: Path) -> None:
    sys_input = tmp_path / "input"
    add_node(sys_input, "event3", usb=SCANNER, phys="usb-1.3/input0", keys=ALL_KEYS)
    rig = HidRig(tmp_path)
    scanner = HidScanner(vendor=0x1A86, product=0xE026, opener=rig.open_device, sys_input=sys_input)
    watched = Watched(scanner)
    watched.start_and_wait_until_up()

    rig.unplug()
    (sys_input / "event3").rename(sys_input / "event17")
    assert watched.next_state() == (False, "gone")
    rig.plug()
    while watched.next_state() != (True, None):
        pass
    rig.send("30000001\r")

    assert watched.next_reading() == Reading("30000001", NOON)
    assert rig.opened[-1] == "/dev/input/event17"
    watched.thread.stop()
    rig.close()


@pytest.mark.parametrize("number", [errno.ENODEV, errno.EIO])
def test_an_unplugged_device_is_gone_and_its_descriptor_closed(
    device: FakeInputDevice, number: int
) -> None:
    rig_fd = device.fileno()
    scanner = opened(device)
    device.read_error = OSError(number, "No such device")
    device.make_readable()

    with pytest.raises(DeviceFault) as fault:
        scanner.read(1)
    scanner.close()

    assert fault.value.cause == "gone"
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(rig_fd)


def test_a_device_that_is_gone_is_not_asked_again_and_again(tmp_path: Path) -> None:
    rig = HidRig(tmp_path)
    reads = 0

    def opener(path: str) -> FakeInputDevice:
        device = rig.open_device(path)
        read = device.read

        def counted() -> Iterator[InputEvent]:
            nonlocal reads
            reads += 1
            return read()

        device.read = counted  # type: ignore[method-assign]
        return device

    watched = Watched(HidScanner("/dev/input/event7", opener=opener))
    watched.start_and_wait_until_up()

    rig.unplug()
    assert watched.next_state() == (False, "gone")
    watched.thread.stop()

    assert reads == 1


def test_a_label_without_a_suffix_is_read_after_a_pause(tmp_path: Path) -> None:
    rig = HidRig(tmp_path)
    scanner = HidScanner("/dev/input/event7", opener=rig.open_device, suffix="none")
    scanner.open()
    rig.send("30000001")
    began = time.monotonic()

    labels = scanner.read(2)

    assert labels == [Label("30000001")]
    assert 0.06 <= time.monotonic() - began < 1
    scanner.close()
    rig.close()


def test_of_equal_scanners_the_one_at_the_port_is_taken(tmp_path: Path) -> None:
    for name, phys in (("event3", "usb-1.3/input0"), ("event9", "usb-1.2/input0")):
        add_node(tmp_path, name, usb=SCANNER, phys=phys, keys=ALL_KEYS)
    rig = HidRig(tmp_path)

    for phys in ("usb-1.3/input0", "usb-1.2/input0", "usb-1.3/input0"):
        scanner = HidScanner(
            vendor=0x1A86,
            product=0xE026,
            phys=phys,
            opener=rig.open_device,
            sys_input=tmp_path,
        )
        scanner.open()
        scanner.close()

    assert rig.opened == ["/dev/input/event3", "/dev/input/event9", "/dev/input/event3"]


def test_a_link_by_id_that_several_scanners_share_is_told(tmp_path: Path) -> None:
    for name, phys in (("event3", "usb-1.3/input0"), ("event9", "usb-1.2/input0")):
        add_node(tmp_path, name, usb=SCANNER, phys=phys, keys=ALL_KEYS)
    rig = HidRig(tmp_path)
    scanner = HidScanner("/dev/input/by-id/usb-scanner", opener=rig.open_device, sys_input=tmp_path)

    scanner.open()

    assert scanner.name == (
        "hid /dev/input/by-id/usb-scanner (one of 2 alike; take its link in by-path)"
    )
    scanner.close()


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


SCANNER = ("1a86", "e026")


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


def test_what_types_is_listed_with_what_tells_it_apart(tmp_path: Path) -> None:
    where = "usb-1.3/input0"
    add_node(tmp_path, "event3", usb=SCANNER, phys=where, keys=ALL_KEYS, name="Scanner")
    add_node(tmp_path, "event5", usb=SCANNER, phys="usb-1.1/input0", keys="10000ffc")

    assert typing_devices(tmp_path) == [
        EventDevice("/dev/input/event5", "", 0x1A86, 0xE026, "usb-1.1/input0", False),
        EventDevice("/dev/input/event3", "Scanner", 0x1A86, 0xE026, "usb-1.3/input0", True),
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
