"""Micro-text 缩微文字: the licence's identifier in letters of half a millimetre, which look like a line.

The letters are strokes, not text: nothing that searches, copies or reads aloud meets them.
"""

from functools import lru_cache

HEIGHT = 1.45
"""Of a capital, points: half a millimetre."""
WEIGHT = 0.15
"""Of a stroke, points."""
_GRID = 6
_ADVANCE = 5.6
_GAP = 3
_REMEMBERED = 8192
_STROKES = {
    "0": "10 01 05 16 36 45 41 30 10|01 45", "1": "04 26 20|10 30", "2": "05 16 36 45 44 00 40",
    "3": "06 46 24 34 43 41 30 10 01", "4": "30 36 02 42", "5": "46 06 03 33 42 41 30 00",
    "6": "36 16 05 01 10 30 41 42 33 03",
    "7": "06 46 10", "8": "13 04 05 16 36 45 44 33 13 02 01 10 30 41 42 33", "9": "10 30 41 45 36 16 05 04 13 43",
    "A": "00 26 40|12 32", "B": "00 06 36 45 44 33 03|33 42 41 30 00", "C": "45 36 16 05 01 10 30 41",
    "D": "00 06 26 44 42 20 00", "E": "46 06 00 40|03 33", "F": "46 06 00|03 33", "G": "45 36 16 05 01 10 30 41 43 23",
    "H": "00 06|40 46|03 43", "I": "10 30|20 26|16 36", "J": "36 31 20 10 01", "K": "00 06|46 03 40", "L": "06 00 40",
    "M": "00 06 23 46 40", "N": "00 06 40 46", "O": "10 01 05 16 36 45 41 30 10", "P": "00 06 36 45 44 33 03",
    "Q": "10 01 05 16 36 45 41 30 10|22 40", "R": "00 06 36 45 44 33 03|23 40",
    "S": "45 36 16 05 04 13 33 42 41 30 10 01",
    "T": "06 46|26 20", "U": "06 01 10 30 41 46", "V": "06 20 46", "W": "06 10 23 30 46", "X": "00 46|06 40",
    "Y": "06 23 46|23 20", "Z": "06 46 00 40", ".": "20 21",
}  # fmt: skip
"""Polylines of points `xy` on a grid of 4 by 6; a character that has none is left out."""


def run(text: str) -> tuple[str, float, float]:
    """One line of `text` with its lower-left corner at the origin: operators without colour, its length and height."""
    scale = HEIGHT / _GRID
    path: list[str] = []
    at = 0.0
    for character in text.upper():
        path.append(_strokes(character, at))
        at += _ADVANCE if character in _STROKES else _GAP
    place = f"{scale:.4f} 0 0 {scale:.4f} {WEIGHT} {WEIGHT} cm {WEIGHT / scale:.3f} w 1 J 1 j"
    operators = f"q {place} {' '.join(filter(None, path))} S Q"
    return operators, at * scale + 2 * WEIGHT, HEIGHT + 2 * WEIGHT


@lru_cache(maxsize=_REMEMBERED)
def _strokes(character: str, at: float) -> str:
    """A character's lines, from a place on."""
    path = []
    for line in filter(None, _STROKES.get(character, "").split("|")):
        points = [f"{at + int(point[0]):g} {point[1]}" for point in line.split()]
        path.append(" l ".join([f"{points[0]} m {points[1]}", *points[2:]]) + " l")
    return " ".join(path)
