"""The list of things to do: shown, closed with what was done, and printed in the morning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from kiosk.barcodes import DigitsLabel, Label
from kiosk.desk import verbs
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb
from kiosk.domain import Command, Lane, Note, OutcomeKind, StaffLine, StaffPage
from kiosk.ledger import todos
from kiosk.ledger.todos import TodoLine
from kiosk.session.lane import Awaiting
from kiosk.wording.todos import CLOSED_BY, todo_kind, what_was_done
from receipts.slip import Entry, Group, Slip

_SHOWN: Final = 9
"""As many lines as one digit can choose; the next move up as these are closed."""

_MORNING: Final = time(7)
_KEEP_UP: Final = timedelta(hours=1)


def keep_up(steps: Steps) -> datetime:
    """Print the list once in the morning of a school day; returns when to look again."""
    timetable = steps.desktop.policy.timetable
    local = steps.at.astimezone(timetable.zone)
    today = local.date()
    if local.time() < _MORNING:
        return min(steps.at + _KEEP_UP, datetime.combine(today, _MORNING, timetable.zone))
    if not steps.desktop.morning_slip or not timetable.calendar.is_school_day(today):
        return steps.at + _KEEP_UP
    if todos.slip_written_on(steps.db) != today:
        todos.note_slip(steps.db, today)
        lines = todos.open_lines(steps.db)
        if lines:
            steps.print_slip("todo", _slip(steps, lines))
    return steps.at + _KEEP_UP


def _slip(steps: Steps, lines: Sequence[TodoLine]) -> Slip:
    style = steps.desktop.slip_writer.style
    local = steps.at.astimezone(steps.desktop.policy.timetable.zone)
    return Slip(
        arrow="",
        who=style.words.tr("To do: {n}", n=len(lines)),
        groups=tuple(
            Group(
                f"{number} {todo_kind(style.words, line.kind, line.label)}",
                (Entry(line.about or _side(steps, line), _when(steps, line)),),
            )
            for number, line in enumerate(lines, 1)
        ),
        footer=f"{style.school} {local:%Y-%m-%d}",
    )


def _ask(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Show the list and ask which line; then show the line and ask what was done about it."""
    if labels:
        _ask_what(steps, lane, labels)
        return
    lines = todos.open_lines(steps.db)
    if not lines:
        verbs.forget(steps, lane)
    _show(steps, lane, lines)


def _show(steps: Steps, lane: Lane, lines: Sequence[TodoLine]) -> None:
    verbs.note_only(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.TODO_SHOWN,
        command=Command.TODO,
        page=_page(steps, lines),
        values={"count": len(lines)},
    )


def _ask_what(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    number = _number(labels[0])
    line = _chosen(steps, number)
    if line is None:
        _no_such(steps, lane, number, ())
        return
    words = steps.desktop.slip_writer.style.words
    hints = tuple(f"{key} {what_was_done(words, done)}" for key, done in CLOSED_BY.items())
    page = _page(steps, [line], first=number, hints=hints)
    verbs.ask(steps, lane, Command.TODO, "number", page=page)


def _close(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    number, what = _number(labels[0]), _number(labels[1])
    line = _chosen(steps, number)
    if line is None or what not in CLOSED_BY:
        got = () if line is None else labels[:1]
        _no_such(steps, lane, number if line is None else what, got)
        return
    seq = steps.record(
        "todo_closed",
        lane,
        {"closes": line.id, "done": CLOSED_BY[what]},
        session=steps.lanes[lane].session_id,
        item=line.item_id,
    )
    left = todos.open_lines(steps.db)
    if left:
        verbs.await_more(steps, lane, Awaiting(Command.TODO, steps.at))
    verbs.tell_note(
        steps,
        lane,
        OutcomeKind.MODE_CHANGED,
        Note.TODO_CLOSED,
        seq,
        page=_page(steps, left),
        values={"number": number},
    )


def _no_such(steps: Steps, lane: Lane, number: int, got: tuple[Label, ...]) -> None:
    """Tell that a number is not on the list, and go on waiting for one that is."""
    verbs.await_more(steps, lane, Awaiting(Command.TODO, steps.at, got))
    verbs.note_only(
        steps,
        lane,
        OutcomeKind.ATTENTION,
        Note.NO_SUCH_LINE,
        command=Command.TODO,
        page=_page(steps, todos.open_lines(steps.db)),
        values={"number": number},
    )


def _number(label: Label) -> int:
    assert isinstance(label, DigitsLabel), "the verb waited for a number"
    return int(label.digits)


def _chosen(steps: Steps, number: int) -> TodoLine | None:
    lines = todos.open_lines(steps.db)[:_SHOWN]
    return lines[number - 1] if 1 <= number <= len(lines) else None


def _page(
    steps: Steps, lines: Sequence[TodoLine], *, first: int = 1, hints: tuple[str, ...] = ()
) -> StaffPage:
    words = steps.desktop.slip_writer.style.words
    if lines and not hints:
        hints = (words.tr("A number, then [OK]: close that line"),)
    return StaffPage(
        words.tr("To do: {n}", n=len(todos.open_lines(steps.db))),
        (words.tr("What"), words.tr("Which"), words.tr("Side"), words.tr("Time")),
        tuple(
            StaffLine(
                number,
                (
                    todo_kind(words, line.kind, line.label),
                    line.about,
                    _side(steps, line),
                    _when(steps, line),
                ),
            )
            for number, line in enumerate(lines[:_SHOWN], first)
        ),
        hints,
    )


def _side(steps: Steps, line: TodoLine) -> str:
    lane = line.lane or ""
    return steps.desktop.slip_writer.style.arrows.get(lane, lane)


def _when(steps: Steps, line: TodoLine) -> str:
    local = line.at.astimezone(steps.desktop.policy.timetable.zone)
    return f"{local:%m-%d %H:%M}"


VERBS: Final[Mapping[Command, Verb]] = {
    Command.TODO: Verb("staff", ("number", "number"), _close, _ask)
}
