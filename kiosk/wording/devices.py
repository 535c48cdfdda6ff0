"""What is said of scanners, printer and loudspeaker: in a word, in a sentence, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from kiosk.domain import DeviceState
from kiosk.wording import Words
from kiosk.wording.outcomes import Tone

Role = Literal["scanner", "printer", "sound"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a device, each ready to show.

    `word` is for the top line, `what` one sentence, `todo` what a grown-up does about it.
    """

    word: str
    what: str
    todo: str


def trouble(state: DeviceState, words: Words) -> Trouble | None:
    """Say what is wrong with a device, None when nothing is.

    >>> trouble(DeviceState("printer", "printer", False, cause="paper_out"), Words("zh_CN")).word
    '缺纸'
    """
    if state.up and state.cause is None:
        return None
    return trouble_of(state.role, state.cause or "error", words)


def trouble_of(role: Role, cause: str, words: Words) -> Trouble:
    """Say what a cause means for a device; one that is not known is out of order."""
    known = _SENTENCES[role]
    word, what, todo = known.get(cause, known["error"])
    return Trouble(words.tr(word), words.tr(what), words.tr(todo))


def device_name(state: DeviceState, words: Words, lane_word: str = "") -> str:
    """Name a device; a scanner by the word of its lane.

    >>> device_name(DeviceState("scanner left", "scanner", True, "left"), Words("zh_CN"), "左")
    '扫描枪 左'
    """
    match state.role:
        case "scanner":
            return words.tr("Scanner {lane}", lane=lane_word or state.lane or "").strip()
        case "printer":
            return words.tr("Printer")
        case "sound":
            return words.tr("Loudspeaker")


def tone_word(tone: Tone, words: Words) -> str:
    """Say how a tone sounds, and what for.

    >>> tone_word(Tone.LENT, Words("zh_CN"))
    '借好了:两个音,往高走'
    """
    return words.tr(_TONES[tone])


def _marked(message: str) -> str:
    """Mark a message for extraction; it is translated when it is said."""
    return message


_TONES: Final[Mapping[Tone, str]] = {
    Tone.LENT: _marked("lent: two notes, rising"),
    Tone.RETURNED: _marked("returned: two notes, falling"),
    Tone.NO: _marked("no: one low note"),
    Tone.ATTENTION: _marked("wait: the same note twice"),
    Tone.QUIET: _marked("no sound"),
}

_Said = tuple[str, str, str]

_SCANNER: Final[Mapping[str, _Said]] = {
    "missing": (
        _marked("not plugged in"),
        _marked("It is not there."),
        _marked("Plug it in. Still not there: see its name in the settings."),
    ),
    "busy": (
        _marked("in use elsewhere"),
        _marked("Another program has it."),
        _marked("End the other program, or restart the box."),
    ),
    "denied": (
        _marked("no permission"),
        _marked("The desk may not use it."),
        _marked("Put its numbers into the udev rule (see the manual)."),
    ),
    "gone": (
        _marked("came loose"),
        _marked("Its cable came loose."),
        _marked("Push the plug in; it goes on by itself."),
    ),
    "timeout": (
        _marked("no answer"),
        _marked("It does not answer."),
        _marked("Pull its plug, wait a moment, push it in again."),
    ),
    "error": (
        _marked("out of order"),
        _marked("It is out of order."),
        _marked("Pull its plug, wait a moment, push it in again."),
    ),
    "stuck_key": (
        _marked("key stuck"),
        _marked("One of its keys stays down."),
        _marked("Scan any label. Still so: pull its plug, push it in again."),
    ),
}
_PRINTER: Final[Mapping[str, _Said]] = {
    "missing": (
        _marked("not plugged in"),
        _marked("It is not there."),
        _marked("See its plug and power, then the settings."),
    ),
    "busy": (
        _marked("in use elsewhere"),
        _marked("Another program has it."),
        _marked("End the other program, or restart the box."),
    ),
    "denied": (
        _marked("no permission"),
        _marked("The desk may not use it."),
        _marked("Install the udev rule (see the manual)."),
    ),
    "gone": (
        _marked("came loose"),
        _marked("Its cable came loose."),
        _marked("Push the plug in; it goes on by itself."),
    ),
    "timeout": (
        _marked("no answer"),
        _marked("It does not answer."),
        _marked("See power, cover, paper. Switch it off and on."),
    ),
    "error": (
        _marked("out of order"),
        _marked("It is out of order."),
        _marked("Switch it off, wait a moment, switch it on."),
    ),
    "paper_low": (
        _marked("paper low"),
        _marked("Its paper is low."),
        _marked("Have a new roll ready; it still prints."),
    ),
    "paper_out": (
        _marked("no paper"),
        _marked("It has no paper."),
        _marked("Open it, put a new roll in, close it."),
    ),
    "cover_open": (
        _marked("cover open"),
        _marked("Its cover is open."),
        _marked("Press it down on both sides until it clicks."),
    ),
    "cutter": (
        _marked("cutter stuck"),
        _marked("Its cutter is stuck."),
        _marked("Switch it off, open it, take the paper bit out."),
    ),
    "hot": (
        _marked("too hot"),
        _marked("It is too hot."),
        _marked("Wait some minutes; it goes on by itself."),
    ),
    "offline": (
        _marked("off line"),
        _marked("It is off line."),
        _marked("Press its feed key; else switch it off and on."),
    ),
}
_SOUND: Final[Mapping[str, _Said]] = {
    "missing": (
        _marked("bell only"),
        _marked("No loudspeaker was found."),
        _marked("The terminal's bell rings. Plug a loudspeaker in to hear more."),
    ),
    "denied": (
        _marked("bell only"),
        _marked("The desk may not use it."),
        _marked("Put the desk's account into the group audio."),
    ),
    "busy": (
        _marked("bell only"),
        _marked("Another program has it."),
        _marked("End the other program, or restart the box."),
    ),
    "error": (
        _marked("bell only"),
        _marked("It cannot be heard."),
        _marked("Try `kiosk sound test`; the terminal's bell rings."),
    ),
}
_SENTENCES: Final[Mapping[Role, Mapping[str, _Said]]] = {
    "scanner": _SCANNER,
    "printer": _PRINTER,
    "sound": _SOUND,
}
"""Per cause: the word on top, what is wrong, what to do."""
