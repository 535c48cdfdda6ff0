"""Reads a printed page of labels: its words, and its bar codes through another decoder."""

from __future__ import annotations

from html.parser import HTMLParser

import zxingcpp
from PIL import Image, ImageDraw

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """Reads a page, checks that its tags are closed in order, and keeps what matters."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.svgs: list[dict[str, str | None]] = []
        self.rects: list[list[dict[str, str | None]]] = []
        self.said: dict[str, list[str]] = {}
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)
        if tag == "svg":
            self.svgs.append(dict(attrs))
            self.rects.append([])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs
        if tag == "rect":
            self.rects[-1].append(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.said.setdefault(self.open[-1], []).append(data)


def picture(svg: dict[str, str | None], rects: list[dict[str, str | None]]) -> Image.Image:
    """Paint the bars of one label, four dots to the module."""
    width = int(str(svg["viewbox"]).split()[2])
    image = Image.new("L", (width * 4, 120), 255)
    draw = ImageDraw.Draw(image)
    for rect in rects:
        left = int(str(rect["x"])) * 4
        draw.rectangle((left, 0, left + int(str(rect["width"])) * 4 - 1, 119), fill=0)
    return image


def decoded(page: Page) -> list[tuple[str, str]]:
    images = [picture(svg, rects) for svg, rects in zip(page.svgs, page.rects, strict=True)]
    found = [zxingcpp.read_barcode(image) for image in images]
    return [(code.format.name, code.text) for code in found if code is not None]
