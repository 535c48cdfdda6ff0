"""Devices on the screen: what is wrong, since when and what to do, and nobody waits for paper."""

from __future__ import annotations

from dataclasses import replace

import pytest
from screens_scenes import DEVICES, IN_ENGLISH, LENDING, outcome, view
from screens_shots import Shot, kept_picture, picture_of

from kiosk.domain import DeviceState, Note, OutcomeKind

SMALL = (80, 24)
PRINTER_CAUSES = (
    *("missing", "busy", "denied", "gone", "timeout", "error"),
    *("paper_low", "paper_out", "cover_open", "cutter", "hot", "offline"),
)
SCANNER_CAUSES = ("missing", "busy", "denied", "gone", "timeout", "error")
CHEN = view(9, name="陈老师", class_label="", kind="teacher", loans=(), done=(), staff=True)
STAFF = outcome(OutcomeKind.MODE_CHANGED, note=Note.STAFF_BEGAN, view=CHEN, session=9)
ASKED = outcome(OutcomeKind.MODE_CHANGED, note=Note.DEVICES_SHOWN, view=CHEN, session=9)


def printer(cause: str) -> tuple[DeviceState, ...]:
    """The desk's devices with a printer in trouble."""
    return (*DEVICES[:2], DeviceState("printer", "printer", cause == "paper_low", cause=cause))


def scanner(cause: str) -> tuple[DeviceState, ...]:
    """The desk's devices with the right scanner in trouble."""
    return (DEVICES[0], DeviceState("right", "scanner", False, "right", cause), DEVICES[2])


SOUND = DeviceState("sound", "sound", False, cause="missing")
MANY = (*scanner("gone")[:2], printer("paper_out")[2], SOUND)

SHOTS = (
    *(Shot(f"printer-{cause}", devices=printer(cause)) for cause in PRINTER_CAUSES),
    *(Shot(f"scanner-{cause}", devices=scanner(cause)) for cause in SCANNER_CAUSES),
    *(
        Shot(f"printer-{cause}-english", hall=IN_ENGLISH, language="en", devices=printer(cause))
        for cause in ("paper_low", "paper_out", "cover_open", "timeout")
    ),
    Shot("scanner-gone-english", hall=IN_ENGLISH, language="en", devices=scanner("gone")),
    Shot("lent-without-paper", devices=printer("paper_out"), outcomes=(LENDING,)),
    Shot("devices", outcomes=(STAFF, ASKED), speaks=True),
    Shot("devices-in-trouble", devices=MANY, outcomes=(STAFF, ASKED), speaks=True),
    Shot(
        "devices-english",
        hall=IN_ENGLISH,
        language="en",
        devices=MANY,
        outcomes=(STAFF, ASKED),
        speaks=True,
    ),
    Shot(
        "devices-beside-a-reader",
        devices=MANY,
        outcomes=(STAFF, ASKED, replace(LENDING, lane="right")),
        speaks=True,
    ),
)
LARGE = (
    Shot("printer-paper_out", devices=printer("paper_out")),
    Shot("devices-in-trouble", devices=MANY, outcomes=(STAFF, ASKED), speaks=True),
)


@pytest.mark.parametrize("shot", SHOTS, ids=str)
async def test_a_device_looks_as_its_picture(shot: Shot) -> None:
    svg = await picture_of(shot, SMALL)

    assert svg == kept_picture(shot.name, svg, SMALL)


@pytest.mark.parametrize("shot", LARGE, ids=str)
async def test_a_device_looks_as_its_picture_on_a_large_screen(shot: Shot) -> None:
    size = (120, 36)
    svg = await picture_of(shot, size)

    assert svg == kept_picture(shot.name, svg, size)
