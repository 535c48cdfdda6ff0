"""Drivers by name."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from drivers.build import printer_from, scanner_from


def test_scanners_are_built_by_name_and_not_opened() -> None:
    names = [
        scanner_from("serial", port="/dev/ttyUSB0").name,
        scanner_from("hid", path="/dev/input/event7").name,
        scanner_from("hid", vendor=0x1A86, product=0xE026).name,
        scanner_from("stdin", stream=io.BytesIO()).name,
    ]

    assert names == ["serial /dev/ttyUSB0", "hid /dev/input/event7", "hid 1a86:e026", "stdin"]


def test_printers_are_built_by_name_and_not_opened() -> None:
    printers = [
        printer_from("usb", path="/dev/usb/lp0"),
        printer_from("serial", port="/dev/ttyS0", baud=19200),
        printer_from("network", host="10.0.0.9"),
        printer_from("file", path="slips.bin"),
    ]

    assert [printer and printer.name for printer in printers] == [
        "usb /dev/usb/lp0",
        "serial /dev/ttyS0",
        "network 10.0.0.9:9100",
        "file slips.bin",
    ]
    assert printer_from("none") is None


@pytest.mark.parametrize(
    ("driver", "message"),
    [
        ("serial", "a serial scanner needs a port"),
        ("hid", "a hid scanner needs a path, or a vendor and a product"),
        ("keyboard", "no scanner driver 'keyboard': expected serial, hid or stdin"),
    ],
)
def test_a_scanner_without_what_it_needs_is_refused(driver: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        scanner_from(driver)


@pytest.mark.parametrize(
    ("driver", "message"),
    [
        ("usb", "a usb printer needs a path"),
        ("serial", "a serial printer needs a port"),
        ("network", "a network printer needs a host"),
        ("file", "a file printer needs a path"),
        ("fax", "no printer driver 'fax': expected usb, serial, network, file or none"),
    ],
)
def test_a_printer_without_what_it_needs_is_refused(driver: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        printer_from(driver)


def test_picking_drivers_imports_no_library_before_a_device_is_opened() -> None:
    code = (
        "import sys; from drivers.build import *;"
        "scanner_from('serial', port='x'); scanner_from('hid', path='x');"
        "scanner_from('stdin'); printer_from('serial', port='x'); printer_from('usb', path='x');"
        "print([m for m in ('serial', 'evdev', 'escpos', 'asyncio') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
