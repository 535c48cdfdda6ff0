"""Small readers, books and schools for the tests of the pure core.

The school is the one of `tests/school/README.md`, without its files: Thursday, 2026-09-10, 16:34
is in the turn of 三(2)班.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.calendar import Holiday, MakeUpDay, SchoolCalendar, Term
from kiosk.domain import Barcode, Card, ClassCode, Deed
from kiosk.domain.facts import ItemFacts, Member, OpenLoan, ReaderFacts
from kiosk.rotation.due import InDays, InTurns, LoanTerms, SameDay, TermEnd
from kiosk.rotation.exceptions import Exceptions
from kiosk.rotation.timetable import Timetable
from kiosk.rotation.windows import ClassOfCohort, ClassOfGrade, CycleDay, Turns, Window
from kiosk.rules.decision import Policy
from kiosk.rules.matrix import LoanRule
from kiosk.session.lane import DoneDeed, OpenSession

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 9, 10)
AUTUMN = Term(
    "2026学年第一学期",
    date(2026, 9, 1),
    date(2027, 1, 22),
    lending_ends_on=date(2027, 1, 8),
    recall_on=date(2027, 1, 15),
)
SPRING = Term(
    "2026学年第二学期",
    date(2027, 2, 22),
    date(2027, 7, 2),
    lending_ends_on=date(2027, 6, 18),
    recall_on=date(2027, 6, 25),
)
NATIONAL_DAY = Holiday("国庆节", date(2026, 10, 1), date(2026, 10, 7))
EVERY_DAY = frozenset(CycleDay(day) for day in range(5))
CLASS_WINDOW = Window("班级轮借", "class", EVERY_DAY, time(16, 30), time(17), timedelta(minutes=5))
FREE_WINDOW = Window(
    "大课间", "free", EVERY_DAY, time(10), time(10, 20), grades=frozenset({3, 4, 5, 6})
)
TURNS: Turns = {
    "班级轮借": {
        CycleDay(0): [ClassOfGrade(3, 1)],
        CycleDay(1): [ClassOfCohort(ClassCode("2023-2"))],
        CycleDay(2): [ClassOfGrade(6, 2), ClassOfGrade(5, 1)],
        CycleDay(3): [ClassOfGrade(3, 2)],
        CycleDay(4): [ClassOfGrade(2, 1), ClassOfGrade(1, 1)],
    }
}
ONE_TURN = LoanTerms(InTurns(1), min_days=5, without_turns=InDays(14))

STUDENT_REFERENCE = LoanRule(1, frozenset({"student"}), frozenset({"reference"}), "no")
IN_ROOM = LoanRule(
    2,
    collections=frozenset({"reference"}),
    lend="in_room",
    limit=5,
    terms=LoanTerms(SameDay()),
    anytime=True,
)
STUDENT = LoanRule(3, frozenset({"student"}), limit=2, terms=ONE_TURN, renewals=1)
TEACHER = LoanRule(
    4, frozenset({"teacher"}), limit=10, terms=LoanTerms(InDays(60)), anytime=True, renewals=2
)
CLASS_CARD = LoanRule(5, frozenset({"class"}), limit=60, terms=LoanTerms(TermEnd()), anytime=True)
RULES = (STUDENT_REFERENCE, IN_ROOM, STUDENT, TEACHER, CLASS_CARD)


def local(text: str) -> datetime:
    """Read a school-local time such as `2026-09-10 16:34`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def make_timetable(
    *,
    terms: tuple[Term, ...] = (AUTUMN,),
    holidays: tuple[Holiday, ...] = (NATIONAL_DAY,),
    windows: tuple[Window, ...] = (CLASS_WINDOW, FREE_WINDOW),
    turns: Turns = TURNS,
    weeks: int = 1,
    make_up_days: tuple[MakeUpDay, ...] = (),
    exceptions: Exceptions | None = None,
    grades: int = 6,
) -> Timetable:
    """Build the timetable of the school of the tests, or another."""
    return Timetable(
        SchoolCalendar(terms, holidays, make_up_days=make_up_days),
        windows,
        turns,
        zone=ZONE,
        weeks=weeks,
        exceptions=exceptions or Exceptions(),
        grades=grades,
    )


def make_policy(timetable: Timetable | None = None, **changes: Any) -> Policy:
    """Build the policy of the school of the tests."""
    return replace(Policy(timetable or make_timetable(), RULES), **changes)


def make_reader(school_class: str | None = "2024-2", **changes: Any) -> ReaderFacts:
    """Build 王小明 of 三(2)班, or another reader."""
    code = None if school_class is None else ClassCode(school_class)
    reader = ReaderFacts(
        1, Card("R100001"), "王小明", "student", 1, code, "三(2)班", "active", None
    )
    return replace(reader, **changes)


def make_teacher(**changes: Any) -> ReaderFacts:
    """Build a teacher without a class."""
    return make_reader(None, id=90, card=Card("R900001"), kind="teacher", **changes)


def make_item(number: int = 1, **changes: Any) -> ItemFacts:
    """Build the item 3000000n, 夏洛的网."""
    barcode = Barcode(f"{30000000 + number}")
    item = ItemFacts(number, barcode, 100 + number, "夏洛的网", "general", "active")
    return replace(item, **changes)


def make_loan(number: int = 2, due: str = "2026-09-17", **changes: Any) -> OpenLoan:
    """Build an open loan of the item 3000000n by reader 1, made long enough ago to come back."""
    loan = OpenLoan(
        1000 + number,
        number,
        Barcode(f"{30000000 + number}"),
        100 + number,
        "草房子",
        "general",
        1,
        local("2026-09-10 10:05"),
        date.fromisoformat(due),
        0,
        False,
    )
    return replace(loan, **changes)


def make_member(school_class: str | None = "2024-2", kind: str = "student") -> Member:
    """Build what the timetable asks of a reader."""
    return make_reader(school_class, kind=kind).member


def make_session(reader_id: int = 1, at: str = "2026-09-10 16:34", **changes: Any) -> OpenSession:
    """Build a session that began at a local time."""
    session = OpenSession(500, reader_id, Card(f"R10000{reader_id}"), local(at), local(at))
    return replace(session, **changes)


def make_deed(number: int = 1, deed: Deed = Deed.LENT, reader_id: int = 1) -> DoneDeed:
    """Build what a session did to the item 3000000n."""
    barcode = Barcode(f"{30000000 + number}")
    return DoneDeed(600 + number, deed, 1000 + number, reader_id, number, barcode, "夏洛的网")
