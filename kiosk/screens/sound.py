"""What the desk sounds like: four sounds, each lane at its own pitch, or a school's own recordings.

Where there is no loudspeaker the terminal's bell tells them apart by its rhythm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from drivers.sounds.waves import RecordingFault, Stroke, recording, seconds_of, wave_of
from kiosk.domain import Lane
from kiosk.wording.outcomes import Tone

log = logging.getLogger(__name__)

SOUNDING: Final = (Tone.LENT, Tone.RETURNED, Tone.NO, Tone.ATTENTION)
STROKES: Final[Mapping[Tone, tuple[Stroke, ...]]] = {
    Tone.LENT: (Stroke(659.3, 0.11), Stroke(880.0, 0.19)),
    Tone.RETURNED: (Stroke(784.0, 0.15), Stroke(0, 0.03), Stroke(523.3, 0.2)),
    Tone.NO: (Stroke(220.0, 0.38),),
    Tone.ATTENTION: (Stroke(740.0, 0.1), Stroke(0, 0.09), Stroke(740.0, 0.1)),
}
"""Rising, two falling notes, low, double: as they sound on the first lane."""
PITCHES: Final = (1.0, 1.335, 0.794, 1.587)
"""By how much the lanes, in the order of the settings, are higher or lower: at least four
semitones, so that neighbours with the same result are not taken for each other."""
RHYTHMS: Final[Mapping[Tone, tuple[float, ...]]] = {
    Tone.LENT: (0.0,),
    Tone.RETURNED: (0.0, 0.2),
    Tone.NO: (0.0, 0.12, 0.24),
    Tone.ATTENTION: (0.0, 0.6),
    Tone.QUIET: (),
}
"""Seconds after the outcome at which the bell rings."""


class Sounds:
    """The sounds of a desk as WAV, each read or made when it is first asked for, and kept.

    `folder` may hold the school's recordings, `lent.wav` and so on; a damaged one is logged
    once, and the made sound stands in for it. One thread at a time asks.
    """

    def __init__(self, lanes: Sequence[Lane], volume: int, folder: Path) -> None:
        self._pitches = {lane: PITCHES[at % len(PITCHES)] for at, lane in enumerate(lanes)}
        self._volume = volume
        self._folder = folder
        self._kept: dict[tuple[Tone, Lane | None], tuple[bytes, float]] = {}
        self._recorded: set[Tone] | None = None

    def sound(self, tone: Tone, lane: Lane) -> tuple[bytes, float]:
        """Give the WAV of a tone on a lane, and its seconds; any other lane is the whole room."""
        if self._recorded is None:
            self._recorded = self._read_recordings()
        key = (tone, None if tone in self._recorded else lane)
        if key not in self._kept:
            self._kept[key] = self._made(tone, lane)
        return self._kept[key]

    def is_recorded(self, tone: Tone) -> bool:
        """Tell whether the school's own recording of a tone is played."""
        if self._recorded is None:
            self._recorded = self._read_recordings()
        return tone in self._recorded

    def _read_recordings(self) -> set[Tone]:
        for tone, path in recordings(self._folder):
            try:
                sound = recording(path, self._volume)
            except RecordingFault as fault:
                log.warning("a made sound stands in for a recording: %s", fault)
            else:
                self._kept[tone, None] = (sound, seconds_of(sound))
        return {tone for tone, lane in self._kept if lane is None}

    def _made(self, tone: Tone, lane: Lane) -> tuple[bytes, float]:
        pitch = self._pitches.get(lane, 1.0)
        strokes = [Stroke(stroke.hz * pitch, stroke.seconds) for stroke in STROKES[tone]]
        sound = wave_of(strokes, self._volume)
        return sound, seconds_of(sound)


def recordings(folder: Path) -> Iterator[tuple[Tone, Path]]:
    """Yield the recordings there are in a folder, sound or not; none where there is no folder."""
    for tone in SOUNDING:
        path = folder / f"{tone}.wav"
        try:
            is_there = path.is_symlink() or path.exists()
        except OSError:
            # A folder that may not be entered has nothing for us; the check says so.
            is_there = False
        if is_there:
            yield tone, path


def ring(
    tone: Tone, bell: Callable[[], object], after: Callable[[float, Callable[[], object]], object]
) -> None:
    """Ring a tone's rhythm: the first stroke at once, the others through `after(seconds, bell)`."""
    for seconds in RHYTHMS[tone]:
        if seconds:
            after(seconds, bell)
        else:
            bell()
