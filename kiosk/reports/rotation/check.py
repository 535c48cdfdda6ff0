"""The findings of `kiosk rotation check`: a line each, with place in the settings and advice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import assert_never

from kiosk.calendar import SchoolCalendar, Term
from kiosk.reports.rotation.saying import Saying, day_key
from kiosk.rotation.due_checking import Lending
from kiosk.rotation.findings import (
    At,
    Crowded,
    EmptyWindow,
    Entry,
    Finding,
    GradeExcluded,
    IdleSwap,
    ManyTurns,
    NamedTwice,
    NoLane,
    NoSchool,
    NoTermAhead,
    NoTurn,
    NoTurnThatDay,
    NoWindowThatDay,
    SharedOverlap,
    TooFewLoans,
    UnknownClass,
    UnmetDue,
)
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import CycleDay
from kiosk.rules.findings import Oddity, OddRule
from kiosk.rules.matrix import LoanRule

_COLLECTION = "general"


def lending_of(rules: Iterable[LoanRule]) -> list[Lending]:
    """Pick what the check asks of the rules for pupils' ordinary books, in their order."""
    return [
        Lending(
            rule.number,
            rule.limit,
            rule.terms if rule.lend == "yes" else None,
            rule.grades or None,
            rule.anytime,
        )
        for rule in rules
        if (not rule.readers or "student" in rule.readers)
        and (not rule.collections or _COLLECTION in rule.collections)
        and rule.when != "holiday"
    ]


def lines(findings: Sequence[Finding], saying: Saying) -> list[str]:
    """Write the findings, each as `place in the settings: what is odd: what to do`."""
    said = (_said(one, saying) for one in findings)
    return [f"{place}: {sentence}" for place, sentence in said]


def rule_lines(odd: Sequence[OddRule], saying: Saying) -> list[str]:
    """Write what is odd about the loan rules, in the same form."""
    return [_rule_line(one, saying) for one in odd]


def idle_lines(
    ends: Iterable[tuple[Term, date]], timetable: Timetable, say: Saying, *, written: Sequence[date]
) -> list[str]:
    """Write the last days of lending on which nobody borrows, one for each term that is not over.

    Proposed is a day that leaves a whole cycle to bring the books back in. `written` has the first
    days of the terms in the order of the settings.
    """
    calendar = timetable.calendar
    first = {term: day for term, day in reversed(list(ends)) if term.ends_on >= say.on}
    found = []
    for term, day in sorted(first.items(), key=lambda one: one[0].starts_on):
        earlier = calendar.last_school_day(day - timedelta(weeks=timetable.weeks))
        sentence = say.words.tr(
            "on {day}, the last day of lending, nobody can borrow: no school day is left to bring"
            " it back; set it to {earlier}",
            day=say.day(day),
            earlier=max(earlier or term.starts_on, term.starts_on).isoformat(),
        )
        place = f"term[{written.index(term.starts_on) + 1}]{_early_of(term, day, calendar)}"
        found.append(f"{place}.lending_ends_on: {sentence}")
    return found


def _early_of(term: Term, day: date, calendar: SchoolCalendar) -> str:
    """Name the early recall whose grades borrow until then, unless all of the term do."""
    ends = [term.lending_ends_on, *(one.lending_ends_on for one in term.early)]
    days = [calendar.last_school_day(one) for one in ends]
    return f".early[{days.index(day)}]" if days[0] != day else ""


def _rule_line(odd: OddRule, say: Saying) -> str:
    tr = say.words.tr
    place = f"{odd.table}[{odd.number}]" if odd.number else odd.table
    match odd.oddity:
        case Oddity.HIDDEN:
            hidden_by = tr(", ").join(f"{odd.table}[{number}]" for number in odd.hidden_by)
            said = tr("{places} take every case of it: put it before them", places=hidden_by)
        case Oddity.NOBODY:
            said = tr("nobody can fall under it: check its readers, grades and dates")
        case Oddity.LENDS_NOTHING:
            said = tr('it lends at most 0 books: raise its limit, or write lend = "no"')
        case Oddity.NO_RULE:
            who = tr(", ").join(say.grades(odd.grades)) or tr("pupils")
            said = tr("no rule lends to {who}: add one", who=who)
    return f"{place}: {said}"


def _said(finding: Finding, say: Saying) -> tuple[str, str]:
    match finding:
        case NoTermAhead() | NoTurn() | EmptyWindow() | NoLane():
            return _missing(finding, say)
        case ManyTurns() | UnknownClass() | NamedTwice() | SharedOverlap() | GradeExcluded():
            return _misplaced(finding, say)
        case Crowded():
            return _opening_key(finding.place), _crowded(finding, say)
        case NoSchool() | NoTurnThatDay() | IdleSwap() | NoWindowThatDay():
            return _entry_key(finding.entry), _dated(finding, say)
        case UnmetDue():
            return f"loan_rule[{finding.rule}].period", _unmet(finding, say)
        case TooFewLoans():
            return "school.loans_per_term", _too_few(finding, say)
        case _:
            assert_never(finding)


def _missing(finding: NoTermAhead | NoTurn | EmptyWindow | NoLane, say: Saying) -> tuple[str, str]:
    tr = say.words.tr
    match finding:
        case NoTermAhead(ended_on=None):
            return "term", tr("there is no term: write one as [[term]]")
        case NoTermAhead(ended_on):
            day = "" if ended_on is None else ended_on.isoformat()
            return "term", tr("no term after {day}: write the next one as [[term]]", day=day)
        case NoTurn():
            return "rotation.turns", _no_turn(finding, say)
        case EmptyWindow(window, number, replacement):
            place = f"window[{number}]"
            sentence = tr(
                "no class has its turn in {window}: name some in its turns", window=window
            )
            return _within(replacement, place), sentence
        case NoLane():
            return "scanner", tr("no lane lends: give one scanner another use than return")


def _no_turn(finding: NoTurn, say: Saying) -> str:
    tr, label = say.words.tr, say.label(finding.school_class)
    if finding.only_in is not None:
        return tr(
            "{school_class} has turns only in {place}: give it one in rotation.turns too, or run"
            " kiosk rotation plan",
            school_class=label,
            place=f"replacement[{finding.only_in}]",
        )
    if finding.ended_on is not None:
        return tr(
            "{school_class} has no turn after {day}: give it one in another window, or run kiosk"
            " rotation plan",
            school_class=label,
            day=say.day(finding.ended_on),
        )
    return tr(
        "{school_class} has no turn: give it one, or run kiosk rotation plan", school_class=label
    )


Misplaced = ManyTurns | UnknownClass | NamedTwice | SharedOverlap | GradeExcluded


def _misplaced(finding: Misplaced, say: Saying) -> tuple[str, str]:
    label = say.label(finding.school_class)
    match finding:
        case ManyTurns():
            first, *_ = finding.places
            return _turn_key(first, finding), _many_turns(finding, label, say)
        case UnknownClass():
            sentence = _unknown_class(finding, label, say)
        case NamedTwice():
            sentence = say.words.tr(
                "{school_class} stands twice in {place}: take one out",
                school_class=label,
                place=_opening(finding.place, say),
            )
        case SharedOverlap():
            sentence = _shared_overlap(finding, label, say)
        case GradeExcluded():
            sentence = _grade_excluded(finding, label, say)
    return _turn_key(finding.place, finding), sentence


def _many_turns(finding: ManyTurns, label: str, say: Saying) -> str:
    tr = say.words.tr
    return tr(
        "{school_class} has {n} turns in one cycle ({places}): leave it one",
        school_class=label,
        n=len(finding.places),
        places=tr(", ").join(_opening(one, say) for one in finding.places),
    )


def _unknown_class(finding: UnknownClass, label: str, say: Saying) -> str:
    tr = say.words.tr
    if finding.why == "has_left":
        return tr(
            "{school_class} has left the school: take it out of the turns", school_class=label
        )
    if finding.why == "not_here":
        return tr(
            "{school_class} is not at the school: take it out of the turns", school_class=label
        )
    return tr(
        "{school_class} is not on record: import its pupils, or take it out of the turns",
        school_class=label,
    )


def _shared_overlap(finding: SharedOverlap, label: str, say: Saying) -> str:
    one, other = finding.place, finding.other
    return say.words.tr(
        "{school_class} has its turn at the same time in {one} and {other}: keep one of them",
        school_class=label,
        one=f"{one.opening.window.name} {_opening(one, say)}",
        other=f"{other.opening.window.name} {_opening(other, say)}",
    )


def _grade_excluded(finding: GradeExcluded, label: str, say: Saying) -> str:
    tr, window = say.words.tr, finding.place.opening.window
    return tr(
        "{window} is for {grades}, not for {school_class}: move its turn, or add the grade to"
        " the window",
        window=window.name,
        grades=tr(", ").join(say.grades(sorted(window.grades or ()))),
        school_class=label,
    )


def _crowded(finding: Crowded, say: Saying) -> str:
    tr = say.words.tr
    advice = tr("divide them into {n} windows", n=finding.parts)
    place = _opening(finding.place, say)
    if finding.others:
        advice = tr("divide them into {n} windows that do not overlap", n=finding.parts)
        every = (finding.place, *finding.others)
        places = tr(", ").join(f"{one.opening.window.name} {_opening(one, say)}" for one in every)
        place = tr("{places} at the same time, together", places=places)
    if finding.minutes is not None:
        advice = tr("make it {n} minutes for each class", n=finding.minutes)
    elif finding.weeks is not None and finding.weeks > finding.weeks_now:
        weeks = say.number(finding.weeks)
        advice = tr("{advice}, or make it a cycle of {weeks} weeks", advice=advice, weeks=weeks)
    elif finding.weeks is not None:
        advice = tr("{advice}, or spread the classes with kiosk rotation plan", advice=advice)
    return tr(
        "{place}: {classes} classes with {pupils} pupils, time for about {room} (lanes: {lanes}):"
        " {advice}",
        place=place,
        classes=len(finding.classes),
        pupils=finding.pupils,
        lanes=say.number(finding.lanes),
        room=finding.room,
        advice=advice,
    )


def _dated(finding: NoSchool | NoTurnThatDay | IdleSwap | NoWindowThatDay, say: Saying) -> str:
    tr = say.words.tr
    if isinstance(finding, IdleSwap):
        return tr(
            "these two turns cannot be exchanged: one class would come twice or is paused;"
            " choose another day"
        )
    day, days = say.day(finding.on), say.days(finding.near)
    match finding:
        case NoSchool(note=note):
            why = say.note(note)
            if not days:
                return tr("nobody borrows on {day} ({why})", day=day, why=why)
            return tr("nobody borrows on {day} ({why}): choose {days}", day=day, why=why, days=days)
        case NoTurnThatDay(school_class=code):
            label = say.label(code)
            if not days:
                return tr("{school_class} has no turn on {day}", school_class=label, day=day)
            return tr(
                "{school_class} has no turn on {day}: its turns are on {days}",
                school_class=label,
                day=day,
                days=days,
            )
        case NoWindowThatDay(window=window):
            if not days:
                return tr("{window} does not open on {day}", window=window, day=day)
            return tr(
                "{window} does not open on {day}: it opens on {days}",
                window=window,
                day=day,
                days=days,
            )


def _unmet(finding: UnmetDue, say: Saying) -> str:
    tr = say.words.tr
    classes, lent = say.labels(finding.classes), say.day(finding.lent_on)
    if finding.due is None:
        return tr(
            "no day is left to bring back what {classes} borrow on {lent}: let lending_ends_on be"
            " earlier",
            classes=classes,
            lent=lent,
        )
    return tr(
        "what {classes} borrow on {lent} is due on {due}, but they cannot come from then to"
        " {recall}: let lending_ends_on be earlier, or add a turn as [[extra_turn]]",
        classes=classes,
        lent=lent,
        due=say.day(finding.due),
        recall=say.day(finding.recall_on),
    )


def _too_few(finding: TooFewLoans, say: Saying) -> str:
    return say.words.tr(
        "{classes} have {turns} turns in the term, {limit} books each: {most} at most, below the"
        " target of {target}; plan more turns, raise the limit of loan_rule[{rule}] or lower the"
        " target",
        classes=say.labels(finding.classes),
        turns=finding.turns,
        limit=finding.limit,
        most=finding.turns * finding.limit,
        target=finding.target,
        rule=finding.rule,
    )


def _opening(place: At, say: Saying) -> str:
    """Write an opening: 周一16:30, in a cycle of weeks A周周一16:30."""
    opening = place.opening
    day = f"{say.week(place.week)}{say.weekday(opening.weekday)}"
    if say.words.language == "en":
        day = f"{say.week(place.week)} {say.weekday(opening.weekday)} ".lstrip()
    return f"{day}{opening.window.opens:%H:%M}"


def _turn_key(place: At, finding: Misplaced) -> str:
    """Name the entry of the turns that has the class."""
    named = place.opening.named
    day = next(one.day for one in named if one.school_class == finding.school_class)
    return _within(place.replacement, _turns(place), day_key(day))


def _opening_key(place: At) -> str:
    days = {one.day for one in place.opening.named}
    # A day that alone has all the classes is written so; it may stand for every week.
    day = days.pop() if len(days) == 1 else CycleDay(place.opening.weekday, place.week)
    return _within(place.replacement, _turns(place), day_key(day))


def _turns(place: At) -> str:
    name = place.opening.window.name
    return f"turns.{name}" if place.replacement is not None else f"rotation.turns.{name}"


def _within(replacement: int | None, *parts: str) -> str:
    place = ".".join(parts)
    return place if replacement is None else f"replacement[{replacement}].{place}"


def _entry_key(entry: Entry) -> str:
    return f"{entry.table}[{entry.number}].{entry.key}"
