"""The settings as the rest of the program uses them: sections, and core values built from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kiosk.barcodes import LabelPatterns
from kiosk.calendar import Holiday, SchoolCalendar, Term
from kiosk.rotation.classes import ClassNames
from kiosk.rotation.due import LoanTerms
from kiosk.rotation.timetable import Timetable, Turns
from kiosk.rotation.windows import Window
from kiosk.rules.decision import Policy
from kiosk.rules.matrix import LoanRule
from kiosk.session.lane import DeskRules
from kiosk.settings import model, texts
from kiosk.wording import Words


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
    clock: model.Clock
    barcodes: model.Barcodes
    terms: tuple[model.Term, ...]
    holidays: tuple[model.Holiday, ...]
    windows: tuple[model.Window, ...]
    rotation: model.Rotation
    loan_rules: tuple[model.LoanRule, ...]

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

    def patterns(self) -> LabelPatterns:
        """Compile the shapes of the school's labels."""
        return LabelPatterns(self.barcodes.card, self.barcodes.item, self.barcodes.command)

    def calendar(self) -> SchoolCalendar:
        """Build the terms, holidays and weekdays: Monday to Friday and every day of a window."""
        weeks = self.rotation.weeks
        named = {
            texts.cycle_day(day, weeks).weekday for window in self.windows for day in window.days
        }
        return SchoolCalendar(
            tuple(sorted(map(_term, self.terms), key=lambda term: term.starts_on)),
            tuple(
                Holiday(one.name, one.first_on, one.last_on or one.first_on)
                for one in self.holidays
            ),
            frozenset(range(5)) | named,
        )

    def timetable(self) -> Timetable:
        """Build the windows and turns over the calendar."""
        weeks = self.rotation.weeks
        return Timetable(
            self.calendar(),
            [_window(window, weeks) for window in self.windows],
            self._turns(),
            zone=self.zone,
            weeks=weeks,
        )

    def policy(self) -> Policy:
        """Build everything the loan decisions need."""
        return Policy(
            self.timetable(),
            tuple(_loan_rule(number, rule) for number, rule in enumerate(self.loan_rules, 1)),
            grades=self.school.grades,
            overdue_blocks=self.desk.overdue_blocks,
            same_title=self.desk.same_title,
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

    def _turns(self) -> Turns:
        names, weeks = self.class_names(), self.rotation.weeks
        return {
            window: {
                texts.cycle_day(day, weeks): tuple(
                    texts.class_ref(label, names) for label in classes
                )
                for day, classes in days.items()
            }
            for window, days in self.rotation.turns.items()
        }


def _term(term: model.Term) -> Term:
    recall_on = term.recall_on or term.ends_on
    return Term(
        term.name,
        term.starts_on,
        term.ends_on,
        lending_ends_on=term.lending_ends_on or recall_on,
        recall_on=recall_on,
    )


def _window(window: model.Window, weeks: int) -> Window:
    return Window(
        window.name,
        window.kind,
        frozenset(texts.cycle_day(day, weeks) for day in window.days),
        window.opens,
        window.closes,
        timedelta(minutes=window.grace_min),
        None if window.grades is None else frozenset(window.grades),
    )


def _loan_rule(number: int, rule: model.LoanRule) -> LoanRule:
    terms = None
    if rule.lend != "no" and rule.period is not None:
        terms = LoanTerms(
            texts.period(rule.period), rule.min_days, texts.period(rule.without_turns)
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
    )
