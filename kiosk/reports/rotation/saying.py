"""Small pieces of speech about the timetable, which several of its reports share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from kiosk.domain import ClassCode
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.plan import DayNote
from kiosk.rotation.windows import CycleDay
from kiosk.wording import Words

LETTERS: Final = "ABCDEFGH"
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MOST_LABELS: Final = 6
# A Monday, to name weekdays by.
_MONDAY: Final = date(2024, 1, 1)


class Saying:
    """Says classes, days and numbers in the school's language, for the school year of a day."""

    def __init__(self, names: ClassNames, words: Words, on: date) -> None:
        self.names = names
        self.words = words
        self.on = on

    def label(self, code: ClassCode) -> str:
        """Write a class's label."""
        return self.names.label(code, self.on)

    def labels(self, codes: Sequence[ClassCode]) -> str:
        """Write the labels of classes; of many the first ones and how many there are."""
        said = self.words.tr(", ").join(map(self.label, codes[:_MOST_LABELS]))
        if len(codes) <= _MOST_LABELS:
            return said
        return self.words.tr("{classes} and others, {n} classes in all", classes=said, n=len(codes))

    def number(self, number: int) -> str:
        """Write a small number before something counted: 两 in 两个通道."""
        if self.words.language == "en" or not 1 <= number <= 10:
            return str(number)
        return "一两三四五六七八九十"[number - 1]

    def weekday(self, weekday: int) -> str:
        """Write a weekday short: 周一 or `Mon`."""
        if self.words.language == "en":
            return WEEKDAYS[weekday].capitalize()
        return f"周{'一二三四五六日'[weekday]}"

    def full_weekday(self, weekday: int) -> str:
        """Write a weekday in full: 星期一 or `Monday`."""
        return self.words.weekday(_MONDAY.replace(day=1 + weekday))

    def week(self, week: int | None) -> str:
        """Write a week of the cycle, `A周` or `A week`; nothing for every week."""
        return "" if week is None else self.words.tr("{letter} week", letter=LETTERS[week])

    def day(self, on: date) -> str:
        """Write a date with its weekday."""
        return self.words.due_date(on)

    def days(self, days: Sequence[date]) -> str:
        """Write dates to choose from."""
        return self.words.tr(" or ").join(map(self.day, days))

    def grades(self, grades: Sequence[int]) -> list[str]:
        """Write grades: 三年级."""
        tr, grade = self.words.tr, self.words.grade
        return [tr("grade {grade}", grade=grade(one)) for one in sorted(grades)]

    def note(self, note: DayNote | None) -> str:
        """Say what is special about a day; an ordinary day without lending says just that."""
        tr = self.words.tr
        match note:
            case DayNote("holiday", name):
                return tr("no school: {name}", name=name or "-")
            case DayNote("pause", name):
                return tr("lending pauses: {name}", name=name)
            case DayNote("no_term" | "after_last_term"):
                return tr("no term")
            case DayNote("weekend"):
                return tr("weekend")
            case DayNote("make_up", name, follows):
                said = tr("make-up day: as on {day}", day=self.full_weekday(follows or 0))
                return f"{said}({name})" if name else said
            case DayNote("replacement", name):
                return tr("by the timetable {name}", name=name)
            case _:
                return tr("no lending")


def day_key(day: CycleDay) -> str:
    """Write a day of the cycle as settings do.

    >>> day_key(CycleDay(0)), day_key(CycleDay(1, 1))
    ('mon', 'B.tue')
    """
    weekday = WEEKDAYS[day.weekday]
    return weekday if day.week is None else f"{LETTERS[day.week]}.{weekday}"
