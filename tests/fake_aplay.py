"""An `aplay` that is a real process: it keeps what it is given, and hangs or fails when told to."""

from __future__ import annotations

import os
import time
from pathlib import Path

_SCRIPT = """\
#!/bin/sh
kept=$(dirname "$0")/kept
number=$(ls "$kept" | wc -l)
cat > "$kept/$number.part"
echo "$@" > "$kept/../arguments"
mv "$kept/$number.part" "$kept/$number.wav"
mode=$(cat "$kept/../mode")
case "$mode" in
  hang) sleep 60 & wait ;;
  wait) while [ -e "$kept/../mode" ] && [ "$(cat "$kept/../mode")" = wait ]; do sleep 0.01; done ;;
  "") ;;
  *) echo "aplay: main:831: audio open error: $mode" >&2; exit 1 ;;
esac
"""
PATIENCE_S = 5.0


class FakeAplay:
    """The program in a folder that is to be first on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "bin"
        self._kept = self.folder / "kept"
        self._kept.mkdir(parents=True)
        self.is_to("")
        program = self.folder / "aplay"
        program.write_text(_SCRIPT, encoding="utf-8")
        program.chmod(0o755)

    @property
    def path(self) -> str:
        """The PATH with this program in front."""
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"

    def is_to(self, mode: str) -> None:
        """Say what it does next: "" plays, hang, wait (till told otherwise), or an error."""
        fresh = self.folder / "mode.new"
        fresh.write_text(mode, encoding="utf-8")
        fresh.rename(self.folder / "mode")

    @property
    def played(self) -> list[bytes]:
        """Every sound it was given whole, in order."""
        return [one.read_bytes() for one in sorted(self._kept.glob("*.wav"), key=_number)]

    @property
    def arguments(self) -> str:
        """What it was last called with."""
        return (self.folder / "arguments").read_text(encoding="utf-8").strip()

    def has_played(self, count: int) -> list[bytes]:
        """Wait until it was given so many sounds."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.played) < count:
            assert time.monotonic() < deadline, f"{len(self.played)} of {count} sounds came"
            time.sleep(0.005)
        return self.played


def _number(path: Path) -> int:
    return int(path.stem)
