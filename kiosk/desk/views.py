"""What the screen may show of a lane's session."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.domain import Done, LoanLine, SessionView
from kiosk.domain.facts import OpenLoan, ReaderFacts
from kiosk.rules.decision import Moment, Policy, overdue_loans
from kiosk.session.lane import DeskRules, OpenSession, idle_time
from kiosk.wording.names import public_name


def session_view(
    session: OpenSession,
    reader: ReaderFacts,
    loans: Sequence[OpenLoan],
    *,
    policy: Policy,
    rules: DeskRules,
    moment: Moment,
    masks: bool,
) -> SessionView:
    """Show a session as it stands: its reader, the books in hand, what was done.

    Under a doubted clock no book is called late; `masks` hides a part of the reader's name.
    """
    late: set[int] = set()
    if moment.clock != "doubted":
        late = {loan.id for loan in overdue_loans(loans, reader, policy, moment.at)}
    usual = policy.rule_on(reader.member, "general", policy.today(moment.at))
    return SessionView(
        session=session.id,
        card=reader.card,
        name=public_name(reader.name, reader.kind, masks=masks),
        class_label=reader.class_label,
        kind=reader.kind,
        mode=session.mode,
        loans=tuple(
            LoanLine(loan.barcode, loan.title, loan.due_on, loan.id in late, loan.in_room)
            for loan in loans
        ),
        done=tuple(
            Done(deed.deed, deed.barcode, deed.title, deed.due_on)
            for deed in reversed(session.deeds)
        ),
        limit=usual.limit if usual is not None and usual.lend != "no" else None,
        ends_at=session.last_at + idle_time(session, rules),
        staff=session.staff,
        asks_pin=session.has_pin and not session.staff,
    )
