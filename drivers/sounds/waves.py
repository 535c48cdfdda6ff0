"""Short sounds as WAV: made from strokes, or read from a recording and checked."""

from __future__ import annotations

import io
import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import pi, sin
from pathlib import Path
from typing import Final

RATE: Final = 22_050
"""Samples a second of what is made here; every sound card plays it."""
LONGEST_S: Final = 3.0
"""A longer recording would still speak of one reader's book when the next one's is due."""
LARGEST_BYTES: Final = 2_000_000
"""Three seconds of stereo at the highest usual rate, and some room for what editors add."""

_LOUDEST: Final = 30_000
_OVERTONES: Final = ((1, 1.0), (2, 0.35), (3, 0.15))
"""A cheap loudspeaker has no bass: what is heard of a low tone is what sounds above it."""
_TABLE: Final = 1024
_FADE_S: Final = 0.008
_FALL_S: Final = 0.16


class RecordingFault(Exception):  # noqa: N818 - a fault is what the desk calls it
    """A recording cannot be used; the message says what was expected and what was found."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One tone, or with `hz` 0 a pause."""

    hz: float
    seconds: float


def wave_of(strokes: Iterable[Stroke], volume: int) -> bytes:
    """Make a WAV of strokes one after the other: mono, 16 bits; `volume` from 0 to 100.

    >>> len(wave_of([Stroke(440, 0.1)], 70)) - 44 == 2 * RATE // 10
    True
    """
    table = _cycle(_LOUDEST * _gain(volume))
    samples = array("h")
    for stroke in strokes:
        samples.extend(_tone(stroke, table))
    return _written(samples, RATE, channels=1)


def recording(path: Path, volume: int) -> bytes:
    """Read a WAV of 16 bits a sample and make it as loud as `volume` says, from 0 to 100.

    Raises: RecordingFault.
    """
    # Opening a pipe would wait for whoever writes into it.
    if path.exists() and not path.is_file():
        raise RecordingFault(f"{path}: expected a file, found something else.")
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except OSError as exc:
        raise RecordingFault(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    if len(content) > LARGEST_BYTES:
        raise RecordingFault(f"{path}: expected at most {LARGEST_BYTES} bytes, found more.")
    return _checked(path, content, volume)


def seconds_of(sound: bytes) -> float:
    """Tell how long a WAV made or read here lasts."""
    import wave

    with wave.open(io.BytesIO(sound)) as opened:
        frames, rate = opened.getnframes(), opened.getframerate()
    return float(frames / rate)


def _checked(path: Path, content: bytes, volume: int) -> bytes:
    import wave

    try:
        with wave.open(io.BytesIO(content)) as opened:
            shape = opened.getparams()
            frames = opened.readframes(shape.nframes)
    # A damaged head makes the library divide by zero, or read past the end of a part.
    except (wave.Error, EOFError, ArithmeticError, ValueError, RuntimeError) as exc:
        found = str(exc) or "a damaged one"
        raise RecordingFault(f"{path}: expected a WAV file (PCM), found {found}.") from exc
    if shape.sampwidth != 2 or shape.nchannels not in (1, 2):
        found = f"{8 * shape.sampwidth} bits, {shape.nchannels} channels"
        raise RecordingFault(f"{path}: expected 16 bits a sample, mono or stereo, found {found}.")
    frames = frames[: len(frames) - len(frames) % (2 * shape.nchannels)]
    if not frames or not 4_000 <= shape.framerate <= 192_000:
        found = f"{len(frames)} bytes at {shape.framerate} Hz"
        raise RecordingFault(f"{path}: expected a sound, found {found}.")
    seconds = len(frames) / (2 * shape.nchannels * shape.framerate)
    if seconds > LONGEST_S:
        raise RecordingFault(f"{path}: expected at most {LONGEST_S:g} s, found {seconds:.1f} s.")
    return _written(_scaled(frames, volume), shape.framerate, shape.nchannels)


def _gain(volume: int) -> float:
    """Turn a setting into a factor: ears hear ratios, so half the number is a quarter of it."""
    return (volume / 100) ** 2


def _cycle(peak: float) -> Sequence[int]:
    """Tabulate one cycle of a tone with its overtones, `peak` at its loudest."""
    points = [
        sum(weight * sin(2 * pi * step * place / _TABLE) for step, weight in _OVERTONES)
        for place in range(_TABLE)
    ]
    highest = max(map(abs, points))
    return [round(peak * point / highest) for point in points]


def _tone(stroke: Stroke, table: Sequence[int]) -> array[int]:
    count = round(stroke.seconds * RATE)
    if not stroke.hz:
        return array("h", bytes(2 * count))
    step = stroke.hz * _TABLE / RATE
    samples = array("h", [table[int(place * step) % _TABLE] for place in range(count)])
    # A tone that begins or ends at once clicks; one that falls off sounds struck, not blown.
    _fade(samples, min(round(_FADE_S * RATE), count), first=True)
    _fade(samples, min(round(_FALL_S * RATE), count), first=False)
    return samples


def _fade(samples: array[int], length: int, *, first: bool) -> None:
    for place in range(length):
        at = place if first else len(samples) - 1 - place
        samples[at] = samples[at] * place // length


def _scaled(frames: bytes, volume: int) -> array[int]:
    samples = array("h", frames)
    if sys.byteorder == "big":
        samples.byteswap()
    gain = _gain(volume)
    return samples if gain == 1 else array("h", [round(gain * one) for one in samples])


def _written(samples: array[int], rate: int, channels: int) -> bytes:
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    import wave

    written = io.BytesIO()
    with wave.open(written, "wb") as opened:
        opened.setnchannels(channels)
        opened.setsampwidth(2)
        opened.setframerate(rate)
        opened.writeframes(samples.tobytes())
    return written.getvalue()
