"""Documents bent by somebody who holds a good key: every rule is checked by itself, not by luck of the digest."""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from signing import algorithms, devkit
from signing.cms import SignedDataTemplate, UnfinishedSignature
from signing.key_files import load_certificates, load_private_key
from signing.keys import SealCredential, SoftSigner, sha256
from signing.reports import Indication, SealReport, SubIndication
from signing.sealing import seal
from signing.timestamps import LocalTimestamper
from signing.trust import TrustStore
from signing.validation import validate
from signing.validation.chain import judge_chain
from signing.validation.time_stamps import judge_time_stamp

ROOM = "x" * 60
Sign = Callable[[bytes], bytes]


@pytest.fixture
def judge(pki: Any) -> Callable[[bytes], SealReport]:
    trust = pki.trust()
    return lambda pdf: validate(pdf, trust=trust, at=pki.now)


@pytest.fixture
def roomy(pki: Any, plain_pdf: bytes) -> bytes:
    """A sealed document with a long `/Reason` and a gap for a time-stamp: room to write other things."""
    return seal(
        plain_pdf,
        credential=pki.credential(),
        timestamper=pki.timestamper(),
        appearance=None,
        at=pki.now,
        nonce=lambda: 1,
        reason=ROOM,
    )


def resign(pdf: bytes, sign: Sign) -> bytes:
    """Put a new signature over the changed bytes into the gap; the gap stays where it is."""
    match = max(re.finditer(rb"<([0-9A-F]{1000,})>", pdf), key=lambda found: len(found[1]))
    start, end = match.span()
    container = sign(hashlib.sha256(pdf[:start] + pdf[end:]).digest())
    return pdf[: start + 1] + container.hex().upper().encode("ascii").ljust(len(match[1]), b"0") + pdf[end - 1 :]


def well(pki: Any) -> Sign:
    return lambda digest: SignedDataTemplate(pki.credential(), algorithms.DATA).sign(digest).finish()


def swap(pdf: bytes, old: bytes, new: bytes) -> bytes:
    assert pdf.count(old) == 1, old
    assert len(new) <= len(old)
    return pdf.replace(old, new.ljust(len(old)))


def test_signing_again_is_not_what_is_refused(judge: Callable[[bytes], SealReport], pki: Any, roomy: bytes) -> None:
    report = judge(resign(swap(roomy, ROOM.encode(), b"y" * len(ROOM)), well(pki)))
    assert report.indication is Indication.TOTAL_PASSED


BENT: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "form filling allowed": (lambda pdf: swap(pdf, b"/P 1", b"/P 2"), "seal.not-certified"),
    "another transform": (
        lambda pdf: swap(pdf, b"/TransformMethod/DocMDP", b"/TransformMethod/DocXXX"),
        "seal.not-certified",
    ),
    "no permissions in the catalogue": (lambda pdf: swap(pdf, b"/Perms", b"/Porms"), "seal.not-certified"),
    "permissions of something else": (
        lambda pdf: re.sub(rb"/DocMDP \d+ 0 R", lambda found: b"/DocMDP 1 0 R".ljust(len(found[0])), pdf),
        "seal.not-certified",
    ),
    "a range that does not start at 0": (
        lambda pdf: pdf.replace(b"/ByteRange [0 ", b"/ByteRange [1 "),
        "seal.coverage",
    ),
    "a value that is not in the gap": (
        lambda pdf: swap(swap(pdf, b"/Contents <", b"/Kontents <"), f"/Reason({ROOM})".encode(), b"/Contents <3000>"),
        "seal.coverage",
    ),
    "no PAdES": (lambda pdf: swap(pdf, b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached"), "seal.format"),
}


@pytest.mark.parametrize(("bend", "code"), BENT.values(), ids=BENT.keys())
def test_every_rule_of_the_structure_counts(
    judge: Callable[[bytes], SealReport], pki: Any, roomy: bytes, bend: Callable[[bytes], bytes], code: str
) -> None:
    report = judge(resign(bend(roomy), well(pki)))
    assert report.indication is not Indication.TOTAL_PASSED
    assert code in report.codes
    assert "seal.altered" not in report.codes, "the digest must not be what saves us"


def test_content_inside_the_container_is_refused(judge: Callable[[bytes], SealReport], pki: Any, roomy: bytes) -> None:
    template = SignedDataTemplate(pki.credential(), algorithms.DATA)
    report = judge(resign(roomy, lambda digest: template.sign(digest, content=b"inside").finish()))
    assert report.indication is Indication.TOTAL_FAILED
    assert "seal.format" in report.codes
    other = SignedDataTemplate(pki.credential(), algorithms.TST_INFO)
    assert "seal.format" in judge(resign(roomy, lambda digest: other.sign(digest).finish())).codes


def twin(pki: Any, name: str = "market") -> SealCredential:
    """Have the city CA issue another certificate for the same key, name and number."""
    credential = pki.credential(name)
    old = credential.certificate
    builder = x509.CertificateBuilder(
        old.issuer,
        old.subject,
        old.public_key(),
        old.serial_number,
        old.not_valid_before_utc,
        old.not_valid_after_utc - timedelta(days=1),
        list(old.extensions),
    )
    key = load_private_key(pki.folder / "private" / "city-ca.pem", pki.passphrase)
    return SealCredential(builder.sign(key, hashes.SHA256()), credential.chain, credential.signer)


def test_a_certificate_cannot_take_the_place_of_another(
    judge: Callable[[bytes], SealReport], pki: Any, roomy: bytes
) -> None:
    def substituted(digest: bytes) -> bytes:
        signed = SignedDataTemplate(pki.credential(), algorithms.DATA).sign(digest)
        template = SignedDataTemplate(twin(pki), algorithms.DATA)
        return UnfinishedSignature(template, signed.attributes, signed.signature, None).finish()

    report = judge(resign(roomy, substituted))
    assert (report.indication, report.sub_indication) == (Indication.TOTAL_FAILED, SubIndication.SIG_CRYPTO_FAILURE)
    assert report.codes[0] == "seal.altered"


def test_an_added_field_is_a_change(judge: Callable[[bytes], SealReport], sealed_pdf: bytes) -> None:
    """Other verifiers count a new empty field as form filling, and wave it through."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(sealed_pdf))
    append_signature_field(writer, SigFieldSpec("Second", box=(0, 0, 100, 100)))
    stream = BytesIO()
    writer.write(stream)
    report = judge(stream.getvalue())
    assert (report.indication, report.codes[0]) == (Indication.TOTAL_FAILED, "seal.changed-after")


def updated(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Append a revision."""
    writer: Any = IncrementalPdfFileWriter(BytesIO(pdf))
    change(writer)
    stream = BytesIO()
    writer.write(stream)
    return stream.getvalue()


def mark(writer: Any) -> None:
    writer.root["/MarkInfo"] = pdf_dictionary({"/Suspects": True})
    writer.update_root()


def metadata(writer: Any) -> None:
    xml = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    stream: Any = generic.StreamObject
    writer.root["/Metadata"] = writer.add_object(
        stream({generic.pdf_name("/Type"): generic.pdf_name("/Metadata")}, xml)
    )
    writer.update_root()


def title(writer: Any) -> None:
    info = writer.trailer["/Info"]
    info["/Title"] = generic.pdf_string("Something else")
    writer.update_container(info)


def pdf_dictionary(entries: dict[str, Any]) -> Any:
    new: Any = generic.DictionaryObject
    boolean: Any = generic.BooleanObject
    return new({generic.pdf_name(key): boolean(value) for key, value in entries.items()})


@pytest.mark.parametrize(
    "change",
    [
        lambda writer: writer.add_object(generic.pdf_string("unused")),
        lambda writer: append_signature_field(writer, SigFieldSpec("Invisible and empty")),
        mark,
        metadata,
        title,
    ],
    ids=["an unused object", "an empty field", "mark info", "metadata", "a title"],
)
def test_what_others_wave_through_is_a_change(
    judge: Callable[[bytes], SealReport], sealed_pdf: bytes, change: Callable[[Any], None]
) -> None:
    """Nothing has any business behind a seal: another reader may find a use for it."""
    report = judge(updated(sealed_pdf, change))
    assert (report.indication, report.codes[0]) == (Indication.TOTAL_FAILED, "seal.changed-after")
    assert report.covered == sealed_pdf


def test_a_hostile_number_of_ranges_is_bounded(judge: Callable[[bytes], SealReport]) -> None:
    report = judge(b"%PDF-1.7\n" + b"/ByteRange [0 10 20 30]" * 200_000)
    assert report.codes == ("pdf.malformed",)


class _Broken:
    """Trust whose machinery fails in the middle."""

    def find_path(self, certificate: x509.Certificate, embedded: object, at: datetime) -> None:
        raise RuntimeError(f"{certificate.serial_number} {embedded} {at}")


def test_what_was_concluded_is_taken_back_when_something_fails(pki: Any, roomy: bytes) -> None:
    report = validate(roomy, trust=cast("TrustStore", _Broken()), at=pki.now)
    assert report.indication is Indication.TOTAL_FAILED
    assert (report.covered, report.sealed_at, report.revocation_as_of) == (b"", None, None)


STAMPED = b"a signature value"


def token_of(credential: SealCredential, moment: datetime) -> bytes:
    return LocalTimestamper(credential, lambda: moment, lambda: 1).timestamp(sha256(STAMPED), 1)


def test_a_time_stamp_names_its_certificate(pki: Any) -> None:
    credential, other = pki.credential("tsa"), twin(pki, "tsa")

    class Swapped(LocalTimestamper):
        def timestamp(self, message_digest: bytes, nonce: int) -> bytes:
            token = super().timestamp(message_digest, nonce)
            old, new = credential.certificate_der, other.certificate_der
            # Signatures differ in length by a byte or two, which would shift every length around them.
            return token.replace(old, new) if len(old) == len(new) else b""

    token = Swapped(credential, lambda: pki.now, lambda: 1).timestamp(sha256(STAMPED), 1)
    while not token:
        other = twin(pki, "tsa")
        token = Swapped(credential, lambda: pki.now, lambda: 1).timestamp(sha256(STAMPED), 1)
    judgement = judge_time_stamp(token, STAMPED, trust=pki.trust(), at=pki.now)
    assert (judgement.proven_at, judgement.problem) == (None, "invalid")
    assert "name" in judgement.reason


def test_a_signature_by_the_authority_over_other_content_is_no_token(pki: Any) -> None:
    content = b"no TSTInfo"
    template = SignedDataTemplate(pki.credential("tsa"), algorithms.DATA)
    token = template.sign(sha256(content), content=content).finish()
    judgement = judge_time_stamp(token, STAMPED, trust=pki.trust(), at=pki.now)
    assert (judgement.problem, judgement.reason) == ("invalid", "not a time-stamp token")


def issued(pki: Any, *extensions: tuple[x509.ExtensionType, bool]) -> SealCredential:
    """Have the city CA issue a certificate with just these extensions."""
    issuer = load_certificates(pki.folder / "public" / "intermediates" / "city-ca.pem")[0]
    issuer_key = load_private_key(pki.folder / "private" / "city-ca.pem", pki.passphrase)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "odd")])
    until = pki.now + timedelta(days=1)
    builder = x509.CertificateBuilder(issuer.subject, name, key.public_key(), 77, pki.created, until)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    for extension, critical in ((identifier, False), *extensions):
        builder = builder.add_extension(extension, critical=critical)
    return SealCredential(builder.sign(issuer_key, hashes.SHA256()), (issuer,), SoftSigner(key))


@pytest.mark.parametrize("critical", ["critical", "not critical"])
def test_the_purpose_of_a_time_stamp_certificate_is_critical(pki: Any, critical: str) -> None:
    purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    token = token_of(issued(pki, (purpose, critical == "critical")), pki.now)
    judgement = judge_time_stamp(token, STAMPED, trust=pki.trust(), at=pki.now)
    assert judgement.problem == ("" if critical == "critical" else "untrusted")


def test_an_authority_revoked_later_is_not_saved_by_a_time_stamp(own_pki: Any) -> None:
    """A time-stamp saves what an end entity signed, not what a condemned authority may have issued."""
    city = load_certificates(own_pki.folder / "public" / "intermediates" / "city-ca.pem")[0]
    devkit.revoke_certificate(own_pki.folder, city, passphrase=own_pki.passphrase, at=own_pki.now + timedelta(hours=1))
    judgement = judge_chain(
        own_pki.credential().certificate,
        (),
        own_pki.trust(),
        at=own_pki.now + timedelta(days=1),
        existed_at=own_pki.now,
    )
    (problem,) = judgement.problems
    assert problem.finding.code == "seal.revoked-no-proof"
    assert problem.sub_indication is SubIndication.REVOKED_CA_NO_POE


def test_a_list_by_an_authority_without_that_right_is_no_list(plain_pdf: bytes, pki: Any) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an authority")])
    until = pki.now + timedelta(days=9)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, pki.created, until)
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only"), False)
    for crl_sign in (True, False):
        authority_usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_cert_sign=True,
            crl_sign=crl_sign,
            decipher_only=False,
            **usage,
        )
        authority = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(authority_usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        child_key = ec.generate_private_key(ec.SECP256R1())
        child_usage = x509.KeyUsage(
            digital_signature=True,
            content_commitment=True,
            key_cert_sign=False,
            crl_sign=False,
            decipher_only=False,
            **usage,
        )
        child = (
            x509.CertificateBuilder(name, name, child_key.public_key(), 2, pki.created, until)
            .add_extension(child_usage, critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        crl = x509.CertificateRevocationListBuilder(name, pki.created, until).sign(key, hashes.SHA256())
        sealed = seal(
            plain_pdf,
            credential=SealCredential(child, (), SoftSigner(child_key)),
            timestamper=None,
            appearance=None,
            at=pki.now,
            nonce=lambda: 1,
        )
        trust = TrustStore([authority], crls=[crl.public_bytes(Encoding.DER)])
        report = validate(sealed, trust=trust, at=pki.now)
        assert (report.indication is Indication.TOTAL_PASSED) == crl_sign
        assert ("seal.revocation-unknown" in report.codes) != crl_sign
