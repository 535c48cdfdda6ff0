"""Who came to the reading room, class by class and teacher by teacher."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlite_utils import Database

from kiosk.calendar import SchoolCalendar
from kiosk.ledger import turns, visits
from kiosk.ledger.visits import Presence, Visitor
from kiosk.reports.table import heading, laid_out
from kiosk.reports.turns import Span
from kiosk.rotation.classes import ClassNames
from kiosk.wording import Words


@dataclass(frozen=True, slots=True)
class ClassVisits:
    """A class's pupils in the reading room; several visits of a pupil on one day are one.

    `came` counts the pupils who came at all. `weekly` is the part, 0 to 1, of all pupils' weeks
    in which the pupil came.
    """

    label: str
    pupils: int
    visits: int
    came: int
    weekly: float


@dataclass(frozen=True, slots=True)
class TeacherVisits:
    """A teacher in the library: on how many days, and how long where the end was noted."""

    card: str
    name: str
    days: int
    stayed: timedelta


@dataclass(frozen=True, slots=True)
class Visits:
    """What the report says; `weeks` are those of the span that had a day of school."""

    weeks: int
    classes: Sequence[ClassVisits]
    teachers: Sequence[TeacherVisits]


def of_school(
    db: Database,
    span: Span,
    names: ClassNames,
    calendar: SchoolCalendar,
    zone: tzinfo,
    reading: Sequence[str],
) -> Visits:
    """Count the visits of a span; `reading` names the windows whose sessions are visits too."""
    since, until = span.instants(zone)
    days: dict[int, set[tuple[int, date]]] = defaultdict(set)
    of_reader: dict[int, list[Presence]] = defaultdict(list)
    for one in visits.presences(db, since, until, reading):
        of_reader[one.reader_id].append(one)
        if one.kind == "student" and one.class_id is not None:
            days[one.class_id].add((one.reader_id, one.at.astimezone(zone).date()))
    weeks = len(_school_weeks(span, calendar))
    counted = turns.lending(db, since, until, on=span.last_on)
    return Visits(
        weeks,
        [
            _of_class(names.label(code, span.last_on), counted[row.id].pupils, weeks, days[row.id])
            for code, row in turns.classes(db).items()
            if row.id in counted
        ],
        [_of_teacher(one, of_reader[one.id], zone) for one in visits.teachers(db)],
    )


def _school_weeks(span: Span, calendar: SchoolCalendar) -> set[date]:
    """Find the Mondays of the weeks in which the span has a day of school."""
    days = (span.last_on - span.first_on).days + 1
    school = (span.first_on + timedelta(days=day) for day in range(days))
    return {_monday(day) for day in school if calendar.is_school_day(day)}


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _of_class(label: str, pupils: int, weeks: int, days: Set[tuple[int, date]]) -> ClassVisits:
    in_weeks = {(reader, _monday(day)) for reader, day in days}
    # A pupil who has left or changed class since was there all the same.
    possible = max(pupils * weeks, len(in_weeks))
    return ClassVisits(
        label,
        pupils,
        len(days),
        len({reader for reader, _ in days}),
        len(in_weeks) / possible if possible else 0.0,
    )


def _of_teacher(teacher: Visitor, there: Sequence[Presence], zone: tzinfo) -> TeacherVisits:
    days = {one.at.astimezone(zone).date() for one in there}
    stayed = sum((one.stayed for one in there if one.stayed is not None), timedelta())
    return TeacherVisits(teacher.card, teacher.name, len(days), stayed)


def table(found: Visits, span: Span, words: Words) -> str:
    """Write the figures as two text tables: classes, then teachers."""
    weeks = words.tr("{n} weeks of school", n=found.weeks)
    about = heading(span.name, f"{span.first_on} - {span.last_on}", weeks)
    classes = laid_out([_class_heads(words), *map(_class_cells, found.classes)])
    teachers = laid_out([_teacher_heads(words), *map(_teacher_cells, found.teachers)])
    return "".join(f"{line}\n" for line in (about, "", *classes, "", *teachers))


def csv_text(found: Visits, words: Words) -> str:
    """Write the figures for a spreadsheet: classes, an empty line, teachers."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_class_heads(words), *map(_class_cells, found.classes), ()])
    writer.writerows([_teacher_heads(words), *map(_teacher_cells, found.teachers)])
    # Spreadsheets take a file for UTF-8 only with a byte order mark.
    return f"\ufeff{out.getvalue()}"


def _class_heads(words: Words) -> tuple[str, ...]:
    tr = words.tr
    return (tr("class"), tr("pupils"), tr("visits"), tr("pupils who came"), tr("came each week"))


def _class_cells(row: ClassVisits) -> tuple[str, ...]:
    return (row.label, str(row.pupils), str(row.visits), str(row.came), f"{row.weekly:.0%}")


def _teacher_heads(words: Words) -> tuple[str, ...]:
    return (words.tr("teacher"), words.tr("days"), words.tr("hours noted"))


def _teacher_cells(row: TeacherVisits) -> tuple[str, ...]:
    name = f"{row.card} {row.name}"
    return (name, str(row.days), f"{row.stayed / timedelta(hours=1):.1f}")
