"""Pages of a plain file, line by line as our press writes them: texts, the code, and their ground.

The ground of a page 底 is all that is not said by the licence: background, frames, artwork, seals. It is not understood
here, only told from others; what it looks like, somebody has to have seen (`plain_faces`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
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
_TEXTS: Final = "texts: "
_HEAVIEST: Final = 0.05
"""Of a bold text's own stroke, in type sizes: more would reach beyond its characters."""
_STEP: Final = re.compile(
    r" (?:1 0 0 1 (?P<x>\S+) (?P<y>\S+) Tm (?P<spacing>\S+) Tc|/(?P<font>\S+) (?P<size>\S+) Tf <(?P<codes>\S+)> Tj)"
)
_ARTIFACT: Final = re.compile(r"/Artifact BMC (.*) EMC|/Figure <</MCID \d{1,5}>> BDC (q .* Q) EMC")
_OUTLINES: Final = frozenset(["re", "m", "l", "c", "h", "W"])
"""Operators that add to a path, which waits for its end, be it in the next line."""
_ENDS: Final = frozenset(["S", "f", "n"])
"""Operators that end it."""
_HARMLESS: Final = frozenset(["w", "J", "j", "d", "RG", "rg", "G", "g"])
"""Operators that set what every text and code sets anew."""
_WITHIN: Final = frozenset(["cm", "W", "n", "Do"])
"""Operators that change what comes after them, until `Q`."""
_MOVES: Final = {"q": 1, "Q": -1, "cm": 0, "Do": 0}
"""The other operators of a ground, with how much deeper they go."""
_ARRAY: Final = re.compile(r"\[[\d. ]*\]")
_OPERAND: Final = re.compile(rf"{_NUMBER}|/[A-Za-z0-9]{{1,20}}")
_CODE: Final = re.compile(
    rf"/Figure <</MCID \d{{1,5}}>> BDC q ({_NUMBER}) 0 0 \1 ({_NUMBER}) ({_NUMBER}) cm 1 1 1 rg 0 0 (\d{{2,3}}) \4 re f"
    r" 0 0 0 rg "
)
_CODE_ENDS: Final = " 1 re f Q EMC"
_BOX: Final = re.compile(r"([1-9]\d{0,2}) ([1-9]\d{0,2}) ([1-9]\d{0,2})")
_SPANS_REMEMBERED: Final = 1 << 14
_DRAWS_MICROTEXT: Final = "/Micro "
_MICROTEXT: Final = re.compile(
    rf"/Artifact BMC {_COLOR} RG(?: q (?:1 0 0 1|0 1 -1 0|0 -1 1 0) {_NUMBER} {_NUMBER} cm 1 0 0 1 {_NUMBER} 0 cm"
    rf" (?:/Micro Do 1 0 0 1 {_NUMBER} 0 cm )+Q)+ EMC"
)
"""Micro-text is the licence's own: larger, it could hide something."""
ASCENT, DESCENT = 900.0, 200.0
"""How far the characters of a line reach, thousandths of its type size."""
_SMALLEST: Final = 1.0
"""Points: of smaller type, renderers see some characters and others not."""
_SAME_LINE: Final = 0.3
"""Of the height of the largest run of a place: baselines so near are of one line."""
_NEAR: Final = 1.4
"""Of the height of the higher run (1.5 type sizes): lines so near may be rows of a picture."""
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

    Seen from afar, characters are dark or light squares: a code has 21 rows of them at least (ISO/IEC 18004), and lines
    that are farther from each other are rows of none.
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


class DrawnCode(NamedTuple):
    """A QR code as it is drawn.

    Attributes:
        edges: with its quiet zone.
        side: modules, with the quiet zone.
        modules: row by row from the top, one byte a module: 0 dark, 255 light.
    """

    edges: Edges
    side: int
    modules: bytes


@dataclass
class PlainPage:
    """What is on a page.

    Attributes:
        runs: its texts, in the order in which they are drawn.
        ground: the rest line by line, with a place held for what is not of the ground.
        code: the QR code.
    """

    runs: list[Run] = field(default_factory=list)
    ground: list[str] = field(default_factory=list)
    code: DrawnCode | None = None


def read_page(content: str, fonts: "Mapping[str, ShownFont]") -> PlainPage:
    """Read the operators of a page.

    Raises:
        OtherwiseSpelledError: a line is not as our press writes it.
    """
    page, stroke = PlainPage(), ""
    for line in content.split("\n"):
        if " BT " in line:
            text = _TEXT.fullmatch(line)
            if text is None:
                raise OtherwiseSpelledError
            page.runs += _runs(text, fonts)
            # A line of the ground that sets nothing of its own is filled in the colour of the last text before it, and
            # stroked as the last bold one.
            if page.ground[-1:] and page.ground[-1].startswith(_TEXTS):
                page.ground.pop()
            stroke = text["stroke"] or stroke
            page.ground.append(f"{_TEXTS}{text['plain'] or text['set']}{stroke}")
        elif line.endswith(_CODE_ENDS):
            need(page.code is None)
            page.code = _code(line)
            page.ground.append("code")
        else:
            need(_leaves_nothing(line) and (_DRAWS_MICROTEXT not in line or _MICROTEXT.fullmatch(line)))
            page.ground.append(line)
    return page


@lru_cache(maxsize=1024)
def _leaves_nothing(line: str) -> bool:
    """Whether what a line of the ground sets ends with it, so that texts and code stand where they say."""
    found = _ARTIFACT.fullmatch(line)
    depth, waits = 0, False
    # White space is the blank alone: `str.split` would divide where renderers do not.
    for word in _ARRAY.sub("0", found[1] or found[2]).split(" ") if found else ():
        if word in _HARMLESS or _OPERAND.fullmatch(word):
            continue
        if not depth and word in _WITHIN and word != "Do":  # a form leaves nothing behind
            return False
        if word in _OUTLINES or word in _ENDS:
            waits = word in _OUTLINES
        elif waits or word not in _MOVES:
            return False
        depth += _MOVES.get(word, 0)
        if depth < 0:
            return False
    return found is not None and not depth and not waits


def _runs(text: re.Match[str], fonts: "Mapping[str, ShownFont]") -> Iterator[Run]:
    weight = float(text["weight"] or 0)
    color = f"{text['plain'] or text['set']}{text['stroke'] or ''}"
    x = y = spacing = 0.0
    for step in _STEP.finditer(text["lines"] or text["bold"]):
        name = step["font"]
        if name is None:
            x, y, spacing = float(step["x"]), float(step["y"]), float(step["spacing"])
            continue
        characters, advances, overhangs = fonts[name]
        size, digits = float(step["size"]), step["codes"]
        codes = [int(digits[at : at + 4], 16) for at in range(0, len(digits), 4)]
        steps = [advances[code] * size / 1000 + spacing for code in codes]
        need(size >= _SMALLEST and 0 <= weight <= _HEAVIEST * size and 0 not in codes and spacing >= 0)
        end = x + sum(steps)
        edges = Edges(x, y - DESCENT * size / 1000, end - spacing, y + ASCENT * size / 1000)
        reach = [overhangs[code] for code in overhangs.keys() & codes]
        more = [weight / 2 + max(one) * size / 1000 for one in zip(*reach, strict=True)] or [weight / 2] * 4
        ink = Edges(edges.left - more[0], edges.bottom - more[1], edges.right + more[2], edges.top + more[3])
        look = f"{color} {name} {size} {spacing}"
        yield Run("".join([characters[code] for code in codes]), y, edges, ink, look)
        x = end


def read_code(page: PlainPage) -> DrawnCode:
    """The code of a page.

    Raises:
        OtherwiseSpelledError: it has none.
    """
    if page.code is None:
        raise OtherwiseSpelledError
    return page.code


def with_a_square(content: str, shade: float) -> str:
    """A page that was read, with a square of one shade of grey, 0 (black) to 1 (white), where its code is.

    Raises:
        OtherwiseSpelledError: it has no code.
    """
    lines = content.split("\n")
    (at,) = [index for index, line in enumerate(lines) if line.endswith(_CODE_ENDS)]
    found = _CODE.match(lines[at])
    if found is None:
        raise OtherwiseSpelledError
    module, left, bottom, count = found.groups()
    lines[at] = f"q {module} 0 0 {module} {left} {bottom} cm {shade:g} g 0 0 {count} {count} re f Q"
    return "\n".join(lines)


def _code(line: str) -> DrawnCode:
    found = _CODE.match(line)
    if found is None:
        raise OtherwiseSpelledError
    module, left, bottom = (float(found[index]) for index in (1, 2, 3))
    count = int(found[4])
    modules, spans = bytearray(b"\xff" * (count * count)), _spans(count)
    for box in line[found.end() : -len(_CODE_ENDS)].split(" 1 re "):
        span, dark = spans[box]
        modules[span] = dark
    side = module * count
    return DrawnCode(Edges(left, bottom, left + side, bottom + side), count, bytes(modules))


@lru_cache(maxsize=8)  # a city has two or three sizes
def _spans(count: int) -> "_Spans":
    return _Spans(count)


class _Spans(dict[str, tuple[slice, bytes]]):
    """Where runs of dark modules lie in codes of so many modules a side, as slice and bytes; those that were met."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __missing__(self, box: str) -> tuple[slice, bytes]:
        found = _BOX.fullmatch(box)
        if found is None:
            raise OtherwiseSpelledError
        x, y, length = map(int, found.groups())
        inner = range(QUIET_ZONE, self._count - QUIET_ZONE)
        need(x in inner and y in inner and x + length - 1 in inner)
        start = (self._count - 1 - y) * self._count + x
        if len(self) >= _SPANS_REMEMBERED:
            self.clear()
        self[box] = value = slice(start, start + length), bytes(length)
        return value
