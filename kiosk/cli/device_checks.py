"""What `kiosk check` finds of scanners, the printer and the loudspeaker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.faults import DeviceFault
from drivers.printers.printing import Printer
from drivers.printers.status import Condition
from drivers.scanners.reading import Scanner
from kiosk.cli.devices import Devices
from kiosk.cli.health import Told, told_by_desk
from kiosk.settings import Settings
from kiosk.settings.model import Scanner as ScannerSettings
from kiosk.wording import Words
from kiosk.wording.devices import Role, trouble_of

_BY_ID: Final = "by-id"
_BY_PATH: Final = "by-path"
_NUMBERED: Final = re.compile(r"/dev/(input/event|ttyUSB|ttyACM)[0-9]+")
_SILENCE_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the desk: is it fit for use, and if not what to do."""

    part: str
    ok: bool
    text: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'} {self.part}: {self.text}"


def device_findings(settings: Settings) -> Iterator[Finding]:
    """Look at each device; where a desk is running, it is asked instead of the devices."""
    told = told_by_desk(settings.database_path)
    words, devices = settings.words(), Devices(settings)
    for one in settings.scanners:
        part, scanner = f"scanner {one.lane}", devices.scanner(one)
        if told is None or scanner is None or one.driver == "stdin":
            yield _scanner(part, one, scanner, words)
        else:
            yield _as_told(settings, part, "scanner", told.get(part))
    yield from scanner_paths(settings.scanners)
    printer = devices.printer()
    if told is None or printer is None:
        yield _printer(settings.printer.driver, printer, words)
    else:
        yield _as_told(settings, "printer", "printer", told.get("printer"))
    if settings.printer.font is not None:
        yield _font(settings.printer.font)
    yield from _sound(settings, told or {}, words)


def scanner_paths(scanners: tuple[ScannerSettings, ...]) -> Iterator[Finding]:
    """Find scanners whose paths lead to one device, or whose name an equal one may take."""
    known: dict[Path, str] = {}
    for one in scanners:
        path = one.path if one.driver == "hid" else one.port if one.driver == "serial" else None
        if path is None or "://" in path:
            continue
        part, device = f"scanner {one.lane}", Path(path).resolve()
        if device in known:
            text = f"{path} is the device of {known[device]} too: give each a device of its own."
            yield Finding(part, ok=False, text=text)
        known.setdefault(device, part)
        twin = _nameless_twin(Path(path))
        if twin is not None:
            text = (
                f"{path} is the name of two equal devices, and either may have it after a start: "
                f"take the paths by socket, such as {twin}."
            )
            yield Finding(part, ok=False, text=text)


def _nameless_twin(path: Path) -> Path | None:
    """Find a device beside a by-id link that has no such link: an equal one has taken it.

    udev names devices by maker and serial number; of two that have the same, one has the link.
    """
    if path.parent.name != _BY_ID or not path.is_symlink():
        return None
    ending = path.name.rpartition("-event-")[2] if "-event-" in path.name else ""
    try:
        named = {link.resolve() for link in path.parent.iterdir()}
        links = sorted(path.parent.with_name(_BY_PATH).iterdir())
    except OSError:
        return None
    for link in links:
        alike = link.name.endswith(f"-event-{ending}") if ending else "-usb" in link.name
        if alike and "-usb" in link.name and link.resolve() not in named:
            return link
    return None


def _scanner(part: str, one: ScannerSettings, scanner: Scanner | None, words: Words) -> Finding:
    if scanner is None or one.driver == "stdin":
        return Finding(part, ok=True, text=f"{one.driver}: read while the desk runs")
    try:
        scanner.open()
    except DeviceFault as fault:
        return Finding(part, ok=False, text=advised("scanner", fault, words))
    else:
        return Finding(part, ok=True, text=scanner.name + _unstable(one))
    finally:
        scanner.close()


def _unstable(one: ScannerSettings) -> str:
    if not is_numbered(one.path or one.port or ""):
        return ""
    return "; this name may change: take its link, as `kiosk scanner setup` proposes"


def is_numbered(path: str) -> bool:
    """Tell whether a device may be called otherwise after the next start.

    >>> is_numbered("/dev/ttyUSB0"), is_numbered("/dev/input/by-id/usb-a-event-kbd")
    (True, False)
    """
    return _NUMBERED.fullmatch(path) is not None


def _printer(driver: str, printer: Printer | None, words: Words) -> Finding:
    if printer is None:
        return Finding("printer", ok=True, text="none: slips are written but not printed")
    try:
        condition = printer.check()
    except DeviceFault as fault:
        return Finding("printer", ok=False, text=advised("printer", fault, words))
    else:
        said = "" if driver == "file" else _said(condition, words)
        return Finding("printer", ok=True, text=f"{printer.name}{said}")
    finally:
        printer.close()


def _said(condition: Condition, words: Words) -> str:
    if condition.cause is not None:
        trouble = trouble_of("printer", condition.cause, words)
        return f", {trouble.what}{trouble.todo}"
    return "" if condition.speaks else ", which does not say how it is"


def _font(path: str) -> Finding:
    from receipts.raster import FontFault, Painter

    try:
        Painter(path)
    except FontFault as fault:
        return Finding("printer font", ok=False, text=f"{fault} Rare characters print as 〓.")
    return Finding("printer font", ok=True, text=path)


def _sound(settings: Settings, told: Mapping[str, Told], words: Words) -> Iterator[Finding]:
    from drivers.sounds.waves import RecordingFault, recording
    from kiosk.cli.sounding import plays
    from kiosk.screens.sound import recordings

    one = settings.sound
    if not plays(settings):
        off = "the terminal's bell" if settings.screen.sound and one.driver == "bell" else "none"
        yield Finding("sound", ok=True, text=off if one.volume else "none: volume 0")
        return
    for _, path in recordings(Path(one.folder)):
        try:
            recording(path, one.volume)
        except RecordingFault as fault:
            text = f"{fault} A made sound stands in for it: record it anew, as WAV."
            yield Finding("sound", ok=False, text=text)
    if "sound" in told:
        yield _as_told(settings, "sound", "sound", told["sound"])
    else:
        yield _loudspeaker(settings, words)


def _loudspeaker(settings: Settings, words: Words) -> Finding:
    from drivers.sounds.aplay import AplayPlayer
    from drivers.sounds.waves import Stroke, wave_of
    from kiosk.screens.sound import recordings

    one = settings.sound
    player = AplayPlayer(one.device)
    try:
        # Only playing shows that a sound would be heard; this one is not.
        player.play(wave_of([Stroke(0, _SILENCE_S)], 0), _SILENCE_S)
    except DeviceFault as fault:
        if one.driver == "auto":
            return Finding("sound", ok=True, text=f"the terminal's bell: {fault}")
        return Finding("sound", ok=False, text=advised("sound", fault, words))
    own = ", ".join(path.name for _, path in recordings(Path(one.folder)))
    return Finding("sound", ok=True, text=f"{player.name}, {own or 'made sounds'}")


def _as_told(settings: Settings, part: str, role: Role, told: Told | None) -> Finding:
    """Say of a device what the running desk does: opening it would take it from the desk."""
    if told is None:
        return Finding(part, ok=True, text="the running desk has not said anything of it yet")
    since = f"{told.since.astimezone(settings.zone):%Y-%m-%d %H:%M}"
    if told.up and told.cause is None:
        text = f"{told.detail}, since {since}" if told.detail else f"since {since}"
        return Finding(part, ok=True, text=text)
    said = trouble_of(role, told.cause or "error", settings.words())
    # No loudspeaker is no fault where the bell may stand in for it.
    ok = told.up or (role == "sound" and settings.sound.driver == "auto")
    return Finding(part, ok=ok, text=f"since {since}: {said.what}{said.todo} ({told.detail})")


def advised(role: Role, fault: DeviceFault, words: Words) -> str:
    """Say what is wrong with a device and what to do about it."""
    return f"{str(fault).rstrip('.')}. {trouble_of(role, fault.cause, words).todo}"
