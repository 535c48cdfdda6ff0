"""The printer thread over the simulated printer: what becomes of a slip, and when."""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk_rig import BOOKS, MING, ZHE, Rig, open_rig
from escpos_decoder import decode

from drivers.faults import Cause
from drivers.printers.printing import Sent, Watch, do_not_wait
from drivers.simulated import SimulatedPrinter
from kiosk.desk.printing import PrinterSetup, PrinterThread
from kiosk.domain import DeviceState
from kiosk.ledger import slips
from receipts.slip import Slip

SOON_S = 20.0
STALE_S = 120.0


class Paper(SimulatedPrinter):
    """A simulated printer that says when it was sent something, and can do a thing meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.sends: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.hold = threading.Event()
        self.hold.set()

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send one job, once the test lets it."""
        self.sends.put(job)
        assert self.hold.wait(SOON_S)
        return super().send(job, watch)


class Printing:
    """A printer thread whose monotonic clock is set by hand."""

    def __init__(
        self, rig: Rig, printer: SimulatedPrinter | None, *, model: str = "generic"
    ) -> None:
        self.rig = rig
        self.seconds = 0.0
        self.asked = threading.Event()
        self.states: queue.SimpleQueue[DeviceState] = queue.SimpleQueue()
        self.printed: queue.SimpleQueue[Slip] = queue.SimpleQueue()
        self.thread = PrinterThread(
            rig.settings.database_path,
            PrinterSetup(printer, columns=32, cut=True, stale_s=STALE_S, model=model),
            now=rig.clock.now,
            on_state=self.states.put,
            on_printed=self.printed.put,
            monotonic=self._monotonic,
            waits=(0.01,),
        )

    def _monotonic(self) -> float:
        self.asked.set()
        return self.seconds

    def states_in_database(self) -> list[str]:
        """List the slips' states."""
        return [state for _, state, _ in self.rig.slips()]

    def see_the_queue(self) -> None:
        """Wait until the thread has read the queue as it is now."""
        # A round that had read it before may still look at the clock once.
        for _ in range(2):
            self.asked.clear()
            self.thread.wake()
            assert self.asked.wait(SOON_S)

    def next_state(self) -> tuple[bool, str | None]:
        """Wait until the printer's state is told again."""
        state = self.states.get(timeout=SOON_S)
        assert state.detail, f"{state} is a line of the log without an end"
        return state.up, state.cause

    def wait_for(self, *states: str) -> None:
        """Wait until the slips are in these states: each round of the thread is woken."""
        self.wait_until(lambda: self.states_in_database() == list(states))

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so: each round of the thread is woken."""
        pause = threading.Event()
        for _ in range(2000):
            if is_so():
                return
            self.thread.wake()
            pause.wait(0.01)
        raise AssertionError(f"never: {self.states_in_database()}")


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    """A desk."""
    return open_rig(tmp_path)


@contextmanager
def printing(
    rig: Rig, printer: SimulatedPrinter | None, *, model: str = "generic"
) -> Iterator[Printing]:
    """Run a printer thread, and stop it whatever happens."""
    one = Printing(rig, printer, model=model)
    one.thread.start()
    try:
        yield one
    finally:
        if isinstance(printer, SimulatedPrinter):
            printer.plug()
        one.thread.stop(SOON_S)


def lend(rig: Rig, card: str = MING, item: str = BOOKS[0]) -> None:
    """Make a session with a slip."""
    rig.scans(card, item, card)


def test_a_queued_slip_is_printed_once_and_shown(rig: Rig) -> None:
    paper = Paper()
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        slip = one.printed.get(timeout=SOON_S)

    assert slip.who == "三(2)班 王小明"
    assert "夏洛的网".encode("gb18030") in paper.jobs[0]
    assert len(paper.jobs) == 1
    assert rig.rows("SELECT state, attempts, printed_at FROM slip") == [
        ("printed", 1, "2026-09-10T08:34:09.000Z")
    ]


def test_a_printer_that_never_answers_leaves_the_slip_unknown_and_it_is_not_sent_again(
    rig: Rig,
) -> None:
    paper = Paper()
    paper.silence()
    with printing(rig, paper) as one:
        lend(rig)
        one.wait_for("unknown")

    assert len(paper.jobs) == 1
    assert rig.rows("SELECT printed_at, cause FROM slip") == [(None, "no_answer")]


def test_half_a_slip_is_unknown_and_never_sent_again_unasked(rig: Rig) -> None:
    paper = Paper()
    paper.stall(after=10)
    with printing(rig, paper) as one:
        lend(rig)
        one.wait_for("unknown")
        lend(rig, ZHE, BOOKS[2])
        one.wait_for("unknown", "printed")

    assert rig.rows("SELECT cause FROM slip") == [("timeout",), (None,)]
    assert [len(job) == 10 for job in paper.jobs] == [True, False]


def test_a_printer_that_took_nothing_gets_the_slip_again_when_it_is_back(rig: Rig) -> None:
    paper = Paper()
    paper.unplug()
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert one.next_state() == (False, "missing")
        one.wait_for("queued")
        paper.plug()
        one.wait_for("printed")

        assert one.next_state() == (True, None)
    assert len(paper.jobs) == 1
    assert rig.rows("SELECT attempts FROM slip") == [(1,)]


def test_a_slip_that_grew_stale_is_not_printed_any_more(rig: Rig) -> None:
    paper = Paper()
    paper.unplug()
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert one.next_state() == (False, "missing")
        one.see_the_queue()
        one.seconds = STALE_S + 0.1
        one.wait_for("cancelled")
        paper.plug()
        lend(rig, ZHE, BOOKS[2])
        one.wait_for("cancelled", "printed")

    assert len(paper.jobs) == 1
    assert rig.rows("SELECT cause FROM slip") == [("stale",), (None,)]


def test_a_slip_that_waits_behind_a_slow_one_may_grow_stale_meanwhile(rig: Rig) -> None:
    paper = Paper()
    lend(rig)
    lend(rig, ZHE, BOOKS[2])
    paper.hold.clear()
    with printing(rig, paper) as one:
        assert paper.sends.get(timeout=SOON_S)
        one.seconds = STALE_S + 1
        paper.hold.set()
        one.wait_for("printed", "cancelled")


def test_a_cancelled_slip_that_is_asked_for_is_young_again(rig: Rig) -> None:
    paper = Paper()
    paper.unplug()
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert one.next_state() == (False, "missing")
        one.see_the_queue()
        one.seconds = STALE_S + 1
        one.wait_for("cancelled")
        paper.plug()
        rig.scan("KC-SLIP")
        one.wait_for("printed")


@pytest.mark.parametrize(
    ("model", "name"), [("generic", "陈喆"), ("generic-gb2312", "陈〓 R100002")]
)
def test_a_name_that_the_model_cannot_show_has_its_card_beside_it(
    rig: Rig, model: str, name: str
) -> None:
    paper = Paper()
    lend(rig, ZHE, BOOKS[2])
    with printing(rig, paper, model=model) as one:
        one.wait_for("printed")

    assert decode(paper.jobs[0], 32).text[0] == f"←左 三(2)班 {name}"
    assert rig.rows("SELECT name FROM reader WHERE card = ?", ZHE) == [("陈喆",)]


def test_a_slip_of_an_earlier_run_ages_from_this_start(rig: Rig) -> None:
    lend(rig)
    rig.clock.at = rig.clock.at.replace(year=2030)
    with printing(rig, Paper()) as one:
        one.wait_for("printed")


def test_a_slip_found_in_printing_is_unknown(rig: Rig) -> None:
    lend(rig)
    rig.ledger.db.execute("UPDATE slip SET state = 'printing'")
    paper = Paper()
    with printing(rig, paper) as one:
        one.wait_for("unknown")

    assert paper.jobs == ()
    assert rig.rows("SELECT cause FROM slip") == [("stopped",)]


def test_without_a_printer_slips_wait_and_grow_stale(rig: Rig) -> None:
    lend(rig)
    with printing(rig, None) as one:
        one.see_the_queue()
        one.wait_for("queued")
        one.seconds = STALE_S + 1
        one.wait_for("cancelled")


def test_a_slip_that_cannot_be_made_into_a_job_fails_and_the_next_is_printed(rig: Rig) -> None:
    lend(rig)
    rig.ledger.db.execute("UPDATE slip SET body = '[]'")
    lend(rig, ZHE, BOOKS[2])
    with printing(rig, Paper()) as one:
        one.wait_for("failed", "printed")

    assert rig.rows("SELECT cause FROM slip") == [("bad_body",), (None,)]


def test_a_corrected_slip_is_printed_as_it_is_when_its_turn_comes(rig: Rig) -> None:
    paper = Paper()
    lend(rig)
    rig.scans(ZHE, BOOKS[2], BOOKS[3], MING)
    paper.hold.clear()
    with printing(rig, paper) as one:
        assert paper.sends.get(timeout=SOON_S)
        rig.scan("KC-UNDO")
        paper.hold.set()
        one.wait_for("printed", "printed")

    assert [b"\xb3\xc7\xc4\xcf" in job for job in paper.jobs] == [False, False]  # 城南旧事
    assert "草房子".encode("gb18030") in paper.jobs[1]


def test_what_became_of_a_slip_is_written_once_the_record_can_take_it(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    paper = Paper()
    lend(rig)
    paper.hold.clear()
    with printing(rig, paper) as one:
        assert paper.sends.get(timeout=SOON_S)
        # The record refuses what the printer says: the state is owed and written later.
        rig.ledger.db.execute(
            "CREATE TRIGGER no_room BEFORE UPDATE ON slip"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
        paper.hold.set()
        assert one.printed.get(timeout=SOON_S)
        one.wait_until(lambda: "the print queue waits" in caplog.text)
        assert one.states_in_database() == ["printing"]
        rig.ledger.db.execute("DROP TRIGGER no_room")
        one.wait_for("printed")

    assert len(paper.jobs) == 1
    # Said once, in plain words.
    assert [one.message.partition(":")[0] for one in caplog.records] == [
        "slip 1 is printed, which is not on record yet",
        "the print queue waits",
    ]
    assert all(one.exc_info is None for one in caplog.records)


def test_stopping_empties_the_queue_first(rig: Rig) -> None:
    paper = Paper()
    one = Printing(rig, paper)
    one.thread.start()
    lend(rig)
    lend(rig, ZHE, BOOKS[2])

    one.thread.stop(SOON_S)

    assert one.states_in_database() == ["printed", "printed"]


def test_stopping_does_not_wait_longer_than_it_is_told(rig: Rig) -> None:
    paper = Paper()
    paper.unplug()
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert one.next_state() == (False, "missing")

        one.thread.stop(0.05)

        assert one.states_in_database()[0] in {"queued", "printing"}


def test_a_printer_that_falls_silent_is_told_and_gets_nothing_until_it_speaks(rig: Rig) -> None:
    paper = Paper()
    with printing(rig, paper) as one:
        lend(rig)
        one.wait_for("printed")
        paper.silence()
        lend(rig, ZHE, BOOKS[2])
        one.thread.wake()
        states = [one.next_state() for _ in range(2)]
        paper.speak()
        one.wait_for("printed", "printed")
        states.append(one.next_state())

    assert states == [(True, None), (False, "timeout"), (True, None)]


STOPS: list[Cause] = ["paper_out", "cover_open", "cutter", "hot", "offline", "error"]


@pytest.mark.parametrize("cause", STOPS)
def test_what_stops_the_printer_is_told_until_it_is_mended_and_the_queue_goes_on(
    rig: Rig, cause: Cause
) -> None:
    paper = Paper()
    paper.tell(cause)
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert one.next_state() == (False, cause)
        one.wait_for("queued")
        # Nobody wakes the thread now: it asks again by itself.
        paper.tell(None)
        assert one.printed.get(timeout=SOON_S)
        assert one.next_state() == (True, None)

    assert one.states.empty()
    assert rig.rows("SELECT state, attempts FROM slip") == [("printed", 1)]


def test_one_cause_after_another_is_told(rig: Rig) -> None:
    paper = Paper()
    paper.tell("paper_low")
    with printing(rig, paper) as one:
        assert one.next_state() == (True, "paper_low")
        lend(rig)
        one.wait_for("printed")
        for cause in ("paper_out", "cover_open"):
            paper.tell(cause)
            lend(rig, ZHE, BOOKS[2])
            one.thread.wake()
            assert one.next_state() == (False, cause)
        paper.tell(None)
        assert one.next_state() == (True, None)


def test_paper_that_runs_out_in_a_slip_is_told_and_the_slip_printed_once_it_is_back(
    rig: Rig,
) -> None:
    paper = Paper()
    paper.run_out(after=20)
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert [one.next_state(), one.next_state()] == [(True, None), (False, "paper_out")]
        assert one.states_in_database() == ["printing"]
        paper.load_paper()
        one.wait_for("printed")
        assert one.next_state() == (True, None)

    assert len(paper.jobs) == 1


def test_a_desk_that_ends_while_a_slip_waits_for_paper_leaves_it_unknown(rig: Rig) -> None:
    paper = Paper()
    paper.run_out(after=20)
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert [one.next_state(), one.next_state()] == [(True, None), (False, "paper_out")]

        one.thread.stop(2.0)

        assert one.states_in_database() == ["unknown"]


def test_a_readers_slip_grows_stale_behind_a_class_slip_that_waits(rig: Rig) -> None:
    paper = Paper()
    paper.take_paper()
    with rig.ledger.transaction():
        slips.write(
            rig.ledger.db,
            session=None,
            at=rig.clock.now(),
            state="queued",
            body='{"who":"三(2)班"}',
            kind="class",
        )
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert one.next_state() == (False, "paper_out")
        one.wait_for("queued", "queued")
        one.see_the_queue()
        one.seconds = STALE_S + 1
        one.wait_for("queued", "cancelled")
        paper.load_paper()
        one.wait_for("printed", "cancelled")


def test_what_is_queued_while_a_slip_prints_is_printed_before_the_end(rig: Rig) -> None:
    paper = Paper()
    paper.hold.clear()
    with printing(rig, paper) as one:
        lend(rig)
        one.thread.wake()
        assert paper.sends.get(timeout=SOON_S)
        lend(rig, ZHE, BOOKS[2])
        stopper = threading.Thread(target=one.thread.stop, args=(SOON_S,))
        stopper.start()
        paper.hold.set()
        stopper.join(SOON_S)

        assert one.states_in_database() == ["printed", "printed"]


def test_only_the_print_state_changes_while_printing(rig: Rig) -> None:
    lend(rig)
    before = rig.rows("SELECT * FROM journal"), rig.rows("SELECT session, body FROM slip")
    with printing(rig, Paper()) as one:
        one.wait_for("printed")

    assert (rig.rows("SELECT * FROM journal"), rig.rows("SELECT session, body FROM slip")) == before


def test_a_record_that_cannot_be_opened_ends_the_printing_and_not_the_desk(
    rig: Rig, tmp_path: Path
) -> None:
    folder = tmp_path / "a-folder"
    folder.mkdir()
    thread = PrinterThread(
        folder, PrinterSetup(Paper(), 32, cut=True, stale_s=STALE_S), now=rig.clock.now
    )
    thread.start()

    assert thread.stop(SOON_S)


def test_a_slip_is_taken_by_one_only(rig: Rig) -> None:
    lend(rig)
    [slip] = slips.waiting(rig.ledger.db)
    other = sqlite3.connect(rig.settings.database_path)

    assert slips.take(rig.ledger.db, slip.id) is not None
    assert slips.take(rig.ledger.db, slip.id) is None
    assert other.execute("SELECT state, attempts FROM slip").fetchall() == [("printing", 1)]
    other.close()
