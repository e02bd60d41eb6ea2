"""QR symbols (ISO/IEC 18004), level M: text → segments → codewords → modules, under the mask with the least penalty.

A symbol is one whole number, a bit a module, so that a mask is put on and judged by some dozen operations on all
modules at once. What depends on the version alone is made once (`frame_of`).
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby, zip_longest
from typing import Final, NamedTuple

from license_lib.rendering.qr_frame import Frame, frame_of

_CHECK_BYTES: Final = (
    10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
    26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
)  # fmt: skip
"""Error correction codewords of a block, by version from 1 (table 9)."""
_BLOCKS: Final = (
    1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16,
    17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49,
)  # fmt: skip
_GROUPS: Final = ((1, 9), (10, 26), (27, 40))
"""First and last version of those that count characters in as many bits (table 3)."""
_CHARACTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""Of the alphanumeric mode, by their values (table 5)."""
_RUNS: Final = re.compile(r"(?P<digits>[0-9]+)|(?P<capitals>[A-Z $%*+./:-]+)|(?P<others>[^0-9A-Z $%*+./:-]+)")
_PAD: Final = ("11101100", "00010001")
_POLYNOMIAL: Final = 0x11D


class _Mode(NamedTuple):
    """A mode of encoding (7.4).

    Attributes:
        indicator: four bits.
        counts: bits of the character count, by group of versions.
        sixths: of a bit that a character takes.
    """

    indicator: str
    counts: tuple[int, int, int]
    sixths: int


_NUMERIC: Final = _Mode("0001", (10, 12, 14), 20)
_CAPITALS: Final = _Mode("0010", (9, 11, 13), 33)
_BYTES: Final = _Mode("0100", (8, 16, 16), 48)
_FITTING: Final = {
    "digits": (_NUMERIC, _CAPITALS, _BYTES),
    "capitals": (_CAPITALS, _BYTES),
    "others": (_BYTES,),
}
_DIGITS: Final = {
    f"{value:0{length}d}": f"{value:0{bits}b}"
    for length, bits in ((1, 4), (2, 7), (3, 10))
    for value in range(10**length)
}
_PAIRS: Final = {
    one + two: f"{45 * first + second:011b}"
    for first, one in enumerate(_CHARACTERS)
    for second, two in enumerate(_CHARACTERS)
} | {one: f"{value:06b}" for value, one in enumerate(_CHARACTERS)}


def symbol(text: str) -> list[bytes]:
    """The symbol of a text: rows from the top, one byte a module, 1 for dark; without the quiet zone.

    Args:
        text: ASCII.

    Raises:
        ValueError: no version holds it.
    """
    version, bits = _placed_in_a_version(text)
    frame = frame_of(version)
    return frame.rows(_best(frame, frame.placed(_codewords(version, bits))))


def is_symbol_of(text: str, symbol: int) -> bool:
    """Whether these modules are a symbol of a text, whole, under any mask.

    Args:
        text: ASCII.
        symbol: as the frame of its version numbers the modules.
    """
    try:
        version, bits = _placed_in_a_version(text)
    except ValueError:
        return False
    frame = frame_of(version)
    return symbol ^ frame.placed(_codewords(version, bits)) in frame.masks


def _placed_in_a_version(text: str) -> tuple[int, str]:
    """The smallest version that holds a text, and the bits of its segments."""
    runs = [(found.lastgroup or "", found[0]) for found in _RUNS.finditer(text)]
    for group, (first, last) in enumerate(_GROUPS):
        if _NUMERIC.sixths * len(text) > 6 * 8 * data_bytes(last):
            continue
        length, modes = _fewest_bits(runs, group)
        for version in range(first, last + 1):
            if length <= 8 * data_bytes(version):
                return version, "".join([_segment(mode, part, group) for mode, part in _segments(modes, runs)])
    raise ValueError("no version holds the text")


def _fewest_bits(runs: Sequence[tuple[str, str]], group: int) -> tuple[int, Sequence[_Mode]]:
    """How many bits runs of characters take at least, and the mode of each."""
    ways: dict[_Mode, tuple[int, tuple[_Mode, ...]]] = {}
    for kind, run in runs:
        so_far = ways or {_BYTES: (0, ())}
        ways = {}
        for mode in _FITTING[kind]:
            begins = 6 * (4 + mode.counts[group])
            options = [
                (spent if path[-1:] == (mode,) else -(-spent // 6) * 6 + begins, path)
                for spent, path in so_far.values()
            ]
            spent, path = min(options, key=lambda option: option[0])
            ways[mode] = spent + mode.sixths * len(run), (*path, mode)
    spent, modes = min(ways.values(), key=lambda way: way[0])
    return -(-spent // 6), modes


def _segments(modes: Sequence[_Mode], runs: Sequence[tuple[str, str]]) -> Iterator[tuple[_Mode, str]]:
    """Runs of the same mode together."""
    for mode, members in groupby(zip(modes, runs, strict=True), key=lambda member: member[0]):
        yield mode, "".join([run for _, (_, run) in members])


def _segment(mode: _Mode, part: str, group: int) -> str:
    head = f"{mode.indicator}{len(part):0{mode.counts[group]}b}"
    if mode is _BYTES:
        return head + f"{int.from_bytes(part.encode('ascii'), 'big'):0{8 * len(part)}b}"
    table, step = (_DIGITS, 3) if mode is _NUMERIC else (_PAIRS, 2)
    return head + "".join([table[part[at : at + step]] for at in range(0, len(part), step)])


def data_bytes(version: int) -> int:
    """Bytes that a version holds beside its error correction."""
    return _module_count(version) // 8 - _CHECK_BYTES[version - 1] * _BLOCKS[version - 1]


def _module_count(version: int) -> int:
    """Modules that hold data and error correction (7.7.1)."""
    modules = (16 * version + 128) * version + 64
    if version > 1:
        aligned = version // 7 + 2
        modules -= (25 * aligned - 10) * aligned - 55
    return modules - 36 if version > 6 else modules  # noqa: PLR2004 -- from version 7 on, the version stands there, too


def _codewords(version: int, bits: str) -> bytes:
    """Data and error correction in the order of their modules (7.4.10, 7.5, 7.6)."""
    room = 8 * data_bytes(version)
    bits += "0" * min(4, room - len(bits))
    bits += "0" * (-len(bits) % 8)
    missing = (room - len(bits)) // 8
    bits += ("".join(_PAD) * (missing // 2 + 1))[: 8 * missing]
    data = int(bits, 2).to_bytes(room // 8, "big")
    count, check = _BLOCKS[version - 1], _CHECK_BYTES[version - 1]
    short, long = divmod(len(data), count)
    ends = [short * (index + 1) + max(0, index + 1 - (count - long)) for index in range(count)]
    blocks = [data[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    return _interleaved(blocks) + _interleaved([_checked(block, check) for block in blocks])


def _interleaved(blocks: Sequence[bytes]) -> bytes:
    return bytes([one for column in zip_longest(*blocks) for one in column if one is not None])


def _checked(block: bytes, length: int) -> bytes:
    """The remainder of a block, as a polynomial over GF(256), by the generator of so many codewords (7.5.2)."""
    multiples, top = _multiples(length), 8 * (length - 1)
    low = (1 << top) - 1
    rest = 0
    for one in block:
        rest = ((rest & low) << 8) ^ multiples[one ^ (rest >> top)]
    return rest.to_bytes(length, "big")


@lru_cache(maxsize=32)
def _multiples(length: int) -> list[int]:
    """The generator polynomial of `length` codewords, without its leading one, times every element."""
    generator = [1]
    for power in range(length):
        root = _powers()[power]
        generator = [
            a ^ b for a, b in zip([*generator, 0], [0, *(_times(one, root) for one in generator)], strict=True)
        ]
    return [int.from_bytes(bytes(_times(one, factor) for one in generator[1:]), "big") for factor in range(256)]


@cache
def _powers() -> list[int]:
    """Powers of 2 in GF(256), twice over."""
    powers = [1]
    while len(powers) < 2 * 255:
        powers.append((powers[-1] << 1) ^ (_POLYNOMIAL if powers[-1] & 128 else 0))
    return powers


@cache
def _logarithms() -> dict[int, int]:
    return {value: power for power, value in enumerate(_powers()[:255])}


def _times(one: int, other: int) -> int:
    return _powers()[_logarithms()[one] + _logarithms()[other]] if one and other else 0


def _best(frame: Frame, unmasked: int) -> int:
    """The symbol under the mask with the least penalty; of equal ones the first (7.8.3)."""
    return min((unmasked ^ mask for mask in frame.masks), key=lambda symbol: penalty(frame, symbol))


def penalty(frame: Frame, symbol: int) -> int:
    """How bad a symbol is to read (7.8.3.1), around which all is light.

    Args:
        frame: of its version.
        symbol: its modules.
    """
    light = frame.all ^ symbol
    total = 0
    same: list[int] = []
    for step, pairs in ((1, frame.beside), (frame.stride, frame.above)):
        equal = pairs & ~(symbol ^ (symbol >> step))
        two = equal & (equal >> step)
        five = two & (two >> 2 * step)  # that many of one color; a run of n has n - 4 of them
        total += five.bit_count() + 2 * (five & ~(five >> step)).bit_count()
        finder = symbol & (light >> step) & (symbol >> 6 * step) & (light >> 5 * step)
        finder &= (symbol >> 2 * step) & (symbol >> 3 * step) & (symbol >> 4 * step)
        if finder:
            pair = light & (light >> step)
            four = pair & (pair >> 2 * step)
            total += 40 * (finder & ((four << 4 * step) | (four >> 7 * step))).bit_count()
        same.append(equal)
    beside, above = same
    total += 3 * (beside & (beside >> frame.stride) & above).bit_count()
    dark, modules = symbol.bit_count(), frame.side**2
    return total + abs(2 * dark - modules) * 10 // modules * 10
