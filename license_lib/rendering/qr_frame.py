"""What a QR symbol of a version has before there is a text: its patterns, where its data goes, and its masks."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import product
from operator import itemgetter
from typing import Final, NamedTuple

MARGIN: Final = 4
"""Modules of light around a symbol that count when it is judged (ISO/IEC 18004, 7.8.3.1)."""
_MASKS: Final[tuple[Callable[[int, int], int], ...]] = (
    lambda x, y: (x + y) % 2,
    lambda _, y: y % 2,
    lambda x, _: x % 3,
    lambda x, y: (x + y) % 3,
    lambda x, y: (x // 3 + y // 2) % 2,
    lambda x, y: x * y % 2 + x * y % 3,
    lambda x, y: (x * y % 2 + x * y % 3) % 2,
    lambda x, y: ((x + y) % 2 + x * y % 3) % 2,
)
"""A mask turns the modules over at which it is 0 (table 10)."""
_PERIOD: Final = 12
"""Modules after which each mask begins again."""
_DARK: Final = ord("1")
_VERSION_STANDS_FROM: Final = 7
_BYTES: Final = bytes.maketrans(b"01", b"\0\1")
Place = tuple[int, int]
"""Column and row, from the top-left corner."""


class Frame(NamedTuple):
    """A version's symbol without data. Its modules are bits of a number: a row, its margin, and so on downwards.

    Attributes:
        side: modules of a side.
        stride: bits from a module to the one below it.
        all: every bit.
        beside: the modules that have one to the left.
        above: the modules that have one above.
        masks: the masks, each with the format information that names it.
        order: puts bits of data and what is fixed in their places.
        rest: bits after the codewords, and what is fixed: light and dark.
    """

    side: int
    stride: int
    all: int
    beside: int
    above: int
    masks: tuple[int, ...]
    order: Callable[[str], tuple[str, ...]]
    rest: str

    def placed(self, codewords: bytes) -> int:
        """The symbol without mask and format information (7.7.3)."""
        bits = f"{int.from_bytes(codewords, 'big'):0{8 * len(codewords)}b}"
        return int("".join(self.order(bits + self.rest)), 2)

    def rows(self, symbol: int) -> list[bytes]:
        """A symbol's rows, one byte a module, 1 for dark."""
        height = self.side + 2 * MARGIN
        bits = f"{symbol:0{height * self.stride}b}".encode("ascii").translate(_BYTES)
        starts = range(MARGIN * self.stride, (MARGIN + self.side) * self.stride, self.stride)
        return [bits[start : start + self.side] for start in starts]


@lru_cache(maxsize=40)
def frame_of(version: int) -> Frame:
    """The frame of a version, 1 to 40."""
    side = 17 + 4 * version
    stride, height = side + MARGIN, side + 2 * MARGIN

    def number(dark: Iterable[Place]) -> int:
        grid = bytearray(b"0" * (height * stride))
        for x, y in dark:
            grid[(y + MARGIN) * stride + x] = _DARK
        return int(grid, 2)

    fixed = dict(_patterns(version, side))
    form = [[place for place, dark in _format(mask, side) if dark] for mask in range(len(_MASKS))]
    taken = {*fixed, *(place for place, _ in _format(0, side))}
    free = [place for place in _zigzag(side) if place not in taken]
    count = len(free)
    index = {place: at for at, place in enumerate(free)} | {place: count + dark for place, dark in fixed.items()}
    places = product(range(-MARGIN, side + MARGIN), range(stride))
    inside, changeable = number(product(range(side), range(side))), number(free)
    grids = [number(_turned(mask, side)) for mask in range(len(_MASKS))]
    return Frame(
        side=side,
        stride=stride,
        all=(1 << height * stride) - 1,
        beside=inside & (inside >> 1),
        above=inside & (inside >> stride),
        masks=tuple(grid & changeable | number(named) for grid, named in zip(grids, form, strict=True)),
        order=itemgetter(*[index.get((x, y), count) for y, x in places]),
        rest="0" * (count % 8) + "01",
    )


def _turned(mask: int, side: int) -> Iterator[Place]:
    """The modules that a mask turns over."""
    turned = [[x for x in range(_PERIOD) if not _MASKS[mask](x, y)] for y in range(_PERIOD)]
    for y in range(side):
        for start in range(0, side, _PERIOD):
            yield from ((start + x, y) for x in turned[y % _PERIOD] if start + x < side)


def _patterns(version: int, side: int) -> Iterator[tuple[Place, bool]]:
    """Timing, alignment and finder patterns, and the version information; each may overwrite those before it (6.3)."""
    for at in range(side):
        yield (6, at), at % 2 == 0
        yield (at, 6), at % 2 == 0
    middles = _alignments(version, side)
    corners = {(6, 6), (6, side - 7), (side - 7, 6)}
    for x, y in set(product(middles, repeat=2)) - corners:
        for a, b in product(range(-2, 3), repeat=2):
            yield (x + a, y + b), max(abs(a), abs(b)) != 1
    for x, y in ((3, 3), (side - 4, 3), (3, side - 4)):
        for a, b in product(range(-4, 5), repeat=2):
            if 0 <= x + a < side and 0 <= y + b < side:
                yield (x + a, y + b), max(abs(a), abs(b)) not in {2, 4}
    if version >= _VERSION_STANDS_FROM:
        bits = version << 12 | _remainder(version << 12, 0x1F25)
        for at in range(18):
            for place in ((side - 11 + at % 3, at // 3), (at // 3, side - 11 + at % 3)):
                yield place, bool(bits >> at & 1)


def _alignments(version: int, side: int) -> list[int]:
    """Rows and columns of the middles of alignment patterns (annex E)."""
    if version == 1:
        return []
    count = version // 7 + 2
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2  # noqa: PLR2004 -- as there
    return [6, *(side - 7 - step * at for at in range(count - 1))]


def _format(mask: int, side: int) -> Iterator[tuple[Place, bool]]:
    """The format information, twice, and the module that is always dark (7.9); level M is 00."""
    bits = (mask << 10 | _remainder(mask << 10, 0x537)) ^ 0x5412
    first = [*((8, at) for at in range(6)), (8, 7), (8, 8), (7, 8), *((14 - at, 8) for at in range(9, 15))]
    second = [*((side - 1 - at, 8) for at in range(8)), *((8, side - 15 + at) for at in range(8, 15))]
    for places in (first, second):
        for at, place in enumerate(places):
            yield place, bool(bits >> at & 1)
    yield (8, side - 8), True


def _remainder(value: int, generator: int) -> int:
    """Of a polynomial over GF(2), as annexes C and D have it."""
    while value.bit_length() >= generator.bit_length():
        value ^= generator << value.bit_length() - generator.bit_length()
    return value


def _zigzag(side: int) -> Iterator[Place]:
    """All modules in the order in which data fills them: two columns up, two down, from the right (7.7.3)."""
    upwards = True
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):
        for y in range(side - 1, -1, -1) if upwards else range(side):
            yield right, y
            yield right - 1, y
        upwards = not upwards
