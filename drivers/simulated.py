"""Twins of a scanner and a printer: the same promises, no hardware."""

from __future__ import annotations

import threading

from drivers.faults import DeviceFault, Trouble
from drivers.frames import FrameDecoder
from drivers.label import Label
from drivers.printing import Sent


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
    """A printer that keeps the jobs it printed, in `jobs`, and can be told to fail."""

    def __init__(self, name: str = "simulated printer") -> None:
        self.name = name
        self._lock = threading.Lock()
        self._printed: list[bytes] = []
        self._held: list[bytes] = []
        self._has_paper = True
        self._answers = True
        self._plugged = True
        self._stalls_after: int | None = None

    @property
    def jobs(self) -> tuple[bytes, ...]:
        """What is on the paper so far, job by job; the last may be half a job."""
        with self._lock:
            return tuple(self._printed)

    def take_paper(self) -> None:
        """Run out of paper: jobs are taken, held, and nothing is answered."""
        with self._lock:
            self._has_paper = False

    def load_paper(self) -> None:
        """Load paper: what was held is printed now."""
        with self._lock:
            self._has_paper = True
            self._printed += self._held
            self._held.clear()

    def silence(self) -> None:
        """Print from now on without ever answering, as many printers do."""
        with self._lock:
            self._answers = False

    def stall(self, after: int) -> None:
        """Take `after` bytes of the next job and then no more; the job after it goes well."""
        with self._lock:
            self._stalls_after = after

    def unplug(self) -> None:
        """Pull the printer out; what it held is lost."""
        with self._lock:
            self._plugged = False
            self._held.clear()

    def plug(self) -> None:
        """Plug the printer in again."""
        with self._lock:
            self._plugged = True

    def check(self) -> None:
        """See whether the printer is plugged in.

        Raises: DeviceFault.
        """
        with self._lock:
            self._check_plugged()

    def send(self, job: bytes) -> Sent:
        """Send one job.

        Raises: DeviceFault while unplugged (not started), or when it stalls.
        """
        with self._lock:
            self._check_plugged()
            taken, self._stalls_after = self._stalls_after, None
            if taken is not None:
                raise self._stalled(job[:taken])
            if not self._has_paper:
                self._held.append(job)
                return Sent(confirmed=False, detail="no answer: it may be out of paper")
            self._printed.append(job)
            return Sent(self._answers, None if self._answers else "no answer")

    def close(self) -> None:
        """Do nothing: there is nothing to give back."""

    def _check_plugged(self) -> None:
        if not self._plugged:
            raise DeviceFault("missing", f"Cannot open {self.name}: it is not plugged in.")

    def _stalled(self, part: bytes) -> DeviceFault:
        if part:
            self._printed.append(part)
        text = f"{self.name} took nothing more after {len(part)} bytes."
        return DeviceFault("timeout", text, started=bool(part))
