"""PDF objects as bytes (ISO 32000-1, 7.3), and how streams are packed."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from isal import isal_zlib

_ESCAPED: Final = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\"})
_FAST: Final = 3
"""Level of ISA-L: within 3 % of zlib's best in a sixth of its time."""
_BEST: Final = 12
"""Level of libdeflate: a tenth less than zlib's best."""


def text(value: str) -> bytes:
    """A text string (7.9.2.2)."""
    if value.isascii():
        return f"({value.translate(_ESCAPED)})".encode("ascii")
    return b"<FEFF" + value.encode("utf-16-be").hex().encode("ascii") + b">"


def numbers(values: Iterable[float]) -> bytes:
    """An array of numbers."""
    return f"[{' '.join(map(number, values))}]".encode("ascii")


@lru_cache(maxsize=1024)
def number(value: float) -> str:
    """A number, to a ten-thousandth; nothing is nothing, be it below or above."""
    return f"{value:z.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def references(to: Iterable[int]) -> bytes:
    """An array of references to indirect objects."""
    return b"[" + b" ".join(b"%d 0 R" % one for one in to) + b"]"


def packed(data: bytes, *, once: bool = False) -> bytes:
    """Deflate; `once`: with all effort, for what is kept."""
    if not once:
        return isal_zlib.compress(data, _FAST)
    from deflate import zlib_compress  # a process that finds all plates made needs none of it

    return bytes(zlib_compress(data, _BEST))
