"""Certificate status on request (OCSP, RFC 6960): a responder that answers from the authority's revocation list.

Requests are read and answers written here, not by `cryptography.x509.ocsp`: its builder signs only with a private key
in memory, and a `signing.keys.Signer` shows none (it may be a hardware module); its reader does not give the CertID's
own bytes, which an answer repeats for clients that compare them whole. Refusals, which are unsigned, are the library's.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.ocsp import OCSPResponseBuilder, OCSPResponseStatus

from signing import algorithms, der
from signing.der import DerError
from signing.errors import PkiError
from signing.key_files import load_certificates
from signing.keys import SealCredential, load_credential

_BASIC_RESPONSE: Final = "1.3.6.1.5.5.7.48.1.1"
_NONCE: Final = "1.3.6.1.5.5.7.48.1.2"
_HASHES: Final = MappingProxyType({"1.3.14.3.2.26": "sha1", algorithms.SHA256: "sha256"})
"""What a CertID is hashed with. SHA-1 is only a look-up key here, and what every client sends."""
_REASONS: Final[Mapping[x509.ReasonFlags, int]] = MappingProxyType(
    {
        x509.ReasonFlags.key_compromise: 1,
        x509.ReasonFlags.ca_compromise: 2,
        x509.ReasonFlags.affiliation_changed: 3,
        x509.ReasonFlags.superseded: 4,
        x509.ReasonFlags.cessation_of_operation: 5,
        x509.ReasonFlags.certificate_hold: 6,
        x509.ReasonFlags.privilege_withdrawn: 9,
        x509.ReasonFlags.aa_compromise: 10,
    }
)
_SUCCESSFUL: Final = bytes((0,))
_ENUMERATED: Final = 0x0A
_CONTEXT_0, _CONTEXT_1, _CONTEXT_2 = 0xA0, 0xA1, 0xA2
_GOOD: Final = bytes((0x80, 0))


class OcspResponder:
    """Answers status requests for the certificates of one authority.

    Args:
        credential: the responder's certificate, issued by the authority for OCSP signing.
        issuer: the authority's certificate.
        issued: serial numbers the authority issued; of others nothing is known (RFC 6960 §2.2).
        crl: the authority's newest list: the source of every answer, and of `thisUpdate` and `nextUpdate`.
    """

    def __init__(
        self,
        credential: SealCredential,
        issuer: x509.Certificate,
        issued: Iterable[int],
        crl: x509.CertificateRevocationList,
    ) -> None:
        self._credential = credential
        self._issued = frozenset(issued)
        self._crl = crl
        key = issuer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        name = issuer.subject.public_bytes()
        self._issuer_hashes = {
            dotted: (hashlib.new(algorithm, name).digest(), hashlib.new(algorithm, key).digest())
            for dotted, algorithm in _HASHES.items()
        }
        self._responder_id = der.tlv(_CONTEXT_1, credential.certificate.subject.public_bytes())

    @classmethod
    def load(cls, folder: Path, *, passphrase: bytes, at: datetime) -> "OcspResponder":
        """Load the city CA's responder from a PKI folder of `signing.devkit`.

        Raises:
            KeyLoadError: keys missing, passphrase wrong, certificate outside its period.
            PkiError: `pki.damaged` if the revocation list cannot be read.
        """
        public = folder / "public"
        try:
            crl = x509.load_der_x509_crl((public / "crl" / "city.crl").read_bytes())
        except (OSError, ValueError) as error:
            raise PkiError("pki.damaged", "The list city.crl cannot be read", hint="publish it again") from error
        names = [*sorted((public / "seals").glob("*.pem")), public / "tsa.pem"]
        return cls(
            load_credential(folder, "ocsp", passphrase=passphrase, at=at),
            load_certificates(public / "intermediates" / "city-ca.pem")[0],
            [load_certificates(path)[0].serial_number for path in names],
            crl,
        )

    def respond(self, request: bytes, at: datetime) -> bytes:
        """Answer a request about one certificate.

        Args:
            request: DER OCSPRequest.
            at: producedAt.

        Returns:
            DER OCSPResponse; `malformedRequest` or `unauthorized` where RFC 6960 §2.3 asks for it.
        """
        try:
            asked = _read_request(request)
        except DerError:
            return _refusal(OCSPResponseStatus.MALFORMED_REQUEST)
        if asked.issuer_hashes != self._issuer_hashes.get(asked.algorithm) or asked.serial not in self._issued:
            return _refusal(OCSPResponseStatus.UNAUTHORIZED)
        next_update = self._crl.next_update_utc
        single = der.tlv(
            der.SEQUENCE,
            asked.certificate_id,
            self._status(asked.serial),
            der.generalized_time(self._crl.last_update_utc),
            der.tlv(_CONTEXT_0, der.generalized_time(next_update)) if next_update else b"",
        )
        data = der.tlv(
            der.SEQUENCE,
            self._responder_id,
            der.generalized_time(at),
            der.tlv(der.SEQUENCE, single),
            der.tlv(_CONTEXT_1, der.tlv(der.SEQUENCE, asked.nonce)) if asked.nonce else b"",
        )
        basic = der.tlv(
            der.SEQUENCE,
            data,
            der.tlv(der.SEQUENCE, der.oid(algorithms.ECDSA_SHA256)),
            der.tlv(der.BIT_STRING, b"\0", self._credential.sign_es256(data)),
            der.tlv(_CONTEXT_0, der.tlv(der.SEQUENCE, self._credential.certificate_der)),
        )
        return der.tlv(
            der.SEQUENCE,
            der.tlv(_ENUMERATED, _SUCCESSFUL),
            der.tlv(_CONTEXT_0, der.tlv(der.SEQUENCE, der.oid(_BASIC_RESPONSE), der.tlv(der.OCTET_STRING, basic))),
        )

    def _status(self, serial: int) -> bytes:
        entry = self._crl.get_revoked_certificate_by_serial_number(serial)
        if entry is None:
            return _GOOD
        reason = b""
        try:
            flag = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
            reason = der.tlv(_CONTEXT_0, der.tlv(_ENUMERATED, bytes((_REASONS[flag],))))
        except (x509.ExtensionNotFound, KeyError):
            pass
        return der.tlv(_CONTEXT_1, der.generalized_time(entry.revocation_date_utc), reason)


@dataclass(frozen=True, slots=True)
class _Request:
    certificate_id: bytes
    algorithm: str
    issuer_hashes: tuple[bytes, bytes]
    serial: int
    nonce: bytes


def _read_request(encoded: bytes) -> _Request:
    """Read an OCSPRequest for one certificate (RFC 6960 §4.1.1); a signature over it is not looked at."""
    to_be_signed, *_signature = der.read(encoded).members(der.SEQUENCE, 1, 2)
    parts = to_be_signed.members(der.SEQUENCE)
    lists = [part for part in parts if part.tag == der.SEQUENCE]
    if len(lists) != 1:
        raise DerError("no list of requests")
    (request,) = lists[0].members(der.SEQUENCE, 1)
    certificate_id = request.members(der.SEQUENCE, 1, 2)[0]
    algorithm, name_hash, key_hash, serial = certificate_id.members(der.SEQUENCE, 4)
    nonce = b""
    for part in parts:
        if part.tag == _CONTEXT_2:
            for extension in part.members(_CONTEXT_2, 1)[0].members(der.SEQUENCE):
                if extension.members(der.SEQUENCE, 2, 3)[0].as_oid() == _NONCE:
                    nonce = extension.raw
    return _Request(
        certificate_id=certificate_id.raw,
        algorithm=algorithm.members(der.SEQUENCE, 1, 2)[0].as_oid(),
        issuer_hashes=(name_hash.expect(der.OCTET_STRING).content, key_hash.expect(der.OCTET_STRING).content),
        serial=serial.as_integer(),
        nonce=nonce,
    )


def _refusal(status: OCSPResponseStatus) -> bytes:
    return OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)
