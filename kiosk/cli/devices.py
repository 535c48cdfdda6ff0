"""Builds the scanners and the printer that the settings name."""

from __future__ import annotations

from drivers.build import printer_from, scanner_from
from drivers.printing import Printer
from drivers.reading import Scanner
from kiosk.settings import Settings
from kiosk.settings.model import Scanner as ScannerSettings


class Devices:
    """The devices of the settings; the demo has simulated ones in their place."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scanner(self, one: ScannerSettings) -> Scanner | None:
        """Build a scanner; the keyboard has none: the screen hands its keys over."""
        if one.driver == "keyboard":
            return None
        return scanner_from(
            one.driver,
            port=one.port,
            baud=one.baud,
            dtr=one.dtr,
            rts=one.rts,
            feedback=one.feedback,
            suffix=one.suffix,
            encoding=one.encoding,
            path=one.path,
            vendor=one.vendor,
            product=one.product,
            phys=one.phys,
            layout=one.layout,
        )

    def printer(self) -> Printer | None:
        """Build the printer, None for driver `none`."""
        one = self._settings.printer
        return printer_from(
            one.driver,
            path=one.path,
            port=one.port,
            baud=one.baud,
            host=one.host,
            tcp_port=one.tcp_port,
        )
