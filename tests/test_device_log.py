"""A device's changes are logged once each, and `kiosk check` reads what the running desk says."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.cli.health import MOST_TOLD, STILL_S, DeviceLog, Told, device_log, told_by_desk
from kiosk.domain import DeviceState

NOON = datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
UP = DeviceState("scanner left", "scanner", True, "left", detail="hid M1")
DOWN = replace(UP, up=False, cause="gone", detail="hid M1: No such device.")
LOW = DeviceState("printer", "printer", True, cause="paper_low", detail="near its end")


class Clock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


@pytest.fixture
def clock(caplog: pytest.LogCaptureFixture) -> Clock:
    caplog.set_level(logging.INFO)
    return Clock()


def test_each_change_is_logged_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    log = DeviceLog(None, clock.now, clock.seconds)
    for state in (UP, UP, DOWN, DOWN, UP, LOW, LOW, replace(LOW, cause=None, detail="mended")):
        log.told(state)
        clock.passed += 30

    assert logged(caplog) == [
        "INFO scanner left works: hid M1",
        "WARNING scanner left is down (gone): hid M1: No such device.",
        "INFO scanner left works: hid M1",
        "WARNING printer works, but (paper_low): near its end",
        "INFO printer works: mended",
    ]


def test_a_device_that_comes_and_goes_does_not_flood_the_log(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    log = DeviceLog(None, clock.now, clock.seconds)
    for _ in range(500):
        for state in (UP, DOWN):
            log.told(state)
            clock.passed += 0.5
    log.told(UP)
    flood = logged(caplog)
    clock.passed += STILL_S
    log.told(DOWN)

    assert len(flood) == MOST_TOLD + 1
    assert flood[-1] == "WARNING scanner left comes and goes: look at its plug and cable"
    assert logged(caplog)[len(flood) :] == [
        f"INFO scanner left: {1001 - MOST_TOLD} changes were not logged",
        "WARNING scanner left is down (gone): hid M1: No such device.",
    ]


def test_no_loudspeaker_is_no_warning(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    log = DeviceLog(None, clock.now, clock.seconds)

    log.told(DeviceState("sound", "sound", False, cause="missing", detail="no card"))

    assert logged(caplog) == ["INFO the terminal's bell rings: no card"]


def test_what_the_running_desk_says_is_read_as_long_as_it_runs(
    tmp_path: Path, clock: Clock
) -> None:
    database = tmp_path / "kiosk.db"
    before = told_by_desk(database)
    with device_log(database, clock.now) as log:
        log.told(UP)
        clock.passed = 90
        log.told(LOW)
        log.told(replace(DOWN, detail="long " * 50))
        log.told(DOWN)
        during = told_by_desk(database)

    assert before is None
    assert during == {
        "scanner left": Told(False, "gone", "long " * 50, NOON + timedelta(seconds=90)),
        "printer": Told(True, "paper_low", "near its end", NOON + timedelta(seconds=90)),
    }
    assert told_by_desk(database) is None


def test_what_a_killed_desk_left_behind_is_not_believed(tmp_path: Path, clock: Clock) -> None:
    database = tmp_path / "kiosk.db"
    left = tmp_path / "kiosk.db.devices"
    with device_log(database, clock.now) as log:
        log.told(UP)
        content = left.read_bytes()
    left.write_bytes(content)

    assert told_by_desk(database) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": {"up": true}}'])
def test_states_that_cannot_be_read_are_none(tmp_path: Path, clock: Clock, content: bytes) -> None:
    database = tmp_path / "kiosk.db"
    with device_log(database, clock.now):
        (tmp_path / "kiosk.db.devices").write_bytes(content)

        assert told_by_desk(database) == {}


def test_a_second_desk_and_a_folder_that_takes_nothing_stop_no_device(
    tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    database = tmp_path / "kiosk.db"
    with device_log(database, clock.now) as first, device_log(database, clock.now) as second:
        first.told(UP)
        second.told(DOWN)
        told = told_by_desk(database)
    with device_log(tmp_path / "none" / "kiosk.db", clock.now) as third:
        third.told(UP)

    assert told is not None
    assert told["scanner left"].up
    assert sum("are not kept" in line for line in logged(caplog)) == 2
