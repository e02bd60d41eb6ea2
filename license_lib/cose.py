"""COSE_Sign1 (RFC 9052) with ES256, and deterministic CBOR (RFC 8949 §4.2): one spelling of everything.

What is read here has exactly one encoding: deterministic CBOR, everything in the protected header, and the low-s form
of the ECDSA signature. A re-encoded message is never a "new" one. Signatures are made and checked elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from license_lib.cbor import DEPTH, CborError, read

ALGORITHM: Final = 1
KEY_ID: Final = 4
TYPE: Final = 16
"""Header parameter of RFC 9596."""
CERTIFICATE: Final = 33
"""x5chain of RFC 9360."""
ES256: Final = -7
SIGN1_BYTE: Final = b"\xd2"
"""The first byte of every message: tag 18."""
_SIGN1_TAG = 18
_PARTS = bytes, dict, bytes, bytes
_SIGNATURE_BYTES = 64  # r and s of P-256
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ZERO, _HALF, _ORDER = (number.to_bytes(32, "big") for number in (0, _P256_ORDER // 2, _P256_ORDER))


class CoseError(ValueError):
    """Bytes that are not the one spelling of a message; says in a few words why."""


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message as it was read; its signature has not been checked.

    Args:
        header: the protected header without the algorithm, which is ES256.
        signed: the bytes that `signature` (DER) is over.
    """

    header: Mapping[int, object]
    payload: bytes = field(repr=False)
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a message (RFC 9052 §4.2), `raw` being the signature as it stands there."""

    protected: bytes
    unprotected: Mapping[object, object]
    payload: bytes = field(repr=False)
    raw: bytes = field(repr=False)


def sign1(header: Mapping[int, object], payload: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """Sign a payload.

    Args:
        header: what stands in the protected header beside the algorithm.
        sign: data → DER ECDSA-SHA256 signature on P-256.
    """
    import cbor2

    protected = encoded({ALGORITHM: ES256, **header})
    signature = _raw_low_s(sign(_to_be_signed(protected, payload)))
    return encoded(cbor2.CBORTag(_SIGN1_TAG, [protected, {}, payload, signature]))


def open_sign1(message: bytes) -> Sign1:
    """Read a message strictly. The signature is not checked here.

    Raises:
        CoseError: any other spelling, another algorithm, an unprotected header.
    """
    return opened(parts_of(message))


def parts_of(message: bytes) -> Parts:
    """Take a message apart and judge no part yet: who must know first which version of a payload it has before them.

    Raises:
        CoseError: not the deterministic CBOR of a COSE_Sign1 with its tag.
    """
    found = decoded(message[1:]) if message.startswith(SIGN1_BYTE) else None
    if isinstance(found, list) and len(found) == len(_PARTS) and all(map(isinstance, found, _PARTS)):
        return Parts(*found)
    raise CoseError("not COSE_Sign1")


def opened(parts: Parts) -> Sign1:
    """What the parts of a message say. The signature is not checked here.

    Raises:
        CoseError: as `open_sign1`.
    """
    if parts.unprotected or len(parts.raw) != _SIGNATURE_BYTES:
        raise CoseError("not COSE_Sign1")
    header = whole_keyed(decoded(parts.protected), "unexpected protected header")
    if header.pop(ALGORITHM, None) != ES256:
        raise CoseError("unexpected protected header")
    signed = _to_be_signed(parts.protected, parts.payload)
    return Sign1(header, parts.payload, signed, _der_low_s(parts.raw))


def encoded(value: object) -> bytes:
    """The deterministic CBOR of a value."""
    import cbor2

    return cbor2.dumps(value, canonical=True)


def decoded(data: bytes, depth: int = DEPTH) -> object:
    """Decode one deterministic CBOR item of numbers, bytes, texts, lists and maps.

    Args:
        depth: levels of lists and maps.

    Raises:
        CoseError: any other spelling, or another kind of value.
    """
    try:
        return read(data, depth)
    except CborError as error:
        raise CoseError(f"not deterministic CBOR: {error}") from None


def is_whole(value: object) -> bool:
    """A whole number as other formats have it, too: to Python `true` is 1, in JSON it is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def whole_keyed(value: object, problem: str) -> dict[int, object]:
    """A map whose keys are whole numbers.

    Raises:
        CoseError: with that problem, if it is none.
    """
    if not isinstance(value, dict) or not all(isinstance(key, int) for key in value):
        raise CoseError(problem)
    return dict(value)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4."""
    return b"\x84\x6aSignature1" + _spelt_bytes(protected) + _spelt_bytes(b"") + _spelt_bytes(payload)


def _spelt_bytes(data: bytes) -> bytes:
    """A CBOR byte string; `encoded` takes five times as long, and this is done for every code that is read."""
    size = len(data)
    if size < 24:  # noqa: PLR2004 -- RFC 8949 §3: so much stands in the first byte
        return bytes((0x40 | size,)) + data
    width = 1 if size < 1 << 8 else 2 if size < 1 << 16 else 4
    return bytes((0x57 + width.bit_length(),)) + size.to_bytes(width, "big") + data


def _raw_low_s(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, _P256_ORDER - s).to_bytes(32, "big")


def _der_low_s(raw: bytes) -> bytes:
    r, s = raw[:32], raw[32:]
    if not _ZERO < r < _ORDER or not _ZERO < s <= _HALF:
        raise CoseError("signature not in low-s form")
    both = _der_number(r) + _der_number(s)
    return b"\x30" + bytes((len(both),)) + both


def _der_number(data: bytes) -> bytes:
    """A DER integer (X.690 §8.3) of big-endian bytes that are not all zero."""
    data = data.lstrip(b"\0")
    if data[0] & 0x80:
        data = b"\0" + data
    return b"\x02" + bytes((len(data),)) + data
