"""Labels from keys that a terminal application hands over one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from drivers.scanners.label import Arrival
from drivers.scanners.reading import Reading

MAX_CHARACTERS = 4096
KEPT_CHARACTERS = 200
_ENDS = frozenset({"enter", "tab", "ctrl+m", "ctrl+j", "ctrl+i"})
_END_CHARACTERS = re.compile(r"[\r\n\t]")
# The separators inside GS1 labels, which wedge scanners type as Ctrl+] and Ctrl+^.
_SEPARATORS = "\x1d\x1e"


class KeyBuffer:
    """Collects what a wedge scanner or a person types into labels.

    A label half typed is forgotten `forget_s` after its last key, so that the next pupil does not
    add to it.
    """

    def __init__(self, now: Callable[[], datetime], *, forget_s: float = 30) -> None:
        self._now = now
        self._forget_after = timedelta(seconds=forget_s)
        self._text = ""
        self._overflowed = False
        self._gaps_ms: list[float] = []
        self._last_key_at: datetime | None = None

    @property
    def pending(self) -> str:
        """The text typed so far, for the screen to show."""
        self._forget_if_old()
        return self._text

    def press(self, key: str, character: str | None) -> Reading | None:
        """Take one key; return the label it ended.

        `key` is the name Textual gives it, `character` what it types, if anything. Enter and Tab
        end a label, Escape clears it, Backspace takes its last character back.
        """
        self._forget_if_old()
        self._note_gap()
        if key in _ENDS:
            return self._end()
        if key == "escape":
            self._clear()
        elif key == "backspace":
            self._text = self._text[:-1]
        elif character and (character.isprintable() or character in _SEPARATORS):
            return self._append(character)
        return None

    def paste(self, text: str) -> list[Reading]:
        """Take pasted text; return the labels of its finished lines, in order.

        What stands after the last line end waits for more, as if typed.
        """
        self._forget_if_old()
        self._last_key_at = self._now()
        *lines, rest = _END_CHARACTERS.split(text)
        readings = [reading for line in lines for reading in (self._append(line), self._end())]
        readings.append(self._append(rest))
        return [reading for reading in readings if reading is not None]

    def _append(self, text: str) -> Reading | None:
        if self._overflowed:
            return None
        self._text += text
        if len(self._text) <= MAX_CHARACTERS:
            return None
        start = self._text[:KEPT_CHARACTERS]
        self._clear()
        self._overflowed = True
        return Reading(start, self._now(), "too_long")

    def _end(self) -> Reading | None:
        text, arrival = self._text, self._arrival()
        self._clear()
        return Reading(text, self._now(), None, arrival) if text else None

    def _note_gap(self) -> None:
        before, self._last_key_at = self._last_key_at, self._now()
        if self._text and before is not None:
            self._gaps_ms.append((self._last_key_at - before).total_seconds() * 1000)

    def _arrival(self) -> Arrival:
        if not self._gaps_ms:
            return Arrival()
        gaps = sorted(self._gaps_ms)
        return Arrival(round(gaps[len(gaps) // 2], 1), round(gaps[-1], 1))

    def _clear(self) -> None:
        self._text = ""
        self._overflowed = False
        self._gaps_ms.clear()

    def _forget_if_old(self) -> None:
        last = self._last_key_at
        if last is not None and self._now() - last > self._forget_after:
            self._clear()
