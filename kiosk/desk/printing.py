"""The printer thread: takes queued slips to paper and writes nothing but their print state."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from drivers.faults import DeviceFault
from drivers.printing import Printer
from kiosk.domain import DeviceState
from kiosk.errors import LedgerError
from kiosk.ledger import slips
from kiosk.ledger.connection import Ledger, connect_again
from kiosk.ledger.slips import QueuedSlip
from receipts.slip import Slip, from_json

log = logging.getLogger(__name__)

_ASK_AGAIN_S: Final = (0.5, 1.0, 2.0)
_IDLE_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class PrinterSetup:
    """The printer's settings; `printer` None is driver `none`: slips grow stale and are dropped."""

    printer: Printer | None
    columns: int
    cut: bool
    stale_s: float


class PrinterThread:
    """Prints what is queued, oldest first, in a thread with a database connection of its own.

    A reader's slip not begun within `stale_s` of being seen is cancelled: the reader has gone.
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
        self._failures = 0
        self._up: bool | None = None
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

    def stop(self, timeout_s: float) -> None:
        """Give the printer that long to empty the queue, then stop."""
        self._stopping = True
        self._woken.set()
        self._drained.wait(timeout_s)
        self._thread.join(timeout=0.1 if self._drained.is_set() else 0)

    def _run(self) -> None:
        try:
            ledger = connect_again(self._path)
            with ledger.transaction():
                slips.forget_unfinished(ledger.db)
        except LedgerError:
            log.exception("the printer cannot read its queue")
            self._drained.set()
            return
        while self._round(ledger):
            pass
        ledger.db.close()
        if self._setup.printer is not None:
            self._setup.printer.close()
        self._drained.set()

    def _round(self, ledger: Ledger) -> bool:
        """Work through the queue once; False when the thread may end."""
        self._woken.clear()
        self._look()
        try:
            waiting = self._drop_stale(ledger, self._waiting(ledger))
            done = all(self._print(ledger, slip) for slip in waiting)
        except Exception:
            log.exception("a slip could not be printed")
            done = False
        if self._stopping and (done or self._setup.printer is None):
            return False
        done = done and self._up is not False
        self._woken.wait(_IDLE_S if done else self._pause(waiting_for_age=bool(self._seen)))
        return True

    def _look(self) -> None:
        """Ask a printer that is not known to work whether it is there."""
        printer = self._setup.printer
        if printer is None or self._up:
            return
        try:
            printer.check()
        except DeviceFault as fault:
            self._tell_state(up=False, cause=fault.cause, detail=str(fault))
        else:
            self._tell_state(up=True, detail=printer.name)

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

    def _drop_stale(self, ledger: Ledger, waiting: list[QueuedSlip]) -> list[QueuedSlip]:
        fresh = []
        for slip in waiting:
            age = self._monotonic() - self._seen[slip.id]
            if slip.kind == "reader" and age > self._setup.stale_s:
                self._move(ledger, slip, "queued", "cancelled")
            else:
                fresh.append(slip)
        return fresh

    def _print(self, ledger: Ledger, queued: QueuedSlip) -> bool:
        """Print one slip; False when the printer takes none for now."""
        printer = self._setup.printer
        if printer is None or not self._move(ledger, queued, "queued", "printing"):
            return printer is not None
        slip = from_json(queued.body)
        try:
            sent = printer.send(self._job(slip))
        except DeviceFault as fault:
            self._tell_state(up=False, cause=fault.cause, detail=str(fault))
            if not getattr(fault, "started", False):
                self._move(ledger, queued, "printing", "queued")
                return False
            self._move(ledger, queued, "printing", "unknown")
            return True
        except Exception:
            log.exception("slip %d cannot be made into a print job", queued.id)
            self._move(ledger, queued, "printing", "failed")
            return True
        self._failures = 0
        self._tell_state(up=True)
        self._move(ledger, queued, "printing", "printed" if sent.confirmed else "unknown")
        self._on_printed(slip)
        return True

    def _job(self, slip: Slip) -> bytes:
        # Imported here: the printer's library costs more at start-up than the whole lending pass.
        from receipts.escpos import job
        from receipts.layout import lay_out

        columns = self._setup.columns
        return job(lay_out(slip, columns), columns=columns, cut=self._setup.cut, qr=slip.qr)

    def _move(
        self, ledger: Ledger, slip: QueuedSlip, was: slips.SlipState, now: slips.SlipState
    ) -> bool:
        with ledger.transaction():
            return slips.move(ledger.db, slip.id, was, now, self._now())

    def _tell_state(self, *, up: bool, cause: str | None = None, detail: str | None = None) -> None:
        if self._up is not up:
            self._up = up
            self._on_state(DeviceState("printer", "printer", up, None, cause, detail))
