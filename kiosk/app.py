"""The desk's screen: shows outcomes as they are told, hands keys on, and cannot be left."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from kiosk.domain import Command, DeviceState, Hall, Lane, Note, Outcome
from kiosk.screens.canvas import Line
from kiosk.screens.devices import listing_devices, with_device
from kiosk.screens.news import (
    BellWanted,
    DeviceChanged,
    HallChanged,
    Mailbox,
    News,
    OutcomeShown,
    Quit,
    SlipShown,
    TypedChanged,
)
from kiosk.screens.page import line_columns, paint, reads_as, turned
from kiosk.screens.palette import GROUND, LaneStyle
from kiosk.screens.picture import svg
from kiosk.screens.showing import SLIP_S, LaneShown, Scene, called, faded, greeted, heard
from kiosk.screens.sound import ring
from kiosk.screens.staff_keys import KEYS, sign_of, turns
from kiosk.wording import Words
from kiosk.wording.outcomes import Said, Tone

_LONGEST_WAIT_S: Final = 1.0
_SHORTEST_WAIT_S: Final = 0.05
_COUNTING_WAIT_S: Final = 0.25
_KEY_ALONE_S: Final = 0.15
"""A letter followed sooner than this is a label that a scanner types, not a staff key."""
_ROOM: Final = ""
"""The lane of a sound that is for the whole room."""


class Told(Message, bubble=False):
    """News from another thread, in the screen's own queue."""

    def __init__(self, news: News) -> None:
        super().__init__()
        self.news = news


@dataclass(frozen=True, slots=True)
class Clock:
    """The desk's two clocks: its time, real or simulated, and the seconds waits are counted in."""

    now: Callable[[], datetime]
    zone: tzinfo
    seconds: Callable[[], float] = time.monotonic


class Page(Widget, can_focus=False):
    """The whole screen as painted rows; only rows that changed are drawn again."""

    ALLOW_SELECT = False
    DEFAULT_CSS = f"Page {{ width: 1fr; height: 1fr; background: {GROUND}; }}"

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()

    def show(self, lines: tuple[Line, ...]) -> None:
        """Draw the rows that differ from those on the screen."""
        before, self._lines = self._lines, lines
        if len(before) != len(lines):
            self.refresh()
            return
        changed = [y for y, line in enumerate(lines) if line != before[y]]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def picture(self) -> str:
        """Draw the page as it is now as SVG."""
        rows = [list(self.render_line(y)) for y in range(self.size.height)]
        return svg(rows, self.size.width)

    def render_line(self, y: int) -> Strip:
        """Give one row of the screen."""
        ground = Style.parse(f"on {GROUND}")
        line = self._lines[y] if y < len(self._lines) else ()
        segments = [Segment(text, ground + Style.parse(style)) for text, style in line]
        strip = Strip(segments)
        return strip.extend_cell_length(self.size.width, ground).crop(0, self.size.width)


class KioskApp(App[None], inherit_bindings=False):
    """The screen of a desk.

    The `tell_...` methods may be called from any thread, and from a signal's handler, at any
    time: before the app runs the news wait in the `mailbox`, which may have been filled before
    there was an app; after it ended they are dropped. Every key and paste
    goes to `on_key(key, character)` and `on_paste(text)` and nowhere else: no key
    ends the app. Only while a staff session is shown and nothing is half typed, a letter key by
    itself goes to `on_command(lane, command)` instead, and the page keys turn the staff table.
    Without `sound` the terminal's bell rings; pass a function that does nothing for silence. A
    sound with the lane "" is for the whole room; one that cannot be heard comes back as the news
    `BellWanted`. `say` puts an outcome into words. `side` and
    `hint` are the demo's. Run it with `mouse=False`.
    """

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = f"Screen {{ background: {GROUND}; overflow: hidden; }}"

    def __init__(
        self,
        lanes: Sequence[LaneStyle],
        words: Words,
        *,
        school: str,
        clock: Clock,
        say: Callable[[Outcome], Said],
        on_key: Callable[[str, str | None], None] | None = None,
        on_paste: Callable[[str], None] | None = None,
        on_command: Callable[[Lane, Command], None] | None = None,
        sound: Callable[[Tone, Lane], None] | None = None,
        side: str | None = None,
        hint: str = "",
        mailbox: Mailbox | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self._clock = clock
        self._key_to = on_key
        self._paste_to = on_paste
        self._command_to = on_command
        self._key_alone: tuple[events.Key, float] | None = None
        self._warned_of: datetime | None = None
        self._painted: object = None
        self._sound = sound
        self._say = say
        self._scene = Scene(
            words,
            school,
            clock.zone,
            clock.now(),
            tuple(LaneShown(style) for style in lanes),
            side=side,
            hint=hint,
        )
        self._page = Page()
        self._timer: Timer | None = None
        self._mailbox = mailbox or Mailbox()

    def compose(self) -> ComposeResult:
        """Put the one page on the screen."""
        yield self._page

    def tell_outcome(self, outcome: Outcome) -> None:
        """Show an outcome and make its sound."""
        self._mailbox.put(OutcomeShown(outcome))

    def tell_hall(self, hall: Hall) -> None:
        """Show whose turn it is, and the state of clock and record."""
        self._mailbox.put(HallChanged(hall))

    def tell_device(self, state: DeviceState) -> None:
        """Show whether a device works."""
        self._mailbox.put(DeviceChanged(state))

    def tell_typed(self, lane: Lane, text: str) -> None:
        """Echo a half-typed label; an empty text takes it away."""
        self._mailbox.put(TypedChanged(lane, text))

    def tell_slip(self, text: str) -> None:
        """Show the demo's last slip."""
        self._mailbox.put(SlipShown(text))

    def tell_quit(self) -> None:
        """End the app in order."""
        self._mailbox.put(Quit())

    def tick(self) -> None:
        """Let time pass: take away what has been shown long enough, and paint what changed."""
        at = self._clock.seconds()
        calls = {lane: until for lane, until in self._scene.calls.items() if until > at}
        self._scene = replace(self._scene, lanes=self._faded(), calls=calls, now=self._clock.now())
        if self._key_alone is not None and at - self._key_alone[1] >= _KEY_ALONE_S:
            self._press_alone(self._key_alone[0])
        self._warn()
        self._repaint()

    @property
    def line_columns(self) -> int:
        """The columns a sentence's line has in a lane now; `say` may ask."""
        return line_columns(self._scene, self.size.width)

    def picture(self) -> str:
        """Draw what the screen shows now as SVG, the same text on every machine."""
        return self._page.picture()

    def on_mount(self) -> None:
        """Begin: the news that came before, then the first tick."""
        if not self.is_headless:
            # The driver switches the terminal's signal keys off; this covers what it does not
            # (TEXTUAL_ALLOW_SIGNALS, and its own handler that stops the process at Ctrl-Z).
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP):
                signal.signal(number, signal.SIG_IGN)
        loop = asyncio.get_running_loop()

        def deliver(news: News) -> None:
            # The loop is closed once the app has ended; nobody is looking then.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self.post_message, Told(news))

        for news in self._mailbox.open(deliver):
            self._take(news)
        self.tick()
        self._wait()

    def on_ready(self) -> None:
        """Leave what start-up made out of all later searches for garbage: each stops the screen."""
        if not self.is_headless:
            gc.freeze()

    def on_resize(self) -> None:
        """Paint anew at the new size."""
        self._repaint()

    async def on_event(self, event: events.Event) -> None:
        """Hand keys and pastes on before any binding sees them; the mouse has no say."""
        match event:
            case events.Key():
                event.stop()
                self._take_key(event)
            case events.Paste():
                event.stop()
                if self._paste_to is not None:
                    self._paste_to(event.text)
            case events.MouseEvent():
                event.stop()
            case _:
                await super().on_event(event)

    def on_told(self, told: Told) -> None:
        """Take news from the other threads."""
        self._take(told.news)
        self.tick()
        self._wait()

    def _take_key(self, event: events.Key) -> None:
        if self._key_alone is not None:
            before, self._key_alone = self._key_alone[0], None
            if event.key == "enter":
                # All that is typed ends with Enter, so hands press it after a key as well.
                self._press_alone(before)
                return
            self._hand_on(before)
        elif self._staff_lane() is None:
            pass
        elif turns(event.key):
            self._turn(event.key)
            return
        elif sign_of(event.key) in KEYS:
            self._key_alone = (event, self._clock.seconds())
            self._wait()
            return
        self._hand_on(event)

    def _press_alone(self, event: events.Key) -> None:
        """Take a staff key after which none came: a label, unless something was typed before."""
        self._key_alone = None
        lane = self._staff_lane()
        if lane is None or self._command_to is None:
            self._hand_on(event)
        else:
            self._command_to(lane, KEYS[sign_of(event.key)])

    def _hand_on(self, event: events.Key) -> None:
        if self._key_to is not None:
            self._key_to(event.key, event.character)

    def _staff_lane(self) -> Lane | None:
        """The lane staff keys work on now, None while there is none."""
        lanes = self._scene.lanes
        if self._command_to is None or any(shown.typed for shown in lanes):
            return None
        return next((shown.style.lane for shown in lanes if shown.is_staff), None)

    def _turn(self, key: str) -> None:
        lane = self._staff_lane()
        if lane is not None:
            self._scene = turned(self._scene, lane, *self.size, key)
            self._repaint()

    def _take(self, news: News) -> None:
        scene = self._scene
        match news:
            case OutcomeShown(outcome):
                self._show_outcome(outcome)
            case HallChanged(hall):
                self._scene = replace(scene, hall=hall)
            case DeviceChanged(state):
                self._scene = with_device(replace(scene, now=self._clock.now()), state)
            case TypedChanged(lane, text):
                lanes = tuple(
                    replace(shown, typed=text) if shown.style.lane == lane else shown
                    for shown in scene.lanes
                )
                self._scene = replace(scene, lanes=lanes)
            case SlipShown(text):
                until = self._clock.seconds() + SLIP_S
                self._scene = replace(scene, slip=text, slip_until=until)
            case BellWanted(tone):
                ring(tone, self.bell, self.set_timer)
            case Quit():
                self.exit()

    def _show_outcome(self, outcome: Outcome) -> None:
        scene = self._scene
        outcome = listing_devices(scene, outcome)
        said = greeted(scene, outcome, self._say(outcome))
        lanes = tuple(
            heard(shown, outcome, said, self._clock.seconds())
            if shown.style.lane == outcome.lane
            else shown
            for shown in self._faded()
        )
        if outcome.note in (Note.BOARD_SHOWN, Note.BOARD_HIDDEN) and outcome.view is None:
            lanes = _making_way(lanes, outcome.lane)
        # A scan needs the room the demo's slip is lying on.
        until = scene.slip_until if outcome.scan is None else 0.0
        calls = called(scene.calls, outcome, self._clock.seconds())
        self._scene = replace(scene, lanes=lanes, slip_until=until, calls=calls)
        self._make_sound(said.tone, outcome.lane)

    def _make_sound(self, tone: Tone, lane: Lane) -> None:
        if self._sound is not None:
            self._sound(tone, lane)
        else:
            ring(tone, self.bell, self.set_timer)

    def _warn(self) -> None:
        """Ring once when the last five minutes of a window begin."""
        ending_at = self._scene.ending_at
        if ending_at is not None and ending_at != self._warned_of:
            self._warned_of = ending_at
            self._make_sound(Tone.ATTENTION, _ROOM)

    def _faded(self) -> tuple[LaneShown, ...]:
        at, now = self._clock.seconds(), self._clock.now()
        return tuple(faded(shown, at, now) for shown in self._scene.lanes)

    def _repaint(self) -> None:
        self._scene = replace(self._scene, now=self._clock.now())
        columns, rows = self.size
        reads = (columns, rows, reads_as(self._scene, self._clock.seconds()))
        # Between readers the box does nothing all day but this: paint what has changed, once.
        if reads[2] is not None and reads == self._painted:
            return
        self._painted = reads
        self._page.show(paint(self._scene, columns, rows, self._clock.seconds()))

    def _wait(self) -> None:
        """Sleep until something on the screen changes by itself, at most a second."""
        if self._timer is not None:
            self._timer.stop()
        waits = [_LONGEST_WAIT_S]
        for shown in self._scene.lanes:
            if shown.until is not None:
                waits.append(shown.until - self._clock.seconds())
            if shown.seconds_left(self._scene.now) is not None:
                waits.append(_COUNTING_WAIT_S)
        if self._key_alone is not None:
            waits.append(self._key_alone[1] + _KEY_ALONE_S - self._clock.seconds())
        self._timer = self.set_timer(max(_SHORTEST_WAIT_S, min(waits)), self._wake)

    def _wake(self) -> None:
        self.tick()
        self._wait()


def _making_way(lanes: tuple[LaneShown, ...], lane: Lane) -> tuple[LaneShown, ...]:
    """The board is its own answer: with nobody served it comes or goes at once."""
    if any(
        not shown.is_quiet if shown.style.lane != lane else shown.crate is not None
        for shown in lanes
    ):
        return lanes
    return tuple(shown.quiet() if shown.style.lane == lane else shown for shown in lanes)
