"""The sheet of command labels: scanners read it, browsers print it, nothing is fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from kiosk.errors import UsageError
from kiosk.reports.labels import code128_modules, command_labels, command_sheet
from kiosk.wording import Words

TEXTS = ["KC-DONE", "KC-UNDO", "KC-RETURN", "KC-RENEW", "KC-SLIP", "KC-HELP"]
VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Reads a page, checks that its tags are closed in order, and keeps what matters."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.svgs: list[dict[str, str | None]] = []
        self.rects: list[list[dict[str, str | None]]] = []
        self.said: dict[str, list[str]] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag == "svg":
            self.svgs.append(dict(attrs))
            self.rects.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag == "rect":
            self.rects[-1].append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.said.setdefault(self.open[-1], []).append(data)


def picture(svg: dict[str, str | None], rects: list[dict[str, str | None]]) -> Image.Image:
    """Paint the bars of one label, four dots to the module."""
    width = int(str(svg["viewbox"]).split()[2])
    image = Image.new("L", (width * 4, 120), 255)
    draw = ImageDraw.Draw(image)
    for rect in rects:
        left = int(str(rect["x"])) * 4
        draw.rectangle((left, 0, left + int(str(rect["width"])) * 4 - 1, 119), fill=0)
    return image


def decoded(page: Page) -> list[tuple[str, str]]:
    images = [picture(svg, rects) for svg, rects in zip(page.svgs, page.rects, strict=True)]
    found = [zxingcpp.read_barcode(image) for image in images]
    return [(code.format.name, code.text) for code in found if code is not None]


@pytest.fixture(scope="module")
def sheet() -> Page:
    return Page(command_labels("KC-", Words("zh_CN")))


def test_every_command_label_is_read_by_another_decoder(sheet: Page) -> None:
    assert decoded(sheet) == [("Code128", text) for text in TEXTS]


def test_the_words_on_the_cards_are_those_the_screen_uses(sheet: Page) -> None:
    assert sheet.said["h2"] == ["完成", "撤销", "还书", "续借", "小票", "找老师"]
    assert sheet.said["code"] == TEXTS


def test_every_card_says_in_one_sentence_what_it_does(sheet: Page) -> None:
    _, *sentences = sheet.said["p"]

    assert [sentence for sentence in sentences if sentence.strip()] == sentences
    assert max(map(len, sentences)) <= 24


def test_an_english_school_gets_an_english_sheet() -> None:
    page = Page(command_labels("KC-", Words("en")))

    assert page.said["h2"] == ["Done", "Undo", "Return", "Renew", "Slip", "Call the teacher"]


def test_tags_are_closed_in_order(sheet: Page) -> None:
    assert sheet.open == []


def test_the_page_needs_nothing_from_elsewhere(sheet: Page) -> None:
    fetching = [
        value for name, value in sheet.attributes if name in {"src", "href", "srcset", "data"}
    ]

    assert fetching == []
    assert "url(" not in "".join(sheet.said["style"])
    assert "@import" not in "".join(sheet.said["style"])


def test_the_page_prints_on_a4(sheet: Page) -> None:
    assert "@page { size: A4" in "".join(sheet.said["style"])


@pytest.mark.parametrize("prefix", ["K-", "KC-", "SCHOOL-KC-", "A-VERY-LONG-PREFIX-"])
def test_bars_are_wide_and_high_enough_and_have_quiet_zones(prefix: str) -> None:
    page = Page(command_labels(prefix, Words("en")))

    for svg, rects in zip(page.svgs, page.rects, strict=True):
        modules = int(str(svg["viewbox"]).split()[2])
        last = rects[-1]
        assert float(str(svg["width"]).removesuffix("mm")) / modules >= 0.3299
        assert float(str(svg["width"]).removesuffix("mm")) <= 180
        assert float(str(svg["height"]).removesuffix("mm")) >= 15
        assert int(str(rects[0]["x"])) >= 10
        assert modules - int(str(last["x"])) - int(str(last["width"])) >= 10


def test_the_schools_own_prefix_is_on_every_label() -> None:
    page = Page(command_labels("CMD:", Words("zh_CN")))

    assert [text for _, text in decoded(page)] == [text.replace("KC-", "CMD:") for text in TEXTS]


def test_what_looks_like_html_stands_on_the_page_as_written() -> None:
    html = command_sheet(
        [('K<&">', "<b>完成</b>", "a < b & c")],
        title="<script>",
        note="</style>",
        language='"><x',
    )
    page = Page(html)

    assert page.open == []
    assert page.said["h2"] == ["<b>完成</b>"]
    assert page.said["code"] == ['K<&">']
    assert page.said["title"] == ["<script>"]
    assert ("lang", '"><x') in page.attributes
    assert decoded(page) == [("Code128", 'K<&">')]


def test_a_prefix_that_bar_codes_cannot_hold_is_a_fault_the_user_can_mend() -> None:
    with pytest.raises(UsageError) as caught:
        command_labels("命令-", Words("zh_CN"))

    assert str(caught.value) == (
        "Cannot print the label '命令-DONE': a bar code holds only ASCII letters, digits and "
        "signs. Change [barcodes] command in the settings."
    )


def test_modules_begin_with_a_start_character_and_end_with_the_stop_pattern() -> None:
    modules = code128_modules("KC-DONE")

    assert re.fullmatch("[01]+", modules)
    assert modules.startswith("11010010000")
    assert modules.endswith("1100011101011")
    assert len(modules) == 11 * (1 + len("KC-DONE") + 1) + 13
