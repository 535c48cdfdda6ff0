"""Builds the desk's parts from the settings."""

from __future__ import annotations

from datetime import date, timedelta

from kiosk.calendar import SchoolCalendar
from kiosk.desk.clock import Clock, ClockWatch, SimulatedClock, SystemClock, is_system_synchronised
from kiosk.desk.desk import Desk
from kiosk.desk.slips import SlipStyle, SlipWriter
from kiosk.desk.steps import Desktop
from kiosk.desk.thread import parse_instant
from kiosk.domain import Lane
from kiosk.errors import UsageError
from kiosk.ledger import classes, journal, turns
from kiosk.ledger.connection import Ledger, open_ledger
from kiosk.rotation.live import Live
from kiosk.settings import Settings
from kiosk.wording import Words

REHEARSAL = "rehearsal"
"""The mark of a database that may run under a simulated clock."""


def clock_from(settings: Settings, start: str | None) -> Clock:
    """Build the clock: the system's, or a simulated one that starts at an ISO-8601 instant.

    Raises: UsageError.
    """
    if start is None:
        return SystemClock()
    at = parse_instant(start, settings.zone)
    if at is None:
        raise UsageError(f"--clock: expected an ISO time such as 2026-09-10T16:30, found {start!r}")
    return SimulatedClock(at)


def desktop_from(settings: Settings, words: Words) -> Desktop:
    """Build what stays the same from scan to scan."""
    policy = settings.policy()
    return Desktop(
        desk=settings.desk.id,
        policy=policy,
        rules=settings.desk_rules(),
        patterns=settings.patterns(),
        item_place=settings.barcodes.item_place,
        slip_writer=SlipWriter(_slip_style(settings, words), policy),
        slips=settings.printer.slips,
        prints=settings.printer.driver != "none",
        morning_slip=settings.printer.morning_slip,
        open_now=timedelta(minutes=settings.rotation.open_now_min),
    )


def _slip_style(settings: Settings, words: Words) -> SlipStyle:
    return SlipStyle(
        school=settings.school.name,
        words=words,
        arrows={one.lane: arrow(one.lane, words) for one in settings.scanners},
        target=settings.school.loans_per_term,
        mask_names=settings.school.mask_names,
        qr=settings.printer.prints_qr,
        hide_titles=settings.school.hide_titles,
        class_slips=settings.printer.class_slips,
    )


def arrow(lane: Lane, words: Words) -> str:
    """Write a lane's mark as paper has it: ←左, 右→, or the lane's own name."""
    match lane:
        case "left":
            return f"←{words.tr('left')}"
        case "right":
            return f"{words.tr('right')}→"
        case _:
            return lane


def open_desk(settings: Settings, desktop: Desktop, clock: Clock) -> tuple[Ledger, Desk]:
    """Open the record and build the desk on it; call it in the thread that will own both.

    Raises: LedgerError, or UsageError for a simulated clock on a database in real use.
    """
    ledger = open_ledger(settings.database_path)
    try:
        if isinstance(clock, SimulatedClock):
            _check_rehearsal(ledger)
        with ledger.reading():
            latest = journal.latest_trusted_at(ledger.db)
            calendar = desktop.policy.timetable.calendar
            desktop = desktop.with_live(lived(ledger, calendar, today(settings, clock)))
        battery = settings.clock.battery
        watch = ClockWatch(clock, latest, (lambda: True) if battery else is_system_synchronised)
        if watch.state() != "doubted":
            with ledger.transaction():
                classes.write_labels(ledger.db, settings.class_names(), today(settings, clock))
        lanes = {one.lane: one.lane_use for one in settings.scanners}
        return ledger, Desk(desktop, ledger, watch, lanes)
    except BaseException:
        ledger.close()
        raise


def lived(ledger: Ledger, calendar: SchoolCalendar, on: date) -> Live:
    """Read what has happened to turns in the term of a day and in the one before it."""
    begun = sorted(term.starts_on for term in calendar.terms if term.starts_on <= on)
    since = begun[-2:][0] if begun else on - timedelta(days=365)
    return turns.live(ledger.db, since)


def _check_rehearsal(ledger: Ledger) -> None:
    if ledger.property(REHEARSAL) is None:
        raise UsageError(
            f"--clock is for rehearsal only: {ledger.path} was not made by "
            "`kiosk demo` or `kiosk init --rehearsal`."
        )


def today(settings: Settings, clock: Clock) -> date:
    """Tell the school's date."""
    return clock.now().astimezone(settings.zone).date()
