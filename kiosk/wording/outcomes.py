"""What the desk says after a scan: a key word, a symbol and at most two short lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kiosk.domain import Block, BlockCode, Deed, Mode, Note, Outcome, OutcomeKind
from kiosk.wording.blocks import Voice, sentence, short
from kiosk.wording.notes import note_lines


class Tone(StrEnum):
    """The four ways an outcome looks and sounds, and the quiet fifth."""

    LENT = "lent"
    RETURNED = "returned"
    NO = "no"
    ATTENTION = "attention"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class Said:
    """One outcome in words: `keyword` large (借好了 还好了 不能借 等一等 办好了, or empty).

    `symbol` is one of ▲ ▼ ✗ ! or empty; `subject` is what it is about (《夏洛的网》) or empty;
    `lines` are one or two short sentences, the last saying what to do; `others` is one dim line
    for the monitor, naming the further reasons, or empty.
    """

    tone: Tone
    keyword: str
    symbol: str
    subject: str
    lines: tuple[str, ...]
    others: str = ""


_NOT_A_NO: Final = frozenset(
    {
        BlockCode.LEDGER_UNAVAILABLE,
        BlockCode.LABEL_UNREADABLE,
        BlockCode.CARD_UNKNOWN,
        BlockCode.ITEM_UNKNOWN,
        BlockCode.ISBN_NOT_ITEM,
        BlockCode.CARD_LOST,
    }
)
"""Refusals of a label, not of a loan: they say 等一等."""

_OF_THE_READER: Final = frozenset({BlockCode.READER_SUSPENDED, BlockCode.READER_EXPIRED})

_NOT_TO_THE_TRAY: Final = frozenset({Note.SET_ASIDE, Note.FOUND_LOST})
"""Books that are back and belong elsewhere: whoever holds one has to look."""

_ASKS: Final = frozenset(
    {
        Note.DUTY_CARD,
        Note.STAFF_BEGAN,
        Note.PIN_PART,
        Note.SCAN_BOOK,
        Note.SCAN_READER,
        Note.SCAN_CLASS,
        Note.SCAN_NEW_CARD,
        Note.ENTER_NUMBER,
        Note.BOARD_SHOWN,
        Note.BOARD_HIDDEN,
        Note.TODO_SHOWN,
        Note.DEVICES_SHOWN,
        Note.CRATE_OPENED,
        Note.CRATE_CLOSED,
    }
)
"""Notes of a changed mode that ask for more, or show it: quiet, where the others say 办好了."""


def say(outcome: Outcome, voice: Voice) -> Said:
    """Put an outcome into words for the screen."""
    match outcome.kind:
        case OutcomeKind.CHECKED_OUT:
            return _lent(outcome, voice)
        case OutcomeKind.CHECKED_IN:
            return _returned(outcome, voice)
        case OutcomeKind.RENEWED:
            return _renewed(outcome, voice)
        case OutcomeKind.HELD:
            return _done(outcome, voice)
        case OutcomeKind.REFUSED:
            return _refused(outcome, voice)
        case OutcomeKind.ATTENTION:
            return _attention(outcome, voice)
        case OutcomeKind.UNDONE:
            return _undone(outcome, voice)
        case OutcomeKind.SESSION_OPENED:
            return _opened(outcome, voice)
        case OutcomeKind.SESSION_CLOSED:
            return _closed(outcome, voice)
        case OutcomeKind.MODE_CHANGED:
            return _mode(outcome, voice)
        case OutcomeKind.SLIP_QUEUED:
            return _quiet(voice.words.tr("Your slip is coming."))
        case _:
            return _ignored(outcome, voice)


def _subject(outcome: Outcome, voice: Voice) -> str:
    return "" if outcome.title is None else voice.titled(outcome.title)


def _quiet(*lines: str, subject: str = "") -> Said:
    return Said(Tone.QUIET, "", "", subject, lines)


def _done(outcome: Outcome, voice: Voice) -> Said:
    keyword, subject = voice.words.tr("DONE"), _subject(outcome, voice)
    return Said(Tone.RETURNED, keyword, "", subject, note_lines(outcome, voice))


def _lent(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    if outcome.note is Note.IN_ROOM:
        line = tr("Read it here, return it today")
    else:
        assert outcome.due_on is not None, "a loan has a due date"
        line = tr("back by {day}", day=voice.words.due_date(outcome.due_on))
    lines = (line, *note_lines(outcome, voice))
    return Said(Tone.LENT, tr("LENT"), "▲", _subject(outcome, voice), lines)


def _renewed(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    assert outcome.due_on is not None, "a renewal has a due date"
    line = tr("renewed until {day}", day=voice.words.due_date(outcome.due_on))
    lines = (line, *note_lines(outcome, voice))
    return Said(Tone.LENT, tr("LENT"), "▲", _subject(outcome, voice), lines)


def _returned(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    subject = _subject(outcome, voice)
    lines = note_lines(outcome, voice) or (tr("Put it in the return tray"),)
    if outcome.note in _NOT_TO_THE_TRAY:
        return Said(Tone.ATTENTION, tr("BACK"), "!", subject, lines)
    return Said(Tone.RETURNED, tr("BACK"), "▼", subject, lines)


def _refused(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    first, *rest = outcome.blocks
    others = ""
    if rest:
        reasons = tr(", ").join(short(block, voice) for block in rest)
        others = tr("Also ({n}): {reasons}", n=len(rest), reasons=reasons)
    if first.code in _NOT_A_NO:
        said = sentence(first, voice)
        return Said(Tone.ATTENTION, tr("WAIT"), "!", _subject(outcome, voice), said, others)
    return Said(Tone.NO, tr("NO"), "✗", _subject(outcome, voice), sentence(first, voice), others)


def _attention(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    said: dict[Note, tuple[str, ...]] = {
        Note.CARD_FIRST: (
            *((tr("Not lent yet!"),) if outcome.title is not None else ()),
            tr("Please scan your card first"),
        ),
        Note.NOT_LENT: (
            tr("This book was not out."),
            tr("Put it aside for later")
            if outcome.crate is not None
            else tr("Please see a monitor."),
        ),
        Note.NOTHING_TO_UNDO: (tr("There is nothing to undo."),),
        Note.READER_NOT_HERE: (
            tr("That reader is not here."),
            tr("Their card first, then undo")
            if "hint" in outcome.values
            else tr("Please see a monitor."),
        ),
        Note.NOTHING_TO_PRINT: (tr("There is no slip to print."),),
        Note.BORROW_ONLY: (tr("Borrowing only here."), tr("Please return at the other side.")),
        Note.RETURN_ONLY: (tr("Returns only here."), tr("Please borrow at the other side.")),
        Note.HELP_CALLED: (
            tr("The teacher will see your call."),
            tr("Please raise your hand and wait."),
        ),
    }
    lines = said.get(outcome.note, ()) if outcome.note is not None else ()
    lines = lines or note_lines(outcome, voice)
    return Said(Tone.ATTENTION, tr("WAIT"), "!", _subject(outcome, voice), lines)


def _ignored(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    subject = _subject(outcome, voice)
    match outcome.note:
        case Note.ALREADY_YOURS if outcome.view is None:
            # Whoever scans it may not be who has it: nothing large, nothing green.
            said = (tr("It has just been lent"), tr("To return it: scan [RETURN] first"))
            return _quiet(*said, subject=subject)
        case Note.ALREADY_YOURS:
            line = tr("Lent already, no need to scan again")
            return Said(Tone.QUIET, tr("LENT"), "▲", subject, (line,))
        case Note.ALREADY_BACK:
            line = tr("Back already, no need to scan again")
            return Said(Tone.QUIET, tr("BACK"), "▼", subject, (line,))
        case Note.NOTHING_OPEN:
            return _quiet(tr("Please scan your card"))
        case _:
            # A repeat has nothing to say: what was said before stays.
            lines = note_lines(outcome, voice)
            return _quiet(*lines, subject=subject if lines else "")


def _undone(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    match outcome.undone:
        case Deed.LENT:
            line = tr("Undone: not lent")
        case Deed.RETURNED:
            here = outcome.view is not None
            line = tr("Undone: still on your card") if here else tr("Undone: still lent")
        case _:
            line = tr("Undone: not renewed")
    return Said(Tone.ATTENTION, "", "!", _subject(outcome, voice), (line,))


def _opened(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    name = outcome.view.name if outcome.view is not None else ""
    if outcome.note is Note.CHANGED_READER:
        line = tr("Another reader! Now it is {name}", name=name)
        return Said(Tone.ATTENTION, "", "!", "", (line, tr("Scan your books")))
    if lines := note_lines(outcome, voice):
        return _quiet(*lines)
    if (title := outcome.values.get("hold_title")) is not None:
        return _quiet(tr("It is kept for you. Ask for it!"), subject=voice.titled(str(title)))
    if (code := outcome.values.get("closed")) is not None:
        # Said before the walk to the shelf, not after it.
        said = sentence(Block(BlockCode(str(code)), outcome.values), voice)
        first = said[0] if code in _OF_THE_READER else said[-1]
        return _quiet(first, tr("To return, scan the book"))
    returning = outcome.view is not None and outcome.view.mode is Mode.RETURN
    asked = tr("Scan the books to return") if returning else tr("Scan your books")
    if outcome.view is not None and outcome.view.asks_pin:
        return _quiet(asked, tr("Teacher: the PIN, then Enter"))
    return _quiet(asked)


def _closed(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    done = outcome.view.done if outcome.view is not None else ()
    is_staff = outcome.view is not None and outcome.view.staff
    if is_staff and not done:
        return Said(Tone.QUIET, tr("LOCKED"), "", "", ())
    if not done:
        return _quiet(tr("Nothing lent, nothing returned"), subject=tr("Goodbye!"))
    counts = (
        (sum(one.deed is Deed.LENT for one in done), tr("{n} lent")),
        (sum(one.deed is Deed.RETURNED for one in done), tr("{n} returned")),
        (sum(one.deed is Deed.RENEWED for one in done), tr("{n} renewed")),
    )
    line = tr(", ").join(text.format(n=n) for n, text in counts if n)
    return _quiet(line, subject=tr("Goodbye!"))


def _mode(outcome: Outcome, voice: Voice) -> Said:
    tr = voice.words.tr
    if outcome.note in _ASKS:
        return _quiet(*note_lines(outcome, voice), subject=_subject(outcome, voice))
    if outcome.note is not None:
        return _done(outcome, voice)
    if outcome.mode is Mode.RENEW:
        return _quiet(tr("Renewing: scan your books"))
    return _quiet(tr("Scan the books to return"))
