"""What the desk's labels are called: commands, reasons, damages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.domain import Command, Damage, Reason
from kiosk.wording import Words


def command_word(command: Command, words: Words) -> str:
    """Name a command as its label does.

    >>> command_word(Command.DONE, Words("zh_CN"))
    '完成'
    """
    return words.tr(_COMMANDS[command][0])


def command_sentence(command: Command, words: Words) -> str:
    """Say in one sentence what a command label does, or what is to be scanned after it.

    >>> command_sentence(Command.RECALL, Words("en"))
    'Then scan the class label: what each reader is to bring back.'
    """
    return words.tr(_COMMANDS[command][1])


def reason_word(reason: Reason, words: Words) -> str:
    """Name a reason for lending against a rule.

    >>> reason_word(Reason.TURN_MISSED, Words("zh_CN"))
    '上次没轮到'
    """
    return words.tr(_REASONS[reason])


def damage_word(damage: Damage, words: Words) -> str:
    """Name what is wrong with a book.

    >>> damage_word(Damage.WET, Words("zh_CN"))
    '水渍'
    """
    return words.tr(_DAMAGES[damage])


def _marked(message: str) -> str:
    """Mark a message for extraction; it is translated when it is said."""
    return message


_COMMANDS: Final[Mapping[Command, tuple[str, str]]] = {
    Command.DONE: (_marked("Done"), _marked("I have finished. The next one may come.")),
    Command.UNDO: (_marked("Undo"), _marked("Wrong book? This takes back the last scan.")),
    Command.RETURN: (
        _marked("Return"),
        _marked("Scan this first, then the books to give back, for others too."),
    ),
    Command.RENEW: (
        _marked("Renew"),
        _marked("Scan this first, then the book you want to keep longer."),
    ),
    Command.SLIP: (_marked("Slip"), _marked("I want a slip on paper.")),
    Command.HELP: (_marked("Call the teacher"), _marked("Stuck? The teacher comes.")),
    Command.DUTY: (_marked("Duty"), _marked("Scan this, then your own card.")),
    Command.OK: (_marked("OK"), _marked("Scan this after the last digit.")),
    Command.LANE: (
        _marked("Returns only"),
        _marked("This side takes books back only. Scan it again to end this."),
    ),
    Command.CLOCK: (_marked("The time is right"), _marked("Compare with a watch, then scan this.")),
    Command.SHEET: (
        _marked("Class sheet"),
        _marked("Then scan the class label: who has which book."),
    ),
    Command.CANCEL: (
        _marked("Cancel a turn"),
        _marked("Then scan the class label: it has no turn today."),
    ),
    Command.CLOSE: (
        _marked("End lending"),
        _marked("Then scan the class label: what was opened for it ends now."),
    ),
    Command.LOST: (_marked("Lost"), _marked("Then scan the book, or key in its number.")),
    Command.FOUND: (_marked("Found"), _marked("Then scan the lost book that is here again.")),
    Command.REPAIR: (_marked("To be mended"), _marked("Then scan the book: it is not lent.")),
    Command.REPAIRED: (_marked("Mended"), _marked("Then scan the book: it can be lent again.")),
    Command.WRITEOFF: (_marked("Write off"), _marked("Then scan the book: it leaves the stock.")),
    Command.CHARGE: (
        _marked("Charge"),
        _marked("Then scan the book: its last reader makes it good."),
    ),
    Command.PAID: (_marked("Paid"), _marked("Then scan the book that was paid for.")),
    Command.REPLACED: (
        _marked("Replaced"),
        _marked("Then scan the old book: a new copy was brought."),
    ),
    Command.WAIVE: (_marked("Waive"), _marked("Then scan the book: nobody need pay for it.")),
    Command.HOLD: (_marked("Hold"), _marked("Then scan the reader, then the book.")),
    Command.UNHOLD: (_marked("End a hold"), _marked("Then scan the reader whose hold is over.")),
    Command.SUSPEND: (
        _marked("Suspend"),
        _marked("Then scan the reader: returns only, no new books."),
    ),
    Command.RESUME: (_marked("Resume"), _marked("Then scan the reader, who may borrow again.")),
    Command.CARDLOST: (
        _marked("Card lost"),
        _marked("Then scan the reader in the binder: the card stops working."),
    ),
    Command.NEWCARD: (
        _marked("New card"),
        _marked("Then scan the reader in the binder, then the new card."),
    ),
    Command.TEMPCARD: (
        _marked("Temporary card"),
        _marked("Then scan the reader in the binder: a card for today is printed."),
    ),
    Command.CLEAR: (
        _marked("Clearance"),
        _marked("Then scan the reader who leaves: the clearance slip."),
    ),
    Command.RECALL: (
        _marked("Recall"),
        _marked("Then scan the class label: what each reader is to bring back."),
    ),
    Command.TODO: (_marked("To do"), _marked("What waits for you; a number closes that line.")),
    Command.DEVICES: (
        _marked("Devices"),
        _marked("Scanners and printer: what is wrong, what to do."),
    ),
}

_REASONS: Final[Mapping[Reason, str]] = {
    Reason.TEACHER_AGREED: _marked("The teacher agreed"),
    Reason.TURN_MISSED: _marked("Missed the last turn"),
    Reason.NEEDED_IN_LESSON: _marked("Needed in a lesson"),
    Reason.QUEUE_TOO_LONG: _marked("The queue was too long"),
    Reason.OTHER: _marked("Another reason"),
}

_DAMAGES: Final[Mapping[Damage, str]] = {
    Damage.DOODLED: _marked("Scribbled on"),
    Damage.TORN: _marked("Torn"),
    Damage.PAGES: _marked("Pages missing"),
    Damage.WET: _marked("Wet"),
}
