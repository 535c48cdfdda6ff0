"""What serial scanners are sent to beep or blink, model by model: data of `feedback.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

OFF = "off"
_MODELS = Path(__file__).with_name("feedback.toml")


@dataclass(frozen=True, slots=True)
class Feedback:
    """The bytes that make a scanner say yes and no; empty where it has no such sound."""

    good: bytes
    bad: bytes


SILENT = Feedback(b"", b"")


def feedback_models() -> list[str]:
    """List the models whose commands are known."""
    return sorted(_read())


def feedback_of(model: str) -> Feedback:
    """Find the commands of a model; "off" has none.

    Raises: ValueError for a model that is not known.
    """
    if model == OFF:
        return SILENT
    found = _read().get(model)
    if found is None:
        raise ValueError(
            f"no feedback commands of {model!r}: expected off or one of "
            f"{', '.join(feedback_models())}"
        )
    return Feedback(bytes.fromhex(found["good"]), bytes.fromhex(found.get("bad", "")))


def _read() -> dict[str, dict[str, str]]:
    return tomllib.loads(_MODELS.read_text(encoding="utf-8"))
