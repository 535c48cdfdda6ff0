"""Classes on record, and their labels, which are written anew for each school year."""

from __future__ import annotations

from datetime import date

from sqlite_utils import Database

from kiosk.domain import ClassCode
from kiosk.rotation.classes import ClassNames, class_code


def write_labels(db: Database, names: ClassNames, on: date) -> int:
    """Bring `class.label` up to the school year of `on`; returns how many changed.

    Call it inside `Ledger.transaction`.
    """
    rows = db.execute("SELECT id, cohort, number, label FROM class").fetchall()
    changed = [
        (names.label(class_code(cohort, number), on), id_)
        for id_, cohort, number, label in rows
        if names.label(class_code(cohort, number), on) != label
    ]
    db.conn.executemany("UPDATE class SET label = ? WHERE id = ?", changed)
    return len(changed)


def ensure_class(db: Database, cohort: int, number: int, label: str) -> int:
    """Find a class by its key, or add it; returns its id. Call it inside `Ledger.transaction`."""
    row = db.execute(
        "SELECT id FROM class WHERE cohort = ? AND number = ?", (cohort, number)
    ).fetchone()
    if row is not None:
        return int(row[0])
    added = db.execute(
        "INSERT INTO class (cohort, number, label) VALUES (?, ?, ?)", (cohort, number, label)
    )
    return int(added.lastrowid or 0)


def pupils_by_class(db: Database, on: date) -> dict[ClassCode, int]:
    """Count each class's pupils whose cards are good on a day; youngest first, empty ones too."""
    rows = db.execute(
        "SELECT class.cohort, class.number, count(reader.id) FROM class"
        " LEFT JOIN reader ON reader.class_id = class.id AND reader.kind = 'student'"
        " AND coalesce(reader.expires_on, ?) >= ?"
        " GROUP BY class.id ORDER BY class.cohort DESC, class.number",
        (on.isoformat(), on.isoformat()),
    )
    return {class_code(cohort, number): pupils for cohort, number, pupils in rows}
