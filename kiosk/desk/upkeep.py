"""What time brings to a desk that nobody scans at: it is done before the next scan is answered."""

from __future__ import annotations

from datetime import datetime

from kiosk.desk import holds, people, todos, turns
from kiosk.desk.steps import Steps


def run(steps: Steps) -> datetime:
    """Do what is due at `steps.at`; returns when there will be more to do, at the latest."""
    return min(
        people.keep_up(steps), turns.keep_up(steps), holds.keep_up(steps), todos.keep_up(steps)
    )
