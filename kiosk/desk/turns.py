"""Turns of classes by label: windows opened now, ended, cancelled; the board; the class sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any, Final

from kiosk.barcodes import ClassLabel, Label
from kiosk.desk import board, class_slips, settling
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb, note_only, tell_note
from kiosk.domain import ClassCode, Command, Lane, Note, OutcomeKind, Value
from kiosk.ledger import turns
from kiosk.ledger.connection import utc_text
from kiosk.ledger.turns import ClassRow
from kiosk.rotation.live import Live, OpenedNow
from kiosk.rotation.windows import Opening


def scan_class(steps: Steps, lane: Lane, school_class: ClassCode | None) -> None:
    """Open a window now in a staff session, else show the class's board; None: the whole school."""
    if steps.is_staff(lane):
        _open_now(steps, lane, school_class)
    else:
        board.scan(steps, lane, school_class)


def set_end(steps: Steps, lane: Lane, digits: str) -> None:
    """Set the end of the window that this staff session opened, by digits such as 1645."""
    session = steps.lanes[lane].session
    seq = None if session is None else turns.opened_in(steps.db, session.id)
    opened = next((one for one in _open_windows(steps) if one.seq == seq), None)
    end = _time_today(steps, digits)
    if opened is None or end is None or end <= steps.at or steps.clock == "doubted":
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW)
    else:
        _extend(steps, lane, opened, end)


def keep_up(steps: Steps) -> datetime:
    """Do what time has brought; returns when there will be more to do, at the latest."""
    return settling.settle(steps)


def _open_now(steps: Steps, lane: Lane, school_class: ClassCode | None) -> None:
    """Open a window for a class or the whole school, or let the one that is open go on."""
    row = None if school_class is None else turns.class_of(steps.db, school_class)
    if steps.clock == "doubted":
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW)
        return
    if school_class is not None and row is None:
        _attend_no_turn(steps, lane, school_class)
        return
    classes = () if school_class is None else (school_class,)
    opened = next((one for one in _open_windows(steps) if one.classes == classes), None)
    if opened is None:
        _open(steps, lane, classes)
    else:
        _extend(steps, lane, opened, _end(steps, opened.closes_at + steps.desktop.open_now))


def _open(steps: Steps, lane: Lane, classes: tuple[ClassCode, ...]) -> None:
    # As the record will have it, to the millisecond.
    opens_at = datetime.fromisoformat(utc_text(steps.at))
    closes_at = _end(steps, steps.at + steps.desktop.open_now)
    name = _name(steps)
    data = {
        "name": name,
        "opens_at": utc_text(opens_at),
        "closes_at": utc_text(closes_at),
        "classes": list(classes),
    }
    seq = _record(steps, lane, "window_opened", data)
    new = OpenedNow(seq, opens_at, closes_at, classes, name)
    live = steps.desktop.policy.timetable.live
    _live(steps, replace(live, opened=(*live.opened, new)))
    values = _values(steps, new)
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.WINDOW_OPENED, seq, values=values)


def _extend(steps: Steps, lane: Lane, opened: OpenedNow, end: datetime) -> None:
    data = {"opening": opened.seq, "closes_at": utc_text(end)}
    seq = _record(steps, lane, "window_extended", data)
    changed = _change_end(steps, opened, end)
    values = _values(steps, changed)
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.WINDOW_EXTENDED, seq, values=values)


def close(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """End the windows opened by hand for a class; the whole school's label ends all of them."""
    school_class = _class_meant(labels)
    ended = [
        one
        for one in _open_windows(steps)
        if school_class is None or one.classes == (school_class,)
    ]
    if not ended or steps.clock == "doubted":
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW, command=Command.CLOSE)
        return
    seq = 0
    for one in ended:
        data = {"opening": one.seq, "closes_at": utc_text(steps.at)}
        seq = _record(steps, lane, "window_ended", data)
        _change_end(steps, one, steps.at)
    values: dict[str, Value] = {"class_label": _label(steps, school_class)}
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.WINDOW_ENDED, seq, values=values)


def cancel(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Cancel a class's next turn of today; the whole school's label: all that are not over."""
    school_class = _class_meant(labels)
    if steps.clock == "doubted":
        note_only(steps, lane, OutcomeKind.ATTENTION, Note.NOT_NOW, command=Command.CANCEL)
        return
    meant = list(_turns_left(steps, school_class))
    if not meant:
        _attend_nothing_to_cancel(steps, lane, school_class)
        return
    seq = 0
    for opening, row in meant:
        seq = _cancel_one(steps, lane, opening, row)
    live = steps.desktop.policy.timetable.live
    keys = frozenset(opening.key(row.code) for opening, row in meant)
    _live(steps, replace(live, cancelled=live.cancelled | keys))
    values: dict[str, Value] = {"class_label": ""}
    if school_class is not None:
        values = board.next_turn(steps, school_class)
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.TURN_CANCELLED, seq, values=values)


def _turns_left(steps: Steps, school_class: ClassCode | None) -> Iterator[tuple[Opening, ClassRow]]:
    """Yield the planned turns of today that are not over: of a class the first, else all."""
    timetable = steps.desktop.policy.timetable
    local = steps.at.astimezone(timetable.zone)
    rows = turns.classes(steps.db)
    known = turns.known_since(steps.db, local.date())
    for opening in timetable.openings_on(local.date()):
        if opening.closes_at <= local or opening.opened_seq is not None:
            continue
        for code in opening.classes:
            row = rows.get(code)
            if row is None or (row.id, opening.window.name, local.date()) in known:
                continue
            if school_class in (None, code):
                yield opening, row
            if school_class == code:
                return


def _cancel_one(steps: Steps, lane: Lane, opening: Opening, row: ClassRow) -> int:
    return _record(
        steps,
        lane,
        "turn_cancelled",
        {
            "class_id": row.id,
            "window": opening.window.name,
            "day": opening.opens_at.date().isoformat(),
            "opens_at": utc_text(opening.opens_at),
            "closes_at": utc_text(opening.closes_at),
            "state": "cancelled",
            "planned": opening.source_of(row.code) != "extra",
            "reason": "staff",
        },
    )


def sheet(steps: Steps, lane: Lane, labels: tuple[Label, ...]) -> None:
    """Print the sheet of a class; the whole school's label: of each class with a turn today."""
    school_class = _class_meant(labels)
    rows = turns.classes(steps.db)
    wanted = (school_class,) if school_class is not None else _classes_today(steps)
    found = [rows[code] for code in wanted if code in rows]
    if not found:
        _attend_no_turn(steps, lane, school_class)
        return
    for row in found:
        class_slips.print_sheet(steps, row)
    seq = _record(steps, lane, "sheet_queued", {"classes": [row.code for row in found]})
    values: dict[str, Value] = {"class_label": _label(steps, school_class)}
    tell_note(steps, lane, OutcomeKind.MODE_CHANGED, Note.SHEET_QUEUED, seq, values=values)


def _classes_today(steps: Steps) -> list[ClassCode]:
    timetable = steps.desktop.policy.timetable
    local = steps.at.astimezone(timetable.zone)
    left = (one for one in timetable.openings_on(local.date()) if one.closes_at > local)
    return list(dict.fromkeys(code for one in left for code in one.classes))


def _class_meant(labels: tuple[Label, ...]) -> ClassCode | None:
    (label,) = labels
    assert isinstance(label, ClassLabel), "the verb waited for a class"
    return label.school_class


def _attend_no_turn(steps: Steps, lane: Lane, school_class: ClassCode | None) -> None:
    values: dict[str, Value] = {"class_label": ""}
    if school_class is not None:
        _, values = board.no_turn(steps, school_class)
    note_only(steps, lane, OutcomeKind.ATTENTION, Note.NO_TURN_TODAY, values=values)


def _attend_nothing_to_cancel(steps: Steps, lane: Lane, school_class: ClassCode | None) -> None:
    """Say that there is no turn to cancel; after a cancelled one, how to lend all the same."""
    values: dict[str, Value] = {"class_label": ""}
    if school_class is not None:
        _, values = board.no_turn(steps, school_class)
        # What was opened by hand since is ended, not cancelled.
        if "cancelled" in values and not _is_open(steps, school_class):
            values["hint"] = "open_now"
    note_only(steps, lane, OutcomeKind.ATTENTION, Note.NO_TURN_TODAY, values=values)


def _is_open(steps: Steps, school_class: ClassCode) -> bool:
    openings = steps.desktop.policy.timetable.open_at(steps.at)
    return any(school_class in one.classes for one in openings)


def _open_windows(steps: Steps) -> list[OpenedNow]:
    """List the windows opened by hand that are open, the newest first."""
    live = steps.desktop.policy.timetable.live
    return [one for one in reversed(live.opened) if one.opens_at <= steps.at < one.closes_at]


def _change_end(steps: Steps, opened: OpenedNow, end: datetime) -> OpenedNow:
    live = steps.desktop.policy.timetable.live
    changed = replace(opened, closes_at=end)
    others = tuple(changed if one.seq == opened.seq else one for one in live.opened)
    _live(steps, replace(live, opened=others))
    return changed


def _live(steps: Steps, live: Live) -> None:
    """Let the desk know at once; what time brings may have changed too."""
    steps.desktop = steps.desktop.with_live(live)
    steps.upkeep_at = steps.at
    board.keep_up(steps)


def _record(steps: Steps, lane: Lane, kind: str, data: Mapping[str, Any]) -> int:
    state = steps.lanes[lane]
    return steps.record(kind, lane, data, session=state.session_id, reader=state.reader_id)


def _end(steps: Steps, wanted: datetime) -> datetime:
    """Cut an end to the minute, as it is said, and to the day."""
    local = wanted.astimezone(steps.desktop.policy.timetable.zone)
    return min(local.replace(second=0, microsecond=0), _midnight(steps))


def _midnight(steps: Steps) -> datetime:
    zone = steps.desktop.policy.timetable.zone
    today = steps.at.astimezone(zone).date()
    return datetime.combine(today + timedelta(days=1), time(), zone)


def _time_today(steps: Steps, digits: str) -> datetime | None:
    """Read 945 or 1645 as a time of today."""
    if len(digits) not in (3, 4) or not digits.isdecimal():
        return None
    hour, minute = int(digits[:-2]), int(digits[-2:])
    if hour > 23 or minute > 59:
        return None
    zone = steps.desktop.policy.timetable.zone
    return datetime.combine(steps.at.astimezone(zone).date(), time(hour, minute), zone)


def _name(steps: Steps) -> str:
    """Name a window opened now; no other of the day has the name."""
    words, timetable = steps.desktop.slip_writer.style.words, steps.desktop.policy.timetable
    local = steps.at.astimezone(timetable.zone)
    taken = {one.window.name for one in timetable.openings_on(local.date())}
    name = words.tr("opened at {time}", time=words.clock(local))
    number = 2
    while name in taken:
        name = words.tr("opened at {time}, {number}", time=words.clock(local), number=number)
        number += 1
    return name


def _label(steps: Steps, school_class: ClassCode | None) -> str:
    return "" if school_class is None else board.label(steps, school_class)


def _values(steps: Steps, opened: OpenedNow) -> dict[str, Value]:
    zone = steps.desktop.policy.timetable.zone
    return {
        "class_label": _label(steps, opened.classes[0] if opened.classes else None),
        "until": opened.closes_at.astimezone(zone).strftime("%H:%M"),
    }


VERBS: Final[Mapping[Command, Verb]] = {
    Command.CLOSE: Verb("staff", ("class",), close),
    Command.CANCEL: Verb("staff", ("class",), cancel),
    Command.SHEET: Verb("monitor", ("class",), sheet),
}
