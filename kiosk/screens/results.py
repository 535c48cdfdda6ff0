"""The result of the last scan on a lane: the large word, the book, what to do."""

from __future__ import annotations

from typing import Final

from kiosk.domain import Mode
from kiosk.screens.canvas import Box, Canvas, share, width_of
from kiosk.screens.glyphs import large, largest
from kiosk.screens.palette import STRONG, TONES
from kiosk.screens.showing import LaneShown, Scene
from kiosk.wording.outcomes import Said, Tone

LOW: Final = 14
"""A column with fewer rows has no list: three or four lanes at 80x24."""
_WIDE: Final = 48


def paint_said(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> int:
    """Paint the result from the box's top; return the row after it."""
    said = shown.said
    if said is None:
        return box.y
    colour, y = TONES[said.tone], box.y
    word = _large_word(_keyword(scene, shown, said), box)
    canvas.art(box.x, y, word, colour)
    y += len(word) if word else min(2, max(0, box.rows - 6))
    return paint_lines(canvas, said, Box(box.x, y, box.columns, 3 if box.rows < LOW - 2 else 5))


def paint_lines(canvas: Canvas, said: Said, box: Box) -> int:
    """Paint what is said without its large word; return the row after it."""
    colour, y = TONES[said.tone], box.y
    symbol = f"{said.symbol} " if said.symbol else ""
    indent = width_of(symbol)
    if said.subject:
        canvas.put(box.x, y, symbol + said.subject, f"bold {colour}", columns=box.columns)
        y += 1
    elif symbol:
        canvas.put(box.x, y, symbol, f"bold {colour}")
    for text in share(said.lines, box.columns - indent, box.rows - 1):
        canvas.put(box.x + indent, y, text, STRONG)
        y += 1
    return y


def _keyword(scene: Scene, shown: LaneShown, said: Said) -> str:
    if said.keyword:
        return said.keyword
    if shown.greeting:
        quiet = said.tone is Tone.QUIET
        return scene.words.tr("HELLO") if quiet else scene.words.tr("CHANGED")
    if shown.summary:
        return scene.words.tr("BYE")
    return "" if said.subject or said.tone is not Tone.QUIET else _mode_word(scene, shown)


def _mode_word(scene: Scene, shown: LaneShown) -> str:
    if shown.view is not None and shown.view.mode is Mode.RETURN:
        return scene.words.tr("RETURN")
    renews = shown.view is not None and shown.view.mode is Mode.RENEW
    return scene.words.tr("RENEW") if renews else ""


def _large_word(keyword: str, box: Box) -> tuple[str, ...]:
    wide = box.columns >= _WIDE - 3 and box.rows >= LOW
    drawn = largest(keyword, box.columns, 8) if wide else large(keyword, 12, box.columns)
    return drawn or ((keyword,) if keyword else ())
