"""Which characters the keys of a country's keyboard give, by key code. Data only.

Each row is a run of key codes: the first code, then what the keys give alone, with Shift and with
AltGr; a space where a key gives nothing. Source: the layouts KBDUS, KBDGR, KBDFR and KBDUK of
Windows, which scanners imitate, on the codes of linux/input-event-codes.h.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

LayoutName = Literal["us", "de", "fr", "gb"]


class Row(NamedTuple):
    """Keys of neighbouring codes."""

    first: int
    plain: str
    shifted: str
    altgr: str = ""


class Layout(NamedTuple):
    """A country's keyboard; the dead signs wait for the letter they belong to."""

    rows: tuple[Row, ...]
    dead: str = ""
    dead_altgr: str = ""


LAYOUTS: Final[dict[LayoutName, Layout]] = {
    "us": Layout(
        (
            Row(2, "1234567890-=", "!@#$%^&*()_+"),
            Row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
            Row(30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
            Row(43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
            Row(86, "<", ">"),
        )
    ),
    "de": Layout(
        (
            Row(2, "1234567890ß´", '!"§$%&/()=?`', " ²³   {[]}\\ "),
            Row(16, "qwertzuiopü+", "QWERTZUIOPÜ*", "@ €        ~"),
            Row(30, "asdfghjklöä^", "ASDFGHJKLÖÄ°"),
            Row(43, "#yxcvbnm,.-", "'YXCVBNM;:_", "       µ   "),
            Row(86, "<", ">", "|"),
        ),
        dead="´`^",
    ),
    "fr": Layout(
        (
            Row(2, "&é\"'(-è_çà)=", "1234567890°+", " ~#{[|`\\^@]}"),
            Row(16, "azertyuiop^$", "AZERTYUIOP¨£", "  €        ¤"),
            Row(30, "qsdfghjklmù²", "QSDFGHJKLM% "),
            Row(43, "*wxcvbn,;:!", "µWXCVBN?./§"),
            Row(86, "<", ">"),
        ),
        dead="^¨",
        dead_altgr="~`",
    ),
    "gb": Layout(
        (
            Row(2, "1234567890-=", '!"£$%^&*()_+', "   €        "),
            Row(16, "qwertyuiop[]", "QWERTYUIOP{}"),
            Row(30, "asdfghjkl;'`", "ASDFGHJKL:@¬", "           ¦"),
            Row(43, "#zxcvbnm,./", "~ZXCVBNM<>?"),
            Row(86, "\\", "|"),
        )
    ),
}
