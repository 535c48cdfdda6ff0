"""`kiosk printer test`: the slip, the settings to paste, and what it says when it cannot."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from desk_rig import config_with
from escpos_decoder import Code, Feed, Raster, decode
from fake_printer import FakePrinter, PtyLine, TcpLine

from drivers.printers.printing import Patience
from drivers.printers.serial import SerialPrinter
from kiosk.cli import main
from kiosk.cli.printer import try_out
from kiosk.ledger.connection import only_one_desk
from kiosk.settings import load
from kiosk.wording import Words
from receipts.escpos import Paper
from receipts.models import model
from receipts.selftest import RULERS, SelfTest, ruler, self_test


def run(config: Path) -> int:
    return main(["--config", str(config), "printer", "test"])


def pasted(config: Path, out: str) -> dict[str, object]:
    """Put the printed table into the settings, load them, and give the table."""
    text = config.read_text(encoding="utf-8")
    start = text.index("[printer]")
    config.write_text(text[:start] + out + text[text.index("\n[", start) :], encoding="utf-8")
    load(config)
    return dict(tomllib.loads(out)["printer"])


def test_a_printer_at_a_device_file_is_tested_and_its_answers_are_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lp0"
    line = PtyLine(FakePrinter(answers=(1, 4)), path)
    config = config_with(tmp_path, f'driver = "usb"\npath = "{path}"\ncolumns = 48\n')

    code = run(config)

    out, err = capsys.readouterr()
    line.close()
    assert code == 0
    assert err == (
        "DLE EOT 1 = 12\nDLE EOT 4 = 12\nGS r 1\n"
        f"usb {path} says that the slip is printed. Compare it with what it says.\n"
    )
    assert pasted(config, out) == {
        "driver": "usb",
        "path": str(path),
        "model": "generic",
        "status": [1, 4],
        "columns": 48,
        "cut": True,
    }
    printed = line.printer.printed
    found = decode(printed[printed.index(b"\x1b@") :], 48)
    assert found.errors == []
    assert "DLE EOT 4 = 12" in found.text


def test_a_printer_that_names_its_jobs_is_of_the_model_that_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = TcpLine(FakePrinter(names=True))
    host, port = line.address
    config = config_with(tmp_path, f'driver = "network"\nhost = "{host}"\ntcp_port = {port}\n')

    assert run(config) == 0

    table = pasted(config, capsys.readouterr().out)
    line.close()
    assert (table["model"], table["tcp_port"], table["status"]) == ("epson", port, [1, 2, 3, 4])


def test_a_printer_that_never_answers_is_left_in_peace_from_then_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lp0"
    line = PtyLine(FakePrinter(), path)
    line.printer.silent = True
    config = config_with(
        tmp_path, f'driver = "serial"\nport = "{path}"\nbaud = 115200\nflow = "rtscts"\n'
    )
    quick = Patience(stall_s=0.2, status_s=0.05, answer_s=0.1, quiet_s=0.02, poll_s=0.02)

    code = try_out(SerialPrinter(str(path), 115_200, patience=quick), load(config))

    out, err = capsys.readouterr()
    line.close()
    assert code == 0
    assert err == (
        f"serial {path} took the slip and never answers: only the slip itself shows if it works.\n"
    )
    table = pasted(config, out)
    assert (table["model"], table["status"], table["flow"]) == ("silent", [], "rtscts")
    assert "没有应答" in decode(line.printer.printed, 32).text


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("paper_out", "cannot print: paper out. 开盖,放进新纸卷。再合上盖子。"),
        ("cover_open", "cannot print: cover open. 两边一起按下去。咔一声就好。"),
    ],
)
def test_a_printer_that_cannot_print_is_a_problem_and_what_it_answers_is_learned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cause: str, said: str
) -> None:
    path = tmp_path / "lp0"
    line = PtyLine(FakePrinter(), path)
    line.printer.be(cause)
    line.printer.ends = False
    config = config_with(tmp_path, f'driver = "usb"\npath = "{path}"\n')

    code = run(config)

    out, err = capsys.readouterr()
    line.close()
    assert code == 1
    assert err.splitlines()[-1] == f"usb {path} {said}"
    assert pasted(config, out)["status"] == [1, 2, 3, 4]
    assert line.printer.printed == b""


def test_a_new_roll_that_seems_to_be_at_its_end_points_to_the_model_that_tells_it_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lp0"
    line = PtyLine(FakePrinter(), path)
    line.printer.be("paper_low")
    config = config_with(tmp_path, f'driver = "usb"\npath = "{path}"\n')

    assert run(config) == 0

    line.close()
    assert 'if the roll is new: model = "snbc-ur056"' in capsys.readouterr().out


def test_a_file_takes_the_slip_and_answers_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "slips.bin"
    config = config_with(tmp_path, f'driver = "file"\npath = "{path}"\ncut = false\n')

    assert run(config) == 0

    table = pasted(config, capsys.readouterr().out)
    assert table == {
        "driver": "file",
        "path": str(path),
        "model": "generic",
        "columns": 32,
        "cut": False,
    }
    assert path.read_bytes().endswith(b"\x1bd\x04")


def test_what_else_the_school_has_set_stays_in_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "slips.bin"
    own = 'slips = "never"\nstale_s = 60\n'
    config = config_with(tmp_path, f'driver = "file"\npath = "{path}"\n{own}')

    assert run(config) == 0

    table = pasted(config, capsys.readouterr().out)
    assert (table["slips"], table["stale_s"]) == ("never", 60)


def test_a_printer_that_is_not_there_is_a_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_with(tmp_path, f'driver = "usb"\npath = "{tmp_path}/lp0"\n')

    assert run(config) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert err == (
        f"Cannot open usb {tmp_path}/lp0: [Errno 2] No such file or directory:"
        f" '{tmp_path}/lp0'. 看看电源和线。再看设置里的名称。\n"
    )


def test_settings_without_a_printer_are_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_with(tmp_path, 'driver = "none"\n')

    assert run(config) == 2

    assert capsys.readouterr().err == 'The settings name no printer: [printer] driver is "none".\n'


def test_while_a_desk_runs_the_printer_is_the_desks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "slips.bin"
    config = config_with(tmp_path, f'driver = "file"\npath = "{path}"\n')

    with only_one_desk(load(config).database_path):
        assert run(config) == 1

    assert capsys.readouterr().err == (
        f"The desk on {tmp_path / 'kiosk.db'} is running and owns the printer. Stop it first, "
        "for example with `systemctl stop kiosk`; nothing was printed.\n"
    )
    assert not path.exists()


def words(language: str) -> SelfTest:
    tr: Callable[[str], str] = Words(language).tr
    return SelfTest(
        tr("Printer test"),
        tr("= starts in Chinese mode"),
        tr("Chinese mode: all below must be readable."),
        tr("The longest ruler that is not broken tells the columns:"),
        (tr("plain"), tr("tall"), tr("double")),
        tr("Characters of GB 2312, of GBK, rare ones:"),
        tr("A closed frame, as wide as the line:"),
        tr("A scanner reads both codes:"),
        (tr("What the printer answers:"), "DLE EOT 1 = 12"),
        tr("The paper is cut below."),
    )


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("columns", [24, 32, 42, 48])
def test_the_slip_fits_its_paper_but_for_the_rulers_that_are_longer(
    language: str, columns: int
) -> None:
    data = self_test(Paper(columns, cut=True, model=model()), words(language))

    found = decode(data, columns)

    too_long = [one for one in RULERS if one > columns]
    assert all("is wider than" in error and "12345678" in error for error in found.errors)
    assert [ruler(one) in found.text for one in RULERS] == [True] * len(RULERS)
    assert bool(found.errors) == bool(too_long)
    assert [part.text for part in found.all(Code) if isinstance(part, Code)] == ["12345678"] * 2
    [frame] = found.all(Raster)
    assert isinstance(frame, Raster)
    assert frame.dots == columns * 12 // 8 * 8
    assert all(row[0] and row[-1] for row in frame.rows)
    assert found.parts[-1] == Feed(0, cut=True)


def test_its_first_line_tells_in_which_mode_the_printer_starts() -> None:
    data = self_test(Paper(48, cut=True, model=model()), words("zh_CN"))

    readable = decode(data, 48, starts="chinese").text
    garbled = decode(data, 48, starts="single").text

    assert readable[0] == "中文 = 开机就是中文方式"
    assert garbled[0] != readable[0]
    assert garbled[1:] == readable[1:]
