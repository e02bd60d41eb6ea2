"""The press: a file's form byte by byte, stock that is read back, a kind's tree that is grown once."""

import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from faces import Face
from flowing import fleet_license, fleet_type, vehicles

from license_lib.rendering import Fonts, Press, SealSpace, Signature, face, printed
from license_lib.rendering.drawings import Drawing, Raster
from license_lib.rendering.press import binding
from license_lib.rendering.press.objects import number, text
from license_lib.rendering.press.stock import Ink, Stock
from license_lib.rendering.press.tree import Tree
from license_lib.rendering.press.tree import grown as grown_anew
from license_lib.rendering.press.writer import HEADER, FileWriter
from license_lib.rendering.structure import Element
from license_lib.resources import resource_folder
from signing.seal_design import SealDesign, SealShape
from signing.seal_image import draw_seal

SONG = resource_folder("templates") / "fonts" / "NotoSerifSC-Regular.ttf"


def finished(writer: FileWriter, root: int, info: int) -> bytes:
    return bytes(writer.finish(root, info)[0])


def small() -> tuple[bytes, int]:
    """A file of one page, and the number of its root."""
    writer = FileWriter()
    root, pages, info = (writer.reserve() for _ in range(3))
    contents = writer.deflated(b"", b"0 0 9 9 re f")
    page = writer.object(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 9 9]/Resources<<>>/Contents %d 0 R>>" % (pages, contents)
    )
    writer.object(b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % page, number=pages)
    writer.object(b"<</Type/Catalog/Pages %d 0 R>>" % pages, number=root)
    writer.object(b"<<>>", number=info)
    return finished(writer, root, info), root


def test_every_byte_belongs_to_something() -> None:
    """Objects lie back to back from the header to the end, each where the cross-references say."""
    pdf, root = small()
    assert pdf.startswith(HEADER)
    places = {}
    at = len(HEADER)
    while match := re.compile(rb"(\d+) 0 obj\n<<[^\n]*/Length (\d+)>>\nstream\n").match(pdf, at):
        places[int(match[1])] = at
        at = match.end() + int(match[2])
        assert pdf[at:].startswith(b"\nendstream\nendobj\n")
        at += len(b"\nendstream\nendobj\n")
    table = max(places, key=places.__getitem__)
    assert pdf[at:] == b"startxref\n%d\n%%%%EOF\n" % places[table]
    body = pdf[pdf.index(b"stream\n", places[table]) + 7 : pdf.rindex(b"\nendstream")]
    entries = zlib.decompress(body)
    rows = [entries[start : start + 7] for start in range(0, len(entries), 7)]
    assert len(rows) == table + 1
    for one, place in places.items():
        assert rows[one] == b"\1" + place.to_bytes(4, "big") + b"\0\0"
    assert rows[root][0] == 2, "in an object stream"
    assert [row[0] for row in rows].count(0) == 1, "only object 0 is free"
    with pikepdf.open(BytesIO(pdf)) as document:
        assert not document.check_pdf_syntax()
        assert len(document.pages) == 1


def test_the_same_calls_give_the_same_bytes() -> None:
    assert small() == small()


def test_a_beginning_is_left_as_it_is() -> None:
    first = FileWriter()
    form = first.stream(b"/Type/XObject", b"x")
    begun = first.begun()
    for _ in range(2):
        writer = FileWriter(begun)
        assert writer.reserve() == form + 1
        assert finished(writer, writer.object(b"<<>>"), writer.object(b"<<>>")).startswith(begun.data)


@pytest.mark.parametrize(
    ("value", "written"),
    [("Seal", b"(Seal)"), (r"a(b)\c", rb"(a\(b\)\\c)"), ("印𠮷", b"<FEFF5370d842dfb7>"), ("", b"()")],
)
def test_texts(value: str, written: bytes) -> None:
    assert text(value) == written
    with pikepdf.new() as document:
        assert str(pikepdf.Object.parse(written)) == value
        assert document is not None


@pytest.mark.parametrize(("value", "written"), [(1, "1"), (1.0, "1"), (-0.5, "-0.5"), (119.05511811, "119.0551")])
def test_numbers(value: float, written: str) -> None:
    assert number(value) == written


def test_a_number_does_not_depend_on_those_before() -> None:
    assert [number(value) for value in (-0.0, 0.0, 0, -0.00004)] == ["0"] * 4


def test_stock_is_read_back_as_it_was() -> None:
    seal = draw_seal(SealDesign("白银市样例局", SealShape.ROUND, 42, 42, "6204000000001"), SONG)
    raster = Raster(2, 1, grey=False, pixels=zlib.compress(b"\1\2\3\4\5\6"), alpha=zlib.compress(b"\0\xff"))
    forms = {"Ground": Drawing.of("0 0 m", 10, 20), "Artwork0": Drawing.of("/Raster Do", 2, 1, raster)}
    stock = Stock.made(forms, Ink(seal, ((seal, 10.0, 20.0),)))
    again = Stock.from_bytes(stock.to_bytes())
    assert again == stock
    assert again.seal is not None
    assert again.seal.width == pytest.approx(42 * 72 / 25.4, abs=0.001)


def test_a_tree_is_grown_once_for_a_kind(
    fonts: Fonts, business_face: Face, residence_face: Face, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown: list[int] = []

    def counted(elements: Sequence[Element], **more: Any) -> Tree:
        grown.append(len(elements))
        return grown_anew(elements, **more)

    monkeypatch.setattr(binding, "grown", counted)
    monkeypatch.setattr(face, "_templates", {})

    def made(one: Face) -> bytes:
        bound = printed(Press(fonts), one.license_type, one.document, qr_text="HTTPS://L.EXAMPLE/V#1", photo=one.photo)
        assert bound.gap is None
        return bytes(bound.data)

    assert made(business_face) == made(business_face)
    made(business_face.with_fields(business_scope="另一经营范围"))
    assert len(grown) == 1, "other values, the same structure"
    made(residence_face)
    assert len(grown) == 2
    table = Face(fleet_type(), fleet_license(rows=vehicles(200)), None)
    assert made(table) == made(table)
    assert len(grown) == 4, "that of a long table is not kept"


def test_the_gap_is_where_it_is_said_to_be(fonts: Fonts, business_face: Face) -> None:
    signature = Signature("颁发", datetime(2026, 3, 2, tzinfo=UTC), 3000)
    bound = printed(
        Press(fonts),
        business_face.license_type,
        business_face.document,
        qr_text="HTTPS://L.EXAMPLE/V#1",
        seal=SealSpace("Seal", "样例", 42, 42, signature=signature),
    )
    assert bound.gap is not None
    start, end = bound.gap
    assert bytes(bound.data[start:end]) == b"<" + b"0" * 6000 + b">"
    assert b"/ByteRange [0 %d %d %d]" % (start, end, len(bound.data) - end) in bound.data
