"""Updates behind the seal: files that tell one reader one thing and a viewer another, and that tell the logs of it."""

import importlib
import logging
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from signing.reports import Indication, SealReport
from signing.validation import validate

FORGED = b"BT /F 30 Tf 120 400 Td (FORGED) Tj ET"
PERSON = "张三 110105194912310021"
Judge = Callable[[bytes], SealReport]


@pytest.fixture
def judge(pki: Any) -> Judge:
    trust = pki.trust()
    return lambda pdf: validate(pdf, trust=trust, at=pki.now)


def assert_changed_after(report: SealReport, sealed_pdf: bytes) -> None:
    assert (report.indication, report.codes[0]) == (Indication.TOTAL_FAILED, "seal.changed-after")
    assert report.covered == sealed_pdf, "what was sealed is intact, and is what may be read"


def written(writer: Any) -> bytes:
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def pdf_value(value: Any) -> Any:
    """Make the parser's values of plain ones; text is a name."""
    new: Any = generic
    if isinstance(value, generic.PdfObject):
        return value
    if isinstance(value, dict):
        return new.DictionaryObject({generic.pdf_name(key): pdf_value(item) for key, item in value.items()})
    if isinstance(value, list):
        return new.ArrayObject([pdf_value(item) for item in value])
    if isinstance(value, int):
        return new.NumberObject(value)
    return generic.pdf_name(value)


def test_an_empty_field_whose_corners_are_references_is_a_change(judge: Judge, sealed_pdf: bytes) -> None:
    """Comparing revisions, pyHanko takes its rectangle for an empty one; viewers draw it over the whole page."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(sealed_pdf))
    page_reference = writer.root["/Pages"].raw_get("/Kids").raw_get(0)
    corners = [writer.add_object(pdf_value(number)) for number in (0, 0, 595, 842)]
    font = {"/F": {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}}
    resources = {"/Font": font, "/X": corners}
    form = {"/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, 595, 842], "/Resources": resources}
    stream: Any = generic.StreamObject
    appearance = writer.add_object(stream(pdf_value(form), stream_data=FORGED))
    # The security store may hold new objects, and so lets the appearance in, and through it the corners.
    writer.root["/DSS"] = pdf_value({"/Certs": [appearance]})
    writer.update_root()
    field = {"/FT": "/Sig", "/Type": "/Annot", "/Subtype": "/Widget", "/F": 4, "/Rect": corners}
    look = {"/AP": {"/N": appearance}, "/P": page_reference, "/T": generic.pdf_string("Stamp")}
    reference = writer.add_object(pdf_value(field | look))
    page = page_reference.get_object()
    for fields in (writer.root["/AcroForm"]["/Fields"], page["/Annots"]):
        fields.append(reference)
        writer.update_container(fields)
    assert_changed_after(judge(written(writer)), sealed_pdf)


def rebuilt(sealed_pdf: bytes, table: bytes, size: int | None = None) -> bytes:
    """Append another page under the number of the first, and a cross-reference table that does not name it."""
    previous = int(re.findall(rb"startxref\s+(\d+)", sealed_pdf)[-1])
    with pikepdf.open(BytesIO(sealed_pdf)) as document:
        page = document.pages[0].objgen[0]
        parent = document.Root.Pages.objgen[0]
        root = document.Root.objgen[0]
    font = b"<< /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    objects = b"\n%d 0 obj\n<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] " % (page, parent)
    objects += b"/Contents 900 0 R /Resources %s >>\nendobj\n" % font
    objects += b"900 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(FORGED), FORGED)
    trailer = b"trailer\n<< /Size %d /Root %d 0 R /Prev %d >>\n" % (size or numbers(sealed_pdf) + 1, root, previous)
    start = len(sealed_pdf) + len(objects)
    return sealed_pdf + objects + b"xref\n" + table + trailer + b"startxref\n%d\n%%%%EOF\n" % start


def numbers(pdf: bytes) -> int:
    return int(re.findall(rb"/Size (\d+)", pdf)[-1])


TABLES: dict[str, Callable[[int], tuple[bytes, int]]] = {
    "of nothing": lambda size: (b"0 0\n", size),
    "of an object that is not there": lambda size: (b"%d 1\n%010d 00000 n \n" % (size, 20), size + 1),
    "that points far away": lambda size: (b"%d 1\n9999999999 00000 n \n" % size, size + 1),
    "of object zero": lambda size: (b"0 1\n0000000015 00000 n \n", size),
    "with lines too short": lambda size: (b"%d 1\n%010d 00000 n\n" % (size, 20), size + 1),
    "with a comment": lambda size: (b"%% c\n%d 1\n%010d 00000 n \n" % (size, 20), size + 1),
    "that frees": lambda size: (b"%d 1\n%010d 00000 f \n" % (size, 0), size + 1),
    "beyond all numbers": lambda _size: (b"99999999 1\n%010d 00000 n \n" % 20, 100_000_000),
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_objects_that_only_a_rebuilding_viewer_finds_are_a_change(
    judge: Judge, sealed_pdf: bytes, table: Callable[[int], tuple[bytes, int]]
) -> None:
    entries, size = table(numbers(sealed_pdf))
    assert_changed_after(judge(rebuilt(sealed_pdf, entries, size)), sealed_pdf)


@pytest.mark.parametrize("tail", [b"junk", b"\n\n", b"%%EOF\n"])
def test_bytes_that_form_no_revision_are_not_covered(judge: Judge, sealed_pdf: bytes, tail: bytes) -> None:
    for stray in (tail, sealed_pdf):
        report = judge(sealed_pdf + stray)
        assert (report.indication, report.codes[0]) == (Indication.TOTAL_FAILED, "seal.coverage")


def test_a_revision_that_hides_the_seal_hides_nothing(judge: Judge, sealed_pdf: bytes) -> None:
    writer: Any = IncrementalPdfFileWriter(BytesIO(sealed_pdf))
    writer.root["/AcroForm"] = pdf_value({"/Fields": []})
    writer.update_root()
    assert_changed_after(judge(written(writer)), sealed_pdf)


class _Listener(logging.Handler):
    """What a program's own log hears: pytest's listens to silenced loggers too.

    Not what `tzlocal` says, once a process, of the machine's own time zone.
    """

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "tzlocal":
            self.heard.append(record.getMessage())


@pytest.fixture
def listener(caplog: pytest.LogCaptureFixture) -> Iterator[_Listener]:
    caplog.set_level(logging.DEBUG)
    found = _Listener()
    logging.getLogger().addHandler(found)
    yield found
    logging.getLogger().removeHandler(found)


def test_nothing_of_a_strangers_file_reaches_the_logs(
    judge: Judge, sealed_pdf: bytes, plain_pdf: bytes, listener: _Listener, capfd: pytest.CaptureFixture[str]
) -> None:
    writer: Any = IncrementalPdfFileWriter(BytesIO(sealed_pdf))
    writer.root["/Lang"] = generic.pdf_string(PERSON)
    writer.update_root()
    assert judge(written(writer)).codes[0] == "seal.changed-after"
    # The parser remarks on this one.
    start = plain_pdf.rindex(b"startxref\n")
    judge(plain_pdf[:start] + plain_pdf[start:].replace(b"startxref\n", b"startxref "))
    importlib.import_module("signing.sealing.with_pyhanko")  # by which the product loads pyHanko
    logging.getLogger("pyhanko.pdf_utils.reader").error("quotes %s", PERSON)
    assert listener.heard == []
    assert capfd.readouterr() == ("", "")
