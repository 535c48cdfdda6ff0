"""`kiosk scanner setup`: real pseudo-terminals and event bytes; nothing is ever grabbed."""

from __future__ import annotations

import os
import termios
import threading
import tomllib
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from drivers_rigs import (
    ALL_KEYS,
    Events,
    FakeInputDevice,
    HidRig,
    add_node,
    raising,
    tap,
    typed_on,
)
from label_page import Page, decoded
from PIL import Image

from drivers.scanners.keymap import ENTER, Keymap
from drivers.scanners.layouts import LayoutName
from kiosk.cli import main, parser
from kiosk.cli.pairing import Room, setup
from kiosk.reports.labels.scanner import (
    GB18030_LABEL,
    TEST_LABEL,
    UTF_8_LABEL,
    scanner_labels,
)
from kiosk.settings import load
from kiosk.wording import Words

PATIENCE_S = 10
SCANNER = ("1a86", "e026")


class Bench:
    """Devices that can be plugged in, a keyboard, and what was said."""

    def __init__(self, tmp_path: Path) -> None:
        self.dev = tmp_path / "dev"
        self.sys_input = tmp_path / "sys"
        self.dev.mkdir()
        self._tmp_path = tmp_path
        self.hids: dict[str, HidRig] = {}
        self._lines: dict[str, int] = {}
        self._ports: list[int] = []
        self._typed, self._typing = os.pipe()
        self.said: list[str] = []
        self._heard = threading.Condition()
        self.is_open = threading.Event()
        self.exit_code: int | None = None

    def plug_hid(self, node: str, *, phys: str, name: str, link: str | None = None) -> HidRig:
        add_node(self.sys_input, node, usb=SCANNER, phys=phys, keys=ALL_KEYS, name=name)
        rig = self.hids[node] = HidRig(self._tmp_path)
        if link is not None:
            path = self.dev / "input" / link
            path.parent.mkdir(parents=True, exist_ok=True)
            (self.dev / "input" / node).touch()
            path.symlink_to(self.dev / "input" / node)
        return rig

    def plug_serial(self, name: str) -> None:
        line, port = os.openpty()
        self._lines[name] = line
        self._ports.append(port)
        (self.dev / name).symlink_to(os.ttyname(port))

    def send(self, name: str, data: bytes) -> None:
        os.write(self._lines[name], data)

    def type(self, data: bytes) -> None:
        os.write(self._typing, data)

    def use_terminal(self, terminal: int, screen: int) -> None:
        for descriptor in (self._typed, self._typing):
            os.close(descriptor)
        self._typed, self._typing = terminal, screen

    def room(self) -> Room:
        return Room(self.dev, self.sys_input, self._open, self._typed, self._say)

    def start(self, *options: str, wait_s: float = PATIENCE_S) -> threading.Thread:
        arguments = parser().parse_args(
            ["--config", str(self._tmp_path / "none"), "scanner", "setup", *options]
        )
        arguments.wait = wait_s
        thread = threading.Thread(target=self._run, args=(arguments,))
        thread.start()
        self.wait_for("When all are done")
        return thread

    def wait_for(self, text: str) -> None:
        with self._heard:
            found = self._heard.wait_for(lambda: text in "\n".join(self.said), PATIENCE_S)
        assert found, self.said

    def close(self) -> None:
        for descriptor in (*self._lines.values(), *self._ports, self._typed, self._typing):
            os.close(descriptor)
        for rig in self.hids.values():
            rig.close()

    def _run(self, arguments: Namespace) -> None:
        self.exit_code = setup(arguments, self.room())

    def _open(self, path: str) -> FakeInputDevice:
        return self.hids[Path(path).name].open_device(path)

    def _say(self, text: str) -> None:
        with self._heard:
            self.said.append(text)
            self._heard.notify_all()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def typed_in(layout: LayoutName, text: str) -> Events:
    keys = Keymap(layout)
    return [event for char in text for event in typed_on(keys, char)]


def proposed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return tomllib.loads(capsys.readouterr().out).get("scanner", [])


def test_each_scanner_is_paired_with_a_lane_in_the_order_they_are_scanned(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    right = bench.plug_hid("event3", phys="usb-1.1", name="Scan", link="by-path/usb-1.1-event-kbd")
    left = bench.plug_hid("event4", phys="usb-1.2", name="Scan", link="by-path/usb-1.2-event-kbd")
    setting_up = bench.start()

    left.send(TEST_LABEL + "\r")
    bench.wait_for("left: Scan")
    right.send_events(typed_in("de", TEST_LABEL))
    bench.wait_for("right: Scan")
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)

    assert bench.exit_code == 0
    usb = {"driver": "hid", "vendor": 0x1A86, "product": 0xE026}
    folder = bench.dev / "input" / "by-path"
    assert proposed(capsys) == [
        {"lane": "left", **usb, "path": str(folder / "usb-1.2-event-kbd")},
        {
            "lane": "right",
            **usb,
            "path": str(folder / "usb-1.1-event-kbd"),
            "layout": "de",
            "suffix": "none",
        },
    ]


def test_nothing_is_ever_grabbed_and_a_keyboard_is_no_scanner(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    keyboard = bench.plug_hid("event0", phys="usb-1.9", name="Keyboard")
    scanner = bench.plug_hid("event3", phys="usb-1.1", name="Scan")
    setting_up = bench.start()

    keyboard.send("my password\r")
    scanner.send(TEST_LABEL + "\r")
    bench.wait_for("left: Scan")
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)

    (only,) = proposed(capsys)
    assert only["phys"] == "usb-1.1"
    assert "password" not in "\n".join(bench.said)
    assert [rig.device and rig.device.grabs for rig in bench.hids.values()] == [0, 0]


def test_a_serial_scanner_is_found_at_its_speed_and_encoding(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.plug_serial("ttyUSB0")
    setting_up = bench.start()

    bench.send("ttyUSB0", b"\x00\xf8\x80\xfe\x80\x78\x81\xf8")
    bench.wait_for("no label that is known at 9600 baud")
    bench.send("ttyUSB0", TEST_LABEL.encode() + b"\r\n")
    bench.wait_for(f"{TEST_LABEL}: read whole")
    bench.send("ttyUSB0", UTF_8_LABEL.encode() + b"\r")
    bench.wait_for(f"{UTF_8_LABEL}: read whole")
    bench.send("ttyUSB0", GB18030_LABEL.encode("gb18030") + b"\r")
    bench.wait_for(f"{GB18030_LABEL}: read whole")
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)

    assert proposed(capsys) == [
        {"lane": "left", "driver": "serial", "port": str(bench.dev / "ttyUSB0"), "baud": 115200}
    ]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (TEST_LABEL.swapcase(), "Caps Lock is on"),
        (TEST_LABEL.upper(), "turns all letters into capitals"),
        (f"j{TEST_LABEL}", "It adds something to each label ('j…')"),
        ("Aqzy-M#0123456789", "It loses characters"),
        ("U8--8U", "It cannot send Chinese this way"),
    ],
)
def test_what_is_wrong_with_a_scanner_is_said_with_what_to_do(
    bench: Bench, sent: str, told: str
) -> None:
    rig = bench.plug_hid("event3", phys="usb-1.1", name="Scan")
    setting_up = bench.start()

    rig.send(sent + "\r")
    bench.wait_for(told)
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)


def test_what_is_proposed_is_understood_by_the_settings(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = bench.plug_hid("event3", phys="usb-1.1", name='A "scanner"\n# \\ 1', link="by-id/a-kbd")
    setting_up = bench.start("--label", "30000001")
    rig.send_events(typed_in("fr", "30000001") + tap(ENTER))
    bench.wait_for("left:")
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)
    tables = capsys.readouterr().out

    (tmp_path / "kiosk.toml").write_text(tables, encoding="utf-8")

    (scanner,) = load(tmp_path / "kiosk.toml").scanners
    assert (scanner.lane, scanner.layout, scanner.suffix) == ("left", "fr", "any")


def test_what_scanners_type_into_the_terminal_ends_nothing(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    rig = bench.plug_hid("event3", phys="usb-1.1", name="Scan")
    setting_up = bench.start()

    bench.type(TEST_LABEL.encode() + b"\n\n")
    rig.send(TEST_LABEL + "\r")
    bench.wait_for("left: Scan")
    assert setting_up.is_alive()
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)

    assert len(proposed(capsys)) == 1


def test_what_is_typed_meanwhile_is_neither_shown_nor_left_for_the_shell(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.plug_hid("event3", phys="usb-1.1", name="Scan")
    screen, terminal = os.openpty()
    bench.use_terminal(terminal, screen)
    setting_up = bench.start()

    bench.type(b"q\nrm -r something\n")
    setting_up.join(PATIENCE_S)

    os.set_blocking(screen, False)
    os.set_blocking(terminal, False)
    with pytest.raises(BlockingIOError):
        os.read(screen, 100)
    with pytest.raises(BlockingIOError):
        os.read(terminal, 100)
    assert termios.tcgetattr(terminal)[3] & termios.ECHO
    bench.close()


def test_it_gives_up_when_nothing_is_scanned_and_says_what_to_try(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.plug_hid("event3", phys="usb-1.1", name="Scan")

    bench.start(wait_s=0.05).join(PATIENCE_S)

    assert bench.exit_code == 1
    assert proposed(capsys) == []
    assert "No label was heard." in bench.said


def test_a_device_that_is_pulled_out_meanwhile_stops_nothing(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    pulled = bench.plug_hid("event3", phys="usb-1.1", name="Pulled")
    scanner = bench.plug_hid("event4", phys="usb-1.2", name="Scan")
    bench.plug_serial("ttyUSB0")
    setting_up = bench.start()

    pulled.send(TEST_LABEL[:8])
    pulled.close()
    scanner.send(TEST_LABEL + "\r")
    bench.wait_for("left: Scan")
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)

    assert [one["phys"] for one in proposed(capsys)] == ["usb-1.2"]


def test_devices_that_may_not_be_opened_are_named_once(tmp_path: Path) -> None:
    sys_input = tmp_path / "sys"
    add_node(sys_input, "event3", usb=SCANNER, phys="usb-1.1", keys=ALL_KEYS, name="Scan")
    said: list[str] = []
    denied = raising(PermissionError(13, "Permission denied"))
    room = Room(tmp_path, sys_input, denied, None, said.append)
    arguments = parser().parse_args(
        ["--config", str(tmp_path / "none"), "scanner", "setup", "--wait", "0.1"]
    )

    assert setup(arguments, room) == 1

    named = [text for text in said if text.startswith("  not heard")]
    assert len(named) == 1
    assert named[0].startswith(f"  not heard: Scan ({tmp_path}/input/event3): Cannot open")


def test_a_scanner_that_is_plugged_in_meanwhile_is_heard_and_one_that_comes_back(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    setting_up = bench.start()

    rig = bench.plug_hid("event3", phys="usb-1.1", name="Scan")
    bench.wait_for("listening to Scan")
    rig.unplug()
    bench.said.clear()
    rig.plug()
    bench.wait_for("listening to Scan")
    rig.send(TEST_LABEL + "\r")
    bench.wait_for("left: Scan")
    bench.type(b"q\n")
    setting_up.join(PATIENCE_S)

    assert len(proposed(capsys)) == 1


def test_the_printers_port_is_left_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.plug_serial("ttyUSB0")
    assert main(["init", str(tmp_path)]) == 0
    config = tmp_path / "kiosk.toml"
    text = config.read_text(encoding="utf-8").replace(
        'driver = "none"', f'driver = "serial"\nport = "{bench.dev / "ttyUSB0"}"', 1
    )
    config.write_text(text, encoding="utf-8")
    arguments = parser().parse_args(["--config", str(config), "scanner", "setup", "--wait", "0.1"])

    assert setup(arguments, bench.room()) == 1

    assert "listening" not in "\n".join(bench.said)
    bench.close()


@pytest.fixture(scope="module")
def sheet() -> Page:
    return Page(scanner_labels(Words("zh_CN")))


def test_the_sheet_has_the_test_label_for_every_scanner(sheet: Page) -> None:
    assert sheet.open == []
    assert decoded(sheet)[0] == ("Code128", TEST_LABEL)


def test_the_sheets_codes_hold_chinese_in_both_encodings(sheet: Page) -> None:
    read = [zxingcpp.read_barcodes(drawn(rects))[0].bytes for rects in sheet.rects[1:]]

    assert read == [UTF_8_LABEL.encode(), GB18030_LABEL.encode("gb18030")]


def test_the_sheet_says_how_to_silence_the_scanners_own_beep(sheet: Page) -> None:
    assert any("蜂鸣器" in text for text in sheet.said["li"])


def test_the_sheet_is_written_to_a_file_without_any_settings(tmp_path: Path) -> None:
    path = tmp_path / "sheet.html"

    assert main(["--config", "none", "scanner", "setup", "--sheet", str(path)]) == 0

    assert TEST_LABEL in path.read_text(encoding="utf-8")


def drawn(rects: list[dict[str, str | None]]) -> Image.Image:
    places = [(int(str(rect["x"])), int(str(rect["y"]))) for rect in rects]
    side = max(max(place) for place in places) + 5
    image = Image.new("L", (side, side), 255)
    for place in places:
        image.putpixel(place, 0)
    return image.resize((side * 8, side * 8), Image.Resampling.NEAREST)
