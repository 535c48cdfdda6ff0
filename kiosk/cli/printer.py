"""`kiosk printer test`: a slip that shows what the printer can do, and settings to paste."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from drivers.faults import DeviceFault
from drivers.printers.printing import Printer, Probe, Sent
from drivers.printers.status import Condition, condition_of
from kiosk.cli.device_checks import advised
from kiosk.cli.devices import Devices, manners_of
from kiosk.errors import KioskError, LedgerError, UsageError
from kiosk.ledger.connection import only_one_desk
from kiosk.settings import Settings, load
from kiosk.settings.model import Printer as PrinterSettings
from kiosk.settings.template import toml
from kiosk.wording import Words
from receipts.escpos import Paper
from receipts.models import GENERIC, Model, model
from receipts.raster import FontFault, Painter
from receipts.selftest import RULERS, SelfTest, self_test

_KEYS: Final = {
    "usb": ("path",),
    "serial": ("port", "baud", "flow"),
    "network": ("host", "tcp_port"),
    "file": ("path",),
}
_JOBS_REPORTED: Final = "epson"
_NEVER_ASKED: Final = "silent"
_NEAR_END_SWAPPED: Final = "snbc-ur056"


def printer(arguments: Namespace) -> int:
    """Print the self-test slip and write what was learned; 1 when it cannot have been printed."""
    assert arguments.what == "test"
    settings = load(arguments.config)
    with _printer_to_itself(settings):
        device = Devices(settings).printer()
        if device is None:
            raise UsageError('The settings name no printer: [printer] driver is "none".')
        try:
            return try_out(device, settings)
        except DeviceFault as fault:
            raise KioskError(advised("printer", fault, settings.words())) from fault
        finally:
            device.close()


@contextmanager
def _printer_to_itself(settings: Settings) -> Iterator[None]:
    """Keep a desk from starting meanwhile; one that runs owns the printer.

    Raises: KioskError.
    """
    if not settings.database_path.parent.is_dir():
        yield
        return
    lock = only_one_desk(settings.database_path)
    try:
        lock.__enter__()
    except LedgerError as fault:
        if not isinstance(fault.__cause__, BlockingIOError):
            raise
        raise KioskError(
            f"The desk on {settings.database_path} is running and owns the printer. Stop it first, "
            "for example with `systemctl stop kiosk`; nothing was printed."
        ) from fault
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def try_out(device: Printer, settings: Settings) -> int:
    """Print the slip on a device and write what was learned.

    Raises: DeviceFault.
    """
    probe = device.probe()
    for line in _answers(probe):
        _tell(line)
    sent: Sent | None = None
    fault: DeviceFault | None = None
    try:
        sent = device.send(_job(settings, probe))
    except DeviceFault as found:
        fault = found
    sys.stdout.write(_learned(settings, probe))
    if fault is not None:
        raise fault
    assert sent is not None
    return _verdict(device.name, sent, probe)


def _verdict(name: str, sent: Sent, probe: Probe) -> int:
    if sent.confirmed:
        _tell(f"{name} says that the slip is printed. Compare it with what it says.")
        return 0
    if probe.reports_end or sent.condition.stops:
        _tell(f"{name} took the slip and does not say that it is printed: {sent.detail}.")
        return 1
    _tell(f"{name} took the slip and never answers: only the slip itself shows if it works.")
    return 0


def _job(settings: Settings, probe: Probe) -> bytes:
    one, painter = settings.printer, None
    if one.font is not None:
        try:
            painter = Painter(one.font)
        except FontFault as fault:
            _tell(str(fault))
    paper = Paper(one.columns, one.cut, model(one.model), painter)
    return self_test(paper, _words(settings.words(), one, probe))


def _words(words: Words, one: PrinterSettings, probe: Probe) -> SelfTest:
    tr = words.tr
    answers = tuple(_answers(probe)) or (tr("it answers nothing"),)
    return SelfTest(
        title=f"{tr('Printer test')} {one.model} {one.columns}",
        starts=tr("= starts in Chinese mode"),
        chinese=tr("Chinese mode: all below must be readable."),
        ruler=tr("The longest ruler that is not broken tells the columns:"),
        sizes=(tr("plain"), tr("tall"), tr("double")),
        characters=tr("Characters of GB 2312, of GBK, rare ones:"),
        frame=tr("A closed frame, as wide as the line:"),
        codes=tr("A scanner reads both codes:"),
        answers=(tr("What the printer answers:"), *answers),
        end=tr("The paper is cut below.") if one.cut else tr("Tear the paper below."),
    )


def _answers(probe: Probe) -> Iterator[str]:
    """Say what came back, in figures: a maker's manual tells them."""
    for number, byte in sorted(probe.status.items()):
        yield f"DLE EOT {number} = {byte:02X}"
    if probe.reports_end:
        yield "GS r 1"
    if probe.reports_job:
        yield "GS ( H"


def _learned(settings: Settings, probe: Probe) -> str:
    """Write the table to paste, each line that a person has to check with what to look for."""
    one = settings.printer
    kept = {key: getattr(one, key) for key in ("driver", *_KEYS[one.driver])}
    if one.driver == "file":
        learned: dict[str, Any] = {"model": one.model}
    else:
        learned = {"model": _model_for(one, probe).name, "status": sorted(probe.status)}
    values = {**kept, **learned, "columns": one.columns, "cut": one.cut}
    # Whatever else the school has set stays as it is, when this table takes the other's place.
    own = one.model_dump(exclude_defaults=True)
    values |= {key: value for key, value in own.items() if key not in values and key != "status"}
    rulers = ", ".join(str(columns) for columns in RULERS)
    notes = {
        "columns": f"the longest ruler on one line: {rulers}",
        "cut": "false if the paper was not cut, or letters stand there instead",
        "model": _model_note(one, probe),
    }
    lines = ["[printer]"]
    for key, value in values.items():
        note = notes.get(key, "")
        lines.append(f"{key} = {toml(value)}" + (f"  # {note}" if note else ""))
    return "".join(f"{line}\n" for line in lines)


def _model_for(one: PrinterSettings, probe: Probe) -> Model:
    if one.model == GENERIC and probe.reports_job:
        return model(_JOBS_REPORTED)
    if one.model == GENERIC and not probe.status and not probe.reports_end:
        return model(_NEVER_ASKED)
    return model(one.model)


def _model_note(one: PrinterSettings, probe: Probe) -> str:
    said = condition_of(probe.status, manners_of(model(one.model), None))
    if said == Condition(speaks=True, cause="paper_low"):
        return f'it says that paper is low; if the roll is new: model = "{_NEAR_END_SWAPPED}"'
    if said.cause is not None:
        return f"it says: {said.cause.replace('_', ' ')}"
    if not probe.status and one.driver != "file":
        return "it does not say how it is; a cable may carry one way only"
    return ""


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
