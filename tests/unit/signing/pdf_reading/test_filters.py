"""How structure is packed: FlateDecode and the predictors of PNG, against zlib and a picture library."""

import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.pdf_reading.filters import unpacked
from signing.pdf_reading.values import Name, PdfError, Stream

FLATE = Name("FlateDecode")


def packed(data: bytes, **entries: Any) -> Stream:
    return Stream({"Filter": FLATE} | entries, zlib.compress(data))


def filtered(kind: int, row: bytes, above: bytes) -> bytes:
    """PNG §9.2 as it is written there: what is taken off each byte."""
    out = bytearray()
    for index, value in enumerate(row):
        left, corner = (row[index - 1], above[index - 1]) if index else (0, 0)
        up = above[index]
        guess = left + up - corner
        nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
        out.append((value - (0, left, up, (left + up) // 2, nearest)[kind]) % 256)
    return bytes((kind, *out))


@given(st.binary(max_size=300))
def test_what_was_packed_comes_back(data: bytes) -> None:
    assert unpacked(packed(data)) == data
    assert unpacked(Stream({}, data)) == data
    assert unpacked(Stream({"Filter": [FLATE]}, zlib.compress(data))) == data


@given(st.integers(1, 9), st.lists(st.tuples(st.integers(0, 4), st.binary(min_size=9, max_size=9)), min_size=1))
def test_rows_with_any_predictor_come_back(columns: int, rows: list[tuple[int, bytes]]) -> None:
    above, data = bytes(columns), b""
    for kind, row in rows:
        data += filtered(kind, row[:columns], above)
        above = row[:columns]
    stream = packed(data, DecodeParms={"Predictor": 12, "Columns": columns})
    assert unpacked(stream) == b"".join(row[:columns] for _, row in rows)


WRONG: dict[str, tuple[Stream, str]] = {
    "another filter": (Stream({"Filter": Name("LZWDecode")}, b""), "unusual filter"),
    "two filters": (Stream({"Filter": [FLATE, FLATE]}, b""), "unusual filter"),
    "no dictionary of parameters": (packed(b"", DecodeParms=[1, 2]), "unusual filter"),
    "damaged": (Stream({"Filter": FLATE}, b"xxxx"), "damaged"),
    "cut short": (Stream({"Filter": FLATE}, zlib.compress(bytes(99))[:-5]), "cut short"),
    "no such predictor": (packed(b"ab", DecodeParms={"Predictor": 2}), "unusual predictor"),
    "more colours": (packed(b"ab", DecodeParms={"Predictor": 12, "Colors": 3}), "unusual predictor"),
    "half a row": (packed(b"\0a\0", DecodeParms={"Predictor": 12, "Columns": 1}), "half a row"),
    "no row": (packed(b"", DecodeParms={"Predictor": 12, "Columns": 1 << 60}), "half a row"),
    "an unknown row": (packed(b"\5a", DecodeParms={"Predictor": 12, "Columns": 1}), "no known filter"),
    "no columns": (packed(b"\0a", DecodeParms={"Predictor": 12, "Columns": 0}), "unusual predictor"),
}


@pytest.mark.parametrize(("stream", "reason"), WRONG.values(), ids=WRONG.keys())
def test_anything_else_is_refused(stream: Stream, reason: str) -> None:
    with pytest.raises(PdfError, match=reason):
        unpacked(stream)


def test_a_stream_has_as_many_bytes_as_it_may() -> None:
    assert unpacked(packed(bytes(100)), 100) == bytes(100)
    for stream in (packed(bytes(101)), Stream({}, bytes(101))):
        with pytest.raises(PdfError, match="larger"):
            unpacked(stream, 100)
