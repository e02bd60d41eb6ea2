"""Whom we trust: anchors, helping intermediates, evidence of revocation; and paths from a certificate to an anchor."""

import copy
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import verification

from signing.errors import TrustError
from signing.evidence import Evidence
from signing.known_certificates import read_certificate
from signing.known_paths import KnownPaths
from signing.revocation import RevocationEvidence

_LONGEST_PATH: Final = 5
_MOST_BROUGHT: Final = 256
"""Certificates from one document; the verifier has its own bound on how many signatures it tries."""
_MOST_KEPT: Final = 64
_LARGEST_KEPT: Final = 128 * 1024
"""Evidence that is remembered, and bytes of one: a city's licences of one week bring the same few certificates and
lists, which need not be read and checked for each of them."""


class TrustStore:
    """Anchors and what helps to reach them. Immutable; load a new one to learn of new lists.

    Args:
        anchors: certificates that are trusted as they are.
        intermediates: certificates that help to build paths; trusted no more than a path to an anchor makes them.
        crls: DER revocation lists.
        ocsps: DER OCSP responses.

    Raises:
        TrustError: `trust.empty` without an anchor (nothing fails open); `trust.crl`, `trust.ocsp` for an unreadable
            list or answer.
    """

    def __init__(
        self,
        anchors: Iterable[x509.Certificate],
        intermediates: Iterable[x509.Certificate] = (),
        crls: Iterable[bytes] = (),
        ocsps: Iterable[bytes] = (),
    ) -> None:
        self.anchors = tuple(anchors)
        if not self.anchors:
            raise TrustError("trust.empty", "There is no trust anchor", hint="configure at least one root certificate")
        self.intermediates = tuple(intermediates)
        self.revocation = RevocationEvidence(crls, ocsps)
        self._store = verification.Store(list(self.anchors))
        self.forget()

    def forget(self) -> None:
        """Forget paths that were found, and stores that grew by what documents brought."""
        self._paths = KnownPaths()
        self._grown: dict[Evidence, TrustStore] = {}
        self._lock = Lock()

    @classmethod
    def load(cls, folder: Path) -> "TrustStore":
        """Load `<folder>/public/`: `anchors/*.pem`, `intermediates/*.pem`, `crl/*.crl`, `ocsp/*.ocsp`.

        Needs no private key.

        Raises:
            TrustError: `trust.empty`, `trust.certificate`, `trust.crl`, `trust.ocsp`.
        """
        public = folder / "public"
        return cls(
            _load_folder(public / "anchors"),
            _load_folder(public / "intermediates"),
            _read_all("trust.crl", "A revocation list", public / "crl", "*.crl"),
            _read_all("trust.ocsp", "A status answer", public / "ocsp", "*.ocsp"),
        )

    def with_evidence(self, evidence: Evidence) -> "TrustStore":
        """Add what a document brought along: it helps to build paths, and tells of revocations. Never an anchor.

        What cannot be read is passed over: it comes from a stranger, and proves nothing.
        """
        if evidence == Evidence():
            return self
        with self._lock:
            known = self._grown.get(evidence)
        if known is not None:
            return known
        grown = self._grown_by(evidence)
        if evidence.size <= _LARGEST_KEPT:
            with self._lock:
                if len(self._grown) >= _MOST_KEPT:
                    self._grown.clear()
                self._grown[evidence] = grown
        return grown

    def _grown_by(self, evidence: Evidence) -> "TrustStore":
        grown = copy.copy(self)  # anchors and their index are shared
        grown.forget()  # others may lead to an anchor now
        brought = _readable(evidence.certificates[:_MOST_BROUGHT])
        grown.intermediates = tuple(dict.fromkeys((*self.intermediates, *brought)))
        grown.revocation = self.revocation.with_brought(evidence.crls, evidence.ocsps)
        return grown

    def find_path(
        self, certificate: x509.Certificate, embedded: Sequence[bytes], at: datetime
    ) -> tuple[x509.Certificate, ...] | None:
        """Find a path that is valid at a moment (RFC 5280 §6).

        Signatures, periods, CA and name constraints are checked, and that no critical extension is left that is not
        understood. Revocation and the end entity's key usage are judged elsewhere.

        Args:
            certificate: the end entity.
            embedded: DER certificates that came with the signature; unreadable ones are passed over.
            at: moment at which every certificate of the path must be inside its period.

        Returns:
            The path, end entity first and anchor last; None if there is none.
        """
        others = (*self.intermediates, *_readable(embedded))
        known = self._paths.find(certificate, others, at)
        if known is None:
            found = self._find_path(certificate, others, at)
            known = self._paths.keep(certificate, others, at, found, boundaries=(*self.anchors, *others))
        return known.path

    def _find_path(
        self, certificate: x509.Certificate, others: Sequence[x509.Certificate], at: datetime
    ) -> tuple[x509.Certificate, ...] | None:
        verifier = (
            verification.PolicyBuilder()
            .store(self._store)
            .time(at)
            .max_chain_depth(_LONGEST_PATH)
            .extension_policies(
                ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(),
                ee_policy=verification.ExtensionPolicy.permit_all(),
            )
            .build_client_verifier()
        )
        try:
            return tuple(verifier.verify(certificate, list(others)).chain)
        except (verification.VerificationError, ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
            return None


def _readable(encoded: Iterable[bytes]) -> list[x509.Certificate]:
    found = []
    for item in encoded:
        try:
            found.append(read_certificate(item))
        except Exception:  # noqa: BLE001, S112 - a certificate that cannot be read helps no path; the library raises many types
            continue
    return found


def _read_all(code: str, what: str, folder: Path, pattern: str) -> list[bytes]:
    try:
        return [path.read_bytes() for path in sorted(folder.glob(pattern))]
    except OSError as error:
        raise TrustError(code, f"{what} cannot be read: {error.strerror}") from error


def _load_folder(folder: Path) -> list[x509.Certificate]:
    found: list[x509.Certificate] = []
    for path in sorted(folder.glob("*.pem")):
        try:
            found.extend(x509.load_pem_x509_certificates(path.read_bytes()))
        except (OSError, ValueError) as error:
            raise TrustError("trust.certificate", f"{path.name} cannot be read as PEM certificates") from error
    return found
