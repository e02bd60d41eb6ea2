"""What a PDF file holds as plain values, by qpdf's reading: two files of one shape are one document."""

import io
from decimal import Decimal
from typing import Any

import pikepdf


def shape_of_file(pdf: bytes) -> Any:
    """Catalog and information with all they refer to, and the first part of the identifier.

    What depends on where bytes lie is left out: signature values, lengths, how streams are packed, object numbers.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        known: dict[tuple[int, int], int] = {}
        trailer = document.trailer
        identity = trailer.get("/ID")
        parts = [_shape(trailer[key], known) for key in ("/Root", "/Info") if key in trailer]
        return parts, str(identity[0]) if identity is not None else ""


def _shape(value: Any, known: dict[tuple[int, int], int]) -> Any:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array) and value.is_indirect:
        if value.objgen in known:
            return f"object {known[value.objgen]}"
        known[value.objgen] = len(known)
    if isinstance(value, pikepdf.Stream):
        is_packed = value.get("/Filter") == "/FlateDecode"
        return _entries(value, known), value.read_bytes() if is_packed else value.read_raw_bytes()
    if isinstance(value, pikepdf.Dictionary):
        return _entries(value, known)
    if isinstance(value, pikepdf.Array):
        return [_shape(one, known) for one in value]
    return float(value) if isinstance(value, Decimal | int) else str(value)


def _entries(value: Any, known: dict[tuple[int, int], int]) -> dict[str, Any]:
    left_out = {"/ByteRange", "/Contents" if value.get("/SubFilter") else "", "/Length", "/Filter"}
    return {key: _shape(value[key], known) for key in sorted(set(value.keys()) - left_out)}
