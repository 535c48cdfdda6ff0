"""The small languages inside settings: days, times, periods, class names. Pure.

Each parser raises ValueError with what it expected, as a fault tells it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain import ClassCode
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.due import InDays, InTurns, NextTerm, Period, SameDay, TermEnd
from kiosk.rotation.windows import ClassOfCohort, ClassOfGrade, ClassRef, CycleDay

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_WEEKS: Final = 8
_CHINESE_DAYS: Final = "一二三四五六日天"
_WEEKS: Final = "ABCDEFGH"
_CYCLE_DAY: Final = re.compile(rf"(?:([A-Z])\.)?({'|'.join(WEEKDAYS)})")
_PERIOD: Final = re.compile(r"([1-9][0-9]{0,2}) (turn|day)s?")
_COHORT_NUMBER: Final = re.compile(r"((?:19|20)[0-9]{2})-([1-9][0-9]?)")
_LIKE_A_KEY: Final = re.compile(r"((?:19|20)[0-9]{2})[^0-9]+([1-9][0-9]?)(?![0-9])")
_LIKE_A_LABEL: Final = re.compile(
    r"(?:([一二三四五六七八九十])[^0-9]*|(?<![0-9])([1-9])[^0-9]+)([1-9][0-9]?)(?![0-9])"
)
_LIKE_A_PERIOD: Final = re.compile(r"([0-9]{1,3}) ?([a-z]*|[天日周次轮]|个月)")
_DAYS: Final = {"w": 7, "周": 7, "m": 30, "个": 30}
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?")
_DAY_SHAPE: Final = 'a day such as 2026-09-01, or as a text "2026-09-01"'


def cycle_day(text: str, weeks: int | None) -> CycleDay:
    """Read a day of the cycle; `weeks` None: how long it is could not be read.

    >>> cycle_day("B.tue", weeks=2)
    CycleDay(weekday=1, week=1)
    >>> cycle_day("tue", weeks=2)
    CycleDay(weekday=1, week=None)
    """
    found = _CYCLE_DAY.fullmatch(text)
    week = None if found is None or found[1] is None else _WEEKS.find(found[1])
    if found is None or (
        week is not None and (weeks == 1 or not 0 <= week < (weeks or MOST_WEEKS))
    ):
        raise ValueError(days_expected(weeks))
    return CycleDay(WEEKDAYS.index(found[2]), week)


def days_expected(weeks: int | None) -> str:
    """Say which days there are.

    >>> days_expected(1)
    'one of mon, tue, wed, thu, fri, sat, sun (rotation.weeks is 1)'
    """
    named = ", ".join(WEEKDAYS)
    if weeks is None:
        return f"one of {named}, alone or after the letter of its week such as A."
    if weeks == 1:
        return f"one of {named} (rotation.weeks is 1)"
    return f"one of {named}, alone or after A. to {_WEEKS[weeks - 1]}. (rotation.weeks is {weeks})"


def perhaps(text: str, known: Iterable[str]) -> str:
    """Propose the known text that is nearest to what was found, as the end of a sentence.

    >>> perhaps("班级论借", ["班级轮借", "大课间"])
    ', perhaps 班级轮借'
    """
    near = get_close_matches(text, list(known), n=1)
    return f", perhaps {near[0]}" if near else ""


def perhaps_day(text: str, weeks: int | None) -> str:
    """Propose the day that was meant: written in full, in Chinese, or of a longer cycle.

    >>> perhaps_day("Monday", 1), perhaps_day("星期三", 1), perhaps_day("B.mon", 1)
    (', perhaps mon', ', perhaps wed', ', perhaps with rotation.weeks = 2')
    """
    found = _CYCLE_DAY.fullmatch(text)
    if found is not None and found[1] is not None:
        week = _WEEKS.find(found[1])
        is_told = weeks is not None and week >= 0
        return f", perhaps with rotation.weeks = {max(2, week + 1)}" if is_told else ""
    folded = text.strip().lower()
    if len(folded) > 1 and folded[-1] in _CHINESE_DAYS:
        return f", perhaps {WEEKDAYS[min(_CHINESE_DAYS.index(folded[-1]), 6)]}"
    near = next((day for day in WEEKDAYS if folded.startswith(day)), None)
    return f", perhaps {near}" if near else perhaps(folded, WEEKDAYS)


def perhaps_class(text: str, names: ClassNames, known: Iterable[str] = ()) -> str:
    """Propose how the class is written that was meant, else the nearest of the known ones.

    >>> from kiosk.wording import Words
    >>> names = ClassNames("{grade}({number})班", 6, Words("en"))
    >>> perhaps_class("三年级1班", names), perhaps_class("2023级2班", names)
    (', perhaps 三(1)班', ', perhaps 2023-2')
    """
    if names.parse(text) is not None:
        return ""  # well written: there is no such grade
    folded = unicodedata.normalize("NFKC", text).replace(" ", "")
    if by_key := _LIKE_A_KEY.search(folded):
        return f", perhaps {by_key[1]}-{by_key[2]}"
    if by_label := _LIKE_A_LABEL.search(folded):
        meant = names.template.format(grade=by_label[1] or by_label[2], number=by_label[3])
        try:
            class_ref(meant, names)
        except ValueError:
            return ""
        return f", perhaps {meant}"
    return perhaps(text, known)


def perhaps_period(text: str) -> str:
    """Propose the period that was meant: a number of another unit, or a word like a known one.

    >>> perhaps_period("2 weeks"), perhaps_period("14"), perhaps_period("Term End")
    (', perhaps "14 days"', ', perhaps "14 days"', ', perhaps "term end"')
    """
    folded = " ".join(text.lower().split())
    found = _LIKE_A_PERIOD.fullmatch(folded)
    if found is None:
        near = get_close_matches(folded, ["same day", "term end", "next term"], n=1)
        return f', perhaps "{near[0]}"' if near else ""
    count, unit = int(found[1]), found[2]
    if unit[:1] in {"t", "次", "轮"}:
        meant = f"{count} turn{'s' * (count != 1)}"
    else:
        days = count * _DAYS.get(unit[:1], 1)
        meant = f"{days} day{'s' * (days != 1)}"
    return f', perhaps "{meant}"' if _PERIOD.fullmatch(meant) else ""


def period(text: str) -> Period:
    """Read how long a loan lasts.

    >>> period("2 turns"), period("1 day")
    (InTurns(count=2), InDays(count=1))
    """
    folded = " ".join(text.split())
    if folded == "same day":
        return SameDay()
    if folded == "term end":
        return TermEnd()
    if folded == "next term":
        return NextTerm()
    found = _PERIOD.fullmatch(folded)
    if found is None:
        raise ValueError('"n turns", "n days", "same day", "term end" or "next term"')
    return InTurns(int(found[1])) if found[2] == "turn" else InDays(int(found[1]))


def class_ref(text: str, names: ClassNames) -> ClassRef:
    """Read a class by its label of this term or by cohort and number, as a turn names it."""
    by_key = _COHORT_NUMBER.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if by_key is not None:
        return ClassOfCohort(ClassCode(f"{by_key[1]}-{by_key[2]}"))
    by_label = names.parse(text)
    if by_label is None or not 1 <= by_label[0] <= names.grades or by_label[1] < 1:
        raise ValueError(
            f"a class label of grades 1 to {names.grades} (school.class_label)"
            " or a cohort and number such as 2023-2"
        )
    return ClassOfGrade(*by_label)


def time_of_day(value: object) -> time:
    """Read a TOML time, or a text such as `16:30`; to the minute."""
    if isinstance(value, str) and (found := _TIME.fullmatch(value)):
        hour, minute = int(found[1]), int(found[2])
        if hour < 24 and minute < 60:
            return time(hour, minute)
    if isinstance(value, time) and value.tzinfo is None:
        return value
    raise ValueError('a time of day such as 16:30:00, or as a text "16:30"')


def day(value: object) -> date:
    """Read a TOML date, or a text such as `2026-09-01`."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError(_DAY_SHAPE)


def zone_name(name: str) -> str:
    """Check that the system, or the tzdata package, knows a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("the name of a time zone such as Asia/Shanghai") from None
    return name


def pattern(text: str) -> str:
    """Check a regular expression for a whole label."""
    try:
        re.compile(text)
    except re.error as fault:
        raise ValueError(f"a regular expression ({fault})") from None
    if not text:
        raise ValueError("a regular expression that is not empty")
    return text


def class_label(text: str) -> str:
    """Check a template of class labels: `{grade}` and `{number}` once each, no other braces."""
    rest = text.replace("{grade}", "", 1).replace("{number}", "", 1)
    if len(rest) != len(text) - len("{grade}{number}") or "{" in rest or "}" in rest:
        raise ValueError("a label with {grade} and {number} once each, such as {grade}({number})班")
    return text
