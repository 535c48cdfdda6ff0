"""Puts a line on the list of things to do, with the event that brings it, unless it is there."""

from __future__ import annotations

from datetime import datetime, time

from kiosk.desk.steps import Steps
from kiosk.domain import Lane, TodoKind
from kiosk.ledger import todos


def todo(
    steps: Steps,
    kind: TodoKind,
    *,
    label: str | None = None,
    item: int | None = None,
    lane: Lane | None = None,
) -> dict[str, str]:
    """Give the keys an event's data needs to put a line on the list; none if it is there already.

    A line is told apart by what is given: a label is listed once a day, even when it is done with.
    """
    today = _day_began(steps) if label is not None else None
    if todos.is_listed(steps.db, kind, label=label, item=item, lane=lane, since=today):
        return {}
    return {"todo": kind} if label is None else {"todo": kind, "label": label[:200]}


def close_lines(steps: Steps, lane: Lane, item: int, kind: TodoKind, *, done: str) -> None:
    """Close what was to be done about an item, as it has been done by another label."""
    for line in todos.open_lines(steps.db):
        if line.item_id == item and line.kind is kind:
            steps.record(
                "todo_closed",
                lane,
                {"closes": line.id, "done": done},
                session=steps.lanes[lane].session_id,
                item=item,
            )


def _day_began(steps: Steps) -> datetime:
    local = steps.at.astimezone(steps.desktop.policy.timetable.zone)
    return datetime.combine(local.date(), time.min, local.tzinfo)
