"""A slip into the print job of one printer, whatever characters are on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from receipts.escpos import Paper, job_on, qr_fits
from receipts.layout import lay_out
from receipts.models import Model
from receipts.names import with_cards
from receipts.raster import FontFault, Painter
from receipts.slip import Slip


class Press:
    """Makes print jobs for one printer.

    With a `font`, a line with characters that the printer lacks is drawn; without one, or where
    the font lacks them too, they print as `〓` and the reader's card stands behind the name. A font
    that cannot be used is told to `on_fault`, once.
    """

    def __init__(
        self,
        model: Model,
        *,
        columns: int,
        cut: bool,
        font: str | None = None,
        on_fault: Callable[[FontFault], None] = lambda _: None,
    ) -> None:
        self._paper = Paper(columns, cut, model)
        self._font = font
        self._on_fault = on_fault

    def job(self, slip: Slip) -> bytes:
        """Give the bytes that print a slip; a QR code that does not fit the paper is left out."""
        columns = self._paper.columns
        lines = lay_out(slip, columns)
        paper = self._paper
        if not all(map(paper.shows, lines)):
            paper = self._with_painter()
            if not all(map(paper.prints, lines)):
                lines = lay_out(with_cards(slip), columns)
        fits = slip.qr and qr_fits(slip.qr, paper.model.dots_of(columns))
        return job_on(paper, lines, qr=slip.qr if fits else "")

    def _with_painter(self) -> Paper:
        """Give the paper with what draws on it, made when it is needed first."""
        font, self._font = self._font, None
        if font is not None:
            try:
                self._paper = replace(self._paper, painter=Painter(font))
            except FontFault as fault:
                self._on_fault(fault)
        return self._paper
