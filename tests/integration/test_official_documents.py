"""Sealing any PDF from the command line: at a text, at a place, in a prepared field, and never twice."""

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas
from support import Done, license_command

from license_lib.authority import Authority, now
from signing.reports import Indication
from signing.trust import TrustStore
from signing.validation import validate


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A notice of three pages; only the last one has a date."""
    stream = BytesIO()
    canvas = Canvas(stream, invariant=1)
    for page in range(3):
        canvas.drawString(72, 700, f"Notice, page {page + 1}")
        if page == 2:
            canvas.drawString(300, 200, "2 March 2026")
        canvas.showPage()
    canvas.save()
    path = tmp_path / "notice.pdf"
    path.write_bytes(stream.getvalue())
    return path


def sealed(city: Path, document: Path, *place: object, issuer: str = "police") -> Done:
    out = document.with_name("sealed.pdf")
    return license_command("seal", document, "--issuer", issuer, "-o", out, *place, "--home", city, "--json")


def middle(pdf: Path) -> tuple[int, float, float]:
    """Page number, and the seal's middle in points."""
    with pikepdf.open(pdf) as opened:
        field = opened.Root.AcroForm.Fields[0]
        left, bottom, right, top = (float(edge) for edge in field.Rect)
        number = next(n for n, page in enumerate(opened.pages, 1) if page.obj.objgen == field.P.objgen)
    return number, (left + right) / 2, (bottom + top) / 2


def test_a_document_is_sealed_at_a_text(city: Path, document: Path) -> None:
    done = sealed(city, document, "--keyword", "2 March 2026", "--reason", "印发")
    assert done.code == 0, done.err
    out = Path(done.value["output"])
    assert out.read_bytes().startswith(document.read_bytes())
    number, x, y = middle(out)
    assert number == 3
    assert (x, y) == pytest.approx((334, 203), abs=6)
    judged = subprocess.run(["pdfsig", str(out)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in judged
    assert "Total document signed" in judged


def test_our_own_validation_trusts_the_sealed_document(city: Path, document: Path) -> None:
    out = Path(sealed(city, document, "--keyword", "2 March 2026").value["output"])
    with Authority.open(city) as authority:
        trust = TrustStore.load(authority.settings.keys_folder)
    report = validate(out.read_bytes(), trust=trust, at=now())
    assert report.indication is Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (("--page", 2, "--x", 100, "--y", 50), (2, 283.5, 841.9 - 141.7)),
        (("--keyword", "Notice", "--occurrence", 0, "--x", 60), (1, 91 + 170, 703)),
    ],
)
def test_a_place_may_be_given(
    city: Path, document: Path, place: tuple[object, ...], expected: tuple[int, float, float]
) -> None:
    done = sealed(city, document, *place)
    assert done.code == 0, done.err
    assert middle(Path(done.value["output"])) == pytest.approx(expected, abs=6)


def test_the_cross_page_seal_can_be_left_out(city: Path, document: Path) -> None:
    with_seam = Path(sealed(city, document, "--page", 1, "--x", 100, "--y", 100).value["output"]).read_bytes()
    without = sealed(city, document, "--page", 1, "--x", 100, "--y", 100, "--no-across-pages")
    for pdf, there in ((with_seam, True), (Path(without.value["output"]).read_bytes(), False)):
        with pikepdf.open(BytesIO(pdf)) as opened:
            assert all(("/XObject" in page.Resources) is there for page in opened.pages)


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ((), "seal.appearance"),
        (("--keyword", "2 March 2026", "--page", 1), "seal.place"),
        (("--keyword", "3 March 2026"), "seal.keyword-missing"),
        (("--keyword", "Notice", "--occurrence", 3), "seal.keyword-missing"),
        (("--page", 4, "--x", 100, "--y", 100), "seal.appearance"),
        (("--page", 1, "--x", 5, "--y", 100), "seal.appearance"),
        (("--page", 0), "usage"),
        (("--page", 1), "seal.place"),
        (("--x", 100, "--y", 100), "seal.place"),
        (("--page", 1, "--x", 100, "--y", 100, "--occurrence", 2), "seal.place"),
    ],
)
def test_an_impossible_place_is_named_and_nothing_is_written(
    city: Path, document: Path, place: tuple[object, ...], code: str
) -> None:
    done = sealed(city, document, *place)
    assert (done.code, done.error["code"]) == (3, code)
    assert not document.with_name("sealed.pdf").exists()


def test_a_sealed_document_is_not_sealed_again(city: Path, document: Path) -> None:
    first = Path(sealed(city, document, "--page", 1, "--x", 100, "--y", 100).value["output"])
    again = Path(shutil.copy(first, document.with_name("again.pdf")))
    for place in (("--page", 1, "--x", 60, "--y", 60), ()):
        error = sealed(city, again, *place).error
        assert error["code"] == "seal.already-signed"
        assert error["hint"].startswith("seal the document as it was rendered")


def test_what_was_searched_for_is_not_repeated(city: Path, document: Path) -> None:
    """It may be a person's number."""
    done = sealed(city, document, "--keyword", "620402198801100009")
    assert done.error["code"] == "seal.keyword-missing"
    assert "620402198801100009" not in done.err


def test_what_is_no_pdf_and_who_is_no_body(city: Path, document: Path) -> None:
    assert sealed(city, document, "--page", 1, "--x", 50, "--y", 50, issuer="nobody").error["code"] == "issuer.unknown"
    document.write_bytes(b"hello")
    assert sealed(city, document, "--page", 1, "--x", 50, "--y", 50).error["code"] == "seal.not-a-pdf"
    assert sealed(city, document, "--keyword", "hello").error["code"] == "seal.not-a-pdf"


def test_an_output_that_cannot_be_written_is_named(city: Path, document: Path) -> None:
    out = document.parent / "nowhere" / "sealed.pdf"
    done = license_command(
        "seal", document, "--issuer", "police", "-o", out, "--page", 1, "--x", 60, "--y", 60, "--home", city, "--json"
    )
    assert (done.code, done.error["code"], done.out) == (3, "output.unwritable", "")
