"""Measures what a WAV sounds like, and makes recordings to be played."""

from __future__ import annotations

import io
import wave
from array import array
from itertools import pairwise
from math import cos, pi
from pathlib import Path

from drivers.sounds.waves import RATE


def samples_of(sound: bytes) -> array[int]:
    """Read a mono WAV of 16 bits."""
    with wave.open(io.BytesIO(sound)) as opened:
        assert (opened.getnchannels(), opened.getsampwidth()) == (1, 2)
        return array("h", opened.readframes(opened.getnframes()))


def strength(samples: array[int], hz: float, rate: int = RATE) -> float:
    """Measure how much of a frequency there is, by Goertzel's filter."""
    turn = 2 * cos(2 * pi * hz / rate)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    return last * last + before * before - turn * last * before


def crossings_hz(samples: array[int], rate: int = RATE) -> float:
    """Count the upward zero crossings of a second."""
    ups = sum(one < 0 <= two for one, two in pairwise(samples))
    return ups * rate / len(samples)


def pcm(folder: Path, *, seconds: float = 0.5, channels: int = 1, width: int = 2) -> Path:
    """Write a recording of a steady tone."""
    path = folder / "lent.wav"
    with wave.open(str(path), "wb") as opened:
        opened.setnchannels(channels)
        opened.setsampwidth(width)
        opened.setframerate(8000)
        opened.writeframes(b"\x10\x20" * (round(8000 * seconds) * channels * width // 2))
    return path
