"""The few colours of the desk, and how a lane and a tone look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kiosk.domain import Lane, LaneUse
from kiosk.wording import Words
from kiosk.wording.outcomes import Tone

GROUND: Final = "#0c1014"
HEAD: Final = "#242c35"
TEXT: Final = "#e6ebf0"
STRONG: Final = "bold #ffffff"
DIM: Final = "#93a1af"
RULE: Final = "#3d4854"
LENT: Final = "#58e07d"
RETURNED: Final = "#6ab4ff"
NO: Final = "#ff7a70"
ATTENTION: Final = "#ffd84a"
HURRY: Final = f"bold {ATTENTION}"
NOTICE: Final = f"bold {GROUND} on {ATTENTION}"
PAPER: Final = "#16181a on #eeeae0"

TONES: Final[Mapping[Tone, str]] = {
    Tone.LENT: LENT,
    Tone.RETURNED: RETURNED,
    Tone.NO: NO,
    Tone.ATTENTION: ATTENTION,
    Tone.QUIET: "#ffffff",
}

_TAPES: Final = ("#ff9f43", "#2fd6c8", "#e58cff", "#c3ccd6")


@dataclass(frozen=True, slots=True)
class LaneStyle:
    """How a lane is told from the others: its word, its arrow, its tape's colour, its side."""

    lane: Lane
    word: str
    arrow: str
    colour: str
    side: Literal["left", "right"]
    use: LaneUse = LaneUse.ANY


def lane_styles(
    lanes: Sequence[Lane], words: Words, uses: Mapping[Lane, LaneUse] | None = None
) -> tuple[LaneStyle, ...]:
    """Give each lane its place, in the order of the settings: left, right, left below, right below.

    Lanes named `left` and `right` are called so; any other lane is called by its own name.
    """
    names = {"left": words.tr("left"), "right": words.tr("right")}
    styles = []
    for place, lane in enumerate(lanes):
        on_left = place % 2 == 0
        styles.append(
            LaneStyle(
                lane,
                word=names.get(lane, lane),
                arrow="◀" if on_left else "▶",
                colour=_TAPES[place % len(_TAPES)],
                side="left" if on_left else "right",
                use=(uses or {}).get(lane, LaneUse.ANY),
            )
        )
    return tuple(styles)
