"""What is heard after a scan: four sounds, each lane's pitch, a school's recordings, the bell."""

from __future__ import annotations

import logging
import wave
from array import array
from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from fake_aplay import FakeAplay
from hearing import crossings_hz, pcm, samples_of

from drivers.sounds.waves import RATE
from kiosk.cli import main
from kiosk.cli.sounding import sounding
from kiosk.domain import DeviceState
from kiosk.screens.sound import SOUNDING, STROKES, Sounds
from kiosk.settings import Settings, load
from kiosk.wording.outcomes import Tone

LANES = ("left", "right", "门口", "窗边")


def heard_hz(sound: bytes, tone: Tone) -> list[float]:
    """Measure the pitch of each note of a sound, pauses left out."""
    samples, at, notes = samples_of(sound), 0, []
    for stroke in STROKES[tone]:
        count = round(stroke.seconds * RATE)
        if stroke.hz:
            notes.append(crossings_hz(samples[at : at + count]))
        at += count
    return notes


def sounds_in(folder: Path, *, volume: int = 70) -> Sounds:
    return Sounds(LANES, volume, folder)


def settings_in(folder: Path, sound: str) -> Settings:
    path = folder / "kiosk.toml"
    path.write_text(f"[[scanner]]\nlane = 'left'\ndriver = 'keyboard'\n[sound]\n{sound}\n")
    return load(path)


@pytest.mark.parametrize("lane", LANES)
def test_each_sound_goes_its_own_way(tmp_path: Path, lane: str) -> None:
    sounds = sounds_in(tmp_path)
    lent, returned, no, attention = (
        heard_hz(sounds.sound(tone, lane)[0], tone) for tone in SOUNDING
    )

    assert len(lent) == 2
    assert lent[1] > 1.2 * lent[0]
    assert len(returned) == 2
    assert returned[1] < returned[0] / 1.2
    assert len(no) == 1
    assert no[0] < min(*lent, *returned, *attention) / 1.5
    assert attention[0] == pytest.approx(attention[1], rel=0.02)


@pytest.mark.parametrize("tone", SOUNDING)
def test_no_two_lanes_sound_alike(tmp_path: Path, tone: Tone) -> None:
    sounds = sounds_in(tmp_path)
    first = [heard_hz(sounds.sound(tone, lane)[0], tone)[0] for lane in LANES]

    for one, other in combinations(first, 2):
        assert max(one, other) / min(one, other) > 1.15


def test_a_sound_is_made_once_and_lasts_under_half_a_second(tmp_path: Path) -> None:
    sounds = sounds_in(tmp_path)

    for tone in SOUNDING:
        made, seconds = sounds.sound(tone, "left")
        assert seconds < 0.5
        assert sounds.sound(tone, "left")[0] is made


def test_a_teachers_voice_takes_the_place_of_a_made_sound(tmp_path: Path) -> None:
    recorded = pcm(tmp_path)
    sounds = sounds_in(tmp_path, volume=100)

    assert sounds.sound(Tone.LENT, "left") == (recorded.read_bytes(), 0.5)
    assert sounds.sound(Tone.LENT, "right") == sounds.sound(Tone.LENT, "left")
    assert sounds.is_recorded(Tone.LENT)
    assert not sounds.is_recorded(Tone.NO)
    assert sounds.sound(Tone.NO, "left") == sounds_in(tmp_path / "none", volume=100).sound(
        Tone.NO, "left"
    )


@pytest.mark.parametrize("damage", ["empty", "text", "large", "long", "link"])
def test_a_damaged_recording_is_told_once_and_stood_in_for(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = pcm(tmp_path, seconds=4 if damage == "long" else 0.5)
    match damage:
        case "empty":
            path.write_bytes(b"")
        case "text":
            path.write_text("借好了")
        case "large":
            path.open("r+b").truncate(9_000_000)
        case "link":
            path.unlink()
            path.symlink_to("nowhere.wav")
    sounds = sounds_in(tmp_path)

    with caplog.at_level(logging.INFO):
        made = [sounds.sound(Tone.LENT, "left") for _ in range(3)]

    assert made[0] == sounds_in(tmp_path / "none").sound(Tone.LENT, "left")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "lent.wav" in caplog.text


@pytest.mark.parametrize(
    ("sound", "rung"),
    [
        ('driver = "none"', []),
        ('driver = "bell"', [Tone.LENT]),
        ("volume = 0", []),
    ],
)
def test_what_is_set_is_heard(tmp_path: Path, sound: str, rung: list[Tone]) -> None:
    bells: list[Tone] = []
    states: list[DeviceState] = []

    with sounding(settings_in(tmp_path, sound), states.append, bells.append) as make:
        make(Tone.LENT, "left")

    assert bells == rung
    assert states == []


def in_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> tuple[list[Tone], list[DeviceState], FakeAplay]:
    """Run sounds through the program in a mode; gives the bells and states told."""
    aplay = FakeAplay(tmp_path)
    monkeypatch.setenv("PATH", aplay.path)
    aplay.is_to(mode)
    bells: list[Tone] = []
    states: list[DeviceState] = []
    with sounding(settings_in(tmp_path, "volume = 50"), states.append, bells.append) as make:
        make(Tone.QUIET, "left")
        make(Tone.RETURNED, "left")
        aplay.has_played(1)
    return bells, states, aplay


def test_the_loudspeaker_is_heard_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells, states, aplay = in_settings(tmp_path, monkeypatch, "")

    expected = Sounds(["left"], 50, tmp_path).sound(Tone.RETURNED, "left")[0]
    assert aplay.played == [expected]
    assert bells == []
    assert states == [DeviceState("sound", "sound", True, detail="aplay")]


def test_the_bell_rings_where_there_is_no_sound_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bells, states, _ = in_settings(tmp_path, monkeypatch, "No such file or directory")

    assert bells == [Tone.RETURNED]
    assert [(state.up, state.cause) for state in states] == [(False, "missing")]


def test_the_recordings_lie_beside_the_settings(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, 'folder = "voices"')

    assert settings.sound.folder == str(tmp_path / "voices")


def test_a_made_sound_is_a_file_that_any_player_takes(tmp_path: Path) -> None:
    with wave.open(BytesIO(sounds_in(tmp_path).sound(Tone.NO, "left")[0])) as opened:
        frames = array("h", opened.readframes(opened.getnframes()))
        shape = (opened.getnchannels(), opened.getsampwidth(), opened.getframerate())

    assert shape == (1, 2, RATE)
    assert max(map(abs, frames)) < 32_767


def test_each_sound_of_each_lane_is_played_once_to_be_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aplay = FakeAplay(tmp_path)
    monkeypatch.setenv("PATH", aplay.path)
    settings_in(tmp_path, "volume = 50")
    (tmp_path / "sounds").mkdir()
    pcm(tmp_path / "sounds")
    command = ["--config", str(tmp_path / "kiosk.toml"), "sound", "test"]

    code = main(command)
    told = capsys.readouterr().out.splitlines()
    aplay.is_to("No such device")
    fails = main(command)

    assert (code, fails) == (0, 1)
    assert told == [
        "left lent: 借好了:两个音,往高走 (lent.wav)",
        "left returned: 还好了:两个音,往低走 (made)",
        "left no: 不能借:一个低音 (made)",
        "left attention: 等一等:同一个音响两下 (made)",
    ]
    assert len(aplay.played) == len(told) + 1
    assert capsys.readouterr().out.endswith("The desk rings the terminal's bell instead.\n")


def test_where_there_is_nothing_to_try_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings_in(tmp_path, 'driver = "bell"')

    assert main(["--config", str(tmp_path / "kiosk.toml"), "sound", "test"]) == 0
    assert capsys.readouterr().out == "sound: bell, volume 70: nothing to play\n"
