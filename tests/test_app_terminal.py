"""The app in a real pseudo-terminal: keys that stop or kill other programs do not touch it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, school_in
from fake_aplay import FakeAplay

from kiosk.screens.sound import Sounds
from kiosk.wording.outcomes import Tone

TESTS = Path(__file__).parent
DESK = """
import signal, sys, threading
sys.path[:0] = [{tests!r}, {root!r}]
from screens_scenes import FakeClock, Heard, IN_TURN, LENDING, desk

class Keys(Heard):
    def key(self, key, character):
        super().key(key, character)
        if key == "l":
            threading.Thread(target=lambda: app.tell_outcome(LENDING)).start()
        if key == "x":
            threading.Thread(target=app.tell_quit).start()

heard = Keys()
app = desk(FakeClock(), heard=heard)
signal.signal(signal.SIGTERM, lambda *_: app.tell_quit())
app.tell_hall(IN_TURN)
app.run(mouse=False)
print("KEYS", *[key for key, _ in heard.keys])
"""
DEADLY = b"\x03\x1a\x11\x04\x10\x1c\x1a\x03\x16\x0f\x15"
PATIENCE_S = 20
CLOCK = ("--clock", "2026-09-10T16:35")


class Terminal:
    """A program on a pseudo-terminal that is its controlling terminal."""

    def __init__(self, program: str, **environment: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm-256color", **environment},
            preexec_fn=_take_terminal,  # noqa: PLW1509 - the child is single-threaded until exec
        )
        os.close(slave)
        self._seen = b""

    def press(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def reads_until(self, text: str) -> bool:
        """Read what the program writes until `text` comes; False after waiting too long."""
        wanted, end = text.encode(), time.monotonic() + PATIENCE_S
        while wanted not in self._seen:
            ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                return False
            try:
                self._seen += os.read(self._master, 65536)
            except OSError:
                return wanted in self._seen
        return True

    def forget(self) -> None:
        """Forget what was read: a terminal's title also ends with the bell's code."""
        self._seen = b""

    def text(self) -> str:
        return self._seen.decode(errors="replace")

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


def _take_terminal() -> None:
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


@pytest.mark.parametrize("environment", [{}, {"TEXTUAL_ALLOW_SIGNALS": "1"}], ids=["", "signals"])
def test_no_key_ends_or_stops_the_desk(environment: dict[str, str]) -> None:
    program = DESK.format(tests=str(TESTS), root=str(TESTS.parent))
    terminal = Terminal(program, **environment)
    try:
        assert terminal.reads_until("16:34"), terminal.text()

        terminal.press(DEADLY + b"l")
        shown = terminal.reads_until("手上 1/2")
        terminal.press(b"x")
        ended = terminal.reads_until("KEYS")

        assert shown, terminal.text()
        assert ended, terminal.text()
        assert terminal.process.wait(PATIENCE_S) == 0
    finally:
        terminal.close()


def test_a_termination_signal_ends_the_desk_in_order() -> None:
    terminal = Terminal(DESK.format(tests=str(TESTS), root=str(TESTS.parent)))
    try:
        assert terminal.reads_until("16:34"), terminal.text()

        terminal.process.terminate()

        assert terminal.reads_until("KEYS"), terminal.text()
        assert terminal.process.wait(PATIENCE_S) == 0
    finally:
        terminal.close()


def test_the_desk_is_heard_through_the_loudspeaker_and_else_by_the_bell(tmp_path: Path) -> None:
    aplay = FakeAplay(tmp_path)
    config = school_in(tmp_path, {'driver = "stdin"': 'driver = "keyboard"'})
    program = f"from kiosk.cli import main; main({['--config', str(config), 'run', *CLOCK]!r})"
    terminal = Terminal(program, PATH=aplay.path)
    try:
        assert terminal.reads_until("借书证"), terminal.text()
        terminal.forget()
        terminal.press(f"{MING}\r{BOOKS[0]}\r".encode())
        shown = terminal.reads_until("▲")
        (lent,) = aplay.has_played(1)
        silent = "\a" not in terminal.text()

        aplay.is_to("No such device")
        terminal.press(b"10000009\r")
        rung = terminal.reads_until("\a")
        terminal.process.terminate()
        terminal.reads_until("never said")
    finally:
        terminal.close()

    assert lent == Sounds(["left"], 70, tmp_path).sound(Tone.LENT, "left")[0]
    assert (shown, silent, rung) == (True, True, True)
    assert "the terminal's bell rings" in (tmp_path / "kiosk.log").read_text(encoding="utf-8")
