"""The proof in the QR: a CWT (RFC 8392) in COSE_Sign1 (RFC 9052), base32 in the fragment of a URL.

`HTTPS://HOST/V#…`: a phone's camera opens the page, an offline verifier reads the fragment, and the fragment never
reaches a server's log. It holds what the face shows in public, the digest of the full record and the key id of the
signer; never an ID number.

There is exactly one encoding of a proof: deterministic CBOR (RFC 8949 §4.2), canonical base32 without padding, and the
low-s form of the ECDSA signature. `decode` refuses every other spelling, so a re-encoded proof is never a "new" one.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from license_lib.calendar import day_of, start_of
from license_lib.errors import InputError
from license_lib.identifiers import CitizenId, LicenseIdentifier, NumberError

VERSION = 1
KEY_ID_BYTES = 8
STAND_IN_SIGNATURE = bytes.fromhex("3006020101020101")
"""DER, r = s = 1: signs nothing, and makes a code as long as a real one does."""
MAX_FRAGMENT = 2048
_ES256 = -7
_SIGNATURE_BYTES = 64  # r and s of P-256
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED_AT = 2, 4, 5, 6  # RFC 8392 §4
_LICENSE = -65537  # private-use claim: [version, record digest, {GB/T 36903 code: text}]
_PROOF_URL = re.compile(r"https?://[^#\s]{1,200}/v#([A-Z2-7]+)", re.IGNORECASE)


class QrError(InputError):
    """A text that is not a licence proof (`qr.foreign`), a broken one (`qr.malformed`), or a newer (`qr.version`)."""


@dataclass(frozen=True, slots=True)
class QrProof:
    """A decoded, not yet verified proof.

    Args:
        identifier: 证照标识. public: face texts by GB/T 36903 code, as the type's template publishes them.
        digest: SHA-256 of the full record. key_id: truncated SHA-256 of the signer's certificate.
        signed: the bytes that `signature` (DER) is over.
    """

    identifier: LicenseIdentifier
    issued_on: date
    valid_from: date
    valid_until: date | None
    digest: bytes
    public: Mapping[str, str]
    key_id: bytes
    signed: bytes
    signature: bytes


def encode(
    *,
    identifier: LicenseIdentifier,
    issued_on: date,
    valid_from: date,
    valid_until: date | None,
    digest: bytes,
    public: Mapping[str, str],
    key_id: bytes,
    sign: Callable[[bytes], bytes],
    base_url: str,
) -> str:
    """Make the text of a licence's QR.

    Args:
        sign: data → DER ECDSA-SHA256 signature by the key that `key_id` names.
        base_url: where the verification page lives, e.g. `https://license.example`.

    Raises:
        InputError: `qr.id-number` if a public text is a citizen ID number; it must never stand in a QR.
    """
    import cbor2

    for code, text in public.items():
        if _is_id_number(text):
            raise InputError("qr.id-number", f"{code} would put an ID number into the QR", hint="drop in_qr there")
    claims: dict[int, object] = {
        _SUBJECT: identifier.compact(),
        _NOT_BEFORE: _seconds(valid_from),
        _ISSUED_AT: _seconds(issued_on),
        _LICENSE: [VERSION, digest, dict(public)],
    }
    if valid_until is not None:
        claims[_EXPIRES] = _seconds(valid_until + timedelta(days=1))
    protected = cbor2.dumps({1: _ES256, 4: key_id}, canonical=True)
    payload = cbor2.dumps(claims, canonical=True)
    signature = _raw_low_s(sign(_to_be_signed(protected, payload)))
    token = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]), canonical=True)
    fragment = base64.b32encode(token).decode().rstrip("=")
    return f"{base_url.rstrip('/').upper()}/V#{fragment}"


def is_proof(text: str) -> bool:
    """Does a scanned text look like a licence proof (ours or another city's)?"""
    return len(text) <= MAX_FRAGMENT + 256 and _PROOF_URL.fullmatch(text.strip()) is not None


def decode(text: str) -> QrProof:
    """Read a proof strictly. The signature is not checked here.

    Raises:
        QrError: see there.
    """
    match = _PROOF_URL.fullmatch(text.strip()) if len(text) <= MAX_FRAGMENT + 256 else None
    if match is None or len(match[1]) > MAX_FRAGMENT:
        raise QrError("qr.foreign", "this code is not a licence proof")
    fragment = match[1]
    try:
        token = base64.b32decode(fragment + "=" * (-len(fragment) % 8))
    except ValueError:
        raise _malformed("not base32") from None
    if base64.b32encode(token).decode().rstrip("=") != fragment:
        raise _malformed("not canonical base32")
    return _parse(token)


def _parse(token: bytes) -> QrProof:
    import cbor2

    tagged = _cbor(token)
    if not isinstance(tagged, cbor2.CBORTag) or tagged.tag != 18:  # noqa: PLR2004 -- COSE_Sign1, RFC 9052 §2
        raise _malformed("not COSE_Sign1")
    match tagged.value:
        case [bytes(protected), dict() as unprotected, bytes(payload), bytes(raw)] if (
            not unprotected and len(raw) == _SIGNATURE_BYTES
        ):
            pass
        case _:
            raise _malformed("not COSE_Sign1")
    header = _cbor(protected)
    match header:
        case {1: int(algorithm), 4: bytes(key_id), **rest} if (
            not rest and algorithm == _ES256 and _has_whole_keys(header)
        ):
            pass
        case _:
            raise _malformed("unexpected protected header")
    if len(key_id) != KEY_ID_BYTES:
        raise _malformed("key id of a wrong length")
    claims = _cbor(payload)
    if not isinstance(claims, dict) or not _has_whole_keys(claims):
        raise _malformed("claims are not a map")
    match claims.get(_LICENSE):
        case [version, *_] if _is_whole(version) and version != VERSION:
            raise QrError("qr.version", "this code is of a newer version", hint="update the verifier")
        case [version, bytes(digest), dict(public)] if (
            _is_whole(version) and len(digest) == 32 and _texts(public)  # noqa: PLR2004 -- SHA-256
        ):
            pass
        case _:
            raise _malformed("unexpected licence claim")
    subject = claims.get(_SUBJECT)
    if set(claims) - {_EXPIRES} != {_SUBJECT, _NOT_BEFORE, _ISSUED_AT, _LICENSE} or not isinstance(subject, str):
        raise _malformed("unexpected claims")
    try:
        identifier = LicenseIdentifier.from_compact(subject)
    except NumberError:
        raise _malformed("no licence identifier") from None
    return QrProof(
        identifier=identifier,
        issued_on=_day(claims[_ISSUED_AT]),
        valid_from=_day(claims[_NOT_BEFORE]),
        valid_until=_day(claims[_EXPIRES]) - timedelta(days=1) if _EXPIRES in claims else None,
        digest=digest,
        public=dict(public),
        key_id=key_id,
        signed=_to_be_signed(protected, payload),
        signature=_der_low_s(raw),
    )


def _cbor(data: bytes) -> object:
    """Decode one deterministic CBOR item: whatever does not encode to the very same bytes is refused."""
    import cbor2

    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value, canonical=True)
    except Exception as error:
        raise _malformed("not CBOR") from error
    if again != data:
        raise _malformed("not deterministic CBOR")
    return value


def _is_whole(value: object) -> bool:
    """A number as CBOR has it: to Python `true` and 1.0 are 1 too, but they are other bytes."""
    return isinstance(value, int) and not isinstance(value, bool)


def _has_whole_keys(table: object) -> bool:
    return isinstance(table, dict) and all(map(_is_whole, table))


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4."""
    import cbor2

    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def _raw_low_s(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, _P256_ORDER - s).to_bytes(32, "big")


def _der_low_s(raw: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if not 0 < r < _P256_ORDER or not 0 < s <= _P256_ORDER // 2:
        raise _malformed("signature not in low-s form")
    return encode_dss_signature(r, s)


def _texts(public: dict[object, object]) -> bool:
    return all(
        isinstance(k, str) and re.fullmatch(r"[A-Z0-9_]{1,24}", k) and isinstance(v, str) for k, v in public.items()
    )


def _seconds(day: date) -> int:
    return int(start_of(day).timestamp())


def _day(value: object) -> date:
    if not isinstance(value, int) or not _is_whole(value):
        raise _malformed("a date is not a number of seconds")
    try:
        day = day_of(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        raise _malformed("a date out of range") from None
    if _seconds(day) != value:
        raise _malformed("a date that is not the start of a day")
    return day


def _is_id_number(text: str) -> bool:
    try:
        CitizenId.parse(text)
    except NumberError:
        return False
    return True


def _malformed(why: str) -> QrError:
    return QrError("qr.malformed", f"this code is not a well-formed licence proof: {why}")
