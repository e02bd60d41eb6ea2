"""The code on a page of ours, read from the operators that draw it: nothing is drawn."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from license_lib.catalogue import Layout
from license_lib.code_size import LARGEST_VERSION, LEAST_MODULE, QUIET_ZONE, CodeSize
from license_lib.verification.plain_objects import OtherwiseSpelledError, need

LARGEST_CODE: Final = 256 * 1024
"""Bytes of operators: no symbol has so many runs of dark modules."""
_CODE: Final = re.compile(
    r"q (\d{1,2}\.\d{5}) 0 0 \1 (\d{1,4}\.\d{3}) (\d{1,4}\.\d{3}) cm 1 1 1 rg 0 0 (\d{2,3}) \4 re f 0 0 0 rg "
)
_ENDS: Final = " 1 re f Q"
_BOX: Final = re.compile(r"([1-9]\d{0,2}) ([1-9]\d{0,2}) ([1-9]\d{0,2})")
_RUNS_REMEMBERED: Final = 1 << 14
_PIXELS: Final = 2
"""Of a module's side, for the reader."""
_SHADES: Final = bytes((255, 0)) + bytes(254)
"""Of light and dark modules."""
_SAME_PLACE: Final = 0.05
"""Points."""


def text_of_code(operators: str, layout: Layout) -> str:
    """What a code says that is drawn where a layout has it, dark on white.

    Its modules are read by the same reader as a picture's; then they must be the whole symbol of that text: of a
    damaged one, two readers may see different things.

    Raises:
        OtherwiseSpelledError: it is drawn in any other way, or too fine for a renderer.
    """
    from PIL import Image

    from license_lib.qr.readers import ask_zxing
    from license_lib.rendering.face import edges_of
    from license_lib.rendering.qr_frame import frame_of
    from license_lib.rendering.qr_symbol import is_symbol_of

    found = _CODE.match(operators)
    if found is None or not operators.endswith(_ENDS):
        raise OtherwiseSpelledError
    module, left, bottom, side = float(found[1]), float(found[2]), float(found[3]), int(found[4])
    size = CodeSize.of(side - 2 * QUIET_ZONE, layout.qr.size)
    need(1 <= size.version <= LARGEST_VERSION and size.modules == side - 2 * QUIET_ZONE and size.module > LEAST_MODULE)
    drawn, place = (left, bottom, left + module * side), edges_of(layout.page, layout.qr)[:3]  # it is a square
    need(all(abs(one - other) < _SAME_PLACE for one, other in zip(drawn, place, strict=True)))
    symbol = _symbol(operators[found.end() : -len(_ENDS)].split(" 1 re "), side)
    modules = b"".join(frame_of(size.version).rows(symbol)).translate(_SHADES)
    picture = Image.new("L", (side, side), 255)
    picture.paste(Image.frombytes("L", (size.modules, size.modules), modules), (QUIET_ZONE, QUIET_ZONE))
    seen = ask_zxing(picture.resize((side * _PIXELS, side * _PIXELS), Image.Resampling.NEAREST), alone=True)
    need(len(seen.codes) == 1)
    text = seen.codes[0].text
    need(text.isascii() and is_symbol_of(text, symbol))
    return text


def _symbol(boxes: Sequence[str], side: int) -> int:
    """Dark modules as `rendering.qr_frame.Frame` numbers them; `side` has the quiet zone."""
    runs, rows, symbol = _runs(side), [0] * side, 0
    for box in boxes:
        row, dark = runs[box]
        rows[row] |= dark
    for dark in rows:
        symbol = symbol << (side - QUIET_ZONE) | dark  # a row has its margin on one side
    return symbol


@lru_cache(maxsize=8)  # a city has two or three sizes
def _runs(side: int) -> "_Runs":
    return _Runs(side)


class _Runs(dict[str, tuple[int, int]]):
    """Runs of dark modules in codes of so many modules a side, quiet zone included, as row and bits; those met."""

    def __init__(self, side: int) -> None:
        self._side = side

    def __missing__(self, box: str) -> tuple[int, int]:
        found = _BOX.fullmatch(box)
        if found is None:
            raise OtherwiseSpelledError
        x, y, length = map(int, found.groups())
        inner = range(QUIET_ZONE, self._side - QUIET_ZONE)
        need(x in inner and y in inner and x + length - 1 in inner)
        if len(self) >= _RUNS_REMEMBERED:
            self.clear()
        self[box] = value = self._side - 1 - y, ((1 << length) - 1) << self._side - x - length
        return value
