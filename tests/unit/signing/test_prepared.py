"""Sealing a document that was written with the gap for its signature, and seals of RSA keys."""

import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from signing.certificates import Issuer, seal_certificate
from signing.devkit import load_description
from signing.errors import KeyLoadError, SealingError, TimestampError
from signing.evidence import Evidence
from signing.key_files import load_certificates, load_private_key
from signing.keys import SealCredential, SoftSigner
from signing.reports import Indication
from signing.sealing import Prepared, Sealer, seal, seal_prepared
from signing.sealing.prepared import reserved_for
from signing.validation import validate

DESCRIPTION = Path(__file__).resolve().parents[3] / "keys" / "development.toml"


def with_gap(reserved: int) -> Prepared:
    """A page, and a certifying signature that lacks its container, written by hand."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]/SigFlags 3>>/Perms<</DocMDP 5 0 R>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Annots[4 0 R]>>",
        b"<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/F 132/Rect[0 0 0 0]/P 3 0 R/V 5 0 R>>",
        b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:20260302083000Z)/Reference[<</Type/SigRef"
        b"/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P 1>>>>]"
        b"/ByteRange " + b" " * 40 + b"/Contents <" + b"0" * (2 * reserved) + b">>>",
    ]
    data = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<</Size 6/Root 1 0 R/ID[<00><00>]>>\nstartxref\n%d\n%%%%EOF\n" % table
    start = data.index(b"/Contents <") + len(b"/Contents ")
    end = start + 2 * reserved + 2
    said = b"[0 %d %d %d]" % (start, end, len(data) - end)
    at = data.index(b"/ByteRange ") + len(b"/ByteRange ")
    data[at : at + 40] = said.ljust(40)
    return Prepared(data, start, end)


@pytest.fixture(scope="session")
def rsa_credential(pki: Any) -> SealCredential:
    """A seal of the development PKI with a key of RSA."""
    key = rsa.generate_private_key(65537, 2048)
    keys = pki.folder
    issuer = Issuer(
        load_certificates(keys / "public" / "intermediates" / "city-ca.pem")[0],
        load_private_key(keys / "private" / "city-ca.pem", pki.passphrase),
    )
    name = pki.credential().certificate.subject
    certificate = seal_certificate(load_description(DESCRIPTION), issuer, key.public_key(), name, pki.created)
    return SealCredential(certificate, pki.credential().chain, SoftSigner(key))


@pytest.fixture(params=["P-256", "RSA"])
def credential(request: pytest.FixtureRequest, pki: Any) -> SealCredential:
    name = {"P-256": "pki", "RSA": "rsa_credential"}[request.param]
    found = request.getfixturevalue(name)
    return found if isinstance(found, SealCredential) else pki.credential()


def filled(pki: Any, credential: SealCredential, **changes: Any) -> bytes:
    timestamper = changes.pop("timestamper", pki.timestamper())
    document = changes.pop("document", None) or with_gap(reserved_for(credential, timestamper))
    return seal_prepared(
        document, credential=credential, timestamper=timestamper, at=pki.now, nonce=lambda: 7, **changes
    )


def judged(pdf: bytes, folder: Path) -> str:
    file = folder / "sealed.pdf"
    file.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True).stdout


def test_a_filled_gap_is_a_signature_of_the_whole_document(
    pki: Any, credential: SealCredential, tmp_path: Path
) -> None:
    pdf = filled(pki, credential)
    said = judged(pdf, tmp_path)
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    report = validate(pdf, trust=pki.trust(), at=pki.now)
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_PASSED, None)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert document.Root.AcroForm.Fields[0].V.SubFilter == "/ETSI.CAdES.detached"


def test_an_rsa_key_seals_what_others_wrote(
    pki: Any, rsa_credential: SealCredential, plain_pdf: bytes, tmp_path: Path
) -> None:
    pdf = seal(
        plain_pdf,
        credential=rsa_credential,
        timestamper=pki.timestamper(),
        appearance=None,
        at=pki.now,
        nonce=lambda: 7,
    )
    assert "Signature is Valid." in judged(pdf, tmp_path)


def test_an_rsa_key_signs_no_codes(rsa_credential: SealCredential) -> None:
    with pytest.raises(KeyLoadError) as caught:
        rsa_credential.sign_es256(b"")
    assert caught.value.code == "key.not-p256"


def _filled_before(document: Prepared) -> Prepared:
    document.data[document.start + 1] = ord("3")
    return document


def _elsewhere(document: Prepared) -> Prepared:
    return Prepared(document.data, document.start + 2, document.end)


def _another_range(document: Prepared) -> Prepared:
    at = document.data.index(b"/ByteRange [0 ") + len(b"/ByteRange [0 ")
    document.data[at] = ord("9")
    return document


def _longer(document: Prepared) -> Prepared:
    document.data.extend(b"%")
    return document


def _no_contents(document: Prepared) -> Prepared:
    document.data[document.start - 2] = ord("x")
    return document


@pytest.mark.parametrize("spoil", [_filled_before, _elsewhere, _another_range, _longer, _no_contents])
def test_what_is_no_gap_is_not_filled(pki: Any, spoil: Callable[[Prepared], Prepared]) -> None:
    document = spoil(with_gap(reserved_for(pki.credential(), pki.timestamper())))
    before = bytes(document.data)
    with pytest.raises(SealingError) as caught:
        filled(pki, pki.credential(), document=document)
    assert caught.value.code == "seal.not-prepared"
    assert bytes(document.data) == before


def test_a_container_that_finds_no_room_is_refused(pki: Any) -> None:
    with pytest.raises(TimestampError) as caught:
        filled(pki, pki.credential(), document=with_gap(2000))
    assert caught.value.code == "timestamp.failed"


def test_nobody_seals_outside_the_certificates_period(pki: Any) -> None:
    credential = pki.credential()
    late = credential.certificate.not_valid_after_utc + timedelta(seconds=1)
    with pytest.raises(KeyLoadError) as caught:
        seal_prepared(with_gap(4000), credential=credential, timestamper=None, at=late, nonce=lambda: 7)
    assert caught.value.code == "key.certificate-expired"


def test_a_seal_whose_time_stamp_came_too_late_is_none(pki: Any, plain_pdf: bytes) -> None:
    """It would claim a time within the certificate's period, and its time-stamp would prove another."""
    credential = pki.credential()
    end = credential.certificate.not_valid_after_utc
    timestamper = pki.timestamper(end + timedelta(seconds=2))
    moments = iter([end, end + timedelta(seconds=3), end + timedelta(seconds=3)])
    sealer = Sealer(
        timestamper=timestamper,
        evidence=lambda _: Evidence(),
        now=lambda: next(moments),
        nonce=lambda: 7,
        long_term=False,
    )
    document = with_gap(reserved_for(credential, timestamper))
    with pytest.raises(KeyLoadError) as caught:
        sealer.seal(plain_pdf, credential=credential, appearance=None)
    assert caught.value.code == "key.certificate-expired"
    with pytest.raises(KeyLoadError) as caught:
        sealer.seal_prepared(document, credential=credential, at=end)
    assert caught.value.code == "key.certificate-expired"


def test_without_an_authority_there_is_no_time_stamp(pki: Any, credential: SealCredential, tmp_path: Path) -> None:
    pdf = filled(pki, credential, timestamper=None)
    assert "Signature is Valid." in judged(pdf, tmp_path)
    assert re.search(rb"/Contents <30", pdf)
