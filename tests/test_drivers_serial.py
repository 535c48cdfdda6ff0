"""What only the serial driver promises."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from drivers_rigs import PtyRig

from drivers.faults import DeviceFault
from drivers.serial_port import SerialScanner


@pytest.fixture
def line(tmp_path: Path) -> Iterator[PtyRig]:
    rig = PtyRig(tmp_path)
    yield rig
    rig.close()


def test_without_a_suffix_a_quiet_line_ends_the_label(line: PtyRig) -> None:
    scanner = SerialScanner(str(line.path), suffix="none")
    scanner.open()
    line.send("30000001")
    began = time.monotonic()

    labels = scanner.read(2)

    assert labels == [("30000001", None)]
    assert 0.09 < time.monotonic() - began < 1
    scanner.close()


def test_without_a_suffix_the_quiet_time_may_span_two_reads(line: PtyRig) -> None:
    scanner = SerialScanner(str(line.path), suffix="none")
    scanner.open()
    line.send("30000001")

    labels = [label for _ in range(20) for label in scanner.read(0.02)]

    assert labels == [("30000001", None)]
    scanner.close()


def test_noise_is_no_label_and_the_label_after_it_is_read(line: PtyRig) -> None:
    scanner = SerialScanner(str(line.path))
    scanner.open()
    os.write(line.line, b"\x00\xff\r\x0230000001\x03\x0030000002\r")

    labels = scanner.read(2)

    assert labels == [("30000001", None), ("\x0030000002", "noise")]
    scanner.close()


def test_a_port_that_another_desk_reads_is_busy(line: PtyRig) -> None:
    line.scanner.open()

    with pytest.raises(DeviceFault) as fault:
        SerialScanner(str(line.path)).open()

    assert fault.value.cause == "busy"
    line.scanner.close()


def test_a_port_that_is_no_serial_port_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "scanner"
    path.write_bytes(b"")

    with pytest.raises(DeviceFault) as fault:
        SerialScanner(str(path)).open()

    assert fault.value.cause == "error"


def test_reading_a_port_that_is_not_open_is_a_fault() -> None:
    with pytest.raises(DeviceFault, match="it is not open"):
        SerialScanner("/dev/ttyUSB0").read(0)
