"""Proposes a year's `[[holiday]]` and `[[make_up_day]]` entries from the chinesecalendar package.

Only `kiosk calendar` imports that package; the running desk goes by the settings alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from importlib.metadata import version

from kiosk.reports.rotation.saying import WEEKDAYS
from kiosk.settings.template import toml
from kiosk.wording import Words

_DAY = timedelta(days=1)
_FURTHEST_DAYS = 60  # a make-up day is near its holiday; the same holiday comes a year later


def proposals(year: int, words: Words) -> str:
    """Write the entries as TOML to check and paste; for an unknown year only a comment says so."""
    from chinese_calendar import Holiday, constants

    known = sorted({day.year for day in constants.holidays})
    package = f"chinesecalendar {version('chinesecalendar')}"
    if year not in known:
        said = words.tr(
            "{package} knows the years {first} to {last}, not {year}. The State Council announces"
            " a year's holidays in the November before it; update the package then, or write the"
            " entries by hand.",
            package=package,
            first=known[0],
            last=known[-1],
            year=year,
        )
        return f"# {said}\n"
    chinese = {one.value: _full_name(one.chinese) for one in Holiday}
    head = words.tr(
        "Proposed by {package}: check it against the official notice, and the weekday that each"
        " make-up day follows with the school.",
        package=package,
    )
    follows = followed_days(constants.workdays, constants.in_lieu_days)
    parts = [f"# {head}", *_holidays(constants.holidays, chinese, year)]
    for day, name in sorted(constants.workdays.items()):
        if day.year == year:
            parts.append(_make_up_day(day, chinese[name], follows.get(day), words))
    return "\n".join(parts)


def _full_name(name: str) -> str:
    return f"{name}节" if name in {"清明", "端午", "中秋"} else name


def _holidays(holidays: Mapping[date, str], chinese: Mapping[str, str], year: int) -> Iterator[str]:
    for first_on, last_on in spans(day for day in holidays if day.year == year):
        length = (last_on - first_on).days + 1
        named = dict.fromkeys(chinese[holidays[first_on + _DAY * step]] for step in range(length))
        yield (
            f"[[holiday]]\nname = {toml('、'.join(named))}\n"
            f"from = {toml(first_on)}\nto = {toml(last_on)}\n"
        )


def _make_up_day(on: date, name: str, paid_for: date | None, words: Words) -> str:
    # Where the day it pays for is not known, Friday is what most schools teach.
    follows = WEEKDAYS[4 if paid_for is None else paid_for.weekday()]
    said = words.tr("{weekday}; proposed, please check", weekday=words.weekday(on))
    return (
        f"[[make_up_day]]\nname = {toml(f'{name}调休')}\non = {toml(on)}  # {said}\n"
        f"follows = {toml(follows)}"
        + (f"  # {words.due_date(paid_for)}\n" if paid_for is not None else "\n")
    )


def spans(days: Iterable[date]) -> list[tuple[date, date]]:
    """Merge days that follow each other into spans, both ends included.

    >>> spans([date(2026, 1, 2), date(2026, 1, 1), date(2026, 5, 1)])[0]
    (datetime.date(2026, 1, 1), datetime.date(2026, 1, 2))
    """
    found: list[tuple[date, date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == _DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found


def followed_days(make_ups: Mapping[date, str], in_lieu: Mapping[date, str]) -> dict[date, date]:
    """Pair each make-up day with the weekday off that it pays for: of one holiday, in order."""
    found: dict[date, date] = {}
    for day, name in sorted(make_ups.items()):
        paid = (
            off
            for off, other in sorted(in_lieu.items())
            if other == name and abs(off - day).days <= _FURTHEST_DAYS and off not in found.values()
        )
        first = next(paid, None)
        if first is not None:
            found[day] = first
    return found
