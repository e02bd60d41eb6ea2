"""Pages of a plain file, line by line as our press writes them: texts, the code, and their ground.

The ground of a page 底 is all that is not said by the licence: background, frames, artwork, seals. It is not understood
here, only told from others; what it looks like, who prints it knows (`plain_faces`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from license_lib.code_size import QUIET_ZONE
from license_lib.verification.plain_objects import OtherwiseSpelledError, need

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
_RUNS_REMEMBERED: Final = 1 << 14
ASCENT, DESCENT = 900.0, 200.0
"""How far the characters of a line reach, thousandths of its type size."""
_SMALLEST: Final = 1.0
"""Points: of smaller type, renderers see some characters and others not."""
_SAME_LINE: Final = 0.3
"""Of the height of the largest run of a place: baselines so near are of one line."""
_NEAR: Final = 1.8
"""Of the height of the higher run (1.98 type sizes): lines so near may be rows of a picture."""
_ROUNDING: Final = 0.02
"""Points: places are rounded to a hundredth."""


class Edges(NamedTuple):
    """A place on a page, points."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Edges") -> bool:
        """Whether they have more in common than an edge."""
        return (
            self.left < other.right - _ROUNDING
            and other.left < self.right - _ROUNDING
            and self.bottom < other.top - _ROUNDING
            and other.bottom < self.top - _ROUNDING
        )


class Run(NamedTuple):
    """A stretch of text in one font.

    Attributes:
        text: what it says.
        baseline: points from the page's foot.
        edges: its place: from its first character's origin to where its last one ends, as high as its line.
        ink: what it may cover: the same, and what reaches beyond it.
        look: all else that tells how it is drawn.
    """

    text: str
    baseline: float
    edges: Edges
    ink: Edges
    look: str

    def lies_in(self, place: Edges) -> bool:
        """Whether it begins and ends there, and is no higher or lower."""
        left, bottom, right, top = self.edges
        return (
            place.left - _ROUNDING <= left
            and right <= place.right + _ROUNDING
            and place.bottom - _ROUNDING <= bottom
            and top <= place.top + _ROUNDING
        )


def are_in_order(runs: Sequence[Run]) -> bool:
    """Whether every run stands behind those of its line that were drawn before it, and below those of other lines.

    A reader takes a line from left to right and lines from above, however they were drawn, and sees once what lies on
    each other. Runs beside each other on different lines, as in the columns of a table, follow each other as they like.
    """
    line = _SAME_LINE * max([run.edges.top - run.edges.bottom for run in runs], default=0.0)
    for number, run in enumerate(runs):
        left, right, top = run.edges.left + _ROUNDING, run.edges.right - _ROUNDING, run.baseline + line
        for before in runs[:number]:
            if left < before.edges.right and before.baseline <= top:
                is_on_its_line = before.baseline >= run.baseline - line
                if is_on_its_line or before.edges.left < right:
                    return False
    return True


def lines_below_each_other(runs: Sequence[Run]) -> int:
    """How many lines stand below each other at most, each as near as the lines of a text.

    Seen from afar, characters are dark and light squares: of dense bold ones and blanks, 1.7 type sizes from line to
    line, a code was still read. ADR 26 has what was measured.
    """
    below = sorted(runs, key=lambda run: -run.baseline)
    nearest = _NEAR * max([run.edges.top - run.edges.bottom for run in runs], default=0.0)
    counts: list[int] = []
    for number, run in enumerate(below):
        count = 1
        for other in range(number - 1, -1, -1):
            above = below[other]
            gap = above.baseline - run.baseline
            if gap > nearest:
                break
            height = max(run.edges.top - run.edges.bottom, above.edges.top - above.edges.bottom)
            is_above = run.edges.left < above.edges.right + height and above.edges.left < run.edges.right + height
            if is_above and _SAME_LINE * height < gap <= _NEAR * height:
                count = max(count, counts[other] + 1)
        counts.append(count)
    return max(counts, default=0)


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
        reach = [font.overhangs[code] for code in font.overhangs.keys() & codes]
        more = [weight / 2 + max(one) * size / 1000 for one in zip(*reach, strict=True)] or [weight / 2] * 4
        ink = Edges(edges.left - more[0], edges.bottom - more[1], edges.right + more[2], edges.top + more[3])
        look = f"{color}{stroke} {name} {size} {spacing}"
        runs.append(Run("".join([font.characters[code] for code in codes]), y, edges, ink, look))
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
    stride, runs = count - QUIET_ZONE, _runs(count)
    rows = [0] * count
    for box in boxes:
        row, dark = runs[box]
        rows[row] |= dark
    symbol = 0
    for dark in rows:
        symbol = symbol << stride | dark  # a row has its margin on one side
    side = module * count
    return DrawnCode(Edges(left, bottom, left + side, bottom + side), count, symbol)


@lru_cache(maxsize=8)  # a city has two or three sizes
def _runs(count: int) -> "_Runs":
    return _Runs(count)


class _Runs(dict[str, tuple[int, int]]):
    """Runs of dark modules in codes of so many modules a side, quiet zone included, as row and bits; those met."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __missing__(self, box: str) -> tuple[int, int]:
        found = _BOX.fullmatch(box)
        if found is None:
            raise OtherwiseSpelledError
        x, y, length = map(int, found.groups())
        inner = range(QUIET_ZONE, self._count - QUIET_ZONE)
        need(x in inner and y in inner and x + length - 1 in inner)
        if len(self) >= _RUNS_REMEMBERED:
            self.clear()
        self[box] = value = self._count - 1 - y, ((1 << length) - 1) << self._count - x - length
        return value
