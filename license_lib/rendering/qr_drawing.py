"""QR code (ISO/IEC 18004) as one vector path."""

import re
from functools import lru_cache
from math import isqrt
from typing import Any

from license_lib.code_size import QUIET_ZONE
from license_lib.errors import InputError

_LONGEST = 2300  # characters, of any kind: version 40 holds 2,331 bytes at level M
_DARK = bytes([1]) + bytes(255)  # black → 1, anything else → 0
_RUN = re.compile(b"\x01+")
_BOXES_REMEMBERED = 1 << 16


def qr_matrix(text: str) -> list[bytes]:
    """The symbol's rows, one byte a module, 1 for dark; level M, without the quiet zone.

    zxing-cpp chooses the segments: capitals, a byte for the `#`, and digits, which take the least room of all.

    Raises:
        InputError: `qr.unencodable`, the text is empty, too long or not ASCII.
    """
    import zxingcpp  # loads a native library; only drawing needs it

    check_code(text)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image: Any = code.to_image(scale=1, add_quiet_zones=False)  # a buffer, though its type does not say so
    pixels = bytes(image).translate(_DARK)
    width = isqrt(len(pixels))
    return [pixels[start : start + width] for start in range(0, len(pixels), width)]


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
        runs = {match.span() for match in _RUN.finditer(row)}
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
    count = len(matrix) + 2 * QUIET_ZONE
    path = " ".join(
        [
            _box(*run.span(), foot)
            for foot, modules in zip(range(count - QUIET_ZONE - 1, 0, -1), matrix, strict=False)
            for run in _RUN.finditer(modules)
        ]
    )
    module = size / count
    return f"q {module:.5f} 0 0 {module:.5f} {x:.3f} {y:.3f} cm 1 1 1 rg 0 0 {count} {count} re f 0 0 0 rg {path} f Q"


@lru_cache(maxsize=_BOXES_REMEMBERED)
def _box(start: int, end: int, foot: int) -> str:
    """A run of dark modules in a row of the symbol."""
    return f"{start + QUIET_ZONE} {foot} {end - start} 1 re"
