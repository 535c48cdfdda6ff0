"""What the product says, in the school's language: sentences for children, dates, class names.

Message ids are English; Chinese comes from `kiosk/locale`. The screens, the slips and the
command line all speak through a `Words`.
"""

from __future__ import annotations

import gettext
from datetime import date, datetime
from importlib.resources import as_file, files
from typing import Final

LANGUAGES: Final = ("zh_CN", "en")
_DIGITS: Final = "零一二三四五六七八九十"


class Words:
    """Messages in one language.

    >>> Words("zh_CN").tr("Books in hand: {n}", n=2)
    '手上2本'
    >>> Words("en").tr("Books in hand: {n}", n=2)
    'Books in hand: 2'
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue: gettext.NullTranslations = gettext.NullTranslations()
        if language != "en":
            with as_file(files("kiosk") / "locale") as folder:
                self._catalogue = gettext.translation("kiosk", folder, [language])

    def tr(self, message: str, /, **values: object) -> str:
        """Translate `message`, then fill its `{name}` places."""
        said = self._catalogue.gettext(message)
        return said.format(**values) if values else said

    def weekday(self, on: date) -> str:
        """Name the day of the week: 星期四 or `Thursday`."""
        names = (
            self.tr("Monday"),
            self.tr("Tuesday"),
            self.tr("Wednesday"),
            self.tr("Thursday"),
            self.tr("Friday"),
            self.tr("Saturday"),
            self.tr("Sunday"),
        )
        return names[on.weekday()]

    def day(self, on: date, today: date) -> str:
        """Say a day as a child would: today, tomorrow, a weekday within six days, else the date."""
        distance = (on - today).days
        if distance == 0:
            return self.tr("today")
        if distance == 1:
            return self.tr("tomorrow")
        if 1 < distance < 7:
            return self.weekday(on)
        return self.short_date(on)

    def short_date(self, on: date) -> str:
        """Write a date without its year: 9月17日 or `17 Sep`."""
        if self.language == "en":
            return f"{on.day} {_MONTHS[on.month - 1]}"
        return f"{on.month}月{on.day}日"

    def due_date(self, on: date) -> str:
        """Write a due date with its weekday: 9月17日(四) or `Thu 17 Sep`."""
        if self.language == "en":
            return f"{_WEEKDAYS[on.weekday()]} {self.short_date(on)}"
        return f"{self.short_date(on)}({'一二三四五六日'[on.weekday()]})"

    def whole_date(self, on: date) -> str:
        """Write a date with its year and weekday: 2026年9月17日(四) or `Thu 17 Sep 2026`."""
        if self.language == "en":
            return f"{self.due_date(on)} {on.year}"
        return f"{on.year}年{self.due_date(on)}"

    def clock(self, at: datetime) -> str:
        """Write a local time: `16:30`."""
        return f"{at:%H:%M}"

    def grade(self, grade: int) -> str:
        """Write a grade the way class names do: 三 or `3`."""
        if self.language == "en" or not 0 <= grade <= 10:
            return str(grade)
        return _DIGITS[grade]


_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
