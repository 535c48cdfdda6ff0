"""Writes what a command has made: to the file that was named, or to stdout."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.errors import UsageError


def write_text(text: str, to: Path | None) -> None:
    """Write a text to stdout, or as UTF-8 into a file, whose name is then printed.

    Raises: UsageError when the file cannot be written.
    """
    if to is None:
        sys.stdout.write(text)
    else:
        write_file(to, text.encode())


def write_file(path: Path, content: bytes) -> None:
    """Write a file and print its name.

    Raises: UsageError when it cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise UsageError(f"Cannot write {path}: {fault.strerror}.") from fault
    print(path)
