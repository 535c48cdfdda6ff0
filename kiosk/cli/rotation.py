"""`kiosk rotation show`, `check`, `plan` and `print`: the timetable of turns, from the settings."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from kiosk.calendar import Term
from kiosk.cli.output import write_text
from kiosk.domain import ClassCode
from kiosk.errors import KioskError, LedgerError, UsageError
from kiosk.ledger import classes, slips
from kiosk.ledger.connection import open_ledger
from kiosk.reports.rotation import check as checks
from kiosk.reports.rotation import page, plan
from kiosk.reports.rotation import print as printing
from kiosk.reports.rotation.saying import Saying
from kiosk.reports.rotation.show import show
from kiosk.rotation.capacity import Pace
from kiosk.rotation.checking import School, check, classes_here
from kiosk.rotation.classes import cohort_and_number
from kiosk.rotation.findings import Finding, UnmetDue
from kiosk.rotation.planning import MOST_PLANNED_WEEKS, Proposal, Wish, propose
from kiosk.rotation.seating import ClassSize
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import Window, grade_of_class
from kiosk.rules.decision import Policy
from kiosk.rules.findings import idle_lending_ends, odd_rules
from kiosk.settings import Settings, load
from kiosk.settings.texts import class_ref
from kiosk.settings.writing import write_rotation
from receipts.layout import lay_out, plain_text
from receipts.slip import Slip, to_json

SLIP_KIND: Final = "timetable"


def rotation(arguments: Namespace) -> int:
    """Do what `arguments.what` says with the timetable."""
    settings = load(arguments.config)
    on = arguments.on or datetime.now(settings.zone).date()
    match arguments.what:
        case "check":
            return _check(settings, on)
        case "plan":
            return _plan(settings, on, arguments)
        case "print":
            return _print(settings, on, arguments)
        case _:
            return _show(settings, on)


def _show(settings: Settings, on: date) -> int:
    codes = list(_pupils(settings, on) or {})
    names, words = settings.class_names(), settings.words()
    print(show(settings.timetable(), codes, names, words, on=on), end="")
    return 0


def _check(settings: Settings, on: date) -> int:
    """Print what is odd, a line each; 1 when something is."""
    policy = settings.policy()
    school = School(
        policy.timetable,
        on,
        settings.school.grades,
        _pace(settings),
        _pupils(settings, on),
        checks.lending_of(policy.rules),
        settings.school.loans_per_term,
    )
    say = Saying(settings.class_names(), settings.words(), _day_of_plan(policy.timetable, on))
    idle = idle_lending_ends(policy.timetable.calendar)
    terms = [one.starts_on for one in settings.terms]
    found = [
        *checks.lines([one for one in check(school) if not _is_idle_end(one, idle)], say),
        *checks.idle_lines(idle, policy.timetable, say, written=terms),
        *_odd_rules(settings, policy, say),
    ]
    print("\n".join(found) if found else settings.words().tr("The timetable is in order."))
    return 1 if found else 0


def _is_idle_end(finding: Finding, idle: Sequence[tuple[Term, date]]) -> bool:
    """Tell whether a finding says of some classes what is told of the term's last day anyway."""
    return (
        isinstance(finding, UnmetDue)
        and finding.due is None
        and finding.lent_on in {day for _, day in idle}
    )


def _odd_rules(settings: Settings, policy: Policy, say: Saying) -> list[str]:
    odd = odd_rules(
        policy.rules,
        policy.collection_limits,
        grades=settings.school.grades,
        has_holiday_loans=any(one.holiday_loans_from for one in policy.timetable.calendar.terms),
    )
    # Whether teachers and class cards may borrow is no matter of the rotation.
    return checks.rule_lines([one for one in odd if one.kind in (None, "student")], say)


def _plan(settings: Settings, on: date, arguments: Namespace) -> int:
    """Propose a rotation; 1 when it cannot do all that it should."""
    timetable = settings.timetable()
    day = _day_of_plan(timetable, on)
    wish = _wish(settings, timetable, arguments, on=day)
    proposal = propose(wish, on=day)
    say = Saying(settings.class_names(), settings.words(), day)
    _give(settings, wish, proposal, say=say, arguments=arguments)
    print(plan.summary(proposal, say), file=sys.stderr)
    short = plan.shortcomings(wish, proposal, say)
    for line in short:
        print(line, file=sys.stderr)
    return 1 if short else 0


def _wish(settings: Settings, timetable: Timetable, arguments: Namespace, *, on: date) -> Wish:
    pupils = _pupils(settings, on)
    if pupils is None:
        raise KioskError("There is nobody to plan for: `kiosk import readers FILE` first.")
    return Wish(
        tuple(
            ClassSize(code, grade_of_class(code, on), cohort_and_number(code)[1], count)
            for code, count in pupils.items()
            if 1 <= grade_of_class(code, on) <= settings.school.grades
        ),
        _chosen_windows(timetable, arguments.windows, on=on),
        _pace(settings),
        _weeks_to_try(settings, arguments.weeks),
        together=arguments.together,
        turns=timetable.turns,
        turns_weeks=timetable.weeks,
    )


def _give(
    settings: Settings, wish: Wish, proposal: Proposal, *, say: Saying, arguments: Namespace
) -> None:
    """Print the proposal, or put it into a file, or into the settings."""
    if arguments.write:
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        copy = write_rotation(
            settings.file, proposal.weeks, plan.turn_labels(proposal, say), stamp=stamp
        )
        if copy is None:
            said = say.words.tr(
                "{file} has these turns already: nothing was written", file=settings.file
            )
            print(said, file=sys.stderr)
            return
        said = say.words.tr(
            "written into {file}; the old settings are in {copy}", file=settings.file, copy=copy
        )
        print(said, file=sys.stderr)
        print(say.words.tr("a running desk takes it up at its next start"), file=sys.stderr)
    else:
        write_text(plan.proposal_toml(wish, proposal, say), arguments.to)


def _print(settings: Settings, on: date, arguments: Namespace) -> int:
    """Write the timetable for the wall or for classes, as A4 HTML or on slips."""
    timetable = settings.timetable()
    term = printing.term_to_print(timetable, on)
    if term is None:
        raise KioskError("No term of the settings is going on or to come: write one as [[term]].")
    say = Saying(settings.class_names(), settings.words(), max(on, term.starts_on))
    school = settings.school.name
    if arguments.classes or arguments.all:
        chosen = _chosen_classes(settings, say, arguments)
        turns = [(code, printing.class_turns(timetable, code, term, say)) for code in chosen]
        made = [printing.class_slip(code, one, term, say=say, school=school) for code, one in turns]
        labelled = [(say.label(code), one) for code, one in turns]
        html = page.class_pages(labelled, say=say, heading=term.name, school=school)
    else:
        weeks = printing.wall(timetable, say)
        special = printing.special_days(timetable, term, say)
        made = [printing.wall_slip(weeks, term, say=say, school=school)]
        html = page.wall_page(weeks, special, say=say, heading=term.name, school=school)
    if arguments.slip:
        _print_slips(settings, made)
    else:
        write_text(html, arguments.to)
    return 0


def _print_slips(settings: Settings, made: list[Slip]) -> None:
    """Queue slips, which a running desk prints; without a printer show them as text."""
    if not made:
        return
    if settings.printer.driver == "none":
        columns = settings.printer.columns
        for slip in made:
            print(plain_text(lay_out(slip, columns), columns))
        return
    ledger = open_ledger(settings.database_path)
    try:
        at = datetime.now(UTC)
        with ledger.transaction():
            for slip in made:
                body = to_json(slip)
                slips.write(
                    ledger.db, session=None, kind=SLIP_KIND, at=at, state="queued", body=body
                )
    finally:
        ledger.close()
    said = settings.words().tr("{n} slips queued for the printer", n=len(made))
    print(said, file=sys.stderr)


def _chosen_classes(settings: Settings, say: Saying, arguments: Namespace) -> list[ClassCode]:
    """Find the classes that are meant: those given, else all that are at the school now."""
    if arguments.classes:
        try:
            refs = [class_ref(label, say.names) for label in arguments.classes]
        except ValueError as fault:
            raise UsageError(f"--class: expected {fault}") from fault
        return [ref.code(say.on) for ref in refs]
    known = classes_here(
        settings.timetable(), _pupils(settings, say.on), settings.school.grades, on=say.on
    )
    if not known:
        raise KioskError("No class is on record, and the rotation names none.")
    return known


def _pupils(settings: Settings, on: date) -> Mapping[ClassCode, int] | None:
    """Count the pupils of the classes on record; None, said on stderr, when there are none."""
    found: Mapping[ClassCode, int] = {}
    try:
        ledger = open_ledger(settings.database_path)
        try:
            with ledger.reading():
                found = classes.pupils_by_class(ledger.db, on)
        finally:
            ledger.close()
    except LedgerError as fault:
        print(fault, file=sys.stderr)
    if found:
        return found
    said = settings.words().tr("No class is on record: only what the settings say is known.")
    print(said, file=sys.stderr)
    return None


def _pace(settings: Settings) -> Pace:
    lanes = sum(one.use != "return" for one in settings.scanners)
    return Pace(lanes, settings.rotation.visit_s)


def _day_of_plan(timetable: Timetable, on: date) -> date:
    """Find the day whose school year counts: `on`, or the first day of a term to come."""
    term = timetable.calendar.term_for_lending(on)
    return on if term is None else max(on, term.starts_on)


def _chosen_windows(
    timetable: Timetable, wanted: Sequence[str] | None, *, on: date
) -> tuple[Window, ...]:
    """Find the class windows to plan for, by name, else all that still open in the term.

    Raises: UsageError when there is none of that name.
    """
    term = timetable.calendar.term_of(on)
    week = 1 if term is None else term.week(on)
    known = [
        one
        for one in timetable.windows
        if one.kind == "class" and (one.to_week is None or week <= one.to_week)
    ]
    listed = ", ".join(dict.fromkeys(one.name for one in known)) or "there is none"
    if not known:
        raise UsageError("No window of kind class to plan for: write one as [[window]].")
    for name in wanted or ():
        if all(one.name != name for one in known):
            raise UsageError(f"--windows: expected windows of kind class ({listed}), found {name}")
    return tuple(one for one in known if not wanted or one.name in wanted)


def _weeks_to_try(settings: Settings, wanted: int | None) -> tuple[int, ...]:
    """Say which lengths of the cycle may be tried; one where days are named by its weeks."""
    if wanted is not None:
        return (wanted,)
    windows = [*settings.windows, *(one for each in settings.replacements for one in each.window)]
    days = [day for window in windows for day in window.days]
    days += [one.follows for one in settings.make_up_days]
    days += [day for one in settings.replacements for turns in one.turns.values() for day in turns]
    if any("." in day for day in days):
        return (settings.rotation.weeks,)
    return tuple(range(1, MOST_PLANNED_WEEKS + 1))
