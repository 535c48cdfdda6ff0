"""What the record keeps of a staff member's PIN: enough to know it again, too little to tell it."""

from __future__ import annotations

import hashlib
import hmac
from secrets import token_bytes
from typing import Final

_COST: Final = 2**13
_BLOCK: Final = 8
_LANES: Final = 4
_SALT_BYTES: Final = 16
_KEY_BYTES: Final = 32


def locked(pin: str) -> str:
    """Turn a PIN into the text that the record keeps, with a salt of its own.

    The numbers make it take 8 MB of memory and about 0.1 s; they stand in the text, so that
    later ones may be higher. Source: RFC 7914, scrypt.
    """
    salt = token_bytes(_SALT_BYTES)
    key = _derived(pin, salt, _COST, _BLOCK, _LANES)
    return f"scrypt${_COST}${_BLOCK}${_LANES}${salt.hex()}${key.hex()}"


def opens(pin: str, kept: str) -> bool:
    """Tell whether a PIN is the one that was locked; a text of another kind is no PIN's.

    >>> opens("1234", "md5$1$1$1$00$00")
    False
    """
    kind, *parts = kept.split("$")
    if kind != "scrypt" or len(parts) != 5:
        return False
    cost, block, lanes, salt, key = parts
    found = _derived(pin, bytes.fromhex(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(found, bytes.fromhex(key))


def _derived(pin: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=cost, r=block, p=lanes, dklen=_KEY_BYTES)
