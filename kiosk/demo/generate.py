"""Write the sample school's `readers.csv` and `items.csv`, byte for byte the same every time.

Run as `python -m kiosk.demo.generate`. Names of pupils and teachers are invented; titles,
authors and publishers come from the hand-written lists in `catalogue/`, bar codes, ISBNs and
prices are made up.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Final

from kiosk.demo.books import ITEM_HEADINGS, items
from kiosk.demo.people import READER_HEADINGS, readers

_SEED: Final = 20260910


def readers_csv() -> str:
    """Write all readers as CSV with English headings."""
    return _as_csv(READER_HEADINGS, readers(Random(_SEED)))


def items_csv() -> str:
    """Write all items as CSV with Chinese headings."""
    return _as_csv(ITEM_HEADINGS, items(Random(_SEED)))


def write_school(folder: Path) -> None:
    """Write both files into `folder`, in UTF-8."""
    (folder / "readers.csv").write_bytes(readers_csv().encode())
    (folder / "items.csv").write_bytes(items_csv().encode())


def _as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    write_school(Path(__file__).parent)
