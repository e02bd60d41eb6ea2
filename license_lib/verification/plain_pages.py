"""Pages of a plain file, line by line as our press writes them: texts, the code, and their ground.

The ground of a page 底 is all that is not said by the licence: background, frames, artwork, seals. It is not understood
here, only told from others; what it looks like, who prints it knows (`plain_faces`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Final, NamedTuple

from license_lib.code_size import QUIET_ZONE
from license_lib.verification.plain_objects import OtherwiseSpelledError, need
from license_lib.verification.plain_runs import MOST_RUNS, ROUNDING, Edges, Run

if TYPE_CHECKING:
    from license_lib.verification.plain_fonts import ShownFont

_NUMBER: Final = r"-?\d{1,5}(?:\.\d{1,5})?"
_COLOR: Final = rf"{_NUMBER} {_NUMBER} {_NUMBER}"
_SHOWING: Final = rf"/[A-Za-z0-9]{{1,20}} {_NUMBER} Tf <(?:[0-9a-f]{{4}})+> Tj"
_LINE: Final = rf"1 0 0 1 {_NUMBER} {_NUMBER} Tm {_NUMBER} Tc(?: {_SHOWING})+"
_MARK: Final = r"(?:/[A-Z][A-Za-z0-9]{0,20} <</MCID \d{1,5}>>|/Artifact <</Type/Pagination>>) BDC"
_TEXT: Final = re.compile(
    rf"{_MARK} BT (?P<plain>{_COLOR} rg)(?P<lines>(?: {_LINE})+) ET EMC|"
    rf"{_MARK} BT (?P<set>{_COLOR} rg) 2 Tr(?P<stroke> {_COLOR} RG (?P<weight>{_NUMBER}) w)"
    rf"(?P<bold>(?: {_LINE})+) 0 Tr ET EMC"
)
_TEXTS, _QR = "文", "码"
"""Hold a place in the ground, where every other line is ASCII."""
_HEAVIEST: Final = 0.05
"""Of a bold text's own stroke, in type sizes: more would reach beyond its characters."""
_STEP: Final = re.compile(
    r" (?:1 0 0 1 (?P<x>\S+) (?P<y>\S+) Tm (?P<spacing>\S+) Tc|/(?P<font>\S+) (?P<size>\S+) Tf <(?P<codes>\S+)> Tj)"
)
_CODE: Final = re.compile(
    rf"/Figure <</MCID \d{{1,5}}>> BDC q ({_NUMBER}) 0 0 \1 ({_NUMBER}) ({_NUMBER}) cm 1 1 1 rg 0 0 (\d{{2,3}}) \4 re f"
    r" 0 0 0 rg "
)
_CODE_ENDS: Final = " 1 re f Q EMC"
_BOX: Final = re.compile(r"([1-9]\d{0,2}) ([1-9]\d{0,2}) ([1-9]\d{0,2})")
_SPANS_REMEMBERED: Final = 1 << 14
ASCENT, DESCENT = 900.0, 200.0
"""How far the characters of a line reach, thousandths of its type size."""
_SMALLEST: Final = 1.0
"""Points: of smaller type, renderers see some characters and others not."""
_BLUR: Final = 2.0
"""Thousandths of a type size: readers round the edges of characters."""
LEAST_BEARING: Final = 25.0
"""Thousandths of a type size: `ROUNDING` and `_BLUR` of the smallest type, and a little more."""


class TextLine(NamedTuple):
    """A line of operators that shows a text.

    Attributes:
        runs: what it shows.
        color: operators that set what a line of the ground after it is filled with.
        stroke: the same of a bold one: what it is stroked with.
        shown: which faces it was read with, by the names of the fonts, and what their codes meant, up to its highest.
    """

    runs: Sequence[Run]
    color: str
    stroke: str
    shown: Sequence[tuple[str, object, str]]

    def reads_the_same_in(self, fonts: "Mapping[str, ShownFont]") -> bool:
        """Whether the fonts mean the same by the codes of this line."""
        return all(
            name in fonts and fonts[name].face is face and fonts[name].characters.startswith(meant)
            for name, face, meant in self.shown
        )


class DrawnCode(NamedTuple):
    """A QR code as it is drawn.

    Attributes:
        edges: with its quiet zone.
        side: modules, with the quiet zone.
        symbol: its modules, as `rendering.qr_frame.Frame` numbers them.
    """

    edges: Edges
    side: int
    symbol: int


@dataclass
class PlainPage:
    """What is on a page.

    Attributes:
        runs: its texts, in the order in which they are drawn.
        ground: the rest line by line, with a place held for texts and code.
        code: the QR code.
        lines: those that show its texts.
    """

    runs: list[Run] = field(default_factory=list)
    ground: list[str] = field(default_factory=list)
    code: DrawnCode | None = None
    lines: dict[str, TextLine] = field(default_factory=dict)


def read_page(content: bytes, fonts: "Mapping[str, ShownFont]", lines: Mapping[str, TextLine]) -> PlainPage:
    """Read the operators of a page.

    Args:
        content: the operators.
        fonts: by name.
        lines: some that were read before, such as a template's own texts.

    Raises:
        OtherwiseSpelledError: a text or the code is not as our press writes it.
        UnicodeDecodeError: they are not ASCII.
    """
    page, stroke = PlainPage(), ""
    for line in content.decode("ascii").split("\n"):
        if " BT " in line:
            text = lines.get(line)
            if text is None or not text.reads_the_same_in(fonts):
                text = _text_line(line, fonts)
            need(len(page.runs) + len(text.runs) <= MOST_RUNS)
            page.lines[line] = text
            page.runs += text.runs
            # A line of the ground that sets nothing of its own is filled in the colour of the last text before it, and
            # stroked as the last bold one.
            if page.ground[-1:] and page.ground[-1].startswith(_TEXTS):
                page.ground.pop()
            stroke = text.stroke or stroke
            page.ground.append(f"{_TEXTS} {text.color}{stroke}")
        elif line.endswith(_CODE_ENDS):
            need(page.code is None)
            page.code = _code(line)
            page.ground.append(_QR)
        else:
            page.ground.append(line)
    return page


def _text_line(line: str, fonts: "Mapping[str, ShownFont]") -> TextLine:
    text = _TEXT.fullmatch(line)
    if text is None:
        raise OtherwiseSpelledError
    weight, stroke = float(text["weight"] or 0), text["stroke"] or ""
    color = text["plain"] or text["set"]
    x = y = spacing = 0.0
    runs: list[Run] = []
    highest: dict[str, int] = {}
    for step in _STEP.finditer(text["lines"] or text["bold"]):
        name = step["font"]
        if name is None:
            x, y, spacing = float(step["x"]), float(step["y"]), float(step["spacing"])
            continue
        font, size, digits = fonts[name], float(step["size"]), step["codes"]
        codes = [int(digits[at : at + 4], 16) for at in range(0, len(digits), 4)]
        steps = [font.advances[code] * size / 1000 + spacing for code in codes]
        need(size >= _SMALLEST and 0 <= weight <= _HEAVIEST * size and 0 not in codes and spacing >= 0)
        end = x + sum(steps)
        edges = Edges(x, y - DESCENT * size / 1000, end - spacing, y + ASCENT * size / 1000)
        blur = ROUNDING + _BLUR * size / 1000
        reach = [font.overhangs[code] for code in font.overhangs.keys() & codes]
        more = [weight / 2 + max(0.0, max(one) * size / 1000 + blur) for one in zip(*reach, strict=True)]
        more = more or [weight / 2] * 4
        ink = Edges(edges.left - more[0], edges.bottom - more[1], edges.right + more[2], edges.top + more[3])
        look = f"{color}{stroke} {name} {size} {spacing}"
        runs.append(Run("".join([font.characters[code] for code in codes]), y, edges, ink, max(steps) - spacing, look))
        highest[name] = max(highest.get(name, 0), *codes)
        x = end
    shown = [(name, fonts[name].face, fonts[name].characters[: code + 1]) for name, code in highest.items()]
    return TextLine(runs, color, stroke, shown)


def read_code(page: PlainPage) -> DrawnCode:
    """The code of a page.

    Raises:
        OtherwiseSpelledError: it has none.
    """
    if page.code is None:
        raise OtherwiseSpelledError
    return page.code


def _code(line: str) -> DrawnCode:
    found = _CODE.match(line)
    if found is None:
        raise OtherwiseSpelledError
    module, left, bottom = (float(found[index]) for index in (1, 2, 3))
    count = int(found[4])
    boxes = line[found.end() : -len(_CODE_ENDS)].split(" 1 re ")
    symbol = reduce(or_, map(_spans(count).__getitem__, boxes))
    side = module * count
    return DrawnCode(Edges(left, bottom, left + side, bottom + side), count, symbol)


@lru_cache(maxsize=8)  # a city has two or three sizes
def _spans(count: int) -> "_Spans":
    return _Spans(count)


class _Spans(dict[str, int]):
    """Runs of dark modules in codes of so many modules a side, quiet zone included; those that were met."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __missing__(self, box: str) -> int:
        found = _BOX.fullmatch(box)
        if found is None:
            raise OtherwiseSpelledError
        x, y, length = map(int, found.groups())
        inner = range(QUIET_ZONE, self._count - QUIET_ZONE)
        need(x in inner and y in inner and x + length - 1 in inner)
        stride = self._count - QUIET_ZONE  # a row has its margin on one side
        end = (self._count - 1 - y) * stride + x - QUIET_ZONE + length
        if len(self) >= _SPANS_REMEMBERED:
            self.clear()
        self[box] = value = ((1 << length) - 1) << (self._count * stride - end)
        return value
