"""Stretches of text on a page: where they stand, and whether every reader takes them in the order of their drawing.

What PDFium does is in its `CPDF_TextPage`; nothing here is less strict.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

MOST_RUNS: Final = 1000
"""Of a page: each is compared with each."""
_SAME_LINE: Final = 0.3
"""Of the height of the largest run of a place: baselines so near are of one line."""
_STEP_OF_A_LINE: Final = 0.55
"""Of the widest character of two runs: a reader may take both for one line if their baselines are so near."""
_COMPARED: Final = 5
_SAME_PLACE: Final = 0.95
"""Runs that a reader compares with each one, and of a character how far it may be off (`may_be_seen_once`)."""
_NEAR: Final = 1.6
"""Of the height of the higher run (1.76 type sizes): lines so near may be rows of a picture."""
ROUNDING: Final = 0.02
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
            self.left < other.right - ROUNDING
            and other.left < self.right - ROUNDING
            and self.bottom < other.top - ROUNDING
            and other.bottom < self.top - ROUNDING
        )


class Run(NamedTuple):
    """A stretch of text in one font.

    Attributes:
        text: what it says.
        baseline: points from the page's foot.
        edges: its place: from its first character's origin to where its last one ends, as high as its line.
        ink: what it may cover: the same, and what reaches beyond it.
        widest: points that the widest of its characters goes.
        look: all else that tells how it is drawn.
    """

    text: str
    baseline: float
    edges: Edges
    ink: Edges
    widest: float
    look: str

    def lies_in(self, place: Edges) -> bool:
        """Whether it begins and ends there, and is no higher or lower."""
        left, bottom, right, top = self.edges
        return (
            place.left - ROUNDING <= left
            and right <= place.right + ROUNDING
            and place.bottom - ROUNDING <= bottom
            and top <= place.top + ROUNDING
        )


def reading_lines(runs: Sequence[Run]) -> list[int]:
    """Which runs of a page a reader may put on one line: the number of its first run, for each run.

    PDFium compares a run with the one that stands farthest to the right on the line so far. If their baselines differ
    by less than half of the wider of the characters that meet, it is on that line, so lines may go down like stairs;
    what is on a line is read from left to right. Blanks may be passed over, or not.
    """
    lines: list[int] = []
    first, left = 0, 0.0
    for number, run in enumerate(runs):
        if not run.text.isspace():
            line = [one for one in runs[first:number] if one.edges.left >= left or one.text.isspace()]
            if not any(_may_share_a_line(run, one) for one in line):
                first = number
            left = run.edges.left - ROUNDING
        lines.append(first)
    return lines


def _may_share_a_line(run: Run, other: Run) -> bool:
    return abs(run.baseline - other.baseline) <= _STEP_OF_A_LINE * max(run.widest, other.widest)


def are_in_order(runs: Sequence[tuple[Run, int]]) -> bool:
    """Whether every run of a place stands behind those of its line that were drawn before it, and below other lines.

    A reader takes a line from left to right and lines from above, however they were drawn, and sees once what lies on
    each other. Runs beside each other on different lines, as in the columns of a table, follow each other as they like.

    Args:
        runs: each with the number of its line (`reading_lines`).
    """
    near = _SAME_LINE * max([run.edges.top - run.edges.bottom for run, _ in runs], default=0.0)
    for number, (run, line) in enumerate(runs):
        left, right = run.edges.left + ROUNDING, run.edges.right - ROUNDING
        for before, line_before in runs[:number]:
            if left < before.edges.right and (
                abs(run.baseline - before.baseline) <= near
                or (line == line_before and run.edges.left < before.edges.left)
                or (before.edges.left < right and before.ink.bottom < run.ink.top)
            ):
                return False
    return True


def may_be_seen_once(runs: Sequence[Run]) -> bool:
    """Whether a reader may take a run of a page for one drawn just before it, and pass over it.

    PDFium compares codes and size, and roughly the place, with those of five runs.
    """
    return any(
        len(run.text) == len(before.text)
        and abs(run.edges.left - before.edges.left) <= _SAME_PLACE * before.widest
        and run.ink.meets(before.ink)
        for number, run in enumerate(runs)
        for before in runs[max(0, number - _COMPARED) : number]
    )


def lines_below_each_other(runs: Sequence[Run]) -> int:
    """How many lines stand below each other at most, each as near as the lines of a text.

    Seen from afar, characters are dark and light squares: of dense ones and blanks, 1.5 type sizes from line to line, a
    code was still read. ADR 26 has what was measured.
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
