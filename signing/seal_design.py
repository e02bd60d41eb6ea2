"""What stands in a seal 印章, and which forms it may have.

Sizes and contents follow the State Council's rules on official seals (国发〔1999〕25号) and what seal makers do. A
round seal has its body's name on the upper arc, a star, and its 13-digit number 印章编码 below; an oval one has a line
in its middle instead of the star; a square one is a person's 名章 or a rectangular 专用章.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from signing.errors import SealingError

_NAME_LENGTHS: Final = {"round": (4, 30), "oval": (4, 30), "square": (2, 16)}
_RATIOS: Final = {"round": (1.0, 1.0), "oval": (0.5, 1.0), "square": (0.125, 8.0)}
"""Of height to width."""
_MOST_CODE: Final = 18
_MOST_LINE: Final = 12
_SMALLEST_MM, _LARGEST_MM = 10.0, 100.0


class SealShape(StrEnum):
    """The outline of a seal."""

    ROUND = "round"
    """圆形: of a body, or of one purpose (专用章)."""
    OVAL = "oval"
    """椭圆形."""
    SQUARE = "square"
    """方形 or rectangular: a person's name seal 名章, or a stamp of one line."""


@dataclass(frozen=True, slots=True)
class SealDesign:
    """What stands in a seal.

    Attributes:
        name: the body's or person's name: 4 to 30 characters on an arc, 2 to 16 in a square.
        shape: its outline.
        width_mm: outer width, millimetres, 10 to 100.
        height_mm: outer height, the same: of a round seal the width, of an oval half of it to all.
        code: number on the lower arc, at most 18 characters, usually the 13 digits of 印章编码; empty for none.
        caption: a straight line below the star, or in the middle of an oval: `电子证照专用章`; empty for none.
        lower: a text on the lower arc, above the number, e.g. `（白银区）`; empty for none, and never beside a caption.
    """

    name: str
    shape: SealShape = SealShape.ROUND
    width_mm: float = 40.0
    height_mm: float = 40.0
    code: str = ""
    caption: str = ""
    lower: str = ""

    def __post_init__(self) -> None:
        """Refuse what no seal can be.

        Raises:
            SealingError: `seal.design`, saying what is wrong.
        """
        fewest, most = _NAME_LENGTHS[self.shape]
        if not fewest <= len(self.name.replace(" ", "")) <= len(self.name) <= most:
            raise _refused(f"The name in a {self.shape} seal has {fewest} to {most} characters")
        if not self.texts.isprintable():
            raise _refused("A seal holds printable characters only")
        if len(self.code) > _MOST_CODE:
            raise _refused(f"The number of a seal has at most {_MOST_CODE} characters")
        if max(len(self.caption), len(self.lower)) > _MOST_LINE:
            raise _refused(f"A line in a seal has at most {_MOST_LINE} characters")
        if self.caption and self.lower and self.shape is SealShape.ROUND:
            raise _refused("A round seal has a line below its star or a text on its lower arc, not both")
        if self.shape is SealShape.SQUARE and (self.code or self.caption or self.lower):
            raise _refused("A square seal holds a name and nothing else")
        # Written so that a number that is none fails too.
        if not all(_SMALLEST_MM <= side <= _LARGEST_MM for side in (self.width_mm, self.height_mm)):
            raise _refused(f"A seal measures {_SMALLEST_MM:g} to {_LARGEST_MM:g} mm")
        flat, tall = _RATIOS[self.shape]
        if not flat <= self.height_mm / self.width_mm <= tall:
            how = "" if flat == tall else f"{flat:g} to {tall:g} times "
            raise _refused(f"A {self.shape} seal is {how}as high as it is wide")

    @property
    def texts(self) -> str:
        """Every character that a font must have."""
        return self.name + self.code + self.caption + self.lower


def _refused(problem: str) -> SealingError:
    return SealingError("seal.design", problem, hint="change the seal's description")
