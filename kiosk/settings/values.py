"""The settings as the rest of the program uses them: sections, and core values built from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.barcodes import LabelPatterns
from kiosk.calendar import AddedWeekdays, SchoolCalendar
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.due import LoanTerms
from kiosk.rotation.exceptions import Exceptions
from kiosk.rotation.timetable import Timetable
from kiosk.rules.decision import Policy
from kiosk.rules.matrix import CollectionLimit, LoanRule
from kiosk.session.lane import DeskRules
from kiosk.settings import model, texts, year, year_values
from kiosk.wording import Words

_DECIDES: Final = {
    *("overdue_blocks", "same_title", "charge_blocks"),
    *("suspend_days_per_day_late", "suspend_days_most", "carry_s"),
}
_DECIDES_NOTHING: Final = frozenset(
    {
        *("file", "school", "desk", "database", "scanners"),
        *("printer", "screen", "sound", "clock", "barcodes"),
    }
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One settings file without faults; its paths are absolute, or relative to where it was read.

    The methods build core values anew at each call: call them once.
    """

    file: Path
    school: model.School
    desk: model.Desk
    database: model.Database
    scanners: tuple[model.Scanner, ...]
    printer: model.Printer
    screen: model.Screen
    sound: model.Sound
    clock: model.Clock
    barcodes: model.Barcodes
    terms: tuple[year.Term, ...]
    holidays: tuple[year.Holiday, ...]
    make_up_days: tuple[year.MakeUpDay, ...]
    pauses: tuple[year.Pause, ...]
    windows: tuple[year.Window, ...]
    rotation: year.Rotation
    replacements: tuple[year.Replacement, ...]
    changes: tuple[year.Change, ...]
    swaps: tuple[year.Swap, ...]
    extra_turns: tuple[year.ExtraTurn, ...]
    loan_rules: tuple[model.LoanRule, ...]
    collection_limits: tuple[model.CollectionLimit, ...]

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return ZoneInfo(self.school.timezone)

    @property
    def database_path(self) -> Path:
        """The SQLite file."""
        return Path(self.database.path)

    def words(self) -> Words:
        """Load the school's language."""
        return Words(self.school.language)

    def class_names(self) -> ClassNames:
        """Build what writes and reads the school's class labels."""
        return ClassNames(self.school.class_label, self.school.grades, self.words())

    @property
    def raw_scans_path(self) -> Path:
        """Where raw scans are kept, beside the record and no part of it."""
        return self.database_path.with_suffix(".scans")

    def patterns(self) -> LabelPatterns:
        """Compile the shapes of the school's labels."""
        return LabelPatterns(self.barcodes.card, self.barcodes.item, self.barcodes.command)

    def calendar(self) -> SchoolCalendar:
        """Build terms, holidays, make-up days and weekdays: Monday to Friday and any of a window.

        A weekday that only a replacement's window names is one between that one's dates.
        """
        weeks = self.rotation.weeks
        return SchoolCalendar(
            tuple(sorted(map(year_values.term, self.terms), key=lambda term: term.starts_on)),
            tuple(map(year_values.holiday, self.holidays)),
            frozenset(range(5)) | year_values.weekdays(self.windows, weeks),
            tuple(year_values.make_up_day(one, weeks) for one in self.make_up_days),
            tuple(
                AddedWeekdays(one.first_on, one.last_on, year_values.weekdays(one.window, weeks))
                for one in self.replacements
            ),
        )

    def timetable(self) -> Timetable:
        """Build the windows and turns over the calendar, with what departs from them."""
        weeks, names = self.rotation.weeks, self.class_names()
        return Timetable(
            self.calendar(),
            [year_values.window(window, weeks) for window in self.windows],
            year_values.turns(self.rotation.turns, names, weeks),
            zone=self.zone,
            weeks=weeks,
            exceptions=self._exceptions(names, weeks),
            grades=self.school.grades,
        )

    def policy(self) -> Policy:
        """Build everything the loan decisions need."""
        desk = self.desk
        return Policy(
            self.timetable(),
            tuple(_loan_rule(number, rule) for number, rule in enumerate(self.loan_rules, 1)),
            grades=self.school.grades,
            overdue_blocks=desk.overdue_blocks,
            same_title=desk.same_title,
            collection_limits=tuple(
                _collection_limit(number, limit)
                for number, limit in enumerate(self.collection_limits, 1)
            ),
            charge_blocks=desk.charge_blocks,
            charge_factor=desk.charge_factor,
            suspend_days_per_day_late=desk.suspend_days_per_day_late,
            suspend_days_most=desk.suspend_days_most,
            fingerprint=self._fingerprint(),
        )

    def desk_rules(self) -> DeskRules:
        """Build what the lanes go by."""
        desk = self.desk
        return DeskRules(
            idle=timedelta(seconds=desk.idle_s),
            repeat=timedelta(seconds=desk.repeat_s),
            settle=timedelta(seconds=desk.settle_s),
            carry=timedelta(seconds=desk.carry_s),
            found_on_loan=desk.found_on_loan,
        )

    def _fingerprint(self) -> str:
        """Name what the decisions go by; the same as long as nothing of it is changed."""
        written = [
            self.school.model_dump_json(include={"timezone", "grades", "class_label"}),
            self.desk.model_dump_json(include=_DECIDES),
        ]
        for one in fields(self):
            if one.name not in _DECIDES_NOTHING:
                value = getattr(self, one.name)
                sections = value if isinstance(value, tuple) else (value,)
                written += [one.name, *(section.model_dump_json() for section in sections)]
        return sha256("\n".join(written).encode()).hexdigest()[:8]

    def _exceptions(self, names: ClassNames, weeks: int) -> Exceptions:
        return Exceptions(
            tuple(map(year_values.pause, self.pauses)),
            tuple(year_values.replacement(one, names, weeks) for one in self.replacements),
            tuple(year_values.change(one, names) for one in self.changes),
            tuple(year_values.swap(one, names) for one in self.swaps),
            tuple(year_values.extra_turn(one, names) for one in self.extra_turns),
        )


def _loan_rule(number: int, rule: model.LoanRule) -> LoanRule:
    terms = None
    if rule.lend != "no" and rule.period is not None:
        terms = LoanTerms(
            texts.period(rule.period),
            rule.min_days,
            texts.period(rule.without_turns),
            recall=rule.recall and rule.when != "holiday",
        )
    return LoanRule(
        number,
        frozenset(rule.readers or ()),
        frozenset(rule.collections or ()),
        rule.lend,
        rule.limit or 0,
        terms,
        rule.renewals,
        rule.anytime,
        frozenset(rule.grades or ()),
        rule.same_title,
        rule.when,
    )


def _collection_limit(number: int, limit: model.CollectionLimit) -> CollectionLimit:
    return CollectionLimit(
        number,
        frozenset(limit.collections),
        limit.limit,
        frozenset(limit.readers or ()),
        frozenset(limit.grades or ()),
    )
