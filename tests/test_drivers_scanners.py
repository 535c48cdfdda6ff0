"""One set of promises, kept by every scanner driver and by the twin."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from drivers_rigs import (
    NOON,
    HidRig,
    PipeRig,
    PtyRig,
    ScriptedScanner,
    SocketRig,
    TwinRig,
    Watched,
)

from drivers.faults import DeviceFault, Trouble
from drivers.scanners.label import Label
from drivers.scanners.reading import Ended, Reading, ScannerThread

PLUGGABLE = [TwinRig, PtyRig, SocketRig, HidRig]
EVERY = [*PLUGGABLE, PipeRig]


@pytest.fixture
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwinRig]:
    rig = request.param(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def watched(rig: TwinRig) -> Iterator[Watched]:
    watched = Watched(rig.scanner)
    watched.start_and_wait_until_up()
    yield watched
    watched.thread.stop()


every_scanner = pytest.mark.parametrize("rig", EVERY, indirect=True)
pluggable_scanner = pytest.mark.parametrize("rig", PLUGGABLE, indirect=True)


@every_scanner
def test_every_label_scanned_arrives_once_whole_and_in_order(
    rig: TwinRig, watched: Watched
) -> None:
    labels = [f"R{n:06}" for n in range(50)] + ["KC-DONE", "https://x.cn/?a=1&b=2", "]C1a B~"]

    rig.send("".join(label + "\r" for label in labels))

    assert [watched.next_reading() for _ in labels] == [Reading(text, NOON) for text in labels]
    assert watched.is_quiet(0.05)


@every_scanner
def test_half_a_label_and_then_the_rest_is_one_label(rig: TwinRig, watched: Watched) -> None:
    rig.send("3000")
    assert watched.is_quiet()

    rig.send("0001\r")

    assert watched.next_reading() == Reading("30000001", NOON)


@every_scanner
def test_empty_labels_vanish(rig: TwinRig, watched: Watched) -> None:
    rig.send("\r\r30000001\r\r\r30000002\r")

    assert [watched.next_reading().text for _ in range(2)] == ["30000001", "30000002"]


@every_scanner
def test_a_label_far_too_long_is_one_fault_and_the_next_label_is_read(
    rig: TwinRig, watched: Watched
) -> None:
    rig.send("7" * 70_000 + "\r" + "30000001\r")

    assert watched.next_reading() == Reading("7" * 200, NOON, "too_long")
    assert watched.next_reading() == Reading("30000001", NOON)


@every_scanner
def test_stopping_is_prompt(rig: TwinRig) -> None:
    watched = Watched(rig.scanner, poll_s=0.25)
    watched.start_and_wait_until_up()
    began = time.monotonic()

    watched.thread.stop()

    assert time.monotonic() - began < 0.9


@pluggable_scanner
def test_a_device_that_goes_away_is_reported_and_read_again_when_it_is_back(
    rig: TwinRig, watched: Watched
) -> None:
    rig.send("30000001\r")
    assert watched.next_reading().text == "30000001"

    rig.unplug()

    assert watched.next_state() == (False, "gone")
    rig.plug()
    assert watched.next_state() == (True, None)
    rig.send("30000002\r")
    assert watched.next_reading().text == "30000002"


@pluggable_scanner
def test_half_a_label_from_before_it_went_away_is_not_part_of_the_next(
    rig: TwinRig, watched: Watched
) -> None:
    rig.send("3000")
    assert watched.is_quiet(0.05)

    rig.unplug()
    assert watched.next_state() == (False, "gone")
    rig.plug()
    assert watched.next_state() == (True, None)
    rig.send("30000002\r")

    assert watched.next_reading() == Reading("30000002", NOON)


@pluggable_scanner
def test_a_device_that_is_missing_at_the_start_is_opened_once_it_is_there(rig: TwinRig) -> None:
    if isinstance(rig, SocketRig):
        rig.close()
    else:
        rig.unplug()
    watched = Watched(rig.scanner)

    watched.thread.start()
    assert watched.next_state() == (False, "missing")
    rig.plug()

    assert watched.next_state() == (True, None)
    rig.send("30000001\r")
    assert watched.next_reading().text == "30000001"
    watched.thread.stop()


def test_a_pipe_that_is_closed_ends_the_thread_after_its_last_line(tmp_path: Path) -> None:
    rig = PipeRig(tmp_path)
    watched = Watched(rig.scanner)
    watched.start_and_wait_until_up()

    rig.send("30000001\r3000")
    rig.close_writing_end()

    assert [watched.next_reading().text for _ in range(2)] == ["30000001", "3000"]
    assert watched.ended.get(timeout=5)
    watched.thread.stop()
    rig.close()


class Recorded:
    """A scanner thread run until it has paused `pauses` times; its pauses take no time."""

    def __init__(self, scanner: ScriptedScanner, *, pauses: int) -> None:
        self.told: list[tuple[bool, str | None, str | None]] = []
        self.waited: list[float] = []
        self.readings: list[Reading] = []
        self._pauses = pauses
        self._paused_enough = threading.Event()
        self.thread = ScannerThread(
            scanner,
            on_reading=self._take,
            on_state=lambda *state: self.told.append(state),
            now=lambda: NOON,
            wait=self._wait,
        )
        self.thread.start()
        assert self._paused_enough.wait(5)

    def _take(self, reading: Reading) -> None:
        if reading.text == "defect":
            raise RuntimeError("no such lane")
        self.readings.append(reading)

    def _wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        if len(self.waited) == self._pauses:
            self._paused_enough.set()
        return self._paused_enough.is_set()


def test_a_missing_device_is_tried_with_growing_waits_and_reported_once() -> None:
    recorded = Recorded(ScriptedScanner([], []), pauses=6)

    assert recorded.waited == [0.25, 0.5, 0.5, 0.5, 0.5, 0.5]
    assert recorded.told == [(False, "missing", "it is not there")]
    assert recorded.thread.opened.is_set()


def test_a_new_cause_is_a_change_and_is_told() -> None:
    busy = DeviceFault("busy", "another program owns it")
    scanner = ScriptedScanner([DeviceFault("missing", "it is not there"), busy, busy], [])

    recorded = Recorded(scanner, pauses=3)

    assert recorded.told == [
        (False, "missing", "it is not there"),
        (False, "busy", "another program owns it"),
    ]


DENIED = DeviceFault("denied", "no permission yet")
GONE = DeviceFault("gone", "it went away")


def test_a_device_that_is_back_is_not_called_denied_while_its_mode_is_being_set() -> None:
    scanner = ScriptedScanner([None, *[DENIED] * 8, None], [GONE, [Label("30000001")], GONE])

    recorded = Recorded(scanner, pauses=10)

    assert [state[:2] for state in recorded.told] == [
        (True, None),
        (False, "gone"),
        (True, None),
        (False, "gone"),
    ]
    assert recorded.waited == [0.25] * 10
    assert recorded.readings == [Reading("30000001", NOON)]


def test_a_device_that_stays_denied_is_told_so_after_two_seconds() -> None:
    scanner = ScriptedScanner([None, *[DENIED] * 20], [GONE])

    recorded = Recorded(scanner, pauses=12)

    assert recorded.told[1:] == [
        (False, "gone", "it went away"),
        (False, "denied", "no permission yet"),
    ]
    assert sum(recorded.waited[1:9]) == 2


def test_a_device_that_is_denied_at_the_start_is_told_so_at_once() -> None:
    assert Recorded(ScriptedScanner([DENIED], []), pauses=1).told == [
        (False, "denied", "no permission yet")
    ]


def test_the_trouble_of_a_scanner_that_is_read_all_the_same_is_told_once_and_when_it_ends() -> None:
    scanner = ScriptedScanner([None], [[], [], [Label("30000001")], [], GONE])
    stuck = Trouble("stuck_key", "a key is stuck")
    troubles = [stuck, stuck, None, None]
    scanner.on_read = lambda: setattr(scanner, "trouble", troubles.pop(0) if troubles else None)

    recorded = Recorded(scanner, pauses=1)

    assert recorded.told == [
        (True, None, "scripted"),
        (True, "stuck_key", "a key is stuck"),
        (True, None, "scripted"),
        (False, "gone", "it went away"),
    ]


def test_a_device_that_went_away_and_stays_away_is_told_once() -> None:
    recorded = Recorded(ScriptedScanner([None], [GONE]), pauses=5)

    assert recorded.told == [(True, None, "scripted"), (False, "gone", "it went away")]


def test_waits_start_over_once_the_device_was_read_and_not_when_it_only_opened() -> None:
    gone = DeviceFault("gone", "it went away")
    scanner = ScriptedScanner([None, None, None], [gone, gone, [Label("30000001")], gone])

    recorded = Recorded(scanner, pauses=3)

    assert recorded.waited == [0.25, 0.5, 0.25]
    assert recorded.readings == [Reading("30000001", NOON)]
    assert recorded.told[:3] == [
        (True, None, "scripted"),
        (False, "gone", "it went away"),
        (True, None, "scripted"),
    ]


def test_a_defect_in_what_hears_of_a_label_takes_the_device_down_and_up_again() -> None:
    scanner = ScriptedScanner([None, None], [[Label("defect")], [Label("30000001")], Ended()])

    recorded = Recorded(scanner, pauses=1)

    assert recorded.told == [
        (True, None, "scripted"),
        (False, "error", "scripted: RuntimeError: no such lane"),
    ]
    assert scanner.closed == 1


def test_the_end_of_input_stops_the_thread_for_good() -> None:
    watched = Watched(ScriptedScanner([None], [[Label("30000001", "noise")], Ended()]))

    watched.thread.start()

    assert watched.next_reading() == Reading("30000001", NOON, "noise")
    assert watched.ended.get(timeout=5)
    watched.thread.stop()


def test_a_thread_never_started_can_be_stopped() -> None:
    Watched(ScriptedScanner([], [])).thread.stop()
