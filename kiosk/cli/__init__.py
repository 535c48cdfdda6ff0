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


_SLIP_KINDS: Final = (
    "reader",
    "class",
    "sheet",
    "crate",
    "hold",
    "recall",
    "clearance",
    "todo",
    "card",
    "timetable",
)
_WHERE: Final = {
    "demo": "kiosk.cli.demo:demo",
    "run": "kiosk.cli.run:run",
    "check": "kiosk.cli.check:check",
    "sound": "kiosk.cli.sounding:sound_test",
    "init": "kiosk.cli.records:init",
    "import": "kiosk.cli.records:import_file",
    "verify": "kiosk.cli.records:verify",
    "backup": "kiosk.cli.records:backup",
    "restore": "kiosk.cli.records:restore",
    "staff": "kiosk.cli.staff:staff",
    "slip": "kiosk.cli.show:slip",
    "recall": "kiosk.cli.recall:recall",
    "todo": "kiosk.cli.todo:todo",
    "report": "kiosk.cli.report:report",
    "why": "kiosk.cli.why:why",
    "rotation": "kiosk.cli.rotation:rotation",
    "calendar": "kiosk.cli.calendar:calendar",
    "labels": "kiosk.cli.labels:labels",
    "scanner": "kiosk.cli.scanner:scanner",
    "printer": "kiosk.cli.printer:printer",
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
    _add_staff(commands)
    _add_showing_commands(commands)
    _add_printer(commands)
    _add_recall(commands)
    _add_todo(commands)
    _add_report(commands)
    _add_rotation(commands)
    _add_scanner(commands)
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
        "check", help="settings, database, clock, scanners, printer and sound: one line each"
    )
    sound = commands.add_parser("sound", help="the sounds of the desk")
    sound.add_subparsers(dest="what", required=True, metavar="WHAT").add_parser(
        "test", help="play each sound of each lane once and say which it is"
    )


def _add_record_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    init = commands.add_parser("init", help="write settings and an empty database into a folder")
    init.add_argument("folder", type=Path, metavar="DIR")
    init.add_argument(
        "--rehearsal", action="store_true", help="a database to practise on, with any clock"
    )
    imports = commands.add_parser(
        "import", help="add and update readers or items from a CSV file, or enter a paper sheet"
    )
    imports.add_argument("what", choices=("readers", "items", "paper"))
    imports.add_argument("file", type=Path, metavar="FILE")
    imports.add_argument("--dry-run", action="store_true", help="print the differences only")
    commands.add_parser("verify", help="replay the journal and compare every loan with it")
    backup = commands.add_parser("backup", help="copy the database into one file, desk running")
    backup.add_argument("file", type=Path, metavar="FILE")
    restore = commands.add_parser("restore", help="put a backup in the database's place")
    restore.add_argument("file", type=Path, metavar="FILE")


def _add_staff(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    staff = commands.add_parser("staff", help="who may run the desk as staff, by card and PIN")
    what = staff.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser("list", help="the teachers who have a PIN")
    pin = what.add_parser("pin", help="set a teacher's PIN: asked for, or a line of stdin")
    pin.add_argument("card", metavar="CARD")
    pin.add_argument("--remove", action="store_true", help="take the PIN away")


def _add_showing_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    slip = commands.add_parser("slip", help="show a slip as text, or write its print job")
    slip.add_argument("--last", action="store_true", help="the newest of its kind (the default)")
    which = slip.add_mutually_exclusive_group()
    which.add_argument("--session", type=int, metavar="NUMBER", help="the slip of a session")
    which.add_argument(
        "--kind",
        choices=_SLIP_KINDS,
        default="reader",
        metavar="KIND",
        help=f"{', '.join(_SLIP_KINDS)}; a reader's slip unless said",
    )
    slip.add_argument(
        "--to", type=Path, metavar="FILE", help="write the bytes for the printer to a file"
    )
    _add_labels(commands)


def _add_printer(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    printer = commands.add_parser("printer", help="try the slip printer out")
    what = printer.add_subparsers(dest="what", required=True, metavar="WHAT")
    what.add_parser(
        "test", help="print a slip that shows what it can do; settings to paste on stdout"
    )


def _add_todo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    todo = commands.add_parser("todo", help="what is left for staff to do")
    todo.add_argument("--all", action="store_true", help="also what has been done")
    todo.add_argument("--close", type=int, metavar="NUMBER", help="close this line")
    todo.add_argument("--done", metavar="TEXT", help="with --close: what was done")


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser("report", help="what the record says, to look at or to print")
    reports = report.add_subparsers(dest="what", required=True, metavar="WHAT")
    _add_span(reports.add_parser("turns", help="turns held and missed beside the loans per head"))
    _add_span(reports.add_parser("visits", help="who came to the reading room"))
    overrides = reports.add_parser("overrides", help="loans against a rule: by whom, and why")
    week = overrides.add_mutually_exclusive_group()
    week.add_argument("--week", action="store_true", help="this week (the default)")
    week.add_argument("--from", dest="first", type=_day, metavar="DATE")
    overrides.add_argument(
        "--until", dest="last", type=_day, metavar="DATE", help="last day, included; default: today"
    )
    sheet = reports.add_parser("sheet", help="who owes what, to tick off, and lines to write on")
    who = sheet.add_mutually_exclusive_group(required=True)
    who.add_argument(
        "--class",
        dest="classes",
        nargs="+",
        action="extend",
        default=[],
        metavar="LABEL",
        help="these classes, by label or as 2023-2",
    )
    who.add_argument("--all", action="store_true", help="all of the school, a page each")
    sheet.add_argument("--to", type=Path, metavar="FILE", help="A4 HTML; default: stdout")


def _add_span(report: argparse.ArgumentParser) -> None:
    span = report.add_mutually_exclusive_group()
    span.add_argument("--term", type=int, metavar="N", help="a term of the settings, 1 the first")
    span.add_argument("--from", dest="first", type=_day, metavar="DATE", help="default: this term")
    report.add_argument(
        "--until", dest="last", type=_day, metavar="DATE", help="last day, included"
    )
    report.add_argument("--to", type=Path, metavar="FILE", help="CSV; without it a table on stdout")


def _add_recall(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    recall = commands.add_parser("recall", help="call books back, class by class")
    who = recall.add_mutually_exclusive_group(required=True)
    who.add_argument(
        "--class",
        dest="classes",
        action="append",
        default=[],
        metavar="LABEL",
        help="三(1)班 or 2024-1",
    )
    who.add_argument("--all", action="store_true", help="every class, and readers without one")
    who.add_argument("--cohort", type=int, metavar="YEAR", help="one entry cohort, such as leavers")
    recall.add_argument(
        "--for",
        dest="purpose",
        choices=("overdue", "turn", "holiday", "term", "clearance"),
        default="overdue",
        help="overdue (default), due at the next turn, before the holiday, all at the end of term, "
        "or slips for those who owe nothing",
    )
    recall.add_argument(
        "--to", type=Path, metavar="FILE", help="A4 HTML; without it slips are queued"
    )
    why = commands.add_parser("why", help="explain one decision of the journal")
    why.add_argument("seq", type=int, metavar="SEQ", help="the number of its journal row")


def _add_labels(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    labels = commands.add_parser("labels", help="sheets of labels as A4 HTML")
    sheets = labels.add_subparsers(dest="what", required=True, metavar="WHAT")
    for what, told in (
        ("commands", "the labels of the desk's command card"),
        ("desk", "the monitors' labels: duty, class sheet, damages, reasons"),
        ("staff", "the teacher's labels: digits, turns, books, readers"),
        ("binder", "the class binder: each pupil's name with a label, for a forgotten card"),
        ("cards", "reader cards, ten to a page"),
        ("classes", "a large label for each class, and one for the whole school"),
    ):
        sheet = sheets.add_parser(what, help=told)
        sheet.add_argument("--to", type=Path, metavar="FILE", help="default: stdout")
        if what in {"binder", "cards", "classes"}:
            _add_choice_of_classes(sheet, with_cards=what == "cards")


def _add_choice_of_classes(sheet: argparse.ArgumentParser, *, with_cards: bool) -> None:
    chosen = sheet.add_mutually_exclusive_group()
    chosen.add_argument(
        "--class",
        dest="classes",
        nargs="+",
        action="extend",
        default=[],
        metavar="LABEL",
        help="these classes, by label or as 2023-2",
    )
    chosen.add_argument("--all", action="store_true", help="all of the school (the default)")
    if with_cards:
        chosen.add_argument(
            "--card",
            dest="cards",
            nargs="+",
            action="extend",
            default=[],
            metavar="CARD",
            help="these cards",
        )


def _add_scanner(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scanner = commands.add_parser("scanner", help="pair scanners with lanes, or find a faulty one")
    what = scanner.add_subparsers(dest="what", required=True, metavar="WHAT")
    setup = what.add_parser("setup", help="scan a test label; settings to paste come on stdout")
    setup.add_argument("--sheet", type=Path, metavar="FILE", help="write the test labels, A4 HTML")
    setup.add_argument(
        "--label", metavar="TEXT", help="scan a label at hand, which says TEXT, not the sheet's"
    )
    setup.add_argument(
        "--wait",
        type=_seconds,
        default=60,
        metavar="S",
        help="give up after so long without a scan",
    )
    report = what.add_parser("report", help="which scanner is at fault, and what to do")
    report.add_argument("--json", action="store_true", help="one JSON object per scanner")


def _seconds(text: str) -> float:
    """Read a positive number of seconds of the command line."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"expected seconds such as 60, found {text!r}")
    return seconds


def _add_rotation(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    rotation = commands.add_parser("rotation", help="the timetable of turns")
    turns = rotation.add_subparsers(dest="what", required=True, metavar="WHAT")
    turns.add_parser("show", help="this week's turns, per day and per class")
    turns.add_parser("check", help="what is odd about the timetable: 1 when something is found")
    plan = turns.add_parser("plan", help="propose a fair timetable for the classes on record")
    plan.add_argument(
        "--windows",
        nargs="+",
        metavar="NAME",
        help="class windows to plan for (default: all); turns in others are left out",
    )
    plan.add_argument(
        "--weeks", type=int, choices=range(1, 9), metavar="N", help="length of the cycle"
    )
    plan.add_argument("--together", action="store_true", help="keep a grade on neighbouring days")
    output = plan.add_mutually_exclusive_group()
    output.add_argument(
        "--write", action="store_true", help="put it into the settings; the old file is kept"
    )
    output.add_argument("--to", type=Path, metavar="FILE", help="default: stdout")
    _add_rotation_print(turns.add_parser("print", help="the timetable for the wall, or per class"))
    for one in turns.choices.values():
        one.add_argument("--on", type=_day, metavar="DATE", help="default: today")
    calendar = commands.add_parser(
        "calendar", help="propose a year's holidays and make-up days for the settings"
    )
    calendar.add_argument("year", type=int, metavar="YEAR")


def _add_rotation_print(parser: argparse.ArgumentParser) -> None:
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--class",
        dest="classes",
        action="append",
        default=[],
        metavar="LABEL",
        help="the turns of one class: 三(1)班 or 2024-1",
    )
    who.add_argument("--all", action="store_true", help="a page for each class")
    who.add_argument("--wall", action="store_true", help="the whole week (the default)")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--slip", action="store_true", help="on the slip printer")
    output.add_argument("--to", type=Path, metavar="FILE", help="A4 HTML (default: stdout)")


def _day(text: str) -> date:
    """Read a date of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected a date such as 2026-09-10, found {text!r}"
        ) from None
