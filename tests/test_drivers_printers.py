"""One set of promises, kept by every printer driver and by the twin."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from drivers.faults import DeviceFault
from drivers.printer_file import FilePrinter
from drivers.printer_network import NetworkPrinter
from drivers.printer_serial import SerialPrinter
from drivers.printer_usb import UsbPrinter
from drivers.printing import COMPLETION_REQUEST, Printer, Sent, deliver, deliver_unanswered
from drivers.simulated import SimulatedPrinter

STALL_S = 0.2
ANSWER_S = 0.2
SLIP = b"\x1b@\x1c&" + "←左 三(2)班 王小明".encode("gb18030") + b"\r\n\n\x1dV\x42\x00"


class Paper:
    """The far end of a line: reads what comes and answers completion requests if told to."""

    def __init__(self, answer: bytes | None) -> None:
        self.printed = b""
        self._answer = answer
        self._thread: threading.Thread | None = None

    def read_from(self, fd: int) -> None:
        self._thread = threading.Thread(target=self._read, args=(fd,), daemon=True)
        self._thread.start()

    def wait_for_the_end(self) -> None:
        assert self._thread is not None
        self._thread.join(5)
        assert not self._thread.is_alive()

    def _read(self, fd: int) -> None:
        while True:
            try:
                data = os.read(fd, 4096)
                if not data:
                    return
                self.printed += data
                if self._answer is not None and self.printed.endswith(COMPLETION_REQUEST):
                    os.write(fd, self._answer)
            except OSError:
                return


class TwinRig:
    """The simulated printer."""

    def __init__(self, _tmp_path: Path) -> None:
        self.printer = SimulatedPrinter()

    def answering(self) -> None:
        pass

    def silent(self) -> None:
        self.printer.silence()

    def blocked(self) -> None:
        self.printer.stall(after=100)

    def missing(self) -> None:
        self.printer.unplug()

    def printed(self) -> bytes:
        return b"".join(self.printer.jobs)

    def close(self) -> None:
        pass


class PtyRig:
    """A printer driver on a pseudo-terminal."""

    def __init__(self, tmp_path: Path, driver: Callable[..., Printer]) -> None:
        self._line, self._port = os.openpty()
        self._path = tmp_path / "printer"
        self._path.symlink_to(os.ttyname(self._port))
        self._paper = Paper(None)
        self.printer = driver(str(self._path), timeout_s=STALL_S, answer_s=ANSWER_S)

    def answering(self) -> None:
        self._paper = Paper(b"\x00")
        self._paper.read_from(self._line)

    def silent(self) -> None:
        # Flow control is no answer.
        self._paper = Paper(b"\x11")
        self._paper.read_from(self._line)

    def blocked(self) -> None:
        pass

    def missing(self) -> None:
        self._path.unlink()

    def printed(self) -> bytes:
        os.close(self._port)
        self._port = -1
        self._paper.wait_for_the_end()
        return self._paper.printed.replace(COMPLETION_REQUEST, b"")

    def close(self) -> None:
        os.close(self._line)
        if self._port >= 0:
            os.close(self._port)


def usb_rig(tmp_path: Path) -> PtyRig:
    return PtyRig(tmp_path, UsbPrinter)


def serial_rig(tmp_path: Path) -> PtyRig:
    return PtyRig(tmp_path, partial(SerialPrinter, baud=115_200))


class NetworkRig:
    """The network driver on a local socket."""

    def __init__(self, _tmp_path: Path) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._papers: list[Paper] = []
        self._served = threading.Event()
        self._connections: list[socket.socket] = []
        port = self._listener.getsockname()[1]
        self.printer = NetworkPrinter("127.0.0.1", port, timeout_s=STALL_S, answer_s=ANSWER_S)

    def answering(self) -> None:
        self._serve(b"\x00")

    def silent(self) -> None:
        self._serve(b"\x11")

    def blocked(self) -> None:
        pass

    def missing(self) -> None:
        self._listener.close()

    def printed(self) -> bytes:
        assert self._served.wait(5)
        for paper in self._papers:
            paper.wait_for_the_end()
        return b"".join(paper.printed for paper in self._papers).replace(COMPLETION_REQUEST, b"")

    def close(self) -> None:
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _serve(self, answer: bytes) -> None:
        threading.Thread(target=self._accept, args=(answer,), daemon=True).start()

    def _accept(self, answer: bytes) -> None:
        while True:
            try:
                connection = self._listener.accept()[0]
            except OSError:
                return
            self._connections.append(connection)
            paper = Paper(answer)
            paper.read_from(connection.fileno())
            self._papers.append(paper)
            self._served.set()


RIGS = [TwinRig, usb_rig, serial_rig, NetworkRig]


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwinRig]:
    rig = request.param(tmp_path)
    yield rig
    rig.close()


def test_a_job_that_the_printer_answers_is_confirmed_and_whole(rig: TwinRig) -> None:
    rig.answering()

    assert rig.printer.send(SLIP) == Sent(confirmed=True)

    assert rig.printed() == SLIP


def test_jobs_follow_one_another_whole(rig: TwinRig) -> None:
    rig.answering()
    jobs = [SLIP, bytes(range(256)) * 20, SLIP]

    assert [rig.printer.send(job).confirmed for job in jobs] == [True, True, True]

    assert rig.printed() == b"".join(jobs)


def test_a_printer_that_never_answers_leaves_its_job_unconfirmed(rig: TwinRig) -> None:
    rig.silent()

    sent = rig.printer.send(SLIP)

    assert not sent.confirmed
    assert sent.detail is not None
    assert sent.detail.startswith("no answer")
    assert rig.printed() == SLIP


def test_a_printer_that_stops_taking_bytes_fails_in_time_and_its_job_was_started(
    rig: TwinRig,
) -> None:
    rig.blocked()
    began = time.monotonic()

    with pytest.raises(DeviceFault) as fault:
        rig.printer.send(SLIP * 200_000)

    assert (fault.value.cause, fault.value.started) == ("timeout", True)
    # Far less than it would take to print; a busy machine fills the buffers slowly.
    assert time.monotonic() - began < 20 * STALL_S


def test_a_printer_that_is_not_there_took_nothing(rig: TwinRig) -> None:
    rig.missing()

    for use in (rig.printer.check, lambda: rig.printer.send(SLIP)):
        with pytest.raises(DeviceFault) as fault:
            use()
        assert (fault.value.cause, fault.value.started) == ("missing", False)


def test_checking_a_printer_that_is_there_prints_nothing(rig: TwinRig) -> None:
    rig.answering()

    rig.printer.check()

    assert rig.printed() == b""


def test_an_answer_to_an_earlier_job_is_not_taken_for_this_ones() -> None:
    near_end, far_end = socket.socketpair()
    near_end.setblocking(False)
    far_end.send(b"\x00")

    sent = deliver(near_end.fileno(), SLIP, stall_s=STALL_S, answer_s=ANSWER_S)

    assert sent == Sent(False, "no answer within 0.2 s")
    near_end.close()
    far_end.close()


def test_a_printer_that_hangs_up_without_an_answer_leaves_its_job_unconfirmed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        printer = NetworkPrinter("127.0.0.1", listener.getsockname()[1], timeout_s=STALL_S)

        def take_and_hang_up() -> None:
            with listener.accept()[0] as connection:
                connection.settimeout(5)
                received = b""
                while not received.endswith(COMPLETION_REQUEST):
                    received += connection.recv(4096)

        server = threading.Thread(target=take_and_hang_up)
        server.start()

        assert printer.send(SLIP) == Sent(False, "it hung up before it answered")
        server.join(5)


def test_a_job_is_not_sent_before_its_last_bytes_have_left() -> None:
    reading_end, writing_end = os.pipe2(os.O_NONBLOCK)
    room = fcntl.fcntl(writing_end, fcntl.F_SETPIPE_SZ, 4096)

    with pytest.raises(DeviceFault) as fault:
        deliver_unanswered(writing_end, b"x" * room, stall_s=0.1)

    assert (fault.value.cause, fault.value.started) == ("timeout", True)
    os.close(reading_end)
    os.close(writing_end)


def test_a_pipe_in_place_of_a_usb_printer_gets_the_job_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "printer"
    os.mkfifo(path)
    reading_end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    sent = UsbPrinter(str(path), timeout_s=STALL_S).send(SLIP)

    assert sent == Sent(False, "it cannot answer")
    assert os.read(reading_end, 4096) == SLIP
    os.close(reading_end)


def test_a_file_gets_each_job_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "slips.bin"
    printer = FilePrinter(str(path))

    assert [printer.send(SLIP), printer.send(b"more")] == [Sent(True), Sent(True)]

    assert path.read_bytes() == SLIP + b"more"


def test_a_file_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    printer = FilePrinter(str(tmp_path / "no" / "slips.bin"))

    for use in (printer.check, lambda: printer.send(SLIP)):
        with pytest.raises(DeviceFault) as fault:
            use()
        assert (fault.value.cause, fault.value.started) == ("missing", False)


def test_checking_a_file_that_can_be_made_makes_none(tmp_path: Path) -> None:
    FilePrinter(str(tmp_path / "slips.bin")).check()

    assert list(tmp_path.iterdir()) == []


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes, as on a disk that is full.

    Hold it for the one call only: pytest's own output may be a file too.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_file_on_a_full_disk_holds_no_half_job_and_may_be_tried_again(tmp_path: Path) -> None:
    path = tmp_path / "slips.bin"
    printer = FilePrinter(str(path))
    printer.send(b"whole")

    with pytest.raises(DeviceFault) as fault, files_no_larger_than(100):
        printer.send(b"x" * 100)

    assert (fault.value.cause, fault.value.started) == ("error", False)
    assert path.read_bytes() == b"whole"


def test_the_twin_out_of_paper_holds_its_jobs_and_prints_them_later() -> None:
    printer = SimulatedPrinter()
    printer.take_paper()
    assert printer.send(SLIP) == Sent(False, "no answer: it may be out of paper")
    assert printer.jobs == ()

    printer.load_paper()

    assert printer.jobs == (SLIP,)
    assert printer.send(b"next") == Sent(True)


def test_the_twin_prints_again_when_it_is_plugged_in_again() -> None:
    printer = SimulatedPrinter()
    printer.unplug()
    with pytest.raises(DeviceFault):
        printer.send(SLIP)

    printer.plug()

    assert printer.send(SLIP) == Sent(True)
