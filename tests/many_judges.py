"""Every judge of a licence, asked at once: what each has against a file."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from standards_judge import faults
from support import NOON, sealed_revision

from license_lib.authority import Authority
from license_lib.issuing import Issued
from license_lib.licenses import face_content
from license_lib.licenses.record import RECORD_NAME, canonical_bytes

_HYPHEN = "\ufffe"
"""What PDFium tells of a hyphen that ends a line."""


def complaints(issued: Issued, authority: Authority, folder: Path) -> Iterator[str]:
    """What the judges say against a licence; nothing if all is well.

    Args:
        folder: where the file is put for those that are programs.
    """
    path = folder / "licence.pdf"
    path.write_bytes(issued.pdf)
    yield from (f"qpdf: {line}" for line in _qpdf(path))
    yield from (f"mutool: {line}" for line in _mutool(path, folder))
    yield from (f"pdfsig: {line}" for line in _pdfsig(path))
    yield from (f"page: {rule}" for rule in sorted(faults(sealed_revision(issued.pdf), "pdfa-3u")))
    yield from (f"page: {rule}" for rule in sorted(faults(sealed_revision(issued.pdf), "ua1")))
    yield from (f"pyHanko: {line}" for line in _pyhanko(issued.pdf, authority.settings.keys_folder / "public"))
    verdict = authority.verify(issued.pdf)
    if verdict.outcome.value != "IN_FORCE":
        yield f"verify: {verdict.outcome.value} {[finding.code for finding in verdict.findings]}"
    yield from _unread(issued, authority, path)


def _run(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        [str(one) for one in command], capture_output=True, text=True, errors="replace", timeout=120, check=False
    )
    return done.returncode, done.stdout + done.stderr


def _qpdf(path: Path) -> Iterator[str]:
    code, said = _run("qpdf", "--check", path)
    if code or "No syntax or stream encoding errors found" not in said:
        yield said


def _mutool(path: Path, folder: Path) -> Iterator[str]:
    code, said = _run("mutool", "draw", "-q", "-r", "36", "-o", folder / "page%d.png", path)
    # Said of the build of the tool, not of the file.
    left = said.replace("warning: ICC support is not available", "").strip()
    if code or left:
        yield f"{code} {left}"


def _pdfsig(path: Path) -> Iterator[str]:
    code, said = _run("pdfsig", "-nocert", path)
    seal = said.split("Signature #")[1] if "Signature #" in said else said
    if code or "Signature is Valid." not in seal or "Total document signed" not in said:
        yield f"{code} {said}"


def _pyhanko(pdf: bytes, public: Path) -> Iterator[str]:
    anchors, others = (
        [x509.Certificate.load(pem.unarmor(path.read_bytes())[2]) for path in (public / folder).glob("*.pem")]
        for folder in ("anchors", "intermediates")
    )
    context: Any = ValidationContext(
        trust_roots=anchors,
        other_certs=others,
        crls=[path.read_bytes() for path in (public / "crl").glob("*.crl")],
        revocation_mode="require",
        allow_fetching=False,
        moment=NOON,
    )
    seal = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    status = validate_pdf_signature(seal, context, context)
    if not (status.bottom_line and status.docmdp_ok):
        yield status.summary()


def _unread(issued: Issued, authority: Authority, path: Path) -> Iterator[str]:
    """What of the licence cannot be read from its pages, or from the record in the file."""
    kind = authority.catalogue.get(issued.license.template.key)
    content = face_content(kind, issued.license)
    cells = {
        f"{table.field}[{number}].{column.field}": row.get(column.field, "")
        for table in content.layout.tables
        for number, row in enumerate(content.rows.get(table.field, ()))
        for column in table.columns
    }
    values = {box.field: content.texts.get(box.field, "") for box in content.layout.boxes} | cells
    code, poppler = _run("pdftotext", "-raw", path, "-")
    if code:
        yield f"pdftotext: {code}"
    with pypdfium2.PdfDocument(path) as document:
        pdfium = [page.get_textpage().get_text_range().replace(_HYPHEN, "-") for page in document]
    for reader, pages in (("pdftotext", poppler.split("\f")), ("pdfium", pdfium)):
        squeezed = ["".join(page.split()) for page in pages]
        for field, value in values.items():
            if not _stands_in("".join(value.split()), squeezed):
                yield f"{reader}: does not read {field}"
    with pikepdf.open(path) as pdf:
        if pdf.attachments[RECORD_NAME].get_file().read_bytes() != canonical_bytes(issued.license):
            yield "the record in the file is another"


def _stands_in(value: str, pages: list[str]) -> bool:
    """Whether a text stands on a page, or begins on one and goes on on those that follow."""
    for number, page in enumerate(pages):
        if value in page:
            return True
        low, high = 0, len(value)
        while low < high:  # the longest beginning that stands here
            middle = (low + high + 1) // 2
            low, high = (middle, high) if value[:middle] in page else (low, middle - 1)
        if low and number + 1 < len(pages) and _stands_in(value[low:], pages[number + 1 :]):
            return True
    return False
