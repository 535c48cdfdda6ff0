"""A crate on a lane: how many came back, one line for each book, what is to be looked at."""

from __future__ import annotations

from kiosk.domain import CrateView, Note, Outcome, OutcomeKind
from kiosk.screens.canvas import Box, Canvas, width_of, wrap
from kiosk.screens.glyphs import large
from kiosk.screens.lanes import paint_head
from kiosk.screens.palette import ATTENTION, DIM, HURRY, RETURNED, STRONG, TONES
from kiosk.screens.results import LOW, paint_lines
from kiosk.screens.showing import CrateLine, CrateShown, LaneShown, Scene


def paint_crate(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    """Paint a lane with a crate; its head is blue all over, unlike any reader's."""
    crate = shown.crate
    if crate is None:
        return
    words = scene.words
    counted = words.tr("{n} returned", n=crate.view.returned) if box.rows < LOW else ""
    who = words.tr("CRATE OF RETURNS")
    paint_head(canvas, shown, box, who=who, count=counted, ground=RETURNED)
    inner = Box(box.x + 2, box.y + 1, box.columns - 3, box.rows - 1)
    y = inner.y
    if box.rows >= LOW:
        canvas.put(box.x, y, "▔" * box.columns, RETURNED)
        y = _paint_count(canvas, scene, crate, Box(inner.x, y + 1, inner.columns, 6)) + 1
    if shown.said is not None:
        y = paint_lines(canvas, shown.said, Box(inner.x, y, inner.columns, 4))
    is_newest = bool(crate.lines) and crate.lines[0].said is shown.said
    earlier = crate.lines[1:] if is_newest else crate.lines
    tray = _tray(scene, crate, inner)
    foot = inner.bottom - 1 - len(tray)
    _paint_earlier(canvas, scene, earlier, Box(inner.x, y + 1, inner.columns, foot - y - 1))
    for place, line in enumerate(tray):
        canvas.put(inner.x, foot + place, line, ATTENTION, columns=inner.columns)
    if not shown.summary:
        canvas.put(inner.x, inner.bottom - 1, words.tr("At the end: scan [DONE]"), DIM)


def _paint_count(canvas: Canvas, scene: Scene, crate: CrateShown, box: Box) -> int:
    """Paint the number of books large, and what is to be looked at beside it."""
    view, words = crate.view, scene.words
    number = large(str(view.returned), 12, box.columns) or (str(view.returned),)
    canvas.art(box.x, box.y, number, RETURNED)
    x = box.x + max(map(width_of, number)) + 3
    canvas.put(x, box.y, words.tr("books are back"), STRONG, columns=box.right - x)
    for place, line in enumerate(_counters(scene, view)):
        canvas.put(x, box.y + 2 + place, f"! {line}", HURRY, columns=box.right - x)
    return box.bottom


def _counters(scene: Scene, view: CrateView) -> list[str]:
    words = scene.words
    counters = (
        (view.flagged, words.tr("{n} to look at", n=view.flagged)),
        (view.set_aside, words.tr("{n} to the hold shelf", n=view.set_aside)),
        (len(view.unknown), words.tr("{n} to the tray", n=len(view.unknown))),
    )
    return [text for count, text in counters if count]


def _paint_earlier(canvas: Canvas, scene: Scene, earlier: tuple[CrateLine, ...], box: Box) -> None:
    """Paint the books before the newest, one row each."""
    for place, line in enumerate(earlier[: max(0, box.rows)]):
        y = box.y + place
        flag = _flag(scene, line.outcome)
        style = ATTENTION if flag else TONES[line.said.tone]
        start = canvas.put_right(box.right, y, flag, style)
        canvas.put(box.x, y, line.said.symbol, f"bold {style}")
        room = start - box.x - (4 if flag else 2)
        canvas.put(box.x + 2, y, _about(line), style, columns=room)


def _about(line: CrateLine) -> str:
    return line.outcome.title or line.outcome.scan or ""


def _flag(scene: Scene, outcome: Outcome) -> str:
    """Name in a word what is to be looked at about a book, "" when nothing is."""
    tr = scene.words.tr
    match outcome.kind, outcome.note:
        case OutcomeKind.UNDONE, _:
            return tr("undone")
        case OutcomeKind.REFUSED, _:
            return tr("pending tray")
        case _, Note.OVERDUE_BACK:
            return tr("late")
        case _, Note.OTHER_CLASS:
            return str(outcome.values.get("class_label") or tr("another class"))
        case _, Note.SET_ASIDE:
            return tr("hold shelf")
        case _, Note.FOUND_LOST:
            return tr("was lost")
        case OutcomeKind.ATTENTION, _:
            return tr("was not out")
        case _:
            return ""


def _tray(scene: Scene, crate: CrateShown, box: Box) -> list[str]:
    """The labels nobody knows, in at most two rows; none where the column is low."""
    if not crate.view.unknown or box.rows < LOW - 1:
        return []
    labels = " ".join(crate.view.unknown)
    return wrap(scene.words.tr("Pending tray: {labels}", labels=labels), box.columns, 2)
