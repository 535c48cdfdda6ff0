"""The desk as a process of its own: how soon it is there, what it needs, how fast it paints."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import sysconfig
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from figures import Figure, p50, p99
from lanes import Wire, scanner_tables
from record import TURN_AT, Size, make_record
from scans import Wanted, visits

from kiosk.settings import Settings

_KIOSK: Final = (sys.executable, "-c", "import sys; from kiosk.cli import main; sys.exit(main())")
_PATIENCE_S: Final = 20.0
_AGAIN_S: Final = 0.02
_PAUSE_S: Final = 0.15
_SETTLE_S: Final = 3.0
_MB: Final = 1024 * 1024


class Terminal:
    """A terminal of 80x24 whose reader keeps what was written since `forget`."""

    def __init__(self) -> None:
        self._master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self._seen = bytearray()
        self._changed = threading.Condition()
        self._stop_r, self._stop_w = os.pipe()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def forget(self) -> None:
        """Start to look for texts from here."""
        with self._changed:
            self._seen.clear()

    def shows(self, text: str) -> float:
        """Wait until a text was written; returns when that was."""
        wanted, until = text.encode(), time.perf_counter() + _PATIENCE_S
        with self._changed:
            while wanted not in self._seen:
                left = until - time.perf_counter()
                if left <= 0 or not self._changed.wait(left):
                    raise SystemExit(f"the screen never showed {text!r}")
            return time.perf_counter()

    def close(self) -> None:
        """Take the terminal away."""
        os.write(self._stop_w, b"x")
        self._thread.join()
        for descriptor in (self._master, self.slave, self._stop_r, self._stop_w):
            os.close(descriptor)

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._stop_r], [], [])
            if self._stop_r in ready:
                return
            with suppress(OSError):
                written = os.read(self._master, 65536)
                with self._changed:
                    self._seen += written
                    self._changed.notify_all()


class DeskProcess:
    """`kiosk run` on a record, with a serial scanner, headless or on a terminal of its own."""

    def __init__(self, settings: Settings, wire: Wire, *, screen: bool) -> None:
        self._wire = wire
        self._database = settings.database_path
        self.terminal = Terminal() if screen else None
        command = [*_KIOSK, "--config", str(settings.file), "run"]
        command += ["--clock", _later(self._database)]
        if self.terminal is None:
            command.append("--headless")
        self._log = (settings.file.parent / "bench.log").open("ab")
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=self.terminal.slave if self.terminal else subprocess.DEVNULL,
            stdout=self.terminal.slave if self.terminal else subprocess.PIPE,
            stderr=self.terminal.slave if self.terminal else self._log,
            env={**os.environ, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        self.pid = self._process.pid

    def first_accepted(self, label: str) -> float:
        """Scan a label until it is accepted; returns the seconds since the start."""
        is_accepted = self._has_line if self.terminal is None else self._has_row(self._last_row())
        while time.perf_counter() - self.begun < _PATIENCE_S:
            self._wire.send(label)
            if is_accepted():
                return time.perf_counter() - self.begun
        raise SystemExit("the desk took no scan")

    def scan_all(self, wanted: list[Wanted]) -> None:
        """Scan label after label, each after the answer to the last."""
        for one in wanted:
            before = self._last_row()
            self._wire.send(one.label)
            until = time.perf_counter() + _PATIENCE_S
            while self._last_row() == before:
                if time.perf_counter() > until:
                    raise SystemExit(f"the desk did not record {one}")
                time.sleep(0.005)
            if self.terminal is None:
                while self._has_line(0.01):
                    pass

    def share_mb(self) -> float:
        """Read how much memory is the process's, with its share of what others use too (PSS)."""
        rollup = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(one.split()[1]) for one in rollup.splitlines() if "Pss:" in one) / 1024

    def resident_mb(self) -> float:
        """Read how much of the process is in memory, with all that others use too (RSS)."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / _MB

    def busy_s(self) -> float:
        """Read the processor time that the process has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1]
        ticks = sum(int(one) for one in fields.split()[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Ask it to end, and wait."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_PATIENCE_S)
        finally:
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._log.close()
            if self.terminal is not None:
                self.terminal.close()

    def _has_line(self, wait_s: float = _AGAIN_S) -> bool:
        out = self._process.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], wait_s)
        return bool(ready) and bool(os.read(out.fileno(), 65536))

    def _has_row(self, before: int) -> Callable[[], bool]:
        def is_there() -> bool:
            time.sleep(_AGAIN_S)
            return self._last_row() > before

        return is_there

    def _last_row(self) -> int:
        with closing(sqlite3.connect(self._database)) as connection:
            # What time brings, such as turns that were settled, is of no lane.
            sql = "SELECT seq FROM journal WHERE lane IS NOT NULL ORDER BY seq DESC LIMIT 1"
            return int(connection.execute(sql).fetchone()[0])


def _later(database: Path) -> str:
    """Write an instant of the turn that is after everything on record."""
    with closing(sqlite3.connect(database)) as connection:
        latest = connection.execute("SELECT max(at) FROM journal").fetchone()[0]
    return (max(TURN_AT, datetime.fromisoformat(latest)) + timedelta(seconds=1)).isoformat()


@contextmanager
def _school(folder: Path, size: Size) -> Iterator[tuple[Settings, Wire]]:
    wire = Wire()
    try:
        yield make_record(folder, size, scanners=scanner_tables({"left": wire})), wire
    finally:
        wire.close()


@contextmanager
def _running(settings: Settings, wire: Wire, *, screen: bool) -> Iterator[DeskProcess]:
    process = DeskProcess(settings, wire, screen=screen)
    try:
        yield process
    finally:
        process.stop()


def start_figures(folder: Path, size: Size, rounds: int) -> Iterator[Figure]:
    """Measure from the start of the process to its first scan on record."""
    with _school(folder / "start", size) as (settings, wire):
        labels = [one.label for one in islice(visits(settings.database_path), 3 * 4 * rounds)][::3]
        for name, screen in (("headless", False), ("with screen", True)):
            for kind, forget in (("warm", False), ("cold", True)):
                took = []
                for _ in range(rounds):
                    if forget:
                        _forget_files(settings.file.parent)
                    with _running(settings, wire, screen=screen) as process:
                        took.append(process.first_accepted(labels.pop()))
                yield Figure(
                    f"start to first scan accepted, {name}, {kind}, p50", p50(took), "s", 1.0
                )


def _forget_files(folder: Path) -> None:
    """Drop the program's, its libraries' and the record's files from the page cache."""
    os.sync()
    roots = {folder, *(Path(sysconfig.get_path(one)) for one in ("stdlib", "purelib", "platlib"))}
    roots |= {Path(sys.modules[one].__path__[0]) for one in ("kiosk", "drivers", "receipts")}
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file():
                with suppress(OSError), path.open("rb") as file:
                    os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def need_figures(folder: Path, size: Size, scans: int, idle_s: float) -> Iterator[Figure]:
    """Measure memory after some scans with printed slips, then the idle processor time."""
    with _school(folder / "need", size) as (settings, wire):
        for name, screen, budget in (("headless", False, 50.0), ("with screen", True, 65.0)):
            wanted = list(islice(visits(settings.database_path), scans))
            with _running(settings, wire, screen=screen) as process:
                process.first_accepted(wanted[0].label)
                process.scan_all(wanted[1:])
                time.sleep(_SETTLE_S)
                _check_slips(settings.database_path)
                remark = f"its share of what is shared: {process.share_mb():.1f} MB"
                yield Figure(
                    f"memory {name}, resident", process.resident_mb(), "MB", budget, remark=remark
                )
                # The last reader's session and its summary end by time first.
                time.sleep(settings.desk.idle_s + _SETTLE_S)
                before, begun = process.busy_s(), time.perf_counter()
                time.sleep(idle_s)
                share = (process.busy_s() - before) / (time.perf_counter() - begun)
                yield Figure(f"idle processor time {name}", share * 100, "%", 1.0)


def _check_slips(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        if not connection.execute("SELECT 1 FROM slip WHERE state = 'printed'").fetchone():
            raise SystemExit("no slip was printed: the printer is not in use")


def paint_figures(folder: Path, size: Size, scans: int) -> Iterator[Figure]:
    """Measure from the last byte to the painted screen while another process reads everything."""
    with ExitStack() as stack:
        settings, wire = stack.enter_context(_school(folder / "paint", size))
        wanted = list(islice(visits(settings.database_path), scans + 1))
        process = stack.enter_context(_running(settings, wire, screen=True))
        process.first_accepted(wanted[0].label)
        assert process.terminal is not None
        process.terminal.shows(wanted[0].shown)
        stack.callback(_reports(settings))
        took = []
        for one in wanted[1:]:
            time.sleep(_PAUSE_S)
            process.terminal.forget()
            begun = time.perf_counter()
            wire.send(one.label)
            took.append((process.terminal.shows(one.shown) - begun) * 1000)
    yield Figure("scan to painted screen while a report runs, p50", p50(took), "ms")
    yield Figure("scan to painted screen while a report runs, p99", p99(took), "ms", 60.0, True)


def _reports(settings: Settings) -> Callable[[], None]:
    """Run `kiosk verify` again and again; returns what stops that."""
    over = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def work() -> None:
        command = [*_KIOSK, "--config", str(settings.file), "verify"]
        while not over.is_set():
            running.append(
                subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            running[-1].wait()

    thread = threading.Thread(target=work)
    thread.start()

    def stop() -> None:
        over.set()
        running[-1].terminate()
        thread.join()

    return stop
