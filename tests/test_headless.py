"""`kiosk run --headless` as a process of its own: lines out, the database, the paper."""

from __future__ import annotations

import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pytest
from desk_rig import BOOKS, IN_TURN, MING, ZHE, school_in
from fake_aplay import FakeAplay

FIRST, SECOND, THIRD = BOOKS[0], BOOKS[2], BOOKS[3]
CLOCK = "2026-09-10T16:33"
KEYS = ["at", "lane", "scan", "kind", "outcome", "reader", "item", "due_on", "blocks"]


def kiosk(config: Path, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "kiosk", "--config", str(config), *words],
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


class Process:
    """A desk that runs, its lines read one by one with a limit of time."""

    def __init__(self, config: Path, *words: str) -> None:
        command = [sys.executable, "-m", "kiosk", "--config", str(config), "run", "--headless"]
        pipe = subprocess.PIPE
        self.popen = subprocess.Popen([*command, *words], stdin=pipe, stdout=pipe, stderr=pipe)
        self._out = b""
        self._errors = b""

    def say(self, *lines: str) -> None:
        """Write lines to its standard input."""
        assert self.popen.stdin is not None
        self.popen.stdin.write("".join(f"{line}\n" for line in lines).encode())
        self.popen.stdin.flush()

    def line(self) -> dict[str, Any]:
        """Read one outcome."""
        assert self.popen.stdout is not None
        while b"\n" not in self._out:
            self._out += self._read(self.popen.stdout)
        line, _, self._out = self._out.partition(b"\n")
        outcome: dict[str, Any] = json.loads(line)
        return outcome

    def hears(self, text: str) -> None:
        """Wait until it has said something on standard error."""
        assert self.popen.stderr is not None
        while text not in self._errors.decode():
            self._errors += self._read(self.popen.stderr)

    def _read(self, stream: IO[bytes]) -> bytes:
        ready, _, _ = select.select([stream], [], [], 20)
        assert ready, "nothing came within 20 s"
        data = os.read(stream.fileno(), 65536)
        assert data, "the desk ended"
        return data

    def lines(self, count: int) -> list[dict[str, Any]]:
        """Read some outcomes."""
        return [self.line() for _ in range(count)]

    def finish(self) -> tuple[int, list[dict[str, Any]]]:
        """Wait for its end; returns its exit code and the lines not read yet."""
        out, _ = self.popen.communicate(timeout=30)
        rest = (self._out + out).decode().splitlines()
        return self.popen.returncode, [json.loads(line) for line in rest]


@contextmanager
def running(config: Path, *words: str) -> Iterator[Process]:
    """Run a desk, and end it whatever happens."""
    process = Process(config, *words)
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.popen.kill()
        process.popen.wait(timeout=20)
        for stream in (process.popen.stdin, process.popen.stdout, process.popen.stderr):
            assert stream is not None
            with suppress(BrokenPipeError):
                stream.close()


@contextmanager
def pseudo_terminal() -> Iterator[tuple[int, str]]:
    """A serial line: the scanner's end, and the name of the desk's end."""
    scanner, desk = os.openpty()
    name = os.ttyname(desk)
    os.close(desk)
    try:
        yield scanner, name
    finally:
        os.close(scanner)


def rows(folder: Path, sql: str) -> list[Any]:
    """Ask the database."""
    connection = sqlite3.connect(folder / "kiosk.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def printed(folder: Path) -> str:
    """Read what is on the paper: the bytes of the text, without the printer's commands."""
    job = (folder / "slips.bin").read_bytes()
    kept = bytearray()
    place = 0
    while place < len(job):
        byte = job[place]
        if byte in (0x1B, 0x1C, 0x1D):
            place += _length_of_command(job, place)
        else:
            kept.append(byte)
            place += 1
    return kept.decode("gb18030")


def _length_of_command(job: bytes, place: int) -> int:
    match job[place : place + 2]:
        case b"\x1b@" | b"\x1c&" | b"\x1c." | b"\x1b2":
            return 2
        case b"\x1dV":
            return 4 if job[place + 2] in (0x41, 0x42) else 3
        case b"\x1cS" | b"\x1b$" | b"\x1dP":
            return 4
        case _:
            return 3


def sessions_of(config: Path, *, serial: str) -> Path:
    """Give the school a serial scanner in the place of standard input."""
    text = config.read_text(encoding="utf-8")
    changed = text.replace('driver = "stdin"', f'driver = "serial"\nport = "{serial}"')
    config.write_text(changed, encoding="utf-8")
    return config


def test_lines_with_times_are_lent_recorded_and_printed(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    script = (
        f"@2026-09-10T16:34:00 {MING}\n@2026-09-10T16:34:03 {FIRST}\n"
        f"@2026-09-10T16:34:06+08:00 {SECOND}\n@2026-09-10T08:34:09Z {THIRD}\n"
    )

    done = kiosk(config, "run", "--headless", "--clock", CLOCK, text=script)

    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["outcome"], one["scan"], one["at"]) for one in lines[:4]] == [
        ("session_opened", MING, "2026-09-10T08:34:00.000Z"),
        ("checked_out", FIRST, "2026-09-10T08:34:03.000Z"),
        ("checked_out", SECOND, "2026-09-10T08:34:06.000Z"),
        ("refused", THIRD, "2026-09-10T08:34:09.000Z"),
    ]
    assert [one["code"] for one in lines[3]["blocks"]] == ["limit_reached"]
    assert (lines[4]["outcome"], lines[4]["scan"], lines[4]["kind"]) == (
        "session_closed",
        None,
        None,
    )
    assert all(set(KEYS) | {"session", "seq"} <= set(one) for one in lines)
    assert {one["session"] for one in lines} == {lines[0]["seq"]}
    assert rows(tmp_path, "SELECT due_on, window FROM loan") == [("2026-09-17", "班级轮借")] * 2
    assert rows(tmp_path, "SELECT state FROM slip") == [("printed",)]
    paper = printed(tmp_path)
    assert "王小明" in paper
    assert paper.count("9月17日(四)前还") == 2
    assert "手上2本" in paper
    assert kiosk(config, "verify").returncode == 0


def test_a_session_whose_time_is_over_by_a_line_s_instant_ends_before_it(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    script = f"@2026-09-10T16:34:00 {MING}\n@2026-09-10T16:34:20.001 {FIRST}\n"

    done = kiosk(config, "run", "--headless", "--clock", CLOCK, text=script)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["outcome"], one["scan"], one["at"]) for one in lines] == [
        ("session_opened", MING, "2026-09-10T08:34:00.000Z"),
        ("session_closed", None, "2026-09-10T08:34:20.000Z"),
        ("attention", FIRST, "2026-09-10T08:34:20.001Z"),
    ]


def test_an_instant_not_later_than_the_clock_s_stamps_now(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    script = f"@2026-09-10T16:34:00 {MING}\n@2026-09-10T16:30:00 {FIRST}\n@rubbish {FIRST}\n"

    done = kiosk(config, "run", "--headless", "--clock", CLOCK, text=script)

    _, second, third, *_ = [json.loads(line) for line in done.stdout.splitlines()]
    assert second["at"].startswith("2026-09-10T08:34:0")
    assert (second["outcome"], second["scan"]) == ("checked_out", FIRST)
    assert (third["outcome"], third["scan"]) == ("refused", f"@rubbish {FIRST}")


def test_rubbish_gives_one_line_each_and_stdout_holds_nothing_else(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    labels = ["x" * 10_000, "30\x00000001", "3000", "王小明", "9787532701001", "KC-HELP"]

    done = kiosk(
        config, "run", "--headless", "--clock", CLOCK, text="".join(f"{one}\n" for one in labels)
    )

    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == len(labels)
    assert [one["outcome"] for one in lines] == ["refused"] * 5 + ["attention"]
    assert [one["kind"] for one in lines] == ["unreadable"] * 4 + ["isbn", "command"]
    assert rows(tmp_path, "SELECT max(length(data ->> 'label')) FROM journal") == [(200,)]


def test_a_scanner_on_a_serial_line_lends_and_a_signal_ends_the_desk_in_order(
    tmp_path: Path,
) -> None:
    with pseudo_terminal() as (scanner, port):
        config = sessions_of(school_in(tmp_path), serial=port)
        with running(config, "--clock", "2026-09-10T16:34") as desk:
            desk.hears("scanner left works")
            answers = []
            for label in (MING, FIRST, SECOND):
                os.write(scanner, f"{label}\r\n".encode())
                answers.append(desk.line())
            desk.popen.send_signal(signal.SIGTERM)
            code, rest = desk.finish()

    assert [(one["outcome"], one["scan"], one["lane"]) for one in answers] == [
        ("session_opened", MING, "left"),
        ("checked_out", FIRST, "left"),
        ("checked_out", SECOND, "left"),
    ]
    assert (code, [one["outcome"] for one in rest]) == (0, ["session_closed"])
    assert rows(tmp_path, "SELECT state, attempts FROM slip") == [("printed", 1)]
    assert "王小明" in printed(tmp_path)


def test_a_desk_killed_in_mid_session_loses_no_loan_whose_line_was_read(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    with running(config, "--clock", "2026-09-10T16:34") as desk:
        desk.say(MING, FIRST, SECOND)
        read = desk.lines(3)
        desk.popen.kill()
        desk.popen.wait(timeout=20)

    assert [one["outcome"] for one in read] == ["session_opened", "checked_out", "checked_out"]
    assert rows(tmp_path, "SELECT id FROM loan ORDER BY id") == [(one["seq"],) for one in read[1:]]
    again = kiosk(config, "run", "--headless", "--clock", "2026-09-10T16:40", text="")

    assert again.returncode == 0, again.stderr
    [closed] = [json.loads(line) for line in again.stdout.splitlines()]
    assert (closed["outcome"], closed["scan"], closed["session"]) == (
        "session_closed",
        None,
        read[0]["session"],
    )
    assert rows(tmp_path, "SELECT count(*) FROM session WHERE closed_at IS NULL") == [(0,)]
    assert rows(tmp_path, "SELECT session, state FROM slip") == [(read[0]["session"], "printed")]
    assert "夏洛的网" in printed(tmp_path)
    verified = kiosk(config, "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_a_simulated_clock_is_refused_on_a_database_in_real_use(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    connection = sqlite3.connect(tmp_path / "kiosk.db")
    connection.execute("DELETE FROM property")
    connection.commit()
    connection.close()

    refused = kiosk(config, "run", "--headless", "--clock", CLOCK, text=f"{MING}\n")

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "rehearsal" in refused.stderr


def test_a_second_desk_on_one_database_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    with running(config, "--clock", "2026-09-10T16:34") as desk:
        desk.say(MING)
        desk.line()

        second = kiosk(config, "run", "--headless", "--clock", CLOCK, text="")
        restored = kiosk(config, "restore", str(_backup(config, tmp_path)))

        assert (second.returncode, second.stdout) == (1, "")
        assert "Another desk is running" in second.stderr
        assert restored.returncode == 1
        desk.say(FIRST)
        assert desk.line()["outcome"] == "checked_out"


def _backup(config: Path, folder: Path) -> Path:
    done = kiosk(config, "backup", str(folder / "copy.db"))
    assert done.returncode == 0, done.stderr
    return folder / "copy.db"


def test_a_missing_scanner_is_reported_and_the_other_lane_goes_on(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            "[printer]",
            '[[scanner]]\nlane = "right"\ndriver = "serial"\nport = "no-such-port"\n\n[printer]',
        ),
        encoding="utf-8",
    )
    with running(config, "--clock", "2026-09-10T16:34") as desk:
        desk.say(MING)
        assert desk.line()["outcome"] == "session_opened"
        desk.hears("scanner right is down (missing)")
        desk.popen.send_signal(signal.SIGTERM)
        code, _ = desk.finish()

    assert code == 0


def test_an_import_while_the_desk_runs_is_lent_from_at_once(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    more = tmp_path / "more.csv"
    more.write_text("barcode,title\n30000099,新来的书\n", encoding="utf-8")
    with running(config, "--clock", "2026-09-10T16:34") as desk:
        desk.say("30000099")
        assert [one["code"] for one in desk.line()["blocks"]] == ["item_unknown"]

        assert kiosk(config, "import", "items", str(more)).returncode == 0
        desk.say(f"@2026-09-10T16:36:00 {MING}", "@2026-09-10T16:36:03 30000099")

        assert [one["outcome"] for one in desk.lines(2)] == ["session_opened", "checked_out"]
    assert kiosk(config, "verify").returncode == 0


@pytest.mark.long
def test_a_database_held_by_another_program_refuses_and_recovers(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    with running(config, "--clock", "2026-09-10T16:34") as desk:
        desk.say(MING)
        desk.line()
        other = sqlite3.connect(tmp_path / "kiosk.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        desk.say(FIRST)
        refused = desk.line()
        other.execute("ROLLBACK")
        other.close()
        desk.say(SECOND)
        lent = desk.line()

    assert [one["code"] for one in refused["blocks"]] == ["ledger_unavailable"]
    assert refused["seq"] is None
    assert (lent["outcome"], lent["scan"]) == ("checked_out", SECOND)


def test_when_nobody_reads_the_outcomes_the_desk_goes_on_and_ends_well(tmp_path: Path) -> None:
    config = school_in(tmp_path)
    with running(config, "--clock", "2026-09-10T16:34") as desk:
        desk.say(MING)
        desk.line()
        assert desk.popen.stdout is not None
        desk.popen.stdout.close()
        desk.say(FIRST, SECOND)
        assert desk.popen.stdin is not None
        desk.popen.stdin.close()

        assert desk.popen.wait(timeout=30) == 0
    assert rows(tmp_path, "SELECT count(*) FROM loan") == [(2,)]


def test_a_reader_of_another_class_and_a_closed_window_are_told_apart(tmp_path: Path) -> None:
    assert IN_TURN.hour == 16
    config = school_in(tmp_path)
    script = "".join(
        f"@2026-09-10T{clock} {label}\n"
        for clock, label in [
            ("16:34:00", "R100011"),
            ("16:34:03", FIRST),
            ("17:06:00", ZHE),
            ("17:06:03", FIRST),
        ]
    )

    done = kiosk(config, "run", "--headless", "--clock", CLOCK, text=script)

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    blocks = [[block["code"] for block in one["blocks"]] for one in lines if one["blocks"]]
    assert blocks == [["not_your_turn"], ["window_closed"]]


@pytest.mark.parametrize("is_set", [False, True])
def test_without_a_screen_there_is_sound_only_where_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_set: bool
) -> None:
    aplay = FakeAplay(tmp_path)
    monkeypatch.setenv("PATH", aplay.path)
    config = school_in(tmp_path)
    with config.open("a", encoding="utf-8") as file:
        file.write(f"\n[sound]\nheadless = {str(is_set).lower()}\n")
    scans = f"@2026-09-10T16:35:00 {MING}\n@2026-09-10T16:35:03 {FIRST}\n"

    done = kiosk(config, "run", "--headless", "--clock", CLOCK, text=scans)

    assert done.returncode == 0
    assert [json.loads(line)["outcome"] for line in done.stdout.splitlines()] == [
        *("session_opened", "checked_out", "session_closed"),
    ]
    # The reader's card makes no sound: it is not an answer yet.
    assert len(aplay.played) == int(is_set)
