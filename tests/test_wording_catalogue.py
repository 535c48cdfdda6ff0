"""The Chinese catalogue: complete, compiled, kind."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

KIOSK = Path(__file__).parent.parent / "kiosk"
CATALOGUE = KIOSK / "locale" / "zh_CN" / "LC_MESSAGES"
FORBIDDEN = ("违规", "罚", "欠款")


def read_catalogue() -> Catalog:
    """Read the Chinese catalogue as translators write it."""
    with (CATALOGUE / "kiosk.po").open("rb") as file:
        return read_po(file, locale="zh_CN")


def test_every_message_of_the_code_has_its_chinese() -> None:
    found = extract_from_dir(KIOSK, [("**.py", "python")], keywords={"tr": None, "_marked": None})
    used = {(message, f"{file}:{line}") for file, line, message, *_ in found}
    catalogue = read_catalogue()

    missing = sorted(
        f"{place}: {message}"
        for message, place in used
        if message not in catalogue or not catalogue[message].string
    )
    assert len(used) > 100
    assert missing == []


def test_every_chinese_sentence_has_the_places_of_its_english_one() -> None:
    for message in read_catalogue():
        if message.id:
            assert places(str(message.string)) == places(str(message.id)), message.id


def places(text: str) -> set[str]:
    """Find the names in braces."""
    return {part.partition("}")[0] for part in text.split("{")[1:]}


def test_no_message_stands_twice_in_the_catalogue() -> None:
    lines = (CATALOGUE / "kiosk.po").read_text(encoding="utf-8").splitlines()
    ids = [line for line in lines if line.startswith("msgid ") and line != 'msgid ""']

    assert sorted(ids) == sorted(set(ids))


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = BytesIO()
    write_mo(compiled, read_catalogue())
    compiled.seek(0)
    with (CATALOGUE / "kiosk.mo").open("rb") as file:
        shipped = {message.id: message.string for message in read_mo(file) if message.id}

    assert shipped == {one.id: one.string for one in read_mo(compiled) if one.id}


def test_the_catalogue_never_scolds() -> None:
    for message in read_catalogue():
        assert not any(word in str(message.string) for word in FORBIDDEN), message.id
