"""How long a slip takes from its parts to the bytes for the printer."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from figures import Figure, p50, p99

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dot_font import dot_font

from receipts.models import model
from receipts.press import Press
from receipts.slip import Entry, NameCard, Slip, from_json, to_json

_BUDGET_MS: Final = 20.0
_DUE: Final = "9月17日(四)前还"


def slip_figures(folder: Path, rounds: int) -> Iterator[Figure]:
    """Lay out and encode a reader's slip, all text, and one whose name has to be drawn."""
    font = folder / "dots.ttf"
    name = "三(2)班 王㛃"
    font.write_bytes(dot_font(f"←左{name}〓"))
    plain = Press(model(), columns=32, cut=True)
    drawing = Press(model(), columns=32, cut=True, font=str(font))
    yield from _figures("slip of two books into bytes", plain, _slip("三(2)班 王小明"), rounds)
    yield from _figures("slip with a line that is drawn", drawing, _slip(name), rounds)


def _figures(told: str, press: Press, slip: Slip, rounds: int) -> Iterator[Figure]:
    body = to_json(slip)
    took = [_timed(lambda: press.job(from_json(body))) for _ in range(rounds)]
    size = len(press.job(slip))
    yield Figure(f"{told}, first", took[0], "ms", remark=f"{size} bytes")
    yield Figure(f"{told}, p50", p50(took), "ms")
    yield Figure(f"{told}, p99", p99(took), "ms", _BUDGET_MS)


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def _slip(who: str) -> Slip:
    return Slip(
        arrow="←左",
        who=who,
        lent=(Entry("夏洛的网", _DUE), Entry("写给孩子的中国历史故事:从三皇五帝", _DUE)),
        in_hand="手上2本",
        next_turn="下次轮到你们班:9月17日(四)16:30",
        this_term="本学期第9本(目标12本)",
        footer="实验小学 No.1234 09-10 16:35",
        cards=(NameCard("王㛃", "R100002"),),
    )
