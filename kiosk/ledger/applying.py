"""Applies one event to the tables derived from the journal; recording and replay both come here.

`docs/schema.md` lists every kind of event with the keys of its data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlite_utils import Database

from kiosk.domain import Lane
from kiosk.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Row:
    """A journal row as replay reads it; `at` is the stored text."""

    seq: int
    kind: str
    at: str
    desk: str
    lane: Lane | None
    session: int | None
    operator: int | None
    reader: int | None
    item: int | None
    data: Mapping[str, Any]


def apply(db: Database, row: Row) -> None:
    """Bring the derived tables up to date with one event.

    Raises: LedgerError for a kind that nobody knows.
    """
    effect = _EFFECTS.get(row.kind)
    if effect is not None:
        effect(db, row)
    elif row.kind not in WITHOUT_EFFECT:
        raise LedgerError(f"The journal's row {row.seq} is of an unknown kind, {row.kind!r}.")
    if "todo" in row.data:
        db.execute(
            "INSERT INTO todo (id, kind, at, lane, item_id, reader_id, label)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                row.seq,
                row.data["todo"],
                row.at,
                row.lane,
                row.item,
                row.reader,
                row.data.get("label"),
            ),
        )


def _open_session(db: Database, row: Row) -> None:
    db.execute(
        "INSERT INTO session (id, desk, lane, reader_id, opened_at, window)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (row.seq, row.desk, row.lane, row.reader, row.at, row.data.get("window")),
    )


def _close_session(db: Database, row: Row) -> None:
    db.execute("UPDATE session SET closed_at = ? WHERE id = ?", (row.at, row.session))


def _check_out(db: Database, row: Row) -> None:
    data = row.data
    db.execute(
        "INSERT INTO loan (id, item_id, reader_id, class_id, checked_out_at, due_on, desk,"
        " window, in_room) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.seq,
            row.item,
            row.reader,
            data["class_id"],
            # A loan from paper was made before it was entered.
            data.get("happened_at", row.at),
            data["due_on"],
            row.desk,
            data["window"],
            int(data["in_room"]),
        ),
    )
    _let_hold_wait(db, row)
    if "hold" in data:
        _end_hold(db, row, "filled")


def _check_in(db: Database, row: Row) -> None:
    data = row.data
    _change_loan(db, row, "checked_in_at = ?", data.get("happened_at", row.at))
    if "hold" in data:
        _make_hold_ready(db, row)
    if "suspended_until" in data:
        _suspend_until(db, row, data["suspended_until"])


def _renew(db: Database, row: Row) -> None:
    _change_loan(db, row, "due_on = ?, renewals = renewals + 1", row.data["due_on"])


def _undo(db: Database, row: Row) -> None:
    data = row.data
    match data["deed"]:
        case "lent":
            db.execute("DELETE FROM loan WHERE id = ?", (data["loan"],))
            if "hold" in data:
                # A hold that was filled while it waited had no item set aside.
                db.execute(
                    "UPDATE hold SET ended_at = NULL,"
                    " state = CASE WHEN item_id IS NULL THEN 'waiting' ELSE 'ready' END"
                    " WHERE id = ?",
                    (data["hold"],),
                )
            if "hold_waits" in data:
                db.execute("UPDATE hold SET ended_at = NULL WHERE id = ?", (data["hold_waits"],))
                _wait_again(db, data["hold_waits"])
        case "returned":
            _change_loan(db, row, "checked_in_at = ?", None)
            if "hold" in data:
                _wait_again(db, data["hold"])
            if "suspended_before" in data:
                _suspend_until(db, row, data["suspended_before"])
        case "renewed":
            _change_loan(db, row, "due_on = ?, renewals = renewals - 1", data["due_before"])


def _change_loan(db: Database, row: Row, change: str, value: str | None) -> None:
    db.execute(f"UPDATE loan SET {change} WHERE id = ?", (value, row.data["loan"]))


def _suspend_until(db: Database, row: Row, until: str | None) -> None:
    db.execute("UPDATE reader SET suspended_until = ? WHERE id = ?", (until, row.reader))


def _set_reader_status(status: str) -> Callable[[Database, Row], None]:
    def effect(db: Database, row: Row) -> None:
        db.execute("UPDATE reader SET status = ? WHERE id = ?", (status, row.reader))

    return effect


def _suspend(db: Database, row: Row) -> None:
    """Suspend until a day, or until staff lift it."""
    if row.data.get("until") is None:
        _set_reader_status("suspended")(db, row)
    else:
        _suspend_until(db, row, row.data["until"])


def _resume(db: Database, row: Row) -> None:
    db.execute(
        "UPDATE reader SET status = 'active', suspended_until = NULL WHERE id = ?", (row.reader,)
    )


def _replace_card(db: Database, row: Row) -> None:
    """Give a reader another card; the old one is known and refused from now on."""
    db.execute(
        "INSERT INTO old_card (card, reader_id, replaced_at) VALUES (?, ?, ?)",
        (row.data["old"], row.reader, row.at),
    )
    db.execute(
        "UPDATE reader SET card = ?, status = CASE status WHEN 'lost' THEN 'active' ELSE status END"
        " WHERE id = ?",
        (row.data["new"], row.reader),
    )


def _issue_day_card(db: Database, row: Row) -> None:
    db.execute(
        "INSERT INTO day_card (code, reader_id, day) VALUES (?, ?, ?)",
        (row.data["code"], row.reader, row.data["day"]),
    )


def _set_item_status(status: str) -> Callable[[Database, Row], None]:
    def effect(db: Database, row: Row) -> None:
        db.execute("UPDATE item SET status = ? WHERE id = ?", (status, row.item))
        if row.data.get("loan") is not None:
            _change_loan(db, row, "checked_in_at = ?", row.at)
        _let_hold_wait(db, row)

    return effect


def _open_window(db: Database, row: Row) -> None:
    data = row.data
    db.execute(
        "INSERT INTO opening (id, name, opens_at, closes_at, classes) VALUES (?, ?, ?, ?, ?)",
        (row.seq, data["name"], data["opens_at"], data["closes_at"], json.dumps(data["classes"])),
    )


def _end_window(db: Database, row: Row) -> None:
    db.execute(
        "UPDATE opening SET closes_at = ? WHERE id = ?",
        (row.data["closes_at"], row.data["opening"]),
    )


def _write_turn(db: Database, row: Row) -> None:
    """Note what became of a class's turn; a cancellation may be followed by nothing else."""
    data = row.data
    db.execute(
        "INSERT INTO turn (id, class_id, window, day, opens_at, closes_at, state, planned, come,"
        " expected, reason, makes_up) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            row.seq,
            data["class_id"],
            data["window"],
            data["day"],
            data["opens_at"],
            data["closes_at"],
            data["state"],
            int(data.get("planned", True)),
            data.get("come", 0),
            data.get("expected", 0),
            data.get("reason"),
            data.get("makes_up"),
        ),
    )


def _place_hold(db: Database, row: Row) -> None:
    db.execute(
        "INSERT INTO hold (id, title_id, reader_id, placed_at, state)"
        " VALUES (?, ?, ?, ?, 'waiting')",
        (row.seq, row.data["title_id"], row.reader, row.at),
    )


def _make_hold_ready(db: Database, row: Row) -> None:
    db.execute(
        "UPDATE hold SET state = 'ready', item_id = ?, ready_until = ? WHERE id = ?",
        (row.item, row.data["hold_until"], row.data["hold"]),
    )


def _let_hold_wait(db: Database, row: Row) -> None:
    """A book that is gone is kept for nobody: its hold waits for another copy."""
    if "hold_waits" in row.data:
        _wait_again(db, row.data["hold_waits"])


def _wait_again(db: Database, hold: int) -> None:
    db.execute(
        "UPDATE hold SET state = 'waiting', item_id = NULL, ready_until = NULL WHERE id = ?",
        (hold,),
    )


def _end_hold(db: Database, row: Row, state: str) -> None:
    db.execute(
        "UPDATE hold SET state = ?, ended_at = ? WHERE id = ?", (state, row.at, row.data["hold"])
    )


def _begin_visit(db: Database, row: Row) -> None:
    db.execute(
        "INSERT INTO visit (id, reader_id, class_id, desk, lane, came_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (row.seq, row.reader, row.data["class_id"], row.desk, row.lane, row.at),
    )


def _end_visit(db: Database, row: Row) -> None:
    db.execute("UPDATE visit SET left_at = ? WHERE id = ?", (row.at, row.data["visit"]))


def _make_charge(db: Database, row: Row) -> None:
    data = row.data
    db.execute(
        "INSERT INTO charge (id, reader_id, item_id, loan_id, kind, amount_fen, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            row.seq,
            row.reader,
            row.item,
            data.get("loan"),
            data["charge_kind"],
            data["amount_fen"],
            row.at,
        ),
    )


def _settle_charge(db: Database, row: Row) -> None:
    db.execute(
        "UPDATE charge SET settled_at = ?, settled_by = ? WHERE id = ?",
        (row.at, row.data["by"], row.data["charge"]),
    )


def _close_todo(db: Database, row: Row) -> None:
    # Under the key `closes`: `todo` in an event's data puts a new line on the list.
    db.execute(
        "UPDATE todo SET closed_at = ?, closed_by = ?, done = ? WHERE id = ?",
        (row.at, row.operator, row.data["done"], row.data["closes"]),
    )


_EFFECTS: Final[Mapping[str, Callable[[Database, Row], None]]] = {
    "session_opened": _open_session,
    "session_closed": _close_session,
    "checked_out": _check_out,
    "checked_in": _check_in,
    "renewed": _renew,
    "undone": _undo,
    "card_reported_lost": _set_reader_status("lost"),
    "reader_suspended": _suspend,
    "reader_resumed": _resume,
    "card_replaced": _replace_card,
    "day_card_issued": _issue_day_card,
    "item_lost": _set_item_status("lost"),
    "item_found": _set_item_status("active"),
    "item_sent_to_repair": _set_item_status("in_repair"),
    "item_repaired": _set_item_status("active"),
    "item_withdrawn": _set_item_status("withdrawn"),
    "window_opened": _open_window,
    "window_extended": _end_window,
    "window_ended": _end_window,
    "turn_cancelled": _write_turn,
    "turn_settled": _write_turn,
    "hold_placed": _place_hold,
    "hold_ready": _make_hold_ready,
    "hold_expired": lambda db, row: _end_hold(db, row, "expired"),
    "hold_cancelled": lambda db, row: _end_hold(db, row, "cancelled"),
    "visit_began": _begin_visit,
    "visit_ended": _end_visit,
    "charge_made": _make_charge,
    "charge_settled": _settle_charge,
    "todo_closed": _close_todo,
}
WITHOUT_EFFECT: Final = frozenset(
    {
        "refused",
        "attention",
        "ignored",
        "mode_changed",
        "slip_queued",
        "readers_imported",
        "items_imported",
        "paper_imported",
        "restored",
        "duty_began",
        "duty_ended",
        "staff_began",
        "pin_refused",
        "pin_set",
        "clock_confirmed",
        "damage_noted",
        "sheet_queued",
        "recall_queued",
        "cleared",
    }
)
"""Kinds of events that change no derived row, but for a line of the list of things to do."""

KINDS: Final = WITHOUT_EFFECT.union(_EFFECTS)
"""Every kind of event there is."""
