"""What the ledger tells the core: one reader, one item and the loans that matter, read once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kiosk.domain.words import Barcode, Card, ClassCode, ReaderKind


@dataclass(frozen=True, slots=True)
class Member:
    """What the timetable asks of a reader: a pupil, a teacher or a class card, and which class."""

    kind: ReaderKind
    school_class: ClassCode | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A window that was open when the session began: the session keeps it until `until`."""

    window: str
    until: datetime
    in_room_only: bool = False


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """A reader as the record has it; `status` is `active`, `suspended` or `lost`.

    `class_label` is the class's name as the record has it today, "" without a class.
    `suspended_until` is the last day of a suspension for days late, None without one.
    `has_holds` says that a hold of the reader waits or is ready. `member` is what the timetable
    asks of the reader.
    """

    id: int
    card: Card
    name: str
    kind: ReaderKind
    class_id: int | None
    school_class: ClassCode | None
    class_label: str
    status: str
    expires_on: date | None
    monitor: bool = False
    suspended_until: date | None = None
    unpaid_fen: int = 0
    has_holds: bool = False
    # Made once: a check-out asks for it a dozen times.
    member: Member = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "member", Member(self.kind, self.school_class))


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as the record has it; `status` is `active`, `lost`, `withdrawn` or `in_repair`.

    `held_for` is the reader for whom it is set aside (a hold that is ready), None without one.
    """

    id: int
    barcode: Barcode
    title_id: int
    title: str
    collection: str
    status: str
    price_fen: int | None = None
    held_for: int | None = None


@dataclass(frozen=True, slots=True)
class OpenLoan:
    """A loan that is out; `checked_out_at` is in UTC."""

    id: int
    item_id: int
    barcode: Barcode
    title_id: int
    title: str
    collection: str
    reader_id: int
    checked_out_at: datetime
    due_on: date
    renewals: int
    in_room: bool


@dataclass(frozen=True, slots=True)
class LastReturn:
    """The item's last check-in that was not undone: by which reader's loan, and when."""

    reader_id: int
    checked_in_at: datetime
