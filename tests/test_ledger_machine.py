"""The desk and its ledger against a plain model of what a scan means, step by random step."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from desk_model import LANES, STRANGER, Model, Place
from desk_rig import BOOKS, HONG, MING, REFERENCE, TEACHER, ZHE, Rig, open_rig, told
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

ITEMS = [*BOOKS[:3], REFERENCE]
CARDS = [MING, ZHE, MING, ZHE, TEACHER, HONG, STRANGER]
LABEL = st.sampled_from([*ITEMS, *ITEMS, "KC-UNDO", "KC-UNDO", "KC-RETURN", "KC-RENEW", "KC-DONE"])
CRATE_LABEL = st.sampled_from([*ITEMS, *ITEMS, "KC-UNDO", "KC-RETURN", "KC-DONE"])
LANE = st.sampled_from(["left", "left", "left", "right"])
WAIT = st.sampled_from([0.5, 2, 2.5, 2.5, 3, 20])
SCHOOL = {"settle_s = 600": "settle_s = 60", "to = 17:00:00": "to = 23:00:00"}


class DeskMachine(RuleBasedStateMachine):
    """Scans, waits and power cuts, on a desk and in the model."""

    folder: TemporaryDirectory[str]
    rig: Rig

    @initialize()
    def open(self) -> None:
        """Open a desk."""
        self.folder = TemporaryDirectory()
        self.rig = open_rig(Path(self.folder.name), SCHOOL)
        self.model = Model()

    @rule(
        lane=LANE, card=st.sampled_from(CARDS), scans=st.lists(st.tuples(LABEL, WAIT), max_size=8)
    )
    def come(self, lane: str, card: str, scans: list[tuple[str, float]]) -> None:
        """Come to a lane with a card, and scan some books and command labels."""
        self.scan(lane, card, 2.5)
        for label, wait in scans:
            self.scan(lane, label, wait)

    @rule(lane=LANE, scans=st.lists(st.tuples(CRATE_LABEL, WAIT), min_size=2, max_size=8))
    def bring_crate(self, lane: str, scans: list[tuple[str, float]]) -> None:
        """Bring books back without a card, from whoever has them."""
        for label in ("KC-DONE", "KC-RETURN"):
            self.scan(lane, label, 2.5)
        for label, wait in scans:
            self.scan(lane, label, wait)

    @rule(lane=LANE, label=LABEL, wait=WAIT)
    def scan_one(self, lane: str, label: str, wait: float) -> None:
        """Scan a book or a command label, whoever is there."""
        self.scan(lane, label, wait)

    def scan(self, lane: str, label: str, wait: float) -> None:
        """Scan a label some seconds after the last, on the desk and in the model."""
        self.rig.clock.at += timedelta(seconds=wait)
        at = self.rig.clock.at
        ended = self.model.pass_time(at)
        expected = self.model.scan(lane, label, at)

        outcomes = self.rig.scan(label, lane=lane, after=0)

        assert told(outcomes)[-1] == (expected, label)
        assert all(one.scan is None for one in outcomes[:-1])
        idle = [one.lane for one in outcomes[:-1] if one.at < at and one.seq is not None]
        assert sorted(idle) == sorted(ended)

    @rule(seconds=st.sampled_from([18, 20, 20.5, 40, 61]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.rig.tick(seconds)
        self.model.pass_time(self.rig.clock.at)

    @rule()
    def cut_power(self) -> None:
        """Cut the power and start again: what was recorded is there, sittings are over."""
        at = self.rig.clock.at
        self.rig.ledger.db.close()
        self.rig = open_rig(Path(self.folder.name), at=at)
        self.rig.desk.recover(at)
        for lane, place in self.model.lanes.items():
            if place.sitting:
                self.model.end(lane)
        self.model.lanes = {lane: Place() for lane in LANES}

    @invariant()
    def the_record_is_what_the_model_says(self) -> None:
        """Compare loans, sessions and slips."""
        found = self.rig.rows(
            "SELECT barcode, card, renewals, checked_in_at IS NULL FROM loan"
            " JOIN item ON item.id = item_id JOIN reader ON reader.id = reader_id"
        )
        loans = [
            (one.item, one.reader, one.renewals, int(not one.back_at)) for one in self.model.loans
        ]
        assert sorted(found) == sorted(loans)
        serving = self.rig.rows(
            "SELECT lane, card FROM session JOIN reader ON reader.id = reader_id"
            " WHERE closed_at IS NULL"
        )
        lanes = self.model.lanes.items()
        assert dict(serving) == {lane: one.sitting.reader for lane, one in lanes if one.sitting}
        assert len(self.rig.slips()) == len(self.model.slips)

    def teardown(self) -> None:
        """Replay the journal."""
        if hasattr(self, "rig"):
            assert self.rig.differences() == []
            self.rig.ledger.close()
            self.folder.cleanup()


TestDesk = DeskMachine.TestCase
TestDesk.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
