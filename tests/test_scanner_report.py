"""`kiosk scanner report`: which device is at fault, and what to do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from drivers.scanners.raw_scans import RawScan
from kiosk.barcodes import LabelPatterns
from kiosk.cli import main
from kiosk.cli.recording import utc_text
from kiosk.reports.scanners import Health, healths, table
from kiosk.wording import Words

SCHOOL = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
START = datetime(2026, 9, 10, 8, 30, tzinfo=UTC)


def scans(texts: Sequence[str], *, every_s: float = 3.0, **how: object) -> list[RawScan]:
    """Scans of one device, one after the other."""
    return [
        replace(
            RawScan(
                utc_text(START + timedelta(seconds=place * every_s)), "left", "hid", text, len(text)
            ),
            **how,  # type: ignore[arg-type]
        )
        for place, text in enumerate(texts)
    ]


GOOD = [f"3000{n:04}" for n in range(30)] + [f"R1000{n:02}" for n in range(10)]


def codes(found: Sequence[RawScan]) -> dict[str, int]:
    (health,) = healths([*scans(GOOD), *found], SCHOOL)
    return {fault.code: fault.count for fault in health.faults}


def test_a_scanner_that_reads_well_has_no_fault() -> None:
    (health,) = healths(scans(GOOD, gap_ms=2.0, longest_gap_ms=4.0), SCHOOL)

    assert health == Health(
        *("left", "hid", 40, 0, "2026-09-10T08:30:00.000Z", "2026-09-10T08:31:57.000Z"),
        *(2.0, 4.0, ()),
    )


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        (scans(["3000001", "300001"]), {"drops": 2}),
        (scans(["30000001", "30000002"], after_part=True), {"drops": 2}),
        (scans(["30", "31"], fault="dropped_events"), {"overrun": 2}),
        (scans(["3000000130000002", "R10000130000002"]), {"glued": 2}),
        (scans(["30000001", "30000002"], ended_by="quiet"), {"no_suffix": 2}),
        (scans(["30000001"] * 3, every_s=0.1), {"doubles": 2}),
        (scans(["r100001", "r100002"]), {"caps": 2}),
        (scans(["30000001", "30000002"], caps=True), {"caps": 2}),
        (scans(["３０００００００", "３０００００１１"]), {"full_width": 2}),
        (scans(["30", "31"], fault="noise"), {"noise": 2}),
        (scans(["3" * 200, "3" * 200], fault="too_long"), {"too_long": 2}),
        (scans(["3000001"]), {}),
        (scans(["9787532712342", "KC-RETURN", "KC-#", "####", "文文文", "X9"]), {}),
        (scans(["30000001"] * 3, every_s=2.0), {}),
        (scans(["KC-#"] * 4, every_s=0.2), {}),
    ],
)
def test_each_fault_is_told_by_what_was_sent(found: list[RawScan], fault: dict[str, int]) -> None:
    assert codes(found) == fault


def test_each_lane_and_device_is_judged_by_itself() -> None:
    right = [replace(one, lane="right") for one in scans(["r100001"] * 5)]

    left_health, right_health = healths([*scans(GOOD), *right], SCHOOL)

    assert (left_health.lane, left_health.faults) == ("left", ())
    assert [fault.code for fault in right_health.faults] == ["caps"]


def test_the_table_says_what_to_do() -> None:
    found = healths(scans([*GOOD, "3000001", "300001"], gap_ms=2.5, longest_gap_ms=9.0), SCHOOL)

    assert table(found, Words("en")) == (
        "lane  device  scans  not read  gap ms  longest  last\n"
        "left  hid     42     2         2.5     9        2026-09-10 08:32\n"
        "\n"
        "left, hid: loses characters (2 of 42, such as '300001')\n"
        "  Set a longer inter-character delay with its manual's labels, or a lower speed of the "
        "port; try another cable and a port of the box itself.\n"
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path)]) == 0
    return tmp_path / "kiosk.toml"


def keep(config: Path, found: Sequence[RawScan]) -> None:
    text = "".join(f"{json.dumps(asdict(one))}\n" for one in found)
    config.with_name("kiosk.scans").write_text(text, encoding="utf-8")


def report(config: Path, *options: str) -> int:
    return main(["--config", str(config), "scanner", "report", *options])


def test_the_command_tells_the_table_and_exits_1_on_a_fault(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(config, scans(["r100001", "r100002"]))
    capsys.readouterr()

    assert report(config) == 1

    assert "大写锁定" in capsys.readouterr().out


def test_a_machine_reads_one_object_per_scanner(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(config, scans(GOOD))
    capsys.readouterr()

    assert report(config, "--json") == 0

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["scans"] == 40
    assert json.loads(line)["faults"] == []


def test_nothing_scanned_yet_is_no_fault(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    assert report(config) == 0

    told = capsys.readouterr()
    assert (told.out, told.err.startswith("Nothing has been scanned yet")) == ("", True)


def test_a_ring_that_cannot_be_read_is_said(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.with_name("kiosk.scans").mkdir()

    assert report(config) == 1

    assert "Cannot read the raw scans in" in capsys.readouterr().err
