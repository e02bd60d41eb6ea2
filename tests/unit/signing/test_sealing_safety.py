"""What is not sealed: a document that could show something else later than it shows now."""

from collections.abc import Callable
from typing import Any

import pytest
from handmade import base, drawing, page, revised, stream, written

from signing.errors import SealingError
from signing.reports import Indication
from signing.sealing.safety import check_safety, read_strictly
from signing.validation import validate

PLAIN = {number: value for number, value in base(o3=page()).items() if number not in {6, 7}}
PLAIN[1] = b"<< /Type /Catalog /Pages 2 0 R >>"
ACTION = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def document(**replaced: bytes) -> bytes:
    return written(PLAIN | {int(key[1:]): value for key, value in replaced.items()})


def catalog(entries: bytes) -> bytes:
    return b"<< /Type /Catalog /Pages 2 0 R %s >>" % entries


def annotated(entries: bytes) -> bytes:
    return page(b"/Annots [<< /Type /Annot /Rect [0 0 9 9] %s >>]" % entries)


def check(pdf: bytes) -> None:
    check_safety(read_strictly(pdf))


HARMLESS = {
    "a plain page": document(),
    "a link": document(o3=annotated(b"/Subtype /Link /A << /S /URI /URI (https://example.org) >>")),
    "a place to open at": document(o1=catalog(b"/OpenAction [3 0 R /Fit]")),
    "layers that are shown": document(
        o1=catalog(b"/OCProperties << /OCGs [40 0 R] /D << /ON [40 0 R] >> >>"), o40=b"<< /Type /OCG /Name (a) >>"
    ),
    "a popup that is closed": document(o3=annotated(b"/Subtype /Popup /F 2")),
    "two revisions": revised(document(), {4: stream(b"")}),
}


@pytest.mark.parametrize("pdf", HARMLESS.values(), ids=HARMLESS.keys())
def test_an_ordinary_document_may_be_sealed(pki: Any, pdf: bytes) -> None:
    check(pdf)
    assert validate(pki.seal(pdf), trust=pki.trust(), at=pki.now).indication is Indication.TOTAL_PASSED


UNSAFE: dict[str, tuple[bytes, str]] = {
    "an action at opening": (document(o1=catalog(b"/OpenAction " + ACTION)), "active-content: OpenAction"),
    "a script by name": (document(o1=catalog(b"/Names << /JavaScript << >> >>")), "active-content: JavaScript"),
    "a script in a page": (document(o3=page(b"/AA << /O %s >>" % ACTION)), "active-content: AA"),
    "a program": (document(o3=annotated(b"/Subtype /Link /A << /S /Launch /F (x) >>")), "active-content: Launch"),
    "a form of another kind": (document(o1=catalog(b"/AcroForm << /Fields [] /XFA (x) >>")), "active-content: XFA"),
    "looks on demand": (
        document(o1=catalog(b"/AcroForm << /Fields [] /NeedAppearances true >>")),
        "active-content: NeedAppearances",
    ),
    "a collection": (document(o1=catalog(b"/Collection << >>")), "active-content: Collection"),
    "a film": (document(o3=annotated(b"/Subtype /RichMedia")), "active-content: RichMedia"),
    "content that is elsewhere": (document(o4=stream(b"", b"/F (other.bin)")), "external-reference: stream"),
    "another document": (document(o3=annotated(b"/Subtype /Link /A << /S /GoToR /F (x) >>")), "external-reference"),
    "a drawing of elsewhere": (
        document(o40=drawing(b"").replace(b"/Subtype /Form", b"/Subtype /Form /Ref << /F (x) >>")),
        "external-reference: reference XObject",
    ),
    "a picture for the printer": (
        document(o40=stream(b"", b"/Type /XObject /Subtype /Image /Alternates []")),
        "hidden-content: Alternates",
    ),
    "a picture from a server": (
        document(o40=stream(b"", b"/Type /XObject /Subtype /Image /OPI << >>")),
        "external-reference: URL",
    ),
    "a hidden note": (document(o3=annotated(b"/Subtype /Stamp /F 2")), "hidden-content: annotation"),
    "a note on paper only": (document(o3=annotated(b"/Subtype /Stamp /F 40 0 R"), o40=b"36"), "hidden-content"),
    "a layer that is off": (
        document(o1=catalog(b"/OCProperties << /OCGs [40 0 R] /D << /OFF [40 0 R] >> >>"), o40=b"<< /Type /OCG >>"),
        "hidden-content: layer",
    ),
    "a layer for the printer": (
        document(o1=catalog(b"/OCProperties << /OCGs [] /D << /AS [<< /Event /Print >>] >> >>")),
        "hidden-content: layer",
    ),
    "layers that are off at first": (
        document(o1=catalog(b"/OCProperties << /OCGs [] /D << /BaseState /OFF >> >>")),
        "hidden-content: layer",
    ),
    "a second meaning": (
        document(o3=page().replace(b"/Contents 4 0 R", b"/Contents 4 1 R")),
        "qpdf reads object 3 otherwise",
    ),
    "another number of pages": (
        document(o2=b"<< /Type /Pages /Kids [3 0 R] /Count 2 >>"),
        "another number of them than it says",
    ),
    "a page that some readers do not show": (
        document(o2=b"<< /Type /Pages /Kids [3 0 R 40 0 R] /Count 1 >>", o40=page()),
        "another number of them than it says",
    ),
    "bytes at the end": (document() + b"PAY 900\n" + document()[document().rindex(b"startxref") :], "no revision"),
    "an object that waits": (
        revised(document(), {4: stream(b"")}).replace(b"xref\n4 1", b"xref\n50 1"),
        "a cross-reference that leads to no object",
    ),
}


@pytest.mark.parametrize(("pdf", "reason"), UNSAFE.values(), ids=UNSAFE.keys())
def test_what_could_show_something_else_is_not_sealed(pki: Any, pdf: bytes, reason: str) -> None:
    with pytest.raises(SealingError) as caught:
        check(pdf)
    assert caught.value.code == "seal.unsafe-content"
    assert reason in str(caught.value)
    with pytest.raises(SealingError):
        pki.seal(pdf)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "no PDF": lambda _: b"words",
    "cut short": lambda pdf: pdf[:-20],
    "a key twice": lambda pdf: pdf.replace(b"/Type /Page ", b"/Type /Page /Type /Page "),
    "objects that are nested": lambda pdf: pdf.replace(b"<< /Type /Pages", b"[" * 70),
}


@pytest.mark.parametrize("harm", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_not_sealed(pki: Any, harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SealingError) as caught:
        check(harm(document()))
    assert caught.value.code == "seal.not-a-pdf"
    with pytest.raises(SealingError):
        pki.seal(harm(document()))
