"""Sounds through `aplay`, a real process here: in time, the newest first, and never in the way."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

import pytest
from fake_aplay import PATIENCE_S, FakeAplay

from drivers.faults import DeviceFault
from drivers.sounds.aplay import AplayPlayer, SoundThread
from drivers.sounds.waves import Stroke, wave_of

SHORT_S = 0.02
SOUNDS = {name: wave_of([Stroke(hz, SHORT_S)], 70) for name, hz in (("a", 440), ("b", 660))}
State = tuple[bool, str | None]


@pytest.fixture
def aplay(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> FakeAplay:
    fake = FakeAplay(tmp_path)  # type: ignore[arg-type]
    monkeypatch.setenv("PATH", fake.path)
    return fake


class Desk:
    """A sound thread with what it told; its clock is moved by hand."""

    def __init__(self, player: AplayPlayer) -> None:
        self.passed = 0.0
        self.states: queue.Queue[State] = queue.Queue()
        self.unheard: queue.Queue[str] = queue.Queue()
        self.made: list[str] = []
        self.thread = SoundThread(
            player,
            on_state=lambda up, cause, _: self.states.put((up, cause)),
            monotonic=lambda: self.passed,
        )
        self.thread.start()

    def play(self, name: str) -> None:
        def make() -> tuple[bytes, float]:
            self.made.append(name)
            return SOUNDS[name], SHORT_S

        self.thread.play(make, lambda: self.unheard.put(name))

    def state(self) -> State:
        return self.states.get(timeout=PATIENCE_S)

    def is_unheard(self) -> str:
        return self.unheard.get(timeout=PATIENCE_S)


@pytest.fixture
def desk(aplay: FakeAplay) -> Iterator[Desk]:
    made = Desk(AplayPlayer())
    yield made
    aplay.is_to("")
    made.thread.stop(1.0)


def test_a_sound_reaches_the_program_whole(aplay: FakeAplay) -> None:
    AplayPlayer().play(SOUNDS["a"], SHORT_S)

    assert aplay.played == [SOUNDS["a"]]
    assert aplay.arguments == "-q -"


def test_the_sound_card_may_be_chosen(aplay: FakeAplay) -> None:
    AplayPlayer("plughw:1").play(SOUNDS["a"], SHORT_S)

    assert aplay.arguments == "-q -D plughw:1 -"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("No such file or directory", "missing"),
        ("No such device", "missing"),
        ("Device or resource busy", "busy"),
        ("Permission denied", "denied"),
        ("Broken configuration", "error"),
    ],
)
def test_why_it_cannot_play_is_told_in_its_own_words(
    aplay: FakeAplay, said: str, cause: str
) -> None:
    aplay.is_to(said)

    with pytest.raises(DeviceFault) as fault:
        AplayPlayer().play(SOUNDS["a"], SHORT_S)

    assert fault.value.cause == cause
    assert str(fault.value) == f"aplay cannot play: audio open error: {said}."


def test_a_program_that_is_not_there_is_missing(aplay: FakeAplay) -> None:
    (aplay.folder / "aplay").unlink()

    with pytest.raises(DeviceFault, match="Cannot start no-aplay: No such file") as fault:
        AplayPlayer(program="no-aplay").play(SOUNDS["a"], SHORT_S)

    assert fault.value.cause == "missing"


def test_a_program_that_hangs_is_ended_with_what_it_started(aplay: FakeAplay) -> None:
    aplay.is_to("hang")
    began = time.monotonic()

    with pytest.raises(DeviceFault) as fault:
        AplayPlayer(starts_s=0.2).play(SOUNDS["a"], SHORT_S)

    assert fault.value.cause == "timeout"
    assert str(fault.value) == "aplay had not ended after 0.22 s and was stopped."
    # Its child holds the same pipes for a minute.
    assert time.monotonic() - began < PATIENCE_S


def test_a_sound_is_asked_for_without_waiting(aplay: FakeAplay, desk: Desk) -> None:
    aplay.is_to("wait")
    desk.play("a")
    aplay.has_played(1)

    desk.play("b")
    during = aplay.played
    aplay.is_to("")

    assert during == [SOUNDS["a"]]
    assert aplay.has_played(2) == [SOUNDS["a"], SOUNDS["b"]]


def test_of_many_sounds_only_the_newest_waits(aplay: FakeAplay, desk: Desk) -> None:
    aplay.is_to("wait")
    desk.play("a")
    aplay.has_played(1)
    for name in ("a", "a", "a", "b"):
        desk.play(name)
    aplay.is_to("")
    aplay.has_played(2)
    desk.thread.stop(PATIENCE_S)

    assert desk.made == ["a", "b"]
    assert desk.unheard.empty()


def test_a_sound_that_comes_too_late_is_left_out(aplay: FakeAplay, desk: Desk) -> None:
    aplay.is_to("wait")
    desk.play("a")
    aplay.has_played(1)
    desk.play("b")
    desk.passed = 3.5
    aplay.is_to("")
    desk.thread.stop(PATIENCE_S)

    assert desk.made == ["a"]


def test_without_a_sound_card_the_bell_rings_and_it_is_told_once(
    aplay: FakeAplay, desk: Desk
) -> None:
    aplay.is_to("No such file or directory")
    heard = []
    for _ in range(5):
        desk.play("a")
        heard.append(desk.is_unheard())

    assert heard == ["a"] * 5
    assert desk.state() == (False, "missing")
    assert desk.states.empty()
    # It is not even asked again for a while.
    assert len(aplay.played) == 1


def test_a_sound_card_that_comes_later_is_found(aplay: FakeAplay, desk: Desk) -> None:
    aplay.is_to("No such device")
    desk.play("a")
    desk.is_unheard()
    aplay.is_to("")
    desk.passed = 31
    desk.play("b")

    assert [desk.state(), desk.state()] == [(False, "missing"), (True, None)]
    assert aplay.played[-1] == SOUNDS["b"]
    assert desk.unheard.empty()


def test_a_sound_that_cannot_be_made_rings_the_bell(desk: Desk) -> None:
    def make() -> tuple[bytes, float]:
        raise ZeroDivisionError

    desk.thread.play(make, lambda: desk.unheard.put("a"))

    assert desk.is_unheard() == "a"
    assert desk.state() == (False, "error")


def test_the_last_sound_is_heard_to_its_end(aplay: FakeAplay, desk: Desk) -> None:
    desk.play("a")
    desk.thread.stop(PATIENCE_S)

    assert aplay.played == [SOUNDS["a"]]


def test_a_hanging_program_does_not_hold_up_the_end(aplay: FakeAplay, desk: Desk) -> None:
    aplay.is_to("hang")
    desk.play("a")
    aplay.has_played(1)
    began = time.monotonic()

    desk.thread.stop(0.05)

    assert time.monotonic() - began < PATIENCE_S
    assert not any(one.name == "sound" for one in threading.enumerate())
    assert desk.states.empty()
