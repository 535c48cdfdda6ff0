"""The documents' links lead somewhere, and the commands they name exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from kiosk.barcodes import LabelPatterns, Unreadable, read
from kiosk.cli import parser
from kiosk.domain import Command, OutcomeKind

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\(([^)#:]+)\)")
COMMAND = re.compile(r"`kiosk ([a-z]+)")
SHOWN = re.compile(r"^ {4}\$ kiosk (.+)$", re.MULTILINE)
LABEL = re.compile(r"\bKC-[A-Z0-9][-A-Z0-9]*")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_exists(page: Path) -> None:
    known = parser().format_help()

    named = set(COMMAND.findall(page.read_text(encoding="utf-8")))

    assert [name for name in named if f" {name} " not in known.replace("\n", " ")] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_of_a_transcript_is_understood(page: Path) -> None:
    for line in SHOWN.findall(page.read_text(encoding="utf-8")):
        try:
            parser().parse_args(shlex.split(line, comments=True))
        except SystemExit:
            pytest.fail(f"kiosk {line}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_label_a_page_names_is_read_by_the_desk(page: Path) -> None:
    school = LabelPatterns(["R[0-9]{6}"], ["[0-9]{8}"], "KC-")
    labels = set(LABEL.findall(page.read_text(encoding="utf-8")))

    assert [one for one in sorted(labels) if isinstance(read(one, school), Unreadable)] == []


def test_the_page_for_scripts_names_every_outcome_and_every_command_label() -> None:
    page = (ROOT / "docs" / "headless.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[A-Za-z_]+", page))

    assert {str(one) for one in OutcomeKind} <= words
    assert {str(one) for one in Command} <= words
