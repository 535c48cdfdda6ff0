"""How the devices are, for the log and for `kiosk check`: each change once, in a small file too."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from kiosk.domain import DeviceState
from kiosk.ledger.connection import belong_to_folder

log = logging.getLogger(__name__)

MOST_TOLD: Final = 30
STILL_S: Final = 60.0
"""A device that changed so often within this time is logged once as coming and going, and then not
before it has kept still for as long."""
_LARGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Told:
    """What a running desk says of a device, and since when (aware)."""

    up: bool
    cause: str | None
    detail: str
    since: datetime


@dataclass(slots=True)
class _Kept:
    state: DeviceState
    since: datetime
    changes: list[float] = field(default_factory=list)
    unlogged: int = 0


class DeviceLog:
    """Logs each change of a device once, and keeps the states in a file; from any thread."""

    def __init__(
        self,
        fd: int | None,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fd = fd
        self._now = now
        self._monotonic = monotonic
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def told(self, state: DeviceState) -> None:
        """Take a device's state; nothing is done with one that is no change."""
        with self._lock:
            kept = self._kept.get(state.device)
            if kept is None:
                kept = self._kept[state.device] = _Kept(state, self._now())
            elif (kept.state.up, kept.state.cause) != (state.up, state.cause):
                kept.state, kept.since = state, self._now()
            else:
                return
            self._log(kept)
            self._write()

    def _log(self, kept: _Kept) -> None:
        """Log the change, unless the device comes and goes."""
        at = self._monotonic()
        still = not kept.changes or at - kept.changes[-1] >= STILL_S
        kept.changes = [*(one for one in kept.changes if at - one < STILL_S), at]
        if kept.unlogged and still:
            log.info("%s: %d changes were not logged", kept.state.device, kept.unlogged)
            kept.unlogged = 0
        if kept.unlogged or len(kept.changes) > MOST_TOLD:
            if not kept.unlogged:
                log.warning("%s comes and goes: look at its plug and cable", kept.state.device)
            kept.unlogged += 1
        else:
            _log(kept.state)

    def _write(self) -> None:
        if self._fd is None:
            return
        states = {
            name: {
                "up": kept.state.up,
                "cause": kept.state.cause,
                "detail": kept.state.detail or "",
                "since": kept.since.isoformat(timespec="seconds"),
            }
            for name, kept in self._kept.items()
        }
        text = json.dumps(states, ensure_ascii=False).encode()
        # Only for whoever looks: it is not flushed, and a full disk must not stop a scanner.
        with suppress(OSError):
            os.pwrite(self._fd, text, 0)
            os.ftruncate(self._fd, len(text))


def _log(state: DeviceState) -> None:
    if state.role == "sound" and not state.up:
        # No loudspeaker is no fault.
        log.info("the terminal's bell rings: %s", state.detail or state.cause)
    elif not state.up:
        log.warning("%s is down (%s): %s", state.device, state.cause, state.detail or "")
    elif state.cause is not None:
        log.warning("%s works, but (%s): %s", state.device, state.cause, state.detail or "")
    else:
        log.info("%s works: %s", state.device, state.detail or "")


@contextmanager
def device_log(database: Path, now: Callable[[], datetime]) -> Iterator[DeviceLog]:
    """Keep the states of a running desk's devices beside its database as long as it runs."""
    fd: int | None = None
    try:
        fd = os.open(_beside(database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        belong_to_folder(_beside(database))
        # Held while the desk runs: what a desk has left behind when it was killed is not believed.
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        log.info("the devices' states are not kept for `kiosk check`: %s", fault)
        if fd is not None:
            os.close(fd)
        fd = None
    try:
        yield DeviceLog(fd, now)
    finally:
        if fd is not None:
            with suppress(OSError):
                os.ftruncate(fd, 0)
            os.close(fd)


def told_by_desk(database: Path) -> Mapping[str, Told] | None:
    """Read what the desk that runs on a database says of its devices; None when none runs."""
    try:
        fd = os.open(_beside(database), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return _read(os.pread(fd, _LARGEST, 0))
    else:
        return None
    finally:
        os.close(fd)


def _read(content: bytes) -> Mapping[str, Told]:
    try:
        return {name: _told(one) for name, one in json.loads(content).items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        # It is being written just now, or was written by a later version.
        return {}


def _told(one: Mapping[str, Any]) -> Told:
    cause = one["cause"]
    since = datetime.fromisoformat(one["since"])
    return Told(bool(one["up"]), None if cause is None else str(cause), str(one["detail"]), since)


def _beside(database: Path) -> Path:
    return database.with_name(f"{database.name}.devices")
