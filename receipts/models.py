"""The table of printer models: what a job has to mind, and how the printer answers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, Literal

GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class Model:
    """One model; models.toml says what each value means."""

    name: str
    title: str
    columns: int
    dots: int
    power_on: Literal["chinese", "single", "unknown"]
    characters: Literal["gb2312", "gbk"]
    raster: bool
    cuts: bool
    cut: Literal["feed_and_cut", "cut"]
    feed_lines: int
    status: tuple[int, ...]
    paper_low: int
    paper_out: int
    paper_low_when: Literal["set", "clear"]
    reports_end: bool
    reports_job: bool

    def dots_of(self, columns: int) -> int:
        """Tell the printable dots of paper that many columns wide."""
        return self.dots if columns == self.columns else columns * 12


def model(name: str = GENERIC) -> Model:
    """Find a model by its name.

    Raises: KeyError.
    """
    return models()[name]


@cache
def models() -> dict[str, Model]:
    """Read the table, in its order."""
    text = (files("receipts") / "models.toml").read_text(encoding="utf-8")
    table: dict[str, dict[str, Any]] = tomllib.loads(text)
    return {name: _model(name, table[GENERIC] | values) for name, values in table.items()}


def _model(name: str, values: dict[str, Any]) -> Model:
    known = {field.name for field in fields(Model)}
    unknown = values.keys() - known
    if unknown:
        raise ValueError(f"models.toml, [{name}]: expected {sorted(known)}, found {unknown}")
    return Model(name=name, **values | {"status": tuple(values["status"])})
