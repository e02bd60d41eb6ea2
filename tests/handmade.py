"""PDF files made by hand, byte by byte, and signed: what no honest writer would make, an attacker does."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Objects = Mapping[int, bytes]
Container = Callable[[bytes], bytes]
"""From the digest of what is signed to the DER value of the signature."""

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ROOM = 5000
CATALOG, PAGES, PAGE, CONTENT, FONT, FORM, FIELD, VALUE = 1, 2, 3, 4, 5, 6, 7, 8
"""Numbers of the objects that every document here has."""
RESOURCES = b"<< /Font << /F %d 0 R >> >>" % FONT


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def drawing(content: bytes, width: int = 595, height: int = 842, resources: bytes = RESOURCES) -> bytes:
    """A form XObject."""
    box = b"/Type /XObject /Subtype /Form /BBox [0 0 %d %d] /Resources %s" % (width, height, resources)
    return stream(content, box)


def text(words: bytes, x: int = 72, y: int = 700) -> bytes:
    return b"BT /F 24 Tf %d %d Td (%s) Tj ET" % (x, y, words)


def page(entries: bytes = b"", resources: bytes = RESOURCES) -> bytes:
    head = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s "
    return head % resources + entries + b" >>"


def form(fields: bytes = b"7 0 R", entries: bytes = b"") -> bytes:
    return b"<< /Fields [%s] /SigFlags 3 %s >>" % (fields, entries)


def base(**replaced: bytes) -> dict[int, bytes]:
    """The objects of a document of one page, without a signature; `o4=…` puts another object 4, or adds one."""
    objects = {
        CATALOG: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R >>",
        PAGES: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        PAGE: page(b"/Annots [7 0 R]"),
        CONTENT: stream(text(b"PAY 100 EUR")),
        FONT: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        FORM: form(),
        FIELD: signature_field(),
    }
    return objects | {int(key[1:]): value for key, value in replaced.items()}


def signature_field(value: int = VALUE, entries: bytes = b"/Rect [0 0 0 0]", name: bytes = b"Seal") -> bytes:
    head = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /P 3 0 R /V %d 0 R %s >>"
    return head % (name, value, entries)


def signature(entries: bytes = b"", sub_filter: bytes = b"ETSI.CAdES.detached") -> bytes:
    """A signature dictionary whose gap is to be filled."""
    head = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /%s %s /ByteRange [0 ##########  ##########  ##########]"
    return head % (sub_filter, entries) + b" /Contents <" + b"#" * (2 * ROOM) + b"> >>"


def permission(level: int) -> bytes:
    transform = b"<< /Type /TransformParams /V /1.2 /P %d >>" % level
    return b"/Reference [<< /Type /SigRef /TransformMethod /DocMDP /TransformParams %s >>]" % transform


def certified(level: int, **replaced: bytes) -> dict[int, bytes]:
    """The objects of a document with a certification signature that is to be filled."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R /Perms << /DocMDP 8 0 R >> >>"
    return base(**{"o1": catalog, "o8": signature(permission(level))} | replaced)


def written(objects: Objects, entries: bytes = b"") -> bytes:
    """A whole file with a classic cross-reference table."""
    return _with_section(HEADER, objects, b"/Root 1 0 R " + entries)


def revised(pdf: bytes, objects: Objects, entries: bytes = b"") -> bytes:
    """The file with an update that writes some objects."""
    previous = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    return _with_section(pdf, objects, b"/Root 1 0 R /Prev %d " % previous + entries)


def _with_section(out: bytes, objects: Objects, entries: bytes) -> bytes:
    offsets = {}
    for number, content in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    rows = b"" if b"/Prev" in entries else b"0 1\n0000000000 65535 f \n"
    for number, offset in sorted(offsets.items()):
        rows += b"%d 1\n%010d 00000 n \n" % (number, offset)
    start = len(out)
    return out + b"xref\n%strailer\n<< /Size 100 %s>>\nstartxref\n%d\n%%%%EOF\n" % (rows, entries, start)


def signed(pdf: bytes, container: Container) -> bytes:
    """The file with its last gap filled."""
    gap = re.search(rb"<#+>", pdf)
    assert gap is not None
    numbers = b"%-10d  %-10d  %-10d" % (gap.start(), gap.end(), len(pdf) - gap.end())
    pdf = pdf.replace(b"##########  ##########  ##########", numbers)
    value = container(hashlib.sha256(pdf[: gap.start()] + pdf[gap.end() :]).digest()).hex().encode()
    return pdf[: gap.start() + 1] + value.ljust(2 * ROOM, b"0") + pdf[gap.end() - 1 :]


@dataclass(frozen=True)
class Hand:
    """Signs and time-stamps files.

    Attributes:
        seal: makes a signature's container. stamp: makes a time-stamp.
    """

    seal: Container
    stamp: Container

    def sealed(self, objects: Objects, entries: bytes = b"") -> bytes:
        """A file of one revision, signed."""
        return signed(written(objects, entries), self.seal)

    def countersigned(self, pdf: bytes, objects: Objects) -> bytes:
        """A further revision that is signed."""
        return signed(revised(pdf, objects), self.seal)

    def stamped(self, pdf: bytes, objects: Objects) -> bytes:
        """A further revision that is time-stamped."""
        return signed(revised(pdf, objects), self.stamp)
