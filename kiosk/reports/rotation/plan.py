"""A proposed rotation as TOML for the settings, and what is to be known about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kiosk.domain import ClassCode
from kiosk.reports.rotation.saying import Saying, day_key
from kiosk.rotation.capacity import Pace, openings_needed
from kiosk.rotation.lanes import clusters
from kiosk.rotation.planning import Proposal, Wish, lanes_needed
from kiosk.rotation.seating import Place
from kiosk.rotation.windows import CycleDay
from kiosk.settings.writing import TurnLabels, turns_toml


def turn_labels(proposal: Proposal, say: Saying) -> TurnLabels:
    """Write the turns as settings have them; openings without a class are left out.

    A class whose label cannot be read back is named by cohort and number.
    """
    turns: dict[str, dict[str, list[str]]] = {}
    for place, classes in proposal.turns.items():
        if classes:
            labels = [_written(code, say) for code in classes]
            turns.setdefault(place.window, {})[_key(place, proposal)] = labels
    return turns


def proposal_toml(wish: Wish, proposal: Proposal, say: Saying) -> str:
    """Write the proposal as the tables that take the place of `[rotation]`, ready to paste.

    The seconds of a visit are written only where they are not the usual ones.
    """
    pupils = {one.code: one.pupils for one in wish.classes}
    notes = {
        (place.window, _key(place, proposal)): _note(place, proposal, pupils, say)
        for place in proposal.turns
    }
    head = ["[rotation]", f"weeks = {proposal.weeks}"]
    if wish.pace.visit_s != Pace(1).visit_s:
        head.append(f"visit_s = {wish.pace.visit_s}")
    lines = [*head, *turns_toml(turn_labels(proposal, say), notes)]
    return "".join(f"{line}\n" for line in lines)


def _note(place: Place, proposal: Proposal, pupils: Mapping[ClassCode, int], say: Saying) -> str:
    tr = say.words.tr
    classes = proposal.turns[place]
    said = tr(
        "classes: {classes}, pupils: {pupils} of {room}",
        classes=len(classes),
        pupils=sum(pupils[code] for code in classes),
        room=place.room,
    )
    others = [
        other.window
        for other, named in proposal.turns.items()
        if other != place and named and _is_same_time(place, other)
    ]
    if not others:
        return said
    return tr("{note}, lanes shared with {windows}", note=said, windows=tr(", ").join(others))


def _is_same_time(place: Place, other: Place) -> bool:
    return any(one.is_same_time(another) for one in place.openings for another in other.openings)


def summary(proposal: Proposal, say: Saying) -> str:
    """Say how many classes keep the turn they have."""
    planned = sum(len(classes) for classes in proposal.turns.values())
    return say.words.tr(
        "{n} classes planned, {kept} keep the turn they have", n=planned, kept=len(proposal.kept)
    )


def shortcomings(wish: Wish, proposal: Proposal, say: Saying) -> list[str]:
    """Say what the proposal cannot do, and what would be needed; empty when it does everything."""
    tr = say.words.tr
    found = []
    if proposal.shut_out:
        found.append(
            tr(
                "no window is for the grade of {classes}: add one, or change its grades",
                classes=say.labels(proposal.shut_out),
            )
        )
    if proposal.excess > 0:
        found.append(
            tr(
                "{n} pupils have no time in a cycle of {weeks} weeks: {needs}",
                n=proposal.excess,
                weeks=say.number(proposal.weeks),
                needs=tr(", or ").join(_needs(wish, proposal, say)),
            )
        )
    if wish.together and not proposal.is_together:
        found.append(tr("the grades cannot stay together: the windows are for different grades"))
    return found


def _needs(wish: Wish, proposal: Proposal, say: Saying) -> Iterator[str]:
    """Say what would do: more windows of the usual length, or longer ones, or more lanes."""
    tr = say.words.tr
    longest = max(place.minutes for place in proposal.turns)
    biggest = max(one.pupils for one in wish.classes)
    if biggest > wish.pace.room(longest):
        yield tr("windows of {n} minutes for the biggest class", n=wish.pace.minutes_for(biggest))
    else:
        needed = openings_needed((one.pupils for one in wish.classes), wish.pace.room(longest))
        now = len(clusters(one for place in proposal.turns for one in place.openings[:1]))
        if now == len(proposal.turns):
            yield tr(
                "{n} windows of {minutes} minutes instead of {now}",
                n=needed,
                minutes=longest,
                now=now,
            )
        else:
            yield tr(
                "{n} windows of {minutes} minutes that do not overlap instead of {now}",
                n=needed,
                minutes=longest,
                now=now,
            )
    lanes = lanes_needed(wish, proposal.weeks, on=say.on)
    if lanes is not None:
        yield tr("{n} lanes instead of {now}", n=lanes, now=wish.pace.lanes)


def _key(place: Place, proposal: Proposal) -> str:
    return day_key(CycleDay(place.weekday, place.week if proposal.weeks > 1 else None))


def _written(code: ClassCode, say: Saying) -> str:
    label = say.label(code)
    return label if say.names.parse(label) is not None else code
