"""Sounds through the loudspeaker: `aplay` with a time limit, and the thread that plays them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from drivers.faults import Cause, DeviceFault

PROGRAM: Final = "aplay"
_STARTS_S: Final = 1.5
"""What a loaded small box may take to start the program and open the sound card."""
_GONE_S: Final = 1.0
_STALE_S: Final = 3.0
_TRY_AGAIN_S: Final = 30.0
_LONGEST_TOLD: Final = 200
_PLACE: Final = re.compile(r"^\w+: \w+:\d+: ")
"""Where in its own source the program stood: `aplay: main:831: `."""
_CAUSES: Final[tuple[tuple[str, Cause], ...]] = (
    ("busy", "busy"),
    ("permission denied", "denied"),
    ("cannot find card", "missing"),
    ("no such file", "missing"),
    ("no such device", "missing"),
    ("unknown pcm", "missing"),
)
"""Parts of what `aplay` says in English, and what they mean."""


_Asked = tuple[Callable[[], tuple[bytes, float]], Callable[[], None], float]
"""What makes a sound, what is done where it cannot be heard, and when it was asked for."""


class Player(Protocol):
    """A device that sounds. Its thread alone calls it."""

    @property
    def name(self) -> str:
        """What logs call it."""

    def play(self, sound: bytes, seconds: float) -> None:
        """Play a WAV that lasts `seconds`; returns when it is over, and never much later.

        Raises: DeviceFault.
        """

    def stop(self) -> None:
        """End what is playing; may be called from another thread."""


class AplayPlayer:
    """Plays through ALSA's `aplay`, found on the PATH; `device` is a PCM's name, None the usual.

    `starts_s` is how long it may take beside the sound itself: then it is killed.
    """

    def __init__(
        self, device: str | None = None, *, program: str = PROGRAM, starts_s: float = _STARTS_S
    ) -> None:
        self.name = program if device is None else f"{program} {device}"
        self._command = [program, "-q", *(["-D", device] if device is not None else []), "-"]
        self._starts_s = starts_s
        self._playing: subprocess.Popen[bytes] | None = None

    def play(self, sound: bytes, seconds: float) -> None:
        """Play a WAV that lasts `seconds`.

        Raises: DeviceFault.
        """
        try:
            process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C"},
                # A group of its own: what it has started is ended with it.
                start_new_session=True,
            )
        except OSError as exc:
            cause: Cause = "denied" if isinstance(exc, PermissionError) else "missing"
            raise DeviceFault(cause, f"Cannot start {self.name}: {exc.strerror}.") from exc
        self._playing = process
        try:
            _, said = process.communicate(sound, timeout=seconds + self._starts_s)
        except subprocess.TimeoutExpired as exc:
            _end(process)
            text = f"{self.name} had not ended after {exc.timeout:g} s and was stopped."
            raise DeviceFault("timeout", text) from exc
        finally:
            self._playing = None
            _close_pipes(process)
        if process.returncode:
            raise _refused(self.name, process.returncode, said)

    def stop(self) -> None:
        """End what is playing."""
        process = self._playing
        if process is not None:
            _kill(process)


class SoundThread:
    """Plays sounds in a thread of its own, the newest first: at most one waits for the one playing.

    A sound is asked for as what makes it: `play(make, unheard)` calls `make` in the thread for the
    WAV and its seconds, and `unheard` where it cannot be heard. `on_state(up, cause, detail)` is
    called in that thread, once per change. After a failure the device is left alone for
    `again_s`. A sound that had to wait longer than `stale_s` is left out.
    """

    def __init__(
        self,
        player: Player,
        *,
        on_state: Callable[[bool, str | None, str | None], None],
        monotonic: Callable[[], float] = time.monotonic,
        again_s: float = _TRY_AGAIN_S,
        stale_s: float = _STALE_S,
    ) -> None:
        self._player = player
        self._on_state = on_state
        self._monotonic = monotonic
        self._again_s = again_s
        self._stale_s = stale_s
        self._changed = threading.Condition()
        self._next: _Asked | None = None
        self._stopping = False
        self._ended = False
        self._told: tuple[bool, str | None] | None = None
        self._failed_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    def start(self) -> None:
        """Begin; nothing is opened before the first sound."""
        self._thread.start()

    def play(
        self, make: Callable[[], tuple[bytes, float]], unheard: Callable[[], None] = lambda: None
    ) -> None:
        """Ask for a sound in the place of one that still waits; returns at once."""
        with self._changed:
            self._next = (make, unheard, self._monotonic())
            self._changed.notify()

    def stop(self, timeout_s: float) -> None:
        """Let what plays, and what waits, be heard for that long at most; then end it."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if not self._thread.is_alive():
            return
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            with self._changed:
                self._next = None
                self._ended = True
            self._player.stop()
            self._thread.join(_GONE_S)

    def _run(self) -> None:
        while (asked := self._taken()) is not None:
            make, unheard, at = asked
            if self._monotonic() - at > self._stale_s:
                continue
            try:
                heard = self._sound(make)
            except Exception as exc:  # noqa: BLE001 - the thread's root: the bell must still ring
                self._fail("error", f"{self._player.name}: {type(exc).__name__}: {exc}")
                heard = False
            if not heard:
                unheard()

    def _taken(self) -> _Asked | None:
        """Wait for the next sound; None when there is none and none will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._next is not None or self._stopping)
            asked, self._next = self._next, None
            return asked

    def _sound(self, make: Callable[[], tuple[bytes, float]]) -> bool:
        """Play one sound; False where it cannot be heard."""
        failed = self._failed_at
        if failed is not None and self._monotonic() - failed < self._again_s:
            return False
        try:
            self._player.play(*make())
        except DeviceFault as fault:
            self._fail(fault.cause, str(fault))
            return False
        self._failed_at = None
        self._tell(True, None, self._player.name)
        return True

    def _fail(self, cause: str, detail: str) -> None:
        if self._ended:
            # It was us.
            return
        self._failed_at = self._monotonic()
        self._tell(False, cause, detail)

    def _tell(self, up: bool, cause: str | None, detail: str | None) -> None:
        if self._told != (up, cause):
            self._told = (up, cause)
            self._on_state(up, cause, detail)


def _refused(name: str, code: int, said: bytes) -> DeviceFault:
    """Say what the program said last."""
    lines = said.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), f"exit code {code}")
    last = _PLACE.sub("", last)
    text = "\n".join(lines).lower()
    cause: Cause = next((cause for part, cause in _CAUSES if part in text), "error")
    return DeviceFault(cause, f"{name} cannot play: {last[:_LONGEST_TOLD]}.")


def _end(process: subprocess.Popen[bytes]) -> None:
    _kill(process)
    # One that hangs in the kernel cannot be waited for; it is gone once the card is.
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GONE_S)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stderr):
        if pipe is not None:
            # What was not taken before it died is of no use any more.
            with suppress(OSError):
                pipe.close()
