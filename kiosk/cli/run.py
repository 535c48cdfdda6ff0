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

from kiosk.cli.devices import Devices
from kiosk.cli.health import DeviceLog, device_log
from kiosk.cli.open import REHEARSAL, clock_from, desktop_from, open_desk
from kiosk.cli.scanning import Scanning
from kiosk.desk.clock import Clock
from kiosk.desk.desk import Desk
from kiosk.desk.steps import Desktop
from kiosk.desk.thread import DeskThread
from kiosk.domain import DeviceState, Hall, Outcome, OutcomeKind
from kiosk.errors import UsageError
from kiosk.ledger.connection import Ledger, only_one_desk
from kiosk.settings import Settings, load
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
    scanning: Scanning


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
        scanning = Scanning(settings, clock, devices)
        desk = _desk_thread(settings, desktop, clock, audience, printing.wake, scanning.heard)
        desk.start()
        # The printer empties its queue last: stopping the desk may add slips to it.
        stack.callback(printing.stop)
        stack.callback(desk.stop)
        scanning.start(desk, stack, audience.on_device, on_end)
        printing.start()
        yield Running(settings, words, clock, desk, scanning)


def _desk_thread(
    settings: Settings,
    desktop: Desktop,
    clock: Clock,
    audience: Audience,
    wake_printer: Callable[[], None],
    beep: Callable[[list[Outcome]], None],
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
        beep(outcomes)
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
    with (
        device_log(settings.database_path, clock.now) as health,
        _heard_headless(settings, clock, health) as on_outcomes,
        desk_running(settings, clock, Audience(on_outcomes, health.told), on_end),
    ):
        # All that was imported stays for good; looking through it again would hold up a scan.
        gc.freeze()
        over.get()
    return 0


@contextmanager
def _heard_headless(
    settings: Settings, clock: Clock, health: DeviceLog
) -> Iterator[Callable[[list[Outcome]], None]]:
    """Give what outcomes are told to: standard output, and the loudspeaker where it is set."""
    if not settings.sound.headless:
        yield write_lines
        return
    from kiosk.cli.sounding import sounding
    from kiosk.wording.blocks import Voice
    from kiosk.wording.outcomes import say

    words, names = settings.words(), settings.class_names()

    def told(outcomes: list[Outcome]) -> None:
        write_lines(outcomes)
        today = clock.now().astimezone(settings.zone).date()
        for outcome in outcomes:
            sound(say(outcome, Voice(words, names.label, today)).tone, outcome.lane)

    with sounding(settings, health.told) as sound:
        yield told


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
