"""The proof in the QR: a CWT (RFC 8392) in COSE_Sign1 (RFC 9052), a number in the fragment of a URL.

`HTTPS://HOST/V#…`: a phone's camera opens the page, an offline verifier reads the fragment, and the fragment never
reaches a server's log. It holds what the face shows in public, the digest of the full record and the key id of the
signer; never an ID number.

There is exactly one encoding of a proof: deterministic CBOR (RFC 8949 §4.2), one spelling of every value, and the low-s
form of the ECDSA signature. `decode` refuses every other one, so a re-encoded proof is never a "new" one. The format is
described in docs/qr.md.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from license_lib.cose import KEY_ID, CoseError, Sign1, decoded, encoded, opened, parts_of, sign1, whole_keyed
from license_lib.errors import InputError
from license_lib.identifiers import CitizenId, LicenseIdentifier, NumberError
from license_lib.qr import claims as claim
from license_lib.qr.claims import ClaimError
from license_lib.qr.presented import is_presentation
from license_lib.qr.spelling import MAX_FRAGMENT, MAX_TOKEN, SpellingError, is_number, is_whole, read, written
from license_lib.status import StatusRef

VERSION: Final = 3
_OLD, _OLD_WITH_STATUS = 1, 2
"""Of codes that were printed before: base32, the identifier as a text, texts in UTF-8. Read, and no longer written."""
KEY_ID_BYTES: Final = 8
STAND_IN_SIGNATURE: Final = bytes.fromhex("3006020101020101")
"""DER, r = s = 1: signs nothing, and makes a code as long as a real one does."""
_SUBJECT, _EXPIRES, _NOT_BEFORE, _ISSUED_AT, _ID = 2, 4, 5, 6, 7  # RFC 8392 §4
_LICENSE: Final = -65537
"""Private-use claim: [3, record digest, {GB/T 36903 code: text}], and [status list, index] behind it if it has one.

The standard's `status` claim names a list by its URI, which would cost a code some 100 characters; here the number says
it. Where the list is published, a verifier learns from the trust list and not from the code.
"""
_DIGEST_BYTES: Final = 32  # SHA-256
_ADDRESS: Final = re.compile(r"https?://[^#\s]{1,200}/v#", re.IGNORECASE | re.ASCII)
_BASE32: Final = re.compile(r"[A-Z2-7]+", re.IGNORECASE | re.ASCII)
_CLAIMS: Final = frozenset(
    (*expires, *not_before, _ISSUED_AT, _ID, _LICENSE)
    for expires in ((), (_EXPIRES,))
    for not_before in ((), (_NOT_BEFORE,))
)
_OLD_CLAIMS: Final = frozenset((_SUBJECT, *expires, _NOT_BEFORE, _ISSUED_AT, _LICENSE) for expires in ((), (_EXPIRES,)))
"""The claims that may stand together, in the order in which they are spelt."""
_SHOW_LESS: Final = "show less in public: drop in_qr of a long field"
_LONGEST: Final = MAX_FRAGMENT + 256


class QrError(InputError):
    """A text that is not a licence proof (`qr.foreign`), a broken one (`qr.malformed`), or a newer (`qr.version`).

    `qr.presentation` is a presentation code 亮证码, which proves nothing by itself.
    """


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
            `qr.unencodable` if there is more than a code may hold.
    """
    for code, text in public.items():
        if _is_id_number(text):
            raise InputError("qr.id-number", f"{code} would put an ID number into the QR", hint="drop in_qr there")
    claims: dict[int, object] = {
        _ISSUED_AT: claim.seconds(issued_on),
        _ID: claim.packed(identifier),
        _LICENSE: [VERSION, digest, claim.spelt(public), *([[status.list_number, status.index]] if status else [])],
    }
    if valid_from != issued_on:
        claims[_NOT_BEFORE] = claim.seconds(valid_from)
    if valid_until is not None:
        claims[_EXPIRES] = claim.seconds(valid_until + timedelta(days=1))
    token = sign1({KEY_ID: key_id}, encoded(claims), sign)
    if len(token) > MAX_TOKEN:
        raise InputError("qr.unencodable", f"a code holds {MAX_TOKEN} bytes, not {len(token)}", hint=_SHOW_LESS)
    return f"{base_url.rstrip('/').upper()}/V#{written(token)}"


def is_proof(text: str) -> bool:
    """Does a scanned text look like a licence proof (ours or another city's)?"""
    return _fragment(text) is not None


def proofs_among(codes: Iterable[str]) -> list[str]:
    """Codes of a page that look like licence proofs, and are as long as one is at least."""
    return [text for text in codes if (fragment := _fragment(text)) is not None and is_whole(fragment)]


def decode(text: str) -> QrProof:
    """Read a proof strictly. The signature is not checked here.

    Raises:
        QrError: see there.
    """
    fragment = _fragment(text)
    if fragment is None and is_presentation(text):
        raise QrError("qr.presentation", "this is a presentation code", hint="redeem it: license redeem")
    if fragment is None:
        raise QrError("qr.foreign", "this code is not a licence proof")
    try:
        parts = parts_of(read(fragment))
        claims = whole_keyed(decoded(parts.payload), "claims are not a map")
        version = _version(claims, spelt_anew=is_number(fragment))  # first: a newer one may differ in all else
        return _proof(opened(parts), claims, version)
    except (SpellingError, CoseError, ClaimError) as error:
        raise QrError("qr.malformed", f"this code is not a well-formed licence proof: {error}") from None


def _fragment(text: str) -> str | None:
    if len(text) > _LONGEST:
        return None
    text = text.strip()
    address = _ADDRESS.match(text)
    fragment = text[address.end() :] if address else ""
    is_spelt = len(fragment) <= MAX_FRAGMENT and (is_number(fragment) or _BASE32.fullmatch(fragment))
    return fragment if is_spelt else None


def _version(claims: Mapping[int, object], *, spelt_anew: bool) -> int:
    found = claims.get(_LICENSE)
    version = found[0] if isinstance(found, list) and found else None
    if isinstance(version, int) and not _OLD <= version <= VERSION:
        raise QrError("qr.version", "this code is of a newer version", hint="update the verifier")
    if not isinstance(version, int) or spelt_anew != (version == VERSION):
        raise ClaimError("unexpected licence claim")
    return version


def _proof(message: Sign1, claims: Mapping[int, object], version: int) -> QrProof:
    key_id = message.header.get(KEY_ID)
    if not isinstance(key_id, bytes) or len(key_id) != KEY_ID_BYTES or len(message.header) > 1:
        raise ClaimError("unexpected protected header")
    if tuple(claims) not in (_CLAIMS if version == VERSION else _OLD_CLAIMS):
        raise ClaimError("unexpected claims")
    digest, texts, place = _license(claims[_LICENSE], version)
    issued_on = claim.day(claims[_ISSUED_AT])
    valid_from = claim.day(claims[_NOT_BEFORE]) if _NOT_BEFORE in claims else issued_on
    if version == VERSION and _NOT_BEFORE in claims and valid_from == issued_on:
        raise ClaimError("a beginning that goes without saying")
    return QrProof(
        identifier=claim.unpacked(claims[_ID]) if version == VERSION else claim.compact(claims[_SUBJECT]),
        issued_on=issued_on,
        valid_from=valid_from,
        valid_until=_last_day(claims[_EXPIRES]) if _EXPIRES in claims else None,
        digest=digest,
        public=claim.texts(texts, short=version == VERSION),
        key_id=key_id,
        signed=message.signed,
        signature=message.signature,
        status=None if place is None else claim.place(place),
    )


def _license(value: object, version: int) -> tuple[bytes, object, object]:
    """Digest, public texts and place in a status list; version 1 has none, version 2 has one, 3 may have one."""
    match value:
        case [_, bytes(digest), texts, *place] if (
            len(digest) == _DIGEST_BYTES
            and len(place) <= (version != _OLD)
            and (place or version != _OLD_WITH_STATUS)
            and None not in place
        ):
            return digest, texts, place[0] if place else None
    raise ClaimError("unexpected licence claim")


def _last_day(expires: object) -> date:
    try:
        return claim.day(expires) - timedelta(days=1)
    except OverflowError:
        raise ClaimError("a date out of range") from None


def _is_id_number(text: str) -> bool:
    try:
        CitizenId.parse(text)
    except NumberError:
        return False
    return True
