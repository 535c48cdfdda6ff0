"""The painters' tools: cutting and breaking by cell width, large words, the four rhythms."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens import canvas, glyphs
from kiosk.screens.canvas import Canvas, cut, width_of, wrap
from kiosk.screens.glyphs import Dots, large, largest
from kiosk.screens.sound import RHYTHMS, ring
from kiosk.wording import Words
from kiosk.wording.outcomes import Tone

KEY_WORDS = (
    "借好了",
    "还好了",
    "不能借",
    "等一等",
    "换人了",
    "你好",
    "再见",
    "只还书",
    "可借书",
    "续借",
    "办好了",
)


@pytest.mark.parametrize("module", [canvas, glyphs])
def test_the_examples_in_the_documentation_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@given(st.text(max_size=60), st.integers(0, 40))
def test_a_cut_text_never_takes_more_cells_than_it_may(text: str, columns: int) -> None:
    assert width_of(cut(text, columns)) <= columns


@given(st.text(alphabet="红楼梦。,《》(1)班abc 16:30!", max_size=80), st.integers(10, 40))
def test_wrapped_lines_fit_and_lose_nothing_when_there_is_room(text: str, columns: int) -> None:
    lines = wrap(text, columns, 99)

    assert all(width_of(line) <= columns for line in lines)
    if not any("…" in line for line in lines):
        assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_wrapped_line_does_not_begin_with_a_closing_mark() -> None:
    lines = wrap("《城南旧事》该还了,还了就能借", 10, 9)

    assert lines == ["《城南旧", "事》该还", "了,还了就", "能借"]


def test_a_wide_character_at_the_edge_is_left_out_whole() -> None:
    page = Canvas(5, 1)

    page.put(0, 0, "夏洛的网")

    assert page.lines() == ((("夏洛…", ""),),)


@given(st.text(max_size=30), st.integers(-5, 25), st.integers(-2, 3))
def test_whatever_is_put_a_row_keeps_its_width(text: str, x: int, y: int) -> None:
    page = Canvas(20, 2)

    page.put(x, y, text)

    assert [sum(width_of(run) for run, _ in line) for line in page.lines()] == [20, 20]


@pytest.mark.parametrize(("dots", "columns", "rows"), [(12, 36, 6), (16, 48, 8)])
@pytest.mark.parametrize("word", KEY_WORDS)
def test_a_key_word_fits_its_lane(word: str, dots: Dots, columns: int, rows: int) -> None:
    drawn = large(word, dots, columns)

    assert drawn is not None
    assert len(drawn) == rows


@pytest.mark.parametrize("word", ["LENT", "BACK", "NO", "WAIT", "HELLO", "BYE", "CHANGED", "DONE"])
def test_an_english_key_word_is_drawn_as_large(word: str) -> None:
    assert large(word, 12, 60) is not None


@pytest.mark.parametrize(
    "label", ["三(1)班", "六(12)班", "初二(3)班", "高一(10)班", "九年级（4）班", "3(1)"]
)
def test_a_class_is_drawn_in_large_words(label: str) -> None:
    assert largest(label, 76, 8) is not None


def test_the_usual_class_fits_the_idle_panel_of_80_columns() -> None:
    drawn = large("三(1)班", 12, 49)

    assert drawn is not None
    assert max(map(len, drawn)) == 41


def test_a_word_without_glyphs_or_room_is_not_drawn() -> None:
    assert large("大课间", 12, 99) is None
    assert large("三(1)班", 12, 20) is None
    assert largest("", 99, 9) is None


@pytest.mark.parametrize("dots", [12, 16])
def test_all_glyphs_are_told_apart(dots: Dots) -> None:
    known = (
        "借好了还不能等一二三四五六七八九十班年级初高只书你再见可换人续办()"
        + digits
        + ascii_uppercase
    )

    drawn = {character: large(character, dots, 99) for character in known}

    assert None not in drawn.values()
    assert len(set(drawn.values())) == len(known)


def test_the_four_sounds_differ_and_quiet_is_silent() -> None:
    def rung(tone: Tone) -> list[float]:
        strokes: list[float] = []

        def after(seconds: float, _bell: Callable[[], object]) -> None:
            strokes.append(seconds)

        ring(tone, lambda: strokes.append(0.0), after)
        return strokes

    rhythms = [rung(tone) for tone in Tone]

    assert rhythms == [list(RHYTHMS[tone]) for tone in Tone]
    assert rung(Tone.QUIET) == []
    assert len({tuple(rhythm) for rhythm in rhythms}) == len(Tone)


def test_every_word_of_the_screens_is_said_in_chinese() -> None:
    words = Words("zh_CN")

    assert words.tr("BACK ONLY") == "只还书"
    assert words.tr("{minutes} minutes left", minutes=3) == "还有 3 分钟"
