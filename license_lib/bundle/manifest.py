"""The manifest of a bundle: whose, of when, and every part with its digest; a COSE_Sign1 (RFC 9052) over CBOR."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from license_lib.bundle.errors import BundleError, malformed
from license_lib.cose import CERTIFICATE, TYPE, CoseError, decoded, encoded, opened, parts_of, sign1, whole_keyed

VERSION: Final = 1
MEDIA_TYPE: Final = "application/license-bundle+cose"
MAX_MANIFEST_BYTES: Final = 512 * 1024
MAX_PARTS: Final = 1024
MAX_PART_BYTES: Final = 8 * 1024 * 1024
"""As much as the largest part may have, a trust list."""
_VERSION, _LIST_ID, _SEQUENCE, _MADE, _GOOD_UNTIL, _PARTS = range(6)
_MEMBERS: Final = frozenset(range(6))
_DIGEST_BYTES: Final = 32  # SHA-256
_LARGEST: Final = 2**53 - 1
"""What JavaScript can count to."""
_LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999, in seconds since 1970."""
_LIST_ID_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_NAME_FORM: Final = re.compile(r"[!-~]{1,300}")


class Kind(StrEnum):
    """What a part is."""

    TRUST_LIST = "trust-list"
    """The city's trust list 信任名单, as it was signed; its name is the list's id. There is exactly one."""
    STATUS_LIST = "status-list"
    """A status list 状态名单 as a CWT; its name is its address."""
    CRL = "crl"
    """A certificate revocation list, DER; newer than, or missing in, the trust list."""
    CHECKPOINT = "checkpoint"
    """The signed head of the transparency log 透明日志; its name is the log's. There is one at most."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part, as the manifest names it.

    Args:
        sha256: of its bytes. size: how many there are.
    """

    kind: Kind
    name: str
    sha256: bytes
    size: int

    @classmethod
    def of(cls, kind: Kind, name: str, data: bytes) -> "Part":
        """Name some bytes."""
        return cls(kind, name, hashlib.sha256(data).digest(), len(data))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says of itself.

    Args:
        list_id: of the trust list in it: whose bundle it is.
        sequence: grows from bundle to bundle, with gaps.
        made: UTC, whole seconds. good_until: from then on nobody relies on it.
        parts: the trust list first.
    """

    list_id: str
    sequence: int
    made: datetime
    good_until: datetime
    parts: tuple[Part, ...]

    def payload(self) -> bytes:
        """Its one spelling."""
        return encoded(
            {
                _VERSION: VERSION,
                _LIST_ID: self.list_id,
                _SEQUENCE: self.sequence,
                _MADE: int(self.made.timestamp()),
                _GOOD_UNTIL: int(self.good_until.timestamp()),
                _PARTS: [[part.kind.value, part.name, part.sha256, part.size] for part in self.parts],
            }
        )


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest as it was signed; neither the signature nor who may sign has been checked.

    Args:
        message: the COSE_Sign1. signer: DER certificate in its header.
        signed: the bytes that `signature` (DER) is over.
    """

    manifest: Manifest
    message: bytes = field(repr=False)
    signer: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    @property
    def sha256(self) -> bytes:
        """Digest of the message: it names the bundle, for every part is in there by its own digest."""
        return hashlib.sha256(self.message).digest()


def sign_manifest(manifest: Manifest, certificate_der: bytes, sign: Callable[[bytes], bytes]) -> SignedManifest:
    """Sign a manifest.

    Args:
        sign: data → DER ECDSA-SHA256 signature by the P-256 key of that certificate.

    Raises:
        BundleError: `bundle.format`: there is more, or other, than a bundle may hold.
    """
    message = sign1({TYPE: MEDIA_TYPE, CERTIFICATE: certificate_der}, manifest.payload(), sign)
    return read_manifest(message)


def read_manifest(message: bytes) -> SignedManifest:
    """Read a signed manifest strictly. Its signature is not checked here.

    Raises:
        BundleError: `bundle.version`, whatever else is in it; `bundle.format`.
    """
    if len(message) > MAX_MANIFEST_BYTES:
        raise malformed("the manifest is too large")
    try:
        parts = parts_of(message)
        said = whole_keyed(decoded(parts.payload), "the manifest is not a map")
        _require_version(said)  # first: a newer one may differ in all else
        sign = opened(parts)
    except CoseError as error:
        raise malformed(str(error)) from None
    match sign.header:
        case {16: str(kind), 33: bytes(signer), **rest} if not rest and kind == MEDIA_TYPE:
            return SignedManifest(_manifest(said), message, signer, sign.signed, sign.signature)
    raise malformed(f"the header is not that of {MEDIA_TYPE}")


def _require_version(said: Mapping[int, object]) -> None:
    match said.get(_VERSION):
        case int(version) if version > VERSION:
            raise BundleError("bundle.version", "this bundle is of a newer version", hint="update the verifier")
        case int(version) if version == VERSION:
            return
    raise malformed("no version")


def _manifest(said: Mapping[int, object]) -> Manifest:
    if said.keys() != _MEMBERS:
        raise malformed("other members than a manifest has")
    list_id = said[_LIST_ID]
    if not isinstance(list_id, str) or not _LIST_ID_FORM.fullmatch(list_id):
        raise malformed("no id of a trust list")
    made, good_until = _moment(said[_MADE]), _moment(said[_GOOD_UNTIL])
    if not made < good_until:
        raise malformed("it ends before it was made")
    return Manifest(
        list_id, _number(said[_SEQUENCE], 1, _LARGEST, "sequence"), made, good_until, _parts(said[_PARTS], list_id)
    )


def _parts(value: object, list_id: str) -> tuple[Part, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_PARTS:
        raise malformed("no parts, or too many")
    parts = tuple(map(_part, value))
    kinds = [part.kind for part in parts]
    if (parts[0].kind, parts[0].name, kinds.count(Kind.TRUST_LIST)) != (Kind.TRUST_LIST, list_id, 1):
        raise malformed("the first part, and no other, is the trust list")
    if kinds.count(Kind.CHECKPOINT) > 1:
        raise malformed("two checkpoints")
    if len({(part.kind, part.name) for part in parts}) != len(parts) or len({one.sha256 for one in parts}) != len(
        parts
    ):
        raise malformed("a part stands twice")
    return parts


def _part(value: object) -> Part:
    match value:
        case [str(kind), str(name), bytes(digest), size] if len(digest) == _DIGEST_BYTES and _NAME_FORM.fullmatch(name):
            size = _number(size, 1, MAX_PART_BYTES, "the size of a part")
        case _:
            raise malformed("a part is not kind, name, SHA-256 and size")
    try:
        return Part(Kind(kind), name, digest, size)
    except ValueError:
        raise malformed("a part of a kind that this version does not have") from None


def _number(value: object, least: int, most: int, what: str) -> int:
    if not isinstance(value, int) or not least <= value <= most:
        raise malformed(f"{what} is out of range")
    return value


def _moment(value: object) -> datetime:
    return datetime.fromtimestamp(_number(value, 0, _LAST_MOMENT, "a moment"), UTC)
