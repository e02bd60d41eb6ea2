"""Small files that would keep a parser busy for minutes are refused; each of these tests would not end otherwise."""

import re
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
import pytest

from signing.reports import SealReport
from signing.validation import validate

Judge = Callable[[bytes], SealReport]
_CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] >> >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"


@pytest.fixture
def judge(pki: Any) -> Judge:
    trust = pki.trust()
    return lambda pdf: validate(pdf, trust=trust, at=pki.now)


def document(*objects: bytes) -> bytes:
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, entries)
    return out + table + trailer(b"", len(out), len(objects) + 1)


def trailer(entries: bytes, start: int, size: int = 4) -> bytes:
    return b"trailer\n<< /Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, entries, start)


def with_stream(widths: bytes, entries: bytes) -> bytes:
    data = zlib.compress(bytes(10))
    head = b"%PDF-1.7\n"
    dictionary = b"<< /Type /XRef /Root 2 0 R /W %s /Filter /FlateDecode /Length %d %s>>" % (widths, len(data), entries)
    section = b"1 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (dictionary, data)
    return head + section + b"startxref\n%d\n%%%%EOF\n" % len(head)


STREAMS = {
    "no width": (b"[0 0 0]", b"/Size 10 "),
    "no width, two thousand million entries": (b"[0 0 0]", b"/Size 2147483647 /Index [0 2000000000] "),
    "more entries than bytes": (b"[0 1 0]", b"/Size 10 /Index [0 2000000000] "),
    "a size beyond the file": (b"[0 1 0]", b"/Size 2147483647 "),
    "many short lists": (b"[0 1 0]", b"/Size 10 /Index [0 900 900 900 1800 900] "),
    "widths somewhere else": (b"5 0 R", b"/Size 10 "),
    "widths twice": (b"[1 1 1]", b"/W [0 0 0] /Size 10 "),
    "an index somewhere else": (b"[1 1 1]", b"/Size 10 /Index 5 0 R "),
    "no size": (b"[1 1 1]", b""),
}


@pytest.mark.parametrize(("widths", "entries"), STREAMS.values(), ids=STREAMS.keys())
def test_a_cross_reference_stream_must_fit_the_file(judge: Judge, widths: bytes, entries: bytes) -> None:
    pdf = with_stream(widths, entries)
    assert judge(pdf).codes == ("pdf.malformed",)


def test_an_honest_cross_reference_stream_is_read(judge: Judge, plain_pdf: bytes) -> None:
    stream = BytesIO()
    with pikepdf.open(BytesIO(plain_pdf)) as opened:
        opened.save(stream, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    pdf = stream.getvalue()
    assert re.search(rb"/Type\s*/XRef", pdf)
    assert judge(pdf).codes == ("seal.missing",)


def test_the_number_of_revisions_is_bounded(judge: Judge) -> None:
    first = document(_CATALOG % b"", _PAGES, _PAGE)

    def revised(times: int) -> bytes:
        out, previous = first, first.rindex(b"xref\n0 ")
        for _ in range(times):
            start = len(out)
            out += b"xref\n0 0\n" + trailer(b"/Prev %d " % previous, start)
            previous = start
        return out

    assert judge(revised(50)).codes == ("seal.missing",)
    assert judge(revised(500)).codes == ("pdf.malformed",)


def test_a_form_with_more_paths_than_fields_is_walked_field_by_field(judge: Judge) -> None:
    """Ten children each, twelve times: the fields are a dozen, the paths a million million."""
    levels = [b"<< /T (a) /Kids [%s] >>" % (b"%d 0 R " % (5 + level) * 10) for level in range(12)]
    last = b"<< /T (b) /FT /Sig /V 3 0 R >>"
    assert judge(document(_CATALOG % b"4 0 R", _PAGES, _PAGE, *levels, last)).codes[0] == "seal.coverage"


def test_a_form_that_contains_itself_has_an_end(judge: Judge) -> None:
    pdf = document(_CATALOG % b"4 0 R", _PAGES, _PAGE, b"<< /T (a) /Kids [4 0 R] >>")
    assert judge(pdf).codes == ("seal.missing",)


def test_a_form_with_too_many_fields_is_refused(judge: Judge) -> None:
    pdf = document(_CATALOG % (b"4 0 R " * 5000), _PAGES, _PAGE, b"<< /T (a) /FT /Sig >>")
    assert judge(pdf).codes == ("pdf.malformed",)


def test_a_signature_counts_wherever_its_field_has_its_type_from(judge: Judge) -> None:
    parent, child = b"<< /T (a) /FT 6 0 R /Kids [5 0 R 8 0 R] >>", b"<< /T (b) /V 7 0 R >>"
    pdf = document(_CATALOG % b"4 0 R", _PAGES, _PAGE, parent, child, b"/Sig", b"<< /Type /Sig >>", child)
    assert judge(pdf).codes == ("seal.several",)


def test_the_end_must_be_at_the_end(judge: Judge) -> None:
    pdf = document(_CATALOG % b"", _PAGES, _PAGE)
    assert judge(pdf).codes == ("seal.missing",)
    assert judge(pdf + b" " * 5000 + b"\n%%EOF\n").codes == ("pdf.malformed",)
