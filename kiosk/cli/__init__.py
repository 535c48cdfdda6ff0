"""The `kiosk` command: its words, and what each exit code says."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Final

from kiosk.errors import KioskError, SettingsError, UsageError

DEFAULT_CONFIG: Final = "/etc/kiosk/kiosk.toml"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns 0 done, 1 found a problem, 2 wrong use or settings."""
    arguments = parser().parse_args(argv)
    try:
        return _command(arguments.command)(arguments)
    except (SettingsError, UsageError) as fault:
        print(fault, file=sys.stderr)
        return 2
    except KioskError as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # The reader of our output went away; what was recorded is recorded.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


_WHERE: Final = {
    "demo": "kiosk.cli.demo:demo",
    "run": "kiosk.cli.run:run",
    "check": "kiosk.cli.check:check",
    "init": "kiosk.cli.records:init",
    "import": "kiosk.cli.records:import_file",
    "verify": "kiosk.cli.records:verify",
    "backup": "kiosk.cli.records:backup",
    "restore": "kiosk.cli.records:restore",
    "slip": "kiosk.cli.show:slip",
    "rotation": "kiosk.cli.show:rotation",
    "labels": "kiosk.cli.show:labels",
}


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """Find a command's function, importing only the part of the program it needs."""
    module, _, function = _WHERE[name].partition(":")
    command: Callable[[argparse.Namespace], int] = getattr(import_module(module), function)
    return command


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    top = argparse.ArgumentParser(
        prog="kiosk",
        description="The circulation desk of a school library that lends by class rotation.",
        epilog="Exit codes: 0 done, 1 found a problem, 2 wrong use or settings.",
    )
    top.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get("KIOSK_CONFIG") or DEFAULT_CONFIG),
        metavar="FILE",
        help=f"the settings (default: $KIOSK_CONFIG, else {DEFAULT_CONFIG})",
    )
    top.add_argument("--version", action="version", version=f"kiosk {version('kiosk')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_desk_commands(commands)
    _add_record_commands(commands)
    _add_showing_commands(commands)
    return top


def _add_desk_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser(
        "demo", help="the whole desk with a sample school, in this terminal; nothing is installed"
    )
    demo.add_argument("--language", choices=("zh_CN", "en"), help="language of the screen")
    run = commands.add_parser("run", help="the desk with real devices")
    run.add_argument(
        "--headless", action="store_true", help="no screen: one JSON object per outcome on stdout"
    )
    run.add_argument(
        "--clock",
        metavar="ISO-TIME",
        help="a simulated clock that starts here; only on a rehearsal database",
    )
    commands.add_parser(
        "check", help="settings, database, clock, scanners and printer: one line each"
    )


def _add_record_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser("init", help="write settings and an empty database into a folder")
    init.add_argument("folder", type=Path, metavar="DIR")
    init.add_argument(
        "--rehearsal", action="store_true", help="a database to practise on, with any clock"
    )
    imports = commands.add_parser("import", help="add and update readers or items from a CSV file")
    imports.add_argument("what", choices=("readers", "items"))
    imports.add_argument("file", type=Path, metavar="FILE")
    imports.add_argument("--dry-run", action="store_true", help="print the differences only")
    commands.add_parser("verify", help="replay the journal and compare every loan with it")
    backup = commands.add_parser("backup", help="copy the database into one file, desk running")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = commands.add_parser("restore", help="put a backup in the database's place")
    restore.add_argument("file", type=Path, metavar="FILE")


def _add_showing_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    slip = commands.add_parser("slip", help="show a slip as text, or write its print job")
    slip.add_argument("--last", action="store_true", help="the newest slip (the default)")
    slip.add_argument("--session", type=int, metavar="NUMBER", help="the slip of a session")
    slip.add_argument(
        "--to", type=Path, metavar="FILE", help="write the bytes for the printer to a file"
    )
    rotation = commands.add_parser("rotation", help="the timetable of turns")
    turns = rotation.add_subparsers(dest="what", required=True, metavar="WHAT")
    show = turns.add_parser("show", help="this week's turns, per day and per class")
    show.add_argument("--on", type=_day, metavar="DATE", help="default: today")
    labels = commands.add_parser("labels", help="sheets of labels as A4 HTML")
    sheets = labels.add_subparsers(dest="what", required=True, metavar="WHAT")
    sheet = sheets.add_parser("commands", help="the labels of the desk's command card")
    sheet.add_argument("--to", type=Path, metavar="FILE", help="default: stdout")


def _day(text: str) -> date:
    """Read a date of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a date such as 2026-09-10, found {text!r}"
        ) from None
