"""Status answers of other authorities (OCSP, RFC 6960): asked for, read, and checked against the issuer.

Whatever is wrong with an answer makes it no answer: it comes from the network or out of a document, and proves nothing.
"""

import hashlib
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from signing import algorithms, der
from signing.clocks import CLOCK_TOLERANCE
from signing.errors import TrustError
from signing.evidence import Evidence
from signing.standing import RevocationAnswer, Standing, accepts_key, reason_name, unknown

REQUEST_TYPE: Final = "application/ocsp-request"
RESPONSE_TYPE: Final = "application/ocsp-response"
ANSWER_LIMIT: Final = 64 * 1024
"""Most bytes of an answer; with a delegate's certificate it has about 2,000."""
_ARCHIVE_CUTOFF: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.48.1.6")
_ACCEPTED_HASHES: Final = frozenset({"sha256", "sha384", "sha512"})
_UNACCEPTED: Final = "the answer is signed with an algorithm or a key that is not accepted"
_LOOKUP_HASHES: Final = frozenset({"sha1", *_ACCEPTED_HASHES})


def build_request(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """Ask about one certificate.

    The issuer is named by SHA-1, because most responders look it up by nothing else (RFC 5019 §2.1.1). Nothing rests on
    it: an answer counts by the issuer's signature, and for the serial number asked.

    Args:
        certificate: whose standing.
        issuer: the certificate of its issuer.
        nonce: fresh, 32 bytes (RFC 9654 §2.1).

    Returns:
        DER OCSPRequest.
    """
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())  # noqa: S303 - a look-up key
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


def read_answer(
    encoded: bytes, certificate: x509.Certificate, issuer: x509.Certificate, *, at: datetime, nonce: bytes
) -> RevocationAnswer:
    """Read the answer to a request just made.

    Args:
        encoded: DER OCSPResponse.
        certificate: whose standing was asked for.
        issuer: the certificate of its issuer, already trusted.
        at: now.
        nonce: of the request; an answer made beforehand has none, one with another is a replay (RFC 6960 §4.4.1).

    Returns:
        The answer; `UNKNOWN` with the reason if it is wrong in any way, or not of now.
    """
    try:
        answer = StatusAnswer(encoded)
    except TrustError as error:
        return unknown(error.message)
    if answer.nonce not in {None, nonce}:
        return unknown("the answer belongs to another request")
    found = answer.ask(certificate, issuer, at)
    if found.as_of is not None and found.as_of > at + CLOCK_TOLERANCE:
        return unknown("the answer is from the future")
    if found.standing is not Standing.UNKNOWN and not found.is_fresh(at):
        return unknown("the answer is no longer the newest")
    return found


class StatusAnswer:
    """One OCSP response about one certificate, which remembers for which issuers it was checked.

    Nobody here asks about several certificates at once, and only of a single answer every extension can be looked at.

    Args:
        encoded: DER OCSPResponse. Its signature is checked when it is asked, against the issuer then known.

    Raises:
        TrustError: `trust.ocsp`: it cannot be read, is a refusal, or not about one certificate.
    """

    __slots__ = ("_evidence", "_problems", "_response", "nonce", "serial_number")

    def __init__(self, encoded: bytes) -> None:
        refused = ""
        try:
            self._response = response = ocsp.load_der_ocsp_response(encoded)
            if response.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
                refused = response.response_status.name.lower().replace("_", " ")
            else:
                self.serial_number = response.serial_number
                self.nonce = _nonce(response)
        except MemoryError:
            raise
        except Exception as error:  # the library raises many types, not all of them ValueError
            raise TrustError("trust.ocsp", "A status answer cannot be read", hint="fetch it again") from error
        if refused:
            raise TrustError("trust.ocsp", f"The responder refused: {refused}", hint="ask it again later")
        self._evidence = Evidence(ocsps=(encoded,))
        self._problems: dict[x509.Certificate, str] = {}

    def ask(self, certificate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> RevocationAnswer:
        """Ask for a certificate's standing at a moment.

        Args:
            certificate: whose standing.
            issuer: the certificate of its issuer, already trusted.
            at: moment of validation.
        """
        try:
            if issuer not in self._problems:
                self._problems[issuer] = _problem(self._response, issuer)
            if self._problems[issuer]:
                return unknown(self._problems[issuer])
            if self.serial_number != certificate.serial_number or certificate.issuer != issuer.subject:
                return unknown("the answer is about another certificate")
            return self._answer(certificate, at)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - parts of strangers are decoded when looked at, and raise anything
            return unknown(f"the answer cannot be read ({type(error).__name__})")

    def _answer(self, certificate: x509.Certificate, at: datetime) -> RevocationAnswer:
        response = self._response
        as_of, next_update, status = response.this_update_utc, response.next_update_utc, response.certificate_status
        if as_of > response.produced_at_utc or (next_update is not None and next_update < as_of):
            return unknown("the times of the answer contradict each other")
        if status is ocsp.OCSPCertStatus.UNKNOWN:
            return RevocationAnswer(Standing.UNKNOWN, as_of, next_update, reason="the responder does not know it")
        if status is ocsp.OCSPCertStatus.REVOKED and (revoked_at := response.revocation_time_utc) is not None:
            cause = response.revocation_reason
            if revoked_at <= at:
                return RevocationAnswer(
                    Standing.REVOKED,
                    as_of,
                    next_update,
                    revoked_at,
                    on_hold=cause is x509.ReasonFlags.certificate_hold,
                    reason=reason_name(cause),
                    evidence=self._evidence,
                )
        if certificate.not_valid_after_utc < as_of and not _keeps_expired(response, certificate):
            reason = "the answer is younger than the certificate's end, and does not reach back to it"
            return RevocationAnswer(Standing.UNKNOWN, as_of, next_update, reason=reason)
        return RevocationAnswer(Standing.GOOD, as_of, next_update, evidence=self._evidence)


def _nonce(response: ocsp.OCSPResponse) -> bytes | None:
    try:
        return response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        return None


def _problem(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> str:
    """What is wrong with an answer, whoever it is about: extensions, issuer, signer, signature; empty: nothing."""
    if any(extension.critical for extension in (*response.extensions, *response.single_extensions)):
        return "the answer has critical extensions"
    if not _names(response, issuer):
        return "the answer is about another issuer's certificate"
    signer = _signer(response, issuer)
    if isinstance(signer, str):
        return signer
    return _signature_problem(response, signer)


def _signature_problem(response: ocsp.OCSPResponse, signer: x509.Certificate) -> str:
    key, digest = signer.public_key(), response.signature_hash_algorithm
    dotted = response.signature_algorithm_oid.dotted_string
    try:
        if digest is None or not accepts_key(key):
            return _UNACCEPTED
        if isinstance(key, ec.EllipticCurvePublicKey) and dotted in algorithms.ECDSA_SIGNATURES:
            key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(digest))
        elif isinstance(key, rsa.RSAPublicKey) and dotted in algorithms.RSA_SIGNATURES:
            key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), digest)
        else:
            return _UNACCEPTED
    except InvalidSignature:
        return "the answer's signature does not verify"
    return ""


def _names(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> bool:
    """Tell whether the answer's CertID names this issuer (RFC 6960 §4.1.1)."""
    name = response.hash_algorithm.name
    return (
        name in _LOOKUP_HASHES
        and response.issuer_name_hash == hashlib.new(name, issuer.subject.public_bytes()).digest()
        and response.issuer_key_hash == hashlib.new(name, _key_bits(issuer)).digest()
    )


def _signer(response: ocsp.OCSPResponse, issuer: x509.Certificate) -> x509.Certificate | str:
    """Find who may have signed: the issuer, or whom it delegated to (RFC 6960 §4.2.2.2); a text if nobody may."""
    named = [one for one in (issuer, *response.certificates) if _is_responder(response, one)]
    if not named:
        return "the responder's certificate is neither the issuer's nor in the answer"
    problem = ""
    for candidate in named:
        problem = "" if candidate == issuer else _delegation_problem(candidate, issuer, response.produced_at_utc)
        if not problem:
            return candidate
    return problem


def _is_responder(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    if response.responder_name is not None:
        return response.responder_name == certificate.subject
    # SHA-1 by definition (RFC 6960 §4.2.1, KeyHash): a name, not a proof.
    return response.responder_key_hash == hashlib.sha1(_key_bits(certificate), usedforsecurity=False).digest()


def _delegation_problem(delegate: x509.Certificate, issuer: x509.Certificate, at: datetime) -> str:
    """What keeps a certificate from answering for an issuer at a moment; empty if nothing does.

    A delegate without id-pkix-ocsp-nocheck would need a status of its own, and so on; hardly any is issued.
    """
    try:
        usages = delegate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        delegate.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except x509.ExtensionNotFound:
        return "the responder's certificate is not for status answers"
    if ExtendedKeyUsageOID.OCSP_SIGNING not in usages:
        return "the responder's certificate is not for status answers"
    if not delegate.not_valid_before_utc <= at <= delegate.not_valid_after_utc:
        return "the responder's certificate was not valid when it answered"
    digest = delegate.signature_hash_algorithm
    try:
        if digest is None or digest.name not in _ACCEPTED_HASHES:
            raise InvalidSignature  # noqa: TRY301 - one more way of not being delegated
        delegate.verify_directly_issued_by(issuer)
    except (InvalidSignature, ValueError, TypeError):
        return "the responder was not delegated by the issuer"
    return ""


def _key_bits(certificate: x509.Certificate) -> bytes:
    """The public key without its algorithm: what CertID and KeyHash are made of."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return der.read(info).members(der.SEQUENCE, 2)[1].expect(der.BIT_STRING).content[1:]


def _keeps_expired(response: ocsp.OCSPResponse, certificate: x509.Certificate) -> bool:
    """Tell whether the responder still knows of certificates that expired as early as this (RFC 6960 §4.4.4)."""
    for extension in response.single_extensions:
        if extension.oid == _ARCHIVE_CUTOFF and isinstance(extension.value, x509.UnrecognizedExtension):
            return der.read(extension.value.value).as_time() <= certificate.not_valid_after_utc
    return False
