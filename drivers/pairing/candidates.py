"""Devices that may be scanners, and the names by which each is found again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from drivers.scanners.event_devices import SYS_INPUT, typing_devices

DEV = Path("/dev")
_PORTS = ("ttyUSB*", "ttyACM*")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A device that may be a scanner; a keyboard looks just the same until it speaks.

    `node` is what it is called now, `link` a name that it keeps, None where there is none. Of the
    devices that are alike in make and have no link of their own, `phys` tells the port.
    """

    driver: Literal["hid", "serial"]
    node: str
    link: str | None
    title: str
    vendor: int | None = None
    product: int | None = None
    phys: str | None = None


def candidates(dev: Path = DEV, sys_input: Path = SYS_INPUT) -> list[Candidate]:
    """List what may be a scanner: devices that type, then serial ports."""
    return [*_typing(dev, sys_input), *_ports(dev)]


def _typing(dev: Path, sys_input: Path) -> Iterator[Candidate]:
    devices = typing_devices(sys_input)
    makes = Counter((one.vendor, one.product) for one in devices)
    by_id, by_path = _links(dev / "input" / "by-id"), _links(dev / "input" / "by-path")
    for one in devices:
        node = dev / "input" / Path(one.path).name
        is_alone = makes[one.vendor, one.product] == 1
        # Equal devices without a serial number fight over one link by id.
        link = (by_id.get(node.name) if is_alone else None) or by_path.get(node.name)
        phys = None if is_alone or link is not None else one.phys
        yield Candidate("hid", str(node), link, one.name, one.vendor, one.product, phys)


def _ports(dev: Path) -> Iterator[Candidate]:
    by_id, by_path = _links(dev / "serial" / "by-id"), _links(dev / "serial" / "by-path")
    nodes = {path.name for pattern in _PORTS for path in dev.glob(pattern)}
    names = sorted(nodes | by_id.keys() | by_path.keys())
    has_own = all(name in by_id for name in names)
    for name in names:
        link = (by_id.get(name) if has_own else None) or by_path.get(name) or by_id.get(name)
        title = Path(by_id[name]).name if name in by_id else name
        yield Candidate("serial", str(dev / name), link, title)


def _links(folder: Path) -> dict[str, str]:
    """Map the names of nodes to the links that lead to them."""
    found: dict[str, str] = {}
    try:
        links = sorted(folder.iterdir())
    except OSError:
        return found
    for link in links:
        # Newer systems add links named after the USB revision; the older names are shorter.
        name = link.resolve().name
        if name not in found or len(str(link)) < len(found[name]):
            found[name] = str(link)
    return found
