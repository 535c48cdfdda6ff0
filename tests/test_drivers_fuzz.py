"""Any bytes at all: no driver lets an exception out, and the next good label is read."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from drivers_rigs import events_of
from evdev import InputEvent

from drivers.scanners.encoding import Encoding
from drivers.scanners.frames import LINE_ENDS, STX, FrameDecoder, quiet_of
from drivers.scanners.keyboard import KeyBuffer
from drivers.scanners.keys import EventDecoder
from drivers.scanners.label import Label
from drivers.scanners.reading import Ended
from drivers.scanners.stdin import LineScanner

STRINGS = 100_000
LONGEST = 24
GOOD = "30000001"
LIKELY = [b"\r", b"\n", b"\t", b"\x02", b"\x03", b"\x1d", b"\xff", b"\xc4\xbf", "王".encode()]


def byte_strings(seed: int) -> Iterator[bytes]:
    """Yield random bytes, some of them what scanners send."""
    chance = random.Random(seed)
    for _ in range(STRINGS):
        data = chance.randbytes(chance.randrange(LONGEST))
        yield data + chance.choice(LIKELY) if chance.random() < 0.5 else data


def test_serial_bytes() -> None:
    frames = FrameDecoder(ends=LINE_ENDS, skip=STX, stray_bytes=3, quiet=quiet_of("any"))
    for data in byte_strings(1):
        checked(frames.feed(data))

    checked(frames.feed(b"\r"))
    assert frames.feed(b"30000001\r") == [Label(GOOD)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_bytes_of_an_encoding_that_is_said(encoding: Encoding) -> None:
    frames = FrameDecoder(encoding=encoding, quiet=quiet_of("none"))
    for data in list(byte_strings(2))[: STRINGS // 4]:
        checked(frames.feed(data) + frames.after_quiet())

    frames.after_quiet()
    assert frames.feed(b"30000001\r") == [Label(GOOD)]


def test_key_events() -> None:
    chance = random.Random(3)
    decoder = EventDecoder(lambda: False, lambda: [42, 56])
    for _ in range(STRINGS):
        kind = chance.choice((0, 1, 1, 1, 1, 4, chance.randrange(1 << 16)))
        code = chance.choice((chance.randrange(128), chance.randrange(1 << 16)))
        checked(decoder.feed(kind, code, chance.choice((0, 1, 1, 2, -1))))
        if chance.random() < 0.001:
            checked(decoder.after_quiet())

    assert whole(decoder) == [Label(GOOD)]


def test_event_bytes_as_the_kernel_writes_them() -> None:
    decoder = EventDecoder(layout="fr")
    event = struct.Struct("llHHi")
    for data in byte_strings(4):
        padded = (data + bytes(event.size))[: event.size]
        one = InputEvent(*event.unpack(padded))
        checked(decoder.feed(one.type & 1, one.code % 256, one.value & 1, one.timestamp()))

    decoder = EventDecoder()
    assert whole(decoder) == [Label(GOOD)]


def whole(decoder: EventDecoder) -> list[Label]:
    """Let the line go quiet and type a good label."""
    decoder.feed(0, 0, 0)
    decoder.after_quiet()
    decoder.after_quiet()
    return [label for one in events_of(GOOD + "\r") for label in decoder.feed(*one)]


def test_keys_of_a_terminal() -> None:
    now = datetime(2026, 9, 8, tzinfo=UTC)
    keys = KeyBuffer(lambda: now)
    chance = random.Random(5)
    names = ["enter", "tab", "escape", "backspace", "ctrl+j", "a", "up", "f1", "ctrl+c"]
    for data in byte_strings(5):
        text = data.decode("latin-1")
        if chance.random() < 0.1:
            keys.paste(text)
        for character in text[:2]:
            keys.press(chance.choice(names), character)
        keys.press(chance.choice(names), None)
        now += timedelta(seconds=chance.choice((0, 0, 0, 11)))

    keys.press("escape", None)
    for character in GOOD:
        keys.press(character, character)
    reading = keys.press("enter", "\r")
    assert reading is not None
    assert reading.text == GOOD


def test_lines_of_a_stream() -> None:
    stream = io.BytesIO(b"".join(byte_strings(6)) + b"\n30000001\n")
    scanner = LineScanner(stream)
    labels: list[Label] = []
    with suppress(Ended):
        while True:
            labels += scanner.read(0)

    checked(labels)
    assert labels[-1] == Label(GOOD)


def checked(labels: list[Label]) -> None:
    """A label has a text that can be written down, and one of the faults there are."""
    for label in labels:
        label.text.encode()
        assert label.text or label.fault
        assert label.fault in (None, "noise", "too_long", "dropped_events")
