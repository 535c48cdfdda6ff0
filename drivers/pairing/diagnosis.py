"""Tells from a label whose text is known how the scanner that sent it is set. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

from drivers.scanners.encoding import Encoding
from drivers.scanners.frames import LINE_ENDS, STX, FrameDecoder, Suffix, quiet_of
from drivers.scanners.keys import EV_KEY, EventDecoder
from drivers.scanners.label import Label
from drivers.scanners.layouts import LayoutName

Event = tuple[int, int, int, float]
"""Type, code, value and time in seconds of one event."""

Flaw = Literal["caps", "case", "extra", "lost", "twice", "garbled", "chinese", "dropped"]

_AIM = re.compile(r"\][A-Za-z][0-9]")
_FASTEST_TYPIST_S = 0.05
_ALIKE = 0.6


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a scanner is set, as far as one label tells, and what is wrong with it.

    `label` is the known text that was meant, `extra` what the scanner adds to each label.
    """

    label: str
    layout: LayoutName = "us"
    suffix: Suffix = "any"
    encoding: Encoding = "auto"
    flaws: tuple[Flaw, ...] = ()
    extra: str = ""


def of_keys(
    events: Sequence[Event], known: Sequence[str], *, caps_is_on: bool = False
) -> Diagnosis | None:
    """Diagnose key events, None when they are no label that is known, such as a person's typing.

    Of the layouts that make sense of them the first is taken, US before all.
    """
    if not _is_machine(events):
        return None
    found = [
        diagnosis
        for layout in get_args(LayoutName)
        if (diagnosis := _of_layout(events, known, layout, caps_is_on)) is not None
    ]
    return min(found, key=lambda one: _badness(one.flaws), default=None)


def of_bytes(data: bytes, known: Sequence[str]) -> Diagnosis | None:
    """Diagnose bytes from a serial line, None when they are no label that is known."""
    found = []
    for encoding in get_args(Encoding):
        frames = FrameDecoder(
            ends=LINE_ENDS, skip=STX, stray_bytes=3, encoding=encoding, quiet=quiet_of("none")
        )
        diagnosis = _of_labels([*frames.feed(data), *frames.end("quiet")], known)
        if diagnosis is not None:
            found.append(replace(diagnosis, encoding=encoding))
    return min(found, key=lambda one: _badness(one.flaws), default=None)


def _of_layout(
    events: Sequence[Event], known: Sequence[str], layout: LayoutName, caps_is_on: bool
) -> Diagnosis | None:
    decoder = EventDecoder(lambda: caps_is_on, layout=layout, suffix="none")
    labels = [label for event in events for label in decoder.feed(*event)]
    while not math.isinf(decoder.patience_s):
        labels += decoder.after_quiet()
    diagnosis = _of_labels(labels, known)
    return None if diagnosis is None else replace(diagnosis, layout=layout)


def _of_labels(labels: Sequence[Label], known: Sequence[str]) -> Diagnosis | None:
    if not labels:
        return None
    first = labels[0]
    text = _AIM.sub("", first.text, count=1) if _AIM.match(first.text) else first.text
    meant = max(known, key=lambda one: _likeness(text, one))
    flaws, extra = _compare(text, meant)
    if "garbled" in flaws and _likeness(text, meant) < _ALIKE:
        return None
    if first.fault == "dropped_events":
        flaws = (*flaws, "dropped")
    if len(labels) > 1 and labels[1].text == first.text:
        flaws = (*flaws, "twice")
    suffix: Suffix = "none" if first.arrival.ended_by == "quiet" else "any"
    return Diagnosis(meant, "us", suffix, "auto", flaws, extra)


def _compare(text: str, meant: str) -> tuple[tuple[Flaw, ...], str]:
    """Say what became of a label on its way, and what was added to it."""
    if text == meant:
        return (), ""
    if text == meant.swapcase():
        return ("caps",), ""
    if text in (meant.upper(), meant.lower()):
        return ("case",), ""
    if text == meant * 2:
        return ("twice",), ""
    if meant in text:
        return ("extra",), text.replace(meant, "…", 1)
    if _ascii(text) == _ascii(meant) and not meant.isascii():
        return ("chinese",), ""
    if len(text) < len(meant) and _is_part(text, meant):
        return ("lost",), ""
    return ("garbled",), ""


def _badness(flaws: Sequence[Flaw]) -> int:
    order: tuple[Flaw, ...] = ("case", "caps", "extra", "twice", "chinese", "lost", "garbled")
    return sum(1 << order.index(flaw) for flaw in flaws if flaw in order)


def _is_machine(events: Sequence[Event]) -> bool:
    times = [at for kind, _, value, at in events if kind == EV_KEY and value == 1]
    gaps = sorted(later - earlier for earlier, later in pairwise(times))
    return bool(gaps) and gaps[len(gaps) // 2] <= _FASTEST_TYPIST_S


def _is_part(text: str, meant: str) -> bool:
    rest = iter(meant)
    return len(text) * 2 >= len(meant) and all(character in rest for character in text)


def _ascii(text: str) -> str:
    return "".join(one for one in text if " " <= one <= "~" and one != "?")


def _likeness(text: str, meant: str) -> float:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, text.casefold(), meant.casefold(), autojunk=False).ratio()
