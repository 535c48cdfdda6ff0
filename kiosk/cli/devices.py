"""Builds the scanners and the printer that the settings name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from drivers.build import printer_from, scanner_from
from drivers.printers.printing import Printer
from drivers.printers.status import Manners
from drivers.scanners.reading import Scanner
from kiosk.settings import Settings
from kiosk.settings.model import Scanner as ScannerSettings

if TYPE_CHECKING:
    from receipts.models import Model
    from receipts.press import Press


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
        from receipts.models import model

        one = self._settings.printer
        return printer_from(
            one.driver,
            path=one.path,
            port=one.port,
            baud=one.baud,
            host=one.host,
            tcp_port=one.tcp_port,
            flow=one.flow,
            manners=manners_of(model(one.model), one.status),
        )


def manners_of(model: Model, status: tuple[int, ...] | None) -> Manners:
    """Tell the driver how a model answers; `status` replaces the model's own numbers."""
    return Manners(
        model.status if status is None else status,
        paper_low=model.paper_low,
        paper_low_when=model.paper_low_when,
        paper_out=model.paper_out,
        reports_end=model.reports_end,
        reports_job=model.reports_job,
    )


def press_of(settings: Settings) -> Press:
    """Build what makes print jobs as the settings want them; a font at fault is told on stderr."""
    from receipts.models import model
    from receipts.press import Press

    one = settings.printer
    return Press(
        model(one.model),
        columns=one.columns,
        cut=one.cut,
        font=one.font,
        on_fault=lambda fault: print(fault, file=sys.stderr),
    )
