"""The printer thread: takes queued slips to paper and writes nothing but their print state."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drivers.faults import DeviceFault
from drivers.printers.printing import Printer, Sent
from drivers.printers.status import Condition
from kiosk.domain import DeviceState
from kiosk.errors import LedgerError
from kiosk.ledger import slips
from kiosk.ledger.connection import Ledger, connect_again
from kiosk.ledger.slips import Became, QueuedSlip
from receipts.slip import Slip, from_json

if TYPE_CHECKING:
    from receipts.press import Press

log = logging.getLogger(__name__)

_ASK_AGAIN_S: Final = (0.5, 1.0, 2.0)
_IDLE_S: Final = 10.0
"""How soon it is seen that the printer of an idle desk has gone, or has no paper."""


@dataclass(frozen=True, slots=True)
class PrinterSetup:
    """The printer's settings; `printer` None is driver `none`: slips grow stale and are dropped.

    `model` is a name of the table in `receipts`, `font` a file to draw rare characters with.
    """

    printer: Printer | None
    columns: int
    cut: bool
    stale_s: float
    model: str = "generic"
    font: str | None = None


class PrinterThread:
    """Prints what is queued, oldest first, in a thread with a database connection of its own.

    A reader's slip not begun within `stale_s` of being seen is cancelled: the reader has gone.
    While the printer cannot print it is asked again at least every 2 s, and nothing is begun.
    """

    def __init__(
        self,
        path: Path,
        setup: PrinterSetup,
        *,
        now: Callable[[], datetime],
        on_state: Callable[[DeviceState], None] = lambda _: None,
        on_printed: Callable[[Slip], None] = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
        waits: Sequence[float] = _ASK_AGAIN_S,
    ) -> None:
        self._path = path
        self._setup = setup
        self._now = now
        self._on_state = on_state
        self._on_printed = on_printed
        self._monotonic = monotonic
        self._waits = waits
        self._seen: dict[int, float] = {}
        self._owed: dict[int, Became] = {}
        self._forgot = False
        self._is_held_up = False
        self._failures = 0
        self._told: tuple[bool, str | None] | None = None
        self._answers = False
        self._press: Press | None = None
        self._woken = threading.Event()
        self._drained = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="printer", daemon=True)

    def start(self) -> None:
        """Begin; slips of an earlier run age from now."""
        self._thread.start()

    def wake(self) -> None:
        """Tell the thread that a slip was queued."""
        self._woken.set()

    def stop(self, timeout_s: float) -> bool:
        """Give the printer that long to empty the queue, then stop; True when the thread ended."""
        self._stopping = True
        self._woken.set()
        drained = self._drained.wait(timeout_s)
        self._thread.join(timeout=0.1 if drained else 0)
        return drained

    def _run(self) -> None:
        try:
            ledger = connect_again(self._path)
        except LedgerError:
            log.exception("the printer cannot read its queue")
            self._drained.set()
            return
        try:
            while self._round(ledger):
                pass
        finally:
            ledger.db.close()
            if self._setup.printer is not None:
                self._setup.printer.close()
            self._drained.set()

    def _round(self, ledger: Ledger) -> bool:
        """Work through the queue once; False when the thread may end."""
        # Asked before the queue is read: what is queued before a stop is still to be printed.
        stopping = self._stopping
        self._woken.clear()
        try:
            done, self._is_held_up = self._work(ledger), False
        except LedgerError as fault:
            # Once: it is tried again every few seconds, for as long as the record is held.
            if not self._is_held_up:
                log.warning("the print queue waits: %s", fault)
            self._is_held_up, done = True, False
        except Exception:
            log.exception("a slip could not be printed")
            done = False
        if stopping and (done or self._setup.printer is None):
            return False
        done = done and self._is_up
        self._woken.wait(_IDLE_S if done else self._pause(waiting_for_age=bool(self._seen)))
        return True

    def _work(self, ledger: Ledger) -> bool:
        """Print what waits, if the printer can; False when something has to wait longer."""
        try:
            self._catch_up(ledger)
            waiting = [slip for slip in self._waiting(ledger) if not self._is_dropped(ledger, slip)]
        except LedgerError:
            self._look()
            raise
        # A printer that works is asked with each job, and now and then while there is none.
        if not (self._is_up and waiting) and not self._look():
            return not waiting
        return all(self._print(ledger, slip) for slip in waiting)

    @property
    def _is_up(self) -> bool:
        return self._told is not None and self._told[0]

    def _look(self) -> bool:
        """Ask the printer how it is and tell it; False when it prints nothing for now."""
        printer = self._setup.printer
        if printer is None:
            return False
        try:
            condition = printer.check()
        except DeviceFault as fault:
            self._tell(up=False, cause=fault.cause, detail=str(fault))
            return False
        self._tell(up=True, cause=condition.cause, detail=printer.name)
        self._failures = 0
        return True

    def _pause(self, *, waiting_for_age: bool) -> float:
        if self._setup.printer is None:
            return 1.0 if waiting_for_age else _IDLE_S
        self._failures += 1
        return self._waits[min(self._failures, len(self._waits)) - 1]

    def _waiting(self, ledger: Ledger) -> list[QueuedSlip]:
        with ledger.reading():
            waiting = slips.waiting(ledger.db)
        now = self._monotonic()
        self._seen = {slip.id: self._seen.get(slip.id, now) for slip in waiting}
        return waiting

    def _catch_up(self, ledger: Ledger) -> None:
        """Write the print states that the record could not take when they came about."""
        if not self._forgot:
            with ledger.transaction():
                slips.forget_unfinished(ledger.db)
            self._forgot = True
        for slip, became in list(self._owed.items()):
            self._move(ledger, slip, "printing", became)
            del self._owed[slip]

    def _is_dropped(self, ledger: Ledger, slip: QueuedSlip) -> bool:
        """Cancel a reader's slip that has grown stale."""
        age = self._monotonic() - self._seen[slip.id]
        if slip.kind != "reader" or age <= self._setup.stale_s:
            return False
        self._move(ledger, slip.id, "queued", Became("cancelled", "stale"))
        # Asked for again it is a new slip.
        del self._seen[slip.id]
        return True

    def _print(self, ledger: Ledger, queued: QueuedSlip) -> bool:
        """Take one slip in hand; False when the printer takes none for now."""
        printer = self._setup.printer
        if printer is None or self._is_dropped(ledger, queued):
            return printer is not None
        with ledger.transaction():
            body = slips.take(ledger.db, queued.id)
        if body is None:
            return True
        try:
            slip = from_json(body)
            job = self._job(slip)
        except Exception:
            # A body may be anything that was ever written there.
            log.exception("slip %d failed: it cannot be made into a print job", queued.id)
            self._settle(ledger, queued.id, Became("failed", "bad_body"))
            return True
        became = self._send(printer, job, queued.id)
        if became.state == "printed":
            self._on_printed(slip)
        self._settle(ledger, queued.id, became)
        return became.state != "queued"

    def _send(self, printer: Printer, job: bytes, slip: int) -> Became:
        """Send a job and tell how the printer is; returns what became of the slip."""
        try:
            sent = printer.send(job, self._watch)
        except DeviceFault as fault:
            self._tell(up=False, cause=fault.cause, detail=str(fault))
            if not fault.started:
                return Became("queued", fault.cause)
            log.warning("slip %d is unknown: %s", slip, fault)
            return Became("unknown", fault.cause)
        except Exception:
            log.exception("slip %d is unknown: the printer's driver failed", slip)
            self._tell(up=False, cause="error")
            return Became("unknown", "driver")
        self._failures = 0
        self._heard(sent)
        if sent.confirmed:
            return Became("printed")
        # Of a printer that has never answered this is no news.
        level = logging.WARNING if self._answers else logging.INFO
        log.log(level, "slip %d is unknown: %s", slip, sent.detail)
        return Became("unknown", sent.condition.cause or "no_answer")

    def _watch(self, condition: Condition) -> bool:
        """Tell what the printer says during a job; it is waited for until the desk ends."""
        detail = "the printer says so in the midst of a slip" if condition.cause else None
        self._tell(up=not condition.stops, cause=condition.cause, detail=detail)
        return not self._stopping

    def _heard(self, sent: Sent) -> None:
        """Tell how the printer is after a job; silence is told of one that has answered before."""
        self._answers = self._answers or sent.confirmed
        cause = sent.condition.cause
        # A printer that has never answered cannot be told from one without paper.
        if self._answers and not sent.confirmed and not sent.condition.stops:
            self._tell(up=False, cause="timeout", detail=sent.detail)
        else:
            self._tell(up=not sent.condition.stops, cause=cause, detail=sent.detail)

    def _job(self, slip: Slip) -> bytes:
        # Imported here: the printer's library costs more at start-up than the whole lending pass.
        from receipts.models import model
        from receipts.press import Press

        if self._press is None:
            setup = self._setup
            self._press = Press(
                model(setup.model),
                columns=setup.columns,
                cut=setup.cut,
                font=setup.font,
                on_fault=lambda fault: log.warning("%s Rare characters print as 〓.", fault),
            )
        return self._press.job(slip)

    def _settle(self, ledger: Ledger, slip: int, became: Became) -> None:
        """Write what became of a slip; the next round does it if the record cannot take it now."""
        try:
            self._move(ledger, slip, "printing", became)
        except LedgerError as fault:
            log.warning("slip %d is %s, which is not on record yet: %s", slip, became.state, fault)
            self._owed[slip] = became

    def _move(self, ledger: Ledger, slip: int, was: slips.SlipState, became: Became) -> bool:
        with ledger.transaction():
            return slips.move(ledger.db, slip, was, became, self._now())

    def _tell(self, *, up: bool, cause: str | None = None, detail: str | None = None) -> None:
        """Tell the printer's state once per change."""
        if self._told != (up, cause):
            self._told = up, cause
            if detail is None and self._setup.printer is not None:
                detail = self._setup.printer.name
            self._on_state(DeviceState("printer", "printer", up, None, cause, detail))
