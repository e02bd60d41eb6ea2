"""Status answers that are right, and every way of being wrong: none is more than "unknown", and none raises."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing import devkit
from signing.errors import TrustError
from signing.key_files import load_certificates
from signing.ocsp import OcspResponder
from signing.ocsp_answers import StatusAnswer, build_request, read_answer
from signing.standing import RevocationAnswer, Standing

NOW = datetime.now(UTC).replace(microsecond=0)
"""The library's builder asks the wall clock for producedAt, so here everything is made now."""
DAY = timedelta(days=1)
NONCE = bytes(range(32))
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True)
class Party:
    """Somebody with a certificate and its key."""

    certificate: x509.Certificate
    key: Key


def party(
    text: str,
    *,
    issuer: Party | None = None,
    key: Key | None = None,
    start: datetime = NOW - 300 * DAY,
    end: datetime = NOW + 300 * DAY,
    usages: tuple[x509.ObjectIdentifier, ...] = (),
    no_check: bool = False,
) -> Party:
    key = key or ec.generate_private_key(ec.SECP256R1())
    by = issuer.certificate.subject if issuer else name(text)
    builder = x509.CertificateBuilder(by, name(text), key.public_key(), x509.random_serial_number(), start, end)
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return Party(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


ISSUER = party("Issuer")
STRANGER = party("Stranger")
SUBJECT = party("Subject", issuer=ISSUER).certificate
OTHER = party("Other", issuer=ISSUER).certificate
FOR_STATUS = (ExtendedKeyUsageOID.OCSP_SIGNING,)
DELEGATE = party("Delegate", issuer=ISSUER, usages=FOR_STATUS, no_check=True)


@dataclass(frozen=True)
class Said:
    """An answer before it is signed; a test changes one thing of it."""

    about: x509.Certificate = SUBJECT
    issuer: x509.Certificate = ISSUER.certificate
    signer: Party = ISSUER
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    revoked_at: datetime | None = None
    reason: x509.ReasonFlags | None = None
    this_update: datetime = NOW - timedelta(hours=1)
    next_update: datetime | None = NOW + timedelta(hours=1)
    nonce: bytes | None = NONCE
    embedded: tuple[x509.Certificate, ...] = ()
    extension: x509.UnrecognizedExtension | None = None
    lookup: type[hashes.HashAlgorithm] = hashes.SHA1
    digest: type[hashes.HashAlgorithm] = hashes.SHA256

    def encoded(self) -> bytes:
        builder = ocsp.OCSPResponseBuilder().add_response(
            self.about,
            self.issuer,
            self.lookup(),
            self.status,
            self.this_update.replace(tzinfo=None),
            self.next_update.replace(tzinfo=None) if self.next_update else None,
            self.revoked_at.replace(tzinfo=None) if self.revoked_at else None,
            self.reason,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.signer.certificate)
        if self.embedded:
            builder = builder.certificates(self.embedded)
        if self.nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(self.nonce), critical=False)
        if self.extension is not None:
            builder = builder.add_extension(self.extension, critical=True)
        return builder.sign(self.signer.key, self.digest()).public_bytes(Encoding.DER)


def read(said: Said, *, at: datetime = NOW, about: x509.Certificate = SUBJECT) -> RevocationAnswer:
    return read_answer(said.encoded(), about, ISSUER.certificate, at=at, nonce=NONCE)


def test_a_request_asks_by_sha_1_and_carries_its_nonce() -> None:
    request = ocsp.load_der_ocsp_request(build_request(SUBJECT, ISSUER.certificate, NONCE))
    assert (request.serial_number, request.hash_algorithm.name) == (SUBJECT.serial_number, "sha1")
    assert request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE


@pytest.mark.parametrize(
    "said",
    [
        Said(),
        Said(nonce=None),
        Said(lookup=hashes.SHA256),
        Said(digest=hashes.SHA512),
        Said(signer=DELEGATE, embedded=(DELEGATE.certificate,)),
        Said(signer=DELEGATE, embedded=(STRANGER.certificate, DELEGATE.certificate)),
    ],
    ids=["signed by the issuer", "made beforehand", "looked up by SHA-256", "SHA-512", "by a delegate", "and a stray"],
)
def test_good(said: Said) -> None:
    answer = read(said)
    assert (answer.standing, answer.reason) == (Standing.GOOD, "")
    assert (answer.as_of, answer.next_update) == (said.this_update, said.next_update)
    assert len(answer.evidence.ocsps) == 1


def test_revoked_with_date_and_reason() -> None:
    said = Said(
        status=ocsp.OCSPCertStatus.REVOKED, revoked_at=NOW - DAY, reason=x509.ReasonFlags.cessation_of_operation
    )
    answer = read(said)
    assert (answer.standing, answer.revoked_at, answer.reason, answer.on_hold) == (
        Standing.REVOKED,
        NOW - DAY,
        "cessationOfOperation",
        False,
    )
    assert StatusAnswer(said.encoded()).ask(SUBJECT, ISSUER.certificate, NOW - 2 * DAY).standing is Standing.GOOD
    assert read(replace(said, reason=x509.ReasonFlags.certificate_hold)).on_hold
    assert read(replace(said, reason=None)).reason == ""


RSA_1024 = party("Small", issuer=ISSUER, key=rsa.generate_private_key(65537, 1024), usages=FOR_STATUS, no_check=True)  # noqa: S505 - to be refused
WRONG: dict[str, Said] = {
    "the responder does not know it": Said(status=ocsp.OCSPCertStatus.UNKNOWN),
    "the answer is no longer the newest": Said(this_update=NOW - 2 * DAY, next_update=NOW - DAY),
    "the answer belongs to another request": Said(nonce=bytes(32)),
    "the answer is about another certificate": Said(about=OTHER),
    "the answer is about another issuer's certificate": Said(issuer=STRANGER.certificate),
    "the responder's certificate is neither the issuer's nor in the answer": Said(signer=DELEGATE),
    "the answer has critical extensions": Said(
        extension=x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\5\0")
    ),
    "the answer is signed with an algorithm or a key that is not accepted": Said(
        signer=RSA_1024, embedded=(RSA_1024.certificate,)
    ),
}


@pytest.mark.parametrize("reason", WRONG)
def test_wrong_answers_are_none(reason: str) -> None:
    answer = read(WRONG[reason])
    assert (answer.standing, answer.reason) == (Standing.UNKNOWN, reason)
    assert not answer.evidence.ocsps


def test_an_answer_without_an_end_is_never_the_newest() -> None:
    assert read(Said(next_update=None)).reason == "the answer is no longer the newest"


def test_old_signature_algorithms_are_refused() -> None:
    said = Said(digest=hashes.SHA224)
    assert read(said).reason == "the answer is signed with an algorithm or a key that is not accepted"


@pytest.mark.parametrize(
    ("delegate", "reason"),
    [
        (party("A", issuer=ISSUER, usages=FOR_STATUS), "the responder's certificate is not for status answers"),
        (party("B", issuer=ISSUER, no_check=True), "the responder's certificate is not for status answers"),
        (
            party("C", issuer=ISSUER, usages=(ExtendedKeyUsageOID.TIME_STAMPING,), no_check=True),
            "the responder's certificate is not for status answers",
        ),
        (
            party("D", issuer=ISSUER, usages=FOR_STATUS, no_check=True, end=NOW - DAY),
            "the responder's certificate was not valid when it answered",
        ),
        (
            party("E", issuer=ISSUER, usages=FOR_STATUS, no_check=True, start=NOW + DAY),
            "the responder's certificate was not valid when it answered",
        ),
        (party("F", usages=FOR_STATUS, no_check=True), "the responder was not delegated by the issuer"),
        (
            party("G", issuer=DELEGATE, usages=FOR_STATUS, no_check=True),
            "the responder was not delegated by the issuer",
        ),
        (
            party("H", issuer=replace(STRANGER, certificate=ISSUER.certificate), usages=FOR_STATUS, no_check=True),
            "the responder was not delegated by the issuer",
        ),
    ],
    ids=["no nocheck", "no usage", "another usage", "expired", "not yet", "self-signed", "second hand", "forged"],
)
def test_who_was_not_delegated_answers_nothing(delegate: Party, reason: str) -> None:
    answer = read(Said(signer=delegate, embedded=(delegate.certificate,)))
    assert (answer.standing, answer.reason) == (Standing.UNKNOWN, reason)


@pytest.mark.parametrize("status", [one for one in ocsp.OCSPResponseStatus if one.value])
def test_refusals_are_none(status: ocsp.OCSPResponseStatus) -> None:
    encoded = ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
    answer = read_answer(encoded, SUBJECT, ISSUER.certificate, at=NOW, nonce=NONCE)
    assert answer.standing is Standing.UNKNOWN
    assert answer.reason.startswith("The responder refused: ")
    with pytest.raises(TrustError) as caught:
        StatusAnswer(encoded)
    assert caught.value.code == "trust.ocsp"


def test_no_changed_byte_makes_another_answer() -> None:
    said = Said(
        status=ocsp.OCSPCertStatus.REVOKED,
        revoked_at=NOW - DAY,
        signer=DELEGATE,
        embedded=(DELEGATE.certificate,),
        nonce=None,
    )
    sound = said.encoded()
    told = read(said)
    unnoticed = []
    for position in range(len(sound)):
        changed = bytearray(sound)
        changed[position] ^= 1
        answer = read_answer(bytes(changed), SUBJECT, ISSUER.certificate, at=NOW, nonce=NONCE)
        if answer.standing is not Standing.UNKNOWN:
            unnoticed.append(position)
            assert replace(answer, evidence=told.evidence) == told, position
    # A signature's count of unused bits may be one, if its last bit is none.
    assert all(sound[position] == 0 for position in unnoticed)
    assert len(unnoticed) <= 2


def test_a_changed_signature_does_not_verify() -> None:
    changed = bytearray(Said().encoded())
    changed[-1] ^= 1
    answer = read_answer(bytes(changed), SUBJECT, ISSUER.certificate, at=NOW, nonce=NONCE)
    assert answer.reason == "the answer's signature does not verify"


@pytest.mark.parametrize("cut", [0, 1, 10, 100, -1])
def test_garbage_is_none(cut: int) -> None:
    encoded = Said().encoded()[:cut]
    assert read_answer(encoded, SUBJECT, ISSUER.certificate, at=NOW, nonce=NONCE).standing is Standing.UNKNOWN


def test_our_responder_and_our_reader_agree(pki: Any) -> None:
    responder = OcspResponder.load(pki.folder, passphrase=pki.passphrase, at=pki.now)
    ask = asker(pki, responder)
    assert ask(pki.now).standing is Standing.GOOD
    assert ask(pki.created - DAY).reason == "the responder's certificate was not valid when it answered"
    # The city CA itself was issued by the root, for which this responder does not answer.
    city, root = authorities(pki)
    request = build_request(city, root, NONCE)
    refused = read_answer(responder.respond(request, pki.now), city, root, at=pki.now, nonce=NONCE)
    assert refused.reason == "The responder refused: unauthorized"


def test_our_responder_tells_of_revocations(own_pki: Any) -> None:
    certificate = own_pki.credential().certificate
    devkit.revoke_certificate(
        own_pki.folder, certificate, passphrase=own_pki.passphrase, at=own_pki.now, reason=x509.ReasonFlags.superseded
    )
    ask = asker(own_pki, OcspResponder.load(own_pki.folder, passphrase=own_pki.passphrase, at=own_pki.now))
    answer = ask(own_pki.now)
    assert (answer.standing, answer.revoked_at, answer.reason) == (Standing.REVOKED, own_pki.now, "superseded")


def test_an_answer_from_before_what_it_tells_is_none(own_pki: Any) -> None:
    later = own_pki.now + timedelta(days=1)
    devkit.publish_crls(own_pki.folder, passphrase=own_pki.passphrase, at=later)
    ask = asker(own_pki, OcspResponder.load(own_pki.folder, passphrase=own_pki.passphrase, at=own_pki.now))
    assert ask(own_pki.now).reason == "the times of the answer contradict each other"


def test_silence_about_an_expired_certificate_proves_nothing() -> None:
    """Responders may forget them (RFC 6960 §4.4.4), and this one does not say that it remembers."""
    expired = party("Expired", issuer=ISSUER, end=NOW - DAY).certificate
    assert "younger than the certificate's end" in read(Said(about=expired), about=expired).reason


def authorities(pki: Any) -> tuple[x509.Certificate, x509.Certificate]:
    public = pki.folder / "public"
    city = load_certificates(public / "intermediates" / "city-ca.pem")[0]
    return city, load_certificates(public / "anchors" / "root-ca.pem")[0]


def asker(pki: Any, responder: OcspResponder) -> Callable[[datetime], RevocationAnswer]:
    certificate, city = pki.credential().certificate, authorities(pki)[0]

    def ask(produced_at: datetime) -> RevocationAnswer:
        encoded = responder.respond(build_request(certificate, city, NONCE), produced_at)
        return read_answer(encoded, certificate, city, at=pki.now, nonce=NONCE)

    return ask
