"""Readers' names as the public may see them."""

from __future__ import annotations

from kiosk.domain import ReaderKind


def public_name(name: str, kind: ReaderKind, *, masks: bool) -> str:
    """Write a reader's name for the screen and the slip; a class is no person to be masked.

    >>> public_name("王小明", "student", masks=True), public_name("王小明", "student", masks=False)
    ('王*明', '王小明')
    """
    return masked(name) if masks and kind != "class" else name


def masked(name: str) -> str:
    """Hide all of a name but its first and last character.

    >>> masked("王小明"), masked("李红"), masked("欧阳娜娜")
    ('王*明', '李*', '欧**娜')
    """
    if len(name) <= 2:
        return name[:1] + "*" * (len(name) - 1)
    return name[0] + "*" * (len(name) - 2) + name[-1]
