"""Small pictures of what to look at on a device: three rows of nine characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.domain import DeviceState

COLUMNS: Final = 9

_PULLED: Final = (
    "┌────┐   ",
    "│    │ ─■",
    "└────┘   ",
)
_PRINTER: Final[Mapping[str, tuple[str, ...]]] = {
    # An empty core between two open sides.
    "paper_out": (
        "┌─     ─┐",
        "│  ( )  │",
        "└───────┘",
    ),
    # A thin roll, and what is left of the paper.
    "paper_low": (
        "┌─┴───┴─┐",
        "│  (o)  │",
        "└───────┘",
    ),
    "cover_open": (
        "      ╱  ",
        "┌───╱───┐",
        "└───────┘",
    ),
    "cutter": (
        "┌───────┐",
        "│- - 8< │",
        "└───────┘",
    ),
    "hot": (
        "  ~ ~ ~  ",
        "┌─~─~─~─┐",
        "└───────┘",
    ),
    "offline": (
        "┌───────┐",
        "│   (■) │",
        "└───────┘",
    ),
    "timeout": (
        "┌───────┐",
        "│ [0|1] │",
        "└───────┘",
    ),
    "missing": _PULLED,
    "gone": _PULLED,
}
_SCANNER: Final[Mapping[str, tuple[str, ...]]] = {"missing": _PULLED, "gone": _PULLED}


def art(state: DeviceState) -> tuple[str, ...]:
    """Draw what is wrong with a device; () where a picture would not help."""
    match state.role:
        case "printer":
            return _PRINTER.get(state.cause or "", ())
        case "scanner":
            return _SCANNER.get(state.cause or "", ())
        case "sound":
            return ()
