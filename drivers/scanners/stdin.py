"""Labels from a stream of lines, one label per line."""

from __future__ import annotations

import io
import os
import select
from typing import BinaryIO

from drivers.faults import DeviceFault, Trouble
from drivers.scanners.encoding import Encoding
from drivers.scanners.frames import FrameDecoder
from drivers.scanners.label import Label
from drivers.scanners.reading import Ended

_CHUNK = 4096
_LONGEST = 65_536
"""Longer than any label: a line that is none is passed on whole, to be told as it was."""


class LineScanner:
    """Reads one label per line, until the stream ends; a last line may lack its newline.

    A stream with a descriptor is read past its own buffer: nobody else may read from it.
    """

    trouble: Trouble | None = None

    def __init__(
        self, stream: BinaryIO, *, name: str = "stdin", encoding: Encoding = "auto"
    ) -> None:
        self.name = name
        self._stream = stream
        self._frames = FrameDecoder(ends=b"\n", longest=_LONGEST, encoding=encoding)
        self._ended = False
        try:
            self._fd: int | None = stream.fileno()
        except (OSError, io.UnsupportedOperation):
            self._fd = None

    def open(self) -> None:
        """Do nothing: the stream was given open."""

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels of the lines that came within `timeout_s`.

        Raises: Ended after the last one, DeviceFault when the stream cannot be read.
        """
        if self._ended:
            raise Ended
        try:
            data = self._receive(timeout_s)
        except (OSError, ValueError) as exc:
            raise DeviceFault("gone", f"Cannot read {self.name}: {exc}.") from exc
        if data is None:
            return []
        if data:
            return self._frames.feed(data)
        self._ended = True
        return self._frames.end("close")

    def close(self) -> None:
        """Leave the stream open: it belongs to whoever gave it."""

    def signal(self, *, good: bool) -> None:
        """Do nothing: it has no way to be told."""

    def _receive(self, timeout_s: float) -> bytes | None:
        if self._fd is None:
            return self._stream.read(_CHUNK)
        if not select.select([self._fd], [], [], timeout_s)[0]:
            return None
        try:
            return os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return None
