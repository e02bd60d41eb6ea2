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
from license_lib.cose import KEY_ID, CoseError, decoded, encoded, is_whole, open_sign1, sign1, whole_keyed
from license_lib.errors import InputError
from license_lib.identifiers import CitizenId, LicenseIdentifier, NumberError
from license_lib.status import StatusRef

VERSION = 1
VERSION_WITH_STATUS = 2
"""Of a proof that refers to a status list; one that does not has the spelling that it always had."""
KEY_ID_BYTES = 8
STAND_IN_SIGNATURE = bytes.fromhex("3006020101020101")
"""DER, r = s = 1: signs nothing, and makes a code as long as a real one does."""
MAX_FRAGMENT = 2048
_SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED_AT = 2, 4, 5, 6  # RFC 8392 §4
_LICENSE = -65537
"""Private-use claim: [1, record digest, {GB/T 36903 code: text}], or [2, …, …, [status list, index]].

The standard's `status` claim names a list by its URI, which would cost a code some 100 characters; here the number says
it. Where the list is published, a verifier learns from the trust list and not from the code.
"""
_PROOF_URL = re.compile(r"https?://[^#\s]{1,200}/v#([A-Z2-7]+)", re.IGNORECASE)


class QrError(InputError):
    """A text that is not a licence proof (`qr.foreign`), a broken one (`qr.malformed`), or a newer (`qr.version`)."""


@dataclass(frozen=True, slots=True)
class QrProof:
    """A decoded, not yet verified proof.

    Args:
        identifier: 证照标识. public: face texts by GB/T 36903 code, as the type's template publishes them.
        digest: SHA-256 of the full record. key_id: truncated SHA-256 of the signer's certificate.
        signed: the bytes that `signature` (DER) is over. status: the licence's place in a status list.
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
    status: StatusRef | None = None


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
    status: StatusRef | None = None,
) -> str:
    """Make the text of a licence's QR.

    Args:
        sign: data → DER ECDSA-SHA256 signature by the key that `key_id` names.
        base_url: where the verification page lives, e.g. `https://license.example`.
        status: the licence's place in a status list, if it has one.

    Raises:
        InputError: `qr.id-number` if a public text is a citizen ID number; it must never stand in a QR.
    """
    for code, text in public.items():
        if _is_id_number(text):
            raise InputError("qr.id-number", f"{code} would put an ID number into the QR", hint="drop in_qr there")
    claims: dict[int, object] = {
        _SUBJECT: identifier.compact(),
        _NOT_BEFORE: _seconds(valid_from),
        _ISSUED_AT: _seconds(issued_on),
        _LICENSE: _license_claim(digest, public, status),
    }
    if valid_until is not None:
        claims[_EXPIRES] = _seconds(valid_until + timedelta(days=1))
    token = sign1({KEY_ID: key_id}, encoded(claims), sign)
    fragment = base64.b32encode(token).decode().rstrip("=")
    return f"{base_url.rstrip('/').upper()}/V#{fragment}"


def _license_claim(digest: bytes, public: Mapping[str, str], status: StatusRef | None) -> list[object]:
    if status is None:
        return [VERSION, digest, dict(public)]
    return [VERSION_WITH_STATUS, digest, dict(public), [status.list_number, status.index]]


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
    try:
        message = open_sign1(token)
        claims = whole_keyed(decoded(message.payload), "claims are not a map")
    except CoseError as error:
        raise _malformed(str(error)) from None
    match message.header:
        case {4: bytes(key_id), **rest} if not rest:
            pass
        case _:
            raise _malformed("unexpected protected header")
    if len(key_id) != KEY_ID_BYTES:
        raise _malformed("key id of a wrong length")
    digest, public, status = _license(claims.get(_LICENSE))
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
        public=public,
        key_id=key_id,
        signed=message.signed,
        signature=message.signature,
        status=status,
    )


def _license(claim: object) -> tuple[bytes, dict[str, str], StatusRef | None]:
    """Digest, public texts and place in a status list; the version says whether there is such a place."""
    match claim:
        case [version, *_] if is_whole(version) and version not in {VERSION, VERSION_WITH_STATUS}:
            raise QrError("qr.version", "this code is of a newer version", hint="update the verifier")
        case [version, bytes(digest), dict(public), *place] if (
            is_whole(version)
            and len(digest) == 32  # noqa: PLR2004 -- SHA-256
            and _texts(public)
            and len(place) == (version == VERSION_WITH_STATUS)
        ):
            return digest, public, _place(place[0]) if place else None
    raise _malformed("unexpected licence claim")


def _place(value: object) -> StatusRef:
    match value:
        case [int(number), int(index)] if is_whole(number) and is_whole(index):
            try:
                return StatusRef(number, index)
            except ValueError as error:
                raise _malformed(str(error)) from None
    raise _malformed("unexpected place in a status list")


def _texts(public: dict[object, object]) -> bool:
    return all(
        isinstance(k, str) and re.fullmatch(r"[A-Z0-9_]{1,24}", k) and isinstance(v, str) for k, v in public.items()
    )


def _seconds(day: date) -> int:
    return int(start_of(day).timestamp())


def _day(value: object) -> date:
    if not isinstance(value, int) or not is_whole(value):
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
