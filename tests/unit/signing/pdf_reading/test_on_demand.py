"""What is read on demand is what reading the whole file gives."""

from io import BytesIO

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from signing.pdf_reading import PdfError, map_file
from signing.pdf_reading.on_demand import OnDemandFile


@pytest.fixture(params=["table", "stream"])
def pdf(request: pytest.FixtureRequest) -> bytes:
    drawn, out = BytesIO(), BytesIO()
    canvas = Canvas(drawn, invariant=1)
    for text in ("one", "two"):
        canvas.drawString(100, 100, text)
        canvas.showPage()
    canvas.save()
    generate = pikepdf.ObjectStreamMode.generate if request.param == "stream" else pikepdf.ObjectStreamMode.disable
    with pikepdf.open(drawn) as document:
        document.save(out, object_stream_mode=generate)
    return out.getvalue()


def test_every_object_is_the_same(pdf: bytes) -> None:
    whole, demanded = map_file(pdf).last, OnDemandFile(pdf).last
    assert demanded.trailer == whole.trailer
    assert demanded.places == whole.places
    assert len(whole.places) > 8
    for ref, value in whole.objects():
        assert demanded.get(ref) == value


@pytest.mark.parametrize("size", [0, 20, -3, -30])
def test_a_file_that_is_cut_is_refused(pdf: bytes, size: int) -> None:
    with pytest.raises(PdfError):
        OnDemandFile(pdf[:size])


@pytest.mark.parametrize("digits", [b"9 9 9", b"a b", b"-1 0"])
def test_a_damaged_head_of_an_object_stream_is_refused(digits: bytes) -> None:
    body = digits + b"\n1"
    stream = b"<</Type/ObjStm/N 1/First %d/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        (len(digits) + 1, len(body), body)
    )
    start = len(b"%PDF-1.7\n")
    at = start + len(b"2 0 obj\n") + len(stream)
    rows = b"\0\0\0" + b"\2\2\0" + b"\1" + start.to_bytes(1, "big") + b"\0"
    table = b"3 0 obj\n<</Type/XRef/Size 3/W[1 1 1]/Length %d/Root 1 0 R>>\nstream\n%b\nendstream\nendobj\n" % (
        (len(rows), rows)
    )
    pdf = b"%%PDF-1.7\n2 0 obj\n%b%bstartxref\n%d\n%%%%EOF\n" % (stream, table, at)
    last = OnDemandFile(pdf).last
    with pytest.raises(PdfError, match="object stream"):
        last.get(last.trailer["Root"])
