"""Every key of the settings: its type, its default and what it is for.

The template of `kiosk init` and `docs/settings.md` are written from these declarations.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from kiosk.domain import LaneUse, ReaderKind
from kiosk.rotation.windows import WindowKind
from kiosk.rules.matrix import Lend
from kiosk.settings import texts

BROKEN: Final = None
"""Stands in a section for a value that could not be read; `Entry.has` tells the two apart."""

QR_FROM_COLUMNS: Final = 42


class Section(BaseModel):
    """One table of the file. With a list as validation context, faults are noted in it by field."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    @field_validator("*", mode="wrap")
    @classmethod
    def _note(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        # One wrong value must not hide the faults of the others, nor of what is compared with it.
        try:
            return handler(value)
        except ValidationError as fault:
            if info.context is None:
                raise
            info.context.append((info.field_name, fault))
            return BROKEN


def _listed(values: Any) -> Any:
    return tuple(values) if isinstance(values, list) else values


Text = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]
Seconds = Annotated[float, Field(ge=0, le=86400, allow_inf_nan=False)]
Day = Annotated[date, BeforeValidator(texts.day)]
TimeOfDay = Annotated[time, BeforeValidator(texts.time_of_day)]
Pattern = Annotated[str, AfterValidator(texts.pattern)]
Grade = Annotated[int, Field(ge=1, le=12)]
UsbId = Annotated[int, Field(ge=0, le=0xFFFF)]
Baud = Annotated[int, Field(ge=300, le=4_000_000)]
OneOrMore = Field(min_length=1)


class School(Section):
    """The school, and how its classes are named."""

    name: Text = Field("实验小学", description="Printed on every slip. 学校名称")
    timezone: Annotated[str, AfterValidator(texts.zone_name)] = Field(
        "Asia/Shanghai", description="The school's time zone. 时区"
    )
    language: Literal["zh_CN", "en"] = Field(
        "zh_CN", description="Language of screens and slips. 界面语言"
    )
    loans_per_term: int = Field(
        12,
        ge=0,
        le=9999,
        description="Target shown on slips and reports; 0 hides it. 每学期目标册数",
    )
    mask_names: bool = Field(False, description="Hide part of a reader's name. 姓名打码")
    grades: Grade = Field(
        6, description="5 for a five-year school; a cohort past it has left. 年级数"
    )
    class_label: Annotated[str, AfterValidator(texts.class_label)] = Field(
        "{grade}({number})班", description="How a class is written. 班级写法"
    )


class Desk(Section):
    """How the desk treats scans."""

    id: Text = Field("desk-1", description="This box's name in the journal, its own on every box.")
    idle_s: Annotated[Seconds, Field(ge=1)] = Field(
        20, description="A session ends after this long without a scan, seconds. 无人操作"
    )
    repeat_s: Seconds = Field(
        2, description="The same label again within this time is one scan. 重复扫描"
    )
    settle_s: Seconds = Field(
        600, description="A plain scan does not flip what was done less than this ago. 防误还误借"
    )
    carry_s: Seconds = Field(
        180, description="A session keeps its window this long after the window's end. 延续"
    )
    found_on_loan: Literal["refuse", "return"] = Field(
        "refuse", description="A book on another reader's loan: refuse it, or take it back."
    )
    overdue_blocks: bool = Field(
        True, description="A reader with an overdue loan borrows nothing new. 有逾期先还再借"
    )
    same_title: Literal["allow", "refuse"] = Field(
        "allow", description="A second item of a title the reader already has. 同一种书借两本"
    )


class Database(Section):
    """Where the record is."""

    path: Text = Field("kiosk.db", description="The SQLite file. 数据库文件")


class Scanner(Section):
    """One scanner, and the lane it serves. Each device has a lane of its own. 扫描枪"""

    lane: Text = Field(description="The lane's name. 通道", examples=["left"])
    driver: Literal["hid", "serial", "keyboard", "stdin"] = Field(
        description="How the scanner is attached.", examples=["keyboard"]
    )
    use: Literal["any", "return", "borrow"] = Field(
        "any",
        description="any; return: never lends, no card; borrow: takes none back. 只还 / 只借",
    )
    port: Text | None = Field(
        None, description="serial: the device or socket://host:port.", examples=["/dev/ttyUSB0"]
    )
    baud: Baud = Field(9600, description="serial: speed.")
    suffix: Literal["any", "none"] = Field(
        "any", description="serial: none if the scanner sends nothing after a label."
    )
    path: Text | None = Field(
        None, description="hid: a stable device path.", examples=["/dev/input/by-id/usb-..."]
    )
    vendor: UsbId | None = Field(
        None, description="hid: USB vendor, such as 0x1a86; instead of path.", examples=[0x1A86]
    )
    product: UsbId | None = Field(
        None, description="hid: USB product, with vendor.", examples=[0xE026]
    )

    @property
    def lane_use(self) -> LaneUse:
        """What the lane is for."""
        return LaneUse(self.use)


class Printer(Section):
    """The slip printer. 小票打印机"""

    driver: Literal["usb", "serial", "network", "file", "none"] = Field(
        "none", description="How the printer is attached."
    )
    path: Text | None = Field(
        None,
        description="usb: the device; file: bytes are appended to it.",
        examples=["/dev/usb/lp0"],
    )
    port: Text | None = Field(None, description="serial: the device.", examples=["/dev/ttyUSB1"])
    baud: Baud = Field(9600, description="serial: speed.")
    host: Text | None = Field(None, description="network: the address.", examples=["192.168.1.50"])
    tcp_port: int = Field(9100, ge=1, le=65535, description="network: the port.")
    columns: int = Field(
        32,
        ge=24,
        le=64,
        description="Characters in a line: 32 on 58 mm paper, 48 on 80 mm. 每行字符数",
    )
    cut: bool = Field(True, description="Feed and cut after each slip; false: feed only. 切纸")
    slips: Literal["always", "lent", "on_request", "never"] = Field(
        "lent",
        description="always: anything happened; lent: a book was lent; on_request: KC-SLIP; never.",
    )
    stale_s: Seconds = Field(
        120, description="A slip not begun within this time is not printed any more, seconds."
    )
    qr: bool | None = Field(
        None,
        description=f"A QR code of the session; by default from {QR_FROM_COLUMNS} columns on.",
        examples=[True],
    )

    @property
    def prints_qr(self) -> bool:
        """Tell whether slips carry a QR code: as set, else where the paper is wide enough."""
        return self.columns >= QR_FROM_COLUMNS if self.qr is None else self.qr


class Screen(Section):
    """The screen."""

    sound: bool = Field(True, description="Sound the bell. 声音")


class Clock(Section):
    """The box's clock."""

    battery: bool = Field(
        False,
        description="The clock runs on while the power is off: no synchronisation is asked for.",
    )


class Barcodes(Section):
    """The shapes of labels: regular expressions for the whole label. 条码规则"""

    card: Annotated[tuple[Pattern, ...], BeforeValidator(_listed), OneOrMore] = Field(
        ("R[0-9]{6}",), description="Reader cards. 借书证"
    )
    item: Annotated[tuple[Pattern, ...], BeforeValidator(_listed), OneOrMore] = Field(
        ("[0-9]{8}",), description="Items. 图书条码"
    )
    command: Text = Field(
        "KC-",
        description="Prefix of command labels: KC-DONE KC-UNDO KC-RETURN KC-RENEW KC-SLIP "
        "KC-HELP KC-DUTY. 指令码前缀",
    )
    item_place: Text = Field(
        "书名页下方", description="Where the item label is, said when an ISBN is scanned. 条码位置"
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


class Window(Section):
    """A span of school days in which some readers may borrow. 借阅时间"""

    name: Text = Field(description="Its name, as screens say it.", examples=["班级轮借"])
    kind: WindowKind = Field(
        description="class: the classes of the rotation; free: all; reading: in the room only; "
        "staff: teachers. 轮借 / 自由 / 阅览 / 教师",
        examples=["class"],
    )
    days: Annotated[tuple[str, ...], BeforeValidator(_listed), OneOrMore] = Field(
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
    grades: Annotated[tuple[Grade, ...], BeforeValidator(_listed), OneOrMore] | None = Field(
        None, description="Grades it is for; left out: all. 年级", examples=[[3, 4, 5, 6]]
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


class Rotation(Section):
    """Whose turn it is. 轮流安排表"""

    weeks: int = Field(
        1,
        ge=1,
        le=texts.MOST_WEEKS,
        description='Length of the cycle; with 2, days are written "A.mon" and "B.mon". 单双周为2',
    )
    # `checks` reads what is inside, so that one wrong turn does not hide the others.
    turns: Annotated[dict[str, Any], BeforeValidator(_flattened)] = Field(
        {},
        description="By window and day: classes, by label of this term or by cohort and number.",
        examples=[{"班级轮借": {"mon": ["三(1)班"], "tue": ["2023-2"]}}],
    )


class LoanRule(Section):
    """Who may borrow what. The first rule that matches counts. 借阅规则"""

    readers: Annotated[tuple[ReaderKind, ...], BeforeValidator(_listed), OneOrMore] | None = Field(
        None,
        description="student, teacher or class; left out: all. 读者类型",
        examples=[["student"]],
    )
    collections: Annotated[tuple[Text, ...], BeforeValidator(_listed), OneOrMore] | None = Field(
        None, description="Collections of items; left out: all. 馆藏", examples=[["reference"]]
    )
    lend: Lend = Field("yes", description="in_room: to be read here; no: not at all.")
    limit: int | None = Field(
        None, ge=0, le=9999, description="Open loans under this rule. 册数", examples=[2]
    )
    period: str | None = Field(
        None,
        description='"n turns", "n days", "same day" or "term end". 借期',
        examples=["1 turn"],
    )
    min_days: int = Field(0, ge=0, le=365, description="A turn sooner than this does not count.")
    without_turns: str = Field(
        "14 days", description="The period of a reader whose class has no turn."
    )
    renewals: int = Field(0, ge=0, le=99, description="How often a loan may be renewed. 续借次数")
    anytime: bool = Field(False, description="Not bound to windows. 不限时间")


TABLES: Final[dict[str, type[Section]]] = {
    "school": School,
    "desk": Desk,
    "database": Database,
    "scanner": Scanner,
    "printer": Printer,
    "screen": Screen,
    "clock": Clock,
    "barcodes": Barcodes,
    "term": Term,
    "holiday": Holiday,
    "window": Window,
    "rotation": Rotation,
    "loan_rule": LoanRule,
}
"""Every table of the file, in the order of the template."""

REPEATED: Final = frozenset({"scanner", "term", "holiday", "window", "loan_rule"})
"""The tables that may stand several times, written with double brackets."""


def keys_of(model: type[Section]) -> dict[str, str]:
    """Map each key of a table, as it is written, to the model's field."""
    return {field.alias or name: name for name, field in model.model_fields.items()}
