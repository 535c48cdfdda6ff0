"""Sounds as WAV: what is made has the pitches asked for, and what is recorded is checked."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hearing import crossings_hz, pcm, samples_of, strength
from hypothesis import given
from hypothesis import strategies as st

from drivers.sounds.waves import (
    LARGEST_BYTES,
    RATE,
    RecordingFault,
    Stroke,
    recording,
    seconds_of,
    wave_of,
)

NOTES = (262, 330, 392, 523, 659, 784, 880, 1175)


@pytest.mark.parametrize("hz", NOTES)
def test_a_stroke_has_the_pitch_asked_for(hz: int) -> None:
    samples = samples_of(wave_of([Stroke(hz, 0.3)], 70))

    assert max(NOTES, key=lambda note: strength(samples, note)) == hz
    assert crossings_hz(samples) == pytest.approx(hz, rel=0.02)


def test_strokes_follow_each_other_with_silence_where_there_is_no_pitch() -> None:
    samples = samples_of(wave_of([Stroke(440, 0.1), Stroke(0, 0.1), Stroke(880, 0.1)], 70))
    first, pause, last = (samples[at * RATE // 10 : (at + 1) * RATE // 10] for at in range(3))

    assert strength(first, 440) > strength(first, 880)
    assert not any(pause)
    assert strength(last, 880) > strength(last, 440)


def test_a_sound_begins_and_ends_without_a_click() -> None:
    samples = samples_of(wave_of([Stroke(440, 0.2)], 100))

    assert samples[0] == 0
    assert samples[-1] == 0
    assert max(map(abs, samples)) > 20_000


@pytest.mark.parametrize(("louder", "softer"), [(100, 70), (70, 30), (30, 5), (5, 0)])
def test_the_volume_is_heard(louder: int, softer: int) -> None:
    loud, soft = (samples_of(wave_of([Stroke(440, 0.1)], one)) for one in (louder, softer))

    assert max(map(abs, soft)) < max(map(abs, loud))


def test_a_recording_keeps_its_rate_and_takes_the_volume(tmp_path: Path) -> None:
    path = pcm(tmp_path)

    whole, half = recording(path, 100), recording(path, 50)

    assert whole == path.read_bytes()
    assert seconds_of(half) == 0.5
    assert max(samples_of(half)) == pytest.approx(max(samples_of(whole)) / 4, abs=1)


def test_a_stereo_recording_is_played_as_it_is(tmp_path: Path) -> None:
    assert seconds_of(recording(pcm(tmp_path, channels=2), 70)) == 0.5


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        ({"seconds": 4.0}, "expected at most 3 s, found 4.0 s."),
        ({"width": 1}, "expected 16 bits a sample, mono or stereo, found 8 bits, 1 channels."),
        ({"channels": 6}, "expected 16 bits a sample, mono or stereo, found 16 bits, 6 channels."),
        ({"seconds": 0.0}, "expected a sound, found 0 bytes at 8000 Hz."),
    ],
)
def test_a_recording_of_another_shape_is_refused(
    tmp_path: Path, shape: dict[str, float], found: str
) -> None:
    path = pcm(tmp_path, **shape)  # type: ignore[arg-type]

    with pytest.raises(RecordingFault) as fault:
        recording(path, 70)

    assert str(fault.value) == f"{path}: {found}"


def test_a_recording_that_is_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "no.wav"
    with path.open("wb") as file:
        file.truncate(50 * LARGEST_BYTES)

    with pytest.raises(RecordingFault, match=f"expected at most {LARGEST_BYTES} bytes"):
        recording(path, 70)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()

    for name in ("pipe.wav", "folder.wav"):
        with pytest.raises(RecordingFault, match="expected a file, found something else"):
            recording(tmp_path / name, 70)
    with pytest.raises(RecordingFault, match="No such file"):
        recording(tmp_path / "none.wav", 70)


@given(content=st.binary(max_size=200), cut=st.integers(0, 60))
def test_a_damaged_recording_never_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    head = pcm(folder, seconds=0.01).read_bytes()
    path = folder / "no.wav"
    for damaged in (content, head[:cut] + content, head[:cut] + content + head[cut:]):
        path.write_bytes(damaged)
        with suppress(RecordingFault):
            assert seconds_of(recording(path, 70)) <= 3
