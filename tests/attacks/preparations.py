"""Documents prepared before they are sealed: another content waits in them, and no byte need change for it to be seen.

`python tests/attacks/preparations.py` writes them all; the same call gives the same bytes.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

PREPARED: Final = Path(__file__).resolve().parents[1] / "vectors" / "prepared"

CATALOG: Final = b"<< /Type /Catalog /Pages 2 0 R %s>>"
PAGES: Final = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
TRUE: Final = b"BT /F 20 Tf 72 700 Td (The fine is 100 yuan) Tj ET\n"
FALSE: Final = b"BT /F 20 Tf 72 700 Td (The fine is 100,000 yuan) Tj ET\n"
OVER: Final = b"[60 690 500 730]"
LOOK: Final = b"/Type /XObject /Subtype /Form /BBox [0 0 440 40] /Resources << /Font << /F 5 0 R >> >>"
COVER: Final = b"1 1 1 rg 0 0 440 40 re f 0 g BT /F 20 Tf 12 10 Td (The fine is 100,000 yuan) Tj ET\n"


def page(entries: bytes = b"", resources: bytes = b"") -> bytes:
    """The only page."""
    fonts = b"/Font << /F 5 0 R >> " + resources
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s>> %s>>" % (
        fonts,
        entries,
    )


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<< %s/Length %d >>\nstream\n%sendstream" % (entries, len(data), data)


def document(
    *more: bytes,
    catalog: bytes = b"",
    of_page: bytes | None = None,
    content: bytes = TRUE,
    content_object: bytes | None = None,
    tail: Callable[[bytes, int], bytes] | None = None,
) -> bytes:
    """A document of one page by hand; `more` are the objects from number 6 on.

    Args:
        content: what the page draws; `content_object` is the whole object instead.
        tail: objects so far and the number of them, to everything from the cross-reference on.
    """
    objects = [CATALOG % catalog, PAGES, of_page or page(), content_object or stream(content), FONT, *more]
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    if tail:
        return bytes(out) + tail(bytes(out), len(objects))
    return bytes(out) + table(offsets, len(out))


def table(offsets: list[int], start: int, extra: bytes = b"", more: int = 0) -> bytes:
    """A whole cross-reference table and the end; `more` objects are listed elsewhere."""
    lines = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(offsets) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, lines)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R %s>>\n" % (size + more, extra)
    return head + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def update(pdf: bytes, number: int, text: bytes) -> bytes:
    """Append one object as a revision of its own."""
    previous = int(pdf[pdf.rindex(b"startxref") + 10 :].split()[0])
    size = int(pdf[pdf.rindex(b"/Size") + 5 :].split()[0])
    out = pdf + b"%d 0 obj\n%s\nendobj\n" % (number, text)
    lines = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(pdf))
    trailer = b"trailer\n<< /Size %d /Root 1 0 R /Prev %d >>\n" % (max(size, number + 1), previous)
    return out + lines + trailer + b"startxref\n%d\n%%%%EOF\n" % len(out)


def offsets_in(out: bytes, count: int) -> list[int]:
    """Where the objects begin."""
    return [out.index(b"\n%d 0 obj\n" % number) + 1 for number in range(1, count + 1)]


def layered(states: bytes) -> bytes:
    """Two amounts in two layers."""
    content = b"/OC /One BDC\n" + TRUE + b"EMC\n/OC /Two BDC\n" + FALSE + b"EMC\n"
    one, two = (b"<< /Type /OCG /Name (%s) %s>>" % (name, states) for name in (b"one", b"two"))
    usual = b"/OCProperties << /OCGs [6 0 R 7 0 R] /D << /ON [6 0 R] /OFF [7 0 R] /AS [ << /Event /Print /OCGs "
    usual += b"[6 0 R 7 0 R] /Category [/Print] >> ] >> >> "
    names = b"/Properties << /One 6 0 R /Two 7 0 R >> "
    return document(one, two, catalog=usual, of_page=page(resources=names), content=content)


def annotated(annotation: bytes, *more: bytes, catalog: bytes = b"") -> bytes:
    """With an annotation as object 6, whose look is object 7."""
    note = b"<< /Type /Annot /Rect %s /F 4 /AP << /N 7 0 R >> %s >>" % (OVER, annotation)
    return document(note, stream(COVER, LOOK), *more, catalog=catalog, of_page=page(b"/Annots [6 0 R] "))


def pictured(content: bytes, first: bytes = b"", last: bytes = TRUE) -> bytes:
    """With a picture of one white point, drawn as the content says."""
    picture = b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray "
    return document(
        stream(b"\xff\n", picture), of_page=page(resources=b"/XObject << /I 6 0 R >> "), content=first + content + last
    )


def twice_in_one_revision() -> bytes:
    """The content under one number twice; the cross-reference lists the first."""

    def tail(out: bytes, count: int) -> bytes:
        again = b"4 0 obj\n%s\nendobj\n" % stream(FALSE)
        return again + table(offsets_in(out, count), len(out) + len(again))

    return document(tail=tail)


def hybrid() -> bytes:
    """The table lists the true content, the stream that it points to the false one."""

    def tail(out: bytes, count: int) -> bytes:
        false = b"4 0 obj\n%s\nendobj\n" % stream(FALSE)
        start = len(out) + len(false)
        data = b"\x01" + len(out).to_bytes(4, "big") + b"\0" + b"\x01" + start.to_bytes(4, "big") + b"\0"
        entries = b"/Type /XRef /W [1 4 1] /Index [4 1 6 1] /Size 7 /Root 1 0 R "
        section = b"6 0 obj\n%s\nendobj\n" % stream(data, entries)
        return false + section + table(offsets_in(out, count), start + len(section), b"/XRefStm %d " % start, 1)

    return document(tail=tail)


def wrong_offsets() -> bytes:
    """Every offset is one off: who is strict reads nothing, who is lax rebuilds."""
    return document(tail=lambda out, count: table([offset + 1 for offset in offsets_in(out, count)], len(out)))


SCRIPT: Final = b"<< /S /JavaScript /JS (this.getField) >>"
FORM: Final = b"/AcroForm << /Fields [6 0 R] %s>> "
FIELD: Final = b"/Subtype /Widget /FT /Tx /T (amount) /V (The fine is 100,000 yuan)"
SPOKEN: Final = b"/Span << /ActualText (The fine is 100,000 yuan) >> BDC\n" + TRUE + b"EMC\n"

PREPARATIONS: Final[Mapping[str, Callable[[], bytes]]] = {
    "clean": document,
    "clean-link": lambda: document(
        b"<< /Type /Annot /Subtype /Link /Rect [72 600 200 620] /Border [0 0 0] /Dest [3 0 R /Fit] >>",
        of_page=page(b"/Annots [6 0 R] "),
    ),
    "hidden-layer": lambda: layered(b""),
    "layer-for-the-printer": lambda: layered(b"/Usage << /Print << /PrintState /ON >> >> "),
    "annotation-over-text": lambda: annotated(b"/Subtype /FreeText /DA (/F 20 Tf)"),
    "annotation-hidden-for-now": lambda: annotated(b"/Subtype /Stamp").replace(b"/F 4 ", b"/F 2 ", 1),
    "annotation-for-the-screen-only": lambda: annotated(b"/Subtype /Stamp").replace(b"/F 4 ", b"/F 0 ", 1),
    "form-field": lambda: annotated(FIELD, catalog=FORM % b""),
    "form-drawn-by-the-viewer": lambda: annotated(FIELD, catalog=FORM % b"/NeedAppearances true "),
    "widget-without-a-form": lambda: annotated(FIELD),
    "xfa-form": lambda: document(stream(b"<xdp/>\n"), catalog=b"/AcroForm << /Fields [] /XFA 6 0 R >> "),
    "invisible-text": lambda: document(content=TRUE + FALSE.replace(b"20 Tf", b"20 Tf 3 Tr")),
    "text-that-is-transparent": lambda: document(
        of_page=page(resources=b"/ExtGState << /G << /ca 0 >> >> "), content=TRUE + b"q /G gs\n" + FALSE + b"Q\n"
    ),
    "text-behind-a-picture": lambda: pictured(b"q 440 0 0 40 60 690 cm /I Do Q\n", first=FALSE),
    "picture-of-no-size": lambda: pictured(b"q 0.001 0 0 0.001 60 690 cm /I Do Q\n"),
    "text-behind-a-white-box": lambda: document(content=FALSE + b"q 1 1 1 rg 60 690 440 40 re f Q\n" + TRUE),
    "text-beyond-the-page": lambda: document(
        of_page=page(b"/CropBox [0 300 595 842] "), content=TRUE + FALSE.replace(b"700", b"100")
    ),
    "text-read-otherwise": lambda: document(content=SPOKEN),
    "script-at-opening": lambda: document(catalog=b"/OpenAction " + SCRIPT + b" "),
    "script-by-name": lambda: document(catalog=b"/Names << /JavaScript << /Names [(a) " + SCRIPT + b"] >> >> "),
    "script-of-the-page": lambda: document(of_page=page(b"/AA << /O " + SCRIPT + b" >> ")),
    "program-started": lambda: document(catalog=b"/OpenAction << /S /Launch /F (calc.exe) >> "),
    "address-opened": lambda: document(catalog=b"/OpenAction << /S /URI /URI (https://license.example.invalid/) >> "),
    "movie": lambda: annotated(b"/Subtype /RichMedia /RichMediaContent << >>"),
    "portfolio": lambda: document(catalog=b"/Collection << /Type /Collection /View /T >> "),
    "content-in-another-file": lambda: document(content_object=stream(TRUE, b"/F (content.txt) ")),
    "page-of-another-document": lambda: document(
        stream(TRUE, LOOK + b" /Ref << /F (other.pdf) /Page 0 >> "),
        of_page=page(resources=b"/XObject << /R 6 0 R >> "),
        content=b"/R Do\n",
    ),
    "page-that-nobody-refers-to": lambda: document(
        page().replace(b"/Contents 4 0 R", b"/Contents 7 0 R"), stream(FALSE)
    ),
    "object-twice": twice_in_one_revision,
    "hybrid-cross-references": hybrid,
    "offsets-that-lead-nowhere": wrong_offsets,
    "earlier-revision": lambda: update(document(content=FALSE), 4, stream(TRUE)),
    "keys-twice": lambda: document(
        stream(FALSE), of_page=page().replace(b"/Contents 4 0 R", b"/Contents 4 0 R /Contents 6 0 R")
    ),
    "keys-spelt-otherwise": lambda: document(
        stream(FALSE), of_page=page().replace(b"/Contents 4 0 R", b"/Contents 4 0 R /Con#74ents 6 0 R")
    ),
    "bytes-before-the-start": lambda: b"<html>\n" + document(),
    "bytes-behind-the-end": lambda: document() + b"% nothing to see here\n" * 3,
    "length-that-lies": lambda: document(content_object=b"<< /Length 5 >>\nstream\n% no\n" + FALSE + b"endstream"),
}


def main() -> int:
    """Write `prepared.pdf` into each folder; 1 if one has no `case.toml`."""
    for name, make in PREPARATIONS.items():
        (PREPARED / name).mkdir(parents=True, exist_ok=True)
        (PREPARED / name / "prepared.pdf").write_bytes(make())
    return int({path.parent.name for path in PREPARED.glob("*/case.toml")} != set(PREPARATIONS))


if __name__ == "__main__":
    sys.exit(main())
