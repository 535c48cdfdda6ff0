"""The tables, as append-only migrations in SQL.

Never edit a step that has been released: add one.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database, Migrations

APPLICATION_ID: Final = 0x6B696F73
"""`kios`: tells the kiosk's database from any other SQLite file."""

SCHEMA: Final = Migrations("kiosk")

_FIRST: Final = f"""
PRAGMA application_id = {APPLICATION_ID};

CREATE TABLE property (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE class (
    id INTEGER PRIMARY KEY,
    cohort INTEGER NOT NULL,
    number INTEGER NOT NULL,
    label TEXT NOT NULL,
    teacher TEXT,
    UNIQUE (cohort, number)
) STRICT;

CREATE TABLE reader (
    id INTEGER PRIMARY KEY,
    card TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL DEFAULT 'student' CHECK (kind IN ('student', 'teacher', 'class')),
    class_id INTEGER REFERENCES class (id),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'lost')),
    monitor INTEGER NOT NULL DEFAULT 0 CHECK (monitor IN (0, 1)),
    expires_on TEXT
) STRICT;
CREATE INDEX reader_class ON reader (class_id);

CREATE TABLE title (
    id INTEGER PRIMARY KEY,
    isbn TEXT,
    title TEXT NOT NULL,
    author TEXT,
    publisher TEXT,
    year INTEGER,
    call_number TEXT
) STRICT;
CREATE INDEX title_isbn ON title (isbn);

CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    barcode TEXT NOT NULL UNIQUE,
    title_id INTEGER NOT NULL REFERENCES title (id),
    collection TEXT NOT NULL DEFAULT 'general',
    status TEXT NOT NULL DEFAULT 'active'
        CHECK (status IN ('active', 'lost', 'withdrawn', 'in_repair')),
    price_fen INTEGER
) STRICT;
CREATE INDEX item_title ON item (title_id);

CREATE TABLE journal (
    seq INTEGER PRIMARY KEY,
    desk TEXT NOT NULL,
    desk_seq INTEGER NOT NULL,
    lane TEXT,
    session INTEGER,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    operator INTEGER REFERENCES reader (id),
    reader INTEGER REFERENCES reader (id),
    item INTEGER REFERENCES item (id),
    clock TEXT NOT NULL CHECK (clock IN ('ok', 'confirmed', 'doubted')),
    data TEXT NOT NULL CHECK (json_valid(data)),
    UNIQUE (desk, desk_seq)
) STRICT;
CREATE INDEX journal_at ON journal (at);
CREATE TRIGGER journal_is_never_replaced BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM journal WHERE desk = NEW.desk AND desk_seq = NEW.desk_seq)
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_updated BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE session (
    id INTEGER PRIMARY KEY,
    desk TEXT NOT NULL,
    lane TEXT NOT NULL,
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    window TEXT
) STRICT;
CREATE INDEX session_reader ON session (reader_id, opened_at);
CREATE INDEX session_open ON session (id) WHERE closed_at IS NULL;

CREATE TABLE loan (
    id INTEGER PRIMARY KEY,
    item_id INTEGER NOT NULL REFERENCES item (id),
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    class_id INTEGER REFERENCES class (id),
    checked_out_at TEXT NOT NULL,
    due_on TEXT NOT NULL,
    checked_in_at TEXT,
    renewals INTEGER NOT NULL DEFAULT 0,
    desk TEXT NOT NULL,
    window TEXT,
    in_room INTEGER NOT NULL DEFAULT 0 CHECK (in_room IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX loan_open ON loan (item_id) WHERE checked_in_at IS NULL;
CREATE INDEX loan_item ON loan (item_id);
-- Covers the count of a term's loans, which would else read a page for each loan of years.
CREATE INDEX loan_reader ON loan (reader_id, checked_in_at, checked_out_at, in_room);

CREATE TABLE slip (
    id INTEGER PRIMARY KEY,
    session INTEGER,
    kind TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('queued', 'printing', 'printed', 'unknown', 'failed', 'cancelled')),
    created_at TEXT NOT NULL,
    printed_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE INDEX slip_waiting ON slip (id) WHERE state IN ('queued', 'printing');
CREATE INDEX slip_session ON slip (session);
"""


_SCHOOL_WEEK: Final = """
ALTER TABLE reader ADD COLUMN suspended_until TEXT;

CREATE TABLE old_card (
    card TEXT PRIMARY KEY,
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    replaced_at TEXT NOT NULL
) STRICT;

CREATE TABLE day_card (
    code TEXT PRIMARY KEY,
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    day TEXT NOT NULL
) STRICT;

-- What opens the rights of staff; the journal never has it.
CREATE TABLE staff (
    reader_id INTEGER PRIMARY KEY REFERENCES reader (id),
    pin TEXT NOT NULL,
    set_at TEXT NOT NULL
) STRICT;

CREATE TABLE opening (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    opens_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    classes TEXT NOT NULL CHECK (json_valid(classes))
) STRICT;

CREATE TABLE turn (
    id INTEGER PRIMARY KEY,
    class_id INTEGER NOT NULL REFERENCES class (id),
    window TEXT NOT NULL,
    day TEXT NOT NULL,
    opens_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'missed', 'cancelled')),
    planned INTEGER NOT NULL DEFAULT 1 CHECK (planned IN (0, 1)),
    come INTEGER NOT NULL DEFAULT 0,
    expected INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    makes_up INTEGER REFERENCES turn (id),
    UNIQUE (class_id, day, window)
) STRICT;

CREATE TABLE hold (
    id INTEGER PRIMARY KEY,
    title_id INTEGER NOT NULL REFERENCES title (id),
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    placed_at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'ready', 'filled', 'expired', 'cancelled')),
    item_id INTEGER REFERENCES item (id),
    ready_until TEXT,
    ended_at TEXT
) STRICT;
CREATE INDEX hold_title ON hold (title_id, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX hold_item ON hold (item_id) WHERE state = 'ready';
CREATE INDEX hold_reader ON hold (reader_id) WHERE state IN ('waiting', 'ready');

CREATE TABLE charge (
    id INTEGER PRIMARY KEY,
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    item_id INTEGER NOT NULL REFERENCES item (id),
    loan_id INTEGER REFERENCES loan (id),
    kind TEXT NOT NULL CHECK (kind IN ('lost', 'damaged')),
    amount_fen INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    settled_at TEXT,
    settled_by TEXT CHECK (settled_by IN ('replacement', 'payment', 'waived'))
) STRICT;
CREATE INDEX charge_open ON charge (reader_id) WHERE settled_at IS NULL;

CREATE TABLE todo (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    at TEXT NOT NULL,
    lane TEXT,
    item_id INTEGER REFERENCES item (id),
    reader_id INTEGER REFERENCES reader (id),
    label TEXT,
    closed_at TEXT,
    closed_by INTEGER REFERENCES reader (id),
    done TEXT
) STRICT;
CREATE INDEX todo_open ON todo (id) WHERE closed_at IS NULL;

CREATE INDEX journal_pin ON journal (reader, seq) WHERE kind IN ('staff_began', 'pin_refused');
"""


_VISITS: Final = """
CREATE TABLE visit (
    id INTEGER PRIMARY KEY,
    reader_id INTEGER NOT NULL REFERENCES reader (id),
    class_id INTEGER REFERENCES class (id),
    desk TEXT NOT NULL,
    lane TEXT NOT NULL,
    came_at TEXT NOT NULL,
    left_at TEXT
) STRICT;
CREATE INDEX visit_reader ON visit (reader_id, came_at);
CREATE INDEX visit_came ON visit (came_at);
CREATE INDEX session_opened ON session (opened_at);
"""

_SLIP_CAUSE: Final = "ALTER TABLE slip ADD COLUMN cause TEXT"


@SCHEMA()
def first_tables(db: Database) -> None:
    """Readers, items, the journal, what is derived from it, and the print queue."""
    db.executescript(_FIRST)


@SCHEMA()
def school_week(db: Database) -> None:
    """Turns, holds, charges, the list of things to do, and the rights of staff."""
    db.executescript(_SCHOOL_WEEK)


def names() -> set[str]:
    """List the steps this version knows."""
    return {step.name for step in SCHEMA.pending(Database(memory=True))}


@SCHEMA()
def visits(db: Database) -> None:
    """Who came to the reading room, and when."""
    db.executescript(_VISITS)


@SCHEMA()
def slip_cause(db: Database) -> None:
    """Why a slip is not surely on paper."""
    db.executescript(_SLIP_CAUSE)
