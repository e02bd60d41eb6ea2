"""COSE_Sign1 (RFC 9052) with ES256, and deterministic CBOR (RFC 8949 §4.2): one spelling of everything.

What is read here has exactly one encoding: deterministic CBOR, everything in the protected header, and the low-s form
of the ECDSA signature. A re-encoded message is never a "new" one. Signatures are made and checked elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

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
_SIGNATURE_BYTES = 64  # r and s of P-256
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


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
    import cbor2

    tagged = decoded(message)
    if not isinstance(tagged, cbor2.CBORTag) or tagged.tag != _SIGN1_TAG:
        raise CoseError("not COSE_Sign1")
    match tagged.value:
        case [bytes(protected), dict() as unprotected, bytes(payload), bytes(raw)] if (
            not unprotected and len(raw) == _SIGNATURE_BYTES
        ):
            pass
        case _:
            raise CoseError("not COSE_Sign1")
    header = whole_keyed(decoded(protected), "unexpected protected header")
    algorithm = header.pop(ALGORITHM, None)
    if not is_whole(algorithm) or algorithm != ES256:
        raise CoseError("unexpected protected header")
    return Sign1(header, payload, _to_be_signed(protected, payload), _der_low_s(raw))


def encoded(value: object) -> bytes:
    """The deterministic CBOR of a value."""
    import cbor2

    return cbor2.dumps(value, canonical=True)


def decoded(data: bytes) -> object:
    """Decode one deterministic CBOR item: whatever does not encode to the very same bytes is refused.

    Raises:
        CoseError: not CBOR, or not deterministic.
    """
    import cbor2

    try:
        value = cbor2.loads(data)
        again = encoded(value)
    except Exception as error:
        raise CoseError("not CBOR") from error
    if again != data:
        raise CoseError("not deterministic CBOR")
    return value


def is_whole(value: object) -> bool:
    """A number as CBOR has it: to Python `true` and 1.0 are 1 too, but they are other bytes."""
    return isinstance(value, int) and not isinstance(value, bool)


def whole_keyed(value: object, problem: str) -> dict[int, object]:
    """A map whose keys are whole numbers.

    Raises:
        CoseError: with that problem, if it is none.
    """
    if not isinstance(value, dict) or not all(map(is_whole, value)):
        raise CoseError(problem)
    return dict(value)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052 §4.4."""
    return encoded(["Signature1", protected, b"", payload])


def _raw_low_s(der: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + min(s, _P256_ORDER - s).to_bytes(32, "big")


def _der_low_s(raw: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    if not 0 < r < _P256_ORDER or not 0 < s <= _P256_ORDER // 2:
        raise CoseError("signature not in low-s form")
    return encode_dss_signature(r, s)
