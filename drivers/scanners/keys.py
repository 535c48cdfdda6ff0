"""Turns the key events of one device into labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from drivers.scanners import keymap
from drivers.scanners.encoding import Encoding
from drivers.scanners.frames import FrameDecoder, Quiet, Suffix, quiet_of
from drivers.scanners.keymap import Keymap
from drivers.scanners.label import KEPT_CHARACTERS, Label
from drivers.scanners.layouts import LayoutName

EV_SYN, EV_KEY = 0, 1
SYN_REPORT, SYN_DROPPED = 0, 3
_UP, _DOWN = 0, 1
# Stands for a key that was pressed and not understood, so that a label with it is never whole.
_UNKNOWN_KEY = "\x1a"
_GS = "\x1d"
# Fewer than four characters before a pause are somebody's keys, no label.
_WITHOUT_SUFFIX = quiet_of("none", shortest=4)
_AFTER_LOSS_S = 0.1
"""A pause this long after lost events is the end of the label that has the hole."""
_HELD_S = 1.0
"""No scanner holds a modifier this long without a key; its release was lost."""


class EventDecoder:
    """Turns key events into labels.

    `caps_is_on` and `held_keys` tell the state of Caps Lock and the codes of the keys that are
    down, when the decoder starts and after events were lost.
    """

    def __init__(
        self,
        caps_is_on: Callable[[], bool] = lambda: False,
        held_keys: Callable[[], Iterable[int]] = lambda: (),
        *,
        layout: LayoutName = "us",
        suffix: Suffix = "any",
        encoding: Encoding = "auto",
    ) -> None:
        quiet: Quiet = _WITHOUT_SUFFIX if suffix == "none" else quiet_of(suffix)
        self._frames = FrameDecoder(ends=b"\r\n\t", encoding=encoding, quiet=quiet)
        self._keymap = Keymap(layout)
        self._caps_is_on = caps_is_on
        self._held_keys = held_keys
        self._caps = caps_is_on()
        self._held: set[int] = set()
        self._alt_digits = ""
        self._dead = ""
        self._lost_events = False
        self._resyncing = False
        self._at = 0.0

    @property
    def patience_s(self) -> float:
        """How long a pause may be now before `after_quiet` is to be called; inf for ever."""
        if self._lost_events:
            return _AFTER_LOSS_S
        wait_s = self._frames.patience_s
        return min(wait_s, _HELD_S) if self._held and math.isinf(wait_s) else wait_s

    def feed(self, kind: int, code: int, value: int, at: float = 0.0) -> list[Label]:
        """Take one event of `at` seconds of any clock; return the labels that have ended."""
        self._at = at
        if kind == EV_SYN:
            self._synchronise(code)
        elif kind == EV_KEY and not self._resyncing:
            # A down for a key that is down counts: it was the up that got lost.
            if value == _DOWN:
                return self._press(code)
            if value == _UP:
                return self._release(code)
        return []

    def after_quiet(self) -> list[Label]:
        """Take note that no event came for `patience_s`; return the label that ended so."""
        self._resyncing = False
        labels = self._type(self._unfinished()) if self._frames.pending else []
        self._release_all()
        if self._lost_events:
            return labels + self._with_hole(self._frames.end("quiet"))
        return labels + self._stamped(self._frames.after_quiet())

    def _synchronise(self, code: int) -> None:
        if code == SYN_DROPPED:
            self._resyncing = True
            self._lost_events = True
        elif code == SYN_REPORT and self._resyncing:
            self._resyncing = False
            self._release_all()
            self._held.update(keymap.MODIFIERS.intersection(self._held_keys()))
            self._caps = self._caps_is_on()

    def _press(self, code: int) -> list[Label]:
        if code in keymap.ENDS:
            return self._end()
        if code in keymap.MODIFIERS:
            self._held.add(code)
        elif code == keymap.CAPS_LOCK:
            self._caps = not self._caps
        elif keymap.LEFT_ALT in self._held and keymap.KEYPAD.get(code, "").isdigit():
            self._alt_digits += keymap.KEYPAD[code]
        else:
            return self._type(self._character_of(code))
        return []

    def _release(self, code: int) -> list[Label]:
        self._held.discard(code)
        if code != keymap.LEFT_ALT or not self._alt_digits:
            return []
        # Alt with keypad digits is how scanners send what the layout has no key for.
        digits, self._alt_digits = self._alt_digits, ""
        return self._type(_of_number(int(digits[-7:])))

    def _character_of(self, code: int) -> str | bytes:
        if code == keymap.F8:
            return _GS
        altgr = keymap.RIGHT_ALT in self._held
        if not self._held.isdisjoint(keymap.CONTROLS) and not altgr:
            return self._keymap.control(code) or _UNKNOWN_KEY
        shift = not keymap.SHIFTS.isdisjoint(self._held)
        character = self._keymap.character(code, shift=shift, caps=self._caps, altgr=altgr)
        if character is None:
            # A key that types nothing, such as a volume key, is no part of a label.
            return _UNKNOWN_KEY if altgr and code in self._keymap.plain else ""
        if not self._held.isdisjoint(keymap.METAS | {keymap.LEFT_ALT}):
            return _UNKNOWN_KEY
        dead, self._dead = self._dead, ""
        if not dead and self._keymap.is_dead(character, altgr=altgr):
            self._dead = character
            return ""
        return keymap.composed(dead, character) if dead else character

    def _type(self, text: str | bytes) -> list[Label]:
        if text in ("\r", "\n", "\t", b"\r", b"\n", b"\t"):
            return self._end()
        if isinstance(text, str):
            return self._stamped(self._frames.feed_text(text, self._at))
        return self._stamped(self._frames.feed(text, self._at))

    def _end(self) -> list[Label]:
        labels = self._stamped(self._frames.feed(self._unfinished().encode(), self._at))
        # No scanner holds a modifier beyond the end of a label; if one seems held, its release
        # was lost.
        self._release_all()
        ended = self._frames.end()
        return labels + (self._with_hole(ended) if self._lost_events else self._stamped(ended))

    def _unfinished(self) -> str:
        """What stands for half a character at the end of a label."""
        return _UNKNOWN_KEY if self._alt_digits else self._dead

    def _with_hole(self, ended: list[Label]) -> list[Label]:
        self._lost_events = False
        label = self._stamped(ended)[0] if ended else Label("")
        return [replace(label, text=label.text[:KEPT_CHARACTERS], fault="dropped_events")]

    def _stamped(self, labels: list[Label]) -> list[Label]:
        return [replace(one, arrival=replace(one.arrival, caps=self._caps)) for one in labels]

    def _release_all(self) -> None:
        self._held.clear()
        self._alt_digits = ""
        self._dead = ""


def _of_number(number: int) -> str | bytes:
    """Read the number typed with Alt: a byte of the label's encoding, or a character.

    Larger numbers are code points on some models and pairs of GBK on others. Pairs of the common
    characters are where Unicode has Yi, Hangul and private characters, which no label holds.
    """
    if number < 0x100:
        return bytes([number])
    if number > 0xFFFF:
        return chr(number) if number <= 0x10FFFF else _UNKNOWN_KEY
    if number >= 0xA1A1:
        pair = number.to_bytes(2, "big")
        try:
            return pair.decode("gb2312")
        except UnicodeDecodeError:
            pass
    return _UNKNOWN_KEY if 0xD800 <= number < 0xE000 else chr(number)
