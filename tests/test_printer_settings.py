"""What the settings say of the printer, and what `kiosk check` says of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_rig import config_with
from dot_font import dot_font
from fake_printer import FakePrinter, PtyLine

from drivers.printers.status import Manners
from kiosk.cli import main
from kiosk.cli.devices import manners_of
from kiosk.errors import SettingsError
from kiosk.settings import load
from receipts.models import model


def test_a_printer_is_as_most_are_unless_the_settings_say_more(tmp_path: Path) -> None:
    one = load(config_with(tmp_path, 'driver = "usb"\npath = "lp0"\n')).printer

    assert (one.model, one.status, one.font, one.flow) == ("generic", None, None, "none")
    assert manners_of(model(one.model), one.status) == Manners()


def test_what_a_printer_answers_may_be_set_whatever_its_model(tmp_path: Path) -> None:
    text = 'driver = "usb"\npath = "lp0"\nmodel = "snbc-ur056"\nstatus = [1, 4]\n'
    one = load(config_with(tmp_path, text)).printer

    assert manners_of(model(one.model), one.status) == Manners((1, 4), paper_low_when="clear")
    assert manners_of(model("silent"), None) == Manners((), reports_end=False)
    assert manners_of(model("epson"), None) == Manners(reports_job=True)


def test_a_font_is_sought_beside_the_settings(tmp_path: Path) -> None:
    text = 'driver = "file"\npath = "slips.bin"\nfont = "rare.ttf"\n'

    assert load(config_with(tmp_path, text)).printer.font == str(tmp_path / "rare.ttf")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('model = "laser"', "printer.model: expected"),
        ('flow = "dtrdsr"', "printer.flow: expected"),
        ("status = [1, 5]", "printer.status"),
        ("status = 1", "printer.status"),
    ],
)
def test_what_no_printer_has_is_a_fault(tmp_path: Path, line: str, fault: str) -> None:
    config = config_with(tmp_path, f'driver = "usb"\npath = "lp0"\n{line}\n')

    with pytest.raises(SettingsError) as caught:
        load(config)

    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        (None, "ok   printer: usb {path}"),
        ("paper_low", "ok   printer: usb {path}, 纸快用完了。准备一卷新纸。现在还能打印。"),
        (
            "paper_out",
            "FAIL printer: usb {path} cannot print: paper out. 开盖,放进新纸卷。再合上盖子。",
        ),
        (
            "cutter",
            "FAIL printer: usb {path} cannot print: cutter. 关掉电源,打开盖子。取出卡住的纸。",
        ),
        ("hot", "FAIL printer: usb {path} cannot print: hot. 歇几分钟。会自己接着打印。"),
        (
            "offline",
            "FAIL printer: usb {path} cannot print: offline. 按一下走纸键。不行就关机重开。",
        ),
    ],
)
def test_the_check_says_what_the_printer_says_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cause: str | None, said: str
) -> None:
    path = tmp_path / "lp0"
    line = PtyLine(FakePrinter(), path)
    line.printer.be(cause)

    main(["--config", str(config_with(tmp_path, f'driver = "usb"\npath = "{path}"\n')), "check"])

    printed = capsys.readouterr().out.splitlines()
    line.close()
    assert said.format(path=path) in printed
    assert line.printer.printed == b""


def test_the_check_says_that_a_printer_does_not_speak(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "lp0"
    line = PtyLine(FakePrinter(), path)
    line.printer.silent = True

    main(["--config", str(config_with(tmp_path, f'driver = "usb"\npath = "{path}"\n')), "check"])

    printed = capsys.readouterr().out.splitlines()
    line.close()
    assert f"ok   printer: usb {path}, which does not say how it is" in printed


def of_the_font(capsys: pytest.CaptureFixture[str]) -> str:
    """Give the line of the check that is about the font."""
    return next(line for line in capsys.readouterr().out.splitlines() if "printer font" in line)


def test_the_check_opens_the_font(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rare.ttf"
    config = config_with(tmp_path, 'driver = "file"\npath = "slips.bin"\nfont = "rare.ttf"\n')

    main(["--config", str(config), "check"])
    missing = of_the_font(capsys)
    path.write_bytes(dot_font("㛃"))
    main(["--config", str(config), "check"])
    found = of_the_font(capsys)

    assert missing == (
        f"FAIL printer font: Cannot read the font {path}: cannot open resource."
        " Rare characters print as 〓."
    )
    assert found == f"ok   printer font: {path}"


def test_a_scanner_and_the_printer_have_a_port_each(tmp_path: Path) -> None:
    config = config_with(tmp_path, 'driver = "serial"\nport = "/dev/ttyS0"\n')
    text = config.read_text(encoding="utf-8")
    scanner = 'driver = "stdin"'
    assert scanner in text
    config.write_text(text.replace(scanner, 'driver = "serial"\nport = "/dev/ttyS0"'), "utf-8")

    with pytest.raises(SettingsError) as caught:
        load(config)

    assert "printer.port: expected a device of its own (scanner[1] has this one)" in str(
        caught.value
    )
