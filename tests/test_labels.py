"""The command card: scanners read it, browsers print it, nothing is fetched."""

from __future__ import annotations

import re

import pytest
from label_page import Page, decoded

from kiosk.errors import UsageError
from kiosk.reports.labels.bars import code128_modules
from kiosk.reports.labels.desk import command_labels
from kiosk.reports.labels.page import Tile, write_header, write_page, write_tiles
from kiosk.wording import Words

TEXTS = ["KC-DONE", "KC-UNDO", "KC-RETURN", "KC-RENEW", "KC-SLIP", "KC-HELP"]


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
    tiles = write_tiles(
        [Tile('K<&">', "<b>完成</b>", "a < b & c")], kind="large", room_mm=82, height_mm=22
    )
    body = write_header("<script>", "</style>") + tiles
    page = Page(write_page(body, title="<script>", style="", words=Words("en")))

    assert page.open == []
    assert page.said["h2"] == ["<b>完成</b>"]
    assert page.said["code"] == ['K<&">']
    assert page.said["title"] == page.said["h1"] == ["<script>"]
    assert page.said["p"] == ["</style>", "a < b & c"]
    assert decoded(page) == [("Code128", 'K<&">')]


def test_a_prefix_that_bar_codes_cannot_hold_is_a_fault_the_user_can_mend() -> None:
    with pytest.raises(UsageError) as caught:
        command_labels("命令-", Words("zh_CN"))

    assert str(caught.value) == (
        "Cannot print the label '命令-DONE': a bar code holds only ASCII letters, digits and "
        "signs. Change [barcodes] command in the settings, or the reader's card number."
    )


def test_modules_begin_with_a_start_character_and_end_with_the_stop_pattern() -> None:
    modules = code128_modules("KC-DONE")

    assert re.fullmatch("[01]+", modules)
    assert modules.startswith("11010010000")
    assert modules.endswith("1100011101011")
    assert len(modules) == 11 * (1 + len("KC-DONE") + 1) + 13
