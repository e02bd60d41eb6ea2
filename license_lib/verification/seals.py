"""The public seal certificates that codes on paper are checked against, found by their key id."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from license_lib.qr.payload import KEY_ID_BYTES
from signing.algorithms import ORGANIZATION_IDENTIFIER
from signing.key_files import load_certificates
from signing.keys import sha256, subject_value, verify_signature


@dataclass(frozen=True, slots=True)
class SealCertificate:
    """One published seal certificate; whether it is to be trusted is judged elsewhere."""

    certificate_der: bytes
    organization_id: str

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Is this DER ECDSA-SHA256 signature over `data` by this certificate's key?"""
        return verify_signature(self.certificate_der, signature, data)


class SealDirectory:
    """Certificates by key id. Key ids are truncated digests: on a collision every certificate is a candidate."""

    def __init__(self, certificates: Iterable[tuple[bytes, SealCertificate]]) -> None:
        self._by_key_id: dict[bytes, list[SealCertificate]] = defaultdict(list)
        for key, certificate in certificates:
            self._by_key_id[key].append(certificate)

    @classmethod
    def load(cls, keys_folder: Path) -> "SealDirectory":
        """Read `<keys>/public/seals/*.pem`; the first certificate of each file is the seal's.

        Raises:
            signing.errors.KeyLoadError: a file holds no certificate.
        """
        entries = []
        for path in sorted((keys_folder / "public" / "seals").glob("*.pem")):
            certificate = load_certificates(path)[0]
            der = certificate.public_bytes(Encoding.DER)
            facts = SealCertificate(der, subject_value(certificate, ORGANIZATION_IDENTIFIER))
            entries.append((sha256(der)[:KEY_ID_BYTES], facts))
        return cls(entries)

    def find(self, key: bytes) -> tuple[SealCertificate, ...]:
        """All certificates with this key id."""
        return tuple(self._by_key_id.get(key, ()))
