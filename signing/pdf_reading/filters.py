"""The one filter that structure is packed with: FlateDecode, with or without a PNG predictor (ISO 32000-2 §7.4.4)."""

import zlib
from collections.abc import Callable, Mapping
from typing import Final

from signing.pdf_reading.values import Name, PdfError, Stream

MOST_UNPACKED: Final = 32 * 1024 * 1024
"""Bytes of one cross-reference or object stream, unpacked."""
_MOST_PREDICTED: Final = 4 * 1024 * 1024
"""Of these, bytes whose rows are predicted: each is a step."""
_PNG: Final = 10


def unpacked(stream: Stream, most: int = MOST_UNPACKED) -> bytes:
    """The decoded bytes of a cross-reference or object stream.

    Args:
        stream: the stream.
        most: bytes that it may have.

    Raises:
        PdfError: another filter, damaged, or larger than it may be.
    """
    kind, parms = stream.dictionary.get("Filter"), stream.dictionary.get("DecodeParms")
    if isinstance(kind, list) and len(kind) == 1:
        kind, parms = kind[0], parms[0] if isinstance(parms, list) and len(parms) == 1 else parms
    if kind is None:
        if len(stream.data) > most:
            raise PdfError("a stream is larger than any honest one")
        return stream.data
    if kind != Name("FlateDecode") or not (parms is None or isinstance(parms, dict)):
        raise PdfError("structure is packed with an unusual filter")
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(stream.data, most + 1)
    except zlib.error as error:
        raise PdfError("a packed stream is damaged") from error
    if len(data) > most or not engine.eof:
        raise PdfError("a packed stream is cut short, or larger than any honest one")
    predictor = parms.get("Predictor", 1) if parms else 1
    if predictor == 1:
        return data
    columns = parms.get("Columns", 1) if parms else 1
    plain = parms is not None and parms.get("Colors", 1) == 1 and parms.get("BitsPerComponent", 8) == 8  # noqa: PLR2004 -- bits
    if not plain or not isinstance(predictor, int) or predictor < _PNG or not isinstance(columns, int) or columns < 1:
        raise PdfError("structure is packed with an unusual predictor")
    if len(data) > _MOST_PREDICTED:
        raise PdfError("a packed stream is larger than any honest one")
    return _unpredicted(data, columns)


def _unpredicted(data: bytes, columns: int) -> bytes:
    if columns >= len(data) or len(data) % (columns + 1):
        raise PdfError("a packed stream has half a row")
    previous = bytearray(columns)
    rows = []
    for start in range(0, len(data), columns + 1):
        row = bytearray(data[start + 1 : start + 1 + columns])
        if data[start]:
            predict = _PREDICTORS.get(data[start])
            if predict is None:
                raise PdfError("a row of a packed stream has no known filter")
            left = corner = 0
            for index, above in enumerate(previous):
                left = row[index] = (row[index] + predict(left, above, corner)) & 0xFF
                corner = above
        rows.append(bytes(row))
        previous = row
    return b"".join(rows)


def _paeth(left: int, above: int, corner: int) -> int:
    estimate = left + above - corner
    return min((left, above, corner), key=lambda value: abs(estimate - value))


_PREDICTORS: Final[Mapping[int, Callable[[int, int, int], int]]] = {
    1: lambda left, _above, _corner: left,
    2: lambda _left, above, _corner: above,
    3: lambda left, above, _corner: (left + above) // 2,
    4: _paeth,
}
"""Row filters of PNG §9.2: Sub, Up, Average, Paeth."""
