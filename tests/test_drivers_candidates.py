"""Devices that may be scanners, by names that they keep."""

from __future__ import annotations

from pathlib import Path

from drivers_rigs import ALL_KEYS, add_node

from drivers.pairing.candidates import Candidate, candidates

SCANNER = ("1a86", "e026")
OTHER = ("0c2e", "0b61")


def link(dev: Path, name: str, target: str) -> str:
    path = dev / name
    path.parent.mkdir(parents=True, exist_ok=True)
    node = dev / target
    node.parent.mkdir(parents=True, exist_ok=True)
    node.touch()
    path.symlink_to(node)
    return str(path)


def test_a_device_that_is_alone_keeps_its_name_wherever_it_is_plugged_in(tmp_path: Path) -> None:
    dev, sys_input = tmp_path / "dev", tmp_path / "sys"
    add_node(sys_input, "event3", usb=SCANNER, phys="usb-1.3/input0", keys=ALL_KEYS, name="Scan")
    by_id = link(dev, "input/by-id/usb-Scan-event-kbd", "input/event3")
    link(dev, "input/by-path/pci-usb-0:1.3-event-kbd", "input/event3")

    assert candidates(dev, sys_input) == [
        Candidate("hid", str(dev / "input/event3"), by_id, "Scan", 0x1A86, 0xE026)
    ]


def test_equal_devices_are_told_apart_by_the_port_they_are_in(tmp_path: Path) -> None:
    dev, sys_input = tmp_path / "dev", tmp_path / "sys"
    for name, phys in (("event3", "usb-1.3/input0"), ("event9", "usb-1.2/input0")):
        add_node(sys_input, name, usb=SCANNER, phys=phys, keys=ALL_KEYS)
    link(dev, "input/by-id/usb-Scan-event-kbd", "input/event9")
    by_path = link(dev, "input/by-path/pci-usb-0:1.3-event-kbd", "input/event3")
    link(dev, "input/by-path/pci-usbv2-0:1.3-event-kbd", "input/event3")

    with_link, without = sorted(candidates(dev, sys_input), key=lambda one: one.node)

    assert (with_link.link, with_link.phys) == (by_path, None)
    assert (without.link, without.phys) == (None, "usb-1.2/input0")


def test_serial_ports_are_listed_with_the_links_that_lead_to_them(tmp_path: Path) -> None:
    dev = tmp_path / "dev"
    by_id = link(dev, "serial/by-id/usb-Newland-if00", "ttyACM0")

    assert candidates(dev, tmp_path) == [
        Candidate("serial", str(dev / "ttyACM0"), by_id, "usb-Newland-if00")
    ]


def test_a_link_by_id_that_only_one_of_several_ports_has_is_not_trusted(tmp_path: Path) -> None:
    dev = tmp_path / "dev"
    link(dev, "serial/by-id/usb-CH340-if00", "ttyUSB1")
    first = link(dev, "serial/by-path/pci-usb-0:1.1", "ttyUSB0")
    second = link(dev, "serial/by-path/pci-usb-0:1.2", "ttyUSB1")

    assert [one.link for one in candidates(dev, tmp_path)] == [first, second]


def test_a_machine_without_devices_has_none(tmp_path: Path) -> None:
    assert candidates(tmp_path, tmp_path) == []
