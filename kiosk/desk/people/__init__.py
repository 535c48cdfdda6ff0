"""People at the desk: duty, staff and PIN, binder lines, temporary cards, cards replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.desk.people import duty, readers
from kiosk.desk.people.duty import keep_up as keep_up
from kiosk.desk.people.pins import scan_digits as scan_digits
from kiosk.desk.people.readers import scan_binder as scan_binder
from kiosk.desk.people.readers import scan_day_card as scan_day_card
from kiosk.desk.verbs import Verb
from kiosk.domain import Command

VERBS: Final[Mapping[Command, Verb]] = {**duty.VERBS, **readers.VERBS}
