"""The turns of a class for the rest of the term, and the week for the wall: values, and slips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kiosk.calendar import Term
from kiosk.domain import ClassCode
from kiosk.reports.rotation.saying import Saying
from kiosk.reports.rotation.show import source_word
from kiosk.rotation.cycle import PlainOpening, plain_cycle
from kiosk.rotation.exceptions import Cancelled, Moved
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening
from receipts.slip import Entry, Group, Slip


@dataclass(frozen=True, slots=True)
class TurnLine:
    """One turn of a class: local times, and why it departs from every week, if it does."""

    on: date
    opens_at: datetime | None
    closes_at: datetime | None
    window: str
    note: str = ""
    takes_place: bool = True


@dataclass(frozen=True, slots=True)
class WallCell:
    """A window on one day of the week: for whom, in labels."""

    weekday: int
    whom: tuple[str, ...]
    is_class: bool


@dataclass(frozen=True, slots=True)
class WallRow:
    """A span of time on the wall: a window's name and its cell for each day it opens."""

    opens: str
    closes: str
    window: str
    cells: tuple[WallCell, ...]


@dataclass(frozen=True, slots=True)
class WallWeek:
    """One week of the cycle; `letter` is empty when every week is the same."""

    letter: str
    rows: tuple[WallRow, ...]


def term_to_print(timetable: Timetable, on: date) -> Term | None:
    """Find the term whose timetable is asked for: the current one, else the next."""
    return timetable.calendar.term_for_lending(on)


def class_turns(
    timetable: Timetable, code: ClassCode, term: Term, say: Saying
) -> tuple[TurnLine, ...]:
    """List a class's turns from the day of `say` to the term's end, cancelled ones too."""
    first = max(say.on, term.starts_on)
    days = (first + timedelta(days=step) for step in range((term.ends_on - first).days + 1))
    return tuple(line for day in days for line in _turns_on(timetable, code, day, say))


def _turns_on(timetable: Timetable, code: ClassCode, day: date, say: Saying) -> Iterator[TurnLine]:
    for one in timetable.openings_on(day):
        if code in one.classes:
            note = _turn_note(timetable, one, code, say)
            yield TurnLine(day, one.opens_at, one.closes_at, one.window.name, note)
    for key, reason in timetable.called_off_on(day).items():
        if key.school_class == code:
            note = say.words.tr("does not take place")
            said = f"{note}({reason})" if reason else note
            yield TurnLine(day, None, None, key.window, said, takes_place=False)


def _turn_note(timetable: Timetable, one: Opening, code: ClassCode, say: Saying) -> str:
    day = one.opens_at.date()
    note = timetable.explain_day(day)
    source = one.source_of(code)
    words = [
        source_word(source, say.words),
        source_word(one.source, say.words) if one.source == "moved" != source else "",
        say.note(note) if note is not None else "",
    ]
    return say.words.tr(", ").join(word for word in words if word)


def wall(timetable: Timetable, say: Saying) -> tuple[WallWeek, ...]:
    """Lay out the week for the wall, each week of the cycle; a replacement in force counts."""
    instead = timetable.exceptions.replacement_on(say.on)
    windows = timetable.windows if instead is None else instead.windows
    turns = timetable.turns if instead is None else instead.turns
    cycle = plain_cycle(windows, turns, timetable.weeks, on=say.on)
    weeks = [
        tuple(_rows([one for one in cycle if one.week == week], say))
        for week in range(timetable.weeks)
    ]
    if all(rows == weeks[0] for rows in weeks):
        return (WallWeek("", weeks[0]),)
    return tuple(WallWeek(say.week(number), rows) for number, rows in enumerate(weeks))


def _rows(openings: Sequence[PlainOpening], say: Saying) -> Iterator[WallRow]:
    spans = dict.fromkeys(
        (one.window.opens, one.window.closes, one.window.name)
        for one in sorted(openings, key=lambda one: (one.window.opens, one.window.closes))
    )
    for opens, closes, name in spans:
        cells = [
            WallCell(one.weekday, _whom(one, say), one.window.kind == "class")
            for one in openings
            if (one.window.opens, one.window.closes, one.window.name) == (opens, closes, name)
        ]
        yield WallRow(f"{opens:%H:%M}", f"{closes:%H:%M}", name, tuple(cells))


def _whom(one: PlainOpening, say: Saying) -> tuple[str, ...]:
    tr = say.words.tr
    match one.window.kind:
        case "class":
            return tuple(map(say.label, one.classes))
        case "staff":
            return (tr("teachers"),)
        case kind:
            who = say.grades(sorted(one.window.grades or ())) or [tr("everybody")]
            return (*who, tr("to read here")) if kind == "reading" else tuple(who)


def special_days(timetable: Timetable, term: Term, say: Saying) -> list[str]:
    """List what departs from the week from the day of `say` to the term's end, in order of day."""
    found = [*_special_spans(timetable, say), *_special_dates(timetable, say)]
    here = [one for one in found if say.on <= one[1] and one[0] <= term.ends_on]
    return [f"{_span(first_on, last_on, say)}  {said}" for first_on, last_on, said in sorted(here)]


def _special_spans(timetable: Timetable, say: Saying) -> Iterator[tuple[date, date, str]]:
    tr = say.words.tr
    for holiday in timetable.calendar.holidays:
        said = tr("no school: {name}", name=holiday.name or "-")
        yield holiday.first_on, holiday.last_on, said
    for pause in timetable.exceptions.pauses:
        said = tr("lending pauses: {name}", name=pause.name)
        grades = say.grades(sorted(pause.grades or ()))
        yield pause.first_on, pause.last_on, "  ".join([said, *grades])
    for instead in timetable.exceptions.replacements:
        said = tr("by the timetable {name}", name=instead.name)
        yield instead.first_on, instead.last_on, said


def _special_dates(timetable: Timetable, say: Saying) -> Iterator[tuple[date, date, str]]:
    tr = say.words.tr
    for made_up in timetable.calendar.make_up_days:
        yield made_up.on, made_up.on, say.note(timetable.explain_day(made_up.on))
    for change in timetable.exceptions.changes:
        yield change.on, change.on, _changed(change, say)
    for swap in timetable.exceptions.swaps:
        said = tr(
            "{school_class} and {other} exchange their turns ({day})",
            school_class=say.label(swap.school_class.code(swap.on)),
            other=say.label(swap.with_class.code(swap.with_on)),
            day=say.day(swap.with_on),
        )
        yield swap.on, swap.on, said
    for extra in timetable.exceptions.extra_turns:
        label = say.label(extra.school_class.code(extra.on))
        yield extra.on, extra.on, "  ".join([tr("extra turn"), extra.window, label])


def _changed(change: Cancelled | Moved, say: Saying) -> str:
    tr = say.words.tr
    classes = [say.label(ref.code(change.on)) for ref in change.classes or ()]
    match change:
        case Cancelled(window=window, reason=reason):
            said = [tr("cancelled: {window}", window=window), *classes, reason]
        case Moved(window=window, opens=opens, closes=closes):
            time = f"{opens:%H:%M}-{closes:%H:%M}"
            said = [tr("{window} is at {time}", window=window, time=time), *classes]
    return "  ".join(filter(None, said))


def _span(first_on: date, last_on: date, say: Saying) -> str:
    if first_on == last_on:
        return say.day(first_on)
    return f"{say.day(first_on)} - {say.day(last_on)}"


def class_slip(
    code: ClassCode, turns: Sequence[TurnLine], term: Term, *, say: Saying, school: str
) -> Slip:
    """Build the slip with a class's turns, for its class librarian."""
    tr = say.words.tr
    entries = [Entry(f"{say.day(one.on)} {one.note}".rstrip(), time_of(one, say)) for one in turns]
    caption = tr("Your turns:") if entries else tr("No turn is planned.")
    return Slip(
        "", say.label(code), (term.name,), groups=(Group(caption, tuple(entries)),), footer=school
    )


def wall_slip(weeks: Sequence[WallWeek], term: Term, *, say: Saying, school: str) -> Slip:
    """Build the slip with the week's turns of all classes."""
    groups = [
        Group(
            f"{week.letter}{' ' if week.letter else ''}{say.full_weekday(cell.weekday)}"
            f" {row.opens}-{row.closes} {row.window}",
            tuple(Entry(one) for one in cell.whom),
        )
        for week in weeks
        for cell, row in sorted(
            ((cell, row) for row in week.rows for cell in row.cells),
            key=lambda found: (found[0].weekday, found[1].opens),
        )
        if cell.whom
    ]
    return Slip(
        "", say.words.tr("Timetable of turns"), (term.name,), groups=tuple(groups), footer=school
    )


def time_of(one: TurnLine, say: Saying) -> str:
    """Write a turn's time, nothing for one that does not take place."""
    if one.opens_at is None or one.closes_at is None:
        return ""
    return f"{say.words.clock(one.opens_at)}-{say.words.clock(one.closes_at)}"
