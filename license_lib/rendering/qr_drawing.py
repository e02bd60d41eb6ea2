"""QR code (ISO/IEC 18004) as one vector path."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import compress, count

from license_lib.code_size import QUIET_ZONE
from license_lib.errors import InputError
from license_lib.rendering.qr_symbol import symbol

_LONGEST = 2300  # characters, of any kind: version 40 holds 2,331 bytes at level M


def qr_matrix(text: str) -> list[bytes]:
    """The symbol's rows, one byte a module, 1 for dark; level M, without the quiet zone.

    Raises:
        InputError: `qr.unencodable`, the text is empty, too long or not ASCII.
    """
    check_code(text)
    return symbol(text)


def check_code(text: str) -> None:
    """Refuse what no symbol holds, without drawing one.

    Raises:
        InputError: `qr.unencodable`, the text is empty, too long or not ASCII.
    """
    if not text or len(text) > _LONGEST or not text.isascii():
        raise InputError("qr.unencodable", f"a QR code holds 1 to {_LONGEST} ASCII characters, not {len(text)}")


def qr_rectangles(matrix: list[bytes]) -> list[tuple[int, int, int, int]]:
    """The dark modules as few rectangles (x, y, width, height), in modules from the top-left corner."""
    rectangles: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], int] = {}  # horizontal run → the row where its rectangle began
    for y, row in enumerate([*matrix, bytes(len(matrix))]):
        runs = set(_runs(row))
        for run in growing.keys() - runs:
            top = growing.pop(run)
            rectangles.append((run[0], top, run[1] - run[0], y - top))
        growing.update(dict.fromkeys(runs - growing.keys(), y))
    return sorted(rectangles)


def qr_path(text: str, x: float, y: float, size: float) -> str:
    """PDF operators that draw the code in a square of `size` points with its lower-left corner at (x, y).

    The square includes the quiet zone of four modules, painted white. All modules are one filled path, so that no
    renderer shows seams between them.
    """
    matrix = qr_matrix(text)
    side = len(matrix) + 2 * QUIET_ZONE
    corners, sizes = _boxes(side)
    path = " ".join([corners[start] + sizes[end - start] for start, end in _runs(b"\0".join(matrix))])
    module = size / side
    return f"q {module:.5f} 0 0 {module:.5f} {x:.3f} {y:.3f} cm 1 1 1 rg 0 0 {side} {side} re f 0 0 0 rg {path} f Q"


def _runs(modules: bytes) -> Iterator[tuple[int, int]]:
    """Where runs of dark modules begin and end; a search for each takes twice as long."""
    padded = modules + b"\0"
    symbol = int.from_bytes(padded, "big")
    changes = (symbol ^ symbol >> 8).to_bytes(len(padded), "big")  # each module against the one before it
    ends = compress(count(), changes)
    return zip(ends, ends, strict=True)


@lru_cache(maxsize=40)
def _boxes(side: int) -> tuple[list[str], list[str]]:
    """Runs of dark modules as rectangles: where they begin, and how long they are.

    Few short texts, which a processor keeps at hand; one for each rectangle would be many thousands.

    Args:
        side: modules of a side, with the quiet zone.
    """
    inner = range(QUIET_ZONE, side - QUIET_ZONE + 1)  # rows follow each other with a gap
    corners = [f"{x} {side - QUIET_ZONE - 1 - row} " for row in range(side - 2 * QUIET_ZONE) for x in inner]
    return corners, [f"{length} 1 re" for length in range(side)]
