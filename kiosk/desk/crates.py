"""A run of check-ins without a card: begun, ended with a slip; and lanes that only take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kiosk.desk import verbs
from kiosk.desk.crate_slips import crate_slip
from kiosk.desk.listing import todo
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb
from kiosk.domain import Command, Lane, LaneUse, Mode, Note, OutcomeKind, TodoKind
from kiosk.ledger import stock
from kiosk.session.lane import Crate


def open_crate(steps: Steps, lane: Lane) -> None:
    """Take books back without a card from now on; a crate that is open already goes on."""
    seq = steps.record(
        OutcomeKind.MODE_CHANGED, lane, {"mode": Mode.RETURN, "note": Note.CRATE_OPENED}
    )
    state = steps.lanes[lane]
    steps.lanes[lane] = replace(state, crate=state.crate or Crate(seq, steps.at))
    steps.tell(OutcomeKind.MODE_CHANGED, lane, seq=seq, mode=Mode.RETURN, note=Note.CRATE_OPENED)


def end_crate(steps: Steps, lane: Lane) -> None:
    """End the lane's crate, if it has one, and print what is to be looked at."""
    crate = steps.lanes[lane].crate
    if crate is None:
        return
    unlabelled = _unlabelled(steps, crate)
    crate = replace(crate, unknown=(*crate.unknown, *unlabelled))
    data: dict[str, Any] = {
        "mode": Mode.LEND,
        "note": Note.CRATE_CLOSED,
        "crate": crate.id,
        "returned": len(crate.deeds),
    }
    if unlabelled:
        data |= todo(steps, TodoKind.NO_LABEL, label=" ".join(unlabelled))
    seq = steps.record(OutcomeKind.MODE_CHANGED, lane, data)
    if crate.deeds or crate.unknown:
        steps.print_slip("crate", crate_slip(steps, crate))
    steps.lanes[lane] = replace(steps.lanes[lane], crate=None)
    steps.tell(
        OutcomeKind.MODE_CHANGED,
        lane,
        seq=seq,
        mode=Mode.LEND,
        note=Note.CRATE_CLOSED,
        crate=crate.view,
        values={"count": len(crate.deeds)},
    )


def _unlabelled(steps: Steps, crate: Crate) -> tuple[str, ...]:
    """List the ISBNs whose book did not come back by its own label: it has none."""
    if not crate.isbns:
        return ()
    came = stock.isbns_of(steps.db, [deed.item_id for deed in crate.deeds])
    return tuple(isbn for isbn in crate.isbns if isbn not in came)


def _change_lane(steps: Steps, lane: Lane, _labels: object) -> None:
    """Let a lane take back only, or lend again; one that the settings have fixed stays."""
    state = steps.lanes[lane]
    if state.use is not LaneUse.ANY:
        fixed = Note.RETURN_ONLY if state.use is LaneUse.RETURN else Note.BORROW_ONLY
        verbs.note_only(steps, lane, OutcomeKind.ATTENTION, fixed, command=Command.LANE)
        return
    mode = Mode.LEND if state.returns_only else Mode.RETURN
    session = state.session and replace(state.session, mode=mode)
    steps.lanes[lane] = replace(state, returns_only=not state.returns_only, session=session)
    note = Note.LANE_LENDS if state.returns_only else Note.LANE_RETURNS
    verbs.note_only(steps, lane, OutcomeKind.MODE_CHANGED, note, command=Command.LANE)


VERBS: Final[Mapping[Command, Verb]] = {Command.LANE: Verb("monitor", (), _change_lane)}
