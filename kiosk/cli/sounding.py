"""Builds what is heard after a scan from the settings, and `kiosk sound test`."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from drivers.faults import DeviceFault
from drivers.sounds.aplay import AplayPlayer, SoundThread
from kiosk.domain import DeviceState, Lane
from kiosk.screens.sound import SOUNDING, Sounds
from kiosk.settings import Settings, load
from kiosk.wording.devices import tone_word
from kiosk.wording.outcomes import Tone

Sounding = Callable[[Tone, Lane], None]

_LAST_S: Final = 0.5
"""How long the last sound may go on after the desk has ended."""


def sounds_of(settings: Settings) -> Sounds:
    """Build the sounds of the settings' lanes."""
    one = settings.sound
    lanes = [scanner.lane for scanner in settings.scanners]
    return Sounds(lanes, one.volume, Path(one.folder))


def plays(settings: Settings) -> bool:
    """Tell whether sounds are tried through the loudspeaker at all."""
    one = settings.sound
    return settings.screen.sound and one.driver in ("auto", "aplay") and one.volume > 0


def rings(settings: Settings) -> bool:
    """Tell whether the terminal's bell may ring at all."""
    return settings.screen.sound and settings.sound.driver != "none" and settings.sound.volume > 0


@contextmanager
def sounding(
    settings: Settings,
    on_device: Callable[[DeviceState], None],
    ring: Callable[[Tone], None] = lambda _: None,
) -> Iterator[Sounding]:
    """Give what makes a sound, from any thread; without a loudspeaker `ring` is called instead."""
    if not plays(settings):
        yield (lambda tone, _: ring(tone)) if rings(settings) else (lambda *_: None)
        return
    sounds = sounds_of(settings)

    def on_state(up: bool, cause: str | None, detail: str | None) -> None:
        on_device(DeviceState("sound", "sound", up, None, cause, detail))

    def sound(tone: Tone, lane: Lane) -> None:
        if tone is not Tone.QUIET:
            thread.play(lambda: sounds.sound(tone, lane), lambda: ring(tone))

    thread = SoundThread(AplayPlayer(settings.sound.device), on_state=on_state)
    thread.start()
    try:
        yield sound
    finally:
        thread.stop(_LAST_S)


def sound_test(arguments: Namespace) -> int:
    """Play each sound of each lane once and say which it is; 1 when it cannot be played."""
    settings = load(arguments.config)
    words, sounds = settings.words(), sounds_of(settings)
    player = AplayPlayer(settings.sound.device)
    if not plays(settings):
        print(f"sound: {settings.sound.driver}, volume {settings.sound.volume}: nothing to play")
        return 0
    for lane in [scanner.lane for scanner in settings.scanners]:
        for tone in SOUNDING:
            whose = f"{tone}.wav" if sounds.is_recorded(tone) else "made"
            print(f"{lane} {tone}: {tone_word(tone, words)} ({whose})", flush=True)
            try:
                player.play(*sounds.sound(tone, lane))
            except DeviceFault as fault:
                print(f"{fault} The desk rings the terminal's bell instead.")
                return 1
    return 0
