"""The books of the sample school: titles from the lists in `catalogue/`, and their items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import chain
from random import Random
from typing import Final
from zlib import crc32

ITEM_HEADINGS: Final = (
    "条码号",
    "题名",
    "责任者",
    "出版社",
    "出版年",
    "ISBN",
    "索书号",
    "馆藏",
    "定价",
)
TITLES: Final = 3000
ITEMS: Final = 8000
_FIRST_BARCODE: Final = 30000001
_MOST_OF_ONE_TITLE: Final = 8
_ANY_YEAR: Final = (2008, 2023)
_COLLECTIONS: Final = {"general": "普通", "picture": "绘本", "reference": "工具书"}

# These come first, two items of each, so that their bar codes can be known by heart.
_FIRST_TITLES: Final = (
    "夏洛的网",
    "草房子",
    "城南旧事",
    "新华字典(第12版)",
    "[bold]新书[/x]",
    "从前有一个小男孩和他的一条小黑狗",
    "“下次开船”港",
    "窗边的小豆豆",
)

# Publisher, what it adds to the title, lowest and highest price, first and last year.
_EDITIONS: Final = (
    ("人文", "", 20, 38, 2008, 2021),
    ("译林", "", 18, 36, 2008, 2020),
    ("长文", "(导读版)", 18, 30, 2012, 2022),
    ("浙少", "(青少版)", 15, 25, 2008, 2018),
    ("京教", "(彩图注音版)", 12, 20, 2008, 2018),
    ("吉出", "(学生版)", 10, 19, 2008, 2015),
    ("商务", "(插图本)", 24, 42, 2012, 2021),
    ("新蕾", "(美绘版)", 16, 26, 2010, 2019),
    ("少儿", "(拼音版)", 12, 22, 2009, 2020),
    ("天地", "(名师导读版)", 20, 32, 2015, 2023),
    ("川少", "(无障碍阅读版)", 18, 29, 2013, 2022),
    ("商务", "(经典名著阅读)", 16, 28, 2015, 2022),
    ("青岛", "(珍藏版)", 25, 39, 2012, 2020),
    ("二十一", "(少年版)", 15, 24, 2008, 2017),
    ("海豚", "(彩绘本)", 18, 30, 2011, 2019),
    ("北大", "(新课标必读)", 16, 26, 2010, 2018),
    ("中少", "(少儿彩绘版)", 16, 28, 2010, 2022),
    ("云南", "(注音美绘版)", 10, 18, 2008, 2016),
    ("晨光", "(名著小书包)", 12, 20, 2009, 2018),
    ("贵人", "(小学生读本)", 13, 22, 2009, 2019),
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A title before it has its ISBN, year, price and call number; the ranges include both ends."""

    title: str
    author: str
    publisher: str
    clc: str
    collection: str
    prices: tuple[int, int]
    years: tuple[int, int]


def items(random: Random) -> Iterator[tuple[str, ...]]:
    """Give every item of the school as a row of the import file, in order of accession."""
    drafts = _in_order_of_accession(random)
    catalogued = list(_catalogue(drafts, random))
    barcode = _FIRST_BARCODE
    for row, count in zip(catalogued, _counts(drafts, random), strict=True):
        for _ in range(count):
            yield (str(barcode), *row)
            barcode += 1


def isbn13(prefix: str, number: int) -> str:
    """Build the ISBN of a publisher's n-th title, check digit included.

    >>> isbn13("5327", 1234)
    '9787532712342'
    """
    body = f"9787{prefix}{number:0{8 - len(prefix)}d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def author_letter(author: str) -> str:
    """Give the first letter of an author's name in pinyin, as it stands in the call number.

    >>> author_letter("林海音"), author_letter("[美]E·B·怀特"), author_letter("《成语故事》编写组")
    ('L', 'E', 'C')
    """
    first = author.rpartition("]")[2].lstrip("《")[0]
    if first.isascii():
        return first.upper()
    code = int.from_bytes(first.encode("gb18030")[:2], "big")
    # GB 2312 keeps its first 3,755 characters in the order of pinyin; later ones are by radical.
    if not 0xB0A1 <= code <= 0xD7F9:
        return "X"
    return next(letter for start, letter in reversed(_PINYIN_STARTS) if code >= start)


_PINYIN_STARTS: Final = (
    (0xB0A1, "A"), (0xB0C5, "B"), (0xB2C1, "C"), (0xB4EE, "D"), (0xB6EA, "E"), (0xB7A2, "F"),
    (0xB8C1, "G"), (0xB9FE, "H"), (0xBBF7, "J"), (0xBFA6, "K"), (0xC0AC, "L"), (0xC2E8, "M"),
    (0xC4C3, "N"), (0xC5B6, "O"), (0xC5BE, "P"), (0xC6DA, "Q"), (0xC8BB, "R"), (0xC8F6, "S"),
    (0xCBFA, "T"), (0xCDDA, "W"), (0xCEF4, "X"), (0xD1B9, "Y"), (0xD4D1, "Z"),
)  # fmt: skip


def _catalogue(drafts: Sequence[Draft], random: Random) -> Iterator[tuple[str, ...]]:
    """Give what an item's row says after its bar code, for each draft."""
    publishers = _publishers()
    used_isbns: set[str] = set()
    used_numbers: Counter[str] = Counter()
    for draft in drafts:
        name, prefixes = publishers[draft.publisher]
        while (isbn := _some_isbn(prefixes, random)) in used_isbns:
            pass
        used_isbns.add(isbn)
        call_number = f"{draft.clc}/{author_letter(draft.author)}{_author_number(draft.author)}"
        used_numbers[call_number] += 1
        if (n := used_numbers[call_number]) > 1:
            call_number = f"{call_number}-{n}"
        price = random.randrange(draft.prices[0], draft.prices[1] + 1)
        year = random.randrange(draft.years[0], draft.years[1] + 1)
        fen = random.choice(("00", "00", "80", "50"))
        yield (
            draft.title,
            draft.author,
            name,
            str(year),
            isbn,
            call_number,
            _COLLECTIONS[draft.collection],
            f"{price}.{fen}",
        )


def _some_isbn(prefixes: Sequence[str], random: Random) -> str:
    prefix = random.choice(prefixes)
    return isbn13(prefix, random.randrange(10 ** (8 - len(prefix))))


def _author_number(author: str) -> str:
    return f"{crc32(author.encode()) % 900 + 50:03d}"


def _counts(drafts: Sequence[Draft], random: Random) -> list[int]:
    """Say how many items each title has: one at least, more of what children ask for."""
    counts = [2 if place < len(_FIRST_TITLES) else 1 for place in range(len(drafts))]
    left = ITEMS - sum(counts)
    while left:
        place = random.randrange(len(_FIRST_TITLES), len(drafts))
        wanted = 0.35 if drafts[place].collection == "reference" else 1.0 / counts[place] ** 0.5
        if counts[place] < _MOST_OF_ONE_TITLE and random.random() < wanted:
            counts[place] += 1
            left -= 1
    return counts


def _in_order_of_accession(random: Random) -> list[Draft]:
    """Shuffle what was bought together: volumes of a series stay side by side."""
    works = list(_works())
    batches = [[work] for work in works] + list(_series())
    known = {draft.title for batch in batches for draft in batch}
    room = TITLES - sum(len(batch) for batch in batches)
    batches += _classics(room, known)
    random.shuffle(batches)
    drafts = list(chain.from_iterable(batches))
    first = [next(d for d in works if d.title.startswith(title)) for title in _FIRST_TITLES]
    return first + [draft for draft in drafts if draft not in first]


def _works() -> Iterator[Draft]:
    """Read single titles: `title|author|publisher`, then a class and a year if they are its own."""
    clc, collection, prices = "", "", (0, 0)
    for line in _lines("works.txt"):
        fields = line.split("|")
        if line.startswith("[") and line.endswith("]"):
            clc, collection = fields[0][1:], fields[1]
            prices = (int(fields[2]), int(fields[3][:-1]))
        else:
            title, author, publisher, *own = fields
            own_clc = own[0] if own else clc
            years = (int(own[1]), int(own[1])) if own[1:] else _ANY_YEAR
            yield Draft(title, author, publisher, own_clc, collection, prices, years)


def _series() -> Iterator[list[Draft]]:
    """Read series: a heading and the names of the volumes."""
    for block in "\n".join(_lines("series.txt")).split("@")[1:]:
        heading, _, names = block.partition("\n")
        pattern, author, publisher, clc, price_span, collection, year_span = heading.split("|")
        prices, years = _span(price_span), _span(year_span)
        yield [
            Draft(pattern.format(name), author, publisher, clc, collection, prices, years)
            for name in chain.from_iterable(map(_volumes, names.split()))
        ]


def _volumes(name: str) -> list[str]:
    first, dots, last = name.partition("..")
    return [str(n) for n in range(int(first), int(last) + 1)] if dots else [name]


def _classics(room: int, known: set[str]) -> list[list[Draft]]:
    """Give exactly `room` editions of the classics, each publisher's in turn, as batches."""
    classics = [line.split("|") for line in _lines("classics.txt")]
    editions = [
        Draft(title + added, author, publisher, clc, "general", (low, high), (since, until))
        for publisher, added, low, high, since, until in _EDITIONS
        for title, author, clc in classics
        if added or title not in known
    ]
    chosen = editions[:room]
    return [chosen[start : start + 12] for start in range(0, room, 12)]


def _publishers() -> dict[str, tuple[str, list[str]]]:
    rows = (line.split("|") for line in _lines("publishers.txt"))
    return {short: (name, prefixes.split(",")) for short, name, prefixes in rows}


def _span(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    return int(first), int(last)


def _lines(name: str) -> list[str]:
    text = files("kiosk.demo").joinpath("catalogue", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
