"""The page while readers are served: one column per lane, the last result as large as can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.domain import Deed, Mode, SessionView
from kiosk.screens.canvas import Box, Canvas
from kiosk.screens.crate import paint_crate
from kiosk.screens.frame import paint_frame, upright
from kiosk.screens.idle import idle_hint
from kiosk.screens.lanes import bar, cells, paint_countdown, paint_head, paint_prompt
from kiosk.screens.palette import ATTENTION, DIM, HURRY, LENT, RETURNED, TEXT
from kiosk.screens.results import LOW, paint_said
from kiosk.screens.showing import LaneShown, Scene
from kiosk.screens.staff import paint_staff


@dataclass(frozen=True, slots=True)
class _Entry:
    symbol: str
    title: str
    when: str
    style: str


def paint_serving(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Paint the lanes' columns into the box; a staff table alone has the whole of it."""
    left, hurry = _turn(scene)
    paint_frame(canvas, scene, box, left=left, hurry=hurry, hint=_hint(scene))
    shown = lane_boxes(scene, box)
    for lane, cell in shown:
        if lane.is_quiet:
            paint_prompt(canvas, scene, lane, Box(cell.x, cell.y, cell.columns, min(8, cell.rows)))
        elif lane.crate is not None:
            paint_crate(canvas, scene, lane, cell)
        elif lane.is_staff:
            paint_staff(canvas, scene, lane, cell)
        else:
            _paint_lane(canvas, scene, lane, cell)
    if len(shown) > 1:
        upright(canvas, box.x + (box.columns - 1) // 2, box.y + 2, box.bottom - 2)


def lane_boxes(scene: Scene, box: Box) -> list[tuple[LaneShown, Box]]:
    """Share the page among the lanes; a staff table alone has the whole of it."""
    lanes = Box(box.x, box.y + 2, box.columns, box.rows - 4)
    busy = [lane for lane in scene.lanes if not lane.is_quiet]
    if len(busy) == 1 and busy[0].page is not None:
        return [(busy[0], lanes)]
    return list(zip(scene.lanes, cells(lanes, len(scene.lanes)), strict=True))


def _hint(scene: Scene) -> str:
    tr = scene.words.tr
    busy = [lane for lane in scene.lanes if not lane.is_quiet]
    if all(lane.crate is not None for lane in busy):
        return tr("No card is needed · late books and other classes' books come back too")
    if all(lane.is_staff for lane in busy):
        return tr("Staff · a letter key is a label, digits are numbers · [DONE] ends and locks")
    if any(done.deed is Deed.LENT for lane in busy if lane.view for done in lane.view.done):
        return tr("Lent is lent, with or without a slip · next book, or next reader's card")
    return idle_hint(scene)


def _turn(scene: Scene) -> tuple[str, str]:
    """What stands in the corner: the time and the turn; apart, the minutes when they are few."""
    words, now = scene.words, scene.words.clock(scene.local_now)
    if scene.hall is None or not scene.hall.now or not scene.lends:
        return (f"{now}  {words.tr('No borrowing now')}" if not scene.lends else now), ""
    turns, _ = scene.lead(scene.hall.now)
    if scene.ending is not None and scene.ending not in turns:
        # What is about to end matters more here than what goes on.
        turns = [scene.ending]
    labels = " ".join(name for turn in turns for name in turn.labels)
    if turns[0].in_grace:
        return f"{now}  {words.tr('Time is up, a last book for')} {labels}", ""
    minutes = scene.minutes_until(turns[0].closes_at)
    left = words.tr("{minutes} minutes left", minutes=minutes)
    said = words.tr("It is the turn of") if turns[0].is_class else ""
    first = "  ".join(part for part in (now, f"{said} {labels}".strip()) if part)
    return (f"{first}  {left}", "") if scene.ending is None else (first, left)


def _paint_lane(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    inner = Box(box.x + 2, box.y + 1, box.columns - 3, box.rows - 1)
    left, y = shown.seconds_left(scene.now), inner.y
    view = shown.view
    who = "" if view is None else f"{view.class_label} {view.name}".strip()
    if box.rows < LOW:
        count, colour = (_in_hand_of(scene, shown), TEXT) if left is None else (bar(left), HURRY)
        paint_head(canvas, shown, box, who=who, count=count, colour=colour)
        y = paint_said(canvas, scene, shown, inner)
        if y < inner.bottom:
            _paint_foot(canvas, scene, shown, inner)
        return
    paint_head(canvas, shown, box, who=who, count=_in_hand_of(scene, shown))
    canvas.put(box.x, y, "▔" * box.columns, shown.style.colour)
    y = paint_said(canvas, scene, shown, Box(inner.x, y + 1, inner.columns, inner.rows - 1))
    if view is not None:
        rest = Box(inner.x, y + 1, inner.columns, inner.bottom - 1 - y - 1)
        _paint_list(canvas, scene, view, rest)
    if left is None:
        _paint_foot(canvas, scene, shown, inner)
    else:
        paint_countdown(canvas, scene, inner, left)


def _in_hand_of(scene: Scene, shown: LaneShown) -> str:
    view = shown.view
    if view is None or view.limit is None or shown.summary:
        return ""
    return scene.words.tr("in hand {n}/{limit}", n=len(view.loans), limit=view.limit)


def _paint_list(canvas: Canvas, scene: Scene, view: SessionView, box: Box) -> None:
    done, others = _done(scene, view), _in_hand(scene, view)
    heading = [_Entry("", scene.words.tr("In hand"), "", DIM)] if others else []
    entries = [*done, *heading, *others]
    if len(entries) > box.rows:
        entries = [*done, *others]
    if len(entries) > box.rows > 0:
        more = len(entries) - box.rows + 1
        entries[box.rows - 1 :] = [_Entry("", scene.words.tr("{n} more", n=more), "", DIM)]
    for place, entry in enumerate(entries):
        y = box.y + place
        if y >= box.bottom:
            break
        start = canvas.put_right(box.right, y, entry.when, entry.style)
        canvas.put(box.x, y, entry.symbol, f"bold {entry.style}")
        indent = 2 if entry.symbol else 0
        canvas.put(box.x + indent, y, entry.title, entry.style, columns=start - box.x - indent - 2)


def _done(scene: Scene, view: SessionView) -> list[_Entry]:
    words = scene.words
    entries = []
    for done in view.done:
        when = _due(scene, done.due_on) if done.due_on else ""
        match done.deed:
            case Deed.LENT:
                entries.append(_Entry("▲", done.title, when, LENT))
            case Deed.RENEWED:
                entries.append(_Entry("▲", done.title, f"{words.tr('renewed')} {when}", LENT))
            case Deed.RETURNED:
                entries.append(_Entry("▼", done.title, words.tr("returned"), RETURNED))
    return entries


def _in_hand(scene: Scene, view: SessionView) -> list[_Entry]:
    done = {deed.barcode for deed in view.done if deed.deed is not Deed.RETURNED}
    words = scene.words
    entries = []
    for loan in view.loans:
        if loan.barcode in done:
            continue
        when = words.tr("read it here") if loan.in_room else _due(scene, loan.due_on)
        style = ATTENTION if loan.overdue else DIM
        entries.append(_Entry("!" if loan.overdue else "·", loan.title, when, style))
    return entries


def _due(scene: Scene, on: date) -> str:
    return scene.words.due_date(on)


def _paint_foot(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    """Paint the last row: what mode the session is in, and the other reasons."""
    y, end = box.bottom - 1, box.right
    mode = shown.view.mode if shown.view is not None and not shown.summary else Mode.LEND
    if mode is not Mode.LEND:
        said = scene.words.tr("RETURNING") if mode is Mode.RETURN else scene.words.tr("RENEWING")
        end = canvas.put_right(box.right, y, f" {said} ", f"reverse {TEXT}") - 1
    if shown.said is not None and shown.said.others:
        canvas.put(box.x, y, shown.said.others, DIM, columns=end - box.x)
