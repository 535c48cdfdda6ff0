"""The yellow line on top: what a grown-up is needed for, or that the time is nearly up."""

from __future__ import annotations

from kiosk.domain import Hall
from kiosk.screens.devices import in_trouble, name_of
from kiosk.screens.showing import Scene


def notice(scene: Scene) -> str:
    """Say the one thing that matters most to the room, or "" when nothing does.

    What stops the desk comes first, then a reader who waits, then the time, then a device that
    others stand in for, then the calendar.
    """
    return (
        _trouble(scene)
        or _help(scene, _short_ending(scene))
        or _ending(scene)
        or _device(scene)
        or _calendar(scene)
    )


def _trouble(scene: Scene) -> str:
    hall, words = scene.hall, scene.words
    if hall is not None and not hall.ledger_ok:
        return _call(scene, words.tr("The desk cannot write. Bring books back on paper."), 1)
    if hall is not None and hall.clock == "doubted":
        return _call(scene, words.tr("The clock may be wrong. Books come back, none go out."), 2)
    down = {one.state.lane for one in scene.devices.values() if not one.state.up}
    if scene.lanes and all(lane.style.lane in down for lane in scene.lanes):
        return _call(scene, words.tr("No scanner works."), 3)
    return ""


def _help(scene: Scene, ending: str) -> str:
    words = scene.words
    lanes = [lane.style.word for lane in scene.lanes if lane.style.lane in scene.calls]
    if not lanes:
        return ""
    said = words.tr("A reader needs help: {lanes}.", lanes=words.tr(", ").join(lanes))
    call = _call(scene, said, 4)
    return f"{ending}  ! {call}" if ending else call


def _short_ending(scene: Scene) -> str:
    if scene.ending_at is None:
        return ""
    minutes = scene.minutes_until(scene.ending_at)
    return scene.words.tr("{minutes} minutes left", minutes=minutes)


def _ending(scene: Scene) -> str:
    """Tell the class to hurry while there is still time to do something about it."""
    ending, hall = scene.ending, scene.hall
    if ending is None or hall is None:
        return ""
    minutes = scene.minutes_until(ending.closes_at)
    said = scene.words.tr(
        "{minutes} minutes left: scan the books you want, bring back what is out", minutes=minutes
    )
    # With another window open beside, only this one's readers are to hurry.
    alone = all(turn.closes_at == ending.closes_at for turn in hall.now)
    return said if alone else f"{' '.join(ending.labels)}  {said}"


def _device(scene: Scene) -> str:
    """Say what is wrong with a device, and that nobody need wait for it."""
    for shown, said in in_trouble(scene):
        # One that goes on as it is needs nobody yet; the top line says what is coming.
        if shown.state.up:
            continue
        device, word, tr = name_of(scene, shown), said.word, scene.words.tr
        if shown.state.role == "printer":
            # Nobody is ever told to wait for paper.
            lent = tr("{device}: {word}. Lent is lent without a slip.", device=device, word=word)
            return _call(scene, lent, 6)
        other = tr("{device}: {word}. Use another one.", device=device, word=word)
        return _call(scene, other, 7)
    return ""


def _calendar(scene: Scene) -> str:
    hall, words = scene.hall, scene.words
    if hall is None or hall.clock == "doubted":
        return ""
    if hall.term_ends_on is not None and hall.term_ends_on >= scene.local_now.date():
        return _number(_term_ends(scene, hall), 5)
    if not hall.has_next_term:
        return _number(words.tr("The next term is not set. Teacher: please set it"), 5)
    return ""


def _term_ends(scene: Scene, hall: Hall) -> str:
    assert hall.term_ends_on is not None, "asked only with an end"
    words, days = scene.words, (hall.term_ends_on - scene.local_now.date()).days
    if days == 0:
        return words.tr("The term ends today and no next one is set. Teacher: please set it")
    return words.tr(
        "The term ends in {days} days and no next one is set. Teacher: please set it", days=days
    )


def _call(scene: Scene, said: str, number: int) -> str:
    return scene.words.tr("{said} Call the teacher {number}", said=said, number=f"({number})")


def _number(said: str, number: int) -> str:
    return f"{said} ({number})"
