"""`kiosk check` on devices: one line each, what is wrong with it and what to do."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_aplay import FakeAplay
from hearing import pcm

from kiosk.cli import main
from kiosk.cli.device_checks import device_findings, scanner_paths
from kiosk.cli.health import device_log
from kiosk.domain import DeviceState
from kiosk.settings import load
from kiosk.settings.model import Scanner

TEXT = """
[[scanner]]
lane = "left"
driver = "serial"
port = "/nowhere/ttyUSB0"
[printer]
driver = "usb"
path = "/nowhere/lp0"
[sound]
"""


@pytest.fixture
def aplay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeAplay:
    fake = FakeAplay(tmp_path)
    monkeypatch.setenv("PATH", fake.path)
    return fake


def lines_of(folder: Path, sound: str = "", text: str = TEXT) -> list[str]:
    path = folder / "kiosk.toml"
    path.write_text(text + sound, encoding="utf-8")
    return [str(finding) for finding in device_findings(load(path))]


def test_each_device_has_a_line_that_says_what_to_do(tmp_path: Path, aplay: FakeAplay) -> None:
    scanner, printer, sound = lines_of(tmp_path)

    assert scanner.startswith("FAIL scanner left: Cannot open serial /nowhere/ttyUSB0")
    assert scanner.endswith("请插好;还不行,看设置里的名称。")
    assert printer.startswith("FAIL printer: Cannot open usb /nowhere/lp0")
    assert printer.endswith("看看电源和线。再看设置里的名称。")
    assert sound == "ok   sound: aplay, made sounds"
    # What is played for a check is not heard.
    assert not any(aplay.played[0][44:])


@pytest.mark.parametrize(
    ("sound", "line"),
    [
        ("", "ok   sound: the terminal's bell: aplay cannot play: audio open error: No such file"),
        ('driver = "aplay"', "FAIL sound: aplay cannot play: audio open error: No such file"),
        ('driver = "bell"', "ok   sound: the terminal's bell"),
        ('driver = "none"', "ok   sound: none"),
        ("volume = 0", "ok   sound: none: volume 0"),
    ],
)
def test_a_loudspeaker_that_is_missing_fails_only_where_it_was_asked_for(
    tmp_path: Path, aplay: FakeAplay, sound: str, line: str
) -> None:
    aplay.is_to("No such file")

    assert lines_of(tmp_path, sound)[-1].startswith(line)


def test_a_damaged_recording_is_told_with_what_stands_in_for_it(
    tmp_path: Path, aplay: FakeAplay
) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    pcm(folder)
    (folder / "no.wav").write_text("不能借")

    damaged, sound = lines_of(tmp_path)[-2:]

    assert damaged.startswith(f"FAIL sound: {folder / 'no.wav'}: expected a WAV file (PCM), found")
    assert damaged.endswith("A made sound stands in for it: record it anew, as WAV.")
    assert sound == "ok   sound: aplay, lent.wav, no.wav"
    assert aplay.has_played(1)


def test_where_a_desk_runs_it_says_how_its_devices_are(tmp_path: Path, aplay: FakeAplay) -> None:
    noon = datetime(2026, 9, 10, 4, 0, tzinfo=UTC)
    with device_log(tmp_path / "kiosk.db", lambda: noon) as log:
        log.told(DeviceState("scanner left", "scanner", True, "left", detail="serial M1"))
        log.told(DeviceState("printer", "printer", False, None, "paper_out", "It has no paper."))
        log.told(DeviceState("sound", "sound", False, None, "missing", "no card"))
        told = lines_of(tmp_path)

    assert told == [
        "ok   scanner left: serial M1, since 2026-09-10 12:00",
        "FAIL printer: since 2026-09-10 12:00: 没有纸了。开盖,放进新纸卷。再合上盖子。"
        " (It has no paper.)",
        "ok   sound: since 2026-09-10 12:00: 没有找到喇叭。"
        "现在用终端的铃声;接上喇叭就有四种声音。 (no card)",
    ]
    assert aplay.played == []


def test_a_desk_that_has_just_begun_keeps_its_devices(tmp_path: Path, aplay: FakeAplay) -> None:
    with device_log(tmp_path / "kiosk.db", lambda: datetime.now(UTC)):
        scanner, printer, _ = lines_of(tmp_path)

    assert scanner == "ok   scanner left: the running desk has not said anything of it yet"
    assert printer == "ok   printer: the running desk has not said anything of it yet"
    assert aplay.has_played(1)


def test_a_printer_that_prints_but_is_nearly_out_of_paper_passes(
    tmp_path: Path, aplay: FakeAplay
) -> None:
    with device_log(tmp_path / "kiosk.db", lambda: datetime.now(UTC)) as log:
        log.told(DeviceState("printer", "printer", True, None, "paper_low", "near its end"))
        printer = lines_of(tmp_path)[1]

    assert printer.startswith("ok   printer: since")
    assert "准备一卷新纸。" in printer
    assert aplay.has_played(1)


@pytest.mark.parametrize(
    ("devices", "code"), [("", 0), ('[printer]\ndriver = "usb"\npath = "/nowhere/lp0"\n', 1)]
)
def test_the_exit_code_says_whether_all_is_well(
    tmp_path: Path, aplay: FakeAplay, devices: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.chdir(tmp_path):
        main(["init", "desk"])
    config = tmp_path / "desk" / "kiosk.toml"
    text = config.read_text(encoding="utf-8").replace("battery = false", "battery = true")
    start = text.index("# The slip printer.")
    end = text.index("# The screen.")
    config.write_text(text[:start] + devices + text[end:], encoding="utf-8")
    capsys.readouterr()

    assert main(["--config", str(config), "check"]) == code
    out = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0][5:] for line in out] == [
        *("settings", "database", "clock", "rules", "scanner left", "printer", "sound"),
    ]
    assert aplay.has_played(1)


class Dev:
    """A `/dev` with devices and udev's links to them."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder / kind
        for name in ("by-id", "by-path"):
            (self.folder / name).mkdir(parents=True)

    def add(self, node: str, *, by_id: str = "", by_path: str = "") -> None:
        (self.folder / node).touch()
        for name, link in (("by-id", by_id), ("by-path", by_path)):
            if link:
                place = self.folder / name / link
                place.unlink(missing_ok=True)
                place.symlink_to(f"../{node}")


def hid(lane: str, path: Path) -> Scanner:
    return Scanner(lane=lane, driver="hid", path=str(path))


def test_two_paths_to_one_device_are_told(tmp_path: Path) -> None:
    dev = Dev(tmp_path, "input")
    dev.add("event3", by_id="usb-M1_Scanner-event-kbd", by_path="pci-0-usb-0:1:1.0-event-kbd")
    by_id = dev.folder / "by-id" / "usb-M1_Scanner-event-kbd"
    by_path = dev.folder / "by-path" / "pci-0-usb-0:1:1.0-event-kbd"

    (found,) = scanner_paths((hid("left", by_id), hid("right", by_path)))

    assert str(found) == (
        f"FAIL scanner right: {by_path} is the device of scanner left too: "
        "give each a device of its own."
    )


@pytest.mark.parametrize("kind", ["input", "serial"])
def test_a_name_that_two_equal_devices_share_is_told_with_a_better_one(
    tmp_path: Path, kind: str
) -> None:
    dev = Dev(tmp_path, kind)
    ending = "-event-kbd" if kind == "input" else "-if00-port0"
    path_ending = "-event-kbd" if kind == "input" else "-port0"
    name = f"usb-1a86_USB_Serial{ending}"
    dev.add("node3", by_id=name, by_path=f"pci-0-usb-0:1:1.0{path_ending}")
    dev.add("node4", by_id=name, by_path=f"pci-0-usb-0:2:1.0{path_ending}")
    path = dev.folder / "by-id" / name
    one = (
        hid("left", path)
        if kind == "input"
        else Scanner(lane="left", driver="serial", port=str(path))
    )

    (found,) = scanner_paths((one,))

    assert str(found) == (
        f"FAIL scanner left: {path} is the name of two equal devices, and either may have it "
        "after a start: take the paths by socket, such as "
        f"{dev.folder / 'by-path' / f'pci-0-usb-0:1:1.0{path_ending}'}."
    )


def test_other_devices_beside_a_scanner_are_no_fault(tmp_path: Path) -> None:
    dev = Dev(tmp_path, "input")
    dev.add("event3", by_id="usb-M1_Scanner-event-kbd", by_path="pci-0-usb-0:1:1.0-event-kbd")
    dev.add("event4", by_id="usb-Keyboard-event-kbd", by_path="pci-0-usb-0:2:1.0-event-kbd")
    # A keyboard of the box itself has no maker's name, and a mouse is no keyboard.
    dev.add("event0", by_path="platform-i8042-serio-0-event-kbd")
    dev.add("event5", by_path="pci-0-usb-0:3:1.0-event-mouse")

    found = scanner_paths(
        (
            hid("left", dev.folder / "by-id" / "usb-M1_Scanner-event-kbd"),
            hid("right", dev.folder / "event9"),
            Scanner(lane="door", driver="serial", port="socket://10.0.0.2:9000"),
            Scanner(lane="desk", driver="keyboard"),
        )
    )

    assert list(found) == []
