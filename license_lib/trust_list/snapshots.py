"""A trust list as it was signed: opened strictly, and cited by sequence number and digest."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from cryptography import x509
from pydantic import ValidationError

from license_lib.errors import InputError
from license_lib.toml_files import located
from license_lib.trust_list.model import TrustList
from signing.algorithms import LIST_SIGNING
from signing.clocks import CLOCK_TOLERANCE
from signing.jws import JwsError, open_compact, sign_compact
from signing.keys import SealCredential

TYPE: Final = "license-trust-list+jws"
_FIRST_YEAR, _LAST_YEAR = 2000, 9000
MAX_BYTES: Final = 8 * 1024 * 1024
"""Of a list as it is signed; 10,000 bodies with one seal each need about as much."""


class TrustListError(InputError):
    """A list that is not accepted: `trust.format`, `trust.signature`, `trust.signer`, `trust.rollback` and so on.

    Args:
        path: the place in the list, for `trust.format` (`bodies[2].seals[0].certificate`).
    """

    def __init__(self, code: str, message: str, *, path: str = "", hint: str = "") -> None:
        super().__init__(code, f"{path}: {message}" if path else message, hint=hint)
        self.path = path


@dataclass(frozen=True)
class Snapshot:
    """One signed list.

    Attributes:
        list: what it says.
        document: the compact JSON Web Signature.
        signer: DER certificate of who signed it. Its signature was checked; whether it may sign was not.
    """

    list: TrustList
    document: bytes = field(repr=False)
    signer: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the document, hex: what reports cite."""
        return hashlib.sha256(self.document).hexdigest()

    def is_current(self, now: datetime) -> bool:
        """May it be relied on: issued, and not due to be replaced?"""
        return self.list.issued_at - CLOCK_TOLERANCE <= now <= self.list.next_update


def sign_list(trust_list: TrustList, credential: SealCredential) -> Snapshot:
    """Sign a list with the key of its signer.

    Raises:
        TrustListError: `trust.signer` if the certificate is not for this purpose, or not at this time.
    """
    _require_list_signer(credential.certificate_der, trust_list.issued_at)
    document = sign_compact(trust_list.canonical_bytes(), credential, typ=TYPE)
    return Snapshot(trust_list, document, credential.certificate_der)


def open_list(document: bytes) -> Snapshot:
    """Read a signed list strictly, and check its signature. Whether its signer may sign is the reader's to know.

    Raises:
        TrustListError: `trust.format` (with the path), `trust.signature`, or `trust.signer` if the certificate is not
            for signing lists, or was not valid when the list was issued.
    """
    if len(document) > MAX_BYTES:
        raise TrustListError("trust.format", f"larger than {MAX_BYTES // 1024 // 1024} MiB")
    try:
        return _opened(document)
    except (TrustListError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 -- certificates and dates of strangers make libraries raise anything
        raise TrustListError("trust.format", f"it cannot be read: {type(error).__name__}") from None


def _opened(document: bytes) -> Snapshot:
    try:
        signed = open_compact(document, typ=TYPE)
    except JwsError as error:
        code = "trust.signature" if error.code == "jws.signature" else "trust.format"
        raise TrustListError(code, error.message) from None
    trust_list = _parse(signed.payload)
    for moment in (trust_list.issued_at, trust_list.next_update):
        if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            raise TrustListError("trust.format", "a moment that no calendar has")
    _require_list_signer(signed.certificate_der, trust_list.issued_at)
    return Snapshot(trust_list, document, signed.certificate_der)


def _parse(payload: bytes) -> TrustList:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        raise TrustListError("trust.format", "the payload is not JSON") from None
    try:
        trust_list = TrustList.model_validate(value)
    except ValidationError as error:
        fault = next(fault for _, fault in located(error, TrustList))
        raise TrustListError("trust.format", fault.problem, path=fault.path, hint=fault.mend) from None
    if trust_list.canonical_bytes() != payload:
        raise TrustListError("trust.format", "not in its canonical form", hint="write it as RFC 8785 says")
    return trust_list


def _require_list_signer(certificate_der: bytes, issued_at: datetime) -> None:
    certificate = x509.load_der_x509_certificate(certificate_der)
    try:
        usages = list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        usages = []
    if [usage.dotted_string for usage in usages] != [LIST_SIGNING]:
        raise TrustListError("trust.signer", "the signer's certificate is not for signing trust lists")
    if not certificate.not_valid_before_utc <= issued_at <= certificate.not_valid_after_utc:
        raise TrustListError("trust.signer", "the signer's certificate was not valid when the list was issued")
