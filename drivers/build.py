"""Pick a driver by its name, importing the libraries of no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from drivers.printers.printing import Printer
from drivers.printers.status import ORDINARY, Manners
from drivers.scanners.encoding import Encoding
from drivers.scanners.frames import Suffix
from drivers.scanners.layouts import LayoutName
from drivers.scanners.reading import Scanner

if TYPE_CHECKING:
    from drivers.printers.serial import Flow


def scanner_from(
    driver: str,
    *,
    port: str | None = None,
    baud: int = 9600,
    dtr: bool = True,
    rts: bool = True,
    feedback: str = "off",
    suffix: Suffix = "any",
    encoding: Encoding = "auto",
    path: str | None = None,
    vendor: int | None = None,
    product: int | None = None,
    phys: str | None = None,
    layout: LayoutName = "us",
    stream: BinaryIO | None = None,
) -> Scanner:
    """Build a scanner, not yet open: "serial" (port), "hid" (path, or vendor and product), "stdin".

    "keyboard" has none: the application feeds a `KeyBuffer`. `stream` stands in for stdin.

    Raises: ValueError for an unknown driver or one without what it needs.
    """
    match driver:
        case "serial":
            from drivers.scanners.serial_port import Lines, SerialScanner

            return SerialScanner(
                _needed(port, "serial scanner", "port"),
                baud,
                suffix=suffix,
                encoding=encoding,
                lines=Lines(dtr, rts),
                feedback=feedback,
            )
        case "hid":
            from drivers.scanners.hid import HidScanner

            return HidScanner(
                path,
                vendor,
                product,
                phys=phys,
                layout=layout,
                suffix=suffix,
                encoding=encoding,
            )
        case "stdin":
            import sys

            from drivers.scanners.stdin import LineScanner

            return LineScanner(stream or sys.stdin.buffer, encoding=encoding)
    raise ValueError(f"no scanner driver {driver!r}: expected serial, hid or stdin")


def printer_from(
    driver: str,
    *,
    path: str | None = None,
    port: str | None = None,
    baud: int = 9600,
    host: str | None = None,
    tcp_port: int = 9100,
    flow: Flow = "none",
    manners: Manners = ORDINARY,
) -> Printer | None:
    """Build a printer: "usb" (path), "serial" (port), "network" (host), "file" (path), or "none".

    `manners` says how its model answers.

    Raises: ValueError for an unknown driver or one without what it needs.
    """
    match driver:
        case "usb":
            from drivers.printers.usb import UsbPrinter

            return UsbPrinter(_needed(path, "usb printer", "path"), manners=manners)
        case "serial":
            from drivers.printers.serial import SerialPrinter

            at = _needed(port, "serial printer", "port")
            return SerialPrinter(at, baud, flow=flow, manners=manners)
        case "network":
            from drivers.printers.network import NetworkPrinter

            at = _needed(host, "network printer", "host")
            return NetworkPrinter(at, tcp_port, manners=manners)
        case "file":
            from drivers.printers.file import FilePrinter

            return FilePrinter(_needed(path, "file printer", "path"))
        case "none":
            return None
    raise ValueError(f"no printer driver {driver!r}: expected usb, serial, network, file or none")


def _needed(value: str | None, device: str, key: str) -> str:
    if not value:
        raise ValueError(f"a {device} needs a {key}")
    return value
