"""Every key of the settings: its type, its default and what it is for.

The template of `kiosk init` and `docs/settings.md` are written from these declarations.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from kiosk.domain import LaneUse, ReaderKind
from kiosk.rules.matrix import Lend, SameTitle, When
from kiosk.settings import texts, year
from kiosk.settings.section import (
    Baud,
    Grade,
    Grades,
    OneOrMore,
    Pattern,
    Seconds,
    Section,
    Text,
    Texts,
    UsbId,
    listed,
)

QR_FROM_COLUMNS: Final = 42


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
    hide_titles: bool = Field(
        False, description="Class and recall slips say how many books, not which. 不印书名"
    )
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
    charge_blocks: bool = Field(
        False, description="A reader with an unpaid charge borrows nothing new. 有赔偿未结清停借"
    )
    charge_factor: float = Field(
        1.0,
        ge=0,
        le=100,
        allow_inf_nan=False,
        description="A lost book is charged at its price times this. 赔偿倍数",
    )
    suspend_days_per_day_late: int = Field(
        0,
        ge=0,
        le=30,
        description="Days without borrowing for each day a pupil's book is late; 0: none. 逾期停借",
    )
    suspend_days_most: int = Field(
        30, ge=1, le=365, description="Never more days than this for one book. 停借最多天数"
    )
    raw_scans: int = Field(
        10_000,
        ge=0,
        le=1_000_000,
        description="How many scans are kept for `kiosk scanner report`; 0: none. 扫描记录",
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
    use: Literal["any", "return", "borrow", "visit"] = Field(
        "any",
        description="any; return: never lends, no card; borrow: takes none back; "
        "visit: cards say who is in the reading room. 只还 / 只借 / 阅览登记",
    )
    port: Text | None = Field(
        None, description="serial: the device or socket://host:port.", examples=["/dev/ttyUSB0"]
    )
    baud: Baud = Field(9600, description="serial: speed.")
    dtr: bool = Field(True, description="serial: DTR while open; false if it beeps or restarts.")
    rts: bool = Field(True, description="serial: RTS while open, likewise.")
    feedback: Literal[
        "off",
        "cipherlab-1660",
        "datalogic-magellan",
        "datalogic-powerscan",
        "honeywell-2020",
        "honeywell-xenon",
    ] = Field("off", description="serial: a model that beeps once the desk has said yes or no.")
    suffix: Literal["any", "none"] = Field(
        "any", description="serial, hid: none if the scanner sends nothing after a label. 结束符"
    )
    encoding: Literal["auto", "utf-8", "gb18030"] = Field(
        "auto", description="How Chinese in a label is written; auto tells it. 编码"
    )
    path: Text | None = Field(
        None, description="hid: a stable device path.", examples=["/dev/input/by-id/usb-..."]
    )
    vendor: UsbId | None = Field(
        None,
        description="hid: USB vendor, such as 0x1a86; with path, what must be there.",
        examples=[0x1A86],
    )
    product: UsbId | None = Field(
        None, description="hid: USB product, with vendor.", examples=[0xE026]
    )
    phys: Text | None = Field(
        None,
        description="hid: the port of one of several equal ones, with vendor. 接口",
        examples=["usb-0000:00:14.0-2/input0"],
    )
    layout: Literal["us", "de", "fr", "gb"] = Field(
        "us", description="hid: the country the scanner is set to. 键盘布局"
    )

    @property
    def lane_use(self) -> LaneUse:
        """What the lane is for."""
        return LaneUse(self.use)


PrinterModel = Literal[
    "generic",
    "generic-58",
    "generic-80",
    "generic-80-512",
    "generic-gb2312",
    "silent",
    "epson",
    "xprinter-58",
    "xprinter-80",
    "zjiang-58",
    "snbc-ur056",
    "mob-58",
]
StatusNumber = Annotated[int, Field(ge=1, le=4)]


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
    flow: Literal["none", "rtscts", "xonxoff"] = Field(
        "none", description="serial: how the printer says that it is full, as set on it. 流控"
    )
    host: Text | None = Field(None, description="network: the address.", examples=["192.168.1.50"])
    tcp_port: int = Field(9100, ge=1, le=65535, description="network: the port.")
    model: PrinterModel = Field(
        "generic",
        description="What the printer minds and answers; `kiosk printer test` helps to find it. "
        "型号",
    )
    status: Annotated[tuple[StatusNumber, ...], BeforeValidator(listed)] | None = Field(
        None,
        description="Which DLE EOT n it answers, [] for none; left out: as its model. 状态",
        examples=[[1, 2, 4]],
    )
    font: Text | None = Field(
        None,
        description="A font file for names with rare characters, which are then drawn. 生僻字字体",
        examples=["/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"],
    )
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
    class_slips: bool = Field(
        True, description="A slip for the class librarian at the end of a class's turn. 班级小票"
    )
    morning_slip: bool = Field(
        True, description="What is left to do, printed once in the morning of a school day. 待办"
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

    sound: bool = Field(
        True, description="false: no sound at all, whatever sound.driver is. 关掉所有声音"
    )


class Sound(Section):
    """What is heard after a scan: four sounds, each lane at its own pitch. 声音"""

    driver: Literal["auto", "aplay", "bell", "none"] = Field(
        "auto",
        description="auto: the loudspeaker where there is one, else the terminal's bell; aplay: "
        "the same, and kiosk check wants it; bell; none.",
    )
    volume: int = Field(70, ge=0, le=100, description="0 to 100. 音量")
    folder: Text = Field(
        "sounds",
        description="The school's own recordings in place of the made sounds: lent.wav, "
        "returned.wav, no.wav, attention.wav. 自己录的声音",
    )
    device: Text | None = Field(
        None,
        description="aplay: the sound card as aplay -L names it; left out: the usual one.",
        examples=["plughw:1"],
    )
    headless: bool = Field(False, description="Sound without a screen too (kiosk run --headless).")


class Clock(Section):
    """The box's clock."""

    battery: bool = Field(
        False,
        description="The clock runs on while the power is off: no synchronisation is asked for.",
    )


class Barcodes(Section):
    """The shapes of labels: regular expressions for the whole label. 条码规则"""

    card: Annotated[tuple[Pattern, ...], BeforeValidator(listed), OneOrMore] = Field(
        ("R[0-9]{6}",), description="Reader cards. 借书证"
    )
    item: Annotated[tuple[Pattern, ...], BeforeValidator(listed), OneOrMore] = Field(
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


class LoanRule(Section):
    """Who may borrow what. The first rule that matches counts. 借阅规则"""

    readers: Annotated[tuple[ReaderKind, ...], BeforeValidator(listed), OneOrMore] | None = Field(
        None,
        description="student, teacher or class; left out: all. 读者类型",
        examples=[["student"]],
    )
    collections: Annotated[tuple[Text, ...], BeforeValidator(listed), OneOrMore] | None = Field(
        None, description="Collections of items; left out: all. 馆藏", examples=[["reference"]]
    )
    grades: Grades | None = Field(
        None,
        description="Grades of pupils, or of class cards where readers names class; left out: all. "
        "年级",
        examples=[[1, 2]],
    )
    lend: Lend = Field("yes", description="in_room: to be read here; no: not at all.")
    limit: int | None = Field(
        None, ge=0, le=9999, description="Open loans under this rule. 册数", examples=[2]
    )
    period: str | None = Field(
        None,
        description='"n turns", "n days", "same day", "term end" or "next term". 借期',
        examples=["1 turn"],
    )
    min_days: int = Field(0, ge=0, le=365, description="A turn sooner than this does not count.")
    without_turns: str = Field(
        "14 days", description="The period of a reader whose class has no turn."
    )
    renewals: int = Field(0, ge=0, le=99, description="How often a loan may be renewed. 续借次数")
    anytime: bool = Field(False, description="Not bound to windows. 不限时间")
    same_title: SameTitle | None = Field(
        None,
        description="allow or refuse a second item of a title; left out: as in [desk]. 同一种书",
        examples=["refuse"],
    )
    recall: bool = Field(
        True,
        description="false: neither lending_ends_on nor recall_on binds these loans. 期末收回",
    )
    when: When = Field(
        "term",
        description="holiday: only from the term's holiday_loans_from to its end, instead of the "
        "term's rules and without recall; always: both. 假期借阅",
    )


class CollectionLimit(Section):
    """How many books of some collections together, whatever the rule. The first match counts."""

    collections: Texts = Field(description="Collections of items. 馆藏", examples=[["comic"]])
    readers: Annotated[tuple[ReaderKind, ...], BeforeValidator(listed), OneOrMore] | None = Field(
        None,
        description="student, teacher or class; left out: all. 读者类型",
        examples=[["student"]],
    )
    grades: Grades | None = Field(
        None, description="Grades, as in [[loan_rule]]; left out: all. 年级", examples=[[1, 2]]
    )
    limit: int = Field(
        ge=0, le=9999, description="Open loans of these collections. 册数", examples=[1]
    )


TABLES: Final[dict[str, type[Section]]] = {
    "school": School,
    "desk": Desk,
    "database": Database,
    "scanner": Scanner,
    "printer": Printer,
    "screen": Screen,
    "sound": Sound,
    "clock": Clock,
    "barcodes": Barcodes,
    "term": year.Term,
    "holiday": year.Holiday,
    "make_up_day": year.MakeUpDay,
    "pause": year.Pause,
    "window": year.Window,
    "rotation": year.Rotation,
    "replacement": year.Replacement,
    "change": year.Change,
    "swap": year.Swap,
    "extra_turn": year.ExtraTurn,
    "loan_rule": LoanRule,
    "collection_limit": CollectionLimit,
}
"""Every table of the file, in the order of the template."""

REPEATED: Final = frozenset(
    {
        *("scanner", "term", "holiday", "make_up_day", "pause", "window"),
        *("replacement", "change", "swap", "extra_turn", "loan_rule"),
        "collection_limit",
    }
)
"""The tables that may stand several times, written with double brackets."""


NESTED: Final[dict[str, dict[str, type[Section]]]] = {
    "term": {"early": year.EarlyRecall},
    "replacement": {"window": year.Window},
}
"""Tables inside a repeated table, written `[[term.early]]` below it; they too may repeat."""
