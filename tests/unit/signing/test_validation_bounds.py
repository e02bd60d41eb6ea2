"""Small files that would keep a parser busy for minutes are refused; each of these tests would not end otherwise."""

import re
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from handmade import (
    HEADER,
    Hand,
    base,
    certified,
    drawing,
    form,
    page,
    revised,
    signature,
    signature_field,
    stream,
    written,
)

from signing.pdf_reading import PdfError, map_file
from signing.reports import FileOutcome, SealReport
from signing.validation import examine, validate

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


# -- the same for every reader of the file -----------------------------------------------------------------------------


def outcome(pki: Any, pdf: bytes) -> tuple[FileOutcome, set[str]]:
    report = examine(pdf, trust=pki.trust(), at=pki.now)
    return report.outcome, {params for one in report.findings for params in one.params.values()}


def table_of(out: bytes, offsets: Sequence[int]) -> bytes:
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"xref\n0 %d\n%s" % (len(offsets), rows) + trailer(b"", len(out), len(offsets))


def test_white_space_between_objects_is_read_in_one_way(pki: Any) -> None:
    """A pattern that may split forty blanks in 2 to the power of 40 ways tries them all."""
    for filling in (b" " * 200, b"%" * 200 + b"\n", b"% \n" * 200):
        pdf = HEADER + b"1 0 obj\n<< >>\nendobj\n" + filling + b"x"
        assert outcome(pki, table_of(pdf, [len(HEADER)]))[0] is FileOutcome.UNSIGNED


def test_an_object_is_read_once_wherever_it_is_said_to_begin(pki: Any) -> None:
    count = 20_000
    pdf = HEADER + b" " * count + b"5 0 obj\n[" + b"0 " * 100_000 + b"]\nendobj\n"
    assert outcome(pki, table_of(pdf, range(len(HEADER), len(HEADER) + count)))[0] is FileOutcome.UNSIGNED


def test_objects_within_objects_have_an_end(pki: Any) -> None:
    pdf, offsets = HEADER, []
    for number in range(20_000):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj(" % number
    assert outcome(pki, table_of(pdf + b")" * 20_000 + b"endobj\n", offsets))[0] is FileOutcome.UNSIGNED
    inner = b"".join(b"%d 0 obj (" % number for number in range(2_000))
    nested = HEADER + inner + b"".join(b") endobj " for _ in range(2_000))
    starts = [len(HEADER) + found.start() for found in re.finditer(rb"\d+ 0 obj", inner)]
    assert "objects overlap beyond all measure" in outcome(pki, table_of(nested, starts))[1]


def packed_section(number: int, data: bytes, previous: int, out: bytes, parms: bytes = b"") -> bytes:
    entries = b"/Type /XRef /Root 2 0 R /Size 1 /W [1 1 1] /Index [0 1] /Filter /FlateDecode " + parms
    entries += b"/Prev %d" % previous if previous else b""
    start = len(out)
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, stream(data, entries), start)


@pytest.mark.parametrize("parms", [b"", b"/DecodeParms << /Predictor 12 /Columns 3 >> "], ids=["plain", "predicted"])
def test_a_section_unpacks_to_what_it_lists(pki: Any, parms: bytes) -> None:
    pdf, previous, data = HEADER, 0, zlib.compress(bytes(4 << 20))
    for number in range(100):
        start = len(pdf)
        pdf = packed_section(900 + number, data, previous, pdf, parms)
        previous = start
    assert outcome(pki, pdf)[0] is FileOutcome.UNSIGNED
    assert "a packed stream is cut short, or larger than any honest one" in outcome(pki, pdf)[1]


def test_a_row_is_no_wider_than_what_there_is(pki: Any) -> None:
    """Of nothing, there are whole rows of any width; one of them is to be kept."""
    parms = b"/DecodeParms << /Predictor 12 /Columns 99999999999999 >> "
    pdf = packed_section(900, zlib.compress(b""), 0, HEADER, parms).replace(b"/Index [0 1]", b"/Index [0 0]")
    assert "a packed stream has half a row" in outcome(pki, pdf)[1]


def test_object_streams_together_are_bounded() -> None:
    content = zlib.compress(b"7 0 0" + b" " * (30 << 20))
    objects = {number: stream(content, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") for number in range(40, 48)}
    pdf = written(base() | objects)
    rows = b"".join(b"\2" + bytes((number, 0)) for number in objects)
    entries = b"/Type /XRef /Root 1 0 R /Size 99 /W [1 1 1] /Index [60 8] /Prev %d" % int(pdf.split()[-2])
    last = b"90 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (stream(rows, entries), len(pdf))
    revision = map_file(pdf + last).last
    with pytest.raises(PdfError, match="larger than those of any honest file"):
        list(revision.objects())


def test_evidence_is_read_once_and_not_beyond_measure(pki: Any, hand: Hand) -> None:
    """Four thousand references to one certificate that unpacks to 31 MB."""
    bomb = stream(zlib.compress(bytes(31 << 20)), b"/Filter /FlateDecode")
    catalog = certified(2)[1].replace(b" >> >>", b" >> /DSS << /Certs [%s] >> >>" % (b"30 0 R " * 4000))
    assert outcome(pki, hand.sealed(certified(2, o1=catalog, o30=bomb)))[0] is FileOutcome.INTACT
    many = {f"o{100 + number}": bomb for number in range(20)}
    listed = b" ".join(b"%d 0 R" % (100 + number) for number in range(20))
    catalog = catalog.replace(b"30 0 R " * 4000, listed)
    assert outcome(pki, hand.sealed(certified(2, o1=catalog, **many)))[0] is FileOutcome.INTACT


def test_a_list_of_evidence_is_looked_at_once(pki: Any, hand: Hand) -> None:
    related = b" ".join(b"/%040d << /Cert 31 0 R >>" % number for number in range(4000))
    catalog = certified(2)[1].replace(b" >> >>", b" >> /DSS << /VRI << %s >> >> >>" % related)
    update = {1: catalog, 30: stream(b""), 31: b"[%s]" % (b"30 0 R " * 4000)}
    assert outcome(pki, revised(hand.sealed(certified(2)), update))[0] is FileOutcome.INTACT


def test_a_tree_of_pages_with_more_paths_than_pages_is_walked_page_by_page(pki: Any, hand: Hand) -> None:
    kids = [b"%d 0 R " % (201 + level) * 10 for level in range(30)]
    levels = {
        f"o{200 + level}": b"<< /Type /Pages /Count 1 /Parent 2 0 R /Kids [%s] >>" % kids[level] for level in range(30)
    }
    top = b"<< /Type /Pages /Kids [3 0 R 200 0 R] /Count 1 >>"
    pdf = hand.sealed(certified(2, o2=top, o230=b"<< /Type /Pages /Count 0 /Kids [] >>", **levels))
    assert outcome(pki, revised(pdf, {99: b"0"}))[0] in {FileOutcome.INTACT, FileOutcome.MALFORMED}


def test_a_thousand_fields_of_a_page_are_drawn_with_it(pki: Any, hand: Hand) -> None:
    """A page is drawn for all of its fields together."""
    numbers = range(1000, 2000)
    box = b"/Rect [%d %d %d %d]"

    def field(number: int, filled: bytes) -> bytes:
        x, y = number % 60 * 9, number // 60 * 9
        place = box % (x, y, x + 8, y + 8)
        return b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (%d) %s %s >>" % (number, place, filled)

    refs = b" ".join(b"%d 0 R" % number for number in numbers)
    empty = {f"o{number}": field(number, b"") for number in numbers}
    objects = certified(2, o3=page(b"/Annots [7 0 R %s]" % refs), o6=form(b"7 0 R " + refs), o4=stream(b""), **empty)
    look = drawing(b"/Tx BMC BT /F 6 Tf 1 1 Td (1) Tj ET EMC", 8, 8)
    filled = {number: field(number, b"/V (1) /AP << /N 30 0 R >>") for number in numbers}
    assert outcome(pki, revised(hand.sealed(objects), filled | {30: look}))[0] is FileOutcome.INTACT


def test_many_ends_of_one_revision_are_one_revision(pki: Any, hand: Hand) -> None:
    objects = {f"o{number}": b"0" for number in range(1000, 11_000)}
    sealed = hand.sealed(certified(2, **objects))
    tail = sealed[sealed.rindex(b"startxref") :]
    assert outcome(pki, sealed + tail * 3000)[0] is FileOutcome.INTACT


def test_what_no_update_touches_is_walked_lightly(pki: Any, hand: Hand) -> None:
    """The same document under forty signatures: each object is read once, and its references are known."""
    chain = {f"o{number}": b"[%d 0 R]" % (number + 1) for number in range(1000, 3000)}
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /X 1000 0 R >>"
    pdf, fields = hand.sealed(certified(2, o5=font, **chain)), b"7 0 R"
    for number in range(200, 280, 2):
        fields += b" %d 0 R" % number
        field = signature_field(number + 1, name=b"S%d" % number)
        pdf = hand.countersigned(pdf, {6: form(fields), number: field, number + 1: signature()})
    report = examine(pdf, trust=None, at=pki.now)
    assert (report.outcome, len(report.signatures)) == (FileOutcome.INTACT, 41)
    deep = revised(pdf, {2000: b"[(else)]"})
    assert [one.codes for one in examine(deep, trust=None, at=pki.now).signatures] == [("seal.changed-after",)] * 41
