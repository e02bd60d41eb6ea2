"""The kinds of value in a trust list, each with one spelling: moments, days, certificates, codes, addresses."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from license_lib.calendar import read_day
from license_lib.identifiers import CreditCode, LicenseTypeCode, NumberError
from license_lib.toml_files import mendable
from signing.notes import NoteError, NoteKey, SignatureKind

_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
_MOMENT_FORM: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_LONGEST_KEY: Final = 300
_SIGNS: Final = {SignatureKind.ED25519: "log", SignatureKind.COSIGNATURE: "witness"}
_ADDRESS: Final = re.compile(r"https?://[!$-;=@-Z_a-z~\[\]]{1,200}")


def moment_text(moment: datetime) -> str:
    """An aware moment as a list spells it: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(microsecond=0)
    if not isinstance(value, str) or not _MOMENT_FORM.fullmatch(value):
        raise mendable("is no moment", "write it in UTC: 2026-11-25T04:00:00Z")
    try:
        return datetime.strptime(value, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise mendable("is no moment", "there is no such day or time") from None


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return read_day(value if isinstance(value, str) else "")
    except ValueError:
        raise mendable("is no day", "write it as 2026-11-25") from None


def _der(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value if isinstance(value, str) else "?", validate=True)
    except ValueError:
        raise mendable("is not base64", "encode the DER bytes in base64 (RFC 4648 §4), without line breaks") from None


def _certificate(value: bytes) -> bytes:
    try:
        again = x509.load_der_x509_certificate(value).public_bytes(Encoding.DER)
    except (ValueError, UnsupportedAlgorithm):
        again = b""
    if again != value:
        raise mendable("is no certificate", "give an X.509 certificate in DER")
    return value


def _revocation_list(value: bytes) -> bytes:
    try:
        x509.load_der_x509_crl(value)
    except (ValueError, UnsupportedAlgorithm):
        raise mendable("is no revocation list", "give an X.509 CRL in DER") from None
    return value


def _credit_code(value: str) -> str:
    try:
        return str(CreditCode(value))
    except NumberError as error:
        raise mendable(error.message, "copy the code again, character by character") from None


def _type_code(value: str) -> str:
    try:
        return str(LicenseTypeCode.parse(value))
    except NumberError as error:
        raise mendable(error.message, "`license catalogue list` shows the codes") from None


def _address(value: str) -> str:
    parts = urlsplit(value) if _ADDRESS.fullmatch(value) else None
    if parts is None or not parts.hostname or parts.username is not None or value.endswith("/"):
        raise mendable("is no base address", "write https://host/path, without query and without / at the end")
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE:
        raise mendable("is not protected", "use https: an answer that anybody may forge proves nothing")
    return value


def _verifier_key(kind: SignatureKind) -> Callable[[str], str]:
    """A check of `name+hash+key` (C2SP signed-note) that has one spelling."""

    def check(value: str) -> str:
        try:
            key = NoteKey.parse(value if len(value) <= _LONGEST_KEY else "")
        except NoteError as error:
            raise mendable(error.message, "copy the key again, character by character") from None
        if key.kind is not kind:
            raise mendable(f"is not the key of a {_SIGNS[kind]}", "the first byte of the key says what it signs")
        return value

    return check


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


Moment = Annotated[datetime, BeforeValidator(_moment), PlainSerializer(moment_text)]
Day = Annotated[date, BeforeValidator(_day), PlainSerializer(date.isoformat)]
CertificateDer = Annotated[bytes, BeforeValidator(_der), AfterValidator(_certificate), PlainSerializer(_base64)]
RevocationListDer = Annotated[bytes, BeforeValidator(_der), AfterValidator(_revocation_list), PlainSerializer(_base64)]
CreditCodeText = Annotated[str, AfterValidator(_credit_code)]
TypeCodeText = Annotated[str, AfterValidator(_type_code)]
Region = Annotated[str, Field(pattern=r"^[0-9]{2}([0-9]{2}([0-9]{2})?)?$")]
"""Prefix of a division code 行政区划代码 (GB/T 2260): 62 a province, 6204 a city, 620402 a county."""
Address = Annotated[str, AfterValidator(_address)]
"""Base address: https, or http to this machine."""
LogKeyText = Annotated[str, AfterValidator(_verifier_key(SignatureKind.ED25519))]
"""Name and Ed25519 key of a transparency log, as text."""
WitnessKeyText = Annotated[str, AfterValidator(_verifier_key(SignatureKind.COSIGNATURE))]
"""Name and Ed25519 key of a witness, as text."""
