"""The page while readers are served: one column per lane, the last result as large as can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from kiosk.domain import Deed, Mode, SessionView
from kiosk.screens.canvas import Box, Canvas, width_of, wrap
from kiosk.screens.frame import minutes_left, names_of, paint_frame, upright
from kiosk.screens.glyphs import large, largest
from kiosk.screens.lanes import cells, paint_head, paint_prompt
from kiosk.screens.palette import ATTENTION, DIM, LENT, RETURNED, STRONG, TEXT, TONES
from kiosk.screens.showing import COUNTDOWN_S, LaneShown, Scene
from kiosk.wording.outcomes import Said, Tone

_WIDE: Final = 48
_LOW: Final = 14
"""A column with fewer rows has no list: three or four lanes at 80x24."""
_HURRY: Final = f"bold {ATTENTION}"


@dataclass(frozen=True, slots=True)
class _Entry:
    symbol: str
    title: str
    when: str
    style: str


def paint_serving(canvas: Canvas, scene: Scene, box: Box) -> None:
    """Paint the lanes' columns into the box."""
    hint = scene.words.tr("Lent is lent, with or without a slip · next book, or next reader's card")
    paint_frame(canvas, scene, box, left=_turn(scene), hint=hint)
    lanes = Box(box.x, box.y + 2, box.columns, box.rows - 4)
    for lane, cell in zip(scene.lanes, cells(lanes, len(scene.lanes)), strict=True):
        if lane.is_quiet:
            paint_prompt(canvas, scene, lane, Box(cell.x, cell.y, cell.columns, min(8, cell.rows)))
        else:
            _paint_lane(canvas, scene, lane, cell)
    if len(scene.lanes) > 1:
        upright(canvas, box.x + (box.columns - 1) // 2, lanes.y, lanes.bottom)


def _turn(scene: Scene) -> str:
    words, now = scene.words, scene.words.clock(scene.local_now)
    turns = scene.hall.now if scene.hall and scene.lends else ()
    if not turns:
        return f"{now}  {words.tr('No borrowing now')}" if not scene.lends else now
    labels = " ".join(name for turn in turns for name in names_of(turn))
    if turns[0].in_grace:
        return f"{now}  {words.tr('Time is up, a last book for')} {labels}"
    left = words.tr("{minutes} minutes left", minutes=minutes_left(scene, turns[0]))
    said = words.tr("It is the turn of") if turns[0].is_class else ""
    return "  ".join(part for part in (now, f"{said} {labels}".strip(), left) if part)


def _paint_lane(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> None:
    inner = Box(box.x + 2, box.y + 1, box.columns - 3, box.rows - 1)
    left, y = shown.seconds_left(scene.now), inner.y
    if box.rows < _LOW:
        count, colour = (_in_hand_of(scene, shown), TEXT) if left is None else (_bar(left), _HURRY)
        paint_head(canvas, shown, box, count=count, colour=colour)
        y = _paint_said(canvas, scene, shown, inner)
        if y < inner.bottom:
            _paint_foot(canvas, scene, shown, inner)
        return
    paint_head(canvas, shown, box, count=_in_hand_of(scene, shown))
    canvas.put(box.x, y, "▔" * box.columns, shown.style.colour)
    y = _paint_said(canvas, scene, shown, Box(inner.x, y + 1, inner.columns, inner.rows - 1))
    if shown.view is not None:
        rest = Box(inner.x, y + 1, inner.columns, inner.bottom - 1 - y - 1)
        _paint_list(canvas, scene, shown.view, rest)
    if left is None:
        _paint_foot(canvas, scene, shown, inner)
        return
    start = canvas.put_right(inner.right, inner.bottom - 1, _bar(left), _HURRY)
    canvas.put_right(start - 1, inner.bottom - 1, scene.words.tr("Closing soon"), TEXT)


def _in_hand_of(scene: Scene, shown: LaneShown) -> str:
    view = shown.view
    if view is None or view.limit is None or shown.summary:
        return ""
    return scene.words.tr("in hand {n}/{limit}", n=len(view.loans), limit=view.limit)


def _bar(left: int) -> str:
    return f"{'▓' * left}{'░' * (COUNTDOWN_S - left)} {left}"


def _paint_said(canvas: Canvas, scene: Scene, shown: LaneShown, box: Box) -> int:
    """Paint the result from the box's top; return the row after it."""
    said = shown.said
    if said is None:
        return box.y
    colour, y = TONES[said.tone], box.y
    word = _large_word(_keyword(scene, shown, said), box)
    canvas.art(box.x, y, word, colour)
    y += len(word) if word else min(2, max(0, box.rows - 6))
    symbol = f"{said.symbol} " if said.symbol else ""
    indent = width_of(symbol)
    texts = [part for line in said.lines for part in wrap(line, box.columns - indent, 2)]
    if said.subject:
        canvas.put(box.x, y, symbol + said.subject, f"bold {colour}", columns=box.columns)
        y += 1
    elif symbol:
        canvas.put(box.x, y, symbol, f"bold {colour}")
    for text in texts[: 2 if box.rows < _LOW - 2 else 4]:
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
    if shown.crate or (shown.view is not None and shown.view.mode is Mode.RETURN):
        return scene.words.tr("RETURN")
    renews = shown.view is not None and shown.view.mode is Mode.RENEW
    return scene.words.tr("RENEW") if renews else ""


def _large_word(keyword: str, box: Box) -> tuple[str, ...]:
    wide = box.columns >= _WIDE - 3 and box.rows >= _LOW
    drawn = largest(keyword, box.columns, 8) if wide else large(keyword, 12, box.columns)
    return drawn or ((keyword,) if keyword else ())


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
