"""The page between readers: whose turn it is now and next, and what to scan on each lane."""

from __future__ import annotations

from kiosk.domain import Hall, TurnNow, Upcoming
from kiosk.screens.canvas import Box, Canvas, width_of, wrap
from kiosk.screens.devices import paint_card
from kiosk.screens.frame import paint_frame, rule, upright
from kiosk.screens.glyphs import largest
from kiosk.screens.lanes import cells, paint_prompt
from kiosk.screens.palette import DIM, HURRY, LENT, RETURNED, STRONG, TEXT
from kiosk.screens.showing import Scene


def paint_idle(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Paint the idle page into the box."""
    now, words = scene.local_now, scene.words
    clock = f"{words.short_date(now)} {words.weekday(now)}  {words.clock(now)}"
    paint_frame(canvas, scene, box, before=scene.school, left=clock, hint=idle_hint(scene))
    top = paint_prompts(canvas, scene, box)
    panel = Box(box.x, box.y + 2, box.columns * 52 // 80, top - 1 - box.y - 2)
    upright(canvas, panel.right, panel.y, panel.bottom)
    if scene.hall is not None:
        _paint_now(canvas, scene, scene.hall, _inside(panel))
        beside = Box(panel.right + 1, panel.y, box.right - panel.right - 1, panel.rows)
        rest = paint_card(canvas, scene, _inside(beside))
        _paint_next(canvas, scene, scene.hall.upcoming, rest)


def idle_hint(scene: Scene) -> str:
    """What helps those who are about to scan."""
    return scene.words.tr("Not read? Turn it a little and scan again · the cards on the desk help")


def paint_prompts(canvas: Canvas, scene: Scene, box: Box, *, least: bool = False) -> int:
    """Paint what to scan on each lane at the foot of the page; return the row of its first lane.

    With `least` the lanes take no more rows than they need.
    """
    bands = (len(scene.lanes) + 1) // 2
    lane_rows = 5 if box.rows < 30 else 7
    if bands > 1 or least:
        lane_rows = 3 if box.rows < 30 else 5
    top = box.bottom - 2 - bands * lane_rows
    rule(canvas, box, top - 1)
    lanes = Box(box.x, top, box.columns, bands * lane_rows)
    for lane, cell in zip(scene.lanes, cells(lanes, len(scene.lanes)), strict=True):
        paint_prompt(canvas, scene, lane, cell)
    return top


def _inside(box: Box) -> Box:
    return Box(box.x + 2, box.y, box.columns - 3, box.rows)


def _paint_now(canvas: Canvas, scene: Scene, hall: Hall, box: Box) -> None:
    if not scene.lends:
        _paint_closed(canvas, scene, hall, box)
        return
    alike, others = scene.lead(hall.now)
    names = [name for turn in alike if turn.is_class for name in turn.labels]
    plain = [name for turn in alike if not turn.is_class for name in turn.labels]
    beside = [_beside(scene, turn) for turn in others]
    blocks = _blocks(
        names or [scene.words.tr("OPEN")], box.columns, box.rows - 2 - len(plain + beside)
    )
    rows = sum(map(len, blocks)) + len(plain + beside) + 2
    spare = max(0, box.rows - rows)
    y = box.y + min(spare // 2, 3)
    canvas.put(box.x, y, _heading(scene, alike[0]), TEXT)
    y += 2 if spare > 1 else 1
    for block in blocks:
        canvas.art(box.x, y, block, LENT)
        y += len(block)
    for label in plain:
        canvas.put(box.x, y, label, f"bold {LENT}", columns=box.columns)
        y += 1
    y += 1 if spare > 2 else 0
    style = HURRY if scene.ending in alike else STRONG
    canvas.put(box.x, y, _footing(scene, alike), style, columns=box.columns)
    for place, line in enumerate(beside, y + 1):
        canvas.put(box.x, place, line, TEXT, columns=box.columns)


def _beside(scene: Scene, turn: TurnNow) -> str:
    """One line for a window that is open beside: for whom, and its own time."""
    labels, words = " ".join(turn.labels), scene.words
    if turn.in_grace:
        return f"{words.tr('Time is up, a last book for')} {labels}"
    minutes = scene.minutes_until(turn.closes_at)
    return f"{labels}  {words.tr('{minutes} minutes left', minutes=minutes)}"


def _blocks(names: list[str], columns: int, rows: int) -> list[tuple[str, ...]]:
    """Every name in large words, or spaced out if one has none or they do not all fit."""
    drawn = [largest(name, columns, rows // len(names)) for name in names]
    if all(drawn):
        return [block for block in drawn if block]
    return [(spaced if width_of(spaced := " ".join(name)) <= columns else name,) for name in names]


def _heading(scene: Scene, turn: TurnNow) -> str:
    if turn.in_grace:
        return scene.words.tr("Time is up, a last book for")
    if turn.is_class:
        return scene.words.tr("It is the turn of")
    return scene.words.tr("You may borrow now")


def _footing(scene: Scene, turns: list[TurnNow]) -> str:
    words = scene.words
    parts = []
    if not turns[0].in_grace:
        minutes = scene.minutes_until(turns[0].closes_at)
        parts.append(words.tr("{minutes} minutes left", minutes=minutes))
    come = [f"{turn.come} / {turn.expected}" for turn in turns if turn.come is not None]
    if come:
        parts.append(words.tr("{count} have come", count=" · ".join(come)))
    return "   ".join(parts)


def _paint_closed(canvas: Canvas, scene: Scene, hall: Hall, box: Box) -> None:
    words = scene.words
    drawn = largest(words.tr("BACK ONLY"), box.columns, box.rows - 4) or ()
    said = words.tr("No borrowing now. Books can always come back.")
    if not hall.has_next_term and not hall.upcoming:
        said = words.tr("The new timetable is not set yet. Books can come back.")
    text = wrap(said, box.columns, 2)
    y = box.y + min(max(0, box.rows - len(drawn) - len(text) - 2) // 2, 3)
    canvas.art(box.x, y, drawn, RETURNED)
    y += len(drawn) + 1
    for line in text:
        canvas.put(box.x, y, line, STRONG)
        y += 1
    if hall.upcoming and hall.clock != "doubted" and hall.ledger_ok:
        first = hall.upcoming[0]
        opening = words.tr(
            "Opens next: {when} {label}", when=_when(scene, first), label=first.label
        )
        canvas.put(box.x, y, opening, TEXT, columns=box.columns)


def _paint_next(canvas: Canvas, scene: Scene, upcoming: tuple[Upcoming, ...], box: Box) -> None:
    y = box.y + 1
    if upcoming:
        canvas.put(box.x, y, scene.words.tr("Next"), DIM)
    y += 2
    whens = [_when(scene, opening) for opening in upcoming]
    column = max(map(width_of, whens), default=0) + 2
    for opening, when in zip(upcoming, whens, strict=True):
        apart = column + width_of(opening.label) > box.columns
        if y + apart >= box.bottom:
            break
        canvas.put(box.x, y, when, TEXT)
        y += apart
        x = box.x + (2 if apart else column)
        canvas.put(x, y, opening.label, STRONG, columns=box.right - x)
        y += 1


def _when(scene: Scene, opening: Upcoming) -> str:
    at, today = scene.local(opening.opens_at), scene.local_now.date()
    clock = scene.words.clock(at)
    return clock if at.date() == today else f"{scene.words.day(at.date(), today)} {clock}"
