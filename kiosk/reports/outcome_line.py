"""One outcome as one line of JSON: what `kiosk run --headless` writes."""

from __future__ import annotations

import json

from kiosk.domain import Outcome
from kiosk.ledger.connection import utc_text


def outcome_line(outcome: Outcome) -> str:
    """Write an outcome as a JSON object without a line end; see `docs/headless.md`."""
    line = {
        "at": utc_text(outcome.at),
        "lane": outcome.lane,
        "scan": outcome.scan,
        "kind": outcome.label_kind,
        "outcome": outcome.kind,
        "reader": outcome.card,
        "item": outcome.barcode,
        "due_on": outcome.due_on and outcome.due_on.isoformat(),
        "blocks": [{"code": block.code, **block.values} for block in outcome.blocks],
        "session": outcome.session,
        "seq": outcome.seq,
    }
    return json.dumps(line, ensure_ascii=False)
