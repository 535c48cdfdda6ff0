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
from pathlib import Path
from typing import Any

import pytest
import serial
from fake_printer import FakePrinter, Line, PtyLine, TcpLine

from drivers.faults import Cause, DeviceFault
from drivers.printers.channel import Channel
from drivers.printers.file import FilePrinter
from drivers.printers.network import NetworkPrinter
from drivers.printers.printing import Patience, Printer, Probe, Sent
from drivers.printers.serial import Flow, SerialPrinter
from drivers.printers.status import Condition, Manners
from drivers.printers.usb import UsbPrinter
from drivers.simulated import SimulatedPrinter

QUICK = Patience(stall_s=0.2, status_s=0.15, answer_s=0.25, quiet_s=0.03, poll_s=0.02)
SLIP = b"\x1b@\x1c&" + "←左 三(2)班 王小明".encode("gb18030") + b"\r\n\n\x1dV\x42\x00"
WELL = Condition(speaks=True)
PATIENCE_S = 5.0


class Watching:
    """Notes what a printer says during a job, and mends it the first time it says so."""

    def __init__(self, mend: Callable[[], None] | None = None) -> None:
        self.heard: list[Cause | None] = []
        self._mend = mend

    def __call__(self, condition: Condition) -> bool:
        if self.heard[-1:] != [condition.cause]:
            self.heard.append(condition.cause)
        if self._mend is not None and condition.stops:
            mend, self._mend = self._mend, lambda: None
            mend()
        return self._mend is not None


class TwinRig:
    """The simulated printer."""

    def __init__(self, _tmp_path: Path) -> None:
        self.printer: Printer = SimulatedPrinter()
        self.twin = self.printer
        self.be = self.twin.tell
        self.run_out = self.twin.run_out
        self.unplug = self.twin.unplug
        self.plug = self.twin.plug
        self.silence = self.twin.silence
        self.speak = self.twin.speak

    def block(self) -> None:
        self.twin.stall(after=100)

    def printed(self, size: int) -> bytes:
        return b"".join(self.twin.jobs)[: size + 1]

    def close(self) -> None:
        pass


class LineRig:
    """A driver, and the printer at the far end of its line."""

    def __init__(self, line: Line, printer: Printer) -> None:
        self.fake = line.printer
        self.line = line
        self.printer = printer
        self.be = self.fake.be
        self.run_out = self.fake.run_out
        self.block = line.stall
        self.unplug = line.unplug
        self.plug = line.plug
        self.close = line.close

    def silence(self) -> None:
        self.fake.silent = True

    def speak(self) -> None:
        self.fake.silent = False

    def printed(self, size: int) -> bytes:
        pause = threading.Event()
        deadline = time.monotonic() + PATIENCE_S
        while len(self.fake.printed) < size and time.monotonic() < deadline:
            pause.wait(0.005)
        return self.fake.printed


def usb_rig(tmp_path: Path, **manner: Any) -> LineRig:
    path = tmp_path / "printer"
    manners = manner.pop("manners", Manners())
    line = PtyLine(FakePrinter(**manner), path)
    return LineRig(line, UsbPrinter(str(path), manners=manners, patience=QUICK))


def serial_rig(tmp_path: Path) -> LineRig:
    path = tmp_path / "printer"
    line = PtyLine(FakePrinter(), path)
    return LineRig(line, SerialPrinter(str(path), 115_200, patience=QUICK))


def network_rig(_tmp_path: Path) -> LineRig:
    line = TcpLine(FakePrinter())
    return LineRig(line, NetworkPrinter(*line.address, patience=QUICK))


Rig = TwinRig | LineRig
RIGS = [TwinRig, usb_rig, serial_rig, network_rig]


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    rig = request.param(tmp_path)
    yield rig
    rig.close()


@pytest.fixture
def usb(tmp_path: Path) -> Iterator[LineRig]:
    rig = usb_rig(tmp_path)
    yield rig
    rig.close()


def fault_of(use: Callable[[], object]) -> tuple[Cause, bool]:
    """Tell the cause of a fault, and whether the job was started."""
    with pytest.raises(DeviceFault) as fault:
        use()
    return fault.value.cause, fault.value.started


def test_a_job_that_the_printer_answers_is_confirmed_and_whole(rig: Rig) -> None:
    sent = rig.printer.send(SLIP)

    assert (sent, sent.condition) == (Sent(confirmed=True), WELL)
    assert rig.printed(len(SLIP)) == SLIP


def test_jobs_follow_one_another_whole(rig: Rig) -> None:
    jobs = [SLIP, bytes(range(256)) * 20, SLIP]

    assert [rig.printer.send(job).confirmed for job in jobs] == [True, True, True]

    assert rig.printed(len(b"".join(jobs))) == b"".join(jobs)


def test_a_printer_that_never_answers_gets_its_job_and_leaves_it_unconfirmed(rig: Rig) -> None:
    rig.silence()

    sent = rig.printer.send(SLIP)

    assert not sent.confirmed
    assert sent.detail is not None
    assert sent.detail.startswith("no answer")
    assert sent.condition == Condition(speaks=False)
    assert rig.printed(len(SLIP)) == SLIP


def test_a_silent_printer_is_never_one_with_plenty_of_paper(rig: Rig) -> None:
    assert rig.printer.check() == Condition(speaks=True, cause=None)

    rig.silence()
    rig.be("paper_low")

    # One that has spoken before is not there any more, as far as anybody can tell.
    assert fault_of(rig.printer.check) == ("timeout", False)


STOPS: list[Cause] = ["paper_out", "cover_open", "cutter", "hot", "error", "offline"]


@pytest.mark.parametrize("cause", STOPS)
def test_a_printer_that_says_it_cannot_print_gets_nothing_until_it_can(
    rig: Rig, cause: Cause
) -> None:
    rig.be(cause)

    assert fault_of(rig.printer.check) == (cause, False)
    assert fault_of(lambda: rig.printer.send(SLIP)) == (cause, False)
    rig.be(None)
    assert rig.printer.check() == WELL
    assert rig.printer.send(SLIP) == Sent(confirmed=True)
    assert rig.printed(len(SLIP)) == SLIP


def test_a_printer_low_on_paper_says_so_and_prints(rig: Rig) -> None:
    rig.be("paper_low")

    assert rig.printer.check() == Condition(speaks=True, cause="paper_low")
    sent = rig.printer.send(SLIP)
    assert (sent.confirmed, sent.condition.cause) == (True, "paper_low")


def test_paper_that_runs_out_in_a_job_is_told_at_once_and_waited_for(rig: Rig) -> None:
    rig.printer.send(SLIP)
    rig.run_out(after=10)
    watching = Watching(mend=lambda: rig.be(None))
    if isinstance(rig, TwinRig):
        # The twin's job is held by the call itself, so somebody else loads the paper.
        watching = Watching(mend=lambda: threading.Thread(target=rig.be, args=(None,)).start())

    sent = rig.printer.send(SLIP, watching)

    assert sent == Sent(confirmed=True)
    assert watching.heard == ["paper_out", None]
    assert rig.printed(2 * len(SLIP)) == SLIP * 2


def test_paper_that_is_not_waited_for_leaves_the_job_unconfirmed(rig: Rig) -> None:
    rig.printer.send(SLIP)
    rig.run_out(after=10)
    watching = Watching()

    sent = rig.printer.send(SLIP, watching)

    assert sent == Sent(False, "it waits for somebody: paper out")
    assert sent.condition.cause == "paper_out"
    assert watching.heard == ["paper_out"]


def test_a_printer_that_stops_taking_bytes_fails_in_time_and_its_job_was_started(
    rig: Rig,
) -> None:
    rig.silence()
    rig.block()
    began = time.monotonic()

    assert fault_of(lambda: rig.printer.send(SLIP * 200_000)) == ("timeout", True)

    # Far less than it would take to print; a busy machine fills the buffers slowly.
    assert time.monotonic() - began < 30 * QUICK.stall_s


def test_a_printer_that_falls_silent_is_sent_nothing_until_it_speaks(rig: Rig) -> None:
    rig.printer.send(SLIP)
    rig.silence()

    assert fault_of(lambda: rig.printer.send(SLIP)) == ("timeout", False)

    rig.speak()
    assert rig.printer.send(SLIP) == Sent(confirmed=True)
    assert rig.printed(2 * len(SLIP)) == SLIP * 2


def test_a_printer_that_was_off_at_the_first_slip_is_believed_once_it_answers(rig: Rig) -> None:
    rig.silence()
    assert not rig.printer.send(SLIP).confirmed
    rig.speak()

    # The next may still be counted with the one that was lost; the one after it is not.
    sent = [rig.printer.send(SLIP).confirmed for _ in range(3)]

    assert sent[1:] == [True, True]


def test_a_printer_that_is_not_there_took_nothing(rig: Rig) -> None:
    rig.unplug()

    assert fault_of(rig.printer.check) == ("missing", False)
    assert fault_of(lambda: rig.printer.send(SLIP)) == ("missing", False)
    assert fault_of(rig.printer.probe) == ("missing", False)


def test_a_printer_that_comes_back_prints_again(rig: Rig) -> None:
    rig.printer.send(SLIP)
    rig.unplug()
    assert fault_of(lambda: rig.printer.send(SLIP)) == ("missing", False)

    rig.plug()

    assert rig.printer.send(SLIP) == Sent(confirmed=True)


def test_a_printer_pulled_out_in_a_job_is_gone_and_the_job_was_started(rig: Rig) -> None:
    rig.printer.send(SLIP)
    rig.run_out(after=10)

    def pull() -> None:
        threading.Thread(target=rig.unplug).start()

    # A pseudo-terminal whose far end is gone may say so as an end or as an error.
    assert fault_of(lambda: rig.printer.send(SLIP, Watching(mend=pull))) == ("gone", True)


def test_checking_a_printer_that_is_there_prints_nothing(rig: Rig) -> None:
    assert rig.printer.check() == WELL
    assert rig.printer.check() == WELL

    assert rig.printed(0) == b""


def test_a_probe_tells_what_is_answered(rig: Rig) -> None:
    names = not isinstance(rig, TwinRig)
    if names:
        rig.fake.names = True

    assert rig.printer.probe() == Probe(
        {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}, reports_end=True, reports_job=names
    )
    assert rig.printed(0) == b""


def test_a_silent_printer_probed_answers_nothing(usb: LineRig) -> None:
    usb.silence()

    assert usb.printer.probe() == Probe({}, reports_end=False, reports_job=False)


def test_the_answer_to_an_earlier_job_is_not_taken_for_this_ones(usb: LineRig) -> None:
    usb.printer.send(SLIP)
    usb.run_out(after=10)
    assert not usb.printer.send(SLIP).confirmed
    heard = Watching(mend=lambda: usb.be(None))

    usb.be(None)  # the job before is printed to its end now, and answered
    usb.run_out(after=len(SLIP) - 10)
    sent = usb.printer.send(SLIP, heard)

    assert sent == Sent(confirmed=True)
    assert heard.heard == ["paper_out", None]
    assert usb.printed(3 * len(SLIP)) == SLIP * 3


def test_answers_that_lie_about_from_an_earlier_run_count_for_nothing(tmp_path: Path) -> None:
    rig = usb_rig(tmp_path, ends=False)
    rig.fake.say(b"\x00\x00\x12")

    sent = rig.printer.send(SLIP)

    assert not sent.confirmed
    rig.close()


def test_noise_taken_for_an_answer_does_not_keep_slips_from_a_silent_printer(
    tmp_path: Path,
) -> None:
    rig = usb_rig(tmp_path, ends=False, answers=())
    rig.printer.send(SLIP)
    # From now on it seems to have answered, once.
    rig.fake.ends = True
    assert not rig.printer.send(SLIP).confirmed
    rig.fake.ends = False

    outcomes = []
    for _ in range(5):
        try:
            outcomes.append(rig.printer.send(SLIP).confirmed)
        except DeviceFault as fault:
            outcomes.append(fault.cause)

    assert False in outcomes
    rig.close()


def test_a_printer_that_holds_a_job_is_sent_no_second_one(tmp_path: Path) -> None:
    rig = usb_rig(tmp_path, answers=())
    rig.printer.send(SLIP)
    rig.be("paper_out")
    assert not rig.printer.send(SLIP).confirmed

    assert fault_of(lambda: rig.printer.send(SLIP)) == ("timeout", False)
    rig.be(None)
    assert rig.printer.send(SLIP) == Sent(confirmed=True)
    assert rig.printed(3 * len(SLIP)) == SLIP * 3
    rig.close()


def test_late_answers_are_waited_for_and_never_counted_twice(usb: LineRig) -> None:
    usb.fake.delay_s = 0.1

    assert [usb.printer.send(SLIP).confirmed for _ in range(3)] == [True] * 3


def test_a_printer_whose_answers_come_too_late_is_never_believed(usb: LineRig) -> None:
    usb.fake.delay_s = 0.4

    assert not usb.printer.send(SLIP).confirmed


@pytest.mark.parametrize("answers", [(1, 4), (1,), (1, 2, 3, 4)])
def test_a_printer_is_asked_only_what_its_model_answers(
    tmp_path: Path, answers: tuple[int, ...]
) -> None:
    rig = usb_rig(tmp_path, answers=answers, manners=Manners(status=answers))

    assert rig.printer.check() == WELL
    rig.be("hot" if 3 in answers else "paper_out" if 4 in answers else "offline")
    expected = "hot" if 3 in answers else "paper_out" if 4 in answers else "offline"
    assert fault_of(rig.printer.check) == (expected, False)
    assert set(rig.fake.asked) == set(answers)
    rig.close()


def test_what_a_printer_does_not_answer_is_soon_asked_no_more(tmp_path: Path) -> None:
    rig = usb_rig(tmp_path, answers=(1, 4))
    for _ in range(4):
        rig.printer.check()
    rig.fake.asked.clear()
    rig.be("paper_out")

    assert fault_of(rig.printer.check) == ("paper_out", False)
    assert rig.fake.asked == [1, 4]
    rig.close()


def test_a_model_that_answers_nothing_is_asked_nothing_and_not_waited_for(tmp_path: Path) -> None:
    rig = usb_rig(tmp_path, manners=Manners(status=(), reports_end=False))
    began = time.monotonic()

    sent = rig.printer.send(b"a slip")

    assert (sent.confirmed, time.monotonic() - began < QUICK.answer_s) == (False, True)
    rig.printed(6)
    assert rig.fake.taken == b"a slip"
    rig.close()


def test_a_model_that_names_its_jobs_is_believed_by_name_only(tmp_path: Path) -> None:
    manners = Manners(reports_job=True)
    rig = usb_rig(tmp_path, names=True, manners=manners)
    assert rig.printer.send(SLIP) == Sent(confirmed=True)
    rig.fake.names = False
    rig.fake.say(b"\x37\x22AAAA\x00")

    assert not rig.printer.send(SLIP).confirmed
    rig.close()


def test_after_a_job_that_was_cut_off_the_next_does_not_become_part_of_its_picture(
    tmp_path: Path,
) -> None:
    path = tmp_path / "printer"
    line = PtyLine(FakePrinter(), path)
    printer = UsbPrinter(str(path), patience=QUICK)
    line.printer.silent = True
    line.stall()
    job = b"x" * 40_000
    assert fault_of(lambda: printer.send(job)) == ("timeout", True)

    line.go_on()
    printer.send(SLIP)

    rig = LineRig(line, printer)
    rig.printed(len(SLIP))
    assert line.printer.printed.endswith(b"\x00" * 1000 + SLIP)
    line.close()


@pytest.mark.parametrize("flow", ["none", "rtscts", "xonxoff"])
def test_a_serial_printer_prints_under_any_flow_control(tmp_path: Path, flow: Flow) -> None:
    line = PtyLine(FakePrinter(), tmp_path / "printer")
    printer = SerialPrinter(str(line.path), 115_200, flow=flow, patience=QUICK)

    assert printer.send(SLIP) == Sent(confirmed=True)
    line.close()


def test_a_serial_printer_that_another_program_holds_is_busy(tmp_path: Path) -> None:
    line = PtyLine(FakePrinter(), tmp_path / "printer")
    printer = SerialPrinter(str(line.path), patience=QUICK)

    with serial.Serial(str(line.path), exclusive=True):
        assert fault_of(lambda: printer.send(SLIP)) == ("busy", False)

    assert printer.send(SLIP) == Sent(confirmed=True)
    line.close()


def test_a_serial_line_that_holds_the_printers_bytes_is_dropped() -> None:
    line, port = os.openpty()
    printer = SerialPrinter(os.ttyname(port), flow="xonxoff", patience=QUICK)
    os.write(line, b"\x13")

    cause, _ = fault_of(lambda: printer.send(SLIP * 2000))

    assert cause == "timeout"
    os.close(line)
    os.close(port)


def test_a_job_is_not_sent_before_its_last_bytes_have_left() -> None:
    reading_end, writing_end = os.pipe2(os.O_NONBLOCK)
    room = fcntl.fcntl(writing_end, fcntl.F_SETPIPE_SZ, 4096)
    channel = Channel(writing_end, "pipe")

    assert fault_of(lambda: channel.write(b"x" * room, 0.1, lambda _: False)) == ("timeout", True)
    os.close(reading_end)
    os.close(writing_end)


def test_a_device_that_says_what_it_waits_for_is_waited_for() -> None:
    reading_end, writing_end = os.pipe2(os.O_NONBLOCK)
    room = fcntl.fcntl(writing_end, fcntl.F_SETPIPE_SZ, 4096)
    heard: list[Cause] = []

    def load(cause: Cause) -> bool:
        heard.append(cause)
        os.read(reading_end, room)
        return True

    channel = Channel(writing_end, "pipe", hindrance=lambda: "paper_out")
    channel.write(b"x" * (room + 1), 0.05, load)

    assert (channel.taken, set(heard)) == (room + 1, {"paper_out"})
    os.close(reading_end)
    os.close(writing_end)


def test_a_pipe_in_place_of_a_usb_printer_gets_the_job_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "printer"
    os.mkfifo(path)
    reading_end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    printer = UsbPrinter(str(path), patience=QUICK)

    assert printer.check() == Condition(speaks=False)
    assert printer.probe() == Probe({}, reports_end=False, reports_job=False)
    assert printer.send(SLIP) == Sent(False, "it cannot answer")
    assert os.read(reading_end, 4096) == SLIP
    os.close(reading_end)


def test_a_printer_that_hangs_up_without_an_answer_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        manners = Manners(status=())
        printer = NetworkPrinter("127.0.0.1", port, manners=manners, patience=QUICK)

        def take_and_hang_up() -> None:
            with listener.accept()[0] as connection:
                connection.settimeout(5)
                received = b""
                while b"\x1dV" not in received:
                    received += connection.recv(4096)

        server = threading.Thread(target=take_and_hang_up)
        server.start()

        assert fault_of(lambda: printer.send(SLIP)) == ("gone", True)
        server.join(5)


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


def test_the_silent_twin_without_paper_holds_its_job_and_prints_it_later() -> None:
    printer = SimulatedPrinter()
    printer.silence()
    printer.take_paper()
    assert not printer.send(SLIP).confirmed
    assert printer.jobs == (b"",)

    printer.load_paper()

    assert printer.jobs == (SLIP,)
