"""Shapes that tell the outcomes apart without colour: a tick, a cross, an exclamation and a question mark.

Each stands in an outline of its own, so that a copy in black and white tells them apart, too. Drawn as vectors, the
same for PDF (ISO 32000-1, 8.5) and for SVG.
"""

from dataclasses import dataclass

from license_lib.findings import Severity
from license_lib.rendering.colors import fill, stroke
from license_lib.verification.verdict import Outcome, StepResult

SIDE = 48.0
"""Shapes are drawn in a square with sides of so many units; y runs downwards."""
_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}
_CIRCLE = "M 2 24 C 2 11.85 11.85 2 24 2 C 36.15 2 46 11.85 46 24 C 46 36.15 36.15 46 24 46 C 11.85 46 2 36.15 2 24 Z"


@dataclass(frozen=True, slots=True)
class Shape:
    """A filled outline, and a white mark drawn on it.

    Attributes:
        color: of the outline.
        outline: absolute SVG path commands M, L, C and Z, each number and letter apart.
        mark: the same; its lines are 5 units wide, with round ends.
    """

    color: str
    outline: str
    mark: str

    def operators(self, x: float, y: float, side: float) -> str:
        """PDF operators.

        Args:
            x: left edge in the page's own space, in points.
            y: top edge in the same.
            side: how large, in points.
        """
        scale = side / SIDE
        return (
            f"q {scale:.5f} 0 0 {-scale:.5f} {x:.2f} {y:.2f} cm {fill(self.color)} {_pdf(self.outline)} f"
            f" {stroke('#FFFFFF')} 5 w 1 J 1 j {_pdf(self.mark)} S Q"
        )


def _pdf(path: str) -> str:
    """Path operators: the letter goes behind its numbers."""
    out: list[str] = []
    waiting = ""
    for token in [*path.split(), "M"]:
        if token in _OPERATORS:
            out += [waiting] if waiting else []
            waiting = _OPERATORS[token]
        else:
            out.append(token)
    return " ".join(out)


GREEN, AMBER, RED, BLUE, GREY = "#1B7A43", "#B25E00", "#B3261E", "#3D5A80", "#8A8F98"
_TICK = "M 13 25 L 21 33 L 36 15"
_CROSS = "M 15 15 L 33 33 M 33 15 L 15 33"
_EXCLAMATION = "M 24 19 L 24 29 M 24 37 L 24 37.5"
_QUESTION = "M 18 19 C 18 11 30 11 30 19 C 30 24 24 24 24 29 M 24 36 L 24 36.5"
_OCTAGON = "M 15 2 L 33 2 L 46 15 L 46 33 L 33 46 L 15 46 L 2 33 L 2 15 Z"
_DIAMOND = "M 24 1 L 47 24 L 24 47 L 1 24 Z"

PROVED = Shape(GREEN, _CIRCLE, _TICK)
ATTENTION = Shape(AMBER, "M 24 3 L 47 45 L 1 45 Z", _EXCLAMATION)
AGAINST = Shape(RED, _OCTAGON, _CROSS)
UNKNOWN = Shape(BLUE, _DIAMOND, _QUESTION)
REMARK = Shape(GREY, _CIRCLE, "M 24 12 L 24 27 M 24 35 L 24 35.5")
SKIPPED = Shape(GREY, _CIRCLE, "M 15 24 L 33 24")

OF_OUTCOME = {
    Outcome.IN_FORCE: PROVED,
    Outcome.NOT_IN_FORCE: ATTENTION,
    Outcome.NOT_GENUINE: AGAINST,
    Outcome.UNDETERMINED: UNKNOWN,
}
OF_RESULT = {
    StepResult.PROVED: PROVED,
    StepResult.AGAINST: AGAINST,
    StepResult.UNKNOWN: UNKNOWN,
    StepResult.NOT_CARRIED_OUT: SKIPPED,
}
OF_SEVERITY = {Severity.ERROR: AGAINST, Severity.WARNING: UNKNOWN, Severity.NOTE: REMARK}
