"""`kiosk run`: opens and closes everything, in one ordered function."""

from __future__ import annotations

import gc
import io
import logging
import logging.handlers
import os
import queue
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.reading import Reading, Scanner, ScannerThread
from kiosk.cli.devices import Devices
from kiosk.cli.open import REHEARSAL, clock_from, desktop_from, open_desk
from kiosk.desk.clock import Clock, SimulatedClock
from kiosk.desk.desk import Desk
from kiosk.desk.steps import Desktop
from kiosk.desk.thread import DeskThread, Line
from kiosk.domain import DeviceState, Hall, Outcome, OutcomeKind, Scan
from kiosk.errors import UsageError
from kiosk.ledger.connection import Ledger, only_one_desk
from kiosk.settings import Settings, load
from kiosk.settings.model import Scanner as ScannerSettings
from kiosk.wording import Words

if TYPE_CHECKING:
    from kiosk.desk.printing import PrinterThread
    from receipts.slip import Slip

log = logging.getLogger(__name__)

PRINTER_GRACE_S: Final = 10.0
_TURN_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class Audience:
    """Whoever is told what happens: the screen, or standard output."""

    on_outcomes: Callable[[list[Outcome]], None]
    on_device: Callable[[DeviceState], None]
    on_hall: Callable[[Hall], None] | None = None
    on_slip: Callable[[Slip], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Running:
    """A desk that takes scans."""

    settings: Settings
    words: Words
    clock: Clock
    desk: DeskThread


def run(arguments: Namespace) -> int:
    """Run the desk of the settings until it is told to stop."""
    settings = load(arguments.config)
    clock = clock_from(settings, arguments.clock)
    if arguments.headless:
        return _run_headless(settings, clock)
    from kiosk.cli.screen import run_screen

    _log_to_file(settings.database_path)
    return run_screen(settings, clock)


@contextmanager
def desk_running(
    settings: Settings,
    clock: Clock,
    audience: Audience,
    on_end: Callable[[], None],
    devices: Devices | None = None,
) -> Iterator[Running]:
    """Open the record, the desk, the scanners and the printer; close them in the other order.

    `on_end` is called when the only scanner has no more to read.
    Raises: LedgerError, UsageError.
    """
    # At 5 ms, Python's own, a scan waits several turns while a slip is laid out or a row painted.
    sys.setswitchinterval(_TURN_S)
    words = settings.words()
    desktop = desktop_from(settings, words)
    devices = devices or Devices(settings)
    with ExitStack() as stack:
        stack.enter_context(only_one_desk(settings.database_path))
        printing = _Printing(settings, clock, audience, devices)
        desk = _desk_thread(settings, desktop, clock, audience, printing.wake)
        desk.start()
        # The printer empties its queue last: stopping the desk may add slips to it.
        stack.callback(printing.stop)
        stack.callback(desk.stop)
        for one in settings.scanners:
            scanner = devices.scanner(one)
            if scanner is not None:
                thread = _scanner_thread(scanner, one, clock, desk, audience.on_device, on_end)
                thread.start()
                stack.callback(thread.stop)
        printing.start()
        yield Running(settings, words, clock, desk)


def _desk_thread(
    settings: Settings,
    desktop: Desktop,
    clock: Clock,
    audience: Audience,
    wake_printer: Callable[[], None],
) -> DeskThread:
    held: list[Ledger] = []
    hall = None if audience.on_hall is None else _HallTeller(settings, audience.on_hall)

    def opened() -> Desk:
        ledger, desk = open_desk(settings, desktop, clock)
        held.append(ledger)
        if hall is not None:
            hall.use(ledger, rehearsal=ledger.property(REHEARSAL) is not None)
        return desk

    def told(outcomes: list[Outcome]) -> None:
        audience.on_outcomes(outcomes)
        if hall is not None:
            hall.heard(outcomes)

    return DeskThread(
        opened,
        clock,
        settings.zone,
        on_outcomes=told,
        on_slip=wake_printer,
        on_quiet=None if hall is None else hall.tell,
        close_desk=lambda: held[0].close(),  # noqa: PLW0108  # not held yet
    )


class _HallTeller:
    """Tells the screen whose turn it is: each minute, and whenever it would read differently."""

    def __init__(self, settings: Settings, on_hall: Callable[[Hall], None]) -> None:
        from kiosk.desk.hall import HallPage

        self._page = HallPage(
            settings.class_names(), settings.words(), masks=settings.school.mask_names
        )
        self._on_hall = on_hall
        self._told: tuple[object, ...] = ()
        self._page_told: Hall | None = None
        self._events = 0
        self._ledger: Ledger | None = None
        self._rehearsal = False

    def use(self, ledger: Ledger, *, rehearsal: bool) -> None:
        """Take the ledger the page counts in; called in the desk thread."""
        self._ledger = ledger
        self._rehearsal = rehearsal

    def heard(self, outcomes: list[Outcome]) -> None:
        """Note that something has happened."""
        self._events += sum(one.kind is not OutcomeKind.IGNORED for one in outcomes)

    def tell(self, desk: Desk, now: datetime) -> None:
        """Write the page anew if it may read differently, and tell it if it does."""
        clock, minute = desk.clock_state(), now.replace(second=0, microsecond=0)
        key = (minute, clock, desk.ledger_ok, self._events, desk.room)
        if key == self._told or self._ledger is None:
            return
        page = self._page.write(
            self._ledger.db if desk.ledger_ok else None,
            desk.timetable,
            now,
            clock,
            room=desk.room,
            rehearsal=self._rehearsal,
        )
        self._told = key
        # A scan on a lane seldom changes what the hall shows: the screen need not paint it again.
        if self._page_told is None or page != replace(self._page_told, local_now=page.local_now):
            self._on_hall(page)
            self._page_told = page


class _Printing:
    """The printer thread; its library is imported after the scanners have been opened."""

    def __init__(
        self, settings: Settings, clock: Clock, audience: Audience, devices: Devices
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._audience = audience
        self._devices = devices
        self._thread: PrinterThread | None = None

    def start(self) -> None:
        """Import the printer's part and begin."""
        from kiosk.desk.printing import PrinterSetup, PrinterThread

        one = self._settings.printer
        printer = self._devices.printer()
        self._thread = PrinterThread(
            self._settings.database_path,
            PrinterSetup(printer, one.columns, one.cut, one.stale_s, one.model, one.font),
            now=self._clock.now,
            on_state=self._audience.on_device,
            on_printed=self._audience.on_slip,
        )
        self._thread.start()

    def wake(self) -> None:
        """Say that a slip waits; before the thread runs it need not be said."""
        if self._thread is not None:
            self._thread.wake()

    def stop(self) -> None:
        """Give the printer its time for what still waits."""
        if self._thread is not None:
            self._thread.stop(PRINTER_GRACE_S)


def _scanner_thread(
    scanner: Scanner,
    one: ScannerSettings,
    clock: Clock,
    desk: DeskThread,
    on_device: Callable[[DeviceState], None],
    on_end: Callable[[], None],
) -> ScannerThread:
    """Build the thread that reads one scanner."""

    def on_reading(reading: Reading) -> None:
        if one.driver == "stdin" and isinstance(clock, SimulatedClock):
            desk.put(Line(reading.text, one.lane, reading.at, reading.fault))
        else:
            desk.put(Scan(reading.text, one.lane, reading.at, reading.fault))

    def on_state(up: bool, cause: str | None, detail: str | None) -> None:
        on_device(DeviceState(f"scanner {one.lane}", "scanner", up, one.lane, cause, detail))

    return ScannerThread(
        scanner, on_reading=on_reading, on_state=on_state, now=clock.now, on_end=on_end
    )


def _run_headless(settings: Settings, clock: Clock) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    if all(one.driver == "keyboard" for one in settings.scanners):
        raise UsageError("run --headless: no scanner but the keyboard, which needs the screen.")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    # Unlike an event, its `put` may interrupt its own `get`, as a signal does.
    over: queue.SimpleQueue[None] = queue.SimpleQueue()

    def stop() -> None:
        over.put(None)

    def on_end() -> None:
        if len(settings.scanners) == 1:
            stop()

    stop_on_signals(stop)
    with desk_running(settings, clock, Audience(write_lines, log_device), on_end):
        # All that was imported stays for good; looking through it again would hold up a scan.
        gc.freeze()
        over.get()
    return 0


def stop_on_signals(stop: Callable[[], None]) -> None:
    """Stop the desk in order at SIGTERM, SIGINT and SIGHUP."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop())


def write_lines(outcomes: list[Outcome]) -> None:
    """Write outcomes to standard output, one line each, at once."""
    from kiosk.reports.outcome_line import outcome_line

    text = "".join(f"{outcome_line(outcome)}\n" for outcome in outcomes)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        log.warning("nobody reads the outcomes any more; the desk goes on")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def log_device(state: DeviceState) -> None:
    """Log that a device came or went."""
    if state.up and state.cause is None:
        log.info("%s works: %s", state.device, state.detail or "")
    elif state.up:
        log.warning("%s works (%s): %s", state.device, state.cause, state.detail or "")
    else:
        log.warning("%s is down (%s): %s", state.device, state.cause, state.detail or "")


def _log_to_file(database: Path) -> None:
    """Log beside the database: the screen owns the terminal."""
    try:
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            database.with_suffix(".log"), maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        # Where no log can be written no database can be either: opening it says so.
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
