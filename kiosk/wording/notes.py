"""What the desk says of duty, staff, turns, crates and stock: at most two short lines a note.

`Outcome.values` holds what the sentences below need: plain JSON values, names and labels ready to
show, days as `YYYY-MM-DD`, times of day as `HH:MM`, instants as `YYYY-MM-DDTHH:MM`, money in fen.
A value that is not there, or None, is left out of the sentence; keys in brackets seldom are there.
The reader's name is taken from `view` and the title from `title` where an outcome has them.

| note | outcome | keys of `values` |
|---|---|---|
| duty_card | mode_changed | |
| duty_began | mode_changed | name, until |
| duty_ended | mode_changed | name |
| not_a_monitor | attention | [kind (suspended, lost, expired: a monitor's card all the same)] |
| needs_monitor, needs_staff, not_for_yourself | attention | |
| staff_began | mode_changed | |
| pin_part | mode_changed | count (digits so far); for staff, label (the digits so far) |
| wrong_pin | attention | |
| pin_wait | attention | seconds |
| clock_confirmed | mode_changed | day, until (the desk's time now) |
| clock_not_confirmed | attention | |
| by_binder, by_day_card | session_opened | |
| overridden | checked_out, renewed | reason (1 to 5) |
| nothing_to_override | attention | |
| scan_book, scan_reader, scan_class, scan_new_card, enter_number | mode_changed | command (LOST) |
| not_now | attention | [command], [class_label, next_at], [code (of a block)], [day (of a card)],
[status (on_loan, active, lost, in_repair, withdrawn, charged, never_lent, no_hold)] |
| window_opened | mode_changed | class_label ("" for the whole school), until |
| window_extended | mode_changed | class_label, until |
| window_ended | mode_changed | [class_label] |
| turn_cancelled | mode_changed | class_label, [next_at] |
| no_turn_today | attention | class_label, [next_at], [unknown (1: no such class)],
[cancelled (1: today's turn was)], [hint (open_now: it cannot be cancelled twice)] |
| board_shown, board_hidden | mode_changed | class_label |
| lane_returns, lane_lends | mode_changed | |
| sheet_queued | mode_changed | class_label |
| recall_queued | mode_changed | class_label, [count (slips)] |
| cleared | mode_changed | name |
| not_cleared | attention | name, count (books out), fen (unpaid) |
| visit_began, visit_ended | mode_changed | name |
| visit_noted | ignored | name |
| crate_closed | mode_changed | [count (books back)] |
| set_aside | checked_in, mode_changed | |
| overdue_back | checked_in | late_days, [day (no loans until it is over)] |
| other_class | checked_in | class_label |
| found_lost | attention | |
| damage_noted | mode_changed, ignored (noted before) | damage (DOODLED) |
| no_book_for_damage | attention | |
| hold_placed | held | name |
| hold_ended | mode_changed | name |
| hold_refused | attention | kind (already, own_loan, not_lent, not_a_pupil) |
| item_changed | mode_changed | kind (active, lost, in_repair, withdrawn) |
| charged | mode_changed | name, fen |
| settled | mode_changed | name, fen, kind (paid, replaced, waived) |
| no_charge | attention | [name] |
| reader_changed | mode_changed | name, kind (active, suspended, lost), [day (suspended until)] |
| card_replaced | mode_changed | name, [label (the new card)] |
| card_taken | attention | [label] |
| day_card_queued | mode_changed | name |
| todo_shown | mode_changed | count |
| todo_closed | mode_changed | number |
| no_such_line | attention | number |
| devices_shown | mode_changed | |

`count` of a crate's flags is in `Outcome.crate`; a staff table in `Outcome.page`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kiosk.domain import Block, BlockCode, Command, Damage, Note, Outcome, Reason
from kiosk.wording.blocks import Voice, short
from kiosk.wording.labels import damage_word, reason_word
from kiosk.wording.phrases import (
    Sentence,
    day_of,
    name_of,
    named,
    number_of,
    of_class,
    plain,
    scan_next,
    text_of,
    with_number,
    with_until,
    yuan,
)
from kiosk.wording.todos import CLOSED_BY

_DOT: Final = "•"


def note_lines(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    """Say what an outcome's note means, the last line saying what to do; () without a sentence."""
    spoken = _SENTENCES.get(outcome.note) if outcome.note is not None else None
    return spoken(outcome, voice) if spoken is not None else ()


def _marked(message: str) -> str:
    """Mark a message for extraction; it is translated when it is said."""
    return message


def _overridden(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    words, reasons = voice.words, {str(reason): reason for reason in Reason}
    reason = reasons.get(text_of(outcome, "reason"))
    if reason is None:
        return (words.tr("Lent as an exception"),)
    return (words.tr("Lent as an exception: {reason}", reason=reason_word(reason, words)),)


def _damage_noted(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    words, damage = voice.words, text_of(outcome, "damage")
    noted = words.tr("It is noted.")
    if damage in Damage.__members__:
        noted = words.tr("Noted: {damage}.", damage=damage_word(Damage[damage], words))
    return (noted, words.tr("Please give it to the teacher."))


def _pin_part(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, digits = voice.words.tr, text_of(outcome, "label")
    dots = _DOT * min(number_of(outcome, "count"), 12)
    if outcome.view is not None and outcome.view.staff:
        return (tr("Number: {digits}", digits=digits or dots), tr("Scan all digits, then [OK]"))
    return (tr("PIN: {dots}", dots=dots), tr("Scan all digits, then [OK]"))


def _pin_wait(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, seconds = voice.words.tr, number_of(outcome, "seconds")
    again = (
        tr("Try again in {n} seconds.", n=seconds)
        if seconds < 120
        else tr("Try again in {n} minutes.", n=-(-seconds // 60))
    )
    return (tr("Too many wrong PINs."), again)


def _clock_confirmed(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    now = " ".join(part for part in (day_of(outcome, voice), text_of(outcome, "until")) if part)
    return (voice.words.tr("The time is right: {now}", now=now), voice.words.tr("Lending goes on."))


def _not_a_monitor(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    if text_of(outcome, "kind"):
        return (tr("This card cannot be on duty now."), tr("Please see the teacher."))
    return (tr("This is not a monitor's card."), tr("Please see a monitor."))


def _not_now(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, next_turn = voice.words.tr, _next_turn(outcome, voice)
    if next_turn:
        return (*of_class(_marked("{label} has no turn now."))(outcome, voice), *next_turn)
    if code := text_of(outcome, "code"):
        return (tr("This cannot be allowed here."), short(Block(BlockCode(code)), voice))
    if day := day_of(outcome, voice):
        return (tr("This card was for {day} only.", day=day), tr("Please see a monitor."))
    if why := _standing(outcome, voice):
        return (why,)
    return (tr("This label does nothing just now."), tr("Please scan a book or a card."))


def _standing(outcome: Outcome, voice: Voice) -> str:
    """Say why a staff label does nothing with a book as it stands."""
    tr = voice.words.tr
    standings = {
        "on_loan": tr("It is still out: return it first."),
        "active": tr("It is in order already."),
        "lost": tr("It is noted as lost."),
        "in_repair": tr("It is being mended."),
        "withdrawn": tr("It is written off."),
        "charged": tr("It is charged already."),
        "never_lent": tr("Nobody has borrowed it yet."),
        "no_hold": tr("This reader has no hold."),
    }
    return standings.get(text_of(outcome, "status"), "")


def _no_turn_today(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    if number_of(outcome, "unknown"):
        return (tr("There is no such class."), tr("Please scan another class label."))
    if text_of(outcome, "hint") == "open_now":
        said = of_class(_marked("{label} is cancelled for today already."))(outcome, voice)
        return (*said, tr("To lend: scan the class label to open now"))
    if number_of(outcome, "cancelled"):
        return _turn_cancelled(outcome, voice)
    said = of_class(_marked("{label} has no turn today."))(outcome, voice)
    return (*said, *(_next_turn(outcome, voice) or (voice.words.tr("Books can always come back"),)))


def _window_opened(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    """Say for whom and until when; staff, whose digits would change that, also how."""
    message = _marked("Open until {until}")
    if outcome.view is not None and outcome.view.staff:
        message = _marked("Until {until}. Other end: key in 1645, Enter")
    return with_until(message, of_class(_marked("{label} may borrow now.")))(outcome, voice)


def _window_extended(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    until = text_of(outcome, "until")
    if not until:
        return of_class(_marked("{label} may borrow now."))(outcome, voice)
    label = text_of(outcome, "class_label") or voice.words.tr("the whole school")
    return (
        voice.fitted(_marked("{label} may borrow until {until}."), "label", label, until=until),
    )


def _turn_cancelled(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    said = of_class(_marked("Today's turn of {label} is cancelled."))(outcome, voice)
    return (*said, *(_next_turn(outcome, voice) or (voice.words.tr("Books can always come back"),)))


def _next_turn(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    text = text_of(outcome, "next_at")
    if not text:
        return ()
    at, words = datetime.fromisoformat(text), voice.words
    day = words.day(at.date(), voice.today)
    when = words.tr("{day} {time}", day=day, time=words.clock(at))
    return (words.tr("Next turn: {when}", when=when),)


def _recall_queued(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    if number_of(outcome, "count") == 0:
        return of_class(_marked("Nothing of {label} is to be called back."))(outcome, voice)
    said = of_class(_marked("Recall slips of {label} are coming."))(outcome, voice)
    slips = number_of(outcome, "count")
    return (*said, voice.words.tr("{n} slips", n=slips)) if slips else said


def _not_cleared(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    first = voice.fitted(_marked("{name} is not cleared yet."), "name", name_of(outcome, voice))
    books, fen = number_of(outcome, "count"), number_of(outcome, "fen")
    parts = [
        *([tr("{n} books still out", n=books)] if books else []),
        *([tr("{yuan} yuan not settled", yuan=yuan(fen))] if fen else []),
    ]
    return (first, tr(", ").join(parts)) if parts else (first,)


def _crate_closed(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, count = voice.words.tr, number_of(outcome, "count")
    if outcome.crate is not None:
        count = outcome.crate.returned
    counted = (tr("{n} returned", n=count),) if count else ()
    return (tr("Returning is finished."), *counted)


def _overdue_back(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, day = voice.words.tr, day_of(outcome, voice)
    following = tr("Borrow again after {day}", day=day) if day else tr("Next time a little sooner")
    return (tr("Put it in the return tray"), following)


def _hold_refused(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    reasons = {
        "already": tr("One hold for each pupil."),
        "own_loan": tr("This reader has the book already."),
        "not_lent": tr("This book is not for lending."),
        "not_a_pupil": tr("Holds are for pupils."),
    }
    why = reasons.get(text_of(outcome, "kind"))
    return (tr("It cannot be put on hold."), *((why,) if why else ()))


def _item_changed(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    changes = {
        "active": tr("It can be lent again."),
        "lost": tr("It is noted as lost."),
        "in_repair": tr("It goes to be mended."),
        "withdrawn": tr("It is written off."),
    }
    return (changes.get(text_of(outcome, "kind"), tr("It is noted.")),)


def _charged(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, name = voice.words.tr, name_of(outcome, voice)
    amount = tr("{yuan} yuan, or the same book new", yuan=yuan(number_of(outcome, "fen")))
    return (voice.fitted(_marked("To be made good by {name}:"), "name", name), amount)


def _settled(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, name = voice.words.tr, name_of(outcome, voice)
    ways = {
        "paid": tr("Paid: {yuan} yuan", yuan=yuan(number_of(outcome, "fen"))),
        "replaced": tr("A new copy was brought"),
        "waived": tr("Nothing need be paid"),
    }
    way = ways.get(text_of(outcome, "kind"))
    first = voice.fitted(_marked("Settled for {name}."), "name", name)
    return (first, way) if way else (first,)


def _reader_changed(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    tr, name, day = voice.words.tr, name_of(outcome, voice), day_of(outcome, voice)
    match text_of(outcome, "kind"):
        case "active":
            return (voice.fitted(_marked("{name} may borrow again."), "name", name),)
        case "suspended":
            first = voice.fitted(_marked("{name} may not borrow for now."), "name", name)
            return (first, tr("Borrow again after {day}", day=day)) if day else (first,)
        case "lost":
            first = voice.fitted(_marked("The card of {name} is reported lost."), "name", name)
            return (first, tr("It does not work from now on."))
        case _:
            return (voice.fitted(_marked("Noted for {name}."), "name", name),)


def _enter_number(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    """Say which number is meant, an example of it, and how to end it."""
    tr = voice.words.tr
    asked = {
        Command.CHARGE: tr("Key in the sum in whole yuan: 28"),
        Command.TODO: tr("Key in what was done: 1 to {n}", n=len(CLOSED_BY)),
    }
    command = text_of(outcome, "command")
    known = next((said for one, said in asked.items() if one == command), None)
    return (known or tr("Key in the number"), tr("Then Enter, or scan [OK]"))


def _todo_shown(outcome: Outcome, voice: Voice) -> tuple[str, ...]:
    count = number_of(outcome, "count")
    tr = voice.words.tr
    return (tr("To do: {n}", n=count) if count else tr("Nothing is left to do."),)


_SENTENCES: Final[Mapping[Note, Sentence]] = {
    Note.DUTY_CARD: plain(_marked("Duty: scan the monitor's own card")),
    Note.DUTY_BEGAN: with_until(
        _marked("On duty until {until}"), named(_marked("{name} is on duty."))
    ),
    Note.DUTY_ENDED: named(_marked("{name} is off duty."), _marked("Thank you!")),
    Note.NOT_A_MONITOR: _not_a_monitor,
    Note.NEEDS_MONITOR: plain(
        _marked("Only a monitor on duty may do this."), _marked("Please see a monitor.")
    ),
    Note.NEEDS_STAFF: plain(
        _marked("Only the teacher may do this."), _marked("Please see the teacher.")
    ),
    Note.NOT_FOR_YOURSELF: plain(
        _marked("Nobody does this for their own card."), _marked("Please see the teacher.")
    ),
    Note.STAFF_BEGAN: plain(_marked("Scan a label, or press a key"), _marked("To end: [DONE]")),
    Note.PIN_PART: _pin_part,
    Note.WRONG_PIN: plain(_marked("The PIN is wrong."), _marked("Please enter it again.")),
    Note.PIN_WAIT: _pin_wait,
    Note.CLOCK_CONFIRMED: _clock_confirmed,
    Note.CLOCK_NOT_CONFIRMED: plain(
        _marked("This time cannot be right."), _marked("Please fetch the teacher.")
    ),
    Note.BY_BINDER: named(
        _marked("From the binder: {name}?"), _marked("Yes: scan the books. No: scan [DONE]")
    ),
    Note.BY_DAY_CARD: named(_marked("Temporary card of {name}."), _marked("Scan your books")),
    Note.OVERRIDDEN: _overridden,
    Note.NOTHING_TO_OVERRIDE: plain(
        _marked("Nothing was refused here just now."), _marked("Scan the book first, then a reason")
    ),
    Note.SCAN_BOOK: scan_next(_marked("Now scan the book")),
    Note.SCAN_READER: scan_next(_marked("Now scan the card or the binder")),
    Note.SCAN_CLASS: scan_next(_marked("Now scan the class label")),
    Note.SCAN_NEW_CARD: scan_next(_marked("Now scan the new card")),
    Note.ENTER_NUMBER: _enter_number,
    Note.NOT_NOW: _not_now,
    Note.WINDOW_OPENED: _window_opened,
    Note.WINDOW_EXTENDED: _window_extended,
    Note.WINDOW_ENDED: plain(
        _marked("Lending has ended for now."), _marked("Books can always come back")
    ),
    Note.TURN_CANCELLED: _turn_cancelled,
    Note.NO_TURN_TODAY: _no_turn_today,
    Note.BOARD_SHOWN: of_class(
        _marked("The board of {label} is on."), _marked("It shows when nobody is scanning")
    ),
    Note.BOARD_HIDDEN: of_class(_marked("The board of {label} is off.")),
    Note.LANE_RETURNS: plain(
        _marked("This side takes books back only."), _marked("Scan the label again to undo this")
    ),
    Note.LANE_LENDS: plain(_marked("This side lends again.")),
    Note.SHEET_QUEUED: of_class(_marked("The sheet of {label} is coming.")),
    Note.RECALL_QUEUED: _recall_queued,
    Note.CLEARED: named(
        _marked("{name} has nothing open."), _marked("The clearance slip is coming.")
    ),
    Note.NOT_CLEARED: _not_cleared,
    Note.VISIT_BEGAN: named(_marked("Welcome, {name}!"), _marked("Scan again when you leave")),
    Note.VISIT_ENDED: named(_marked("Goodbye, {name}!")),
    Note.VISIT_NOTED: named(_marked("{name} is noted already")),
    Note.CRATE_OPENED: plain(_marked("Returns: scan book after book")),
    Note.CRATE_CLOSED: _crate_closed,
    Note.SET_ASIDE: plain(
        _marked("Somebody is waiting for it."), _marked("Put it on the hold shelf")
    ),
    Note.OVERDUE_BACK: _overdue_back,
    Note.OTHER_CLASS: of_class(
        _marked("It was lent to {label}."), _marked("Put it in the return tray")
    ),
    Note.FOUND_LOST: plain(
        _marked("You found a lost book, thank you!"), _marked("Please give it to the teacher.")
    ),
    Note.DAMAGE_NOTED: _damage_noted,
    Note.NO_BOOK_FOR_DAMAGE: plain(
        _marked("No book has just come back."), _marked("Return the book first, then scan this")
    ),
    Note.HOLD_PLACED: named(_marked("Kept for {name}.")),
    Note.HOLD_ENDED: named(_marked("The hold of {name} is over.")),
    Note.HOLD_REFUSED: _hold_refused,
    Note.ITEM_CHANGED: _item_changed,
    Note.CHARGED: _charged,
    Note.SETTLED: _settled,
    Note.NO_CHARGE: plain(_marked("There is nothing to settle.")),
    Note.READER_CHANGED: _reader_changed,
    Note.CARD_REPLACED: named(
        _marked("{name} has a new card."), _marked("The old one does not work any more.")
    ),
    Note.CARD_TAKEN: plain(
        _marked("This card is somebody else's."), _marked("Please take another new card.")
    ),
    Note.DAY_CARD_QUEUED: named(_marked("A temporary card for {name} is coming.")),
    Note.TODO_SHOWN: _todo_shown,
    Note.TODO_CLOSED: with_number(_marked("Number {number} is done.")),
    Note.NO_SUCH_LINE: with_number(_marked("There is no number {number}.")),
    Note.DEVICES_SHOWN: plain(_marked("These are the devices."), _marked("To end: [DONE]")),
}
