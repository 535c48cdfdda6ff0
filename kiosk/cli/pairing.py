"""`kiosk scanner setup`: scan a known label, and read off which device it is and how it is set."""

from __future__ import annotations

import os
import select
import sys
import termios
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from drivers.faults import DeviceFault
from drivers.pairing.candidates import Candidate, candidates
from drivers.pairing.diagnosis import Diagnosis, Flaw
from drivers.pairing.listening import Heard, Line, Listener, open_line
from drivers.scanners.event_devices import SYS_INPUT, InputDevice, open_input_device
from kiosk.cli.output import write_file
from kiosk.errors import SettingsError
from kiosk.reports.labels.scanner import KNOWN_LABELS, TEST_LABEL, scanner_labels
from kiosk.settings import Settings, load
from kiosk.wording import Words
from kiosk.wording.scanners import flaw_sentence

_LANES: Final = ("left", "right")
_LOOK_AGAIN_S: Final = 1.0
_OVER: Final = b"q"


@dataclass(frozen=True, slots=True)
class Room:
    """Where the devices are, and who is asked."""

    dev: Path = Path("/dev")
    sys_input: Path = SYS_INPUT
    opener: Callable[[str], InputDevice] = open_input_device
    keyboard: int | None = 0
    say: Callable[[str], None] = lambda text: print(text, file=sys.stderr, flush=True)
    words: Words = field(default_factory=lambda: Words("en"))


@dataclass(slots=True)
class Pairing:
    """What has been heard from one device so far."""

    candidate: Candidate
    baud: int
    by_label: dict[str, Diagnosis] = field(default_factory=dict)

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """All that is wrong with it, each once."""
        return tuple(dict.fromkeys(flaw for one in self.by_label.values() for flaw in one.flaws))


def setup(arguments: Namespace, room: Room | None = None) -> int:
    """Pair scanners; 1 when none was heard. With `--sheet` the test labels are written instead."""
    settings = _settings(arguments)
    if arguments.sheet is not None:
        words = Words("zh_CN") if settings is None else settings.words()
        write_file(arguments.sheet, scanner_labels(words).encode())
        return 0
    room = room or Room()
    if settings is not None:
        room = replace(room, words=settings.words())
    known = KNOWN_LABELS if arguments.label is None else (arguments.label,)
    devices = _Devices(room, settings)
    listener = Listener(devices.newly_plugged(), known)
    try:
        with _quiet_keyboard(room.keyboard):
            _introduce(room, known)
            paired = _listen(listener, devices, room, arguments.wait)
    finally:
        listener.close()
    return _propose(paired, room)


def _settings(arguments: Namespace) -> Settings | None:
    try:
        return load(arguments.config)
    except SettingsError:
        # Scanners are paired before the settings are whole.
        return None


class _Devices:
    """The devices that are there, each opened when it is first seen; the printer's port is not."""

    def __init__(self, room: Room, settings: Settings | None) -> None:
        self._room = room
        self._printer = None if settings is None else settings.printer.port
        self._told: set[str] = set()

    def newly_plugged(self, lines: Sequence[Line] = ()) -> list[Line]:
        """Open what is there and is not among the lines yet; what cannot be is told once."""
        there = candidates(self._room.dev, self._room.sys_input)
        heard = {line.candidate.node for line in lines}
        self._told &= {one.node for one in there}
        new = [one for one in there if one.node not in heard and not self._is_printer(one)]
        return [line for one in new if (line := self._open(one)) is not None]

    def _is_printer(self, one: Candidate) -> bool:
        return (
            self._printer is not None and Path(self._printer).resolve() == Path(one.node).resolve()
        )

    def _open(self, one: Candidate) -> Line | None:
        where = one.link or one.node
        try:
            line = open_line(one, opener=self._room.opener)
        except DeviceFault as fault:
            if one.node not in self._told:
                self._room.say(
                    "  "
                    + self._room.words.tr(
                        "not heard: {device} ({where}): {fault}",
                        device=one.title,
                        where=where,
                        fault=fault,
                    )
                )
            self._told.add(one.node)
            return None
        self._told.discard(one.node)
        tr = self._room.words.tr
        self._room.say(f"  {tr('listening to {device} ({where})', device=one.title, where=where)}")
        return line


def _introduce(room: Room, known: Sequence[str]) -> None:
    tr = room.words.tr
    room.say("")
    room.say(tr("The desk must not be running. One that is plugged in now is heard as well."))
    if TEST_LABEL in known:
        room.say(tr("Scan label 1 with one scanner after the other, in the order of the lanes."))
        room.say(tr("The sheet of labels: kiosk scanner setup --sheet FILE."))
        room.say(tr("Where cards or labels hold Chinese, scan labels 2 and 3 with each as well."))
    else:
        room.say(
            tr(
                "Scan the label {label} with one scanner after the other, in the order of the "
                "lanes.",
                label=known[0],
            )
        )
    room.say(tr("When all are done: q and Enter."))


@contextmanager
def _quiet_keyboard(keyboard: int | None) -> Iterator[None]:
    """Keep what scanners type into this terminal from showing, and from the shell afterwards."""
    if keyboard is None or not os.isatty(keyboard):
        yield
        return
    before = termios.tcgetattr(keyboard)
    silent = [*before]
    silent[3] &= ~termios.ECHO
    termios.tcsetattr(keyboard, termios.TCSADRAIN, silent)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSAFLUSH, before)


def _listen(listener: Listener, devices: _Devices, room: Room, wait_s: float) -> list[Pairing]:
    """Gather what is heard until `q` is typed, or nothing new comes for so long."""
    paired: dict[str, Pairing] = {}
    keyboard = room.keyboard
    until = listener.now() + wait_s
    typed = b""
    while (left_s := until - listener.now()) > 0:
        for heard in listener.heard(min(left_s, _LOOK_AGAIN_S), keyboard):
            until = listener.now() + wait_s
            _take(heard, paired, room)
        listener.lines += devices.newly_plugged(listener.lines)
        if keyboard is not None and _is_waiting(keyboard):
            data = os.read(keyboard, 4096)
            *whole, typed = (typed + data).split(b"\n")
            if _OVER in [line.strip() for line in whole]:
                break
            # A keyboard that has ended is asked no more; the wait ends by itself.
            keyboard = keyboard if data else None
    return list(paired.values())


def _is_waiting(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


def _take(heard: Heard, paired: dict[str, Pairing], room: Room) -> None:
    one = heard.candidate
    if heard.diagnosis is None:
        room.say(
            room.words.tr(
                "{device}: no label that is known at {baud} baud; the next speed is tried. Scan "
                "again.",
                device=one.title,
                baud=heard.baud,
            )
        )
        return
    pairing = paired.setdefault(one.node, Pairing(one, heard.baud))
    pairing.baud = heard.baud
    pairing.by_label[heard.diagnosis.label] = heard.diagnosis
    room.say(f"{_lane(list(paired).index(one.node))}: {one.title} ({one.link or one.node})")
    room.say(f"  {_told(heard.diagnosis, heard.baud, room.words)}")
    if heard.diagnosis.suffix == "none":
        better = "Better with the suffix CR (Enter): scan its label in the manual, then again."
        room.say(f"  {room.words.tr(better)}")
    for flaw in heard.diagnosis.flaws:
        room.say(f"  ! {flaw_sentence(flaw, room.words, repr(heard.diagnosis.extra))}")


def _told(diagnosis: Diagnosis, baud: int, words: Words) -> str:
    layout = diagnosis.layout.upper()
    how = f"{baud} baud" if baud else words.tr("keyboard {layout}", layout=layout)
    has_end = diagnosis.suffix == "any"
    ends = words.tr("line end after a label") if has_end else words.tr("nothing after a label")
    good = words.tr("read, but") if diagnosis.flaws else words.tr("read whole")
    return f"{how}, {ends}, {diagnosis.label}: {good}"


def _lane(place: int) -> str:
    return _LANES[place] if place < len(_LANES) else f"lane-{place + 1}"


def _propose(paired: Sequence[Pairing], room: Room) -> int:
    tr = room.words.tr
    if not paired:
        room.say(tr("No label was heard."))
        room.say(
            tr(
                "A scanner may be set to another interface: scan the label `USB keyboard` (USB-KBW,"
                " HID-KBW) in its manual, or the one for a virtual COM port. One that a desk has "
                "grabbed is not heard: stop the desk first."
            )
        )
        return 1
    for place, pairing in enumerate(paired):
        sys.stdout.write(_table(_lane(place), pairing))
    sys.stdout.flush()
    room.say(
        tr("Put these tables in place of [[scanner]] in the settings, then run `kiosk check`.")
    )
    room.say(tr("Tape in the lane's colour on each scanner saves many words."))
    room.say(
        tr(
            "A scanner beeps when it has read, before the desk has decided, and children take that "
            "for done: set its beep off or low (beeper, good read volume). The desk's own sounds "
            "say yes and no."
        )
    )
    makes = {one.candidate.vendor for one in paired if one.candidate.vendor is not None}
    for vendor in sorted(makes):
        room.say(
            tr("In 70-kiosk.rules, see docs/install.md:") + f' ATTRS{{idVendor}}=="{vendor:04x}"'
        )
    return 0


def _table(lane: str, pairing: Pairing) -> str:
    one = pairing.candidate
    lines = [f"# {' '.join(one.title.split()) or one.node}", "[[scanner]]", f'lane = "{lane}"']
    lines.append(f'driver = "{one.driver}"')
    if one.driver == "serial":
        lines.append(f"port = {_quoted(one.link or one.node)}")
        lines.append(f"baud = {pairing.baud}")
    else:
        lines += _which_device(one)
    lines += _how_it_is_set(pairing)
    return "\n".join(lines) + "\n\n"


def _which_device(one: Candidate) -> Iterator[str]:
    if one.link is not None:
        yield f"path = {_quoted(one.link)}"
    if one.vendor is not None and one.product is not None:
        yield f"vendor = 0x{one.vendor:04x}"
        yield f"product = 0x{one.product:04x}"
    if one.phys is not None:
        yield f"phys = {_quoted(one.phys)}"


def _how_it_is_set(pairing: Pairing) -> Iterator[str]:
    found = pairing.by_label.values()
    # A label with more letters and signs tells more countries apart.
    telling = pairing.by_label.get(TEST_LABEL) or next(iter(found))
    if telling.layout != "us" and "garbled" not in telling.flaws:
        yield f'layout = "{telling.layout}"'
    if any(one.suffix == "none" for one in found):
        yield 'suffix = "none"'
    encodings = {one.encoding for one in found if one.encoding != "auto" and not one.flaws}
    if len(encodings) == 1:
        yield f'encoding = "{encodings.pop()}"'
    for flaw in pairing.flaws:
        yield f"# {flaw}: see what setup said."


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
