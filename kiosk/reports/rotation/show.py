"""The timetable of one week as plain text: per day, and per class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from kiosk.calendar import grade_of
from kiosk.domain import ClassCode
from kiosk.reports.rotation.saying import LETTERS, Saying
from kiosk.reports.table import columns
from kiosk.rotation.classes import ClassNames, cohort_and_number
from kiosk.rotation.exceptions import Cancelled
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Opening, Source, Turn
from kiosk.wording import Words

_COLUMNS = 79
_GAP = "  "


def show(
    timetable: Timetable,
    classes: Sequence[ClassCode],
    names: ClassNames,
    words: Words,
    *,
    on: date,
) -> str:
    """Write the week of `on`: what opens on each day and for whom, then each class's turns.

    `classes` are the classes on record; one that has left the school is not listed, one that the
    rotation names though it is not on record is.
    """
    week = _Week(timetable, names, words, on)
    parts = [week.heading(), "", *week.days(), "", *week.classes(classes)]
    return "".join(f"{line}\n" for line in parts)


def source_word(source: Source, words: Words) -> str:
    """Say why a turn or window departs from the plan of every week; nothing if it does not."""
    match source:
        case "plan":
            return ""
        case "moved":
            return words.tr("moved")
        case "extra":
            return words.tr("extra turn")
        case "swap":
            return words.tr("swapped")
        case "opened":
            return words.tr("opened by staff")


class _Week:
    def __init__(self, timetable: Timetable, names: ClassNames, words: Words, on: date) -> None:
        self.timetable = timetable
        self.names = names
        self.words = words
        self.say = Saying(names, words, on)
        self.on = on
        self.monday = on - timedelta(days=on.weekday())

    def heading(self) -> str:
        words, sunday = self.words, self.monday + timedelta(days=6)
        span = f"{words.short_date(self.monday)} - {words.short_date(sunday)}"
        # The term may begin or end in the middle of this week.
        terms = (self.timetable.calendar.term_of(day) for day in (self.on, *self._dates()))
        term = next((one for one in terms if one is not None), None)
        if term is None:
            return _GAP.join([span, words.tr("no term")])
        parts = [term.name, words.tr("week {n}", n=term.week(self.on))]
        if self.timetable.weeks > 1:
            inside = max(self.on, term.starts_on)
            letter = LETTERS[self.timetable.cycle_week(min(inside, term.ends_on))]
            parts.append(words.tr("{letter} week", letter=letter))
        return _GAP.join([*(part for part in parts if part), span])

    def days(self) -> Iterator[str]:
        for day in self._dates():
            openings = self.timetable.openings_on(day)
            note = self.timetable.explain_day(day)
            is_weekend = not self.timetable.calendar.is_school_weekday(day)
            if is_weekend and not openings and (note is None or note.kind != "make_up"):
                continue
            yield f"{self.words.weekday(day)}{_GAP}{self.words.short_date(day)}"
            if note is not None or not openings:
                yield f"{_GAP}{self.say.note(note)}"
            yield from self._pauses(day)
            yield from self._openings(openings)
            yield from self._cancelled(day)

    def _dates(self) -> list[date]:
        return [self.monday + timedelta(days=step) for step in range(7)]

    def _pauses(self, day: date) -> Iterator[str]:
        for pause in self.timetable.exceptions.pauses:
            if pause.grades is not None and pause.first_on <= day <= pause.last_on:
                said = self.words.tr("lending pauses: {name}", name=pause.name)
                yield f"{_GAP}{_GAP.join([said, *self.say.grades(sorted(pause.grades))])}"

    def _cancelled(self, day: date) -> Iterator[str]:
        for change in self.timetable.exceptions.changes:
            if isinstance(change, Cancelled) and change.on == day:
                classes = [self._label(ref.code(day)) for ref in change.classes or ()]
                said = self.words.tr("cancelled: {window}", window=change.window)
                yield _GAP + _GAP.join(filter(None, [said, *classes, change.reason]))

    def _openings(self, openings: Sequence[Opening]) -> Iterator[str]:
        name_cells = max((columns(one.window.name) for one in openings), default=0)
        normal = max((columns(window.name) for window in self.timetable.windows), default=0)
        for one in openings:
            name = _padded(one.window.name, max(name_cells, normal))
            time = f"{self.words.clock(one.opens_at)}-{self.words.clock(one.closes_at)}"
            yield from _wrapped(f"{_GAP}{time}{_GAP}{name}{_GAP}", self._for_whom(one))

    def _for_whom(self, opening: Opening) -> list[str]:
        moved = [self.words.tr("moved")] if opening.source == "moved" else []
        match opening.window.kind:
            case "class":
                labels = [self._class(opening, code) for code in opening.classes]
                return [*(labels or [self.words.tr("no class")]), *moved]
            case "staff":
                return [self.words.tr("teachers"), *moved]
            case kind:
                grades = set(opening.window.grades or ())
                who = self.say.grades(sorted(grades - opening.closed_to))
                reading = [self.words.tr("to read here")] if kind == "reading" else []
                return [*(who or [self.words.tr("everybody")]), *reading, *moved]

    def _class(self, opening: Opening, code: ClassCode) -> str:
        word = source_word(opening.source_of(code), self.words)
        return f"{self._label(code)}[{word}]" if word else self._label(code)

    def classes(self, classes: Sequence[ClassCode]) -> Iterator[str]:
        """Yield each class's turns, grades in order; classes without any turn come last."""
        found = {code: self._turns_from_monday(code) for code in self._listed(classes)}
        labels = {code: self._label(code) for code in found}
        cells = max(map(columns, labels.values()), default=0)
        if any(turns != ([], None) for turns in found.values()):
            yield self.words.tr("turns by class:")
        for code, (this_week, later) in found.items():
            said = [self._turn(turn) for turn in this_week]
            if not said and later is not None:
                day = self.words.due_date(later.opens_at.date())
                turn = f"{day} {self.words.clock(later.opens_at)}"
                said = [self.words.tr("next: {turn}", turn=turn)]
            if said:
                yield from _wrapped(f"{_GAP}{_padded(labels[code], cells)}{_GAP}", said)
        without = [labels[code] for code, turns in found.items() if turns == ([], None)]
        if without:
            yield self.words.tr("without a turn:")
            yield from _wrapped(_GAP, without)

    def _listed(self, classes: Sequence[ClassCode]) -> list[ClassCode]:
        instead = (one.turns for one in self.timetable.exceptions.replacements)
        named = {
            ref.code(self.on)
            for turns in (self.timetable.turns, *instead)
            for days in turns.values()
            for refs in days.values()
            for ref in refs
        }
        grades = range(1, self.names.grades + 1)
        here = [code for code in {*classes, *named} if self._grade(code) in grades]
        return sorted(here, key=lambda code: (self._grade(code), cohort_and_number(code)[1]))

    def _grade(self, code: ClassCode) -> int:
        return grade_of(cohort_and_number(code)[0], self.on)

    def _turns_from_monday(self, code: ClassCode) -> tuple[list[Turn], Turn | None]:
        """Give the class's turns of this week, and its first one after it."""
        sunday = self.monday + timedelta(days=6)
        this_week: list[Turn] = []
        for turn in self.timetable.turns_after(code, self.monday - timedelta(days=1)):
            if turn.opens_at.date() > sunday:
                return this_week, turn
            this_week.append(turn)
        return this_week, None

    def _turn(self, turn: Turn) -> str:
        return f"{self.words.weekday(turn.opens_at.date())} {self.words.clock(turn.opens_at)}"

    def _label(self, code: ClassCode) -> str:
        return self.names.label(code, self.on)


def _wrapped(head: str, parts: Sequence[str]) -> Iterator[str]:
    """Put the parts behind the head, and those that do not fit on further lines below them."""
    line, indent = head, " " * columns(head)
    for part in parts:
        is_first = line in (head, indent)
        longer = f"{line}{part}" if is_first else f"{line}{_GAP}{part}"
        if columns(longer) > _COLUMNS and not is_first:
            yield line
            longer = f"{indent}{part}"
        line = longer
    yield line


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - columns(text))
