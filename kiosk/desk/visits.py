"""A lane at the reading room's door: a card says that its reader has come, or goes."""

from __future__ import annotations

from datetime import datetime, time

from kiosk.desk.crates import end_crate
from kiosk.desk.steps import Steps
from kiosk.domain import Lane, Note, OutcomeKind
from kiosk.domain.facts import ReaderFacts
from kiosk.ledger import visits
from kiosk.wording.names import public_name


def note_visit(steps: Steps, lane: Lane, reader: ReaderFacts) -> None:
    """Note that a reader has come; the card again, later on the same day, that the reader goes.

    A reader who does not scan on the way out is noted all the same, without an end.
    """
    end_crate(steps, lane)
    visit = visits.last_of(steps.db, reader.id, _midnight(steps))
    if visit is None or visit.left_at is not None:
        if visit is not None and _is_just(steps, visit.left_at):
            _tell(steps, lane, reader, Note.VISIT_NOTED)
            return
        data = {"class_id": reader.class_id}
        seq = steps.record("visit_began", lane, data, reader=reader.id)
        _tell(steps, lane, reader, Note.VISIT_BEGAN, seq)
    elif _is_just(steps, visit.came_at):
        _tell(steps, lane, reader, Note.VISIT_NOTED)
    else:
        seq = steps.record("visit_ended", lane, {"visit": visit.id}, reader=reader.id)
        _tell(steps, lane, reader, Note.VISIT_ENDED, seq)


def _midnight(steps: Steps) -> datetime:
    zone = steps.desktop.policy.timetable.zone
    return datetime.combine(steps.at.astimezone(zone).date(), time(), zone)


def _is_just(steps: Steps, at: datetime | None) -> bool:
    """Tell whether a scan is a child's who is unsure whether the first one counted."""
    return at is not None and abs(steps.at - at) < steps.desktop.rules.settle


def _tell(
    steps: Steps, lane: Lane, reader: ReaderFacts, note: Note, seq: int | None = None
) -> None:
    kind = OutcomeKind.MODE_CHANGED
    if seq is None:
        kind = OutcomeKind.IGNORED
        seq = steps.record(kind, lane, {"note": note}, reader=reader.id)
    masks = steps.desktop.slip_writer.style.mask_names
    name = public_name(reader.name, reader.kind, masks=masks)
    steps.tell(kind, lane, card=reader.card, seq=seq, note=note, values={"name": name})
