"""A receipt printer at the far end of a line: it answers, runs out of paper, stalls, goes away.

It works as real ones do: what is asked in real time (`DLE EOT`) is answered as it comes in, also
while nothing prints; everything else waits in its buffer for its turn, `GS r 1` and `GS ( H` among
it, and nothing in the buffer moves while there is no paper or the cover is open.
"""

from __future__ import annotations

import os
import queue
import re
import select
import socket
import threading
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

REAL_TIME = re.compile(rb"\x10\x04(.)", re.DOTALL)
END_OF_BUFFER = re.compile(rb"\x1dr\x01|\x1d\(H\x06\x0000(.{4})", re.DOTALL)


class FakePrinter:
    """What a printer does with bytes; a line brings them and takes its answers away.

    `answers` are the numbers of `DLE EOT` it knows; `ends` and `names` say whether it answers
    `GS r 1` and `GS ( H`. With `delay_s` every answer comes that late; `silent`, none comes.
    """

    def __init__(
        self,
        *,
        answers: tuple[int, ...] = (1, 2, 3, 4),
        ends: bool = True,
        names: bool = False,
    ) -> None:
        self.answers = answers
        self.ends = ends
        self.names = names
        self.delay_s = 0.0
        self.silent = False
        self.taken = b""
        self.asked: list[int] = []
        self._printed = b""
        self._lock = threading.RLock()
        self._incoming = b""
        self._buffer = b""
        self._outgoing: list[tuple[float, bytes]] = []
        self._cause: str | None = None
        self._paper_left: int | None = None
        self.wake: Callable[[], None] = lambda: None

    @property
    def printed(self) -> bytes:
        """What is on the paper: everything but questions."""
        with self._lock:
            return self._printed

    def be(self, cause: str | None) -> None:
        """Be in some state: paper_low, paper_out, cover_open, cutter, hot, error, offline, None."""
        with self._lock:
            self._cause = cause
            self._work()
        self.wake()

    def mend(self) -> None:
        """Be well again, with a whole roll."""
        with self._lock:
            self._paper_left = None
        self.be(None)

    def run_out(self, after: int) -> None:
        """Run out of paper once that many bytes more are printed."""
        with self._lock:
            self._paper_left = after

    def lose_buffer(self) -> None:
        """Be switched off and on again."""
        with self._lock:
            self._incoming = self._buffer = b""
            self._outgoing.clear()

    def say(self, data: bytes) -> None:
        """Send something unasked."""
        with self._lock:
            self._outgoing.append((time.monotonic(), data))
        self.wake()

    def receive(self, data: bytes) -> None:
        """Take bytes from the line."""
        with self._lock:
            self.taken += data
            self._incoming += data
            # The start of a question is kept until its rest is there.
            kept = next(
                (n for n in (1, 2) if self._incoming[-n:] in (b"\x10", b"\x10\x04")[n - 1 : n]), 0
            )
            whole = self._incoming[: len(self._incoming) - kept]
            self._incoming = self._incoming[len(whole) :]
            for found in REAL_TIME.finditer(whole):
                self._asked(found.group(1)[0])
            self._buffer += REAL_TIME.sub(b"", whole)
            self._work()

    def due(self) -> tuple[bytes, float | None]:
        """Give the answers that are due, and in how many seconds the next one is."""
        with self._lock:
            now = time.monotonic()
            ready = [data for at, data in self._outgoing if at <= now]
            self._outgoing = [(at, data) for at, data in self._outgoing if at > now]
            left = min((at - now for at, _ in self._outgoing), default=None)
            return b"".join(ready), left

    def _asked(self, number: int) -> None:
        self.asked.append(number)
        if number in self.answers:
            self._answer(bytes((0x12 | self._bits(number),)))

    def _bits(self, number: int) -> int:
        match number, self._cause:
            case 1, None | "paper_low":
                return 0
            case 1, _:
                return 0x08
            case 2, "cover_open":
                return 0x04
            case 2, "paper_out":
                return 0x20
            case 2, "cutter" | "hot" | "error":
                return 0x40
            case 3, "cutter":
                return 0x08
            case 3, "error":
                return 0x20
            case 3, "hot":
                return 0x40
            case 4, "paper_low":
                return 0x0C
            case 4, "paper_out" | "cover_open":
                return 0x6C
            case _:
                return 0

    def _answer(self, data: bytes) -> None:
        if not self.silent:
            self._outgoing.append((time.monotonic() + self.delay_s, data))

    def _work(self) -> None:
        """Print what is in the buffer, up to a question that may not be whole yet."""
        while self._buffer and self._cause in (None, "paper_low"):
            found = END_OF_BUFFER.search(self._buffer)
            end = found.start() if found else len(self._buffer) - _begun(self._buffer)
            if not self._print(self._buffer[:end]) or found is None:
                return
            self._buffer = self._buffer[found.end() - end :]
            if found.group(1) is None:
                if self.ends:
                    self._answer(b"\x00")
            elif self.names:
                self._answer(b"\x37\x22" + found.group(1) + b"\x00")

    def _print(self, text: bytes) -> bool:
        """Print a text, or the part of it that there is paper for."""
        left = len(text) if self._paper_left is None else self._paper_left
        self._printed += text[:left]
        self._buffer = self._buffer[min(left, len(text)) :]
        if self._paper_left is not None:
            if left < len(text):
                self._paper_left, self._cause = None, "paper_out"
                return False
            self._paper_left -= len(text)
        return True


def _begun(data: bytes) -> int:
    """Count the bytes at the end that a question may begin with."""
    requests = (b"\x1dr\x01", b"\x1d(H\x06\x0000")
    for size in range(min(len(data), 10), 0, -1):
        tail = data[-size:]
        if any(request.startswith(tail[: len(request)]) for request in requests):
            return size
    return 0


class Line:
    """The thread between a printer and the descriptors that lead to it."""

    def __init__(self, printer: FakePrinter) -> None:
        self.printer = printer
        self._reading, self._writing = os.pipe()
        printer.wake = self._nudge
        self._goes_on = True
        self._reads = True
        self._todo: queue.SimpleQueue[tuple[Callable[[], None], threading.Event]]
        self._todo = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def stall(self) -> None:
        """Take nothing more."""
        self._reads = False
        self._nudge()

    def go_on(self) -> None:
        """Take what comes again."""
        self._reads = True
        self._nudge()

    def close(self) -> None:
        """End the thread."""
        self._goes_on = False
        self._nudge()
        self._thread.join(5)
        os.close(self._reading)
        os.close(self._writing)

    def _do(self, action: Callable[[], None]) -> None:
        """Do something with the descriptors: in the thread, which else holds them open."""
        if not self._thread.is_alive():
            action()
            return
        done = threading.Event()
        self._todo.put((action, done))
        self._nudge()
        assert done.wait(5)

    def _nudge(self) -> None:
        with suppress(OSError):
            os.write(self._writing, b"!")

    def _run(self) -> None:
        while self._goes_on:
            while not self._todo.empty():
                action, done = self._todo.get()
                action()
                done.set()
            data, left = self.printer.due()
            if data:
                self._send(data)
            fds = self._fds() if self._reads else []
            with suppress(OSError, ValueError):
                ready = select.select([self._reading, *fds], [], [], left)[0]
                if self._reading in ready:
                    os.read(self._reading, 4096)
                for fd in ready:
                    if fd != self._reading:
                        self._take(fd)

    def _fds(self) -> list[int]:
        raise NotImplementedError

    def _send(self, data: bytes) -> None:
        raise NotImplementedError

    def _take(self, fd: int) -> None:
        raise NotImplementedError


class PtyLine(Line):
    """A printer at a device file: a link to a pseudo-terminal, as udev makes one."""

    def __init__(self, printer: FakePrinter, path: Path) -> None:
        super().__init__(printer)
        self.path = path
        self._line = self._port = -1
        self.plug()
        self._thread.start()

    def plug(self) -> None:
        """Appear, with nothing in the buffer."""
        self._do(self._appear)

    def unplug(self) -> None:
        """Go away; what is in the buffer is lost."""
        self._do(self._vanish)

    def _appear(self) -> None:
        self.printer.lose_buffer()
        line, self._port = os.openpty()
        tty.setraw(self._port)
        os.set_blocking(line, False)
        self.path.symlink_to(os.ttyname(self._port))
        self._line = line

    def _vanish(self) -> None:
        line, self._line = self._line, -1
        self.path.unlink(missing_ok=True)
        if line >= 0:
            os.close(line)
            os.close(self._port)
        self.printer.lose_buffer()

    def close(self) -> None:
        """Go away for good."""
        super().close()
        self.unplug()

    def _fds(self) -> list[int]:
        return [self._line] if self._line >= 0 else []

    def _send(self, data: bytes) -> None:
        with suppress(OSError):
            os.write(self._line, data)

    def _take(self, fd: int) -> None:
        self.printer.receive(os.read(fd, 4096))


class TcpLine(Line):
    """A printer at a port of this machine; `address` is where."""

    def __init__(self, printer: FakePrinter) -> None:
        super().__init__(printer)
        self._connections: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._port = 0
        self.plug()
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return "127.0.0.1", self._port

    def plug(self) -> None:
        """Listen."""
        self._do(self._appear)

    def unplug(self) -> None:
        """Hang up and listen no more."""
        self._do(self._vanish)

    def _appear(self) -> None:
        self.printer.lose_buffer()
        listener = socket.create_server(("127.0.0.1", self._port))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._port = listener.getsockname()[1]
        self._listener = listener

    def _vanish(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        self.printer.lose_buffer()
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def close(self) -> None:
        """Go away for good."""
        super().close()
        self.unplug()

    def _fds(self) -> list[int]:
        listener = [] if self._listener is None else [self._listener.fileno()]
        return listener + [one.fileno() for one in self._connections]

    def _send(self, data: bytes) -> None:
        # An answer goes to whoever is connected now.
        for connection in self._connections[-1:]:
            with suppress(OSError):
                connection.send(data)

    def _take(self, fd: int) -> None:
        if self._listener is not None and fd == self._listener.fileno():
            self._connections.append(self._listener.accept()[0])
            return
        for connection in list(self._connections):
            if connection.fileno() == fd:
                data = connection.recv(4096)
                if not data:
                    self._connections.remove(connection)
                    connection.close()
                self.printer.receive(data)
