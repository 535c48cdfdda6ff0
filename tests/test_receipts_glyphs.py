"""What a receipt printer's font shows, and how wide."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.glyphs import MISSING, clean, encode, width

any_text = st.text(st.characters(), max_size=60)
# A busy machine is no fault of the text.
unhurried = settings(deadline=None)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("夏洛的网", "夏洛的网"),
        ("“红楼”·梦——…", "“红楼”·梦——…"),
        ("café Pokémon", "café Pokémon"),
        ("cafe\u0301", "café"),
        ("✓ ✔ ☑", "√ √ √"),
        ("◀左 右▶", "←左 右→"),
        ("▲●★", "▲●★"),
        ("定价¥12", "定价￥12"),
        ("平凡的世界•上", "平凡的世界·上"),
        ("ドン・キホーテ", "ドン·キホーテ"),
        ("Señor Märchen", "Senor Marchen"),
        ("½ ﬁ ™ ©", "1/2 fi TM (C)"),
        ("ｶﾅ", "カナ"),
    ],
)
def test_look_alikes_are_printed_by_their_twins(text: str, printed: str) -> None:
    assert clean(text) == printed
    assert encode(clean(text)).decode("gb18030") == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("红\x1b@楼\x00梦\n", "红 @楼 梦"),
        ("a\u2028b\x85c\x7fd", "a b c d"),
        ("a\u00a0b\u2003c", "a b c"),
        ("\u202egnol\u202c\u200b\ufeff\u2066x", "gnolx"),
        ("  two   spaces ", "two spaces"),
        ("一\u3000二", "一\u3000二"),
        ("\x1b\x1c\x1d\x10\x04", ""),
    ],
)
def test_control_and_invisible_characters_are_taken_out(text: str, printed: str) -> None:
    assert clean(text) == printed


@pytest.mark.parametrize("char", ["㛃", "𠅤", "𫖯", "😀", "\ue000", "\uf8ff", "가", "\ud800"])
def test_a_character_the_font_lacks_is_printed_as_a_mark_never_dropped(char: str) -> None:
    printed = encode(clean(f"王{char}明"))

    assert printed.decode("gb18030") == f"王{MISSING}明"


@pytest.mark.parametrize("char", ["㛃", "𠅤", "😀"])
def test_a_screen_still_shows_what_the_font_lacks(char: str) -> None:
    assert clean(char) == char


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("夏洛的网", 8), ("“”—…·×①Ⅰ", 16), ("ā", 2), ("㛃𠅤", 4), ("䶮堃", 4)],
)
def test_width_is_counted_from_bytes_not_as_a_terminal_does(text: str, columns: int) -> None:
    assert width(text) == columns


@unhurried
@given(any_text)
def test_no_text_prints_a_control_byte(text: str) -> None:
    printed = encode(text)

    assert all(byte >= 0x20 and byte != 0x7F for byte in printed)


@unhurried
@given(any_text)
def test_each_printed_byte_is_one_column(text: str) -> None:
    back = encode(text).decode("gb18030")

    assert len(back) == len(text)
    assert width(text) == sum(1 if char.isascii() else 2 for char in back)
    assert all(got in {char, MISSING} for char, got in zip(text, back, strict=True))


@unhurried
@given(any_text)
def test_cleaning_leaves_nothing_to_clean(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert not {unicodedata.category(char) for char in once} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
