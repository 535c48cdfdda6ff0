"""Reading a label: what was meant is found, what cannot be meant is told with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.barcodes import (
    CardLabel,
    CommandLabel,
    IsbnLabel,
    ItemLabel,
    Label,
    LabelPatterns,
    Unreadable,
    clean,
    ean13_check_digit,
    isbn10_check_digit,
    isbn13_from_10,
    read,
)
from kiosk.domain import Barcode, Card, Command

SCHOOL = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
CARD = CardLabel(Card("R100001"))
ITEM = ItemLabel(Barcode("30000001"))
CHARLOTTE = "9787532733415"


def full_width(text: str) -> str:
    """Write a label the way a Chinese input method in full-width mode does."""
    return "".join(chr(ord(one) + 0xFEE0) for one in text)


def good_ean13(first_twelve: str) -> str:
    """Find the check digit by trying: the weighted sum must be a multiple of ten."""
    for digit in "0123456789":
        whole = first_twelve + digit
        if (sum(map(int, whole[::2])) + 3 * sum(map(int, whole[1::2]))) % 10 == 0:
            return whole
    raise AssertionError(first_twelve)


def good_isbn10(first_nine: str) -> str:
    """Find the check character by trying: the weighted sum must be a multiple of eleven."""
    for value, character in enumerate("0123456789X"):
        total = sum(
            int(one) * weight for one, weight in zip(first_nine, range(10, 1, -1), strict=True)
        )
        if (total + value) % 11 == 0:
            return first_nine + character
    raise AssertionError(first_nine)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("R100001", CARD),
        ("30000001", ITEM),
        *((f"KC-{one.value}", CommandLabel(one)) for one in Command),
        (good_ean13("978753273341"), IsbnLabel(good_ean13("978753273341"))),
        (good_ean13("979880000000"), IsbnLabel(good_ean13("979880000000"))),
        (good_isbn10("753273341"), IsbnLabel(good_ean13("978753273341"))),
    ],
)
def test_each_kind_of_label_is_read(text: str, label: Label) -> None:
    assert read(text, SCHOOL) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (" 30000001", ITEM),
        ("30000001\r\n", ITEM),
        ("\t30000001\t", ITEM),
        ("　30000001　", ITEM),
        ("\xa030000001\u2028", ITEM),
        ("\x0030000001\x00", ITEM),
        ("\ufeff30000001", ITEM),
        ("\u200b R100001 \ufeff", CARD),
        ("]C0R100001", CARD),
        ("]C1 30000001", ITEM),
        ("]A030000001", ITEM),
        ("】C030000001", ITEM),
        ("］Ｃ０３０００００００１", None),
        (full_width("30000001"), ITEM),
        (full_width("R100001"), CARD),
        (full_width("KC-UNDO"), CommandLabel(Command.UNDO)),
        (full_width("]C0R100001"), CARD),
        ("r100001", CARD),
        ("kc-done", CommandLabel(Command.DONE)),
        (f"]E0{CHARLOTTE}", IsbnLabel(CHARLOTTE)),
    ],
)
def test_what_scanners_and_input_methods_add_is_taken_off(text: str, label: Label | None) -> None:
    assert read(text, SCHOOL) == (label or Unreadable("no_pattern"))


@pytest.mark.parametrize("meant", ["30000001", "R100001", "KC-DONE"])
@pytest.mark.parametrize("before", ["\ufeff", "　", "\u200b"])
def test_blanks_in_utf8_taken_for_latin_1_are_taken_off(meant: str, before: str) -> None:
    arrived = (before + meant).encode().decode("latin-1")

    assert read(arrived, SCHOOL) == read(meant, SCHOOL)


def test_a_byte_order_mark_taken_for_gb18030_is_taken_off() -> None:
    # Its third byte and the R of the card make one Chinese character.
    assert "\ufeffR100001".encode().decode("gb18030") == "锘縍100001"
    assert read("锘縍100001", SCHOOL) == CARD


@pytest.mark.parametrize(
    ("meant", "sent", "taken"),
    [
        ("30000001", "utf-8", "gb18030"),
        ("30000001", "utf-8", "latin-1"),
        ("30000001", "gb18030", "latin-1"),
        ("R100001", "gb18030", "latin-1"),
        ("R100001", "utf-8", "latin-1"),
        ("KC-DONE", "gb18030", "latin-1"),
    ],
)
def test_full_width_labels_in_the_wrong_encoding_are_read(
    meant: str, sent: str, taken: str
) -> None:
    arrived = full_width(meant).encode(sent).decode(taken)

    assert arrived != full_width(meant)
    assert read(arrived, SCHOOL) == read(meant, SCHOOL)


def test_gb18030_bytes_kept_as_surrogates_by_a_utf8_stream_are_read() -> None:
    arrived = full_width("R100001").encode("gb18030").decode("utf-8", "surrogateescape")

    assert read(arrived, SCHOOL) == CARD


def test_a_label_with_chinese_characters_in_the_wrong_encoding_is_read() -> None:
    chinese = LabelPatterns([], ["实小[0-9]{6}"], "KC-")
    arrived = "实小000001".encode().decode("gb18030")

    assert arrived != "实小000001"
    assert read(arrived, chinese) == ItemLabel(Barcode("实小000001"))


@pytest.mark.parametrize(
    ("text", "isbn", "add_on"),
    [
        (CHARLOTTE + "90000", CHARLOTTE, "90000"),
        (CHARLOTTE + " 51000", CHARLOTTE, "51000"),
        (CHARLOTTE + "04", CHARLOTTE, "04"),
        ("978-7-5327-3341-5", CHARLOTTE, ""),
        ("978 7 5327 3341 5", CHARLOTTE, ""),
        ("978‐7‐5327‐3341‐5", CHARLOTTE, ""),
        ("978–7–5327–3341–5", CHARLOTTE, ""),
        ("0-8044-2957-X", "9780804429573", ""),
        ("080442957x", "9780804429573", ""),
        (full_width(CHARLOTTE), CHARLOTTE, ""),
    ],
)
def test_an_isbn_is_read_with_its_add_on_and_without_its_hyphens(
    text: str, isbn: str, add_on: str
) -> None:
    assert read(text, SCHOOL) == IsbnLabel(isbn, add_on)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \r\n", "empty"),
        ("\x00\x00\x00", "empty"),
        ("]C0", "empty"),
        ("3" * 65, "too_long"),
        ("3" * 10_000, "too_long"),
        ("\x00" * 10_000, "too_long"),
        ("3000\x000001", "control_characters"),
        ("R1000\x1d01", "control_characters"),
        ("3000\ufffd001", "wrong_encoding"),
        ("R10\udcff001", "wrong_encoding"),
        ("9787532733416", "isbn_check_digit"),
        ("7532733410", "isbn_check_digit"),
        ("97875327334169000" + "0", "isbn_check_digit"),
        ("KC-", "unknown_command"),
        ("KC-OPEN", "unknown_command"),
        ("kc-don", "unknown_command"),
        ("R1000", "no_pattern"),
        ("300000", "no_pattern"),
        ("R1000013", "no_pattern"),
        ("300000013000000130000001", "no_pattern"),
        ("978753273", "no_pattern"),
        ("R100001 30000001", "no_pattern"),
        ("夏洛的网", "no_pattern"),
    ],
)
def test_what_cannot_be_a_label_is_told_with_its_reason(text: str, reason: str) -> None:
    assert read(text, SCHOOL) == Unreadable(reason)


@pytest.mark.parametrize("text", ["R100001", "30000001", "3000", CHARLOTTE])
def test_a_label_the_driver_knows_to_be_damaged_is_never_read(text: str) -> None:
    assert read(text, SCHOOL, fault="dropped") == Unreadable("damaged")


def test_every_part_of_a_label_but_the_whole_is_no_label() -> None:
    for whole in ("R100001", "30000001", "KC-RETURN"):
        for end in range(len(whole)):
            assert isinstance(read(whole[:end], SCHOOL), Unreadable), whole[:end]
            assert isinstance(read(whole[len(whole) - end :], SCHOOL), Unreadable)


def test_the_schools_own_patterns_come_before_the_isbn() -> None:
    thirteen = LabelPatterns([], ["[0-9]{13}"], "KC-")

    assert read(CHARLOTTE, thirteen) == ItemLabel(Barcode(CHARLOTTE))


def test_patterns_are_for_the_whole_label_and_tried_as_written_first() -> None:
    both = LabelPatterns(["S[0-9]+"], ["s[0-9]+", "ab"], "kc-")

    assert read("S1", both) == CardLabel(Card("S1"))
    assert read("s1", both) == ItemLabel(Barcode("s1"))
    assert read("AB", both) == ItemLabel(Barcode("ab"))
    assert read("abc", both) == Unreadable("no_pattern")
    assert read("KC-DONE", both) == CommandLabel(Command.DONE)
    assert read("KC-", both) == Unreadable("unknown_command")


@given(st.text(alphabet="0123456789", min_size=12, max_size=12))
def test_only_one_thirteenth_digit_is_right(first_twelve: str) -> None:
    assert first_twelve + ean13_check_digit(first_twelve) == good_ean13(first_twelve)


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_only_one_tenth_character_is_right(first_nine: str) -> None:
    whole = first_nine + isbn10_check_digit(first_nine)

    assert whole == good_isbn10(first_nine)
    assert isbn13_from_10(whole) == good_ean13("978" + first_nine)


@given(st.text(alphabet="0123456789", min_size=9, max_size=9), st.integers(0, 9))
def test_two_neighbouring_digits_exchanged_in_an_isbn10_are_noticed(nine: str, at: int) -> None:
    right = good_isbn10(nine)
    wrong = right[:at] + right[at : at + 2][::-1] + right[at + 2 :]

    if wrong != right and "X" not in wrong[:9]:
        assert read(wrong, SCHOOL) == Unreadable("isbn_check_digit")


_NOISE = st.text(alphabet=st.characters(), max_size=80) | st.text(
    alphabet="0123456789RrXKC- ]】Ｃ０\x00\ufeff\ud800\ufffd锛", max_size=30
)


@given(_NOISE)
def test_reading_never_fails_and_what_was_read_reads_as_itself(text: str) -> None:
    match read(text, SCHOOL):
        case CardLabel(card):
            assert read(card, SCHOOL) == CardLabel(card)
        case ItemLabel(barcode):
            assert read(barcode, SCHOOL) == ItemLabel(barcode)
        case IsbnLabel(isbn, _):
            assert read(isbn, SCHOOL) == IsbnLabel(isbn)
        case CommandLabel(command):
            assert read(f"KC-{command}", SCHOOL) == CommandLabel(command)
        case Unreadable(reason):
            assert reason


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.text(alphabet=" \t\r\n　\x00\ufeff"))
def test_blanks_round_a_label_change_nothing(barcode: str, blanks: str) -> None:
    if not barcode.isascii():
        return

    assert read(blanks + barcode + blanks, SCHOOL) == ItemLabel(Barcode(barcode))
    assert clean(blanks + barcode + blanks) == barcode
