"""What scanners sent, kept in a file of bounded length for whoever looks for a faulty device."""

from __future__ import annotations

import json
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

log = logging.getLogger(__name__)

KEPT_SCANS = 10_000


@dataclass(frozen=True, slots=True)
class RawScan:
    """One label as a device sent it.

    `at` is ISO-8601 in UTC. `characters` is the length of what was sent, of which `text` is what
    may be kept. `gap_ms` and `longest_gap_ms` are between its pieces. `after_part` says that what
    the device had sent just before was a part of this label.
    """

    at: str
    lane: str
    device: str
    text: str
    characters: int
    gap_ms: float | None = None
    longest_gap_ms: float | None = None
    ended_by: str = "suffix"
    caps: bool | None = None
    fault: str | None = None
    after_part: bool = False


class ScanRing:
    """Writes raw scans, `keep` at least and twice that at most, from a thread of its own.

    What was put waits for `pause_s`, is then made into a scan in this thread, and is written with
    what came meanwhile: a memory card is written seldom, and nobody waits for it. Power that
    fails takes the last of it along, which is no loss to the record.
    """

    def __init__(self, path: Path, *, keep: int = KEPT_SCANS, pause_s: float = 30.0) -> None:
        self._path = path
        self._keep = keep
        self._pause_s = pause_s
        self._queue: queue.SimpleQueue[Callable[[], RawScan] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._lines: int | None = None
        self._has_failed = False
        self._thread = threading.Thread(target=self._run, name="raw scans", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def put(self, made: Callable[[], RawScan]) -> None:
        """Keep the scan that `made` gives; from any thread, never waiting."""
        self._queue.put(made)

    def stop(self) -> None:
        """Write what waits and end the thread."""
        self._stopping.set()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=2.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            first = self._queue.get()
            self._stopping.wait(self._pause_s)
            self._write([made() for made in (first, *self._waiting()) if made is not None])

    def _waiting(self) -> Iterator[Callable[[], RawScan] | None]:
        while not self._queue.empty():
            yield self._queue.get()

    def _write(self, scans: list[RawScan]) -> None:
        if not scans:
            return
        try:
            self._append(scans[-self._keep :])
        except OSError as exc:
            if not self._has_failed:
                log.warning("raw scans cannot be kept in %s: %s", self._path, exc.strerror)
            self._has_failed = True
        else:
            self._has_failed = False

    def _append(self, scans: list[RawScan]) -> None:
        if self._lines is None:
            self._lines = sum(1 for _ in _lines_of(self._path))
        if self._lines + len(scans) > self._keep:
            if self._path.exists():
                self._path.replace(_older(self._path))
            self._lines = 0
        text = "".join(json.dumps(asdict(one), ensure_ascii=True) + "\n" for one in scans)
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "rb+") as file:
            # A line that was cut off by a power failure must not spoil the one after it.
            if not _ends_whole(file.fileno()):
                text = "\n" + text
            file.write(text.encode("ascii"))
        self._lines += len(scans)


def read_scans(path: Path, *, last: int = KEPT_SCANS) -> list[RawScan]:
    """Read the last scans that were kept, oldest first; lines that were cut off are passed over.

    Raises: OSError for a file that is there and cannot be read.
    """
    lines = [*_lines_of(_older(path)), *_lines_of(path)]
    return [one for one in map(_scan_of, lines[-last:]) if one is not None]


def _older(path: Path) -> Path:
    return path.with_name(path.name + ".1")


def _lines_of(path: Path) -> Iterable[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _scan_of(line: str) -> RawScan | None:
    try:
        found = json.loads(line)
        known = {field.name for field in fields(RawScan)}
        return RawScan(**{key: value for key, value in found.items() if key in known})
    except (ValueError, TypeError, AttributeError):
        return None
