"""Raw scans: kept in a bounded file, without names or PINs, for whoever looks for a fault."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.scanners.label import Arrival
from drivers.scanners.raw_scans import RawScan, ScanRing, read_scans
from drivers.scanners.reading import Reading
from kiosk.barcodes import LabelPatterns
from kiosk.cli.recording import Recorder, kept_text, utc_text

SCHOOL = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
AT = datetime(2026, 9, 10, 8, 34, 1, 250_000, tzinfo=UTC)


def scan(number: int) -> RawScan:
    return RawScan("2026-09-10T08:34:01.250Z", "left", "hid", f"{number:08}", 8)


def write(path: Path, numbers: range, *, keep: int = 10_000) -> None:
    ring = ScanRing(path, keep=keep, pause_s=0)
    ring.start()
    for number in numbers:
        ring.put(lambda number=number: scan(number))  # type: ignore[misc]
    ring.stop()


def test_what_was_put_is_written_when_the_ring_stops(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.scans"

    write(path, range(50))

    assert read_scans(path) == [scan(number) for number in range(50)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_last_scans_are_kept_and_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.scans"

    for first in range(0, 100, 5):
        write(path, range(first, first + 5), keep=20)

    assert read_scans(path, last=20) == [scan(number) for number in range(80, 100)]
    lines = [line for file in tmp_path.iterdir() for line in file.read_text().splitlines()]
    assert 20 <= len(lines) <= 40


def test_a_line_that_power_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.scans"
    write(path, range(3))
    path.write_bytes(path.read_bytes()[:-20])

    write(path, range(3, 5))

    assert read_scans(path) == [scan(number) for number in (0, 1, 3, 4)]


def test_lines_of_another_version_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.scans"
    known = {"at": "x", "lane": "left", "device": "hid", "text": "1", "characters": 1}
    path.write_text(f"{json.dumps(known | {'colour': 'red'})}\n[]\n{{}}\n7\n")

    assert read_scans(path) == [RawScan("x", "left", "hid", "1", 1)]


def test_nothing_kept_yet_is_nothing(tmp_path: Path) -> None:
    assert read_scans(tmp_path / "kiosk.scans") == []


def test_a_ring_that_cannot_be_written_says_so_once_and_loses_the_scans(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "missing" / "kiosk.scans"

    write(path, range(2))

    assert caplog.messages == [f"raw scans cannot be kept in {path}: No such file or directory"]


def test_a_reading_is_kept_with_its_device_and_its_gaps(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.scans"
    ring = ScanRing(path, pause_s=0)
    ring.start()
    recorder = Recorder(ring, SCHOOL)

    recorder.take("left", "hid a", Reading("300001", AT, None, Arrival(2.0, 31.0, "quiet", True)))
    recorder.take("right", "hid b", Reading("R100001", AT))
    recorder.take("left", "hid a", Reading("30000001", AT + timedelta(seconds=2)))
    ring.stop()

    first, other, again = read_scans(path)
    assert first == RawScan(
        *("2026-09-10T08:34:01.250Z", "left", "hid a", "######", 6),
        *(2.0, 31.0, "quiet", True, None, False),
    )
    assert (other.text, other.after_part) == ("R100001", False)
    assert (again.text, again.after_part) == ("30000001", True)


def test_a_book_left_under_a_scanner_is_kept_a_few_times_only(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.scans"
    ring = ScanRing(path, pause_s=0)
    ring.start()
    recorder = Recorder(ring, SCHOOL)

    for second in range(1000):
        recorder.take("left", "hid a", Reading("30000001", AT + timedelta(seconds=second)))
    recorder.take("left", "hid a", Reading("30000002", AT + timedelta(seconds=1000)))
    ring.stop()

    assert [one.text for one in read_scans(path)] == ["30000001"] * 4 + ["30000002"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("R100001", "R100001"),
        ("r100001", "r100001"),
        ("30000001", "30000001"),
        ("３００００００１", "３００００００１"),
        ("3000000130000002", "3000000130000002"),
        ("KC-RETURN", "KC-RETURN"),
        ("KC-READER-R100001", "KC-READER-R100001"),
        ("9787532712342", "9787532712342"),
        ("300\x1d01", "300·01"),
        ("3000001", "3000001"),
        # Whatever may be a PIN.
        ("2580", "####"),
        ("123456", "######"),
        ("KC-7", "KC-#"),
        ("kc-7KC-8", "kc-#KC-#"),
        ("KC-DAY-12345678", "KC-DAY-########"),
        ("2580R100001", "####R100001"),
        ("R1000012580", "R100001####"),
        # Whatever may be a name, or says who somebody is.
        ("王小明", "文文文"),
        ("三(1)班 王小明 R100001", "文(1)文 文文文 R100001"),
        ("Wang Xiaoming 12", "Xxxx Xxxxxxxx 12"),
        ("11010120140307123X", "99999999999999999X"),
        (
            "https://school.cn/?n=wang&id=20140307&k=abcdefgh",
            "xxxxx://xxxxxx.xx/?x=xxxx&xx=99999999&x=",
        ),
    ],
)
def test_names_and_pins_are_blotted_out_and_labels_are_not(text: str, kept: str) -> None:
    assert kept_text(text, SCHOOL) == kept


@given(st.from_regex(r"[0-9]{1,6}", fullmatch=True))
def test_no_digit_of_a_pin_is_ever_kept(pin: str) -> None:
    labels = "".join(f"KC-{digit}" for digit in pin)

    for text in (pin, labels, labels.lower()):
        assert not re.search("[0-9]", kept_text(text, SCHOOL))
    assert kept_text(pin + "R100001", SCHOOL) == "#" * len(pin) + "R100001"
    assert kept_text("30000001" + pin, SCHOOL)[8:] == "#" * len(pin)


@given(st.text(st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), min_size=1))
def test_no_chinese_is_ever_kept(name: str) -> None:
    assert set(kept_text(f"R1 {name} 30", SCHOOL)) <= set("R130文 9·Xx")


def test_an_instant_is_written_as_the_record_does() -> None:
    assert utc_text(AT) == "2026-09-10T08:34:01.250Z"
