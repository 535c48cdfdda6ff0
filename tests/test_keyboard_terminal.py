"""Labels typed into the terminal of the real `kiosk run`: all of them, whole and in order."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desk_rig import school_in
from test_app_terminal import Terminal

from drivers.scanners.raw_scans import read_scans

PATIENCE_S = 20
KEYBOARD = '[[scanner]]\nlane = "left"\ndriver = "keyboard"\n'
RUN = (
    "import sys; from kiosk.cli import main; "
    "sys.exit(main(['--config', {config!r}, 'run', '--clock', '2026-09-10T16:33']))"
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = school_in(tmp_path)
    text = config.read_text(encoding="utf-8")
    before, _, rest = text.partition("[[scanner]]")
    _, _, after = rest.partition("[printer]")
    config.write_text(f"{before}{KEYBOARD}\n[printer]{after}", encoding="utf-8")
    return config


@contextmanager
def desk(config: Path) -> Iterator[Terminal]:
    terminal = Terminal(RUN.format(config=str(config)))
    try:
        assert terminal.reads_until("16:33"), terminal.text()
        yield terminal
    finally:
        terminal.close()


def type_all(terminal: Terminal, typing: Callable[[], None], last: str, config: Path) -> None:
    """Type while the screen is read, until the last label is on record; then end the desk."""
    thread = threading.Thread(target=typing)
    thread.start()
    over = threading.Event()
    reader = threading.Thread(target=_read, args=(terminal, over))
    reader.start()
    thread.join(PATIENCE_S)
    for _ in range(PATIENCE_S * 20):
        if any(text == last[:200] for text in recorded(config)) or over.wait(0.05):
            break
    terminal.process.terminate()
    assert terminal.process.wait(PATIENCE_S) == 0
    over.set()
    reader.join(PATIENCE_S)


def _read(terminal: Terminal, over: threading.Event) -> None:
    while not over.is_set() and terminal.reads_until("never shown"):
        pass


def recorded(config: Path) -> list[str]:
    """The labels of all refusals on record, in order."""
    with closing(sqlite3.connect(config.with_name("kiosk.db"))) as connection:
        rows = connection.execute("SELECT data FROM journal WHERE kind = 'refused' ORDER BY seq")
        return [json.loads(data)["label"] for (data,) in rows]


def unknown(count: int) -> list[str]:
    """Cards that are not on record, so that each scan is refused and stands in the journal."""
    return [f"R8{n:05}" for n in range(count)]


def test_sixty_labels_back_to_back_arrive_whole_and_in_order(config: Path) -> None:
    labels = unknown(60)
    with desk(config) as terminal:
        burst = "".join(f"{label}\r" for label in labels).encode()
        type_all(terminal, lambda: terminal.press(burst), labels[-1], config)

    assert recorded(config) == labels
    assert [one.text for one in read_scans(config.with_name("kiosk.scans"))] == labels


def test_labels_typed_at_a_millisecond_a_character_arrive_whole_and_in_order(config: Path) -> None:
    labels = unknown(60)
    pace = threading.Event()

    def typing() -> None:
        for character in "".join(f"{label}\r" for label in labels):
            terminal.press(character.encode())
            pace.wait(0.001)

    with desk(config) as terminal:
        type_all(terminal, typing, labels[-1], config)

    assert recorded(config) == labels


def test_payloads_of_300_characters_arrive_whole_and_in_order(config: Path) -> None:
    payloads = [f"{n:02}:" + "王小明/abc?=" * 33 for n in range(10)]
    payloads = [payload[:300] for payload in payloads]
    with desk(config) as terminal:
        burst = "".join(f"{payload}\r" for payload in payloads).encode()
        type_all(terminal, lambda: terminal.press(burst), payloads[-1], config)

    assert recorded(config) == [payload[:200] for payload in payloads]
    kept = read_scans(config.with_name("kiosk.scans"))
    assert [one.characters for one in kept] == [300] * 10
    assert not any("王" in one.text for one in kept)
