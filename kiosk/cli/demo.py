"""`kiosk demo`: the whole desk with a sample school and simulated devices, gone when it ends."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from argparse import Namespace
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from drivers.printing import Printer
from drivers.reading import Scanner
from drivers.simulated import SimulatedPrinter, SimulatedScanner
from kiosk.cli.devices import Devices
from kiosk.cli.open import desktop_from, open_desk
from kiosk.cli.progress import Progress
from kiosk.cli.records import make_database
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import Scan
from kiosk.imports.items import plan_items
from kiosk.imports.plan import Context, apply
from kiosk.imports.readers import plan_readers
from kiosk.ledger.connection import open_ledger
from kiosk.rotation.windows import ClassOfGrade
from kiosk.settings import Settings, load
from kiosk.settings.model import Scanner as ScannerSettings
from kiosk.wording import Words

LEAVE: Final = "quit"
_OTHER_LANE: Final = ">"


def demo(arguments: Namespace) -> int:
    """Make a sample school in a temporary folder and open its desk in the middle of a turn."""
    with tempfile.TemporaryDirectory(prefix="kiosk-demo-") as folder:
        settings, labels = sample_school(Path(folder), arguments.language)
        moment = labels["moment"].replace(tzinfo=settings.zone)
        fill(settings, moment)
        from kiosk.cli.screen import Extras, run_screen

        devices = _DemoDevices(settings)
        words = settings.words()
        extras = Extras(
            side=_side(labels["label"], words),
            hint=_hint(labels["label"], words),
            leave=LEAVE,
            show_slips=True,
            devices=devices,
            on_text=devices.take,
        )
        return run_screen(settings, SimulatedClock(moment), extras)


def sample_school(folder: Path, language: str | None) -> tuple[Settings, dict[str, Any]]:
    """Lay the sample school's files out; returns its settings and the labels to try."""
    with as_file(files("kiosk") / "demo") as data:
        for name in ("kiosk.toml", "readers.csv", "items.csv"):
            shutil.copyfile(data / name, folder / name)
        labels = tomllib.loads((data / "labels.toml").read_text(encoding="utf-8"))
    settings = load(folder / "kiosk.toml")
    left = settings.scanners[0]
    right = left.model_copy(update={"lane": "right"})
    settings = replace(settings, scanners=(left, right))
    if language == "en":
        settings = _in_english(settings, labels["moment"].date())
    return settings, labels


def _in_english(settings: Settings, on: date) -> Settings:
    """Say the school and its classes in English; the timetable then names classes by key."""
    names = settings.class_names()
    turns = {
        window: {
            day: [ClassOfGrade(*(names.parse(label) or (0, 0))).code(on) for label in classes]
            for day, classes in days.items()
        }
        for window, days in settings.rotation.turns.items()
    }
    said = {"language": "en", "name": "Sample Primary School", "class_label": "{grade}({number})"}
    return replace(
        settings,
        school=settings.school.model_copy(update=said),
        rotation=settings.rotation.model_copy(update={"turns": turns}),
    )


def fill(settings: Settings, moment: datetime) -> None:
    """Import the school's readers and items, and let its first days of the term happen."""
    path = settings.database_path
    make_database(path, rehearsal=True)
    ledger = open_ledger(path)
    context = Context(settings.class_names(), settings.patterns(), moment.date())
    try:
        for plan_file, name in ((plan_readers, "readers.csv"), (plan_items, "items.csv")):
            progress = Progress(f"setting up the sample school, {name}")
            plan = plan_file(path.with_name(name), ledger, context)
            opening = datetime.combine(date(moment.year, 8, 28), time(9), settings.zone)
            apply(plan, ledger, desk=settings.desk.id, at=opening, progress=progress)
            progress.close()
        visits = list(_visits(ledger.db.conn.execute, moment))
    finally:
        ledger.close()
    _let_happen(settings, visits)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One reader who came and borrowed."""

    at: datetime
    card: str
    barcodes: tuple[str, ...]


def _visits(query: Any, moment: datetime) -> Iterable[_Visit]:
    """Think up who has come: some in last week's break, and a dozen of today's class."""
    books = [row[0] for row in query("SELECT barcode FROM item ORDER BY id DESC LIMIT 400")]
    last_week = datetime.combine(moment.date() - timedelta(days=8), time(10, 2), moment.tzinfo)
    older = query(
        "SELECT card FROM reader JOIN class ON class.id = class_id"
        " WHERE kind = 'student' AND cohort BETWEEN 2021 AND 2023 AND expires_on IS NULL"
        " ORDER BY reader.id LIMIT 40 OFFSET 20"
    ).fetchall()
    turn = query(
        "SELECT card FROM reader JOIN class ON class.id = class_id WHERE kind = 'student'"
        " AND cohort = 2024 AND number = 1 ORDER BY reader.id LIMIT 12 OFFSET 8"
    ).fetchall()
    for place, (card,) in enumerate(older):
        yield _Visit(last_week + timedelta(seconds=20 * place), card, (books.pop(),))
    started = moment.replace(minute=30, second=5)
    for place, (card,) in enumerate(turn):
        taken = (books.pop(), books.pop())[: 1 + place % 2]
        yield _Visit(started + timedelta(seconds=15 * place), card, taken)


def _let_happen(settings: Settings, visits: list[_Visit]) -> None:
    """Run the visits through a desk of their own, as they would have been scanned."""
    clock = SimulatedClock(visits[0].at)
    lane = settings.scanners[0].lane
    desktop = replace(desktop_from(settings, settings.words()), slips="never")
    ledger, desk = open_desk(settings, desktop, clock)
    try:
        for visit in visits:
            for place, text in enumerate((visit.card, *visit.barcodes, visit.card)):
                at = visit.at + timedelta(seconds=3 * place)
                clock.move_to(at)
                desk.handle(Scan(text, lane, at))
        desk.close_all(visits[-1].at + timedelta(seconds=12))
    finally:
        ledger.close()


class _DemoDevices(Devices):
    """A simulated scanner on the right lane and a simulated printer, moved by typed words."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._scanner = SimulatedScanner()
        self._printer = SimulatedPrinter()

    def scanner(self, one: ScannerSettings) -> Scanner | None:
        """The right lane's scanner is simulated; the left lane is typed."""
        return self._scanner if one.lane == "right" else None

    def printer(self) -> Printer | None:
        """The printer is simulated; what it prints is shown beside the desk."""
        return self._printer

    def take(self, text: str) -> bool:
        """Take what is meant for the simulated devices: `>LABEL`, `unplug`, `plug`, ..."""
        match text.strip().lower():
            case "unplug":
                self._scanner.unplug()
            case "plug":
                self._scanner.plug()
            case "nopaper":
                self._printer.take_paper()
            case "paper":
                self._printer.load_paper()
            case _ if text.startswith(_OTHER_LANE):
                self._scanner.scan(text.removeprefix(_OTHER_LANE).strip())
            case _:
                return False
        return True


def _side(labels: list[dict[str, str]], words: Words) -> str:
    tr = words.tr
    lines = [tr("Type or paste, then Enter:")]
    shown = [(one["text"], one["says"]) for one in labels[:9]]
    lines += [f"{text}  {tr(says)}" for text, says in shown]
    lines += [
        f">{labels[0]['text']}  " + tr("the same on the right lane"),
        "unplug plug nopaper paper  " + tr("devices"),
        f"{LEAVE}  " + tr("leaves the demo"),
    ]
    return "\n".join(lines)


def _hint(labels: list[dict[str, str]], words: Words) -> str:
    return words.tr(
        "Demo: type {card} ⏎ {item} ⏎ {card} ⏎ · {leave} ⏎ leaves",
        card=labels[0]["text"],
        item=labels[1]["text"],
        leave=LEAVE,
    )
