"""The public seal certificates that codes on paper are checked against, found by their key id."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from signing.algorithms import ORGANIZATION_IDENTIFIER
from signing.key_files import load_certificates
from signing.keys import key_id, p256_key, subject_value, verify_with

if TYPE_CHECKING:
    from license_lib.trust_list import TrustList


@dataclass(frozen=True, slots=True)
class SealCertificate:
    """One seal certificate; whether it is to be trusted is judged elsewhere."""

    certificate: x509.Certificate
    certificate_der: bytes
    _key: EllipticCurvePublicKey | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the key once: hundreds of codes ask for it."""
        object.__setattr__(self, "_key", p256_key(self.certificate))

    @classmethod
    def of(cls, certificate_der: bytes) -> Self:
        """The certificate that was read from a seal."""
        return cls(x509.load_der_x509_certificate(certificate_der), certificate_der)

    @property
    def organization_id(self) -> str:
        """The body that it belongs to, as its organizationIdentifier; empty if it names none."""
        return subject_value(self.certificate, ORGANIZATION_IDENTIFIER)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Is this DER ECDSA-SHA256 signature over `data` by this certificate's key?"""
        return self._key is not None and verify_with(self._key, signature, data)


class SealDirectory:
    """Certificates by key id. Key ids are truncated digests: on a collision every certificate is a candidate."""

    def __init__(self, certificates: Iterable[SealCertificate]) -> None:
        self._by_key_id: dict[bytes, list[SealCertificate]] = defaultdict(list)
        for certificate in certificates:
            self._by_key_id[key_id(certificate.certificate_der)].append(certificate)

    @classmethod
    def load(cls, keys_folder: Path) -> Self:
        """Read `<keys>/public/seals/*.pem`. Seals that were replaced stay there: their codes are on paper for decades.

        Raises:
            signing.errors.KeyLoadError: a file holds no certificate.
        """
        files = sorted((keys_folder / "public" / "seals").glob("*.pem"))
        found = [certificate for path in files for certificate in load_certificates(path)]
        return cls(SealCertificate(one, one.public_bytes(Encoding.DER)) for one in found)

    @classmethod
    def listed(cls, trust_list: "TrustList") -> Self:
        """Every seal of a trust list, retired ones too."""
        return cls(SealCertificate.of(seal.certificate) for body in trust_list.bodies for seal in body.seals)

    def find(self, key: bytes) -> tuple[SealCertificate, ...]:
        """All certificates with this key id."""
        return tuple(self._by_key_id.get(key, ()))
