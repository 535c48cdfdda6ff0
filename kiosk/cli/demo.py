"""`kiosk demo`: the whole desk with a sample school and simulated devices, gone when it ends."""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final, TypeVar

from drivers.printers.printing import Printer
from drivers.scanners.reading import Scanner
from drivers.simulated import SimulatedPrinter, SimulatedScanner
from kiosk.cli.devices import Devices
from kiosk.cli.open import desktop_from, open_desk
from kiosk.cli.progress import Progress
from kiosk.cli.records import make_database
from kiosk.cli.staff import keep_pin
from kiosk.demo.days import STAFF_CARD, STAFF_PIN, Visit, first_days
from kiosk.desk.clock import SimulatedClock
from kiosk.domain import Card, Scan
from kiosk.imports.items import plan_items
from kiosk.imports.plan import Context, apply
from kiosk.imports.readers import plan_readers
from kiosk.ledger import facts
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.settings import Settings, load
from kiosk.settings.model import Scanner as ScannerSettings
from kiosk.settings.section import Section
from kiosk.settings.texts import class_ref
from kiosk.wording import Words

LEAVE: Final = "quit"
_OTHER_LANE: Final = ">"

S = TypeVar("S", bound=Section)


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
            side=side(labels["label"], words),
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
    if language == "en":
        settings = _in_english(settings, labels["moment"].date(), labels["english"])
    return settings, labels


def _in_english(settings: Settings, on: date, said: Mapping[str, str]) -> Settings:
    """Say the school, its windows and classes in English; classes are then named by key."""
    names = settings.class_names()

    def keys(labels: Iterable[str]) -> list[str]:
        return [class_ref(label, names).code(on) for label in labels]

    def renamed(one: S, *columns: str) -> S:
        update: dict[str, object] = {key: said[getattr(one, key)] for key in columns}
        for column in {"school_class", "with_class"} & one.__class__.model_fields.keys():
            (update[column],) = keys([getattr(one, column)])
        return one.model_copy(update=update)

    turns = {
        said[window]: {day: keys(classes) for day, classes in days.items()}
        for window, days in settings.rotation.turns.items()
    }
    school = {"language": "en", "class_label": "{grade}({number})"}
    return replace(
        settings,
        school=renamed(settings.school, "name").model_copy(update=school),
        windows=tuple(renamed(one, "name") for one in settings.windows),
        rotation=settings.rotation.model_copy(update={"turns": turns}),
        changes=tuple(renamed(one, "window", "reason") for one in settings.changes),
        swaps=tuple(renamed(one) for one in settings.swaps),
        extra_turns=tuple(renamed(one, "window") for one in settings.extra_turns),
    )


def fill(settings: Settings, moment: datetime) -> None:
    """Import the school's readers and items, and let its first days of the term happen."""
    path = settings.database_path
    make_database(path, rehearsal=True)
    opening = datetime.combine(date(moment.year, 8, 28), time(9), settings.zone)
    context = Context(settings.class_names(), settings.patterns(), moment.date())
    ledger = open_ledger(path)
    try:
        _hurry(ledger)
        for plan_file, name in ((plan_readers, "readers.csv"), (plan_items, "items.csv")):
            progress = Progress(f"setting up the sample school, {name}")
            plan = plan_file(path.with_name(name), ledger, context)
            apply(plan, ledger, desk=settings.desk.id, at=opening, progress=progress)
            progress.close()
        teacher = facts.reader_of_card(ledger.db, Card(STAFF_CARD))
        assert teacher is not None, "the sample school has this teacher"
        keep_pin(ledger, settings.desk.id, teacher, STAFF_PIN, at=opening)
        rows = ledger.db.execute(
            "SELECT barcode FROM item WHERE collection = 'general' ORDER BY id DESC LIMIT 400"
        )
        books = [barcode for (barcode,) in rows]
    finally:
        ledger.close()
    _let_happen(settings, first_days(settings.timetable(), moment, books))


def _hurry(ledger: Ledger) -> None:
    """Wait for no disk: what is lost before the demo opens is made anew with the next one."""
    ledger.db.execute("PRAGMA synchronous = OFF")


def _let_happen(settings: Settings, visits: Sequence[Visit]) -> None:
    """Run the visits through a desk of their own, as they would have been scanned."""
    clock = SimulatedClock(visits[0].at)
    lane = settings.scanners[0].lane
    desktop = replace(desktop_from(settings, settings.words()), slips="never")
    ledger, desk = open_desk(settings, desktop, clock)
    try:
        _hurry(ledger)
        for visit in visits:
            for place, text in enumerate(visit.labels):
                at = visit.at + timedelta(seconds=2 * place)
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


def side(labels: list[dict[str, Any]], words: Words) -> str:
    """Write the panel beside the desk: what to type, a line each."""
    tr = words.tr
    shown = [(_keys(one), one["says"]) for one in labels if one.get("panel")]
    return "\n".join(
        [
            tr("Type or paste, then Enter:"),
            *(f"{keys}  {tr(says)}" for keys, says in shown),
            f"{_OTHER_LANE}{labels[0]['text']}  " + tr("the same on the right lane"),
            "unplug plug nopaper paper  " + tr("devices"),
            f"{LEAVE}  " + tr("leaves the demo"),
        ]
    )


def _keys(label: dict[str, Any]) -> str:
    return "⏎".join((label["text"], *label.get("then", ())))


def _hint(labels: list[dict[str, Any]], words: Words) -> str:
    return words.tr(
        "Demo: type {card} ⏎ {item} ⏎ {card} ⏎ · {leave} ⏎ leaves",
        card=labels[0]["text"],
        item=labels[1]["text"],
        leave=LEAVE,
    )
