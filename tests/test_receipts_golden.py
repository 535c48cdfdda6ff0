"""Whole slips, as text and as bytes, compared with files that a person has looked at.

`KIOSK_WRITE_GOLDEN=1` writes the files anew and skips the comparison: read the difference before
it is committed. Each line of a `.hex` file is one printed line with the commands before it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import pytest
from escpos_decoder import decode

from receipts.escpos import job
from receipts.glyphs import MISSING, has_glyph
from receipts.layout import lay_out, plain_text
from receipts.slip import Captions, Entry, Group, Slip

GOLDEN = Path(__file__).parent / "golden" / "receipts"

DUE = "9月17日(四)前还"
CAPTIONS = Captions(lent="借好了", renewed="续借好了", overdue="该还了", returned="还好了")
NEXT_TURN = "下次轮到你们班:9月17日(四)16:30"
FOOTER = "实验小学 No.1234 09-10 16:35"

TWO_LENT = Slip(
    arrow="←左",
    who="三(2)班 王小明",
    lent=(Entry("夏洛的网", DUE), Entry("昆虫记", DUE)),
    in_hand="手上2本",
    next_turn=NEXT_TURN,
    this_term="本学期第9本(目标12本)",
    footer=FOOTER,
)
EVERYTHING = Slip(
    arrow="右→",
    who="六(12)班 欧阳小红",
    lent=(Entry("草房子", DUE),),
    renewed=(Entry("小王子", "9月24日(四)前还"),),
    in_hand="手上3本",
    overdue=(Entry("平凡的世界·上", "9月3日(四)到期"),),
    returned=("城南旧事", "写给孩子的中国历史故事:从三皇五帝到清末民初 第三册"),
    next_turn=NEXT_TURN,
    this_term="本学期第9本",
    notes=("书脊松了的书请交给小管理员",),
    footer="广西壮族自治区南宁市民族大道第一小学 No.1235 09-10 16:36",
    captions=CAPTIONS,
)
LONG_TITLES = Slip(
    arrow="←左",
    who="三(2)班 王㛃𠅤",
    lent=(
        Entry("“红楼”·梦——给孩子看的古典名著(青少版)", DUE),
        Entry("《尼尔斯骑鹅旅行记》：一个少年和一群大雁飞越瑞典全境的奇妙故事", DUE),
        Entry("𫖯瞰¥100的café✓", DUE),
    ),
    in_hand="手上3本",
    footer=FOOTER,
)
CONTROL_BYTES = Slip(
    arrow="\x1d(k←左",
    who="三(2)班\x1b@ 王\x00小\n明",
    lent=(Entry("\x1b@红\x00楼\n梦\x1dV\x00\x10\x04\x01\x7f\u202e\u2028上\x85册", DUE),),
    returned=("\x1b\x1c\x1d\n", "草\u200b房\x0c子"),
    footer=f"{FOOTER}\r\n",
)
ENGLISH = Slip(
    arrow="←Left",
    who="Class 3(2) Wang Xiaoming",
    lent=(
        Entry("Charlotte's Web", "due Thu 17 Sep"),
        Entry("Charlie and the Great Glass Elevator", "due Thu 17 Sep"),
    ),
    in_hand="2 books in hand",
    returned=("Matilda",),
    next_turn="Your next turn: Thu 17 Sep 16:30",
    this_term="Book 9 of 12 this term",
    footer="Experimental School No.1234 09-10 16:35",
    captions=Captions(lent="Lent", returned="Returned"),
)
WITH_QR = Slip(
    arrow="←左",
    who="三(2)班 王小明",
    lent=(Entry("夏洛的网", DUE),),
    footer=FOOTER,
    qr="desk-1/1234",
)

CLASS_SLIP = Slip(
    arrow="",
    who="三(2)班",
    lines=("9月10日 16:30-17:00 来了41人(共45人)", "借出52本,还了49本"),
    groups=(
        Group("还有书没还", (Entry("王小明", "1本"), Entry("阿卜杜热合曼·买买提江", "2本"))),
        Group("王小明", (Entry("夏洛的网", "9月3日(四)到期"),)),
        Group(
            "阿卜杜热合曼·买买提江",
            (
                Entry("《尼尔斯骑鹅旅行记》：一个少年和一群大雁飞越瑞典全境", "9月3日(四)到期"),
                Entry("草房子", "已经过了7天,请和图书老师说一声,谢谢"),
            ),
        ),
        Group("没有来:李红、张伟、赵小雨、孙悦、周围、吴用"),
    ),
    notes=("请图书委员下次轮到前收齐",),
    footer=FOOTER,
)
DAY_CARD = Slip(
    arrow="",
    who="临时借书证 三(2)班 王小明",
    lines=("只在今天有效。用完请交给小管理员。",),
    code="KC-DAY-12345678",
    footer=FOOTER,
)
LONG_CODE = Slip(arrow="", who="临时借书证", code="LIBRARY-READER-R100001", footer=FOOTER)

SLIPS = {
    "two-lent": TWO_LENT,
    "everything": EVERYTHING,
    "long-titles": LONG_TITLES,
    "control-bytes": CONTROL_BYTES,
    "english": ENGLISH,
    "qr": WITH_QR,
    "class": CLASS_SLIP,
    "day-card": DAY_CARD,
    "long-code": LONG_CODE,
}
WIDTHS = (32, 42, 48)
CASES = [(name, columns) for name in SLIPS for columns in WIDTHS]


def hex_lines(data: bytes) -> str:
    return "".join(f"{line.hex(' ')}\n" for line in data.splitlines(keepends=True))


def agree(path: Path, content: str) -> None:
    if os.environ.get("KIOSK_WRITE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        pytest.skip(f"{path.name} was written")
    assert content == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "columns"), CASES)
def test_a_slip_reads_as_it_was_approved(name: str, columns: int) -> None:
    text = plain_text(lay_out(SLIPS[name], columns), columns)

    agree(GOLDEN / f"{name}-{columns}.txt", text)


@pytest.mark.parametrize(("name", "columns"), CASES)
def test_a_slip_is_sent_as_it_was_approved(name: str, columns: int) -> None:
    slip = SLIPS[name]

    data = job(lay_out(slip, columns), columns=columns, cut=True, qr=slip.qr)

    agree(GOLDEN / f"{name}-{columns}.hex", hex_lines(data))


@pytest.mark.parametrize("starts", ["chinese", "single"])
@pytest.mark.parametrize(("name", "columns"), CASES)
def test_a_strict_printer_prints_an_approved_slip_as_it_was_laid_out(
    name: str, columns: int, starts: Literal["chinese", "single"]
) -> None:
    data = bytes.fromhex((GOLDEN / f"{name}-{columns}.hex").read_text(encoding="utf-8"))
    lines = lay_out(SLIPS[name], columns)

    found = decode(data, columns, starts=starts)

    assert found.errors == []
    assert found.text == [on_paper(line.filled(columns)) for line in lines]


def on_paper(text: str) -> str:
    return "".join(char if has_glyph(char) else MISSING for char in text)


def test_every_golden_file_belongs_to_a_slip() -> None:
    expected = {f"{name}-{columns}{end}" for name, columns in CASES for end in (".txt", ".hex")}

    assert {path.name for path in GOLDEN.iterdir()} == expected
