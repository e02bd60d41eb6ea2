"""Sealing: a certification signature that covers everything, repeatable, refused where it would mean nothing."""

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import ImageOps
from reportlab.pdfgen.canvas import Canvas

from signing.errors import KeyLoadError, SealingError, TimestampError
from signing.sealing import Mark, SealAppearance, Spot, seal


@pytest.fixture
def seal_it(pki: Any) -> Callable[..., bytes]:
    def run(pdf: bytes, **changes: Any) -> bytes:
        arguments: dict[str, Any] = {
            "credential": pki.credential(),
            "timestamper": pki.timestamper(),
            "appearance": None,
            "at": pki.now,
            "nonce": lambda: 7,
        }
        return seal(pdf, **(arguments | changes))

    return run


def test_the_signature_dictionary_says_what_it_must(
    seal_it: Callable[..., bytes], plain_pdf: bytes, appearance: SealAppearance
) -> None:
    sealed = seal_it(plain_pdf, appearance=appearance, reason="依申请公开", location="白银市")
    assert sealed.startswith(plain_pdf)
    with pikepdf.open(BytesIO(sealed)) as document:
        (field,) = document.Root.AcroForm.Fields
        signature = field.V
        assert document.Root.AcroForm.SigFlags == 3
        assert document.Root.Perms.DocMDP.objgen == signature.objgen
        assert signature.SubFilter == "/ETSI.CAdES.detached"
        assert signature.Reference[0].TransformMethod == "/DocMDP"
        assert signature.Reference[0].TransformParams.P == 1
        assert str(signature.Reason) == "依申请公开"
        assert str(signature.Location) == "白银市"
        assert str(signature.M) == "D:20260302083000Z"
        # 40 mm, 120 mm from the left and 200 mm from the top of an A4 page.
        left, bottom, right, top = (float(value) for value in field.Rect)
        assert (left, right - left, top - bottom) == pytest.approx((340.157, 113.386, 113.386), abs=0.002)
        assert top == pytest.approx(842 - 200 * 72 / 25.4, abs=0.002)


def test_the_seal_is_seen_where_it_was_put(
    seal_it: Callable[..., bytes], plain_pdf: bytes, appearance: SealAppearance
) -> None:
    def ink(pdf: bytes) -> tuple[int, int, int, int] | None:
        document = pypdfium2.PdfDocument(pdf)
        document.init_forms()
        page = document[0].render(scale=72 / 25.4, may_draw_forms=True, draw_annots=True).to_pil().convert("L")
        box: tuple[int, int, int, int] | None = ImageOps.invert(page).crop((900, 0, *page.size)).getbbox()
        return box

    assert ink(seal_it(plain_pdf)) is None
    box = ink(seal_it(plain_pdf, appearance=appearance))
    assert box is not None
    # At 8.03 pixels per mm the circle of 36 mm spans 122 to 158 mm, 202 to 238 mm; the crop starts at 112 mm.
    pixel = (72 / 25.4) ** 2
    expected = (122 * pixel - 900, 202 * pixel, 158 * pixel - 900, 238 * pixel)
    assert box == pytest.approx(expected, abs=6)


def test_the_same_request_gives_the_same_bytes(pki: Any, plain_pdf: bytes, appearance: SealAppearance) -> None:
    def once() -> bytes:
        stamper = type(pki)(pki.folder).timestamper()
        return seal(
            plain_pdf,
            credential=pki.credential(),
            timestamper=stamper,
            appearance=appearance,
            at=pki.now,
            nonce=lambda: 11,
        )

    assert once() == once()


def test_metadata_is_left_alone(seal_it: Callable[..., bytes], plain_pdf: bytes) -> None:
    with pikepdf.open(BytesIO(plain_pdf)) as before, pikepdf.open(BytesIO(seal_it(plain_pdf))) as after:
        assert dict(before.docinfo) == dict(after.docinfo)
        assert "/Metadata" not in after.Root


def test_the_gap_is_tight(seal_it: Callable[..., bytes], plain_pdf: bytes) -> None:
    match = re.search(rb"/Contents <([0-9A-F]+)>", seal_it(plain_pdf))
    assert match is not None
    padding = len(match[1]) - len(match[1].rstrip(b"0"))
    assert padding < 512


def test_a_seal_on_a_later_page_and_a_shifted_media_box(
    seal_it: Callable[..., bytes], appearance: SealAppearance
) -> None:
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(300, 300))
        document.add_blank_page(page_size=(400, 400))
        document.pages[1].MediaBox = pikepdf.Array([100, 50, 500, 450])
        stream = BytesIO()
        document.save(stream)
    sealed = seal_it(stream.getvalue(), appearance=replace(appearance, spot=Spot(1, 20, 20)))
    with pikepdf.open(BytesIO(sealed)) as document:
        assert "/Annots" not in document.pages[0]
        (annotation,) = document.pages[1].Annots
        assert [float(value) for value in annotation.Rect] == pytest.approx([100, 336.614, 213.386, 450], abs=0.002)


@pytest.mark.parametrize(
    "changes",
    [
        {"spot": Spot(1, 140, 220)},
        {"spot": Spot(-1, 140, 220)},
        {"spot": Spot(0, 200, 220)},
        {"spot": Spot(0, 140, 290)},
        {"spot": Spot(0, 19, 220)},
        {"spot": Spot(0, math.nan, 220)},
        {"spot": None},
        {"marks": (Mark(b"no PDF", Spot(0, 100, 100)),)},
    ],
)
def test_an_impossible_place_is_refused(
    seal_it: Callable[..., bytes], plain_pdf: bytes, appearance: SealAppearance, changes: dict[str, Any]
) -> None:
    with pytest.raises(SealingError) as caught:
        seal_it(plain_pdf, appearance=replace(appearance, **changes))
    assert caught.value.code == "seal.appearance"


def test_a_picture_that_is_no_pdf_is_refused(
    seal_it: Callable[..., bytes], plain_pdf: bytes, appearance: SealAppearance
) -> None:
    with pytest.raises(SealingError) as caught:
        seal_it(plain_pdf, appearance=replace(appearance, pdf=b"\x89PNG"))
    assert caught.value.code == "seal.appearance"


@pytest.mark.parametrize("pdf", [b"", b"no PDF", b"%PDF-1.7\n%%EOF\n"])
def test_other_files_are_refused(seal_it: Callable[..., bytes], pdf: bytes) -> None:
    with pytest.raises(SealingError) as caught:
        seal_it(pdf)
    assert caught.value.code == "seal.not-a-pdf"


def test_a_document_without_pages_is_refused(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.new() as document:
        stream = BytesIO()
        document.save(stream)
    with pytest.raises(SealingError) as caught:
        seal_it(stream.getvalue())
    assert caught.value.code == "seal.unsafe-content"


def test_an_encrypted_document_is_refused(seal_it: Callable[..., bytes]) -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        stream = BytesIO()
        document.save(stream, encryption=pikepdf.Encryption(owner="a", user=""))
    with pytest.raises(SealingError) as caught:
        seal_it(stream.getvalue())
    assert caught.value.code == "seal.not-a-pdf"


def test_a_sealed_document_is_not_sealed_again(seal_it: Callable[..., bytes], sealed_pdf: bytes) -> None:
    with pytest.raises(SealingError) as caught:
        seal_it(sealed_pdf)
    assert caught.value.code == "seal.already-signed"


def test_a_form_is_refused(seal_it: Callable[..., bytes]) -> None:
    stream = BytesIO()
    canvas = Canvas(stream)
    canvas.drawString(72, 740, "a form")
    canvas.acroForm.textfield(name="holder", x=72, y=700)
    canvas.save()
    with pytest.raises(SealingError) as caught:
        seal_it(stream.getvalue())
    assert caught.value.code == "seal.already-signed"


def test_an_expired_certificate_does_not_seal(seal_it: Callable[..., bytes], pki: Any, plain_pdf: bytes) -> None:
    with pytest.raises(KeyLoadError) as caught:
        seal_it(plain_pdf, at=pki.now + timedelta(days=4 * 366))
    assert caught.value.code == "key.certificate-expired"


def test_a_failing_time_stamp_authority_leaves_no_document(seal_it: Callable[..., bytes], plain_pdf: bytes) -> None:
    class Talkative:
        token_size_limit = 10

        def timestamp(self, message_digest: bytes, nonce: int) -> bytes:
            del message_digest, nonce
            return b"0" * 20_000

    with pytest.raises(TimestampError) as caught:
        seal_it(plain_pdf, timestamper=Talkative())
    assert caught.value.code == "timestamp.failed"
