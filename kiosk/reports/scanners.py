"""What the raw scans say about each scanner: which one is at fault, how, and what to do. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from drivers.scanners.raw_scans import RawScan
from kiosk.barcodes import LabelPatterns, Unreadable, clean, read
from kiosk.wording import Words
from kiosk.wording.scanners import FAULT_CODES, fault_advice, fault_text

_TOLD_FROM: Final = 2
"""Once may be a child's finger on the label; twice is looked at."""
_AT_ONCE_S: Final = 0.4
_FULL_WIDTH: Final = ("\uff01", "\uff5e")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a scanner, how often, and the newest case."""

    code: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Health:
    """One scanner on one lane: its scans from `first` to `last`, ISO-8601 in UTC.

    `gap_ms` is the median of the gaps within labels, `longest_gap_ms` the longest of all.
    """

    lane: str
    device: str
    scans: int
    unread: int
    first: str
    last: str
    gap_ms: float | None
    longest_gap_ms: float | None
    faults: tuple[Fault, ...]


def healths(scans: Sequence[RawScan], patterns: LabelPatterns) -> list[Health]:
    """Judge every scanner that has sent something, in the order of lanes and devices."""
    lengths = _usual_lengths(scans, patterns)
    by_device: dict[tuple[str, str], list[RawScan]] = {}
    for scan in scans:
        by_device.setdefault((scan.lane, scan.device), []).append(scan)
    return [
        _health(lane, device, of_device, patterns, lengths)
        for (lane, device), of_device in sorted(by_device.items())
    ]


def _health(
    lane: str,
    device: str,
    scans: list[RawScan],
    patterns: LabelPatterns,
    lengths: frozenset[int],
) -> Health:
    found: dict[str, list[RawScan]] = {}
    for before, scan in pairwise([None, *scans]):
        assert scan is not None
        for code in _faults(before, scan, patterns, lengths):
            found.setdefault(code, []).append(scan)
    gaps = sorted(scan.gap_ms for scan in scans if scan.gap_ms is not None)
    return Health(
        lane,
        device,
        len(scans),
        sum(_is_unread(scan, patterns) for scan in scans),
        scans[0].at,
        scans[-1].at,
        gaps[len(gaps) // 2] if gaps else None,
        max((one.longest_gap_ms for one in scans if one.longest_gap_ms is not None), default=None),
        tuple(
            Fault(code, len(found[code]), found[code][-1].text)
            for code in FAULT_CODES
            if len(found.get(code, ())) >= _TOLD_FROM
        ),
    )


def _faults(
    before: RawScan | None, scan: RawScan, patterns: LabelPatterns, lengths: frozenset[int]
) -> Iterator[str]:
    text = clean(scan.text)
    told: dict[str, bool] = {
        "overrun": scan.fault == "dropped_events",
        "noise": scan.fault == "noise",
        "too_long": scan.fault == "too_long",
        "no_suffix": scan.ended_by == "quiet",
        "caps": scan.caps is True or _is_turned(text, patterns),
        "full_width": any(_FULL_WIDTH[0] <= one <= _FULL_WIDTH[1] for one in scan.text),
        "doubles": before is not None and _came_at_once(before, scan),
    }
    if scan.fault is None and _is_unread(scan, patterns):
        told["glued"] = _is_glued(text, patterns)
        told["drops"] = not told["glued"] and _is_short(scan, text, lengths)
    # The label that was scanned again shows what the one before it had lost.
    told["drops"] = told.get("drops", False) or scan.after_part
    yield from (code for code, is_so in told.items() if is_so)


def _usual_lengths(scans: Iterable[RawScan], patterns: LabelPatterns) -> frozenset[int]:
    """The lengths of most of the labels that were read."""
    counted = Counter(len(clean(scan.text)) for scan in scans if not _is_unread(scan, patterns))
    total = counted.total()
    return frozenset(length for length, count in counted.items() if count * 20 >= total)


def _is_unread(scan: RawScan, patterns: LabelPatterns) -> bool:
    if scan.fault is not None:
        return True
    # The digits of a PIN were blotted out; they were read.
    return "#" not in scan.text and isinstance(read(scan.text, patterns), Unreadable)


def _is_turned(text: str, patterns: LabelPatterns) -> bool:
    is_label = _label_of(patterns)
    return text.swapcase() != text and not is_label(text) and is_label(text.swapcase())


def _label_of(patterns: LabelPatterns) -> Callable[[str], bool]:
    return lambda text: (
        patterns.is_card(text) or patterns.is_item(text) or text.startswith(patterns.command)
    )


def _is_glued(text: str, patterns: LabelPatterns) -> bool:
    return any(
        not isinstance(read(text[:place], patterns), Unreadable)
        and not isinstance(read(text[place:], patterns), Unreadable)
        for place in range(4, len(text) - 3)
    )


def _is_short(scan: RawScan, text: str, lengths: frozenset[int]) -> bool:
    """Tell whether a label has up to three characters fewer than the labels that are read."""
    plain = text.isascii() and text.replace("-", "").isalnum()
    return plain and any(0 < length - scan.characters <= 3 for length in lengths)


def _came_at_once(before: RawScan, scan: RawScan) -> bool:
    if before.text != scan.text or scan.fault is not None or "#" in scan.text:
        return False
    apart = datetime.fromisoformat(scan.at) - datetime.fromisoformat(before.at)
    return 0 <= apart.total_seconds() <= _AT_ONCE_S


def table(found: Sequence[Health], words: Words) -> str:
    """Write the scanners as a table, and under it what is wrong and what to do."""
    rows = [_heads(words), *(_row(one) for one in found)]
    widths = [max(_columns(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]
    text = "".join(f"{line.rstrip()}\n" for line in lines)
    for one in found:
        text += "".join(_told(one, fault, words) for fault in one.faults)
    return text


def _heads(words: Words) -> tuple[str, ...]:
    return (
        words.tr("lane"),
        words.tr("device"),
        words.tr("scans"),
        words.tr("not read"),
        words.tr("gap ms"),
        words.tr("longest"),
        words.tr("last"),
    )


def _told(one: Health, fault: Fault, words: Words) -> str:
    counted = words.tr(
        "{count} of {scans}, such as {example}",
        count=fault.count,
        scans=one.scans,
        example=repr(fault.example),
    )
    return (
        f"\n{one.lane}, {one.device}: {fault_text(fault.code, words)} ({counted})\n"
        f"  {fault_advice(fault.code, words)}\n"
    )


def _row(one: Health) -> tuple[str, ...]:
    numbers = (str(one.scans), str(one.unread), _number(one.gap_ms), _number(one.longest_gap_ms))
    return (one.lane, one.device, *numbers, one.last[:16].replace("T", " "))


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
