"""Cut a stream of bytes into labels."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from drivers.scanners.encoding import Encoding, text_of
from drivers.scanners.label import KEPT_CHARACTERS, Arrival, EndedBy, Label

Suffix = Literal["any", "none"]

MAX_BYTES = 4096
LINE_ENDS = b"\r\n\t\x03"
STX = b"\x02"
# Scanners leave 1 to 20 ms between two characters, quick typists 60 and more.
_FASTEST_TYPIST_S = 0.05


@dataclass(frozen=True, slots=True)
class Quiet:
    """What a pause says about the label before it.

    After `ends_s` a label of at least `shortest` bytes has ended; with `machine_only` only one
    that came faster than people type. Anything else is forgotten after `forget_s`.
    """

    ends_s: float
    shortest: int
    forget_s: float
    machine_only: bool = False


NO_PAUSE = Quiet(math.inf, 1, math.inf)
"""A pause means nothing: lines of a file."""
LOST_SUFFIX = Quiet(0.5, 4, 30.0, machine_only=True)
"""A scanner that sends a suffix has lost it: better a label half a second late than two glued."""


def quiet_of(suffix: Suffix, *, shortest: int = 1) -> Quiet:
    """Give what a pause means for scanners set to that suffix."""
    return LOST_SUFFIX if suffix == "any" else Quiet(0.1, shortest, 1.0)


class FrameDecoder:
    """Collects bytes in pieces of any size and gives the labels that have ended.

    `ends` are the bytes that end a label, `skip` bytes that belong to none. Empty labels vanish,
    so CR LF ends one label, not two. Up to `stray_bytes` bytes with nothing printable among them
    are no label either, but what a plug makes on its way in; `strays` counts them. A label of
    more than `longest` bytes is too long, and its first `kept` characters are told.
    """

    def __init__(
        self,
        *,
        ends: bytes = LINE_ENDS,
        skip: bytes = b"",
        stray_bytes: int = 0,
        longest: int = MAX_BYTES,
        kept: int = KEPT_CHARACTERS,
        encoding: Encoding = "auto",
        quiet: Quiet = NO_PAUSE,
    ) -> None:
        self._longest = longest
        self._kept = kept
        self._ends = re.compile(b"[" + re.escape(ends) + b"]")
        self._skip = skip
        self._stray_bytes = stray_bytes
        self._encoding: Encoding = encoding
        self._has_characters = False
        self._quiet = quiet
        self._frame = bytearray()
        self._overflowed = False
        self._gaps: list[float] = []
        self._last_at = 0.0
        self.strays = 0

    @property
    def pending(self) -> bool:
        """Whether a label has begun and not ended."""
        return bool(self._frame) or self._overflowed

    @property
    def patience_s(self) -> float:
        """How long a pause may be now before `after_quiet` is to be called; inf for ever."""
        if not self.pending:
            return math.inf
        return self._quiet.ends_s if self._ends_when_quiet() else self._quiet.forget_s

    def feed(self, data: bytes, at: float = 0.0) -> list[Label]:
        """Take the bytes that came at `at` seconds of any clock; return the labels they ended."""
        *whole, rest = self._ends.split(data)
        labels: list[Label] = []
        for part in whole:
            labels += self._collect(part, at)
            labels += self.end()
        labels += self._collect(rest, at)
        return labels

    def feed_text(self, text: str, at: float = 0.0) -> list[Label]:
        """Take characters that are known, so that nobody need guess what their bytes mean."""
        self._has_characters = self._has_characters or not text.isascii()
        return self.feed(text.encode(_said(self._encoding)), at)

    def after_quiet(self) -> list[Label]:
        """Take note that nothing came for `patience_s`; return the label that ended so."""
        if self._ends_when_quiet():
            return self.end("quiet")
        self.reset()
        return []

    def end(self, by: EndedBy = "suffix") -> list[Label]:
        """End the label under way."""
        # A CR before the LF that ends a line of text is no part of the label.
        frame = bytes(self._frame).rstrip(b"\r")
        arrival = self._arrival(by)
        encoding = _said(self._encoding) if self._has_characters else self._encoding
        self.reset()
        text, is_good = text_of(frame, encoding)
        if not text or (not is_good and self._is_stray(frame)):
            return []
        if is_good:
            return [Label(text, None, arrival)]
        return [Label(text[: self._kept], "noise", arrival)]

    def reset(self) -> None:
        """Forget what has not ended, after the device was opened again."""
        self._frame.clear()
        self._gaps.clear()
        self._overflowed = False
        self._has_characters = False

    def _collect(self, part: bytes, at: float) -> list[Label]:
        part = part.translate(None, self._skip)
        if not part:
            return []
        if self._overflowed:
            return []
        if self._frame:
            self._gaps.append(at - self._last_at)
        self._last_at = at
        self._frame += part
        if len(self._frame) <= self._longest:
            return []
        # Said at once and once: a scanner that sends no suffix would never come to an end.
        start = bytes(self._frame[: self._kept * 4]).decode("utf-8", errors="ignore")
        label = Label(start[: self._kept], "too_long", self._arrival("suffix"))
        self.reset()
        self._overflowed = True
        return [label]

    def _ends_when_quiet(self) -> bool:
        if self._overflowed:
            return True
        if len(self._frame) < self._quiet.shortest:
            return False
        if not self._quiet.machine_only or not self._gaps:
            return True
        return _median(self._gaps) <= _FASTEST_TYPIST_S

    def _arrival(self, by: EndedBy) -> Arrival:
        if not self._gaps:
            return Arrival(ended_by=by)
        median, longest = _median(self._gaps), max(self._gaps)
        return Arrival(round(median * 1000, 1), round(longest * 1000, 1), by)

    def _is_stray(self, frame: bytes) -> bool:
        if len(frame) > self._stray_bytes or any(0x20 <= byte < 0x7F for byte in frame):
            return False
        self.strays += 1
        return True


def _said(encoding: Encoding) -> Encoding:
    return "gb18030" if encoding == "gb18030" else "utf-8"


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]
