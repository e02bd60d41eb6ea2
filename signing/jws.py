"""Signed text for everybody: JSON Web Signature, compact serialization (RFC 7515 §7.1), ES256, signer in the header.

By hand, because the key is opaque behind `signing.keys.Signer`, and because one document must have one spelling: the
header holds `alg`, `typ` and `x5c` and nothing else, and base64url is read as strictly as it is written.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from signing.errors import SigningError
from signing.keys import SealCredential, verify_signature

_HALF: Final = 32
"""Bytes of either number of a P-256 signature (RFC 7518 §3.4)."""
_COMPACT: Final = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{86})")


class JwsError(SigningError):
    """A text that is no signed document of the wanted kind: `jws.format`, `jws.type` or `jws.signature`."""


@dataclass(frozen=True, slots=True)
class SignedPayload:
    """What was signed, and by which certificate. Whether that may be trusted is judged elsewhere."""

    payload: bytes = field(repr=False)
    certificate_der: bytes = field(repr=False)


def sign_compact(payload: bytes, credential: SealCredential, *, typ: str) -> bytes:
    """Sign a payload; the same payload and soft key give the same text.

    Args:
        payload: any bytes.
        credential: who signs; its certificate goes into `x5c`.
        typ: media type of the whole, without `application/` (RFC 7515 §4.1.9).
    """
    header = {"alg": "ES256", "typ": typ, "x5c": [base64.b64encode(credential.certificate_der).decode("ascii")]}
    signed = _encoded(json.dumps(header, separators=(",", ":")).encode("ascii")) + b"." + _encoded(payload)
    numbers = decode_dss_signature(credential.sign_es256(signed))
    return signed + b"." + _encoded(b"".join(number.to_bytes(_HALF, "big") for number in numbers))


def open_compact(document: bytes, *, typ: str) -> SignedPayload:
    """Check form and signature, and give what was signed.

    Args:
        document: the compact serialization, without a line's end: its digest is what others cite.
        typ: the wanted type. A document of another type is refused: nothing signed for one purpose serves another.

    Raises:
        JwsError: `jws.format`, `jws.type`, `jws.signature`.
    """
    match = _COMPACT.fullmatch(document)
    if match is None:
        raise JwsError("jws.format", "not a compact JSON Web Signature")
    try:
        header = json.loads(_decoded(match[1]).decode(), object_pairs_hook=_once)
        payload, signature = _decoded(match[2]), _decoded(match[3])
        certificate = _certificate(header, typ)
    except (ValueError, RecursionError):
        raise JwsError("jws.format", "the protected header or an encoding is malformed") from None
    numbers = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    if not verify_signature(certificate, encode_dss_signature(*numbers), match[1] + b"." + match[2]):
        raise JwsError("jws.signature", "the signature is not that of the certificate in its header")
    return SignedPayload(payload, certificate)


def _certificate(header: object, typ: str) -> bytes:
    """The signer of a header that says nothing but algorithm, type and signer; `crit` is refused like all else."""
    if not isinstance(header, dict) or set(header) != {"alg", "typ", "x5c"} or header["alg"] != "ES256":
        raise ValueError("another header")
    if header["typ"] != typ:
        raise JwsError("jws.type", f"the document is not of type {typ}")
    chain = header["x5c"]
    if not isinstance(chain, list) or len(chain) != 1 or not isinstance(chain[0], str):
        raise ValueError("another x5c")
    return base64.b64decode(chain[0], validate=True)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decoded(text: bytes) -> bytes:
    """The bytes of base64url; another spelling of the same bytes is refused."""
    try:
        data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if _encoded(data) != text:
        raise ValueError("not the canonical base64url")
    return data
