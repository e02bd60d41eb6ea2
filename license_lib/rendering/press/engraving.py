"""A one-page PDF, such as the picture of a seal, as a form of another file."""

from decimal import Decimal
from io import BytesIO
from typing import Any, NamedTuple

from license_lib.rendering.press.objects import number, numbers, packed
from license_lib.rendering.press.writer import FileWriter


class Engraving(NamedTuple):
    """A page as a form (ISO 32000-1, 8.10).

    Attributes:
        number: the form's.
        left: of what it shows, in its own units; points.
        bottom: the same.
        width: points.
        height: points.
    """

    number: int
    left: float
    bottom: float
    width: float
    height: float


def engraved(writer: FileWriter, pdf: bytes) -> Engraving:
    """Write the page of a one-page PDF as a form, with all that it needs.

    Raises:
        ValueError: it has more pages, or is none.
    """
    import pikepdf  # loads a native library; once a plate

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            (page,) = document.pages
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            contents = page.obj.Contents
            streams = contents if isinstance(contents, pikepdf.Array) else [contents]
            content = b"\n".join(stream.read_bytes() for stream in streams)
            resources = _value(writer, page.resources, {})
    except (pikepdf.PdfError, AttributeError, TypeError) as error:
        raise ValueError("the picture is no page of a PDF") from error
    form = writer.stream(
        b"/Type/XObject/Subtype/Form/BBox%b/Resources%b/Filter/FlateDecode"
        % (numbers((left, bottom, right, top)), resources),
        packed(content, once=True),
    )
    return Engraving(form, left, bottom, right - left, top - bottom)


def _value(writer: FileWriter, value: Any, written: dict[tuple[int, int], int]) -> bytes:
    """A value of another file; streams become objects of this one."""
    import pikepdf

    if isinstance(value, pikepdf.Stream):
        key = value.objgen
        if key not in written:
            written[key] = writer.reserve()
            writer.stream(_entries(writer, value, written), value.read_raw_bytes(), number=written[key])
        return b"%d 0 R" % written[key]
    if isinstance(value, pikepdf.Dictionary):
        return b"<<%b>>" % _entries(writer, value, written)
    if isinstance(value, pikepdf.Array):
        return b"[%b]" % b" ".join(_value(writer, one, written) for one in value)
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int | float | Decimal):
        return number(float(value) if isinstance(value, Decimal) else value).encode("ascii")
    return b"null" if value is None else bytes(value.unparse())


def _entries(writer: FileWriter, holder: Any, written: dict[tuple[int, int], int]) -> bytes:
    kept = sorted(key for key in holder.keys() if key != "/Length")  # noqa: SIM118 -- pikepdf's objects iterate over values
    return b"".join(b"%b %b" % (key.encode("ascii"), _value(writer, holder[key], written)) for key in kept)
