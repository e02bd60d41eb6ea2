"""Bounds on what a PDF may ask of its parser, checked by the look of its bytes.

A few hundred bytes can name two thousand million objects, or revisions beyond number: what is refused here would keep
the parser busy for minutes. An honest writer stays far below, and whoever writes around these looks still meets the
limits of time and memory of the process.
"""

import re
from typing import Final

_MOST_SECTIONS: Final = 128
"""Cross-reference sections of one kind: two per revision in a linearized file, so more than fifty revisions."""
_MOST_OBJECTS: Final = 1_000_000
_END: Final = 2048
"""ISO 32000-2 Annex H looks for the end-of-file marker in the last 1024 bytes."""
_DICTIONARY: Final = 64 * 1024
_STREAM_NAME: Final = re.compile(rb"/XRef(?![A-Za-z0-9])")
_WIDTHS: Final = re.compile(rb"/W\s*\[\s*([0-9])\s+([0-9])\s+([0-9])\s*\]")
_WIDTHS_KEY: Final = re.compile(rb"/W(?![A-Za-z0-9])")
_SIZE: Final = re.compile(rb"/Size\s+([0-9]{1,10})(?![0-9])")
_INDEX: Final = re.compile(rb"/Index\s*\[([0-9\s]*)\]")


class BoundsError(ValueError):
    """The file asks more of a parser than an honest one does."""


def check_bounds(pdf: bytes) -> None:
    """Refuse what would keep the parser busy beyond all measure.

    Raises:
        BoundsError: no `startxref` at the end, too many cross-reference sections, or a cross-reference stream
            (ISO 32000-2 §7.5.8) whose numbers do not fit the file.
    """
    if b"startxref" not in pdf[-_END:]:
        raise BoundsError("no startxref at the end")
    # "startxref" counts too: a classic section has both words.
    if pdf.count(b"xref") > 2 * _MOST_SECTIONS or pdf.count(b"/XRef") > _MOST_SECTIONS:
        raise BoundsError("too many cross-reference sections")
    for match in _STREAM_NAME.finditer(pdf):
        start = pdf.rfind(b"obj", max(0, match.start() - _DICTIONARY), match.start())
        end = pdf.find(b"stream", match.end(), match.end() + _DICTIONARY)
        if start < 0 or end < 0:
            raise BoundsError("a cross-reference stream without a dictionary")
        _check_stream(pdf[start:end], len(pdf))


def _check_stream(dictionary: bytes, file_size: int) -> None:
    widths = _WIDTHS.search(dictionary)
    if widths is None or len(_WIDTHS_KEY.findall(dictionary)) != 1 or not any(map(int, widths.groups())):
        raise BoundsError("the entries of a cross-reference stream have no width")
    sizes = [int(match[1]) for match in _SIZE.finditer(dictionary)]
    if not sizes or len(sizes) != dictionary.count(b"/Size"):
        raise BoundsError("a cross-reference stream does not say its size")
    indexes = [match[1].split() for match in _INDEX.finditer(dictionary)]
    if len(indexes) != dictionary.count(b"/Index"):
        raise BoundsError("the index of a cross-reference stream is no list of numbers")
    counts = [sum(map(int, index[1::2])) for index in indexes] or sizes
    if max(counts) > min(file_size, _MOST_OBJECTS):
        raise BoundsError("a cross-reference stream lists more objects than the file has room for")
