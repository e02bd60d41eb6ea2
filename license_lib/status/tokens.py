"""Status List Tokens: a signed list as a CWT or a JWT (Token Status List §5), opened strictly.

Both carry the certificate of their signer (`x5chain`, `x5c`) and not a key id. It costs 0.6 KB of 15, and whoever has
nothing but the city's root can judge the list; a verifier of ours asks for the very certificates of the trust list.
"""

import base64
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509

from license_lib import canonical_json
from license_lib.cose import (
    CERTIFICATE,
    SIGN1_BYTE,
    TYPE,
    CoseError,
    decoded,
    encoded,
    is_whole,
    open_sign1,
    sign1,
    whole_keyed,
)
from license_lib.status.bits import StatusBits
from license_lib.status.errors import StatusListError
from license_lib.status.values import Status
from signing.clocks import CLOCK_TOLERANCE
from signing.jws import JwsError, open_compact, sign_compact
from signing.keys import SealCredential, verify_signature

CWT_MEDIA_TYPE: Final = "application/statuslist+cwt"
JWT_MEDIA_TYPE: Final = "application/statuslist+jwt"
MAX_TOKEN_BYTES: Final = 2 * 1024 * 1024
"""More than the largest list needs: 2**20 entries of 8 bits that do not compress, as a JWT."""
_JWT_TYPE: Final = "statuslist+jwt"
_SUBJECT, _EXPIRES, _ISSUED_AT, _LIST, _TTL = 2, 4, 6, 65533, 65534
_CWT_CLAIMS: Final = {_SUBJECT: "sub", _EXPIRES: "exp", _ISSUED_AT: "iat", _LIST: "status_list", _TTL: "ttl"}
_LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999, in seconds since 1970."""


@dataclass(frozen=True, slots=True)
class StatusToken:
    """A status list that was signed by one of its signers, and may be relied on.

    Args:
        uri: which list.
        expires_at: from then on it says nothing. ttl: after this time a fresh one should be fetched.
        bits: the states.
        signer: DER certificate of who signed it.
        sha256: digest of the token, hex: what reports cite.
    """

    uri: str
    issued_at: datetime
    expires_at: datetime
    ttl: timedelta
    bits: StatusBits
    signer: bytes = field(repr=False)
    sha256: str

    def status(self, index: int) -> Status:
        """The state of an entry.

        Raises:
            StatusListError: `status.list-malformed`, no such entry, or a value that means nothing (Token Status
                List §7.1).
        """
        try:
            return Status(self.bits[index])
        except (IndexError, ValueError):
            raise StatusListError("status.list-malformed", "the list gives this entry no known state") from None


@dataclass(frozen=True, slots=True)
class _Said:
    """The claims of a token of either form by their JWT names, and the certificate whose signature it has."""

    claims: Mapping[str, object]
    signer: bytes


def sign_cwt(
    bits: StatusBits, *, uri: str, issued_at: datetime, expires_at: datetime, ttl_seconds: int, signer: SealCredential
) -> bytes:
    """Sign a list as a CWT; the same list and soft key give the same bytes.

    Args:
        bits: the states.
        uri: of the list, as licences refer to it.
        issued_at: whole seconds count. expires_at: from then on the list says nothing.
        ttl_seconds: for how long it may be kept before a fresh one should be fetched.
        signer: who signs; its certificate goes into `x5chain`.

    Raises:
        ValueError: a list that expires before it is issued, or may be kept for no time.
        signing.errors.KeyLoadError: the certificate is not valid when the list is issued.
    """
    issued, expires = _period(issued_at, expires_at, ttl_seconds, signer)
    claims = {
        _SUBJECT: uri,
        _EXPIRES: expires,
        _ISSUED_AT: issued,
        _LIST: {"bits": bits.bits, "lst": bits.compressed()},
        _TTL: ttl_seconds,
    }
    header = {TYPE: CWT_MEDIA_TYPE, CERTIFICATE: signer.certificate_der}
    return sign1(header, encoded(claims), signer.sign)


def sign_jwt(
    bits: StatusBits, *, uri: str, issued_at: datetime, expires_at: datetime, ttl_seconds: int, signer: SealCredential
) -> bytes:
    """Sign a list as a JWT; arguments and errors are those of `sign_cwt`."""
    issued, expires = _period(issued_at, expires_at, ttl_seconds, signer)
    lst = base64.urlsafe_b64encode(bits.compressed()).rstrip(b"=").decode("ascii")
    claims: dict[str, int | str | dict[str, int | str]] = {
        "sub": uri,
        "exp": expires,
        "iat": issued,
        "status_list": {"bits": bits.bits, "lst": lst},
        "ttl": ttl_seconds,
    }
    return sign_compact(canonical_json.dumps(claims), signer, typ=_JWT_TYPE)


def open_token(
    data: bytes, *, uri: str, signers: Collection[bytes], now: datetime, max_staleness: timedelta
) -> StatusToken:
    """Open a list of either form, and tell whether it may be relied on.

    Args:
        data: the token as it was fetched.
        uri: the list that was asked for.
        signers: DER certificates of who may sign it.
        now: the moment of the judgement.
        max_staleness: how old a list may be, whatever it says itself.

    Raises:
        StatusListError: with the code that says why not. Nothing of a list is used before its signature was checked.
    """
    said = _said(data)
    if said.signer not in signers:
        raise StatusListError("status.list-signature", "signed by nobody who may sign this status list")
    certificate = x509.load_der_x509_certificate(said.signer)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise StatusListError("status.list-signature", "the signer's certificate is not valid now")
    token = _token(said, hashlib.sha256(data).hexdigest())
    if token.uri != uri:
        raise StatusListError("status.list-other", "another status list than the one asked for")
    if token.issued_at > now + CLOCK_TOLERANCE:
        raise StatusListError("status.list-future", f"issued in the future, at {token.issued_at.isoformat()}")
    if now >= token.expires_at or now - token.issued_at > max_staleness:
        raise StatusListError("status.list-stale", f"too old: issued at {token.issued_at.isoformat()}")
    return token


def read_token(data: bytes) -> StatusToken:
    """Read a list of either form, whoever signed it and whenever: for its publisher, to compare. It proves nothing.

    Raises:
        StatusListError: `status.list-malformed`, `status.list-signature`.
    """
    return _token(_said(data), hashlib.sha256(data).hexdigest())


def _said(data: bytes) -> _Said:
    if len(data) > MAX_TOKEN_BYTES:
        raise _malformed("", f"larger than {MAX_TOKEN_BYTES // 1024 // 1024} MiB")
    return _from_cwt(data) if data.startswith(SIGN1_BYTE) else _from_jwt(data)


def _from_cwt(data: bytes) -> _Said:
    try:
        message = open_sign1(data)
    except CoseError as error:
        raise _malformed("", str(error)) from None
    match message.header:
        case {16: str(kind), 33: bytes(signer), **rest} if not rest and kind == CWT_MEDIA_TYPE:
            pass
        case _:
            raise _malformed("header", f"is not that of {CWT_MEDIA_TYPE}")
    if not verify_signature(signer, message.signature, message.signed):
        raise StatusListError("status.list-signature", "the signature is not that of the certificate in the header")
    try:
        claims = whole_keyed(decoded(message.payload), "claims are not a map")
    except CoseError as error:
        raise _malformed("", str(error)) from None
    if claims.keys() != _CWT_CLAIMS.keys():
        raise _malformed("", "other claims than a status list has")
    return _Said({_CWT_CLAIMS[key]: value for key, value in claims.items()}, signer)


def _from_jwt(data: bytes) -> _Said:
    try:
        signed = open_compact(data, typ=_JWT_TYPE)
    except JwsError as error:
        code = "status.list-signature" if error.code == "jws.signature" else "status.list-malformed"
        raise StatusListError(code, error.message) from None
    try:
        claims = json.loads(signed.payload)
        canonical = canonical_json.dumps(claims) == signed.payload
    except (ValueError, RecursionError):
        raise _malformed("", "the payload is not JSON") from None
    if not canonical or not isinstance(claims, dict) or claims.keys() != set(_CWT_CLAIMS.values()):
        raise _malformed("", "other claims than a status list has, or not in canonical form (RFC 8785)")
    match claims["status_list"]:
        case {"lst": str(text), **rest}:
            claims["status_list"] = {"lst": _from_base64url(text), **rest}
    return _Said(claims, signed.certificate_der)


def _token(said: _Said, sha256: str) -> StatusToken:
    """The value of claims of which nothing but the names is known yet."""
    uri, issued, expires, ttl = (said.claims[name] for name in ("sub", "iat", "exp", "ttl"))
    if not isinstance(uri, str):
        raise _malformed("sub", "is not a text")
    match said.claims["status_list"]:
        case {"bits": int(bits), "lst": bytes(lst), **rest} if not rest and is_whole(bits):
            pass
        case _:
            raise _malformed("status_list", "does not hold bits and lst, and nothing else")
    return StatusToken(
        uri=uri,
        issued_at=_moment(issued, "iat"),
        expires_at=_moment(expires, "exp"),
        ttl=_time_to_live(ttl, issued, expires),
        bits=StatusBits.read(lst, bits=bits),
        signer=said.signer,
        sha256=sha256,
    )


def _moment(value: object, path: str) -> datetime:
    if not isinstance(value, int) or not is_whole(value) or not 0 <= value <= _LAST_MOMENT:
        raise _malformed(path, "is not a whole number of seconds since 1970")
    return datetime.fromtimestamp(value, UTC)


def _time_to_live(value: object, issued: object, expires: object) -> timedelta:
    life = _moment(expires, "exp") - _moment(issued, "iat")
    if not isinstance(value, int) or not is_whole(value) or not 0 < value <= life.total_seconds():
        raise _malformed("ttl", "is not a number of seconds, or is longer than the list's life")
    return timedelta(seconds=value)


def _from_base64url(text: str) -> bytes:
    """The bytes of base64url without padding (RFC 7515 §2); another spelling of the same bytes is refused."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != text:
        raise _malformed("status_list.lst", "is not canonical base64url")
    return data


def _period(issued_at: datetime, expires_at: datetime, ttl_seconds: int, signer: SealCredential) -> tuple[int, int]:
    issued, expires = int(issued_at.timestamp()), int(expires_at.timestamp())
    if not 0 < ttl_seconds <= expires - issued:
        raise ValueError("a status list must be kept for some time, and not for longer than it lives")
    signer.check_period(issued_at)
    return issued, expires


def _malformed(path: str, problem: str) -> StatusListError:
    where = f"status list, {path or 'document'}"
    return StatusListError("status.list-malformed", f"{where}: {problem}")
