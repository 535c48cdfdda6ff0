"""Scenes for the screens' tests: a desk on Thursday 10 September 2026, 16:34, in a turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.app import Clock, KioskApp
from kiosk.domain import (
    Barcode,
    Card,
    Command,
    Deed,
    DeviceState,
    Done,
    Hall,
    LoanLine,
    Note,
    Outcome,
    OutcomeKind,
    SessionView,
    TurnNow,
    Upcoming,
)
from kiosk.domain import Mode as LaneMode
from kiosk.rotation.classes import ClassNames
from kiosk.screens.news import Mailbox
from kiosk.screens.palette import lane_styles
from kiosk.wording import Words
from kiosk.wording.blocks import LINE_COLUMNS, Voice
from kiosk.wording.outcomes import Said, Tone, say

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 9, 10, 16, 34, 10, tzinfo=ZONE)
SCHOOL = "城关镇实验小学 图书室"


@dataclass
class FakeClock:
    """Both clocks of the desk, moved by hand and together."""

    passed: float = 0.0

    def now(self) -> datetime:
        return (START + timedelta(seconds=self.passed)).astimezone(UTC)

    def seconds(self) -> float:
        return self.passed

    def clock(self) -> Clock:
        return Clock(self.now, ZONE, self.seconds)


@dataclass
class Speech:
    """Says each outcome as the test wrote it down, by kind; records nothing else."""

    by_kind: Mapping[OutcomeKind, Said] = field(default_factory=dict)

    def __call__(self, outcome: Outcome) -> Said:
        return self.by_kind[outcome.kind]


def own_words(
    language: str = "zh_CN", line_columns: Callable[[], int] = lambda: LINE_COLUMNS
) -> Callable[[Outcome], Said]:
    """Say outcomes as the desk does, in lines of the room there is."""
    words = Words(language)
    label = "{grade}({number})班" if language == "zh_CN" else "{grade}({number})"
    names = ClassNames(label, 6, words)
    return lambda outcome: say(outcome, Voice(words, names.label, START.date(), line_columns()))


def at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=ZONE)


UPCOMING = (
    Upcoming(at(10, 16, 45), "三(2)班"),
    Upcoming(at(11, 10, 0), "大课间 三至六年级"),
    Upcoming(at(11, 16, 30), "四(1)班"),
)
IN_TURN = Hall(
    START,
    "ok",
    now=(TurnNow(("三(1)班",), True, at(10, 16, 45), come=12, expected=45),),
    upcoming=UPCOMING,
)
TWO_CLASSES = replace(
    IN_TURN,
    now=(
        TurnNow(("三(1)班",), True, at(10, 16, 45), come=12, expected=45),
        TurnNow(("五(12)班",), True, at(10, 16, 45), come=3, expected=44),
    ),
)
FREE = replace(IN_TURN, now=(TurnNow(("大课间 三至六年级",), False, at(10, 16, 45)),))
CLOSED = replace(IN_TURN, now=())
DOUBTED = replace(IN_TURN, clock="doubted")
BROKEN = replace(IN_TURN, ledger_ok=False)
IN_ENGLISH = replace(
    IN_TURN,
    now=(TurnNow(("3(1)",), True, at(10, 16, 45), come=12, expected=45),),
    upcoming=(Upcoming(at(10, 16, 45), "3(2)"), Upcoming(at(11, 10, 0), "Break, grades 3-6")),
)

DEVICES = (
    DeviceState("left", "scanner", True, "left"),
    DeviceState("right", "scanner", True, "right"),
    DeviceState("printer", "printer", True),
)

WEB = Done(Deed.LENT, Barcode("10000001"), "夏洛的网", date(2026, 9, 17))
GRASS = Done(Deed.RETURNED, Barcode("10000002"), "草房子")
CITY = LoanLine(Barcode("10000003"), "城南旧事", date(2026, 9, 14))
INSECTS = LoanLine(Barcode("10000004"), "昆虫记", date(2026, 9, 7), overdue=True)
WEB_LOAN = LoanLine(WEB.barcode, WEB.title, date(2026, 9, 17))


def view(session: int = 1, **changes: object) -> SessionView:
    """Xiaoming's session, with one book lent in it and 20 s to go."""
    wang = SessionView(
        session=session,
        card=Card("R000001"),
        name="王小明",
        class_label="三(1)班",
        kind="student",
        mode=LaneMode.LEND,
        loans=(WEB_LOAN,),
        done=(WEB,),
        limit=2,
        ends_at=(START + timedelta(seconds=20)).astimezone(UTC),
    )
    return replace(wang, **changes)  # type: ignore[arg-type]


LI = view(
    2, card=Card("R000002"), name="李小红", class_label="三(2)班", loans=(CITY, INSECTS), done=()
)

OPENED = Said(Tone.QUIET, "", "", "", ("请扫书",))
LENT = Said(Tone.LENT, "借好了", "▲", "《夏洛的网》", ("9月17日(四)前还",))
RETURNED = Said(Tone.RETURNED, "还好了", "▼", "《草房子》", ("放到还书车上",))
REFUSED = Said(
    Tone.NO,
    "不能借",
    "✗",
    "《草房子》",
    ("今天轮到三(1)班。", "你们班:星期四16:45"),
    "另有1个原因:已借2本",
)
CARD_FIRST = Said(Tone.ATTENTION, "等一等", "!", "《昆虫记》", ("还没有借!请先扫借书证",))
BYE = Said(Tone.QUIET, "", "", "再见!", ("借了1本,还了2本",))
NOTHING = Said(Tone.QUIET, "", "", "", ())


def outcome(kind: OutcomeKind, lane: str = "left", **values: object) -> Outcome:
    """An outcome of a scan on a lane; the label is only there to make it one."""
    made = Outcome(START.astimezone(UTC), lane, kind, scan="10000001")
    return replace(made, **values)  # type: ignore[arg-type]


SPEECH: Mapping[OutcomeKind, Said] = {
    OutcomeKind.SESSION_OPENED: OPENED,
    OutcomeKind.CHECKED_OUT: LENT,
    OutcomeKind.CHECKED_IN: RETURNED,
    OutcomeKind.REFUSED: REFUSED,
    OutcomeKind.ATTENTION: CARD_FIRST,
    OutcomeKind.SESSION_CLOSED: BYE,
    OutcomeKind.IGNORED: NOTHING,
    OutcomeKind.MODE_CHANGED: NOTHING,
}

LENDING = outcome(
    OutcomeKind.CHECKED_OUT, title=WEB.title, due_on=WEB.due_on, view=view(), session=1
)
REFUSING = outcome(OutcomeKind.REFUSED, "right", view=LI, session=2)
RETURNING = outcome(OutcomeKind.CHECKED_IN, view=view(done=(GRASS, WEB)), session=1)
ASKING = outcome(OutcomeKind.ATTENTION, note=Note.CARD_FIRST)
GREETING = outcome(OutcomeKind.SESSION_OPENED, view=view(done=(), loans=(CITY,)), session=1)
LEAVING = outcome(OutcomeKind.SESSION_CLOSED, scan=None, view=view(done=(GRASS, WEB)), session=1)


def text_of(app: KioskApp) -> str:
    """All text on the screen, rows joined, as Textual would draw it."""
    return "\n".join(
        "".join(segment.text for segment in strip)
        for strip in app.screen._compositor.render_strips()
    )


@dataclass
class Heard:
    """Records what the app hands on."""

    keys: list[tuple[str, str | None]] = field(default_factory=list)
    commands: list[tuple[str, Command]] = field(default_factory=list)
    pastes: list[str] = field(default_factory=list)
    sounds: list[tuple[Tone, str]] = field(default_factory=list)

    def key(self, key: str, character: str | None) -> None:
        self.keys.append((key, character))

    def command(self, lane: str, command: Command) -> None:
        self.commands.append((lane, command))

    def sound(self, tone: Tone, lane: str) -> None:
        self.sounds.append((tone, lane))


def desk(
    fake: FakeClock,
    *,
    lanes: tuple[str, ...] = ("left", "right"),
    language: str = "zh_CN",
    speech: Callable[[Outcome], Said] | None = None,
    heard: Heard | None = None,
    side: str | None = None,
    hint: str = "",
    mailbox: Mailbox | None = None,
) -> KioskApp:
    """A desk's screen on a clock moved by hand, with hand-made words."""
    words = Words(language)
    heard = heard or Heard()
    return KioskApp(
        lane_styles(lanes, words),
        words,
        school=SCHOOL,
        clock=fake.clock(),
        on_key=heard.key,
        on_paste=heard.pastes.append,
        on_command=heard.command,
        sound=heard.sound,
        say=speech or Speech(SPEECH),
        side=side,
        hint=hint,
        mailbox=mailbox,
    )
