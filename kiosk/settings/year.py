"""The tables of the school year: terms, holidays, windows and turns, and what departs from them."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from kiosk.rotation.windows import WindowKind
from kiosk.settings import texts
from kiosk.settings.section import Day, Grades, OneOrMore, Section, Text, Texts, TimeOfDay, listed

_TURNS: Final = {"班级轮借": {"mon": ["三(1)班"], "tue": ["2023-2"]}}
_TURNS_TOLD: Final = "By window and day: classes, by label of this term or by cohort and number."
Week = Annotated[int, Field(ge=1, le=60)]


class EarlyRecall(Section):
    """Grades that stop borrowing and bring back before the others. 毕业班先还清"""

    grades: Grades = Field(description="Which grades. 年级", examples=[[6]])
    lending_ends_on: Day | None = Field(
        None,
        description="Last day they borrow; default the term's, or their recall_on if sooner. 停借",
        examples=[date(2027, 1, 4)],
    )
    recall_on: Day = Field(
        description="No due date of theirs after it. 还清", examples=[date(2027, 1, 8)]
    )


class Term(Section):
    """A term; the next one may stand here before the holiday. 学期"""

    name: str = Field("", description="Its name.", examples=["2026学年第一学期"])
    starts_on: Day = Field(description="First day. 开学", examples=[date(2026, 9, 1)])
    ends_on: Day = Field(description="Last day, included. 结束", examples=[date(2027, 1, 22)])
    lending_ends_on: Day | None = Field(
        None,
        description="Last day students borrow; default recall_on. 停借",
        examples=[date(2027, 1, 8)],
    )
    recall_on: Day | None = Field(
        None,
        description="No due date after it; default ends_on. 还清",
        examples=[date(2027, 1, 15)],
    )
    holiday_loans_from: Day | None = Field(
        None,
        description="From this day on holiday loans are made; left out: none. 假期借阅",
        examples=[date(2027, 1, 18)],
    )
    early: tuple[EarlyRecall, ...] = Field(
        (), description="Grades with earlier dates, graduates first. 毕业班先还清"
    )


class Holiday(Section):
    """Days without school. 假期"""

    name: str = Field("", description="Its name.", examples=["国庆节"])
    first_on: Day = Field(alias="from", description="First day.", examples=[date(2026, 10, 1)])
    last_on: Day | None = Field(
        None,
        alias="to",
        description="Last day, included; default: one day.",
        examples=[date(2026, 10, 7)],
    )


class MakeUpDay(Section):
    """A school day at a weekend or in a holiday, with another day's timetable. 调休"""

    name: str = Field("", description="Its name.", examples=["国庆节调休"])
    on: Day = Field(description="The day.", examples=[date(2026, 10, 10)])
    follows: str = Field(
        description="The weekday whose timetable holds; with a cycle also A.mon. 上星期几的课",
        examples=["wed"],
    )


class Pause(Section):
    """School days without lending, such as exam weeks; books come back. 考试周"""

    name: Text = Field(description="Its name, as screens say it.", examples=["期末考试"])
    first_on: Day = Field(alias="from", description="First day.", examples=[date(2027, 1, 11)])
    last_on: Day | None = Field(
        None,
        alias="to",
        description="Last day, included; default: one day.",
        examples=[date(2027, 1, 15)],
    )
    grades: Grades | None = Field(
        None, description="Grades without lending; left out: all. 年级", examples=[[6]]
    )


class Window(Section):
    """A span of school days in which some readers may borrow. 借阅时间"""

    name: Text = Field(description="Its name, as screens say it.", examples=["班级轮借"])
    kind: WindowKind = Field(
        description="class: the classes of the rotation; free: all; reading: in the room only; "
        "staff: teachers. 轮借 / 自由 / 阅览 / 教师",
        examples=["class"],
    )
    days: Annotated[tuple[str, ...], BeforeValidator(listed), OneOrMore] = Field(
        description="Days of the week; in a cycle of weeks also A.mon, B.mon.",
        examples=[["mon", "tue", "wed", "thu", "fri"]],
    )
    opens: TimeOfDay = Field(alias="from", description="Begins.", examples=[time(16, 30)])
    closes: TimeOfDay = Field(
        alias="to", description="Ends; this minute is excluded.", examples=[time(17, 0)]
    )
    grace_min: int = Field(
        0, ge=0, le=120, description="The class whose turn just ended is still served, minutes."
    )
    grades: Grades | None = Field(
        None,
        description="Grades it is for; left out: all. A class window serves whom the turns name. "
        "年级",
        examples=[[3, 4, 5, 6]],
    )
    from_week: Week | None = Field(
        None, description="First school week of the term; left out: 1. 从第几周起", examples=[2]
    )
    to_week: Week | None = Field(
        None, description="Last school week, included; left out: all. 到第几周", examples=[18]
    )


def _flattened(turns: Any) -> Any:
    """Read `A.mon = [...]` without quotes, which TOML takes as a table A with a key mon."""
    if not isinstance(turns, dict):
        return turns
    return {
        window: {
            (f"{day}.{inner}" if inner else day): classes
            for day, value in days.items()
            for inner, classes in (value.items() if isinstance(value, dict) else [("", value)])
        }
        if isinstance(days, dict)
        else days
        for window, days in turns.items()
    }


# `turns` reads what is inside, so that one wrong turn does not hide the others.
TurnTables = Annotated[dict[str, Any], BeforeValidator(_flattened)]


class Rotation(Section):
    """Whose turn it is. 轮流安排表"""

    weeks: int = Field(
        1,
        ge=1,
        le=texts.MOST_WEEKS,
        description='Length of the cycle; with 2, days are written "A.mon" and "B.mon". 单双周为2',
    )
    visit_s: int = Field(
        20,
        ge=1,
        le=600,
        description="Seconds one pupil takes at a lane, for rotation check and plan. 每人用时",
    )
    open_now_min: int = Field(
        40,
        ge=1,
        le=720,
        description="A window that staff open by a class label lasts this long, minutes. 临时开放",
    )
    turns: TurnTables = Field({}, description=_TURNS_TOLD, examples=[_TURNS])


class Replacement(Section):
    """Windows and turns that hold instead of the normal ones, as in building works. 临时安排表"""

    name: Text = Field(description="Its name.", examples=["校园改造"])
    first_on: Day = Field(alias="from", description="First day.", examples=[date(2026, 11, 2)])
    last_on: Day = Field(
        alias="to", description="Last day, included.", examples=[date(2026, 11, 27)]
    )
    window: tuple[Window, ...] = Field((), description="Its windows, with the keys of [[window]].")
    turns: TurnTables = Field({}, description=_TURNS_TOLD, examples=[_TURNS])


class Change(Section):
    """A window that is cancelled or moved on one day. 停借、改时间"""

    on: Day = Field(description="The day.", examples=[date(2026, 9, 24)])
    window: Text = Field(description="The window's name.", examples=["班级轮借"])
    classes: Texts | None = Field(
        None,
        description="Only these classes; left out: the whole window. 班级",
        examples=[["三(1)班"]],
    )
    cancelled: bool = Field(False, description="It does not take place. 取消")
    reason: str = Field("", description="Why, for the count of turns. 原因", examples=["秋游"])
    opens: TimeOfDay | None = Field(
        None, alias="from", description="Moved: begins.", examples=[time(12, 30)]
    )
    closes: TimeOfDay | None = Field(
        None, alias="to", description="Moved: ends, excluded.", examples=[time(13, 0)]
    )


class Swap(Section):
    """Two classes that exchange one turn each. 换课"""

    on: Day = Field(description="The day of the first class's turn.", examples=[date(2026, 9, 21)])
    school_class: Text = Field(
        alias="class", description="The first class. 班级", examples=["三(1)班"]
    )
    with_class: Text = Field(
        alias="with", description="The other class. 和哪个班换", examples=["三(2)班"]
    )
    with_on: Day = Field(
        description="The day of the other class's turn.", examples=[date(2026, 9, 24)]
    )
    window: Text | None = Field(
        None,
        description="The window's name; left out: the one of each class's turn.",
        examples=["班级轮借"],
    )


class ExtraTurn(Section):
    """A turn in addition, to make up for one that was missed. 补借"""

    on: Day = Field(description="The day.", examples=[date(2026, 9, 25)])
    window: Text = Field(description="The window's name.", examples=["班级轮借"])
    school_class: Text = Field(alias="class", description="The class. 班级", examples=["三(1)班"])
