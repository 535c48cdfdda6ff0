"""Twins of a scanner and a printer: the same promises, no hardware."""

from __future__ import annotations

import threading

from drivers.faults import Cause, DeviceFault, Trouble
from drivers.printers.printing import Probe, Sent, Watch, do_not_wait
from drivers.printers.status import Condition
from drivers.scanners.frames import FrameDecoder
from drivers.scanners.label import Label

_POLL_S = 0.5


class SimulatedScanner:
    """A scanner whose labels come from calls, from any thread.

    What is scanned while it is unplugged is lost, as with a real one.
    """

    def __init__(self, name: str = "simulated scanner") -> None:
        self.name = name
        self.trouble: Trouble | None = None
        self.signals: list[bool] = []
        self._changed = threading.Condition()
        self._frames = FrameDecoder()
        self._labels: list[Label] = []
        self._plugged = True
        self._open = False

    def scan(self, text: str) -> None:
        """Scan one label."""
        self.receive(text.encode() + b"\r")

    def receive(self, data: bytes) -> None:
        """Take bytes as they come over a wire: a label ends at CR, LF, Tab or ETX."""
        with self._changed:
            if self._plugged:
                self._labels += self._frames.feed(data)
                self._changed.notify_all()

    def damage(self, text: str = "") -> None:
        """Scan a label with a hole in it, of which `text` is left."""
        with self._changed:
            if self._plugged:
                self._labels.append(Label(text, "dropped_events"))
                self._changed.notify_all()

    def unplug(self) -> None:
        """Pull the scanner out, with what is left of half a label."""
        with self._changed:
            self._plugged = False
            self._frames.reset()
            self._changed.notify_all()

    def plug(self) -> None:
        """Plug the scanner in again; it is found at the next try to open it."""
        with self._changed:
            self._plugged = True

    def open(self) -> None:
        """Open the scanner.

        Raises: DeviceFault while it is unplugged.
        """
        with self._changed:
            if not self._plugged:
                raise DeviceFault("missing", f"Cannot open {self.name}: it is not plugged in.")
            self._open = True

    def read(self, timeout_s: float) -> list[Label]:
        """Return the labels scanned within `timeout_s`.

        Raises: DeviceFault when it was pulled out.
        """
        with self._changed:
            self._changed.wait_for(self._has_news, timeout_s)
            if not self._labels and not (self._plugged and self._open):
                raise DeviceFault("gone", f"Cannot read {self.name}: it went away.")
            labels, self._labels = self._labels, []
            return labels

    def close(self) -> None:
        """Give the scanner back."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def signal(self, *, good: bool) -> None:
        """Note that it was told yes or no."""
        with self._changed:
            self.signals.append(good)

    def _has_news(self) -> bool:
        return bool(self._labels) or not (self._plugged and self._open)


class SimulatedPrinter:
    """A printer that keeps the jobs it printed, in `jobs`, and can be told to fail.

    It says how it is, as most printers do, until it is silenced.
    """

    def __init__(self, name: str = "simulated printer") -> None:
        self.name = name
        self._changed = threading.Condition()
        self._printed: list[bytes] = []
        self._held: list[bytes] = []
        self._cause: Cause | None = None
        self._answers = True
        self._spoke = False
        self._plugged = True
        self._stalls_after: int | None = None
        self._runs_out_after: int | None = None

    @property
    def jobs(self) -> tuple[bytes, ...]:
        """What is on the paper so far, job by job; the last may be half a job."""
        with self._changed:
            return tuple(self._printed)

    def take_paper(self) -> None:
        """Run out of paper: no job is taken until it is loaded again."""
        self.tell("paper_out")

    def load_paper(self) -> None:
        """Load paper: what was held is printed now."""
        self.tell(None)

    def tell(self, cause: Cause | None) -> None:
        """Say from now on that something is wrong, such as "cover_open"; None: all is well."""
        with self._changed:
            self._cause = cause
            if not Condition(True, cause).stops:
                self._finish_held()
            self._changed.notify_all()

    def run_out(self, after: int) -> None:
        """Run out of paper in the midst of the next job, of which `after` bytes are printed."""
        with self._changed:
            self._runs_out_after = after

    def silence(self) -> None:
        """Answer nothing from now on, as many printers never do."""
        with self._changed:
            self._answers = False

    def speak(self) -> None:
        """Answer again."""
        with self._changed:
            self._answers = True

    def stall(self, after: int) -> None:
        """Take `after` bytes of the next job and then no more; the job after it goes well."""
        with self._changed:
            self._stalls_after = after

    def unplug(self) -> None:
        """Pull the printer out; what it held is lost."""
        with self._changed:
            self._plugged = False
            self._held.clear()
            self._changed.notify_all()

    def plug(self) -> None:
        """Plug the printer in again."""
        with self._changed:
            self._plugged = True

    def check(self) -> Condition:
        """Ask the printer how it is.

        Raises: DeviceFault while it is unplugged, cannot print, or is silent all of a sudden.
        """
        with self._changed:
            return self._look()

    def send(self, job: bytes, watch: Watch = do_not_wait) -> Sent:
        """Send one job.

        Raises: DeviceFault while it is unplugged or cannot print (not started), or when it stalls.
        """
        with self._changed:
            condition = self._look()
            taken, self._stalls_after = self._stalls_after, None
            if taken is not None:
                raise self._stalled(job[:taken])
            if self._runs_out_after is not None or Condition(True, self._cause).stops:
                return self._run_out(job, watch)
            self._printed.append(job)
            return Sent(self._answers, None if self._answers else "no answer", condition)

    def probe(self) -> Probe:
        """Find out what the printer answers.

        Raises: DeviceFault while it is unplugged.
        """
        with self._changed:
            self._check_plugged()
            status = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12} if self._answers else {}
            return Probe(status, reports_end=self._answers, reports_job=False)

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""

    def _look(self) -> Condition:
        self._check_plugged()
        if self._spoke and not self._answers:
            raise DeviceFault("timeout", f"{self.name} does not say how it is any more.")
        self._spoke = self._answers
        condition = Condition(self._answers, self._cause if self._answers else None)
        if condition.cause is not None and condition.stops:
            raise DeviceFault(condition.cause, f"{self.name} cannot print: {condition.cause}.")
        return condition

    def _run_out(self, job: bytes, watch: Watch) -> Sent:
        """Print the start of a job; its rest follows on the same paper when there is some again."""
        taken, self._runs_out_after = self._runs_out_after or 0, None
        self._printed.append(job[:taken])
        self._held.append(job[taken:])
        self._cause = "paper_out"
        while self._held:
            if not self._answers or not watch(Condition(True, self._cause)):
                return Sent(False, "it waits for somebody: paper out", Condition(True, self._cause))
            self._changed.wait(_POLL_S)
            self._check_plugged(started=True)
        condition = Condition(True, self._cause)
        watch(condition)
        return Sent(confirmed=True, condition=condition)

    def _finish_held(self) -> None:
        for rest in self._held:
            self._printed[-1] += rest
        self._held.clear()

    def _check_plugged(self, *, started: bool = False) -> None:
        if not self._plugged:
            text = f"Cannot use {self.name}: it is not plugged in."
            raise DeviceFault("gone" if started else "missing", text, started=started)

    def _stalled(self, part: bytes) -> DeviceFault:
        if part:
            self._printed.append(part)
        text = f"{self.name} took nothing more after {len(part)} bytes."
        return DeviceFault("timeout", text, started=bool(part))
