"""The desk with its screen in this terminal. Imported after the scanners could be: it is large."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drivers.scanners.keyboard import KeyBuffer
from drivers.scanners.reading import Reading
from kiosk.cli.devices import Devices
from kiosk.cli.health import device_log
from kiosk.cli.run import Audience, Running, desk_running
from kiosk.desk.clock import Clock
from kiosk.domain import Command, DeviceState, Hall, Lane, Outcome, Scan
from kiosk.errors import UsageError
from kiosk.screens.news import (
    BellWanted,
    DeviceChanged,
    HallChanged,
    Mailbox,
    OutcomeShown,
    SlipShown,
)
from kiosk.settings import Settings
from kiosk.wording.blocks import Voice
from kiosk.wording.outcomes import Said, Tone, say

if TYPE_CHECKING:
    from kiosk.app import KioskApp
    from kiosk.cli.sounding import Sounding
    from receipts.slip import Slip


_FORGET_S: Final = 10.0


@dataclass(slots=True)
class Extras:
    """What the demo adds to the screen: suggestions, and the printed slip beside the desk.

    `leave` is a word that, typed like a label, ends the app; "" for none. `on_text` may take a
    typed label for itself.
    """

    side: str | None = None
    hint: str = ""
    leave: str = ""
    show_slips: bool = False
    devices: Devices | None = None
    on_text: Callable[[str], bool] = lambda _: False


def run_screen(settings: Settings, clock: Clock, extras: Extras | None = None) -> int:
    """Run the desk with its screen until SIGTERM (the demo also ends at its word)."""
    check_terminal(settings)
    extras = extras or Extras()
    mailbox = Mailbox()
    # The terminal sends these until the screen has taken it over; a pupil may be quicker.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)

    def on_outcomes(outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            mailbox.put(OutcomeShown(outcome))

    def on_device(state: DeviceState) -> None:
        health.told(state)
        mailbox.put(DeviceChanged(state))

    def on_hall(hall: Hall) -> None:
        mailbox.put(HallChanged(hall))

    def on_slip(slip: Slip) -> None:
        if extras.show_slips:
            from receipts.layout import lay_out, plain_text

            columns = settings.printer.columns
            mailbox.put(SlipShown(plain_text(lay_out(slip, columns), columns)))

    def on_bell(tone: Tone) -> None:
        mailbox.put(BellWanted(tone))

    audience = Audience(on_outcomes, on_device, on_hall, on_slip)
    with (
        device_log(settings.database_path, clock.now) as health,
        desk_running(
            settings, clock, audience, on_end=lambda: None, devices=extras.devices
        ) as running,
    ):
        from kiosk.cli.sounding import sounding

        with sounding(settings, on_device, on_bell) as sound:
            app = _build_app(running, extras, mailbox, sound)
            for number in (signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: app.tell_quit())
            app.run(mouse=False)
    return app.return_code or 0


def check_terminal(settings: Settings) -> None:
    """The screen needs a terminal to itself.

    Raises: UsageError.
    """
    if any(one.driver == "stdin" for one in settings.scanners):
        raise UsageError("run: a stdin scanner needs --headless; the screen reads the terminal.")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("run: the screen needs a terminal; without one use --headless.")


def _build_app(running: Running, extras: Extras, mailbox: Mailbox, sound: Sounding) -> KioskApp:
    from kiosk import app as screen
    from kiosk.screens.palette import lane_styles

    settings, words = running.settings, running.words
    names, zone = settings.class_names(), settings.zone

    def spoken(outcome: Outcome) -> Said:
        today = running.clock.now().astimezone(zone).date()
        return say(outcome, Voice(words, names.label, today, app.line_columns))

    def on_command(lane: Lane, command: Command) -> None:
        label = settings.barcodes.command + command
        running.desk.put(Scan(label, lane, running.clock.now()))

    typing = _Typing(running, extras)
    app = screen.KioskApp(
        lane_styles(
            [one.lane for one in settings.scanners],
            words,
            {one.lane: one.lane_use for one in settings.scanners},
        ),
        words,
        school=settings.school.name,
        clock=screen.Clock(running.clock.now, zone),
        say=spoken,
        on_key=typing.press,
        on_paste=typing.paste,
        on_command=on_command,
        sound=sound,
        side=extras.side,
        hint=extras.hint,
        mailbox=mailbox,
    )
    typing.app = app
    return app


class _Typing:
    """Turns keys into scans of the keyboard's lane; without such a lane they go nowhere."""

    def __init__(self, running: Running, extras: Extras) -> None:
        lanes = [one.lane for one in running.settings.scanners if one.driver == "keyboard"]
        self._lane = lanes[0] if lanes else None
        # A stray key must not spoil the scan that comes a while after it.
        self._buffer = KeyBuffer(running.clock.now, forget_s=_FORGET_S)
        self._desk = running.desk
        self._scanning = running.scanning
        self._extras = extras
        self.app: KioskApp | None = None

    def press(self, key: str, character: str | None) -> None:
        """Take one key."""
        if self._lane is None:
            return
        reading = self._buffer.press(key, character)
        if reading is not None:
            self._scan(self._lane, reading)
        self._echo(self._lane)

    def paste(self, text: str) -> None:
        """Take pasted text; each line is a label."""
        if self._lane is None:
            return
        for reading in self._buffer.paste(text):
            self._scan(self._lane, reading)
        self._echo(self._lane)

    def _scan(self, lane: str, reading: Reading) -> None:
        leave = self._extras.leave
        if leave and reading.text.strip().lower() == leave and self.app is not None:
            self.app.tell_quit()
        elif not self._extras.on_text(reading.text):
            self._desk.put(Scan(reading.text, lane, reading.at, reading.fault))
            self._scanning.record(lane, "keyboard", reading)

    def _echo(self, lane: str) -> None:
        if self.app is not None:
            self.app.tell_typed(lane, self._buffer.pending)
