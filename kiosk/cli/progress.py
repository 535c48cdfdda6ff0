"""Progress of long work, on standard error, and only where somebody is looking."""

from __future__ import annotations

import sys
import time
from typing import Final

_EVERY_S: Final = 0.1


class Progress:
    """Writes `doing: 40 %` over itself on a terminal; elsewhere it stays silent."""

    def __init__(self, doing: str) -> None:
        self._doing = doing
        self._shown_at = 0.0
        self._is_shown = False

    def __call__(self, done: int, total: int) -> None:
        """Hear how far it is."""
        now = time.monotonic()
        if not sys.stderr.isatty() or now - self._shown_at < _EVERY_S:
            return
        self._shown_at, self._is_shown = now, True
        share = 100 * done // total if total else 100
        print(f"\r{self._doing}: {share} %", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Take the line away."""
        if self._is_shown:
            print(f"\r{' ' * (len(self._doing) + 7)}\r", end="", file=sys.stderr, flush=True)
