"""Asks the screen for its table of devices: the desk itself knows none of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.barcodes import Label
from kiosk.desk import verbs
from kiosk.desk.steps import Steps
from kiosk.desk.verbs import Verb
from kiosk.domain import Command, Lane, Note, OutcomeKind


def _show(steps: Steps, lane: Lane, _: tuple[Label, ...]) -> None:
    verbs.note_only(
        steps, lane, OutcomeKind.MODE_CHANGED, Note.DEVICES_SHOWN, command=Command.DEVICES
    )


VERBS: Final[Mapping[Command, Verb]] = {Command.DEVICES: Verb("staff", (), _show)}
