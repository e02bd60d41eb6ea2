"""Integrity: whatever is done to the bytes after sealing is found, whoever sealed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms, tsp, x509
from asn1crypto import crl as asn1_crl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from signing.keys import sha256
from signing.reports import Indication, SealReport, SubIndication
from signing.validation import validate


@pytest.fixture
def judge(pki: Any) -> Callable[[bytes], SealReport]:
    trust = pki.trust()
    return lambda pdf: validate(pdf, trust=trust, at=pki.now)


def test_a_sealed_document_passes(judge: Callable[[bytes], SealReport], pki: Any, sealed_pdf: bytes) -> None:
    report = judge(sealed_pdf)
    assert report.indication is Indication.TOTAL_PASSED
    assert report.sub_indication is None
    assert report.codes == ("seal.development",)
    assert report.covered == sealed_pdf
    assert report.sealed_at == report.claimed_at == pki.now
    assert report.revocation_as_of == pki.created
    signer = report.signer
    assert signer is not None
    assert signer.common_name == signer.organization == "白银市市场监督管理局（样例）"
    assert signer.organization_id == "NTRCN-11620400000000102W"
    assert signer.certificate_der == pki.credential().certificate_der
    assert signer.sha256 == sha256(signer.certificate_der).hex()
    assert signer.development


def test_a_document_without_a_seal_fails(judge: Callable[[bytes], SealReport], plain_pdf: bytes) -> None:
    report = judge(plain_pdf)
    assert (report.indication, report.codes) == (Indication.TOTAL_FAILED, ("seal.missing",))
    assert report.covered == b""
    assert report.signer is None


def test_an_empty_signature_field_is_no_seal(judge: Callable[[bytes], SealReport], plain_pdf: bytes) -> None:
    writer: Any = IncrementalPdfFileWriter(BytesIO(plain_pdf))
    append_signature_field(writer, SigFieldSpec("Empty"))
    stream = BytesIO()
    writer.write(stream)
    assert judge(stream.getvalue()).codes == ("seal.missing",)


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7", b"\0" * 5000, b"PK\x03\x04", b"%PDF-1.7\nstartxref\n0\n%%EOF\n"])
def test_other_bytes_are_malformed(judge: Callable[[bytes], SealReport], pdf: bytes) -> None:
    report = judge(pdf)
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)
    assert report.codes == ("pdf.malformed",)


def test_every_kind_of_changed_byte_is_found(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    for position in range(0, len(sealed_pdf), 29):
        for mask in (0x01, 0x20):
            changed = bytearray(sealed_pdf)
            changed[position] ^= mask
            report = judge(bytes(changed))
            assert report.indication is not Indication.TOTAL_PASSED, (position, mask)


def test_a_changed_byte_in_the_content_is_altered_and_nothing_is_covered(
    judge: Callable[[bytes], SealReport], sealed_pdf: bytes
) -> None:
    position = sealed_pdf.index(b"stream\n") + 12
    changed = bytearray(sealed_pdf)
    changed[position] ^= 1
    report = judge(bytes(changed))
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)
    assert report.codes[0] == "seal.altered"
    assert report.covered == b""


def test_alteration_is_reported_even_if_the_issuer_is_unknown(
    judge: Callable[[bytes], SealReport], other_pki: Any, plain_pdf: bytes
) -> None:
    changed = bytearray(other_pki.seal(plain_pdf))
    changed[changed.index(b"stream\n") + 12] ^= 1
    report = judge(bytes(changed))
    assert report.indication is Indication.TOTAL_FAILED
    assert {"seal.altered", "seal.unknown-issuer"} <= set(report.codes)


def test_alteration_is_reported_even_if_the_structure_is_broken(
    judge: Callable[[bytes], SealReport], sealed_pdf: bytes
) -> None:
    report = judge(sealed_pdf.replace(b"/AcroForm", b"/AcroF0rm"))
    assert report.codes == ("seal.missing", "seal.altered")
    report = judge(sealed_pdf.replace(b"startxref", b"startxreg"))
    assert report.codes == ("pdf.malformed", "seal.altered")


@pytest.mark.parametrize("tail", [b"\n", b" ", b"%%EOF\n", b"\0", b"% harmless\n", b"<html>", b"startxref\n9\n%%EOF\n"])
def test_appended_bytes_are_found(judge: Callable[[bytes], SealReport], sealed_pdf: bytes, tail: bytes) -> None:
    report = judge(sealed_pdf + tail)
    assert report.indication is Indication.TOTAL_FAILED
    assert {"seal.coverage", "pdf.malformed"} & set(report.codes)


def test_a_second_end_of_the_same_revision_is_found(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    ending = sealed_pdf[sealed_pdf.rindex(b"startxref") :]
    report = judge(sealed_pdf + b"hidden\n" + ending)
    assert report.indication is Indication.TOTAL_FAILED
    assert "seal.coverage" in report.codes


def gap(sealed: bytes) -> tuple[int, int]:
    match = re.search(rb"/Contents (<[0-9A-F]+>)", sealed)
    assert match is not None
    return match.span(1)


def test_padding_must_be_empty(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    _, end = gap(sealed_pdf)
    assert sealed_pdf[end - 3 : end - 1] == b"00"
    report = judge(sealed_pdf[: end - 3] + b"01" + sealed_pdf[end - 1 :])
    assert report.indication is Indication.TOTAL_FAILED
    assert "seal.coverage" in report.codes


def test_the_gap_is_hexadecimal_and_nothing_else(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    _, end = gap(sealed_pdf)
    for smuggled in (b"  >", b"0a>", b"%\n>"):
        report = judge(sealed_pdf[: end - 3] + smuggled + sealed_pdf[end:])
        assert report.indication is Indication.TOTAL_FAILED


def test_a_shifted_byte_range_is_found(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    match = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", sealed_pdf)
    assert match is not None
    first, second, length = (int(number) for number in match.groups())
    for numbers in ((first - 1, second, length), (first, second + 1, length - 1), (first, second, length - 1)):
        text = b"/ByteRange [0 %d %d %d]" % numbers
        changed = sealed_pdf.replace(match[0], text.ljust(len(match[0])))
        report = judge(changed)
        assert report.indication is Indication.TOTAL_FAILED
        assert set(report.codes) & {"seal.coverage", "seal.altered"}


def test_a_change_saved_incrementally_is_found(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    writer: Any = IncrementalPdfFileWriter(BytesIO(sealed_pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    number: Any = generic.NumberObject
    page["/Rotate"] = number(90)
    writer.update_container(page)
    stream = BytesIO()
    writer.write(stream)
    report = judge(stream.getvalue())
    assert report.indication is Indication.TOTAL_FAILED
    assert report.codes[0] == "seal.changed-after"
    # What was sealed is still there, and it is what may be read.
    assert report.covered == sealed_pdf


def test_a_change_of_the_title_saved_incrementally_is_found(
    judge: Callable[[bytes], SealReport], sealed_pdf: bytes
) -> None:
    writer: Any = IncrementalPdfFileWriter(BytesIO(sealed_pdf))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    stream = BytesIO()
    writer.write(stream)
    assert judge(stream.getvalue()).codes[0] == "seal.changed-after"


def test_a_file_saved_again_by_another_tool_is_found(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    with pikepdf.open(BytesIO(sealed_pdf)) as document:
        document.pages[0].Rotate = 90
        stream = BytesIO()
        document.save(stream)
    report = judge(stream.getvalue())
    assert report.indication is Indication.TOTAL_FAILED
    assert report.covered == b""


class _Stamper(TimeStamper):
    """Lets pyHanko's writer use our authority."""

    def __init__(self, pki: Any) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # pyHanko is typed in part
        self._pki = pki

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        digest = req["message_imprint"]["hashed_message"].native
        token = self._pki.timestamper().timestamp(digest, req["nonce"].native)
        info = cms.ContentInfo.load(token)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": info})


@pytest.mark.parametrize("addition", ["revocation lists", "and a document time-stamp"])
def test_long_term_evidence_added_later_is_a_change(
    judge: Callable[[bytes], SealReport], pki: Any, sealed_pdf: bytes, addition: str
) -> None:
    stream = BytesIO(sealed_pdf)
    crl = (pki.folder / "public" / "crl" / "city.crl").read_bytes()
    writer: Any = IncrementalPdfFileWriter(stream)
    store: Any = DocumentSecurityStore(writer)
    store.register_vri(DocumentSecurityStore.sig_content_identifier(b"x"), crls=[asn1_crl.CertificateList.load(crl)])
    writer.root["/DSS"] = writer.add_object(store.as_pdf_object())
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    if "time-stamp" in addition:
        writer = IncrementalPdfFileWriter(out)
        stamper = PdfTimeStamper(_Stamper(pki), field_name="Archive")
        out = stamper.timestamp_pdf(writer, "sha256", bytes_reserved=16_384)
    extended = out.getvalue()
    assert extended.startswith(sealed_pdf)
    report = judge(extended)
    assert (report.indication, report.codes[0]) == (Indication.TOTAL_FAILED, "seal.changed-after")
    assert report.covered == sealed_pdf
    assert judge(extended + b"\n% more").indication is Indication.TOTAL_FAILED


def approve(pki: Any, pdf: bytes, *, name: str = "Other", certify: bool = False, subfilter: SigSeedSubFilter) -> bytes:
    """Sign with pyHanko's own signer, in a field of another name."""
    credential = pki.credential("health")

    class Local(ExternalSigner):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - their signature
            del digest_algorithm, dry_run
            return bytes(credential.sign(data))

    new_store: Any = SimpleCertificateStore
    store = new_store()
    store.register_multiple([x509.Certificate.load(link) for link in credential.chain_der])
    signer = Local(
        signing_cert=x509.Certificate.load(credential.certificate_der), cert_registry=store, signature_value=72
    )
    metadata = PdfSignatureMetadata(field_name=name, certify=certify, subfilter=subfilter, md_algorithm="sha256")
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    out = PdfSigner(metadata, signer, new_field_spec=SigFieldSpec(name)).sign_pdf(writer)
    return bytes(out.getvalue())


def test_a_second_signature_is_found(judge: Callable[[bytes], SealReport], pki: Any, plain_pdf: bytes) -> None:
    once = approve(pki, plain_pdf, subfilter=SigSeedSubFilter.PADES)
    report = judge(approve(pki, once, name="Another", subfilter=SigSeedSubFilter.PADES))
    assert report.indication is not Indication.TOTAL_PASSED
    assert report.codes == ("seal.several",)


def test_an_approval_signature_is_not_enough(judge: Callable[[bytes], SealReport], pki: Any, plain_pdf: bytes) -> None:
    report = judge(approve(pki, plain_pdf, subfilter=SigSeedSubFilter.PADES))
    assert report.indication is Indication.INDETERMINATE
    assert report.codes == ("seal.not-certified", "seal.timestamp-missing", "seal.development")
    assert report.covered != b""


def test_another_kind_of_signature_is_not_enough(
    judge: Callable[[bytes], SealReport], pki: Any, plain_pdf: bytes
) -> None:
    report = judge(approve(pki, plain_pdf, certify=True, subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED))
    assert report.indication is Indication.INDETERMINATE
    assert "seal.format" in report.codes


def test_files_beyond_the_limit_are_not_read(pki: Any, sealed_pdf: bytes) -> None:
    report = validate(sealed_pdf, trust=pki.trust(), at=pki.now, max_bytes=len(sealed_pdf) - 1)
    assert (report.indication, report.codes) == (Indication.INDETERMINATE, ("pdf.too-large",))


def test_a_moment_without_a_time_zone_is_a_mistake_of_the_caller(pki: Any, sealed_pdf: bytes) -> None:
    with pytest.raises(ValueError, match="time zone"):
        validate(sealed_pdf, trust=pki.trust(), at=datetime(2026, 3, 2))  # noqa: DTZ001 - that is the mistake


def test_the_moment_asked_decides_and_not_the_clock(pki: Any, sealed_pdf: bytes) -> None:
    trust = pki.trust()
    assert validate(sealed_pdf, trust=trust, at=pki.now).indication is Indication.TOTAL_PASSED
    late = validate(sealed_pdf, trust=trust, at=pki.now + timedelta(days=60))
    assert late.indication is Indication.INDETERMINATE


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cut_and_spliced_files_are_values(
    judge: Callable[[bytes], SealReport], sealed_pdf: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(sealed_pdf)))
    end = data.draw(st.integers(start, min(len(sealed_pdf), start + 300)))
    filling = data.draw(st.binary(max_size=40))
    changed = sealed_pdf[:start] + filling + sealed_pdf[end:]
    if changed != sealed_pdf:
        assert judge(changed).indication is not Indication.TOTAL_PASSED
