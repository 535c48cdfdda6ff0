"""Finds classes that have no turn, judged by the days of the term on which they would come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from kiosk.domain import ClassCode
from kiosk.rotation.due_checking import Season
from kiosk.rotation.findings import NoTurn

_MARGIN_CYCLES: Final = 3
"""So many cycles before the last day of lending count in its last days: turns are over then."""


def missing_turns(season: Season, on: date) -> list[NoTurn]:
    """List the classes that have no turn from `on` to the last day on which they borrow."""
    found = (_missing(season, code, on) for code in season.classes)
    return [one for one in found if one is not None]


def _missing(season: Season, code: ClassCode, on: date) -> NoTurn | None:
    timetable, until = season.timetable, season.lending_ends_on(code, season.term.starts_on)
    turns = [
        day
        for day in season.days()
        if day <= until and any(code in one.classes for one in timetable.planned_on(day))
    ]
    margin = until - timedelta(weeks=_MARGIN_CYCLES * timetable.weeks)
    ahead = [day for day in turns if day >= min(on, margin)]
    if not ahead:
        return NoTurn(code, ended_on=max(turns, default=None))
    only_in = _only_in_replacements(season, ahead, since=min(on, margin), until=until)
    return None if only_in is None else NoTurn(code, only_in=only_in)


def _only_in_replacements(
    season: Season, turns: Sequence[date], *, since: date, until: date
) -> int | None:
    """Find the replacement that has the turns, unless there is hardly a normal day in which to."""
    timetable = season.timetable
    exceptions = timetable.exceptions
    instead = exceptions.replacement_on(turns[0])
    if instead is None or any(exceptions.replacement_on(day) is None for day in turns):
        return None
    normal = [
        day
        for day in season.days()
        if since <= day <= until
        and timetable.calendar.is_school_day(day)
        and exceptions.replacement_on(day) is None
    ]
    # In fewer days than a cycle has a class may well have no turn.
    if len(normal) < len(timetable.calendar.weekdays) * timetable.weeks:
        return None
    return exceptions.replacements.index(instead) + 1
