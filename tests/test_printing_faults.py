"""Any order of faults of a printer, and what becomes of every slip."""

from __future__ import annotations

import queue
import threading
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from desk_rig import BOOKS, MING, ZHE, Rig, open_rig
from fake_printer import FakePrinter, PtyLine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from drivers.printers.printing import Patience
from drivers.printers.usb import UsbPrinter
from kiosk.desk.printing import PrinterSetup, PrinterThread
from kiosk.domain import DeviceState, OutcomeKind
from kiosk.ledger import slips

QUICK = Patience(stall_s=0.15, status_s=0.1, answer_s=0.25, quiet_s=0.03, poll_s=0.02)
STALE_S = 120.0
CAUSES = ("paper_low", "paper_out", "cover_open", "cutter", "hot", "error", "offline")
ENDS = {"printed", "unknown", "failed", "cancelled"}

faults = st.one_of(
    st.sampled_from([("be", cause) for cause in CAUSES]),
    st.tuples(st.just("run_out"), st.integers(0, 150)),
    st.sampled_from(
        [(name, None) for name in ("unplug", "stall", "silence", "restart", "dawdle", "hush")]
    ),
)
steps = st.one_of(
    st.just(("reader", None)),
    st.just(("class", None)),
    st.just(("bad", None)),
    st.just(("lend", None)),
    st.just(("mend", None)),
    st.just(("age", None)),
    st.just(("pause", None)),
    faults,
)


class Story:
    """A desk, its printer thread, and a printer to which things happen."""

    def __init__(self, folder: Path) -> None:
        self.rig: Rig = open_rig(folder)
        self.fake = FakePrinter()
        self.line = PtyLine(self.fake, folder / "printer")
        self.plugged = True
        self.seconds = 0.0
        self.states: queue.SimpleQueue[DeviceState] = queue.SimpleQueue()
        self.pairs = [(MING, BOOKS[0]), (ZHE, BOOKS[2])]
        self.marks: dict[int, bytes] = {}
        self.thread = PrinterThread(
            self.rig.settings.database_path,
            PrinterSetup(
                UsbPrinter(str(self.line.path), patience=QUICK), 32, cut=True, stale_s=STALE_S
            ),
            now=self.rig.clock.now,
            on_state=self.states.put,
            monotonic=lambda: self.seconds,
            waits=(0.01,),
        )
        self.thread.start()

    def close(self) -> None:
        self.mend()
        self.thread.stop(10)
        self.line.close()
        self.rig.ledger.close()

    def do(self, name: str, what: str | int | None) -> None:
        match name:
            case "reader" | "class" | "bad":
                self._write(name)
            case "lend":
                self._lend()
            case "be":
                self.fake.be(str(what))
            case "run_out":
                self.fake.run_out(int(what or 0))
            case "unplug" if self.plugged:
                self.plugged = False
                self.line.unplug()
            case "stall":
                self.line.stall()
            case "silence":
                self.fake.silent = True
            case "hush":
                self.fake.answers = ()
            case "restart":
                self.fake.lose_buffer()
            case "dawdle":
                self.fake.delay_s = 0.06
            case "mend":
                self.mend()
            case "age":
                self.seconds += STALE_S + 1
            case "pause":
                threading.Event().wait(0.03)
        self.thread.wake()

    def mend(self) -> None:
        """Put everything right."""
        self.fake.silent, self.fake.delay_s, self.fake.answers = False, 0.0, (1, 2, 3, 4)
        self.fake.mend()
        self.line.go_on()
        if not self.plugged:
            self.plugged = True
            self.line.plug()

    def _lend(self) -> None:
        """Lend a book: it never waits for the printer."""
        if self.pairs:
            card, book = self.pairs.pop()
            self.rig.scan(card)
            [lent] = self.rig.scan(book)
            assert lent.kind is OutcomeKind.CHECKED_OUT
            self.rig.scan(card)
            session = self.rig.rows("SELECT max(session) FROM slip")[0][0]
            self._mark(f"No.{session} ")

    def _write(self, kind: str) -> None:
        mark = f"[{len(self.marks)}]"
        body = "[]" if kind == "bad" else f'{{"who":"三(2)班","footer":"{mark}"}}'
        with self.rig.ledger.transaction():
            slips.write(
                self.rig.ledger.db,
                session=None,
                at=self.rig.clock.now(),
                state="queued",
                body=body,
                kind="class" if kind == "bad" else kind,
            )
        self._mark(mark)

    def _mark(self, mark: str) -> None:
        newest = self.rig.rows("SELECT max(id) FROM slip")[0][0]
        self.marks[newest] = mark.encode()

    def ended(self) -> dict[int, tuple[str, str]]:
        """Wait until every slip has come to its end; returns kind and state by number."""
        pause = threading.Event()
        for _ in range(3000):
            rows = self.rig.rows("SELECT id, kind, state FROM slip")
            if all(state in ENDS for _, _, state in rows):
                return {number: (kind, state) for number, kind, state in rows}
            self.thread.wake()
            pause.wait(0.01)
        raise AssertionError(f"these wait for ever: {rows}")

    def printed(self, slip: int) -> int:
        """Count how often a slip is on the paper."""
        return self.fake.printed.count(self.marks[slip])


def goes_well(told: list[tuple[str, str | int | None]]) -> None:
    """Tell a story and check every slip's end."""
    with TemporaryDirectory() as folder:
        story = Story(Path(folder))
        try:
            for name, what in told:
                story.do(name, what)
            story.mend()
            ends = story.ended()
            story.thread.stop(10)
            for slip, (kind, state) in ends.items():
                on_paper = story.printed(slip)
                match state:
                    case "printed":
                        assert on_paper == 1, (slip, told)
                    case "unknown":
                        assert on_paper <= 1, (slip, told)
                    case _:
                        assert on_paper == 0, (slip, told)
                assert state != "cancelled" or kind == "reader"
            states = []
            while not story.states.empty():
                states.append(story.states.get())
            assert all(
                (one.up, one.cause) != (other.up, other.cause) for one, other in pairwise(states)
            )
        finally:
            story.close()


FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
MANY = settings(FEW, max_examples=600, derandomize=False)


@FEW
@given(st.lists(steps, min_size=2, max_size=12))
@example([("class", None), ("run_out", 30), ("class", None), ("pause", None), ("restart", None)])
@example([("be", "paper_out"), ("reader", None), ("class", None), ("pause", None), ("age", None)])
@example([("reader", None), ("stall", None), ("class", None), ("pause", None), ("unplug", None)])
@example([("lend", None), ("silence", None), ("lend", None), ("pause", None), ("mend", None)])
def test_each_slip_ends_on_paper_once_or_unknown_or_failed_or_cancelled(
    told: list[tuple[str, str | int | None]],
) -> None:
    goes_well(told)


@pytest.mark.long
@MANY
@given(st.lists(steps, min_size=2, max_size=25))
def test_each_slip_ends_well_in_many_more_stories(
    told: list[tuple[str, str | int | None]],
) -> None:
    goes_well(told)
