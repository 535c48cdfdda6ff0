"""Names of school classes: 六(2)班 for cohort 2021, number 2, in the school year 2026."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Final

from kiosk.calendar import grade_of
from kiosk.domain import ClassCode
from kiosk.wording import Words

_NUMERALS: Final = {numeral: value for value, numeral in enumerate("零一二三四五六七八九十")}


def class_code(cohort: int, number: int) -> ClassCode:
    """Write a class's key.

    >>> class_code(2021, 2)
    '2021-2'
    """
    return ClassCode(f"{cohort}-{number}")


def cohort_and_number(code: ClassCode) -> tuple[int, int]:
    """Take a class's key apart.

    >>> cohort_and_number(ClassCode("2021-2"))
    (2021, 2)
    """
    cohort, _, number = code.partition("-")
    return int(cohort), int(number)


class ClassNames:
    """Writes and reads class labels by the school's template, such as `{grade}({number})班`."""

    def __init__(self, template: str, grades: int, words: Words) -> None:
        self.grades = grades
        self.template = template
        self._words = words
        escaped = re.escape(unicodedata.normalize("NFKC", template))
        self._pattern = re.compile(
            escaped.replace(
                re.escape("{grade}"), "(?P<grade>[0-9]{1,2}|[一二三四五六七八九十])"
            ).replace(re.escape("{number}"), "(?P<number>[0-9]{1,2})")
        )

    def label(self, code: ClassCode, on: date) -> str:
        """Write the class's label on a day; one that has left or not yet come is named by cohort.

        >>> names = ClassNames("{grade}({number})班", 6, Words("zh_CN"))
        >>> names.label(ClassCode("2021-2"), date(2026, 9, 10))
        '六(2)班'
        >>> names.label(ClassCode("2020-2"), date(2026, 9, 10))
        '2020级(2)班'
        """
        cohort, number = cohort_and_number(code)
        grade = grade_of(cohort, on)
        if not 1 <= grade <= self.grades:
            return self._words.tr("class {number} of {cohort}", cohort=cohort, number=number)
        return self.template.format(grade=self._words.grade(grade), number=number)

    def parse(self, label: str) -> tuple[int, int] | None:
        """Read a label as (grade, number); None if it does not fit the template.

        >>> ClassNames("{grade}({number})班", 6, Words("zh_CN")).parse("三(1)班")
        (3, 1)
        >>> ClassNames("{grade}({number})", 6, Words("zh_CN")).parse("三(1)班")
        (3, 1)
        """
        written = unicodedata.normalize("NFKC", label).replace(" ", "")
        # People write 班 whether the school's labels have it or not.
        found = self._pattern.fullmatch(written) or self._pattern.fullmatch(
            written.removesuffix("班")
        )
        if found is None:
            return None
        grade = found["grade"]
        return _NUMERALS[grade] if grade in _NUMERALS else int(grade), int(found["number"])
