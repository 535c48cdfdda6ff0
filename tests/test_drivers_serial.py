"""What only the serial driver promises."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import serial
from drivers_rigs import PtyRig

from drivers.faults import DeviceFault
from drivers.scanners.feedback import OFF, feedback_models, feedback_of
from drivers.scanners.label import Label
from drivers.scanners.serial_port import Lines, SerialScanner, open_port
from kiosk.settings.model import Scanner as ScannerSettings


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

    assert labels == [Label("30000001")]
    assert 0.09 < time.monotonic() - began < 1
    scanner.close()


def test_without_a_suffix_the_quiet_time_may_span_two_reads(line: PtyRig) -> None:
    scanner = SerialScanner(str(line.path), suffix="none")
    scanner.open()
    line.send("30000001")

    labels = [label for _ in range(20) for label in scanner.read(0.02)]

    assert labels == [Label("30000001")]
    scanner.close()


def test_noise_is_no_label_and_the_label_after_it_is_read(line: PtyRig) -> None:
    scanner = SerialScanner(str(line.path))
    scanner.open()
    os.write(line.line, b"\x00\xff\r\x0230000001\x03\x0030000002\r")

    labels = scanner.read(2)

    assert labels == [Label("30000001"), Label("\x0030000002", "noise")]
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


def test_a_port_that_is_busy_says_who_may_have_it(line: PtyRig) -> None:
    line.scanner.open()

    with pytest.raises(DeviceFault, match=r"a second desk, or ModemManager\?$"):
        SerialScanner(str(line.path)).open()

    line.scanner.close()


def test_the_rest_of_half_a_label_is_thrown_away_and_the_label_after_it_is_kept() -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"0001\r30000002\r3000")
        scanner = SerialScanner("half")
        labels = opened_on(scanner, near)

        far.sendall(b"0003\r")
        labels += scanner.read(1)

    assert labels == [Label("30000002"), Label("30000003")]


def test_half_a_label_in_pieces_is_thrown_away_up_to_its_end() -> None:
    near, far = socket.socketpair()
    pieces = [b"00", b"01", b"\r\n"]

    class Dribbling:
        """A port that gets the next piece each time it is read."""

        def fileno(self) -> int:
            return near.fileno()

        def read(self, count: int) -> bytes:
            data = near.recv(count)
            if pieces:
                far.sendall(pieces.pop(0))
            return data

        def close(self) -> None:
            pass

    with near, far:
        far.sendall(b"3000")
        scanner = SerialScanner("half")
        assert opened_on(scanner, Dribbling()) == []

        far.sendall(b"30000002\r")

        assert scanner.read(1) == [Label("30000002")]


def test_what_waits_without_an_end_and_then_stops_is_thrown_away_too() -> None:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"3000")
        scanner = SerialScanner("half")
        assert opened_on(scanner, near) == []

        far.sendall(b"30000002\r")

        assert scanner.read(1) == [Label("30000002")]


def test_a_scanner_that_has_lost_its_suffix_is_read_half_a_second_late(line: PtyRig) -> None:
    line.scanner.open()
    line.send("30000001")
    began = time.monotonic()

    (label,) = line.scanner.read(3)

    assert (label, label.arrival.ended_by) == (Label("30000001"), "quiet")
    assert 0.45 < time.monotonic() - began < 2
    line.scanner.close()


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), serial.SerialException("no data")]
)
def test_a_port_that_fails_while_it_is_read_is_gone(error: OSError) -> None:
    near, far = socket.socketpair()

    class Failing:
        def fileno(self) -> int:
            return near.fileno()

        def read(self, _count: int) -> bytes:
            raise error

        def close(self) -> None:
            raise OSError(5, "Input/output error")

    with near, far:
        scanner = SerialScanner("failing")
        opened_on(scanner, Failing())
        far.sendall(b"3")

        with pytest.raises(DeviceFault) as fault:
            scanner.read(1)
        scanner.close()

    assert fault.value.cause == "gone"


def opened_on(scanner: SerialScanner, port: object) -> list[Label]:
    """Open a scanner on a port that stands in for the real one; returns what it kept."""
    if isinstance(port, socket.socket):
        port = SocketPort(port)
    scanner.open_on(port)  # type: ignore[arg-type]
    return scanner.read(0)


class SocketPort:
    """A port over one end of a socket pair."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def fileno(self) -> int:
        return self._sock.fileno()

    def read(self, count: int) -> bytes:
        return self._sock.recv(count)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("lines", [Lines(), Lines(dtr=False, rts=False), Lines(dtr=False)])
def test_the_modem_lines_are_set_before_the_port_is_open(lines: Lines, line: PtyRig) -> None:
    port = open_port("scanner", str(line.path), 9600, lines)

    assert (port.dtr, port.rts) == lines
    port.close()


def test_a_model_with_commands_is_told_to_beep_and_others_are_not(line: PtyRig) -> None:
    for model in ("off", "datalogic-magellan"):
        scanner = SerialScanner(str(line.path), feedback=model)
        scanner.signal(good=True)
        scanner.open()
        scanner.signal(good=True)
        scanner.signal(good=False)
        scanner.close()
        scanner.signal(good=True)

    assert os.read(line.line, 100) == b"BF"


@pytest.mark.parametrize("model", feedback_models())
def test_the_commands_of_every_model_are_bytes(model: str) -> None:
    feedback = feedback_of(model)

    assert 0 < len(feedback.good) <= 16
    assert feedback.bad != feedback.good


def test_the_models_are_those_of_the_settings() -> None:
    (annotation,) = [
        field.annotation
        for name, field in ScannerSettings.model_fields.items()
        if name == "feedback"
    ]

    assert sorted(get_args(annotation)) == sorted([OFF, *feedback_models()])


def test_a_model_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no feedback commands of 'acme': expected off or one of"):
        feedback_of("acme")
