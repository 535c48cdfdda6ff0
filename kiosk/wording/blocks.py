"""The reasons for a refusal, as a nine-year-old understands them: what is so, what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from kiosk.domain import Block, BlockCode, ClassCode, Value
from kiosk.wording import Words

LINE_COLUMNS: Final = 38
"""What one line of a lane holds at 80x24; a sentence in English may take two of them."""


class Voice:
    """Speaks of one moment: `today` is the school's date, `class_label` names a class on it.

    `columns` is the room of one line.
    """

    def __init__(
        self,
        words: Words,
        class_label: Callable[[ClassCode, date], str],
        today: date,
        columns: int = LINE_COLUMNS,
    ) -> None:
        self.words = words
        self.class_label = class_label
        self.today = today
        self.columns = columns

    def titled(self, title: object) -> str:
        """Put a title in its marks: 《夏洛的网》."""
        text = str(title)
        if not self.words.language.startswith("zh"):
            text = text.replace("“", "‘").replace("”", "’")
        return self.words.tr("“{title}”", title=text)

    def when(self, block: Block) -> str:
        """Say when the reader may come next: 星期四16:30, 明天10:00大课间; "" if none is set."""
        is_own = block.values.get("next_kind") == "class"
        window = None if is_own else block.values.get("next_window")
        return self._opening(block.values.get("next_at"), window)

    def sooner(self, block: Block) -> str:
        """Say the chance that comes before the own class's turn, "" without one."""
        return self._opening(block.values.get("sooner_at"), block.values.get("sooner_window"))

    def _opening(self, opens_at: Value, window: Value) -> str:
        if not isinstance(opens_at, str):
            return ""
        at = datetime.fromisoformat(opens_at)
        day, time = self.words.day(at.date(), self.today), self.words.clock(at)
        if not window:
            return self.words.tr("{day} {time}", day=day, time=time)
        return self.words.tr("{day} {time}, {window}", day=day, time=time, window=window)

    def classes(self, block: Block) -> str:
        """Name the classes whose turn it is."""
        codes = str(block.values.get("now", "")).split()
        return self.words.tr(", ").join(
            self.class_label(ClassCode(code), self.today) for code in codes
        )

    @property
    def room(self) -> int:
        """The columns of one sentence: one line of Chinese, two of English."""
        return self.columns * (1 if self.words.language.startswith("zh") else 2)

    def fitted(
        self, message: str, place: str, value: str, *, marks: str = "{}", **others: object
    ) -> str:
        """Translate `message` and fill its places, cutting the value of one where the line ends.

        `marks` is put round the value after it was cut.
        """
        empty = self.words.tr(message, **{place: marks.format("")}, **others)
        room = self.room - columns(empty)
        return self.words.tr(message, **{place: marks.format(cut(value, room))}, **others)

    def date_of(self, value: object) -> str:
        """Say a day of a block's values, "" without one."""
        return self.words.due_date(date.fromisoformat(value)) if isinstance(value, str) else ""


def columns(text: str) -> int:
    """Count the columns a terminal needs.

    >>> columns("《草房子》 3")
    12
    """
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def cut(text: str, most: int) -> str:
    """Cut a text to `most` columns, its end replaced by `…`.

    >>> cut("从前有一个小男孩", 9)
    '从前有一…'
    """
    if columns(text) <= most:
        return text
    while text and columns(text) >= most:
        text = text[:-1]
    return text + "…"


def sentence(block: Block, voice: Voice) -> tuple[str, ...]:
    """Say one reason in one or two short lines, the last saying what to do."""
    return _SENTENCES[block.code](block, voice)


def short(block: Block, voice: Voice) -> str:
    """Name one reason in a few words, for the monitor's dim line."""
    tr = voice.words.tr
    match block.code:
        case BlockCode.LIMIT_REACHED:
            return tr("has {count} already", count=block.values.get("count"))
        case BlockCode.OVERDUE_ITEMS:
            return tr("a book is due back")
        case BlockCode.WINDOW_CLOSED:
            return tr("closed now")
        case BlockCode.NOT_YOUR_TURN:
            return tr("another class's turn")
        case BlockCode.ON_LOAN_TO_OTHER:
            return tr("on another card")
        case BlockCode.ON_HOLD_FOR_OTHER:
            return tr("kept for another reader")
        case BlockCode.TERM_CLOSING if block.values.get("no_next_term"):
            return tr("no term is set")
        case BlockCode.COLLECTION_LIMIT_REACHED:
            return tr("has {count} of this kind", count=block.values.get("count"))
        case _:
            return sentence(block, voice)[0].rstrip("。.")


def _not_your_turn(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    now = voice.fitted(_marked("Today it is {classes}'s turn."), "classes", voice.classes(block))
    when = voice.when(block)
    if not when:
        return (now, tr("Ask your teacher when yours is."))
    if block.values.get("next_kind") == "class":
        return (now, _own_turn(block, voice, when))
    return (now, voice.fitted(_marked("You: {when}"), "when", when))


def _own_turn(block: Block, voice: Voice, when: str) -> str:
    """Say the own class's turn, and a sooner chance where the line has room for it."""
    tr, sooner = voice.words.tr, voice.sooner(block)
    own = tr("Your class: {when}", when=when)
    both = tr("Your class: {when} (or {sooner})", when=when, sooner=sooner)
    return both if sooner and columns(both) <= voice.room else own


def _window_closed(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    when = voice.when(block)
    if block.values.get("no_next_term"):
        return _no_next_term(voice)
    if not when:
        return (tr("No lending now."), tr("(Returns at any time)"))
    following = voice.fitted(_marked("Next: {when} (returns at any time)"), "when", when)
    return (tr("No lending now."), following)


def _term_closing(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    if block.values.get("no_next_term"):
        return _no_next_term(voice)
    back_by = voice.date_of(block.values.get("back_by"))
    if not back_by:
        return (tr("No more lending this term."), tr("Please ask the teacher."))
    return (tr("No more lending this term."), tr("Bring books back by {day}.", day=back_by))


def _no_next_term(voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    return (tr("New lending times are not set yet; books can come back."), tr("Come again later."))


def _limit_reached(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    count = block.values.get("count")
    return (tr("Books you have: {count}.", count=count), tr("Return one, then borrow."))


def _collection_limit(block: Block, voice: Voice) -> tuple[str, ...]:
    tr, limit = voice.words.tr, block.values.get("limit")
    kind = collection_told(block.values.get("collection"), voice.words)
    if kind:
        most = voice.fitted(_marked("{kind}: at most {limit}."), "kind", kind, limit=limit)
    else:
        most = tr("Of this kind: at most {limit}.", limit=limit)
    return (most, tr("Return one of them, then borrow."))


def collection_told(collection: Value, words: Words) -> str:
    """Name a collection as a reader knows it; "" for a code that readers have never seen.

    >>> collection_told("comic", Words("zh_CN")), collection_told("绘本", Words("zh_CN"))
    ('漫画书', '绘本')
    """
    match collection:
        case "comic":
            return words.tr("Comics")
        case "picture":
            return words.tr("Picture books")
        case "magazine" | "periodical":
            return words.tr("Magazines")
        case "reference":
            return words.tr("Reference books")
        case str() if not collection.isascii() or not words.language.startswith("zh"):
            return collection
        case _:
            return ""


def _card_lost(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    if block.values.get("replaced"):
        return (tr("There is a new card for this old one."), tr("Please give it to the teacher."))
    return (tr("This card was reported lost."), tr("Please give it to the teacher."))


def _suspended(block: Block, voice: Voice) -> tuple[str, ...]:
    tr, until = voice.words.tr, block.values.get("until")
    if not isinstance(until, str):
        return (tr("You cannot borrow just now."), tr("Please ask the teacher."))
    last = date.fromisoformat(until)
    days = (last - voice.today).days + 1
    again = voice.words.due_date(last + timedelta(days=1))
    return (
        tr("No loans for now, days left: {days}.", days=days),
        tr("You can borrow again from {day}.", day=again),
    )


def _on_hold(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    if block.values.get("wanted"):
        return (tr("Somebody is waiting for this book."), tr("Please return it today."))
    return (tr("This book is kept for another reader."), tr("Please give it to a monitor."))


def _overdue(block: Block, voice: Voice) -> tuple[str, ...]:
    title, marks = str(block.values.get("title", "")), voice.titled("{}")
    due = voice.fitted(_marked("{title} is due back."), "title", title, marks=marks)
    return (due, voice.words.tr("Return it, then borrow."))


def _not_lent_at_all(block: Block, voice: Voice) -> tuple[str, ...]:
    tr = voice.words.tr
    if block.values.get("collection") == "reference":
        return (tr("Reference books are read here, not lent"),)
    return (tr("This book is read here, not lent"),)


def _unreadable(block: Block, voice: Voice) -> tuple[str, ...]:
    if block.values.get("reason") == "unknown_command":
        return (voice.words.tr("There is no such label"),)
    return (voice.words.tr("Not read clearly, please scan again"),)


def _isbn(block: Block, voice: Voice) -> tuple[str, ...]:
    place = str(block.values.get("place", ""))
    return (
        voice.words.tr("That is the ISBN, not our label."),
        voice.fitted(_marked("Please scan the label {place}"), "place", place),
    )


def _plain(*messages: str) -> Callable[[Block, Voice], tuple[str, ...]]:
    return lambda _, voice: tuple(voice.words.tr(message) for message in messages)


def _marked(message: str) -> str:
    """Mark a message for extraction; it is translated when it is said."""
    return message


_SENTENCES: Final[dict[BlockCode, Callable[[Block, Voice], tuple[str, ...]]]] = {
    BlockCode.CLOCK_DOUBTED: _plain(
        _marked("The clock is wrong: returns only."), _marked("Please fetch the teacher.")
    ),
    BlockCode.LEDGER_UNAVAILABLE: _plain(
        _marked("Nothing can be recorded now."), _marked("Teacher: please note it on paper.")
    ),
    BlockCode.LABEL_UNREADABLE: _unreadable,
    BlockCode.CARD_UNKNOWN: _plain(
        _marked("This card is not known."), _marked("Please see a monitor.")
    ),
    BlockCode.ITEM_UNKNOWN: _plain(
        _marked("This book is not registered yet."), _marked("Put it in the pending tray.")
    ),
    BlockCode.ISBN_NOT_ITEM: _isbn,
    BlockCode.CARD_LOST: _card_lost,
    BlockCode.READER_SUSPENDED: _suspended,
    BlockCode.READER_EXPIRED: _plain(
        _marked("Your card has expired."), _marked("Please see the teacher.")
    ),
    BlockCode.WINDOW_CLOSED: _window_closed,
    BlockCode.NOT_YOUR_TURN: _not_your_turn,
    BlockCode.TERM_CLOSING: _term_closing,
    BlockCode.NO_RULE: _plain(
        _marked("This book is not for lending."), _marked("Please ask the teacher.")
    ),
    BlockCode.REFERENCE_ONLY: _not_lent_at_all,
    BlockCode.ITEM_WITHDRAWN: _plain(
        _marked("This book is out of use."), _marked("Please give it to the teacher.")
    ),
    BlockCode.ITEM_LOST: _plain(
        _marked("You found a lost book, thank you!"), _marked("Please give it to the teacher.")
    ),
    BlockCode.ITEM_IN_REPAIR: _plain(
        _marked("This book needs mending."), _marked("Please give it to the teacher.")
    ),
    BlockCode.ON_LOAN_TO_OTHER: _plain(
        _marked("This book is on another card."),
        _marked("To return it for them: scan [Return], then the book"),
    ),
    BlockCode.ON_HOLD_FOR_OTHER: _on_hold,
    BlockCode.OVERDUE_ITEMS: _overdue,
    BlockCode.UNPAID_CHARGE: _plain(
        _marked("A lost or damaged book is not settled yet."), _marked("Please see the teacher.")
    ),
    BlockCode.LIMIT_REACHED: _limit_reached,
    BlockCode.COLLECTION_LIMIT_REACHED: _collection_limit,
    BlockCode.SAME_TITLE: _plain(
        _marked("You have this title already."), _marked("Choose another one.")
    ),
    BlockCode.RENEWALS_EXHAUSTED: _plain(
        _marked("It cannot be renewed again."), _marked("Please return it first.")
    ),
}
